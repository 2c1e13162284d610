// A client of each door that does what clients do, one round at a time; throws when an answer is not what it should be.
#pragma once

#include <memory>

#include "siege/attackers.hpp"
#include "sim/simulator.hpp"

namespace marginfix::siege {

class Honest {
 public:
  virtual ~Honest() = default;
  virtual void round() = 0;
};
// alice, on that door.
std::unique_ptr<Honest> honest(const sim::Simulator& simulator, const Target& target);

}  // namespace marginfix::siege
