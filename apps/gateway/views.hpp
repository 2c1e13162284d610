// What a gateway says as people and scripts see it: tables, or its JSON as it came (services/gateway/web/api.hpp says what is in it).
#pragma once

#include <cstddef>
#include <string>

#include "marginfix/core/result.hpp"

namespace marginfix::apps {

// `json`: /api/status and /api/orders. `width` of the tables in characters; 0: as wide as they are. Error(decode): it is no such JSON.
Result<std::string> status_lines(const std::string& json, std::size_t width);
Result<std::string> order_lines(const std::string& json, std::size_t width);

}  // namespace marginfix::apps
