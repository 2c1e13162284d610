// See http_doors.hpp.
#include "sim/http_doors.hpp"

#include "sim/doors/http/endpoint_door.hpp"
#include "sim/doors/http/server.hpp"
#include "sim/doors/rest/gate.hpp"

namespace marginfix::sim {
namespace {

HttpServerOptions server_options(const HttpDoorsOptions& options, std::string name, std::uint16_t port) {
  HttpServerOptions server;
  server.name = std::move(name);
  server.host = options.host;
  server.port = port;
  server.tls = options.tls;
  server.certificate_file = options.identity.certificate.string();
  server.private_key_file = options.identity.private_key.string();
  server.log = options.log;
  return server;
}

}  // namespace

struct HttpDoors::Impl {
  Impl(boost::asio::io_context& io, Exchange& exchange, const KeyRing& keys, const HttpDoorsOptions& options)
      : rest_context{exchange, options.wall_now, options.read_lag},
        rest_gate(exchange, keys, options.wall_now),
        rest("/trade-api/v2", rest_gate, turn(exchange, options)),
        rest_server(io, rest, server_options(options, "rest", options.rest_port)) {}

  static EndpointDoor::Turn turn(Exchange& exchange, const HttpDoorsOptions& options) {
    return {[&exchange, now = options.wall_now] { exchange.step(now()); }, [&exchange] { exchange.commit(); }, options.engine_used};
  }

  RestDoorContext rest_context;
  RestGate rest_gate;
  EndpointDoor rest;
  HttpServer rest_server;
};

HttpDoors::HttpDoors(boost::asio::io_context& io, Exchange& exchange, const KeyRing& keys, HttpDoorsOptions options)
    : impl_(std::make_unique<Impl>(io, exchange, keys, options)) {}

HttpDoors::~HttpDoors() = default;

Result<HttpPorts> HttpDoors::open() {
  HttpPorts ports;
  const auto rest = impl_->rest_server.open();
  if (!rest) return rest.error();
  ports.rest = *rest;
  return ports;
}

void HttpDoors::stop(std::function<void()> stopped) { impl_->rest_server.stop(std::move(stopped)); }

void HttpDoors::close() { impl_->rest_server.close(); }

HttpFaults* HttpDoors::faults(std::string_view door) { return door == "rest" ? &impl_->rest.faults() : nullptr; }

}  // namespace marginfix::sim
