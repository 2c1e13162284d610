// Random UUIDs (RFC 4122 version 4), the preferred form of ClOrdID(11). Randomness comes from the operating system by way of OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace marginfix {

// "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx", lower case. Thread-safe. Throws Exception (internal) if the system has no randomness.
std::string random_uuid();

// True for the 8-4-4-4-12 form with hexadecimal digits of either case; API key ids and order group ids have it.
bool is_uuid(std::string_view text) noexcept;

// The same UUIDs for one thread in a hurry: randomness is fetched 64 at a time, nothing is allocated. Not thread-safe.
class UuidSource {
 public:
  static constexpr std::size_t kTextSize = 36;
  // Writes kTextSize characters, returns the end. Throws as random_uuid().
  char* write(char* out);

 private:
  std::array<unsigned char, 1024> pool_{};
  std::size_t used_{sizeof(pool_)};
};

}  // namespace marginfix
