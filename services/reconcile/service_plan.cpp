#include "services/reconcile/service_plan.hpp"

#include <algorithm>
#include <utility>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {
namespace {

Timestamp time_from(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

// The begin of the earliest hole that nobody has closed; else, where the last process was killed while it listened, the last that it was
// told of anything; else what FIX said last.
std::optional<Timestamp> sure_before(Storage& storage, const std::string& account) {
  const std::int64_t hole = number(storage, "SELECT MIN(opened) FROM gaps WHERE account = $1 AND closed IS NULL", account);
  if (hole > 0) return time_from(hole);
  const bool listened = number(storage, "SELECT COUNT(*) FROM sources WHERE account = $1 AND source = $2 AND state = $3", account,
                               Source::listener, SourceState::up) > 0;
  const std::int64_t told = listened ? number(storage, "SELECT MAX(last_message) FROM sources WHERE account = $1", account)
                                     : number(storage, "SELECT MAX(last_message) FROM sources WHERE account = $1 AND source IN ($2, $3)",
                                              account, Source::listener, Source::drop_copy);
  return told > 0 ? std::optional(time_from(told)) : std::nullopt;
}

}  // namespace

StartingPoint starting_point(Storage& storage, const std::string& account) {
  StartingPoint point;
  if (const auto text = meta(storage, "resume_points:" + account)) {
    if (auto points = parse_resume_points(*text)) point.resume = *std::move(points);
  }
  point.went_before = number(storage, "SELECT COUNT(*) FROM sources WHERE account = $1", account) > 0;
  point.sure_before = sure_before(storage, account);
  point.gaps = number(storage, "SELECT MAX(number) FROM gaps WHERE account = $1", account);
  each<GapRow>(
      storage, "WHERE account = $1 AND closed IS NULL ORDER BY number",
      [&](GapRow& gap) {
        point.open_gaps.push_back({gap.number, gap.since});
      },
      account);
  // What came before the latest whole list began: a list that broke off since may have told its newest page only.
  const std::int64_t whole =
      number(storage, "SELECT last_whole FROM polls WHERE account = $1 AND source = $2 AND what = 'fills'", account, Source::rest);
  if (whole > 0) {
    const std::int64_t latest =
        number(storage, "SELECT MAX(transact_time) FROM source_fills WHERE source = $1 AND account = $2 AND first_seen <= $3", Source::rest,
               account, whole);
    if (latest > 0) point.fills_told = time_from(latest);
  }
  return point;
}

Timestamp exchange_time_in(Storage& storage) { return time_from(meta_number(storage, "exchange_now")); }

std::optional<Timestamp> earliest_unsettled(Storage& storage, const std::string& account) {
  const std::int64_t earliest = number(storage, "SELECT MIN(transact_time) FROM fills WHERE account = $1 AND settled = 0", account);
  return earliest > 0 ? std::optional(time_from(earliest)) : std::nullopt;
}

std::vector<std::string> orders_to_look_up(Storage& storage, const std::string& account, std::int64_t most) {
  std::vector<std::string> ids;
  each<OrderRow>(
      storage, "WHERE account = $1 AND settled = 0 ORDER BY changed LIMIT $2", [&](OrderRow& order) { ids.push_back(order.order_id); },
      account, most);
  return ids;
}

std::int64_t last_day_cut(Storage& storage) { return meta_number(storage, "last_cut"); }

OpenBreaks open_breaks(Storage& storage, const std::vector<std::string>& accounts, Timestamp now, std::int64_t grace_us) {
  OpenBreaks open;
  each<BreakRow>(storage, "WHERE state < 2 ORDER BY id", [&](BreakRow& one) {
    if (!one.account.empty() && std::ranges::find(accounts, one.account) == accounts.end()) return;
    if (one.state == BreakState::confirmed) {
      ++open.confirmed;
      return;
    }
    ++open.pending;
    if (now - one.first_seen > std::chrono::microseconds(grace_us)) ++open.ripe;
    open.newest_seen = std::max(open.newest_seen.value_or(Timestamp{}), one.first_seen);
  });
  return open;
}

BreakStanding standing_of(Storage& storage, std::int64_t break_id) {
  const auto row = find<BreakRow>(storage, break_id);
  if (!row) return BreakStanding::unknown;
  return is_open(row->state) ? BreakStanding::open : BreakStanding::closed;
}

}  // namespace marginfix::reconcile
