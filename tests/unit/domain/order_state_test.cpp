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

TEST(OrderState, ALateNewTellsTheIdThatTheOrderBeganWith) {
  Story s;
  s.then(trade("1;3", 1, 1, OrdStatus::PartiallyFilled, "b"));
  OrderReport first = report(ExecType::New, 0, 10, OrdStatus::New, "a");
  first.exec_id = ExecId("1;1");
  first.last_mkt = "2";
  s.then(first);
  EXPECT_TRUE(s.has(Kind::late_new));
  EXPECT_EQ(s.state.cl_ord_id, "b");
  EXPECT_EQ(s.state.first_id(), "a");
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

// ---- late, doubled and contradicting reports -------------------------------------------------------------------------------
// A report as the exchange numbers it: ExecID within LastMkt 2, the order's id, quantities and price of that moment.
OrderReport numbered(OrderReport r, const char* exec_id, const char* id = "a", const char* orig = "", const char* price = "6.25") {
  r.exec_id = ExecId(exec_id);
  r.last_mkt = "2";
  r.cl_ord_id = id;
  if (*orig != '\0') r.orig_cl_ord_id = orig;
  r.price = DollarDecimal::parse(price).value();
  return r;
}
OrderReport replaced(const char* exec_id, const char* id, const char* orig, int total, const char* price, int cum = 0) {
  OrderReport r = numbered(report(ExecType::Replaced, cum, total - cum, cum == 0 ? OrdStatus::Replaced : OrdStatus::PartiallyFilled),
                           exec_id, id, orig, price);
  r.order_qty = qty(total);
  return r;
}
OrderReport new_report(const char* exec_id) { return numbered(report(ExecType::New, 0, 10, OrdStatus::New), exec_id); }
OrderReport trade_of(const char* exec_id, int last, int cum, int total, const char* id = "a", const char* price = "6.25") {
  OrderReport r =
      numbered(trade(exec_id, last, cum, cum == total ? OrdStatus::Filled : OrdStatus::PartiallyFilled), exec_id, id, "", price);
  r.leaves_qty = qty(total - cum);
  r.order_qty = qty(total);
  r.trade_id = std::string("t-") + exec_id;
  return r;
}

TEST(OrderStateLate, AnOldReplacedDoesNotTurnTheOrderBack) {
  for (const bool sequenced : {true, false}) {
    Story s = in_phase(OrderPhase::open);
    auto b = replaced("3;1", "b", "a", 20, "3.91"), c = replaced("4;1", "c", "b", 30, "3.92");
    if (!sequenced) b.exec_id = c.exec_id = ExecId("-1;-1");
    s.then(b).then(c).then(b);
    EXPECT_FALSE(s.has(Kind::replaced)) << s.kinds();
    EXPECT_TRUE(s.has(Kind::out_of_date)) << s.kinds();
    EXPECT_EQ(s.state.cl_ord_id, "c") << "the id to cancel it by";
    EXPECT_EQ(s.state.order_qty, qty(30));
    EXPECT_EQ(s.state.leaves_qty, qty(30));
    EXPECT_EQ(s.state.price, DollarDecimal::parse("3.92").value());
    EXPECT_EQ(s.state.past_ids, (std::vector<std::string>{"a", "b"}));
  }
}

TEST(OrderStateLate, TheChainOfIdsComesOutRightInAnyOrder) {
  std::vector<OrderReport> reports = {new_report("1;1"), replaced("2;1", "b", "a", 20, "3.91"), replaced("3;1", "c", "b", 25, "3.91"),
                                      replaced("4;1", "d", "c", 30, "3.92")};
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    Story s;
    s.then(new_sent());
    for (const auto i : order) s.then(reports[i]);
    EXPECT_EQ(s.state.cl_ord_id, "d");
    EXPECT_EQ(s.state.past_ids, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(s.state.order_qty, qty(30));
    EXPECT_EQ(s.state.leaves_qty, qty(30));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(OrderStateLate, EqualCumQtyIsNotEnoughToBeNews) {
  for (const bool sequenced : {true, false}) {
    Story s = in_phase(OrderPhase::open);
    auto b = replaced("5;1", "b", "a", 20, "6.25", 4);
    if (!sequenced) b.exec_id = ExecId("-1;-1");
    s.then(b);
    EXPECT_TRUE(s.has(Kind::trades_missing));
    s.then(trade_of("4;1", 4, 4, 10));
    EXPECT_TRUE(s.has(Kind::fill));
    EXPECT_EQ(s.effects.at(0).fill->cl_ord_id, "a") << "the id it traded under";
    EXPECT_EQ(s.state.leaves_qty, qty(16));
    EXPECT_EQ(s.state.order_qty, qty(20));
    EXPECT_EQ(s.state.cl_ord_id, "b");
  }
}

TEST(OrderStateLate, APendingReportOfAnAnsweredRequestChangesNothing) {
  for (const auto type : {ExecType::PendingCancel, ExecType::PendingReplace}) {
    Story s = in_phase(OrderPhase::open);
    s.then(replaced("3;1", "b", "a", 9, "6.25")).then(replaced("4;1", "c", "b", 8, "6.25"));
    s.then(report(type, 0, 10, OrdStatus::PendingReplace, "b"));
    EXPECT_TRUE(s.has(Kind::out_of_date)) << s.kinds();
    EXPECT_EQ(s.state.leaves_qty, qty(8));
    EXPECT_EQ(s.state.ord_status(), OrdStatus::New);
    // Its request was refused before the pending report came.
    s.then(CancelSent{"x"}).then(CancelRejected{"x", OrdStatus::New, "no"}).then(report(type, 0, 10, OrdStatus::PendingCancel, "x"));
    EXPECT_EQ(s.state.ord_status(), OrdStatus::New);
    // A request of another door to an id that the order has left: answered by now.
    auto stranger = report(type, 0, 10, OrdStatus::PendingCancel, "y");
    stranger.orig_cl_ord_id = "a";
    s.then(stranger);
    EXPECT_EQ(s.state.ord_status(), OrdStatus::New);
  }
}

TEST(OrderStateLate, ATradeUnderAnIdNotReportedYetTellsOfTheAmend) {
  Story s = in_phase(OrderPhase::open);
  s.then(ReplaceSent{"b", qty(20), DollarDecimal::parse("6.26").value()}).then(trade_of("5;1", 4, 4, 20, "b", "6.26"));
  EXPECT_TRUE(s.has(Kind::fill));
  EXPECT_TRUE(s.has(Kind::amend_missing));
  EXPECT_EQ(s.state.cl_ord_id, "b");
  EXPECT_EQ(s.state.order_qty, qty(20));
  EXPECT_EQ(s.state.leaves_qty, qty(16));
  EXPECT_EQ(s.state.ord_status(), OrdStatus::PartiallyFilled) << "the amend is not pending any more";
  s.then(replaced("4;1", "b", "a", 20, "6.26"));
  EXPECT_TRUE(s.has(Kind::out_of_date));
  EXPECT_EQ(s.state.leaves_qty, qty(16));
  EXPECT_EQ(s.state.past_ids, (std::vector<std::string>{"a"}));
}

TEST(OrderStateBaseline, TradesAreBookedByIdentityAndTheirOwnCumQty) {
  // Filled by then: 2, 3. After it: 4, 1. The last comes live, the others in a replay from before the baseline.
  const std::vector<OrderReport> all = {trade_of("1;1", 2, 2, 20), trade_of("1;2", 3, 5, 20), trade_of("1;3", 4, 9, 20),
                                        trade_of("1;4", 1, 10, 20)};
  std::vector<std::size_t> order = {3, 0, 1, 2, 3};
  for (int i = 0; i < 60; ++i, std::next_permutation(order.begin(), order.end())) {
    Story s;
    s.then(Baseline{"a", "O", "S", Side::Buy, qty(20), qty(5), qty(15), kPrice, 0, {}, false, {}});
    std::vector<std::string> booked;
    for (const auto n : order) {
      s.then(all[n]);
      for (const auto& e : s.effects) {
        if (e.kind == Kind::fill) booked.push_back(e.fill->exec_id.text());
      }
    }
    std::ranges::sort(booked);
    EXPECT_EQ(booked, (std::vector<std::string>{"1;3", "1;4"}));
    EXPECT_EQ(s.state.booked_qty, qty(10));
    EXPECT_FALSE(s.state.trades_missing());
  }
}

TEST(OrderStateBaseline, TheSubaccountIsWhatTheReportsSay) {
  Story s;
  s.then(Baseline{"a", "O", "S", Side::Buy, qty(10), qty(0), qty(10), kPrice, 0, {}, false, {}});  // REST does not say it
  OrderReport filled = trade("2;1", 4, 4);
  filled.alloc_account = 5;
  filled.order_id = "O";
  filled.symbol = "S";
  s.then(filled);
  ASSERT_TRUE(s.has(Kind::fill)) << s.kinds();
  const auto fill = std::ranges::find(s.effects, Kind::fill, &OrderEffect::kind);
  EXPECT_EQ(fill->fill->subaccount, 5);
}

TEST(OrderStateBaseline, ThatTellsOfACancelBeforeItsReportLeavesNothingPending) {
  Story s = in_phase(OrderPhase::open);
  s.then(CancelSent{"c"});
  s.then(Baseline{"a", "O", "S", Side::Buy, qty(10), qty(0), qty(0), kPrice, 0, {}, true, {}});
  EXPECT_EQ(s.state.phase, OrderPhase::canceled);
  s.then(report(ExecType::Canceled, 0, 0, OrdStatus::Canceled, "c"));
  EXPECT_EQ(s.state.phase, OrderPhase::canceled);
  EXPECT_TRUE(s.state.pending.empty()) << "else it is in hand for ever";
  EXPECT_TRUE(s.state.knows("c"));
}

TEST(OrderStateBaseline, OfAKnownOrderBooksNothingAndIsOldWhenItIsOld) {
  Story s = in_phase(OrderPhase::open);
  Baseline read{"a", "O", "S", Side::Buy, qty(10), qty(4), qty(6), kPrice, 0, {}, false, {}};
  s.then(read);
  EXPECT_TRUE(s.has(Kind::trades_missing)) << "four are filled, and the trades have not come";
  EXPECT_TRUE(s.state.booked_qty.is_zero());
  s.then(trade_of("1;1", 4, 4, 10));
  EXPECT_TRUE(s.has(Kind::fill));
  s.then(trade_of("1;2", 5, 9, 10)).then(read);
  EXPECT_TRUE(s.has(Kind::out_of_date)) << s.kinds();
  EXPECT_EQ(s.state.leaves_qty, qty(1));
  read.side = Side::Sell;
  s.then(read);
  EXPECT_TRUE(s.has(Kind::contradiction));
}

TEST(OrderStateBaseline, ATradeOfRestAndItsFixReportAreOneTrade) {
  Fill by_rest;
  by_rest.trade_id = "t-1;1";
  by_rest.order_id = "O";
  by_rest.symbol = "S";
  by_rest.side = Side::Buy;
  by_rest.quantity = qty(4);
  by_rest.price = kPrice;
  for (const bool rest_first : {true, false}) {
    Story s = in_phase(OrderPhase::open);
    if (rest_first) s.then(by_rest);
    s.then(trade_of("1;1", 4, 4, 10));
    EXPECT_EQ(s.has(Kind::duplicate), rest_first);
    s.then(by_rest);
    EXPECT_TRUE(s.has(Kind::duplicate));
    EXPECT_EQ(s.state.booked_qty, qty(4));
    EXPECT_EQ(s.state.cum_qty, qty(4));
  }
  Story s;
  s.then(Baseline{"a", "O", "S", Side::Buy, qty(10), qty(4), qty(6), kPrice, 0, {}, false, {"t-1;1"}}).then(by_rest);
  EXPECT_TRUE(s.has(Kind::duplicate)) << "the baseline names it";
  Story unnamed;
  unnamed.then(Baseline{"a", "O", "S", Side::Buy, qty(10), qty(4), qty(6), kPrice, 0, {}, false, {}}).then(by_rest);
  EXPECT_TRUE(unnamed.has(Kind::contradiction)) << "nobody can say whether the baseline has it: shown, not booked";
  EXPECT_FALSE(unnamed.has(Kind::fill));
}

TEST(OrderStateForeign, AReportOfAnotherOrderIsShownAndNotApplied) {
  const auto other = [](auto change) {
    OrderReport r = trade_of("9;9", 4, 4, 10);
    change(r);
    return r;
  };
  for (const auto& r : {other([](OrderReport& t) { t.order_id = "P"; }), other([](OrderReport& t) { t.side = Side::Sell; }),
                        other([](OrderReport& t) { t.symbol = "T"; })}) {
    Story s = in_phase(OrderPhase::open);
    const OrderState before = s.state;
    s.then(r);
    ASSERT_EQ(s.kinds(), "contradiction;");
    ASSERT_TRUE(s.effects.at(0).fill) << "the trade is shown";
    EXPECT_EQ(s.effects.at(0).fill->side, r.side) << "as the report says it";
    EXPECT_EQ(s.state.phase, before.phase);
    EXPECT_EQ(s.state.booked_qty, before.booked_qty);
    EXPECT_EQ(s.state.cum_qty, before.cum_qty);
    OrderReport end = r;
    end.exec_type = ExecType::Canceled;
    s.then(end);
    EXPECT_EQ(s.kinds(), "contradiction;");
    EXPECT_EQ(s.state.phase, OrderPhase::open);
  }
}

TEST(OrderStateForeign, ARejectedDuplicateDoesNotKillTheLivingOrder) {
  auto taken = rejected_for("");
  taken.ord_rej_reason = OrdRejReason::DuplicateOrder;
  taken.order_id = "of its own";
  for (const auto phase : {OrderPhase::sent, OrderPhase::pending_new, OrderPhase::open, OrderPhase::partially_filled}) {
    for (const bool told : {true, false}) {
      Story s = in_phase(phase);
      if (told) s.then(new_sent());  // the application says that it sent a second one
      s.then(taken);
      EXPECT_FALSE(is_final(s.state.phase)) << to_string(phase);
      if (told) {
        EXPECT_EQ(s.state.phase, phase);
      }
      s.then(new_report("1;0")).then(trade_of("1;1", 2, 2, 10)).then(trade_of("1;2", 8, 10, 10));
      EXPECT_EQ(s.state.phase, OrderPhase::filled);
      EXPECT_EQ(s.state.booked_qty, qty(10));
      EXPECT_EQ(s.state.order_id, "O");
    }
  }
}

TEST(OrderStateFilled, MoreThanAskedForIsFoundWhateverOrderQtyMeans) {
  for (const bool preserve : {true, false}) {  // PreserveOriginalOrderQty(21008)
    for (const bool in_two : {true, false}) {
      Story s = in_phase(OrderPhase::open);
      bool found = false;
      const auto take = [&](OrderReport r) {
        if (preserve) r.order_qty = qty(10);
        s.then(r);
        found = found || s.has(Kind::overfilled);
      };
      if (in_two) {
        take(trade_of("1;1", 8, 8, 10));
        take(trade_of("1;2", 7, 15, 15));
      } else {
        take(trade_of("1;1", 15, 15, 15));
      }
      EXPECT_TRUE(found);
      EXPECT_EQ(s.state.booked_qty, qty(15)) << "it is filled all the same";
      EXPECT_EQ(s.state.phase, OrderPhase::filled);
    }
  }
}

TEST(OrderStateFilled, ANewerReplacedReopensAnOlderOneDoesNot) {
  Story s = in_phase(OrderPhase::open);
  s.then(trade_of("2;1", 10, 10, 10)).then(replaced("3;1", "b", "a", 20, "6.25", 10));
  EXPECT_EQ(s.state.phase, OrderPhase::partially_filled);
  EXPECT_EQ(s.state.leaves_qty, qty(10));
  s.then(trade_of("4;1", 10, 20, 20, "b"));
  EXPECT_EQ(s.state.phase, OrderPhase::filled);
  s.then(replaced("3;1", "b", "a", 20, "6.25", 10));
  EXPECT_EQ(s.state.phase, OrderPhase::filled);
  EXPECT_TRUE(s.state.leaves_qty.is_zero());
}

TEST(OrderStateFilled, ACancelCrossedByTheLastFillFindsItsAnswer) {
  for (const bool filled : {true, false}) {
    Story s = in_phase(OrderPhase::open);
    s.then(CancelSent{"x"});
    filled ? s.then(trade_of("2;1", 10, 10, 10)) : s.then(numbered(report(ExecType::Canceled, 0, 0, OrdStatus::Canceled), "2;1"));
    s.then(CancelRejected{"x", filled ? OrdStatus::Filled : OrdStatus::Canceled, "too late"});
    EXPECT_EQ(s.kinds(), "request rejected;");
    EXPECT_TRUE(s.state.pending.empty());
  }
}

TEST(OrderStateIoc, APartlyFilledOneEndsWithItsTradeOrItsCancelReport) {
  for (const auto status : {OrdStatus::PartiallyFilled, OrdStatus::Canceled}) {  // as exchanges put it without 21007
    for (const bool known : {true, false}) {
      Story s;
      if (known) s.then(new_sent());
      OrderReport last = trade_of("1;1", 4, 4, 4);
      last.ord_status = status;
      s.then(last);
      EXPECT_EQ(s.state.phase, OrderPhase::canceled);
      EXPECT_TRUE(s.state.leaves_qty.is_zero());
      EXPECT_EQ(s.state.booked_qty, qty(4));
      s.then(numbered(report(ExecType::Canceled, 4, 0, OrdStatus::Canceled), "1;2"));  // a listener with 21007 beside it
      EXPECT_EQ(s.state.phase, OrderPhase::canceled);
    }
  }
  Story with_cancel;
  with_cancel.then(new_sent()).then(trade_of("1;1", 4, 4, 10));
  EXPECT_EQ(with_cancel.state.phase, OrderPhase::partially_filled);
  with_cancel.then(numbered(report(ExecType::Canceled, 4, 0, OrdStatus::Canceled), "1;2"));
  EXPECT_EQ(with_cancel.state.phase, OrderPhase::canceled);
}

// ---- unknown outcomes -------------------------------------------------------------------------------------------------------
TEST(OrderStateUnknown, IsResolvedByWhateverTheExchangeSaysNext) {
  const std::vector<std::pair<OrderEvent, OrderPhase>> answers = {
      {new_report("1;1"), OrderPhase::open},
      {trade_of("1;1", 4, 4, 10), OrderPhase::partially_filled},
      {rejected_for("ORDER_ALREADY_EXISTS"), OrderPhase::open},
      {rejected_for("INSUFFICIENT_BALANCE"), OrderPhase::rejected},
      {Baseline{"a", "O", "S", Side::Buy, qty(10), qty(3), qty(7), kPrice, 0, {}, false, {}}, OrderPhase::partially_filled},
      {Baseline{"a", "O", "S", Side::Buy, qty(10), qty(10), qty(0), kPrice, 0, {}, false, {}}, OrderPhase::filled},
  };
  std::vector<OrderEvent> doubts = {rejected_for("EXCHANGE_UNAVAILABLE"), RequestRefused{"a", "EXCHANGE_UNAVAILABLE"}};
  for (const auto cause : {UnknownCause::connection_ended, UnknownCause::gap_filled, UnknownCause::unanswered, UnknownCause::rest_timeout,
                           UnknownCause::rest_broken_off, UnknownCause::rest_server_error})
    doubts.emplace_back(OutcomeUnknown{"a", cause, ""});
  for (const auto& doubt : doubts) {
    for (const auto& [answer, phase] : answers) {
      Story s;
      s.then(new_sent()).then(doubt);
      ASSERT_TRUE(s.has(Kind::outcome_unknown));
      ASSERT_EQ(s.state.phase, OrderPhase::outcome_unknown);
      EXPECT_FALSE(is_final(s.state.phase));
      EXPECT_TRUE(s.state.unknown);
      s.then(doubt);  // told twice: the connection ended, then a gap fill took its place
      s.then(answer);
      EXPECT_EQ(s.state.phase, phase) << s.kinds();
      EXPECT_FALSE(s.state.unknown);
    }
  }
}

TEST(OrderStateBaseline, AnEndedOrderIsCanceledWhereNotAllWasFilled) {
  // REST says what is filled and what remains: 4 of 4, though 10 were asked for.
  const Baseline ended{"a", "O", "S", Side::Buy, qty(4), qty(4), qty(0), kPrice, 0, {}, false, {}};
  Story s = in_phase(OrderPhase::open);
  s.then(ended);
  EXPECT_EQ(s.state.phase, OrderPhase::canceled);
  EXPECT_EQ(s.state.order_qty, qty(10));
  Story adopted;
  adopted.then(ended);
  EXPECT_EQ(adopted.state.phase, OrderPhase::filled);
  Baseline said = ended;
  said.canceled = true;
  Story told;
  told.then(said);
  EXPECT_EQ(told.state.phase, OrderPhase::canceled);
}

TEST(OrderStateUnknown, SendingAgainUnderTheSameIdIsNoContradiction) {
  Story s;
  s.then(new_sent()).then(OutcomeUnknown{"a", UnknownCause::connection_ended, ""}).then(new_sent());
  EXPECT_EQ(s.kinds(), "");
  s.then(rejected_for("INSUFFICIENT_BALANCE"));
  EXPECT_EQ(s.state.phase, OrderPhase::outcome_unknown) << "which of the two was refused cannot be told";
  s.then(trade_of("1;1", 10, 10, 10));
  EXPECT_EQ(s.state.phase, OrderPhase::filled);
}

TEST(OrderStateUnknown, OfAnAmendOrCancelLeavesTheOrderAndIsResolvedByARead) {
  Story s = in_phase(OrderPhase::open);
  s.then(ReplaceSent{"b", qty(20), std::nullopt}).then(CancelRejected{"b", OrdStatus::New, "EXCHANGE_UNAVAILABLE"});
  EXPECT_TRUE(s.has(Kind::outcome_unknown));
  ASSERT_EQ(s.state.pending.size(), 1U);
  EXPECT_EQ(s.state.pending[0].unknown, UnknownCause::exchange_unavailable);
  EXPECT_EQ(s.state.phase, OrderPhase::open);
  Story held = s;
  held.then(Baseline{"b", "O", "S", Side::Buy, qty(20), qty(0), qty(20), kPrice, 0, {}, false, {}});
  EXPECT_EQ(held.state.cl_ord_id, "b");
  EXPECT_EQ(held.state.order_qty, qty(20));
  EXPECT_TRUE(held.state.pending.empty());
  Story not_held = s;
  not_held.then(Baseline{"a", "O", "S", Side::Buy, qty(10), qty(0), qty(10), kPrice, 0, {}, false, {}});
  EXPECT_TRUE(not_held.has(Kind::request_rejected));
  EXPECT_TRUE(not_held.state.pending.empty());
  s.then(CancelSent{"x"}).then(OutcomeUnknown{"x", UnknownCause::rest_timeout, ""});
  EXPECT_TRUE(s.has(Kind::outcome_unknown));
  s.then(Baseline{"a", "O", "S", Side::Buy, qty(10), qty(0), qty(0), kPrice, 0, {}, false, {}});
  EXPECT_EQ(s.state.phase, OrderPhase::canceled);
  EXPECT_TRUE(s.has(Kind::canceled)) << s.kinds();
}

TEST(OrderStateUnknown, InternalErrorIsACleanReject) {
  EXPECT_FALSE(outcome_unknown(rejected_for("INTERNAL_ERROR")));
  EXPECT_TRUE(outcome_unknown(rejected_for("EXCHANGE_UNAVAILABLE")));
  auto open = report(ExecType::New, 0, 10, OrdStatus::New);
  open.text = "EXCHANGE_UNAVAILABLE";
  EXPECT_FALSE(outcome_unknown(open)) << "only a Rejected says so";
}

}  // namespace
}  // namespace marginfix
