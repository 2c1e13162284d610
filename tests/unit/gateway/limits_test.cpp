// Limits before the exchange's, each at its edge: of orders as they come, of replaces, and of what is open already.
#include "services/gateway/orders/limits.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "services/gateway/oms/reasons.hpp"
#include "unit/gateway/desk_fixture.hpp"

namespace marginfix::test {
namespace {

using gateway::ClientOrder;
using gateway::LimitRefusal;
using gateway::OrderLimits;
using gateway::OrderTerms;
using ::testing::HasSubstr;

DollarDecimal dollars(std::string_view text) { return DollarDecimal::parse(text).value(); }
FixedPointCount contracts(std::string_view text) { return FixedPointCount::parse(text).value(); }
constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

class GatewayLimits : public DeskTest {
 protected:
  static OrderTerms buy(std::string_view qty, std::string_view price) { return {"KXBTCPERP", Side::Buy, contracts(qty), dollars(price)}; }
  static OrderTerms sell(std::string_view qty, std::string_view price) { return {"KXBTCPERP", Side::Sell, contracts(qty), dollars(price)}; }
  std::optional<LimitRefusal> check(const OrderTerms& terms, const ClientOrder* replaces = nullptr) const {
    return gateway::check_limits(limits_, terms, replaces, desk_.open_sums().of_client("FIX.4.4:OMS44->MARGINFIX"), position_,
                                 [this](std::string_view) { return book_; });
  }
  std::string why(const OrderTerms& terms, const ClientOrder* replaces = nullptr) const {
    const auto refused = check(terms, replaces);
    if (refused) {
      EXPECT_EQ(refused->ord_rej_reason, gateway::kRejExceedsLimit);
    }
    return refused ? refused->text : std::string();
  }
  const ClientOrder& known(std::string_view cl_ord_id) const { return *desk_.find_client_id("FIX.4.4:OMS44->MARGINFIX", cl_ord_id); }

  OrderLimits limits_;
  FixedPointCount position_;
  const OrderBook* book_{nullptr};
};

TEST_F(GatewayLimits, NoneIsSet) {
  EXPECT_EQ(why(buy("1000000", "1000000")), "");
  EXPECT_FALSE(gateway::wants_books(limits_));
}

TEST_F(GatewayLimits, OrderQtyAndNotionalOfOneOrder) {
  limits_.max_order_qty = contracts("10");
  EXPECT_EQ(why(buy("10", "1")), "");
  EXPECT_EQ(why(buy("11", "1")), "OrderQty(38) 11.00 is more than 10.00");
  limits_ = {};
  limits_.max_notional = dollars("195");
  EXPECT_EQ(why(buy("10", "19.5")), "");
  EXPECT_EQ(why(buy("10", "19.5001")), "notional 195.0010 is more than 195.0000");
}

// Whatever a client writes there is an answer.
TEST_F(GatewayLimits, NumbersBeyondAllBoundsAreRefusedLikeOthers) {
  const OrderTerms terms{"KXBTCPERP", Side::Buy, FixedPointCount::from_units(kHuge), DollarDecimal::from_units(kHuge)};
  limits_.max_notional = dollars("100");
  EXPECT_THAT(why(terms), HasSubstr("is more than 100.0000"));
  limits_ = {};
  limits_.max_position = contracts("100");
  position_ = FixedPointCount::from_units(kHuge);
  EXPECT_THAT(why(terms), HasSubstr("would be more than 100.00"));
  limits_ = {};
  limits_.price_collar = FixedPointCount::from_units(kHuge);
  OrderBook book("KXBTCPERP");
  const BookLevel ask{DollarDecimal::from_units(kHuge), contracts("1")};
  book.apply_snapshot({}, std::span(&ask, 1), now_);
  book_ = &book;
  EXPECT_EQ(why(terms), "");
}

TEST_F(GatewayLimits, OpenOrdersCountWhereTheyAreThisClients) {
  limits_.max_open_orders = 2;
  EXPECT_EQ(why(buy("1", "1")), "");
  order("OMS44", "a1");
  order("OMS42", "b1");
  EXPECT_EQ(why(buy("1", "1")), "");
  order("OMS44", "a2");
  EXPECT_EQ(why(buy("1", "1")), "2 orders are open already");
  EXPECT_EQ(why(buy("1", "1"), &known("a1")), "") << "a replace makes no order more";
  report("11=x1|39=4|150=4|151=0|");
  EXPECT_EQ(why(buy("1", "1")), "");
}

TEST_F(GatewayLimits, APositionIsWhatItWouldBeWereEverythingFilled) {
  limits_.max_position = contracts("25");
  EXPECT_EQ(why(buy("25", "1")), "");
  EXPECT_EQ(why(buy("26", "1")), "a position of 26.00 would be more than 25.00");
  EXPECT_EQ(why(sell("26", "1")), "a position of -26.00 would be more than 25.00");
  order("OMS44", "a1");  // 10 to buy
  EXPECT_EQ(why(buy("15", "1")), "");
  EXPECT_NE(why(buy("16", "1")), "");
  EXPECT_EQ(why(sell("25", "1")), "") << "what may be bought is not counted for a sale";
  position_ = contracts("10");
  EXPECT_EQ(why(buy("5", "1")), "");
  EXPECT_NE(why(buy("6", "1")), "");
  EXPECT_EQ(why(sell("35", "1")), "");
  EXPECT_NE(why(sell("36", "1")), "");
}

// The sums are those of the orders one by one, whatever has happened to them, and after a restart.
TEST_F(GatewayLimits, WhatIsOpenIsKeptUpWithEveryChange) {
  const auto expect_right = [](const gateway::Desk& desk) {
    std::map<std::string, std::array<gateway::WideUnits, 3>> one_by_one;  // by client and key: orders, to buy, to sell
    for (const auto& [number, order] : desk.orders()) {
      if (!order.open()) continue;
      for (const std::string& whose : {order.client, order.account}) {
        ++one_by_one[whose][0];
        one_by_one[whose][order.side == Side::Buy ? 1 : 2] += gateway::OpenSums::units_of(order);
      }
    }
    for (const std::string whose : {"FIX.4.2:OMS42->MARGINFIX", "FIX.4.4:OMS44->MARGINFIX", "alice"}) {
      const auto& open = whose == "alice" ? desk.open_sums().of_account(whose) : desk.open_sums().of_client(whose);
      const auto& expected = one_by_one[whose];
      EXPECT_TRUE(open.count() == expected[0] && open.units("KXBTCPERP", Side::Buy) == expected[1] &&
                  open.units("KXBTCPERP", Side::Sell) == expected[2])
          << whose << ": " << open.count();
    }
  };
  const auto step = [&](const auto& /*told*/) { expect_right(desk_); };
  step(order("OMS44", "a1"));
  step(order("OMS42", "b1"));
  step(order("OMS44", "a2", "54=2|38=7|"));
  step(report("11=x1|39=0|150=0|"));
  step(report("11=x2|37=O2|39=0|150=0|"));
  step(report("11=x3|37=O3|54=2|38=7|151=7|39=0|150=0|"));
  step(replace("OMS44", "a1b", "a1", "25", "19.5"));
  step(report("11=x1|14=4|31=19.5|32=4|39=1|150=F|151=6|880=t1|"));
  step(report("11=x4|41=x1|14=4|38=25|151=21|39=1|150=5|"));
  step(cancel("OMS42", "b2", "b1"));
  step(report("11=x5|41=x2|37=O2|39=4|150=4|151=0|"));
  step(order("OMS44", "a1"));  // refused: known
  step(report("11=x3|37=O3|54=2|38=7|14=7|31=19.5|32=7|39=2|150=F|151=0|880=t2|"));
  EXPECT_EQ(desk_.open_sums().of_client("FIX.4.4:OMS44->MARGINFIX").count(), 1);
  gateway::Desk again = make_desk();
  desk_.snapshot([&](const gateway::JournalRecord& record) { ASSERT_TRUE(again.restore(record)); });
  expect_right(again);
}

TEST_F(GatewayLimits, AReplaceCountsWithWhatItAsksForMore) {
  limits_.max_position = contracts("25");
  order("OMS44", "a1");
  report("11=x1|39=0|150=0|");
  report("11=x1|14=4|31=19.5|32=4|39=1|150=F|151=6|880=t1|");
  position_ = contracts("4");  // of these
  EXPECT_EQ(why(buy("25", "1"), &known("a1")), "");
  EXPECT_NE(why(buy("26", "1"), &known("a1")), "");
  EXPECT_EQ(why(buy("3", "1"), &known("a1")), "") << "down to less than what is filled";
}

TEST_F(GatewayLimits, WhatMakesAPositionSmallerIsLetThrough) {
  limits_.max_position = contracts("25");
  position_ = contracts("100");
  EXPECT_EQ(why(sell("60", "1")), "") << "40 is still too much, but less";
  EXPECT_EQ(why(sell("125", "1")), "");
  EXPECT_NE(why(sell("201", "1")), "");
  EXPECT_NE(why(buy("1", "1")), "");
}

TEST_F(GatewayLimits, ACollarIsHeldAgainstTheOtherSideElseTheOwnElseNothing) {
  limits_.price_collar = contracts("10");
  EXPECT_TRUE(gateway::wants_books(limits_));
  EXPECT_EQ(why(buy("1", "1000")), "") << "no book";
  OrderBook book("KXBTCPERP");
  book_ = &book;
  EXPECT_EQ(why(buy("1", "1000")), "") << "a stale one";
  const BookLevel bid{dollars("10"), contracts("1")}, ask{dollars("20"), contracts("1")};
  book.apply_snapshot({}, {}, now_);
  EXPECT_EQ(why(buy("1", "1000")), "") << "an empty one";
  book.apply_snapshot(std::span(&bid, 1), std::span(&ask, 1), now_);
  EXPECT_EQ(why(buy("1", "22")), "");
  EXPECT_EQ(why(buy("1", "22.0001")), "price collar: 22.0001 is more than 10.00 % from 20.0000");
  EXPECT_EQ(why(buy("1", "0.0001")), "") << "far on the right side";
  EXPECT_EQ(why(sell("1", "9")), "");
  EXPECT_NE(why(sell("1", "8.9999")), "");
  EXPECT_EQ(why(sell("1", "1000")), "");
  book.apply_snapshot(std::span(&bid, 1), {}, now_);
  EXPECT_EQ(why(buy("1", "11")), "") << "no offer: the best bid";
  EXPECT_NE(why(buy("1", "11.0001")), "");
}

}  // namespace
}  // namespace marginfix::test
