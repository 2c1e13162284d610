// Small files written so that a reader never sees half of one.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "sim/keys/keys.hpp"

namespace marginfix::sim {
namespace {

Error file_error(const std::filesystem::path& file, const char* what) {
  return fail(ErrorCategory::config, std::string("cannot ") + what + " " + file.string() + ": " + std::strerror(errno));
}

bool write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Result<void> write_file(const std::filesystem::path& file, const std::string& text, bool secret) {
  const std::filesystem::path temporary = file.string() + ".new";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, secret ? 0600 : 0644);
  if (fd < 0) return file_error(temporary, "create");
  const bool written = write_all(fd, text);
  const bool closed = ::close(fd) == 0;
  if (!written || !closed) return file_error(temporary, "write");
  if (::rename(temporary.c_str(), file.c_str()) != 0) return file_error(file, "replace");
  return {};
}

Result<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return file_error(file, "open");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace marginfix::sim
