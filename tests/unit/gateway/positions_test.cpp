// Position requests: what AO and AP say, who sees what, and what is said when REST says nothing.
#include "services/gateway/oms/positions.hpp"

#include "unit/gateway/market_fixture.hpp"

namespace marginfix::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Lines = std::vector<std::string>;
using Held = Result<std::vector<Position>>;

Position position(const char* symbol, const char* net, const char* entry, const char* pnl) {
  return {0, symbol, contracts(net), dollars(entry), dollars(pnl)};
}

// Answers when the test says so.
class FakeSource final : public PositionSource {
 public:
  void ask(const ClientLine& client, Answer answer) override {
    asked.push_back(client.comp_id());
    if (at_once)
      answer(*at_once);
    else
      waiting.push_back(std::move(answer));
  }
  void answer(const Held& held) {
    for (const Answer& each : std::exchange(waiting, {})) each(held);
  }

  std::optional<Held> at_once;
  std::vector<std::string> asked;
  std::vector<Answer> waiting;
};

class PositionRequests : public testing::TestWithParam<FixVersion> {
 protected:
  PositionRequests() {
    securities.update(std::vector<Security>{{"KXBTCPERP", "", {}, "", true, "active", dollars("6.2519")}, {"KXETHPERP"}});
  }
  std::string ask(const std::string& fields) {
    return brief(deliver(line, "AN", fields, [this](ClientLine& to, const ClientMessage& m) { return positions->on_request(to, m); }));
  }
  // As every engine asks.
  void ask_all(const std::string& id, const std::string& more = "") {
    EXPECT_EQ(ask("1=ACC|60=20261201-14:30:00.000|581=3|710=" + id + "|715=20261201|724=0|" + more), "");
  }
  // The messages since the last call, with 721 left out; ids has them all.
  Lines told() {
    Lines all = line.told();
    for (std::string& each : all) {
      const std::size_t at = each.find("|721=");
      EXPECT_NE(at, std::string::npos) << each;
      EXPECT_TRUE(ids.insert(each.substr(at, each.find('|', at + 1) - at)).second) << "721 stands twice: " << each;
      each = without(each, {721});
    }
    return all;
  }

  FixedTime clock;
  FakeSource source;
  SecurityList securities{clock};
  std::unique_ptr<Positions> positions = std::make_unique<Positions>(source, securities, clock);
  FakeLine line{GetParam()};
  std::set<std::string> ids;
};
INSTANTIATE_TEST_SUITE_P(Versions, PositionRequests, testing::Values(FixVersion::fix44, FixVersion::fix50sp2), version_name);

TEST_P(PositionRequests, AnAckAndAReportForEachPosition) {
  ask_all("p-1");
  EXPECT_THAT(told(), IsEmpty()) << "REST has not answered";
  EXPECT_THAT(source.asked, ElementsAre("OMS"));
  source.answer(std::vector<Position>{position("KXBTCPERP", "12.5", "6.2", "0.648750"), position("KXETHPERP", "-3", "31.123456", "-1.2")});
  EXPECT_THAT(
      told(),
      ElementsAre("AO 1=ACC|581=3|710=p-1|721=|727=2|728=0|729=0|",
                  "AP 1=ACC|15=USD|55=BTC|581=3|702=1|703=TQ|704=12.50|705=0.00|710=p-1|715=20261201|721=|724=0|727=2|728=0|730=6.2519|"
                  "731=2|734=6.2000|753=1|707=TVAR|708=0.64875|",
                  "AP 1=ACC|15=USD|55=ETH|581=3|702=1|703=TQ|704=0.00|705=3.00|710=p-1|715=20261201|721=|724=0|727=2|728=0|730=31.123456|"
                  "731=2|734=31.123456|753=1|707=TVAR|708=-1.2000|"));
}

TEST_P(PositionRequests, WhoMayNotSeeThemIsToldWhyAndNobodyIsAsked) {
  const auto refuse = [this](ClientLine& to, const ClientMessage& m) { return positions->on_request(to, m, "they are others', too"); };
  EXPECT_EQ(brief(deliver(line, "AN", "1=ACC|581=3|710=p-1|715=20261201|724=0|", refuse)), "");
  EXPECT_THAT(told(), ElementsAre("AO 1=ACC|58=they are others', too|581=3|710=p-1|721=|727=0|728=3|729=2|"));
  EXPECT_THAT(source.asked, IsEmpty());
}

TEST_P(PositionRequests, TheClearingDayEndsAtFourInNewYork) {
  source.at_once = std::vector<Position>{position("KXBTCPERP", "1", "6", "0")};
  clock.time = at("20261201-21:00:00.000");
  ask_all("p-1");
  EXPECT_THAT(told()[1], HasSubstr("|715=20261202|"));
}

TEST_P(PositionRequests, NoPositionsAreAnAckThatSaysSo) {
  source.at_once = std::vector<Position>{position("KXBTCPERP", "0", "6", "0"), position("KXLTCPERP", "5", "6", "0")};
  ask_all("p-1");
  EXPECT_THAT(told(), ElementsAre("AO 1=ACC|581=3|710=p-1|721=|727=0|728=2|729=0|")) << "flat, or not this client's to see";
}

TEST_P(PositionRequests, OneSymbolIsAskedForByTheClientsName) {
  source.at_once = std::vector<Position>{position("KXBTCPERP", "1", "6", "0"), position("KXETHPERP", "2", "30", "0")};
  ask_all("p-1", "55=ETH|");
  EXPECT_THAT(told(), ElementsAre(HasSubstr("|727=1|728=0|"), HasSubstr("|55=ETH|")));
  ask_all("p-2", "55=XRP|");
  EXPECT_THAT(told(), ElementsAre(HasSubstr("|710=p-2|721=|727=0|728=2|729=0|")));
  ask_all("p-3", "55=LTC|");
  EXPECT_THAT(told(), ElementsAre("AO 1=ACC|58=unknown symbol LTC|581=3|710=p-3|721=|727=0|728=1|729=2|"));
}

TEST_P(PositionRequests, WhoNamesNoAccountIsAnsweredByItsCompId) {
  source.at_once = std::vector<Position>{};
  EXPECT_EQ(ask("710=p-1|724=0|"), "");
  EXPECT_EQ(ask("581=5|710=p-2|724=0|"), "");
  EXPECT_THAT(told(), ElementsAre("AO 1=OMS|581=1|710=p-1|721=|727=0|728=2|729=0|", "AO 1=OMS|581=1|710=p-2|721=|727=0|728=2|729=0|"));
}

TEST_P(PositionRequests, RestThatCannotSayIsNoEmptyList) {
  ask_all("p-1");
  source.answer(fail(ErrorCategory::timeout, "no answer\nin time"));
  EXPECT_THAT(told(), ElementsAre("AO 1=ACC|58=positions are not available: no answer\\x0ain time|581=3|710=p-1|721=|727=0|728=99|729=2|"));
}

TEST_P(PositionRequests, WhatIsNotPositionsNowIsNotSupported) {
  source.at_once = std::vector<Position>{position("KXBTCPERP", "1", "6", "0")};
  ask_all("p-1", "263=1|");
  EXPECT_THAT(told(), ElementsAre("AO 1=ACC|58=changes are not told: ask again|581=3|710=p-1|721=|727=1|728=0|729=1|", StartsWith("AP ")));
  ask_all("p-2", "263=2|");
  EXPECT_THAT(told(), ElementsAre("AO 1=ACC|58=there is no subscription to end|581=3|710=p-2|721=|727=0|728=4|729=2|"));
  EXPECT_EQ(ask("1=ACC|581=1|710=p-3|724=1|"), "");
  EXPECT_THAT(told(), ElementsAre("AO 1=ACC|58=PosReqType(724) is 0 (positions)|581=1|710=p-3|721=|727=0|728=4|729=2|"));
  EXPECT_THAT(source.asked, SizeIs(1));
}

TEST_P(PositionRequests, WithoutAMarkTheEntryPriceStandsForIt) {
  securities.update(fail(ErrorCategory::http, "503"));
  source.at_once = std::vector<Position>{position("KXBTCPERP", "1", "6.5", "0")};
  ask_all("p-1");
  EXPECT_THAT(told()[1], HasSubstr("|730=6.5000|731=2|734=6.5000|"));
}

TEST_P(PositionRequests, AClientThatHasLoggedOutIsNotAnswered) {
  ask_all("p-1");
  positions->on_logged_out(line);
  source.answer(std::vector<Position>{});
  EXPECT_THAT(told(), IsEmpty());
  ask_all("p-2");
  source.answer(std::vector<Position>{});
  EXPECT_THAT(told(), SizeIs(1));
  ask_all("p-3");
  positions.reset();
  source.answer(std::vector<Position>{});
  EXPECT_THAT(told(), IsEmpty()) << "the gateway has ended";
}

TEST_P(PositionRequests, ReportsWaitForAClientThatDoesNotRead) {
  source.at_once = std::vector<Position>{position("KXBTCPERP", "1", "6", "0"), position("KXETHPERP", "2", "30", "0")};
  line.queue_grows_by = 1 << 20;
  ask_all("p-1");
  ask_all("p-2");
  EXPECT_THAT(told(), ElementsAre(StartsWith("AO ")));
  line.queue_grows_by = 0;
  line.queued_bytes = 0;
  positions->on_drained(line);
  EXPECT_THAT(told(), ElementsAre(HasSubstr("|710=p-1|"), HasSubstr("|710=p-1|"), StartsWith("AO 1=ACC|581=3|710=p-2|"),
                                  HasSubstr("|710=p-2|"), HasSubstr("|710=p-2|")));
}

TEST_P(PositionRequests, TooManyAtATimeAreRefused) {
  for (int i = 0; i < 8; ++i) ask_all("p-" + std::to_string(i));
  EXPECT_THAT(told(), IsEmpty());
  ask_all("p-8");
  EXPECT_THAT(told(), ElementsAre(HasSubstr("|58=too many requests for positions are under way|581=3|710=p-8|721=|727=0|728=99|729=2|")));
  source.answer(std::vector<Position>{});
  EXPECT_THAT(told(), SizeIs(8));
}

TEST_P(PositionRequests, WhatCannotBeReadIsAReject) {
  EXPECT_EQ(ask("1=ACC|581=1|724=0|"), "373=1 371=710");
  EXPECT_EQ(ask("1=ACC|581=1|710=p|"), "373=1 371=724");
  EXPECT_EQ(ask("1=ACC|581=x|710=p|724=0|"), "373=6 371=581");
  EXPECT_EQ(ask("1=A\x07|581=1|710=p|724=0|"), "373=5 371=1");
  EXPECT_EQ(ask("1=ACC|581=1|710=p\x07|724=0|"), "373=5 371=710");
  EXPECT_EQ(ask("1=ACC|581=1|710=p|724=0|724=0|"), "373=13 371=724");
  EXPECT_THAT(line.told(), IsEmpty());
}

}  // namespace
}  // namespace marginfix::gateway
