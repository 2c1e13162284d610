// `run --once`: what a script relies on.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "integration/reconcile/fixture.hpp"

namespace marginfix::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

bool is_list(const SeenRequest& request, std::string_view of) { return request.target.find(of) != std::string::npos; }

// REST without the fills whose ids begin with `id` ("": all of them).
DoctoringProxy::Doctor without_fill(std::string id) {
  return [id = std::move(id)](const SeenRequest& request, const sim::test::HttpResponse& told) {
    if (!is_list(request, "/margin/fills")) return http_answer(told.status, told.body);
    auto body = boost::json::parse(told.body).as_object();
    boost::json::array kept;
    for (const auto& fill : body["fills"].as_array()) {
      if (!std::string(fill.as_object().at("fill_id").as_string()).starts_with(id)) kept.push_back(fill);
    }
    body["fills"] = kept;
    return http_answer(200, boost::json::serialize(body));
  };
}

DoctoringProxy::Doctor other_price(std::string told_price, std::string price) {
  return [from = std::move(told_price), price = std::move(price)](const SeenRequest& request, const sim::test::HttpResponse& told) {
    if (!is_list(request, "/margin/fills")) return http_answer(told.status, told.body);
    auto body = boost::json::parse(told.body).as_object();
    for (auto& fill : body["fills"].as_array()) {
      if (fill.as_object().at("price").as_string() == from) fill.as_object()["price"] = price;
    }
    return http_answer(200, boost::json::serialize(body));
  };
}

class ReconcileOnce : public ReconcileTest {};

TEST_F(ReconcileOnce, AnAccountWithoutTradesHasNoBreak) {
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(breaks());
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
  EXPECT_EQ(source(rc::Source::rest).state, rc::SourceState::up);
  EXPECT_EQ(source(rc::Source::klear).state, rc::SourceState::up);
}

TEST_F(ReconcileOnce, TradesThatAllSourcesTellAreNoBreak) {
  trade(10);
  trade(3, "5.1000");
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(breaks());
  ASSERT_THAT(fills(), SizeIs(2));
  for (const rc::FillRow& fill : fills()) {
    EXPECT_TRUE((fill.sources & rc::bit(rc::Source::rest)) != 0) << fill.exec_id;
    EXPECT_TRUE((fill.sources & rc::bit(rc::Source::drop_copy)) != 0) << fill.exec_id;
  }
  EXPECT_THAT(open_breaks(), IsEmpty()) << in_words(open_breaks());
}

TEST_F(ReconcileOnce, GoesOnFromItsLedgerAndClosesTheHole) {
  trade(10);
  EXPECT_EQ(once().exit_code(), 0);
  trade(4);
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(breaks());
  EXPECT_THAT(fills(), SizeIs(2));
  const auto holes = gaps();
  ASSERT_THAT(holes, SizeIs(2));
  EXPECT_EQ(holes[0].closed_by, "drop_copy") << holes[0].why;
  EXPECT_FALSE(holes[1].closed.has_value()) << "the service is away now";
}

TEST_F(ReconcileOnce, AFillThatRestDoesNotHaveIsABreak) {
  trade(10);
  proxy_->set_doctor(without_fill(""));
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 2) << in_words(pass) << in_words(breaks());
  const auto found = open_breaks();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].category, rc::BreakCategory::missing_there) << in_words(found);
  EXPECT_FALSE(found[0].exec_id.empty());
  EXPECT_EQ(found[0].trade_id, fills().at(0).trade_id);
}

TEST_F(ReconcileOnce, APriceThatRestTellsOtherwiseIsABreak) {
  trade(10);
  proxy_->set_doctor(other_price("5.0000", "6.0000"));
  EXPECT_EQ(once().exit_code(), 2);
  const auto found = open_breaks();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].category, rc::BreakCategory::price) << in_words(found);
  EXPECT_THAT(found[0].here_value + " " + found[0].there_value, ::testing::AllOf(HasSubstr("5.0000"), HasSubstr("6.0000")));
}

TEST_F(ReconcileOnce, APriceThatRestTellsAnewOtherwiseIsABreak) {
  trade(10);
  ASSERT_EQ(once().exit_code(), 0);
  proxy_->set_doctor(other_price("5.0000", "6.0000"));
  EXPECT_EQ(once().exit_code(), 2);
  EXPECT_THAT(open_breaks(), ::testing::Not(IsEmpty()));
}

// One list answered so, everything else as it is.
DoctoringProxy::Doctor only(std::string of, ScriptedAnswer answer) {
  return [of = std::move(of), answer = std::move(answer)](const SeenRequest& request, const sim::test::HttpResponse& told) {
    return is_list(request, of) ? answer : http_answer(told.status, told.body);
  };
}

TEST_F(ReconcileOnce, ASourceThatFailedBeatsEveryBreakAndLeavesPositionsAlone) {
  trade(10);
  ASSERT_EQ(once().exit_code(), 0);
  const auto before = rc::all<rc::PositionRow>(*ledger(), "ORDER BY symbol");
  ASSERT_THAT(before, SizeIs(1));
  for (const char* list : {"/margin/fills", "/margin/positions"}) {
    for (const auto& [name, answer] : {std::pair<const char*, ScriptedAnswer>{"500", http_answer(500, "{}")},
                                       {"401", http_answer(401, "{}")},
                                       {"no JSON", http_answer(200, "<html></html>", "text/html")},
                                       {"cut", {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", ScriptedAnswer::After::reset}}}) {
      proxy_->set_doctor(only(list, answer));
      const auto pass = once();
      EXPECT_EQ(pass.exit_code(), 1) << list << " " << name << "\n" << in_words(pass);
      EXPECT_EQ(source(rc::Source::rest).state, rc::SourceState::unknown) << list << " " << name;
      EXPECT_THAT(open_breaks(), IsEmpty()) << list << " " << name << "\n" << in_words(open_breaks());
      const auto after = rc::all<rc::PositionRow>(*ledger(), "ORDER BY symbol");
      ASSERT_THAT(after, SizeIs(1));
      EXPECT_EQ(after[0].rest_net, before[0].rest_net);
    }
  }
  proxy_->set_doctor(only("/margin/fills", http_answer(200, R"({"fills":[],"cursor":"round"})")));
  EXPECT_EQ(once().exit_code(), 1) << "a cursor that goes round";
  EXPECT_THAT(open_breaks(), IsEmpty()) << in_words(open_breaks());
  proxy_->set_doctor({});
  EXPECT_EQ(once().exit_code(), 0) << in_words(open_breaks());
}

TEST_F(ReconcileOnce, SendsNothingButReads) {
  trade(10);
  once();
  ASSERT_FALSE(proxy_->requests().empty());
  for (const SeenRequest& request : proxy_->requests()) EXPECT_EQ(request.method, "GET") << request.target;
}

TEST_F(ReconcileOnce, WhereDropCopyIsNotEnabledRestClosesTheHole) {
  ASSERT_TRUE(sim().enable_drop_copy("alice", false));
  trade(10);
  ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
  trade(4);
  const auto pass = once();
  EXPECT_EQ(pass.exit_code(), 0) << in_words(pass) << in_words(breaks());
  EXPECT_THAT(fills(), SizeIs(2));
  EXPECT_EQ(source(rc::Source::drop_copy).state, rc::SourceState::off);
  EXPECT_THAT(source(rc::Source::drop_copy).why, HasSubstr("institutional@kalshi.com"));
  ASSERT_FALSE(gaps().empty());
  EXPECT_EQ(gaps()[0].closed_by, "rest") << gaps()[0].why;
}

TEST_F(ReconcileOnce, ALedgerThatAnotherProcessWritesIsRefused) {
  start_service();
  const auto second = rc::Service::open(service_options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "locked");
}

}  // namespace
}  // namespace marginfix::test
