// DIR/endpoints.json: what other programs need to find the simulator. Source: design.md "Contract with other programs".
#pragma once

#include <filesystem>
#include <string>

#include "marginfix/core/result.hpp"
#include "sim/simulator.hpp"

namespace marginfix::sim {

std::string to_json(const Endpoints& endpoints);
// Atomic: a reader sees the old file, none, or the whole new one.
Result<void> write_endpoints(const std::filesystem::path& dir, const Endpoints& endpoints);

}  // namespace marginfix::sim
