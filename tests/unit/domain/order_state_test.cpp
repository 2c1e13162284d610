// The order-state machine: every (phase, event) pair, and the stories that go wrong elsewhere.
#include "marginfix/domain/order_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace marginfix {
namespace {

using Kind = OrderEffectKind;

FixedPointCount qty(int n) { return FixedPointCount::whole(n); }
const DollarDecimal kPrice = DollarDecimal::from_units(6'250'000);

OrderReport report(ExecType type, int cum, int leaves, OrdStatus status, const char* id = "a") {
  OrderReport r;
  r.exec_type = type;
  r.ord_status = status;
  r.cl_ord_id = id;
  r.order_id = "O";
  r.symbol = "S";
  r.side = Side::Buy;
  r.cum_qty = qty(cum);
  r.leaves_qty = qty(leaves);
  r.order_qty = qty(10);
  r.price = kPrice;
  r.exec_id = ExecId("-1;-1");
  return r;
}
OrderReport trade(const char* exec_id, int last, int cum, OrdStatus status = OrdStatus::PartiallyFilled, const char* id = "a") {
  OrderReport r = report(ExecType::Trade, cum, 10 - cum, status, id);
  r.exec_id = ExecId(exec_id);
  r.last_mkt = "2";
  r.last_qty = qty(last);
  r.last_px = kPrice;
  return r;
}
NewSent new_sent() { return {"a", "S", Side::Buy, qty(10), kPrice, 0}; }

struct Story {
  OrderState state;
  std::vector<OrderEffect> effects;
  Story& then(const OrderEvent& event) {
    auto next = apply(std::move(state), event);
    state = std::move(next.state);
    effects = std::move(next.effects);
    return *this;
  }
  bool has(Kind kind) const {
    return std::ranges::any_of(effects, [kind](const OrderEffect& e) { return e.kind == kind; });
  }
  std::string kinds() const {
    std::string text;
    for (const auto& e : effects) text += std::string(to_string(e.kind)) + ";";
    return text;
  }
};

// A state of each phase, reached by events.
Story in_phase(OrderPhase phase) {
  Story s;
  if (phase == OrderPhase::none) return s;
  s.then(new_sent());
  switch (phase) {
    case OrderPhase::none:
    case OrderPhase::sent:
      return s;
    case OrderPhase::pending_new:
      return s.then(report(ExecType::PendingNew, 0, 10, OrdStatus::PendingNew));
    case OrderPhase::outcome_unknown:
      return s.then(OutcomeUnknown{"a", UnknownCause::connection_ended, ""});
    case OrderPhase::open:
      return s.then(report(ExecType::New, 0, 10, OrdStatus::New));
    case OrderPhase::partially_filled:
      return s.then(report(ExecType::New, 0, 10, OrdStatus::New)).then(trade("1;1", 2, 2));
    case OrderPhase::filled:
      return s.then(trade("1;1", 10, 10, OrdStatus::Filled));
    case OrderPhase::canceled:
      return s.then(report(ExecType::Canceled, 0, 0, OrdStatus::Canceled));
    case OrderPhase::expired:
      return s.then(report(ExecType::Expired, 0, 0, OrdStatus::Expired));
    case OrderPhase::rejected:
      return s.then(report(ExecType::Rejected, 0, 0, OrdStatus::Rejected));
    case OrderPhase::not_sent:
      return s.then(RequestRefused{"a", "closed"});
  }
  return s;
}

struct Row {
  const char* name;
  OrderEvent event;
  const char* phases;   // after the event, one letter a phase: N S P D O H F C X R U
  const char* effects;  // the telling effect, one letter a phase, '.' = none
};
// Letters of effects: a accepted, f fill, r replaced, c canceled, e expired, j rejected, q request rejected, p pending, d duplicate,
// l late New, E after the end, ! contradiction, u unknown request, x unknown ExecType, D outcome unknown (in doubt), o out of date.
OrderReport rejected_for(const char* text) {
  OrderReport r = report(ExecType::Rejected, 0, 0, OrdStatus::Rejected);
  r.text = text;
  return r;
}
const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"NewSent", new_sent(), "SSPDOHFCXRU", ".!!.!!!!!!!"},
      {"ReplaceSent", ReplaceSent{"b", qty(12), kPrice}, "NSPDOHFCXRU", "!.........."},
      {"CancelSent", CancelSent{"b"}, "NSPDOHFCXRU", "!.........."},
      {"RequestRefused", RequestRefused{"a", "no"}, "NUPUOHFCXRU", "ujujuuuuuuu"},
      {"CancelRejected", CancelRejected{"b", OrdStatus::New, "no"}, "NSPDOHFCXRU", "uuuuuuuuuuu"},
      {"OutcomeUnknown", OutcomeUnknown{"a", UnknownCause::rest_timeout, ""}, "NDDDOHFCXRD", "uDDDooEEEED"},
      {"Baseline", Baseline{"a", "O", "S", Side::Buy, qty(10), qty(0), qty(10), kPrice, 0}, "OOOOOHFCXRO", "aaaa.oo!!!a"},
      {"PendingNew", report(ExecType::PendingNew, 0, 10, OrdStatus::PendingNew), "PPPDOHFCXRP", "......EEEE!"},
      {"New", report(ExecType::New, 0, 10, OrdStatus::New), "OOOOOHFCXRO", "aaaadllEEEa"},
      {"Trade", trade("9;9", 1, 3), "HHHHHHFCXRH", "ffffffdffff"},
      {"PendingCancel", report(ExecType::PendingCancel, 0, 10, OrdStatus::PendingCancel, "b"), "OOOOOHFCXRO", "ppppppEEEEp"},
      {"PendingReplace", report(ExecType::PendingReplace, 0, 10, OrdStatus::PendingReplace, "b"), "OOOOOHFCXRO", "ppppppEEEEp"},
      {"Replaced", report(ExecType::Replaced, 2, 8, OrdStatus::Replaced, "b"), "HHHHHHFCXRH", "rrrrrrEEEEr"},
      {"Canceled", report(ExecType::Canceled, 0, 0, OrdStatus::Canceled, "b"), "CCCCCCFCXRC", "ccccccEEEEc"},
      {"Expired", report(ExecType::Expired, 0, 0, OrdStatus::Expired), "XXXXXXFCXRX", "eeeeeeEEEEe"},
      {"Rejected", report(ExecType::Rejected, 0, 0, OrdStatus::Rejected), "RRRROHFCXRR", "jjjj!!EEEEj"},
      {"Rejected, unavailable", rejected_for("EXCHANGE_UNAVAILABLE"), "DDDDOHFCXRD", "DDDD!!EEEED"},
      {"Rejected, exists", rejected_for("ORDER_ALREADY_EXISTS"), "DDDOOHFCXRD", "DDDa!!EEEED"},
      {"Rejected, internal error", rejected_for("INTERNAL_ERROR"), "RRRROHFCXRR", "jjjj!!EEEEj"},
      {"an unlisted ExecType", report(static_cast<ExecType>('H'), 0, 10, OrdStatus::New), "NSPDOHFCXRS", "xxxxxxxxxxx"},
  };
  return table;
}

Kind effect_of(char letter) {
  const std::string_view letters = "afrcejqpdlE!uxDo";
  constexpr Kind kKinds[] = {Kind::accepted,         Kind::fill,
                             Kind::replaced,         Kind::canceled,
                             Kind::expired,          Kind::rejected,
                             Kind::request_rejected, Kind::pending,
                             Kind::duplicate,        Kind::late_new,
                             Kind::after_end,        Kind::contradiction,
                             Kind::unknown_request,  Kind::unknown_exec_type,
                             Kind::outcome_unknown,  Kind::out_of_date};
  return kKinds[letters.find(letter)];
}

TEST(OrderState, EveryPhaseAndEventPair) {
  const std::string_view letters = "NSPDOHFCXRU";
  for (const Row& row : rows()) {
    for (std::size_t i = 0; i < kOrderPhases; ++i) {
      const auto phase = static_cast<OrderPhase>(i);
      SCOPED_TRACE(std::string(row.name) + " in " + std::string(to_string(phase)));
      Story story = in_phase(phase);
      ASSERT_EQ(story.state.phase, phase);
      story.then(row.event);
      EXPECT_EQ(letters[static_cast<std::size_t>(story.state.phase)], row.phases[i]);
      if (row.effects[i] == '.')
        EXPECT_EQ(story.kinds(), "");
      else
        EXPECT_TRUE(story.has(effect_of(row.effects[i]))) << story.kinds();
    }
  }
}

TEST(OrderState, NothingRevivesAFinishedOrderButTradesAreStillBooked) {
  for (const auto phase : {OrderPhase::canceled, OrderPhase::expired, OrderPhase::rejected}) {
    Story s = in_phase(phase);
    s.then(trade("5;5", 4, 4));
    EXPECT_EQ(s.state.phase, phase);
    EXPECT_EQ(s.state.booked_qty, qty(4));
    EXPECT_TRUE(s.has(Kind::fill));
    EXPECT_TRUE(s.has(Kind::after_end));
    EXPECT_TRUE(s.state.leaves_qty.is_zero());
  }
}

TEST(OrderState, ClOrdIdChangesOnReplacedAndCanceledOnly) {
  Story s = in_phase(OrderPhase::open);
  s.then(ReplaceSent{"b", qty(12), kPrice});
  EXPECT_EQ(s.state.cl_ord_id, "a");
  s.then(report(ExecType::PendingReplace, 0, 10, OrdStatus::PendingReplace, "b"));
  EXPECT_EQ(s.state.cl_ord_id, "a");
  EXPECT_EQ(s.state.ord_status(), OrdStatus::PendingReplace);
  auto replaced = report(ExecType::Replaced, 0, 12, OrdStatus::Replaced, "b");
  replaced.order_qty = qty(12);
  s.then(replaced);
  EXPECT_EQ(s.state.cl_ord_id, "b");
  EXPECT_EQ(s.state.order_qty, qty(12));
  EXPECT_EQ(s.state.ord_status(), OrdStatus::New);
  EXPECT_TRUE(s.state.knows("a"));
  s.then(CancelSent{"c"});
  EXPECT_EQ(s.state.cl_ord_id, "b");
  s.then(report(ExecType::Canceled, 0, 0, OrdStatus::Canceled, "c"));
  EXPECT_EQ(s.state.cl_ord_id, "c");
  EXPECT_EQ(s.state.past_ids, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(s.state.pending.empty());
}

TEST(OrderState, AFillWhileACancelIsPendingCountsAndTheCancelStaysPending) {
  Story s = in_phase(OrderPhase::open);
  s.then(CancelSent{"b"}).then(report(ExecType::PendingCancel, 0, 10, OrdStatus::PendingCancel, "b"));
  s.then(trade("2;1", 4, 4, OrdStatus::PendingCancel));
  EXPECT_EQ(s.state.phase, OrderPhase::partially_filled);
  EXPECT_EQ(s.state.ord_status(), OrdStatus::PendingCancel);
  EXPECT_EQ(s.state.leaves_qty, qty(6));
  s.then(report(ExecType::Canceled, 4, 0, OrdStatus::Canceled, "b"));
  EXPECT_EQ(s.state.phase, OrderPhase::canceled);
  EXPECT_EQ(s.state.booked_qty, qty(4));
}

TEST(OrderState, ACancelThatComesTooLateMeetsAFilledOrder) {
  Story s = in_phase(OrderPhase::open);
  s.then(CancelSent{"b"}).then(trade("2;1", 10, 10, OrdStatus::Filled));
  EXPECT_EQ(s.state.phase, OrderPhase::filled);
  s.then(CancelRejected{"b", OrdStatus::Filled, "too late"});
  EXPECT_EQ(s.state.phase, OrderPhase::filled);
  EXPECT_FALSE(s.has(Kind::contradiction));
}

TEST(OrderState, CancelRejectReturnsToWhatTheOrderWas) {
  for (const auto phase : {OrderPhase::open, OrderPhase::partially_filled}) {
    Story s = in_phase(phase);
    const OrdStatus before = s.state.ord_status();
    s.then(ReplaceSent{"b", qty(5), kPrice}).then(report(ExecType::PendingReplace, 0, 10, OrdStatus::PendingReplace, "b"));
    EXPECT_EQ(s.state.ord_status(), OrdStatus::PendingReplace);
    s.then(CancelRejected{"b", before, "INVALID_AMEND_QTY_FOR_ORDER"});
    EXPECT_EQ(s.state.ord_status(), before);
    EXPECT_EQ(s.state.phase, phase);
    EXPECT_EQ(s.effects.at(0).text, "INVALID_AMEND_QTY_FOR_ORDER");
    EXPECT_FALSE(s.state.knows("b"));
  }
}

TEST(OrderState, CancelRejectOfAnOrderTheExchangeHoldsForFilledSaysAReportIsMissing) {
  Story s = in_phase(OrderPhase::open);
  s.then(CancelSent{"b"}).then(CancelRejected{"b", OrdStatus::Filled, ""});
  EXPECT_TRUE(s.has(Kind::contradiction));
}

TEST(OrderState, ARepeatedTradeIsBookedOnce) {
  Story s = in_phase(OrderPhase::open);
  s.then(trade("2;1", 4, 4));
  EXPECT_TRUE(s.has(Kind::fill));
  s.then(trade("2;1", 4, 4));
  EXPECT_TRUE(s.has(Kind::duplicate));
  EXPECT_FALSE(s.has(Kind::fill));
  EXPECT_EQ(s.state.booked_qty, qty(4));
  auto elsewhere = trade("2;1", 4, 8);
  elsewhere.last_mkt = "3";  // the same ExecID from another shard is another trade
  s.then(elsewhere);
  EXPECT_TRUE(s.has(Kind::fill));
  EXPECT_EQ(s.state.booked_qty, qty(8));
}

TEST(OrderState, AMissedTradeIsNoticedAndBookedWhenItComesLater) {
  Story s = in_phase(OrderPhase::open);
  s.then(trade("2;2", 3, 7));
  EXPECT_TRUE(s.has(Kind::trades_missing));
  EXPECT_TRUE(s.state.trades_missing());
  s.then(trade("2;1", 4, 4));  // from the drop copy
  EXPECT_TRUE(s.has(Kind::fill));
  EXPECT_FALSE(s.state.trades_missing());
  EXPECT_EQ(s.state.cum_qty, qty(7));
  EXPECT_EQ(s.state.leaves_qty, qty(3)) << "an older report does not turn the quantities back";
}

TEST(OrderState, AReplayBehindABaselineBooksNothingTwice) {
  Story s;
  s.then(Baseline{"a", "O", "S", Side::Buy, qty(10), qty(7), qty(3), kPrice, 0});
  for (const auto& old : {trade("2;1", 4, 4), trade("2;2", 3, 7)}) {
    s.then(old);
    EXPECT_TRUE(s.has(Kind::duplicate));
    EXPECT_FALSE(s.has(Kind::fill));
  }
  s.then(trade("2;3", 3, 10, OrdStatus::Filled));
  EXPECT_TRUE(s.has(Kind::fill));
  EXPECT_EQ(s.state.phase, OrderPhase::filled);
  EXPECT_EQ(s.state.booked_qty, qty(10));
}

TEST(OrderState, ATradeWithoutCumQtyIsBookedAllTheSame) {
  Story s = in_phase(OrderPhase::open);
  auto odd = trade("2;1", 4, 0);
  s.then(odd);
  EXPECT_TRUE(s.has(Kind::contradiction));
  EXPECT_TRUE(s.has(Kind::fill));
  EXPECT_EQ(s.state.booked_qty, qty(4));
}

TEST(OrderState, FirstSeenOnAListenerTakesItsIdentityFromTheReport) {
  Story s;
  auto first = trade("2;1", 4, 4, OrdStatus::PartiallyFilled, "theirs");
  first.alloc_account = 7;
  s.then(first);
  EXPECT_EQ(s.state.cl_ord_id, "theirs");
  EXPECT_EQ(s.state.order_id, "O");
  EXPECT_EQ(s.state.phase, OrderPhase::partially_filled);
  ASSERT_TRUE(s.has(Kind::fill));
  EXPECT_EQ(s.effects.at(0).fill->subaccount, 7);
}

TEST(OrderState, AReportOfAnotherOrderIsAContradiction) {
  Story s = in_phase(OrderPhase::open);
  auto other = report(ExecType::Canceled, 0, 0, OrdStatus::Canceled);
  other.side = Side::Sell;
  s.then(other);
  EXPECT_TRUE(s.has(Kind::contradiction));
}

TEST(OrderState, ARefusedAmendLeavesTheOrderAsItWas) {
  Story s = in_phase(OrderPhase::open);
  s.then(ReplaceSent{"b", qty(5), kPrice}).then(RequestRefused{"b", "rate limit exceeded"});
  EXPECT_TRUE(s.has(Kind::request_rejected));
  EXPECT_EQ(s.state.ord_status(), OrdStatus::New);
}

}  // namespace
}  // namespace marginfix
