// The whole terminal for a while: the alternate screen, no cursor, keys without Enter. What was there before is there again at the end,
// whichever way that comes: a key, a signal (hang-up and quit, too), an error.
#pragma once

#include <termios.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "apps/styled.hpp"

namespace marginfix::apps {

class TerminalScreen {
 public:
  TerminalScreen();
  ~TerminalScreen();
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;

  void draw(const std::vector<StyledLine>& lines);
  // True when the terminal has another size than it was last drawn in.
  bool resized() const;

 private:
  std::optional<termios> before_;
  ScreenSize drawn_;
};

// A key that is there within this time; 0: none. Where standard input is no terminal it only waits. A stop signal ends the wait.
char key_within(std::chrono::milliseconds time);

}  // namespace marginfix::apps
