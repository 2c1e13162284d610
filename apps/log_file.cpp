#include "apps/log_file.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace marginfix::apps {

namespace {

constexpr unsigned kPiece = 256 * 1024;

// zlib reads what is no gzip as it stands.
class LogFile {
 public:
  explicit LogFile(const std::string& path) : file_(path == "-" ? gzdopen(::dup(STDIN_FILENO), "rb") : gzopen(path.c_str(), "rb")) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() {
    if (file_ != nullptr) (void)gzclose_r(file_);
  }

  bool is_open() const noexcept { return file_ != nullptr; }
  int read(std::vector<char>& piece) noexcept { return gzread(file_, piece.data(), static_cast<unsigned>(piece.size())); }

  // What went wrong while reading, empty when nothing did. A gzip that is cut short shows only here.
  std::string problem(const std::string& path) const {
    int code = Z_OK;
    const char* text = gzerror(file_, &code);
    if (code == Z_OK || code == Z_STREAM_END) return {};
    if (code == Z_ERRNO) return fmt::format("cannot read {}: {}", path, std::strerror(errno));
    if (code == Z_BUF_ERROR) return fmt::format("{}: the gzip file is cut short; what there is has been read", path);
    return fmt::format("{}: the gzip file is damaged ({}); what comes before has been read", path, text);
  }

 private:
  gzFile file_;
};

}  // namespace

Result<void> read_log_file(const std::string& path, const std::function<bool(std::string_view)>& on_piece) {
  LogFile file(path);
  if (!file.is_open()) return fail(ErrorCategory::config, "cannot read " + path + ": does it exist, may you read it?");
  std::vector<char> piece(kPiece);
  while (true) {
    const int size = file.read(piece);
    if (size > 0 && !on_piece({piece.data(), static_cast<std::size_t>(size)})) return {};
    if (size > 0) continue;
    std::string problem = file.problem(path);
    if (problem.empty()) return {};
    return fail(ErrorCategory::config, std::move(problem));
  }
}

}  // namespace marginfix::apps
