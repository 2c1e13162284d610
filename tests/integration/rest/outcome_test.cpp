// Orders whose outcome nobody knows, made so by the simulated exchange, and what find_out() says of each.
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "integration/rest/fixture.hpp"
#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/services/find_out.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Outcome : public RestTest {
 protected:
  void fault(const std::string& body) {
    const auto [status, answer] = sim::test::control(sim(), "POST", "/fault", body);
    ASSERT_EQ(status, 200) << answer;
  }
  // An order of alice's by REST that ends with a time-out, a broken connection or a 5xx.
  void lose(const rest::CreateMarginOrder& op) {
    PerpsConfig config = perps("alice");
    config.http.request_timeout = 2s;
    const auto placed = PerpsClient(config).orders().create(op);
    ASSERT_FALSE(placed);
    EXPECT_TRUE(placed.error().may_have_been_sent) << placed.error().message;
    EXPECT_THAT(placed.error().message, HasSubstr("outcome is unknown"));
  }
  // Alice's drop copy alone, logged on.
  std::unique_ptr<MarginFixClient> drop_copy(DropCopyHandlers handlers) {
    auto config = MarginFixConfig::from_endpoints_file(endpoints(), "alice", folder_.path("store-dc")).value();
    config.select({"KalshiDC"}).value();
    MarginFixClientOptions options;
    options.log = null_log_sink();
    auto client = std::make_unique<MarginFixClient>(std::move(config), options);
    client->drop_copy().set_handlers(std::move(handlers));
    client->start().value();
    client->wait_until_active(30s).value();
    return client;
  }
  FoundOrder ask_for(const std::string& id, std::vector<std::string> others = {}) {
    return find_out({.reports = {}, .drop_copy = nullptr, .drop_copy_from = {}, .rest = &alice()},
                    {.cl_ord_id = id, .other_ids = std::move(others), .symbol = kQuiet, .subaccount = {}, .sent_at = system_clock().now()},
                    {.patience = 20s, .settle = 300ms, .pause = 50ms});
  }
};

TEST_F(Outcome, ARestOrderThatWasTakenIsFoundHoweverItsAnswerWasLost) {
  int n = 0;
  for (const char* how : {R"("close":"after")", R"("cut":true)", R"("delay_ms":6000)", R"("status":503,"done":true)",
                          R"("status":504,"body":"gateway","done":true)"}) {
    const std::string id = "lost-" + std::to_string(++n);
    fault(R"({"method":"POST","path":"/margin/orders",)" + std::string(how) + "}");
    lose(order(id, BookSide::bid, 3, "3.9000"));
    const FoundOrder found = ask_for(id);
    EXPECT_EQ(found.fate, OrderFate::rests) << how << ": " << found.text;
    EXPECT_EQ(found.cl_ord_id, id);
    EXPECT_FALSE(found.order_id.empty());
    EXPECT_EQ(found.remaining, contracts(3));
  }
}

TEST_F(Outcome, ARestOrderThatWasNotTakenHasNeverExisted) {
  int n = 0;
  for (const char* how : {R"("close":"before")", R"("status":503)"}) {
    const std::string id = "never-" + std::to_string(++n);
    fault(R"({"method":"POST","path":"/margin/orders",)" + std::string(how) + "}");
    lose(order(id, BookSide::bid, 3, "3.9000"));
    const FoundOrder found = ask_for(id);
    EXPECT_EQ(found.fate, OrderFate::never_existed) << how << ": " << found.text;
    EXPECT_EQ(found.order_id, "");
  }
}

TEST_F(Outcome, ALostOrderThatTradedIsFoundWithItsFills) {
  ask(bob(), order("offer", BookSide::ask, 3, "3.9000"));
  fault(R"({"method":"POST","path":"/margin/orders","close":"after"})");
  lose(order("taker", BookSide::bid, 3, "3.9000"));
  const FoundOrder found = ask_for("taker");
  EXPECT_EQ(found.fate, OrderFate::filled) << found.text;
  EXPECT_EQ(found.filled, contracts(3));
  ASSERT_EQ(found.fills.size(), 1U);
  EXPECT_EQ(found.fills[0].order_id, found.order_id);
}

TEST_F(Outcome, ALostCancelAndALostAmendShowInTheOrder) {
  const auto first = ask(order("first", BookSide::bid, 3, "3.9000"));
  fault(R"({"method":"DELETE","close":"after"})");
  const auto gone = alice().orders().cancel({.order_id = first.order_id});
  ASSERT_FALSE(gone);
  EXPECT_TRUE(gone.error().may_have_been_sent);
  EXPECT_EQ(ask_for("first").fate, OrderFate::canceled);

  const auto second = ask(order("second", BookSide::bid, 3, "3.9000"));
  fault(R"({"method":"POST","path":"/margin/orders","close":"after"})");
  rest::AmendMarginOrder amend;
  amend.order_id = second.order_id;
  amend.body.ticker = kQuiet;
  amend.body.side = BookSide::bid;
  amend.body.price = dollars("3.8000");
  amend.body.count = contracts(5);
  amend.body.client_order_id = "second";
  amend.body.updated_client_order_id = "second-b";
  EXPECT_TRUE(alice().orders().amend(amend).error().may_have_been_sent);
  const FoundOrder found = ask_for("second", {"second-b"});
  EXPECT_EQ(found.fate, OrderFate::rests) << found.text;
  EXPECT_EQ(found.cl_ord_id, "second-b");
  EXPECT_EQ(found.price, dollars("3.8000"));
  EXPECT_EQ(found.remaining, contracts(5));
}

TEST_F(Outcome, WhatCannotBeReadStaysUnknownWithTheReason) {
  const FoundOrder nothing = find_out({}, {.cl_ord_id = "x"});
  EXPECT_EQ(nothing.fate, OrderFate::unknown);
  EXPECT_THAT(nothing.text, HasSubstr("no REST client"));
  fault(R"({"status":403,"count":1000,"method":"GET"})");
  const FoundOrder refused = find_out({.rest = &alice()}, {.cl_ord_id = "x"}, {.patience = 200ms, .settle = 0ms, .pause = 50ms});
  EXPECT_EQ(refused.fate, OrderFate::unknown);
  EXPECT_THAT(refused.text, HasSubstr("403"));
  fault(R"({"clear":true})");
  const FoundOrder early = find_out({.rest = &alice()}, {.cl_ord_id = "x"}, {.patience = 100ms, .settle = 1h, .pause = 50ms});
  EXPECT_EQ(early.fate, OrderFate::unknown);
  EXPECT_THAT(early.text, HasSubstr("in no list of the exchange yet"));
}

// 21004=5 (NOT_ENABLED): most accounts may not use drop copy.
TEST_F(Outcome, ADropCopyThatIsRefusedIsNamedAndRestAnswers) {
  ASSERT_TRUE(sim().enable_drop_copy("alice", false));
  const auto past = drop_copy({});
  const auto ask_both = [&](const std::string& id) {
    return find_out({.reports = {}, .drop_copy = &past->drop_copy(), .drop_copy_from = "0;0", .rest = &alice()},
                    {.cl_ord_id = id, .other_ids = {}, .symbol = kQuiet, .subaccount = {}, .sent_at = system_clock().now()},
                    {.patience = 20s, .settle = 300ms, .pause = 50ms});
  };
  fault(R"({"method":"POST","path":"/margin/orders","close":"after"})");
  lose(order("taken", BookSide::bid, 3, "3.9000"));
  const FoundOrder found = ask_both("taken");
  EXPECT_EQ(found.fate, OrderFate::rests) << found.text;
  EXPECT_EQ(found.source, "REST");
  EXPECT_EQ(found.remaining, contracts(3));
  EXPECT_THAT(found.text, HasSubstr("drop copy is not enabled for this account"));
  const FoundOrder never = ask_both("never");
  EXPECT_EQ(never.fate, OrderFate::never_existed);
  EXPECT_THAT(never.text, HasSubstr("drop copy is not enabled for this account"));
}

TEST_F(Outcome, AReportThatHasComeIsTheAnswer) {
  OrderState state;
  state.phase = OrderPhase::canceled;
  state.cl_ord_id = "seen";
  state.cum_qty = contracts(2);
  const FindOutSources sources{.reports = [&](std::string_view) { return std::optional(state); }};
  const FoundOrder found = find_out(sources, {.cl_ord_id = "seen"});
  EXPECT_EQ(found.fate, OrderFate::canceled);
  EXPECT_EQ(found.source, "reports");
  EXPECT_EQ(found.filled, contracts(2));
}

// ---- over FIX
struct Told {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;
  bool wait(const std::string& line) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 30s, [&] { return std::ranges::find(lines, line) != lines.end(); });
  }
  std::size_t count(const std::string& line) {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::ranges::count(lines, line));
  }
  void note(std::string line) {
    {
      const std::lock_guard lock(mutex);
      lines.push_back(std::move(line));
    }
    changed.notify_all();
  }
};

class FixOutcome : public Outcome, public testing::WithParamInterface<TargetSession> {
 protected:
  void SetUp() override {
    Outcome::SetUp();
    const std::string name(target_comp_id(GetParam()));
    auto config = MarginFixConfig::from_endpoints_file(endpoints(), "alice", folder_.path("store")).value();
    config.select({name}).value();
    for (SessionConfig& session : config.sessions) session.backoff = {50ms, 500ms, 10ms};
    MarginFixClientOptions options;
    options.log = null_log_sink();
    client_ = std::make_unique<MarginFixClient>(std::move(config), options);
    OrderEntryHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) {
      told_.note(std::string(to_string(r.exec_type)) + ' ' + std::string(r.cl_ord_id));
    };
    h.on_outcome_unknown = [this](const UnknownOutcome& u) {
      told_.note(std::string(to_string(u.cause)) + ' ' + std::string(u.message.msg_type) + ' ' + std::string(u.message.cl_ord_id));
    };
    h.on_cancel_reject = [this](const fix::OrderCancelReject& r, const Inbound&) { told_.note("9 " + std::string(r.cl_ord_id)); };
    session().set_handlers(std::move(h));
    client_->start().value();
    ASSERT_TRUE(client_->wait_until_active(30s));
  }
  void TearDown() override { client_.reset(); }
  OrderEntrySession& session() { return client_->order_entry(GetParam()); }
  std::string door() const { return std::string(target_comp_id(GetParam())); }
  void fix_fault(const std::string& more) { fault(R"({"door":")" + door() + R"(",)" + more + "}"); }

  void send(const std::string& id) {
    fix::NewOrderSingle o;
    o.cl_ord_id = id;
    o.side = Side::Buy;
    o.order_qty = contracts(3);
    o.price = dollars("3.9000");
    o.symbol = kQuiet;
    o.time_in_force = TimeInForce::GTC;
    ASSERT_TRUE(session().new_order(o));
  }
  void cancel(const std::string& id, const std::string& of) {
    fix::OrderCancelRequest c;
    c.cl_ord_id = id;
    c.orig_cl_ord_id = of;
    c.side = Side::Buy;
    c.symbol = kQuiet;
    ASSERT_TRUE(session().cancel(c));
  }
  void amend(const std::string& id, const std::string& of) {
    fix::OrderCancelReplaceRequest g;
    g.cl_ord_id = id;
    g.orig_cl_ord_id = of;
    g.order_qty = contracts(5);
    g.price = dollars("3.8000");
    g.side = Side::Buy;
    g.symbol = kQuiet;
    ASSERT_TRUE(session().amend(g));
  }

  Told told_;
  std::unique_ptr<MarginFixClient> client_;
};
INSTANTIATE_TEST_SUITE_P(OrderEntry, FixOutcome, testing::Values(TargetSession::NR, TargetSession::RT),
                         [](const auto& with) { return std::string(with.param == TargetSession::NR ? "NR" : "RT"); });

TEST_P(FixOutcome, ExchangeUnavailableMayBeAnOrderThatRests) {
  fix_fault(R"("unavailable":"after","message":"D")");
  send("taken");
  ASSERT_TRUE(told_.wait("exchange unavailable D taken"));
  EXPECT_EQ(told_.count("Rejected taken"), 1U);
  EXPECT_EQ(told_.count("New taken"), 0U);
  const FoundOrder found = ask_for("taken");
  EXPECT_EQ(found.fate, OrderFate::rests) << found.text;
  // The same id again is safe: it is refused because the first one was taken.
  send("taken");
  ASSERT_TRUE(told_.wait("Rejected taken"));
  EXPECT_EQ(ask_for("taken").remaining, contracts(3));
  // Later reports of the order come as always.
  cancel("c", "taken");
  ASSERT_TRUE(told_.wait("Canceled c"));
}

TEST_P(FixOutcome, ExchangeUnavailableMayBeAnOrderThatNeverWas) {
  fix_fault(R"("unavailable":"before")");
  send("refused");
  ASSERT_TRUE(told_.wait("exchange unavailable D refused"));
  EXPECT_EQ(ask_for("refused").fate, OrderFate::never_existed);
  send("refused");  // the same ClOrdID again is safe, and now it is taken
  ASSERT_TRUE(told_.wait("New refused"));
}

TEST_P(FixOutcome, AmendsAndCancelsCanBeUnavailableToo) {
  send("a");
  ASSERT_TRUE(told_.wait("New a"));
  fix_fault(R"("unavailable":"after","message":"G")");
  amend("a2", "a");
  ASSERT_TRUE(told_.wait("exchange unavailable G a2"));
  EXPECT_EQ(told_.count("9 a2"), 1U);
  EXPECT_EQ(told_.count("Replaced a2"), 0U);
  EXPECT_EQ(ask_for("a", {"a2"}).cl_ord_id, "a2");
  fix_fault(R"("unavailable":"after","message":"F")");
  cancel("c", "a2");
  ASSERT_TRUE(told_.wait("exchange unavailable F c"));
  EXPECT_EQ(ask_for("a", {"a2"}).fate, OrderFate::canceled);
}

TEST_P(FixOutcome, DropCopyTellsWhereItIsAllowed) {
  ask(bob(), order("offer", BookSide::ask, 3, "3.9000"));
  fix_fault(R"("unavailable":"after","message":"D")");
  send("taker");
  ASSERT_TRUE(told_.wait("exchange unavailable D taker"));
  std::mutex mutex;
  std::map<std::string, OrderState, std::less<>> record;
  DropCopyHandlers h;
  h.on_execution_report = [&](const fix::ExecutionReport& r, const Inbound&) {
    const std::lock_guard lock(mutex);
    OrderState& state = record[std::string(r.cl_ord_id)];
    state = apply(std::move(state), fix::to_order_report(r)).state;
  };
  const auto past = drop_copy(std::move(h));
  FindOutSources sources;
  sources.reports = [&](std::string_view id) {
    const std::lock_guard lock(mutex);
    const auto known = record.find(id);
    return known == record.end() ? std::nullopt : std::optional(known->second);
  };
  sources.drop_copy = &past->drop_copy();
  sources.drop_copy_from = "0;0";
  const FoundOrder found = find_out(sources, {.cl_ord_id = "taker"});
  EXPECT_EQ(found.fate, OrderFate::filled) << found.text;
  EXPECT_EQ(found.source, "drop copy");
  EXPECT_EQ(found.filled, contracts(3));
}

TEST_P(FixOutcome, AnOrderInFlightWhenTheLineFallsIsFound) {
  ASSERT_TRUE(sim().silence(door(), key_id("alice")));
  send("in-flight");
  // The exchange has it before the line falls.
  while (ask_for("in-flight").fate != OrderFate::rests) std::this_thread::yield();
  ASSERT_TRUE(sim().disconnect(door(), key_id("alice")));
  ASSERT_TRUE(told_.wait("connection ended D in-flight"));
  EXPECT_EQ(told_.count("connection ended D in-flight"), 1U);
  EXPECT_EQ(ask_for("in-flight").fate, OrderFate::rests);
  if (GetParam() == TargetSession::RT) {
    ASSERT_TRUE(told_.wait("New in-flight"));  // the report was retained
  }
}

}  // namespace
}  // namespace marginfix::test
