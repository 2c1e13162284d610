// Sentences for people about TLS failures: what is wrong with the certificate, and what to do about it.
#pragma once

#include <openssl/x509.h>

#include <string>

#include "marginfix/sessions/peer_certificate.hpp"

namespace marginfix::transport {

// "2026-11-22 18:00:00 UTC"
std::string certificate_time(const ASN1_TIME* time);
// "DNS:localhost, IP:127.0.0.1"; the common name when there are no alternative names.
std::string certificate_names(X509* certificate);
// `error` is OpenSSL's X509_V_ERR_*; `certificate` (may be null) stands at `depth` of the chain, 0 = the server's own.
std::string certificate_problem(int error, X509* certificate, int depth, const std::string& wanted_name, const std::string& ca_file);
// The same about a certificate that a client showed; `ca_file` are the roots that may vouch for it.
std::string client_certificate_problem(int error, X509* certificate, const std::string& ca_file);
PeerCertificate describe_certificate(X509* certificate);
// `reason` is OpenSSL's reason text for a handshake that failed for another cause.
std::string handshake_problem(const std::string& reason);

}  // namespace marginfix::transport
