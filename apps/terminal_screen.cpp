#include "apps/terminal_screen.hpp"

#include <poll.h>
#include <unistd.h>

#include <csignal>

#include "apps/book_view.hpp"
#include "apps/output.hpp"

namespace marginfix::apps {

TerminalScreen::TerminalScreen() {
  catch_stop_signals();
  also_stop_on(SIGHUP);
  also_stop_on(SIGQUIT);
  termios now{};
  if (::tcgetattr(STDIN_FILENO, &now) == 0) {
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    now.c_cc[VMIN] = 0;
    now.c_cc[VTIME] = 0;
    now.c_cc[VSUSP] = _POSIX_VDISABLE;  // stopped, it would leave its screen to the shell
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  draw_screen("\033[?1049h\033[?25l\033[2J");
}

TerminalScreen::~TerminalScreen() {
  draw_screen("\033[0m\033[?25h\033[?1049l");
  if (before_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &*before_);
}

void TerminalScreen::draw(const std::vector<StyledLine>& lines) {
  drawn_ = terminal_size();
  draw_screen(screen_of(lines, drawn_, stdout_has_colours()));
}

bool TerminalScreen::resized() const { return drawn_ != terminal_size(); }

char key_within(std::chrono::milliseconds time) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  const bool keys = ::isatty(STDIN_FILENO) == 1;
  if (::poll(&input, keys ? 1 : 0, static_cast<int>(time.count())) <= 0 || (input.revents & POLLIN) == 0) return 0;
  char key = 0;
  return ::read(STDIN_FILENO, &key, 1) == 1 ? key : '\0';
}

}  // namespace marginfix::apps
