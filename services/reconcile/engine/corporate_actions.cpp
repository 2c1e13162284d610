#include "services/reconcile/engine/corporate_actions.hpp"

#include <algorithm>
#include <vector>

#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/wide.hpp"

namespace marginfix::reconcile {

namespace {

// A position read by REST may be a moment behind the engine.
constexpr auto kToldBefore = std::chrono::seconds(3);

std::vector<CorporateActionRow> not_applied(EngineState& state, const PositionRow& row) {
  return all<CorporateActionRow>(state.storage, "WHERE account = $1 AND symbol = $2 AND applied = 0 ORDER BY id", row.account, row.symbol);
}

// Nothing where it is no ratio.
std::optional<std::int64_t> units_of(const std::string& text) {
  const auto ratio = DollarDecimal::parse(text);
  if (!ratio || ratio->units() <= 0) return std::nullopt;
  return ratio->units();
}

struct Change {
  FixedPointCount before, after;
};

// What a split made of what was held when it was applied. Nothing where the position has gone through it, or began behind it.
std::optional<Change> change_by_notice(EngineState& state, const PositionRow& row, const CorporateActionRow& notice) {
  const Timestamp time = *notice.execution_time;
  if (row.base_time && *row.base_time >= time) return std::nullopt;
  if (row.opening_time && *row.opening_time >= time) return std::nullopt;
  const auto before = units_of(notice.ratio_old), after = units_of(notice.ratio_new);
  if (!before || !after || *before == *after || !row.opening) return std::nullopt;
  const FixedPointCount held = net_at(state, row, time);
  if (held.is_zero()) return std::nullopt;
  const Wide scaled = static_cast<Wide>(held.units()) * *after / *before;
  return Change{held, FixedPointCount::from_units(static_cast<std::int64_t>(scaled))};
}

bool within_a_contract(FixedPointCount a, FixedPointCount b) {
  const std::int64_t off = (a - b).units();
  return off < FixedPointCount::kOne && -off < FixedPointCount::kOne;
}

}  // namespace

FixedPointCount net_at(EngineState& state, const PositionRow& row, Timestamp time) {
  const std::int64_t later = number(state.storage,
                                    "SELECT SUM(CASE side WHEN '2' THEN -quantity ELSE quantity END) FROM fills WHERE account = $1 AND "
                                    "subaccount = $2 AND symbol = $3 AND transact_time > $4",
                                    row.account, row.subaccount, row.symbol, time);
  return row.opening.value_or(FixedPointCount{}) + row.traded - FixedPointCount::from_units(later);
}

void take_notice(EngineState& state, const std::string& account, const rest::MarginCorporateAction& told) {
  if (told.status != rest::CorporateActionStatus::applied || told.type != rest::CorporateActionType::stock_split) return;
  if (!told.split || !told.execution_time || !told.split->ratio_old || !told.split->ratio_new) return;
  CorporateActionRow row;
  row.account = account;
  row.id = "notice " + told.id;
  row.symbol = told.market_ticker;
  row.type = std::string(told.type.text());
  row.first_seen = state.now;
  row.execution_time = *told.execution_time;
  row.ratio_old = *told.split->ratio_old;
  row.ratio_new = *told.split->ratio_new;
  insert(state.storage, row);
}

std::optional<KnownAction> known_action(EngineState& state, const PositionRow& row, FixedPointCount net) {
  std::optional<KnownAction> by_klear, by_notice;
  for (CorporateActionRow& action : not_applied(state, row)) {
    const bool is_notice = action.execution_time.has_value();
    const auto change = is_notice ? change_by_notice(state, row, action) : Change{action.net_before, action.net_after};
    if (!change) continue;
    KnownAction known;
    known.net_after = net + (change->after - change->before);
    known.leads_to_rest = is_notice ? within_a_contract(known.net_after, *row.rest_net) : known.net_after == *row.rest_net;
    const bool begins_here = change->before == net;
    std::optional<KnownAction>& found = is_notice ? by_notice : by_klear;
    if (!known.leads_to_rest && (found || !begins_here)) continue;
    if (found && found->leads_to_rest) continue;
    known.row = std::move(action);
    found = std::move(known);
  }
  return by_klear ? by_klear : by_notice;  // what Klear says of this account's position counts, also where a notice would explain it
}

void set_applied(EngineState& state, CorporateActionRow action) {
  if (action.execution_time) return;
  action.applied = true;
  put(state.storage, action);
}

void go_through(EngineState& state, PositionRow& row, FixedPointCount before, FixedPointCount after) {
  state.book.forget_batch();  // rows were written past it
  state.book.corporate_action(row.account, row.subaccount, row.symbol, before, after, std::max(state.now, state.coverage.exchange_now()));
  state.book.write();
  if (auto now = find<PositionRow>(state.storage, row.account, row.subaccount, row.symbol)) row = *std::move(now);
}

void forget_actions(EngineState& state, PositionRow& row, FixedPointCount net, Timestamp whole) {
  for (CorporateActionRow& action : not_applied(state, row)) {
    if (whole < action.first_seen + kToldBefore) continue;
    if (!action.execution_time) {
      if (action.net_after == net) set_applied(state, action);
    } else if (change_by_notice(state, row, action)) {
      go_through(state, row, net, net);  // its opening was of behind it
    }
  }
}

bool waits_for_split(EngineState& state, const PositionRow& row) {
  for (const CorporateActionRow& action : not_applied(state, row)) {
    if (action.execution_time && change_by_notice(state, row, action)) return true;
  }
  return false;
}

}  // namespace marginfix::reconcile
