// Signatures over OpenSSL 3 EVP. Keys are read from memory we wipe; errors say what to do and never hold key material.
#include "marginfix/core/signer.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "marginfix/core/base64.hpp"
#include "marginfix/core/home_path.hpp"
#include "marginfix/core/log.hpp"
#include "src/core/key_text.hpp"

namespace marginfix {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, Free>;
using BioPtr = std::unique_ptr<BIO, Free>;

constexpr std::size_t kMaxPemSize = 64 * 1024;
constexpr int kLeastRsaBits = 2048;

Error bad_key(std::string message) { return fail(ErrorCategory::credentials, std::move(message)); }

const unsigned char* bytes_of(std::string_view text) noexcept { return reinterpret_cast<const unsigned char*>(text.data()); }

BioPtr memory_bio(std::string_view text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// Answers OpenSSL's question for a passphrase, and remembers that it was asked. Never prompts.
struct PassphraseAsked {
  std::string_view passphrase;
  bool asked{false};

  static int answer(char* buffer, int size, int /*writing*/, void* self) noexcept {
    auto& me = *static_cast<PassphraseAsked*>(self);
    me.asked = true;
    if (me.passphrase.empty() || me.passphrase.size() > static_cast<std::size_t>(size)) return -1;
    std::copy(me.passphrase.begin(), me.passphrase.end(), buffer);
    return static_cast<int>(me.passphrase.size());
  }
};

// For what is in PEM form and could not be read as a private key.
std::string what_it_is_instead(std::string_view pem) {
  const auto holds = [&](std::string_view label) { return pem.find(label) != std::string_view::npos; };
  if (holds("BEGIN OPENSSH PRIVATE KEY")) return "the key is in OpenSSH form: convert it with 'ssh-keygen -p -m PKCS8 -f FILE'";
  if (holds("PRIVATE KEY-----")) return "the private key is damaged or of a kind OpenSSL cannot read";
  if (holds("BEGIN CERTIFICATE-----")) return "this is a certificate, not a private key: give the private key's PEM";
  if (holds("PUBLIC KEY-----")) return "this is a public key, not a private key: give the private key that belongs to it";
  return "this is no private key: give the PEM text that begins with '-----BEGIN PRIVATE KEY-----' or '-----BEGIN RSA PRIVATE KEY-----'";
}

std::string told(const std::string& journey) { return journey.empty() ? std::string() : " (as it came, " + journey + ")"; }

Result<KeyType> accepted_type(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return KeyType::ed25519;
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      break;
    case EVP_PKEY_EC:
      return bad_key("EC keys are not supported by the exchange: make an RSA (2048 bits or more) or Ed25519 key");
    default:
      return bad_key("this kind of key is not supported by the exchange: make an RSA (2048 bits or more) or Ed25519 key");
  }
  const int bits = EVP_PKEY_get_bits(key);
  if (bits >= kLeastRsaBits) return KeyType::rsa;
  return bad_key("the RSA key has " + std::to_string(bits) + " bits: at least " + std::to_string(kLeastRsaBits) +
                 " are needed, make a new key");
}

// RSA: PSS with SHA-256 in both places and a salt as long as the digest. Ed25519 has nothing to choose.
bool set_padding(EVP_PKEY_CTX* context, KeyType type) noexcept {
  if (type == KeyType::ed25519) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

const EVP_MD* digest_of(KeyType type) noexcept { return type == KeyType::ed25519 ? nullptr : EVP_sha256(); }

class File {
 public:
  explicit File(const std::string& path) noexcept : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

// The whole file through plain read(2): stream buffers would keep a copy that nobody wipes.
Result<SecretString> read_key_file(const std::string& given, LogSink* log) {
  if (looks_like_key_text(given)) {
    return bad_key(
        "the private key's text stands where the path of its file belongs: give it as text (KalshiPrivateKey, ..._PRIVATE_KEY, "
        "private_key)");
  }
  const std::string path = home_path(given);
  const std::string name = "private key file '" + path + "'";
  const File file(path);
  const int open_error = errno;
  if (file.descriptor() < 0) {
    if (open_error == ENOENT) {
      const std::string_view tilde =
          path.starts_with("~") ? " ('~' is expanded by shells, and here where HOME is set: write the whole path)" : "";
      return bad_key("there is no " + name + ": give the path of the key downloaded from the exchange" + std::string(tilde));
    }
    return bad_key("cannot open " + name + ": " + std::generic_category().message(open_error));
  }
  struct stat info {};
  if (::fstat(file.descriptor(), &info) != 0 || !S_ISREG(info.st_mode)) return bad_key(name + " is not a regular file");
  if (static_cast<std::size_t>(info.st_size) > kMaxPemSize) return bad_key(name + " is too large to be a key");
  if (log != nullptr && log->enabled(LogLevel::warning)) {
    if (const auto warning = exposure_warning("private key file", path)) log->log(LogLevel::warning, "signer", *warning);
  }
  std::string text(kMaxPemSize, '\0');
  std::size_t size = 0;
  ssize_t got = 0;
  while (size < text.size() && (got = ::read(file.descriptor(), text.data() + size, text.size() - size)) > 0)
    size += static_cast<std::size_t>(got);
  const int read_error = errno;
  SecretString secret(text.substr(0, size));
  wipe(text.data(), text.size());
  if (got < 0) return bad_key("cannot read " + name + ": " + std::generic_category().message(read_error));
  return secret;
}

}  // namespace

struct Signer::Key {
  KeyPtr pkey;
  KeyType type;
  bool can_sign;
};

Result<Signer> Signer::from_pem(const SecretString& pem, const SecretString& passphrase) {
  if (pem.reveal().size() > kMaxPemSize) return bad_key("the private key's text is too large to be a key");
  const KeyText text = read_key_text(pem.reveal());
  if (!text.fault.empty()) return bad_key(text.fault + told(text.journey));
  const BioPtr bio = memory_bio(text.pem.reveal());
  PassphraseAsked asked{passphrase.reveal()};
  ERR_clear_error();
  KeyPtr pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, &PassphraseAsked::answer, &asked));
  ERR_clear_error();
  if (!pkey && asked.asked && passphrase.empty()) return bad_key("the private key is encrypted: give its passphrase");
  if (!pkey && asked.asked) return bad_key("wrong passphrase for the private key (or the key is damaged)");
  if (!pkey) return bad_key(what_it_is_instead(text.pem.reveal()) + told(text.journey));
  const auto type = accepted_type(pkey.get());
  if (!type) return type.error();
  return Signer(std::make_shared<const Key>(Key{std::move(pkey), *type, true}));
}

Result<Signer> Signer::from_file(const std::string& path, const SecretString& passphrase, LogSink* log) {
  const auto pem = read_key_file(path, log);
  if (!pem) return pem.error();
  auto signer = from_pem(*pem, passphrase);
  if (signer) return signer;
  Error error = signer.error();
  error.message = "private key file '" + home_path(path) + "': " + error.message;
  return error;
}

Result<Signer> Signer::from_public_pem(std::string_view pem) {
  if (pem.size() > kMaxPemSize) return bad_key("the public key's text is too large to be a key");
  const BioPtr bio = memory_bio(pem);
  ERR_clear_error();
  KeyPtr pkey(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!pkey) return bad_key("this is not a PEM public key: it must begin with '-----BEGIN PUBLIC KEY-----'");
  const auto type = accepted_type(pkey.get());
  if (!type) return type.error();
  return Signer(std::make_shared<const Key>(Key{std::move(pkey), *type, false}));
}

Result<std::string> Signer::sign(std::string_view bytes) const {
  if (!key_->can_sign) return bad_key("this is a public key: it can verify signatures, not make them");
  const ContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by `context`
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get())), '\0');
  std::size_t size = signature.size();
  const bool done =
      context && EVP_DigestSignInit(context.get(), &parameters, digest_of(key_->type), nullptr, key_->pkey.get()) == 1 &&
      set_padding(parameters, key_->type) &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  if (!done) return bad_key("OpenSSL could not sign with this private key: the key is damaged");
  signature.resize(size);
  return base64_encode(signature);
}

bool Signer::verify(std::string_view bytes, std::string_view base64_signature) const {
  const auto signature = base64_decode(base64_signature);
  if (!signature) return false;
  const ContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by `context`
  const bool good = context && EVP_DigestVerifyInit(context.get(), &parameters, digest_of(key_->type), nullptr, key_->pkey.get()) == 1 &&
                    set_padding(parameters, key_->type) &&
                    EVP_DigestVerify(context.get(), bytes_of(*signature), signature->size(), bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

KeyType Signer::key_type() const noexcept { return key_->type; }

std::string Signer::public_pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key_->pkey.get()) != 1) {
    ERR_clear_error();
    throw Exception(fail(ErrorCategory::internal, "OpenSSL could not write the public key"));
  }
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::optional<std::string> exposure_warning(std::string_view what, const std::string& given) {
  const std::string path = home_path(given);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & (S_IRGRP | S_IROTH)) == 0) return std::nullopt;
  return std::string(what) + " '" + path + "' can be read by other users: run 'chmod 600 " + path + "'";
}

std::string fix_logon_payload(std::string_view sending_time, std::string_view msg_type, std::string_view msg_seq_num,
                              std::string_view sender_comp_id, std::string_view target_comp_id) {
  constexpr char kSoh = '\x01';
  std::string out;
  out.reserve(sending_time.size() + msg_type.size() + msg_seq_num.size() + sender_comp_id.size() + target_comp_id.size() + 4);
  out += sending_time;
  for (const std::string_view part : {msg_type, msg_seq_num, sender_comp_id, target_comp_id}) {
    out += kSoh;
    out += part;
  }
  return out;
}

}  // namespace marginfix
