#include "apps/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "apps/rest/json_view.hpp"
#include "marginfix/core/text.hpp"

namespace marginfix::apps {

namespace {
volatile std::sig_atomic_t stop_flag = 0;
void on_stop_signal(int) { stop_flag = 1; }

// One line at a time, whichever thread prints.
std::mutex& output_mutex() {
  static std::mutex mutex;
  return mutex;
}
bool batching = false;  // under the mutex

// Nobody reads any more (`| head`): the program ends as if it had been asked to.
void flush_output() {
  if (batching ? std::ferror(stdout) != 0 : std::fflush(stdout) != 0) stop_flag = 1;
}

// Who is offered lines first.
std::mutex& taker_mutex() {
  static std::mutex mutex;
  return mutex;
}
OutputTaker::Take& taker() {
  static OutputTaker::Take take;
  return take;
}
bool taken(const std::string& line, LineKind kind) {
  const std::lock_guard lock(taker_mutex());
  return taker() && taker()(line, kind);
}

void write_line(const std::string& line) {
  if (taken(line, LineKind::output)) return;
  const std::lock_guard lock(output_mutex());
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  flush_output();
}

void write_error(const std::string& line, LineKind kind) {
  if (taken(line, kind)) return;
  std::fputs((line + "\n").c_str(), stderr);
  std::fflush(stderr);
}

void write_text(std::string_view text) {
  const std::lock_guard lock(output_mutex());
  std::fwrite(text.data(), 1, text.size(), stdout);
  flush_output();
}

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
  if (error.category != ErrorCategory::config) return report(text);
  for (std::size_t at = 0; at <= text.size();) {  // our own words: nothing of a peer's is in them
    const std::size_t end = std::min(text.find('\n', at), text.size());
    report(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  return kFailure;
}

int report(std::string_view message) {
  write_error("marginfix: " + one_line(message), LineKind::error);
  return kFailure;
}

void tell(std::string_view line) { write_error(one_line(line), LineKind::news); }

void print_line(std::string_view line) { write_line(visible(line)); }

void print_pieces(std::initializer_list<Piece> pieces) {
  std::string line;
  for (const Piece& piece : pieces) {
    const std::string_view on = stdout_has_colours() ? code_of(piece.style) : std::string_view();
    line.append(on).append(visible(piece.text)).append(on.empty() ? "" : "\033[0m");
  }
  write_line(line);
}

void print_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out.append(visible(text.substr(0, end))).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  write_text(out);
}

void print_json(std::string_view json) { write_line(for_terminal(json)); }

void print_as_it_came(std::string_view line) { write_line(::isatty(STDOUT_FILENO) == 1 ? visible(line) : std::string(line)); }

OutputBatch::OutputBatch() {
  const std::lock_guard lock(output_mutex());
  batching = true;
}

OutputBatch::~OutputBatch() {
  const std::lock_guard lock(output_mutex());
  batching = false;
  flush_output();
}

void OutputBatch::flush() {
  const std::lock_guard lock(output_mutex());
  if (std::fflush(stdout) != 0) stop_flag = 1;
}

void show_progress(std::string_view text) {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (!terminal) return;
  std::fputs(("\r\033[K" + visible(text)).c_str(), stderr);
  std::fflush(stderr);
}

void draw_screen(const std::string& screen) { write_text(screen); }

ScreenSize terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

std::size_t help_width() {
  constexpr std::size_t kReadable = 100, kNarrowest = 40;
  return ::isatty(STDOUT_FILENO) == 1 ? std::clamp(terminal_size().columns, kNarrowest, kReadable) : kReadable;
}

bool stdout_is_terminal() {
  static const bool terminal = [] {
    const char* const kind = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
  }();
  return terminal;
}

bool stderr_is_terminal() {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  return terminal;
}

bool stdout_has_colours() {
  static const bool colours = std::getenv("NO_COLOR") == nullptr;
  return colours && stdout_is_terminal();
}

OutputTaker::OutputTaker(Take take) {
  const std::lock_guard lock(taker_mutex());
  taker() = std::move(take);
}

OutputTaker::~OutputTaker() {
  const std::lock_guard lock(taker_mutex());
  taker() = nullptr;
}

void print_csv(std::string_view row) {
  const std::lock_guard lock(output_mutex());
  std::fwrite(row.data(), 1, row.size(), stdout);
  std::fputs("\r\n", stdout);
  flush_output();
}

void also_stop_on(int signal) {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigaction(signal, &action, nullptr);
}

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
