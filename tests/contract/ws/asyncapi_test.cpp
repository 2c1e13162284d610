// The WebSocket client against the exchange's own AsyncAPI file, where it lies beside the checkout: tables and commands compared, and a
// frame of every kind, made from the file's schemas, read. What upstream added, removed or changed is printed line by line.
#include <fstream>
#include <iostream>
#include <sstream>

#include "contract/ws/asyncapi/margin.hpp"
#include "unit/ws/harness.hpp"

namespace marginfix::ws::test {
namespace {

std::string official() {
  std::ifstream in(std::string(MARGINFIX_SOURCE_DIR) + "/../shared/spec/official/perps_asyncapi.yaml");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class MarginAsyncApi : public Harness {
 protected:
  void SetUp() override {
    yaml_ = official();
    if (yaml_.empty()) GTEST_SKIP() << "the official file is not beside the checkout (../shared/spec/official)";
  }
  void confirm(const SubscriptionImpl& s, int command, int sid) {
    frame(R"({"type":"subscribed","id":)" + std::to_string(command) + R"(,"msg":{"channel":")" +
          std::string(Open<Channel>(s.request.channel).text()) + R"(","sid":)" + std::to_string(sid) + "}}");
  }
  // Everything that a program can ask of a subscription.
  void ask_for_everything() {
    connect();
    std::vector<SubscribeRequest> requests;
    for (const auto& word : EnumWords<Channel>::kWords)
      requests.push_back({.channel = word.value, .market_tickers = {"A", "B"}, .send_initial_snapshot = word.value == Channel::ticker});
    const auto made = all->make(requests);
    all->start(made, now());
    for (std::size_t i = 0; i < made.size(); ++i)
      confirm(*made[i], made[i]->request.channel == Channel::ticker ? 2 : 1, static_cast<int>(i) + 1);
    for (const auto& s : made) {
      if (s->request.channel == Channel::ticker) all->add_markets(s, {"C"}, true, {}, now());
      if (s->request.channel == Channel::trade) all->delete_markets(s, {"B"}, {}, now());
      if (s->request.channel == Channel::orderbook_delta) all->get_snapshot(s, {}, {}, now());
      if (s->request.channel == Channel::fill) all->unsubscribe(s, {}, now());
    }
    all->list([](const auto&) {}, now());
  }
  std::string yaml_;
};

TEST_F(MarginAsyncApi, TablesCommandsAndFileAgree) {
  ask_for_everything();
  const auto result = asyncapi::compare(yaml_, asyncapi::margin_expectation(sent));
  for (const auto& d : result.differences) ADD_FAILURE() << to_string(d);
  std::cout << "compared " << result.operations << " commands, " << result.messages << " frames, " << result.schemas << " schemas, "
            << result.properties << " properties\n";
  EXPECT_EQ(result.operations, 4U);
  EXPECT_EQ(result.messages, 13U);
  EXPECT_EQ(result.schemas, 33U);
}

// Nothing unknown is left over in a frame with every property, nothing is missed in one with the required ones only.
TEST_F(MarginAsyncApi, AFrameOfEveryKindIsTyped) {
  for (const auto& example : asyncapi::examples(yaml_)) {
    SCOPED_TRACE(example.text);
    const Frame f = reader.read(example.text);
    EXPECT_EQ(f.type, example.type);
    EXPECT_EQ(f.as<UnknownFrame>(), nullptr) << f.as<UnknownFrame>()->problem;
    EXPECT_TRUE(f.unknown.empty());
    EXPECT_EQ(reader.report().missing, std::vector<std::string>{});
  }
  EXPECT_EQ(reader.report().unknown_members + reader.report().unknown_words, 0U);
}

}  // namespace
}  // namespace marginfix::ws::test
