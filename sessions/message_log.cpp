// The message log: a queue that never lets anybody wait, and the thread that writes it down.
#include "marginfix/sessions/message_log.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "marginfix/core/secret.hpp"
#include "marginfix/core/text.hpp"
#include "sessions/rotating_file.hpp"
#include "src/core/escapes.hpp"

namespace marginfix {
namespace {

using sessions::RotatingFile;

constexpr char kSoh = '\x01';
constexpr std::chrono::milliseconds kBeat{250};
constexpr std::chrono::seconds kLongestFlush{5};

// ---- one line -----------------------------------------------------------------------------------------------------------

// As QuickFIX writes it, to the nanosecond.
std::string time_text(Timestamp time) { return to_fix_utc(time, 6) + "000"; }

// Where the trailer with its SOH in front begins; npos: the message has none.
std::size_t trailer_of(std::string_view message) noexcept {
  constexpr std::size_t kSize = 8;  // "|10=ddd|"
  if (message.size() <= kSize) return std::string_view::npos;
  const std::string_view end = message.substr(message.size() - kSize);
  const bool digits = std::ranges::all_of(end.substr(4, 3), [](char c) { return c >= '0' && c <= '9'; });
  return end.front() == kSoh && end.substr(1, 3) == "10=" && digits && end.back() == kSoh ? message.size() - kSize : std::string_view::npos;
}

std::string masked(std::string_view message) {
  std::string text = redact_in_place(message);
  if (text == message) return text;
  const std::size_t trailer = trailer_of(message);
  if (trailer == std::string_view::npos) return text;
  text[trailer] = kSoh;
  unsigned sum = 0;
  for (const char c : std::string_view(text).substr(0, trailer + 1)) sum += static_cast<unsigned char>(c);
  return text.replace(trailer + 1, std::string::npos, fmt::format("10={:03}{}", sum % 256, kSoh));
}

void append_on_one_line(std::string& out, std::string_view message) {
  if (message.find_first_of("\r\n") == std::string_view::npos) {
    out += message;
    return;
  }
  for (const char c : message) {
    if (c == '\n' || c == '\r' || c == '\\') {
      detail::append_escaped(out, c);
    } else {
      out += c;
    }
  }
}

std::string event_line(Timestamp time, std::string_view text) {
  std::string line = time_text(time) + " : ";
  return line.append(visible(redact(text))) += '\n';
}

bool is_heartbeat(std::string_view message) noexcept {
  constexpr std::size_t kThirdField = 48;  // MsgType(35) begins well before
  return message.substr(0, kThirdField)
             .find(
                 "\x01"
                 "35=0\x01") != std::string_view::npos;
}

// ---- files --------------------------------------------------------------------------------------------------------------

// A CompID may hold what no file name may.
std::string file_name(const SessionLogName& name) {
  std::string text = name.begin_string + "-" + name.sender_comp_id + "-" + name.target_comp_id;
  if (!name.qualifier.empty()) text += "-" + name.qualifier;
  std::ranges::replace_if(
      text, [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' '; }, '_');
  return text;
}

Result<void> make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return fail(ErrorCategory::config, "the folder of the message log, " + folder + ", cannot be made: " + error.message());
}

bool same_file_system(const std::string& a, const std::string& b) {
  struct stat first {
  }, second{};
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev;
}

// ---- the queue ----------------------------------------------------------------------------------------------------------

class Writer;

enum class Kind : std::uint8_t { message, event };

// One session: what it is in the queue, and its two files, which are the writing thread's.
class Session final : public SessionLog {
 public:
  Session(Writer& writer, RotatingFile::Rules messages, RotatingFile::Rules events)
      : writer_(writer), messages_(std::move(messages)), events_(std::move(events)) {}

  void message(Timestamp time, std::string_view bytes) noexcept override;
  void event(Timestamp time, std::string_view text) noexcept override;
  SessionLogStatistics statistics() const noexcept override {
    return {written_.load(std::memory_order_relaxed), left_out_.load(std::memory_order_relaxed)};
  }

 private:
  friend class Writer;

  Writer& writer_;
  std::atomic<std::uint64_t> written_{0}, left_out_{0};
  // Under the writer's lock: messages left out since the last one that was taken, and when the last of them came.
  std::uint32_t skipped_{0};
  Timestamp skipped_time_{};
  // The writing thread's.
  RotatingFile messages_, events_;
  int told_{0};  // the problem that the log knows of
};

// In the queue in front of a text.
struct Entry {
  Session* session;
  Timestamp time;
  std::uint32_t size;
  std::uint32_t skipped;  // messages of the session that are missing before this one
  Kind kind;
};

class Writer final : public MessageLog, public std::enable_shared_from_this<Writer> {
 public:
  Writer(MessageLogOptions options, std::shared_ptr<LogSink> log)
      : options_(std::move(options)), log_(log ? std::move(log) : null_log_sink()) {
    pending_.reserve(options_.queue_bytes);
    batch_.reserve(options_.queue_bytes);
    thread_ = std::thread([this] { run(); });
  }
  ~Writer() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Result<std::shared_ptr<SessionLog>> session(const SessionLogName& name) override {
    const std::string file = file_name(name);
    auto made = std::make_unique<Session>(*this, rules(file + ".messages"), rules(file + ".event"));
    for (RotatingFile* const each : {&made->messages_, &made->events_}) {
      const int failed = each->open();
      if (failed == 0) continue;
      return fail(ErrorCategory::config, each->path() + " cannot be written: " +
                                             (failed == EWOULDBLOCK ? "another log writes it" : std::generic_category().message(failed)));
    }
    const std::lock_guard lock(mutex_);
    return std::shared_ptr<SessionLog>(shared_from_this(), sessions_.emplace_back(std::move(made)).get());
  }

  void rotate() override {
    {
      const std::lock_guard lock(mutex_);
      rotations_.push_back(pending_.size());
      ++wanted_;
    }
    wake_.notify_one();
  }

  void flush() override {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = ++wanted_;
    wake_.notify_one();
    written_out_.wait_for(lock, kLongestFlush, [&] { return done_ >= mine; });
  }

  void add(Session& session, Kind kind, Timestamp time, std::string_view text) noexcept {
    if (kind == Kind::message && !options_.heartbeats && is_heartbeat(text)) return;
    bool much = false;
    {
      const std::lock_guard lock(mutex_);
      if (pending_.size() + sizeof(Entry) + text.size() > options_.queue_bytes) return skip(session, kind, time);
      const Entry entry{&session, time, static_cast<std::uint32_t>(text.size()),
                        kind == Kind::message ? std::exchange(session.skipped_, 0) : 0, kind};
      const bool was_less = pending_.size() <= options_.queue_bytes / 2;
      pending_.append(reinterpret_cast<const char*>(&entry), sizeof entry).append(text);  // within what was reserved
      much = was_less && pending_.size() > options_.queue_bytes / 2;
    }
    if (much) wake_.notify_one();
  }

 private:
  RotatingFile::Rules rules(const std::string& name) const {
    return {options_.folder,
            options_.backup_folder.empty() ? options_.folder : options_.backup_folder,
            name,
            options_.max_file_bytes,
            options_.max_files,
            options_.daily};
  }

  static void skip(Session& session, Kind kind, Timestamp time) noexcept {
    if (kind == Kind::event) return;
    ++session.skipped_;
    session.skipped_time_ = time;
    session.left_out_.fetch_add(1, std::memory_order_relaxed);
  }

  // Messages of a session that were left out behind everything in a batch.
  struct Leftover {
    Session* session;
    std::uint32_t skipped;
    Timestamp time;
  };

  void run() {
    std::unique_lock lock(mutex_);
    for (bool last = false; !last;) {
      wake_.wait_for(lock, kBeat, [&] { return closing_ || wanted_ != done_ || pending_.size() > options_.queue_bytes / 2; });
      last = closing_;
      const std::uint64_t wanted = wanted_;
      batch_.swap(pending_);
      batch_rotations_.swap(rotations_);
      leftovers_.clear();
      for (const auto& each : sessions_) leftovers_.push_back({each.get(), std::exchange(each->skipped_, 0), each->skipped_time_});
      lock.unlock();
      write_batch();
      for (const Leftover& each : leftovers_) finish(each);
      lock.lock();
      done_ = wanted;
      written_out_.notify_all();
    }
  }

  void write_batch() {
    auto rotation = batch_rotations_.begin();
    const auto rotate_before = [&](std::size_t at) {
      for (; rotation != batch_rotations_.end() && *rotation <= at; ++rotation) rotate_files();
    };
    for (std::string_view rest = batch_; !rest.empty();) {
      rotate_before(batch_.size() - rest.size());
      Entry entry;
      std::memcpy(&entry, rest.data(), sizeof entry);
      write(entry, rest.substr(sizeof entry, entry.size));
      rest.remove_prefix(sizeof entry + entry.size);
    }
    rotate_before(batch_.size());
    batch_.clear();
    batch_rotations_.clear();
  }

  void rotate_files() {
    for (const Leftover& each : leftovers_) {
      for (RotatingFile* const file : {&each.session->messages_, &each.session->events_}) file->rotate();
    }
  }

  void write(const Entry& entry, std::string_view text) {
    const auto day = std::chrono::floor<std::chrono::days>(entry.time);
    if (entry.kind == Kind::event) return entry.session->events_.add(day, event_line(entry.time, text));
    if (entry.skipped != 0) tell_skipped(*entry.session, entry.skipped, entry.time);
    entry.session->messages_.add(day, message_log_line(entry.time, text));
  }

  void tell_skipped(Session& session, std::uint64_t count, Timestamp time) {
    session.messages_.miss(count, time_text(time));
    tell(LogLevel::warning, fmt::format("{}: {} messages are missing: the queue was full", session.messages_.path(), count));
  }

  // What is left to do for a session when a batch is through.
  void finish(const Leftover& leftover) {
    Session& session = *leftover.session;
    if (leftover.skipped != 0) tell_skipped(session, leftover.skipped, leftover.time);
    for (RotatingFile* const file : {&session.messages_, &session.events_}) file->write_out();
    session.events_.take_counts();
    const RotatingFile::Counts counts = session.messages_.take_counts();
    session.written_.fetch_add(counts.written, std::memory_order_relaxed);
    session.left_out_.fetch_add(counts.lost, std::memory_order_relaxed);
    const int problem = session.messages_.problem();
    if ((problem == 0) == (session.told_ == 0)) return;
    session.told_ = problem;
    if (problem != 0) {
      tell(LogLevel::error, fmt::format("{} cannot be written: {}. Messages are left out until it can; nothing else stops",
                                        session.messages_.path(), std::generic_category().message(problem)));
    } else {
      tell(LogLevel::warning, session.messages_.path() + " is written again; a line in it says how many messages are missing");
    }
  }

  void tell(LogLevel level, const std::string& line) const {
    if (log_->enabled(level)) log_->log(level, "messages", line);
  }

  MessageLogOptions options_;
  std::shared_ptr<LogSink> log_;
  std::mutex mutex_;
  std::condition_variable wake_, written_out_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::string pending_, batch_;
  std::vector<Leftover> leftovers_;  // the writing thread's
  std::uint64_t wanted_{0}, done_{0};
  std::vector<std::size_t> rotations_, batch_rotations_;  // asked for before these places of the queue
  bool closing_{false};
  std::thread thread_;
};

void Session::message(Timestamp time, std::string_view bytes) noexcept { writer_.add(*this, Kind::message, time, bytes); }
void Session::event(Timestamp time, std::string_view text) noexcept { writer_.add(*this, Kind::event, time, text); }

}  // namespace

std::string message_log_line(Timestamp time, std::string_view message) {
  std::string line = time_text(time) + " : ";
  append_on_one_line(line, masked(message));
  return line += '\n';
}

Result<std::shared_ptr<MessageLog>> MessageLog::open(MessageLogOptions options, std::shared_ptr<LogSink> log) {
  if (options.backup_folder.empty()) options.backup_folder = options.folder;
  for (const std::string& folder : {options.folder, options.backup_folder}) {
    if (auto made = make_folder(folder); !made) return made.error();
  }
  if (!same_file_system(options.folder, options.backup_folder)) {
    return fail(ErrorCategory::config, "the message log's files are moved to " + options.backup_folder +
                                           " when they are over: it must be on the file system of " + options.folder);
  }
  return std::shared_ptr<MessageLog>(std::make_shared<Writer>(std::move(options), std::move(log)));
}

}  // namespace marginfix
