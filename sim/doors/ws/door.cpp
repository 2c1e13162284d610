// The WebSocket door: who may come in, and which connection is whose.
#include "sim/doors/ws/door.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>

#include "sim/doors/http/handover.hpp"
#include "sim/doors/rest/auth.hpp"
#include "sim/doors/ws/connection.hpp"
#include "sim/doors/ws/protocol.hpp"

namespace marginfix::sim {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::string_view kPath = "/trade-api/ws/v2/margin";

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
    exchange.add_sink(protocol);
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
  WsConnectionEvents events;
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
  connections[client] = WsConnection::open(io, handover, options.limits, std::move(events));
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
  return impl_->each(key_id, [by](WsClient, const auto& connection) { connection->delay(by); });
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
