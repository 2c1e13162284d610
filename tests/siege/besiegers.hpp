// The attackers' process (attackers_main.cpp), for as long as the object lives.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace marginfix::siege {

class Besiegers {
 public:
  // `attacks`: "idle:rest:300"; `niceness`: nice(2). Throws std::runtime_error when they do not come.
  Besiegers(const std::string& endpoints_file, const std::vector<std::string>& attacks, int niceness);
  ~Besiegers();
  Besiegers(const Besiegers&) = delete;
  Besiegers& operator=(const Besiegers&) = delete;

  // Ends the siege; how many rounds of attacks came to their end.
  std::size_t go_home();

 private:
  std::string line();
  pid_t process_{-1};
  int to_{-1};
  std::FILE* from_{nullptr};
};

}  // namespace marginfix::siege
