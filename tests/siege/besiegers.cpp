#include "siege/besiegers.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

extern char** environ;

namespace marginfix::siege {

Besiegers::Besiegers(const std::string& endpoints_file, const std::vector<std::string>& attacks, int niceness) {
  std::array<int, 2> orders{}, words{};
  if (::pipe2(orders.data(), O_CLOEXEC) != 0 || ::pipe2(words.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::vector<std::string> texts{MARGINFIX_SIEGE_ATTACKERS, endpoints_file, std::to_string(niceness)};
  texts.insert(texts.end(), attacks.begin(), attacks.end());
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, orders[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, words[1], STDOUT_FILENO);
  const int failed = ::posix_spawn(&process_, arguments[0], &files, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(orders[0]);
  ::close(words[1]);
  to_ = orders[1];
  from_ = ::fdopen(words[0], "r");
  if (failed != 0) throw std::runtime_error("cannot run " + texts[0]);
  if (line() == "besieging") return;
  go_home();
  throw std::runtime_error("the attackers did not come");
}

Besiegers::~Besiegers() { go_home(); }

std::string Besiegers::line() {
  std::array<char, 64> text{};
  if (std::fgets(text.data(), static_cast<int>(text.size()), from_) == nullptr) return {};
  std::string all = text.data();
  if (all.ends_with('\n')) all.pop_back();
  return all;
}

std::size_t Besiegers::go_home() {
  if (process_ < 0) return 0;
  ::close(to_);
  const std::string rounds = line();
  std::fclose(from_);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
  return rounds.empty() ? 0 : std::stoul(rounds);
}

}  // namespace marginfix::siege
