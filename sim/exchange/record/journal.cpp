// Framing: "MFXJ0001", then records of [u32 length][u32 CRC-32][payload], little endian; payload = u64 record number + bytes.
// Record 0 is the identity. The number lets a scan after damage tell a later record from chance bytes; in a checked file its highest bit
// says that the next record goes on with this one. A journal whose process died may end in zeros: room that was taken for records which
// did not come any more.
#include "sim/exchange/record/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "marginfix/core/crc32.hpp"

namespace marginfix::sim {
namespace {

constexpr std::string_view kMagic = "MFXJ0001";
constexpr std::size_t kFrame = 8;
constexpr std::size_t kMinPayload = 8;
constexpr std::size_t kMaxPayload = std::size_t{1} << 30;
constexpr std::uint64_t kGoesOn = std::uint64_t{1} << 63;
static_assert(kMostInPiece <= kMaxPayload - kMinPayload);

template <class T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}
template <class T>
T get(std::string_view in) {
  T value{};
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>(in[i])) << (8 * i));
  return value;
}

constexpr std::size_t kHead = kFrame + sizeof(std::uint64_t);

// What stands before a record's bytes.
std::string head_of(std::uint64_t number, std::string_view bytes) {
  std::string numbered;
  put<std::uint64_t>(numbered, number);
  std::string head;
  put<std::uint32_t>(head, static_cast<std::uint32_t>(bytes.size() + sizeof number));
  put<std::uint32_t>(head, crc32(bytes.data(), bytes.size(), crc32(numbered.data(), numbered.size())));
  return head + numbered;
}

void put_record(std::string& out, std::uint64_t number, std::string_view bytes) {
  const std::size_t at = out.size();
  put<std::uint32_t>(out, static_cast<std::uint32_t>(bytes.size() + sizeof number));
  put<std::uint32_t>(out, 0);
  put<std::uint64_t>(out, number);
  out.append(bytes);
  const std::uint32_t crc = crc32(out.data() + at + kFrame, out.size() - at - kFrame);
  for (std::size_t i = 0; i < sizeof crc; ++i) out[at + 4 + i] = static_cast<char>(crc >> (8 * i) & 0xFF);
}

struct Record {
  std::uint64_t number{0};
  std::string_view bytes;
  std::size_t length{0};  // of the whole frame, 0 = no good record here
};

Record record_at(std::string_view file, std::size_t at) {
  if (file.size() - at < kFrame + kMinPayload) return {};
  const std::size_t length = get<std::uint32_t>(file.substr(at));
  if (length < kMinPayload || length > kMaxPayload || length > file.size() - at - kFrame) return {};
  const std::string_view payload = file.substr(at + kFrame, length);
  if (get<std::uint32_t>(file.substr(at + 4)) != crc32(payload.data(), payload.size())) return {};
  return {get<std::uint64_t>(payload), payload.substr(8), kFrame + length};
}

// Is there a good record of a later number anywhere behind a bad one? The number is looked at first: hardly any chance bytes pass for one,
// and summing up whatever looks like a length would take hours where there is much of it.
bool good_record_after(std::string_view file, std::size_t at, std::uint64_t number) {
  for (std::size_t i = at + 1; i + kFrame + kMinPayload <= file.size(); ++i) {
    const auto there = get<std::uint64_t>(file.substr(i + kFrame));
    if (there > number && there < number + file.size() && record_at(file, i).length != 0) return true;
  }
  return false;
}

Error store_error(const std::filesystem::path& path, const std::string& what) {
  return fail(ErrorCategory::store, path.string() + ": " + what);
}
Error other_identity(const std::filesystem::path& path) {
  return store_error(path, "made with another seed, market list or program version; use those again or another directory");
}
Error system_error(const std::filesystem::path& path, const char* doing) {
  return store_error(path, std::string("cannot ") + doing + ": " + std::strerror(errno));
}

Result<void> write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return system_error(path, "write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

// `most` bytes from `at`; fewer where the file ends before.
Result<std::string> read_some(const std::filesystem::path& path, std::uint64_t at, std::uint64_t most) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!file.valid() || ::fstat(file.get(), &info) != 0) return system_error(path, "read");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  std::string bytes(std::min(most, size - std::min(size, at)), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pread(file.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path, "read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}
Result<std::string> read_all(const std::filesystem::path& path) { return read_some(path, 0, UINT64_MAX); }

bool only_zeros(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

// How much behind the good records is no damage but room that was not used: all of it where it is all zeros, else a long run at the end.
std::size_t unused_room(std::string_view rest) {
  constexpr std::size_t kLongRun = 64;
  const std::size_t last = rest.find_last_not_of('\0');
  if (last == std::string_view::npos) return rest.size();
  const std::size_t run = rest.size() - last - 1;
  return run >= kLongRun ? run : 0;
}

// Where the good records end; hands all but the first (the identity) on.
Result<std::size_t> walk(const std::filesystem::path& path, std::string_view file, std::string_view identity,
                         const std::function<Result<void>(std::string_view)>& each, std::uint64_t& number) {
  std::size_t at = kMagic.size();
  while (at < file.size()) {
    const Record r = record_at(file, at);
    if (r.length == 0 || r.number != number) {
      if (only_zeros(file.substr(at))) break;
      if (good_record_after(file, at, number)) {
        return store_error(path, "damaged at byte " + std::to_string(at) +
                                     " with good records behind it; restore the file from a copy or start with an empty directory");
      }
      break;
    }
    if (number == 0 && r.bytes != identity) return other_identity(path);
    if (number > 0) {
      if (auto ok = each(r.bytes); !ok) return ok.error();
    }
    at += r.length;
    ++number;
  }
  return at;
}

}  // namespace

// The end of a file as memory that is shared with the kernel. Room on the disk is taken before it is used, a stretch at a time, so that a
// record either fits or is not begun.
class MappedTail {
 public:
  MappedTail(int fd, std::uint64_t used) : fd_(fd), used_(used), end_(used) {}
  ~MappedTail() { give_back(); }
  MappedTail(const MappedTail&) = delete;
  MappedTail& operator=(const MappedTail&) = delete;

  std::uint64_t used() const noexcept { return used_; }
  // False, with errno: there is no room, and nothing was written.
  bool append(std::string_view bytes) {
    if (used_ + bytes.size() > end_ && !take_room(bytes.size())) return false;
    std::memcpy(window_ + (used_ - begin_), bytes.data(), bytes.size());
    used_ += bytes.size();
    return true;
  }

 private:
  static constexpr std::size_t kStretch = std::size_t{128} << 10, kLastStretch = std::size_t{4} << 10;

  void unmap() {
    if (window_ != nullptr) ::munmap(window_, end_ - begin_);
    window_ = nullptr;
    end_ = used_;
  }

  void give_back() {
    unmap();
    // Room that cannot be given back costs nothing but room.
    [[maybe_unused]] const int ignored = ::ftruncate(fd_, static_cast<off_t>(used_));
  }

  bool take_room(std::size_t size) {
    unmap();
    int error = 0;
    for (const std::size_t stretch : {std::max(kStretch, size), std::max(kLastStretch, size), size}) {
      error = ::posix_fallocate(fd_, static_cast<off_t>(used_), static_cast<off_t>(stretch));
      if (error == 0) return map(stretch);
    }
    give_back();
    errno = error;
    return false;
  }

  bool map(std::size_t stretch) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t begin = used_ - used_ % page, end = used_ + stretch;
    void* const window = ::mmap(nullptr, end - begin, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, static_cast<off_t>(begin));
    if (window == MAP_FAILED) {
      const int error = errno;
      give_back();
      errno = error;
      return false;
    }
    window_ = static_cast<char*>(window);
    begin_ = begin;
    end_ = end;
    return true;
  }

  int fd_;
  char* window_{nullptr};
  std::uint64_t used_;      // of the file
  std::uint64_t begin_{0};  // of the window
  std::uint64_t end_;       // of the room that was taken
};

Result<FileHandle> lock_directory(const std::filesystem::path& dir) {
  const std::filesystem::path path = dir / "exchange.lock";
  FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.valid()) return system_error(path, "open");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    return store_error(path, "another simulator uses this directory; stop it or choose another");
  return file;
}

JournalWriting writing_on(std::int64_t file_system) noexcept {
  constexpr std::int64_t kExt = 0xEF53, kXfs = 0x58465342, kTmpfs = 0x01021994;
  return file_system == kExt || file_system == kXfs || file_system == kTmpfs ? JournalWriting::Mapped : JournalWriting::AtOnce;
}

std::int64_t file_system_of(const std::filesystem::path& dir) {
  struct statfs info {};
  return ::statfs(dir.c_str(), &info) == 0 ? static_cast<std::int64_t>(info.f_type) : 0;
}

Journal::Journal(FileHandle file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}
Journal::Journal(Journal&& other) noexcept = default;
Journal::~Journal() = default;

Result<Journal> Journal::open(const std::filesystem::path& path, std::string_view identity,
                              const std::function<Result<void>(std::string_view)>& each, Reading& reading, JournalWriting writing) {
  std::string file;
  if (std::filesystem::exists(path)) {
    auto bytes = read_all(path);
    if (!bytes) return bytes.error();
    file = std::move(*bytes);
  }
  std::uint64_t number = 0;
  std::size_t good = 0;
  if (file.size() >= kMagic.size() && !only_zeros(file)) {
    if (!file.starts_with(kMagic)) return store_error(path, "is not a journal of this simulator; use another directory");
    auto end = walk(path, file, identity, each, number);
    if (!end) return end.error();
    good = number == 0 ? 0 : *end;
  }
  reading.records = number > 0 ? number - 1 : 0;
  reading.cut_bytes = file.size() - good - unused_room(std::string_view(file).substr(good));
  const bool mapped = writing == JournalWriting::Mapped;
  Journal journal(FileHandle(::open(path.c_str(), (mapped ? O_RDWR : O_WRONLY | O_APPEND) | O_CREAT | O_CLOEXEC, 0644)), path);
  if (!journal.file_.valid()) return system_error(path, "open");
  if (::ftruncate(journal.file_.get(), static_cast<off_t>(good)) != 0) return system_error(path, "cut the damaged end of");
  journal.size_ = good;
  journal.next_number_ = number;
  journal.at_once_ = writing == JournalWriting::AtOnce;
  if (mapped) journal.tail_ = std::make_unique<MappedTail>(journal.file_.get(), good);
  if (number == 0) {
    if (!mapped) journal.buffer_.assign(kMagic);
    if (mapped && !journal.tail_->append(kMagic)) return system_error(path, "write");
    mapped ? journal.append(identity) : put_record(journal.buffer_, journal.next_number_++, identity);
    journal.flush();
  }
  return journal;
}

Result<void> Journal::read(const std::filesystem::path& path, std::string_view identity,
                           const std::function<Result<void>(std::string_view)>& each, Reading& reading) {
  const auto file = read_all(path);
  if (!file) return file.error();
  if (!file->starts_with(kMagic)) return store_error(path, "is not a journal of this simulator; use another directory");
  std::uint64_t number = 0;
  const auto end = walk(path, *file, identity, each, number);
  if (!end) return end.error();
  if (number == 0 || !only_zeros(std::string_view(*file).substr(*end))) {
    return store_error(path, "is damaged and not the last one; restore it from a copy or start with an empty directory");
  }
  reading.records += number - 1;
  return {};
}

void Journal::append(std::string_view record) {
  if (at_once_) return append_at_once(record);
  if (!tail_) return put_record(buffer_, next_number_++, record);
  buffer_.clear();
  put_record(buffer_, next_number_, record);
  const bool taken = tail_->append(buffer_);
  buffer_.clear();
  if (!taken) throw Exception(system_error(path_, "write"));
  ++next_number_;
}

void Journal::append_at_once(std::string_view record) {
  if (failed_) throw Exception(*failed_);
  buffer_.clear();
  put_record(buffer_, next_number_, record);
  const auto written = write_all(file_.get(), buffer_, path_);
  const std::size_t size = buffer_.size();
  buffer_.clear();
  if (!written) {
    // Half a record must not stand before the next one.
    if (::ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) failed_ = written.error();
    throw Exception(written.error());
  }
  size_ += size;
  ++next_number_;
}

// Once a write has failed nothing more is written: the record of a command that was then not run must not follow later, nor half of it
// twice. The next open() cuts what was begun.
void Journal::flush() {
  if (buffer_.empty()) return;
  if (!failed_) {
    if (auto ok = write_all(file_.get(), buffer_, path_); !ok) failed_ = ok.error();
  }
  if (failed_) {
    buffer_.clear();
    throw Exception(*failed_);
  }
  size_ += buffer_.size();
  buffer_.clear();
}

std::uint64_t Journal::size() const noexcept { return tail_ ? tail_->used() : size_; }

namespace {

Result<void> write_records(const std::filesystem::path& path, std::string_view identity, std::span<const std::string_view> records,
                           std::vector<std::uint64_t>* places, std::size_t most) {
  FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return system_error(path, "create");
  std::string small(kMagic);
  put_record(small, 0, identity);
  std::uint64_t at = small.size(), number = 0;
  for (std::string_view record : records) {
    if (places != nullptr) places->push_back(at);
    bool more = true;
    while (more) {
      const std::string_view piece = record.substr(0, most);
      record.remove_prefix(piece.size());
      more = !record.empty();
      small += head_of(++number | (more ? kGoesOn : 0), piece);
      at += kHead + piece.size();
      if (auto ok = write_all(file.get(), small, path); !ok) return ok;
      if (auto ok = write_all(file.get(), piece, path); !ok) return ok;
      small.clear();
    }
  }
  if (::fsync(file.get()) != 0) return system_error(path, "sync");
  return {};
}

}  // namespace

Result<void> write_checked_file(const std::filesystem::path& path, std::string_view identity, std::span<const std::string_view> records,
                                std::vector<std::uint64_t>* places, std::size_t most) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  auto written = write_records(temporary, identity, records, places, most);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = system_error(path, "rename into");
  if (!written) {
    ::unlink(temporary.c_str());  // it would keep the journal from the disk's last room
    return written;
  }
  FileHandle dir(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.valid() || ::fsync(dir.get()) != 0) return system_error(path.parent_path(), "sync");
  return {};
}

Result<std::vector<std::string>> read_checked_file(const std::filesystem::path& path, std::string_view identity) {
  const auto whole = read_all(path);
  if (!whole) return whole.error();
  const std::string_view file = *whole;
  if (!file.starts_with(kMagic)) return store_error(path, "is not a snapshot of this simulator; use another directory");
  std::vector<std::string> records;
  bool goes_on = false;
  std::size_t at = kMagic.size();
  // Whole or nothing: what may stand behind damage is of no interest.
  for (std::uint64_t number = 0; at < file.size(); ++number) {
    const Record r = record_at(file, at);
    if (r.length == 0 || (r.number & ~kGoesOn) != number) break;
    if (number == 0 && r.bytes != identity) return other_identity(path);
    if (number > 0) goes_on ? void(records.back().append(r.bytes)) : void(records.emplace_back(r.bytes));
    goes_on = (r.number & kGoesOn) != 0;
    at += r.length;
  }
  if (records.empty() || goes_on || at != file.size()) {
    return store_error(path, "is damaged; restore it from a copy or start with an empty directory");
  }
  return records;
}

Result<std::string> read_record(const std::filesystem::path& path, std::uint64_t place, std::size_t size) {
  auto bytes = read_some(path, place, kHead + size);
  if (!bytes) return bytes.error();
  const Record record = record_at(*bytes, 0);
  if (record.length != kHead + size) return store_error(path, "damaged at byte " + std::to_string(place));
  return bytes->substr(kHead);
}

std::optional<std::string> identity_of(const std::filesystem::path& path) {
  constexpr std::uint64_t kEnough = std::uint64_t{1} << 20;
  const auto begin = read_some(path, 0, kEnough);
  if (!begin || !begin->starts_with(kMagic)) return std::nullopt;
  const Record first = record_at(*begin, kMagic.size());
  return first.length == 0 || first.number != 0 ? std::nullopt : std::optional(std::string(first.bytes));
}

}  // namespace marginfix::sim
