// What the service reads from its ledger before it asks: where each source goes on. Pure queries; the caller's connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/time.hpp"
#include "marginfix/domain/report_merge.hpp"
#include "services/reconcile/feeds/fix_feed.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

// Of an account, when a process begins.
struct StartingPoint {
  ResumePoints resume;
  std::int64_t gaps{0};  // the highest number
  std::vector<OpenGap> open_gaps;
  bool went_before{false};                 // something of it is in the ledger
  std::optional<Timestamp> sure_before{};  // when reports were last known to be complete, by this machine's clock
  Timestamp fills_told{};                  // REST has told whole lists up to here, by the exchange's clock; the epoch: it never has
};
StartingPoint starting_point(Storage& storage, const std::string& account);

// The exchange's latest time in the ledger; the epoch: none.
Timestamp exchange_time_in(Storage& storage);
// The earliest fill that is not settled, by the exchange's clock.
std::optional<Timestamp> earliest_unsettled(Storage& storage, const std::string& account);
// OrderID(37) of orders that FIX or REST believes open, or that nobody has compared to the end; at most so many, oldest first.
std::vector<std::string> orders_to_look_up(Storage& storage, const std::string& account, std::int64_t most);
// The latest clearing day whose end has been told; 0: none.
std::int64_t last_day_cut(Storage& storage);

struct OpenBreaks {
  std::int64_t pending{0}, confirmed{0};
  std::int64_t ripe{0};                  // pending, and older than the grace by either clock
  std::optional<Timestamp> newest_seen;  // first_seen of the youngest pending one
};
OpenBreaks open_breaks(Storage& storage, const std::vector<std::string>& accounts, Timestamp now, std::int64_t grace_us);

// Whether somebody may still close it.
enum class BreakStanding : std::uint8_t { open, closed, unknown };
BreakStanding standing_of(Storage& storage, std::int64_t break_id);

}  // namespace marginfix::reconcile
