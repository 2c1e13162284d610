// Two accounts that trade with each other and the exchange at random, on a thread of their own, and remember every execution that the
// exchange reported to them: the truth that a ledger is held against.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "integration/sim/client.hpp"
#include "integration/sim/order_bodies.hpp"
#include "marginfix/core/decimal.hpp"

namespace marginfix::test {

// As texts, so that a difference reads itself.
struct Execution {
  std::string exec_id, cl_ord_id, symbol, side, price, quantity;
  friend bool operator==(const Execution&, const Execution&) = default;
  friend void PrintTo(const Execution& e, std::ostream* out) {
    *out << e.exec_id << " (" << e.cl_ord_id << ") side " << e.side << ' ' << e.quantity << " at " << e.price << " in " << e.symbol;
  }
};
// OrderID(37), TrdMatchID(880).
using ExecutionId = std::pair<std::string, std::string>;
using Executions = std::map<ExecutionId, Execution>;

// One account's orders on its own session.
class TradingDesk {
 public:
  TradingDesk(const sim::Simulator& simulator, std::string name) : name_(std::move(name)), client_(simulator, "KalshiNR", name_) {
    client_.logon();
  }
  template <class Random>
  void act(Random& random) {
    const auto what = random() % 10;
    if (what < 6 || open_.empty()) return place(random);
    const std::size_t which = random() % open_.size();
    const Placed of = open_[which];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
    if (what < 9) return client_.send("F", sim::test::cancel_of(next_id(), of.id, of.side));
    open_.push_back({next_id(), of.side});
    client_.send("G", sim::test::amend_of(open_.back().id, of.id, quantity(random), price(random), of.side));
  }
  // Everything that was reported so far.
  void hear() {
    client_.drain();
    for (; heard_ < client_.received().size(); ++heard_) hear(sim::test::Message(client_.received()[heard_]));
  }
  const std::string& name() const noexcept { return name_; }
  const Executions& executions() const noexcept { return executions_; }
  const std::set<std::string>& exec_ids() const noexcept { return exec_ids_; }  // ExecID(17) of all numbered reports
  FixedPointCount net() const noexcept { return net_; }

 private:
  struct Placed {
    std::string id;
    char side;
  };
  std::string next_id() { return name_ + "-" + std::to_string(++ids_); }
  template <class Random>
  static std::string quantity(Random& random) {
    return std::to_string(1 + random() % 20);
  }
  template <class Random>
  static std::string price(Random& random) {
    return "5.0" + std::to_string(random() % 10) + "00";
  }
  // Both ways around flat: no liquidation, and no order refused for want of margin.
  template <class Random>
  void place(Random& random) {
    constexpr std::int64_t kMuch = 100 * FixedPointCount::kOne;
    const char side = net_.units() > kMuch ? '2' : net_.units() < -kMuch ? '1' : random() % 2 == 0 ? '1' : '2';
    open_.push_back({next_id(), side});
    client_.send("D", sim::test::Order{open_.back().id, side, quantity(random), price(random)}.body());
    if (open_.size() > 30) open_.erase(open_.begin());
  }
  void hear(const sim::test::Message& message) {
    if (message.type() != "8" || message.get(17).starts_with("-1;")) return;
    exec_ids_.insert(message.get(17));
    if (message.get(150) != "F") return;
    const FixedPointCount quantity = FixedPointCount::parse(message.get(32)).value();
    const bool bought = message.get(54) == "1";
    const bool first = executions_
                           .emplace(ExecutionId(message.get(37), message.get(880)),
                                    Execution{message.get(17), message.get(11), message.get(55), message.get(54),
                                              DollarDecimal::parse(message.get(31)).value().to_string(), quantity.to_string()})
                           .second;
    if (!first) throw std::runtime_error("one execution told twice: " + message.pipes());
    net_ = FixedPointCount::from_units(net_.units() + (bought ? quantity.units() : -quantity.units()));
  }

  std::string name_;
  sim::test::Client client_;
  std::vector<Placed> open_;
  std::size_t heard_{0};
  std::uint64_t ids_{0};
  Executions executions_;
  std::set<std::string> exec_ids_;
  FixedPointCount net_{};
};

class RandomTrading {
 public:
  RandomTrading(const sim::Simulator& simulator, std::uint64_t seed)
      : random_(seed), desks_{{{simulator, "alice"}, {simulator, "bob"}}}, ended_(std::async(std::launch::async, [this] { trade(); })) {}
  ~RandomTrading() {
    if (ended_.valid()) stop();
  }
  RandomTrading(const RandomTrading&) = delete;
  RandomTrading& operator=(const RandomTrading&) = delete;

  std::size_t requests() const noexcept { return requests_; }
  // Ends when everything it caused has been heard. Throws what went wrong on its thread.
  void end() {
    stop();
    ended_.get();
  }
  // Once it has ended.
  const std::array<TradingDesk, 2>& desks() const noexcept { return desks_; }

 private:
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    woken_.notify_all();
    ended_.wait();
  }
  void trade() {
    constexpr std::chrono::milliseconds kPace{4};  // leaves something of two slow cores to the others
    std::unique_lock lock(mutex_);
    while (!woken_.wait_for(lock, kPace, [this] { return stopping_; })) {
      desks_[random_() % 2].act(random_);
      if (++requests_ % 8 == 0) hear();
    }
    hear();
    hear();  // what the last requests of one did to the other, who was heard before them
  }
  void hear() {
    for (TradingDesk& desk : desks_) desk.hear();
  }

  std::mt19937_64 random_;
  std::array<TradingDesk, 2> desks_;
  std::atomic<std::size_t> requests_{0};
  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_{false};
  std::future<void> ended_;
};

}  // namespace marginfix::test
