#include "integration/gateway/gateway_host.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "services/gateway/config_keys.hpp"

namespace marginfix::gateway::script {
namespace {

constexpr std::chrono::milliseconds kSettle{200};
constexpr std::string_view kAccount = "default";

template <class T>
T checked(Result<T> result) {
  if (!result) throw std::runtime_error("the gateway does not start: " + result.error().message);
  return *std::move(result);
}

}  // namespace

GatewayHost::~GatewayHost() { stop(); }

void GatewayHost::set(const std::string& client, const std::string& key, const std::string& value) {
  if (find_gateway_key(key) == nullptr) throw std::runtime_error("there is no key " + key);
  settings_.push_back({client, key, value});
}

GatewayConfig GatewayHost::config() const {
  GatewayConfig config;
  for (const char* name : {"OMS", "OMS2"}) {
    ClientConfig client;
    client.version = version_;
    client.comp_id = name;
    client.own_comp_id = kGatewayName;
    config.clients.push_back(client);
  }
  ExchangeAccount account;
  account.fix = FakeExchange::config();
  std::erase_if(account.fix.sessions, [this](const SessionConfig& session) {
    return session.kind == SessionKind::order_entry && session.target == TargetSession::RT && nr_;
  });
  for (SessionConfig& session : account.fix.sessions) session.resend_age_limit = std::chrono::seconds{0};
  config.accounts.emplace(kAccount, account);
  config.account_order.emplace_back(kAccount);
  for (const Setting& each : settings_) {
    const GatewayKey* key = find_gateway_key(each.key);
    const CfgValue value{each.key, each.value, "scenario", 1, false};
    if (key->place == KeyPlace::gateway) {
      if (const auto done = key->apply({nullptr, &config}, value); !done) throw std::runtime_error(done.error().message);
      continue;
    }
    for (ClientConfig& client : config.clients) {
      if (!each.client.empty() && each.client != client.comp_id) continue;
      if (const auto done = key->apply({&client, nullptr}, value); !done) throw std::runtime_error(done.error().message);
    }
  }
  return config;
}

void GatewayHost::start() {
  fake_ = std::make_shared<FakeExchange>();
  ServiceOptions options;
  options.config = config();
  options.dir = folder_->path();
  options.version = "test";
  options.settle = settle_.value_or(kSettle);
  options.answer_wait = answer_wait_.value_or(options.answer_wait);
  options.prepare_line = [this](KeyLineOptions& line) {
    line.client_options = [fake = fake_](MarginFixClientOptions& client) { client.fake = fake; };
    line.truth = [this](const TruthQuestion&) { return exchange_.truth(); };
  };
  service_ = checked(GatewayService::open(std::move(options)));
  if (const auto started = service_->start(); !started) throw std::runtime_error("the gateway does not start: " + started.error().message);
  exchange_.attach(fake_->session(nr_ ? "KalshiNR" : "KalshiRT"));
}

void GatewayHost::keep_what_is_written() {
  kept_ = std::make_unique<marginfix::test::TempFolder>();
  std::filesystem::copy(folder_->path(), kept_->path(),
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
}

void GatewayHost::stop() {
  if (!service_) return;
  service_->stop();
  service_.reset();
  if (kept_) folder_ = std::move(kept_);
}

ClientStatus GatewayHost::client(const std::string& comp_id) {
  const GatewayStatus status = service_->status();
  const auto found = std::ranges::find(status.clients, comp_id, &ClientStatus::comp_id);
  if (found == status.clients.end()) throw std::runtime_error("no client " + comp_id);
  return *found;
}

}  // namespace marginfix::gateway::script
