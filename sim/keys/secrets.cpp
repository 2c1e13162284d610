#include "sim/keys/secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>

#include "sim/keys/keys.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kSecretBytes = 32;

using SecretDigest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;
SecretDigest sha256(std::string_view text) {
  SecretDigest out{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data());
  return out;
}

Result<SecretString> make_secret(const std::filesystem::path& file) {
  std::array<unsigned char, kSecretBytes> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return fail(ErrorCategory::credentials, "cannot make random numbers for " + file.string());
  }
  std::string text = hex_of(random.data(), random.size());
  OPENSSL_cleanse(random.data(), random.size());
  SecretString secret(text);
  text += '\n';
  const auto written = write_file(file, text, true);
  wipe(text.data(), text.size());
  if (!written) return written.error();
  return secret;
}

}  // namespace

std::string hex_of(const unsigned char* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 0x0F];
  }
  return text;
}

Result<SecretString> ensure_secret(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return fail(ErrorCategory::config, "cannot make " + file.parent_path().string() + ": " + error.message());
  if (!std::filesystem::exists(file)) return make_secret(file);
  auto text = read_file(file);
  if (!text) return text.error();
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  if (text->size() != 2 * kSecretBytes || text->find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail(ErrorCategory::config, file.string() + " is damaged; delete it and start again to get a new one");
  }
  SecretString secret(*text);
  wipe(text->data(), text->size());
  return secret;
}

// Digests have one length, so comparing them tells nothing about how long the secret is or how much of it was right.
bool same_secret(std::string_view a, std::string_view b) {
  const SecretDigest x = sha256(a), y = sha256(b);
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

std::string signature_with(const SecretString& secret, std::string_view text) {
  const std::string_view key = secret.reveal();
  SecretDigest out{};
  unsigned int size = out.size();
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(),
       &size);
  return hex_of(out.data(), size);
}

}  // namespace marginfix::sim
