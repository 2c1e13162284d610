// Everything the simulated exchange knows, and no rule of it: the rules (rules/) are free functions over State&, what may be asked of it
// (commands/) runs them, what may be read of it (views/) are free functions over const State&. Funding, Clearing and the other members that
// have functions of their own keep a part of the state together with what is done to it.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/exchange/book/groups.hpp"
#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/market/corporate_actions.hpp"
#include "sim/exchange/market/funding.hpp"
#include "sim/exchange/market/house.hpp"
#include "sim/exchange/market/market.hpp"
#include "sim/exchange/market/past_run.hpp"
#include "sim/exchange/members/accounts.hpp"
#include "sim/exchange/members/exit_triggers.hpp"
#include "sim/exchange/members/fcm.hpp"
#include "sim/exchange/members/liquidation.hpp"
#include "sim/exchange/members/risk_watch.hpp"
#include "sim/exchange/members/transfers.hpp"
#include "sim/exchange/record/emitter.hpp"
#include "sim/exchange/record/fills.hpp"
#include "sim/exchange/record/on_disk.hpp"
#include "sim/exchange/values/options.hpp"

namespace marginfix::sim {

inline constexpr std::uint64_t kFirstUser = 1'000'000;  // the house's keys have the small numbers

struct State {
  explicit State(const ExchangeOptions& options);
  State(const State&) = delete;  // Clearing points back
  State& operator=(const State&) = delete;
  // Another list than the options had; before anything happened.
  void set_markets(const std::vector<MarketSpec>& specs, std::string_view quiet);

  std::string_view symbol(MarketNo market) const {
    return market == kNoMarket ? std::string_view() : std::string_view(markets[market].spec.symbol);
  }

  std::optional<MarketNo> find_market(std::string_view symbol) const;
  // A person, as the exchange's other side calls an account; the same for ever.
  Uuid user_id(AccountId account) const { return make_uuid(seed, IdKind::User, kFirstUser + account); }

  // ---- what it was made with
  std::uint64_t seed;
  FeeSchedule fees;
  Micros per_market_limit;
  Micros account_limit;

  std::vector<Market> markets;
  std::map<std::string, MarketNo, std::less<>> market_index;
  MarketNo quiet_market{kNoMarket};

  // ---- what happened
  bool begun{false};                    // a Start was run, or a snapshot read
  std::chrono::microseconds offset{0};  // trading clock - wall clock
  Timestamp clock{};                    // the trading clock
  Timestamp started{};
  bool has_past{false};
  bool paused{false};
  OrderNo last_order{0};
  GroupNo last_group{0};
  std::uint64_t last_match{kPastNumbers};
  std::uint64_t last_operation{0};
  std::map<std::pair<KeyNo, Door>, std::uint64_t> refs;  // RequestContext::ref_seq
  Accounts accounts;
  OrderStore orders;
  Groups groups;
  std::map<Timestamp, ListHead> expiries;
  FillLog fills;
  std::deque<OrderNo> closed;  // of users, in the order they closed
  OnDisk on_disk;
  std::vector<OrderIx> graveyard;  // of the house: freed at the end of the command
  House house;
  Emitter emitter;
  std::vector<MarketNo> touched;
  CorporateActions actions;
  Funding funding;
  Clearing clearing{*this};
  Transfers transfers;
  RiskWatch risk_watch;
  Liquidations liquidations;
  ExitTriggers triggers;
  Fcm fcm;
  std::chrono::microseconds pace{kHousePace};  // of the house, while the clock runs
};

}  // namespace marginfix::sim
