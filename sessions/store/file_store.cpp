// Message store in one append-only file: the format is file_format.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "marginfix/core/append_file.hpp"
#include "marginfix/core/crc32.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "sessions/store/file_format.hpp"

namespace marginfix {
namespace {

using namespace store;  // NOLINT(google-build-using-namespace): this file is the other half of file_format.hpp
static_assert(std::endian::native == std::endian::little);

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
class FileView {
 public:
  FileView(int fd, const std::string& path, std::size_t size) : size_(size) {
    if (size == 0) return;
    data_ = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data_ == MAP_FAILED) fail(path, "cannot read", errno);
  }
  ~FileView() {
    if (size_ != 0) ::munmap(data_, size_);
  }
  FileView(const FileView&) = delete;
  FileView& operator=(const FileView&) = delete;
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_{nullptr};
  std::size_t size_;
};

std::string header_block(std::uint64_t epoch, std::int64_t created_at) {
  std::string block(kHeaderSize, '\0');
  std::copy(std::begin(kMagic), std::end(kMagic), block.begin());
  put(&block[8], kVersion);
  put(&block[16], epoch);
  put(&block[24], created_at);
  put(&block[kHeaderSize - 4], crc32(block.data(), kHeaderSize - 4));
  return block;
}

std::string target_block(std::uint64_t epoch, std::int64_t next_target) {
  std::string block(kTargetSize, '\0');
  put(block.data(), epoch);
  put(&block[8], next_target);
  put(&block[kTargetSize - 4], crc32(block.data(), kTargetSize - 4));
  return block;
}

// Starts a record in `out`; the payload follows, then seal().
void begin_record(std::string& out, RecordKind kind, std::size_t payload) {
  const std::size_t at = out.size();
  out.resize(at + kRecordHead);
  put(&out[at], static_cast<std::uint32_t>(payload));
  put(&out[at + 4], static_cast<std::uint32_t>(kind));
  put(&out[at + 8], crc32(&out[at], 8));
}
template <class Number>
void add(std::string& out, Number value) {
  char bytes[sizeof value];
  put(bytes, value);
  out.append(bytes, sizeof bytes);
}
void seal(std::string& out, std::size_t payload) { add(out, crc32(out.data() + out.size() - payload, payload)); }

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

  std::int64_t next_sender_seq() const override { return next_sender_; }
  std::int64_t next_target_seq() const override { return next_target_; }
  std::int64_t created_at() const override { return created_at_; }

  void set_next_sender_seq(std::int64_t seq) override {
    if (seq < 1) throw std::runtime_error(fmt::format("{}: {} is not a sequence number", options_.path, seq));
    append_number(RecordKind::sender, seq);
    forget_from(seq);
    next_sender_ = seq;
  }

  void set_next_target_seq(std::int64_t seq) override {
    if (seq < 1) throw std::runtime_error(fmt::format("{}: {} is not a sequence number", options_.path, seq));
    compact_now_and_then();
    append_number(RecordKind::target, seq);
    next_target_ = seq;
  }

  void append_sent(std::int64_t seq, const char* data, std::size_t size) override {
    const std::int64_t now = std::time(nullptr);
    const std::size_t payload = 16 + size;
    if (seq < 1 || payload > kMaxPayload) throw std::runtime_error(fmt::format("{}: message {} cannot be stored", options_.path, seq));
    compact_now_and_then();
    buffer_.clear();
    begin_record(buffer_, RecordKind::sent, payload);
    add(buffer_, seq);
    add(buffer_, now);
    buffer_.append(data, size);
    seal(buffer_, payload);
    const std::uint64_t at = end_.size();
    append(buffer_);
    unsynced_ = options_.sync_every_append;
    note_sent(seq, now, at, static_cast<std::uint32_t>(payload));
    next_sender_ = seq + 1;
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
    auto at = std::lower_bound(index_.begin() + static_cast<std::ptrdiff_t>(expired_), index_.end(), begin,
                               [](const Entry& entry, std::int64_t seq) { return entry.seq < seq; });
    for (; at != index_.end() && (end == 0 || at->seq <= end); ++at) {
      std::string payload(at->payload + kRecordTail, '\0');
      if (read_at(file_.get(), options_.path, payload.data(), payload.size(), at->offset + kRecordHead) != payload.size() ||
          crc32(payload.data(), at->payload) != get<std::uint32_t>(&payload[at->payload])) {
        damaged(at->offset, fmt::format("message {} cannot be read back", at->seq));
      }
      found.push_back(StoredMessage{at->seq, payload.substr(16, at->payload - 16)});
    }
    return found;
  }

  void reset() override {
    const std::uint64_t epoch = epoch_ + 1;
    const std::int64_t now = std::time(nullptr);
    buffer_.clear();
    begin_record(buffer_, RecordKind::reset, 16);
    add(buffer_, epoch);
    add(buffer_, now);
    seal(buffer_, 16);
    append(buffer_);  // from here on the old numbers are void
    start_epoch(epoch, now);
    if (worth_compacting()) compact();
  }

 private:
  struct Entry {
    std::int64_t seq, at;
    std::uint64_t offset;
    std::uint32_t payload;
  };

  [[noreturn]] void damaged(std::uint64_t offset, const std::string& what) const {
    throw std::runtime_error(fmt::format(
        "{}: damaged at offset {}: {}. Restore the file from a backup taken since the last logon, or move it away and log on once with "
        "ResetSeqNumFlag=Y after drop copy and REST have been compared",
        options_.path, offset, what));
  }
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
    epoch_ = 1;
    created_at_ = std::time(nullptr);
    const std::string blocks = header_block(epoch_, created_at_) + target_block(epoch_, 1);
    write_at(file_.get(), options_.path, blocks.data(), blocks.size(), 0);
    records_end_ = kRecordsOffset;
    live_bytes_ = 0;
  }

  void load(std::size_t file_size) {
    const FileView view(file_.get(), options_.path, file_size);
    const std::string_view file = view.bytes();
    if (file.size() < kRecordsOffset) damaged(0, "the header is not complete");
    const char* const header = file.data();
    if (!std::equal(std::begin(kMagic), std::end(kMagic), header)) damaged(0, "this is not a message store of ours");
    if (crc32(header, kHeaderSize - 4) != get<std::uint32_t>(header + kHeaderSize - 4)) damaged(0, "header checksum");
    const auto version = get<std::uint32_t>(header + 8);
    if (version != kVersion && version != kVersionWithoutTargets) damaged(8, "version not known");
    const char* const target = header + kTargetOffset;
    if (crc32(target, kTargetSize - 4) != get<std::uint32_t>(target + kTargetSize - 4)) damaged(kTargetOffset, "target number checksum");
    start_epoch(get<std::uint64_t>(header + 16), get<std::int64_t>(header + 24));
    const auto target_epoch = get<std::uint64_t>(target);
    if (target_epoch == epoch_) next_target_ = get<std::int64_t>(target + 8);
    load_records(file, target_epoch, get<std::int64_t>(target + 8));
    if (target_epoch > epoch_) damaged(kTargetOffset, "the target number is of a later reset than the records");
    if (next_target_ < 1) damaged(kTargetOffset, "the target number is not a number");
    if (version == kVersionWithoutTargets) raise_version(get<std::uint64_t>(header + 16), get<std::int64_t>(header + 24));
  }

  // One write within a sector: a killed process cannot leave half of it.
  void raise_version(std::uint64_t epoch, std::int64_t created_at) const {
    const std::string header = header_block(epoch, created_at);
    write_at(file_.get(), options_.path, header.data(), header.size(), 0);
  }

  // The target block may be of the epoch that a reset among the records begins.
  void load_records(std::string_view file, std::uint64_t target_epoch, std::int64_t target) {
    std::size_t at = kRecordsOffset;
    while (file.size() - at >= kRecordHead) {
      const char* const head = file.data() + at;
      const auto length = get<std::uint32_t>(head);
      if (length == 0) break;
      if (crc32(head, 8) != get<std::uint32_t>(head + 8)) damaged(at, "record header checksum");
      if (length > kMaxPayload) damaged(at, "record length");
      if (file.size() - at < kRecordHead + length + kRecordTail) break;
      if (!is_whole(file.substr(at))) damaged(at, "record checksum");
      const std::uint64_t epoch = epoch_;
      take_record(static_cast<RecordKind>(get<std::uint32_t>(head + 4)), head + kRecordHead, length, at);
      if (epoch_ != epoch && epoch_ == target_epoch) next_target_ = target;
      at += kRecordHead + length + kRecordTail;
    }
    expect_nothing_whole(file.substr(at), at);
    records_end_ = at;
  }

  static bool is_whole(std::string_view bytes) {
    if (bytes.size() < kRecordHead) return false;
    const auto length = get<std::uint32_t>(bytes.data());
    if (length == 0 || crc32(bytes.data(), 8) != get<std::uint32_t>(bytes.data() + 8)) return false;
    if (length > kMaxPayload || bytes.size() < kRecordHead + length + kRecordTail) return false;
    const char* const payload = bytes.data() + kRecordHead;
    return crc32(payload, length) == get<std::uint32_t>(payload + length);
  }

  // Behind the last record is what an append left that was never finished, and room. A whole record there: its place in between is lost.
  void expect_nothing_whole(std::string_view rest, std::size_t at) const {
    for (std::size_t i = rest.find_first_not_of('\0'); i < rest.size(); i = rest.find_first_not_of('\0', i + 1)) {
      if (is_whole(rest.substr(i))) damaged(at, "there are records behind it");
    }
  }

  void take_record(RecordKind kind, const char* payload, std::uint32_t length, std::uint64_t at) {
    if (kind == RecordKind::sent && length >= 16) {
      const auto seq = get<std::int64_t>(payload);
      note_sent(seq, get<std::int64_t>(payload + 8), at, length);
      next_sender_ = seq + 1;
    } else if (kind == RecordKind::sender && length == 8) {
      next_sender_ = get<std::int64_t>(payload);
      forget_from(next_sender_);
    } else if (kind == RecordKind::reset && length == 16) {
      start_epoch(get<std::uint64_t>(payload), get<std::int64_t>(payload + 8));
    } else if (kind == RecordKind::target && length == 8) {
      next_target_ = get<std::int64_t>(payload);
    } else {
      damaged(at, "record of a kind not known");
    }
  }

  void go_on_at_the_end() {
    if (const int error = end_.open(file_.get(), records_end_, options_.mapped)) fail(options_.path, "cannot cut a torn record", error);
  }

  void start_epoch(std::uint64_t epoch, std::int64_t created_at) {
    epoch_ = epoch;
    created_at_ = created_at;
    next_sender_ = next_target_ = 1;
    index_.clear();
    expired_ = 0;
    live_bytes_ = 0;
  }

  void note_sent(std::int64_t seq, std::int64_t now, std::uint64_t at, std::uint32_t payload) {
    forget_from(seq);
    index_.push_back(Entry{seq, now, at, payload});
    live_bytes_ += payload + kRecordHead + kRecordTail;
  }
  // A number given again replaces what had it before, and what came after.
  void forget_from(std::int64_t seq) {
    while (index_.size() > expired_ && index_.back().seq >= seq) {
      live_bytes_ -= index_.back().payload + kRecordHead + kRecordTail;
      index_.pop_back();
    }
  }

  void append(const std::string& record) {
    usable();
    const int error = end_.append(record);
    broken_ = error == EIO;
    if (error != 0) fail(options_.path, "cannot write", error);
  }
  void append_number(RecordKind kind, std::int64_t number) {
    buffer_.clear();
    begin_record(buffer_, kind, 8);
    add(buffer_, number);
    seal(buffer_, 8);
    append(buffer_);
  }

  void compact_now_and_then() {
    if (++appends_ % kCompactionCheck == 0 && worth_compacting()) compact();
  }
  bool worth_compacting() {
    const std::int64_t oldest = std::time(nullptr) - options_.keep_seconds;
    while (expired_ < index_.size() && index_[expired_].at < oldest) {
      live_bytes_ -= index_[expired_].payload + kRecordHead + kRecordTail;
      ++expired_;
    }
    const std::uint64_t size = end_.size();
    return expired_ > 0 ? size > 2 * live_bytes_ : size > kCompactionFloor && size > 2 * live_bytes_ + kCompactionFloor;
  }

  // Writes what is still needed into a new file and puts it in the old one's place; a crash leaves one or the other, whole.
  void compact() {
    const std::string path = options_.path + ".compact";
    ::unlink(path.c_str());
    Descriptor next(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (next.get() < 0) fail(path, "cannot open", errno);
    if (::flock(next.get(), LOCK_EX | LOCK_NB) != 0) fail(path, "cannot lock", errno);
    const std::string blocks = header_block(epoch_, created_at_) + target_block(epoch_, next_target_);
    write_at(next.get(), path, blocks.data(), blocks.size(), 0);
    std::uint64_t size = blocks.size();
    std::vector<Entry> kept;
    kept.reserve(index_.size() - expired_);
    std::string record;
    for (std::size_t i = expired_; i < index_.size(); ++i) {
      const Entry& entry = index_[i];
      record.resize(kRecordHead + entry.payload + kRecordTail);
      if (read_at(file_.get(), options_.path, record.data(), record.size(), entry.offset) != record.size() ||
          crc32(&record[kRecordHead], entry.payload) != get<std::uint32_t>(&record[kRecordHead + entry.payload])) {
        damaged(entry.offset, fmt::format("message {} cannot be read back", entry.seq));
      }
      write_at(next.get(), path, record.data(), record.size(), size);
      kept.push_back(Entry{entry.seq, entry.at, size, entry.payload});
      size += record.size();
    }
    record.clear();
    begin_record(record, RecordKind::sender, 8);
    add(record, next_sender_);
    seal(record, 8);
    write_at(next.get(), path, record.data(), record.size(), size);
    size += record.size();
    if (::fsync(next.get()) != 0) fail(path, "cannot sync", errno);
    if (::rename(path.c_str(), options_.path.c_str()) != 0) fail(path, "cannot rename", errno);
    end_.close();
    file_ = std::move(next);
    index_ = std::move(kept);
    expired_ = 0;
    records_end_ = size;
    go_on_at_the_end();
  }

  FileStoreOptions options_;
  Descriptor file_;
  AppendFile end_;                // of file_
  std::uint64_t records_end_{0};  // where end_ began
  std::vector<Entry> index_;      // ascending by number
  std::size_t expired_{0};        // the first so many entries are too old
  std::uint64_t live_bytes_{0};
  std::uint64_t epoch_{0};
  std::uint64_t appends_{0};
  std::int64_t next_sender_{1};
  std::int64_t next_target_{1};
  std::int64_t created_at_{0};
  std::string buffer_;
  bool unsynced_{false};  // something was appended that is not on the disk yet
  bool broken_{false};
};

}  // namespace

std::unique_ptr<MessageStore> open_file_store(const FileStoreOptions& options) { return std::make_unique<FileStore>(options); }

}  // namespace marginfix
