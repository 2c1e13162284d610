#include "services/gateway/web/token.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "marginfix/core/uuid.hpp"

namespace marginfix::gateway {

namespace {

Error token_error(const std::string& what) { return fail(ErrorCategory::store, what + ": " + std::generic_category().message(errno)); }

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Under a temporary name, on the disk, then under its own: never a part of a token, and never for others to read.
Result<void> write_token(const std::string& path, const std::string& line) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return token_error("cannot make " + temporary);
  const bool kept = write_all(file, line) && ::fsync(file) == 0;
  const Error wrong = token_error("cannot write " + temporary);
  ::close(file);
  if (!kept) {
    ::unlink(temporary.c_str());
    return wrong;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return token_error("cannot rename " + temporary);
  return {};
}

}  // namespace

std::string token_path(const std::string& dir) { return dir + "/token"; }

Result<SecretString> read_token(const std::string& dir) {
  const std::string path = token_path(dir);
  std::ifstream in(path, std::ios::binary);
  if (!in) return token_error("cannot read " + path);
  std::string token{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  token.erase(token.find_last_not_of(" \t\r\n") + 1);
  if (token.empty()) return fail(ErrorCategory::store, path + " is empty: remove it, and the gateway makes a new one when it starts");
  return SecretString(std::move(token));
}

Result<SecretString> keep_token(const std::string& dir) {
  if (::access(token_path(dir).c_str(), F_OK) == 0) return read_token(dir);
  const std::string token = random_uuid() + random_uuid();
  if (auto written = write_token(token_path(dir), token + "\n"); !written) return written.error();
  return SecretString(token);
}

}  // namespace marginfix::gateway
