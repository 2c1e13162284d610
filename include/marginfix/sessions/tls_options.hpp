// How connections are secured and timed. TLS verifies chain, host name and expiry and sends SNI (not for IP literals);
// plain TCP is for loopback addresses only. Source: design decision 2; fix-margin.md "Endpoints".
#pragma once

#include <chrono>
#include <string>

namespace marginfix {

struct TlsOptions {
  bool enabled{true};     // false = plain TCP, refused unless the peer address is loopback
  std::string ca_file{};  // PEM with trusted roots; empty: the system's
  // PEM, both or none: the certificate (chain) to show a server that asks for one, and its unencrypted key.
  std::string certificate_file{}, private_key_file{};
  std::string server_name{};   // name to verify and send as SNI; empty: the host connected to
  bool resume_sessions{true};  // TLS session resumption on reconnect
};

struct TransportTimeouts {
  std::chrono::milliseconds connect{10'000};    // name look-up and TCP connect
  std::chrono::milliseconds handshake{10'000};  // TLS
};

}  // namespace marginfix
