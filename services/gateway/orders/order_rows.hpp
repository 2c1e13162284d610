// Orders of the desk as rows for people: of a gateway that runs, and of its journal.
#pragma once

#include <string>
#include <vector>

#include "services/gateway/orders/desk.hpp"
#include "services/gateway/status.hpp"

namespace marginfix::gateway {

// `client`: its CompID, "" all. Open ones first, then those that ended, the latest first; at most `most`.
std::vector<OrderRow> order_rows(const Desk& desk, const std::string& client, bool open_only, std::size_t most);

}  // namespace marginfix::gateway
