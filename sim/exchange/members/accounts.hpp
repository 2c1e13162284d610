// Accounts, keys, subaccounts, positions and the ledger. Every cash movement is an integer number of micro-dollars and has an entry.
// Conservation, always: sum(cash) - sum(cost of positions) + fees collected + residual = deposits + insurance paid, and positions of a
// market sum to zero. An FCM's position is also kept by customer (the number of the customer's name on its orders; 0 = the FCM's own
// business): the shares add up to the position, and their cost less realized profit to the position's.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/exchange/book/order_numbers.hpp"
#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/values/options.hpp"

namespace marginfix::sim {

// Rounded up to the micro-dollar: the exchange never loses a fraction.
constexpr Micros fee_of(Micros notional, Micros rate_tenthousandths) {
  return notional / 10'000 * rate_tenthousandths + (notional % 10'000 * rate_tenthousandths + 9'999) / 10'000;
}

struct Position {
  Qty net{0};
  Micros cost{0};  // what the net position was entered for: positive long, negative short
  Micros realized{0};
  Micros fees{0};
  Micros open_fees{0};  // since the position was last opened from flat
  // resting orders, by side (0 = bids, 1 = asks)
  Qty open_qty[2]{0, 0};
  Micros open_notional[2]{0, 0};
};
// Whose share of an FCM's position.
struct CustomerKey {
  std::uint32_t customer{0};
  std::int32_t subaccount{0};
  MarketNo market{kNoMarket};
  friend auto operator<=>(const CustomerKey&, const CustomerKey&) = default;
};
struct Subaccount {
  Micros cash{0};
  std::vector<Position> positions;  // by MarketNo
};

enum class LedgerKind : std::uint8_t {
  Deposit = 0,
  Fee = 1,
  RealizedPnl = 2,
  Transfer = 3,
  Funding = 4,
  CorporateAction = 5,
  Insurance = 6,
  InstanceTransfer = 7
};
// The entries of an account; where there are as many, the older half becomes one entry a kind, subaccount and market.
inline constexpr std::size_t kMostLedger = 20'000;
struct LedgerEntry {
  Timestamp time{};
  LedgerKind kind{LedgerKind::Deposit};
  std::int32_t subaccount{0};
  MarketNo market{kNoMarket};
  Micros amount{0};  // change of cash, signed
  std::int64_t exec_a{-1};
  std::int64_t exec_b{-1};
};

struct Key {
  std::string key_id;
  KeyScope scope{KeyScope::Trading};
  AccountId account{0};
  std::optional<std::int32_t> subaccount;  // locked to it
  std::string subtrader;                   // bound to it; "" = not bound
  bool revoked{false};                     // for good; its number stays
};
struct Account {
  std::string name;
  bool fcm{false};
  bool house{false};
  std::vector<Subaccount> subaccounts;
  std::vector<LedgerEntry> ledger;  // not kept for the house; beyond kMostLedger the older entries are sums
  Micros deposits{0};
  bool margin_enabled{true};
  std::map<CustomerKey, Position> customers;  // FCMs only
  ListHead open;                              // open orders by OrderNo; runtime only
  OrderNumbers archive;                       // every order still known; runtime only
};

template <class Ar>
void fields(Ar& ar, Position& p) {
  ar(p.net, p.cost, p.realized, p.fees, p.open_fees);  // resting sums are rebuilt from the orders
}
template <class Ar>
void fields(Ar& ar, CustomerKey& k) {
  ar(k.customer, k.subaccount, k.market);
}
template <class Ar>
void fields(Ar& ar, Subaccount& s) {
  ar(s.cash, s.positions);
}
template <class Ar>
void fields(Ar& ar, LedgerEntry& e) {
  ar(e.time, e.kind, e.subaccount, e.market, e.amount, e.exec_a, e.exec_b);
}
template <class Ar>
void fields(Ar& ar, Key& k) {
  ar(k.key_id, k.scope, k.account, k.subaccount, k.subtrader, k.revoked);
}
template <class Ar>
void fields(Ar& ar, Account& a) {
  ar(a.name, a.fcm, a.house, a.margin_enabled, a.subaccounts, a.ledger, a.deposits, a.customers);
}

// What one side of a trade did to its subaccount.
struct FillEffect {
  Qty net{0};
  Micros cost{0};
  Micros realized{0};
  DollarDecimal measured_against;  // entry price behind `realized`: of the position before the fill; of the new one when nothing was closed
  // The same of the customer's share, where the account has customers.
  Micros share_realized{0};
  DollarDecimal share_measured_against;
};

class Accounts {
 public:
  explicit Accounts(std::size_t markets) : open_interest(markets, 0), markets_(markets) {}

  AccountId create(const AccountSpec& spec, bool house, Timestamp now);
  KeyNo add_key(AccountId account, const KeySpec& key);
  bool remove_key(AccountId account, std::string_view key_id);  // false: the account has no such key
  std::optional<int> create_subaccount(AccountId account);
  void deposit(AccountId account, int subaccount, Micros amount, Timestamp now);
  void transfer(AccountId account, int from, int to, Micros amount, Timestamp now);

  std::optional<KeyNo> find_key(std::string_view key_id) const;  // not a revoked one
  std::optional<AccountId> find(std::string_view name) const;
  bool has_subaccount(AccountId account, int subaccount) const;
  Position& position(const Order& o) { return position(o.account, o.subaccount, o.market); }
  Position& position(AccountId account, int subaccount, MarketNo market) {
    return all[account].subaccounts[static_cast<std::size_t>(subaccount)].positions[market];
  }
  // Books a fill: position, realized profit, fee, cash, ledger.
  FillEffect fill(const Order& order, Ticks price, Qty quantity, Micros fee, Timestamp now, ExecId exec);
  // A resting order's quantity enters (positive) or leaves (negative) its subaccount's exposure.
  void rest(const Order& order, Qty quantity);
  // Changes the cash of a subaccount by `amount` and notes it. Where the other side is not another account, the caller takes it from
  // `residual`.
  void book(AccountId account, Micros amount, const LedgerEntry& entry);
  // Puts another position in the place of the present one (not by trading); `realized` is added to what it realized so far.
  void set_position(AccountId account, int subaccount, MarketNo market, Qty net, Micros cost, Micros realized);
  // What a corporate action did to the subaccount's position, done to the customers' shares too: a split into ratio_new for ratio_old (the
  // part of a contract that is paid out goes at `price`), a settlement of everything at `price`. After set_position().
  void split_shares(AccountId account, int subaccount, MarketNo market, Qty ratio_old, Qty ratio_new, Ticks price);
  void settle_shares(AccountId account, int subaccount, MarketNo market, Ticks price);
  // The largest share on the side of a position (long or short) and its size; the whole position where there are no shares.
  std::pair<std::uint32_t, Qty> largest_share(AccountId account, int subaccount, MarketNo market, bool is_long) const;
  // Money from outside the margined exchange (positive) or to it.
  void move_outside(AccountId account, int subaccount, Micros amount, Timestamp now);
  // Makes good what a flat subaccount owes.
  void insure(AccountId account, int subaccount, Timestamp now);
  AccountId house() const;  // the first house account

  std::vector<Account> all;
  std::vector<Key> keys;
  Micros fees_collected{0};
  Micros residual{0};               // what the roundings of funding and corporate actions left over
  Micros insurance_paid{0};         // by the exchange, for subaccounts that owed more than they had
  std::vector<Qty> open_interest;   // by market: sum of the long positions
  std::size_t member_positions{0};  // how many positions of accounts that are not the house are open
  bool overdrawn{false};            // a member's subaccount may owe money

  void rebuild();  // indexes and sums, after a snapshot was read

 private:
  // A position is about to become `after`.
  void count(const Account& account, MarketNo market, Qty before, Qty after) {
    open_interest[market] += std::max<Qty>(0, after) - std::max<Qty>(0, before);
    if (account.house) return;
    member_positions += after != 0 ? 1U : 0U;
    member_positions -= before != 0 ? 1U : 0U;
  }
  void add_cash(Account& account, int subaccount, Micros amount) {
    Micros& cash = account.subaccounts[static_cast<std::size_t>(subaccount)].cash;
    cash += amount;
    if (cash < 0 && !account.house) overdrawn = true;
  }
  std::size_t markets_;
  std::map<std::string, KeyNo, std::less<>> key_index_;
};

template <class Ar>
void fields(Ar& ar, Accounts& a) {
  ar(a.all, a.keys, a.fees_collected, a.residual, a.insurance_paid, a.overdrawn);
  if constexpr (Ar::kLoading) a.rebuild();
}

}  // namespace marginfix::sim
