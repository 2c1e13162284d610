// Where log lines go: an interface of ours, with an asynchronous spdlog sink behind it as the default implementation.
// The library never prints; without a sink it is silent. Lines that may hold wire bytes are redacted before and in the spdlog sink, which
// writes SOH as '|', a value's '|' and '\' as \x7c and \x5c, control characters as \xNN: one line each, and `decode` reads them back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace marginfix {

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, off };

// "trace", "debug", "info", "warning", "error", "off".
std::string_view to_string(LogLevel level) noexcept;

// Implementations must be thread-safe and must not block the caller for long.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void log(LogLevel level, std::string_view component, std::string_view line) noexcept = 0;
  virtual bool enabled(LogLevel level) const noexcept = 0;
  // Returns when everything logged before by this thread has been written out, or after two seconds.
  virtual void flush() noexcept {}
};

// Drops everything.
std::shared_ptr<LogSink> null_log_sink();

struct LogOptions {
  LogLevel level{LogLevel::info};
  std::string file{};            // empty: standard error
  std::size_t queue_size{8192};  // lines; when full the oldest are dropped (never blocks an I/O thread)
  bool color{false};
};
// Asynchronous, one thread of its own per sink; the destructor writes out what is queued. Throws Exception (config) when the file cannot
// be opened.
std::shared_ptr<LogSink> make_spdlog_sink(const LogOptions& options);

}  // namespace marginfix
