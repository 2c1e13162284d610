// Signs what the exchange wants signed: RSA-PSS (SHA-256, MGF1-SHA-256, salt 32) or Ed25519, base64 out.
// Source: fix-margin.md "Logon"; observed.md "Authentication".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"

namespace marginfix {

class LogSink;

enum class KeyType : unsigned char { rsa, ed25519 };

// Immutable and thread-safe: one key serves FIX, REST, WS. Copies share the key. Errors: category credentials; no error text or context
// holds key material. Refused: RSA under 2048 bits, any other kind of key, a wrong or missing passphrase.
class Signer {
 public:
  // PKCS#1 or PKCS#8 text, encrypted or not, as its transport left it: in quotes, on one line, with line ends written out ("\n") once or
  // twice, indented, inside JSON, in base64, as UTF-16. What cannot be taken is said by what became of it on the way.
  static Result<Signer> from_pem(const SecretString& pem, const SecretString& passphrase = {});
  // The same forms in a file, and DER. "~/" is HOME. A key file that others may read is used all the same, with a warning to `log`.
  static Result<Signer> from_file(const std::string& path, const SecretString& passphrase = {}, LogSink* log = nullptr);

  // Base64 signature over exactly these bytes.
  Result<std::string> sign(std::string_view bytes) const;
  // True when `base64_signature` is this key's over `bytes` (the simulator's side, and self-tests).
  bool verify(std::string_view bytes, std::string_view base64_signature) const;
  KeyType key_type() const noexcept;

  // Public part only (SubjectPublicKeyInfo PEM), safe to show.
  std::string public_pem() const;
  static Result<Signer> from_public_pem(std::string_view pem);  // can verify, sign() gives an Error

 private:
  struct Key;
  explicit Signer(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const Key> key_;
};

// "private key file 'k.pem' can be read by other users: run 'chmod 600 k.pem'", where group or others may read the file `path`; nothing
// else, nor when there is no such file. For every file that holds a secret.
std::optional<std::string> exposure_warning(std::string_view what, const std::string& path);

// The text a FIX Logon(A) signs: SendingTime(52) SOH MsgType(35) SOH MsgSeqNum(34) SOH SenderCompID(49) SOH TargetCompID(56),
// each byte for byte as it stands in the message.
std::string fix_logon_payload(std::string_view sending_time, std::string_view msg_type, std::string_view msg_seq_num,
                              std::string_view sender_comp_id, std::string_view target_comp_id);

}  // namespace marginfix
