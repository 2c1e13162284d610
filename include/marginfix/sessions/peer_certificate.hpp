// The certificate that a peer has shown during the TLS handshake, after its chain was verified.
// Clean in C++14 and C++20.
#pragma once

#include <string>
#include <vector>

namespace marginfix {

struct PeerCertificate {
  std::string subject;             // RFC 2253: "CN=desk-1,O=Example"
  std::string common_name;         // CN of the subject, empty when it has none
  std::string sha256;              // fingerprint of the certificate: 64 hexadecimal digits
  std::vector<std::string> names;  // subjectAltName: "DNS:desk-1.example", "IP:10.0.0.7"
};

}  // namespace marginfix
