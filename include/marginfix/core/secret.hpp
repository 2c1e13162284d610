// A string that must not be seen: wiped when it dies, printed as "***".
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace marginfix {

class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string value);
  SecretString(const SecretString&) = default;
  SecretString(SecretString&& other) noexcept;
  SecretString& operator=(const SecretString& other);
  SecretString& operator=(SecretString&& other) noexcept;
  ~SecretString();

  // The secret itself: call it where the secret is used, never where it is stored, logged or compared for display.
  std::string_view reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }

 private:
  std::string value_;
};

// "***", or "" for an empty secret.
std::string to_string(const SecretString& secret);

// Wipes memory in a way the compiler may not remove.
void wipe(char* data, std::size_t size) noexcept;

// `text` with RawData(96), Password(554), NewPassword(925), EncryptedPassword(1402) and EncryptedNewPassword(1404) of FIX messages, PEM
// blocks and bearer tokens replaced by "***"; every log line and error context that may hold wire bytes passes through here. Data fields
// end where the length in front of them says, whatever they hold; what is cut off inside one is masked to the end.
std::string redact(std::string_view text);
// The same with a '*' for each byte: offsets stay right.
std::string redact_in_place(std::string_view text);

}  // namespace marginfix
