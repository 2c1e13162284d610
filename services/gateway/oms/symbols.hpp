// Symbols of a client and of the exchange. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "services/gateway/config.hpp"

namespace marginfix::gateway {

// The exchange's symbol of what the client writes into Symbol(55): by its symbol_map, else the same. "": not among its symbols, or no
// symbol at all.
std::string exchange_symbol(const ClientConfig& client, std::string_view client_symbol);
// The other way round; "": the client may not see it.
std::string client_symbol(const ClientConfig& client, std::string_view exchange_symbol);

}  // namespace marginfix::gateway
