#include "sim/doors/http/endpoint_door.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "marginfix/core/text.hpp"
#include "sim/doors/http/url.hpp"

namespace marginfix::sim {
namespace {

HttpAnswer invalid(std::string_view details) { return nested_error(400, "invalid_parameters", "invalid parameters", details); }

std::optional<HttpAnswer> read_query(const HttpRequest& from, const EndpointEntry& endpoint, EndpointRequest& to) {
  auto query = parse_query(from.query);
  if (!query) return invalid(query.error().message);
  for (const auto& [name, value] : *query) {
    if (!names_hold(endpoint.query_names, name)) return invalid("unknown query parameter " + name);
  }
  to.query = std::move(*query);
  return std::nullopt;
}

std::string_view view_of(boost::json::string_view text) { return {text.data(), text.size()}; }

// The first text in a body that breaks the rule of marginfix/core/text.hpp; `name` is the member it is in. A PEM key has lines.
std::optional<std::string> odd_text(const boost::json::value& value, std::string_view name) {
  if (const auto* text = value.if_string()) {
    const char* fault = name == "public_key" ? nullptr : text_fault(view_of(*text));
    if (fault == nullptr) return std::nullopt;
    return std::string(name) + " " + fault;
  }
  if (const auto* items = value.if_array()) {
    for (const auto& item : *items) {
      if (auto problem = odd_text(item, name)) return problem;
    }
  }
  if (const auto* members = value.if_object()) {
    for (const auto& member : *members) {
      if (auto problem = odd_text(member.value(), view_of(member.key()))) return problem;
    }
  }
  return std::nullopt;
}

// A POST must say that it is JSON even when it has no body (recorded: subaccount create); others when they have one.
std::optional<HttpAnswer> read_body(const HttpRequest& from, const EndpointEntry& endpoint, EndpointRequest& to) {
  if ((from.method == "POST" || !from.body.empty()) && !is_json(from.header("Content-Type"))) {
    return flat_error(400, "invalid_content_type", "invalid_content_type");
  }
  if (from.body.empty()) return std::nullopt;
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(from.body, error);
  if (error) return nested_error(400, "invalid_json", "invalid json", "the body is not JSON: " + error.message());
  if (!parsed.is_object()) return nested_error(400, "invalid_json", "invalid json", "the body must be a JSON object");
  to.body = parsed.get_object();
  for (const auto& member : to.body) {
    if (!names_hold(endpoint.body_names, member.key())) return invalid("unknown member " + visible(view_of(member.key())));
  }
  if (const auto problem = odd_text(parsed, {})) return invalid(*problem);
  return std::nullopt;
}

HttpReply not_routed(const RouteMatch& match) {
  if (match.kind == RouteMatch::Kind::Malformed) return {invalid("the path is not percent-encoded UTF-8")};
  if (match.kind == RouteMatch::Kind::NotFound) return {nested_error(404, "not_found", "not found")};
  return {nested_error(405, "method_not_allowed", "method not allowed"), {{"Allow", match.allow}}};
}

}  // namespace

bool names_hold(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t blank = names.find(' ');
    if (!name.empty() && names.substr(0, blank) == name) return true;
    names = blank == std::string_view::npos ? std::string_view() : names.substr(blank + 1);
  }
  return false;
}

void EndpointDoor::add(EndpointEntry endpoint) {
  router_.add(endpoint.method, endpoint.path);
  endpoints_.push_back(std::move(endpoint));
}

HttpReply EndpointDoor::on_request(const HttpRequest& request) {
  std::string_view path = request.path;
  if (path.starts_with(base_)) path.remove_prefix(base_.size());
  const auto fault = faults_.take(request.method, path);
  if (fault && !fault->executes()) return spoil(*fault, HttpReply{});
  HttpReply reply = serve(request);
  gate_.shape(reply.answer);
  return fault ? spoil(*fault, std::move(reply)) : std::move(reply);
}

HttpReply EndpointDoor::serve(const HttpRequest& request) {
  RouteMatch match = router_.find(request.method, request.path);
  if (match.kind != RouteMatch::Kind::Found) return not_routed(match);
  const EndpointEntry& endpoint = endpoints_[match.index];
  EndpointRequest prepared;
  prepared.path = std::move(match.path);
  auto problem = read_query(request, endpoint, prepared);
  const int cost = endpoint.cost_of != nullptr ? endpoint.cost_of(prepared) : endpoint.cost;
  if (auto refusal = gate_.admit(request, endpoint, cost, prepared)) return std::move(*refusal);
  if (!problem) problem = read_body(request, endpoint, prepared);
  if (!problem) problem = gate_.confine(endpoint, prepared);
  HttpReply reply = problem ? HttpReply{std::move(*problem)} : call(endpoint, prepared);
  reply.proven_key = std::move(prepared.proven_key);
  return reply;
}

HttpReply EndpointDoor::call(const EndpointEntry& endpoint, EndpointRequest& request) {
  struct Always {
    const std::function<void()>& run;
    ~Always() { run(); }
  } const after{turn_.after};
  HttpReply reply;
  try {
    turn_.begin();
    reply.answer = endpoint.handle(request);
    turn_.end();
  } catch (const Exception& e) {
    if (e.error().category != ErrorCategory::store) throw;
    turn_.unwritten(e.error());
    return {nested_error(503, "exchange_unavailable", "exchange unavailable", "the exchange cannot write its journal")};
  }
  if (!endpoint.content_type.empty() && reply.answer.status == 200) reply.content_type = endpoint.content_type;
  return reply;
}

}  // namespace marginfix::sim
