// What the fan-out tells, as text: the subject, the message id and the payload of one event. docs/stream.md is the guide for who reads
// them.
//
//   subject      KIND.ACCOUNT.SYMBOL behind the configured first tokens; each token is escaped, so that any text is a legal one
//   message id   KIND's letter, account and what the event is, ':' between; printable, never empty, at most kMostIdBytes
//   payload      one JSON object; every id, price, quantity and amount in it is a text
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/reconcile/ledger/rows.hpp"

namespace marginfix::reconcile {

enum class EventKind : std::uint8_t { execution, position, order, broken };
// "execution", "position", "order", "break".
std::string_view to_string(EventKind kind) noexcept;
std::optional<EventKind> event_kind_of(std::string_view name) noexcept;

// What a consumer finds in `schema`; another number means that a member has changed its meaning or is gone. New members may come.
inline constexpr std::string_view kStreamSchema = "marginfix.stream.1";
inline constexpr std::size_t kMostIdBytes = 256;

// Letters, digits, '_' and '-' stand for themselves, every other byte as %XX; an empty text is "-" (and "-" itself is "%2D"). A token of
// more than 128 bytes is cut, with a hash of all of it behind.
std::string subject_token(std::string_view text);
std::string event_subject(EventKind kind, std::string_view account, std::string_view symbol);

// The ids. An execution is named by LastMkt(30) and ExecID(17), which the exchange gives it once and for all; by OrderID and trade id where
// it has none yet (REST told it first), or where another execution has that ExecID already.
std::string execution_id(const FillRow& fill, bool exec_id_is_its_own);
// Of what has no name of the exchange's: by the event's number, with the ExecID that made it where there is one.
std::string numbered_id(EventKind kind, std::string_view account, std::string_view what, std::int64_t number);
// The id under which an event is told when the stream has its id for another one: nothing is lost to a name.
std::string other_id(std::string_view id, std::int64_t number);

// What is the same in all events.
struct EventHead {
  std::string_view ledger;  // which ledger tells it
  std::int64_t number{0};   // ascending by one
  std::string_view id;
  Timestamp time{};  // when the ledger was told, by its own clock
};
// The report that made it, where a report did.
struct EventCause {
  std::string last_mkt, exec_id;
};
std::string execution_payload(const EventHead& head, const FillRow& fill, bool corrected);
std::string position_payload(const EventHead& head, const PositionRow& row, const EventCause& cause);
std::string order_payload(const EventHead& head, const OrderRow& row, const EventCause& cause);
std::string break_payload(const EventHead& head, const BreakRow& row);

// An order as it is told: by FIX where FIX has told of it, else by REST.
struct OrderTold {
  bool by_fix{false};
  FixedPointCount cum_qty, leaves_qty;
  friend bool operator==(const OrderTold&, const OrderTold&) = default;
};
OrderTold order_told(const OrderRow& row) noexcept;
// False: an event of the second row would say what one of the first said.
bool tells_more(const OrderRow& before, const OrderRow& now) noexcept;
bool tells_more(const PositionRow& before, const PositionRow& now) noexcept;

}  // namespace marginfix::reconcile
