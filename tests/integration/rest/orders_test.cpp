// Orders and order groups: every operation, and the refusals a trader meets. Source: rest-perps.md "Orders", "Order groups"; observed.md.
#include <boost/asio/io_context.hpp>

#include "integration/rest/fixture.hpp"
#include "marginfix/async_perps_client.hpp"
#include "marginfix/rest/missed.hpp"

namespace marginfix::test {
namespace {

class RestOrders : public RestTest {};

TEST_F(RestOrders, live) {
  auto wanted = order("c-1", BookSide::bid, 5, "5.0000");
  wanted.body.cancel_order_on_pause = true;
  const auto placed = ask(wanted);
  EXPECT_EQ(placed.client_order_id, "c-1");
  EXPECT_EQ(placed.remaining_count, contracts(5));
  EXPECT_FALSE(placed.average_fill_price);

  const auto got = ask(rest::GetMarginOrder{.order_id = placed.order_id}).order;
  EXPECT_EQ(got.ticker, kQuiet);
  EXPECT_EQ(got.side, BookSide::bid);
  EXPECT_EQ(got.price, dollars("5"));
  EXPECT_EQ(got.cancel_order_on_pause, true);

  rest::AmendMarginOrder amend{.order_id = placed.order_id};
  amend.body.ticker = kQuiet;
  amend.body.side = BookSide::bid;
  amend.body.price = dollars("5.1000");
  amend.body.count = contracts(7);
  amend.body.updated_client_order_id = "c-2";
  EXPECT_EQ(ask(amend).order_id, placed.order_id);

  rest::DecreaseMarginOrder decrease{.order_id = placed.order_id};
  decrease.body.reduce_by = contracts(3);
  EXPECT_EQ(ask(decrease).remaining_count, contracts(4));

  EXPECT_EQ(ask(rest::CancelMarginOrder{.order_id = placed.order_id}).reduced_by, contracts(4));
  const auto again = refused(alice(), rest::CancelMarginOrder{.order_id = placed.order_id});
  EXPECT_EQ(again.status, 404);
  EXPECT_FALSE(again.may_have_been_sent) << "a refusal is an answer";
}

TEST_F(RestOrders, fillAtOnce) {
  ask(bob(), order("offer", BookSide::ask, 4, "6.0000"));
  auto take = order("take", BookSide::bid, 10, "6.0000");
  take.body.time_in_force = rest::OrderTimeInForce::immediate_or_cancel;
  const auto taken = ask(take);
  EXPECT_EQ(taken.fill_count, contracts(4));
  EXPECT_EQ(taken.remaining_count, contracts(0));
  EXPECT_EQ(taken.average_fill_price, dollars("6"));
  ASSERT_TRUE(taken.average_fee_paid);
  EXPECT_GT(*taken.average_fee_paid, DollarDecimal{});
}

TEST_F(RestOrders, areListedPageByPage) {
  for (int i = 0; i < 5; ++i) ask(order("l-" + std::to_string(i), BookSide::bid, 1, "5.0000"));
  const auto page = ask(rest::GetMarginOrders{.ticker = kQuiet, .status = "resting", .limit = 2});
  EXPECT_EQ(page.orders.size(), 2U);
  std::size_t seen = 0;
  for (const auto& one : alice().orders().list_all({.ticker = kQuiet, .status = "resting", .limit = 2})) {
    ASSERT_TRUE(one) << one.error().message;
    ++seen;
  }
  EXPECT_EQ(seen, 5U);
  EXPECT_EQ(alice().orders().list_all({.limit = 2}, 3).collect()->size(), 3U);
}

TEST_F(RestOrders, areAllCancelled) {
  for (int i = 0; i < 3; ++i) ask(order("x-" + std::to_string(i), BookSide::bid, 1, "5.0000"));
  ask(rest::CancelAllMarginOrders{});
  EXPECT_TRUE(ask(rest::GetMarginOrders{.status = "resting"}).orders.empty());
}

// What a hole is closed with where drop copy is not enabled: fills since a moment, what rests, and what became of the orders one names.
TEST_F(RestOrders, whatWasMissedIsReadBack) {
  const auto resting = ask(order("rests", BookSide::bid, 5, "5.0000"));
  const auto gone = ask(order("gone", BookSide::bid, 1, "4.9000"));
  ask(bob(), order("hits-early", BookSide::ask, 1, "5.0000"));
  ASSERT_TRUE(sim().advance_clock(std::chrono::minutes(1)));
  const Timestamp since = alice().portfolio().fills({})->fills.front().created_time + std::chrono::seconds(30);
  ask(bob(), order("hits", BookSide::ask, 2, "5.0000"));
  ask(rest::CancelMarginOrder{.order_id = gone.order_id});
  const auto missed = rest::missed(alice(), {.since = since, .order_ids = {gone.order_id, resting.order_id}});
  ASSERT_TRUE(missed) << missed.error().message;
  ASSERT_EQ(missed->fills.size(), 1U) << "the early fill was known";
  EXPECT_EQ(missed->fills[0].order_id, resting.order_id);
  EXPECT_EQ(missed->fills[0].quantity, contracts(2));
  EXPECT_FALSE(missed->fills[0].trade_id.empty());
  ASSERT_EQ(missed->orders.size(), 2U);
  for (const auto& one : missed->orders) {
    EXPECT_EQ(one.remaining_count, contracts(one.order_id == resting.order_id ? 2 : 0)) << one.client_order_id;
  }
  EXPECT_EQ(rest::missed(alice(), {.since = since, .order_ids = {"01234567-89ab-4def-8123-456789abcdef"}}).error().status, 404);
}

TEST_F(RestOrders, refusals) {
  ask(order("twice", BookSide::bid, 1, "5.0000"));
  const auto twice = refused(alice(), order("twice", BookSide::bid, 1, "5.0000"));
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(twice.code, "order_already_exists");
  EXPECT_FALSE(twice.request_id.empty());
  const auto wild = refused(alice(), order("wild", BookSide::bid, 1, "1.0000"));
  EXPECT_EQ(wild.status, 400);
  EXPECT_EQ(wild.code, "invalid_price");
  EXPECT_EQ(refused(alice(), rest::GetMarginOrder{.order_id = "01234567-89ab-4def-8123-456789abcdef"}).status, 404);
}

TEST_F(RestOrders, ofSubtradersAreTheLegacyList) {
  const auto answer = alice().orders().list_fcm({.subtrader_id = "nobody_x"});
  // It may answer 404, say the documents: an error of the exchange's, or a list.
  if (!answer) {
    EXPECT_THAT(answer.error().status, testing::AnyOf(403, 404)) << answer.error().message;
  }
}

TEST_F(RestOrders, groups) {
  rest::CreateMarginOrderGroup create;
  create.body.contracts_limit = 10;
  const auto group = ask(create);
  const std::string id = group.order_group_id;
  auto member = order("m", BookSide::bid, 2, "5.0000");
  member.body.order_group_id = id;
  const auto placed = ask(member);
  const auto got = ask(rest::GetMarginOrderGroup{.order_group_id = id});
  EXPECT_EQ(got.contracts_limit_fp, contracts(10));
  EXPECT_THAT(got.orders, testing::ElementsAre(placed.order_id));
  ASSERT_EQ(ask(rest::GetMarginOrderGroups{}).order_groups.size(), 1U);
  rest::UpdateMarginOrderGroupLimit limit{.order_group_id = id};
  limit.body.contracts_limit = 20;
  ask(limit);
  EXPECT_EQ(ask(rest::GetMarginOrderGroup{.order_group_id = id}).contracts_limit_fp, contracts(20));
  ask(rest::TriggerMarginOrderGroup{.order_group_id = id});
  EXPECT_EQ(refused(alice(), rest::CancelMarginOrder{.order_id = placed.order_id}).status, 404) << "the trigger cancelled it";
  ask(rest::ResetMarginOrderGroup{.order_group_id = id});
  ask(rest::DeleteMarginOrderGroup{.order_group_id = id});
  EXPECT_EQ(refused(alice(), rest::GetMarginOrderGroup{.order_group_id = id}).status, 404);
}

TEST_F(RestOrders, anAsynchronousClientWorksThem) {
  boost::asio::io_context io;
  AsyncPerpsClient client(io.get_executor(), perps("alice"));
  int placed = 0, cancelled = 0;
  for (int i = 0; i < 12; ++i) {
    client.orders().create(order("async-" + std::to_string(i), BookSide::bid, 1, "5.0000"),
                           [&](Result<rest::CreateMarginOrderResponse> made) {
                             ASSERT_TRUE(made) << made.error().message;
                             ++placed;
                             client.orders().cancel({.order_id = made->order_id}, [&](const Result<rest::CancelMarginOrderResponse>& gone) {
                               ASSERT_TRUE(gone) << gone.error().message;
                               ++cancelled;
                             });
                           });
  }
  io.run();
  EXPECT_EQ(placed, 12);
  EXPECT_EQ(cancelled, 12);
}

}  // namespace
}  // namespace marginfix::test
