// What other programs read: flat JSON, CSV, a monitor's line, and the news of a connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "apps/check/check_report.hpp"
#include "apps/csv.hpp"
#include "apps/day_clock.hpp"
#include "apps/message_record.hpp"
#include "apps/rest/table.hpp"
#include "apps/state_lines.hpp"

namespace marginfix::apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string wire(std::string text) {
  std::ranges::replace(text, '|', '\x01');
  return text;
}
const std::string kReport = wire("8=FIXT.1.1|9=5|35=8|34=7|11=007|14=2.00|17=13768;4|44=4.1000|58=a \"b\", c|10=000|");
Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }

TEST(FlatJson, HasTheFieldsByTheirNames) {
  const std::string line = flat_json({"KalshiDC", at("2026-12-01T10:00:00Z")}, kReport);
  EXPECT_THAT(line, AllOf(HasSubstr(R"({"session":"KalshiDC","ts":"2026-12-01T10:00:00)"), HasSubstr(R"("MsgSeqNum":"7","ClOrdID":"007")"),
                          HasSubstr(R"("Text":"a \"b\", c")")));
}

TEST(FlatJson, FieldsThatComeAgainAndFieldsOfGroupsAreLists) {
  EXPECT_THAT(flat_json({}, wire("8=FIXT.1.1|9=5|35=8|11=a|11=b|29999=x|10=0|")),
              AllOf(HasSubstr(R"("ClOrdID":["a","b"])"), HasSubstr(R"("29999":"x")"), Not(HasSubstr("session"))));
}

TEST(Csv, TextIsAlwaysInQuotesAndNumbersNever) {
  EXPECT_EQ(csv_text("007"), "\"007\"");
  EXPECT_EQ(csv_text("a \"b\"\n"), "\"a \"\"b\"\"\\x0a\"");
  EXPECT_EQ(csv_number("-4.1000"), "-4.1000");
  EXPECT_EQ(csv_number(""), "");
  EXPECT_EQ(csv_number("1e5"), "\"1e5\"");
  EXPECT_EQ(csv_number("-"), "\"-\"");
}

TEST(Csv, AMessageIsARow) {
  const auto columns = MessageColumns::of({"ClOrdID", "Price", "58", "OrderID", "ts"}).value();
  EXPECT_EQ(columns.header(), R"("ClOrdID","Price","58","OrderID","ts")");
  EXPECT_EQ(columns.row({{}, at("2026-12-01T10:00:00Z")}, kReport).substr(0, 40), R"("007",4.1000,"a ""b"", c","","2026-12-01)");
}

TEST(Csv, EveryRowHasTheColumnsOfTheHeader) {
  const auto columns = MessageColumns::of({}).value();
  const std::string header = columns.header(), row = columns.row({"s", {}}, wire("35=9|11=a|10=0|"));
  EXPECT_EQ(std::ranges::count(header, ','), std::ranges::count(row, ','));
  EXPECT_THAT(MessageColumns::of({}, false).value().header(), testing::StartsWith("\"MsgType\""));
}

TEST(Csv, AColumnThatIsNoFieldIsRefused) {
  const auto columns = MessageColumns::of({"ClOrdId"});
  ASSERT_FALSE(columns);
  EXPECT_THAT(columns.error().message, HasSubstr("did you mean ClOrdID?"));
}

TEST(RestCsv, AListIsARowAnItemAndNestedMembersHaveColumns) {
  const std::string json = R"({"cursor":"","markets":[{"ticker":"A","n":1,"in":{"x":"1e5"}},{"ticker":"B","late":null,"t":["p","q"]}]})";
  EXPECT_EQ(csv_of(nullptr, json, "markets", {}).value(),
            "\"ticker\",\"n\",\"in.x\",\"late\",\"t\"\n\"A\",1,\"1e5\",,\n\"B\",,,\"\",\"p, q\"\n");
  EXPECT_EQ(csv_of(nullptr, json, "", {"n", "ticker"}).value(), "\"n\",\"ticker\"\n1,\"A\"\n,\"B\"\n");
  EXPECT_THAT(csv_of(nullptr, json, "", {"tickr"}).error().message, HasSubstr("did you mean ticker?"));
  EXPECT_EQ(csv_of(nullptr, R"({"balance":"5.00","ok":true})", "", {}).value(), "\"balance\",\"ok\"\n\"5.00\",\"true\"\n");
}

TEST(RestTable, FitsTheTerminal) {
  const std::string json =
      R"({"markets":[{"id":"0123456789-0123456789-0123456789-0123456789","ticker":"A","none":null,"a":{"b":"1"},"title":"Bitcoin","price":"1.5"}]})";
  const auto lines = [&](const TableChoice& choice) { return table_of(nullptr, json, choice).value(); };
  EXPECT_EQ(
      lines({{}, 24}),
      "markets\nticker  title    price\nA       Bitcoin    1.5\n(3 of 6 columns fit: --columns NAMES chooses, --columns all shows all)\n");
  EXPECT_THAT(lines({{}, 28}), AllOf(HasSubstr("a.b"), Not(HasSubstr("none")), Not(HasSubstr("id "))));
  EXPECT_EQ(lines({{"price", "ticker"}, 10}), "markets\nprice  ticker\n  1.5  A\n");
  EXPECT_THAT(lines({{"all"}, 10}), AllOf(HasSubstr("id"), HasSubstr("none"), Not(HasSubstr("columns fit"))));
  EXPECT_THAT(lines({{}, 0}), Not(HasSubstr("columns fit")));
  EXPECT_THAT(table_of(nullptr, json, {{"prize"}, 0}).error().message, HasSubstr("did you mean price?"));
}

TEST(Monitor, OneLineWithFiguresAndAState) {
  using std::chrono::milliseconds;
  CheckReport good(CheckReport::Shown::monitor, {milliseconds(200), milliseconds(1000)});
  good.good("REST", "connect", "answers");
  good.took("REST", milliseconds(12));
  good.clock("REST", milliseconds(-3), milliseconds(20'000));
  EXPECT_EQ(good.monitor_state(), MonitorState::ok);
  EXPECT_EQ(good.monitor_line(), "MARGINFIX OK - 2 checks passed | REST_answer=12ms;200;1000 REST_clock=-3ms");

  CheckReport slow(CheckReport::Shown::monitor, {milliseconds(200), milliseconds(1000)});
  slow.took("KalshiNR", milliseconds(300));
  EXPECT_EQ(slow.monitor_state(), MonitorState::warning);
  EXPECT_THAT(slow.monitor_line(), testing::StartsWith("MARGINFIX WARNING - KalshiNR took 300 ms | "));
  slow.took("REST", milliseconds(1000));
  EXPECT_EQ(slow.monitor_state(), MonitorState::critical);

  CheckReport bad(CheckReport::Shown::monitor);
  bad.bad("KalshiNR", "logon", "refused | or so\nnot");
  EXPECT_EQ(bad.monitor_state(), MonitorState::critical);
  EXPECT_EQ(bad.monitor_line(), "MARGINFIX CRITICAL - KalshiNR logon: refused   or so not");
}

TEST(StateLines, SayEachThingOnce) {
  StateLines lines;
  const auto news = [&](SessionState state, EndReason reason = EndReason::none, const std::string& text = {}) {
    return lines.news("KalshiNR", {state, reason, text}).value_or("");
  };
  EXPECT_EQ(news(SessionState::connecting), "KalshiNR: connecting");
  EXPECT_EQ(news(SessionState::handshaking), "");
  EXPECT_THAT(news(SessionState::waiting, EndReason::connect_failed, "refused"), HasSubstr("refused"));
  EXPECT_EQ(news(SessionState::connecting, EndReason::connect_failed, "refused"), "");
  EXPECT_EQ(news(SessionState::waiting, EndReason::connect_failed, "refused"), "");
  EXPECT_THAT(news(SessionState::waiting, EndReason::connect_failed, "timed out"), HasSubstr("timed out"));
  EXPECT_EQ(news(SessionState::active), "KalshiNR: active");
  EXPECT_THAT(news(SessionState::waiting, EndReason::connect_failed, "timed out"), HasSubstr("timed out")) << "it is news again";
  EXPECT_EQ(news(SessionState::stopped, EndReason::requested, "stopped by request"), "");
}

TEST(DayClock, SaysTheDateWhereItIsNotToday) {
  DayClock clock(at("2026-12-02T01:00:00Z"));
  EXPECT_EQ(clock.text(at("2026-12-01T23:59:59.998Z")), "2026-12-01 23:59:59.998");
  EXPECT_EQ(clock.text(at("2026-12-02T00:00:00Z")), "2026-12-02 00:00:00.000") << "another day than the line before";
  EXPECT_EQ(clock.text(at("2026-12-02T00:00:01Z")), "00:00:01.000");
  EXPECT_EQ(clock.text(std::nullopt), "--:--:--.---");
}

}  // namespace
}  // namespace marginfix::apps
