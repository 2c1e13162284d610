// Price-time matching, self-trade prevention, fills.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// What one request traded.
struct Tally {
  Qty filled{0};
  Micros notional{0};
  Micros fees{0};
};
// Whom an order would trade with next.
enum class Meets : std::uint8_t { Nobody, Itself, Somebody };
// One side of a trade, booked but not reported yet.
struct BookedSide {
  Fill fill;
  ExecId exec;
};

Meets next_meeting(const State& state, const Order& taker);
// How much of `order` (its other side open to `limit`) could trade before it meets itself; stops counting at `enough`.
Qty tradable(const State& state, const Order& order, Qty enough);
bool meets_itself_within(const State& state, const Order& order, Qty quantity);
void match(State& state, OrderIx taker, Qty cap, Tally& tally);
BookedSide book_fill(State& state, OrderIx ix, Ticks price, Qty quantity, bool taker);
void report_fill(State& state, OrderIx ix, const BookedSide& side, Qty ioc_remainder);
void rest(State& state, OrderIx ix);

void level_event(State& state, const Order& order, Book::Change change, UpdateReason reason);
OrderOutcome outcome(const State& state, OrderIx ix, const Tally& tally);

}  // namespace marginfix::sim
