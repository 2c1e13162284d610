// Sentences for people about TLS failures.
#include "sessions/transport/tls_problem.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <ctime>
#include <memory>

namespace marginfix::transport {
namespace {

std::string subject_of(X509* certificate) {
  if (certificate == nullptr) return "?";
  char line[256];
  X509_NAME_oneline(X509_get_subject_name(certificate), line, sizeof(line));
  return line;
}

std::string common_name(X509* certificate) {
  char name[256];
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
  return size > 0 ? fmt::format("CN:{}", std::string(name, static_cast<std::size_t>(size))) : std::string("no name at all");
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const unsigned char* bytes = ASN1_STRING_get0_data(address);
  if (ASN1_STRING_length(address) == 4) {
    boost::asio::ip::address_v4::bytes_type v4{};
    std::memcpy(v4.data(), bytes, v4.size());
    return boost::asio::ip::address_v4(v4).to_string();
  }
  if (ASN1_STRING_length(address) == 16) {
    boost::asio::ip::address_v6::bytes_type v6{};
    std::memcpy(v6.data(), bytes, v6.size());
    return boost::asio::ip::address_v6(v6).to_string();
  }
  return "?";
}

std::string one_name(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) {
    const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
    return "DNS:" + std::string(text, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  if (name->type == GEN_IPADD) return "IP:" + address_text(name->d.iPAddress);
  return {};
}

std::vector<std::string> alternative_names(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)), GENERAL_NAMES_free);
  std::vector<std::string> all;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string name = one_name(sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty()) all.push_back(std::move(name));
  }
  return all;
}

}  // namespace

std::string certificate_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  char text[32];
  return std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts) > 0 ? text : "?";
}

std::string certificate_names(X509* certificate) {
  if (certificate == nullptr) return "?";
  std::string all;
  for (const std::string& name : alternative_names(certificate)) all += (all.empty() ? "" : ", ") + name;
  return all.empty() ? common_name(certificate) : all;
}

std::string certificate_problem(int error, X509* certificate, int depth, const std::string& wanted_name, const std::string& ca_file) {
  const std::string whose = depth == 0 ? "the server's certificate" : fmt::format("the issuing certificate '{}'", subject_of(certificate));
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return fmt::format(
          "certificate chain does not end in a trusted root: set SSLCertificateAuthoritiesFile / TlsOptions::ca_file to the PEM file of "
          "the root that issued it (chain ends at '{}'; trusted now: {})",
          subject_of(certificate), ca_file.empty() ? "the system's roots" : "'" + ca_file + "'");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format(
          "the server's certificate is for [{}], not for '{}': connect by one of its names, or set TlsOptions::server_name "
          "to the one you trust",
          certificate_names(certificate), wanted_name);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("{} has expired: it was valid from {} to {}; the server's operator must renew it (and check this machine's clock)",
                         whose, certificate_time(X509_get0_notBefore(certificate)), certificate_time(X509_get0_notAfter(certificate)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("{} is not valid yet: from {} to {}; check this machine's clock", whose,
                         certificate_time(X509_get0_notBefore(certificate)), certificate_time(X509_get0_notAfter(certificate)));
    default:
      return fmt::format("{} ('{}') is refused: {}; the server's operator must fix it", whose, subject_of(certificate),
                         X509_verify_cert_error_string(error));
  }
}

std::string client_certificate_problem(int error, X509* certificate, const std::string& ca_file) {
  return fmt::format("the client's certificate '{}' is refused: {} (roots trusted for clients: '{}')", subject_of(certificate),
                     X509_verify_cert_error_string(error), ca_file);
}

PeerCertificate describe_certificate(X509* certificate) {
  PeerCertificate shown;
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  X509_NAME* subject = X509_get_subject_name(certificate);
  if (X509_NAME_print_ex(text.get(), subject, 0, XN_FLAG_RFC2253) >= 0) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    shown.subject.assign(data, static_cast<std::size_t>(size));
  }
  char name[256];
  const int size = X509_NAME_get_text_by_NID(subject, NID_commonName, name, sizeof(name));
  if (size > 0) shown.common_name.assign(name, static_cast<std::size_t>(size));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned digest_size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &digest_size) == 1) {
    for (unsigned i = 0; i < digest_size; ++i) shown.sha256 += fmt::format("{:02x}", digest[i]);
  }
  shown.names = alternative_names(certificate);
  return shown;
}

std::string handshake_problem(const std::string& reason) {
  if (reason == "wrong version number" || reason == "http request" || reason == "packet length too long")
    return fmt::format("TLS handshake failed ({}): the peer does not speak TLS on this port; check host and port", reason);
  if (reason == "unsupported protocol" || reason.find("protocol version") != std::string::npos)
    return fmt::format("TLS handshake failed ({}): the peer offers nothing newer than TLS 1.1; TLS 1.2 is the least we take", reason);
  if (reason == "peer did not return a certificate")
    return "TLS handshake failed: the client showed no certificate, and this door asks for one";
  return fmt::format("TLS handshake failed: {}", reason);
}

}  // namespace marginfix::transport
