// Price levels and their queues.
#include "sim/exchange/book/book.hpp"

namespace marginfix::sim {

Book::Change Book::add(OrderStore& orders, OrderIx ix) {
  Order& o = orders[ix];
  Level& level = side(o.side)[key(o.side, o.price)];
  const Qty before = level.size;
  orders.push_back<&Order::level_link>(level.queue, ix);
  level.size += o.leaves();
  ++level.count;
  o.in_book = true;
  return {before, level.size};
}

Book::Change Book::remove(OrderStore& orders, OrderIx ix) {
  Order& o = orders[ix];
  Levels& levels = side(o.side);
  const auto it = levels.find(key(o.side, o.price));
  Level& level = it->second;
  const Qty before = level.size;
  orders.unlink<&Order::level_link>(level.queue, ix);
  level.size -= o.leaves();
  --level.count;
  o.in_book = false;
  const Qty after = level.size;
  if (level.count == 0) levels.erase(it);
  return {before, after};
}

Book::Change Book::reduce(OrderStore& orders, OrderIx ix, Qty by) {
  const Order& o = orders[ix];
  Level& level = side(o.side).find(key(o.side, o.price))->second;
  const Qty before = level.size;
  level.size -= by;
  return {before, level.size};
}

}  // namespace marginfix::sim
