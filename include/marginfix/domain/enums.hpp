// Enumerations of the exchange's FIX messages, one C++ enum a FIX field, values as on the wire.
// A value that is not listed here is not an error: it is kept as it came (the exchange adds values every week).
// char-coded enums hold the wire character itself; int-coded enums hold the wire integer. to_string() gives the FIX name,
// or the wire text of an unlisted value. Source: fix-margin.md; FIX 5.0 SP2 for the rest.
#pragma once
// clang-format off

#include <cstdint>
#include <string>
#include <string_view>

namespace marginfix {

enum class Side : char { Buy = '1', Sell = '2' };                                            // 54
enum class OrdType : char { Limit = '2' };                                                   // 40
enum class TimeInForce : char { Day = '0', GTC = '1', IOC = '3', FOK = '4', GTD = '6' };     // 59
enum class ExecInst : char { PostOnly = '6', ReduceOnly = 'E' };                             // 18
enum class ExecType : char {                                                                 // 150
  New = '0', Canceled = '4', Replaced = '5', PendingCancel = '6', Rejected = '8',
  PendingNew = 'A', Expired = 'C', PendingReplace = 'E', Trade = 'F'
};
enum class OrdStatus : char {                                                                // 39
  New = '0', PartiallyFilled = '1', Filled = '2', Canceled = '4', Replaced = '5', PendingCancel = '6',
  Rejected = '8', PendingNew = 'A', Expired = 'C', PendingReplace = 'E'
};
enum class OrdRejReason : std::int32_t {                                                     // 103
  UnknownSymbol = 1, ExchangeClosed = 2, OrderExceedsLimit = 3, TooLateToEnter = 4, StaleOrder5 = 5, DuplicateOrder = 6,
  StaleOrder = 8, UnsupportedOrderCharacteristic = 11, IncorrectQuantity = 13, UnknownAccount = 15, Other = 99
};
enum class CxlRejResponseTo : char { OrderCancelRequest = '1', OrderCancelReplaceRequest = '2' };  // 434
enum class CxlRejReason : std::int32_t {                                                     // 102
  TooLateToCancel = 0, UnknownOrder = 1, BrokerOption = 2, DuplicateClOrdID = 6, InvalidPriceIncrement = 18, Other = 99
};
enum class SelfTradePreventionType : std::int32_t { TakerAtCross = 1, Maker = 2 };           // 2964
enum class PartyRole : std::int32_t { ExecutingTrader = 12, CustomerAccount = 24 };          // 452
enum class MassCancelRequestType : char { CancelForSession = '6' };                          // 530
enum class MassCancelResponse : char { Rejected = '0', CancelForSession = '6' };             // 531
enum class MassCancelRejectReason : std::int32_t { NotSupported = 0, Other = 99 };           // 532
enum class OrderGroupAction : std::int32_t { Create = 1, Reset = 2, Delete = 3, Trigger = 4, Update = 5 };  // 20131
enum class SubscriptionRequestType : char { Snapshot = '0', SnapshotAndUpdates = '1', Disable = '2' };      // 263
enum class MDEntryType : char { Bid = '0', Offer = '1', Trade = '2' };                       // 269
enum class MDUpdateAction : char { New = '0', Change = '1', Delete = '2' };                  // 279
enum class MDReqRejReason : char { InsufficientBandwidth = '2', UnsupportedSubscriptionRequestType = '4' };  // 281
enum class AggressorSide : std::int32_t { Buy = 1, Sell = 2 };                               // 2446
enum class TrdType : std::int32_t { BlockTrade = 1 };                                        // 828
enum class SecurityTradingStatus : std::int32_t { TradingHalt = 2, Resume = 3, Determined = 100, Settled = 101 };  // 326
enum class MiscFeeType : std::int32_t { ExchangeFees = 4 };                                  // 139
enum class MiscFeeBasis : std::int32_t { Absolute = 0 };                                     // 891
enum class EventResendRejectReason : std::int32_t { TooManyRequests = 1, ServerError = 2, BeginTooSmall = 3, EndTooLarge = 4, NotEnabled = 5, Other = 99 };  // 21004
enum class SessionRejectReason : std::int32_t {                                              // 373
  InvalidTagNumber = 0, RequiredTagMissing = 1, TagNotDefinedForMessage = 2, UndefinedTag = 3, TagWithoutValue = 4, ValueIncorrect = 5,
  IncorrectDataFormat = 6, DecryptionProblem = 7, SignatureProblem = 8, CompIdProblem = 9, SendingTimeAccuracy = 10, InvalidMsgType = 11,
  XmlValidationError = 12, TagAppearsMoreThanOnce = 13, TagOutOfOrder = 14, GroupFieldsOutOfOrder = 15, GroupCountWrong = 16,
  ValueContainsSeparator = 17, UnsupportedApplVersion = 18, Other = 99
};
enum class BusinessRejectReason : std::int32_t {                                             // 380
  Other = 0, UnknownId = 1, UnknownSecurity = 2, UnsupportedMessageType = 3, ApplicationNotAvailable = 4,
  ConditionallyRequiredFieldMissing = 5, NotAuthorized = 6, RateLimitExceeded = 8
};

// The session of the exchange a connection logs on to: TargetCompID(56) "KalshiNR", "KalshiRT", "KalshiDC", "KalshiMD".
enum class TargetSession : std::uint8_t { NR, RT, DC, MD };

}  // namespace marginfix
// clang-format on

#include "marginfix/domain/enum_names.hpp"  // names, wire texts, to_string()
