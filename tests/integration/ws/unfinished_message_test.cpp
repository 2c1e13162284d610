// A client that begins a message and does not finish it: it has a bound of time and of bytes, and costs nobody else anything.
#include "integration/ws/fixture.hpp"
#include "integration/ws/raw_client.hpp"

namespace marginfix::ws::test {
namespace {

constexpr char kSubscribe[] = R"({"id":1,"cmd":"subscribe","params":{"channels":["order_group_updates"]}})";

TEST_F(WsTest, AMessageThatIsNeverFinishedEndsItsConnectionAndNoOther) {
  options_.ws_unfinished = std::chrono::milliseconds(200);
  open();
  RawClient slow(config("bob"));
  slow.send_part("{\"id\":1,");
  EXPECT_EQ(slow.read_close(), "1008 a message that was begun was not finished in 200 ms");
  subscribe({.channel = Channel::user_orders});  // alice's connection has sent nothing for as long, and is there
}

TEST_F(WsTest, AMessageInPartsIsReadAndItsTimeEndsWithIt) {
  options_.ws_unfinished = std::chrono::seconds(60);
  start();
  RawClient client(config());
  const std::string text = kSubscribe;
  client.send_part(text.substr(0, 20));
  client.send_part(text.substr(20, 10));
  client.finish(text.substr(30));
  EXPECT_NE(client.read().find("\"type\":\"subscribed\""), std::string::npos);
  client.send(R"({"id":2,"cmd":"dance"})");
  EXPECT_NE(client.read().find("\"code\":5"), std::string::npos);
}

TEST_F(WsTest, UnfinishedMessagesAreCountedInBytes) {
  options_.held_bytes = std::size_t{1} << 20;
  start();
  RawClient first(config("bob")), second(config("bob")), honest(config());
  first.send_part(std::string(400'000, ' '));
  second.send_part(std::string(900'000, ' '));  // the most of all
  EXPECT_EQ(second.read_close(), "cut");
  honest.send(kSubscribe);
  EXPECT_NE(honest.read().find("\"type\":\"subscribed\""), std::string::npos);
  first.finish(kSubscribe);
  EXPECT_NE(first.read().find("\"type\":\"subscribed\""), std::string::npos);
}

}  // namespace
}  // namespace marginfix::ws::test
