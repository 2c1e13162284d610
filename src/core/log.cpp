// The default log sink: spdlog's asynchronous logger on a thread pool of its own, never in spdlog's process-wide registry.
#include "marginfix/core/log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/text.hpp"
#include "src/core/escapes.hpp"

namespace marginfix {
namespace {

class NullLogSink final : public LogSink {
 public:
  void log(LogLevel /*level*/, std::string_view /*component*/, std::string_view /*line*/) noexcept override {}
  bool enabled(LogLevel /*level*/) const noexcept override { return false; }
};

// A log call from this "file" is no line but a mark: whoever flushes waits until its mark has come out of the queue.
constexpr const char* kMarkFile = "marginfix-flush-mark";

// Worker-thread side: writes lines, recognises marks (spdlog's own flush() only queues a request), and tells of dropped lines.
class MarkingSink final : public spdlog::sinks::sink {
 public:
  explicit MarkingSink(spdlog::sink_ptr inner) : inner_(std::move(inner)) {}
  // The pool owns the thread that calls log(), so it is alive whenever it is asked.
  void watch(spdlog::details::thread_pool* pool) noexcept { pool_ = pool; }

  void log(const spdlog::details::log_msg& message) override {
    if (message.source.filename != kMarkFile) return inner_->log(message);
    report_drops(message);
    inner_->flush();
    const std::lock_guard lock(mutex_);
    mark_ = std::max(mark_, message.source.line);
    changed_.notify_all();
  }
  void flush() override { inner_->flush(); }
  void set_pattern(const std::string& pattern) override { inner_->set_pattern(pattern); }
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override { inner_->set_formatter(std::move(formatter)); }

  bool wait_for_mark(int mark, std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [&] { return mark_ >= mark; });
  }

 private:
  void report_drops(const spdlog::details::log_msg& mark) {
    const std::size_t dropped = pool_->overrun_counter();
    if (dropped == reported_) return;
    const std::string text = "[log] " + std::to_string(dropped - reported_) + " lines dropped: the queue was full";
    reported_ = dropped;
    inner_->log(spdlog::details::log_msg(mark.time, {}, mark.logger_name, spdlog::level::warn, text));
  }

  spdlog::sink_ptr inner_;
  spdlog::details::thread_pool* pool_{nullptr};
  std::size_t reported_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  int mark_{0};
};

spdlog::level::level_enum to_spdlog(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

// One line for people: wire bytes with '|' between fields, no way to forge a second line or to move a terminal. In a line with wire bytes a
// '|' or '\' that is none of ours is escaped, so that the message can be read back (`marginfix decode` does).
std::string printable(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  if (line.find('\x01') != std::string_view::npos) {
    detail::append_pipe_form(out, line);
    return out;
  }
  for (std::size_t begin = 0;;) {
    const auto end = line.find('\t', begin);
    out += visible(line.substr(begin, end - begin));
    if (end == std::string_view::npos) return out;
    out += '\t';
    begin = end + 1;
  }
}

spdlog::sink_ptr make_inner_sink(const LogOptions& options) {
  if (options.file.empty()) {
    if (options.color) return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
    return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
  } catch (const spdlog::spdlog_ex&) {
    throw Exception(fail(ErrorCategory::config, "cannot open the log file '" + options.file + "' for writing: check folder and rights"));
  }
}

class SpdlogSink final : public LogSink {
 public:
  explicit SpdlogSink(const LogOptions& options)
      : level_(options.level),
        sink_(std::make_shared<MarkingSink>(make_inner_sink(options))),
        pool_(std::make_shared<spdlog::details::thread_pool>(std::max<std::size_t>(options.queue_size, 1), 1)),
        logger_(std::make_shared<spdlog::async_logger>("marginfix", sink_, pool_, spdlog::async_overflow_policy::overrun_oldest)) {
    sink_->watch(pool_.get());
    logger_->set_level(to_spdlog(level_));
    logger_->flush_on(spdlog::level::warn);
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    logger_->set_error_handler([](const std::string& /*what*/) {});  // the library never prints
  }

  void log(LogLevel level, std::string_view component, std::string_view line) noexcept override {
    if (!enabled(level)) return;
    try {
      std::string text = "[" + std::string(component) + "] " + printable(redact(line));
      logger_->log(to_spdlog(level), text);
    } catch (...) {
      // Out of memory: losing a log line is better than ending the program.
    }
  }

  bool enabled(LogLevel level) const noexcept override { return level != LogLevel::off && level >= level_; }

  void flush() noexcept override {
    if (level_ == LogLevel::off) return;
    try {
      // A full queue may push the mark out again: try until one comes through.
      for (int attempt = 0; attempt < 8; ++attempt) {
        if (sink_->wait_for_mark(send_mark(), std::chrono::milliseconds{250})) return;
      }
    } catch (...) {
      // As in log().
    }
  }

 private:
  // Marks enter the queue in the order of their numbers, so a later one says that the earlier are out too.
  int send_mark() {
    const std::lock_guard lock(mark_mutex_);
    logger_->log(spdlog::source_loc{kMarkFile, ++last_mark_, ""}, spdlog::level::critical, "");
    return last_mark_;
  }

  LogLevel level_;
  std::mutex mark_mutex_;
  int last_mark_{0};
  std::shared_ptr<MarkingSink> sink_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;  // its destructor writes out the queue, then joins
  std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::trace:
      return "trace";
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      return "off";
  }
  return "unknown";
}

std::shared_ptr<LogSink> null_log_sink() { return std::make_shared<NullLogSink>(); }

std::shared_ptr<LogSink> make_spdlog_sink(const LogOptions& options) { return std::make_shared<SpdlogSink>(options); }

}  // namespace marginfix
