// The reconciliation service's ledger in PostgreSQL, with a server of its own on the disk of --dir, fsync and synchronous_commit on:
//   postgres  execution reports a second through the leading writer (journal, tables and audit in one transaction a batch), beside bare
//   COPY of
//             the same rows into tables with the same keys and indexes, in as many transactions; goal: at least half of it. For 1, 10 and
//             100 accounts on one ledger
// Usage: marginfix_bench_postgres [--reports N] [--batch N]... [--accounts N]...
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/reconcile/executions.hpp"
#include "services/reconcile/folder/postgres_writer.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/postgres/connection.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"
#include "services/reconcile/postgres/row_cache.hpp"
#include "support/postgres_server.hpp"

namespace {

using namespace marginfix;
using namespace marginfix::reconcile;
using namespace marginfix::reconcile::bench;

struct Options {
  std::int64_t reports{100'000};
  std::vector<std::int64_t> batches, accounts;
};

// The i-th report, of one account after the other.
Record report(std::int64_t i, std::int64_t accounts) {
  const Execution execution{i / accounts};
  return record_of(RecordKind::fix, Source::listener, kBegin + std::chrono::milliseconds(i), execution.message(),
                   "account-" + std::to_string(i % accounts));
}

double ingest(const PostgresAddress& address, const std::vector<std::vector<Record>>& batches, std::int64_t accounts) {
  const auto lead = LeadCandidate::open(address, {"main", "bench", {}, {}}).value()->try_take().value();
  const auto writer = open_leading_writer(address, *lead, ".").value();
  std::vector<Record> up;
  for (std::int64_t i = 0; i < accounts; ++i)
    up.push_back(record_of(RecordKind::source_state, Source::listener, kBegin, "up\n", "account-" + std::to_string(i)));
  writer->write(up).value();
  const auto begin = SteadyClock::now();
  for (const auto& batch : batches) writer->write(batch).value();
  return seconds_since(begin);
}

// What a row binds.
class Values final : public Statement {
 public:
  void bind(int, std::int64_t value) override { row.emplace_back(value); }
  void bind(int, std::string_view text) override { row.emplace_back(std::string(text)); }
  void bind_blob(int, std::string_view bytes) override { row.emplace_back(PgBytes{std::string(bytes)}); }
  void bind_null(int) override { row.emplace_back(); }
  bool step() override { return false; }
  std::int64_t integer(int) const override { return 0; }
  std::string_view text(int) const override { return {}; }
  bool is_null(int) const override { return true; }
  std::int64_t changes() const override { return 0; }
  void reset() override { row.clear(); }
  PgRow row;
};

// COPY's bytes of a table's rows, in so many parts, ready before the clock runs.
template <class Row>
void add_parts(Storage& ledger, const char* order, std::size_t parts,
               std::vector<std::vector<std::pair<std::string, std::string>>>& copies) {
  std::vector<Row> rows = all<Row>(ledger, order);
  std::size_t next = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    std::string bytes = copy_head();
    for (const std::size_t end = rows.size() * (part + 1) / parts; next < end; ++next) {
      Values values;
      reconcile::detail::bind_row(values, rows[next]);
      append_copy_row(bytes, values.row);
    }
    append_copy_end(bytes);
    copies[part].emplace_back(row_shape<Row>().copy(), std::move(bytes));
  }
}

double bare_copy(const PostgresAddress& from, const std::string& to, std::size_t parts) {
  std::vector<std::vector<std::pair<std::string, std::string>>> copies(parts);
  {
    const auto ledger = PostgresStorage::open_for_reading(from, "main").value();
    add_parts<ReportRow>(*ledger, "ORDER BY position", parts, copies);
    add_parts<SourceFillRow>(*ledger, "ORDER BY position", parts, copies);
    add_parts<FillRow>(*ledger, "ORDER BY number", parts, copies);
    add_parts<OrderRow>(*ledger, "ORDER BY first_seen, order_id", parts, copies);
  }
  test::PostgresLedger::open(to);  // its tables
  PgOptions options;
  options.search_path = schema_of_service("main");
  PgConnection connection(PostgresAddress::parse(to).value(), options);
  const auto begin = SteadyClock::now();
  for (const auto& part : copies) {
    connection.execute("BEGIN");
    for (const auto& [sql, bytes] : part) connection.copy_in(sql, bytes);
    connection.execute("COMMIT");
  }
  return seconds_since(begin);
}

void show(test::PostgresServer& server, const Options& options, std::int64_t batch, std::int64_t accounts) {
  std::vector<std::vector<Record>> batches;
  for (std::int64_t i = 0; i < options.reports; ++i) {
    if (i % batch == 0) batches.emplace_back();
    batches.back().push_back(report(i, accounts));
  }
  const auto address = PostgresAddress::parse(server.new_database()).value();
  const double ours = ingest(address, batches, accounts), bare = bare_copy(address, server.new_database(), batches.size());
  const auto n = static_cast<double>(options.reports);
  std::printf(
      "postgres %9lld reports of %3lld accounts in batches of %5lld: %8.0f/s; bare COPY of the same rows %8.0f/s; ratio %.2f (goal >= "
      "0.5)\n",
      static_cast<long long>(options.reports), static_cast<long long>(accounts), static_cast<long long>(batch), n / ours, n / bare,
      bare / ours);
  std::fflush(stdout);
}

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::int64_t value = std::atoll(argv[i + 1]);
    if (name == "--reports") {
      options.reports = value;
    } else if (name == "--batch" && value > 0) {
      options.batches.push_back(value);
    } else if (name == "--accounts" && value > 0) {
      options.accounts.push_back(value);
    } else {
      return false;
    }
  }
  if (options.batches.empty()) options.batches = {100, 1'000};
  if (options.accounts.empty()) options.accounts = {1, 10, 100};
  return argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fprintf(stderr, "usage: %s [--reports N] [--batch N]... [--accounts N]...\n", argv[0]);
    return 1;
  }
  const auto server = test::PostgresServer::start({"fsync=on", "shared_buffers=256MB", "max_wal_size=4GB"});
  if (!server) {
    std::printf("postgres: left out, %s\n", test::PostgresServer::why_not().c_str());
    return 0;
  }
  try {
    for (const std::int64_t batch : options.batches) {
      for (const std::int64_t accounts : options.accounts) show(*server, options, batch, accounts);
    }
  } catch (const Exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
