// Signer: RSA-PSS and Ed25519 with keys made here, every way a key can be wrong, and threads.
#include "marginfix/core/signer.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "marginfix/core/base64.hpp"
#include "marginfix/core/log.hpp"
#include "support/temp_folder.hpp"

namespace marginfix {
namespace {

using Pkey = std::shared_ptr<EVP_PKEY>;

Pkey own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }
Pkey make_rsa(unsigned bits) { return own(EVP_RSA_gen(bits)); }
Pkey make_ed25519() { return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

template <class Write>
std::string pem_text(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
  EXPECT_EQ(write(bio.get()), 1);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string pkcs8(const Pkey& key) {
  return pem_text([&](BIO* bio) { return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}
std::string pkcs1(const Pkey& key) {
  return pem_text([&](BIO* bio) { return PEM_write_bio_PrivateKey_traditional(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}
std::string encrypted(const Pkey& key, std::string passphrase) {
  return pem_text([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), EVP_aes_256_cbc(), passphrase.data(), static_cast<int>(passphrase.size()), nullptr,
                                         nullptr);
  });
}
std::string encrypted_traditional(const Pkey& key, std::string passphrase) {
  return pem_text([&](BIO* bio) {
    return PEM_write_bio_PrivateKey_traditional(bio, key.get(), EVP_aes_128_cbc(), reinterpret_cast<unsigned char*>(passphrase.data()),
                                                static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

// Making RSA keys takes a while: one for all tests.
class SignerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    rsa_ = make_rsa(2048);
    ed_ = make_ed25519();
  }
  static void TearDownTestSuite() {
    rsa_.reset();
    ed_.reset();
  }
  static Result<Signer> load(const std::string& pem, const std::string& passphrase = {}) {
    return Signer::from_pem(SecretString(pem), SecretString(passphrase));
  }
  static std::string problem(const std::string& pem, const std::string& passphrase = {}) {
    const auto signer = load(pem, passphrase);
    if (signer) return "accepted";
    EXPECT_EQ(signer.error().category, ErrorCategory::credentials);
    EXPECT_TRUE(signer.error().context.empty());
    return signer.error().message;
  }
  static inline Pkey rsa_, ed_;
};

// Verifies with OpenSSL directly and the parameters of the specification, so that Signer cannot agree with itself alone.
bool verified_by_openssl(const Pkey& key, std::string_view text, const std::string& base64) {
  const std::string signature = base64_decode(base64).value();
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  const bool rsa = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA;
  EXPECT_EQ(EVP_DigestVerifyInit(context.get(), &parameters, rsa ? EVP_sha256() : nullptr, nullptr, key.get()), 1);
  if (rsa) {
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 32), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, EVP_sha256()), 1);
  }
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

TEST_F(SignerTest, signsWithRsaPssSha256Salt32) {
  const auto signer = load(pkcs8(rsa_)).value();
  EXPECT_EQ(signer.key_type(), KeyType::rsa);
  const auto one = signer.sign("text").value();
  const auto two = signer.sign("text").value();
  EXPECT_NE(one, two) << "the salt is random";
  EXPECT_TRUE(verified_by_openssl(rsa_, "text", one));
  EXPECT_TRUE(signer.verify("text", one));
  EXPECT_TRUE(signer.verify("text", two));
}

TEST_F(SignerTest, signsWithEd25519) {
  const auto signer = load(pkcs8(ed_)).value();
  EXPECT_EQ(signer.key_type(), KeyType::ed25519);
  const auto signature = signer.sign("text").value();
  EXPECT_EQ(base64_decode(signature)->size(), 64U);
  EXPECT_TRUE(verified_by_openssl(ed_, "text", signature));
  EXPECT_TRUE(signer.verify("text", signature));
}

TEST_F(SignerTest, signsEmptyAndBinaryBytes) {
  for (const auto& key : {rsa_, ed_}) {
    const auto signer = load(pkcs8(key)).value();
    for (const std::string& text : {std::string(), std::string("\0\x01\xff", 3), std::string(100'000, 'x')}) {
      EXPECT_TRUE(verified_by_openssl(key, text, signer.sign(text).value()));
    }
  }
}

TEST_F(SignerTest, refusesTamperedTextAndTamperedSignatures) {
  for (const auto& key : {rsa_, ed_}) {
    const auto signer = load(pkcs8(key)).value();
    const auto signature = signer.sign("text").value();
    EXPECT_FALSE(signer.verify("texT", signature));
    auto raw = base64_decode(signature).value();
    raw[raw.size() / 2] = static_cast<char>(raw[raw.size() / 2] ^ 1);
    EXPECT_FALSE(signer.verify("text", base64_encode(raw)));
    EXPECT_FALSE(signer.verify("text", signature.substr(4)));
    EXPECT_FALSE(signer.verify("text", ""));
    EXPECT_FALSE(signer.verify("text", "not base64!"));
  }
  const auto rsa = load(pkcs8(rsa_)).value();
  EXPECT_FALSE(load(pkcs8(ed_)).value().verify("text", rsa.sign("text").value()));
}

TEST_F(SignerTest, refusesASignatureWithAnotherSaltLength) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  ASSERT_EQ(EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, rsa_.get()), 1);
  ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 1);
  ASSERT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 20), 1);
  std::string raw(256, '\0');
  std::size_t size = raw.size();
  ASSERT_EQ(
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(raw.data()), &size, reinterpret_cast<const unsigned char*>("text"), 4),
      1);
  EXPECT_FALSE(load(pkcs8(rsa_)).value().verify("text", base64_encode(raw)));
}

TEST_F(SignerTest, readsPkcs1AndPkcs8AndCrlfAndWrittenOutLineEnds) {
  const auto reference = load(pkcs8(rsa_)).value();
  std::string crlf;
  std::string one_line;
  for (const char c : pkcs8(rsa_)) {
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
    one_line += c == '\n' ? "\\n" : std::string(1, c);
  }
  for (const std::string& pem : {pkcs1(rsa_), pkcs8(rsa_), crlf, one_line, "some words before\n" + pkcs8(rsa_)}) {
    EXPECT_TRUE(reference.verify("text", load(pem).value().sign("text").value())) << pem.substr(0, 40);
  }
}

TEST_F(SignerTest, readsEncryptedKeysWithTheRightPassphraseOnly) {
  for (const std::string& pem :
       {encrypted(rsa_, "correct horse"), encrypted(ed_, "correct horse"), encrypted_traditional(rsa_, "correct horse")}) {
    EXPECT_TRUE(load(pem, "correct horse")) << pem.substr(0, 40);
    EXPECT_EQ(problem(pem), "the private key is encrypted: give its passphrase");
    EXPECT_EQ(problem(pem, "battery staple"), "wrong passphrase for the private key (or the key is damaged)");
  }
  EXPECT_TRUE(load(pkcs8(rsa_), "not needed"));
}

TEST_F(SignerTest, saysWhatTheTextIsInsteadOfAKey) {
  EXPECT_EQ(problem(""), "the private key is empty");
  EXPECT_EQ(problem("hello"),
            "this is no PEM private key: it must begin with '-----BEGIN PRIVATE KEY-----' or '-----BEGIN RSA PRIVATE KEY-----'");
  EXPECT_EQ(problem(load(pkcs8(rsa_)).value().public_pem()),
            "this is a public key, not a private key: give the private key that belongs to it");
  EXPECT_EQ(problem("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
            "this is a certificate, not a private key: give the private key's PEM");
  EXPECT_EQ(problem("-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----\n"),
            "the key is in OpenSSH form: convert it with 'ssh-keygen -p -m PKCS8 -f FILE'");
  std::string cut = pkcs8(rsa_);
  cut.erase(200, 64);
  EXPECT_EQ(problem(cut), "the private key is damaged or of a kind OpenSSL cannot read");
  EXPECT_EQ(problem(std::string(100'000, 'x')), "the private key's text is too large to be a key");
}

// ---- keys as secret stores, containers and CI hand them over ----

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

struct Form {
  const char* name;
  std::string text;
};
std::vector<Form> forms_of(const std::string& pem) {
  std::string utf16 = "\xFF\xFE";
  for (const char c : pem) (utf16 += c) += '\0';
  const std::string one_line = replaced(pem, "\n", "\\n");
  const auto begin = pem.find('\n') + 1, end = pem.find("-----END");
  return {{"as it is", pem},
          {"without its last line end", pem.substr(0, pem.size() - 1)},
          {"CR LF", replaced(pem, "\n", "\r\n")},
          {"byte-order mark", "\xEF\xBB\xBF" + pem},
          {"line ends written out", one_line},
          {"CR LF written out", replaced(pem, "\n", "\\r\\n")},
          {"escaped twice", replaced(pem, "\n", "\\\\n")},
          {"escaped three times", replaced(pem, "\n", "\\\\\\\\n")},
          {"JSON's line ends", replaced(pem, "\n", "\\u000a")},
          {"JSON's slashes", replaced(one_line, "/", "\\/")},
          {"lines continued with backslashes", replaced(pem, "\n", "\\\n")},
          {"quotes of an env file", '"' + one_line + '"'},
          {"single quotes", "'" + pem + "'"},
          {"quotes in quotes", "'\"" + one_line + "\"'"},
          {"line ends turned into blanks", replaced(pem, "\n", " ")},
          {"line ends turned into tabs", replaced(pem, "\n", "\t")},
          {"line ends dropped", replaced(pem, "\n", "")},
          {"indented", "    " + replaced(pem, "\n", "\n    ")},
          {"blank lines between", replaced(pem, "\n", "\n\n")},
          {"text before and behind", "Bag Attributes\n    friendlyName: x\n" + pem + "\nthat is all\n"},
          {"behind a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + pem},
          {"member of a JSON object", "{\"private_key\":\"" + one_line + "\",\"id\":1}"},
          {"base64 of the PEM", base64_encode(pem)},
          {"base64 in lines", replaced(base64_encode(pem), "L", "L\n")},
          {"base64 in quotes", '"' + base64_encode(pem) + '"'},
          {"base64 twice", base64_encode(base64_encode(pem))},
          {"base64 without padding", replaced(base64_encode(pem), "=", "")},
          {"base64 of the escaped text", base64_encode(one_line)},
          {"without BEGIN and END", pem.substr(begin, end - begin)},
          {"DER", base64_decode(replaced(pem.substr(begin, end - begin), "\n", "")).value()},
          {"UTF-16", utf16}};
}

TEST_F(SignerTest, takesAKeyHoweverItsTransportLeftIt) {
  const test::TempFolder folder;
  for (const std::string& pem : {pkcs8(rsa_), pkcs1(rsa_), pkcs8(ed_)}) {
    const std::string expected = load(pem).value().public_pem();
    for (const Form& form : forms_of(pem)) {
      const auto from_text = load(form.text);
      ASSERT_TRUE(from_text) << form.name << ": " << from_text.error().message;
      EXPECT_EQ(from_text->public_pem(), expected) << form.name;
      const auto from_file = Signer::from_file(folder.write("key.pem", form.text));
      ASSERT_TRUE(from_file) << form.name << ": " << from_file.error().message;
      EXPECT_EQ(from_file->public_pem(), expected) << form.name;
    }
  }
}

TEST_F(SignerTest, takesAnEncryptedKeyHoweverItsTransportLeftIt) {
  for (const std::string& pem :
       {encrypted(rsa_, "correct horse"), encrypted_traditional(rsa_, "correct horse"), encrypted(ed_, "correct horse")}) {
    const std::string name = pem.substr(0, 40);
    for (const std::string& text : {replaced(pem, "\n", "\\n"), replaced(pem, "\n", " "), replaced(pem, "\n", ""),
                                    "  " + replaced(pem, "\n", "\n  "), '"' + replaced(pem, "\n", "\\\\n") + '"', base64_encode(pem)}) {
      const auto signer = load(text, "correct horse");
      EXPECT_TRUE(signer) << name << signer.error().message;
    }
    EXPECT_EQ(problem(replaced(pem, "\n", " ")), "the private key is encrypted: give its passphrase");
  }
}

TEST_F(SignerTest, saysWhatTheTransportDidWhereNothingIsLeftToTake) {
  const test::TempFolder folder;
  const std::string pem = pkcs8(rsa_), file = folder.write("secret", pem);
  const auto first_line = pem.substr(0, pem.find('\n'));
  std::string url_decoded = replaced(pem, "\n", "\\n");
  url_decoded[url_decoded.find('+')] = ' ';
  struct Case {
    std::string text;
    const char* says;
  };
  const Case cases[] = {{first_line, "END line is missing"},
                        {pem.substr(0, 500), "END line is missing"},
                        {pem.substr(pem.find("-----END")), "beginning is missing"},
                        {first_line + "\n-----END PRIVATE KEY-----\n", "nothing between"},
                        {replaced(pem, "M", "\xE2\x80\x94"), "base64 does not have"},
                        {url_decoded, "URL decoding"},
                        {file, "path of a file"},
                        {"~/keys/margin.pem", "path of a file"},
                        {"./margin.key", "path of a file"},
                        {"${PRIVATE_KEY}", "did not expand it"},
                        {"$PRIVATE_KEY", "did not expand it"},
                        {"{{ secrets.KEY }}", "did not expand it"},
                        {"arn:aws:secretsmanager:x", "secret store"},
                        {"********", "mask"},
                        {"   ", "empty"},
                        {"\"\"", "empty"}};
  for (const Case& c : cases) {
    const std::string said = problem(c.text);
    EXPECT_NE(said.find(c.says), std::string::npos) << said;
    for (std::size_t at = 60; at + 24 < pem.size(); at += 60) EXPECT_EQ(said.find(pem.substr(at, 24)), std::string::npos) << said;
  }
  // What was undone on the way to a key that cannot be read all the same.
  std::string cut = pem;
  cut.erase(200, 65);
  EXPECT_EQ(problem('"' + replaced(cut, "\n", "\\n") + '"'),
            "the private key is damaged or of a kind OpenSSL cannot read (as it came, it stood in quotes, its line ends were written out)");
}

TEST_F(SignerTest, aKeyWhereItsPathBelongsIsNotShown) {
  const std::string pem = pkcs8(rsa_);
  for (const Form& form : forms_of(pem)) {
    if (form.text.find('\0') != std::string::npos) continue;  // no path can hold it
    const std::string said = Signer::from_file(form.text).error().message;
    EXPECT_NE(said.find("where the path of its file belongs"), std::string::npos) << form.name << said;
    EXPECT_LT(said.size(), 200U) << form.name;
  }
}

TEST_F(SignerTest, findsAFileUnderHome) {
  const test::TempFolder home;
  const auto file = home.write("keys/margin.pem", pkcs8(ed_));
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  const char* const before = std::getenv("HOME");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("HOME", home.path().c_str(), 1);
  const auto signer = Signer::from_file("~/keys/margin.pem");
  const auto missing = Signer::from_file("~/none.pem");
  ::setenv("HOME", kept.c_str(), 1);
  EXPECT_TRUE(signer) << signer.error().message;
  EXPECT_EQ(missing.error().message,
            "there is no private key file '" + home.path("none.pem") + "': give the path of the key downloaded from the exchange");
  EXPECT_NE(Signer::from_file("~nobody/none.pem").error().message.find("'~' is expanded by shells"), std::string::npos);
}

TEST_F(SignerTest, refusesKeysTheExchangeDoesNotTake) {
  EXPECT_EQ(problem(pkcs8(make_rsa(1024))), "the RSA key has 1024 bits: at least 2048 are needed, make a new key");
  EXPECT_EQ(problem(pkcs8(own(EVP_EC_gen("P-256")))),
            "EC keys are not supported by the exchange: make an RSA (2048 bits or more) or Ed25519 key");
  EXPECT_EQ(problem(pkcs8(own(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")))),
            "this kind of key is not supported by the exchange: make an RSA (2048 bits or more) or Ed25519 key");
}

TEST_F(SignerTest, noErrorHoldsKeyMaterial) {
  const std::string pem = encrypted(rsa_, "correct horse");
  std::string cut = pkcs8(rsa_);
  const std::string inside = cut.substr(100, 20);
  cut.erase(200, 64);
  for (const std::string& text : {problem(pem, "battery staple"), problem(cut), problem(cut, "battery staple")}) {
    EXPECT_EQ(text.find("battery"), std::string::npos);
    EXPECT_EQ(text.find(inside), std::string::npos);
  }
}

TEST_F(SignerTest, publicPartVerifiesButDoesNotSign) {
  for (const auto& key : {rsa_, ed_}) {
    const auto signer = load(pkcs8(key)).value();
    const std::string pem = signer.public_pem();
    EXPECT_EQ(pem.find("PRIVATE"), std::string::npos);
    const auto verifier = Signer::from_public_pem(pem).value();
    EXPECT_TRUE(verifier.verify("text", signer.sign("text").value()));
    EXPECT_EQ(verifier.sign("text").error().message, "this is a public key: it can verify signatures, not make them");
    EXPECT_EQ(verifier.public_pem(), pem);
    EXPECT_EQ(verifier.key_type(), signer.key_type());
  }
  EXPECT_FALSE(Signer::from_public_pem("hello"));
  EXPECT_FALSE(Signer::from_public_pem(pkcs8(ed_)));
}

TEST_F(SignerTest, serveManyThreads) {
  for (const auto& key : {rsa_, ed_}) {
    const auto signer = load(pkcs8(key)).value();
    std::vector<int> good(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < good.size(); ++t) {
      threads.emplace_back([&good, t, copy = signer] {
        for (int i = 0; i < 25; ++i) {
          const std::string text = std::to_string(t) + ":" + std::to_string(i);
          good[t] += copy.verify(text, copy.sign(text).value()) ? 1 : 0;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, std::vector<int>(4, 25));
  }
}

class Warnings final : public LogSink {
 public:
  void log(LogLevel level, std::string_view component, std::string_view line) noexcept override {
    lines.push_back(std::string(to_string(level)) + " " + std::string(component) + " " + std::string(line));
  }
  bool enabled(LogLevel /*level*/) const noexcept override { return true; }
  std::vector<std::string> lines;
};

TEST_F(SignerTest, readsKeyFilesAndWarnsWhenOthersCanReadThem) {
  const test::TempFolder folder;
  const std::string path = folder.write("key.pem", pkcs8(ed_));
  Warnings warnings;
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(Signer::from_file(path, {}, &warnings));
  EXPECT_TRUE(warnings.lines.empty());
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_TRUE(Signer::from_file(path, {}, &warnings));
  EXPECT_EQ(warnings.lines, std::vector<std::string>{"warning signer private key file '" + path +
                                                     "' can be read by other users: run 'chmod 600 " + path + "'"});
  EXPECT_TRUE(Signer::from_file(path));
}

TEST_F(SignerTest, fileErrorsNameTheFileAndTheMend) {
  const test::TempFolder folder;
  const std::string missing = folder.path("none.pem");
  EXPECT_EQ(Signer::from_file(missing).error().message,
            "there is no private key file '" + missing + "': give the path of the key downloaded from the exchange");
  EXPECT_EQ(Signer::from_file(folder.path()).error().message, "private key file '" + folder.path() + "' is not a regular file");
  const std::string locked = folder.write("locked.pem", encrypted(ed_, "a"));
  EXPECT_EQ(Signer::from_file(locked).error().message,
            "private key file '" + locked + "': the private key is encrypted: give its passphrase");
  const std::string huge = folder.write("huge.pem", std::string(100'000, 'x'));
  EXPECT_EQ(Signer::from_file(huge).error().message, "private key file '" + huge + "' is too large to be a key");
  EXPECT_EQ(Signer::from_file(folder.write("empty.pem", "")).error().category, ErrorCategory::credentials);
}

TEST(FixLogonPayload, joinsTheFiveFieldsWithSoh) {
  EXPECT_EQ(fix_logon_payload("20261122-18:32:01.123", "A", "1", "key", "KalshiNR"),
            "20261122-18:32:01.123\x01"
            "A\x01"
            "1\x01"
            "key\x01"
            "KalshiNR");
}

// What docs/quickfix.md gives to people who sign a Logon by themselves.
TEST(Signer, TheLogonVectorIsOurs) {
  const std::filesystem::path folder = std::filesystem::path(MARGINFIX_SOURCE_DIR) / "examples/logon";
  const std::string vector = test::TempFolder::read((folder / "vector.txt").string());
  const auto field = [&vector](const std::string& name) {
    const auto at = vector.find("\n" + name + "=") + name.size() + 2;
    return vector.substr(at, vector.find('\n', at) - at);
  };
  const std::string text =
      fix_logon_payload(field("SendingTime"), field("MsgType"), field("MsgSeqNum"), field("SenderCompID"), field("TargetCompID"));
  const Signer ed25519 = Signer::from_file((folder / "ed25519.pem").string()).value();
  EXPECT_EQ(ed25519.sign(text).value(), field("RawData.ed25519"));
  EXPECT_EQ(std::to_string(field("RawData.ed25519").size()), field("RawDataLength.ed25519"));
  EXPECT_EQ(std::to_string(field("RawData.rsa").size()), field("RawDataLength.rsa"));
  const Signer rsa = Signer::from_file((folder / "rsa.pem").string()).value();
  EXPECT_TRUE(rsa.verify(text, field("RawData.rsa")));
  EXPECT_FALSE(rsa.verify(text + " ", field("RawData.rsa")));
}

}  // namespace
}  // namespace marginfix
