// OrderTracker: whose an event is, what is forgotten, and that a restored one behaves as the one it was taken from.
#include "marginfix/domain/order_tracker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

namespace marginfix::tracking {
namespace {

using Kind = OrderEffectKind;

FixedPointCount lots(int n) { return FixedPointCount::whole(n); }
const DollarDecimal kLimit = DollarDecimal::from_units(6'250'000);
Timestamp at(int second) { return Timestamp(std::chrono::seconds(1'790'000'000 + second)); }

NewSent sent(const char* id, int quantity = 10) { return {id, "S", Side::Buy, lots(quantity), kLimit, 0}; }
ReplaceSent amend(const char* id, const char* of, int quantity) { return {id, lots(quantity), kLimit, of}; }

struct Said {
  const char *id, *of, *order_id;
  int exec, cum, leaves;
};
OrderReport said(ExecType type, OrdStatus status, const Said& s) {
  OrderReport r;
  r.exec_type = type;
  r.ord_status = status;
  r.cl_ord_id = s.id;
  if (*s.of != '\0') r.orig_cl_ord_id = s.of;
  r.order_id = s.order_id;
  r.exec_id = ExecId(s.exec == 0 ? std::string("-1;-1") : "1;" + std::to_string(s.exec));
  r.last_mkt = s.exec == 0 ? "" : "2";
  r.symbol = "S";
  r.side = Side::Buy;
  r.cum_qty = lots(s.cum);
  r.leaves_qty = lots(s.leaves);
  r.order_qty = lots(s.cum + s.leaves);
  r.price = kLimit;
  r.transact_time = at(s.exec);
  return r;
}
OrderReport accepted(const char* id, const char* order_id, int exec) {
  return said(ExecType::New, OrdStatus::New, {id, "", order_id, exec, 0, 10});
}
OrderReport traded(const char* id, const char* order_id, int exec, int last, int cum, int leaves) {
  OrderReport r =
      said(ExecType::Trade, leaves == 0 ? OrdStatus::Filled : OrdStatus::PartiallyFilled, {id, "", order_id, exec, cum, leaves});
  r.last_qty = lots(last);
  r.last_px = kLimit;
  return r;
}
OrderReport refused(const char* id, const char* order_id) {
  OrderReport r = said(ExecType::Rejected, OrdStatus::Rejected, {id, "", order_id, 0, 0, 0});
  r.text = "INSUFFICIENT_BALANCE";
  return r;
}

std::vector<Kind> kinds(const OrderTracker::Change& change) {
  std::vector<Kind> out;
  for (const OrderEffect& e : change.effects) out.push_back(e.kind);
  return out;
}

struct Tracking : testing::Test {
  OrderTracker tracker;
  int second{0};
  OrderTracker::Change tell(const OrderEvent& event) { return tracker.apply(event, at(++second)); }
};

TEST_F(Tracking, FindsAnOrderUnderEveryIdItHasHad) {
  tell(sent("a"));
  tell(accepted("a", "O1", 1));
  tell(amend("b", "a", 12));
  EXPECT_EQ(tracker.find("b"), tracker.find("a")) << "asked for";
  tell(said(ExecType::Replaced, OrdStatus::Replaced, {"b", "a", "O1", 2, 0, 12}));
  tell(CancelSent{"c", "b"});
  EXPECT_THAT(kinds(tell(said(ExecType::Canceled, OrdStatus::Canceled, {"c", "b", "O1", 3, 0, 0}))), testing::ElementsAre(Kind::canceled));
  ASSERT_NE(tracker.find("a"), nullptr);
  for (const char* id : {"a", "b", "c"}) EXPECT_EQ(tracker.find(id), tracker.find_by_order_id("O1")) << id;
  EXPECT_EQ(tracker.find("d"), nullptr);
  EXPECT_EQ(tracker.find(""), nullptr);
  const TrackedOrder& order = *tracker.find("a");
  EXPECT_EQ(order.state.phase, OrderPhase::canceled);
  EXPECT_EQ(order.state.first_id(), "a");
  EXPECT_EQ(order.state.own_id(), "b");
  EXPECT_EQ(order.first_event, at(1));
  EXPECT_EQ(order.last_event, at(6));
  EXPECT_EQ(order.last_sent, at(5));
  EXPECT_EQ(tracker.size(), 1U);
}

TEST_F(Tracking, ARefusedRequestFindsItsOrderAsLongAsThatIsKept) {
  tell(sent("a"));
  tell(accepted("a", "O1", 1));
  tell(amend("b", "a", 12));
  EXPECT_THAT(kinds(tell(CancelRejected{"b", OrdStatus::New, "no", "a", "O1"})), testing::ElementsAre(Kind::request_rejected));
  EXPECT_EQ(tracker.find("b"), tracker.find("a"));
  EXPECT_THAT(tracker.in_hand(), testing::ElementsAre(tracker.find("a")));
}

TEST_F(Tracking, OrderIdDecidesBetweenTwoOrdersThatHadOneClOrdId) {
  tell(sent("a"));
  tell(accepted("a", "O1", 1));
  tell(said(ExecType::Expired, OrdStatus::Expired, {"a", "", "O1", 2, 0, 0}));
  tell(sent("a"));
  tell(accepted("a", "O2", 3));
  EXPECT_EQ(tracker.find("a"), tracker.find_by_order_id("O2")) << "the one that lives";
  EXPECT_EQ(tracker.find_by_order_id("O1")->state.phase, OrderPhase::expired);
  // A trade of the first one, told late.
  EXPECT_THAT(kinds(tell(traded("a", "O1", 2, 3, 3, 0))), testing::Contains(Kind::fill));
  EXPECT_EQ(tracker.find_by_order_id("O1")->state.cum_qty, lots(3));
  EXPECT_EQ(tracker.find_by_order_id("O2")->state.cum_qty, lots(0));
  // Another program's order under an id that lives here is an order of its own, too.
  tell(accepted("a", "O3", 4));
  EXPECT_EQ(tracker.size(), 3U);
}

TEST_F(Tracking, AnOrderThatAnotherDoorAmendedBeforeItsFirstWordIsOne) {
  tell(sent("a"));
  tell(traded("b", "O1", 3, 1, 1, 9));  // REST had amended it by then
  EXPECT_NE(tracker.find("a"), tracker.find("b")) << "nobody has said yet that they are one";
  tell(accepted("a", "O1", 1));  // late
  EXPECT_EQ(tracker.find("a"), tracker.find_by_order_id("O1"));
  EXPECT_EQ(tracker.find("a")->first_event, at(1));
  EXPECT_EQ(tracker.find("a")->last_sent, at(1));
  EXPECT_EQ(tracker.size(), 1U);
  // An id that an order has left is free: a later D with it is another order, whatever is told late of the first.
  tell(sent("a"));
  tell(accepted("a", "O1", 1));
  EXPECT_EQ(tracker.size(), 2U);
  EXPECT_EQ(tracker.find("a")->state.phase, OrderPhase::sent);
}

TEST_F(Tracking, ARejectedOrderTwiceToldIsOneAndItsIdMayBeUsedAgain) {
  tell(refused("a", "R1"));  // by one's own session
  tell(refused("a", "R1"));  // and by the listener
  EXPECT_EQ(tracker.size(), 1U);
  EXPECT_EQ(tracker.find_by_order_id("R1"), nullptr) << "no order has it";
  EXPECT_THAT(kinds(tell(accepted("a", "O1", 1))), testing::ElementsAre(Kind::accepted)) << "sent again by somebody else";
  EXPECT_EQ(tracker.find("a"), tracker.find_by_order_id("O1"));
  tell(sent("b"));
  tell(refused("b", "R2"));
  tell(sent("b"));
  EXPECT_EQ(tracker.find("b")->state.phase, OrderPhase::sent);
  EXPECT_THAT(kinds(tell(refused("b", "R3"))), testing::ElementsAre(Kind::rejected)) << "of the one that waits";
  EXPECT_EQ(tracker.size(), 4U);
}

TEST_F(Tracking, WhoeverTellsFirstBeginsTheOrder) {
  Baseline read{"a", "O1", "S", Side::Buy, lots(10), lots(4), lots(6), kLimit};
  EXPECT_THAT(kinds(tell(read)), testing::ElementsAre(Kind::accepted));
  EXPECT_EQ(tracker.find("a"), tracker.find_by_order_id("O1"));
  // Drop copy of a trade from before, one of after, and the order of a listener's report alone.
  EXPECT_THAT(kinds(tell(traded("a", "O1", 1, 4, 4, 6))), testing::ElementsAre(Kind::duplicate));
  EXPECT_THAT(kinds(tell(traded("a", "O1", 2, 6, 10, 0))), testing::ElementsAre(Kind::fill));
  tell(said(ExecType::Replaced, OrdStatus::Replaced, {"y", "x", "O2", 3, 0, 5}));
  EXPECT_EQ(tracker.find("x"), tracker.find("y"));
  EXPECT_EQ(tracker.find("x")->state.first_id(), "x");
  EXPECT_EQ(tracker.size(), 2U);
}

TEST_F(Tracking, AnUnknownOutcomeIsKeptUntilAnybodyResolvesIt) {
  tell(sent("a"));
  tell(sent("b"));
  tell(OutcomeUnknown{"a", UnknownCause::connection_ended});
  tell(OutcomeUnknown{"b", UnknownCause::gap_filled});
  EXPECT_EQ(tracker.find("a")->state.unknown, UnknownCause::connection_ended);
  EXPECT_EQ(tracker.in_hand().size(), 2U);
  // REST found the one, and the exchange refuses a second copy of the other.
  Baseline found{"a", "O1", "S", Side::Buy, lots(10), lots(0), lots(10), kLimit};
  found.as_of = at(1);
  EXPECT_THAT(kinds(tell(found)), testing::ElementsAre(Kind::accepted));
  EXPECT_EQ(tracker.find("a"), tracker.find_by_order_id("O1"));
  tell(sent("b"));
  OrderReport exists = refused("b", "R1");
  exists.ord_rej_reason = OrdRejReason::DuplicateOrder;
  EXPECT_THAT(kinds(tell(exists)), testing::ElementsAre(Kind::accepted));
  EXPECT_EQ(tracker.size(), 2U);
}

TEST_F(Tracking, ATradeOfAnOrderThatNobodyHasToldOfComesBack) {
  Fill fill;
  fill.order_id = "O9";
  fill.trade_id = "t-1";
  fill.quantity = lots(2);
  const auto change = tell(fill);
  EXPECT_EQ(change.order, nullptr);
  ASSERT_EQ(change.effects.size(), 1U);
  EXPECT_EQ(change.effects.front().kind, Kind::contradiction);
  EXPECT_EQ(change.effects.front().fill, fill);
  EXPECT_EQ(tracker.size(), 0U);
  for (const OrderEvent& event :
       {OrderEvent(amend("b", "a", 3)), OrderEvent(CancelSent{"c", "a"}), OrderEvent(RequestRefused{"a", "no"}),
        OrderEvent(CancelRejected{"c", OrdStatus::New, "no", "a", "NONE"}), OrderEvent(OutcomeUnknown{"a", UnknownCause::unanswered})}) {
    EXPECT_THAT(kinds(tell(event)), testing::ElementsAre(Kind::unknown_request));
  }
  EXPECT_EQ(tracker.size(), 0U);
}

TEST_F(Tracking, AFillByWebSocketReachesAnOrderThatHasNoOrderIdYet) {
  tell(sent("a"));
  Fill fill;
  fill.order_id = "O1";
  fill.cl_ord_id = "a";
  fill.trade_id = "t-1";
  fill.symbol = "S";
  fill.side = Side::Buy;
  fill.quantity = lots(2);
  fill.price = kLimit;
  EXPECT_THAT(kinds(tell(fill)), testing::ElementsAre(Kind::fill));
  OrderReport report = traded("a", "O1", 1, 2, 2, 8);
  report.trade_id = "t-1";
  EXPECT_THAT(kinds(tell(report)), testing::ElementsAre(Kind::duplicate));
  EXPECT_EQ(tracker.find_by_order_id("O1")->state.booked_qty, lots(2));
}

TEST_F(Tracking, ForgetsWhatIsDoneWithAndKeepsWhatIsInHand) {
  tell(accepted("done", "O1", 1));
  tell(traded("done", "O1", 2, 10, 10, 0));
  tell(accepted("live", "O2", 3));
  tell(accepted("lacking", "O3", 4));
  tell(traded("lacking", "O3", 6, 4, 10, 0));  // six have not come
  tell(accepted("asked", "O4", 7));
  tell(CancelSent{"c", "asked"});
  tell(traded("asked", "O4", 8, 10, 10, 0));  // the cancel's 9 is to come
  const int before = second;
  tell(accepted("late", "O5", 9));
  tell(traded("late", "O5", 10, 10, 10, 0));
  EXPECT_EQ(tracker.in_hand().size(), 3U);
  EXPECT_EQ(tracker.forget(at(before + 1)), 1U);
  EXPECT_EQ(tracker.find("done"), nullptr);
  EXPECT_EQ(tracker.find_by_order_id("O1"), nullptr);
  EXPECT_NE(tracker.find("late"), nullptr) << "told of since";
  EXPECT_EQ(tracker.forget_all_ended(at(before + 1)), 2U);
  EXPECT_EQ(tracker.find("c"), nullptr);
  EXPECT_THAT(tracker.all(), testing::ElementsAre(tracker.find("live"), tracker.find("late")));
  // An id that is free again.
  tell(sent("done"));
  EXPECT_EQ(tracker.find("done")->state.phase, OrderPhase::sent);
}

// ---- snapshots ----------------------------------------------------------------------------------------------------------------

// Files of version 1 stay readable: these texts are what it wrote.
constexpr std::string_view kEmpty = "marginfix orders 1\n0 0 \nsum 1ce79e075f9dd8fc\n";
constexpr std::string_view kOne =
    "marginfix orders 1\n"
    "1 1 1 5 1:a 0 0: 2:O1 1:S 49 0 1000 6250000 400 600 400 1 0 3:c 1 0 0 0 1 0 1 5:2|1;2 0: 400 400 0: 0 400 0 1:2 3:1;2 "
    "1790000002000000 0 3:1;2 0 1 1:a 3:0;0 0 0 1790000001000000 1790000005000000 1790000004000000 \n"
    "sum dc5a54cd9eb03540\n";

// What this version writes.
constexpr std::string_view kEmptyNow = "marginfix orders 2\n0 0 \nsum 21f24c286856b389\n";
constexpr std::string_view kOneNow =
    "marginfix orders 2\n"
    "1 1 1 5 1:a 0 0: 2:O1 1:S 49 0 1000 6250000 400 600 400 1 0 3:c 1 0 0 0 1 0 1 5:2|1;2 0: 400 400 0: 0 400 0 1:2 3:1;2 "
    "1790000002000000 0 3:1;2 0 1 1:a 3:0;0 0 0 0 1790000001000000 1790000005000000 1790000004000000 \n"
    "sum af2b9eba0adf9f61\n";

TEST_F(Tracking, ASnapshotIsTheTextOfItsVersionAndVersionOneIsRead) {
  EXPECT_EQ(OrderTracker().snapshot(), kEmptyNow);
  EXPECT_EQ(OrderTracker::restore(kEmpty).value().snapshot(), kEmptyNow);
  tell(sent("a"));
  tell(accepted("a", "O1", 1));
  tell(traded("a", "O1", 2, 4, 4, 6));
  tell(CancelSent{"c 1", "a"});
  tell(OutcomeUnknown{"c 1", UnknownCause::connection_ended});
  EXPECT_EQ(tracker.snapshot(), kOneNow);
  for (const std::string_view written : {kOne, kOneNow}) {
    const OrderTracker restored = OrderTracker::restore(written).value();
    EXPECT_EQ(*restored.find("c 1"), *tracker.find("c 1"));
    EXPECT_EQ(restored.find("a"), restored.find_by_order_id("O1"));
    EXPECT_EQ(restored.snapshot(), kOneNow);
  }
}

// One's own session and a listener both tell of it: it answers one of the two Ds.
TEST_F(Tracking, ARejectedToldTwiceAnswersOneOfTwoOrdersWithTheSameId) {
  const auto no = [](const char* order_id, int second_of_it) {
    OrderReport r = refused("a", order_id);
    r.transact_time = at(second_of_it);
    return r;
  };
  tell(sent("a"));
  tell(OutcomeUnknown{"a", UnknownCause::connection_ended});
  tell(sent("a"));
  EXPECT_EQ(kinds(tell(no("R1", 100))), std::vector{Kind::request_rejected});
  EXPECT_EQ(kinds(tell(no("R1", 100))), std::vector{Kind::duplicate});
  EXPECT_EQ(tracker.find("a")->state.phase, OrderPhase::outcome_unknown) << "nobody has said what became of the other";
  // Also across a restart.
  OrderTracker restored = OrderTracker::restore(tracker.snapshot()).value();
  EXPECT_EQ(*restored.find("a"), *tracker.find("a"));
  EXPECT_EQ(kinds(restored.apply(no("R1", 100), at(200))), std::vector{Kind::duplicate});
  EXPECT_EQ(kinds(restored.apply(no("R2", 101), at(201))), std::vector{Kind::rejected});
  EXPECT_EQ(kinds(tell(no("R1", 101))), std::vector{Kind::rejected}) << "another, of another time";
}

TEST_F(Tracking, ARejectedOfTheFirstToldLateDoesNotAnswerTheSecond) {
  OrderReport unavailable = refused("a", "R1");
  unavailable.text = "EXCHANGE_UNAVAILABLE";
  tell(sent("a"));
  EXPECT_EQ(kinds(tell(unavailable)), std::vector{Kind::outcome_unknown});
  tell(sent("a"));
  EXPECT_EQ(kinds(tell(unavailable)), std::vector{Kind::duplicate});
  EXPECT_EQ(tracker.find("a")->state.unanswered, 1U) << "the second";
}

TEST_F(Tracking, ADamagedSnapshotIsRefusedWholeAndSaysWhy) {
  tell(sent("a"));
  tell(accepted("a", "O1", 1));
  const std::string good = tracker.snapshot();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_EQ(OrderTracker::restore(bad).error().category, ErrorCategory::decode) << i;
    EXPECT_FALSE(OrderTracker::restore(good.substr(0, i))) << i;
  }
  EXPECT_FALSE(OrderTracker::restore(good + " "));
  std::string newer = good;
  newer.replace(newer.find(" 2\n"), 3, " 3\n");
  EXPECT_THAT(OrderTracker::restore(newer).error().message, testing::HasSubstr("its version is 3, this program reads 1 to 2"));
}

// An exchange of some orders: what it says of them, and what the account has asked for.
class SmallExchange {
 public:
  explicit SmallExchange(std::uint64_t seed) : random_(seed) {}

  struct Truth {
    std::string id, order_id;
    int cum{0}, leaves{0};
    bool ended{false}, canceled{false};
  };
  const std::vector<Truth>& truths() const { return orders_; }
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }

  std::vector<OrderEvent> one() {
    const int dice = below(100);
    if (orders_.empty() || dice < 25) return place();
    Truth& o = orders_[static_cast<std::size_t>(below(static_cast<int>(orders_.size())))];
    if (dice < 30) return {read(o)};
    if (o.ended) return {CancelSent{fresh(), o.id}, CancelRejected{last_id(), OrdStatus::Filled, "too late", o.id, o.order_id}};
    if (dice < 65) return {trade(o)};
    if (dice < 80) return replace(o);
    if (dice < 88) return cancel(o);
    if (dice < 94) return {CancelSent{fresh(), o.id}, OutcomeUnknown{last_id(), UnknownCause::unanswered}};
    return {amend(fresh().c_str(), o.id.c_str(), 50), CancelRejected{last_id(), OrdStatus::New, "no", o.id, o.order_id}};
  }

 private:
  std::string fresh() { return "i" + std::to_string(++id_); }
  std::string last_id() const { return "i" + std::to_string(id_); }
  Said words(const Truth& o, const std::string& id, const std::string& of, bool numbered = true) {
    return {id.c_str(), of.c_str(), o.order_id.c_str(), numbered ? ++exec_ : 0, o.cum, o.leaves};
  }

  std::vector<OrderEvent> place() {
    const std::string id = fresh();
    std::vector<OrderEvent> events;
    if (below(3) != 0) events.emplace_back(NewSent{id, "S", Side::Buy, lots(10), kLimit, 0});
    if (below(8) == 0) {
      events.emplace_back(refused(id.c_str(), ("R" + id).c_str()));
      return events;
    }
    orders_.push_back({id, "O" + id, 0, 10});
    events.emplace_back(said(ExecType::New, OrdStatus::New, words(orders_.back(), id, "")));
    return events;
  }
  OrderEvent trade(Truth& o) {
    const int last = 1 + below(o.leaves);
    o.cum += last;
    o.leaves -= last;
    o.ended = o.leaves == 0;
    OrderReport r = said(ExecType::Trade, o.ended ? OrdStatus::Filled : OrdStatus::PartiallyFilled, words(o, o.id, ""));
    r.last_qty = lots(last);
    r.last_px = kLimit;
    r.trade_id = "t" + r.exec_id.text();
    return r;
  }
  std::vector<OrderEvent> replace(Truth& o) {
    const std::string of = std::exchange(o.id, fresh());
    o.leaves = 1 + below(20);
    const OrderReport pending = said(ExecType::PendingReplace, OrdStatus::PendingReplace, words(o, o.id, of, false));
    const OrderReport replaced = said(ExecType::Replaced, OrdStatus::Replaced, words(o, o.id, of));
    return {ReplaceSent{o.id, replaced.order_qty, kLimit, of}, pending, replaced};
  }
  std::vector<OrderEvent> cancel(Truth& o) {
    const std::string request = fresh();
    o.leaves = 0;
    o.ended = o.canceled = true;
    return {CancelSent{request, o.id}, said(ExecType::Canceled, OrdStatus::Canceled, words(o, request, o.id))};
  }
  OrderEvent read(const Truth& o) const {
    Baseline b{o.id, o.order_id, "S", Side::Buy, lots(o.cum + o.leaves), lots(o.cum), lots(o.leaves), kLimit};
    b.as_of = at(exec_);
    b.canceled = o.canceled;
    return b;
  }

  std::mt19937_64 random_;
  std::vector<Truth> orders_;
  int id_{0}, exec_{0};
};

bool is_sent(const OrderEvent& event) {
  return std::holds_alternative<NewSent>(event) || std::holds_alternative<ReplaceSent>(event) || std::holds_alternative<CancelSent>(event);
}

// What is sent is known at once; what comes back comes late, in any order, and reports now and then twice.
std::vector<OrderEvent> arrivals(SmallExchange& exchange, int steps) {
  std::vector<OrderEvent> events, late;
  const auto deliver = [&] {
    std::swap(late[static_cast<std::size_t>(exchange.below(static_cast<int>(late.size())))], late.back());
    events.push_back(std::move(late.back()));
    late.pop_back();
  };
  for (int i = 0; i < steps; ++i) {
    for (OrderEvent& e : exchange.one()) {
      if (std::holds_alternative<OrderReport>(e) && exchange.below(6) == 0) late.push_back(e);
      (is_sent(e) ? events : late).push_back(std::move(e));
    }
    while (late.size() > 8) deliver();
  }
  while (!late.empty()) deliver();
  return events;
}

TEST(OrderTrackerProperty, ARestoredTrackerBehavesAsTheOneItWasTakenFrom) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    SmallExchange exchange(seed);
    const auto events = arrivals(exchange, 120);
    OrderTracker tracker, restored;
    int second = 0;
    for (const OrderEvent& event : events) {
      if (exchange.below(10) == 0) restored = OrderTracker::restore(restored.snapshot()).value();
      if (exchange.below(40) == 0) {
        EXPECT_EQ(tracker.forget(at(second - 30)), restored.forget(at(second - 30)));
      }
      ++second;
      const auto ours = tracker.apply(event, at(second));
      const auto theirs = restored.apply(event, at(second));
      ASSERT_EQ(ours.order == nullptr, theirs.order == nullptr);
      if (ours.order != nullptr) {
        ASSERT_EQ(*ours.order, *theirs.order);
      }
      ASSERT_TRUE(std::ranges::equal(ours.effects, theirs.effects));
    }
    EXPECT_EQ(tracker.snapshot(), restored.snapshot());
  }
}

TEST(OrderTrackerProperty, EveryOrderEndsAsTheExchangeHasIt) {
  for (std::uint64_t seed = 100; seed <= 130; ++seed) {
    SCOPED_TRACE(seed);
    SmallExchange exchange(seed);
    OrderTracker tracker;
    std::map<std::string, FixedPointCount> booked;
    for (const OrderEvent& event : arrivals(exchange, 150)) {
      const auto change = tracker.apply(event, at(0));
      for (const OrderEffect& e : change.effects) {
        if (e.kind == Kind::fill) booked[e.fill->order_id] += e.fill->quantity;
      }
    }
    for (const SmallExchange::Truth& truth : exchange.truths()) {
      SCOPED_TRACE(truth.order_id);
      const TrackedOrder* order = tracker.find_by_order_id(truth.order_id);
      ASSERT_NE(order, nullptr);
      EXPECT_EQ(tracker.find(truth.id), order);
      EXPECT_EQ(order->state.cum_qty, lots(truth.cum));
      EXPECT_EQ(order->state.leaves_qty, lots(truth.leaves));
      EXPECT_EQ(is_final(order->state.phase), truth.ended);
      EXPECT_EQ(order->state.own_id(), truth.id);
      EXPECT_EQ(booked[truth.order_id] + order->state.baseline_qty, lots(truth.cum));
    }
  }
}

}  // namespace
}  // namespace marginfix::tracking
