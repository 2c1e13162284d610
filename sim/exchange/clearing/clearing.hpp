// Clearing: settlement cycles, obligations, the settlement balance, subtrader groups and keys of clearing members.
//
// Two views of one ledger. The accounts (accounts.hpp) hold trading cash: profit is realized when a position closes, funding and
// corporate actions move cash at once, fees too. Clearing holds lines (clearing_types.hpp) of the same fills and payments, marked to
// market: at each cycle what a line earned since the last one, realized or not, becomes part of an obligation. Nothing is booked twice:
// clearing moves no trading cash; what it moves is the settlement balance, the money a member keeps with the clearing house to pay
// obligations from. Always, for each member (check()):
//   sum over its lines of (flow + funding + corporate) = realized profit + funding + corporate actions of its ledger - cost of positions
//   sum of the settlement rows of all obligations + what is not settled yet = that sum at the marks, towards zero to the centicent
//   settlement balance + locked = what was paid in - withdrawn + sum of what obligations moved
// and over all members the profit of a cycle is zero: what roundings leave over (fractions of a centicent a line, and what the accounts
// call residual) stands with the house.
//
// Cycles run at 12:00 and 16:00 Eastern, every day, for every member and asset class that has something to settle; the second closes
// the settlement day. Prices are the settlement marks of that moment. amount = profit - fees - change of the maintenance margin.
// An obligation is active for kPayAfter, then paid into or out of the settlement balance; where that is short, the rest comes by wire
// kWireAfter later. Everything on the trading clock; deterministic.
// Source: klear.md "Reports, obligations", "What a server must do"; observed.md (cycles).
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "sim/exchange/clearing/clearing_types.hpp"
#include "sim/exchange/values/jobs.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {

struct Order;
struct State;

inline constexpr std::chrono::hours kNoonCycle{12}, kClosingCycle{16};  // Eastern
inline constexpr std::chrono::minutes kPayAfter{2};
inline constexpr std::chrono::minutes kWireAfter{30};
inline constexpr std::chrono::seconds kWithdrawalStarts{30};  // pending until then
inline constexpr std::chrono::minutes kWithdrawalEnds{5};     // then processing until then
inline constexpr Centicents kOpeningBalance = 250'000 * 10'000LL;
inline constexpr Centicents kGuarantyFund = 50'000 * 10'000LL;

// The first settlement later than `t`, and the first that closes a day.
Timestamp next_cycle_after(Timestamp t);
bool closes_day(Timestamp cycle);

// What a portfolio (subtrader or group) would settle now.
struct PortfolioEstimate {
  struct Market {
    MarketNo market{kNoMarket};
    Qty net{0};
    Centicents variation{0};
    Centicents notional{0};
    Micros session_cost{0};  // of `net`
  };
  SubtraderNo subtrader{0};
  ClearingNo group{0};  // 0 = not a group
  Centicents variation{0};
  Centicents fees{0};
  Centicents margin{0};
  Centicents margin_delta{0};
  std::vector<Market> markets;  // by MarketNo
  Centicents amount() const noexcept { return variation - fees - margin_delta; }
};
struct AssetClassEstimate {
  std::string asset_class;
  std::vector<PortfolioEstimate> portfolios;  // the member's own, groups, subtraders that are in no group
};

class Clearing : public Job {
 public:
  explicit Clearing(State& state) : state_(state) {}

  // ---- what the engine tells
  void start(Timestamp now) {
    started_ = now;
    next_cycle_ = next_cycle_after(now);
  }
  void open_member(AccountId account, bool house, Timestamp now);
  void fill(const Order& order, Ticks price, Qty quantity, Micros fee);
  // Funding of one market: `paid` is what the account's positions got over all subaccounts.
  void funding(AccountId account, MarketNo market, Timestamp time, Ticks mark, Micros paid, const std::function<Micros(Qty)>& amount_of);
  struct CorporateNotice {
    std::string_view type;
    std::string_view id;
    MarketNo market{kNoMarket};
    Timestamp time{};
  };
  // Cash of a corporate action: `paid` over all subaccounts; `amount_of` a position.
  void corporate_cash(AccountId account, const CorporateNotice& notice, Micros paid, const std::function<Micros(Qty)>& amount_of);
  // Positions of the market were multiplied by new/old, their fractions closed at `price` (of a contract after the split).
  struct Split {
    std::int64_t ratio_old{1};
    std::int64_t ratio_new{1};
    Ticks price{0};
    Ticks mark_before{0};
    Ticks mark_after{0};
  };
  void corporate_split(const CorporateNotice& notice, const Split& split);
  // Positions of the market were closed at `price`.
  void corporate_close(MarketNo market, Ticks price);

  // ---- time
  std::optional<Timestamp> next(const State&) const override;
  void run(State& state) override;

  // ---- commands
  // Nothing: not a positive amount, or more than the balance holds.
  std::optional<ClearingNo> withdraw(AccountId account, Centicents amount);
  void deposit(AccountId account, Centicents amount);
  // The ids are the caller's business: they exist, they are the member's.
  SubtraderGroupResult create_group(AccountId account, const std::vector<std::string>& subtraders);
  SubtraderGroupResult update_group(AccountId account, ClearingNo group, const std::vector<std::string>& subtraders);
  void delete_group(AccountId account, ClearingNo group);
  void add_key(AccountId account, const SubtraderKey& key);
  bool remove_key(AccountId account, std::string_view key_id);

  // ---- queries
  bool is_member(AccountId account) const { return account < members_.size(); }
  const ClearingMember& member(AccountId account) const { return members_[account]; }
  const std::vector<SettlementCycle>& cycles() const noexcept { return cycles_; }
  const SettlementCycle* cycle_at(Timestamp time) const;
  Timestamp next_cycle() const noexcept { return next_cycle_; }
  Timestamp started() const noexcept { return started_; }
  std::uint64_t seed() const;
  // The member's, oldest first, in the order of numbers.
  std::vector<const Obligation*> obligations(AccountId account) const;
  const Obligation* obligation(AccountId account, ClearingNo no) const;
  std::vector<AssetClassEstimate> estimate(AccountId account) const;
  // The member's own business counts under its user id.
  std::string subtrader_id(AccountId account, SubtraderNo subtrader) const;
  std::string user_id(AccountId account) const;
  Uuid public_id(ClearingNo no) const;
  std::optional<ClearingNo> number_of(std::string_view public_id) const;
  const std::string& asset_class(MarketNo market) const;
  // Last settlement price of a market at or before `until`; nothing = it was never settled.
  std::optional<Ticks> last_price(MarketNo market, std::optional<Timestamp> until = std::nullopt) const;

  // Every broken promise, as views::check().
  void check(std::vector<std::string>& findings) const;

  template <class Ar>
  void state(Ar& ar) {
    ar(started_, next_cycle_, last_no_, members_, cycles_, obligations_);
    if constexpr (Ar::kLoading) plan();
  }

 private:
  using LineKey = std::pair<SubtraderNo, MarketNo>;
  using Unit = std::pair<SubtraderNo, ClearingNo>;  // of margin: a subtrader {n, 0} or a group {0, g}

  struct Unsettled {
    Centicents trade{0}, funding{0}, corporate{0}, fees{0};
    Centicents pnl() const noexcept { return trade + funding + corporate; }
  };

  ClearingLine& line(AccountId account, SubtraderNo subtrader, MarketNo market) { return members_[account].lines[{subtrader, market}]; }
  static void trade(ClearingLine& line, Qty quantity, Ticks price);
  ClearingNo next_no() { return ++last_no_; }
  Ticks mark(MarketNo market) const;
  void follow_accounts(AccountId account, MarketNo market);
  static Unsettled unsettled(const ClearingLine& line, Ticks price);
  static std::set<LineKey> lines_with_rows(const ClearingMember& member);
  std::map<SubtraderNo, ClearingNo> groups_of(const ClearingMember& member) const;
  static Unit unit_of(const std::map<SubtraderNo, ClearingNo>& groups, SubtraderNo subtrader);
  Centicents required(const PortfolioEstimate& portfolio) const;

  // a cycle
  void settle();
  void settle_member(AccountId account, SettlementCycle& cycle);
  void settle_house(AccountId account, SettlementCycle& cycle);
  SettlementRow settle_line(const LineKey& key, ClearingLine& line);
  void settle_margins(ClearingMember& member, Obligation& obligation, const AssetClassEstimate& estimate);
  void carry_rows(ClearingMember& member, const Obligation& obligation, ClearingNo first_of_cycle) const;

  // money
  void plan();
  void pay(Obligation& obligation);
  void move(AccountId account, BalanceReason reason, Centicents available, Centicents locked, ClearingNo cause);
  void receive(Obligation& obligation, Centicents amount, bool wire);
  void advance(Withdrawal& withdrawal, AccountId account);
  static bool conflicts(const ClearingMember& member, const std::vector<std::string>& subtraders, ClearingNo except);

  void check_positions(AccountId account, std::vector<std::string>& findings) const;
  void check_ledger(AccountId account, std::vector<std::string>& findings) const;
  void check_settled(AccountId account, std::vector<std::string>& findings) const;
  void check_balance(AccountId account, std::vector<std::string>& findings) const;

  State& state_;
  Timestamp started_{};
  Timestamp next_cycle_{};
  ClearingNo last_no_{0};
  std::vector<ClearingMember> members_;  // by AccountId
  std::vector<SettlementCycle> cycles_;
  std::vector<Obligation> obligations_;  // of all members, by number
  std::optional<Timestamp> next_payment_;
};

}  // namespace marginfix::sim
