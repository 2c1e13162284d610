// Rules of the FIX doors that need neither sockets nor an engine: Logon options, report shapes, the delivery record.
#include <gtest/gtest.h>

#include "sim/doors/fix/order_requests.hpp"
#include "sim/doors/fix/reports.hpp"
#include "sim/doors/fix/retained_store.hpp"
#include "sim/doors/fix/session_options.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::sim {
namespace {

TEST(SimSessionOptions, SurviveAsText) {
  SessionOptions options;
  options.listener = options.skip_pending = options.new_before_trade = true;
  options.retention_hours = 48;
  EXPECT_EQ(session_options_from_text(to_text(options)), options);
  EXPECT_EQ(session_options_from_text(to_text({})), SessionOptions{});
  EXPECT_EQ(session_options_from_text("torn"), SessionOptions{});
}

TEST(SimReports, OptionsDecideWhichReportsASessionGets) {
  ExecutionEvent event;
  SessionOptions plain, full;
  full.new_before_trade = full.ioc_cancel_report = true;
  SessionOptions skipping;
  skipping.skip_pending = true;
  for (const ReportKind kind : {ReportKind::PendingNew, ReportKind::PendingReplace, ReportKind::PendingCancel}) {
    event.kind = kind;
    EXPECT_TRUE(wanted(event, plain));
    EXPECT_FALSE(wanted(event, skipping));
  }
  event.kind = ReportKind::New;
  event.trades_at_once = true;
  EXPECT_FALSE(wanted(event, plain));
  EXPECT_TRUE(wanted(event, full));
  event.kind = ReportKind::Canceled;
  event.after_trade = true;
  EXPECT_FALSE(wanted(event, plain));
  EXPECT_TRUE(wanted(event, full));
}

TEST(SimReports, ExpiryStyleCancelsAreExpiredOnlyWhenAskedFor) {
  ExecutionEvent event;
  event.kind = ReportKind::Canceled;
  event.status = OrdStatus::Canceled;
  event.expiry_style = true;
  SessionOptions options;
  fixwire::ExecutionReport report;
  fill_report(event, 0, options, report);
  EXPECT_EQ(report.exec_type, "4");
  EXPECT_EQ(report.ord_status, "4");
  options.use_expired = true;
  fill_report(event, 0, options, report);
  EXPECT_EQ(report.exec_type, "C");
  EXPECT_EQ(report.ord_status, "C");
}

TEST(SimReports, LastMktIsTheShardOfTheMarket) {
  fixwire::ExecutionReport report;
  fill_report({}, 0, {}, report);
  EXPECT_EQ(report.last_mkt, "0");
  fill_report({}, 12, {}, report);
  EXPECT_EQ(report.last_mkt, "12");
}

TEST(SimReports, AReportWithoutATradeLeavesNothingOfTheOneBefore) {
  ExecutionEvent trade;
  trade.kind = ReportKind::Trade;
  trade.fill.emplace();
  trade.fill->quantity = FixedPointCount::whole(1);
  trade.fill->payout_change = DollarDecimal::whole(2);
  fixwire::ExecutionReport report;
  fill_report(trade, 0, {}, report);
  EXPECT_EQ(report.last_qty, "1.00");
  EXPECT_EQ(report.collateral_changes.size(), 2U);
  ExecutionEvent plain;
  fill_report(plain, 0, {}, report);
  EXPECT_TRUE(report.last_qty.empty());
  EXPECT_TRUE(report.fee.empty());
  EXPECT_TRUE(report.collateral_changes.empty());
  EXPECT_TRUE(report.long_qty.empty());
}

TEST(SimOrderRequests, GroupActionsNeedTheirFields) {
  const std::string id = "0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000";
  const struct {
    const char *action, *limit;
    bool with_id;
    Refusal::Kind kind;
  } cases[] = {{"1", "5", false, Refusal::Kind::none}, {"1", "", false, Refusal::Kind::business}, {"1", "5", true, Refusal::Kind::reject},
               {"2", "", true, Refusal::Kind::none},   {"2", "", false, Refusal::Kind::business}, {"3", "", true, Refusal::Kind::none},
               {"4", "", true, Refusal::Kind::none},   {"5", "7", true, Refusal::Kind::none},     {"5", "", true, Refusal::Kind::business},
               {"6", "", true, Refusal::Kind::reject}, {"5", "many", true, Refusal::Kind::reject}};
  for (const auto& c : cases) {
    fixwire::Inbound in;
    in.group_action = c.action;
    in.group_limit = c.limit;
    if (c.with_id) in.group_id = id;
    GroupRequest out;
    EXPECT_EQ(read_group(in, out).kind, c.kind) << c.action << " " << c.limit << " " << c.with_id;
  }
}

TEST(SimDeliveryRecord, KnowsWhichEventsWereStored) {
  marginfix::test::TempFolder folder;
  const std::string file = folder.path("delivered");
  {
    DeliveryRecord record(file, 7);
    EXPECT_EQ(record.delivered(1), 7U);
    record.about_to_store(10, 2, Timestamp{std::chrono::seconds(5)});
    record.about_to_store(0, 3, Timestamp{std::chrono::seconds(6)});
    record.about_to_store(12, 5, Timestamp{std::chrono::seconds(7)});
  }
  DeliveryRecord record(file, 99);
  EXPECT_EQ(record.delivered(6), 12U);
  // Announced, but the process died before number 5 was stored.
  EXPECT_EQ(record.delivered(5), 10U);
  EXPECT_EQ(record.delivered(2), 7U);
  EXPECT_EQ(record.stored_at(3), Timestamp{std::chrono::seconds(6)});
  EXPECT_EQ(record.stored_at(4), Timestamp{});
  record.restart(20);
  EXPECT_EQ(record.delivered(1), 20U);
  EXPECT_EQ(record.stored_at(3), Timestamp{});
}

TEST(SimDeliveryRecord, ATornEndIsCut) {
  marginfix::test::TempFolder folder;
  const std::string file = folder.path("delivered");
  {
    DeliveryRecord record(file, 1);
    record.about_to_store(2, 2, Timestamp{});
  }
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 3);
  DeliveryRecord record(file, 99);
  EXPECT_EQ(record.delivered(100), 1U);
}

TEST(SimRetainedStore, MessagesOutOfTheRetentionAreNotResent) {
  marginfix::test::TempFolder folder;
  auto record = std::make_shared<DeliveryRecord>(folder.path("delivered"), 0);
  Timestamp now{std::chrono::hours(100)};
  int hours = 24;
  auto inner = make_memory_store();
  record->about_to_store(1, 1, now - std::chrono::hours(25));
  inner->append_sent(1, "old", 3);
  record->about_to_store(2, 2, now - std::chrono::hours(23));
  inner->append_sent(2, "new", 3);
  RetainedStore store(std::move(inner), record, {[&] { return now; }, [] { return EventNo{0}; }}, [&] { return hours; });
  ASSERT_EQ(store.sent(1, 0).size(), 1U);
  EXPECT_EQ(store.sent(1, 0)[0].bytes, "new");
  hours = 72;
  EXPECT_EQ(store.sent(1, 0).size(), 2U);
}

}  // namespace
}  // namespace marginfix::sim
