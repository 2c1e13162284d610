// Drop-copy history: the numbered reports of each account, packed, 3 hours of the trading clock. Source: fix-margin.md "Drop copy".
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "sim/exchange/values/events.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {

inline constexpr std::chrono::hours kHistoryWindow{3};

class History {
 public:
  struct Chunk {
    ExecId first;
    ExecId last;
    Timestamp last_time{};
    std::uint32_t count{0};
    std::string bytes;
    // Of the first `counted` reports; made again after a snapshot was loaded.
    mutable std::uint32_t counted{0}, new_orders{0}, fills{0};
  };
  struct Totals {
    std::uint64_t reports{0}, new_orders{0}, fills{0};
  };
  struct Reports {
    std::deque<Chunk> chunks;
    ExecId horizon;  // the newest report that was forgotten
    ExecId last;
  };

  // Fills in what is not stored but follows from numbers (UUIDs, symbol) after a report was unpacked.
  using Completer = std::function<void(ExecutionEvent&)>;

  void append(const ExecutionEvent& event, Timestamp now);
  // A begin of {-1,-1} means the earliest that is kept.
  HistoryStatus visit(AccountId account, ExecId begin, std::optional<ExecId> end, Timestamp now, const Completer& complete,
                      const std::function<bool(const ExecutionEvent&)>& visitor) const;
  std::optional<ExecId> last(AccountId account) const;
  // Of what the window holds; costs next to nothing however much that is.
  Totals totals(AccountId account, Timestamp now) const;
  // The newest `most` ExecIDs in the window, in order; before `before` only, if it is given.
  std::vector<ExecId> newest(AccountId account, std::size_t most, std::optional<ExecId> before, Timestamp now) const;

  std::vector<Reports> accounts;  // by AccountId

 private:
  Reports& reports(AccountId account);
};

template <class Ar>
void fields(Ar& ar, History::Chunk& c) {
  ar(c.first, c.last, c.last_time, c.count, c.bytes);
}
template <class Ar>
void fields(Ar& ar, History::Reports& r) {
  ar(r.chunks, r.horizon, r.last);
}
template <class Ar>
void fields(Ar& ar, History& h) {
  ar(h.accounts);
}

}  // namespace marginfix::sim
