// ExecIDs, UUIDs from numbers, reasons with their texts and codes.
#include <gtest/gtest.h>

#include <set>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {
namespace {

TEST(SimExecId, IsTwoIntegersAndReadsBack) {
  EXPECT_EQ(to_string(ExecId{12, 3}), "12;3");
  EXPECT_EQ(to_string(ExecId{}), "-1;-1");
  EXPECT_EQ(parse_exec_id("12;3"), (ExecId{12, 3}));
  EXPECT_EQ(parse_exec_id("12;3;0"), (ExecId{12, 3}));
}

TEST(SimExecId, RefusesOtherTexts) {
  for (const char* text : {"", ";", "12", "12;", ";3", "-1;-1", "12;-3", "12;3;", "12;3x", "a;b", "12;3;0;1", " 12;3"}) {
    EXPECT_FALSE(parse_exec_id(text)) << text;
  }
}

TEST(SimExecId, OrdersAsAPair) {
  EXPECT_LT((ExecId{9, 99}), (ExecId{10, 1}));
  EXPECT_LT((ExecId{10, 2}), (ExecId{10, 10}));
}

TEST(SimUuid, ReadsBackItsNumberAndIsUnique) {
  std::set<std::string> seen;
  for (std::uint64_t n = 0; n < 5'000; ++n) {
    const Uuid id = make_uuid(7, IdKind::Order, n);
    EXPECT_TRUE(is_uuid(id.view()));
    EXPECT_EQ(id.text[14], '4');
    EXPECT_TRUE(seen.insert(std::string(id.view())).second);
    ASSERT_EQ(uuid_number(7, IdKind::Order, id.view()), n);
  }
  const std::uint64_t big = (std::uint64_t{1} << 60) - 1;
  EXPECT_EQ(uuid_number(7, IdKind::Order, make_uuid(7, IdKind::Order, big).view()), big);
}

TEST(SimUuid, OfAnotherKindSeedOrFormIsUnknown) {
  const Uuid id = make_uuid(7, IdKind::Order, 42);
  EXPECT_FALSE(uuid_number(7, IdKind::Group, id.view()));
  EXPECT_FALSE(uuid_number(8, IdKind::Order, id.view()));
  EXPECT_FALSE(uuid_number(7, IdKind::Order, "not-a-uuid"));
  std::string changed(id.view());
  changed.back() = changed.back() == 'a' ? 'b' : 'a';
  EXPECT_FALSE(uuid_number(7, IdKind::Order, changed));
  EXPECT_FALSE(is_uuid("0123456789abcdef0123456789abcdef0123"));
  EXPECT_FALSE(is_uuid(""));
}

TEST(SimUuid, UpperCaseIsTheSameUuid) {
  const Uuid id = make_uuid(7, IdKind::Group, 42);
  std::string upper(id.view());
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(uuid_number(7, IdKind::Group, upper), 42U);
}

struct ReasonCase {
  Reason reason;
  const char* text;
  OrdRejReason order;
  CxlRejReason cancel;
};

TEST(SimReason, HasTheDocumentedTextAndCodes) {
  const ReasonCase cases[] = {
      {Reason::MarketNotFound, "MARKET_NOT_FOUND", OrdRejReason::UnknownSymbol, CxlRejReason::Other},
      {Reason::ExchangePaused, "EXCHANGE_PAUSED", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
      {Reason::MarketInactive, "MARKET_INACTIVE", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
      {Reason::MarketAlreadyClosed, "MARKET_ALREADY_CLOSED", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
      {Reason::OrderAlreadyExists, "ORDER_ALREADY_EXISTS", OrdRejReason::DuplicateOrder, CxlRejReason::DuplicateClOrdID},
      {Reason::InvalidPrice, "INVALID_PRICE", OrdRejReason::Other, CxlRejReason::Other},
      {Reason::TradingPaused, "TRADING_PAUSED", OrdRejReason::ExchangeClosed, CxlRejReason::Other},
      {Reason::InvalidCombination, "INVALID_ORDER", OrdRejReason::UnsupportedOrderCharacteristic, CxlRejReason::Other},
      {Reason::InsufficientBalance, "INSUFFICIENT_BALANCE", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
      {Reason::ExceededPerMarketRiskLimit, "EXCEEDED_PER_MARKET_RISK_LIMIT", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
      {Reason::ExceededOrderGroupRiskLimit, "EXCEEDED_ORDER_GROUP_RISK_LIMIT", OrdRejReason::OrderExceedsLimit, CxlRejReason::Other},
      {Reason::OrderGroupNotFound, "ORDER_GROUP_NOT_FOUND", OrdRejReason::UnsupportedOrderCharacteristic, CxlRejReason::Other},
      {Reason::InvalidQuantity, "INVALID_QUANTITY", OrdRejReason::IncorrectQuantity, CxlRejReason::Other},
      {Reason::ReduceOnly, "REDUCE_ONLY", OrdRejReason::UnsupportedOrderCharacteristic, CxlRejReason::Other},
      {Reason::UnknownAccount, "ACCOUNT_NOT_FOUND", OrdRejReason::UnknownAccount, CxlRejReason::UnknownOrder},
      {Reason::InvalidAmendQty, "INVALID_AMEND_QTY_FOR_ORDER", OrdRejReason::IncorrectQuantity, CxlRejReason::BrokerOption},
      {Reason::CannotUpdateFilledOrder, "CANNOT_UPDATE_FILLED_ORDER", OrdRejReason::Other, CxlRejReason::BrokerOption},
      {Reason::SelfCrossAttempt, "SELF_CROSS_ATTEMPT", OrdRejReason::Other, CxlRejReason::InvalidPriceIncrement},
      {Reason::TooLateToCancel, "ORDER_ALREADY_FILLED", OrdRejReason::Other, CxlRejReason::TooLateToCancel},
      {Reason::UnknownOrder, "ORDER_NOT_FOUND", OrdRejReason::Other, CxlRejReason::UnknownOrder},
      {Reason::FokInsufficientVolume, "FOK_INSUFFICIENT_VOLUME", OrdRejReason::Other, CxlRejReason::Other},
      {Reason::PostOnlyCross, "POST_ONLY_CROSS", OrdRejReason::Other, CxlRejReason::Other},
      {Reason::ImmediateOrCancelled, "IMMEDIATE_OR_CANCELLED", OrdRejReason::Other, CxlRejReason::Other},
      {Reason::TakerSelfTrade, "TAKER_CANCEL_FOR_SELF_TRADE_PREVENTION", OrdRejReason::Other, CxlRejReason::Other},
      {Reason::MakerSelfTrade, "MAKER_CANCEL_FOR_SELF_TRADE_PREVENTION", OrdRejReason::Other, CxlRejReason::Other},
      {Reason::OrderGroupCancel, "ORDER_GROUP_CANCEL", OrdRejReason::Other, CxlRejReason::Other},
  };
  for (const ReasonCase& c : cases) {
    EXPECT_EQ(reason_text(c.reason), c.text);
    EXPECT_EQ(ord_rej_reason(c.reason), c.order) << c.text;
    EXPECT_EQ(cxl_rej_reason(c.reason), c.cancel) << c.text;
  }
  EXPECT_EQ(reason_text(Reason::UserCanceled), "");
}

}  // namespace
}  // namespace marginfix::sim
