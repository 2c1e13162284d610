// What the commands share when they print: one-line errors, flushed lines, colours on a terminal, and stopping by signal.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "apps/book_view.hpp"
#include "marginfix/core/error.hpp"

namespace marginfix::apps {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;

// "marginfix: what happened and how to mend it", one line on standard error; gives kFailure.
int report(const Error& error);
int report(std::string_view message);

// One whole line on standard output, flushed; thread-safe.
void print_line(std::string_view line);

void print_text(std::string_view text);  // as it is, no newline added
ScreenSize terminal_size();              // 24 x 80 where it cannot be asked
bool stdout_is_terminal();
// The terminal's sequence, or nothing when standard output is no terminal or NO_COLOR is set.
std::string_view bold();
std::string_view dim();
std::string_view green();
std::string_view red();
std::string_view plain();

// True once SIGINT or SIGTERM has come (catch_stop_signals() must have been called), or nobody reads standard output any more.
void catch_stop_signals();
bool stop_requested();
// Blocks until a stop signal has come.
void wait_for_stop_signal();

}  // namespace marginfix::apps
