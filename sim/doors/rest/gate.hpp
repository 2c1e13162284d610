// Who may use the REST door: signature, scope of the key, rate limit, and what a key is bound to.
// Source: rest-perps.md "Authentication", "Errors, retries, rate limits".
#pragma once

#include "sim/doors/brake.hpp"
#include "sim/doors/http/endpoint_door.hpp"
#include "sim/doors/rest/auth.hpp"

namespace marginfix::sim {

class RestGate final : public EndpointGate {
 public:
  // `brake` may be null: nobody is slowed down.
  RestGate(Exchange& exchange, const KeyRing& keys, std::function<Timestamp()> wall_now, Brake* brake = nullptr)
      : exchange_(exchange), keys_(keys), wall_now_(std::move(wall_now)), brake_(brake) {}
  std::optional<HttpReply> admit(const HttpRequest& request, const EndpointEntry& endpoint, int cost, EndpointRequest& out) override;
  std::optional<HttpAnswer> confine(const EndpointEntry& endpoint, EndpointRequest& request) override;

 private:
  Exchange& exchange_;
  const KeyRing& keys_;
  std::function<Timestamp()> wall_now_;
  Brake* brake_;
};

}  // namespace marginfix::sim
