// The byte stream: fragments, garbled messages, bytes that are no FIX, malformed fields; and what steady traffic costs.
#include <algorithm>
#include <random>

#include "sessions/quickfix/wire.hpp"
#include "unit/sessions/allocation_counter.hpp"
#include "unit/sessions/wall_harness.hpp"

namespace marginfix::test {
namespace {

using wall::EndCause;

struct LoggedOn {
  explicit LoggedOn(bool keep = false, wall::SessionPlan plan = {})
      : key(fresh_key()), exchange(keep ? "KalshiRT" : "KalshiNR"), client(filled(plan, key, keep)) {
    client.connect();
    client.receive(from("A", 1, "98=0|108=30|1137=9|" + std::string(keep ? "" : "141=Y|")));
    EXPECT_TRUE(client.session->logged_on());
    client.wire.clear();
  }
  static wall::SessionPlan filled(const wall::SessionPlan& given, const std::string& key, bool keep) {
    auto plan = client_plan(key, keep);
    plan.max_message_size = given.max_message_size;
    return plan;
  }
  std::string from(const std::string& type, int seq, const std::string& rest) const {
    return framed("35=" + type + "|34=" + std::to_string(seq) + "|49=" + exchange + "|52=20260101-00:00:01.000|56=" + key + "|" + rest);
  }
  void ended(EndCause cause) {
    ASSERT_EQ(client.ends.size(), 1u);
    EXPECT_EQ(client.ends[0].cause, cause) << client.ends[0].text;
  }
  std::string key, exchange;
  Side client;
};

TEST(WallStream, AnyFragmentationGivesTheSameMessages) {
  for (std::size_t step = 1; step < 200; step += 7) {
    LoggedOn session;
    const std::string bytes =
        session.from("8", 2, "11=a|") + session.from("0", 3, "") + session.from("8", 4, "11=b|58=" + std::string(300, 'x') + "|");
    for (std::size_t at = 0; at < bytes.size(); at += step) session.client.receive(bytes.substr(at, step));
    ASSERT_EQ(session.client.apps.size(), 2u) << step;
    EXPECT_EQ(session.client.apps[1].bytes, session.from("8", 4, "11=b|58=" + std::string(300, 'x') + "|"));
    EXPECT_EQ(session.client.session->next_target_seq(), 5);
  }
}

// Some peers end each message with a line end, which is no part of it.
TEST(WallStream, LineEndsBetweenMessagesArePassedOverInSilence) {
  for (const std::string between : {"\n", "\r\n", "\n\n\r\r\n"}) {
    for (const std::size_t step : {1U, 3U, 1000U}) {
      LoggedOn session;
      const std::size_t events = session.client.events.size();
      const std::string inside = session.from("8", 4, "11=b|58=two\r\nlines|");
      const std::string bytes = between + session.from("8", 2, "11=a|") + between + session.from("0", 3, "") + between + inside + between;
      for (std::size_t at = 0; at < bytes.size(); at += step) session.client.receive(bytes.substr(at, step));
      ASSERT_EQ(session.client.apps.size(), 2u) << step;
      EXPECT_EQ(session.client.apps[0].bytes, session.from("8", 2, "11=a|"));
      EXPECT_EQ(session.client.apps[1].bytes, inside) << "those of a field are the field's";
      EXPECT_EQ(session.client.session->next_target_seq(), 5);
      EXPECT_EQ(session.client.session->statistics().garbled, 0);
      EXPECT_EQ(session.client.events.size(), events);
      EXPECT_TRUE(session.client.ends.empty());
    }
  }
}

TEST(WallStream, WrongCheckSumIsIgnoredCountedAndShowsAsAGap) {
  LoggedOn session(true);
  std::string bad = session.from("8", 2, "11=a|");
  bad[bad.size() - 2] = bad[bad.size() - 2] == '0' ? '1' : '0';
  session.client.receive(bad);
  EXPECT_TRUE(session.client.apps.empty());
  EXPECT_EQ(session.client.session->statistics().garbled, 1);
  EXPECT_EQ(session.client.events.back().rfind("garbled message ignored: CheckSum(10) is wrong", 0), 0u) << session.client.events.back();
  session.client.receive(session.from("8", 3, "11=b|"));
  EXPECT_EQ(session.client.log.back(), "gap 2 3");
}

TEST(WallStream, WrongBodyLengthIsSkippedToTheNextMessage) {
  for (const std::string length : {"5", "60", "100", "x", "", "999999"}) {
    LoggedOn session(true);
    std::string bad = session.from("8", 2, "11=a|");
    const auto at = bad.find("9=") + 2;
    bad.replace(at, bad.find('\x01', at) - at, length);
    session.client.receive(bad);
    session.client.receive(session.from("8", 3, "11=b|"));
    session.client.receive(session.from("8", 4, "11=c|") + std::string(length == "999999" ? 1 : 0, '8'));
    if (length == "999999") continue;  // waits for the bytes announced, the heartbeat time-out is its end
    EXPECT_GE(session.client.session->statistics().garbled, 1) << length;
    ASSERT_FALSE(session.client.log.empty()) << length;
    EXPECT_EQ(session.client.log.back().substr(0, 5), "gap 2") << length;
    EXPECT_TRUE(session.client.ends.empty()) << length;
  }
}

TEST(WallStream, MsgTypeNotInThirdPlaceIsGarbled) {
  LoggedOn session;
  session.client.receive(framed("34=2|35=8|49=KalshiNR|52=20260101-00:00:01.000|56=" + session.key + "|"));
  EXPECT_EQ(session.client.session->statistics().garbled, 1);
  EXPECT_TRUE(session.client.apps.empty());
}

TEST(WallStream, BytesThatAreNoFixEndTheConnection) {
  for (const std::string bytes : {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x03\x00\x02\x02\x28",
                                  "8=FIX.4.4\x01"
                                  "9=5\x01"}) {
    LoggedOn session;
    session.client.receive(bytes);
    session.ended(EndCause::protocol_error);
    EXPECT_NE(session.client.ends[0].text.find("no FIXT.1.1 message"), std::string::npos);
  }
}

TEST(WallStream, MessageLargerThanTheLimitEndsTheConnection) {
  wall::SessionPlan plan;
  plan.max_message_size = 1000;
  LoggedOn session(false, plan);
  session.client.receive(session.from("8", 2, "58=" + std::string(800, 'x') + "|"));
  EXPECT_EQ(session.client.apps.size(), 1u);
  session.client.receive(session.from("8", 3, "58=" + std::string(1000, 'x') + "|").substr(0, 30));
  session.ended(EndCause::protocol_error);
}

TEST(WallStream, MessageWithoutANumberEndsTheConnection) {
  for (const char* number : {"", "34=|", "34=x|", "34=0|", "34=-3|", "34=99999999999|"}) {
    LoggedOn session;
    session.client.receive(framed("35=8|" + std::string(number) + "49=KalshiNR|52=20260101-00:00:01.000|56=" + session.key + "|11=a|"));
    session.ended(EndCause::protocol_error);
  }
}

TEST(WallStream, MalformedFieldsAreDeliveredAndKillNothing) {
  const std::vector<std::string> bodies = {
      "abc=1|11=a|",        "=|",          "11|", "58=|58=|58=|", "38=not a number|", "11=a|11=a|11=b|", "9999999999999=1|", "-5=1|",
      "453=2|448=a|453=7|", "52=nonsense|"};
  for (const bool keep : {false, true}) {
    LoggedOn session(keep);
    int seq = 2;
    for (const std::string& body : bodies) session.client.receive(session.from("8", seq++, body));
    ASSERT_EQ(session.client.apps.size(), bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i)
      EXPECT_EQ(session.client.apps[i].bytes, session.from("8", static_cast<int>(i) + 2, bodies[i]));
    EXPECT_TRUE(session.client.ends.empty());
    EXPECT_TRUE(session.client.wire.empty()) << "nothing is rejected by the session layer";
  }
}

TEST(WallStream, MalformedMessageInsideAGapIsDeliveredInItsTurn) {
  LoggedOn session(true);
  session.client.receive(session.from("8", 3, "abc=1|453=2|448=x|448=y|"));
  session.client.receive(session.from("8", 2, "43=Y|122=never|11=a|"));
  ASSERT_EQ(session.client.apps.size(), 2u);
  EXPECT_EQ(session.client.apps[1].bytes, session.from("8", 3, "abc=1|453=2|448=x|448=y|"));
}

TEST(WallStream, HeaderFieldsInAnyOrderAndUnknownOnesAreUnderstood) {
  LoggedOn session;
  session.client.receive(framed("35=8|1128=9|56=" + session.key + "|50=x|52=20260101-00:00:01.000|34=2|49=KalshiNR|11=a|34=77|"));
  ASSERT_EQ(session.client.apps.size(), 1u);
  EXPECT_EQ(session.client.apps[0].seq, 2);
  session.client.receive(framed("35=8|11=a|34=3|56=" + session.key + "|49=KalshiNR|"));
  EXPECT_EQ(session.client.apps.size(), 2u) << "header fields behind the body";
}

TEST(WallStream, DataFieldsMayHoldSohAndLooksLikeFields) {
  const std::string raw = wired("35=8|34=2|95=12|96=a|34=99|b=c||58=t|10=001|");
  wall::FieldCursor cursor(raw.data(), raw.size());
  wall::Field field;
  std::vector<std::string> values;
  while (cursor.next(&field)) values.push_back(std::to_string(field.tag) + "=" + piped(field.value.text()));
  EXPECT_EQ(values, (std::vector<std::string>{"35=8", "34=2", "95=12", "96=a|34=99|b=c|", "58=t", "10=001"}));
}

// Every prefix, every changed byte and random bytes: no crash, no hang, and never a message that was not sent.
TEST(WallStream, DamagedBytesNeverBecomeMessages) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same bytes each run
  const std::string key = fresh_key();
  for (int round = 0; round < 400; ++round) {
    Side client(client_plan(key, true));
    client.connect();
    client.receive(framed("35=A|34=1|49=KalshiRT|52=20260101-00:00:01.000|56=" + key + "|98=0|108=30|1137=9|"));
    std::vector<std::string> good;
    std::string bytes;
    for (int seq = 2; seq < 6; ++seq) {
      good.push_back(framed("35=8|34=" + std::to_string(seq) + "|49=KalshiRT|52=20260101-00:00:01.000|56=" + key +
                            "|11=" + std::to_string(random()) + "|"));
      bytes += good.back();
    }
    bytes[random() % bytes.size()] ^= static_cast<char>(1U << (random() % 8));
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t step = 1 + random() % 90;
      client.receive(bytes.substr(at, step));
      at += step;
    }
    for (const Seen& seen : client.apps) {
      EXPECT_NE(std::find(good.begin(), good.end(), seen.bytes), good.end()) << piped(seen.bytes);
    }
  }
}

TEST(WallStream, CallbacksMayEndTheConnectionInTheMiddleOfABurst) {
  for (const int way : {0, 1, 2, 3}) {
    LoggedOn session;
    auto& engine = *session.client.session;
    session.client.when_app = [&](const Seen&) {
      if (way == 0) engine.abort();
      if (way == 1) engine.disconnected();
      if (way == 2) engine.logout("enough");
      if (way == 3) {
        engine.disconnected();
        session.client.connect();
      }
    };
    session.client.receive(session.from("8", 2, "11=a|") + session.from("8", 3, "11=b|") + session.from("8", 4, "11=c|"));
    EXPECT_EQ(session.client.apps.size(), way == 2 ? 3u : 1u) << way;
    session.client.when_app = nullptr;
  }
}

TEST(WallStream, SendingFromWithinOnAppAndOnLogonKeepsOrder) {
  Pair pair(false);
  pair.client.when_logged_on = [&] { EXPECT_EQ(pair.client.app("D", "11=first|").seq, 2); };
  pair.server.when_app = [&](const Seen& seen) { EXPECT_TRUE(pair.server.app("8", "11=" + value_of(piped(seen.bytes), 11) + "|").ok); };
  pair.connect();
  ASSERT_EQ(pair.client.apps.size(), 1u);
  EXPECT_EQ(value_of(piped(pair.client.apps[0].bytes), 11), "first");
}

// A sink that keeps nothing, so that what is counted is the wall's own.
class QuietSide : public wall::Link, public wall::SessionEvents {
 public:
  explicit QuietSide(const wall::SessionPlan& plan) : store_(make_memory_store()), session(wall::make_session(plan, *store_, *this)) {}
  void send(const char*, std::size_t size) override { bytes += size; }
  void close() override {}
  bool sign_logon(const wall::LogonSigning&, std::string* base64, std::string*) override {
    *base64 = "c2ln";
    return true;
  }
  void on_logon(const wall::InboundMessage&) override {}
  void on_app(const wall::InboundMessage&) override { ++apps; }
  void on_admin(const wall::InboundMessage&) override {}
  void on_sent(const char*, std::size_t) override {}
  void on_gap(std::int64_t, std::int64_t) override {}
  void on_gap_filled() override {}
  void on_end(wall::EndCause, const std::string&, int) override {}
  void on_event(const std::string&) override {}

 private:
  std::unique_ptr<MessageStore> store_;

 public:
  std::unique_ptr<wall::Session> session;
  std::size_t bytes{0};
  int apps{0};
};

TEST(WallStream, SteadyTrafficAllocatesNothing) {
  const std::string key = fresh_key();
  QuietSide side(client_plan(key, false));
  side.session->connected(side);
  const auto give = [&](const std::string& bytes) { side.session->received(bytes.data(), bytes.size()); };
  give(framed("35=A|34=1|49=KalshiNR|52=20260101-00:00:01.000|56=" + key + "|98=0|108=30|141=Y|1137=9|"));
  ASSERT_TRUE(side.session->logged_on());
  std::vector<std::string> inbound;
  for (int seq = 2; seq < 200; ++seq) {
    inbound.push_back(framed("35=8|34=" + std::to_string(seq) + "|49=KalshiNR|52=20260101-00:00:01.000|56=" + key + "|11=a|37=x|17=1;1|"));
  }
  const std::string body = wired("11=0123456789|38=10|40=2|44=1.5000|54=1|55=BTC-PERP|59=1|");
  const std::string type = "D", sub_id = "operator";
  ASSERT_TRUE(side.session->send_app(type, body.data(), body.size(), sub_id).ok);  // buffers grow once
  give(inbound[0]);
  const long before = allocations_so_far();
  for (std::size_t i = 1; i < inbound.size(); ++i) {
    give(inbound[i]);
    side.session->send_app(type, body.data(), body.size(), sub_id);
  }
  EXPECT_EQ(allocations_so_far() - before, 0);
  EXPECT_EQ(side.apps, 198);
}

}  // namespace
}  // namespace marginfix::test
