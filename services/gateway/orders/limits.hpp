// Limits before the exchange's: what an order would come to, held against what its client, and all clients of its key, may do. Pure
// functions of what the desk knows and the book says.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "marginfix/domain/order_book.hpp"
#include "services/gateway/orders/desk.hpp"

namespace marginfix::gateway {

// The live book of a market; null: there is none, or it says nothing.
using BookOf = std::function<const OrderBook*(std::string_view symbol)>;

// Why not, or nothing. `open`: the orders that count beside this one, and the one that it replaces.
std::optional<LimitRefusal> check_limits(const OrderLimits& limits, const OrderTerms& terms, const ClientOrder* replaces,
                                         const OpenOrders& open, FixedPointCount position, const BookOf& book_of);

// True where any limit wants a book.
inline bool wants_books(const OrderLimits& limits) noexcept { return limits.price_collar.has_value(); }

}  // namespace marginfix::gateway
