#include "services/reconcile/feeds/firm_feed.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/fix/log_scan.hpp"
#include "marginfix/json/writer.hpp"
#include "services/gateway/journal/journal_tail.hpp"
#include "services/reconcile/feeds/csv.hpp"

namespace marginfix::reconcile {
namespace {

constexpr std::chrono::seconds kTellAgain{30};

class FixLogReader final : public FirmReader {
 public:
  explicit FixLogReader(OnMessage on_message)
      : scanner_([on_message = std::move(on_message)](const fix::LogMessage& found) { on_message(found.message); }) {}
  void take(std::string_view piece) override { scanner_.feed(piece); }
  void finish() override { scanner_.finish(); }

 private:
  fix::LogScanner scanner_;
};

// The first row names the columns; each further one becomes an object with our names. Cells stay text, byte for byte.
class CsvFileReader final : public FirmReader {
 public:
  CsvFileReader(const FirmSource& source, OnRow on_row)
      : columns_(source.columns),
        on_row_(std::move(on_row)),
        csv_([this](const CsvRow& row, std::size_t line) { take_row(row, line); }, source.separator) {}
  void take(std::string_view piece) override { csv_.feed(piece); }
  void finish() override { csv_.finish(); }
  Result<void> good() const override { return problem_.empty() ? Result<void>{} : fail(ErrorCategory::decode, problem_); }

 private:
  void take_row(const CsvRow& row, std::size_t line) {
    if (!std::exchange(headed_, true)) return take_header(row);
    if (!problem_.empty()) return;
    std::string text;
    json::Writer json(text);
    json.begin_object();
    for (const auto& [name, at] : places_) {
      if (at < row.size()) json.member(name, row[at]);
    }
    json.member("line", std::to_string(line)).end_object();
    on_row_(std::move(text));
  }
  void take_header(const CsvRow& titles) {
    for (const auto& [name, title] : columns_) {
      const auto found = std::ranges::find(titles, title);
      if (found != titles.end()) {
        places_[name] = static_cast<std::size_t>(found - titles.begin());
      } else {
        problem_ += (problem_.empty() ? "the CSV has no column \"" : ", \"") + title + "\"";
      }
    }
  }

  std::map<std::string, std::string> columns_;
  OnRow on_row_;
  CsvReader csv_;
  std::map<std::string, std::size_t> places_;
  bool headed_{false};
  std::string problem_;
};

std::string on_a_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '\r', ' ');
  return text;
}

}  // namespace

std::unique_ptr<FirmReader> FirmReader::make(const FirmSource& source, OnMessage on_message, OnRow on_row) {
  if (source.kind == FirmKind::csv) return std::make_unique<CsvFileReader>(source, std::move(on_row));
  return std::make_unique<FixLogReader>(std::move(on_message));
}

struct FirmFeed::File {
  FirmSource source;
  std::unique_ptr<FirmReader> reader;
  std::unique_ptr<gateway::JournalTail> journal;  // of a gateway: it stands for the file
  int descriptor{-1};
  struct stat of {};           // the file that is open
  std::int64_t read_bytes{0};  // of it
  std::int64_t told_as_of{0};  // when it had been written last, in microseconds, as it was told last
  Timestamp tell_again{};      // a file that grows all the time tells no more often than it matters
  bool finished{false};

  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }
  void close() {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
  }
};

FirmFeed::FirmFeed(std::string account, std::vector<FirmSource> sources, RecordQueue& queue) : account_(std::move(account)), queue_(queue) {
  for (FirmSource& source : sources) {
    files_.push_back(std::make_unique<File>());
    files_.back()->source = std::move(source);
  }
}

FirmFeed::~FirmFeed() { stop(); }

Result<void> FirmFeed::open(File& file) {
  file.close();
  file.descriptor = ::open(file.source.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.descriptor < 0 || ::fstat(file.descriptor, &file.of) != 0)
    return fail(ErrorCategory::config, file.source.path + ": " + std::strerror(errno));
  file.read_bytes = 0;
  file.finished = false;
  file.reader = FirmReader::make(
      file.source, [this](std::string_view fix) { keep(RecordKind::firm_fix, std::string(fix)); },
      [this](std::string json) { keep(RecordKind::firm_row, std::move(json)); });
  return {};
}

// A file can wait. What is not kept because the service ends is read by the next one, from the beginning.
void FirmFeed::keep(RecordKind kind, std::string body) {
  (void)queue_.put_patiently(kind, Source::firm, account_, std::move(body), [this] { return stopping_.load(); });
}

// What the gateway and the exchange have said to each other on this account's key, as whole FIX messages.
Result<void> FirmFeed::read_gateway(File& file) {
  if (!file.journal) file.journal = std::make_unique<gateway::JournalTail>(file.source.path + "/journal");
  const std::string whose = (file.source.key.empty() ? account_ : file.source.key) + "/";
  return file.journal->read([&](const gateway::JournalRecord& record) -> Result<void> {
    const bool said = record.kind == gateway::JournalKind::exchange_in || record.kind == gateway::JournalKind::exchange_out;
    if (said && record.who.starts_with(whose)) keep(RecordKind::firm_fix, record.body);
    return {};
  });
}

Result<void> FirmFeed::read(File& file) {
  if (file.source.kind == FirmKind::gateway) return read_gateway(file);
  struct stat there {};
  const bool found = ::stat(file.source.path.c_str(), &there) == 0;
  const bool other = file.descriptor < 0 || (found && (there.st_ino != file.of.st_ino || there.st_dev != file.of.st_dev)) ||
                     (found && there.st_size < file.read_bytes);
  if (other) {
    if (auto opened = open(file); !opened) return opened;
  }
  std::array<char, 1 << 16> buffer{};
  while (!stopping_) {
    const ssize_t got = ::read(file.descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCategory::config, file.source.path + ": " + std::strerror(errno));
    if (got == 0) break;
    file.read_bytes += got;
    file.finished = false;
    file.reader->take({buffer.data(), static_cast<std::size_t>(got)});
  }
  if (!stopping_ && !file.source.follow && !std::exchange(file.finished, true)) file.reader->finish();
  const auto good = file.reader->good();
  if (!found) return fail(ErrorCategory::config, file.source.path + ": it is not there any more");
  if (good && !stopping_) tell_complete(file, there);
  return good ? good : fail(ErrorCategory::decode, file.source.path + ": " + good.error().message);
}

// Behind the rows: what the file does not have by now was not in it when it was written.
void FirmFeed::tell_complete(File& file, const struct stat& there) {
  const std::int64_t as_of = std::int64_t{there.st_mtim.tv_sec} * 1'000'000 + there.st_mtim.tv_nsec / 1'000;
  if (file.source.complete == FirmComplete::no || as_of == file.told_as_of || monotonic_clock().now() < file.tell_again) return;
  file.told_as_of = as_of;
  file.tell_again = monotonic_clock().now() + kTellAgain;
  const std::string what = on_a_line((file.source.complete == FirmComplete::all ? "all " : "day ") + file.source.path);
  queue_.put(RecordKind::poll_begin, Source::firm, account_, what + "\n\n" + std::to_string(as_of));
  queue_.put(RecordKind::poll_end, Source::firm, account_, what + "\nok");
}

Result<void> FirmFeed::read() {
  Result<void> first{};
  for (const auto& file : files_) {
    const auto done = read(*file);
    if (!done && first) first = done;
  }
  const std::string now = first ? "up\n" : "unknown\n" + on_a_line(first.error().message);
  if (now != std::exchange(told_, now)) queue_.put(RecordKind::source_state, Source::firm, account_, now);
  return first;
}

void FirmFeed::run(std::chrono::milliseconds interval) {
  thread_ = std::thread([this, interval] { rounds(interval); });
}

void FirmFeed::rounds(std::chrono::milliseconds interval) {
  for (;;) {
    (void)read();  // told by a record
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, interval, [this] { return stopping_.load(); })) return;
  }
}

void FirmFeed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace marginfix::reconcile
