// What is open, by client and by key: how many orders, and what they may still trade of each symbol. Kept up with every change of an order,
// so that a limit costs the same however many are open. Plain values; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "services/gateway/orders/client_order.hpp"

namespace marginfix::gateway {

// Of one client, or of one key.
class OpenOrders {
 public:
  std::int64_t count() const noexcept { return count_; }
  WideUnits units(std::string_view symbol, Side side) const;

 private:
  friend class OpenSums;
  using Sides = std::array<WideUnits, 2>;  // buy, sell
  std::int64_t count_{0};
  std::map<std::string, Sides, std::less<>> by_symbol_;
};

class OpenSums {
 public:
  // The order as it stands: one that has ended counts nothing.
  void update(ClientOrder& order);
  // What it was counted with is taken back.
  void remove(ClientOrder& order);
  const OpenOrders& of_client(std::string_view client) const { return find(by_client_, client); }
  const OpenOrders& of_account(std::string_view account) const { return find(by_account_, account); }

  // What an open order may still trade, were every replace of it taken that makes it larger.
  static WideUnits units_of(const ClientOrder& order);

 private:
  using Owners = std::map<std::string, OpenOrders, std::less<>>;  // whose entries stay where they are
  static const OpenOrders& find(const Owners& owners, std::string_view name);
  OpenPlace place_of(const ClientOrder& order);

  Owners by_client_, by_account_;
};

}  // namespace marginfix::gateway
