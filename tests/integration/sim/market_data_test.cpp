// KalshiMD as a client sees it. Source: fix-margin.md "Market data (KalshiMD)".
#include "integration/sim/fixture.hpp"

namespace marginfix::sim::test {
namespace {

class SimMarketData : public SimTest {
 protected:
  void SetUp() override {
    start();
    md_ = std::make_unique<Client>(sim(), "KalshiMD", "alice");
    md_->logon();
    alice_ = std::make_unique<Client>(sim(), "KalshiNR", "alice");
    bob_ = std::make_unique<Client>(sim(), "KalshiNR", "bob");
    LogonTweaks tweaks;
    tweaks.extra = "21011=Y|";
    alice_->logon(tweaks);
    bob_->logon(tweaks);
  }
  void order(Client& client, const Order& order) {
    client.send("D", order.body());
    client.next();
  }
  using Texts = std::vector<std::string>;
  std::unique_ptr<Client> md_, alice_, bob_;
};

TEST_F(SimMarketData, SnapshotThenAbsoluteLevelsThenTradesLast) {
  order(*alice_, {.id = "a1"});
  md_->send("V", "263=1|146=1|55=KXLTCPERP|");
  const Message snapshot = md_->expect("W");
  EXPECT_EQ(snapshot.get(55), kMarket);
  EXPECT_EQ(snapshot.all(269), (Texts{"0"}));
  EXPECT_EQ(snapshot.all(270), (Texts{"5.0000"}));
  EXPECT_EQ(snapshot.all(271), (Texts{"10.00"}));

  order(*alice_, {.id = "a2", .quantity = "5"});
  const Message change = md_->expect("X");
  EXPECT_EQ(change.all(279), (Texts{"1"}));
  EXPECT_EQ(change.all(271), (Texts{"15.00"}));
  EXPECT_EQ(change.all(55), (Texts{kMarket}));

  order(*bob_, {.id = "b1", .side = '2', .price = "5.1000"});
  const Message added = md_->expect("X");
  EXPECT_EQ(added.all(279), (Texts{"0"}));
  EXPECT_EQ(added.all(269), (Texts{"1"}));

  order(*bob_, {.id = "b2", .side = '2', .quantity = "12"});
  const Message trade = md_->expect("X");
  EXPECT_EQ(trade.all(269), (Texts{"0", "2", "2"}));
  EXPECT_EQ(trade.all(271), (Texts{"3.00", "10.00", "2.00"}));
  EXPECT_EQ(trade.all(2446), (Texts{"2", "2"}));

  alice_->send("F", cancel_of("a3", "a2"));
  const Message gone = md_->expect("X");
  EXPECT_EQ(gone.all(279), (Texts{"2"}));
  EXPECT_EQ(gone.all(270), (Texts{"5.0000"}));
}

TEST_F(SimMarketData, EntriesSayWhenTheyHappenedAndTradesTheirId) {
  order(*alice_, {.id = "a1"});
  md_->send("V", "263=1|146=1|55=KXLTCPERP|");
  const Message snapshot = md_->expect("W");
  ASSERT_EQ(snapshot.all(273).size(), 1U) << snapshot.pipes();
  EXPECT_EQ(snapshot.get(272) + "-" + snapshot.get(273), snapshot.get(52).substr(0, 9) + snapshot.get(273));
  bob_->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  const Message fill = bob_->next();
  ASSERT_EQ(fill.get(150), "F") << fill.pipes();
  const Message trade = md_->expect("X");
  EXPECT_NE(trade.pipes().find("|279=1|55=KXLTCPERP|269=0|270=5.0000|271=6.00|272="), std::string::npos) << trade.pipes();
  EXPECT_EQ(trade.all(1003), Texts{fill.get(880)}) << trade.pipes();
  EXPECT_EQ(trade.all(828), Texts{}) << "no block trade";
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_EQ(trade.all(272)[i] + "-" + trade.all(273)[i], fill.get(60).substr(0, 21)) << "the time of the event, to the millisecond";
}

// Own orders are known by ClOrdID(11) and AllocAccount(79): to the account's keys, not to others nor to a key of a sibling subaccount.
TEST_F(SimMarketData, OnlyTheOwnerLearnsWhoseOrderChangedALevel) {
  Client stranger(sim(), "KalshiMD", "bob"), sibling(sim(), "KalshiMD", "alice-sub1");
  stranger.logon();
  sibling.logon();
  for (Client* reader : {md_.get(), &stranger, &sibling}) {
    reader->send("V", "263=1|146=1|55=KXLTCPERP|");
    reader->expect("W");
  }
  const auto seen_by = [](Client& reader) {
    const Message update = reader.expect("X");
    return std::pair{update.all(11), update.all(79)};
  };
  const std::pair<Texts, Texts> nothing;
  order(*alice_, {.id = "a1"});
  EXPECT_EQ(seen_by(*md_), (std::pair{Texts{"a1"}, Texts{"0"}}));
  EXPECT_EQ(seen_by(stranger), nothing);
  EXPECT_EQ(seen_by(sibling), nothing);
  order(*alice_, {.id = "a2", .price = "5.0100", .extra = "59=1|79=1|"});
  EXPECT_EQ(seen_by(*md_), (std::pair{Texts{"a2"}, Texts{"1"}}));
  EXPECT_EQ(seen_by(stranger), nothing);
  EXPECT_EQ(seen_by(sibling), (std::pair{Texts{"a2"}, Texts{"1"}}));
  order(*bob_, {.id = "b1", .side = '2', .quantity = "4", .price = "5.0100"});
  EXPECT_EQ(seen_by(*md_), (std::pair{Texts{"a2"}, Texts{"1"}})) << "the trade took from this order";
  EXPECT_EQ(seen_by(stranger), nothing) << "the taker never was on the book";
}

TEST_F(SimMarketData, ASnapshotAloneBringsNoUpdates) {
  md_->send("V", "263=0|146=1|55=KXLTCPERP|");
  md_->expect("W");
  order(*alice_, {.id = "a1"});
  EXPECT_TRUE(md_->quiet());
}

TEST_F(SimMarketData, AnUnknownSymbolGivesAnEmptySnapshot) {
  md_->send("V", "263=1|146=2|55=KXNOSUCHPERP|55=KXLTCPERP|");
  const Message empty = md_->expect("W");
  EXPECT_EQ(empty.get(55), "KXNOSUCHPERP");
  EXPECT_EQ(empty.get(268), "0");
  EXPECT_EQ(md_->expect("W").get(55), kMarket);
}

TEST_F(SimMarketData, StopsOneSymbolOrAll) {
  md_->send("V", "263=1|146=2|55=KXLTCPERP|55=KXBTCPERP|");
  md_->expect("W");
  md_->expect("W");
  md_->send("V", "263=2|146=1|55=KXLTCPERP|");
  EXPECT_TRUE(md_->quiet());
  order(*alice_, {.id = "a1"});
  EXPECT_TRUE(md_->quiet());
  order(*alice_, {.id = "a2", .price = "6.0000", .symbol = "KXBTCPERP"});
  EXPECT_EQ(md_->expect("X").get(55), "KXBTCPERP");
  md_->send("V", "263=2|");
  EXPECT_TRUE(md_->quiet());
  order(*alice_, {.id = "a3", .price = "5.9000", .symbol = "KXBTCPERP"});
  EXPECT_TRUE(md_->quiet());
}

TEST_F(SimMarketData, RequestsItCannotServeAreRejected) {
  md_->send("V", "263=7|146=1|55=KXLTCPERP|");
  EXPECT_EQ(md_->expect("Y").get(281), "4");
  md_->send("V", "263=1|");
  EXPECT_EQ(md_->expect("j").get(380), "5");
  const auto many = [](int symbols, int copies) {
    std::string body = "263=1|146=" + std::to_string(symbols * copies) + "|";
    for (int i = 0; i < symbols * copies; ++i) body += "55=KX" + std::to_string(i % symbols) + "|";
    return body;
  };
  md_->send("V", many(1001, 1));
  EXPECT_EQ(md_->expect("Y").get(281), "2");
  md_->send("V", many(1000, 2));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(md_->expect("W").get(55), "KX" + std::to_string(i)) << "each symbol once";
  md_->send("D", Order{.id = "a1"}.body());
  EXPECT_EQ(md_->expect("j").get(380), "3");
}

TEST_F(SimMarketData, SecurityStatusTellsHaltAndResume) {
  md_->send("e", "324=s1|263=1|55=KXLTCPERP|");
  EXPECT_TRUE(md_->quiet()) << "changes only: no status comes for having asked";
  ASSERT_TRUE(sim().halt(kMarket));
  const Message halted = md_->expect("f");
  EXPECT_EQ(halted.get(326), "2");
  EXPECT_EQ(halted.get(324), "s1");
  ASSERT_TRUE(sim().halt(kMarket, false));
  EXPECT_EQ(md_->expect("f").get(326), "3");
  md_->send("e", "324=s2|263=2|55=KXLTCPERP|");
  ASSERT_TRUE(md_->quiet());
  ASSERT_TRUE(sim().halt(kMarket));
  EXPECT_TRUE(md_->quiet());
  md_->send("e", "324=s3|263=1|55=KXNOSUCHPERP|");
  EXPECT_EQ(md_->expect("j").get(380), "2");
  md_->send("e", "324=s4|263=0|55=KXLTCPERP|");
  EXPECT_EQ(md_->expect("3").get(371), "263");
}

TEST_F(SimMarketData, AReconnectStartsWithoutSubscriptions) {
  md_->send("V", "263=1|146=1|55=KXLTCPERP|");
  md_->expect("W");
  md_->close();
  md_->expect_end();
  md_ = std::make_unique<Client>(sim(), "KalshiMD", "alice");
  md_->logon();
  order(*alice_, {.id = "a1"});
  EXPECT_TRUE(md_->quiet());
}

class SimMarkets : public SimTest {};

TEST_F(SimMarkets, BasicFieldsAreThoseOfBeforeAugust2026) {
  options_.basic_md_fields = true;
  start();
  Client md(sim(), "KalshiMD", "alice"), alice(sim(), "KalshiNR", "alice"), bob(sim(), "KalshiNR", "bob");
  for (Client* client : {&md, &alice, &bob}) client->logon();
  alice.send("D", Order{.id = "a1"}.body());
  alice.next();
  md.send("V", "263=1|146=1|55=KXLTCPERP|");
  EXPECT_NE(md.expect("W").pipes().find("|268=1|269=0|270=5.0000|271=10.00|10="), std::string::npos);
  bob.send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  const Message trade = md.expect("X");
  EXPECT_NE(
      trade.pipes().find("|268=2|279=1|55=KXLTCPERP|269=0|270=5.0000|271=6.00|279=0|55=KXLTCPERP|269=2|270=5.0000|271=4.00|2446=2|10="),
      std::string::npos)
      << trade.pipes();
}

TEST_F(SimMarkets, HouseAccountsMakeMarketsThatMove) {
  options_.quiet = false;
  start();
  Client md(sim(), "KalshiMD", "alice");
  md.logon();
  md.send("V", "263=1|146=1|55=KXBTCPERP|");
  const Message book = md.expect("W");
  EXPECT_GE(book.all(270).size(), 20U) << book.pipes();
  for (int i = 0; i < 5; ++i) md.expect("X");
}

}  // namespace
}  // namespace marginfix::sim::test
