#include "apps/line_editor.hpp"

#include <iostream>

#include "apps/output.hpp"

#ifdef MARGINFIX_LIBEDIT
#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cwchar>
#include <filesystem>
#include <mutex>
#include <utility>
#endif

namespace marginfix::apps {

#ifdef MARGINFIX_LIBEDIT
namespace {
// MARGINFIX_HISTORY, else the place that XDG has for what a program remembers; "": nowhere.
std::string history_file() {
  if (const char* file = std::getenv("MARGINFIX_HISTORY")) return file;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0')
    return std::string(state) + "/marginfix/fix_history";
  const char* const home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? std::string() : std::string(home) + "/.local/state/marginfix/fix_history";
}
}  // namespace

// libedit's editor, whose keys come by a function of ours: it wakes also when there is something to print.
class LineEditor::Terminal {
 public:
  explicit Terminal(LineEditorOptions options) : options_(std::move(options)), file_(history_file()) {
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    editor_ = ::el_init("marginfix", stdin, stdout, stderr);
    history_ = ::history_init();
    HistEvent event;
    ::history(history_, &event, H_SETSIZE, 1'000);
    ::history(history_, &event, H_SETUNIQUE, 1);
    if (!file_.empty()) ::history(history_, &event, H_LOAD, file_.c_str());
    ::el_set(editor_, EL_CLIENTDATA, this);
    ::el_set(editor_, EL_PROMPT, &Terminal::prompt);
    ::el_set(editor_, EL_EDITOR, "emacs");
    ::el_set(editor_, EL_HIST, &::history, history_);
    ::el_set(editor_, EL_GETCFN, &Terminal::key);
    ::el_wset(editor_, EL_ADDFN, L"marginfix-complete", L"completes a command", &Terminal::complete);  // el_set leaks copies of these
    ::el_set(editor_, EL_BIND, "^I", "marginfix-complete", nullptr);
    ::el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    taker_ = std::make_unique<OutputTaker>([this](const std::string& line, LineKind kind) { return take(line, kind); });
  }
  ~Terminal() {
    taker_.reset();
    save();
    ::el_end(editor_);
    ::history_end(history_);
    ::close(wake_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::optional<std::string> next() {
    editing(true);
    int length = 0;
    const char* const typed = ::el_gets(editor_, &length);
    editing(false);
    if (typed == nullptr || length <= 0 || stop_requested()) {
      draw_screen("\n");  // whoever prints next begins a line
      return {};
    }
    std::string line(typed, static_cast<std::size_t>(length));
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    HistEvent event;
    if (line.find_first_not_of(" \t") != std::string::npos) ::history(history_, &event, H_ENTER, line.c_str());
    return line;
  }

 private:
  static Terminal& of(EditLine* editor) {
    void* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Terminal*>(self);
  }
  static char* prompt(EditLine* editor) { return of(editor).options_.prompt.data(); }

  // One key; 0 at the end of the input and after a stop signal, which may have come to another thread.
  static int key(EditLine* editor, wchar_t* key) {
    Terminal& self = of(editor);
    for (;;) {
      pollfd ends[] = {{STDIN_FILENO, POLLIN, 0}, {self.wake_, POLLIN, 0}};
      ::poll(ends, 2, 100);
      if (stop_requested()) return 0;
      self.follow_size();
      if ((ends[1].revents & POLLIN) != 0) self.print_waiting();
      if ((ends[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      char byte = 0;
      const auto n = ::read(STDIN_FILENO, &byte, 1);
      if (n <= 0) return 0;
      if (static_cast<unsigned char>(byte) >= 0x80) continue;  // ids and symbols are ASCII
      *key = static_cast<wchar_t>(byte);
      return 1;
    }
  }

  static unsigned char complete(EditLine* editor, wint_t) {
    const Terminal& self = of(editor);
    const LineInfo* const info = ::el_line(editor);
    const std::string begun(info->buffer, info->cursor);
    if (begun.find(' ') != std::string::npos) return CC_ERROR;
    std::vector<std::string> fitting;
    for (const std::string& verb : self.options_.verbs) {
      if (verb.starts_with(begun)) fitting.push_back(verb);
    }
    if (fitting.empty()) return CC_ERROR;
    std::string common = fitting.front();
    for (const std::string& verb : fitting)
      common.resize(static_cast<std::size_t>(std::ranges::mismatch(common, verb).in1 - common.begin()));
    if (fitting.size() == 1) common += ' ';
    if (common.size() <= begun.size()) return CC_ERROR;
    return ::el_insertstr(editor, common.c_str() + begun.size()) == 0 ? CC_REFRESH : CC_ERROR;
  }

  bool take(const std::string& line, LineKind kind) {
    if (kind != LineKind::output && !stderr_is_terminal()) return false;
    const std::lock_guard lock(mutex_);
    if (!editing_) return false;
    waiting_ += line + "\r\n";
    ::eventfd_write(wake_, 1);
    return true;
  }
  void editing(bool now) {
    const std::lock_guard lock(mutex_);
    editing_ = now;
    if (now || waiting_.empty()) return;
    draw_screen(waiting_);
    waiting_.clear();
  }
  // Above the line that is being typed, which is drawn anew below.
  void print_waiting() {
    eventfd_t count = 0;
    ::eventfd_read(wake_, &count);
    std::string lines;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(waiting_);
    }
    if (lines.empty()) return;
    const LineInfo* const info = ::el_line(editor_);
    const std::size_t column = options_.prompt.size() + static_cast<std::size_t>(info->cursor - info->buffer);
    const std::size_t rows = column / std::max<std::size_t>(size_.columns, 1);
    draw_screen("\r" + (rows == 0 ? std::string() : "\033[" + std::to_string(rows) + "A") + "\033[J" + lines);
    ::el_set(editor_, EL_REFRESH);
  }
  void follow_size() {
    const ScreenSize now = terminal_size();
    if (now == size_) return;
    if (std::exchange(size_, now).rows != 0) ::el_resize(editor_);
  }
  void save() const {
    if (file_.empty()) return;
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), failed);
    const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);  // orders are nobody else's business
    if (fd < 0) return;
    ::close(fd);
    HistEvent event;
    ::history(history_, &event, H_SAVE, file_.c_str());
  }

  LineEditorOptions options_;
  std::string file_;
  int wake_{-1};
  EditLine* editor_{nullptr};
  History* history_{nullptr};
  ScreenSize size_{terminal_size()};
  std::mutex mutex_;
  bool editing_{false};
  std::string waiting_;
  std::unique_ptr<OutputTaker> taker_;
};

LineEditor::LineEditor(LineEditorOptions options) {
  if (options.person && ::isatty(STDIN_FILENO) == 1 && stdout_is_terminal()) terminal_ = std::make_unique<Terminal>(std::move(options));
}
#else
class LineEditor::Terminal {
 public:
  static std::optional<std::string> next() { return {}; }
};

LineEditor::LineEditor(LineEditorOptions) {}
#endif

LineEditor::~LineEditor() = default;

std::optional<std::string> LineEditor::next() {
  if (terminal_) return terminal_->next();
  std::string line;
  if (stop_requested() || !std::getline(std::cin, line)) return {};
  return line;
}

}  // namespace marginfix::apps
