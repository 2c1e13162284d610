#include "support/spawn.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string_view>

extern char** environ;

namespace marginfix::test {

namespace {

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }
  void stream(int number, int descriptor, const std::string& file, int flags) {
    if (descriptor >= 0) {
      ::posix_spawn_file_actions_adddup2(&actions_, descriptor, number);
    } else if (!file.empty()) {
      ::posix_spawn_file_actions_addopen(&actions_, number, file.c_str(), flags, 0600);
    }
  }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::vector<std::string> environment_of(const Spawn& what) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view setting = *one;
    const std::string_view name = setting.substr(0, setting.find('='));
    if (std::ranges::none_of(what.environment, [&](const auto& given) { return given.first == name; })) all.emplace_back(setting);
  }
  for (const auto& [name, value] : what.environment) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

pid_t spawn(const Spawn& what) {
  FileActions files;
  files.stream(STDIN_FILENO, what.in, what.in_file, O_RDONLY);
  files.stream(STDOUT_FILENO, what.out, what.out_file, O_WRONLY | O_CREAT | O_APPEND);
  if (what.err_file.empty() || what.err_file == what.out_file) {
    ::posix_spawn_file_actions_adddup2(files.get(), STDOUT_FILENO, STDERR_FILENO);
  } else {
    files.stream(STDERR_FILENO, -1, what.err_file, O_WRONLY | O_CREAT | O_APPEND);
  }
  if (!what.folder.empty()) ::posix_spawn_file_actions_addchdir_np(files.get(), what.folder.c_str());
  ::posix_spawn_file_actions_addclosefrom_np(files.get(), STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  if (what.own_group) ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> arguments = what.arguments, environment = environment_of(what);
  pid_t process = -1;
  const int fault = ::posix_spawn(&process, arguments.front().c_str(), files.get(), &attributes, pointers_to(arguments).data(),
                                  pointers_to(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  if (fault != 0) throw std::runtime_error("cannot run " + arguments.front());
  return process;
}

int wait_for_end(pid_t process, int seconds) {
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  pollfd ended{handle, POLLIN, 0};
  int ready = handle < 0 ? 1 : 0;  // without such handles: waits as long as it takes
  while (handle >= 0 && (ready = ::poll(&ended, 1, seconds * 1000)) < 0 && errno == EINTR) {
  }
  if (handle >= 0) ::close(handle);
  if (ready == 0) ::kill(process, SIGKILL);
  int status = 0;
  ::waitpid(process, &status, 0);
  if (ready == 0) throw std::runtime_error("it did not end in " + std::to_string(seconds) + " s");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace marginfix::test
