#include "apps/demo/gateway_in_demo.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "apps/demo/desk.hpp"
#include "apps/demo/gateway_files.hpp"

namespace marginfix::apps {

namespace fs = std::filesystem;

GatewayInDemo::GatewayInDemo(std::string endpoints, std::string folder) : endpoints_(std::move(endpoints)), folder_(std::move(folder)) {
  fs::create_directories(folder_);
  write("gateway.cfg", shipped_gateway_cfg());
  write("FIX42.xml", oms_fix42_xml());
  write("FIX44.xml", oms_fix44_xml());
}

std::string GatewayInDemo::write(const std::string& name, std::string_view text) const {
  const std::string path = folder_ + "/" + name;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw DemoFailure("cannot write " + path);
  return path;
}

std::string GatewayInDemo::dictionary(gateway::FixVersion version) const {
  return folder_ + (version == gateway::FixVersion::fix42 ? "/FIX42.xml" : "/FIX44.xml");
}

void GatewayInDemo::open() {
  gateway::GatewaySources sources;
  sources.endpoints = endpoints_;
  sources.dir = folder_;
  auto config = gateway::load_gateway_config(folder_ + "/gateway.cfg", sources);
  if (!config) throw DemoFailure(config.error().message);
  for (gateway::ClientConfig& client : config->clients) client.port = port_;
  account_ = config->account_order.front();
  auto limits = rate_limit_tier("unlimited");  // as the simulator's: the burst is about recovery, not about limits
  if (!limits) throw DemoFailure(limits.error().message);
  config->accounts.at(account_).fix.rate_limit = *limits;
  gateway::ServiceOptions options;
  options.config = *std::move(config);
  options.dir = folder_;
  options.version = MARGINFIX_VERSION;
  auto opened = gateway::GatewayService::open(std::move(options));
  if (!opened) throw DemoFailure(opened.error().message);
  service_ = *std::move(opened);
  if (const auto started = service_->start(); !started) throw DemoFailure(started.error().message);
  port_ = service_->port();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!service_->is_open()) {
    if (std::chrono::steady_clock::now() > deadline)
      throw DemoFailure("waited in vain for the gateway to let clients in: it waits for " + service_->status().waits_for);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void GatewayInDemo::close() {
  service_->stop();
  service_.reset();
}

}  // namespace marginfix::apps
