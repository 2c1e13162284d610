#include "sessions/rotating_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "marginfix/core/time.hpp"

namespace marginfix::sessions {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMuch = std::size_t{64} << 10;
constexpr std::size_t kDateSize = 8;  // "20261122"

// N of "NAME.backup.N.log"; 0: another file.
std::uint64_t backup_number(std::string_view file, std::string_view begin) noexcept {
  constexpr std::string_view kEnd = ".log";
  if (!file.starts_with(begin) || !file.ends_with(kEnd) || file.size() < begin.size() + kEnd.size()) return 0;
  file = file.substr(begin.size(), file.size() - begin.size() - kEnd.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(file.data(), file.data() + file.size(), number);
  return error == std::errc{} && end == file.data() + file.size() ? number : 0;
}

// Ascending. What cannot be listed has none.
std::vector<std::uint64_t> backup_numbers(const std::string& folder, const std::string& begin) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (const std::uint64_t number = backup_number(at->path().filename().string(), begin)) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

// The day of the file's first line.
std::optional<std::chrono::sys_days> first_day(int file) {
  std::array<char, kDateSize> date{};
  if (::pread(file, date.data(), date.size(), 0) != static_cast<ssize_t>(date.size())) return std::nullopt;
  const auto day = parse_fix_date({date.data(), date.size()});
  return day ? std::optional<std::chrono::sys_days>(*day) : std::nullopt;
}

}  // namespace

RotatingFile::RotatingFile(Rules rules) : rules_(std::move(rules)) {
  const auto numbers = backup_numbers(rules_.backup_folder, rules_.name + ".backup.");
  if (!numbers.empty()) last_number_ = numbers.back();
}

RotatingFile::~RotatingFile() {
  write_out();
  close();
}

std::string RotatingFile::path() const { return rules_.folder + "/" + rules_.name + ".current.log"; }

std::string RotatingFile::backup_path(std::uint64_t number) const {
  return fmt::format("{}/{}.backup.{}.log", rules_.backup_folder, rules_.name, number);
}

int RotatingFile::open() { return problem_ = begin(); }

int RotatingFile::begin() {
  file_ = ::open(path().c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file_ < 0) return errno;
  struct stat found {};
  int failed = ::flock(file_, LOCK_EX | LOCK_NB) != 0 || ::fstat(file_, &found) != 0 ? errno : 0;
  size_ = static_cast<std::uint64_t>(found.st_size);
  not_before_ = 0;
  day_ = first_day(file_);
  char last = '\n';
  // Whoever was killed in the middle of a line left a piece of it.
  if (failed == 0 && size_ > 0 && ::pread(file_, &last, 1, found.st_size - 1) == 1 && last != '\n') failed = append("\n");
  if (failed != 0) close();
  return failed;
}

void RotatingFile::close() noexcept {
  if (file_ >= 0) ::close(std::exchange(file_, -1));
}

bool RotatingFile::is_over(std::chrono::sys_days day, std::size_t line) const noexcept {
  const std::uint64_t size = size_ + buffer_.size();
  if (size == 0 || size < not_before_) return false;
  return (rules_.max_bytes != 0 && size + line > rules_.max_bytes) || (rules_.daily && day_ && day > *day_);
}

void RotatingFile::add(std::chrono::sys_days day, std::string_view line) {
  if (is_over(day, line.size())) rotate();
  if (!day_ || day > *day_) day_ = day;
  buffer_ += line;
  ++buffered_;
  if (buffer_.size() >= kMuch) write_out();
}

void RotatingFile::miss(std::uint64_t lines, std::string_view time) {
  write_out();
  if (missing_ == 0) missing_time_ = time;
  missing_ += lines;
}

void RotatingFile::write_out() {
  if (buffer_.empty() && missing_ == 0) return;
  std::string text;
  if (missing_ != 0)
    text =
        fmt::format("{} : {} messages are missing here: the queue was full, or the file could not be written\n", missing_time_, missing_);
  constexpr std::size_t kTimeSize = 27;  // "20261122-18:32:01.123456000"
  if (missing_ == 0) missing_time_ = buffer_.substr(0, kTimeSize);
  text += buffer_;
  problem_ = file_ < 0 ? begin() : 0;
  if (problem_ == 0) problem_ = append(text);
  if (problem_ == 0) {
    counts_.written += buffered_;
    missing_ = 0;
  } else {
    counts_.lost += buffered_;
    missing_ += buffered_;
  }
  buffer_.clear();
  buffered_ = 0;
}

// All of it, or nothing and the errno.
int RotatingFile::append(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(file_, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  size_ += done;
  if (done == bytes.size()) return 0;
  const int failed = errno != 0 ? errno : ENOSPC;
  struct stat found {};
  if (done != 0 && ::fstat(file_, &found) == 0 && ::ftruncate(file_, found.st_size - static_cast<off_t>(done)) == 0) size_ -= done;
  return failed;
}

bool RotatingFile::moved_away() const {
  struct stat ours {
  }, there{};
  if (::fstat(file_, &ours) != 0) return false;
  return ::stat(path().c_str(), &there) != 0 || ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
}

void RotatingFile::rotate() {
  write_out();
  if (file_ >= 0 && !moved_away()) {
    if (size_ == 0) return;
    std::error_code ignored;
    do ++last_number_;
    while (fs::exists(backup_path(last_number_), ignored));
    if (::rename(path().c_str(), backup_path(last_number_).c_str()) != 0) {
      problem_ = errno;  // the file goes on
      not_before_ = size_ + std::max<std::uint64_t>(rules_.max_bytes, kMuch);
      return;
    }
  }
  close();
  size_ = 0;
  problem_ = begin();
  remove_oldest();
}

void RotatingFile::remove_oldest() const {
  if (rules_.max_files == 0) return;
  const auto numbers = backup_numbers(rules_.backup_folder, rules_.name + ".backup.");
  std::error_code ignored;
  for (std::size_t i = 0; i + rules_.max_files < numbers.size(); ++i) fs::remove(backup_path(numbers[i]), ignored);
}

RotatingFile::Counts RotatingFile::take_counts() noexcept { return std::exchange(counts_, {}); }

}  // namespace marginfix::sessions
