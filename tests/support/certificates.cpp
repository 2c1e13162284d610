// Certificates made when a test runs.
#include "support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>

namespace marginfix::test {
namespace {

struct Free {
  void operator()(X509* p) const noexcept { X509_free(p); }
  void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
  void operator()(X509_EXTENSION* p) const noexcept { X509_EXTENSION_free(p); }
  void operator()(std::FILE* p) const noexcept { std::fclose(p); }
  void operator()(BIO* p) const noexcept { BIO_free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("test certificate: ") + what);
}

Key make_key(bool rsa = false) {
  Key key(rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
  check(key != nullptr, "key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

Certificate begin_certificate(const std::string& common_name, EVP_PKEY* key, std::chrono::seconds from, std::chrono::seconds to) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), static_cast<long>(from.count()));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(to.count()));
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return certificate;
}

Certificate make_leaf(const LeafOptions& options, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate leaf = begin_certificate(options.common_name, key, options.valid_from, options.valid_to);
  X509* signer = issuer != nullptr ? issuer : leaf.get();
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(signer));
  add_extension(leaf.get(), signer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), signer, NID_key_usage, "critical,digitalSignature");
  add_extension(leaf.get(), signer, NID_ext_key_usage, options.usage);
  add_extension(leaf.get(), signer, NID_subject_key_identifier, "hash");
  add_extension(leaf.get(), signer, NID_authority_key_identifier, "keyid");
  std::string names;
  for (const std::string& name : options.names) names += (names.empty() ? "" : ",") + name;
  if (!names.empty()) add_extension(leaf.get(), signer, NID_subject_alt_name, names);
  check(X509_sign(leaf.get(), issuer_key, EVP_sha256()) > 0, "signature");
  return leaf;
}

std::unique_ptr<std::FILE, Free> create(const std::string& path) {
  std::unique_ptr<std::FILE, Free> file(std::fopen(path.c_str(), "wb"));
  check(file != nullptr, path.c_str());
  return file;
}

LeafFiles write(const std::string& stem, X509* certificate, EVP_PKEY* key) {
  const LeafFiles files{stem + ".pem", stem + ".key"};
  PEM_write_X509(create(files.certificate).get(), certificate);
  PEM_write_PrivateKey(create(files.private_key).get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return files;
}

}  // namespace

struct CertificateAuthority::Impl {
  Key key = make_key();
  Certificate certificate;
};

CertificateAuthority::CertificateAuthority(std::string folder, const std::string& name)
    : folder_(std::move(folder)), ca_file_(folder_ + "/" + name + ".pem"), impl_(std::make_unique<Impl>()) {
  impl_->certificate = begin_certificate(name, impl_->key.get(), std::chrono::hours(-48), std::chrono::hours(240));
  X509* root = impl_->certificate.get();
  X509_set_issuer_name(root, X509_get_subject_name(root));
  add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(root, root, NID_subject_key_identifier, "hash");
  add_extension(root, root, NID_authority_key_identifier, "keyid:always");
  check(X509_sign(root, impl_->key.get(), EVP_sha256()) > 0, "signature");
  PEM_write_X509(create(ca_file_).get(), root);
}

CertificateAuthority::~CertificateAuthority() = default;

LeafFiles CertificateAuthority::issue(const std::string& file_stem, const LeafOptions& options) {
  const Key key = make_key(options.rsa);
  const Certificate leaf = make_leaf(options, key.get(), impl_->certificate.get(), impl_->key.get());
  return write(folder_ + "/" + file_stem, leaf.get(), key.get());
}

LeafFiles CertificateAuthority::self_signed(const std::string& file_stem, const LeafOptions& options) {
  const Key key = make_key(options.rsa);
  const Certificate leaf = make_leaf(options, key.get(), nullptr, key.get());
  return write(folder_ + "/" + file_stem, leaf.get(), key.get());
}

std::string make_rsa_private_pem() {
  const Key key = make_key(true);
  const std::unique_ptr<BIO, Free> out(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "RSA PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace marginfix::test
