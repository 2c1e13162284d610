// The engine's orders: a slab with stable addresses, found by number and by ClOrdID(11), and strung on intrusive lists (book level,
// account, expiry).
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/exchange/values/numbers.hpp"

namespace marginfix::sim {

// A ClOrdID kept inside the order: no allocation on the hot path.
class ShortText {
 public:
  static constexpr std::size_t kCapacity = 64;
  ShortText() = default;
  explicit ShortText(std::string_view text) : size_(static_cast<std::uint8_t>(std::min(text.size(), kCapacity))) {
    if (size_ > 0) std::memcpy(data_.data(), text.data(), size_);  // an empty view may point nowhere
  }
  std::string_view view() const noexcept { return {data_.data(), size_}; }

 private:
  std::uint8_t size_{0};
  std::array<char, kCapacity> data_;  // only the first size_ bytes mean anything
};

using OrderIx = std::uint32_t;
inline constexpr OrderIx kNil = UINT32_MAX;
struct Link {
  OrderIx prev{kNil};
  OrderIx next{kNil};
};
struct ListHead {
  OrderIx head{kNil};
  OrderIx tail{kNil};
  bool empty() const noexcept { return head == kNil; }
};

struct Order {
  OrderNo no{0};
  AccountId account{0};
  Route from;
  MarketNo market{kNoMarket};
  std::int32_t subaccount{0};
  Side side{Side::Buy};
  TimeInForce tif{TimeInForce::Day};
  SelfTradePreventionType stp{SelfTradePreventionType::TakerAtCross};
  bool post_only{false};
  bool reduce_only{false};
  bool cancel_on_pause{false};
  bool open{false};
  bool in_book{false};
  bool house{false};
  SystemOrder system{SystemOrder::None};
  OrdStatus status{OrdStatus::New};
  UpdateReason last_update{UpdateReason::None};
  Ticks price{0};
  Qty total{0};  // as asked for by D or the last G
  Qty cum{0};
  Micros notional{0};  // filled
  Micros fees{0};
  Timestamp created{};
  Timestamp updated{};
  std::optional<Timestamp> expire{};
  GroupNo group{0};
  std::uint32_t customer{0};  // number of an interned text, 0 = none
  std::uint32_t operator_id{0};
  ShortText cl_ord_id;
  // runtime only, rebuilt from the above
  Link level_link;
  Link account_link;
  Link expiry_link;
  OrderIx same_cl{kNil};  // next order in the same bucket of the ClOrdID index

  Qty leaves() const noexcept { return open ? total - cum : 0; }
};

template <class Ar>
void fields(Ar& ar, ShortText& text) {
  if constexpr (Ar::kLoading) {
    std::string_view view;
    ar(view);
    text = ShortText(view);
  } else {
    ar(text.view());
  }
}
template <class Ar>
void fields(Ar& ar, Order& o) {
  ar(o.no, o.account, o.from, o.market, o.subaccount, o.side, o.tif, o.stp, o.post_only, o.reduce_only, o.cancel_on_pause, o.open,
     o.in_book, o.house, o.system, o.status, o.last_update, o.price, o.total, o.cum, o.notional, o.fees, o.created, o.updated, o.expire,
     o.group, o.customer, o.operator_id, o.cl_ord_id);
}

class OrderStore {
 public:
  OrderIx add(const Order& order);  // indexed by number and ClOrdID; on no list
  void remove(OrderIx ix);          // must be on no list
  void rename(OrderIx ix, std::string_view cl_ord_id);

  Order& operator[](OrderIx ix) noexcept { return (*chunks_[ix >> kShift])[ix & kMask]; }
  const Order& operator[](OrderIx ix) const noexcept { return (*chunks_[ix >> kShift])[ix & kMask]; }
  OrderIx find(OrderNo no) const noexcept;
  // The open order of the account with this ClOrdID, else the newest closed one, else kNil.
  OrderIx find(AccountId account, std::string_view cl_ord_id) const noexcept;
  std::size_t size() const noexcept { return used_ - free_.size(); }

  template <Link Order::*L>
  void push_back(ListHead& list, OrderIx ix) {
    Link& link = (*this)[ix].*L;
    link = {list.tail, kNil};
    (list.tail == kNil ? list.head : ((*this)[list.tail].*L).next) = ix;
    list.tail = ix;
  }
  template <Link Order::*L>
  void unlink(ListHead& list, OrderIx ix) {
    Link& link = (*this)[ix].*L;
    (link.prev == kNil ? list.head : ((*this)[link.prev].*L).next) = link.next;
    (link.next == kNil ? list.tail : ((*this)[link.next].*L).prev) = link.prev;
    link = {};
  }

 private:
  static constexpr unsigned kShift = 10;
  static constexpr OrderIx kMask = (1U << kShift) - 1;
  using Chunk = std::array<Order, kMask + 1>;

  void index_cl(OrderIx ix);
  void unindex_cl(OrderIx ix);

  std::vector<std::unique_ptr<Chunk>> chunks_;
  OrderIx used_{0};
  std::vector<OrderIx> free_;
  // In parts: a table that grows moves all it has, which would be a pause where it has half a million orders.
  static constexpr std::size_t kParts = 64;
  template <class Number>
  using Index = std::array<boost::unordered_flat_map<Number, OrderIx>, kParts>;
  Index<OrderNo> by_no_;
  Index<std::uint64_t> by_cl_;
};

}  // namespace marginfix::sim
