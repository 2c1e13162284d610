#include "sim/http_doors.hpp"

#include "sim/doors/http/endpoint_door.hpp"
#include "sim/doors/http/server.hpp"
#include "sim/doors/klear/access.hpp"
#include "sim/doors/klear/klear_endpoints.hpp"
#include "sim/doors/klear/report_files.hpp"
#include "sim/doors/rest/gate.hpp"
#include "sim/keys/secrets.hpp"

namespace marginfix::sim {
namespace {

constexpr const char* kRestBase = "/trade-api/v2";
constexpr const char* kKlearBase = "/klear-api/v1";

HttpServerOptions server_options(const HttpDoorsOptions& options, std::string name, std::uint16_t port) {
  HttpServerOptions server;
  server.name = std::move(name);
  server.host = options.host;
  server.port = port;
  server.tls = options.tls;
  server.certificate_file = options.identity.certificate.string();
  server.private_key_file = options.identity.private_key.string();
  server.connections = options.connections;
  server.log = options.log;
  return server;
}

std::string url(const HttpDoorsOptions& options, std::uint16_t port, const char* path) {
  const bool v6 = options.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + options.host + "]" : options.host;
  return (options.tls ? "https://" : "http://") + host + ":" + std::to_string(port) + path;
}

}  // namespace

struct HttpDoors::Impl {
  Impl(boost::asio::io_context& io, Exchange& exchange, KeyRing& the_keys, HttpDoorsOptions given)
      : options(std::move(given)),
        keys(the_keys),
        rest_context{exchange, options.wall_now, options.read_lag},
        klear_context{exchange},
        rest_gate(exchange, keys, options.wall_now, options.brake),
        klear_gate(klear_access, options.brake),
        rest(kRestBase, rest_gate, turn(exchange)),
        klear(kKlearBase, klear_gate, turn(exchange)),
        rest_server(io, rest, server_options(options, "rest", options.rest_port)),
        klear_server(io, klear, server_options(options, "klear", options.klear_port)) {
    klear_context.key_added = [this](std::string_view key_id, const Signer& half) { keys.set(std::string(key_id), half); };
    klear_context.key_removed = [this](std::string_view key_id) {
      keys.remove(key_id);
      if (options.key_revoked) options.key_revoked(key_id);
    };
    rest.add(market_endpoints(), rest_context);
    rest.add(order_endpoints(), rest_context);
    rest.add(account_endpoints(), rest_context);
    klear.add(klear_endpoints(), klear_context);
    add_report_files(klear, klear_context);
  }

  EndpointDoor::Turn turn(Exchange& exchange) {
    return {[this, &exchange] { exchange.step(options.wall_now()); }, [&exchange] { exchange.commit(); }, options.engine_used,
            [this](const Error& error) { options.log->log(LogLevel::error, "sim", error.message); }};
  }

  Result<HttpAddresses> open() {
    auto access = ensure_klear_access(options.dir);
    if (!access) return access.error();
    klear_access = std::move(*access);
    auto link_secret = ensure_secret(options.dir / "keys" / "links.secret");
    if (!link_secret) return link_secret.error();
    klear_context.link_secret = std::move(*link_secret);
    const auto rest_port = rest_server.open();
    if (!rest_port) return rest_port.error();
    const auto klear_port = klear_server.open();
    if (!klear_port) return klear_port.error();
    klear_context.read_lag = options.read_lag;
    klear_context.base_url = url(options, *klear_port, kKlearBase);
    restore_subtrader_keys(klear_context);
    return HttpAddresses{*rest_port,
                         *klear_port,
                         url(options, *rest_port, kRestBase),
                         klear_context.base_url,
                         klear_access.admin_user_id,
                         klear_access.access_token};
  }

  HttpDoorsOptions options;
  KeyRing& keys;
  KlearAccess klear_access;
  RestDoorContext rest_context;
  KlearDoorContext klear_context;
  RestGate rest_gate;
  KlearGate klear_gate;
  EndpointDoor rest, klear;
  HttpServer rest_server, klear_server;
};

HttpDoors::HttpDoors(boost::asio::io_context& io, Exchange& exchange, KeyRing& keys, HttpDoorsOptions options)
    : impl_(std::make_unique<Impl>(io, exchange, keys, std::move(options))) {}

HttpDoors::~HttpDoors() = default;

Result<HttpAddresses> HttpDoors::open() { return impl_->open(); }

void HttpDoors::stop(std::function<void()> stopped) {
  auto both = std::make_shared<std::function<void()>>(std::move(stopped));
  const auto one_down = [left = std::make_shared<int>(2), both] {
    if (--*left == 0) (*both)();
  };
  impl_->rest_server.stop(one_down);
  impl_->klear_server.stop(one_down);
}

void HttpDoors::close() {
  impl_->rest_server.close();
  impl_->klear_server.close();
}

HttpFaults* HttpDoors::faults(std::string_view door) {
  if (door == "rest") return &impl_->rest.faults();
  return door == "klear" ? &impl_->klear.faults() : nullptr;
}

}  // namespace marginfix::sim
