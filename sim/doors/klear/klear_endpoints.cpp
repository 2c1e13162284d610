// The whole table, from its families.
#include "sim/doors/klear/klear_endpoints.hpp"

#include <vector>

namespace marginfix::sim {

std::span<const Endpoint<KlearDoorContext>> klear_endpoints() {
  static const std::vector<Endpoint<KlearDoorContext>> kAll = [] {
    std::vector<Endpoint<KlearDoorContext>> all;
    return all;
  }();
  return kAll;
}

void restore_subtrader_keys(const KlearDoorContext& /*context*/) {}

}  // namespace marginfix::sim
