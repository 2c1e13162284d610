#include "marginfix/core/append_file.hpp"

#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

namespace marginfix {
namespace {

constexpr std::size_t kLast = 4;                           // the bytes that are written last
constexpr std::size_t kLarge = std::size_t{16} << 10;      // cheaper to write than to copy
constexpr std::uint64_t kWindow = std::uint64_t{1} << 20;  // mapped at a time
constexpr std::uint64_t kPage = std::uint64_t{64} << 10;   // a multiple of every page size
constexpr std::array<char, AppendFile::kRoom> kZeros{};

// Where pages of a file are never moved when they are written again, so that a write by the mapping cannot lack room.
bool keeps_places(int descriptor) {
  constexpr decltype(statfs::f_type) kXfs = 0x58465342;
  struct statfs where {};
  if (::fstatfs(descriptor, &where) != 0) return false;
  return where.f_type == EXT4_SUPER_MAGIC || where.f_type == kXfs || where.f_type == TMPFS_MAGIC;
}

// All of it, or the errno; `at` goes on with what was written.
int write_at(int descriptor, std::string_view bytes, std::uint64_t& at) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(count));
    at += static_cast<std::uint64_t>(count);
  }
  return 0;
}

}  // namespace

void AppendFile::swap(AppendFile& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(mapped_, other.mapped_);
  std::swap(size_, other.size_);
  std::swap(reserved_, other.reserved_);
  std::swap(window_, other.window_);
  std::swap(window_begin_, other.window_begin_);
  std::swap(window_end_, other.window_end_);
}

int AppendFile::open(int descriptor, std::uint64_t size, bool mapped) {
  close();
  descriptor_ = descriptor;
  size_ = size;
  mapped_ = mapped && keeps_places(descriptor);
  const int failed = cut();
  if (failed != 0) descriptor_ = -1;
  return failed;
}

int AppendFile::append(std::string_view bytes) {
  if (bytes.empty()) return 0;
  if (!mapped_ || bytes.size() >= kLarge) return write(bytes);
  const std::uint64_t end = size_ + bytes.size();
  if (end > reserved_) {
    if (const int failed = make_room(end)) return failed;
  }
  if (end > window_end_) {
    if (const int failed = map(end)) return failed;
  }
  char* const to = window_ + (size_ - window_begin_);
  const std::size_t last = std::min(kLast, bytes.size());
  std::memcpy(to + last, bytes.data() + last, bytes.size() - last);
  std::atomic_signal_fence(std::memory_order_seq_cst);  // a signal comes between instructions, and these keep their order
  std::memcpy(to, bytes.data(), last);
  size_ = end;
  return 0;
}

// As much as there is: it may do.
int AppendFile::make_room(std::uint64_t end) {
  int failed = 0;
  while (failed == 0 && end > reserved_) failed = write_at(descriptor_, {kZeros.data(), kZeros.size()}, reserved_);
  return end > reserved_ ? failed : 0;
}

int AppendFile::map(std::uint64_t end) {
  const std::uint64_t begin = size_ / kPage * kPage;
  const std::uint64_t size = std::max(kWindow, (end - begin + kPage - 1) / kPage * kPage);
  void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, static_cast<off_t>(begin));
  if (mapped == MAP_FAILED) return errno;
  unmap();
  window_ = static_cast<char*>(mapped);
  window_begin_ = begin;
  window_end_ = begin + size;
  return 0;
}

// Where there is room behind it, a piece of it is not told from the whole by the file's end: its first bytes come last here, too.
int AppendFile::write(std::string_view bytes) {
  const std::size_t last = mapped_ ? std::min(kLast, bytes.size()) : 0;
  std::uint64_t at = size_ + last, first = size_;
  int failed = write_at(descriptor_, bytes.substr(last), at);
  if (failed == 0) failed = write_at(descriptor_, bytes.substr(0, last), first);
  if (failed != 0) return cut() != 0 ? EIO : failed;
  size_ += bytes.size();
  reserved_ = std::max(reserved_, size_);
  return 0;
}

// The file ends behind what was appended.
int AppendFile::cut() {
  reserved_ = size_;
  while (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

void AppendFile::unmap() {
  if (window_ != nullptr) ::munmap(std::exchange(window_, nullptr), window_end_ - window_begin_);
  window_begin_ = window_end_ = 0;
}

// Best effort: a reader knows room from what was appended.
void AppendFile::close() {
  unmap();
  if (descriptor_ >= 0 && reserved_ > size_) static_cast<void>(cut());
  descriptor_ = -1;
  size_ = reserved_ = 0;
}

}  // namespace marginfix
