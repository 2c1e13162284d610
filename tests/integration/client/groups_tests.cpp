// Order groups against the simulated exchange.
#include <future>

#include "fixture.hpp"

namespace marginfix::test {
namespace {

class ClientGroups : public ClientTest {
 protected:
  void SetUp() override {
    start();
    connect(config({"KalshiNR"}));
  }
  // Runs one request and waits for its outcome.
  template <class Ask>
  Result<OrderGroupResult> ask(Ask request) {
    const auto promise = std::make_shared<std::promise<Result<OrderGroupResult>>>();
    auto outcome = promise->get_future();
    const Result<void> accepted = request([promise](Result<OrderGroupResult> result) { promise->set_value(std::move(result)); });
    if (!accepted) return accepted.error();
    if (outcome.wait_for(30s) != std::future_status::ready) return fail(ErrorCategory::internal, "the callback did not come");
    return outcome.get();
  }
  Result<OrderGroupResult> create(std::int64_t limit) {
    return ask([&](OrderGroupCallback done) { return nr().order_groups().create(limit, std::move(done)); });
  }
};

TEST_F(ClientGroups, CreateUpdateTriggerResetAndDeleteAreAnswered) {
  const auto made = create(5);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(made->order_group_id.empty());
  EXPECT_EQ(made->contracts_limit, 5);
  const std::string id = made->order_group_id;
  OrderGroups& groups = nr().order_groups();
  EXPECT_TRUE(ask([&](OrderGroupCallback done) { return groups.update(id, 7, std::move(done)); }));
  EXPECT_TRUE(ask([&](OrderGroupCallback done) { return groups.trigger(id, std::move(done)); }));
  EXPECT_TRUE(ask([&](OrderGroupCallback done) { return groups.reset(id, std::move(done)); }));
  EXPECT_TRUE(ask([&](OrderGroupCallback done) { return groups.remove(id, std::move(done)); }));
  EXPECT_EQ(groups.pending(), 0U);
}

TEST_F(ClientGroups, ManyCreatesGiveManyGroups) {
  std::promise<void> all;
  std::vector<std::string> ids;
  const StopFirst stop_first{client_};
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(nr().order_groups().create(100, [&](Result<OrderGroupResult> made) {
      ASSERT_TRUE(made);
      ids.push_back(made->order_group_id);
      if (ids.size() == 10) all.set_value();
    }));
  }
  ASSERT_EQ(all.get_future().wait_for(30s), std::future_status::ready);
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST_F(ClientGroups, AnUnknownGroupIsRefusedWithTheExchangesWords) {
  const auto outcome =
      ask([&](OrderGroupCallback done) { return nr().order_groups().reset("11111111-1111-4111-8111-111111111111", std::move(done)); });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().category, ErrorCategory::business_reject);
}

TEST_F(ClientGroups, AGroupIdThatIsNoUuidIsRefusedHereOrByTheExchange) {
  const auto outcome = ask([&](OrderGroupCallback done) { return nr().order_groups().reset("no-uuid", std::move(done)); });
  ASSERT_FALSE(outcome);
  EXPECT_TRUE(outcome.error().category == ErrorCategory::reject || outcome.error().category == ErrorCategory::codec);
}

TEST_F(ClientGroups, ATriggerCancelsTheGroupsRestingOrders) {
  const auto made = create(5);
  ASSERT_TRUE(made);
  auto member = order("a");
  member.secondary_cl_ord_id = made->order_group_id;
  ASSERT_TRUE(nr().new_order(member));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New, "a") == 1; }));
  EXPECT_TRUE(ask([&](OrderGroupCallback done) { return nr().order_groups().trigger(made->order_group_id, std::move(done)); }));
  EXPECT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::Canceled, "a") == 1; }));
}

}  // namespace
}  // namespace marginfix::test
