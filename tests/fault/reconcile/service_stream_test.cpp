// The whole service with a fan-out, as a process: it and its broker are killed and frozen at any moment of a busy feed. In the end ledger
// and stream have every execution that the exchange reported, once, and the stream nothing else. MARGINFIX_KILLS sets how often
// (scripts/campaign: hundreds), MARGINFIX_KILL_SEED the chance.
#include <sstream>

#include "fault/reconcile/service_fixture.hpp"
#include "fault/stream/read_stream.hpp"
#include "services/reconcile/stream/outbox.hpp"
#include "support/nats_server.hpp"

namespace marginfix::test {
namespace {

class ServiceWithAStream : public ServiceProcessTest {
 protected:
  void SetUp() override {
    if (!rc::has_nats()) GTEST_SKIP() << "built without libnats-dev";
    if (nats_server_program().empty()) GTEST_SKIP() << kNoNatsServer;
    broker_ = std::make_unique<NatsServer>();
    settings_.servers = {broker_->url()};
    ServiceProcessTest::SetUp();
    std::ofstream(config_file_, std::ios::app) << "[nats]\nservers = [\"" << broker_->url() << "\"]\n";
  }
  void disturb() {
    const auto service = launch();
    ASSERT_TRUE(while_it_runs(*service, [&] { return is_ready(); })) << said();
    ASSERT_TRUE(wait_until_told(*service, chance(40'000))) << said();
    switch (chance(3)) {
      case 0:
        break;
      case 1:
        broker_->kill();
        ASSERT_TRUE(wait_until_told(*service, chance(20'000))) << said();
        broker_->start();
        break;
      default:
        broker_->freeze();
        ASSERT_TRUE(wait_until_told(*service, chance(20'000))) << said();
        broker_->go_on();
    }
    service->kill();
  }
  std::string member(const std::string& event, const std::string& name) {
    const std::string mark = '"' + name + "\":\"";
    const std::size_t at = event.find(mark);
    return at == std::string::npos ? "" : event.substr(at + mark.size(), event.find('"', at + mark.size()) - at - mark.size());
  }

  // What the command shows of it.
  void expect_tail(std::int64_t executions) {
    const std::string output = folder_.path("tail");
    ChildProcess tail(
        {"tail", "--server", broker_->url(), "--from", "begin", "--kind", "execution", "--json", "--count", std::to_string(executions)},
        output);
    EXPECT_EQ(tail.wait(), 0) << read_file(output);
    std::istringstream lines(read_file(output));
    std::int64_t seen = 0;
    for (std::string line; std::getline(lines, line); ++seen) EXPECT_EQ(member(line, "kind"), "execution") << line;
    EXPECT_EQ(seen, executions);
  }

  std::unique_ptr<NatsServer> broker_;
  rc::BrokerSettings settings_;
};

TEST_F(ServiceWithAStream, TellsEachExecutionOnceWhoeverIsKilled) {
  const int kills = number_of_environment("MARGINFIX_KILLS", 3);
  for (int i = 0; i < kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    ASSERT_NO_FATAL_FAILURE(disturb());
  }
  ASSERT_NO_FATAL_FAILURE(catch_up());
  expect_the_truth();
  const auto ledger = service_ledger();
  const rc::OutboxState outbox = rc::outbox_state(*ledger);
  EXPECT_EQ(outbox.waiting(), 0) << "everything was told";
  std::set<std::string> ids;
  std::multiset<std::pair<std::string, std::string>> told;
  std::int64_t number = 0, executions = 0;
  for (const rc::StreamMessage& message : read_stream(settings_, outbox.number)) {
    EXPECT_TRUE(ids.insert(message.id).second) << message.id;
    EXPECT_EQ(member(message.payload, "number"), std::to_string(++number));
    if (member(message.payload, "kind") == "execution") ++executions;
    if (member(message.payload, "kind") == "execution" && message.payload.find("\"corrected\":false") != std::string::npos)
      told.emplace(member(message.payload, "order_id"), member(message.payload, "trade_id"));
  }
  std::multiset<std::pair<std::string, std::string>> booked;
  rc::each<rc::FillRow>(*ledger, "", [&](const rc::FillRow& fill) { booked.emplace(fill.order_id, fill.trade_id); });
  EXPECT_EQ(told, booked);
  expect_tail(executions);
  expect_proven();
}

}  // namespace
}  // namespace marginfix::test
