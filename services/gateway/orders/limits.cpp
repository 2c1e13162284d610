#include "services/gateway/orders/limits.hpp"

#include <fmt/format.h>

#include "services/gateway/oms/reasons.hpp"
#include "services/gateway/orders/teller.hpp"

namespace marginfix::gateway {
namespace {

LimitRefusal exceeds(std::string text) { return {kRejExceedsLimit, std::move(text)}; }

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
  // price x 100 against reference x (100 +- percent), in 128 bits.
  __extension__ using Wide = __int128;
  const Wide price = static_cast<Wide>(terms.price.units()) * 100 * FixedPointCount::kOne;
  const Wide hundred = static_cast<Wide>(100) * FixedPointCount::kOne;
  const Wide most = static_cast<Wide>(reference->units()) * (hundred + percent.units());
  const Wide least = static_cast<Wide>(reference->units()) * (hundred - percent.units());
  const bool beyond = terms.side == Side::Buy ? price > most : price < least;
  if (!beyond) return std::nullopt;
  return exceeds(
      fmt::format("price collar: {} is more than {} % from {}", terms.price.to_string(), percent.to_string(), reference->to_string()));
}

// Contracts that open orders of this symbol may still buy (or sell).
FixedPointCount open_qty(const Desk& desk, const OrderTerms& terms, const ClientOrder* replaces,
                         const std::function<bool(const ClientOrder&)>& whose) {
  FixedPointCount sum;
  for (const std::uint64_t number : desk.open_orders()) {
    const ClientOrder* order = desk.find(number);
    if (order == nullptr || order == replaces || order->symbol != terms.symbol || order->side != terms.side || !whose(*order)) continue;
    sum += OrderTeller::leaves_of(*order);
  }
  return sum;
}

}  // namespace

std::optional<LimitRefusal> check_limits(const OrderLimits& limits, const OrderTerms& terms, const ClientOrder* replaces, const Desk& desk,
                                         const std::function<bool(const ClientOrder&)>& whose, FixedPointCount position,
                                         const BookOf& book_of) {
  if (limits.max_order_qty && terms.order_qty > *limits.max_order_qty)
    return exceeds(fmt::format("OrderQty(38) {} is more than {}", terms.order_qty.to_string(), limits.max_order_qty->to_string()));
  if (limits.max_notional && terms.price * terms.order_qty > *limits.max_notional)
    return exceeds(
        fmt::format("notional {} is more than {}", (terms.price * terms.order_qty).to_string(), limits.max_notional->to_string()));
  if (limits.max_open_orders && replaces == nullptr) {
    std::int64_t open = 0;
    for (const std::uint64_t number : desk.open_orders()) {
      const ClientOrder* order = desk.find(number);
      if (order != nullptr && whose(*order)) ++open;
    }
    if (open >= *limits.max_open_orders) return exceeds(fmt::format("{} orders are open already", open));
  }
  if (limits.max_position) {
    const FixedPointCount filled = replaces == nullptr ? FixedPointCount{} : replaces->told_qty;
    FixedPointCount more = open_qty(desk, terms, replaces, whose);
    if (terms.order_qty > filled) more += terms.order_qty - filled;
    const FixedPointCount then = terms.side == Side::Buy ? position + more : position - more;
    const FixedPointCount size = then.is_negative() ? -then : then;
    const FixedPointCount before = position.is_negative() ? -position : position;
    if (size > *limits.max_position && size > before)
      return exceeds(fmt::format("a position of {} would be more than {}", then.to_string(), limits.max_position->to_string()));
  }
  if (limits.price_collar) return check_collar(*limits.price_collar, terms, book_of(terms.symbol));
  return std::nullopt;
}

}  // namespace marginfix::gateway
