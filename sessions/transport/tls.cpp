// TLS channel over OpenSSL with a BIO of our own: ciphertext is read straight from the receive buffer and appended straight to the
// outgoing one, no copy in between.
#include "sessions/transport/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <filesystem>

#include "sessions/transport/tls_problem.hpp"

namespace marginfix::transport {

// OpenSSL's C callbacks.
struct TlsCallbacks {
  static int write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
    auto* channel = static_cast<TlsChannel*>(BIO_get_data(bio));
    channel->outgoing_.insert(channel->outgoing_.end(), data, data + size);
    *written = size;
    return 1;
  }

  static int read(BIO* bio, char* out, std::size_t capacity, std::size_t* got) {
    auto* channel = static_cast<TlsChannel*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *got = std::min(capacity, channel->window_size_);
    if (*got == 0) {
      BIO_set_retry_read(bio);
      return 0;
    }
    std::memcpy(out, channel->window_, *got);
    channel->window_ += *got;
    channel->window_size_ -= *got;
    return 1;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static int created(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static int verify(int good, X509_STORE_CTX* store) {
    if (good == 1) return 1;
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* channel = static_cast<TlsChannel*>(SSL_get_app_data(ssl));
    channel->certificate_refused_ = true;
    if (channel->serving) {
      channel->problem_ =
          client_certificate_problem(X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_current_cert(store), channel->ca_file);
      return 0;
    }
    channel->problem_ = certificate_problem(X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_current_cert(store),
                                            X509_STORE_CTX_get_error_depth(store), channel->wanted_name, channel->ca_file);
    return 0;
  }

  static int new_session(SSL* ssl, SSL_SESSION* session) {
    auto* owner = static_cast<ClientTls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    owner->session_.reset(session);
    return 1;  // taken over
  }

  static std::unique_ptr<BIO_METHOD, SslFree> make_method() {
    std::unique_ptr<BIO_METHOD, SslFree> method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "marginfix"));
    BIO_meth_set_write_ex(method.get(), write);
    BIO_meth_set_read_ex(method.get(), read);
    BIO_meth_set_ctrl(method.get(), control);
    BIO_meth_set_create(method.get(), created);
    return method;
  }
};

namespace {

std::string last_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("error {:#x}", code);
}

// Old errors would be taken for those of the next call. There are hardly ever any, and to look is cheaper than to clear.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

bool is_ip_literal(const std::string& name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  return !error;
}

void set_common_options(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);  // fewer calls into our BIO: a whole record, or several, at once
}

// The peer's certificate of a session may have run out since: then a full handshake must say so.
bool still_valid(const SSL_SESSION* session) {
  if (SSL_SESSION_is_resumable(session) == 0) return false;
  // NOLINTNEXTLINE: OpenSSL's getter takes a non-const pointer but does not change the session.
  const X509* peer = SSL_SESSION_get0_peer(const_cast<SSL_SESSION*>(session));
  return peer != nullptr && X509_cmp_current_time(X509_get0_notAfter(peer)) > 0;
}

}  // namespace

TlsChannel::TlsChannel(std::shared_ptr<const void> context, BIO_METHOD* method, SSL* ssl) : context_(std::move(context)), ssl_(ssl) {
  BIO* bio = BIO_new(method);
  BIO_set_data(bio, this);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, this);
}

TlsChannel::~TlsChannel() {
  // OpenSSL forgets the session of a connection that ended without close_notify, but a dropped TCP connection is exactly when a
  // quick resumption is wanted. Truncation is no danger: FIX knows its own messages' lengths and numbers.
  if (!failed_ && SSL_is_init_finished(ssl_.get()) != 0) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

TlsChannel::Step TlsChannel::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return Step::done;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Step::more;
  return fail_handshake();
}

TlsChannel::Step TlsChannel::fail_handshake() {
  failed_ = true;
  const std::string reason = last_openssl_error();
  if (problem_.empty()) problem_ = handshake_problem(reason);
  return Step::failed;
}

void TlsChannel::feed(const char* data, std::size_t size) {
  window_ = data;
  window_size_ = size;
}

// OpenSSL is asked for what there is; that there is no more is known without asking.
bool TlsChannel::has_more() const { return window_size_ > 0 || SSL_has_pending(ssl_.get()) == 1; }

std::size_t TlsChannel::read(char* out, std::size_t capacity) {
  if (closed_ || failed_) return 0;
  std::size_t total = 0;
  forget_errors();
  while (total < capacity && has_more()) {
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), out + total, capacity - total, &got);
    if (result == 1) {
      total += got;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) break;
    if (error == SSL_ERROR_ZERO_RETURN) {
      closed_ = true;
    } else {
      failed_ = true;
      problem_ = fmt::format("the TLS stream is broken: {}", last_openssl_error());
    }
    break;
  }
  return total;
}

bool TlsChannel::write(const char* data, std::size_t size) {
  forget_errors();
  while (size > 0) {
    std::size_t written = 0;
    if (SSL_write_ex(ssl_.get(), data, size, &written) != 1) {
      failed_ = true;
      problem_ = fmt::format("the TLS stream is broken: {}", last_openssl_error());
      return false;
    }
    data += written;
    size -= written;
  }
  return true;
}

void TlsChannel::shutdown() {
  if (failed_ || SSL_is_init_finished(ssl_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

bool TlsChannel::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::unique_ptr<PeerCertificate> TlsChannel::peer_certificate() const {
  X509* shown = SSL_get0_peer_certificate(ssl_.get());
  if (shown == nullptr) return nullptr;
  return std::make_unique<PeerCertificate>(describe_certificate(shown));
}

std::string TlsChannel::version() const { return SSL_get_version(ssl_.get()); }

namespace {

Result<void> use_certificate(SSL_CTX* context, const std::string& certificate_file, const std::string& private_key_file) {
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
    return fail(ErrorCategory::config, fmt::format("cannot use the certificate file '{}': {}", certificate_file, last_openssl_error()));
  if (SSL_CTX_use_PrivateKey_file(context, private_key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(ErrorCategory::config, fmt::format("cannot use the private key file '{}': {}", private_key_file, last_openssl_error()));
  if (SSL_CTX_check_private_key(context) != 1)
    return fail(ErrorCategory::config,
                fmt::format("the private key '{}' does not belong to the certificate '{}'", private_key_file, certificate_file));
  return {};
}

}  // namespace

Result<std::shared_ptr<ClientTls>> ClientTls::create(const TlsOptions& options) {
  std::shared_ptr<ClientTls> made(new ClientTls(options));
  made->method_ = TlsCallbacks::make_method();
  made->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = made->context_.get();
  if (context == nullptr) return fail(ErrorCategory::tls, "OpenSSL cannot make a TLS context: " + last_openssl_error());
  set_common_options(context);
  ERR_clear_error();
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_file(context, options.ca_file.c_str()) != 1) {
    const std::string why = std::filesystem::exists(options.ca_file) ? last_openssl_error() : "there is no such file";
    return fail(ErrorCategory::tls,
                fmt::format("cannot use the CA file '{}': {}; set SSLCertificateAuthoritiesFile / TlsOptions::ca_file to "
                            "a readable PEM file of trusted roots, or leave it out to trust the system's",
                            options.ca_file, why));
  }
  if (!options.certificate_file.empty() || !options.private_key_file.empty()) {
    if (auto used = use_certificate(context, options.certificate_file, options.private_key_file); !used)
      return fail(ErrorCategory::tls, used.error().message);
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, TlsCallbacks::verify);
  SSL_CTX_set_app_data(context, made.get());
  if (options.resume_sessions) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, TlsCallbacks::new_session);
  }
  return made;
}

Result<std::unique_ptr<TlsChannel>> ClientTls::open(const std::string& host) {
  const std::string& name = options_.server_name.empty() ? host : options_.server_name;
  SSL* ssl = SSL_new(context_.get());
  auto channel = std::make_unique<TlsChannel>(shared_from_this(), method_.get(), ssl);
  channel->wanted_name = name;
  channel->ca_file = options_.ca_file;
  bool accepted = false;
  if (is_ip_literal(name)) {  // RFC 6066: no SNI for addresses
    accepted = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  } else {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    accepted = SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
  }
  if (!accepted) return fail(ErrorCategory::tls, fmt::format("'{}' is not a host name that a certificate could be checked against", name));
  if (session_ && still_valid(session_.get())) SSL_set_session(ssl, session_.get());
  session_.reset();  // a TLS 1.3 ticket is for one use; the server sends new ones
  SSL_set_connect_state(ssl);
  return channel;
}

Result<std::shared_ptr<ServerTls>> ServerTls::create(const std::string& certificate_file, const std::string& private_key_file,
                                                     const std::string& client_ca_file) {
  std::shared_ptr<ServerTls> made(new ServerTls);
  made->method_ = TlsCallbacks::make_method();
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = made->context_.get();
  if (context == nullptr) return fail(ErrorCategory::tls, "OpenSSL cannot make a TLS context: " + last_openssl_error());
  set_common_options(context);
  if (auto used = use_certificate(context, certificate_file, private_key_file); !used) return used.error();
  if (!client_ca_file.empty()) {
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(client_ca_file.c_str());
    if (names == nullptr || SSL_CTX_load_verify_file(context, client_ca_file.c_str()) != 1) {
      sk_X509_NAME_pop_free(names, X509_NAME_free);
      return fail(ErrorCategory::config,
                  fmt::format("cannot use the file '{}' of the clients' roots: {}", client_ca_file, last_openssl_error()));
    }
    SSL_CTX_set_client_CA_list(context, names);
    // A resumed session brings its certificate along unverified, however long that has been out of date: each handshake is a whole one.
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, TlsCallbacks::verify);
    made->client_ca_file_ = client_ca_file;
  }
  constexpr unsigned char kSessionContext[] = "marginfix";
  SSL_CTX_set_session_id_context(context, kSessionContext, sizeof(kSessionContext) - 1);
  return made;
}

std::unique_ptr<TlsChannel> ServerTls::open() {
  SSL* ssl = SSL_new(context_.get());
  auto channel = std::make_unique<TlsChannel>(shared_from_this(), method_.get(), ssl);
  channel->serving = true;
  channel->ca_file = client_ca_file_;
  SSL_set_accept_state(ssl);
  return channel;
}

}  // namespace marginfix::transport
