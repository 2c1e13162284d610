// The kill switch by each of its four ways, with 300 orders open; and armed again in two steps.
#include <csignal>
#include <fstream>

#include "fault/gateway/faults_fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "services/gateway/web/token.hpp"

namespace marginfix::gateway::fault {
namespace {

using ::testing::HasSubstr;

class KillSwitch : public GatewayFaultTest {
 protected:
  static constexpr int kOrdersEach = 100;

  void kill_by(const std::string& way) {
    if (way == "signal") return gateway_->signal(SIGUSR1);
    if (way == "file") return by_file();
    way == "http" ? by_http() : by_command();
  }
  void by_file() { std::ofstream(kill_file()) << "\n"; }
  void by_command() {
    const auto answer = gateway_->command({"kill", "--reason", "a test"});
    EXPECT_EQ(answer.code, 0) << answer.text;
  }
  void by_http() {
    const auto said = boost::json::parse(test::read_file(gateway_->dir() + "/gateway.json"));
    std::string address(said.at("page").as_string());  // http://127.0.0.1:PORT/
    address = address.substr(7, address.size() - 8);
    const std::string body = R"({"reason":"a test"})";
    sim::test::HttpConnection page("127.0.0.1", static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1))), "");
    page.send("POST /kill HTTP/1.1\r\nHost: " + address +
              "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\nAuthorization: Bearer " +
              std::string(read_token(gateway_->dir()).value().reveal()) + "\r\n\r\n" + body);
    const auto answer = page.receive();
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  std::string kill_file() const { return gateway_->dir() + "/kill"; }

  void expect_killed() {
    EXPECT_TRUE(until([&] { return nothing_open(); }, 8s)) << gateway_->said();
    for (const auto& each : all_) {
      const std::string id = each->place('1', 1, "4.0000");
      ASSERT_TRUE(until([&] { return each->ended(id); }));
      EXPECT_EQ(each->order(id).status, '8');
      EXPECT_THAT(each->last_text, HasSubstr("kill switch"));
    }
    EXPECT_THAT(gateway_->orders("", true), testing::IsEmpty());
  }
  void expect_armed_by_two_steps() {
    EXPECT_THAT(gateway_->command({"arm"}).text, HasSubstr("arm again"));
    EXPECT_TRUE(still_refuses());
    EXPECT_THAT(gateway_->command({"arm"}).text, HasSubstr("orders are taken"));
  }
  bool still_refuses() {
    const std::string id = oms44().place('1', 1, "4.0000");
    return until([&] { return oms44().ended(id); }) && oms44().order(id).status == '8';
  }
};

TEST_F(KillSwitch, CancelsEverythingWhicheverWayItIsThrown) {
  start_gateway();
  for (const std::string name : {"signal", "file", "http", "command"}) {
    SCOPED_TRACE(name);
    ASSERT_NO_FATAL_FAILURE(fill_book(kOrdersEach));
    kill_by(name);
    ASSERT_NO_FATAL_FAILURE(expect_killed());
    EXPECT_THAT(gateway_->command({"status"}).text, HasSubstr(name));
    std::filesystem::remove(kill_file());
    EXPECT_TRUE(still_refuses());
    expect_armed_by_two_steps();
  }
  expect_the_truth();
}

// It outlives the process, and does what it was thrown for as soon as it can.
TEST_F(KillSwitch, OutlivesAKilledGateway) {
  start_gateway();
  ASSERT_NO_FATAL_FAILURE(fill_book(kOrdersEach));
  gateway_->kill();
  by_file();
  start_gateway();
  expect_killed();
  gateway_->kill();
  std::filesystem::remove(kill_file());
  start_gateway();
  EXPECT_TRUE(still_refuses());
  expect_armed_by_two_steps();
  ASSERT_NO_FATAL_FAILURE(fill_book(1));
  cancel_everything();
  expect_the_truth();
}

}  // namespace
}  // namespace marginfix::gateway::fault
