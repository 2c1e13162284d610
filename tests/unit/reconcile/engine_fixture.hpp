// An engine over a ledger in memory, fed with records as the sources make them; time is the test's.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "services/reconcile/engine.hpp"
#include "services/reconcile/folder/tables.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "support/postgres_server.hpp"

namespace marginfix::reconcile {

class AuditLog final : public AuditSink {
 public:
  void append(const AuditEntry& entry) override { entries.push_back(entry); }
  std::vector<AuditEntry> entries;
};

// A ledger in memory that has its outbox written.
inline std::unique_ptr<SqliteStorage> told_ledger() {
  auto storage = SqliteStorage::in_memory().value();
  set_meta(*storage, "rules.stream", "on");
  set_meta(*storage, "ledger_id", "0123456789abcdef");
  return storage;
}

// What a failing test shows of a break.
inline void PrintTo(const BreakRow& row, std::ostream* out) {
  *out << to_string(row.category) << ' ' << to_string(row.state) << " [" << row.subject << "] " << row.here_source << ": " << row.here_value
       << " / " << row.there_source << ": " << row.there_value << " (" << row.explanation << ')';
}

// One of the account's fills, told the way the doors tell it.
struct Told {
  std::string exec_id{"100;1"}, order_id{"o1"}, trade_id{"t1"}, cl_ord_id{"c1"}, symbol{"KXBTCPERP"};
  char side{'1'};
  std::string price{"19.5"}, quantity{"1.00"}, cum_qty{"1.00"}, leaves_qty{"0.00"}, order_qty{"1.00"}, fee{"0.07"};
  std::string long_qty{"1.00"}, short_qty{};
  std::string transact_time{"20261130-18:00:00.000000"}, rfc_time{"2026-11-30T18:00:00Z"}, clearing_date{"20261130"};
  std::string avg_px{};
  std::string alloc_account{};
};

class EngineTest : public testing::Test {
 protected:
  static constexpr std::string_view kAccount = "alice";

  void tell(RecordKind kind, Source source, std::string body) {
    records_.push_back({kind, source, now_, std::string(kAccount), std::move(body)});
    engine_->apply(records_.back(), ++position_);
    engine_->finish_batch();
  }
  // The listener's connection, drop copy's, or REST's health.
  void state(Source source, std::string_view state) { tell(RecordKind::source_state, source, std::string(state) + "\n"); }
  void pass(std::chrono::milliseconds time) { now_ += time; }

  // Sent (52) when it was made (60), unless said otherwise.
  static std::string fix_message(std::string_view type, std::string_view body, std::string_view sending_time = "") {
    const std::size_t made = body.find("\00160=");
    if (sending_time.empty()) sending_time = made == std::string_view::npos ? "20261130-18:00:00.100" : body.substr(made + 4, 24);
    std::string rest =
        "35=" + std::string(type) + "\00134=2\00149=KalshiNR\00152=" + std::string(sending_time) + "\00156=key\001" + std::string(body);
    std::string text = "8=FIXT.1.1\0019=" + std::to_string(rest.size()) + "\001" + rest;
    unsigned sum = 0;
    for (const char c : text) sum += static_cast<unsigned char>(c);
    char trailer[16];
    std::snprintf(trailer, sizeof trailer, "10=%03u\001", sum % 256);
    return text + trailer;
  }
  static std::string piped(std::string text) {
    for (char& c : text) c = c == '|' ? '\001' : c;
    return text;
  }
  // 150=F.
  static std::string trade(const Told& t, std::string_view sending_time = "") { return fix_message("8", trade_body(t), sending_time); }
  static std::string trade_body(const Told& t) {
    return piped("6=" + (t.avg_px.empty() ? t.price : t.avg_px) + "|11=" + t.cl_ord_id + "|14=" + t.cum_qty + "|17=" + t.exec_id +
                 "|30=0|31=" + t.price + "|32=" + t.quantity + "|37=" + t.order_id + "|38=" + t.order_qty +
                 "|39=" + (t.leaves_qty == "0.00" ? "2" : "1") + "|54=" + t.side + "|55=" + t.symbol + "|60=" + t.transact_time +
                 "|136=1|137=" + t.fee + "|138=USD|139=4|891=0|150=F|151=" + t.leaves_qty +
                 (t.long_qty.empty() ? "" : "|704=" + t.long_qty) + (t.short_qty.empty() ? "" : "|705=" + t.short_qty) +
                 (t.alloc_account.empty() ? "" : "|79=" + t.alloc_account) + "|715=" + t.clearing_date + "|880=" + t.trade_id +
                 "|1703=1|1704=-" + t.fee + "|1705=BALANCE|");
  }
  // 150=0, or another report of an order without a trade.
  static std::string report(const Told& t, char exec_type, char ord_status) {
    return fix_message("8", piped("6=0|11=" + t.cl_ord_id + "|14=0.00|17=" + t.exec_id + "|30=0|37=" + t.order_id + "|38=" + t.order_qty +
                                  "|39=" + ord_status + "|44=" + t.price + "|54=" + t.side + "|55=" + t.symbol + "|60=" + t.transact_time +
                                  "|150=" + exec_type + "|151=" + (ord_status == '0' ? t.order_qty : "0.00") + "|"));
  }
  static std::string rest_fill(const Told& t) {
    return R"({"fill_id":")" + t.trade_id + R"(","order_id":")" + t.order_id + R"(","is_taker":true,"side":")" +
           (t.side == '1' ? "bid" : "ask") + R"(","count":")" + t.quantity + R"(","created_time":")" + t.rfc_time + R"(","ticker":")" +
           t.symbol + R"(","price":")" + t.price + R"(","fees":")" + t.fee + R"("})";
  }
  void rest_list(std::string_view what, std::string_view operation, const std::string& body, bool ok = true) {
    tell(RecordKind::poll_begin, Source::rest, std::string(what) + "\n");
    if (ok) tell(RecordKind::rest, Source::rest, std::string(operation) + "\n\n" + body);
    tell(RecordKind::poll_end, Source::rest, std::string(what) + (ok ? "\nok" : "\nhttp: 500"));
  }
  void rest_fills(const std::vector<Told>& fills) {
    std::string list;
    for (const Told& t : fills) list += (list.empty() ? "" : ",") + rest_fill(t);
    rest_list("fills", "GetMarginFills", R"({"fills":[)" + list + "]}");
  }
  void rest_position(std::string_view symbol, std::string_view net, std::string_view entry = "19.5") {
    rest_list("positions", "GetMarginPositions",
              R"({"positions":[{"subaccount":0,"market_ticker":")" + std::string(symbol) + R"(","position":")" + std::string(net) +
                  R"(","entry_price":")" + std::string(entry) + R"(","unrealized_pnl":"0.0000","margin_used":null}]})");
  }
  void sweep(std::string_view reach = "") { tell(RecordKind::sweep, Source::firm, std::string(reach)); }

  // REST is asked, then everything is compared, past the grace.
  void settle(const std::vector<Told>& on_rest) {
    pass(std::chrono::seconds(10));
    rest_fills(on_rest);
    pass(std::chrono::seconds(10));
    sweep();
    pass(std::chrono::seconds(30));
    sweep();
  }

  std::vector<BreakRow> breaks() { return all<BreakRow>(*storage_, "ORDER BY id"); }
  std::vector<BreakRow> confirmed() { return all<BreakRow>(*storage_, "WHERE state = 1 ORDER BY id"); }
  std::vector<BreakCategory> categories() {
    std::vector<BreakCategory> found;
    for (const BreakRow& row : confirmed()) found.push_back(row.category);
    return found;
  }
  PositionRow position(std::string_view symbol = "KXBTCPERP") { return find<PositionRow>(*storage_, kAccount, 0, symbol).value(); }

  // A listener that has been on since before everything, and a REST that has been asked before.
  void SetUp() override {
    state(Source::listener, "up");
    pass(std::chrono::seconds(5));
    rest_fills({});
    pass(std::chrono::seconds(10));
  }

  // Whatever a test tells: the ledger does not depend on where a transaction ends, nor on who was started anew between two records.
  void TearDown() override {
    expect_same_ledger("in one transaction", false);
    expect_same_ledger("with a new engine for each record", true);
    expect_same_ledger_in_postgres();
  }
  // Nor on the database. Where there is none the tests of the storages say so.
  void expect_same_ledger_in_postgres() {
    auto* const ledger = test::PostgresLedger::emptied();
    if (ledger == nullptr) return;
    AuditLog audit;
    ledger->storage->begin();
    set_meta(*ledger->storage, "rules.stream", "on");
    set_meta(*ledger->storage, "ledger_id", "0123456789abcdef");
    Engine engine(*ledger->storage, audit);
    std::int64_t position = 0;
    for (const Record& record : records_) engine.apply(record, ++position);
    engine.finish_batch();
    EXPECT_THAT(compare_tables(*ledger->storage, *storage_).faults, testing::IsEmpty()) << "in PostgreSQL";
    EXPECT_THAT(compare_outboxes(*ledger->storage, *storage_, 0).faults, testing::IsEmpty()) << "in PostgreSQL";
    EXPECT_EQ(audit.entries.size(), audit_.entries.size()) << "in PostgreSQL";
    ledger->storage->commit();
  }
  void expect_same_ledger(const std::string& how, bool engines_anew) {
    const auto storage = told_ledger();
    AuditLog audit;
    auto engine = std::make_unique<Engine>(*storage, audit);
    std::int64_t position = 0;
    for (const Record& record : records_) {
      engine->apply(record, ++position);
      if (!engines_anew) continue;
      engine->finish_batch();
      engine = std::make_unique<Engine>(*storage, audit);
    }
    engine->finish_batch();
    EXPECT_THAT(compare_tables(*storage, *storage_).faults, testing::IsEmpty()) << how;
    EXPECT_THAT(compare_outboxes(*storage, *storage_, 0).faults, testing::IsEmpty()) << how;
    EXPECT_EQ(audit.entries.size(), audit_.entries.size()) << how;
  }

  std::vector<Record> records_;
  std::unique_ptr<SqliteStorage> storage_ = told_ledger();
  AuditLog audit_;
  std::unique_ptr<Engine> engine_ = std::make_unique<Engine>(*storage_, audit_);
  Timestamp now_ = parse_rfc3339("2026-11-30T18:00:00Z").value();
  std::int64_t position_{0};
};

}  // namespace marginfix::reconcile
