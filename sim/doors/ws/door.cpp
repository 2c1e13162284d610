// See door.hpp.
#include "sim/doors/ws/door.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <map>
#include <optional>

#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/http/handover.hpp"
#include "sim/doors/rest/auth.hpp"
#include "sim/doors/ws/protocol.hpp"

namespace marginfix::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace {

constexpr std::string_view kPath = "/trade-api/ws/v2/margin";

struct ConnectionEvents {
  std::function<void()> opened;
  std::function<void(std::string_view)> text;
  std::function<void()> overflowed;
  std::function<void()> gone;
};

// One client's socket.
class WsConnection : public std::enable_shared_from_this<WsConnection> {
 public:
  WsConnection(asio::io_context& io, std::unique_ptr<HttpStream> stream, const WsLimits& limits, ConnectionEvents events,
               ConnectionPlace place)
      : io_(io),
        limits_(limits),
        events_(std::move(events)),
        place_(std::move(place)),
        stream_(std::move(stream)),
        ws_(*stream_),
        heartbeat_(io),
        stuck_(io),
        later_(io) {}

  void start(const beast::http::request<beast::http::string_body>& request) {
    place_.on_close([this, weak = weak_from_this()] {
      asio::post(io_, [weak] {
        if (const auto self = weak.lock()) self->cut();
      });
    });
    ws_.set_option(websocket::stream_base::timeout{std::chrono::seconds(10), websocket::stream_base::none(), false});
    websocket::permessage_deflate deflate;
    deflate.server_enable = true;
    ws_.set_option(deflate);
    ws_.read_message_max(limits_.command_bytes);
    request_ = request;
    ws_.async_accept(request_, [self = shared_from_this()](error_code error) {
      if (self->gone_) return;
      if (error) return self->cut();
      self->open_ = true;
      self->events_.opened();
      self->beat();
      self->read();
    });
  }

  void send(std::string text) {
    if (gone_ || ending_ || overflow_due_) return;
    waiting_bytes_ += text.size();
    if (waiting_bytes_ > limits_.queued_bytes && !overflowing_) return overflow();
    outgoing_.push_back({std::move(text), std::chrono::steady_clock::now() + delay, overflowing_});
    place_.hold(waiting_bytes_);
    pump();
  }

  void end(std::uint16_t code, const std::string& reason) {
    if (gone_ || ending_) return;
    ending_ = true;
    end_code_ = code;
    end_reason_ = reason;
    stuck_.expires_after(std::chrono::seconds(2));
    stuck_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->cut();
    });
    if (!writing_) say_goodbye();
  }

  void cut() {
    if (std::exchange(gone_, true)) return;
    place_.leave();
    heartbeat_.cancel();
    stuck_.cancel();
    later_.cancel();
    error_code ignored;
    stream_->socket().close(ignored);
    if (events_.gone) events_.gone();
    events_ = {};
  }

  // A pending read would still answer pings: it is taken back, and nothing is read or written any more. The socket stays.
  void stall() {
    stalled_ = true;
    error_code ignored;
    stream_->socket().cancel(ignored);
  }

  // The first bytes of a text frame that promises more than ever comes.
  void cut_in_frame() {
    static constexpr char kHalf[] = "\x81\x7e\x10\x00{\"type\":\"ticker\",\"sid\":1,\"msg\":{\"market_ti";
    if (gone_ || writing_) return cut();
    asio::async_write(*stream_, asio::buffer(kHalf, sizeof kHalf - 1),
                      [self = shared_from_this()](error_code, std::size_t) { self->cut(); });
  }

  std::chrono::milliseconds delay{0};  // of what is sent

 private:
  struct Outgoing {
    std::string text;
    std::chrono::steady_clock::time_point due;
    bool last_word{false};  // says that the rest was thrown away: never thrown away itself
  };

  void read() {
    ws_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone_ || self->stalled_) return;
      if (error) return self->cut();
      self->place_.active();
      self->place_.take_turn(self->io_.get_executor(), [self] { self->on_command(); });
    });
  }

  void on_command() {
    if (gone_ || stalled_) return;
    const auto bytes = buffer_.cdata();
    events_.text({static_cast<const char*>(bytes.data()), bytes.size()});
    buffer_.consume(buffer_.size());
    if (!gone_ && !stalled_) read();
  }

  // What waits is thrown away but for the frame that is being written; the errors that say so get in. The protocol is told later: it
  // may be walking this very client's subscriptions.
  void overflow() {
    overflow_due_ = true;
    const auto goes = [](const Outgoing& o) { return !o.last_word; };
    outgoing_.erase(std::remove_if(outgoing_.begin() + (writing_ ? 1 : 0), outgoing_.end(), goes), outgoing_.end());
    waiting_bytes_ = 0;
    for (const Outgoing& o : outgoing_) waiting_bytes_ += o.text.size();
    place_.hold(waiting_bytes_);
    asio::post(io_, [self = shared_from_this()] { self->tell_overflow(); });
  }

  void tell_overflow() {
    overflow_due_ = false;
    if (gone_ || ending_) return;
    overflowing_ = true;
    events_.overflowed();
    overflowing_ = false;
  }

  void pump() {
    if (!open_ || writing_ || outgoing_.empty() || gone_ || stalled_) return;
    writing_ = true;  // from now on: what this turn adds leaves with it, and after the journal
    asio::post(io_, [self = shared_from_this()] { self->write(); });
  }

  void write() {
    if (gone_) return;
    if (stalled_) {
      writing_ = false;
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (outgoing_.front().due > now) {
      later_.expires_at(outgoing_.front().due);
      later_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->write();
      });
      return;
    }
    stuck_.expires_after(limits_.stuck);
    stuck_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->cut();
    });
    ws_.text(true);
    ws_.async_write(asio::buffer(outgoing_.front().text), [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone_ || self->stalled_) return;
      if (error) return self->cut();
      self->on_written();
    });
  }

  void on_written() {
    if (!ending_) stuck_.cancel();
    waiting_bytes_ -= std::min(waiting_bytes_, outgoing_.front().text.size());
    outgoing_.pop_front();
    place_.active();
    place_.hold(waiting_bytes_);
    if (ending_) return say_goodbye();
    if (!outgoing_.empty()) return write();
    writing_ = false;
  }

  void say_goodbye() {
    if (!open_) return cut();
    writing_ = true;
    websocket::close_reason why(static_cast<websocket::close_code>(end_code_));
    why.reason.assign(end_reason_.data(), std::min<std::size_t>(end_reason_.size(), 120));
    ws_.async_close(why, [self = shared_from_this()](error_code) { self->cut(); });
  }

  void beat() {
    heartbeat_.expires_after(limits_.heartbeat);
    heartbeat_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->gone_ || self->ending_) return;
      if (!self->stalled_ && !std::exchange(self->pinging_, true)) {
        self->ws_.async_ping("heartbeat", [self](error_code) { self->pinging_ = false; });
      }
      self->beat();
    });
  }

  asio::io_context& io_;
  const WsLimits limits_;
  ConnectionEvents events_;
  ConnectionPlace place_;
  const std::unique_ptr<HttpStream> stream_;
  websocket::stream<HttpStream&> ws_;
  beast::http::request<beast::http::string_body> request_;
  beast::flat_buffer buffer_;
  asio::steady_timer heartbeat_, stuck_, later_;
  std::deque<Outgoing> outgoing_;
  std::size_t waiting_bytes_{0};
  std::uint16_t end_code_{1000};
  std::string end_reason_;
  bool open_{false}, writing_{false}, ending_{false}, gone_{false}, pinging_{false}, overflowing_{false}, stalled_{false};
  bool overflow_due_{false};  // nothing more is taken until the protocol has been told
};

}  // namespace

struct WsDoor::Impl final : HttpHandler, WsOut, std::enable_shared_from_this<WsDoor::Impl> {
  Impl(asio::io_context& given_io, Exchange& given_exchange, const KeyRing& given_keys, WsDoorOptions given)
      : io(given_io),
        exchange(given_exchange),
        keys(given_keys),
        options(std::move(given)),
        protocol(exchange, *this, options.wall_now),
        server(io, *this, options.server),
        second(io) {
    exchange.add_listener(protocol);
  }

  // ---- HTTP
  HttpReply on_request(const HttpRequest& request) override {
    if (request.path != kPath) return {nested_error(404, "not_found", "not found")};
    return {nested_error(400, "bad_request", "this is a WebSocket: send an Upgrade")};
  }
  std::optional<HttpReply> on_upgrade(const HttpRequest& request) override {
    if (request.path != kPath) return on_request(request);
    const AuthOutcome who = authenticate(request, keys, exchange, options.wall_now(), true);
    if (who.guess && options.brake != nullptr) return options.brake->wrong(request, *who.refusal);
    if (who.refusal) return HttpReply{*who.refusal};
    if (!exchange.charge(who.caller->account, {BucketKind::Read, kDefaultCost}, options.wall_now())) return HttpReply{too_many_requests()};
    caller = who.caller;
    return std::nullopt;
  }
  void take_over(const HttpRequest& request, HttpHandover& handover) override;

  // ---- WsOut
  void send(WsClient client, std::string text) override {
    const auto it = connections.find(client);
    if (it != connections.end()) it->second->send(std::move(text));
  }

  void arm_second();
  template <class Do>
  std::size_t each(std::string_view key_id, Do what) {
    const auto clients = protocol.clients_of(key_id);
    for (const WsClient client : clients) {
      // A copy: what is done may end the connection.
      if (const auto it = connections.find(client); it != connections.end()) what(client, std::shared_ptr<WsConnection>(it->second));
    }
    return clients.size();
  }

  asio::io_context& io;
  Exchange& exchange;
  const KeyRing& keys;
  WsDoorOptions options;
  WsProtocol protocol;
  HttpServer server;
  asio::steady_timer second;
  std::optional<KeyInfo> caller;  // of the upgrade that was just admitted: take_over() follows at once
  std::map<WsClient, std::shared_ptr<WsConnection>> connections;
  WsClient last_client{0};
  std::function<void()> stopped;
  bool ended{false};
};

void WsDoor::Impl::take_over(const HttpRequest&, HttpHandover& handover) {
  const WsClient client = ++last_client;
  KeyInfo who = *std::exchange(caller, std::nullopt);
  const std::string key_id(who.key_id);
  handover.place.prove(key_id);
  ConnectionEvents events;
  const std::weak_ptr<Impl> weak = weak_from_this();
  events.opened = [weak, client, who, key_id]() mutable {
    who.key_id = key_id;  // the exchange's own text may have moved
    if (const auto self = weak.lock()) self->protocol.join(client, who);
  };
  events.text = [weak, client](std::string_view text) {
    const auto self = weak.lock();
    if (!self) return;
    try {
      self->exchange.step(self->options.wall_now());
      self->protocol.command(client, text);
      self->exchange.commit();
    } catch (const Exception& e) {
      self->options.server.log->log(LogLevel::error, "ws", e.what());
      self->send(client, R"({"type":"error","msg":{"code":1,"msg":"Unable to process message: the exchange cannot write its journal"}})");
    }
    if (self->options.engine_used) self->options.engine_used();
  };
  events.overflowed = [weak, client] {
    if (const auto self = weak.lock()) self->protocol.overflow(client);
  };
  events.gone = [weak, client] {
    const auto self = weak.lock();
    if (!self) return;
    self->protocol.leave(client);
    self->connections.erase(client);
    if (self->connections.empty() && self->stopped) std::exchange(self->stopped, nullptr)();
  };
  auto connection =
      std::make_shared<WsConnection>(io, std::move(handover.stream), options.limits, std::move(events), std::move(handover.place));
  connections[client] = connection;
  connection->start(handover.request);
}

void WsDoor::Impl::arm_second() {
  second.expires_after(std::chrono::seconds(1));
  second.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->ended) return;
    self->protocol.on_second();
    self->arm_second();
  });
}

WsDoor::WsDoor(asio::io_context& io, Exchange& exchange, const KeyRing& keys, WsDoorOptions options)
    : impl_(std::make_shared<Impl>(io, exchange, keys, std::move(options))) {}
WsDoor::~WsDoor() { close(); }

Result<std::uint16_t> WsDoor::open() {
  auto port = impl_->server.open();
  if (port) impl_->arm_second();
  return port;
}

void WsDoor::stop(std::function<void()> stopped) {
  impl_->ended = true;
  impl_->second.cancel();
  impl_->server.stop([impl = impl_, stopped = std::move(stopped)]() mutable {
    if (impl->connections.empty()) return stopped();
    impl->stopped = std::move(stopped);
    const auto all = impl->connections;
    for (const auto& [client, connection] : all) connection->end(1001, "the exchange closes");
  });
}

void WsDoor::close() {
  impl_->ended = true;
  impl_->second.cancel();
  impl_->server.close();
  const auto all = impl_->connections;
  for (const auto& [client, connection] : all) connection->cut();
}

std::size_t WsDoor::cut(std::string_view key_id) {
  return impl_->each(key_id, [](WsClient, const auto& connection) { connection->cut(); });
}
std::size_t WsDoor::cut_in_frame(std::string_view key_id) {
  return impl_->each(key_id, [](WsClient, const auto& connection) { connection->cut_in_frame(); });
}
std::size_t WsDoor::skip_seq(std::string_view key_id, std::int64_t count) {
  return impl_->each(key_id, [&](WsClient client, const auto&) { impl_->protocol.skip_seq(client, count); });
}
std::size_t WsDoor::delay(std::string_view key_id, std::chrono::milliseconds by) {
  return impl_->each(key_id, [by](WsClient, const auto& connection) { connection->delay = by; });
}
std::size_t WsDoor::stall(std::string_view key_id) {
  return impl_->each(key_id, [](WsClient, const auto& connection) { connection->stall(); });
}
std::size_t WsDoor::send_text(std::string_view key_id, const std::string& text) {
  return impl_->each(key_id, [&](WsClient, const auto& connection) { connection->send(text); });
}
std::size_t WsDoor::close_with(std::string_view key_id, std::uint16_t code, const std::string& reason) {
  return impl_->each(key_id, [&](WsClient, const auto& connection) { connection->end(code, reason); });
}

}  // namespace marginfix::sim
