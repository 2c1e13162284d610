// What the commands share when they print: one-line errors, flushed lines, colours on a terminal, and stopping by signal.
//
// Texts of peers never reach a terminal raw: every way out of this file makes control characters visible (marginfix/core/text.hpp), line
// ends among them, so that no text can write a line of its own, wipe one or set the clipboard. Commands therefore print by these functions
// alone (tests/unit/apps holds the sources to that), and colours are pieces, not text.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "apps/book_view.hpp"
#include "marginfix/core/error.hpp"

namespace marginfix::apps {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;

// "marginfix: what happened and how to fix it", one line on standard error; gives kFailure. Of a configuration file's mistakes a line
// each.
int report(const Error& error);
int report(std::string_view message);

enum class Style : std::uint8_t { plain, bold, dim, green, red };
// A part of a line, coloured where standard output is a terminal and NO_COLOR is not set.
struct Piece {
  std::string_view text;
  Style style{Style::plain};
};

// One whole line on standard output, flushed; thread-safe.
void print_line(std::string_view line);
void print_pieces(std::initializer_list<Piece> pieces);
// Several lines of ours, a help or a table: line ends stay, each line goes through print_line.
void print_lines(std::string_view text);
// JSON that a peer may have written: control characters as JSON's own escapes, white space between the values as it is.
void print_json(std::string_view json);
// A line of a peer byte for byte where a program reads it (`ws --raw`), visible where a person does.
void print_as_it_came(std::string_view line);

// While one lives, lines leave together: by flush(), when they have become many, and at its end. For what prints a file of any size; one at
// a time.
class OutputBatch {
 public:
  OutputBatch();
  OutputBatch(const OutputBatch&) = delete;
  OutputBatch& operator=(const OutputBatch&) = delete;
  ~OutputBatch();
  void flush();
};

// A line on standard error that overwrites the one before it, where a person looks on; "" takes it away.
void show_progress(std::string_view text);

// The rows of a terminal redrawn in place (book_view.hpp, screen_of).
void draw_screen(const std::string& screen);
ScreenSize terminal_size();  // 24 x 80 where it cannot be asked
bool stdout_is_terminal();   // false with NO_COLOR or TERM=dumb: plain lines are wanted

// True once SIGINT or SIGTERM has come (catch_stop_signals() must have been called), or nobody reads standard output any more.
void catch_stop_signals();
bool stop_requested();
// Blocks until a stop signal has come.
void wait_for_stop_signal();

}  // namespace marginfix::apps
