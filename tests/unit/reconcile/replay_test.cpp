// The same records give the same rows and the same audit, however many of them were in one transaction and however often the process was
// started anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/reconcile/folder/applier.hpp"
#include "services/reconcile/folder/memory_ledger.hpp"
#include "services/reconcile/folder/tables.hpp"
#include "services/reconcile/replay.hpp"
#include "unit/reconcile/engine_fixture.hpp"

namespace marginfix::reconcile {
namespace {

struct Outcome {
  std::unique_ptr<SqliteStorage> storage = SqliteStorage::in_memory().value();
  AuditCount audit;
};

class Replays : public EngineTest {
 protected:
  void record(RecordKind kind, Source source, std::string body, std::chrono::seconds later = std::chrono::seconds(1)) {
    records_.push_back({kind, source, now_, std::string(kAccount), std::move(body)});
    now_ += later;
  }
  static Told fill_number(int i) {
    Told t;
    const std::string text = std::to_string(i);
    t.exec_id = "100;" + text, t.order_id = "o" + text, t.trade_id = "t" + text, t.cl_ord_id = "c" + text;
    t.long_qty = std::to_string(i + 1) + ".00";
    return t;
  }
  // Reports, an answer of REST that lacks one fill, has one of its own and another price for a third, decisions, a hole, bytes that nobody
  // reads.
  void a_day() {
    record(RecordKind::source_state, Source::listener, "up\n");
    for (int i = 0; i < 40; ++i) {
      record(RecordKind::fix, Source::listener, trade(fill_number(i)));
      if (i % 10 == 3) record(RecordKind::fix, Source::listener, "8=FIXT.1.1\0019=5\001no message " + std::to_string(i));
      if (i % 13 == 5) record(RecordKind::fix, Source::drop_copy, trade(fill_number(i)));
    }
    record(RecordKind::gap_opened, Source::listener, "1\n\nthe connection was lost");
    std::string list;
    for (int i = 0; i < 41; ++i) {
      if (i == 7) continue;
      Told t = fill_number(i);
      if (i == 9) t.price = "19.6";
      list += (list.empty() ? "" : ",") + rest_fill(t);
    }
    record(RecordKind::poll_begin, Source::rest, "fills\n");
    record(RecordKind::rest, Source::rest, "GetMarginFills\n\n{\"fills\":[" + list + "]}");
    record(RecordKind::poll_end, Source::rest, "fills\nok", std::chrono::seconds(60));
    record(RecordKind::gap_closed, Source::listener, "1\nrest\n");
    for (const char* reach : {"", "full", ""}) record(RecordKind::sweep, Source::firm, reach, std::chrono::seconds(60));
    record(RecordKind::decision, Source::firm, R"({"break":"1","action":"accept","user":"ann","reason":"known"})");
    record(RecordKind::day_cut, Source::firm, "20261130");
    record(RecordKind::sweep, Source::firm, "full");
  }
  // With `batch` records a transaction, and a new engine for each of them where `restarts`.
  std::unique_ptr<Outcome> outcome(std::size_t batch, bool restarts) {
    auto made = std::make_unique<Outcome>();
    auto applier = std::make_unique<Applier>(*made->storage, made->audit);
    for (std::size_t i = 0; i < records_.size(); ++i) {
      applier->add(records_[i], {static_cast<std::int64_t>(i + 1), {}});
      if ((i + 1) % batch != 0) continue;
      applier->commit();
      if (restarts) applier = std::make_unique<Applier>(*made->storage, made->audit);
    }
    applier->commit();
    return made;
  }
  static void expect_same(const std::unique_ptr<Outcome>& made, const std::unique_ptr<Outcome>& wanted, const std::string& how) {
    EXPECT_THAT(compare_tables(*made->storage, *wanted->storage).faults, testing::IsEmpty()) << how;
    EXPECT_EQ(digest_of(*made->storage), digest_of(*wanted->storage)) << how;
    EXPECT_EQ(made->audit.position(), wanted->audit.position()) << how;
  }

  std::vector<Record> records_;
};

TEST_F(Replays, DoNotDependOnTransactions) {
  a_day();
  const auto one = outcome(1, false);
  EXPECT_GT(number(*one->storage, "SELECT count(*) FROM breaks"), 3) << "there was something to decide";
  EXPECT_GT(one->audit.position().lines, 3);
  for (const std::size_t batch : {2, 7, 50, 10'000})
    expect_same(outcome(batch, false), one, std::to_string(batch) + " records a transaction");
}

TEST_F(Replays, DoNotDependOnRestarts) {
  a_day();
  const auto one = outcome(10'000, false);
  for (const std::size_t batch : {1, 3, 20})
    expect_same(outcome(batch, true), one, "a new engine after " + std::to_string(batch) + " records");
}

// A list had begun when the process was killed, of a source that had said nothing yet.
TEST_F(Replays, KnowWhatHadOnlyBegun) {
  record(RecordKind::begin, Source::listener, "{}");
  record(RecordKind::poll_begin, Source::rest, "fills\n");
  record(RecordKind::begin, Source::listener, "{}");
  record(RecordKind::sweep, Source::firm, "full");
  expect_same(outcome(1, true), outcome(10'000, false), "killed in the middle of the first list");
}

// More connections than are kept in memory, and a fill that only the first of them can have missed.
TEST_F(Replays, DoNotDependOnHowManyConnectionsThereWere) {
  const auto connection = [this](std::vector<Told> told) {
    record(RecordKind::source_state, Source::listener, "up\n");
    for (const Told& one : told) record(RecordKind::fix, Source::listener, trade(one));
    record(RecordKind::source_state, Source::listener, "unknown\nthe connection was lost");
  };
  const auto at = [](int number, const std::string& minute) {
    Told t = fill_number(number);
    t.transact_time = "20261130-18:" + minute + ":00.000000", t.rfc_time = "2026-11-30T18:" + minute + ":00Z";
    return t;
  };
  connection({at(0, "10"), at(2, "20")});
  for (int i = 3; i < 302; ++i) connection({at(i, "30")});
  record(RecordKind::poll_begin, Source::rest, "fills\n");
  record(RecordKind::rest, Source::rest, "GetMarginFills\n\n{\"fills\":[" + rest_fill(at(1, "15")) + "]}");
  record(RecordKind::poll_end, Source::rest, "fills\nok", std::chrono::seconds(60));
  record(RecordKind::sweep, Source::firm, "full", std::chrono::seconds(60));
  record(RecordKind::sweep, Source::firm, "full");
  const auto one = outcome(10'000, false);
  EXPECT_EQ(number(*one->storage, "SELECT count(*) FROM spans WHERE source = 0"), 300);
  for (const std::size_t batch : {1, 50}) expect_same(outcome(batch, true), one, std::to_string(batch) + " records a process");
}

}  // namespace
}  // namespace marginfix::reconcile
