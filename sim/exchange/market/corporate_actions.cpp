// What corporate actions do to a market.
#include "sim/exchange/market/corporate_actions.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/control.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kMostRatio = 1'000;
constexpr DollarDecimal kMostCash = DollarDecimal::from_units(100'000 * 1'000'000LL);

// Half away from zero; the divisor is positive.

Result<void> bad(const char* what) { return fail(ErrorCategory::config, what); }

bool sensible(const std::optional<DollarDecimal>& amount, bool may_be_negative) {
  return !amount || (*amount <= kMostCash && -*amount <= kMostCash && (may_be_negative || !amount->is_negative()));
}

bool is_cash(CorporateActionType type) noexcept {
  return type == CorporateActionType::CashDividend || type == CorporateActionType::SpecialDividend || type == CorporateActionType::SpinOff;
}

// An amount for one share as one for a contract: times the underlying units in it; 4 decimals, as prices have.
Result<DollarDecimal> per_contract(const std::optional<DollarDecimal>& contract, const std::optional<DollarDecimal>& share,
                                   const MarketSpec& spec) {
  if (contract) return *contract;
  const auto size = MultiplierDecimal::parse(spec.contract_size);
  const auto multiplier = MultiplierDecimal::parse(spec.underlying_multiplier);
  if (!size) return size.error();
  if (!multiplier) return multiplier.error();
  const auto once = size->times(*share, Rounding::half_even);
  if (!once) return once.error();
  const auto amount = multiplier->times(*once, Rounding::half_even);
  if (!amount) return amount.error();
  return to_price(static_cast<Ticks>(divide_rounded(amount->units(), kMicrosPerTick)));
}

}  // namespace

std::string_view to_string(CorporateActionType type) noexcept {
  static constexpr std::string_view kNames[] = {"cash_dividend", "special_dividend", "spin_off",
                                                "stock_split",   "final_settlement", "ticker_change"};
  return kNames[static_cast<std::size_t>(type)];
}
std::optional<CorporateActionType> parse_corporate_action_type(std::string_view name) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(CorporateActionType::TickerChange); ++i) {
    if (to_string(static_cast<CorporateActionType>(i)) == name) return static_cast<CorporateActionType>(i);
  }
  return std::nullopt;
}
std::string_view to_string(CorporateActionStatus status) noexcept {
  static constexpr std::string_view kNames[] = {"scheduled", "cancelled", "applied", "lapsed"};
  return kNames[static_cast<std::size_t>(status)];
}

Result<void> CorporateActions::validate(const CorporateAction& a, const State& state) {
  if (a.market >= state.markets.size()) return bad("a corporate action needs a market of this exchange");
  const MarketSpec& spec = state.markets[a.market].spec;
  if (is_cash(a.type)) {
    if (!a.cash_per_share && !a.cash_per_contract) return bad("a dividend or spin-off needs cash_per_share or cash_per_contract");
    if (!sensible(a.cash_per_share, true) || !sensible(a.cash_per_contract, true)) return bad("the cash is out of range");
    if (const auto cash = per_contract(a.cash_per_contract, a.cash_per_share, spec); !cash) return cash.error();
  } else if (a.type == CorporateActionType::StockSplit) {
    const auto good = [](std::int64_t ratio) { return ratio >= 1 && ratio <= kMostRatio; };
    if (!good(a.ratio_old) || !good(a.ratio_new)) return bad("a split needs ratio_old and ratio_new, whole numbers from 1 to 1000");
  } else if (a.type == CorporateActionType::FinalSettlement) {
    if (!a.settlement_price_per_share && !a.settlement_price_per_contract) return bad("a final settlement needs a settlement price");
    if (!sensible(a.settlement_price_per_share, false) || !sensible(a.settlement_price_per_contract, false)) {
      return bad("the settlement price is out of range");
    }
    const auto price = per_contract(a.settlement_price_per_contract, a.settlement_price_per_share, spec);
    if (!price) return price.error();
    if (price->units() % kMicrosPerTick != 0) return bad("settlement_price_per_contract has at most 4 decimals");
  } else {
    if (a.old_ticker.empty() || a.new_ticker.empty()) return bad("a ticker change needs old_ticker and new_ticker");
    const auto taken = state.find_market(a.new_market_ticker.empty() ? a.new_ticker : a.new_market_ticker);
    if (taken && *taken != a.market) return bad("another market has the new ticker");
  }
  return {};
}

std::uint64_t CorporateActions::schedule(State& state, const CorporateAction& action) {
  const std::uint64_t no = notices_.size() + 1;
  notices_[no] = {CorporateActionStatus::Scheduled, state.clock, action, {}, 0, 0};
  return no;
}

bool CorporateActions::cancel(State& state, std::uint64_t no) {
  const auto it = notices_.find(no);
  if (it == notices_.end() || it->second.status != CorporateActionStatus::Scheduled) return false;
  it->second.status = CorporateActionStatus::Cancelled;
  it->second.updated = state.clock;
  return true;
}

std::optional<Timestamp> CorporateActions::next(const State&) const {
  std::optional<Timestamp> next;
  const auto sooner = [&next](Timestamp at) {
    if (!next || at < *next) next = at;
  };
  for (const auto& [no, notice] : notices_) {
    if (notice.status == CorporateActionStatus::Scheduled) sooner(notice.action.execution_time);
  }
  for (const auto& [market, until] : halts_) sooner(until);
  return next;
}

// Everything that is due, halts that end first.
void CorporateActions::run(State& state) {
  const ExecGroup exec_group(state, kSystem);
  for (auto it = halts_.begin(); it != halts_.end();) {
    if (it->second > state.clock) {
      ++it;
      continue;
    }
    resume(state, it->first);
    it = halts_.erase(it);
  }
  for (auto& [no, notice] : notices_) {
    if (notice.status != CorporateActionStatus::Scheduled || notice.action.execution_time > state.clock) continue;
    const bool open = state.markets[notice.action.market].status == MarketStatus::Active;
    notice.status = open ? CorporateActionStatus::Applied : CorporateActionStatus::Lapsed;
    notice.updated = state.clock;
    if (!open) continue;
    apply(state, no, notice);
    tell(state, no);
  }
}

void CorporateActions::apply(State& state, std::uint64_t no, Notice& notice) {
  const Uuid id = make_uuid(state.emitter.seed(), IdKind::CorporateAction, no);
  const Clearing::CorporateNotice cleared{to_string(notice.action.type), id.view(), notice.action.market, notice.action.execution_time};
  switch (notice.action.type) {
    case CorporateActionType::CashDividend:
    case CorporateActionType::SpecialDividend:
    case CorporateActionType::SpinOff:
      pay_cash(state, notice.action, cleared);
      break;
    case CorporateActionType::StockSplit:
      split(state, notice, cleared);
      break;
    case CorporateActionType::FinalSettlement:
      settle(state, notice.action);
      break;
    case CorporateActionType::TickerChange:
      rename(state, notice);
      break;
  }
}

void CorporateActions::pay_cash(State& state, const CorporateAction& action, const Clearing::CorporateNotice& cleared) {
  const auto cash = per_contract(action.cash_per_contract, action.cash_per_share, state.markets[action.market].spec);
  const auto amount_of = [&cash](Qty net) {
    return static_cast<Micros>(divide_rounded(static_cast<Wide>(net) * cash->units(), FixedPointCount::kOne));
  };
  for (AccountId id = 0; id < state.accounts.all.size(); ++id) {
    auto& subaccounts = state.accounts.all[id].subaccounts;
    Micros paid = 0;
    for (std::size_t s = 0; s < subaccounts.size(); ++s) {
      const Qty net = subaccounts[s].positions[action.market].net;
      const Micros amount = amount_of(net);
      paid += amount;
      const auto subaccount = static_cast<std::int32_t>(s);
      state.accounts.residual -= amount;
      state.accounts.book(id, amount, {state.clock, LedgerKind::CorporateAction, subaccount, action.market, amount});
    }
    state.clearing.corporate_cash(id, cleared, paid, amount_of);
  }
}

void CorporateActions::split(State& state, Notice& notice, const Clearing::CorporateNotice& cleared) {
  const CorporateAction& a = notice.action;
  Market& market = state.markets[a.market];
  cancel_orders(state, a.market);
  const auto converted = [&a](Ticks price) {
    return std::max<Ticks>(1, static_cast<Ticks>(divide_rounded(static_cast<Wide>(price) * a.ratio_old, a.ratio_new)));
  };
  notice.pre_split_mark = liquidation_mark(state, a.market);
  market.action_halt = true;  // the house waits
  put_reference(state, a.market, converted(market.reference));
  if (market.last) market.last = converted(*market.last);
  notice.post_split_mark = liquidation_mark(state, a.market);
  split_positions(state, a, market.reference);
  state.clearing.corporate_split(cleared, {a.ratio_old, a.ratio_new, market.reference, notice.pre_split_mark, notice.post_split_mark});
  state.triggers.split(state, a.market, a.ratio_old, a.ratio_new);
  halt(state, a.market);
}

void CorporateActions::split_positions(State& state, const CorporateAction& a, Ticks price) {
  Qty kept_sum = 0;
  for (AccountId id = 0; id < state.accounts.all.size(); ++id) {
    const std::size_t subaccounts = state.accounts.all[id].subaccounts.size();
    for (std::size_t s = 0; s < subaccounts; ++s) {
      const auto subaccount = static_cast<std::int32_t>(s);
      const Position before = state.accounts.position(id, subaccount, a.market);
      if (before.net == 0) {
        state.accounts.split_shares(id, subaccount, a.market, a.ratio_old, a.ratio_new, price);
        continue;
      }
      // In units of 1/old of a hundredth contract: exact.
      const Wide exact = static_cast<Wide>(before.net) * a.ratio_new;
      const Wide whole = static_cast<Wide>(FixedPointCount::kOne) * a.ratio_old;
      const Wide kept = exact / whole * whole;
      const Wide size = exact < 0 ? -exact : exact;
      const Replaced now{static_cast<Qty>(kept / a.ratio_old),
                         static_cast<Micros>(divide_rounded(before.cost * (kept < 0 ? -kept : kept), size)),
                         static_cast<Micros>(divide_rounded((exact - kept) * price, a.ratio_old))};
      replace_position(state, id, subaccount, a.market, now);
      state.accounts.split_shares(id, subaccount, a.market, a.ratio_old, a.ratio_new, price);
      kept_sum += now.net;
    }
  }
  if (kept_sum == 0) return;
  // Somebody must hold the other side of what was kept.
  const AccountId house = state.accounts.house();
  const Position before = state.accounts.position(house, 0, a.market);
  const Qty net = before.net - kept_sum;
  replace_position(state, house, 0, a.market, {net, net == 0 ? 0 : before.cost - kept_sum * price, kept_sum * price});
}

// `proceeds` is what the part of the position that goes away brings, taken from the residual.
void CorporateActions::replace_position(State& state, AccountId account, int subaccount, MarketNo market, const Replaced& now) {
  const Position& before = state.accounts.position(account, subaccount, market);
  const Micros realized = now.proceeds - (before.cost - now.cost);
  state.accounts.residual -= now.proceeds;
  state.accounts.set_position(account, subaccount, market, now.net, now.cost, realized);
  state.accounts.book(account, realized, {state.clock, LedgerKind::CorporateAction, subaccount, market, realized});
}

void CorporateActions::settle(State& state, const CorporateAction& a) {
  const auto price = per_contract(a.settlement_price_per_contract, a.settlement_price_per_share, state.markets[a.market].spec);
  const Ticks ticks = price->units() / kMicrosPerTick;
  cancel_orders(state, a.market);
  for (AccountId id = 0; id < state.accounts.all.size(); ++id) {
    const std::size_t subaccounts = state.accounts.all[id].subaccounts.size();
    for (std::size_t s = 0; s < subaccounts; ++s) {
      const Qty net = state.accounts.position(id, static_cast<int>(s), a.market).net;
      if (net != 0) replace_position(state, id, static_cast<int>(s), a.market, {0, 0, net * ticks});
      state.accounts.settle_shares(id, static_cast<int>(s), a.market, ticks);
      state.triggers.position_moved(state, {id, static_cast<int>(s), a.market});
    }
  }
  state.clearing.corporate_close(a.market, ticks);
  state.markets[a.market].status = MarketStatus::Closed;
  put_reference(state, a.market, std::max<Ticks>(1, ticks));
  status_event(state, a.market);
}

void CorporateActions::rename(State& state, Notice& notice) {
  const CorporateAction& a = notice.action;
  notice.old_market_ticker = state.markets[a.market].spec.symbol;
  const std::string& ticker = a.new_market_ticker.empty() ? a.new_ticker : a.new_market_ticker;
  const auto taken = state.find_market(ticker);
  if (!taken || *taken == a.market) rename_market(state, a.market, ticker);
  halt(state, a.market);
}

void CorporateActions::cancel_orders(State& state, MarketNo market) {
  for (AccountId id = 0; id < state.accounts.all.size(); ++id) {
    cancel_where(state, id, {Reason::ExchangePaused, UpdateReason::HaltCancel, {}, {}, false},
                 [market](const Order& o) { return o.market == market; });
  }
}

void CorporateActions::halt(State& state, MarketNo market) {
  halts_[market] = state.clock + kActionHalt;
  state.markets[market].action_halt = true;
  status_event(state, market);
  cancel_paused(state, market);
}

void CorporateActions::resume(State& state, MarketNo market) {
  state.markets[market].action_halt = false;
  ++state.markets[market].version;
  status_event(state, market);
}

void CorporateActions::tell(State& state, std::uint64_t no) {
  CorporateActionEvent e;
  e.action = view(state, no);
  state.emitter.other(e, &EventSink::on_corporate_action);
}

CorporateActionView CorporateActions::view(const State& state, std::uint64_t no) const {
  const Notice& notice = notices_.at(no);
  const Market& market = state.markets[notice.action.market];
  CorporateActionView v;
  v.no = no;
  v.id = make_uuid(state.emitter.seed(), IdKind::CorporateAction, no);
  v.market_id = market.id;
  v.market_ticker = market.spec.symbol;
  v.status = notice.status;
  v.updated = notice.updated;
  v.action = notice.action;
  v.old_market_ticker = notice.old_market_ticker;
  if (notice.pre_split_mark != 0) v.pre_split_mark = to_price(notice.pre_split_mark);
  if (notice.post_split_mark != 0) v.post_split_mark = to_price(notice.post_split_mark);
  return v;
}

std::vector<CorporateActionView> CorporateActions::list(const State& state, std::optional<MarketNo> market) const {
  std::vector<CorporateActionView> out;
  for (const auto& [no, notice] : notices_) {
    if (!market || notice.action.market == *market) out.push_back(view(state, no));
  }
  const auto before = [](const CorporateActionView& a, const CorporateActionView& b) {
    if (a.action.ex_date.has_value() != b.action.ex_date.has_value()) return a.action.ex_date.has_value();
    if (a.action.ex_date != b.action.ex_date) return *a.action.ex_date < *b.action.ex_date;
    if (a.updated != b.updated) return a.updated < b.updated;
    return a.id.view() < b.id.view();
  };
  std::ranges::sort(out, before);
  return out;
}

}  // namespace marginfix::sim
