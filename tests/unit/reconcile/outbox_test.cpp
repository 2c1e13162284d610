// What the engine writes to the outbox, and what an event is called. That it does not depend on where a transaction ends is shown after
// every test of the engine (engine_fixture.hpp).
#include <gmock/gmock.h>

#include <set>

#include "engine_fixture.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class TheOutbox : public EngineTest {
 protected:
  std::vector<OutboxRow> events() { return outbox_rows(*storage_, 0, 1000); }
  std::vector<std::string> subjects() {
    std::vector<std::string> found;
    for (const OutboxRow& row : events()) found.push_back(row.subject);
    return found;
  }
  std::string payload(std::size_t index) { return events().at(index).payload; }
};

TEST_F(TheOutbox, HasExecutionOrderAndPositionOfATradeInItsTransaction) {
  tell(RecordKind::fix, Source::listener, trade({}));
  EXPECT_THAT(subjects(), ElementsAre("execution.alice.KXBTCPERP", "order.alice.KXBTCPERP", "position.alice.KXBTCPERP"));
  const auto rows = events();
  EXPECT_EQ(rows[0].message_id, "x:alice:0:100;1");
  EXPECT_EQ(rows[1].message_id, "o:alice:100;1:n2");
  EXPECT_EQ(rows[2].message_id, "p:alice:100;1:n3");
  EXPECT_EQ(
      rows[0].payload,
      R"({"schema":"marginfix.stream.1","kind":"execution","ledger":"0123456789abcdef","number":"1","id":"x:alice:0:100;1",)"
      R"("time":"2026-11-30T18:00:15Z","account":"alice","subaccount":"0","symbol":"KXBTCPERP","side":"buy","price":"19.5000",)"
      R"("quantity":"1.00","fee":"0.0700","realized_pnl":null,"order_id":"o1","cl_ord_id":"c1","trade_id":"t1","last_mkt":"0",)"
      R"("exec_id":"100;1","transact_time":"2026-11-30T18:00:00Z","clearing_date":"2026-11-30","source":"listener","corrected":false})");
  EXPECT_THAT(rows[1].payload, HasSubstr(R"("ord_status":"2")"));
  EXPECT_THAT(rows[1].payload, HasSubstr(R"("cum_qty":"1.00","leaves_qty":"0.00")"));
  EXPECT_THAT(rows[2].payload, HasSubstr(R"("net":"1.00","opening":"0.00","traded":"1.00")"));
  EXPECT_EQ(outbox_state(*storage_).number, 3);
}

TEST_F(TheOutbox, TellsNothingTwiceWhateverIsToldAgain) {
  tell(RecordKind::fix, Source::listener, trade({}));
  tell(RecordKind::fix, Source::listener, trade({}));
  tell(RecordKind::fix, Source::drop_copy, trade({}));
  rest_fills({Told{}});
  rest_fills({Told{}});
  sweep();
  EXPECT_THAT(subjects(), SizeIs(3));
}

TEST_F(TheOutbox, NamesAnExecutionThatRestToldFirstByItsTrade) {
  rest_fills({Told{}});
  ASSERT_FALSE(events().empty());
  EXPECT_EQ(events()[0].message_id, "x:alice:trade:o1:t1");
  tell(RecordKind::fix, Source::listener, trade({}));
  int executions = 0;
  for (const OutboxRow& row : events()) executions += row.subject.starts_with("execution.");
  EXPECT_EQ(executions, 1) << "once, under the name it was first told by";
}

TEST_F(TheOutbox, GivesEachExecutionAnIdOfItsOwnWhereAnExecIdComesTwice) {
  tell(RecordKind::fix, Source::listener, trade({}));
  Told other;
  other.order_id = "o2";
  other.trade_id = "t2";
  tell(RecordKind::fix, Source::listener, trade(other));
  std::set<std::string> ids;
  for (const OutboxRow& row : events()) EXPECT_TRUE(ids.insert(row.message_id).second) << row.message_id;
  EXPECT_TRUE(ids.contains("x:alice:trade:o2:t2"));
}

TEST_F(TheOutbox, TellsOfAnOrderOnlyWhatIsNew) {
  Told order;
  order.leaves_qty = order.order_qty;
  tell(RecordKind::fix, Source::listener, report(order, '0', '0'));
  EXPECT_THAT(subjects(), ElementsAre("order.alice.KXBTCPERP"));
  pass(1s);
  const std::string list = R"({"orders":[{"order_id":"o1","client_order_id":"c1","ticker":"KXBTCPERP","side":"bid","price":"19.5",)"
                           R"("fill_count":"0.00","remaining_count":"1.00"}]})";
  rest_list("orders", "GetMarginOrders", list);
  rest_list("orders", "GetMarginOrders", list);
  EXPECT_THAT(subjects(), SizeIs(1)) << "what REST says of it is no news";
}

TEST_F(TheOutbox, TellsABreakOnceItIsOneAndWhatBecomesOfIt) {
  tell(RecordKind::fix, Source::listener, trade({}));
  const std::size_t before = events().size();
  Told wrong;
  wrong.price = "19.6";
  pass(10s);
  rest_fills({wrong});
  sweep();
  pass(30s);
  sweep();
  ASSERT_EQ(confirmed().size(), 1U);
  ASSERT_EQ(events().size(), before + 1);
  EXPECT_EQ(events().back().subject, "break.alice.KXBTCPERP");
  EXPECT_THAT(events().back().payload, HasSubstr(R"("category":"price","state":"confirmed")"));
  tell(RecordKind::decision, Source::listener,
       R"({"break":")" + std::to_string(confirmed()[0].id) + R"(","action":"accept","user":"ann","reason":"known"})");
  EXPECT_THAT(events().back().payload, HasSubstr(R"("state":"accepted")"));
  EXPECT_THAT(events().back().payload, HasSubstr(R"("closed_by":"ann","reason":"known")"));
}

TEST_F(TheOutbox, IsWrittenFromTheBeginThatSaysSoAndNotBefore) {
  const auto storage = SqliteStorage::in_memory().value();
  AuditLog audit;
  Engine engine(*storage, audit);
  const auto apply = [&](RecordKind kind, std::string body) {
    engine.apply({kind, Source::listener, now_, "alice", std::move(body)}, 1);
    engine.finish_batch();
  };
  apply(RecordKind::fix, trade({}));
  EXPECT_EQ(outbox_state(*storage).number, 0);
  EXPECT_EQ(outbox_state(*storage).ledger, "");
  apply(RecordKind::begin, R"({"version":"1","accounts":["alice"],"rules":{"stream":"on"}})");
  const std::string ledger = outbox_state(*storage).ledger;
  EXPECT_THAT(ledger, SizeIs(16));
  Told next;
  next.exec_id = "100;2", next.order_id = "o2", next.trade_id = "t2";
  apply(RecordKind::fix, trade(next));
  EXPECT_EQ(outbox_state(*storage).number, 3);
  apply(RecordKind::begin, R"({"version":"1","accounts":["alice"],"rules":{"stream":"off"}})");
  next.exec_id = "100;3", next.order_id = "o3", next.trade_id = "t3";
  apply(RecordKind::fix, trade(next));
  EXPECT_EQ(outbox_state(*storage).number, 3);
  pass(1s);
  apply(RecordKind::begin, R"({"version":"1","accounts":["alice"],"rules":{"stream":"on"}})");
  EXPECT_EQ(outbox_state(*storage).ledger, ledger) << "its name is for good";
}

TEST(EventNames, AnyTextIsALegalToken) {
  EXPECT_EQ(subject_token("KXBTC-26NOV"), "KXBTC-26NOV");
  EXPECT_EQ(subject_token("a.b*c>d e"), "a%2Eb%2Ac%3Ed%20e");
  EXPECT_EQ(subject_token(""), "-");
  EXPECT_EQ(subject_token("-"), "%2D");
  EXPECT_EQ(subject_token("%2D"), "%252D");
  EXPECT_EQ(subject_token(std::string_view("\0\r\n\xff", 4)), "%00%0D%0A%FF");
  std::set<std::string> tokens;
  for (const std::string& text : {std::string(200, 'a'), std::string(200, 'b'), std::string(199, 'a') + "b"}) {
    EXPECT_LE(subject_token(text).size(), 128U);
    EXPECT_TRUE(tokens.insert(subject_token(text)).second);
  }
  EXPECT_EQ(event_subject(EventKind::broken, "alice", ""), "break.alice.-");
}

TEST(EventNames, AnIdIsPrintableNeverEmptyAndShort) {
  FillRow fill;
  fill.account = "al ice:x";
  fill.last_mkt = "0";
  fill.exec_id = "13768;1 ";
  EXPECT_EQ(execution_id(fill, true), "x:al%20ice%3Ax:0:13768;1%20") << "a blank at its end would be dropped on the way";
  fill.exec_id.clear();
  fill.order_id = "o";
  fill.trade_id = "t";
  EXPECT_EQ(execution_id(fill, true), "x:al%20ice%3Ax:trade:o:t");
  fill.trade_id = std::string(1000, 't');
  const std::string longest = execution_id(fill, true);
  EXPECT_EQ(longest.size(), kMostIdBytes);
  fill.trade_id.back() = 'u';
  EXPECT_NE(execution_id(fill, true), longest);
  EXPECT_EQ(numbered_id(EventKind::broken, "a", "7", 12), "b:a:7:n12");
  EXPECT_LE(numbered_id(EventKind::order, "a", std::string(1000, 'o'), 123456789).size(), kMostIdBytes);
  for (const char c : longest) EXPECT_TRUE(c > ' ' && c < 0x7f);
  for (const char* name : {"execution", "position", "order", "break"}) EXPECT_EQ(to_string(event_kind_of(name).value()), name);
  EXPECT_FALSE(event_kind_of("trade"));
}

// "-1;-1" is the ExecID of reports that have none: it is nobody's id.
TEST_F(TheOutbox, TellsNothingUnderTheExecIdThatIsNone) {
  Told none;
  none.exec_id = "-1;-1";
  tell(RecordKind::fix, Source::listener, trade(none));
  for (const OutboxRow& row : events()) EXPECT_THAT(row.message_id, testing::Not(HasSubstr("-1;-1")));
}

}  // namespace
}  // namespace marginfix::reconcile
