// A client of each door that does what clients do, one round at a time; throws when an answer is not what it should be.
#pragma once

#include <memory>
#include <string>

#include "marginfix/core/endpoints.hpp"

namespace marginfix::siege {

class Honest {
 public:
  virtual ~Honest() = default;
  virtual void round() = 0;
};
// alice, on that door (attackers.hpp).
std::unique_ptr<Honest> honest(const Endpoints& endpoints, const std::string& door);

}  // namespace marginfix::siege
