// The house accounts: a maker that keeps a ladder of quotes on each side of a wandering reference price, and a taker that trades with
// whoever is best. One decision a time, by seed; never in the quiet market.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/values/random.hpp"

namespace marginfix::sim {

struct State;

// Twenty decisions a second over all markets together.
inline constexpr std::chrono::milliseconds kHousePace{50};
// Kept above the promised ten so that a user who takes the best ones still sees ten.
inline constexpr int kLadderLevels = 12;
inline constexpr int kPastLevels = 3;

class House {
 public:
  struct Quote {
    Ticks price{0};
    OrderNo order{0};
  };
  struct Ladder {
    Ticks base{0};                // the reference wanders around it
    std::int64_t premium_ppm{0};  // the quotes stand so far from it, in millionths
    std::vector<Quote> bids;
    std::vector<Quote> asks;
  };

  void start(State& state, std::uint64_t seed);
  void set_on(State& state, bool on);
  bool on() const noexcept { return on_; }
  std::optional<Timestamp> next() const noexcept { return on_ ? std::optional(next_) : std::nullopt; }
  void run(State& state, std::chrono::microseconds pace);  // one decision at the clock's time; plans the next `pace` later
  void resume_pace(Timestamp now) { next_ = now + kHousePace; }
  // The reference was put elsewhere: it wanders around there from now on.
  void rebase(State& state, MarketNo market, Ticks price);

  // ---- the seeded past (past_run.hpp), inside a running command: fewer quotes, kept where the reference is
  void live_past(State& state, MarketNo market);
  void hit(State& state, MarketNo market, Side side, Ticks price, std::int64_t contracts);  // an IOC order of the taker's
  void leave_past(State& state);                                                            // withdraws everything

  template <class Ar>
  void state(Ar& ar) {
    ar(on_, next_, maker_, taker_, random_.state(), ladders_);
  }

 private:
  void wander(State& state, MarketNo market);
  void lean(const State& state, MarketNo market, Ladder& ladder);
  void tend(State& state, MarketNo market);
  void tend_side(State& state, MarketNo market, Side side, Ticks top, Ticks step);
  void take(State& state, MarketNo market);
  void resize(State& state, MarketNo market);
  OrderNo quote(State& state, MarketNo market, Side side, Ticks price);
  void withdraw(State& state);
  Ticks step_of(const Ladder& ladder) const noexcept { return ladder.base / 5'000 > 1 ? ladder.base / 5'000 : 1; }

  int levels_{kLadderLevels};
  bool on_{false};
  Timestamp next_{};
  KeyNo maker_{kNoKey};
  KeyNo taker_{kNoKey};
  Random random_;
  std::map<MarketNo, Ladder> ladders_;
};

template <class Ar>
void fields(Ar& ar, House::Quote& q) {
  ar(q.price, q.order);
}
template <class Ar>
void fields(Ar& ar, House::Ladder& l) {
  ar(l.base, l.premium_ppm, l.bids, l.asks);
}

}  // namespace marginfix::sim
