// Faults that a test asks an order-entry door for (control POST /fault with "door": "KalshiNR" or "KalshiRT"): the next orders, amends or
// cancels that match are answered EXCHANGE_UNAVAILABLE, which says that the gateway could not confirm whether they were applied.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

namespace marginfix::sim {

struct OrderFault {
  enum class Kind : std::uint8_t {
    UnavailableBefore,  // not done, answered EXCHANGE_UNAVAILABLE
    UnavailableAfter    // done; the session hears EXCHANGE_UNAVAILABLE in place of the reports of it (later ones come as always)
  };
  Kind kind{Kind::UnavailableAfter};
  std::string msg_type;  // "D", "G" or "F"; empty = any of them
  std::string key_id;    // empty = any
  int count{1};          // requests that still meet it
};

class OrderFaults {
 public:
  void add(std::string door, OrderFault fault) { faults_.push_back({std::move(door), std::move(fault)}); }
  void clear(std::string_view door) {
    std::erase_if(faults_, [door](const Entry& e) { return e.door == door; });
  }
  // The oldest fault that this request meets; it counts.
  std::optional<OrderFault::Kind> take(std::string_view door, std::string_view key_id, std::string_view msg_type) {
    if (msg_type != "D" && msg_type != "G" && msg_type != "F") return std::nullopt;
    const auto found = std::ranges::find_if(faults_, [&](const Entry& e) {
      return e.door == door && (e.fault.key_id.empty() || e.fault.key_id == key_id) &&
             (e.fault.msg_type.empty() || e.fault.msg_type == msg_type);
    });
    if (found == faults_.end()) return std::nullopt;
    const OrderFault::Kind kind = found->fault.kind;
    if (--found->fault.count <= 0) faults_.erase(found);
    return kind;
  }

 private:
  struct Entry {
    std::string door;
    OrderFault fault;
  };
  std::list<Entry> faults_;
};

}  // namespace marginfix::sim
