// Order groups. Source: fix-margin.md "Order groups".
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimGroups : public ExchangeTest {
 protected:
  OrderOutcome buy_in(const std::string& group, std::string_view id, std::int64_t n, std::string_view price) {
    NewOrder o = order(id, Side::Buy, n, price);
    o.group_id = group;
    return send("a-key", o);
  }
  std::size_t open() const { return views::open_orders(exchange.state(), alice).size(); }
};

TEST_F(SimGroups, CreateGivesAUuidOfTheServer) {
  const std::string g = make_group("a-key", 10);
  EXPECT_TRUE(is_uuid(g));
  EXPECT_EQ(events.take(), (Lines{"group 1 10 ", "change 0"}));
  EXPECT_TRUE(buy_in(g, "a1", 1, "6.0000").accepted);
  EXPECT_EQ(events.last().group_id, g);
}

TEST_F(SimGroups, LimitMustLieBetweenOneAndAMillion) {
  for (const std::int64_t limit : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'000'001}}) {
    EXPECT_EQ(exchange.run(commands::Group{from("a-key"), {OrderGroupAction::Create, {}, limit, {}}}).reason, Reason::InvalidLimit);
  }
  EXPECT_EQ(exchange.run(commands::Group{from("a-key"), {OrderGroupAction::Create, {}, 1'000'000, {}}}).reason, Reason::None);
  EXPECT_EQ(exchange.run(commands::Group{from("a-key"), {OrderGroupAction::Create, {}, 1, 7}}).reason, Reason::UnknownAccount);
}

TEST_F(SimGroups, ReachingTheLimitIsAllowedExceedingItTriggers) {
  const std::string g = make_group("a-key", 10);
  buy_in(g, "a1", 10, "6.0000");
  buy_in(g, "a2", 10, "5.9900");
  sell("b-key", "b1", 10, "6.0000");
  EXPECT_EQ(open(), 1U);
  events.take();
  sell("b-key", "b2", 1, "5.9900");
  EXPECT_EQ(events.take(),
            (Lines{"new b2 cum 0.00 leaves 1.00", "trade b2 1.00@5.9900 taker cum 1.00 leaves 0.00",
                   "trade a2 1.00@5.9900 maker cum 1.00 leaves 9.00", "change 2", "canceled a2 cum 1.00 leaves 0.00 ORDER_GROUP_CANCEL"}));
  EXPECT_EQ(buy_in(g, "a3", 1, "6.0000").reason, Reason::ExceededOrderGroupRiskLimit);
  EXPECT_TRUE(buy("a-key", "a4", 1, "6.0000").accepted) << "orders outside the group go on";
}

TEST_F(SimGroups, TheWindowRollsAfterFifteenSeconds) {
  const std::string g = make_group("a-key", 10);
  buy_in(g, "a1", 30, "6.0000");
  sell("b-key", "b1", 10, "6.0000");
  exchange.step(kStart + std::chrono::milliseconds(14'999));
  EXPECT_EQ(open(), 1U);
  exchange.step(kStart + std::chrono::seconds(15));
  sell("b-key", "b2", 10, "6.0000");
  EXPECT_EQ(open(), 1U) << "the first ten are out of the window";
  exchange.step(kStart + std::chrono::seconds(29));
  sell("b-key", "b3", 1, "6.0000");
  EXPECT_EQ(open(), 0U);
}

TEST_F(SimGroups, ATakerInTheGroupLosesItsRestToo) {
  const std::string g = make_group("a-key", 3);
  sell("b-key", "b1", 5, "6.0000");
  events.take();
  buy_in(g, "a1", 9, "6.0000");
  EXPECT_EQ(events.take(),
            (Lines{"new a1 cum 0.00 leaves 9.00", "trade a1 5.00@6.0000 taker cum 5.00 leaves 4.00",
                   "trade b1 5.00@6.0000 maker cum 5.00 leaves 0.00", "change 2", "canceled a1 cum 5.00 leaves 0.00 ORDER_GROUP_CANCEL"}));
}

TEST_F(SimGroups, ResetOpensTheGroupAgain) {
  const std::string g = make_group("a-key", 3);
  EXPECT_EQ(change_group("a-key", OrderGroupAction::Trigger, g), Reason::None);
  EXPECT_EQ(buy_in(g, "a1", 1, "6.0000").reason, Reason::ExceededOrderGroupRiskLimit);
  EXPECT_EQ(change_group("a-key", OrderGroupAction::Reset, g), Reason::None);
  EXPECT_TRUE(buy_in(g, "a2", 1, "6.0000").accepted);
}

TEST_F(SimGroups, ResetSetsTheCounterToZero) {
  const std::string g = make_group("a-key", 5);
  buy_in(g, "a1", 20, "6.0000");
  sell("b-key", "b1", 5, "6.0000");
  change_group("a-key", OrderGroupAction::Reset, g);
  sell("b-key", "b2", 5, "6.0000");
  EXPECT_EQ(open(), 1U);
}

TEST_F(SimGroups, TriggerCancelsEveryOrderOfTheGroupAndNoOther) {
  const std::string g = make_group("a-key", 5);
  const std::string other = make_group("a-key", 5);
  buy_in(g, "a1", 1, "6.0000");
  buy_in(g, "a2", 1, "6.0000");
  buy_in(other, "a3", 1, "6.0000");
  buy("a-key", "a4", 1, "6.0000");
  events.take();
  change_group("a-key", OrderGroupAction::Trigger, g);
  EXPECT_EQ(events.take(), (Lines{"group 4 5 ", "change 2", "canceled a1 cum 0.00 leaves 0.00 ORDER_GROUP_CANCEL",
                                  "canceled a2 cum 0.00 leaves 0.00 ORDER_GROUP_CANCEL"}));
  EXPECT_EQ(open(), 2U);
}

TEST_F(SimGroups, DeleteCancelsAndForgets) {
  const std::string g = make_group("a-key", 5);
  buy_in(g, "a1", 1, "6.0000");
  EXPECT_EQ(change_group("a-key", OrderGroupAction::Delete, g), Reason::None);
  EXPECT_EQ(open(), 0U);
  EXPECT_EQ(change_group("a-key", OrderGroupAction::Reset, g), Reason::OrderGroupNotFound);
  EXPECT_EQ(buy_in(g, "a2", 1, "6.0000").reason, Reason::OrderGroupNotFound);
}

TEST_F(SimGroups, UpdateBelowTheWindowsCountTriggers) {
  const std::string g = make_group("a-key", 10);
  buy_in(g, "a1", 20, "6.0000");
  sell("b-key", "b1", 6, "6.0000");
  change_group("a-key", OrderGroupAction::Update, g, 6);
  EXPECT_EQ(open(), 1U) << "six matched, six allowed";
  events.take();
  change_group("a-key", OrderGroupAction::Update, g, 5);
  EXPECT_EQ(open(), 0U);
  EXPECT_EQ(events.take(), (Lines{"group 5 5 ", "change 1", "change 2", "canceled a1 cum 6.00 leaves 0.00 ORDER_GROUP_CANCEL"}));
}

TEST_F(SimGroups, AmendedOrdersStayInTheirGroup) {
  const std::string g = make_group("a-key", 10);
  buy_in(g, "a1", 5, "6.0000");
  amend("a-key", amendment("a2", "a1", 8));
  change_group("a-key", OrderGroupAction::Trigger, g);
  EXPECT_EQ(open(), 0U);
}

TEST_F(SimGroups, ForeignAndUnknownGroupsAreNotFound) {
  const std::string g = make_group("a-key", 10);
  EXPECT_EQ(change_group("b-key", OrderGroupAction::Reset, g), Reason::OrderGroupNotFound);
  EXPECT_EQ(change_group("a-key", OrderGroupAction::Reset, "0c3ea0a9-6cc1-4c3f-8e4b-2b9bd7c7a6f0"), Reason::OrderGroupNotFound);
  EXPECT_EQ(exchange.run(commands::Group{from("a-key"), {OrderGroupAction::Reset, g, 0, 1}}).reason, Reason::OrderGroupNotFound)
      << "of subaccount 0";
  NewOrder o = order("a1", Side::Buy, 1, "6.0000");
  o.group_id = g;
  o.subaccount = 1;
  EXPECT_EQ(send("a-key", o).reason, Reason::OrderGroupNotFound);
}

TEST_F(SimGroups, AnAccountHasAtMostAHundredThousand) {
  const GroupRequest create{OrderGroupAction::Create, {}, 5, {}};
  for (int i = 0; i < 100'000; ++i) exchange.run(commands::Group{from("a-key"), create});
  EXPECT_EQ(exchange.run(commands::Group{from("a-key"), create}).reason, Reason::TooManyOrderGroups);
  EXPECT_EQ(exchange.run(commands::Group{from("b-key"), create}).reason, Reason::None) << "an account's, not the exchange's";
  events.clear();
}

}  // namespace
}  // namespace marginfix::sim
