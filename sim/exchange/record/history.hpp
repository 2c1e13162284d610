// Drop-copy history: the numbered reports of each account, packed, 3 hours of the trading clock. Full chunks move into files (on_disk.hpp)
// and are read from there: what stays in memory of them is where they are. Source: fix-margin.md "Drop copy".
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sim/exchange/values/events.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {

inline constexpr std::chrono::hours kHistoryWindow{3};

class History {
 public:
  // Where a chunk's reports stand, once it is in a file: reports-<generation>.mfr.
  struct Place {
    std::uint64_t generation{0};  // 0: in no file, they are in `bytes`
    std::uint64_t at{0};
    std::uint64_t size{0};
  };
  struct Chunk {
    ExecId first;
    ExecId last;
    Timestamp last_time{};
    std::uint32_t count{0};
    std::string bytes;
    // Of the first `counted` reports; made again after a snapshot was loaded.
    mutable std::uint32_t counted{0}, new_orders{0}, fills{0};
    Place place;

    bool on_disk() const noexcept { return place.generation != 0; }
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
  // A begin of {-1,-1} means the earliest that is kept. This and the functions below throw Exception (store) where a file of reports is
  // gone or damaged.
  HistoryStatus visit(AccountId account, ExecId begin, std::optional<ExecId> end, Timestamp now, const Completer& complete,
                      const std::function<bool(const ExecutionEvent&)>& visitor) const;
  std::optional<ExecId> last(AccountId account) const;
  // Of what the window holds; costs next to nothing however much that is.
  Totals totals(AccountId account, Timestamp now) const;
  // The newest `most` ExecIDs in the window, in order; before `before` only, if it is given.
  std::vector<ExecId> newest(AccountId account, std::size_t most, std::optional<ExecId> before, Timestamp now) const;

  // Counts what is in the chunk, if that is not known.
  void count_all(const Chunk& chunk) const;

  std::vector<Reports> accounts;  // by AccountId
  std::filesystem::path dir;      // where the files are; not part of the state

 private:
  Reports& reports(AccountId account);
  template <class Each>
  void unpack_all(const Chunk& chunk, Each each) const;
  std::string read(const Place& place) const;
};

inline std::string report_file(std::uint64_t generation) { return "reports-" + std::to_string(generation) + ".mfr"; }

template <class Ar>
void fields(Ar& ar, History::Chunk& c) {
  ar(c.first, c.last, c.last_time, c.count, c.bytes);
}
// What stands in files is told of elsewhere (on_disk.cpp).
template <class Ar>
void fields(Ar& ar, History::Reports& r) {
  if constexpr (Ar::kLoading) {
    ar(r.chunks);
  } else {
    const auto first = std::ranges::find_if(r.chunks, [](const History::Chunk& c) { return !c.on_disk(); });
    ar(static_cast<std::uint64_t>(r.chunks.end() - first));
    for (auto chunk = first; chunk != r.chunks.end(); ++chunk) ar(*chunk);
  }
  ar(r.horizon, r.last);
}
template <class Ar>
void fields(Ar& ar, History& h) {
  ar(h.accounts);
}

}  // namespace marginfix::sim
