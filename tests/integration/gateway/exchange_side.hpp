// The exchange of a scenario: what it has been sent, what it says (with the fields that every report has filled in), and what its REST
// answers. Report shapes: fix-margin.md "ExecutionReport (8)". Called from the test's thread; truth() also from the gateway's asking
// thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "integration/gateway/message.hpp"
#include "marginfix/core/decimal.hpp"
#include "marginfix/sessions/fake_exchange.hpp"
#include "services/gateway/exchange/truth.hpp"

namespace marginfix::gateway::script {

class ExchangeSide {
 public:
  // The order entry session of a gateway that has just been started: nothing of it has been looked at.
  void attach(FakeExchange::Session& session) {
    session_ = &session;
    seen_ = 0;
  }
  FakeExchange::Session& session() { return *session_; }

  // The next message that the gateway has sent, MsgType(35) and MsgSeqNum(34) first; waits for it. Nothing: none came.
  std::optional<Fields> next(std::chrono::milliseconds limit);
  // One that nobody has looked at yet.
  std::optional<Fields> pending();

  // An 8 or 9 with what the script leaves out; other messages as they are.
  Fields filled(const std::string& msg_type, Fields given);

  // ---- REST -----------------------------------------------------------------------------------------------------------------
  // "none", "down", "order FIELDS", "fill FIELDS" by FIX's tags: 11 (exchange-side) or 37, 14, 151, 38, 44; 31, 32, 880. All lines of one
  // call take effect together. "none" forgets what earlier lines said.
  void say(const std::vector<std::pair<std::string, Fields>>& lines);
  Result<Truth> truth();
  int questions() const;

 private:
  struct Order {
    std::string symbol, side, order_id, cl_ord_id;  // cl_ord_id: at present
    FixedPointCount qty, cum;
    DollarDecimal price, value;
    bool ended{false};
    std::string status{"A"};
  };
  struct Request {
    std::string msg_type;
    FixedPointCount qty;
    DollarDecimal price;
  };

  void note_sent(const Fields& sent);
  void fill_report(Fields& report);
  void fill_reject(Fields& reject);
  void apply(const Fields& report, Order& order);
  std::shared_ptr<Order> order_of(const Fields& fields) const;
  Baseline baseline_of(const Fields& said) const;
  Fill fill_of(const Fields& said) const;

  FakeExchange::Session* session_{nullptr};
  std::size_t seen_{0};
  std::map<std::string, std::shared_ptr<Order>> by_id_;  // every ClOrdID(11) it was sent
  std::map<std::string, Request> requests_;
  int orders_{0}, executions_{0}, trades_{0};

  mutable std::mutex mutex_;
  bool down_{false};
  int questions_{0};
  Truth truth_;
};

}  // namespace marginfix::gateway::script
