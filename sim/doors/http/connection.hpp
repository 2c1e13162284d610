// One connection of the HTTP server: Beast parses; reading, writing and time are ours. Part of server.cpp, which alone includes it (heavy:
// Asio, Beast).
#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "marginfix/core/uuid.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/http/handover.hpp"
#include "sim/doors/http/server.hpp"
#include "sim/doors/http/stream.hpp"

namespace marginfix::sim::http_detail {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

class Connection;

// What connections need of their server; outlives them through shared_ptr, so that a closed server leaves nothing dangling.
struct Shared {
  HttpHandler& handler;
  HttpServerOptions options;
  std::set<Connection*> connections;
  UuidSource ids;
  std::function<void()> stopped;
  bool stopping{false};

  void note(LogLevel level, const std::string& line) const {
    if (options.log->enabled(level)) options.log->log(level, options.name, line);
  }
  void all_gone_perhaps() {
    if (stopping && connections.empty() && stopped) std::exchange(stopped, nullptr)();
  }
};

inline std::string peer_text(const tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return "?";
  const std::string address = endpoint.address().to_string(error);
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

// A request through a proxy names the whole URL.
inline std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

inline HttpRequest to_request(const http::request<http::string_body>& from, const std::string& peer) {
  HttpRequest request;
  request.peer = peer;
  request.method.assign(from.method_string().data(), from.method_string().size());
  std::string_view target = origin_form({from.target().data(), from.target().size()});
  target = target.substr(0, target.find('#'));
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  for (const auto& field : from) request.headers.emplace_back(field.name_string(), field.value());
  return request;
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, std::shared_ptr<Shared> shared, std::unique_ptr<HttpStream> stream)
      : shared_(std::move(shared)), stream_(std::move(stream)), deadline_(io) {
    shared_->connections.insert(this);
  }
  ~Connection() { shared_->connections.erase(this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    error_code ignored;
    peer_ = peer_text(socket());
    socket().set_option(tcp::no_delay(true), ignored);
    phase_ = Phase::Handshake;
    place_ = shared_->options.connections->enter([weak = weak_from_this(), executor = socket().get_executor()] {
      asio::post(executor, [weak] {
        if (const auto self = weak.lock()) self->give_way();
      });
    });
    if (!place_) return give_way();
    arm(limits().handshake);
    handshake();
  }

  // The server closes: at once when nothing is under way, else after the answer.
  void finish_up() {
    keep_alive_ = false;
    if (phase_ == Phase::Reading) {
      phase_ = Phase::Leaving;
      error_code ignored;
      socket().cancel(ignored);
    } else if (phase_ == Phase::Handshake) {
      abort();
    }
  }

  void abort() {
    if (phase_ == Phase::Gone) return;
    phase_ = Phase::Gone;
    deadline_.cancel();
    place_.leave();
    error_code ignored;
    socket().close(ignored);
    shared_->connections.erase(this);
    shared_->all_gone_perhaps();
  }

 private:
  enum class Phase : std::uint8_t { Handshake, Reading, Answering, Leaving, Gone };
  using Parser = http::request_parser<http::string_body>;

  tcp::socket& socket() { return stream_->socket(); }
  const HttpLimits& limits() const { return shared_->options.limits; }

  // The peer has said something that takes a while to answer.
  void take_turn(std::function<void()> work) {
    place_.heard();
    // Weak: the deadline keeps it alive while it waits. The wait is not the peer's silence.
    place_.take_turn(socket().get_executor(), [weak = weak_from_this(), work = std::move(work)] {
      const auto self = weak.lock();
      if (!self || self->phase_ == Phase::Gone) return;
      self->place_.active();
      work();
    });
  }

  void handshake() {
    if (!stream_->shakes_hands()) return next_request();
    socket().async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      if (error) return self->abort();
      self->take_turn([connection = self.get()] { connection->shake_hands(); });
    });
  }

  void shake_hands() {
    stream_->handshake([self = shared_from_this()](error_code error) {
      if (error) return self->abort();
      if (self->phase_ != Phase::Gone) self->next_request();
    });
  }

  void read_some() {
    stream_->async_read_some(asio::buffer(chunk_),
                             [self = shared_from_this()](error_code error, std::size_t size) { self->on_read(error, size); });
  }

  void write(std::array<asio::const_buffer, 2> what) {
    asio::async_write(*stream_, what, [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); });
  }

  void on_read(error_code error, std::size_t size) {
    if (phase_ == Phase::Gone) return;
    if (phase_ == Phase::Leaving) return leave();
    if (error) return abort();
    if (in_.empty() && !parser_->is_header_done()) arm(limits().request);
    in_.append(chunk_.data(), size);
    place_.heard();
    parse();
    if (phase_ == Phase::Reading) place_.hold(in_.size() + parser_->get().body().size());
  }

  void on_written(error_code error) {
    if (phase_ == Phase::Gone) return;
    if (error || broken_off_) return abort();
    if (phase_ == Phase::Reading) return read_some();  // that was a 100 Continue
    if (!keep_alive_ || shared_->stopping) return leave();
    next_request();
  }

  // Reads what the peer still sends, so that closing does not reset the connection under our last answer.
  void drain() {
    if (phase_ == Phase::Gone) return;
    error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    drain_on();
  }

  void give_way() {
    shared_->note(LogLevel::info, peer_ + ": closed, its place is needed");
    abort();
  }

  // ---- time
  void arm(milliseconds after) {
    deadline_.expires_after(after);
    // Keeps the connection alive, also while nothing but a delayed answer is pending; abort() cancels.
    deadline_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && self->deadline_.expiry() <= asio::steady_timer::clock_type::now()) self->on_deadline();
    });
  }

  void on_deadline() {
    if (phase_ == Phase::Gone) return;
    if (delayed_) return send(*std::exchange(delayed_, std::nullopt));
    if (phase_ != Phase::Reading) return abort();
    const bool idle = in_.empty() && !parser_->is_header_done();
    shared_->note(LogLevel::debug, peer_ + (idle ? ": idle, closed" : ": the request did not come in time"));
    finish_up();
    timed_out_ = !idle;
  }

  // ---- reading
  void next_request() {
    phase_ = Phase::Reading;
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(static_cast<std::uint32_t>(limits().header_bytes));
    parser_->body_limit(limits().body_bytes);
    continued_ = timed_out_ = head_only_ = false;
    place_.hold(in_.size());
    out_body_ = std::string();  // a big answer is not kept for as long as the connection
    arm(!in_.empty() ? limits().request : served_ ? limits().idle : std::min(limits().idle, limits().first_request));
    if (in_.empty()) return read_some();
    parse();
  }

  void parse() {
    while (!in_.empty() && !parser_->is_done()) {
      error_code error;
      const std::size_t used = parser_->put(asio::buffer(in_), error);
      in_.erase(0, used);
      if (error == http::error::need_more || (!error && used == 0)) break;
      if (error) return refuse(error);
    }
    if (parser_->is_done()) return handle();
    if (parser_->is_header_done() && !continued_ && same_token(header(http::field::expect), "100-continue")) {
      continued_ = true;
      out_head_ = "HTTP/1.1 100 Continue\r\n\r\n";
      return write({asio::buffer(out_head_), asio::const_buffer()});
    }
    read_some();
  }

  std::string_view header(http::field name) const {
    const auto value = parser_->get()[name];
    return {value.data(), value.size()};
  }

  void refuse(error_code error) {
    keep_alive_ = false;
    in_.clear();
    if (error == http::error::body_limit) return respond({flat_error(413, "request_too_large", "the request's body is too large")});
    if (error == http::error::header_limit) return respond({flat_error(431, "headers_too_large", "the request's headers are too large")});
    respond({flat_error(400, "bad_request", "this is no HTTP/1.1 request")});
  }

  // ---- answering
  void handle() {
    phase_ = Phase::Answering;
    served_ = true;
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    head_only_ = message.method() == http::verb::head;
    HttpRequest request = to_request(message, peer_);
    gzip_ = accepts_gzip(request.header("Accept-Encoding"));
    const bool upgrade = !request.header("Upgrade").empty() && in_.empty();
    if (!upgrade) request.body = std::move(message.body());
    place_.active();
    arm(limits().write);  // others may have their turn first
    take_turn([this, asked = std::make_shared<Asked>(Asked{std::move(message), std::move(request), upgrade})] { answer(*asked); });
  }

  struct Asked {
    http::request<http::string_body> message;  // without its body, which is the request's, unless it is an upgrade
    HttpRequest request;
    bool upgrade;
  };

  void answer(Asked& asked) {
    const HttpRequest& request = asked.request;
    std::optional<HttpReply> reply = ask(request, asked.upgrade);
    if (phase_ == Phase::Gone) return;
    if (reply) {
      place_.prove(reply->proven_key);
      shared_->note(LogLevel::debug, peer_ + " " + request.method + " " + request.path + " " + std::to_string(reply->answer.status));
      return respond(std::move(*reply));
    }
    HttpHandover connection;
    connection.request = std::move(asked.message);
    phase_ = Phase::Gone;
    deadline_.cancel();
    connection.stream = std::move(stream_);
    connection.place = std::move(place_);
    shared_->connections.erase(this);
    shared_->handler.take_over(request, connection);
    shared_->all_gone_perhaps();
  }

  std::optional<HttpReply> ask(const HttpRequest& request, bool upgrade) {
    try {
      if (upgrade) return shared_->handler.on_upgrade(request);
      return shared_->handler.on_request(request);
    } catch (const std::exception& e) {
      shared_->note(LogLevel::error, request.method + " " + request.path + ": " + e.what());
      return HttpReply{nested_error(500, "internal_error", "internal error")};
    }
  }

  void respond(HttpReply reply) {
    phase_ = Phase::Answering;
    if (reply.delay.count() == 0) return send(std::move(reply));
    arm(reply.delay);
    delayed_ = std::move(reply);
  }

  void send(HttpReply reply) {
    if (phase_ == Phase::Gone) return;
    if (reply.ending == HttpEnding::Unanswered) return abort();
    out_body_ = std::move(reply.answer.body);
    const bool packed = gzip_ && out_body_.size() >= limits().gzip_from;
    if (packed) out_body_ = gzip(out_body_);
    write_head(reply, packed);
    broken_off_ = reply.ending == HttpEnding::CutBody;
    if (broken_off_) out_body_.resize(out_body_.size() / 2);
    if (head_only_) out_body_.clear();
    place_.hold(in_.size() + out_body_.size());
    arm(limits().write);
    write({asio::buffer(out_head_), asio::buffer(out_body_)});
  }

  void write_head(const HttpReply& reply, bool packed) {
    char id[UuidSource::kTextSize];
    shared_->ids.write(id);
    out_head_ = "HTTP/1.1 " + std::to_string(reply.answer.status) + " ";
    out_head_ += reason_phrase(reply.answer.status);
    out_head_ += "\r\nDate: " + http_date(system_clock().now()) + "\r\nX-Request-Id: ";
    out_head_.append(id, sizeof id);
    if (reply.answer.status != 204) {
      out_head_ += "\r\nContent-Type: " + reply.content_type + "\r\nContent-Length: " + std::to_string(out_body_.size());
    }
    if (packed) out_head_ += "\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding";
    for (const auto& [name, value] : reply.headers) out_head_.append("\r\n").append(name).append(": ").append(value);
    out_head_ += keep_alive_ && !shared_->stopping ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  }

  // ---- the end
  void leave() {
    if (std::exchange(timed_out_, false)) {
      keep_alive_ = false;
      return respond({flat_error(408, "request_timeout", "the request did not come in time")});
    }
    phase_ = Phase::Leaving;
    arm(limits().linger);
    stream_->say_goodbye([self = shared_from_this()] { self->drain(); });
  }

  void drain_on() {
    socket().async_read_some(asio::buffer(chunk_), [self = shared_from_this()](error_code error, std::size_t) {
      if (self->phase_ == Phase::Gone) return;
      if (error) return self->abort();
      self->drain_on();
    });
  }

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<HttpStream> stream_;  // null: it was given away
  std::array<char, 16 * 1024> chunk_{};
  asio::steady_timer deadline_;
  std::string peer_;
  ConnectionPlace place_;
  Phase phase_{Phase::Handshake};
  std::optional<Parser> parser_;
  std::string in_;  // received, not yet parsed
  std::string out_head_, out_body_;
  std::optional<HttpReply> delayed_;
  bool keep_alive_{true}, gzip_{false}, head_only_{false};
  bool served_{false};      // it has sent a request before
  bool continued_{false};   // 100 Continue was sent
  bool timed_out_{false};   // answer 408 before leaving
  bool broken_off_{false};  // a fault: close after what is being written
};

}  // namespace marginfix::sim::http_detail
