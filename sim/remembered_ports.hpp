// A folder keeps its ports: what a run chose, the next run in the same folder takes again, so that clients and .cfg files find it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "sim/simulator.hpp"

namespace marginfix::sim {

// Fills in every port that `asked` leaves open (0) with that of DIR/ports.conf (lines as read_simulator_config() reads them). A port that
// somebody else has by now stays 0, to be chosen anew, and `notes` says so.
SimulatorPorts remembered_ports(const std::filesystem::path& dir, const std::string& host, const SimulatorPorts& asked,
                                std::vector<std::string>& notes);
Result<void> remember_ports(const std::filesystem::path& dir, const SimulatorPorts& ports);

}  // namespace marginfix::sim
