// The words of the reconciliation service: sources, breaks and their life, what makes one fill. Plain values.
// Source: market.md C (categories, life of a break); docs/reconcile.md explains each category to an operator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/time.hpp"

namespace marginfix::reconcile {

// Who tells of the account. `firm`: the firm's own record (its FIX logs, a CSV of its OMS, the gateway's journal). Numbers are on disk.
enum class Source : std::uint8_t { listener = 0, drop_copy = 1, rest = 2, websocket = 3, klear = 4, firm = 5 };
inline constexpr std::uint8_t kSources = 6;
std::string_view to_string(Source source) noexcept;
std::optional<Source> source_of(std::string_view name) noexcept;
constexpr std::uint32_t bit(Source source) noexcept { return 1U << static_cast<unsigned>(source); }

// What a source is worth at present. `unknown` is never flat and never empty: nothing is concluded from its silence.
enum class SourceState : std::uint8_t {
  off,      // not configured, or not open to this account (drop copy without the allow list)
  waiting,  // has not answered yet
  up,
  unknown  // failed, cut, refused, unreadable: `why` says so
};
std::string_view to_string(SourceState state) noexcept;

// Numbers are on disk; names are what commands, exports and the page show.
enum class BreakCategory : std::uint8_t {
  missing_here = 0,   // the account's own FIX feed (listener, drop copy) does not have what another source tells
  missing_there = 1,  // FIX told it, another source that must know does not have it
  duplicate = 2,      // one ExecID(17), told again with other content
  quantity = 3,
  price = 4,
  side = 5,
  symbol = 6,
  account = 7,      // another account, subaccount (79, 1) or customer than the one it is booked under
  order_state = 8,  // open here and done there, or the reverse
  cum_qty = 9,      // CumQty(14) is not the sum of the fills
  avg_px = 10,      // AvgPx(6) is not the mean of the fills
  position = 11,    // fills, 704/705, REST and clearing do not agree
  fee = 12,
  funding = 13,
  collateral = 14,
  late = 15,              // came after the cut of its clearing day
  clearing_date = 16,     // ClearingBusinessDate(715) is not the day of its TransactTime(60)
  corporate_action = 17,  // a position or price changed without a trade and the action behind it is not known
  undecodable = 18,       // bytes that could not be read; they are kept
  outcome_unknown = 19    // the firm sent an order and nobody can say what became of it
};
inline constexpr std::uint8_t kBreakCategories = 20;
std::string_view to_string(BreakCategory category) noexcept;
std::optional<BreakCategory> break_category_of(std::string_view name) noexcept;

// pending: seen, within the grace. confirmed: older than the grace. Then one of three ends: `resolved` (the two sides agree again, by
// themselves or because a person says so), `explained` (a known cause that is no fault), `accepted` (a person lives with it).
enum class BreakState : std::uint8_t { pending = 0, confirmed = 1, resolved = 2, explained = 3, accepted = 4 };
std::string_view to_string(BreakState state) noexcept;
std::optional<BreakState> break_state_of(std::string_view name) noexcept;
constexpr bool is_open(BreakState state) noexcept { return state == BreakState::pending || state == BreakState::confirmed; }

// What makes one's own part in a trade unique over all doors: the exchange's trade id is one for both sides, so the order is part of it.
struct FillKey {
  std::string account;   // name in the configuration
  std::string order_id;  // 37
  std::string trade_id;  // TrdMatchID(880), REST's fill_id, WebSocket's trade_id; "exec:LASTMKT|EXECID" for a report without 880
  friend auto operator<=>(const FillKey&, const FillKey&) = default;
};

// Comparisons are exact for quantities and prices. Everything here is configuration (config/reconcile.toml) and goes into the journal, so
// that a replay decides as the service did. Amounts in millionths of a dollar.
struct Rules {
  std::int64_t grace_us{20'000'000};    // how long two sources may differ before it is a break; at most 30 s as shipped
  std::int64_t fee_tolerance{100};      // the exchange charges whole centicents (0.0001 dollars)
  std::int64_t funding_tolerance{100};  // a row
  std::int64_t cash_tolerance{100};
  std::int64_t late_after_us{60'000'000};  // a fill may come so long after its cut without being late
};

}  // namespace marginfix::reconcile
