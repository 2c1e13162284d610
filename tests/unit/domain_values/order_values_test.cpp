// Orders and positions of REST and the WebSocket as domain values: every member of their schemas is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "marginfix/domain/position_ledger.hpp"
#include "marginfix/json/binding.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "marginfix/ws/domain_values.hpp"

namespace marginfix {
namespace {

// A member with a value, and another one that the domain value must show.
struct Member {
  std::string_view name, value, other;
};

// With the member at `changed` having its other value; every member as it is where `changed` is none of them.
std::string json_of(std::span<const Member> members, std::size_t changed) {
  std::string text = "{";
  for (std::size_t i = 0; i < members.size(); ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::string(members[i].name) + "\":";
    text += i == changed ? members[i].other : members[i].value;
  }
  return text + "}";
}

template <class Schema>
Schema decoded(std::span<const Member> members, std::size_t changed) {
  Schema out;
  json::Decoder().decode(json::type_of<Schema>(), &out, json_of(members, changed)).value();
  return out;
}

// Each member of the schema stands in the list, and changes the value that `convert` makes of it.
template <class Schema, class Convert>
void expect_every_member_carried(std::span<const Member> members, Convert convert) {
  std::vector<std::string_view> listed, in_schema;
  for (const Member& m : members) listed.push_back(m.name);
  for (const json::FieldInfo& f : json::type_of<Schema>().fields) in_schema.push_back(f.name);
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(in_schema)) << "a new member must go into the domain value and into this list";
  const auto whole = convert(decoded<Schema>(members, members.size()));
  for (std::size_t i = 0; i < members.size(); ++i)
    EXPECT_FALSE(convert(decoded<Schema>(members, i)) == whole) << members[i].name << " is dropped";
}

constexpr Member kRestOrder[] = {{"order_id", R"("o-1")", R"("o-2")"},
                                 {"user_id", R"("u-1")", R"("u-2")"},
                                 {"client_order_id", R"("mine")", R"("yours")"},
                                 {"ticker", R"("KXBTCPERP")", R"("KXETHPERP")"},
                                 {"side", R"("bid")", R"("ask")"},
                                 {"last_update_reason", R"("Trade")", R"("SomethingNew")"},
                                 {"price", R"("6.2577")", R"("6.2578")"},
                                 {"fill_count", R"("4.00")", R"("4.01")"},
                                 {"remaining_count", R"("6.00")", R"("6.01")"},
                                 {"expiration_time", R"("2026-10-02T03:59:59.999Z")", "null"},
                                 {"created_time", R"("2026-10-01T14:30:00.123456Z")", R"("2026-10-01T14:30:00.123457Z")"},
                                 {"last_update_time", R"("2026-10-01T14:31:00.123456Z")", "null"},
                                 {"self_trade_prevention_type", R"("maker")", R"("both")"},
                                 {"cancel_order_on_pause", "true", "false"},
                                 {"order_group_id", R"("g-1")", R"("g-2")"},
                                 {"order_source", R"("user")", R"("robot")"},
                                 {"order_reason", R"("liquidation")", R"("whim")"}};

constexpr Member kUserOrder[] = {{"order_id", R"("o-1")", R"("o-2")"},
                                 {"user_id", R"("u-1")", R"("u-2")"},
                                 {"client_order_id", R"("mine")", R"("yours")"},
                                 {"ticker", R"("KXBTCPERP")", R"("KXETHPERP")"},
                                 {"side", R"("bid")", R"("ask")"},
                                 {"price", R"("6.2577")", R"("6.2578")"},
                                 {"fill_count", R"("4.00")", R"("4.01")"},
                                 {"remaining_count", R"("6.00")", R"("6.01")"},
                                 {"self_trade_prevention_type", R"("maker")", R"("taker_at_cross")"},
                                 {"order_group_id", R"("g-1")", R"("g-2")"},
                                 {"expiration_ts_ms", "1790000000123", "1790000000124"},
                                 {"created_ts_ms", "1780000000123", "1780000000124"},
                                 {"last_updated_ts_ms", "1780000001123", "1780000001124"},
                                 {"last_update_reason", R"("Trade")", R"("HaltCancel")"},
                                 {"subaccount_number", "5", "6"},
                                 {"order_source", R"("user")", R"("system")"}};

constexpr Member kPosition[] = {{"subaccount", "5", "6"},
                                {"market_ticker", R"("KXBTCPERP")", R"("KXETHPERP")"},
                                {"position", R"("-12.50")", R"("12.50")"},
                                {"entry_price", R"("6.257700")", R"("6.257701")"},
                                {"unrealized_pnl", R"("-0.0100")", R"("0.0100")"},
                                {"margin_used", R"("12.5000")", "null"},
                                {"fees", R"("0.0300")", R"("0.0301")"},
                                {"roe", "-0.08", "null"},
                                {"is_portfolio", "false", "true"}};

Order rest_value(const rest::MarginOrder& order) { return rest::to_order(order, 5).value(); }
Order user_order_value(const ws::MarginUserOrder& order) { return ws::to_order(order).value(); }

TEST(OrderValue, CarriesEveryMemberOfRestAndWebSocket) {
  expect_every_member_carried<rest::MarginOrder>(kRestOrder, rest_value);
  expect_every_member_carried<ws::MarginUserOrder>(kUserOrder, user_order_value);
}

TEST(OrderValue, IsOneValueWhateverBroughtIt) {
  const Order by_rest = rest_value(decoded<rest::MarginOrder>(kRestOrder, std::size(kRestOrder)));
  EXPECT_EQ(by_rest.order_id, "o-1");
  EXPECT_EQ(by_rest.cl_ord_id, "mine");
  EXPECT_EQ(by_rest.symbol, "KXBTCPERP");
  EXPECT_EQ(by_rest.side, Side::Buy);
  EXPECT_EQ(by_rest.price, DollarDecimal::parse("6.2577").value());
  EXPECT_EQ(by_rest.cum_qty, FixedPointCount::whole(4));
  EXPECT_EQ(by_rest.leaves_qty, FixedPointCount::whole(6));
  EXPECT_EQ(by_rest.secondary_cl_ord_id, "g-1");
  EXPECT_EQ(by_rest.last_update_reason, "Trade");
  EXPECT_FALSE(by_rest.canceled);
  Order by_socket = user_order_value(decoded<ws::MarginUserOrder>(kUserOrder, std::size(kUserOrder)));
  EXPECT_EQ(by_socket.created_time, from_epoch_ms(1'780'000'000'123));
  // What only one of them says.
  by_socket.expire_time = by_rest.expire_time;
  by_socket.created_time = by_rest.created_time;
  by_socket.last_update_time = by_rest.last_update_time;
  by_socket.cancel_order_on_pause = by_rest.cancel_order_on_pause;
  by_socket.order_reason = by_rest.order_reason;
  EXPECT_EQ(by_socket, by_rest);
}

TEST(OrderValue, IsTheBeginningOfAnOrderState) {
  auto order = rest_value(decoded<rest::MarginOrder>(kRestOrder, std::size(kRestOrder)));
  const Baseline b = to_baseline(order, {"t-1", "t-2"});
  EXPECT_EQ(b.as_of, order.last_update_time);
  EXPECT_EQ(b.order_qty, FixedPointCount::whole(10));
  const OrderState s = apply({}, b).state;
  EXPECT_EQ(s.phase, OrderPhase::partially_filled);
  EXPECT_EQ(s.subaccount, 5);
  Fill known;
  known.trade_id = "t-2";
  known.quantity = FixedPointCount::whole(1);
  EXPECT_EQ(apply(s, known).effects.front().kind, OrderEffectKind::duplicate);
  order.leaves_qty = {};
  EXPECT_EQ(apply({}, to_baseline(order)).state.phase, OrderPhase::filled);
  order.canceled = true;
  EXPECT_EQ(apply({}, to_baseline(order)).state.phase, OrderPhase::canceled);
}

TEST(OrderValue, HasNoSideThatNobodyNamed) {
  auto order = decoded<rest::MarginOrder>(kRestOrder, std::size(kRestOrder));
  order.side = Open<BookSide>::from_text("both");
  EXPECT_EQ(rest::to_order(order).error().category, ErrorCategory::decode);
  auto frame = decoded<ws::MarginUserOrder>(kUserOrder, std::size(kUserOrder));
  frame.side = Open<BookSide>::from_text("both");
  EXPECT_EQ(ws::to_order(frame).error().category, ErrorCategory::decode);
}

TEST(PositionValue, CarriesEveryMemberAndBeginsALedger) {
  expect_every_member_carried<rest::MarginPosition>(kPosition, rest::to_position);
  const Position p = rest::to_position(decoded<rest::MarginPosition>(kPosition, std::size(kPosition)));
  EXPECT_EQ(p.key(), (PositionKey{5, "KXBTCPERP"}));
  PositionLedger ledger;
  ledger.set_baseline(p.key(), p.net);
  Fill fill;
  fill.trade_id = "t-9";
  fill.symbol = p.symbol;
  fill.subaccount = p.subaccount;
  fill.side = Side::Buy;
  fill.quantity = FixedPointCount::whole(2);
  EXPECT_TRUE(ledger.book(fill));
  EXPECT_EQ(ledger.net(5, "KXBTCPERP"), FixedPointCount::parse("-10.50").value());
}

}  // namespace
}  // namespace marginfix
