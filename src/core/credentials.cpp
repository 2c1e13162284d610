// API keys from the environment and from files.
#include "marginfix/core/credentials.hpp"
#include "marginfix/core/trimmed.hpp"

#include <utility>

namespace marginfix {

std::string_view without_wrapping(std::string_view text) noexcept {
  text = trimmed(text);
  while (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = trimmed(text.substr(1, text.size() - 2));
  return text;
}

Credentials credentials_from_env(const VariableLookup& lookup, const std::string& prefix) {
  const auto text = [&](const char* name) { return lookup ? lookup(prefix + name).value_or("") : std::string(); };
  Credentials credentials;
  credentials.key_id = std::string(without_wrapping(text("KEY_ID")));
  credentials.private_key = SecretString(text("PRIVATE_KEY"));
  credentials.private_key_path = std::string(without_wrapping(text("PRIVATE_KEY_PATH")));
  credentials.passphrase = SecretString(text("PRIVATE_KEY_PASSPHRASE"));
  return credentials;
}

Result<std::shared_ptr<const Signer>> load_signer(const Credentials& credentials, LogSink* log) {
  if (credentials.signer) return credentials.signer;
  if (credentials.private_key.empty() && credentials.private_key_path.empty())
    return fail(ErrorCategory::credentials, "there is no private key for the key id: give PEM text or a file");
  auto signer = credentials.private_key.empty() ? Signer::from_file(credentials.private_key_path, credentials.passphrase, log)
                                                : Signer::from_pem(credentials.private_key, credentials.passphrase);
  if (!signer) return signer.error();
  return std::shared_ptr<const Signer>(std::make_shared<Signer>(std::move(*signer)));
}

}  // namespace marginfix
