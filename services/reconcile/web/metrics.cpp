#include "services/reconcile/web/metrics.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/stream/outbox.hpp"
#include "services/reconcile/web/api.hpp"
#include "services/reconcile/web/wide_sum.hpp"

namespace marginfix::reconcile {

namespace {

using services::MetricsWriter;

constexpr std::size_t kMostSymbols = 500;  // series of one family; what is beyond is summed as "other"

std::int64_t seconds_since(Timestamp then, Timestamp now) {
  return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - then).count());
}

std::int64_t clamped(Wide units) {
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(units, -kMost, kMost));
}

std::int64_t file_bytes(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

void break_metrics(MetricsWriter& out, Storage& storage) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> counts;
  {
    StatementGuard s(storage.statement("SELECT category, state, COUNT(*) FROM breaks WHERE state < 2 GROUP BY category, state"));
    while (s->step()) counts[{s->integer(0), s->integer(1)}] = s->integer(2);
  }
  out.gauge("breaks_open", "Breaks that are pending or confirmed, by category and state.");
  for (std::uint8_t category = 0; category < kBreakCategories; ++category) {
    for (const BreakState state : {BreakState::pending, BreakState::confirmed}) {
      out.sample({{"category", to_string(static_cast<BreakCategory>(category))}, {"state", to_string(state)}},
                 counts[{category, static_cast<std::int64_t>(state)}]);
    }
  }
}

void source_metrics(MetricsWriter& out, Storage& storage, Timestamp now) {
  const auto rows = all<SourceRow>(storage, "ORDER BY account, source");
  out.gauge("source_up", "1: the source answers; 0: nothing is concluded from it. Sources that are off are left out.");
  for (const SourceRow& row : rows) {
    if (row.state == SourceState::off) continue;
    out.sample({{"account", row.account}, {"source", to_string(row.source)}}, row.state == SourceState::up ? 1 : 0);
  }
  out.gauge("source_last_message_age_seconds", "Seconds since anything came from the source.");
  for (const SourceRow& row : rows) {
    if (row.state == SourceState::off || !row.last_message) continue;
    out.sample({{"account", row.account}, {"source", to_string(row.source)}}, seconds_since(*row.last_message, now));
  }
  out.counter("source_messages_total", "Messages, answers and rows that came from the source.");
  for (const SourceRow& row : rows) out.sample({{"account", row.account}, {"source", to_string(row.source)}}, row.messages);
}

// Up to when reports are surely here by the exchange's clock: drop copy may be asked from there, for three hours.
std::map<std::string, Timestamp> watermarks(Storage& storage) {
  std::map<std::string, Timestamp> marks;
  each<SourceRow>(storage, "WHERE source = 0 ORDER BY account", [&](const SourceRow& row) { marks[row.account]; });
  for (auto& [account, latest] : marks) {
    Timestamp& mark = latest;  // clang does not let a lambda see a binding
    for (const Source source : {Source::listener, Source::drop_copy}) {
      each<SpanRow>(
          storage, "WHERE account = $1 AND source = $2 ORDER BY began DESC, number DESC LIMIT 1",
          [&](const SpanRow& span) {
            mark = std::max({mark, span.covers_to.value_or(Timestamp{}), span.ended.value_or(Timestamp{})});
          },
          account, source);
    }
  }
  each<GapRow>(storage, "WHERE closed IS NULL ORDER BY account, number", [&](const GapRow& gap) {
    const auto mark = marks.find(gap.account);
    if (mark != marks.end())
      mark->second = std::min(mark->second == Timestamp{} ? gap.opened : mark->second, gap.since.value_or(gap.opened));
  });
  return marks;
}

void gap_metrics(MetricsWriter& out, Storage& storage, Timestamp now) {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> gaps;
  each<SourceRow>(storage, "WHERE source = 0 ORDER BY account", [&](const SourceRow& row) { gaps[row.account]; });
  {
    StatementGuard s(storage.statement("SELECT account, COUNT(*), COUNT(closed) FROM gaps GROUP BY account"));
    while (s->step()) gaps[std::string(s->text(0))] = {s->integer(1), s->integer(1) - s->integer(2)};
  }
  out.counter("listener_outages_total", "Times that the listener was away.");
  for (const auto& [account, count] : gaps) out.sample({{"account", account}}, count.first);
  out.gauge("gaps_open", "Outages whose reports are not all here yet.");
  for (const auto& [account, count] : gaps) out.sample({{"account", account}}, count.second);
  out.gauge("drop_copy_watermark_age_seconds", "Age of the last sure report: drop copy answers for 10800 seconds, be awake at 7200.");
  for (const auto& [account, mark] : watermarks(storage)) {
    if (mark != Timestamp{}) out.sample({{"account", account}}, seconds_since(mark, now));
  }
}

void position_metrics(MetricsWriter& out, Storage& storage) {
  std::map<std::pair<std::string, std::string>, CountSum> nets;
  each<PositionRow>(storage, "ORDER BY account, subaccount, symbol", [&](const PositionRow& row) {
    std::pair key(row.account, row.symbol);
    if (nets.size() >= kMostSymbols && !nets.contains(key)) key.second = "other";
    CountSum& net = nets[key];
    net += row.opening.value_or(FixedPointCount());
    net += row.traded;
  });
  out.gauge("position_hundredths", "Net position by the fills, in hundredths of a contract; long is positive.");
  for (const auto& [key, net] : nets) out.sample({{"account", key.first}, {"symbol", key.second}}, clamped(net.units()));
}

// Nothing where it never told anything.
void outbox_metrics(MetricsWriter& out, Storage& storage, Timestamp now) {
  const OutboxState outbox = outbox_state(storage);
  if (outbox.ledger.empty()) return;
  out.gauge("outbox_events", "Events that wait to be told to the stream.").sample(outbox.waiting());
  const auto oldest = outbox_oldest(storage);
  out.gauge("outbox_age_seconds", "Age of the oldest event that waits.").sample(oldest ? seconds_since(*oldest, now) : 0);
  out.counter("outbox_events_total", "Events that were ever written.").sample(outbox.number);
}

void file_metrics(MetricsWriter& out, Storage& storage, const std::string& dir) {
  out.gauge("ledger_position_bytes", "Where the ledger is in the journal.").sample(ledger_position(storage));
  if (storage.holds_journal()) return;  // what a database takes it tells by itself
  out.gauge("journal_bytes", "Size of the journal.").sample(file_bytes(dir + "/journal"));
  out.gauge("ledger_bytes", "Size of the ledger.").sample(file_bytes(dir + "/ledger.db"));
  out.gauge("ledger_wal_bytes", "Size of the ledger's write-ahead log: over 268435456 somebody reads for too long.")
      .sample(file_bytes(dir + "/ledger.db-wal"));
  out.gauge("audit_bytes", "Size of the audit file.").sample(file_bytes(dir + "/audit.jsonl"));
}

}  // namespace

void write_ledger_metrics(services::MetricsWriter& out, Storage& storage, const std::string& dir, Timestamp now) {
  break_metrics(out, storage);
  source_metrics(out, storage, now);
  gap_metrics(out, storage, now);
  out.counter("fills_total", "Executions in the ledger.").sample(number(storage, "SELECT MAX(number) FROM fills"));
  out.counter("undecodable_total", "What came and could not be read; it is kept.")
      .sample(number(storage, "SELECT COUNT(*) FROM undecodable"));
  position_metrics(out, storage);
  outbox_metrics(out, storage, now);
  file_metrics(out, storage, dir);
}

}  // namespace marginfix::reconcile
