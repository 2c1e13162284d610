// The control port: HTTP on loopback, POST verbs that inject faults and GET /state. Answers are JSON; {"error": "..."} with 400 for
// a body that makes no sense, 404 for what does not exist, 405 for a wrong method, 401 without the token of endpoints.json, 403 for what a
// browser sends on behalf of some page. Source: design.md, `control`.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "sim/doors/brake.hpp"
#include "sim/doors/control/corporate_action.hpp"
#include "sim/doors/fix/order_faults.hpp"
#include "sim/doors/http/faults.hpp"
#include "sim/doors/http/server.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/views/truth.hpp"

namespace marginfix::sim {

// What the verbs do; implemented by the simulator, called on the I/O thread. An empty key_id means every session of the door.
class ControlTarget {
 public:
  virtual ~ControlTarget() = default;
  virtual Result<void> control_disconnect(std::string_view session, std::string_view key_id) = 0;
  virtual Result<void> control_skip_seq(std::string_view session, std::string_view key_id, int count) = 0;
  virtual Result<void> control_delay(std::string_view session, std::string_view key_id, std::chrono::milliseconds held_back) = 0;
  virtual Result<void> control_silence(std::string_view session, std::string_view key_id) = 0;
  // The WebSocket's connections only: half a frame and the end, a text as it is, a close frame.
  virtual Result<void> control_cut_in_frame(std::string_view key_id) = 0;
  virtual Result<void> control_send(std::string_view key_id, const std::string& text) = 0;
  virtual Result<void> control_close(std::string_view key_id, std::uint16_t code, const std::string& reason) = 0;
  virtual Result<void> control_drop_copy(const std::string& account, bool enabled) = 0;
  virtual Result<void> control_halt(std::string_view ticker, bool halted) = 0;
  virtual Result<void> control_clock(std::chrono::milliseconds advance) = 0;
  // Faults of an HTTP door ("rest", "klear").
  virtual Result<void> control_fault(std::string_view door, HttpFault fault) = 0;
  // Of an order-entry door ("KalshiNR", "KalshiRT").
  virtual Result<void> control_order_fault(std::string_view door, OrderFault fault) = 0;
  virtual Result<void> control_clear_faults(std::string_view door) = 0;
  virtual Result<void> control_reference_price(std::string_view ticker, DollarDecimal price) = 0;
  // The exchange's own limit on a subtrader of an FCM, in one market or (empty ticker) in all; nothing = no limit any more.
  virtual Result<void> control_subtrader_limit(std::string_view subtrader_id, std::string_view ticker,
                                               std::optional<DollarDecimal> limit) = 0;
  // Gives the action's id.
  virtual Result<std::string> control_corporate_action(const CorporateActionRequest& request) = 0;
  virtual std::string control_state(const TruthQuery& query) = 0;
};

struct ControlAnswer {
  int status{200};
  std::string body;  // JSON
};
// One request that may come in, without any HTTP around it. `query`: of GET /state, see answer.cpp.
ControlAnswer answer_control(ControlTarget& target, std::string_view method, std::string_view path, std::string_view body,
                             std::string_view query = {});
// Nothing = welcome. 403: not meant for this machine (Host), or sent by a page of somewhere else (Origin). 401: no token, or not ours.
std::optional<ControlAnswer> check_control_access(const HttpRequest& request, const SecretString& token);

struct ControlOptions {
  std::uint16_t port{0};  // on 127.0.0.1; 0 = ephemeral
  SecretString token;
  Brake* brake{nullptr};                         // may be null
  std::shared_ptr<ConnectionTable> connections;  // as HttpServerOptions
  std::shared_ptr<LogSink> log{null_log_sink()};
};

class ControlPort final : private HttpHandler {
 public:
  ControlPort(boost::asio::io_context& io, ControlTarget& target, const ControlOptions& options);
  // Gives the port bound.
  Result<std::uint16_t> open() { return server_.open(); }

 private:
  HttpReply on_request(const HttpRequest& request) override;
  ControlAnswer answer_or_say_why_not(const HttpRequest& request);

  ControlTarget& target_;
  SecretString token_;
  Brake* brake_;
  HttpServer server_;
};

}  // namespace marginfix::sim
