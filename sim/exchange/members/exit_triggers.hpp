// Exit triggers: stop loss, take profit and trailing stops on a position, watched by the exchange (RiskWatch) and fired by the
// liquidation mark with reduce-only IOC orders of its own (order_source system, order_reason take_profit_stop_loss), at most 5 % beyond
// the mark. A leg that has fired goes on at each look until it has closed its size: kMostMisses looks in a row without a fill end it as
// failed. While the market does not trade nothing fires.
// Readings, where the documents are silent: replacing keeps the trigger's id and creation time; a new trail starts from the mark of that
// moment; a stop loss that is passed when both legs are comes first; a stock split converts prices and counts.
// Isolated positions: no request of this API opens one and the simulator has cross-margined positions only, so the isolated operations
// find none (404 on writes, an empty list, nothing to cancel).
// Source: rest-perps.md "Exit triggers (stop loss, take profit, trailing)".
#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/values/member_views.hpp"

namespace marginfix::sim {

struct State;

using TriggerNo = std::uint64_t;

struct ExitTrigger {
  TriggerNo no{0};
  AccountId account{0};
  std::int32_t subaccount{0};
  MarketNo market{kNoMarket};
  std::uint32_t customer{0};  // of a key bound to one subtrader: its share of the position; 0 = the subaccount's
  Qty direction{1};           // of the position it protects: 1 long, -1 short
  Qty seen{0};                // that position when last looked at
  TriggerKind kind{TriggerKind::Bracket};
  TriggerStatus status{TriggerStatus::Active};
  TriggerEnd end{TriggerEnd::None};
  TriggerLeg leg{TriggerLeg::None};
  bool firing{false};  // fired and not done
  OrderNo fired{0};
  OrderNo anchor{0};  // while that order is open
  bool anchored{false};
  std::string client_id;
  Ticks stop_loss{0};  // 0 = none, as all prices here
  Ticks take_profit{0};
  Ticks trail{0};
  std::int32_t bps{0};
  Ticks watermark{0};
  Qty count{0};     // 0 = whole position, unless anchored: what the anchor has filled so far
  Qty filled{0};    // closed over all attempts
  Qty released{0};  // anchored: closed by something else
  std::int32_t misses{0};
  Timestamp created{};
  Timestamp updated{};

  bool live() const noexcept { return status == TriggerStatus::PendingOnEntry || status == TriggerStatus::Active; }
  bool whole() const noexcept { return count == 0 && !anchored; }
  Qty rest() const noexcept { return count - filled - released; }  // not of whole ones
};

class ExitTriggers {
 public:
  static constexpr std::size_t kMostBrackets = 20;
  static constexpr int kMostMisses = 5;
  using Position = std::tuple<AccountId, std::int32_t, MarketNo>;

  TriggerOutcome set(State& state, AccountId account, std::uint32_t customer, const SetExitTrigger& request);
  TriggerOutcome update(State& state, AccountId account, std::uint32_t customer, const UpdateExitTrigger& request);
  TriggerRefusal cancel(State& state, AccountId account, std::uint32_t customer, const PositionName& position, std::string_view trigger_id);
  std::size_t cancel_all(State& state, AccountId account, std::uint32_t customer, const PositionName& position,
                         std::optional<TriggerKind> kind);

  void look(State& state);
  std::size_t live() const noexcept { return live_count_; }
  // Called by the engine: an order's fill, its end, a position that changed otherwise, a split.
  void order_filled(State& state, const Order& order, Qty quantity);
  void order_ended(State& state, OrderNo order);
  void position_moved(State& state, const Position& position);
  void split(State& state, MarketNo market, std::int64_t ratio_old, std::int64_t ratio_new);

  std::vector<ExitTriggerView> list(const State& state, AccountId account, std::uint32_t customer, const PositionName& position,
                                    std::optional<TriggerKind> kind) const;
  std::optional<ExitTriggerView> find(const State& state, AccountId account, std::string_view trigger_id) const;
  void check(const State& state, std::vector<std::string>& findings) const;

  template <class Ar>
  void state(Ar& ar) {
    ar(last_no_, all_, keys_, over_);
    if constexpr (Ar::kLoading) rebuild();
  }

 private:
  TriggerRefusal validate(const State& state, const ExitTrigger& draft, const SetExitTrigger& request) const;
  TriggerRefusal anchor_to(const State& state, ExitTrigger& draft, std::string_view order_id) const;
  ExitTrigger* same_place(const ExitTrigger& draft);
  ExitTrigger* find_live(const State& state, AccountId account, std::uint32_t customer, const PositionName& position, std::string_view id);
  void replace(ExitTrigger& old, const ExitTrigger& with, Timestamp now);
  void add(ExitTrigger trigger);
  void end(ExitTrigger& trigger, TriggerStatus status, TriggerEnd why, Timestamp now);
  void forget();  // the oldest of those that ended and that no key names
  Qty position_of(const State& state, const ExitTrigger& trigger) const;
  TriggerLeg leg_reached(const ExitTrigger& trigger, Ticks mark) const;
  void follow(ExitTrigger& trigger, Ticks mark) const;
  void fire(State& state, ExitTrigger& trigger);
  void settle(State& state, ExitTrigger& trigger);
  void release(State& state, ExitTrigger& trigger, TriggerEnd why);
  ExitTriggerView view(const State& state, const ExitTrigger& trigger) const;
  void rebuild();

  TriggerNo last_no_{0};
  std::map<TriggerNo, ExitTrigger> all_;
  std::map<std::pair<AccountId, std::string>, TriggerNo> keys_;  // client_trigger_ids
  std::deque<TriggerNo> over_;                                   // ended, without a key, oldest first
  // made again from the above
  std::map<Position, std::vector<TriggerNo>> by_position_;  // live ones, by number
  std::map<OrderNo, std::vector<TriggerNo>> by_anchor_;
  std::size_t live_count_{0};
  TriggerNo firing_{0};  // whose order is being placed right now
};

template <class Ar>
void fields(Ar& ar, ExitTrigger& t) {
  ar(t.no, t.account, t.subaccount, t.market, t.customer, t.direction, t.seen, t.kind, t.status, t.end, t.leg, t.firing, t.fired, t.anchor,
     t.anchored, t.client_id, t.stop_loss, t.take_profit, t.trail, t.bps, t.watermark, t.count, t.filled, t.released, t.misses, t.created,
     t.updated);
}

}  // namespace marginfix::sim
