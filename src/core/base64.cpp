// Base64 both ways. The decoder accepts exactly what the encoder writes, so that a signature has one spelling only.
#include "marginfix/core/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace marginfix {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char letter(std::uint32_t bits) noexcept { return kAlphabet[bits & 63U]; }

std::uint32_t byte_at(std::string_view bytes, std::size_t i) noexcept {
  return i < bytes.size() ? std::uint32_t{static_cast<unsigned char>(bytes[i])} : 0U;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group = byte_at(bytes, i) << 16U | byte_at(bytes, i + 1) << 8U | byte_at(bytes, i + 2);
    out += letter(group >> 18U);
    out += letter(group >> 12U);
    out += i + 1 < bytes.size() ? letter(group >> 6U) : '=';
    out += i + 2 < bytes.size() ? letter(group) : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::size_t letters = i + 4 == text.size() ? 4 - padding : 4;
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const auto value = j < letters ? kAlphabet.find(text[i + j]) : 0;
      if (value == std::string_view::npos) return std::nullopt;
      group = group << 6U | static_cast<std::uint32_t>(value);
    }
    const std::uint32_t unused = letters == 4 ? 0U : (letters == 3 ? 0xffU : 0xffffU);
    if ((group & unused) != 0) return std::nullopt;
    out += static_cast<char>(group >> 16U);
    if (letters > 2) out += static_cast<char>(group >> 8U & 0xffU);
    if (letters > 3) out += static_cast<char>(group & 0xffU);
  }
  return out;
}

}  // namespace marginfix
