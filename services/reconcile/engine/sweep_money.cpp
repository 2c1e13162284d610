#include "services/reconcile/engine/sweep_money.hpp"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "services/reconcile/engine/corporate_actions.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/wide.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::int64_t kKlearRounding = 100;  // millionths of a dollar: a centicent
// A position read by REST may be a moment behind the engine.
constexpr auto kPositionSettle = std::chrono::seconds(3);

std::string position_subject(const PositionRow& row) { return "position " + std::to_string(row.subaccount) + ' ' + row.symbol; }

Difference about_position(const PositionRow& row, BreakCategory category) {
  Difference d;
  d.category = category;
  d.account = row.account;
  d.subject = position_subject(row);
  d.symbol = row.symbol;
  d.subaccount = row.subaccount;
  d.here_source = "ledger";
  return d;
}

std::optional<Difference> compare_fix(EngineState& state, PositionRow& row) {
  if (!row.fix_net || !row.opening || *row.fix_net == *row.opening + row.fix_traded) return std::nullopt;
  const FixedPointCount net = net_at(state, row, *row.fix_time);
  row.fix_traded = net - *row.opening;
  put(state.storage, row);
  if (*row.fix_net == net) return std::nullopt;
  Difference d = about_position(row, BreakCategory::position);
  d.subject += " fix";
  d.here_value = net.to_string();
  d.there_source = "fix";
  d.there_value = row.fix_net->to_string();
  d.event_time = row.fix_time;
  d.explanation = "the fills do not add up to LongQty(704) less ShortQty(705) of the newest trade";
  return d;
}

// A split keeps what the position cost: contracts and price changed by the same ratio, to the rounding of both.
bool cost_is_kept(const PositionRow& row) {
  if (!row.rest_net || !row.rest_entry_price || row.rest_net->is_zero()) return false;
  const Wide before = wide_of(row.rest_basis_before);
  const Wide now = static_cast<Wide>(row.rest_entry_price->units()) * row.rest_net->units();
  const Wide off = before > now ? before - now : now - before;
  const Wide contracts = row.rest_net->is_negative() ? -row.rest_net->units() : row.rest_net->units();
  // A price is rounded to 0.0001 dollars, a position to a hundredth of a contract.
  const Wide rounding = contracts * 100 + static_cast<Wide>(row.rest_entry_price->units());
  return before != 0 && off <= rounding;
}

Difference explained_action(const PositionRow& row, FixedPointCount net, const std::string& why) {
  Difference d = about_position(row, BreakCategory::corporate_action);
  d.subject += ' ' + net.to_string() + " to " + row.rest_net->to_string();
  d.here_value = net.to_string();
  d.there_source = to_string(Source::rest);
  d.there_value = row.rest_net->to_string();
  d.explained = true;
  d.explanation = why;
  return d;
}

// What REST states counts as of a list that came whole (`whole`: when it was begun), later than the last fill.
bool rest_states(const PositionRow& row, Timestamp whole) {
  return row.rest_net && row.opening && whole >= row.changed + kPositionSettle && row.rest_seen >= whole;
}

// A fill that made it what it is may be on its way: it is in a list of fills that was begun later.
bool fills_were_read_behind(const EngineState& state, const PositionRow& row) {
  return state.coverage.last_whole(row.account, Source::rest, "fills") >= row.rest_since + kPositionSettle;
}

std::optional<Difference> compare_rest_position(EngineState& state, PositionRow& row, Timestamp whole) {
  if (!rest_states(row, whole)) return std::nullopt;
  const FixedPointCount net = *row.opening + row.traded;
  if (net == *row.rest_net) {
    forget_actions(state, row, net, whole);
    return std::nullopt;
  }
  if (!fills_were_read_behind(state, row)) return std::nullopt;
  const auto action = known_action(state, row, net);
  const bool told = action && action->leads_to_rest;
  if (told || (!action && cost_is_kept(row))) {
    if (told) set_applied(state, action->row);
    go_through(state, row, net, *row.rest_net);
    const Difference d =
        explained_action(row, net,
                         told ? "corporate action " + action->row.id + " (" + action->row.type + "), told by " + action->told_by()
                              : "contracts and entry price changed by the same ratio, without a trade: a split");
    state.breaks.observe(d, state.now, state.coverage.exchange_now(), state.rules);
    return std::nullopt;
  }
  Difference d = about_position(row, action ? BreakCategory::corporate_action : BreakCategory::position);
  d.subject += " rest";
  d.here_value = net.to_string();
  d.there_source = to_string(Source::rest);
  d.there_value = row.rest_net->to_string();
  d.explanation = action ? "corporate action " + action->row.id + " should have made it " + action->net_after.to_string()
                         : "the fills do not add up to the position that REST states";
  return d;
}

bool rest_could_tell(const EngineState& state, const PositionRow& row, Timestamp whole) {
  return rest_states(row, whole) && (*row.opening + row.traded == *row.rest_net || fills_were_read_behind(state, row));
}

// Klear settles a market for all subaccounts together. Nothing where a statement is from before an opening: it is about what the ledger
// does not know.
std::optional<FixedPointCount> settled_net(EngineState& state, const PositionRow& of) {
  FixedPointCount net;
  for (const PositionRow& row :
       all<PositionRow>(state.storage, "WHERE account = $1 AND symbol = $2 ORDER BY subaccount", of.account, of.symbol)) {
    if (!row.opening || (row.opening_time && *of.klear_time < *row.opening_time)) return std::nullopt;
    net = net + net_at(state, row, *of.klear_time);
  }
  return net;
}

// False: nothing can be said of the settlement, neither that it agrees nor that it does not.
bool could_be_settled(EngineState& state, const PositionRow& row) {
  return !row.klear_net || row.klear_time == row.klear_compared || settled_net(state, row).has_value();
}

std::optional<Difference> compare_klear(EngineState& state, PositionRow& row) {
  if (!row.klear_net || row.klear_time == row.klear_compared) return std::nullopt;
  const auto settled = settled_net(state, row);
  if (!settled) return std::nullopt;
  const FixedPointCount net = *settled;
  if (net == *row.klear_net) {
    row.klear_compared = row.klear_time;
    put(state.storage, row);
    return std::nullopt;
  }
  Difference d = about_position(row, BreakCategory::position);
  d.subject += " klear";
  d.here_value = net.to_string();
  d.there_source = to_string(Source::klear);
  d.there_value = row.klear_net->to_string();
  d.event_time = row.klear_time;
  d.explanation = "the fills up to the settlement of " + to_rfc3339(*row.klear_time) + " do not add up to the position that Klear settled";
  return d;
}

DollarDecimal size_of(DollarDecimal amount) { return amount.is_negative() ? -amount : amount; }

Difference about_funding(const std::string& account, const FundingRow& row) {
  Difference d;
  d.category = BreakCategory::funding;
  d.account = account;
  d.subject = "funding " + row.symbol + ' ' + std::to_string(row.funding_time.time_since_epoch().count());
  d.symbol = row.symbol;
  d.event_time = row.funding_time;
  d.notional = size_of(row.amount);
  return d;
}

// rate x mark x position, paid by longs where the rate is positive. Nothing where REST does not say all three.
std::optional<DollarDecimal> funding_due(const FundingRow& row) {
  const auto rate = MultiplierDecimal::parse(row.rate);
  if (!row.mark_price || !rate || !rate->fits()) return std::nullopt;
  const Wide notional = static_cast<Wide>(row.mark_price->units()) * row.quantity.units();  // 10^-8 dollars
  const int decimals = -rate->exponent();
  if (decimals < 0 || decimals > 12) return std::nullopt;
  Wide scale = FixedPointCount::kOne;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  return DollarDecimal::from_units(static_cast<std::int64_t>(divide_rounded(-notional * rate->coefficient(), scale)));
}

bool near(DollarDecimal a, DollarDecimal b, std::int64_t tolerance) { return size_of(a - b).units() <= tolerance; }

struct FundingSides {
  std::vector<FundingRow> rest, klear;
};

DollarDecimal sum_of(const std::vector<FundingRow>& rows) {
  DollarDecimal sum;
  for (const FundingRow& row : rows) sum = sum + row.amount;
  return sum;
}

void compare_funding(EngineState& state, const std::string& account, const FundingSides& sides) {
  const FundingRow& first = sides.rest.empty() ? sides.klear.front() : sides.rest.front();
  const auto tell = [&](const std::string& suffix, std::string here, std::string here_value, std::string there, std::string there_value,
                        std::string why) {
    Difference d = about_funding(account, first);
    d.subject += suffix;
    d.here_source = std::move(here);
    d.here_value = std::move(here_value);
    d.there_source = std::move(there);
    d.there_value = std::move(there_value);
    d.explanation = std::move(why);
    state.breaks.observe(d, state.now, state.coverage.exchange_now(), state.rules);
  };
  for (const FundingRow& row : sides.rest) {
    const auto due = funding_due(row);
    if (due && !near(*due, row.amount, state.rules.funding_tolerance)) {
      tell(
          " " + std::to_string(row.subaccount) + " due", "ledger", due->to_string(), "rest", row.amount.to_string(),
          "rate " + row.rate + " x mark " + row.mark_price->to_string() + " x position " + row.quantity.to_string() + " is another amount");
    }
  }
  const bool both = !sides.rest.empty() && !sides.klear.empty();
  // Klear rounds a payment to centicents, of a notional that it has rounded to centicents before.
  const std::int64_t of_klear = state.rules.funding_tolerance + kKlearRounding * static_cast<std::int64_t>(sides.klear.size());
  if (both && !near(sum_of(sides.rest), sum_of(sides.klear), of_klear)) {
    tell(" klear", "rest", sum_of(sides.rest).to_string(), "klear", sum_of(sides.klear).to_string(),
         "REST and Klear tell different amounts");
  }
  // Klear has it, and a list of REST that was asked for later has not.
  if (sides.rest.empty() && size_of(sum_of(sides.klear)).units() > state.rules.funding_tolerance &&
      state.coverage.last_whole(account, Source::rest, "funding") > first.first_seen &&
      state.coverage.reaches(account, Source::rest, "funding", first.funding_time)) {
    tell(" rest", "klear", sum_of(sides.klear).to_string(), "rest", "", "Klear tells a payment that REST does not have");
  }
  state.breaks.evaluated(account, about_funding(account, first).subject, state.now);
}

}  // namespace

void sweep_positions(EngineState& state, SweepReach reach, const std::string& account) {
  const Timestamp whole = state.coverage.last_whole(account, Source::rest, "positions");
  const bool missing = has_open_gap(state, account);
  for (PositionRow& row : all<PositionRow>(state.storage, "WHERE account = $1 ORDER BY subaccount, symbol", account)) {
    std::vector<Difference> found;
    const auto add = [&found](std::optional<Difference> d) {
      if (d) found.push_back(std::move(*d));
    };
    // FIX's net is as of behind a split, the ledger's as of before it, until REST's says what became of it.
    const bool may_be_told_by_fix = !missing && !waits_for_split(state, row);
    if (may_be_told_by_fix) add(compare_fix(state, row));
    add(compare_rest_position(state, row, whole));
    const bool settlements =
        !missing && (reach == SweepReach::everything || state.breaks.has_open(account, position_subject(row) + " klear"));
    if (settlements) add(compare_klear(state, row));
    for (const Difference& d : found) state.breaks.observe(d, state.now, state.coverage.exchange_now(), state.rules);
    const std::string subject = position_subject(row);
    if (!may_be_told_by_fix) state.breaks.forget_pending(account, subject + " fix");
    if (missing) state.breaks.forget_pending(account, subject + " klear");
    for (const char* side : {" fix", " rest"}) {
      const bool could_tell = std::string_view(side) == " fix" ? may_be_told_by_fix : rest_could_tell(state, row, whole);
      if (could_tell) state.breaks.evaluated(account, subject + side, state.now);
    }
    if (settlements && could_be_settled(state, row)) state.breaks.evaluated(account, subject + " klear", state.now);
  }
}

void sweep_funding(EngineState& state, const std::string& account) {
  // Payments change no more once both sides have told them: those that somebody told in the last hours, with all that was ever told of
  // them, and all where a break is open.
  const Timestamp recent = state.breaks.has_open(account, "funding ") ? Timestamp{} : state.now - std::chrono::hours(12);
  std::map<std::tuple<std::string, Timestamp>, FundingSides> payments;
  each<FundingRow>(
      state.storage,
      "WHERE account = $1 AND (symbol, funding_time) IN (SELECT symbol, funding_time FROM funding WHERE account = $1 AND first_seen > $2) "
      "ORDER BY symbol, funding_time",
      [&](FundingRow& row) {
        FundingSides& sides = payments[{row.symbol, row.funding_time}];
        (row.source == Source::klear ? sides.klear : sides.rest).push_back(row);
      },
      account, recent);
  for (const auto& [key, sides] : payments) compare_funding(state, account, sides);
}

}  // namespace marginfix::reconcile
