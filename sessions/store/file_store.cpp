// Message store in one append-only file: the format is file_format.hpp, its records are read and written by records.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "marginfix/core/append_file.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "sessions/store/records.hpp"

namespace marginfix {
namespace {

using store::Entry;
using store::RecordKind;

constexpr std::uint64_t kCompactionFloor = 16U << 20;  // smaller files are left alone
constexpr std::uint64_t kCompactionCheck = 4096;       // appends between two looks at what could be dropped

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& path, const std::string& what, int error) {
  throw std::runtime_error(fmt::format("{}: {}: {}", path, what, std::generic_category().message(error)));
}

// Whole or not at all as far as the caller is concerned: throws unless everything was written.
void write_at(int fd, const std::string& path, const char* data, std::size_t size, std::uint64_t offset) {
  while (size > 0) {
    const ssize_t count = ::pwrite(fd, data, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail(path, "cannot write", count < 0 ? errno : ENOSPC);
    data += count;
    size -= static_cast<std::size_t>(count);
    offset += static_cast<std::uint64_t>(count);
  }
}

std::size_t read_at(int fd, const std::string& path, char* data, std::size_t size, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(fd, data + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "cannot read", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

// A file as it stands, for reading. Nobody else writes it: it is locked.
class FileView final : public store::Bytes {
 public:
  FileView(int fd, const std::string& path, std::size_t size) : size_(size) {
    if (size == 0) return;
    data_ = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data_ == MAP_FAILED) fail(path, "cannot read", errno);
  }
  ~FileView() override {
    if (size_ != 0) ::munmap(data_, size_);
  }
  FileView(const FileView&) = delete;
  FileView& operator=(const FileView&) = delete;
  std::string_view at(std::uint64_t offset, std::size_t size) override {
    if (offset >= size_) return {};
    return {static_cast<const char*>(data_) + offset, std::min<std::uint64_t>(size, size_ - offset)};
  }

 private:
  void* data_{nullptr};
  std::uint64_t size_;
};

class FileStore final : public MessageStore {
 public:
  explicit FileStore(FileStoreOptions options) : options_(std::move(options)) {
    lock();
    struct stat info {};
    if (::fstat(file_.get(), &info) != 0) fail(options_.path, "cannot stat", errno);
    if (info.st_size == 0) {
      create();
    } else {
      load(static_cast<std::size_t>(info.st_size));
    }
    go_on_at_the_end();
    if (worth_compacting()) compact();
  }

  std::int64_t next_sender_seq() const override { return state_.next_sender; }
  std::int64_t next_target_seq() const override { return state_.next_target; }
  std::int64_t created_at() const override { return state_.created_at; }

  void set_next_sender_seq(std::int64_t seq) override {
    if (seq < 1) throw std::runtime_error(fmt::format("{}: {} is not a sequence number", options_.path, seq));
    append_number(RecordKind::sender, seq);
    state_.forget_from(seq);
    state_.next_sender = seq;
  }

  void set_next_target_seq(std::int64_t seq) override {
    if (seq < 1) throw std::runtime_error(fmt::format("{}: {} is not a sequence number", options_.path, seq));
    compact_now_and_then();
    append_number(RecordKind::target, seq);
    state_.next_target = seq;
  }

  void append_sent(std::int64_t seq, const char* data, std::size_t size) override {
    const std::int64_t now = std::time(nullptr);
    const std::size_t payload = 16 + size;
    if (seq < 1 || payload > store::kMaxPayload)
      throw std::runtime_error(fmt::format("{}: message {} cannot be stored", options_.path, seq));
    compact_now_and_then();
    buffer_.clear();
    store::add_sent(buffer_, seq, now, {data, size});
    const std::uint64_t at = end_.size();
    append(buffer_);
    unsynced_ = options_.sync_every_append;
    state_.note_sent(Entry{seq, now, at, static_cast<std::uint32_t>(payload)});
    state_.next_sender = seq + 1;
  }

  void commit() override {
    if (!unsynced_) return;
    usable();
    if (::fdatasync(file_.get()) != 0) {
      broken_ = true;  // what is on the disk is unknown now
      fail(options_.path, "cannot sync", errno);
    }
    unsynced_ = false;
  }

  std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const override {
    std::vector<StoredMessage> found;
    const auto kept = state_.index.begin() + static_cast<std::ptrdiff_t>(state_.expired);
    auto at = std::lower_bound(kept, state_.index.end(), begin, [](const Entry& entry, std::int64_t seq) { return entry.seq < seq; });
    std::string record;
    for (; at != state_.index.end() && (end == 0 || at->seq <= end); ++at) {
      read_back(*at, &record);
      found.push_back(StoredMessage{at->seq, std::string(store::message_of(record))});
    }
    return found;
  }

  void reset() override {
    const std::uint64_t epoch = state_.epoch + 1;
    const std::int64_t now = std::time(nullptr);
    buffer_.clear();
    store::add_reset(buffer_, epoch, now);
    append(buffer_);  // from here on the old numbers are void
    state_.start_epoch(epoch, now);
    if (worth_compacting()) compact();
  }

 private:
  [[noreturn]] void damaged(const StoreFileDamage& damage) const { throw std::runtime_error(options_.path + ": " + to_string(damage)); }
  void usable() const {
    if (broken_) throw std::runtime_error(fmt::format("{}: an earlier write failed half way, reopen the store", options_.path));
  }

  // The lock is on the file itself; compaction may replace the file between open and lock, then the try is repeated.
  void lock() {
    for (;;) {
      file_ = Descriptor(::open(options_.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
      if (file_.get() < 0) fail(options_.path, "cannot open the message store", errno);
      if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        fail(options_.path, "the message store is in use by another session or process", errno);
      }
      struct stat mine {
      }, named{};
      if (::fstat(file_.get(), &mine) == 0 && ::stat(options_.path.c_str(), &named) == 0 && mine.st_ino == named.st_ino) return;
    }
  }

  void create() {
    state_.start_epoch(1, std::time(nullptr));
    const std::string blocks = first_blocks();
    write_at(file_.get(), options_.path, blocks.data(), blocks.size(), 0);
    records_end_ = blocks.size();
  }

  std::string first_blocks() const {
    return store::header_block(state_.epoch, state_.created_at) + store::target_block(state_.epoch, state_.next_target);
  }

  void load(std::size_t file_size) {
    FileView view(file_.get(), options_.path, file_size);
    store::Reading reading = store::read_records(view);
    if (reading.damage) damaged(*reading.damage);
    state_ = std::move(reading.state);
    records_end_ = reading.end;
    if (reading.version == store::kVersionWithoutTargets) raise_version(reading.header_epoch, reading.header_created_at);
  }

  // One write within a sector: a killed process cannot leave half of it.
  void raise_version(std::uint64_t epoch, std::int64_t created_at) const {
    const std::string header = store::header_block(epoch, created_at);
    write_at(file_.get(), options_.path, header.data(), header.size(), 0);
  }

  void go_on_at_the_end() {
    if (const int error = end_.open(file_.get(), records_end_, options_.mapped)) fail(options_.path, "cannot cut a torn record", error);
  }

  void read_back(const Entry& entry, std::string* record) const {
    record->resize(entry.record_size());
    record->resize(read_at(file_.get(), options_.path, record->data(), record->size(), entry.offset));
    if (!store::is_record_of(entry, *record)) damaged({entry.offset, fmt::format("message {} cannot be read back", entry.seq)});
  }

  void append(const std::string& record) {
    usable();
    const int error = end_.append(record);
    broken_ = error == EIO;
    if (error != 0) fail(options_.path, "cannot write", error);
  }
  void append_number(RecordKind kind, std::int64_t number) {
    buffer_.clear();
    store::add_number(buffer_, kind, number);
    append(buffer_);
  }

  void compact_now_and_then() {
    if (++appends_ % kCompactionCheck == 0 && worth_compacting()) compact();
  }
  bool worth_compacting() {
    state_.expire_before(std::time(nullptr) - options_.keep_seconds);
    const std::uint64_t size = end_.size();
    const std::uint64_t live = state_.live_bytes;
    return state_.expired > 0 ? size > 2 * live : size > kCompactionFloor && size > 2 * live + kCompactionFloor;
  }

  // Writes what is still needed into a new file and puts it in the old one's place; a crash leaves one or the other, whole.
  void compact() {
    const std::string path = options_.path + ".compact";
    ::unlink(path.c_str());
    Descriptor next(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (next.get() < 0) fail(path, "cannot open", errno);
    if (::flock(next.get(), LOCK_EX | LOCK_NB) != 0) fail(path, "cannot lock", errno);
    const std::string blocks = first_blocks();
    write_at(next.get(), path, blocks.data(), blocks.size(), 0);
    std::uint64_t size = blocks.size();
    std::vector<Entry> kept;
    kept.reserve(state_.index.size() - state_.expired);
    std::string record;
    for (std::size_t i = state_.expired; i < state_.index.size(); ++i) {
      const Entry& entry = state_.index[i];
      read_back(entry, &record);
      write_at(next.get(), path, record.data(), record.size(), size);
      kept.push_back(Entry{entry.seq, entry.at, size, entry.payload});
      size += record.size();
    }
    record.clear();
    store::add_number(record, RecordKind::sender, state_.next_sender);
    write_at(next.get(), path, record.data(), record.size(), size);
    size += record.size();
    if (::fsync(next.get()) != 0) fail(path, "cannot sync", errno);
    if (::rename(path.c_str(), options_.path.c_str()) != 0) fail(path, "cannot rename", errno);
    end_.close();
    file_ = std::move(next);
    state_.index = std::move(kept);
    state_.expired = 0;
    records_end_ = size;
    go_on_at_the_end();
  }

  FileStoreOptions options_;
  Descriptor file_;
  AppendFile end_;                // of file_
  std::uint64_t records_end_{0};  // where end_ began
  store::State state_;
  std::uint64_t appends_{0};
  std::string buffer_;
  bool unsynced_{false};  // something was appended that is not on the disk yet
  bool broken_{false};
};

}  // namespace

std::unique_ptr<MessageStore> open_file_store(const FileStoreOptions& options) { return std::make_unique<FileStore>(options); }

}  // namespace marginfix
