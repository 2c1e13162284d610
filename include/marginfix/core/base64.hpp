// Base64 (RFC 4648, with padding, no line breaks): the form of signatures in RawData(96) and HTTP headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace marginfix {

std::string base64_encode(std::string_view bytes);
// Nullopt for anything base64_encode() would not have written: other characters, missing padding, stray bits.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace marginfix
