// Texts and codes of the small values: ExecIDs, UUIDs from numbers, reasons with their Text(58), 103 and 102.
#include "sim/exchange/values/types.hpp"

#include <array>
#include <charconv>

#include "sim/exchange/values/random.hpp"

namespace marginfix::sim {
namespace {

constexpr std::uint64_t kMask60 = (std::uint64_t{1} << 60) - 1;
constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;

// Inverse of an odd number modulo 2^64 (and so modulo 2^60) by Newton's iteration.
constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t x = odd;
  for (int i = 0; i < 6; ++i) x *= 2 - odd * x;
  return x;
}

std::uint64_t salt(std::uint64_t seed, IdKind kind) { return mix64(seed ^ (static_cast<std::uint64_t>(kind) << 56)); }

char* put_hex(char* out, std::uint64_t value, int digits) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (int i = digits - 1; i >= 0; --i) *out++ = kHex[(value >> (4 * i)) & 15];
  return out;
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct ReasonRow {
  Reason reason;
  std::string_view text;
  OrdRejReason order;
  CxlRejReason cancel;
};

constexpr ReasonRow kReasons[] = {
    {Reason::None, "", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::ExchangeUnavailable, "EXCHANGE_UNAVAILABLE", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::ExchangePaused, "EXCHANGE_PAUSED", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
    {Reason::InternalError, "INTERNAL_ERROR", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::MarketAlreadyClosed, "MARKET_ALREADY_CLOSED", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
    {Reason::MarketInactive, "MARKET_INACTIVE", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
    {Reason::MarketNotFound, "MARKET_NOT_FOUND", OrdRejReason::UnknownSymbol, CxlRejReason::Other},
    {Reason::SelfCrossAttempt, "SELF_CROSS_ATTEMPT", OrdRejReason::Other, CxlRejReason::InvalidPriceIncrement},
    {Reason::OrderAlreadyExists, "ORDER_ALREADY_EXISTS", OrdRejReason::DuplicateOrder, CxlRejReason::DuplicateClOrdID},
    {Reason::InsufficientBalance, "INSUFFICIENT_BALANCE", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
    {Reason::ExceededPerMarketRiskLimit, "EXCEEDED_PER_MARKET_RISK_LIMIT", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
    {Reason::ExceededOrderGroupRiskLimit, "EXCEEDED_ORDER_GROUP_RISK_LIMIT", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
    {Reason::OrderGroupNotFound, "ORDER_GROUP_NOT_FOUND", OrdRejReason::UnsupportedOrderCharacteristic, CxlRejReason::Other},
    {Reason::FokInsufficientVolume, "FOK_INSUFFICIENT_VOLUME", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::PostOnlyCross, "POST_ONLY_CROSS", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::OrderGroupCancel, "ORDER_GROUP_CANCEL", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::TakerSelfTrade, "TAKER_CANCEL_FOR_SELF_TRADE_PREVENTION", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::MakerSelfTrade, "MAKER_CANCEL_FOR_SELF_TRADE_PREVENTION", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::ImmediateOrCancelled, "IMMEDIATE_OR_CANCELLED", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::ReduceOnly, "REDUCE_ONLY", OrdRejReason::UnsupportedOrderCharacteristic, CxlRejReason::Other},
    {Reason::InvalidPrice, "INVALID_PRICE", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::InvalidQuantity, "INVALID_QUANTITY", OrdRejReason::IncorrectQuantity, CxlRejReason::Other},
    {Reason::InvalidExpiration, "INVALID_EXPIRATION", OrdRejReason::StaleOrder5, CxlRejReason::Other},
    {Reason::InvalidCombination, "INVALID_ORDER", OrdRejReason::UnsupportedOrderCharacteristic, CxlRejReason::Other},
    {Reason::UnknownAccount, "ACCOUNT_NOT_FOUND", OrdRejReason::UnknownAccount, CxlRejReason::UnknownOrder},
    {Reason::NotAuthorized, "NOT_AUTHORIZED", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::UnknownOrder, "ORDER_NOT_FOUND", OrdRejReason::Other, CxlRejReason::UnknownOrder},
    {Reason::TooLateToCancel, "ORDER_ALREADY_FILLED", OrdRejReason::Other, CxlRejReason::TooLateToCancel},
    {Reason::InvalidAmendQty, "INVALID_AMEND_QTY_FOR_ORDER", OrdRejReason::IncorrectQuantity, CxlRejReason::BrokerOption},
    {Reason::CannotUpdateFilledOrder, "CANNOT_UPDATE_FILLED_ORDER", OrdRejReason::Other, CxlRejReason::BrokerOption},
    {Reason::OrderMismatch, "ORDER_MISMATCH", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::InvalidLimit, "INVALID_CONTRACTS_LIMIT", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::MassCancel, "MASS_CANCEL", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::CancelOnDisconnect, "CANCEL_ON_DISCONNECT", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::Expired, "ORDER_EXPIRED", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::UserCanceled, "", OrdRejReason::Other, CxlRejReason::Other},
    {Reason::CategoryCapRequired, "CATEGORY_CAP_REQUIRED", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
    {Reason::InitialMarginCapExceeded, "INITIAL_MARGIN_CAP_EXCEEDED", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
    {Reason::NotionalRiskLimitExceeded, "NOTIONAL_RISK_LIMIT_EXCEEDED", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
    {Reason::TradingPaused, "TRADING_PAUSED", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
    {Reason::TooManyOrderGroups, "TOO_MANY_ORDER_GROUPS", OrdRejReason::Other, CxlRejReason::Other},
};

constexpr bool reasons_in_order() {
  std::size_t i = 0;
  for (const ReasonRow& row : kReasons) {
    if (static_cast<std::size_t>(row.reason) != i++) return false;
  }
  return i == static_cast<std::size_t>(Reason::TooManyOrderGroups) + 1;
}
static_assert(reasons_in_order(), "kReasons is indexed by Reason");

const ReasonRow& row_of(Reason reason) noexcept { return kReasons[static_cast<std::size_t>(reason)]; }

}  // namespace

std::string to_string(ExecId id) { return std::to_string(id.a) + ";" + std::to_string(id.b); }

std::optional<ExecId> parse_exec_id(std::string_view text) {
  ExecId id;
  const char* const end = text.data() + text.size();
  auto [p, ec] = std::from_chars(text.data(), end, id.a);
  if (ec != std::errc{} || p == end || *p != ';' || id.a < 0) return std::nullopt;
  auto [q, ec2] = std::from_chars(p + 1, end, id.b);
  if (ec2 != std::errc{} || id.b < 0) return std::nullopt;
  if (q == end) return id;
  if (*q != ';') return std::nullopt;
  std::int64_t index{};
  auto [r, ec3] = std::from_chars(q + 1, end, index);
  if (ec3 != std::errc{} || r != end) return std::nullopt;
  return id;
}

MultiplierDecimal shortest(std::int64_t coefficient, int decimals) {
  while (decimals > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --decimals;
  }
  return MultiplierDecimal::from_parts(coefficient, -decimals);
}

Uuid make_uuid(std::uint64_t seed, IdKind kind, std::uint64_t number) {
  const std::uint64_t s = salt(seed, kind);
  const std::uint64_t hidden = ((number ^ (s & 0xFFFF)) * kOdd) & kMask60;  // bijective on 60 bits
  const std::uint64_t check = mix64(hidden ^ s);
  Uuid id{};
  char* p = put_hex(id.text, hidden >> 28, 8);
  *p++ = '-';
  p = put_hex(p, (hidden >> 12) & 0xFFFF, 4);
  *p++ = '-';
  *p++ = '4';
  p = put_hex(p, hidden & 0xFFF, 3);
  *p++ = '-';
  p = put_hex(p, 0x8 | ((check >> 60) & 0x3), 1);
  p = put_hex(p, (check >> 48) & 0xFFF, 3);
  *p++ = '-';
  put_hex(p, check & 0xFFFFFFFFFFFFULL, 12);
  return id;
}

bool is_uuid(std::string_view text) noexcept {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : hex_value(text[i]) < 0) return false;
  }
  return true;
}

std::optional<std::uint64_t> uuid_number(std::uint64_t seed, IdKind kind, std::string_view text) {
  if (!is_uuid(text)) return std::nullopt;
  std::array<std::uint64_t, 32> digit{};
  std::size_t n = 0;
  for (const char c : text) {
    if (c != '-') digit[n++] = static_cast<std::uint64_t>(hex_value(c));
  }
  std::uint64_t hidden = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i != 12) hidden = hidden << 4 | digit[i];
  }
  static constexpr std::uint64_t kInverse = inverse(kOdd);
  const std::uint64_t number = ((hidden * kInverse) & kMask60) ^ (salt(seed, kind) & 0xFFFF);
  const Uuid again = make_uuid(seed, kind, number);
  for (std::size_t i = 0; i < 36; ++i) {
    if (text[i] != '-' && hex_value(text[i]) != hex_value(again.text[i])) return std::nullopt;
  }
  return number;
}

std::string_view reason_text(Reason reason) noexcept { return row_of(reason).text; }
OrdRejReason ord_rej_reason(Reason reason) noexcept { return row_of(reason).order; }
CxlRejReason cxl_rej_reason(Reason reason) noexcept { return row_of(reason).cancel; }

std::string_view to_string(UpdateReason reason) noexcept {
  switch (reason) {
    case UpdateReason::Decrease:
      return "Decrease";
    case UpdateReason::Amend:
      return "Amend";
    case UpdateReason::MarginCancel:
      return "MarginCancel";
    case UpdateReason::SelfTradeCancel:
      return "SelfTradeCancel";
    case UpdateReason::ExpiryCancel:
      return "ExpiryCancel";
    case UpdateReason::Trade:
      return "Trade";
    case UpdateReason::PostOnlyCrossCancel:
      return "PostOnlyCrossCancel";
    case UpdateReason::ReduceOnlyCancel:
      return "ReduceOnlyCancel";
    case UpdateReason::CloseCancel:
      return "CloseCancel";
    case UpdateReason::HaltCancel:
      return "HaltCancel";
    case UpdateReason::None:
    case UpdateReason::UserCancel:
    case UpdateReason::GroupCancel:
      break;  // the exchange's list has no word for these: the empty text is a real value
  }
  return "";
}

std::string_view to_string(SystemOrder reason) noexcept {
  switch (reason) {
    case SystemOrder::Liquidation:
      return "liquidation";
    case SystemOrder::TakeProfitStopLoss:
      return "take_profit_stop_loss";
    case SystemOrder::None:
      break;
  }
  return "";
}

std::string_view to_string(MarketStatus status) noexcept {
  switch (status) {
    case MarketStatus::Inactive:
      return "inactive";
    case MarketStatus::Active:
      return "active";
    case MarketStatus::Closed:
      return "closed";
  }
  return "";
}

}  // namespace marginfix::sim
