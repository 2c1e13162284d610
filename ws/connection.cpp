// See connection.hpp. The only file of the client, with client_stream, that sees Boost.Beast.
#include "ws/connection.hpp"

#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <charconv>
#include <deque>
#include <filesystem>

#include "marginfix/core/environment.hpp"
#include "marginfix/core/secret.hpp"
#include "rest/client/error_body.hpp"
#include "ws/client_stream.hpp"

namespace marginfix::ws {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using Steady = std::chrono::steady_clock;

std::chrono::seconds retry_after(const websocket::response_type& response) {
  const auto it = response.find(http::field::retry_after);
  if (it == response.end()) return {};
  std::int64_t seconds{};
  const std::string_view text(it->value().data(), it->value().size());
  return std::from_chars(text.data(), text.data() + text.size(), seconds).ec == std::errc() ? std::chrono::seconds(seconds)
                                                                                            : std::chrono::seconds{};
}

std::string_view text_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

// What an answer that is no upgrade says: its body's code and message as REST tells them, and where a redirection leads.
Error refusal(const websocket::response_type& response) {
  const auto status = static_cast<std::int32_t>(response.result_int());
  const rest::ErrorBody body = rest::read_error_body(response.body());
  std::string text = "the exchange declined the WebSocket: HTTP " + std::to_string(status);
  if (const auto to = response.find(http::field::location); to != response.end()) {
    text += ", which leads to " + redact(text_of(to->value()).substr(0, 500)) +
            ": no redirection is followed, a key would go with it; is this the right URL?";
  }
  for (const std::string& part : {body.code, body.message}) {
    if (!part.empty()) text += ": " + redact(std::string_view(part).substr(0, 500));
  }
  const auto kind = response.find(http::field::content_type);
  if (body.code.empty() && body.message.empty() && !response.body().empty() && kind != response.end() &&
      text_of(kind->value()).starts_with("text/plain")) {
    text += ": " + redact(std::string_view(response.body()).substr(0, 200));
  }
  Error error = fail(ErrorCategory::http, text, redact(std::string_view(response.body()).substr(0, 2000)));
  error.status = status;
  error.code = body.code;
  return error;
}

class BeastConnection final : public Connection, public std::enable_shared_from_this<BeastConnection> {
 public:
  BeastConnection(std::unique_ptr<ClientStream> stream, ConnectionOptions options, Callbacks callbacks)
      : options_(std::move(options)),
        callbacks_(std::move(callbacks)),
        stream_(std::move(stream)),
        resolver_(stream_->get_executor()),
        timer_(stream_->get_executor()),
        ws_(*stream_) {}

  void start() override {
    arm(options_.connect_timeout, ErrorCategory::connect, "name look-up and TCP connect took longer than the time-out");
    resolver_.async_resolve(
        options_.host, options_.port, [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
          if (error) return self->fail_with(ErrorCategory::connect, "cannot find " + self->options_.host + ": " + error.message());
          if (self->ended_) return;
          asio::async_connect(self->stream_->socket(), found,
                              [self](error_code failed, const tcp::endpoint&) { self->on_connect(failed); });
        });
  }

  void send(std::string text) override {
    outgoing_.push_back(std::move(text));
    if (open_ && !writing_) write();
  }

  void pause_reading(bool paused) override {
    if (paused_ == paused) return;
    paused_ = paused;
    if (paused || !open_ || reading_) return;
    last_heard_ = Steady::now();
    read();
  }

  void close(std::string_view reason) override {
    if (!open_ || closing_) {
      if (!open_) end({fail(ErrorCategory::closed, "closed before it was open"), {}, {}, 0, {}, false});
      return;
    }
    closing_ = true;
    arm(options_.close_timeout, ErrorCategory::closed, "the exchange did not answer the close in time");
    websocket::close_reason why(websocket::close_code::normal);
    why.reason.assign(reason.data(), std::min<std::size_t>(reason.size(), 120));
    ws_.async_close(why, [self = shared_from_this()](error_code) {
      self->end({fail(ErrorCategory::closed, "closed by us"), 1000, {}, 0, {}, true});
    });
    if (paused_) pause_reading(false);  // the answer must be read
  }

  void abandon() override {
    ended_ = true;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    stream_->socket().close(ignored);
    callbacks_ = {};
  }

 private:
  void on_connect(error_code error) {
    if (ended_) return;
    if (error) return fail_with(ErrorCategory::connect, "cannot connect to " + options_.host + ": " + error.message());
    error_code ignored;
    stream_->socket().set_option(tcp::no_delay(true), ignored);
    if (options_.tls) arm(options_.connect_timeout, ErrorCategory::tls, "the TLS handshake took longer than the time-out");
    stream_->handshake(options_.host, [self = shared_from_this()](error_code failed) {
      if (failed) return self->fail_with(ErrorCategory::tls, self->tls_problem(failed));
      self->upgrade();
    });
  }

  std::string tls_problem(error_code error) {
    if (const std::string problem = stream_->certificate_problem(); !problem.empty())
      return "the certificate of " + options_.host + " is not accepted: " + problem + " (own roots: ca_file)";
    return "TLS handshake with " + options_.host + " failed: " + error.message() +
           " (the name in the certificate, or no TLS on this port?)";
  }

  void upgrade() {
    if (ended_) return;
    arm(options_.connect_timeout, ErrorCategory::timeout, "the exchange did not answer the upgrade in time");
    ws_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(), false});
    websocket::permessage_deflate deflate;
    deflate.client_enable = options_.compression;
    ws_.set_option(deflate);
    ws_.read_message_max(options_.most_message);
    ws_.set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
      request.set(http::field::user_agent, options_.user_agent);
      for (const auto& [name, value] : options_.headers) request.set(name, value);
    }));
    ws_.control_callback([this](websocket::frame_type, beast::string_view) { last_heard_ = Steady::now(); });
    const std::string host = options_.host.find(':') == std::string::npos ? options_.host : '[' + options_.host + ']';
    ws_.async_handshake(response_, host + (options_.port == "https" ? "" : ':' + options_.port), options_.target,
                        [self = shared_from_this()](error_code error) { self->on_upgrade(error); });
  }

  void on_upgrade(error_code error) {
    if (ended_) return;
    if (error) {
      ConnectionEnd how{fail(ErrorCategory::connect, "the upgrade failed: " + error.message()), {}, {}, 0, {}, false};
      if (error == websocket::error::upgrade_declined) {
        how.http_status = static_cast<std::int32_t>(response_.result_int());
        how.retry_after = retry_after(response_);
        how.error = refusal(response_);
      }
      return end(std::move(how));
    }
    open_ = true;
    last_heard_ = Steady::now();
    watch();
    callbacks_.on_open();
    if (ended_) return;
    if (!outgoing_.empty() && !writing_) write();
    if (!paused_) read();
  }

  void read() {
    reading_ = true;
    ws_.async_read_some(buffer_, 0, [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
  }

  void on_read(error_code error) {
    reading_ = false;
    if (ended_) return;
    if (error) return on_read_error(error);
    last_heard_ = Steady::now();
    if (ws_.is_message_done()) {
      const auto bytes = buffer_.cdata();
      callbacks_.on_text({static_cast<const char*>(bytes.data()), bytes.size()});
      buffer_.consume(buffer_.size());
    }
    if (!ended_ && !paused_) read();
  }

  void on_read_error(error_code error) {
    if (closing_) return;  // async_close reports
    ConnectionEnd how{fail(ErrorCategory::closed, "the connection broke: " + error.message()), {}, {}, 0, {}, true};
    if (buffer_.size() > 0) {
      how.error.message += " (in the middle of a frame, " + std::to_string(buffer_.size()) + " bytes of it had come)";
      const auto bytes = buffer_.cdata();
      how.error.context = redact({static_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 2000)});
    }
    if (error == websocket::error::closed) {
      how.code = static_cast<std::uint16_t>(ws_.reason().code);
      how.reason = std::string(ws_.reason().reason.data(), ws_.reason().reason.size());
      how.error = fail(ErrorCategory::closed, "the exchange closed the connection, code " + std::to_string(*how.code) +
                                                  (how.reason.empty() ? "" : ": " + how.reason));
      how.error.status = *how.code;
    }
    end(std::move(how));
  }

  void write() {
    writing_ = true;
    ws_.text(true);
    ws_.async_write(asio::buffer(outgoing_.front()), [self = shared_from_this()](error_code error, std::size_t) {
      if (self->ended_) return;
      if (error) return;  // the reader meets it too, with the reason
      self->outgoing_.pop_front();
      self->writing_ = false;
      if (!self->outgoing_.empty()) self->write();
    });
  }

  // Own pings, and the check that anything at all came in: a connection that we do not read has an excuse.
  void watch() {
    const auto step = std::min(options_.ping_interval, options_.liveness_timeout / 2);
    timer_.expires_after(step);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->ended_ || self->closing_) return;
      if (self->paused_) self->last_heard_ = Steady::now();
      if (Steady::now() - self->last_heard_ >= self->options_.liveness_timeout) {
        return self->fail_with(ErrorCategory::timeout, "nothing came from the exchange, not even a pong, for the liveness time-out");
      }
      self->ping();
      self->watch();
    });
  }

  void ping() {
    if (std::exchange(pinging_, true)) return;
    ws_.async_ping({}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
  }

  void arm(std::chrono::milliseconds after, ErrorCategory category, const char* text) {
    timer_.expires_after(after);
    timer_.async_wait([self = shared_from_this(), category, text](error_code error) {
      if (!error && !self->ended_) self->fail_with(category, text);
    });
  }

  void fail_with(ErrorCategory category, std::string text) { end({fail(category, std::move(text)), {}, {}, 0, {}, open_}); }

  void end(ConnectionEnd how) {
    if (std::exchange(ended_, true)) return;
    open_ = false;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    stream_->socket().close(ignored);
    auto callbacks = std::exchange(callbacks_, {});
    if (callbacks.on_end) callbacks.on_end(std::move(how));
  }

  const ConnectionOptions options_;
  Callbacks callbacks_;
  const std::unique_ptr<ClientStream> stream_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  websocket::stream<ClientStream&> ws_;
  websocket::response_type response_;
  beast::flat_buffer buffer_;
  std::deque<std::string> outgoing_;
  Steady::time_point last_heard_{};
  bool open_{false}, closing_{false}, ended_{false}, paused_{false}, reading_{false}, writing_{false}, pinging_{false};
};

Result<std::shared_ptr<asio::ssl::context>> client_context(const std::string& ca_file) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(asio::ssl::verify_peer);
  error_code error;
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
  }
  if (error && !ca_file.empty() && !std::filesystem::exists(ca_file))
    return fail(ErrorCategory::tls, "there is no CA file '" + ca_file + "': give the PEM file of the roots to trust");
  if (error)
    return fail(ErrorCategory::tls, "cannot read the trusted roots" + (ca_file.empty() ? "" : " in " + ca_file) + ": " + error.message());
  return context;
}

}  // namespace

Result<std::shared_ptr<Connection>> Connection::make(const asio::any_io_executor& executor, ConnectionOptions options,
                                                     Callbacks callbacks) {
  if (!options.tls) {
    if (!is_loopback_host(options.host)) {
      return fail(ErrorCategory::config, "ws:// is for loopback only, not for " + options.host + ": use wss://");
    }
    return std::shared_ptr<Connection>(
        std::make_shared<BeastConnection>(ClientStream::plain(executor), std::move(options), std::move(callbacks)));
  }
  auto context = client_context(options.ca_file);
  if (!context) return context.error();
  return std::shared_ptr<Connection>(
      std::make_shared<BeastConnection>(ClientStream::tls(executor, *std::move(context)), std::move(options), std::move(callbacks)));
}

}  // namespace marginfix::ws
