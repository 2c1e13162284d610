// Every order of an account, whoever tells of it: what was sent, reports of one's own sessions, a listener and drop copy, reads and frames
// of REST and the WebSocket. Finds the order an event is about and applies order_state.hpp to it. One thread at a time; no I/O, no clock:
// the caller says what time it is. A plain value: copies are independent.
//
// Which order an event is about:
//  * OrderID(37) decides where it names an order: never another one under the same ClOrdID(11), which an ended order gives free.
//  * Where it does not (a Rejected, a PendingNew, what was sent, what was refused), and for the first word of the exchange on an order,
//    ClOrdID(11) and OrigClOrdID(41) do: the id an order has, had, or has asked for. An order that lives goes before one that has ended.
//  * What was sent and the exchange's first word on it may be told of as two: an amend by another door gave the order another id in
//  between.
//    They become one as soon as the named order is told to have had the other's id.
//  * NewSent, a Baseline and every report about an order that is not known yet begin one. A Fill does not: it comes back as a
//    contradiction that carries it, for REST or the WebSocket to say what order that is (Baseline).
// Tests: tests/unit/domain/order_tracker_test.cpp, tests/unit/sim/doors/any_order_test.cpp (whole simulated days, shuffled).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/id_index.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/domain/order_state.hpp"

namespace marginfix {

struct TrackedOrder {
  OrderState state;
  Timestamp first_event{}, last_event{};  // when this tracker was told, by the caller's clock
  Timestamp last_sent{};                  // the same of the latest D, G or F of the order; 0 = nobody here sent one
  friend bool operator==(const TrackedOrder&, const TrackedOrder&) = default;
};

class OrderTracker {
 public:
  struct Change {
    const TrackedOrder* order{nullptr};    // null: no order is known that this could be about. Valid until it is forgotten, or
                                           // an apply() finds that two orders are one.
    std::span<const OrderEffect> effects;  // valid until the next apply()
  };
  OrderTracker() = default;
  ~OrderTracker() = default;
  OrderTracker(const OrderTracker& other);
  OrderTracker& operator=(const OrderTracker& other);
  OrderTracker(OrderTracker&&) noexcept = default;
  OrderTracker& operator=(OrderTracker&&) noexcept = default;

  // ReplaceSent and CancelSent need their orig_cl_ord_id. Throws Exception where quantities overflow (see apply_to()).
  Change apply(const OrderEvent& event, Timestamp now);

  // By an id that the order has, had, or has asked for (answered, refused or not). Null: none. A pointer lives until the order is
  // forgotten, or an apply() finds it and another to be one and the same: look it up again after apply().
  const TrackedOrder* find(std::string_view cl_ord_id) const;
  const TrackedOrder* find_by_order_id(std::string_view order_id) const;
  // In the order in which they were first told of.
  std::vector<const TrackedOrder*> all() const;
  // Those that are not done with: live, of unknown outcome, with a request that has no answer, or with trades that have not come.
  std::vector<const TrackedOrder*> in_hand() const;
  std::size_t size() const noexcept { return orders_.size(); }

  // Drops what is done with (not in_hand()) and was last told of before `before`; gives how many. Choose a time that no door goes back
  // to (drop copy: 3 h; KalshiRT: MessageRetentionPeriod): what is told of a forgotten order begins a new one, and its trades come again.
  std::size_t forget(Timestamp before);
  // The same, and ended orders whose missing trades or answers nobody waits for any more.
  std::size_t forget_all_ended(Timestamp before);

  // Everything, as text of a stated version, byte for byte the same for the same tracker. A tracker restored from it behaves as this one.
  std::string snapshot() const;
  // Error(decode): no snapshot, one of another version, or a damaged or cut one (its checksum says so). Nothing is taken from those.
  static Result<OrderTracker> restore(std::string_view snapshot);

 private:
  using Number = std::uint64_t;  // of the order, in the order of first word
  using Orders = std::map<Number, TrackedOrder>;
  using Entry = Orders::value_type;  // stays where it is
  struct Names;

  static Names names_of(const OrderEvent& event);
  // Null: none.
  Entry* place(const OrderEvent& event, const Names& names) const;
  Entry* by_id(std::string_view cl_ord_id, bool (*fits)(const OrderState&)) const;
  Entry* by_order_id(std::string_view order_id) const;
  Entry* begin(const OrderEvent& event, Timestamp now);
  Change unplaced(const OrderEvent& event, const Names& names);
  void index(Entry& order, std::string_view cl_ord_id);
  void index_order_id(Entry& order);
  void index_all(Entry& order, const OrderState& ids_of);
  void index_everything();
  void absorb(Entry& order, std::string_view learnt_id);
  void drop(Entry& order);
  std::size_t forget(Timestamp before, bool (*done)(const TrackedOrder&));

  Orders orders_;
  IdIndex<Entry*> by_cl_ord_id_, by_order_id_;
  Number last_{0};
  std::vector<OrderEffect> effects_;
};

}  // namespace marginfix
