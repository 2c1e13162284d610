// The books of orderbook_delta subscriptions: what makes them right, what makes them stale, how they are made right again.
// Source: websocket.md "Book rules", "Sequence".
#include <utility>

#include "ws/commands.hpp"
#include "ws/subscriptions.hpp"

namespace marginfix::ws {

// True: what the frame says is in the book, or was none of a book's business.
bool Subscriptions::keep_book(const Impl& s, const Frame& frame, Timestamp now) {
  if (const auto* snapshot = frame.as<MarginOrderbookSnapshot>()) return apply_snapshot(s, frame, *snapshot, now);
  if (const auto* delta = frame.as<MarginOrderbookDelta>()) return apply_delta(s, frame, *delta, now);
  if (const auto* unknown = frame.as<UnknownFrame>(); unknown != nullptr && !unknown->problem.empty()) {
    // An update we could not read: the books of this sid cannot be right any more.
    stale_books(s, StaleReason::gap, now);
    fault(s, frame, StaleReason::gap, "a frame could not be read: " + unknown->problem, now);
    resync(s, s->market_tickers(), now);
    return false;
  }
  return true;
}

bool Subscriptions::apply_snapshot(const Impl& s, const Frame& frame, const MarginOrderbookSnapshot& snapshot, Timestamp now) {
  bool right = true;
  s->update([&](SubscriptionImpl& impl) {
    BookState& state = impl.books[snapshot.market_ticker];
    if (!state.book) state.book = std::make_shared<SharedOrderBook>(snapshot.market_ticker);
    state.book->write([&](OrderBook& book) {
      book.apply_snapshot(snapshot.bid, snapshot.ask, now);
      right = !book.stale();
    });
    state.has_snapshot = right;
    state.asked = false;
    state.crossed.reset();
  });
  if (right) {
    s->resync_attempts = 0;
    return true;
  }
  fault(s, frame, StaleReason::negative_level, snapshot.market_ticker + ": a snapshot has a level below zero", now);
  // Not at once: the next one may be as wrong.
  resyncs_.push_back({now + options_.resync_wait, {s, {snapshot.market_ticker}}});
  wire_.deadline_changed();
  return false;
}

bool Subscriptions::apply_delta(const Impl& s, const Frame& frame, const MarginOrderbookDelta& delta, Timestamp now) {
  if (!s->wants(delta.market_ticker)) return false;  // was deleted meanwhile
  enum class Found { fine, no_snapshot, unknown_side, negative, crossed } found = Found::fine;
  bool first_without = false;
  s->update([&](SubscriptionImpl& impl) {
    BookState& state = impl.books[delta.market_ticker];
    if (!state.book) state.book = std::make_shared<SharedOrderBook>(delta.market_ticker);
    if (!state.has_snapshot) {
      found = Found::no_snapshot;
      first_without = !std::exchange(state.asked, true);
      return;
    }
    if (!delta.side.known()) {
      found = Found::unknown_side;
      return;
    }
    const EpochMillis at = delta.ts_ms.value_or(EpochMillis{});
    // One event of the exchange may take several frames: a book still crossed when the next event's first frame comes is wrong.
    if (state.crossed && (!delta.ts_ms || *state.crossed != at)) {
      found = Found::crossed;
      return;
    }
    state.book->write([&](OrderBook& book) {
      if (book.add_delta(delta.side.value(), delta.price, delta.delta, now) == LevelChange::negative) found = Found::negative;
      book.set_exchange_time(delta.ts_ms ? std::optional(delta.ts_ms->time()) : std::nullopt);
      if (!book.crossed()) {
        state.crossed.reset();
      } else if (!state.crossed) {
        state.crossed = at;
      }
    });
  });
  switch (found) {
    case Found::fine:
      return true;
    case Found::no_snapshot:
      if (first_without) {
        fault(s, frame, StaleReason::gap, delta.market_ticker + ": a delta came before its snapshot", now);
        resync(s, {delta.market_ticker}, now);
      }
      return false;
    case Found::unknown_side:
      fault(s, frame, StaleReason::gap, delta.market_ticker + ": a delta of the unknown side \"" + std::string(delta.side.text()) + '"',
            now);
      break;
    case Found::negative:
      fault(s, frame, StaleReason::negative_level, delta.market_ticker + ": a level fell below zero, an update is missing", now);
      break;
    case Found::crossed:
      fault(s, frame, StaleReason::gap, delta.market_ticker + ": the book stayed crossed, an update is missing", now);
      break;
  }
  resync(s, {delta.market_ticker}, now);
  return false;
}

void Subscriptions::fault(const Impl& s, const Frame& frame, StaleReason reason, std::string text, Timestamp now) {
  const std::string market(market_of(frame));
  s->update([&](SubscriptionImpl& impl) {
    ++impl.stats.faults;
    const auto it = impl.books.find(market);
    if (it == impl.books.end()) return;
    it->second.has_snapshot = false;
    it->second.asked = true;
    it->second.crossed.reset();
    it->second.book->write([&](OrderBook& book) { book.mark_stale(reason, now); });
  });
  Event event = event_of(EventKind::book_fault, now);
  event.frame = frame;
  event.error = fail(ErrorCategory::sequence, std::move(text), frame.raw);
  deliver(s, std::move(event), now);
}

void Subscriptions::stale_books(const Impl& s, StaleReason reason, Timestamp now) {
  s->update([&](SubscriptionImpl& impl) {
    for (auto& [ticker, state] : impl.books) {
      state.has_snapshot = false;
      state.asked = reason == StaleReason::gap;
      state.crossed.reset();
      state.book->write([&](OrderBook& book) { book.mark_stale(reason, now); });
    }
  });
}

void Subscriptions::resync(const Impl& s, const std::vector<std::string>& tickers, Timestamp now) {
  if (s->state() != SubscriptionState::active || tickers.empty()) return;
  s->update([](SubscriptionImpl& impl) { ++impl.stats.resyncs; });
  Command command;
  command.resync = true;
  send_update(s, "get_snapshot", tickers, false, std::move(command), now);
}

// The exchange will not give a snapshot: let go of the sid and subscribe afresh, which brings one.
void Subscriptions::resubscribe(const Impl& s, Timestamp now) {
  s->resync_attempts = 0;
  const auto sid = s->sid();
  drop_sid(s);
  s->sequence.reset();
  s->update([](SubscriptionImpl& impl) { impl.state_now = SubscriptionState::pending; });
  if (!wire_.open()) return;
  if (sid) let_go(*sid, now);
  send_subscribe({s}, now);
}

}  // namespace marginfix::ws
