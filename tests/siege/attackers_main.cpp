// siege_attackers ENDPOINTS_JSON NICENESS ATTACK:DOOR[:CONNECTIONS]...: besieges the exchange of that file until standard input ends, then
// says how many rounds came to their end. A process of its own, so that it can give way to every other (nice(2)).
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include "siege/attackers.hpp"

namespace {

void open_many_files() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 20'000);
  ::setrlimit(RLIMIT_NOFILE, &files);
}

void begin(marginfix::siege::Attack& attack, const std::string& asked) {
  const std::size_t door = asked.find(':') + 1, count = asked.find(':', door);
  const int connections = count == std::string::npos ? 1 : std::stoi(asked.substr(count + 1));
  attack.begin(asked.substr(0, door - 1), asked.substr(door, count == std::string::npos ? count : count - door), connections);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::signal(SIGPIPE, SIG_IGN);  // they write to sockets that the exchange has closed
    ::setpriority(PRIO_PROCESS, 0, std::stoi(argv[2]));
    open_many_files();
    auto endpoints = marginfix::Endpoints::from_file(argv[1]);
    if (!endpoints) throw std::invalid_argument(endpoints.error().message);
    auto attack = std::make_unique<marginfix::siege::Attack>(endpoints.value());
    for (int i = 3; i < argc; ++i) begin(*attack, argv[i]);
    attack->wait_until_there();
    std::cout << "besieging" << std::endl;
    std::cin.ignore(std::numeric_limits<std::streamsize>::max());
    std::cout << attack->finish() << std::endl;
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "siege_attackers: " << error.what() << '\n';
    return 2;
  }
}
