// Secrets of a simulated exchange that are no keys: made at the first start in its directory, 0600, and kept.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"

namespace marginfix::sim {

// 64 hex digits in `file`, whose folder is made if missing. Errors: config (the file cannot be read or written, or is no such secret; the
// text says what to delete), credentials (no random numbers).
Result<SecretString> ensure_secret(const std::filesystem::path& file);

// Whether they are the same; takes the same time however much of it is, and however long they are.
bool same_secret(std::string_view a, std::string_view b);

// HMAC-SHA256 in hex.
std::string signature_with(const SecretString& secret, std::string_view text);

std::string hex_of(const unsigned char* bytes, std::size_t size);

}  // namespace marginfix::sim
