// What the demo reads out of the simulated exchange's state.
#include "apps/demo/truth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix::apps {
namespace {

TEST(Truth, positions_of_subaccounts_are_summed_by_market) {
  const auto truth = read_truth(R"({"accounts":[{"name":"alice","new_orders":3,"fills":2,"exec_ids":["1;1","2;1"],
    "positions":[{"ticker":"A","position":"5.00"},{"ticker":"A","position":"-2.50"},{"ticker":"B","position":"1.00"}],
    "orders":[{"order_id":"o1","remaining_count":"3.00"}],
    "fill_list":[{"order_id":"o1","count":"2.00"},{"order_id":"o1","count":"0.50"}]}]})",
                                "alice");
  ASSERT_TRUE(truth) << truth.error().message;
  EXPECT_EQ(truth->orders, 3U);
  EXPECT_EQ(truth->reports, 2U);
  EXPECT_EQ(truth->fills, 2U);
  EXPECT_EQ(truth->positions.at("A").to_string(), "2.50");
  EXPECT_EQ(truth->positions.at("B").to_string(), "1.00");
  EXPECT_EQ(truth->open.at("o1").to_string(), "3.00");
  EXPECT_EQ(truth->filled.at("o1").to_string(), "2.50");
}

TEST(Truth, an_account_that_is_not_there_and_a_text_that_is_no_state_are_errors) {
  EXPECT_THAT(read_truth(R"({"accounts":[]})", "alice").error().message, testing::HasSubstr("no account alice"));
  EXPECT_THAT(read_truth("{", "alice").error().message, testing::HasSubstr("cannot be read"));
  EXPECT_THAT(read_truth(R"({"accounts":[{"name":"alice"}]})", "alice").error().message, testing::HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace marginfix::apps
