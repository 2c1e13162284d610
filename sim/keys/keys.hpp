// Keys of a simulated exchange, made at the first start in its directory and kept afterwards: a CA, a server certificate for
// localhost, 127.0.0.1 and ::1, and one RSA key for each entry of endpoints.json. Every private file is 0600.
// Errors: config (a file cannot be read or written, or is not what it should be; the text says what to delete).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/signer.hpp"

namespace marginfix::sim {

struct ServerIdentity {
  std::filesystem::path ca_file;      // DIR/ca.pem: what clients trust
  std::filesystem::path certificate;  // DIR/keys/server.pem
  std::filesystem::path private_key;  // DIR/keys/server.key
};
// Renewed when it has less than 30 days left; the CA stays (20 years).
Result<ServerIdentity> ensure_server_identity(const std::filesystem::path& dir);

struct ApiKey {
  std::string name;              // "alice-listener"
  std::string key_id;            // UUID, derived from the public key: the same as long as the file is
  std::string private_key_path;  // relative to DIR: "keys/alice-listener.pem"
  Signer verifier;               // public half
};
// Keys for these names, in this order.
Result<std::vector<ApiKey>> ensure_api_keys(const std::filesystem::path& dir, const std::vector<std::string>& names);

// Writes `text` to `file` through a temporary file and rename, readable by its owner only when `secret`.
Result<void> write_file(const std::filesystem::path& file, const std::string& text, bool secret);
Result<std::string> read_file(const std::filesystem::path& file);

}  // namespace marginfix::sim
