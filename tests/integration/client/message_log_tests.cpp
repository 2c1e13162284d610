// The message files of a client's sessions: every message of the wire, whole and in order, readable by `decode`'s reader.
#include "fixture.hpp"
#include "marginfix/fix/log_scan.hpp"
#include "marginfix/fix/printer.hpp"

namespace marginfix::test {
namespace {

class ClientMessageFiles : public ClientTest {
 protected:
  void SetUp() override { start(); }
  void TearDown() override { client_.reset(); }  // its handlers write what is a member here

  // Alice's KalshiNR with its messages in files; what it says and hears is noted.
  void connect_logged() {
    MarginFixConfig wanted = config({"KalshiNR"});
    wanted.message_log.folder = folder_.path("log");
    key_ = wanted.sessions.front().credentials.key_id;
    client_ = std::make_unique<MarginFixClient>(std::move(wanted), silent());
    nr().set_handlers(order_handlers(board_));
    SessionHandlers handlers = {};
    handlers.on_message = [this](const Inbound& in) { heard_.emplace_back(in.raw); };
    handlers.on_sent = [this](const SentMessage& sent) { said_.emplace_back(sent.raw); };
    nr().set_common_handlers(std::move(handlers));
    client_->start().value();
    const auto up = client_->wait_until_active(30s);
    ASSERT_TRUE(up) << up.error().message;
  }
  std::vector<std::string> read(const std::string& end) const {
    std::vector<std::string> messages;
    fix::for_each_log_message(TempFolder::read(folder_.path("log/FIXT.1.1-" + key_ + "-KalshiNR." + end)),
                              [&](const fix::LogMessage& found) { messages.emplace_back(found.message); });
    return messages;
  }
  // Of the messages, those whose SenderCompID(49) is ours, or is not: nothing else tells which way they went.
  std::vector<std::string> sent(const std::vector<std::string>& messages, bool by_us) const {
    std::vector<std::string> found;
    for (const std::string& message : messages) {
      if ((message.find("\x01"
                        "49=" +
                        key_ + "\x01") != std::string::npos) == by_us)
        found.push_back(message);
    }
    return found;
  }

  std::string key_;
  std::vector<std::string> heard_, said_;  // on the I/O thread, until the client has stopped
};

TEST_F(ClientMessageFiles, HoldEverythingThatWasSaidAndHeard) {
  connect_logged();
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New, "a") == 1; }));
  client_->message_log()->rotate();
  client_->message_log()->flush();
  ASSERT_TRUE(nr().cancel(cancel("b", "a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::Canceled) == 1; }));
  client_->stop();

  std::vector<std::string> all = read("messages.backup.1.log");
  EXPECT_EQ(fix::message_name(all.front()), "Logon");
  EXPECT_EQ(all.front().find("96="), all.front().find("96=****"));
  const std::vector<std::string> later = read("messages.current.log");
  EXPECT_EQ(fix::message_name(later.back()), "Logout");
  all.insert(all.end(), later.begin(), later.end());

  EXPECT_EQ(sent(all, false), heard_);
  const std::vector<std::string> ours = sent(all, true);
  std::vector<std::string> requests;
  std::ranges::copy_if(ours, std::back_inserter(requests), [](const std::string& message) {
    const auto name = fix::message_name(message);
    return name == "NewOrderSingle" || name == "OrderCancelRequest";
  });
  EXPECT_EQ(requests, said_);
  EXPECT_EQ(requests.size(), 2U);
  EXPECT_EQ(nr().statistics().not_logged, 0U);
  EXPECT_NE(TempFolder::read(folder_.path("log/FIXT.1.1-" + key_ + "-KalshiNR.event.current.log")).find("stopped by request"),
            std::string::npos);
}

TEST_F(ClientMessageFiles, BelongToOneClientAtATime) {
  connect_logged();
  MarginFixConfig wanted = config({"KalshiNR"});
  wanted.message_log.folder = folder_.path("log");
  MarginFixClient other(std::move(wanted), silent());
  const auto refused = other.start();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("another log writes it"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace marginfix::test
