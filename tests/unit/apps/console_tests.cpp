// The language of `marginfix fix`: what each line means, and what is said about a line that means nothing.
#include "apps/fix_console.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix::apps {
namespace {

template <class Command>
Command parsed(std::string_view line) {
  auto command = parse_console_line(line);
  if (!command) throw Exception(command.error());
  return std::get<Command>(*command);
}

TEST(Console, a_new_order_with_every_option) {
  const auto c = parsed<NewCommand>(
      "new sell KXBTCPERP 10 6.2577 tif=gtd expire=20991231-23:59:59 post-only stp=maker group=g1 account=7 cancel-on-pause id=mine");
  EXPECT_EQ(c.side, Side::Sell);
  EXPECT_EQ(c.symbol, "KXBTCPERP");
  EXPECT_EQ(c.quantity, FixedPointCount::whole(10));
  EXPECT_EQ(c.price.to_string(), "6.2577");
  EXPECT_EQ(c.time_in_force, TimeInForce::GTD);
  EXPECT_EQ(to_fix_utc(c.expire_time.value(), 0), "20991231-23:59:59");
  EXPECT_EQ(c.exec_inst, ExecInst::PostOnly);
  EXPECT_EQ(c.self_trade_prevention, SelfTradePreventionType::Maker);
  EXPECT_EQ(c.group, "g1");
  EXPECT_EQ(c.subaccount, 7);
  EXPECT_EQ(c.cancel_on_pause, true);
  EXPECT_EQ(c.cl_ord_id, "mine");
}

TEST(Console, an_expiry_alone_makes_the_order_good_till_date) {
  EXPECT_EQ(parsed<NewCommand>("new buy A 1 1 expire=20991231-00:00:00").time_in_force, TimeInForce::GTD);
}

TEST(Console, find_out_names_one_order) {
  EXPECT_EQ(parsed<FindOutCommand>("find-out a-1").cl_ord_id, "a-1");
  EXPECT_FALSE(parse_console_line("find-out"));
  EXPECT_FALSE(parse_console_line("find-out a b"));
}

TEST(Console, an_amend_keeps_what_it_does_not_name) {
  const auto c = parsed<AmendCommand>("amend a-1 price=1.2500");
  EXPECT_EQ(c.orig_cl_ord_id, "a-1");
  EXPECT_FALSE(c.quantity);
  EXPECT_EQ(c.price->to_string(), "1.2500");
}

TEST(Console, an_amend_and_a_cancel_may_bring_their_own_id) {
  EXPECT_EQ(parsed<AmendCommand>("amend a-1 qty=3 id=a-2").cl_ord_id, "a-2");
  EXPECT_EQ(parsed<AmendCommand>("amend a-1 qty=3").cl_ord_id, "");
  EXPECT_EQ(parsed<CancelCommand>("cancel a-2 id=a-3").cl_ord_id, "a-3");
  EXPECT_EQ(parsed<CancelCommand>("cancel a-2").orig_cl_ord_id, "a-2");
  EXPECT_FALSE(parse_console_line("cancel a-2 ide=a-3"));
}

TEST(Console, orders_are_those_of_this_session_or_those_that_rest) {
  EXPECT_FALSE(parsed<OrdersCommand>("orders").resting);
  EXPECT_TRUE(parsed<OrdersCommand>("orders resting").resting);
  EXPECT_FALSE(parse_console_line("orders all"));
}

TEST(Console, every_verb_is_one) {
  for (const std::string& verb : console_verbs()) {
    const auto command = parse_console_line(verb);
    if (command) continue;
    EXPECT_THAT(command.error().message, testing::Not(testing::HasSubstr("is no command"))) << verb;
  }
  EXPECT_THAT(parse_console_line("cancle a").error().message, testing::HasSubstr("did you mean cancel?"));
}

TEST(Console, groups) {
  EXPECT_EQ(parsed<GroupCommand>("group create 500").limit, 500);
  const auto update = parsed<GroupCommand>("group update g-1 20 account=3");
  EXPECT_EQ(update.action, OrderGroupAction::Update);
  EXPECT_EQ(update.group_id, "g-1");
  EXPECT_EQ(update.limit, 20);
  EXPECT_EQ(update.subaccount, 3);
}

TEST(Console, blank_lines_and_comments_are_nothing) {
  for (const auto* line : {"", "   \t", "# a remark"}) EXPECT_NO_THROW(parsed<NothingCommand>(line)) << line;
}

TEST(Console, a_line_that_means_nothing_gets_the_form_it_should_have) {
  struct Case {
    const char* line;
    const char* says;
  };
  for (const Case& c : {Case{"new buy A 1", "new needs side"},
                        {"new hold A 1 1", "neither buy nor sell"},
                        {"new buy A one 1", "it goes: new"},
                        {"new buy A 1 1 tif=never", "none of day"},
                        {"new buy A 1 1 account=64", "0 to 63"},
                        {"new buy A 1 1 colour=red", "colour"},
                        {"new buy A 1 1 post-only reduce-only", "exclude each other"},
                        {"new buy A 1 1.00000001", "it goes: new"},
                        {"amend a-1", "needs an order and a change"},
                        {"cancel", "cancel CLORDID"},
                        {"group create many", "limit is missing"},
                        {"group explode g", "no group action"},
                        {"dance", "no command"}}) {
    const auto command = parse_console_line(c.line);
    ASSERT_FALSE(command) << c.line;
    EXPECT_THAT(command.error().message, testing::HasSubstr(c.says)) << c.line;
  }
}

}  // namespace
}  // namespace marginfix::apps
