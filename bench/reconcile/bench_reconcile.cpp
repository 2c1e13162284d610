// The reconciliation service's ledger, in one run and one table:
//   ingest    execution reports a second through LedgerWriter (journal on the disk, parsed, booked, committed), beside the bare cost of
//             inserting the rows that come of it into SQLite (synchronous=FULL, as many transactions); goal: at least 0.6 of it
//   compare   a full comparison of N executions against a second source, beside the time SQLite needs to read both sides; goal: at most 3
//             times that, under 200 MB, linear in N. The first one writes down that each fill is settled, the second only compares
//   page      what a browser asks for until the first view stands, of the page served from that ledger; goal: under 200 ms
// Usage: marginfix_bench_reconcile [--reports N] [--batch N] [--compare N]... [--dir FOLDER]
// The folder should be on the disk that is meant: by default it is made in the current one.
#include <curl/curl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/reconcile/executions.hpp"
#include "services/reconcile/engine.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/page_server.hpp"

namespace {

using namespace marginfix;
using namespace marginfix::reconcile;

using namespace marginfix::reconcile::bench;

struct Options {
  std::int64_t reports{100'000};
  std::int64_t batch{100};
  std::vector<std::int64_t> compare{10'000, 100'000, 1'000'000};
  std::string dir{"."};
};

// ---- ingest -------------------------------------------------------------------------------------------------------------

double ingest(const std::string& dir, const Options& options) {
  auto writer = LedgerWriter::open(dir).value();
  writer->write({record_of(RecordKind::source_state, Source::listener, kBegin, "up\n")}).value();
  std::vector<std::vector<Record>> batches;
  for (std::int64_t i = 0; i < options.reports; ++i) {
    if (i % options.batch == 0) batches.emplace_back();
    const Execution execution{i};
    batches.back().push_back(record_of(RecordKind::fix, Source::listener, execution.time(), execution.message()));
  }
  const auto begin = SteadyClock::now();
  for (const auto& batch : batches) writer->write(batch).value();
  const double seconds = seconds_since(begin);
  writer->close().value();
  return seconds;
}

template <class Row>
struct RowsOf {
  std::vector<Row> rows;
  std::size_t next{0};
  // The next part of them, so that all are in after `batches` calls.
  void insert_part(Storage& storage, std::size_t batch, std::size_t batches) {
    for (const std::size_t end = rows.size() * (batch + 1) / batches; next < end; ++next) insert(storage, rows[next]);
  }
};

// The rows of the ledger, once more, into a database of the same tables.
double bare_inserts(const std::string& dir, const std::string& path, const Options& options) {
  auto ledger = open_ledger_for_reading(dir).value();
  RowsOf<ReportRow> reports{all<ReportRow>(*ledger, "ORDER BY position")};
  RowsOf<SourceFillRow> told{all<SourceFillRow>(*ledger, "ORDER BY position")};
  RowsOf<FillRow> fills{all<FillRow>(*ledger, "ORDER BY number")};
  RowsOf<OrderRow> orders{all<OrderRow>(*ledger, "ORDER BY first_seen, order_id")};
  ledger.reset();
  auto storage = SqliteStorage::open(path).value();
  storage->execute("PRAGMA synchronous = FULL");
  const auto batches = static_cast<std::size_t>((options.reports + options.batch - 1) / options.batch);
  const auto begin = SteadyClock::now();
  for (std::size_t i = 0; i < batches; ++i) {
    storage->begin();
    reports.insert_part(*storage, i, batches);
    told.insert_part(*storage, i, batches);
    fills.insert_part(*storage, i, batches);
    orders.insert_part(*storage, i, batches);
    storage->commit();
  }
  return seconds_since(begin);
}

void show_ingest(const Options& options) {
  const std::string dir = options.dir + "/ingest";
  const double ours = ingest(dir, options), bare = bare_inserts(dir, options.dir + "/bare.db", options);
  const auto n = static_cast<double>(options.reports);
  std::printf("ingest   %9lld reports in batches of %lld: %8.0f/s; bare inserts of the same rows %8.0f/s; ratio %.2f (goal >= 0.6)\n",
              static_cast<long long>(options.reports), static_cast<long long>(options.batch), n / ours, n / bare, bare / ours);
  std::fflush(stdout);
}

// ---- compare ------------------------------------------------------------------------------------------------------------

class NoAudit final : public AuditSink {
 public:
  void append(const AuditEntry&) override { ++lines; }
  std::int64_t lines{0};
};

// A ledger with N executions of the listener, and the same N of REST.
class TwoSources {
 public:
  TwoSources(const std::string& path, std::int64_t executions) : storage_(SqliteStorage::open(path).value()), engine_(*storage_, audit_) {
    storage_->begin();
    tell(RecordKind::source_state, Source::listener, "up\n");
    for (std::int64_t i = 0; i < executions; ++i) {
      now_ = Execution{i}.time();
      tell(RecordKind::fix, Source::listener, Execution{i}.message());
      commit_at(i);
    }
    tell(RecordKind::poll_begin, Source::rest, "fills\n");
    for (std::int64_t i = 0; i < executions; i += kPage) {
      tell(RecordKind::rest, Source::rest, page(i, std::min(executions, i + kPage)));
      commit_at(i);
    }
    now_ += std::chrono::minutes(1);
    tell(RecordKind::poll_end, Source::rest, "fills\nok");
    finish();
    storage_->checkpoint();
  }
  // What differs is printed: a comparison that finds something has not compared what was meant.
  double compare() {
    storage_->begin();
    const auto begin = SteadyClock::now();
    tell(RecordKind::sweep, Source::firm, "full");
    finish();
    const double seconds = seconds_since(begin);
    for (const BreakRow& row : all<BreakRow>(*storage_, "ORDER BY id LIMIT 3"))
      std::printf("         break: %s %s\n", std::string(to_string(row.category)).c_str(), row.explanation.c_str());
    return seconds;
  }
  double read_both() {
    std::int64_t units = 0, rows = 0;
    const auto begin = SteadyClock::now();
    for (const Source source : {Source::listener, Source::rest}) {
      each<SourceFillRow>(
          *storage_, "WHERE source = $1 ORDER BY account, order_id, trade_id",
          [&](SourceFillRow& row) {
            units += row.price.units();
            ++rows;
          },
          source);
    }
    const double seconds = seconds_since(begin);
    if (units == 0) std::printf("         nothing was read\n");
    return seconds;
  }

 private:
  static constexpr std::int64_t kPage = 1'000;
  static constexpr std::int64_t kCommit = 10'000;
  static std::string page(std::int64_t from, std::int64_t to) {
    std::string list;
    for (std::int64_t i = from; i < to; ++i) list += (list.empty() ? "" : ",") + Execution{i}.rest();
    return "GetMarginFills\n\n{\"fills\":[" + list + "]}";
  }
  void tell(RecordKind kind, Source source, std::string body) {
    engine_.apply(record_of(kind, source, now_, std::move(body)), ++position_);
  }
  void finish() {
    engine_.finish_batch();
    storage_->commit();
  }
  void commit_at(std::int64_t i) {
    if ((i + 1) % kCommit != 0 && i % kCommit != 0) return;
    finish();
    storage_->begin();
  }

  std::unique_ptr<SqliteStorage> storage_;
  NoAudit audit_;
  Engine engine_;
  Timestamp now_{kBegin};
  std::int64_t position_{0};
};

// Highest resident memory since the last call, in MB.
double peak_memory() {
  double kilobytes = 0;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) kilobytes = std::strtod(line.c_str() + 6, nullptr);
  }
  std::ofstream("/proc/self/clear_refs") << "5";
  return kilobytes / 1024;
}

// ---- page ---------------------------------------------------------------------------------------------------------------

class Browser {
 public:
  explicit Browser(std::string page) : page_(std::move(page)), curl_(curl_easy_init()) {}
  ~Browser() { curl_easy_cleanup(curl_); }
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  // Milliseconds until all of it was here.
  double get(const std::string& path) {
    body_ = 0;
    curl_easy_setopt(curl_, CURLOPT_URL, (page_ + path).c_str());
    curl_easy_setopt(curl_, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(
        curl_, CURLOPT_WRITEFUNCTION, +[](char*, std::size_t, std::size_t size, void* body) {
          *static_cast<std::size_t*>(body) += size;
          return size;
        });
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body_);
    const auto begin = SteadyClock::now();
    const CURLcode code = curl_easy_perform(curl_);
    if (code != CURLE_OK || body_ == 0) std::printf("         %s: %s\n", path.c_str(), curl_easy_strerror(code));
    return seconds_since(begin) * 1e3;
  }

 private:
  std::string page_;
  CURL* curl_;
  std::size_t body_{0};
};

void show_page(const std::string& path, std::int64_t executions) {
  PageOptions options;
  options.dir = std::filesystem::path(path).parent_path();
  options.open = [path]() -> Result<std::unique_ptr<Storage>> {
    auto storage = SqliteStorage::open_for_reading(path);
    if (!storage) return storage.error();
    return std::unique_ptr<Storage>(std::move(*storage));
  };
  const auto page = PageServer::start(std::move(options), {}).value();
  Browser browser(page->url());
  double first = 0;
  for (const char* part : {"", "page.css", "page.js", "api/summary", "api/coverage", "api/breaks?state=open&limit=6", "api/series"})
    first += browser.get(part);
  const double positions = browser.get("api/positions"), days = browser.get("api/days"), newest = browser.get("api/executions?limit=100");
  std::printf("page     %9lld executions: first view %.1f ms (goal < 200); then positions %.1f, days %.1f, newest executions %.1f ms\n",
              static_cast<long long>(executions), first, positions, days, newest);
  std::fflush(stdout);
}

void show_compare(const Options& options, std::int64_t executions) {
  const std::string path = options.dir + "/compare-" + std::to_string(executions) + ".db";
  TwoSources sources(path, executions);
  const double reading = sources.read_both();
  const auto n = static_cast<double>(executions);
  for (const char* which : {"first", "again"}) {
    peak_memory();
    const double comparing = sources.compare();
    std::printf(
        "compare  %9lld executions, %-6s: %8.3f s, %6.0f ns each; reading both sides %8.3f s; ratio %.2f (goal <= 3); %.0f MB (goal < "
        "200)\n",
        static_cast<long long>(executions), which, comparing, comparing / n * 1e9, reading, comparing / reading, peak_memory());
    std::fflush(stdout);
  }
  show_page(path, executions);
}

bool read_options(int argc, char** argv, Options& options) {
  bool own_sizes = false;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::int64_t value = std::atoll(argv[i + 1]);
    if (name == "--reports") {
      options.reports = value;
    } else if (name == "--batch" && value > 0) {
      options.batch = value;
    } else if (name == "--compare") {
      if (!std::exchange(own_sizes, true)) options.compare.clear();
      if (value > 0) options.compare.push_back(value);
    } else if (name == "--dir") {
      options.dir = argv[i + 1];
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fprintf(stderr, "usage: %s [--reports N] [--batch N] [--compare N]... [--dir FOLDER]\n", argv[0]);
    return 1;
  }
  options.dir += "/bench-reconcile-" + std::to_string(::getpid());
  std::filesystem::create_directories(options.dir);
  int status = 0;
  try {
    if (options.reports > 0) show_ingest(options);
    for (const std::int64_t executions : options.compare) show_compare(options, executions);
  } catch (const Exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    status = 1;
  }
  std::filesystem::remove_all(options.dir);
  return status;
}
