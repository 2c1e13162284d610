// `marginfix ws` and `marginfix md`: what they print line by line, what they refuse, and how they end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json/parse.hpp>

#include "integration/apps/program.hpp"
#include "sim/simulator.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Streams : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder() = std::make_unique<marginfix::test::TempFolder>();
    sim::SimulatorOptions options;
    options.dir = folder()->path("exchange");
    options.past = false;
    simulator() = std::make_unique<sim::Simulator>(options);
    ASSERT_TRUE(simulator()->start());
  }
  static void TearDownTestSuite() {
    simulator().reset();
    folder().reset();
  }
  static std::unique_ptr<marginfix::test::TempFolder>& folder() {
    static std::unique_ptr<marginfix::test::TempFolder> one;
    return one;
  }
  static std::unique_ptr<sim::Simulator>& simulator() {
    static std::unique_ptr<sim::Simulator> one;
    return one;
  }
  static std::vector<std::string> with(std::vector<std::string> words) {
    words.insert(words.end(), {"--endpoints", simulator()->path("endpoints.json")});
    return words;
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(Streams, ws_prints_each_frame_typed_as_one_json_line) {
  const auto r = run(
      with({"ws", "--channel", "orderbook_delta", "ticker", "--ticker", "KXBTCPERP", "KXETHPERP", "--initial-snapshot", "--count", "12"}));
  EXPECT_EQ(r.exit_code, 0) << r.err;
  const auto lines = lines_of(r.out);
  ASSERT_EQ(lines.size(), 12U);
  bool snapshot = false, ticker = false;
  for (const std::string& line : lines) {
    const auto frame = boost::json::parse(line).as_object();
    const auto& msg = frame.at("msg").as_object();
    const auto& type = frame.at("type").as_string();
    EXPECT_TRUE(type == "subscribed" || frame.contains("sid")) << line;
    snapshot = snapshot || (type == "orderbook_snapshot" && frame.at("seq").as_int64() >= 1 &&
                            msg.at("bid").as_array().at(0).as_array().at(0).is_string());
    ticker = ticker || (type == "ticker" && msg.at("open_interest").is_string());
  }
  EXPECT_TRUE(snapshot && ticker) << r.out;
}

TEST_F(Streams, ws_raw_prints_frames_as_they_came) {
  const auto r = run(with({"ws", "--channel", "ticker", "--ticker", "KXBTCPERP", "--initial-snapshot", "--raw", "--count", "2"}));
  EXPECT_EQ(r.exit_code, 0) << r.err;
  const auto lines = lines_of(r.out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], R"({"type":"subscribed","id":1,"msg":{"channel":"ticker","sid":1}})");
  EXPECT_THAT(lines[1], AllOf(StartsWith(R"({"type":"ticker","sid":1,"msg":{"market_ticker":"KXBTCPERP")"), HasSubstr("sending_ts_ms")));
}

TEST_F(Streams, what_cannot_be_subscribed_to_is_one_line_and_a_failure) {
  struct Case {
    std::vector<std::string> arguments;
    const char* says;
  };
  const Case cases[] = {{{"ws", "--channel", "weather"}, "there are orderbook_delta"},
                        {{"ws", "--channel", "orderbook_delta"}, "--ticker"},
                        {{"ws", "--channel", "trade", "--ticker", "NOSUCH"}, "no such market"},
                        {{"md", "--over", "ws", "--symbol", "NOSUCH", "--seconds", "2"}, "no such market"}};
  for (const Case& c : cases) {
    const auto r = run(with(c.arguments));
    EXPECT_EQ(r.exit_code, 1) << c.says;
    EXPECT_THAT(without_news(r.err), AllOf(StartsWith("marginfix: "), HasSubstr(c.says)));
  }
}

TEST_F(Streams, an_interrupt_ends_them_with_success) {
  struct Case {
    std::vector<std::string> arguments;
    const char* prints;
  };
  const Case cases[] = {{{"ws", "--channel", "ticker", "--initial-snapshot"}, R"("type":"ticker")"},
                        {{"md", "--over", "ws", "--symbol", "KXBTCPERP"}, "KXBTCPERP snapshot bid"},
                        {{"md", "--over", "fix", "--symbol", "KXBTCPERP"}, "KXBTCPERP snapshot bid"}};
  for (const Case& c : cases) {
    Running program(with(c.arguments));
    program.wait_for(c.prints);
    program.signal(SIGINT);
    const auto r = program.wait();
    EXPECT_EQ(r.exit_code, 0) << c.arguments[0] << r.err;
    EXPECT_THAT(without_news(r.err), IsEmpty());
  }
}

TEST_F(Streams, they_end_when_nobody_reads_any_more) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"ws", "--channel", "orderbook_delta", "--ticker", "KXBTCPERP"},
                                                    {"md", "--over", "ws", "--symbol", "KXBTCPERP"}}) {
    const auto r = run_until_first_line(with(arguments));
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_THAT(r.out, Not(IsEmpty()));
  }
}

TEST_F(Streams, bad_frames_are_reported_and_do_not_end_it) {
  Running program(with({"ws", "--channel", "trade", "--ticker", "KXLTCPERP"}));
  program.wait_for("subscribed");
  ASSERT_TRUE(simulator()->ws_send("", "{not json"));
  ASSERT_TRUE(simulator()->ws_send("", R"({"type":"weather","msg":{"rain":true}})"));
  program.wait_for(R"({"type":"weather","msg":{"rain":true},"ts":")");
  program.signal(SIGINT);
  const auto r = program.wait();
  EXPECT_EQ(r.exit_code, 0);
  EXPECT_THAT(r.err, HasSubstr("{not json"));
  EXPECT_THAT(r.out, Not(HasSubstr("{not json")));
}

// What was [] is printed as [], null as null, absent as absent; a member that is missing and a frame that cannot be read leave no hole.
TEST_F(Streams, ws_prints_every_frame_as_it_came) {
  Running program(with({"ws", "--channel", "orderbook_delta", "--ticker", "KXLTCPERP"}));
  const std::string subscribed = program.wait_for("orderbook_snapshot");
  const auto sid = boost::json::parse(subscribed.substr(0, subscribed.find('\n'))).at("msg").at("sid").as_int64();
  const std::string head = R"("sid":)" + std::to_string(sid) + R"(,"seq":)";
  const auto frame = [&](const std::string& type, int seq, const std::string& msg) {
    return R"({"type":")" + type + "\"," + head + std::to_string(seq) + R"(,"msg":)" + msg;
  };
  const std::string empty = frame("orderbook_snapshot", 2, R"({"market_ticker":"KXLTCPERP","bid":[],"more":null,"list":[],"inner":{}})");
  const std::string one_side = frame("orderbook_snapshot", 3, R"({"market_ticker":"KXLTCPERP","ask":[["9.0000","1.00"]]})");
  const std::string bad = frame("orderbook_delta", 4, R"({"market_ticker":"KXLTCPERP","price":1.5,"delta":"1.00","side":"bid"})");
  const std::string waiting = frame("orderbook_delta", 5, R"({"market_ticker":"KXLTCPERP","price":"1.0000","delta":"1.00","side":"bid"})");
  const std::string odd = frame("weather", 6, R"({"text":"\u001b[2J","empty":""})");
  for (const std::string& text : {empty, one_side, bad, waiting, odd}) ASSERT_TRUE(simulator()->ws_send("", text + "}"));
  const std::string out = program.wait_for("weather");
  EXPECT_THAT(out, HasSubstr(empty + R"(,"ts":")"));
  EXPECT_THAT(out, HasSubstr(one_side + R"(,"ts":")"));
  EXPECT_THAT(out, HasSubstr(bad + R"(,"applied":false,"problem":")"));
  EXPECT_THAT(out, HasSubstr(waiting + R"(,"applied":false,"ts":")"));
  program.signal(SIGINT);
  const auto r = program.wait();
  EXPECT_THAT(r.out, HasSubstr(R"("msg":{"text":"\u001b[2J","empty":""})"));
  EXPECT_THAT(r.out, Not(HasSubstr("\x1b")));
}

TEST_F(Streams, md_prints_books_and_trades_the_same_over_both) {
  for (const char* over : {"ws", "fix"}) {
    Running program(with({"md", "--over", over, "--symbol", "KXBTCPERP", "KXETHPERP", "KXSOLPERP"}));
    const std::string out = program.wait_for(" took)");
    EXPECT_THAT(out, AllOf(HasSubstr("KXETHPERP snapshot bid"), HasSubstr(" trade "), Not(HasSubstr("\033["))));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
  }
}

}  // namespace
}  // namespace marginfix::testing_apps
