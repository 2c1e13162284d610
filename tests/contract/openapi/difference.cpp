#include "contract/openapi/difference.hpp"

namespace marginfix::openapi {

std::string to_string(const Difference& difference) { return difference.place + ": " + difference.kind + ": " + difference.text; }

void apply(const std::vector<Deviation>& deviations, std::vector<Difference>& differences) {
  std::vector<Difference> unused;
  for (const Deviation& d : deviations) {
    const auto gone =
        std::erase_if(differences, [&](const Difference& x) { return x.place == d.place && x.kind == d.kind && x.text == d.text; });
    if (gone == 0) unused.push_back({d.place, "deviation", "no longer needed: " + d.kind + ": " + d.text});
  }
  differences.insert(differences.end(), unused.begin(), unused.end());
}

}  // namespace marginfix::openapi
