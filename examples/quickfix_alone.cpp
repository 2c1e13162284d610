// QuickFIX C++ without marginfix: the Logon(A) signed in toAdmin(), by OpenSSL alone. C++14. docs/quickfix.md, "QuickFIX alone".
//   quickfix_alone CFG                                       logs on (SSLSocketInitiator), says so, logs out
//   quickfix_alone sign KEY.pem 52 34 49 56                  RawData(96) of a Logon with these fields
//   quickfix_alone verify KEY.pem 52 34 49 56 RawData        exit code 0: it is this key's
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <quickfix/Application.h>
#include <quickfix/FileLog.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#ifndef HAVE_SSL
#define HAVE_SSL 1  // the packaged library was built with it
#endif
#include <quickfix/SSLSocketInitiator.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#ifdef EXCEPT  // QuickFIX 1.16 and its C++17
#define QUICKFIX_THROWS(...)
#else
#define QUICKFIX_THROWS(...) throw(__VA_ARGS__)
#pragma GCC diagnostic ignored "-Wdeprecated"
#endif

// Signs with the private key of an API key: RSA (2048 bits or more) or Ed25519.
class LogonSigner {
 public:
  explicit LogonSigner(const std::string& pem_file) {
    std::FILE* const file = std::fopen(pem_file.c_str(), "r");
    if (file == nullptr) throw std::runtime_error("cannot open " + pem_file);
    key_.reset(PEM_read_PrivateKey(file, nullptr, nullptr, nullptr), EVP_PKEY_free);
    std::fclose(file);
    if (!key_) throw std::runtime_error("no private key in " + pem_file);
  }

  // SendingTime(52), MsgType(35), MsgSeqNum(34), SenderCompID(49) and TargetCompID(56), each as it stands in the message.
  static std::string text(const std::string& sending_time, const std::string& number, const std::string& sender,
                          const std::string& target) {
    return sending_time + '\001' + "A" + '\001' + number + '\001' + sender + '\001' + target;
  }

  std::string sign(const std::string& text) const {
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    std::vector<unsigned char> signature(static_cast<std::size_t>(EVP_PKEY_size(key_.get())));
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), &options, digest(), nullptr, key_.get()) != 1 || !choose(options) ||
        EVP_DigestSign(context.get(), signature.data(), &size, bytes(text), text.size()) != 1)
      throw std::runtime_error("OpenSSL cannot sign with this key");
    std::string base64(4 * ((size + 2) / 3) + 1, '\0');
    base64.resize(
        static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(&base64[0]), signature.data(), static_cast<int>(size))));
    return base64;
  }

  bool verify(const std::string& text, const std::string& base64) const {
    std::vector<unsigned char> signature(base64.size());
    int size = EVP_DecodeBlock(signature.data(), bytes(base64), static_cast<int>(base64.size()));
    for (std::size_t end = base64.size(); size > 0 && end > 0 && base64[end - 1] == '='; --end) --size;
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    return size > 0 && EVP_DigestVerifyInit(context.get(), &options, digest(), nullptr, key_.get()) == 1 && choose(options) &&
           EVP_DigestVerify(context.get(), signature.data(), static_cast<std::size_t>(size), bytes(text), text.size()) == 1;
  }

 private:
  using Context = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;
  static const unsigned char* bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }
  bool ed25519() const { return EVP_PKEY_base_id(key_.get()) == EVP_PKEY_ED25519; }
  const EVP_MD* digest() const { return ed25519() ? nullptr : EVP_sha256(); }
  // RSA: PSS, SHA-256 in both places, a salt as long as the digest. Ed25519 has nothing to choose.
  bool choose(EVP_PKEY_CTX* options) const {
    return ed25519() || (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1 &&
                         EVP_PKEY_CTX_set_rsa_mgf1_md(options, EVP_sha256()) == 1);
  }

  std::shared_ptr<EVP_PKEY> key_;
};

class Application : public FIX::NullApplication {
 public:
  explicit Application(const LogonSigner& signer) : signer_(signer) {}
  bool logged_on() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(15), [this] { return logged_on_; });
  }

 private:
  void toAdmin(FIX::Message& message, const FIX::SessionID& session) override {
    const FIX::Header& header = message.getHeader();
    if (header.getField(FIX::FIELD::MsgType) != "A") return;
    // 141=Y: QuickFIX numbers the Logon 1, whatever stands here now.
    const bool reset = message.isSetField(FIX::FIELD::ResetSeqNumFlag) && message.getField(FIX::FIELD::ResetSeqNumFlag) == "Y";
    const std::string number = reset ? "1" : header.getField(FIX::FIELD::MsgSeqNum);
    const std::string signature = signer_.sign(LogonSigner::text(
        header.getField(FIX::FIELD::SendingTime), number, session.getSenderCompID().getString(), session.getTargetCompID().getString()));
    message.setField(FIX::RawDataLength(static_cast<int>(signature.size())));
    message.setField(FIX::RawData(signature));
  }
  void onLogon(const FIX::SessionID&) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    logged_on_ = true;
    changed_.notify_all();
  }

  const LogonSigner& signer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool logged_on_ = false;
};

int log_on(const std::string& cfg) {
  const FIX::SessionSettings settings(cfg, true);
  const FIX::SessionID session = *settings.getSessions().begin();
  const LogonSigner signer(settings.get(session).getString("KalshiPrivateKeyPath"));  // our name for it; QuickFIX does not mind
  Application application(signer);
  FIX::MemoryStoreFactory stores;
  FIX::FileLogFactory logs(settings);
  FIX::SSLSocketInitiator initiator(application, stores, settings, logs);
  initiator.start();
  const bool done = application.logged_on();
  initiator.stop();
  std::cout << (done ? "logged on" : "no answer to the Logon: see FileLogPath") << '\n';
  return done ? 0 : 1;
}

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 1) return log_on(words[0]);
    if (words.size() < 6 || (words[0] != "sign" && words[0] != "verify")) return 2;
    const LogonSigner signer(words[1]);
    const std::string text = LogonSigner::text(words[2], words[3], words[4], words[5]);
    if (words[0] == "verify") return words.size() == 7 && signer.verify(text, words[6]) ? 0 : 1;
    std::cout << signer.sign(text) << '\n';
    return 0;
  } catch (const FIX::Exception& error) {
    std::cerr << error.what() << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  return 2;
}
