#include "sim/doors/klear/access.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>

#include "sim/doors/klear/klear_endpoints.hpp"
#include "sim/keys/keys.hpp"
#include "sim/keys/secrets.hpp"

#include "marginfix/core/trimmed.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::string_view kScheme = "Bearer";

Result<KlearAccess> make_access(const std::filesystem::path& file) {
  std::array<unsigned char, kTokenBytes + 16> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return fail(ErrorCategory::credentials, "cannot make random numbers for the Klear access token");
  }
  random[6] = static_cast<unsigned char>((random[6] & 0x0F) | 0x40);  // a UUID of version 4
  random[8] = static_cast<unsigned char>((random[8] & 0x3F) | 0x80);
  std::string id = hex_of(random.data(), 16);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, 1, '-');
  KlearAccess access{std::move(id), SecretString(hex_of(random.data() + 16, kTokenBytes))};
  OPENSSL_cleanse(random.data(), random.size());
  std::string text = access.admin_user_id + ":" + std::string(access.access_token.reveal()) + "\n";
  const auto written = write_file(file, text, true);
  wipe(text.data(), text.size());
  if (!written) return written.error();
  return access;
}

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

}  // namespace

Result<KlearAccess> ensure_klear_access(const std::filesystem::path& dir) {
  const std::filesystem::path file = dir / "keys" / "klear.token";
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return fail(ErrorCategory::config, "cannot make " + file.parent_path().string() + ": " + error.message());
  if (!std::filesystem::exists(file)) return make_access(file);
  auto text = read_file(file);
  if (!text) return text.error();
  const std::string_view line = trimmed(*text);
  const std::size_t colon = line.find(':');
  const std::string_view id = line.substr(0, colon);
  const std::string_view token = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (!is_uuid(id) || token.size() != 2 * kTokenBytes || !is_hex(token)) {
    return fail(ErrorCategory::config, file.string() + " is damaged; delete it and start again to get a new access token");
  }
  KlearAccess access{std::string(id), SecretString(std::string(token))};
  wipe(text->data(), text->size());
  return access;
}

std::optional<HttpAnswer> check_bearer(const KlearAccess& access, std::string_view authorization) {
  const auto refuse = [](std::string_view details) { return klear_error(401, "unauthorized", "unauthorized", details); };
  const std::string_view header = trimmed(authorization);
  if (header.empty()) return refuse("the Authorization header is missing");
  const std::size_t blank = header.find_first_of(" \t");
  if (blank == std::string_view::npos || !same_token(header.substr(0, blank), kScheme)) {
    return refuse("the Authorization header must be Bearer <admin_user_id>:<access_token>");
  }
  const std::string_view credentials = trimmed(header.substr(blank));
  const std::size_t colon = credentials.find(':');
  if (colon == std::string_view::npos) return refuse("the Authorization header must be Bearer <admin_user_id>:<access_token>");
  const bool id_good = same_secret(trimmed(credentials.substr(0, colon)), access.admin_user_id);
  const bool token_good = same_secret(trimmed(credentials.substr(colon + 1)), access.access_token.reveal());
  if (static_cast<int>(id_good) + static_cast<int>(token_good) != 2) return refuse("unknown admin user or access token");
  return std::nullopt;
}

std::optional<HttpReply> KlearGate::admit(const HttpRequest& request, const EndpointEntry& endpoint, int /*cost*/, EndpointRequest& out) {
  if (endpoint.auth == EndpointAuth::Public) return std::nullopt;  // a presigned link: the handler looks at its signature
  auto refusal = check_bearer(access_, request.header("Authorization"));
  if (!refusal) {
    out.proven_key = access_.admin_user_id;
    return std::nullopt;
  }
  return brake_ != nullptr ? brake_->wrong(request, std::move(*refusal)) : HttpReply{std::move(*refusal)};
}

void KlearGate::shape(HttpAnswer& answer) { flatten_error(answer); }

}  // namespace marginfix::sim
