// Certificates and account keys of the simulator, through OpenSSL's EVP and X509 interfaces.
#include "sim/keys/keys.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <future>
#include <memory>
#include <optional>
#include <system_error>

namespace marginfix::sim {
namespace {

namespace fs = std::filesystem;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<&EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Freer<&X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<&BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freer<&X509_EXTENSION_free>>;

constexpr long kDay = 24L * 3600;
constexpr long kCaDays = 20L * 365;
constexpr long kServerDays = 397;  // what strict clients accept from a server certificate
constexpr long kRenewDays = 30;

Error crypto_error(const char* what) {
  std::array<char, 160> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return fail(ErrorCategory::credentials, std::string("cannot ") + what + ": " + text.data());
}

std::string drain(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string private_pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  return drain(bio.get());
}

std::string certificate_pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return {};
  return drain(bio.get());
}

KeyPtr key_from_pem(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

CertPtr certificate_from_pem(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return CertPtr(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

bool add_name(X509_NAME* name, const char* field, const char* value) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, reinterpret_cast<const unsigned char*>(value), -1, -1, 0) == 1;
}

// The part that CA and server certificate have in common. Backdated an hour, so that a client's clock may be a little behind.
CertPtr blank_certificate(EVP_PKEY* key, const char* common_name, long days) {
  CertPtr certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), 2) != 1 || !set_serial(certificate.get())) return nullptr;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  if (!add_name(name, "O", "marginfix simulated exchange") || !add_name(name, "CN", common_name)) return nullptr;
  if (X509_set_pubkey(certificate.get(), key) != 1) return nullptr;
  return certificate;
}

CertPtr make_ca(EVP_PKEY* key) {
  CertPtr ca = blank_certificate(key, "marginfix simulator CA", kCaDays);
  if (!ca || X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get())) != 1) return nullptr;
  const bool ok = add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") &&
                  add_extension(ca.get(), ca.get(), NID_authority_key_identifier, "keyid:always") &&
                  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE") &&
                  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature");
  return ok && X509_sign(ca.get(), key, EVP_sha256()) > 0 ? std::move(ca) : nullptr;
}

CertPtr make_server(EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key) {
  CertPtr server = blank_certificate(key, "localhost", kServerDays);
  if (!server || X509_set_issuer_name(server.get(), X509_get_subject_name(ca)) != 1) return nullptr;
  const bool ok = add_extension(server.get(), ca, NID_subject_key_identifier, "hash") &&
                  add_extension(server.get(), ca, NID_authority_key_identifier, "keyid:always") &&
                  add_extension(server.get(), ca, NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension(server.get(), ca, NID_key_usage, "critical,digitalSignature,keyEncipherment") &&
                  add_extension(server.get(), ca, NID_ext_key_usage, "serverAuth") &&
                  add_extension(server.get(), ca, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  return ok && X509_sign(server.get(), ca_key, EVP_sha256()) > 0 ? std::move(server) : nullptr;
}

KeyPtr new_ec_key() { return KeyPtr(EVP_EC_gen("P-256")); }
KeyPtr new_rsa_key() { return KeyPtr(EVP_RSA_gen(2048)); }

// True when the certificate is good for another kRenewDays and was issued by this CA.
bool still_good(X509* certificate, X509* ca) {
  std::time_t soon = std::time(nullptr) + kRenewDays * kDay;
  if (X509_cmp_time(X509_get0_notAfter(certificate), &soon) <= 0) return false;
  const KeyPtr ca_key(X509_get_pubkey(ca));
  return ca_key && X509_verify(certificate, ca_key.get()) == 1;
}

Result<void> write_pair(const fs::path& key_file, EVP_PKEY* key, const fs::path& certificate_file, X509* certificate) {
  if (auto written = write_file(key_file, private_pem(key), true); !written) return written;
  return write_file(certificate_file, certificate_pem(certificate), false);
}

Result<void> ensure_ca(const fs::path& ca_file, const fs::path& ca_key_file) {
  if (fs::exists(ca_file) && fs::exists(ca_key_file)) return {};
  const KeyPtr key = new_ec_key();
  const CertPtr ca = key ? make_ca(key.get()) : nullptr;
  if (!ca) return crypto_error("make the simulator's CA");
  return write_pair(ca_key_file, key.get(), ca_file, ca.get());
}

// A UUID (version 8) out of the public key: the same for the same key file.
std::string key_id_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (size > 0) EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), &length, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x80);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 0x0F];
  }
  return text;
}

Result<ApiKey> ensure_api_key(const fs::path& dir, const std::string& name) {
  const std::string relative = "keys/" + name + ".pem";
  const fs::path file = dir / relative;
  if (!fs::exists(file)) {
    const KeyPtr made = new_rsa_key();
    if (!made) return crypto_error("make an RSA key");
    if (auto written = write_file(file, private_pem(made.get()), true); !written) return written.error();
  }
  const auto pem = read_file(file);
  if (!pem) return pem.error();
  const KeyPtr key = key_from_pem(*pem);
  if (!key) return fail(ErrorCategory::config, file.string() + " is no private key; delete it and start again to get a new one");
  auto verifier = Signer::from_pem(SecretString(*pem));
  if (!verifier) return verifier.error();
  auto public_half = Signer::from_public_pem(verifier->public_pem());
  if (!public_half) return public_half.error();
  return ApiKey{name, key_id_of(key.get()), relative, *public_half};
}

Result<void> ensure_folder(const fs::path& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return fail(ErrorCategory::config, "cannot make " + dir.string() + ": " + error.message());
  return {};
}

}  // namespace

Result<ServerIdentity> ensure_server_identity(const fs::path& dir) {
  if (auto made = ensure_folder(dir / "keys"); !made) return made.error();
  const fs::path ca_key_file = dir / "keys" / "ca.key";
  const ServerIdentity identity{dir / "ca.pem", dir / "keys" / "server.pem", dir / "keys" / "server.key"};
  if (auto made = ensure_ca(identity.ca_file, ca_key_file); !made) return made.error();
  const auto ca_text = read_file(identity.ca_file);
  const auto ca_key_text = read_file(ca_key_file);
  if (!ca_text || !ca_key_text) return ca_text ? ca_key_text.error() : ca_text.error();
  const CertPtr ca = certificate_from_pem(*ca_text);
  const KeyPtr ca_key = key_from_pem(*ca_key_text);
  if (!ca || !ca_key) {
    return fail(ErrorCategory::config, "ca.pem or keys/ca.key in " + dir.string() + " is damaged; delete both to get a new CA");
  }
  if (fs::exists(identity.certificate) && fs::exists(identity.private_key)) {
    const auto text = read_file(identity.certificate);
    const CertPtr present = text ? certificate_from_pem(*text) : nullptr;
    if (present && still_good(present.get(), ca.get())) return identity;
  }
  const KeyPtr key = new_ec_key();
  const CertPtr server = key ? make_server(key.get(), ca.get(), ca_key.get()) : nullptr;
  if (!server) return crypto_error("make the server certificate");
  if (auto written = write_pair(identity.private_key, key.get(), identity.certificate, server.get()); !written) return written.error();
  return identity;
}

Result<std::vector<ApiKey>> ensure_api_keys(const fs::path& dir, const std::vector<std::string>& names) {
  if (auto made = ensure_folder(dir / "keys"); !made) return made.error();
  // Side by side: six RSA keys are most of a first start, and endpoints.json is promised within five seconds.
  std::vector<std::future<Result<ApiKey>>> making;
  making.reserve(names.size());
  for (const std::string& name : names)
    making.push_back(std::async(std::launch::async, [&dir, &name] { return ensure_api_key(dir, name); }));
  std::vector<ApiKey> keys;
  std::optional<Error> failed;
  for (auto& each : making) {
    auto key = each.get();
    if (!key) {
      failed = key.error();
    } else {
      keys.push_back(std::move(*key));
    }
  }
  if (failed) return *failed;
  return keys;
}

}  // namespace marginfix::sim
