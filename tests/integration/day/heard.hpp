// What reaches one account by itself: execution reports on its listener session and on its order-entry session, fills and orders on its
// WebSocket. Written by the clients' I/O threads, read by the test.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "marginfix/fix/messages.hpp"
#include "marginfix/ws/frames.hpp"

namespace marginfix::day {

// One side of a trade, as ExecutionReport(8) tells it.
struct HeardFill {
  std::string exec_id, trade_id, order_id, ticker;
  std::string customer;  // "" = the account's own business
  int subaccount{0};
  Side side{};
  bool taker{false};
  FixedPointCount quantity;
  FixedPointCount position;  // of the subaccount, signed, after it
  DollarDecimal price, fee;
  DollarDecimal balance_change, payout_change;
  Timestamp time{};
};
struct HeardOrder {
  std::string cl_ord_id, ticker;
  Side side{};
  int subaccount{0};
  DollarDecimal price;
  FixedPointCount filled, remaining;
  bool over{false};
};
// Everything so far, by the ids that the exchange gives.
struct Notes {
  std::vector<HeardFill> fills;                    // listener, in order
  std::map<std::string, HeardOrder> orders;        // listener; by order id
  std::string last_exec_id;                        // listener: the latest numbered report
  std::size_t repeated{0};                         // listener: fills that came again
  std::map<std::string, HeardFill> entry_fills;    // order entry; by ExecID(17)
  std::map<std::string, std::string> answers;      // order entry: ClOrdID(11) of a request -> order id, "" = refused
  std::size_t refused{0};                          // order entry
  std::map<std::string, ws::MarginFill> ws_fills;  // by order id + trade id
  std::size_t ws_repeated{0};
  std::map<std::string, ws::MarginUserOrder> ws_orders;  // the latest by order id
};

class Heard {
 public:
  void listener_report(const fix::ExecutionReport& report);
  void entry_report(const fix::ExecutionReport& report);
  void entry_refusal(std::string_view cl_ord_id);
  void fill(const ws::MarginFill& fill);
  void order(const ws::MarginUserOrder& order);

  // False: the condition did not come true within half a minute.
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return condition(std::as_const(notes_)); });
  }
  // Of a request whose answer is there.
  std::string answer(const std::string& cl_ord_id) const {
    const std::lock_guard lock(mutex_);
    return notes_.answers.at(cl_ord_id);
  }
  Notes notes() const {
    const std::lock_guard lock(mutex_);
    return notes_;
  }

 private:
  template <class Change>
  void note(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change(notes_);
    }
    changed_.notify_all();
  }
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> seen_;
  Notes notes_;
};

}  // namespace marginfix::day
