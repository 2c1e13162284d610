// What the commands share when they print: one-line errors, flushed lines, colours on a terminal, and stopping by signal.
//
// Texts of peers never reach a terminal raw: every way out of this file makes control characters visible (marginfix/core/text.hpp), line
// ends among them, so that no text can write a line of its own, wipe one or set the clipboard. Commands therefore print by these functions
// alone (tests/unit/apps holds the sources to that), and colours are pieces, not text.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "apps/styled.hpp"
#include "marginfix/core/error.hpp"

namespace marginfix::apps {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;
inline constexpr int kMonitorUnknown = 3;  // of `check --monitor`, where the others are 0, 1 and 2

// "marginfix: what happened and how to fix it", one line on standard error; gives kFailure. Of a configuration file's mistakes a line
// each.
int report(const Error& error);
int report(std::string_view message);
// News of a connection, which are no data and no error: a line on standard error.
void tell(std::string_view line);

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

// A row of a table for other programs (RFC 4180): each cell as it is written there (csv.hpp), with CR LF behind it.
void print_csv(std::string_view row);

// While one lives, lines of print_line, print_pieces, tell and report are offered to `take` first, whichever thread prints them; those that
// it takes (true) go nowhere else. For whoever has the terminal to itself. `take` must not print by these functions.
enum class LineKind : std::uint8_t { output, news, error };
class OutputTaker {
 public:
  using Take = std::function<bool(const std::string& line, LineKind kind)>;
  explicit OutputTaker(Take take);
  OutputTaker(const OutputTaker&) = delete;
  OutputTaker& operator=(const OutputTaker&) = delete;
  ~OutputTaker();
};

// Codes for the terminal as they are: what redraws it in place (book_view.hpp, screen_of).
void draw_screen(const std::string& screen);
ScreenSize terminal_size();  // 24 x 80 where it cannot be asked
// Columns for a help's text: the terminal's, else 100; never more than is easily read.
std::size_t help_width();
bool stdout_is_terminal();  // one that can be drawn on: false with TERM=dumb
bool stderr_is_terminal();
bool stdout_has_colours();  // the same, and NO_COLOR is not set

// True once SIGINT or SIGTERM has come (catch_stop_signals() must have been called), or nobody reads standard output any more.
void catch_stop_signals();
// The same for a signal that would end the program at once.
void also_stop_on(int signal);
bool stop_requested();
// Blocks until a stop signal has come.
void wait_for_stop_signal();

}  // namespace marginfix::apps
