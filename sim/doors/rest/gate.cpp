// See gate.hpp.
#include "sim/doors/rest/gate.hpp"

namespace marginfix::sim {

std::optional<HttpReply> RestGate::admit(const HttpRequest& request, const EndpointEntry& endpoint, int cost, EndpointRequest& out) {
  const Timestamp now = wall_now_();
  AuthOutcome who = authenticate(request, keys_, exchange_, now, endpoint.auth != EndpointAuth::Public);
  if (who.refusal) return HttpReply{std::move(*who.refusal)};
  if (!who.caller) return std::nullopt;  // a public operation, nobody's bucket
  const bool writes = request.method != "GET";
  if (writes && who.caller->scope != KeyScope::Trading) {
    return HttpReply{nested_error(403, "forbidden", "forbidden", "this API key may only read")};
  }
  const BucketKind bucket = writes ? BucketKind::Write : BucketKind::Read;
  if (!exchange_.charge(who.caller->account, bucket, cost, now)) {
    const auto wait = exchange_.rate_limits().seconds_until(who.caller->account, bucket, cost, now);
    return HttpReply{flat_error(429, "too_many_requests", "too many requests"), {{"Retry-After", std::to_string(wait)}}};
  }
  out.context.from = {who.caller->key, Door::Rest};
  out.caller = who.caller;
  return std::nullopt;
}

}  // namespace marginfix::sim
