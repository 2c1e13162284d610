// Certificates made when a test runs: an authority and leaves with the names and dates a test wants. PEM files in the test's folder.
// Nothing of OpenSSL shows.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace marginfix::test {

struct LeafOptions {
  std::string common_name{"marginfix test server"};
  std::vector<std::string> names{"DNS:localhost", "IP:127.0.0.1", "IP:::1"};  // subjectAltName entries; empty: none
  std::string usage{"serverAuth"};                                            // extendedKeyUsage; a client's is clientAuth
  bool rsa{false};                                                            // an RSA key of 2048 bits; else EC P-256
  std::chrono::seconds valid_from{-3600};                                     // relative to now
  std::chrono::seconds valid_to{24 * 3600};
};

struct LeafFiles {
  std::string certificate, private_key;  // paths of PEM files
};

// A root (CA:TRUE, keyCertSign, key ids) with an EC P-256 key. Throws std::runtime_error when OpenSSL fails.
class CertificateAuthority {
 public:
  CertificateAuthority(std::string folder, const std::string& name);
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  const std::string& ca_file() const noexcept { return ca_file_; }
  LeafFiles issue(const std::string& file_stem, const LeafOptions& options = {});
  // The leaf signs itself: no chain at all.
  LeafFiles self_signed(const std::string& file_stem, const LeafOptions& options = {});

 private:
  struct Impl;
  std::string folder_, ca_file_;
  std::unique_ptr<Impl> impl_;
};

// An RSA private key (PEM text) for signing Logons; 2048 bits.
std::string make_rsa_private_pem();

}  // namespace marginfix::test
