// The control port's HTTP: who may come in.
#include "sim/doors/control/control.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "sim/keys/secrets.hpp"

namespace marginfix::sim {
namespace {

HttpServerOptions control_server(const ControlOptions& options) {
  HttpServerOptions server;
  server.name = "control";
  server.port = options.port;
  server.tls = false;
  server.connections = options.connections;
  server.log = options.log;
  return server;
}

// "127.0.0.1:8080", "localhost", "[::1]:80": whatever else resolves to this machine is a name that somebody else gave it.
bool is_this_machine(std::string_view host) {
  for (const std::string_view name : {"127.0.0.1", "localhost", "[::1]"}) {
    if (!same_token(host.substr(0, name.size()), name)) continue;
    const std::string_view port = host.substr(name.size());
    if (port.empty() || (port[0] == ':' && port.find_first_not_of("0123456789", 1) == std::string_view::npos)) return true;
  }
  return false;
}

bool is_own_origin(std::string_view origin) {
  const std::size_t host = origin.find("://");
  return host != std::string_view::npos && is_this_machine(origin.substr(host + 3));
}

std::optional<ControlAnswer> refuse_access(int status, std::string_view text) {
  return ControlAnswer{status, boost::json::serialize(boost::json::object{{"error", boost::json::string_view(text.data(), text.size())}})};
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<ControlAnswer> check_control_access(const HttpRequest& request, const SecretString& token) {
  static constexpr std::string_view kBearer = "Bearer ";
  if (!is_this_machine(request.header("Host"))) {
    return refuse_access(403,
                         "the control port is for this machine: call it by the URL in endpoints.json (control), so that Host is 127.0.0.1");
  }
  if (const std::string_view origin = request.header("Origin"); !origin.empty() && !is_own_origin(origin)) {
    return refuse_access(403, "the control port takes no requests from web pages of other origins: call it from a program, without Origin");
  }
  const std::string_view given = request.header("Authorization");
  if (given.size() <= kBearer.size() || !same_token(given.substr(0, kBearer.size()), kBearer)) {
    return refuse_access(401, "the control port wants Authorization: Bearer TOKEN; TOKEN is control_token in endpoints.json");
  }
  if (token.empty() || !same_secret(without_blanks(given.substr(kBearer.size())), token.reveal())) {
    return refuse_access(401, "this is not the control port's token; it is control_token in the endpoints.json of this simulator");
  }
  return std::nullopt;
}

ControlPort::ControlPort(boost::asio::io_context& io, ControlTarget& target, const ControlOptions& options)
    : target_(target), token_(options.token), brake_(options.brake), server_(io, *this, control_server(options)) {}

// The engine throws where it cannot write its journal.
ControlAnswer ControlPort::answer_or_say_why_not(const HttpRequest& request) {
  try {
    return answer_control(target_, request.method, request.path, request.body, request.query);
  } catch (const Exception& e) {
    if (e.error().category != ErrorCategory::store) throw;
    return *refuse_access(503, e.what());
  }
}

HttpReply ControlPort::on_request(const HttpRequest& request) {
  if (auto refusal = check_control_access(request, token_)) {
    HttpAnswer answer{refusal->status, std::move(refusal->body)};
    const bool guess = answer.status == 401 && !request.header("Authorization").empty();
    HttpReply reply = guess && brake_ != nullptr ? brake_->wrong(request, std::move(answer)) : HttpReply{std::move(answer)};
    if (reply.answer.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
    return reply;
  }
  ControlAnswer answer = answer_or_say_why_not(request);
  HttpReply reply{HttpAnswer{answer.status, std::move(answer.body)}};
  reply.proven_key = "control";
  return reply;
}

}  // namespace marginfix::sim
