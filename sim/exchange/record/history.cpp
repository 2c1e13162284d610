// Packing, forgetting and finding past reports.
#include "sim/exchange/record/history.hpp"

#include <utility>

#include "sim/exchange/record/journal.hpp"
#include "sim/exchange/values/archive.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;

template <class Ar>
void pack_fill(Ar& ar, Fill& f) {
  ar(f.price, f.quantity, f.taker, f.match_no, f.fee, f.position, f.entry_price, f.realized_pnl, f.balance_change, f.payout_change);
}

// order_id, match_id, symbol and business_date are left out: Completer makes them again.
template <class Ar>
void pack(Ar& ar, ExecutionEvent& e) {
  ar(e.event_no, e.kind, e.exec_id, e.time, e.account, e.entered_by, e.requested_by, e.order_no, e.cl_ord_id, e.orig_cl_ord_id, e.market,
     e.side, e.time_in_force, e.expire_time, e.price, e.original_qty, e.cum_qty, e.leaves_qty, e.last_total_qty, e.filled_notional,
     e.status, e.post_only, e.reduce_only, e.cancel_on_pause, e.self_trade_prevention, e.group_id, e.subaccount, e.customer_account,
     e.operator_id, e.created, e.system, e.reason, e.expiry_style, e.trades_at_once, e.ioc_remainder, e.after_trade);
  bool filled = e.fill.has_value();
  ar(filled);
  if constexpr (Ar::kLoading) {
    e.fill.reset();
    if (filled) e.fill.emplace();
  }
  if (filled) pack_fill(ar, *e.fill);
}

void count(const History::Chunk& chunk, const ExecutionEvent& event) {
  ++chunk.counted;
  chunk.new_orders += event.kind == ReportKind::New ? 1U : 0U;
  chunk.fills += event.kind == ReportKind::Trade ? 1U : 0U;
}

}  // namespace

std::string History::read(const Place& place) const {
  auto bytes = read_record(dir / report_file(place.generation), place.at, place.size);
  if (!bytes) throw Exception(bytes.error());
  return std::move(*bytes);
}

// `each` returns false to stop.
template <class Each>
void History::unpack_all(const Chunk& chunk, Each each) const {
  const std::string from_disk = chunk.on_disk() ? read(chunk.place) : std::string();
  ArchiveIn in(chunk.on_disk() ? from_disk : chunk.bytes);
  ExecutionEvent event;
  for (std::uint32_t i = 0; i < chunk.count; ++i) {
    pack(in, event);
    if (!each(event)) return;
  }
}

void History::count_all(const Chunk& chunk) const {
  if (chunk.counted == chunk.count) return;
  chunk.counted = chunk.new_orders = chunk.fills = 0;
  unpack_all(chunk, [&](const ExecutionEvent& event) {
    count(chunk, event);
    return true;
  });
}

History::Reports& History::reports(AccountId account) {
  if (account >= accounts.size()) accounts.resize(account + 1);
  return accounts[account];
}

void History::append(const ExecutionEvent& event, Timestamp now) {
  Reports& r = reports(event.account);
  while (!r.chunks.empty() && r.chunks.front().last_time < now - kHistoryWindow) {
    r.horizon = r.chunks.front().last;
    r.chunks.pop_front();
  }
  if (r.chunks.empty() || r.chunks.back().bytes.size() >= kChunkBytes) r.chunks.emplace_back().first = event.exec_id;
  Chunk& chunk = r.chunks.back();
  ArchiveOut out(chunk.bytes);
  pack(out, const_cast<ExecutionEvent&>(event));  // packing only reads
  chunk.last = r.last = event.exec_id;
  chunk.last_time = event.time;
  if (chunk.counted == chunk.count) count(chunk, event);
  ++chunk.count;
}

HistoryStatus History::visit(AccountId account, ExecId begin, std::optional<ExecId> end, Timestamp now, const Completer& complete,
                             const std::function<bool(const ExecutionEvent&)>& visitor) const {
  if (account >= accounts.size()) return HistoryStatus::Complete;
  const Reports& r = accounts[account];
  const Timestamp cutoff = now - kHistoryWindow;
  // First pass over the chunk that straddles the edge of the window: a begin before a forgotten report is too old.
  ExecId horizon = r.horizon;
  for (const Chunk& chunk : r.chunks) {
    if (chunk.last_time < cutoff) {
      horizon = chunk.last;
      continue;
    }
    if (!begin.numbered() || chunk.last < begin) break;  // where in it the edge is makes no difference
    unpack_all(chunk, [&](const ExecutionEvent& event) {
      if (event.time < cutoff) horizon = event.exec_id;
      return event.time < cutoff;
    });
    break;
  }
  if (begin.numbered() && horizon.numbered() && begin <= horizon) return HistoryStatus::BeginTooOld;
  bool more = true;
  for (const Chunk& chunk : r.chunks) {
    if (chunk.last < begin || chunk.last_time < cutoff) continue;
    if (!more || (end && chunk.first > *end)) break;
    unpack_all(chunk, [&](ExecutionEvent& event) {
      if (event.exec_id < begin || event.time < cutoff) return true;
      if (end && event.exec_id > *end) return more = false;
      complete(event);
      return more = visitor(event);
    });
  }
  return HistoryStatus::Complete;
}

History::Totals History::totals(AccountId account, Timestamp now) const {
  Totals totals;
  if (account >= accounts.size()) return totals;
  const Timestamp cutoff = now - kHistoryWindow;
  bool straddles = true;  // the first chunk that reaches into the window may begin before it
  for (const Chunk& chunk : accounts[account].chunks) {
    if (chunk.last_time < cutoff) continue;
    count_all(chunk);
    totals.reports += chunk.count;
    totals.new_orders += chunk.new_orders;
    totals.fills += chunk.fills;
    if (!std::exchange(straddles, false)) continue;
    unpack_all(chunk, [&](const ExecutionEvent& event) {
      if (event.time >= cutoff) return false;
      --totals.reports;
      totals.new_orders -= event.kind == ReportKind::New ? 1U : 0U;
      totals.fills -= event.kind == ReportKind::Trade ? 1U : 0U;
      return true;
    });
  }
  return totals;
}

std::vector<ExecId> History::newest(AccountId account, std::size_t most, std::optional<ExecId> before, Timestamp now) const {
  std::vector<ExecId> ids;
  if (account >= accounts.size()) return ids;
  const Timestamp cutoff = now - kHistoryWindow;
  const auto& chunks = accounts[account].chunks;
  // From the end back to where there are enough.
  std::size_t first = chunks.size(), found = 0;
  while (first > 0 && found < most && chunks[first - 1].last_time >= cutoff) {
    --first;
    if (!before || chunks[first].last < *before) found += chunks[first].count;
  }
  for (; first < chunks.size() && (!before || chunks[first].first < *before); ++first) {
    unpack_all(chunks[first], [&](const ExecutionEvent& event) {
      if (event.time >= cutoff && (!before || event.exec_id < *before)) ids.push_back(event.exec_id);
      return true;
    });
  }
  if (ids.size() > most) ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(most));
  return ids;
}

std::optional<ExecId> History::last(AccountId account) const {
  if (account >= accounts.size() || !accounts[account].last.numbered()) return std::nullopt;
  return accounts[account].last;
}

}  // namespace marginfix::sim
