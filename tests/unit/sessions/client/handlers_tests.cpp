// What all sessions have in common: handlers without knowing a session's kind, sessions as what they are, the client's clock.
#include <gmock/gmock.h>

#include "fake_session.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::test {
namespace {

constexpr const char* kNewOrder =
    "6=0|11=a|14=0.00|17=1;7|37=ord-1|38=10.00|39=0|54=1|55=BTC-PERP|60=20261122-18:32:01.123|150=0|151=10.00|";

class CommonHandlers : public SessionTest {};

TEST_F(CommonHandlers, AreSetWithoutTouchingThoseOfTheKind) {
  const auto session = SessionFactory::order_entry(config_of(SessionKind::order_entry, TargetSession::NR), context);
  int reports = 0, messages = 0, states = 0;
  session->set_handlers(
      {{.on_state = [&](const StateChange&) { states += 100; }}, [&](const fix::ExecutionReport&, const Inbound&) { ++reports; }});
  FixSession& any = *session;
  any.set_common_handlers({.on_state = [&](const StateChange&) { ++states; }, .on_message = [&](const Inbound&) { ++messages; }});
  bring_up(any);
  raw->app("8", kNewOrder);
  EXPECT_EQ(reports, 1);
  EXPECT_EQ(messages, 1);
  EXPECT_EQ(states, 2) << "connecting and active; the first handler is replaced";
  // While it runs: from the next turn on.
  any.set_common_handlers({});
  run();
  raw->app("8", kNewOrder);
  EXPECT_EQ(reports, 2);
  EXPECT_EQ(messages, 1);
}

TEST_F(CommonHandlers, AreThoseOfEveryKind) {
  const auto rounds = [&](const std::unique_ptr<ListenerSession>& listener, const std::unique_ptr<DropCopySession>& drop_copy,
                          const std::unique_ptr<MarketDataSession>& market_data) {
    for (FixSession* session : {static_cast<FixSession*>(listener.get()), static_cast<FixSession*>(drop_copy.get()),
                                static_cast<FixSession*>(market_data.get())}) {
      int messages = 0;
      session->set_common_handlers({.on_message = [&](const Inbound&) { ++messages; }});
      bring_up(*session);
      raw->admin("0", "");
      EXPECT_EQ(messages, 1) << session->name();
      session->set_common_handlers({});
      run();
    }
  };
  rounds(SessionFactory::listener(config_of(SessionKind::listener, TargetSession::NR), context),
         SessionFactory::drop_copy(config_of(SessionKind::drop_copy, TargetSession::DC), context),
         SessionFactory::market_data(config_of(SessionKind::market_data, TargetSession::MD), context));
}

MarginFixConfig four_sessions() {
  MarginFixConfig config;
  config.environment = Environment::demo;
  const SessionCredentials key{.key_id = "8f1c6a52-3e0d-4b7a-9c11-5d2f0a7be901", .private_key_path = "/keys/a.pem"};
  config.add(SessionKind::order_entry, TargetSession::NR, key);
  config.add(SessionKind::listener, TargetSession::NR, key);
  config.add(SessionKind::drop_copy, TargetSession::DC, key);
  config.add(SessionKind::market_data, TargetSession::MD, key);
  return config;
}

struct KindOf {
  std::string operator()(OrderEntrySession&) const { return "order entry"; }
  std::string operator()(ListenerSession&) const { return "listener"; }
  std::string operator()(DropCopySession&) const { return "drop copy"; }
  std::string operator()(MarketDataSession&) const { return "market data"; }
};

TEST(VisitSessions, EachComesAsWhatItIsInTheOrderOfTheConfiguration) {
  MarginFixClient client(four_sessions(), {.log = null_log_sink()});
  std::vector<std::string> kinds;
  client.visit([&](auto& session) { kinds.push_back(KindOf{}(session)); });
  EXPECT_THAT(kinds, testing::ElementsAre("order entry", "listener", "drop copy", "market data"));
  for (FixSession* session : client.sessions()) EXPECT_EQ(visit(*session, KindOf{}), to_string(session->config().kind));
}

TEST(ClientClock, TheBucketsOfAClientGoByTheClockItIsGiven) {
  ManualClock clock;
  MarginFixConfig config = four_sessions();
  config.rate_limit.write = {.capacity = 10, .refill_per_second = 10};
  MarginFixClient client(config, {.log = null_log_sink(), .clock = &clock});
  TokenBucket& bucket = client.limits()->write();
  ASSERT_TRUE(bucket.try_take(10, clock.now()));
  EXPECT_EQ(bucket.time_until(10, clock.now()), std::chrono::seconds(1)) << "full at the given clock's time, not before it";
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(bucket.try_take(10, clock.now()));
}

}  // namespace
}  // namespace marginfix::test
