#include "services/reconcile/folder/wal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "services/reconcile/journal/file.hpp"

namespace marginfix::reconcile {

namespace {

// https://sqlite.org/fileformat2.html#the_write_ahead_log
constexpr std::uint32_t kLittleEndianSums = 0x377f0682, kBigEndianSums = 0x377f0683;
constexpr std::int64_t kHeaderBytes = 32, kFrameHeaderBytes = 24;

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// The two running sums of a WAL.
class WalSums {
 public:
  explicit WalSums(bool little_endian, std::uint32_t first = 0, std::uint32_t second = 0)
      : little_endian_(little_endian), first_(first), second_(second) {}
  void add(std::string_view bytes) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      first_ += word(bytes, i) + second_;
      second_ += word(bytes, i + 4) + first_;
    }
  }
  bool are(std::string_view bytes, std::size_t at) const { return first_ == big_endian(bytes, at) && second_ == big_endian(bytes, at + 4); }

 private:
  std::uint32_t word(std::string_view bytes, std::size_t at) const {
    const std::uint32_t value = big_endian(bytes, at);
    return little_endian_ ? __builtin_bswap32(value) : value;
  }
  bool little_endian_;
  std::uint32_t first_, second_;
};

Error wal_error(std::int64_t byte, const std::string& what, const std::string& path) {
  return fail(ErrorCategory::store, "ledger.db-wal: byte " + std::to_string(byte) + ": " + what, path);
}

class WalCheck {
 public:
  explicit WalCheck(const File& file) : file_(file) {}

  Result<void> run() {
    std::string header(static_cast<std::size_t>(kHeaderBytes), '\0');
    const auto read = file_.read(header.data(), header.size(), 0);
    if (!read) return read.error();
    if (*read == 0) return {};
    const std::uint32_t magic = *read == header.size() ? big_endian(header, 0) : 0;
    little_endian_ = magic == kLittleEndianSums;
    WalSums sums(little_endian_);
    sums.add(std::string_view(header).substr(0, 24));
    if ((magic != kLittleEndianSums && magic != kBigEndianSums) || !sums.are(header, 24))
      return wal_error(0, "its header was changed: SQLite would take nothing of it", file_.path());
    salts_ = header.substr(16, 8);
    frame_.resize(static_cast<std::size_t>(kFrameHeaderBytes) + big_endian(header, 8));
    return frames(sums);
  }

 private:
  std::int64_t place_of(std::int64_t number) const { return kHeaderBytes + (number - 1) * static_cast<std::int64_t>(frame_.size()); }
  // False at the end of the file.
  Result<bool> read_frame(std::int64_t number) {
    const auto read = file_.read(frame_.data(), frame_.size(), place_of(number));
    if (!read) return read.error();
    return *read == frame_.size();
  }
  bool is_of_this_round() const { return std::string_view(frame_).substr(8, 8) == salts_; }
  bool ends_a_transaction() const { return big_endian(frame_, 4) != 0; }
  void add_frame(WalSums& sums) const {
    sums.add(std::string_view(frame_).substr(0, 8));
    sums.add(std::string_view(frame_).substr(static_cast<std::size_t>(kFrameHeaderBytes)));
  }
  bool follows(WalSums before) const {
    add_frame(before);
    return before.are(frame_, 16);
  }

  Result<void> frames(WalSums sums) {
    std::int64_t bad = 0;  // the first one that SQLite does not take
    for (std::int64_t number = 1;; ++number) {
      const std::string sums_before = frame_.substr(16, 8);
      const auto more = read_frame(number);
      if (!more) return more.error();
      if (!*more) return {};
      add_frame(sums);
      const bool good = is_of_this_round() && sums.are(frame_, 16);
      if (bad == 0 && !good) {
        bad = number;
      } else if (bad != 0 && is_of_this_round() && ends_a_transaction() &&
                 (good || follows(WalSums(little_endian_, big_endian(sums_before, 0), big_endian(sums_before, 4))))) {
        return wal_error(place_of(bad),
                         "frame " + std::to_string(bad) + " was changed: frame " + std::to_string(number) + " was committed behind it",
                         file_.path());
      }
    }
  }

  const File& file_;
  bool little_endian_{false};
  std::string salts_, frame_;
};

}  // namespace

Result<void> check_wal(const std::string& ledger) {
  const std::string path = ledger + "-wal";
  if (::access(path.c_str(), F_OK) != 0) return {};
  const auto file = File::open(path, O_RDONLY);
  if (!file) return file.error();
  return WalCheck(*file).run();
}

}  // namespace marginfix::reconcile
