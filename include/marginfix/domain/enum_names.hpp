// The documented values of each wire enumeration with their FIX names: what the codec, the printer, the dictionary lint and the
// documentation share. A value that is not listed is kept as it came. Source: fix-margin.md; FIX 5.0 SP2 names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "marginfix/domain/enums.hpp"

namespace marginfix {

// One documented value: `wire` is its text on the wire.
struct EnumValue {
  std::int32_t code;
  std::string_view wire;
  std::string_view name;
};

// Specialised for every wire enumeration with `kValues`, an array of EnumValue.
template <class E>
struct EnumValues;

template <class E>
concept WireEnum = std::is_enum_v<E> && requires {
  EnumValues<E>::kValues;
};

template <class E>
inline constexpr bool kIsCharEnum = std::is_same_v<std::underlying_type_t<E>, char>;

#define MARGINFIX_ENUM(Type, ...)                         \
  template <>                                             \
  struct EnumValues<Type> {                               \
    static constexpr EnumValue kValues[] = {__VA_ARGS__}; \
  }

// clang-format off
MARGINFIX_ENUM(Side, {'1', "1", "Buy"}, {'2', "2", "Sell"});
MARGINFIX_ENUM(OrdType, {'2', "2", "Limit"});
MARGINFIX_ENUM(TimeInForce, {'0', "0", "Day"}, {'1', "1", "GTC"}, {'3', "3", "IOC"}, {'4', "4", "FOK"}, {'6', "6", "GTD"});
MARGINFIX_ENUM(ExecInst, {'6', "6", "PostOnly"}, {'E', "E", "ReduceOnly"});
MARGINFIX_ENUM(ExecType, {'0', "0", "New"}, {'4', "4", "Canceled"}, {'5', "5", "Replaced"}, {'6', "6", "PendingCancel"},
  {'8', "8", "Rejected"}, {'A', "A", "PendingNew"}, {'C', "C", "Expired"}, {'E', "E", "PendingReplace"}, {'F', "F", "Trade"});
MARGINFIX_ENUM(OrdStatus, {'0', "0", "New"}, {'1', "1", "PartiallyFilled"}, {'2', "2", "Filled"}, {'4', "4", "Canceled"},
  {'5', "5", "Replaced"}, {'6', "6", "PendingCancel"}, {'8', "8", "Rejected"}, {'A', "A", "PendingNew"}, {'C', "C", "Expired"},
  {'E', "E", "PendingReplace"});
MARGINFIX_ENUM(OrdRejReason, {1, "1", "UnknownSymbol"}, {2, "2", "ExchangeClosed"}, {3, "3", "OrderExceedsLimit"},
  {4, "4", "TooLateToEnter"}, {5, "5", "StaleOrder"}, {6, "6", "DuplicateOrder"}, {8, "8", "StaleOrder"},
  {11, "11", "UnsupportedOrderCharacteristic"}, {13, "13", "IncorrectQuantity"}, {15, "15", "UnknownAccount"}, {99, "99", "Other"});
MARGINFIX_ENUM(CxlRejResponseTo, {'1', "1", "OrderCancelRequest"}, {'2', "2", "OrderCancelReplaceRequest"});
MARGINFIX_ENUM(CxlRejReason, {0, "0", "TooLateToCancel"}, {1, "1", "UnknownOrder"}, {2, "2", "BrokerOption"},
  {6, "6", "DuplicateClOrdID"}, {18, "18", "InvalidPriceIncrement"}, {99, "99", "Other"});
MARGINFIX_ENUM(SelfTradePreventionType, {1, "1", "TakerAtCross"}, {2, "2", "Maker"});
MARGINFIX_ENUM(PartyRole, {12, "12", "ExecutingTrader"}, {24, "24", "CustomerAccount"});
MARGINFIX_ENUM(MassCancelRequestType, {'6', "6", "CancelForSession"});
MARGINFIX_ENUM(MassCancelResponse, {'0', "0", "Rejected"}, {'6', "6", "CancelForSession"});
MARGINFIX_ENUM(MassCancelRejectReason, {0, "0", "NotSupported"}, {99, "99", "Other"});
MARGINFIX_ENUM(OrderGroupAction, {1, "1", "Create"}, {2, "2", "Reset"}, {3, "3", "Delete"}, {4, "4", "Trigger"}, {5, "5", "Update"});
MARGINFIX_ENUM(SubscriptionRequestType, {'0', "0", "Snapshot"}, {'1', "1", "SnapshotAndUpdates"}, {'2', "2", "Disable"});
MARGINFIX_ENUM(MDEntryType, {'0', "0", "Bid"}, {'1', "1", "Offer"}, {'2', "2", "Trade"});
MARGINFIX_ENUM(MDUpdateAction, {'0', "0", "New"}, {'1', "1", "Change"}, {'2', "2", "Delete"});
MARGINFIX_ENUM(MDReqRejReason, {'2', "2", "InsufficientBandwidth"}, {'4', "4", "UnsupportedSubscriptionRequestType"});
MARGINFIX_ENUM(AggressorSide, {1, "1", "Buy"}, {2, "2", "Sell"});
MARGINFIX_ENUM(TrdType, {1, "1", "BlockTrade"});
MARGINFIX_ENUM(SecurityTradingStatus, {2, "2", "TradingHalt"}, {3, "3", "Resume"}, {100, "100", "Determined"}, {101, "101", "Settled"});
MARGINFIX_ENUM(MiscFeeType, {4, "4", "ExchangeFees"});
MARGINFIX_ENUM(MiscFeeBasis, {0, "0", "Absolute"});
MARGINFIX_ENUM(EventResendRejectReason, {1, "1", "TooManyRequests"}, {2, "2", "ServerError"}, {3, "3", "BeginTooSmall"}, {4, "4", "EndTooLarge"}, {5, "5", "NotEnabled"}, {99, "99", "Other"});
MARGINFIX_ENUM(SessionRejectReason, {0, "0", "InvalidTagNumber"}, {1, "1", "RequiredTagMissing"}, {2, "2", "TagNotDefinedForMessage"},
  {3, "3", "UndefinedTag"}, {4, "4", "TagWithoutValue"}, {5, "5", "ValueIncorrect"}, {6, "6", "IncorrectDataFormat"},
  {7, "7", "DecryptionProblem"}, {8, "8", "SignatureProblem"}, {9, "9", "CompIdProblem"}, {10, "10", "SendingTimeAccuracy"},
  {11, "11", "InvalidMsgType"}, {12, "12", "XmlValidationError"}, {13, "13", "TagAppearsMoreThanOnce"}, {14, "14", "TagOutOfOrder"},
  {15, "15", "GroupFieldsOutOfOrder"}, {16, "16", "GroupCountWrong"}, {17, "17", "ValueContainsSeparator"},
  {18, "18", "UnsupportedApplVersion"}, {99, "99", "Other"});
MARGINFIX_ENUM(BusinessRejectReason, {0, "0", "Other"}, {1, "1", "UnknownId"}, {2, "2", "UnknownSecurity"}, {3, "3", "UnsupportedMessageType"},
  {4, "4", "ApplicationNotAvailable"}, {5, "5", "ConditionallyRequiredFieldMissing"}, {6, "6", "NotAuthorized"}, {8, "8", "RateLimitExceeded"});
// clang-format on
#undef MARGINFIX_ENUM

// The documented values, in wire order of the specification.
template <WireEnum E>
constexpr std::span<const EnumValue> enum_values() noexcept {
  return EnumValues<E>::kValues;
}

// False for a value the specification does not name (kept all the same).
template <WireEnum E>
constexpr bool is_listed(E value) noexcept {
  for (const EnumValue& v : EnumValues<E>::kValues)
    if (v.code == static_cast<std::int32_t>(value)) return true;
  return false;
}

// The FIX name, empty for an unlisted value.
template <WireEnum E>
constexpr std::string_view enum_name(E value) noexcept {
  for (const EnumValue& v : EnumValues<E>::kValues)
    if (v.code == static_cast<std::int32_t>(value)) return v.name;
  return {};
}

// The text on the wire: the character itself, or the decimal integer.
template <WireEnum E>
std::string to_wire(E value) {
  if constexpr (kIsCharEnum<E>)
    return static_cast<char>(value) == '\0' ? std::string() : std::string(1, static_cast<char>(value));
  else
    return std::to_string(static_cast<std::int32_t>(value));
}

// The FIX name, or the wire text of an unlisted value.
template <WireEnum E>
std::string to_string(E value) {
  const std::string_view name = enum_name(value);
  return name.empty() ? to_wire(value) : std::string(name);
}

// TargetCompID(56) of a session of the exchange.
constexpr std::string_view target_comp_id(TargetSession session) noexcept {
  switch (session) {
    case TargetSession::NR:
      return "KalshiNR";
    case TargetSession::RT:
      return "KalshiRT";
    case TargetSession::DC:
      return "KalshiDC";
    case TargetSession::MD:
      return "KalshiMD";
  }
  return {};
}

}  // namespace marginfix
