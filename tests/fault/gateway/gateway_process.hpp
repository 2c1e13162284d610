// `marginfix gateway` as a process beside a simulated exchange of this one: its configuration, its life and death, what its commands say.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "integration/sim/fixture.hpp"
#include "services/gateway/oms/version.hpp"
#include "support/child_process.hpp"

namespace marginfix::gateway::fault {

struct ConfiguredClient {
  FixVersion version{FixVersion::fix44};
  std::string comp_id;
  std::string account;  // "": the first
  std::string more;     // lines of its [SESSION]
};

inline std::string gateway_cfg(const std::vector<ConfiguredClient>& clients, std::uint16_t port, const std::string& defaults = "",
                               const std::string& exchange = "") {
  std::string text = "[DEFAULT]\nSenderCompID=MARGINFIX\nSocketAcceptPort=" + std::to_string(port) + "\n" + defaults;
  for (const ConfiguredClient& client : clients) {
    text += "\n[SESSION]\nConnectionType=acceptor\nBeginString=" + std::string(begin_string(client.version)) +
            "\nTargetCompID=" + client.comp_id + "\n";
    if (!client.account.empty()) text += "Account=" + client.account + "\n";
    text += client.more;
  }
  return text + exchange;
}

// One session of the exchange, for a configuration that has no --endpoints: of the gateway's account, with a key of endpoints.json.
inline std::string exchange_session(const sim::Simulator& simulator, const std::string& account, const std::string& key_name,
                                    const std::string& target, std::uint16_t port, const std::string& more = "") {
  const sim::KeyEntry& key = *simulator.endpoints().find(key_name);
  return "\n[SESSION]\nConnectionType=initiator\nAccount=" + account + "\nBeginString=FIXT.1.1\nTargetCompID=" + target +
         "\nSenderCompID=" + key.key_id + "\nKalshiPrivateKeyPath=" + simulator.path(key.private_key_path) +
         "\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" + std::to_string(port) +
         "\nSocketUseSSL=N\nHeartBtInt=3\nReconnectInterval=1\n" + more;
}

// Those without retransmission. REST is where the environment says.
inline std::string nr_sessions(const sim::Simulator& simulator, const std::vector<std::string>& accounts) {
  std::string text;
  for (const std::string& account : accounts)
    text += exchange_session(simulator, account, account, "KalshiNR", simulator.endpoints().ports.nr);
  return text;
}

class GatewayProcess {
 public:
  // `endpoints` "": the configuration names the exchange.
  GatewayProcess(std::string folder, std::string config, std::string endpoints)
      : folder_(std::move(folder)), config_(std::move(config)), endpoints_(std::move(endpoints)) {}

  void start() {
    std::filesystem::create_directories(dir());
    std::filesystem::remove(dir() + "/gateway.json");
    output_ = folder_ + "/output-" + std::to_string(++starts_);
    std::vector<std::string> words{"gateway", "--config", config_, "--dir", dir()};
    if (!endpoints_.empty()) words.insert(words.end(), {"--endpoints", endpoints_});
    process_ = std::make_unique<test::ChildProcess>(words, output_);
  }
  bool running() { return process_ != nullptr && process_->running(); }
  // Clients are let in.
  bool ready() { return running() && std::filesystem::exists(dir() + "/gateway.json"); }
  void kill() { process_->kill(); }
  void signal(int number) { process_->signal(number); }
  int wait() { return process_->wait(); }
  std::string said() const { return test::read_file(output_); }
  std::string dir() const { return folder_ + "/gateway"; }
  // For `marginfix gateway replay`, where MARGINFIX_GATEWAY_KEEP names a folder: this one as a failure left it.
  void keep() const {
    const char* to = std::getenv("MARGINFIX_GATEWAY_KEEP");
    if (to != nullptr) std::filesystem::copy(dir(), to, std::filesystem::copy_options::recursive);
  }

  struct Answer {
    int code{0};
    std::string text;
  };
  // Another `marginfix gateway ... --dir` beside it.
  Answer command(std::vector<std::string> words) {
    const std::string file = folder_ + "/command-" + std::to_string(++commands_);
    words.insert(words.begin(), "gateway");
    words.insert(words.end(), {"--dir", dir()});
    test::ChildProcess process(words, file);
    const int code = process.wait();
    Answer answer{code, test::read_file(file)};
    std::filesystem::remove(file);
    return answer;
  }
  // Rows of `gateway orders --json`. Throws when it gives none.
  boost::json::array orders(const std::string& client, bool open_only = false) {
    std::vector<std::string> words{"orders", "--json", "--most", "10000"};
    if (!client.empty()) words.insert(words.end(), {"--client", client});
    if (open_only) words.emplace_back("--open");
    const Answer answer = command(words);
    if (answer.code != 0) throw std::runtime_error("gateway orders: " + answer.text);
    return boost::json::parse(answer.text).at("orders").as_array();
  }

 private:
  std::string folder_, config_, endpoints_, output_;
  std::unique_ptr<test::ChildProcess> process_;
  int starts_{0}, commands_{0};
};

}  // namespace marginfix::gateway::fault
