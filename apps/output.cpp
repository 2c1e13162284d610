#include "apps/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "marginfix/core/text.hpp"

namespace marginfix::apps {

namespace {
volatile std::sig_atomic_t stop_flag = 0;
void on_stop_signal(int) { stop_flag = 1; }

// Nobody reads any more (`| head`): the program ends as if it had been asked to.
void flush_output() {
  if (std::fflush(stdout) != 0) stop_flag = 1;
}

std::string_view sequence(std::string_view code) { return stdout_is_terminal() ? code : std::string_view{}; }

// Wire bytes with '|' between fields; everything else that would move a terminal is made visible.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    if (c == '\x01') c = '|';
  }
  return visible(line);
}
}  // namespace

int report(const Error& error) {
  const std::string text =
      error.code.empty() || error.message.find(error.code) != std::string::npos ? error.message : error.message + " (" + error.code + ")";
  return report(text);
}

int report(std::string_view message) {
  const std::string line = "marginfix: " + one_line(message) + "\n";
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  return kFailure;
}

void print_line(std::string_view line) {
  static std::mutex mutex;  // one line at a time, whichever thread prints
  const std::lock_guard lock(mutex);
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  flush_output();
}

void print_text(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  flush_output();
}

ScreenSize terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

bool stdout_is_terminal() {
  static const bool terminal = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return terminal;
}
std::string_view bold() { return sequence("\033[1m"); }
std::string_view dim() { return sequence("\033[2m"); }
std::string_view green() { return sequence("\033[32m"); }
std::string_view red() { return sequence("\033[31m"); }
std::string_view plain() { return sequence("\033[0m"); }

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}
bool stop_requested() { return stop_flag != 0; }

void wait_for_stop_signal() {
  sigset_t signals, before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  while (!stop_requested()) sigsuspend(&before);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace marginfix::apps
