// SHA-256, one context used again and again: a journal hashes each record.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace marginfix::reconcile {

using Hash = std::array<std::uint8_t, 32>;
// 64 lower-case digits.
std::string to_hex(const Hash& hash);
// Nothing where the text is anything else.
std::optional<Hash> hash_of_hex(std::string_view text);
std::string_view as_bytes(const Hash& hash) noexcept;

// One thread. Throws Exception(internal) where OpenSSL has no SHA-256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  // Of all that was added since the last one; begins anew.
  Hash finish();
  // Of both, one after the other.
  Hash of(std::string_view first, std::string_view second = {});

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace marginfix::reconcile
