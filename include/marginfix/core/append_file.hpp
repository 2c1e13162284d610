// The growing end of a file that outlives its process: what is appended is copied into a mapping of the file. That costs no system call,
// and is the kernel's from then on, as after write(): kill -9 takes nothing of it back; a power cut may, until the file is synced.
//  * The file has room ahead, written as zeros; close() gives it back. After kill -9 zeros stay behind what was appended.
//  * The first four bytes of what is appended are written last. Whoever was killed in the middle of append() left zeros there, and anything
//    behind them, but never more than it was appending: a reader takes four zeros for the end, and looks for nothing whole behind them.
//  * A disk without room is found out before anything is copied: appended whole, or not at all.
// Mapped on ext4, XFS and tmpfs, where a page that has its place keeps it; elsewhere each append is a write(). One thread at a time;
// readers may stand beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace marginfix {

class AppendFile {
 public:
  static constexpr std::uint64_t kRoom = std::uint64_t{64} << 10;  // bytes ahead at a time

  AppendFile() = default;
  ~AppendFile() { close(); }
  AppendFile(AppendFile&& other) noexcept { swap(other); }
  AppendFile& operator=(AppendFile&& other) noexcept {
    swap(other);
    return *this;
  }

  // Goes on behind `size`; what the file has behind it is cut off. The descriptor (read and write) stays the caller's and outlives this.
  // `mapped`: false writes on every file system. 0, or the errno of what failed.
  int open(int descriptor, std::uint64_t size, bool mapped = true);
  // 0, or the errno: ENOSPC, EDQUOT and EFBIG where there is no room. Nothing has been appended then.
  int append(std::string_view bytes);
  std::uint64_t size() const noexcept { return size_; }  // what has been appended, and what was there; the file itself is longer
  // The file ends with what was appended.
  void close();

 private:
  void swap(AppendFile& other) noexcept;
  int make_room(std::uint64_t end);
  int map(std::uint64_t end);
  int write(std::string_view bytes);
  int cut();
  void unmap();

  int descriptor_{-1};
  bool mapped_{false};
  std::uint64_t size_{0};      // where the next byte goes
  std::uint64_t reserved_{0};  // the file is so long
  char* window_{nullptr};      // the file between these two, as far as it goes
  std::uint64_t window_begin_{0}, window_end_{0};
};

}  // namespace marginfix
