#include "bench/peer/client.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace marginfix::bench {
namespace {

constexpr const char* kKeyId = "11111111-2222-3333-4444-555555555555";

// The acceptor looks at no signature; the Logon is signed all the same.
SecretString new_private_key() {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
  const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), &BIO_free);
  if (PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) throw PeerFailure("no private key");
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return SecretString(std::string(data, static_cast<std::size_t>(size)));
}

MarginFixConfig config_of(const PeerOptions& options, SessionKind kind, const std::string& store) {
  MarginFixConfig config;
  Credentials credentials;
  credentials.key_id = kKeyId;
  credentials.private_key = new_private_key();
  SessionConfig& session = config.add(kind, kind == SessionKind::market_data ? TargetSession::MD : options.session, std::move(credentials));
  session.host = options.host;
  session.port = options.port;
  session.tls.enabled = options.tls;
  session.tls.ca_file = options.ca_file;
  session.store_folder = store;
  session.store_sync = options.sync;
  session.send_age_limit = std::chrono::milliseconds(-1);  // a burst may wait for a slow disk
  config.rate_limit = rate_limit_tier("unlimited").value();
  config.rate_limit.max_waiting = std::max<std::size_t>(config.rate_limit.max_waiting, static_cast<std::size_t>(options.count));
  if (options.queue > 0) config.send_queue = static_cast<std::size_t>(options.queue);
  config.spin_wait = options.spin;
  return config;
}

}  // namespace

MarginFixClient make_client(const PeerOptions& options, SessionKind kind, const std::string& store) {
  MarginFixClientOptions client_options;
  client_options.log = null_log_sink();
  return MarginFixClient(config_of(options, kind, store), std::move(client_options));
}

void log_on(MarginFixClient& client) {
  if (const auto started = client.start(); !started) throw PeerFailure(started.error().message);
  if (const auto active = client.wait_until_active(std::chrono::seconds(10)); !active) throw PeerFailure(active.error().message);
}

void Finish::set() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
}

void Finish::wait() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::minutes(2), [this] { return done_; })) throw PeerFailure("no end within two minutes");
}

StoreFolder::StoreFolder(const PeerOptions& options) : path_(options.store) {
  if (options.session != TargetSession::RT || !path_.empty()) return;
  path_ = "marginfix-bench-peer-XXXXXX";
  if (::mkdtemp(path_.data()) == nullptr) throw PeerFailure("cannot make a folder for the store here");
  ours_ = true;
}

StoreFolder::~StoreFolder() {
  std::error_code ignored;
  if (ours_) std::filesystem::remove_all(path_, ignored);
}

}  // namespace marginfix::bench
