#include "services/gateway/orders/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "services/gateway/oms/reasons.hpp"

namespace marginfix::gateway {
namespace {

using Wide = WideUnits;  // products, too

LimitRefusal exceeds(std::string text) { return {kRejExceedsLimit, std::move(text)}; }

// For people: what is beyond the type is shown as its end.
template <class Value>
std::string text_of_units(Wide units) {
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  return Value::from_units(static_cast<std::int64_t>(std::clamp(units, -kMost, kMost))).to_string();
}

// The best price of the other side, else of the own one.
std::optional<DollarDecimal> reference_price(const OrderBook& book, Side side) {
  const BookSide other = side == Side::Buy ? BookSide::ask : BookSide::bid, own = side == Side::Buy ? BookSide::bid : BookSide::ask;
  for (const BookSide each : {other, own}) {
    if (const auto level = book.best(each)) return level->price;
  }
  return std::nullopt;
}

std::optional<LimitRefusal> check_collar(FixedPointCount percent, const OrderTerms& terms, const OrderBook* book) {
  if (book == nullptr || book->stale()) return std::nullopt;
  const auto reference = reference_price(*book, terms.side);
  if (!reference) return std::nullopt;
  // price x 100 against reference x (100 +- percent)
  const Wide price = static_cast<Wide>(terms.price.units()) * 100 * FixedPointCount::kOne;
  const Wide hundred = static_cast<Wide>(100) * FixedPointCount::kOne;
  const Wide most = static_cast<Wide>(reference->units()) * (hundred + percent.units());
  const Wide least = static_cast<Wide>(reference->units()) * (hundred - percent.units());
  const bool beyond = terms.side == Side::Buy ? price > most : price < least;
  if (!beyond) return std::nullopt;
  return exceeds(
      fmt::format("price collar: {} is more than {} % from {}", terms.price.to_string(), percent.to_string(), reference->to_string()));
}

std::optional<LimitRefusal> check_notional(DollarDecimal most, const OrderTerms& terms) {
  const Wide notional = static_cast<Wide>(terms.price.units()) * terms.order_qty.units();
  if (notional <= static_cast<Wide>(most.units()) * FixedPointCount::kOne) return std::nullopt;
  return exceeds(
      fmt::format("notional {} is more than {}", text_of_units<DollarDecimal>(notional / FixedPointCount::kOne), most.to_string()));
}

// One that makes the position smaller is let through whatever it is.
std::optional<LimitRefusal> check_position(FixedPointCount most, FixedPointCount position, const OrderTerms& terms,
                                           const ClientOrder* replaces, Wide open) {
  const Wide filled = replaces == nullptr ? 0 : Wide{replaces->told_qty.units()};
  const Wide more = open + std::max<Wide>(0, terms.order_qty.units() - filled);
  const Wide before = position.units(), then = terms.side == Side::Buy ? before + more : before - more;
  const auto size = [](Wide units) { return units < 0 ? -units : units; };
  if (size(then) <= most.units() || size(then) <= size(before)) return std::nullopt;
  return exceeds(fmt::format("a position of {} would be more than {}", text_of_units<FixedPointCount>(then), most.to_string()));
}

}  // namespace

std::optional<LimitRefusal> check_limits(const OrderLimits& limits, const OrderTerms& terms, const ClientOrder* replaces,
                                         const OpenOrders& open, FixedPointCount position, const BookOf& book_of) {
  if (limits.max_order_qty && terms.order_qty > *limits.max_order_qty)
    return exceeds(fmt::format("OrderQty(38) {} is more than {}", terms.order_qty.to_string(), limits.max_order_qty->to_string()));
  if (limits.max_notional) {
    if (auto refused = check_notional(*limits.max_notional, terms)) return refused;
  }
  if (limits.max_open_orders && replaces == nullptr && open.count() >= *limits.max_open_orders)
    return exceeds(fmt::format("{} orders are open already", open.count()));
  if (limits.max_position) {
    const Wide others = open.units(terms.symbol, terms.side) - (replaces == nullptr ? 0 : OpenSums::units_of(*replaces));
    if (auto refused = check_position(*limits.max_position, position, terms, replaces, others)) return refused;
  }
  if (limits.price_collar) return check_collar(*limits.price_collar, terms, book_of(terms.symbol));
  return std::nullopt;
}

}  // namespace marginfix::gateway
