// A disk of a few megabytes on a folder, which a test fills and empties again. Only where this process may mount (is_there()).
#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace marginfix::test {

class SmallDisk {
 public:
  SmallDisk(std::string folder, std::uint64_t bytes) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    const std::string size = "size=" + std::to_string(bytes);
    there_ = ::mount("none", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  ~SmallDisk() {
    if (there_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const noexcept { return there_; }
  // All of it but so many bytes, by a file that nobody needs.
  void fill(std::uint64_t but) {
    const auto room = std::filesystem::space(folder_).available;
    std::uintmax_t left = room > but ? room - but : 0;
    const std::vector<char> block(65'536, 'x');
    const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    while (left > 0) {
      const ssize_t n = ::write(file, block.data(), std::min<std::uintmax_t>(left, block.size()));
      if (n <= 0) break;
      left -= static_cast<std::uintmax_t>(n);
    }
    ::close(file);
  }
  void make_room() const { std::filesystem::remove(ballast()); }

 private:
  std::string ballast() const { return folder_ + "/ballast"; }
  std::string folder_;
  bool there_{false};
};

}  // namespace marginfix::test
