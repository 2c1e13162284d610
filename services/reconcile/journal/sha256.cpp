#include "services/reconcile/journal/sha256.hpp"

#include <openssl/evp.h>

#include "marginfix/core/result.hpp"

namespace marginfix::reconcile {

namespace {

void need(int good) {
  if (good != 1) throw Exception(fail(ErrorCategory::internal, "OpenSSL gives no SHA-256"));
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string to_hex(const Hash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * hash.size());
  for (const std::uint8_t byte : hash) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Hash> hash_of_hex(std::string_view text) {
  Hash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return hash;
}

std::string_view as_bytes(const Hash& hash) noexcept { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

// The algorithm is fetched once: EVP_sha256() looks it up anew for each hash.
struct Sha256::Context {
  EVP_MD* algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  EVP_MD_CTX* digest{EVP_MD_CTX_new()};
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() {
    EVP_MD_CTX_free(digest);
    EVP_MD_free(algorithm);
  }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  need(context_->algorithm != nullptr && context_->digest != nullptr ? 1 : 0);
  need(EVP_DigestInit_ex(context_->digest, context_->algorithm, nullptr));
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) { need(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size())); }

Hash Sha256::finish() {
  Hash hash{};
  unsigned size = 0;
  need(EVP_DigestFinal_ex(context_->digest, hash.data(), &size));
  need(EVP_DigestInit_ex(context_->digest, nullptr, nullptr));
  return hash;
}

Hash Sha256::of(std::string_view first, std::string_view second) {
  add(first);
  add(second);
  return finish();
}

}  // namespace marginfix::reconcile
