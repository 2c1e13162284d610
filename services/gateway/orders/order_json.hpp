// Orders, requests and words of REST as the journal's JSON, and back. Members that are not known are passed over, so that an older gateway
// reads what a newer one wrote. Every number is a string.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "marginfix/core/result.hpp"
#include "marginfix/domain/order_state.hpp"
#include "services/gateway/orders/client_order.hpp"

namespace marginfix::gateway {

std::string to_json(const ClientOrder& order);
Result<ClientOrder> order_of_json(std::string_view json);
std::string to_json(std::uint64_t order, const OrderRequest& request);
Result<std::pair<std::uint64_t, OrderRequest>> request_of_json(std::string_view json);
std::string to_json(const Baseline& baseline);
Result<Baseline> baseline_of_json(std::string_view json);
std::string to_json(const Fill& fill);
Result<Fill> fill_of_json(std::string_view json);
// Net quantities by client and symbol.
using NetPositions = std::map<std::string, std::map<std::string, FixedPointCount>>;
std::string to_json(const NetPositions& positions);
Result<NetPositions> positions_of_json(std::string_view json);

}  // namespace marginfix::gateway
