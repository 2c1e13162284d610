// Puts account_endpoints() together.
#include "sim/doors/rest/account_endpoints.hpp"

#include <vector>

namespace marginfix::sim {

std::span<const Endpoint<RestDoorContext>> account_endpoints() {
  static const std::vector<Endpoint<RestDoorContext>> all = [] {
    std::vector<Endpoint<RestDoorContext>> table;
    for (const auto part : {portfolio_endpoints(), member_endpoints()}) table.insert(table.end(), part.begin(), part.end());
    return table;
  }();
  return all;
}

}  // namespace marginfix::sim
