// Who may use the REST door: signature, scope of the key, rate limit, and what a key is bound to.
// Source: rest-perps.md "Authentication", "Errors, retries, rate limits".
#pragma once

#include "sim/doors/http/endpoint_door.hpp"
#include "sim/doors/rest/auth.hpp"

namespace marginfix::sim {

class RestGate final : public EndpointGate {
 public:
  RestGate(Exchange& exchange, const KeyRing& keys, std::function<Timestamp()> wall_now)
      : exchange_(exchange), keys_(keys), wall_now_(std::move(wall_now)) {}
  std::optional<HttpReply> admit(const HttpRequest& request, const EndpointEntry& endpoint, int cost, EndpointRequest& out) override;
  std::optional<HttpAnswer> confine(const EndpointEntry& endpoint, EndpointRequest& request) override;

 private:
  Exchange& exchange_;
  const KeyRing& keys_;
  std::function<Timestamp()> wall_now_;
};

}  // namespace marginfix::sim
