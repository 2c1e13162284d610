#include "apps/log_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace marginfix::apps {

namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
using OnPiece = std::function<bool(std::string_view)>;

// Reads what is there: zlib's own files wait until a whole buffer is full, so that nothing of `tail -f log | marginfix decode` would be
// shown for minutes.
class Input {
 public:
  explicit Input(const std::string& path)
      : owned_(path != "-"), file_(owned_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    if (owned_ && file_ >= 0) ::close(file_);
  }
  bool is_open() const noexcept { return file_ >= 0; }

  // Empty at the end.
  Result<std::string_view> next() {
    ssize_t size = 0;
    do size = ::read(file_, piece_.data(), piece_.size());
    while (size < 0 && errno == EINTR);
    if (size < 0) return fail(ErrorCategory::config, std::strerror(errno));
    return std::string_view(piece_.data(), static_cast<std::size_t>(size));
  }
  // At least two bytes where there are as many: enough to tell gzip.
  Result<std::string> first() {
    std::string start;
    while (start.size() < kGzipMagic.size()) {
      const auto piece = next();
      if (!piece) return piece.error();
      if (piece->empty()) break;
      start += *piece;
    }
    return start;
  }

 private:
  bool owned_;
  int file_;
  std::vector<char> piece_ = std::vector<char>(kPiece);
};

// gzip members one behind the other, as `cat a.gz b.gz` makes them.
class Gunzip {
 public:
  explicit Gunzip(const OnPiece& on_piece) : on_piece_(on_piece) { inflateInit2(&stream_, 16 + MAX_WBITS); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() { inflateEnd(&stream_); }

  // False: no more is wanted, or problem() says why no more can be read.
  bool feed(std::string_view bytes) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(bytes.size());
    while (stream_.avail_in > 0 || more_) {
      if (between_members_) inflateReset(&stream_);
      between_members_ = false;
      if (!inflate_once()) return false;
    }
    return true;
  }
  void finish() {
    if (problem_.empty() && !between_members_) problem_ = "the gzip file is cut short; what there is has been read";
  }
  const std::string& problem() const noexcept { return problem_; }

 private:
  bool inflate_once() {
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(out_.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    const std::size_t size = out_.size() - stream_.avail_out;
    more_ = stream_.avail_out == 0 && code == Z_OK;
    if (size > 0 && !on_piece_({out_.data(), size})) return false;
    if (code == Z_OK || code == Z_BUF_ERROR) return true;
    if (code == Z_STREAM_END) return between_members_ = true;
    problem_ =
        fmt::format("the gzip file is damaged ({}); what comes before has been read", stream_.msg != nullptr ? stream_.msg : zError(code));
    return false;
  }

  const OnPiece& on_piece_;
  z_stream stream_{};
  std::vector<char> out_ = std::vector<char>(kPiece);
  bool more_{false};             // the last piece filled `out_`
  bool between_members_{false};  // a member has ended, whether another begins is not known
  std::string problem_;
};

Result<void> read_gzip(Input& input, std::string_view first, const std::string& path, const OnPiece& on_piece) {
  Gunzip gunzip(on_piece);
  std::string_view piece = first;
  while (!piece.empty() && gunzip.feed(piece)) {
    const auto next = input.next();
    if (!next) return fail(ErrorCategory::config, fmt::format("cannot read {}: {}", path, next.error().message));
    piece = *next;
  }
  if (piece.empty()) gunzip.finish();
  if (gunzip.problem().empty()) return {};
  return fail(ErrorCategory::config, path + ": " + gunzip.problem());
}

}  // namespace

Result<void> read_log_file(const std::string& path, const OnPiece& on_piece) {
  Input input(path);
  if (!input.is_open()) return fail(ErrorCategory::config, "cannot read " + path + ": does it exist, may you read it?");
  const auto first = input.first();
  if (!first) return fail(ErrorCategory::config, fmt::format("cannot read {}: {}", path, first.error().message));
  if (first->starts_with(kGzipMagic)) return read_gzip(input, *first, path, on_piece);
  std::string_view piece = *first;
  while (!piece.empty() && on_piece(piece)) {
    const auto next = input.next();
    if (!next) return fail(ErrorCategory::config, fmt::format("cannot read {}: {}", path, next.error().message));
    piece = *next;
  }
  return {};
}

}  // namespace marginfix::apps
