// An API key as every client of the exchange takes it: FIX sessions, REST, WebSocket. Plain values; nothing here prints a secret.
// Source: rest-perps.md "Authentication"; fix-margin.md "Logon".
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "marginfix/core/environment.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/signer.hpp"

namespace marginfix {

// The private key comes from the first of: `signer`, `private_key` (PEM text), `private_key_path`.
struct Credentials {
  std::string key_id{};                    // a UUID: SenderCompID(49), KALSHI-ACCESS-KEY
  std::shared_ptr<const Signer> signer{};  // ready made
  SecretString private_key{};              // PEM text, as its transport left it (Signer::from_pem)
  std::string private_key_path{};          // "~/" is HOME
  SecretString passphrase{};               // of an encrypted PEM
  bool empty() const noexcept { return key_id.empty() && !signer && private_key.empty() && private_key_path.empty(); }
};

// `prefix`KEY_ID, _PRIVATE_KEY, _PRIVATE_KEY_PATH and _PRIVATE_KEY_PASSPHRASE; a variable that is not set leaves its field empty.
Credentials credentials_from_env(const VariableLookup& lookup, const std::string& prefix);
// Without blanks at both ends and without the quotes that env files keep: of ids, paths and tokens, which have neither.
std::string_view without_wrapping(std::string_view text) noexcept;
// Reads the key where it is not ready made (file I/O). Error(credentials).
Result<std::shared_ptr<const Signer>> load_signer(const Credentials& credentials, LogSink* log = nullptr);

}  // namespace marginfix
