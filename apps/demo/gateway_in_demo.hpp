// The OMS gateway as the demo runs it: in this process, between the clients and the simulated exchange, on config/gateway.cfg as shipped.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/gateway/service/gateway_service.hpp"

namespace marginfix::apps {

class GatewayInDemo {
 public:
  // `endpoints`: the exchange's file; `folder`: for everything of the gateway. DemoFailure.
  GatewayInDemo(std::string endpoints, std::string folder);

  void open();   // until its clients are let in, at the port of the first time; or DemoFailure
  void close();  // logs everybody out; journal and stores stay
  gateway::GatewayService& service() { return *service_; }
  std::uint16_t port() const noexcept { return port_; }
  // The file of fix-spec/oms/ that a client of FIX.4.2 or FIX.4.4 validates by.
  std::string dictionary(gateway::FixVersion version) const;
  // The account whose key its clients' orders go out on.
  const std::string& account() const { return account_; }

 private:
  std::string write(const std::string& name, std::string_view text) const;

  std::string endpoints_, folder_, account_;
  std::uint16_t port_{0};
  std::unique_ptr<gateway::GatewayService> service_;
};

}  // namespace marginfix::apps
