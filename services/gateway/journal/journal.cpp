#include "services/gateway/journal/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "marginfix/core/append_file.hpp"
#include "marginfix/core/crc32.hpp"

namespace marginfix::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "MFXGWJ01";
constexpr std::string_view kNotYet("\0\0\0\0", 4);  // where what is appended has not been finished (AppendFile)
constexpr std::size_t kBatchHead = 12, kHeadSummed = 8, kRecordHead = 16;
constexpr std::int64_t kMostBatch = std::int64_t{1} << 30;

Error journal_error(std::string_view what, int error_number) {
  Error error;
  error.category = ErrorCategory::store;
  error.message = fmt::format("{}: {}", what, std::strerror(error_number));
  if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) error.code = "disk_full";
  return error;
}

Error in_use(const std::string& dir) {
  return fail(ErrorCategory::store, dir + ": another gateway runs on this folder: stop it first, or give another --dir");
}

template <class T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out += static_cast<char>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xFF);
}
template <class T>
T get(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return static_cast<T>(value);
}
std::uint32_t crc_of(std::string_view bytes) { return crc32(bytes.data(), bytes.size()); }

void put_record(std::string& out, JournalKind kind, std::string_view who, std::string_view body, Timestamp time) {
  put(out, static_cast<std::uint8_t>(kind));
  put(out, std::uint8_t{0});
  put(out, static_cast<std::uint16_t>(std::min<std::size_t>(who.size(), 0xFFFF)));
  put(out, static_cast<std::uint32_t>(body.size()));
  put(out, time.time_since_epoch().count());
  out += who.substr(0, 0xFFFF);
  out += body;
}

// The records of one batch. False: they are none, whatever the checksum says.
Result<bool> each_record(std::string_view payload, const std::function<Result<void>(const JournalRecord&)>& each) {
  while (!payload.empty()) {
    if (payload.size() < kRecordHead) return false;
    const std::size_t who = get<std::uint16_t>(payload, 2), body = get<std::uint32_t>(payload, 4);
    if (payload.size() < kRecordHead + who + body) return false;
    JournalRecord record;
    record.kind = static_cast<JournalKind>(payload[0]);
    record.time = Timestamp{std::chrono::microseconds{get<std::int64_t>(payload, 8)}};
    record.who = payload.substr(kRecordHead, who);
    record.body = payload.substr(kRecordHead + who, body);
    if (const auto good = each(record); !good) return good.error();
    payload.remove_prefix(kRecordHead + who + body);
  }
  return true;
}

// The bytes of the batch that begins here; nothing: none does, or its records are not what its checksum says.
std::optional<std::string_view> whole_batch(std::string_view bytes) {
  if (bytes.size() < kBatchHead || crc_of(bytes.substr(0, kHeadSummed)) != get<std::uint32_t>(bytes, kHeadSummed)) return std::nullopt;
  const std::size_t size = get<std::uint32_t>(bytes, 0);
  if (size == 0 || bytes.size() - kBatchHead < size) return std::nullopt;
  const std::string_view payload = bytes.substr(kBatchHead, size);
  if (crc_of(payload) != get<std::uint32_t>(bytes, 4)) return std::nullopt;
  return payload;
}

// Reads a file batch by batch, in constant memory.
class BatchReader {
 public:
  static Result<BatchReader> open(const std::string& path) {
    BatchReader reader(path);
    if (!reader.in_) return journal_error(path, errno);
    reader.measure();
    std::string magic(std::min<std::size_t>(kMagic.size(), static_cast<std::size_t>(reader.size_)), '\0');
    reader.in_.read(magic.data(), static_cast<std::streamsize>(magic.size()));
    const bool empty = magic.starts_with(kNotYet);
    if (!reader.in_ || (!empty && !kMagic.starts_with(magic))) return fail(ErrorCategory::store, path + ": no journal of a gateway");
    reader.begun_ = magic == kMagic;
    reader.at_ = reader.begun_ ? static_cast<std::int64_t>(kMagic.size()) : 0;
    return reader;
  }
  // False at the end, or where an unfinished tail begins. A writer beside us may have finished a batch, and the next one, between two
  // looks: what seems to be damage is looked at once more.
  Result<bool> next(std::string& payload) {
    auto there = look(payload);
    if (there) return there;
    in_.clear();
    in_.seekg(at_);
    measure();
    return look(payload);
  }
  void go_to(std::int64_t place) {
    if (!begun_ || place <= at_) return;
    at_ = place;
    in_.seekg(at_);
  }
  std::int64_t position() const { return at_; }
  std::int64_t size() const { return size_; }
  Error damage() const {
    return fail(ErrorCategory::store, fmt::format("{}: damaged at byte {}, with more behind it: restore the file from a copy, or move the "
                                                  "folder away and start anew (open orders are then the exchange's alone)",
                                                  path_, at_));
  }

 private:
  explicit BatchReader(const std::string& path) : path_(path), in_(path, std::ios::binary) {}
  void measure() {
    std::error_code ignored;
    size_ = static_cast<std::int64_t>(fs::file_size(path_, ignored));
  }
  Result<bool> look(std::string& payload) {
    if (!begun_ || size_ - at_ < static_cast<std::int64_t>(kBatchHead)) return false;
    std::string head(kBatchHead, '\0');
    in_.read(head.data(), static_cast<std::streamsize>(head.size()));
    const std::int64_t size = get<std::uint32_t>(head, 0);
    if (in_ && size == 0) return nothing_behind(at_);
    const bool sound = in_ && crc_of(std::string_view(head).substr(0, kHeadSummed)) == get<std::uint32_t>(head, kHeadSummed);
    if (!sound || size > kMostBatch) return damage();
    const std::int64_t end = at_ + static_cast<std::int64_t>(kBatchHead) + size;
    if (end > size_) return false;
    payload.resize(static_cast<std::size_t>(size));
    in_.read(payload.data(), size);
    if (!in_ || crc_of(payload) != get<std::uint32_t>(head, 4)) return nothing_behind(end);
    at_ = end;
    return true;
  }
  // False: from here on there is room, and what a process that was killed, or a power cut, left of a batch. Damage: a whole one.
  Result<bool> nothing_behind(std::int64_t from) {
    in_.clear();
    in_.seekg(from);
    std::string rest(static_cast<std::size_t>(std::max<std::int64_t>(size_ - from, 0)), '\0');
    in_.read(rest.data(), static_cast<std::streamsize>(rest.size()));
    for (std::size_t i = rest.find_first_not_of('\0'); i < rest.size(); i = rest.find_first_not_of('\0', i + 1)) {
      if (whole_batch(std::string_view(rest).substr(i))) return damage();
    }
    return false;
  }

  std::string path_;
  std::ifstream in_;
  std::int64_t size_{0}, at_{0};
  bool begun_{false};  // its first bytes are there
};

std::string file_name(const std::string& dir, std::int64_t number) { return fmt::format("{}/journal-{:06}.gwj", dir, number); }

std::int64_t number_of(const std::string& path) {
  const std::string stem = fs::path(path).stem().string();
  constexpr std::string_view kStem = "journal-";
  constexpr std::size_t kMostDigits = 18;
  if (!stem.starts_with(kStem) || stem.size() > kStem.size() + kMostDigits) return 0;
  std::int64_t number = 0;
  for (const char c : std::string_view(stem).substr(kStem.size())) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

// Bytes behind this place that are no room.
std::int64_t used_behind(const std::string& path, std::int64_t place) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(place);
  const std::string rest{std::istreambuf_iterator<char>(in), {}};
  return static_cast<std::int64_t>(rest.find_last_not_of('\0') + 1);
}

// A file that a crash left before all that it begins with was written is none yet. The first one begins with nothing. Error: it cannot be
// read, or is damaged; that says nothing of what it held.
Result<bool> is_whole(const std::string& path) {
  if (number_of(path) == 1) return true;
  auto reader = BatchReader::open(path);
  if (!reader) return reader.error();
  bool whole = false;
  std::string payload;
  while (!whole) {
    const auto more = reader->next(payload);
    if (!more) return more.error();
    if (!*more) return false;
    const auto read = each_record(payload, [&](const JournalRecord& record) -> Result<void> {
      whole = whole || record.kind == JournalKind::snapshot_end;
      return {};
    });
    if (!read) return read.error();
    if (!*read) return reader->damage();
  }
  return true;
}

// Files that hold something, oldest first: without those at the end that are not whole.
Result<std::vector<std::string>> whole_files(const std::string& dir) {
  std::vector<std::string> files = journal_files(dir);
  while (files.size() > 1) {
    const auto whole = is_whole(files.back());
    if (!whole) return whole.error();
    if (*whole) break;
    files.pop_back();
  }
  return files;
}

}  // namespace

Result<bool> is_whole_journal_file(const std::string& path) { return is_whole(path); }

std::string_view to_string(JournalKind kind) noexcept {
  constexpr std::string_view kNames[] = {"?",
                                         "begin",
                                         "oms_in",
                                         "oms_out",
                                         "exchange_in",
                                         "exchange_out",
                                         "order",
                                         "request",
                                         "not_taken",
                                         "outcome_unknown",
                                         "baseline",
                                         "fill",
                                         "tell",
                                         "numbers_reset",
                                         "had",
                                         "kill",
                                         "arm",
                                         "queued",
                                         "unqueued",
                                         "tracker",
                                         "positions",
                                         "snapshot_end",
                                         "refused",
                                         "note",
                                         "trades_given_up"};
  const auto i = static_cast<std::size_t>(kind);
  return i < std::size(kNames) ? kNames[i] : kNames[0];
}

std::vector<std::string> journal_files(const std::string& dir) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(dir, ignored)) {
    if (entry.path().extension() == ".gwj" && number_of(entry.path().string()) > 0) files.push_back(entry.path().string());
  }
  std::ranges::sort(files, {}, number_of);
  return files;
}

Result<std::int64_t> read_journal_file(const std::string& path, const std::function<Result<void>(const JournalRecord&)>& each) {
  return read_journal_file(path, 0, each);
}

Result<std::int64_t> read_journal_file(const std::string& path, std::int64_t from,
                                       const std::function<Result<void>(const JournalRecord&)>& each) {
  auto reader = BatchReader::open(path);
  if (!reader) return reader.error();
  reader->go_to(from);
  std::string payload;
  while (true) {
    const auto more = reader->next(payload);
    if (!more) return more.error();
    if (!*more) return reader->position();
    const auto read = each_record(payload, each);
    if (!read) return read.error();
    if (!*read) return reader->damage();
  }
}

Result<std::string> newest_journal_file(const std::string& dir) {
  const auto files = whole_files(dir);
  if (!files) return files.error();
  if (files->empty()) return fail(ErrorCategory::store, dir + ": there is no journal of a gateway");
  return files->back();
}

Result<void> read_audit(const std::string& dir, const std::function<bool(const JournalRecord&)>& each) {
  bool go_on = true;
  const auto files = whole_files(dir);
  if (!files) return files.error();
  for (const std::string& path : *files) {
    if (!go_on) break;
    bool beginning = number_of(path) > 1;
    const auto read = read_journal_file(path, [&](const JournalRecord& record) -> Result<void> {
      if (!beginning && go_on) go_on = each(record);
      if (record.kind == JournalKind::snapshot_end) beginning = false;
      return {};
    });
    if (!read) return read.error();
  }
  return {};
}

Result<void> check_unused(const std::string& dir) {
  const int lock = ::open((dir + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return {};
  const bool free = ::flock(lock, LOCK_SH | LOCK_NB) == 0;
  ::close(lock);
  if (!free) return in_use(dir);
  return {};
}

struct Journal::Impl {
  JournalOptions options;
  int lock{-1}, file{-1};
  AppendFile end;  // of the file
  std::int64_t number{1}, began_with{0}, cut{0};
  std::string batch = std::string(kBatchHead, '\0');
  bool failing{false};

  ~Impl() {
    end.close();
    if (file >= 0) ::close(file);
    if (lock >= 0) ::close(lock);
  }

  Result<void> take_lock() {
    std::error_code error;
    fs::create_directories(options.dir, error);
    if (error) return fail(ErrorCategory::store, options.dir + ": " + error.message());
    const std::string path = options.dir + "/lock";
    lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return journal_error(path, errno);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) return in_use(options.dir);
    return {};
  }

  Result<void> open_file(std::int64_t which, bool fresh) {
    const std::string path = file_name(options.dir, which);
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | (fresh ? O_TRUNC : 0), 0600);
    if (made < 0) return journal_error(path, errno);
    file = made;
    number = which;
    return fresh && options.sync ? sync_folder() : Result<void>{};
  }

  // A file whose name is not on the disk is gone with the power.
  Result<void> sync_folder() const {
    const int folder = ::open(options.dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return journal_error(options.dir, errno);
    const int done = ::fsync(folder);
    const int why = errno;
    ::close(folder);
    if (done != 0) return journal_error(options.dir, why);
    return {};
  }

  std::int64_t size() const { return static_cast<std::int64_t>(end.size()); }

  Result<void> go_on_at(std::int64_t place) {
    if (const int why = end.open(file, static_cast<std::uint64_t>(place), options.mapped))
      return journal_error("the journal's unfinished end cannot be cut", why);
    return {};
  }

  Result<void> write_at_end(std::string_view bytes) {
    if (const int why = end.append(bytes)) return journal_error("the journal cannot be written", why);
    if (options.sync && ::fdatasync(file) != 0) return journal_error("the journal cannot be brought onto the disk", errno);
    return {};
  }

  // The head of a batch is known when it is whole.
  Result<void> write_batch(std::string& what) {
    if (what.size() == kBatchHead) return {};
    std::string head;
    put(head, static_cast<std::uint32_t>(what.size() - kBatchHead));
    put(head, crc_of(std::string_view(what).substr(kBatchHead)));
    put(head, crc_of(head));
    std::copy(head.begin(), head.end(), what.begin());
    if (const auto done = write_at_end(what); !done) return done;
    what.resize(kBatchHead);
    return {};
  }

  void prune() const {
    if (options.keep_files <= 0) return;
    const std::vector<std::string> all = journal_files(options.dir);
    const auto most = static_cast<std::size_t>(options.keep_files) + 1;
    for (std::size_t i = 0; i + most < all.size(); ++i) {
      std::error_code ignored;
      fs::remove(all[i], ignored);
    }
  }
};

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options, const std::function<Result<void>(const JournalRecord&)>& replayed) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  if (const auto locked = impl->take_lock(); !locked) return locked.error();
  const auto files = whole_files(impl->options.dir);
  if (!files) return files.error();
  for (const std::string& path : journal_files(impl->options.dir)) {
    std::error_code ignored;
    if (std::ranges::find(*files, path) == files->end()) fs::remove(path, ignored);
  }
  const bool fresh = files->empty();
  if (const auto opened = impl->open_file(fresh ? 1 : number_of(files->back()), fresh); !opened) return opened.error();
  std::int64_t whole = 0;
  if (!fresh) {
    const auto end = read_journal_file(files->back(), replayed);
    if (!end) return end.error();
    whole = *end;
    impl->cut = used_behind(files->back(), whole);
  }
  if (const auto ready = impl->go_on_at(whole); !ready) return ready.error();
  if (whole == 0) {
    if (const auto begun = impl->write_at_end(kMagic); !begun) return begun.error();
  }
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

void Journal::append(JournalKind kind, std::string_view who, std::string_view body, Timestamp time) {
  put_record(impl_->batch, kind, who, body, time);
}

Result<void> Journal::commit() {
  const auto done = impl_->write_batch(impl_->batch);
  impl_->failing = !done;
  return done;
}

bool Journal::failing() const noexcept { return impl_->failing; }
std::size_t Journal::waiting_bytes() const noexcept { return impl_->batch.size() - kBatchHead; }

bool Journal::wants_new_file(bool quiet) const noexcept {
  constexpr std::int64_t kTimes = 4;
  return impl_->size() > (quiet ? 1 : kTimes) * std::max(impl_->options.file_bytes, kTimes * impl_->began_with);
}

Result<void> Journal::begin_file(const std::function<void(const Put&)>& snapshot, Timestamp now) {
  if (const auto done = commit(); !done) return done;
  const int old_file = impl_->file;
  const std::int64_t old_number = impl_->number;
  AppendFile old_end = std::move(impl_->end);
  const auto back = [&](const Error& why) -> Result<void> {
    impl_->end = std::move(old_end);
    old_end.close();
    if (impl_->file != old_file) ::close(impl_->file);
    std::error_code ignored;
    fs::remove(file_name(impl_->options.dir, old_number + 1), ignored);
    impl_->file = old_file;
    impl_->number = old_number;
    return why;
  };
  if (const auto opened = impl_->open_file(old_number + 1, true); !opened) return back(opened.error());
  if (const auto ready = impl_->go_on_at(0); !ready) return back(ready.error());
  if (const auto begun = impl_->write_at_end(kMagic); !begun) return back(begun.error());
  std::string batch(kBatchHead, '\0');
  constexpr std::size_t kPiece = std::size_t{4} << 20;
  Result<void> put;
  snapshot([&](const JournalRecord& record) {
    if (!put) return;
    put_record(batch, record.kind, record.who, record.body, record.time == Timestamp{} ? now : record.time);
    if (batch.size() >= kPiece) put = impl_->write_batch(batch);
  });
  if (!put) return back(put.error());
  put_record(batch, JournalKind::snapshot_end, {}, {}, now);
  if (const auto done = impl_->write_batch(batch); !done) return back(done.error());
  old_end.close();
  ::close(old_file);
  impl_->began_with = impl_->size();
  impl_->prune();
  return {};
}

std::int64_t Journal::bytes() const noexcept { return impl_->size(); }
std::int64_t Journal::files() const noexcept { return static_cast<std::int64_t>(journal_files(impl_->options.dir).size()); }
std::int64_t Journal::cut_bytes() const noexcept { return impl_->cut; }

}  // namespace marginfix::gateway
