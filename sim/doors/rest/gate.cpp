#include "sim/doors/rest/gate.hpp"

#include "sim/exchange/views/market.hpp"

#include <boost/json/parse.hpp>

namespace marginfix::sim {
namespace {

// The bucket is chosen before the body is looked at as a whole: what cannot be read spends the default one.
std::string ticker_in(std::string_view body) {
  boost::system::error_code problem;
  const boost::json::value value = boost::json::parse({body.data(), body.size()}, problem);
  if (problem || !value.is_object()) return {};
  const auto* ticker = value.get_object().if_contains("ticker");
  return ticker != nullptr && ticker->is_string() ? std::string(ticker->get_string()) : std::string();
}

// Left out: its own. Something malformed is the handler's to refuse.
std::optional<HttpAnswer> keep_to_subaccount(int own, const EndpointEntry& endpoint, EndpointRequest& request) {
  const std::string name = std::to_string(own);
  const auto other = [&] { return forbidden("this API key is locked to subaccount " + name); };
  if (names_hold(endpoint.query_names, "subaccount")) {
    std::string& given = request.query["subaccount"];
    if (given.empty()) given = name;
    if (const auto number = request.subaccount(); number && *number != own) return other();
  }
  if (names_hold(endpoint.body_names, "subaccount")) {
    boost::json::value& given = request.body["subaccount"];
    if (given.is_null()) given = own;
    if (const std::int64_t* number = given.if_int64(); number != nullptr && *number != own) return other();
  }
  return std::nullopt;
}

}  // namespace

std::optional<HttpReply> RestGate::admit(const HttpRequest& request, const EndpointEntry& endpoint, int cost, EndpointRequest& out) {
  const Timestamp now = wall_now_();
  AuthOutcome who = authenticate(request, keys_, exchange_, now, endpoint.auth != EndpointAuth::Public);
  if (who.guess && brake_ != nullptr) return brake_->wrong(request, std::move(*who.refusal));
  if (who.refusal) return HttpReply{std::move(*who.refusal)};
  if (!who.caller) return std::nullopt;  // a public operation, nobody's bucket
  out.proven_key = who.caller->key_id;
  const bool writes = request.method != "GET";
  if (writes && who.caller->scope != KeyScope::Trading) {
    return HttpReply{forbidden("this API key may only read")};
  }
  Spend spend{writes ? BucketKind::Write : BucketKind::Read, cost};
  if (endpoint.by_shard) spend.shard = views::shard_of(exchange_.state(), ticker_in(request.body));
  if (!exchange_.charge(who.caller->account, spend, now)) return HttpReply{too_many_requests()};
  out.context.from = {who.caller->key, Door::Rest};
  out.caller = who.caller;
  return std::nullopt;
}

std::optional<HttpAnswer> RestGate::confine(const EndpointEntry& endpoint, EndpointRequest& request) {
  if (!request.caller || !request.caller->subaccount) return std::nullopt;
  return keep_to_subaccount(*request.caller->subaccount, endpoint, request);
}

}  // namespace marginfix::sim
