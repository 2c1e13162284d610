// Security lists: x and y, c and d, in pages, of the markets that a client may see, and none where nobody knows them.
#include "services/gateway/oms/security_list.hpp"

#include "unit/gateway/market_fixture.hpp"

namespace marginfix::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Lines = std::vector<std::string>;

Security bitcoin() { return {"KXBTCPERP", "Bitcoin perpetual", dollars("0.0001"), "0.0001", true, "active", dollars("6.2519")}; }
Security ether() { return {"KXETHPERP", "", dollars("0.01"), "", false, "closed", {}}; }
Security litecoin() { return {"KXLTCPERP", "hidden from the client", {}, "1", true, "active", {}}; }

class Lists : public testing::TestWithParam<FixVersion> {
 protected:
  void know(std::vector<Security> all = {bitcoin(), ether(), litecoin()}) { list.update(std::move(all)); }
  std::string ask(const std::string& fields) {
    return brief(deliver(line, "x", fields, [this](ClientLine& to, const ClientMessage& m) { return list.on_list_request(to, m); }));
  }
  std::string define(const std::string& fields) {
    return brief(deliver(line, "c", fields, [this](ClientLine& to, const ClientMessage& m) { return list.on_definition_request(to, m); }));
  }
  // The messages since the last call, with 322 left out; ids counts the different ones.
  Lines told() {
    Lines all = line.told();
    for (std::string& each : all) {
      const std::size_t at = each.find("|322=");
      EXPECT_NE(at, std::string::npos) << each;
      ids.insert(each.substr(at, each.find('|', at + 1) - at));
      each = without(each, {322});
    }
    return all;
  }
  bool sp2() const { return GetParam() == FixVersion::fix50sp2; }

  FixedTime clock;
  SecurityList list{clock};
  FakeLine line{GetParam()};
  std::set<std::string> ids;
};
class Lists44 : public Lists {};
class Lists42 : public Lists {};
INSTANTIATE_TEST_SUITE_P(Versions, Lists44, testing::Values(FixVersion::fix44, FixVersion::fix50sp2), version_name);
INSTANTIATE_TEST_SUITE_P(Versions, Lists42, testing::Values(FixVersion::fix42), version_name);

// ---- x and y ----------------------------------------------------------------------------------------------------------------
TEST_P(Lists44, AllSecuritiesAreThoseThatTheClientMaySee) {
  know();
  const std::string btc = sp2() ? "55=BTC|167=FUT|969=0.0001|15=USD|" : "55=BTC|167=FUT|107=Bitcoin perpetual|15=USD|";
  const std::string eth = sp2() ? "55=ETH|167=FUT|969=0.0100|15=USD|" : "55=ETH|167=FUT|15=USD|";
  const std::string all = "y 146=2|" + btc + "58=tick 0.0001; contract size 0.0001; least quantity 0.01; active|" + eth +
                          "58=tick 0.0100; least quantity 1; closed|320=r|322=|393=2|560=0|893=Y|";
  for (const char* which : {"559=4|", "559=1|", "559=1|167=FUT|", "559=4|263=1|"}) {
    EXPECT_EQ(ask(std::string("320=r|") + which), "");
    EXPECT_THAT(told(), ElementsAre(all)) << which;
  }
  EXPECT_THAT(ids, SizeIs(4)) << "each answer has an id of its own";
}

TEST_P(Lists44, OneSecurityIsAskedForByTheClientsSymbol) {
  know();
  EXPECT_EQ(ask("320=r|559=0|55=ETH|"), "");
  EXPECT_THAT(told(), ElementsAre(AllOf(StartsWith("y 146=1|55=ETH|167=FUT|"), HasSubstr("|320=r|322=|393=1|560=0|893=Y|"))));
}

TEST_P(Lists44, WhatDoesNotMatchIsNoList) {
  know();
  const std::pair<const char*, const char*> cases[] = {
      {"559=0|55=NOSUCH|", "y 146=1|55=NOSUCH|58=no market of this client's|320=r|322=|393=0|560=2|893=Y|"},
      {"559=0|55=LTC|", "y 146=1|55=LTC|58=no market of this client's|320=r|322=|393=0|560=2|893=Y|"},
      {"559=0|", "y 320=r|322=|393=0|560=1|893=Y|"},
      {"559=1|167=OPT|", "y 320=r|322=|393=0|560=2|893=Y|"},
      {"559=2|", "y 320=r|322=|393=0|560=5|893=Y|"},
      {"559=3|55=BTC|",
       "y 146=1|55=BTC|58=SecurityListRequestType(559) is 0 (symbol), 1 (security type) or 4 (all)|320=r|322=|393=0|560=5|893=Y|"}};
  for (const auto& [fields, answer] : cases) {
    EXPECT_EQ(ask(std::string("320=r|") + fields), "");
    EXPECT_THAT(told(), ElementsAre(answer));
  }
  know({litecoin()});
  EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_THAT(told(), ElementsAre("y 320=r|322=|393=0|560=2|893=Y|"));
}

TEST_P(Lists44, AListThatNobodyKnowsIsNotAvailableAndNeverEmpty) {
  EXPECT_FALSE(list.known());
  EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_THAT(told(), ElementsAre("y 320=r|322=|393=0|560=4|893=Y|"));
  know();
  EXPECT_TRUE(list.known());
  list.update(fail(ErrorCategory::http, "503 from the exchange"));
  EXPECT_FALSE(list.known());
  EXPECT_EQ(list.find("KXBTCPERP"), nullptr);
  EXPECT_EQ(ask("320=r|559=0|55=BTC|"), "");
  EXPECT_THAT(told(), ElementsAre("y 146=1|55=BTC|58=503 from the exchange|320=r|322=|393=0|560=4|893=Y|"));
}

std::vector<Security> many(int count) {
  std::vector<Security> all;
  for (int i = 0; i < count; ++i) all.push_back({"KXM" + std::to_string(i) + "PERP", "", {}, "", true, "active", {}});
  return all;
}

TEST_P(Lists44, ALongListComesInPagesOfOneHundred) {
  know(many(250));
  EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_THAT(told(), ElementsAre(AllOf(StartsWith("y 146=100|55=M0|"), HasSubstr("|393=250|560=0|893=N|")),
                                  AllOf(StartsWith("y 146=100|55=M100|"), HasSubstr("|393=250|560=0|893=N|")),
                                  AllOf(StartsWith("y 146=50|55=M200|"), HasSubstr("|393=250|560=0|893=Y|"))));
  EXPECT_THAT(ids, SizeIs(1)) << "one response";
  know(many(200));
  EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_THAT(told(), ElementsAre(HasSubstr("|893=N|"), HasSubstr("|893=Y|")));
}

TEST_P(Lists44, PagesWaitForAClientThatDoesNotReadAndKeepTheirList) {
  know(many(250));
  line.queue_grows_by = 1 << 20;
  EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_EQ(ask("320=s|559=0|55=M0|"), "");
  EXPECT_THAT(told(), ElementsAre(StartsWith("y 146=100|55=M0|")));
  list.update(fail(ErrorCategory::closed, "gone"));
  const auto drain = [this] {
    line.queued_bytes = 0;
    list.on_drained(line);
    return told();
  };
  EXPECT_THAT(drain(), ElementsAre(StartsWith("y 146=100|55=M100|")));
  EXPECT_THAT(drain(), ElementsAre(StartsWith("y 146=50|55=M200|")));
  EXPECT_THAT(drain(), ElementsAre(HasSubstr("|320=s|")));
  EXPECT_THAT(drain(), IsEmpty());
}

TEST_P(Lists44, AClientThatLogsOutIsToldNoMoreOfIt) {
  know(many(250));
  line.queue_grows_by = 1 << 20;
  EXPECT_EQ(ask("320=r|559=4|"), "");
  told();
  list.on_logged_out(line);
  line.queued_bytes = 0;
  list.on_drained(line);
  EXPECT_THAT(told(), IsEmpty());
  line.on_send = [this] { list.on_logged_out(line); };
  line.queue_grows_by = 0;
  EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_THAT(told(), SizeIs(1)) << "in the middle of it";
}

TEST_P(Lists44, TooManyListsAtATimeAreRefused) {
  know();
  line.queued_bytes = 1 << 20;
  for (int i = 0; i < 16; ++i) EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(ask("320=r|559=4|"), "");
  EXPECT_THAT(told(), ElementsAre("y 320=r|322=|393=0|560=4|893=Y|"));
}

TEST_P(Lists44, WhatCannotBeReadIsAReject) {
  EXPECT_EQ(ask("559=4|"), "373=1 371=320");
  EXPECT_EQ(ask("320=r|"), "373=1 371=559");
  EXPECT_EQ(ask("320=r|559=all|"), "373=6 371=559");
  EXPECT_EQ(ask("320=|559=4|"), "373=4 371=320");
  EXPECT_EQ(ask("320=r\x1b|559=4|"), "373=5 371=320");
  EXPECT_EQ(ask("320=r|559=0|55=B\xff|"), "373=5 371=55");
  EXPECT_THAT(line.told(), IsEmpty());
}

TEST_P(Lists44, NamesOfTheExchangesAreMadeReadable) {
  know({{"KXBTCPERP",
         "Bit\x01"
         "coin",
         {},
         "0.1\n",
         true,
         "",
         {}}});
  EXPECT_EQ(ask("320=r|559=4|"), "");
  const Lines all = told();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0], HasSubstr("58=contract size 0.1\\x0a; least quantity 0.01|"));
  if (!sp2()) {
    EXPECT_THAT(all[0], HasSubstr("107=Bit\\x01coin|"));
  }
}

TEST(SecurityListLookup, FindsByTheExchangesSymbol) {
  SecurityList list;
  list.update(std::vector<Security>{bitcoin(), ether()});
  ASSERT_NE(list.find("KXETHPERP"), nullptr);
  EXPECT_EQ(list.find("KXETHPERP")->tick, dollars("0.01"));
  EXPECT_EQ(list.find("ETH"), nullptr);
}

// ---- c and d ----------------------------------------------------------------------------------------------------------------
TEST_P(Lists42, AListIsADefinitionForEachSecurity) {
  know();
  EXPECT_EQ(define("320=r|321=3|"), "");
  EXPECT_THAT(told(),
              ElementsAre("d 15=USD|55=BTC|58=tick 0.0001; contract size 0.0001; least quantity 0.01; active|107=Bitcoin perpetual|167=FUT|"
                          "320=r|322=|323=4|393=2|",
                          "d 15=USD|55=ETH|58=tick 0.0100; least quantity 1; closed|167=FUT|320=r|322=|323=4|393=2|"));
  EXPECT_THAT(ids, SizeIs(2));
}

TEST_P(Lists42, OneSecurityAndTheTypesThereAre) {
  know();
  for (const char* type : {"321=0|", "321=1|"}) {
    EXPECT_EQ(define(std::string("320=r|55=ETH|") + type), "");
    EXPECT_THAT(told(), ElementsAre("d 15=USD|55=ETH|58=tick 0.0100; least quantity 1; closed|167=FUT|320=r|322=|323=1|393=1|"));
  }
  EXPECT_EQ(define("320=r|321=2|"), "");
  EXPECT_THAT(told(), ElementsAre("d 167=FUT|320=r|322=|323=3|393=1|"));
}

TEST_P(Lists42, WhatDoesNotMatchOrIsNotKnownIsNoList) {
  EXPECT_EQ(define("320=r|321=3|"), "");
  EXPECT_THAT(told(), ElementsAre("d 58=the exchange's markets have not been read yet|320=r|322=|323=5|393=0|"));
  know();
  const std::pair<const char*, const char*> cases[] = {{"321=0|55=LTC|", "d 55=LTC|58=no market of this client's|320=r|322=|323=6|393=0|"},
                                                       {"321=0|", "d 58=321=0 and 1 need Symbol(55)|320=r|322=|323=5|393=0|"},
                                                       {"321=7|", "d 58=SecurityRequestType(321) is 0, 1, 2 or 3|320=r|322=|323=5|393=0|"}};
  for (const auto& [fields, answer] : cases) {
    EXPECT_EQ(define(std::string("320=r|") + fields), "");
    EXPECT_THAT(told(), ElementsAre(answer));
  }
}

TEST_P(Lists42, DefinitionsWaitForAClientThatDoesNotRead) {
  know(many(3));
  line.queue_grows_by = 1 << 20;
  EXPECT_EQ(define("320=r|321=3|"), "");
  EXPECT_THAT(told(), ElementsAre(HasSubstr("55=M0|")));
  line.queued_bytes = 0;
  line.queue_grows_by = 0;
  list.on_drained(line);
  EXPECT_THAT(told(), ElementsAre(HasSubstr("55=M1|"), HasSubstr("55=M2|")));
  line.queued_bytes = 1 << 20;
  for (int i = 0; i < 17; ++i) EXPECT_EQ(define("320=r|321=3|"), "");
  EXPECT_THAT(told(), ElementsAre("d 58=too many lists are under way|320=r|322=|323=5|393=0|"));
}

TEST_P(Lists42, WhatCannotBeReadIsAReject) {
  EXPECT_EQ(define("321=3|"), "373=1 371=320");
  EXPECT_EQ(define("320=r|"), "373=1 371=321");
  EXPECT_EQ(define("320=r|321=x|"), "373=6 371=321");
}

}  // namespace
}  // namespace marginfix::gateway
