// A gateway in this process, with a FakeExchange on the other side: started, killed and started again on what its folder holds then.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "integration/gateway/exchange_side.hpp"
#include "marginfix/sessions/fake_exchange.hpp"
#include "services/gateway/service/gateway_service.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::gateway::script {

inline constexpr std::string_view kGatewayName = "MARGINFIX";

class GatewayHost {
 public:
  GatewayHost(FixVersion version, ExchangeSide& exchange) : version_(version), exchange_(exchange) {}
  ~GatewayHost();
  GatewayHost(const GatewayHost&) = delete;
  GatewayHost& operator=(const GatewayHost&) = delete;

  // Before start(): a key of config/gateway.cfg, for that client ("": all). Throws where there is no such key.
  void set(const std::string& client, const std::string& key, const std::string& value);
  // An answer of the exchange that has not come for so long is asked for.
  void answer_wait(std::chrono::milliseconds limit) { answer_wait_ = limit; }
  void settle_time(std::chrono::milliseconds time) { settle_ = time; }
  // KalshiNR is all that the account has.
  void without_retransmission() { nr_ = true; }

  void start();  // its keys begin to connect
  // As kill -9 leaves it: what the folder holds now is all that a start() behind the next stop() finds.
  void keep_what_is_written();
  void stop();  // as SIGTERM

  bool running() const noexcept { return service_ != nullptr; }
  GatewayService& service() { return *service_; }
  // Waits until everything that was posted before has been dealt with.
  void settle() { (void)service_->status(); }
  ClientStatus client(const std::string& comp_id);

 private:
  struct Setting {
    std::string client, key, value;
  };
  GatewayConfig config() const;

  FixVersion version_;
  ExchangeSide& exchange_;
  bool nr_{false};
  std::optional<std::chrono::milliseconds> answer_wait_, settle_;
  std::vector<Setting> settings_;
  std::unique_ptr<marginfix::test::TempFolder> folder_ = std::make_unique<marginfix::test::TempFolder>();
  std::unique_ptr<marginfix::test::TempFolder> kept_;
  std::shared_ptr<FakeExchange> fake_;
  std::unique_ptr<GatewayService> service_;
};

}  // namespace marginfix::gateway::script
