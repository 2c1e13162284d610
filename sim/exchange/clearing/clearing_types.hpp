// What clearing keeps: lines (a subtrader's business in one market), obligations with their details, the settlement balance.
// Money is in centicents (10,000 a dollar) once a settlement has fixed it, in micro-dollars (a hundredth of that) before.
// Source: klear.md "Types and money", "Reports, obligations", "Balances, large traders".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/exchange/values/numbers.hpp"

namespace marginfix::sim {

using Centicents = std::int64_t;
using ClearingNo = std::uint64_t;   // of obligations, rows, payments, withdrawals, groups: one count for all, from 1
using SubtraderNo = std::uint32_t;  // number of an interned text, as Order::customer; 0 = the member's own business
inline constexpr Micros kMicrosPerCenticent = 100;

// Towards zero: what one side of a trade gains is what the other loses, to the centicent.
constexpr Centicents to_centicents(Micros micros) { return micros / kMicrosPerCenticent; }
// A requirement is never a fraction too small.
constexpr Centicents centicents_up(Micros micros) { return (micros + kMicrosPerCenticent - 1) / kMicrosPerCenticent; }
constexpr Micros to_micros(Centicents amount) { return amount * kMicrosPerCenticent; }

// One subtrader's business in one market since the account was opened. The four sums only grow by what happens; a settlement moves
// the `settled_` ones up to them. What a settlement fixes is the difference of two rounded sums, so nothing is lost or paid twice
// however the fractions fall.
struct ClearingLine {
  Qty net{0};
  Micros session_cost{0};  // what `net` stands at in this session: carried over at the last settlement price, traded at its price
  Micros flow{0};          // of trading: what sales brought less what purchases took; profit so far = flow + net x mark
  Micros funding{0};       // received less paid
  Micros corporate{0};     // cash of corporate actions, received less paid
  Micros fees{0};
  Centicents settled_trade{0};
  Centicents settled_funding{0};
  Centicents settled_corporate{0};
  Centicents settled_fees{0};
  Centicents noted_funding{0};    // rounded sum of the funding rows written so far
  Centicents noted_corporate{0};  // the same for corporate actions
};

struct SettlementRow {
  ClearingNo no{0};
  MarketNo market{kNoMarket};
  SubtraderNo subtrader{0};
  Qty position{0};
  Centicents pnl{0};  // trading + funding + corporate actions
  Centicents fees{0};
  Centicents total() const noexcept { return pnl - fees; }
};
struct FundingRow {
  ClearingNo no{0};
  ClearingNo obligation{0};  // 0 = no settlement has carried it yet
  MarketNo market{kNoMarket};
  SubtraderNo subtrader{0};
  Timestamp time{};
  Qty position{0};
  Centicents notional{0};
  Centicents amount{0};
};
struct CorporateRow {
  ClearingNo no{0};
  ClearingNo obligation{0};
  std::string type;
  std::string action_id;
  MarketNo market{kNoMarket};
  SubtraderNo subtrader{0};
  Qty before{0};
  Qty after{0};
  Centicents amount{0};
  std::optional<Timestamp> payment_time;  // nothing for splits
  std::optional<Ticks> price_before;      // splits
  std::optional<Ticks> price_after;
  Timestamp time{};
};
struct MarginRow {
  ClearingNo no{0};
  SubtraderNo subtrader{0};
  ClearingNo group{0};  // 0 = not grouped; else `subtrader` says nothing
  Centicents margin{0};
  Centicents delta{0};
};
struct ReceiveRow {
  ClearingNo no{0};
  bool wire{false};  // else taken from the settlement balance
  Centicents amount{0};
  Timestamp time{};
};
struct Obligation {
  ClearingNo no{0};
  AccountId account{0};
  std::string asset_class;
  Timestamp execution{};
  Timestamp updated{};
  Timestamp due{};  // when money moves next; meaningless once complete
  bool complete{false};
  Centicents pnl{0};
  Centicents fees{0};
  Centicents margin{0};        // requirement after this settlement
  Centicents margin_delta{0};  // against the one before
  Centicents received{0};      // paid in by the member so far
  std::vector<SettlementRow> details;
  std::vector<MarginRow> margins;
  std::vector<ReceiveRow> receives;
  // Negative: the member pays.
  Centicents amount() const noexcept { return pnl - fees - margin_delta; }
};

// One run of the settlement, for all members and asset classes.
struct SettlementCycle {
  Timestamp time{};
  bool closes_day{false};  // the one at 16:00 Eastern
  std::vector<std::pair<MarketNo, Ticks>> prices;
  Centicents members_pnl{0};  // of all obligations together; the house stands on the other side
  Centicents house_pnl{0};    // rounded for itself: differs from -members_pnl by fractions only
  std::size_t lines{0};       // how many lines were rounded
};

enum class BalanceReason : std::uint8_t { Deposit = 0, Settlement = 1, WithdrawalRequested = 2, WithdrawalProcessed = 3, Wire = 4 };
struct BalanceEntry {
  Timestamp time{};
  BalanceReason reason{BalanceReason::Deposit};
  Centicents available{0};  // changes
  Centicents locked{0};
  ClearingNo cause{0};
};
enum class WithdrawalStatus : std::uint8_t { Pending = 0, Processing = 1, Processed = 2 };
struct Withdrawal {
  ClearingNo no{0};
  Centicents amount{0};
  WithdrawalStatus status{WithdrawalStatus::Pending};
  Timestamp created{};
  Timestamp due{};  // of the next status; meaningless once processed
};
struct SubtraderGroup {
  ClearingNo no{0};
  std::vector<std::string> subtraders;
};
struct SubtraderKey {
  std::string key_id;
  std::string name;
  std::string subtrader;
  std::string public_pem;
};
// What a member held in a market when a settlement day closed.
struct DayPosition {
  MarketNo market{kNoMarket};
  Qty net{0};
};

struct ClearingMember {
  bool house{false};
  std::map<std::pair<SubtraderNo, MarketNo>, ClearingLine> lines;
  std::map<std::string, std::map<std::pair<SubtraderNo, ClearingNo>, Centicents>> margins;  // by asset class; after the last settlement
  Centicents available{0};
  Centicents locked{0};
  Centicents guaranty_fund{0};
  Timestamp guaranty_fund_updated{};
  std::vector<BalanceEntry> balance;
  std::vector<FundingRow> funding;
  std::vector<CorporateRow> corporate;
  std::vector<Withdrawal> withdrawals;
  std::vector<SubtraderGroup> groups;
  std::vector<SubtraderKey> keys;
  std::vector<std::pair<Timestamp, std::vector<DayPosition>>> days;  // by the settlement that closed them
};

template <class Ar>
void fields(Ar& ar, ClearingLine& l) {
  ar(l.net, l.session_cost, l.flow, l.funding, l.corporate, l.fees, l.settled_trade, l.settled_funding, l.settled_corporate, l.settled_fees,
     l.noted_funding, l.noted_corporate);
}
template <class Ar>
void fields(Ar& ar, SettlementRow& r) {
  ar(r.no, r.market, r.subtrader, r.position, r.pnl, r.fees);
}
template <class Ar>
void fields(Ar& ar, FundingRow& r) {
  ar(r.no, r.obligation, r.market, r.subtrader, r.time, r.position, r.notional, r.amount);
}
template <class Ar>
void fields(Ar& ar, CorporateRow& r) {
  ar(r.no, r.obligation, r.type, r.action_id, r.market, r.subtrader, r.before, r.after, r.amount, r.payment_time, r.price_before,
     r.price_after, r.time);
}
template <class Ar>
void fields(Ar& ar, MarginRow& r) {
  ar(r.no, r.subtrader, r.group, r.margin, r.delta);
}
template <class Ar>
void fields(Ar& ar, ReceiveRow& r) {
  ar(r.no, r.wire, r.amount, r.time);
}
template <class Ar>
void fields(Ar& ar, Obligation& o) {
  ar(o.no, o.account, o.asset_class, o.execution, o.updated, o.due, o.complete, o.pnl, o.fees, o.margin, o.margin_delta, o.received,
     o.details, o.margins, o.receives);
}
template <class Ar>
void fields(Ar& ar, SettlementCycle& c) {
  ar(c.time, c.closes_day, c.prices, c.members_pnl, c.house_pnl, c.lines);
}
template <class Ar>
void fields(Ar& ar, BalanceEntry& e) {
  ar(e.time, e.reason, e.available, e.locked, e.cause);
}
template <class Ar>
void fields(Ar& ar, Withdrawal& w) {
  ar(w.no, w.amount, w.status, w.created, w.due);
}
template <class Ar>
void fields(Ar& ar, SubtraderGroup& g) {
  ar(g.no, g.subtraders);
}
template <class Ar>
void fields(Ar& ar, SubtraderKey& k) {
  ar(k.key_id, k.name, k.subtrader, k.public_pem);
}
template <class Ar>
void fields(Ar& ar, DayPosition& p) {
  ar(p.market, p.net);
}
template <class Ar>
void fields(Ar& ar, ClearingMember& m) {
  ar(m.house, m.lines, m.margins, m.available, m.locked, m.guaranty_fund, m.guaranty_fund_updated, m.balance, m.funding, m.corporate,
     m.withdrawals, m.groups, m.keys, m.days);
}

}  // namespace marginfix::sim
