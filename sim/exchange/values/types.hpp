// Small values shared by the whole simulated exchange: numbers of accounts, keys, markets, orders; doors; ExecIDs; reasons.
// Nothing here knows FIX, JSON or sockets. Source: fix-margin.md (tables of 58, 102, 103), observed.md.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enums.hpp"

namespace marginfix::sim {

using AccountId = std::uint32_t;  // dense, from 0, in order of creation
using KeyNo = std::uint32_t;      // dense, from 0, over all accounts
using MarketNo = std::uint32_t;   // dense, from 0, in the order of the market list
using OrderNo = std::uint64_t;    // from 1, never reused; its public form is a UUID (Uuid below)
using GroupNo = std::uint64_t;    // from 1, never reused
using EventNo = std::uint64_t;    // from 1, counts every event the engine ever released; the same after a replay

inline constexpr KeyNo kNoKey = UINT32_MAX;
inline constexpr MarketNo kNoMarket = UINT32_MAX;
inline constexpr int kMaxSubaccount = 63;

// Where a request came in. Reports of an order go to the session that entered it: (key, door).
enum class Door : std::uint8_t { FixNR = 0, FixRT = 1, Rest = 2, House = 3, System = 4 };
struct Route {
  KeyNo key{kNoKey};
  Door door{Door::System};
  friend bool operator==(const Route&, const Route&) = default;
};

template <class Ar>
void fields(Ar& ar, Route& r) {
  ar(r.key, r.door);
}

// What a key may do. A listener or drop-copy key is refused by the door before it gets here; the engine refuses trading too.
// Only Trading keys write. The others read over REST and WebSocket, and open FIX sessions that do not trade.
enum class KeyScope : std::uint8_t { Trading = 0, Listener = 1, DropCopy = 2, ReadOnly = 3 };

// "<a>;<b>": a = number of the engine's command (or timer), b = number of the event in it, both from 1; ordered as a pair.
// {-1,-1} stands on rejects and pending reports. Source: fix-margin.md, ExecID(17).
struct ExecId {
  std::int64_t a{-1};
  std::int64_t b{-1};
  constexpr bool numbered() const noexcept { return a >= 0; }
  friend auto operator<=>(const ExecId&, const ExecId&) = default;
};
template <class Ar>
void fields(Ar& ar, ExecId& id) {
  ar(id.a, id.b);
}
std::string to_string(ExecId id);
// Accepts exactly "<a>;<b>" with two non-negative integers (a third part, an exchange index, is accepted and ignored).
std::optional<ExecId> parse_exec_id(std::string_view text);

// coefficient x 10^-decimals as a JSON number without trailing zeros.
MultiplierDecimal shortest(std::int64_t coefficient, int decimals);

// A UUID made from a number and the exchange's seed: the same in every replay, and the number can be read back.
struct Uuid {
  char text[36];
  std::string_view view() const noexcept { return {text, sizeof text}; }
};
enum class IdKind : std::uint8_t {
  Order = 1,
  Group = 2,
  Match = 3,
  Operation = 4,
  User = 5,
  Trade = 6,
  Market = 7,
  CorporateAction = 8,
  Clearing = 20,
  ExitTrigger = 35,
  Transfer = 36
};
Uuid make_uuid(std::uint64_t seed, IdKind kind, std::uint64_t number);
// The number behind a UUID of this exchange and kind; nothing for any other text.
std::optional<std::uint64_t> uuid_number(std::uint64_t seed, IdKind kind, std::string_view text);
// True when the text has the form of a UUID (8-4-4-4-12 hex digits): a malformed one is a Reject(3), an unknown one a j.
bool is_uuid(std::string_view text) noexcept;

// Why the engine refused, canceled or ended something. Text(58), OrdRejReason(103), CxlRejReason(102) follow from it.
enum class Reason : std::uint8_t {
  None = 0,
  ExchangeUnavailable,
  ExchangePaused,
  InternalError,
  MarketAlreadyClosed,
  MarketInactive,
  MarketNotFound,
  SelfCrossAttempt,
  OrderAlreadyExists,
  InsufficientBalance,
  ExceededPerMarketRiskLimit,
  ExceededOrderGroupRiskLimit,
  OrderGroupNotFound,
  FokInsufficientVolume,
  PostOnlyCross,
  OrderGroupCancel,
  TakerSelfTrade,
  MakerSelfTrade,
  ImmediateOrCancelled,
  ReduceOnly,
  // texts beyond the documented list ("others may appear")
  InvalidPrice,
  InvalidQuantity,
  InvalidExpiration,
  InvalidCombination,
  UnknownAccount,
  NotAuthorized,
  UnknownOrder,
  TooLateToCancel,
  InvalidAmendQty,
  CannotUpdateFilledOrder,
  OrderMismatch,
  InvalidLimit,
  MassCancel,
  CancelOnDisconnect,
  Expired,
  UserCanceled,
  // limits of FCMs and their subtraders
  CategoryCapRequired,
  InitialMarginCapExceeded,
  NotionalRiskLimitExceeded,
  TradingPaused,      // of one market; the whole exchange is ExchangePaused
  TooManyOrderGroups  // of an account
};
// Text(58) as the exchange writes it, e.g. "POST_ONLY_CROSS"; "" for None and UserCanceled.
std::string_view reason_text(Reason reason) noexcept;
OrdRejReason ord_rej_reason(Reason reason) noexcept;
CxlRejReason cxl_rej_reason(Reason reason) noexcept;

// Why an order last changed; REST and WS call it last_update_reason.
enum class UpdateReason : std::uint8_t {
  None = 0,
  Decrease,
  Amend,
  MarginCancel,
  SelfTradeCancel,
  ExpiryCancel,
  Trade,
  PostOnlyCrossCancel,
  ReduceOnlyCancel,
  CloseCancel,
  HaltCancel,
  UserCancel,
  GroupCancel
};
std::string_view to_string(UpdateReason reason) noexcept;

// Why the exchange placed an order on an account's behalf (REST and WS: order_reason); None = somebody's own order (order_source user).
enum class SystemOrder : std::uint8_t { None = 0, Liquidation = 1, TakeProfitStopLoss = 2 };
std::string_view to_string(SystemOrder reason) noexcept;  // "liquidation", "take_profit_stop_loss", "" for None

enum class MarketStatus : std::uint8_t { Inactive = 0, Active = 1, Closed = 2 };  // REST's MarginMarketStatus
std::string_view to_string(MarketStatus status) noexcept;

}  // namespace marginfix::sim
