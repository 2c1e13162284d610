// MessageStore::commit(): once for everything that leaves in one write, before a byte of it does; and nothing leaves where it fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <stdexcept>

#include "integration/transport/harness.hpp"

namespace marginfix::test {
namespace {

using testing::HasSubstr;

// In memory; counts what was appended and how often it was committed.
class CommittedStore : public MessageStore {
 public:
  std::int64_t next_sender_seq() const override { return inner_->next_sender_seq(); }
  std::int64_t next_target_seq() const override { return inner_->next_target_seq(); }
  void set_next_sender_seq(std::int64_t seq) override { inner_->set_next_sender_seq(seq); }
  void set_next_target_seq(std::int64_t seq) override { inner_->set_next_target_seq(seq); }
  void append_sent(std::int64_t seq, const char* data, std::size_t size) override {
    ++appended;
    inner_->append_sent(seq, data, size);
  }
  std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const override { return inner_->sent(begin, end); }
  void reset() override { inner_->reset(); }
  std::int64_t created_at() const override { return inner_->created_at(); }
  void commit() override {
    if (failing) throw std::runtime_error("the disk is gone");
    commits += appended > committed ? 1 : 0;
    committed = appended;
  }

  std::size_t appended{0}, committed{0}, commits{0};
  bool failing{false};

 private:
  std::unique_ptr<MessageStore> inner_{make_memory_store()};
};

class Commit : public testing::Test {
 protected:
  Commit() {
    auto options = client_options(exchange.acceptor->open(plain_door("KalshiRT", true)).value(), fresh_key(), "KalshiRT");
    options.plan.keep_sequence = true;
    client = std::make_unique<Client>(io, std::move(options), &store);
    exchange.answer = [this](AcceptorSession&, const AcceptorMessage&) { too_early += exchange.message_count > store.committed; };
    client->session->start();
    EXPECT_TRUE(run_until(io, [&] { return client->active(); }));
  }
  // In one turn of the loop.
  void send(int count) {
    boost::asio::post(io, [this, count] {
      for (int i = 0; i < count; ++i) EXPECT_TRUE(client->session->send("D", body("11=" + std::to_string(i) + "|"), {}));
    });
  }

  boost::asio::io_context io;
  Exchange exchange{io};
  CommittedStore store;
  std::unique_ptr<Client> client;
  std::size_t too_early{0};
};

TEST_F(Commit, OnceForAllThatLeavesTogether) {
  for (int turn = 1; turn <= 3; ++turn) {
    send(20);
    ASSERT_TRUE(run_until(io, [&] { return exchange.message_count == static_cast<std::size_t>(20 * turn); }));
    EXPECT_EQ(store.commits, static_cast<std::size_t>(turn));
  }
  EXPECT_EQ(too_early, 0u);
  ASSERT_TRUE(stop_and_wait(io, *client));
}

// More than leaves in one write.
TEST_F(Commit, BeforeEachWriteOfALongTurn) {
  send(5'000);
  ASSERT_TRUE(run_until(io, [&] { return exchange.message_count == 5'000; }));
  EXPECT_GT(store.commits, 1u);
  EXPECT_LT(store.commits, 200u);
  EXPECT_EQ(too_early, 0u);
  ASSERT_TRUE(stop_and_wait(io, *client));
}

TEST_F(Commit, NothingLeavesWhereItFails) {
  store.failing = true;
  send(20);
  ASSERT_TRUE(run_until(io, [&] { return client->state() == SessionState::stopped; }));
  EXPECT_EQ(client->ended().reason, EndReason::store_failed);
  EXPECT_THAT(client->ended().text, HasSubstr("the disk is gone"));
  ASSERT_TRUE(run_until(io, [&] { return exchange.logout_reasons.size() == 1; }));
  EXPECT_EQ(exchange.message_count, 0u);
}

// Also where the session's owner goes in the middle of a turn.
TEST_F(Commit, NothingLeavesWhereItFailsAndTheSessionIsGone) {
  store.failing = true;
  boost::asio::post(io, [this] {
    EXPECT_TRUE(client->session->send("D", body("11=last|"), {}));
    client.reset();
  });
  ASSERT_TRUE(run_until(io, [&] { return exchange.logout_reasons.size() == 1; }));
  EXPECT_EQ(exchange.message_count, 0u);
}

// Stored for a peer that is away: there is no write to wait for.
TEST_F(Commit, AtOnceWhileThePeerIsAway) {
  auto* kept = new CommittedStore;
  exchange.new_session = [&](const AcceptorDoor&, const std::string&) {
    AcceptedSession made;
    made.store.reset(kept);
    return made;
  };
  auto door = plain_door("KalshiRT", true);
  door.name = "other";
  ASSERT_TRUE(exchange.acceptor->open(door));
  AcceptorSession* session = exchange.acceptor->restore("other", "AWAY").value();
  ASSERT_TRUE(session->send("8", body("17=1;1|")));
  ASSERT_TRUE(session->send("8", body("17=2;1|")));
  EXPECT_EQ(kept->commits, 2u);
  kept->failing = true;
  EXPECT_FALSE(session->send("8", body("17=3;1|")));
  ASSERT_TRUE(stop_and_wait(io, *client));
}

}  // namespace
}  // namespace marginfix::test
