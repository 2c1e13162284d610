// Version-4 UUIDs from OpenSSL's generator, which the operating system seeds.
#include "marginfix/core/uuid.hpp"

#include <openssl/rand.h>

#include "marginfix/core/result.hpp"

namespace marginfix {
namespace {

void fill_random(unsigned char* out, std::size_t size) {
  if (RAND_bytes(out, static_cast<int>(size)) != 1) {
    throw Exception(fail(ErrorCategory::internal, "the operating system gave no random bytes: cannot make a UUID"));
  }
}

char* write_uuid(char* out, unsigned char* bytes) noexcept {
  constexpr std::string_view kHex = "0123456789abcdef";
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);  // variant of RFC 4122
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    *out++ = kHex[bytes[i] >> 4U];
    *out++ = kHex[bytes[i] & 0x0fU];
  }
  return out;
}

bool is_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

std::string random_uuid() {
  unsigned char bytes[16];
  fill_random(bytes, sizeof(bytes));
  char text[UuidSource::kTextSize];
  return std::string(text, write_uuid(text, bytes));
}

bool is_uuid(std::string_view text) noexcept {
  if (text.size() != UuidSource::kTextSize) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

char* UuidSource::write(char* out) {
  if (used_ == pool_.size()) {
    fill_random(pool_.data(), pool_.size());
    used_ = 0;
  }
  used_ += 16;
  return write_uuid(out, pool_.data() + used_ - 16);
}

}  // namespace marginfix
