// The engine's whole state as bytes, for snapshots. What follows from the orders (books, lists, resting sums) is made again.
#include <algorithm>

#include "sim/exchange/archive.hpp"
#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

template <class Ar>
void Core::state(Ar& ar) {
  ar(clock_, started_, has_past_, paused_, last_order_, last_group_, last_match_, last_operation_, refs_, accounts_, groups_, closed_,
     fills_);
  std::int64_t commands = emitter_.exec().a;
  ar(commands, emitter_.event_no, emitter_.names, emitter_.history);
  if constexpr (Ar::kLoading) emitter_.set_commands(commands);
  house_.state(ar);
  for (Market& m : markets_) {
    ar(m.spec.symbol, m.status, m.halted, m.action_halt, m.version, m.reference, m.reference_time, m.last);
    ar(m.tape, m.premium, m.quotes);
  }
  funding_.state(ar);
  actions_.state(ar);
  clearing_.state(ar);
  transfers_.state(ar);
  risk_watch_.state(ar);
  liquidations_.state(ar);
  triggers_.state(ar);
  fcm_.state(ar);
}

std::string Core::save() const {
  std::string bytes;
  ArchiveOut out(bytes);
  const_cast<Core*>(this)->state(out);  // saving only reads
  const auto put = [&](OrderIx ix) { out(orders_[ix]); };
  // Closed orders first, then each book in queue order, so that reading them in this order rebuilds every queue.
  for (const OrderNo no : closed_) put(orders_.find(no));
  std::uint64_t resting = 0;
  for (const Account& account : accounts_.all) {
    for (OrderIx ix = account.open.head; ix != kNil; ix = orders_[ix].account_link.next) ++resting;
  }
  out(resting);
  for (const Market& m : markets_) {
    for (const Side side : {Side::Buy, Side::Sell}) {
      for (const auto& [key, level] : m.book.side(side)) {
        for (OrderIx ix = level.queue.head; ix != kNil; ix = orders_[ix].level_link.next) put(ix);
      }
    }
  }
  return bytes;
}

bool Core::load(std::string_view bytes) {
  ArchiveIn in(bytes);
  state(in);
  Order order;
  for (std::size_t i = 0; i < closed_.size() && in.ok(); ++i) {
    in(order);
    orders_.add(order);
  }
  std::uint64_t resting = 0;
  in(resting);
  std::vector<OrderIx> open;
  for (std::uint64_t i = 0; i < resting && in.ok(); ++i) {
    in(order);
    open.push_back(orders_.add(order));
  }
  if (!in.ok() || !in.rest().empty()) return false;
  for (const OrderIx ix : open) {
    const Order& o = orders_[ix];
    markets_[o.market].book.add(orders_, ix);
    accounts_.rest(o, o.leaves());
    if (o.expire) orders_.push_back<&Order::expiry_link>(expiries_[*o.expire], ix);
  }
  for (const OrderNo no : closed_) accounts_.all[orders_[orders_.find(no)].account].archive.push_back(no);
  for (const OrderIx ix : open) {
    if (!orders_[ix].house) accounts_.all[orders_[ix].account].archive.push_back(orders_[ix].no);
  }
  for (Account& account : accounts_.all) std::ranges::sort(account.archive);
  std::ranges::sort(open, {}, [this](OrderIx ix) { return orders_[ix].no; });
  for (const OrderIx ix : open) list(ix);
  market_index_.clear();
  for (MarketNo i = 0; i < markets_.size(); ++i) market_index_[markets_[i].spec.symbol] = i;
  if (has_past_) merge_seeded(seeded_trades());
  return true;
}

}  // namespace marginfix::sim
