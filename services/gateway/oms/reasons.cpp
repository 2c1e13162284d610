#include "services/gateway/oms/reasons.hpp"

#include <array>

namespace marginfix::gateway {
namespace {

constexpr int kHalt = 6, kMarketOption = 8;  // 378: Cancel on Trading Halt, Market (Exchange) Option

constexpr std::array kTextReasons{
    TextReason{"EXCHANGE_UNAVAILABLE", kRejOther, kCxlOther, kMarketOption},
    TextReason{"EXCHANGE_PAUSED", kRejExchangeClosed, kCxlOther, kHalt},
    TextReason{"TRADING_PAUSED", kRejExchangeClosed, kCxlOther, kHalt},
    TextReason{"INTERNAL_ERROR", kRejOther, kCxlOther, kMarketOption},
    TextReason{"MARKET_ALREADY_CLOSED", kRejTooLate, kCxlOther, kMarketOption},
    TextReason{"MARKET_INACTIVE", kRejExchangeClosed, kCxlOther, kHalt},
    TextReason{"MARKET_NOT_FOUND", kRejUnknownSymbol, kCxlOther, kMarketOption},
    TextReason{"SELF_CROSS_ATTEMPT", kRejOther, kCxlPrice, kMarketOption},
    TextReason{"ORDER_ALREADY_EXISTS", kRejDuplicate, kCxlDuplicate, kMarketOption},
    TextReason{"INSUFFICIENT_BALANCE", kRejExceedsLimit, kCxlOther, kMarketOption},
    TextReason{"EXCEEDED_PER_MARKET_RISK_LIMIT", kRejExceedsLimit, kCxlOther, kMarketOption},
    TextReason{"EXCEEDED_ORDER_GROUP_RISK_LIMIT", kRejExceedsLimit, kCxlOther, kMarketOption},
    TextReason{"EXCEEDED_SELL_POSITION_FLOOR", kRejExceedsLimit, kCxlOther, kMarketOption},
    TextReason{"ORDER_GROUP_NOT_FOUND", kRejOther, kCxlOther, kMarketOption},
    TextReason{"FOK_INSUFFICIENT_VOLUME", kRejOther, kCxlOther, kMarketOption},
    TextReason{"POST_ONLY_CROSS", kRejOther, kCxlOther, kMarketOption},
    TextReason{"REDUCE_ONLY", kRejOther, kCxlOther, kMarketOption},
    TextReason{"INVALID_ORDER", kRejUnsupported, kCxlOther, kMarketOption},
    TextReason{"INVALID_PRICE", kRejOther, kCxlOther, kMarketOption},
    TextReason{"CUSTOMER_ACCOUNT_NOT_FOUND", kRejUnknownAccount, kCxlOther, kMarketOption},
    TextReason{"PERMISSION_DENIED_FOR_CUSTOMER_ACCOUNT", kRejUnknownAccount, kCxlOther, kMarketOption},
    TextReason{"EXPIRED", kRejStale, kCxlTooLate, kMarketOption},
    TextReason{"CANNOT_UPDATE_FILLED_ORDER", kRejOther, kCxlTooLate, kMarketOption},
    TextReason{"INVALID_AMEND_QTY_FOR_ORDER", kRejIncorrectQuantity, kCxlOption, kMarketOption},
    TextReason{"ORDER_NOT_FOUND", kRejUnknownOrder, kCxlUnknownOrder, kMarketOption},
    TextReason{"ORDER_GROUP_CANCEL", kRejOther, kCxlOther, kMarketOption},
    TextReason{"TAKER_CANCEL_FOR_SELF_TRADE_PREVENTION", kRejOther, kCxlOther, kMarketOption},
    TextReason{"MAKER_CANCEL_FOR_SELF_TRADE_PREVENTION", kRejOther, kCxlOther, kMarketOption},
    TextReason{"IMMEDIATE_OR_CANCELLED", kRejOther, kCxlOther, kMarketOption},
};

constexpr bool within(int value, int low, int high) noexcept { return value >= low && value <= high; }

}  // namespace

std::span<const TextReason> text_reasons() noexcept { return kTextReasons; }

const TextReason* find_text_reason(std::string_view text) noexcept {
  const TextReason* best = nullptr;  // SELF_CROSS_ATTEMPT begins SELF_CROSS_ATTEMPT_PARTIALLY_FILLED: the longest counts
  for (const TextReason& each : kTextReasons) {
    if (text.starts_with(each.text) && (best == nullptr || each.text.size() > best->text.size())) best = &each;
  }
  return best;
}

int ord_rej_reason_in(FixVersion version, int reason) noexcept {
  switch (version) {
    case FixVersion::fix42:
      return within(reason, 0, 8) ? reason : 0;
    case FixVersion::fix44:
      return (within(reason, 0, 15) && reason != 12) ? reason : kRejOther;
    case FixVersion::fix50sp2:
      break;
  }
  return within(reason, 0, 16) || reason == 18 ? reason : kRejOther;
}

int cxl_rej_reason_in(FixVersion version, int reason) noexcept {
  switch (version) {
    case FixVersion::fix42:
      return within(reason, 0, 3) ? reason : kCxlOption;
    case FixVersion::fix44:
      return within(reason, 0, 6) ? reason : kCxlOther;
    case FixVersion::fix50sp2:
      break;
  }
  return within(reason, 0, 8) || reason == kCxlPrice ? reason : kCxlOther;
}

int restatement_in(FixVersion version, int reason) noexcept {
  constexpr int kBrokerOption = 4;
  if (version == FixVersion::fix42) return within(reason, 0, 5) ? reason : kBrokerOption;
  return within(reason, 0, version == FixVersion::fix44 ? 10 : 11) ? reason : kRejOther;
}

}  // namespace marginfix::gateway
