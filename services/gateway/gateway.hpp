// The gateway as the program runs it, and what is done with its folder while it does not run.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "services/gateway/status.hpp"

namespace marginfix::gateway {

struct GatewayRunOptions {
  std::string config;     // the .cfg of the gateway
  std::string dir;        // its folder: journal, map, stores, token, gateway.json
  std::string endpoints;  // endpoints.json of a simulated exchange; "" = the exchange is in the configuration, or `env` says it
  std::string account;    // account of the endpoints; "" = the first
  std::string env;        // "demo", "production" or ""
  std::string version;    // of the program
  std::shared_ptr<LogSink> log{null_log_sink()};       // unless the configuration asks for a log of its own
  std::function<void(const std::string& page)> ready;  // called once, when the clients' ports and the page are open; may be empty
};

// Runs until `stop_requested` says so, logs the clients out and returns. `stop_requested` is asked several times a second.
// Errors: config, store (the folder is in use, cannot be written), connect (a port is taken), credentials.
Result<void> run_gateway(const GatewayRunOptions& options, const std::function<bool()>& stop_requested);

// What the journal of a folder tells, in order, a line each; beside a gateway that runs, or without one.
struct ReplayOptions {
  bool json{false};    // each line one JSON object
  std::string client;  // what concerns this CompID alone; "" = everything
  std::string order;   // what concerns this order alone: a ClOrdID(11) of either side, or an OrderID(37); "" = everything
};
// Error(store): there is no journal, or it cannot be read.
Result<void> replay_journal(const std::string& dir, const ReplayOptions& options, const std::function<void(std::string_view line)>& print);

// The orders that the journal of a folder tells of; beside a gateway that runs, or without one. Rows as GatewayView::orders() gives them.
Result<std::vector<OrderRow>> orders_of_journal(const std::string& dir, const std::string& client, bool open_only, std::size_t most);

// Reads the configuration, the keys and the folder as run_gateway() would, and connects to nobody. Gives what it found in words, a line
// each. Errors: as run_gateway().
Result<std::vector<std::string>> check_gateway(const GatewayRunOptions& options);

}  // namespace marginfix::gateway
