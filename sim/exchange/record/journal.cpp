// Framing: "MFXJ0001", then records of [u32 length][u32 CRC-32][payload], little endian; payload = u64 record number + bytes.
// Record 0 is the identity. The number lets a scan after damage tell a later record from chance bytes.
#include "sim/exchange/record/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <boost/crc.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace marginfix::sim {
namespace {

constexpr std::string_view kMagic = "MFXJ0001";
constexpr std::size_t kFrame = 8;
constexpr std::size_t kMinPayload = 8;
constexpr std::size_t kMaxPayload = std::size_t{1} << 30;

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

std::uint32_t crc_of(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

void put_record(std::string& out, std::uint64_t number, std::string_view bytes) {
  const std::size_t at = out.size();
  put<std::uint32_t>(out, static_cast<std::uint32_t>(bytes.size() + sizeof number));
  put<std::uint32_t>(out, 0);
  put<std::uint64_t>(out, number);
  out.append(bytes);
  std::string crc;
  put<std::uint32_t>(crc, crc_of(std::string_view(out).substr(at + kFrame)));
  out.replace(at + 4, 4, crc);
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
  if (get<std::uint32_t>(file.substr(at + 4)) != crc_of(payload)) return {};
  return {get<std::uint64_t>(payload), payload.substr(8), kFrame + length};
}

// Is there a good record of a later number anywhere behind a bad one?
bool good_record_after(std::string_view file, std::size_t at, std::uint64_t number) {
  for (std::size_t i = at + 1; i + kFrame + kMinPayload <= file.size(); ++i) {
    const Record r = record_at(file, i);
    if (r.length != 0 && r.number > number && r.number < number + file.size()) return true;
  }
  return false;
}

Error store_error(const std::filesystem::path& path, const std::string& what) {
  return fail(ErrorCategory::store, path.string() + ": " + what);
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

Result<std::string> read_all(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return system_error(path, "read");
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return bytes;
}

// Where the good records end; hands all but the first (the identity) on.
Result<std::size_t> walk(const std::filesystem::path& path, std::string_view file, std::string_view identity,
                         const std::function<Result<void>(std::string_view)>& each, std::uint64_t& number) {
  std::size_t at = kMagic.size();
  while (at < file.size()) {
    const Record r = record_at(file, at);
    if (r.length == 0 || r.number != number) {
      if (good_record_after(file, at, number)) {
        return store_error(path, "damaged at byte " + std::to_string(at) +
                                     " with good records behind it; restore the file from a copy or start with an empty directory");
      }
      break;
    }
    if (number == 0 && r.bytes != identity) {
      return store_error(path, "made with another seed, market list or program version; use those again or another directory");
    }
    if (number > 0) {
      if (auto ok = each(r.bytes); !ok) return ok.error();
    }
    at += r.length;
    ++number;
  }
  return at;
}

}  // namespace

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}
FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.fd_;
    other.fd_ = -1;
  }
  return *this;
}

Result<FileHandle> lock_directory(const std::filesystem::path& dir) {
  const std::filesystem::path path = dir / "exchange.lock";
  FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.valid()) return system_error(path, "open");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    return store_error(path, "another simulator uses this directory; stop it or choose another");
  return file;
}

Result<Journal> Journal::open(const std::filesystem::path& path, std::string_view identity,
                              const std::function<Result<void>(std::string_view)>& each, Reading& reading) {
  std::string file;
  if (std::filesystem::exists(path)) {
    auto bytes = read_all(path);
    if (!bytes) return bytes.error();
    file = std::move(*bytes);
  }
  std::uint64_t number = 0;
  std::size_t good = 0;
  if (file.size() >= kMagic.size()) {
    if (!file.starts_with(kMagic)) return store_error(path, "is not a journal of this simulator; use another directory");
    auto end = walk(path, file, identity, each, number);
    if (!end) return end.error();
    good = number == 0 ? 0 : *end;
  }
  reading.records = number > 0 ? number - 1 : 0;
  reading.cut_bytes = file.size() - good;
  Journal journal(FileHandle(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)), path);
  if (!journal.file_.valid()) return system_error(path, "open");
  if (::ftruncate(journal.file_.get(), static_cast<off_t>(good)) != 0) return system_error(path, "cut the damaged end of");
  journal.size_ = good;
  journal.next_number_ = number;
  if (number == 0) {
    journal.buffer_.assign(kMagic);
    journal.append(identity);
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
  if (number == 0 || *end != file->size()) {
    return store_error(path, "is damaged and not the last one; restore it from a copy or start with an empty directory");
  }
  reading.records += number - 1;
  return {};
}

void Journal::append(std::string_view record) { put_record(buffer_, next_number_++, record); }

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

Result<void> write_checked_file(const std::filesystem::path& path, std::string_view identity, std::string_view bytes) {
  std::string whole(kMagic);
  put_record(whole, 0, identity);
  put_record(whole, 1, bytes);
  const std::filesystem::path temporary = path.string() + ".tmp";
  {
    FileHandle file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.valid()) return system_error(temporary, "create");
    if (auto ok = write_all(file.get(), whole, temporary); !ok) return ok;
    if (::fsync(file.get()) != 0) return system_error(temporary, "sync");
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error(path, "rename into");
  FileHandle dir(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.valid() || ::fsync(dir.get()) != 0) return system_error(path.parent_path(), "sync");
  return {};
}

Result<std::string> read_checked_file(const std::filesystem::path& path, std::string_view identity) {
  auto whole = read_all(path);
  if (!whole) return whole.error();
  std::string bytes;
  std::uint64_t number = 0;
  const std::string_view view = *whole;
  if (!view.starts_with(kMagic)) return store_error(path, "is not a snapshot of this simulator; use another directory");
  auto end = walk(
      path, view, identity,
      [&](std::string_view record) -> Result<void> {
        bytes.assign(record);
        return {};
      },
      number);
  if (!end) return end.error();
  if (number != 2 || *end != view.size()) return store_error(path, "is damaged; restore it from a copy or start with an empty directory");
  return bytes;
}

std::optional<std::string> identity_of(const std::filesystem::path& path) {
  const auto whole = read_all(path);
  if (!whole || !whole->starts_with(kMagic)) return std::nullopt;
  const Record first = record_at(*whole, kMagic.size());
  return first.length == 0 || first.number != 0 ? std::nullopt : std::optional(std::string(first.bytes));
}

}  // namespace marginfix::sim
