// The three days before the exchange's start, lived through by the engine itself at a sparse pace: the reference prices follow the seeded
// trades, the house keeps a few quotes a side, and the accounts trade - taking and resting, long and short, amending and canceling - hold
// positions over funding times and settlements, and are flat again some hours before the start. So the first client finds fills,
// payments and settlements that really happened, no open order, no position, and nothing in the drop-copy window.
// Listeners hear nothing of it: no door was open yet. Deterministic by seed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sim/exchange/market/past.hpp"
#include "sim/exchange/values/random.hpp"
#include "sim/exchange/values/requests.hpp"

namespace marginfix::sim {

struct State;

class PastRun {
 public:
  using Walks = std::vector<std::vector<PublicTrade>>;  // seeded trades, by market; empty = the market has no past

  // `traders` are accounts with at least one trading key; others do not trade.
  PastRun(State& state, const Walks& walks, const std::vector<AccountId>& traders);
  // From the state's clock to `start`.
  void run(Timestamp start);

 private:
  struct Trader {
    KeyNo key{kNoKey};
    AccountId account{0};
    int subaccounts{1};
    std::vector<std::string> resting;  // by market: ClOrdID of the order that may rest there
  };

  void follow_walk(MarketNo market);
  void visit(MarketNo market);
  void act(MarketNo market);
  void take(Trader& trader, MarketNo market, int subaccount);
  void make(Trader& trader, MarketNo market);
  void rest_and_amend(Trader& trader, MarketNo market);
  void cross(MarketNo market);
  void flatten(Trader& trader, MarketNo market);
  void withdraw(Trader& trader, MarketNo market);

  Side lean(const Trader& trader, MarketNo market, int subaccount);
  Qty net(const Trader& trader, MarketNo market, int subaccount) const;
  std::optional<Ticks> best(MarketNo market, Side side) const;
  const std::string& order(const Trader& trader, MarketNo market, Side side, Ticks price, std::int64_t contracts, bool immediate,
                           int subaccount, bool reduce_only = false);

  State& state_;
  const Walks& walks_;
  std::vector<std::size_t> at_;  // by market: the first seeded trade that is still ahead
  std::vector<Trader> traders_;
  Random random_;
  std::uint64_t last_id_{0};
  std::string id_;
};

}  // namespace marginfix::sim
