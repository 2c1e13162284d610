// The exchange's answers held against books that were kept from scratch (books.hpp). Everything is exact: the exchange's clock stands still
// while they are read. Findings are test failures.
#pragma once

#include <boost/json/object.hpp>

#include "integration/day/desk.hpp"
#include "marginfix/klear_client.hpp"

namespace marginfix::day {

// The exchange at a quiet point: nothing is under way, and the clock stands.
struct Quiet {
  boost::json::object state;  // GET /state
  std::map<std::string, rest::MarginMarket> markets;
  std::vector<rest::MarginFundingRate> rates;  // oldest first
  Timestamp now{};
};

// What one account has been through: heard reports, its own transfers as far as they arrived, the published rates.
History history_of(Desk& desk, const Notes& notes, const Quiet& quiet);

// Fills are the same on REST, on the listener, on order entry and on the WebSocket; orders on REST, listener and WebSocket.
void check_streams(Desk& desk, const Notes& notes, const Quiet& quiet);
// Positions, balance, risk, notional, fills and funding of one account on REST, and what GET /state says of it.
void check_account(Desk& desk, const Notes& notes, const History& history, const Quiet& quiet);
// The customer's key sees its share and nothing else.
void check_customer(Desk& desk, const Notes& notes, const History& history, const Quiet& quiet);
// Obligations with their details, balances and estimates of the member whom Klear knows; `withdrawn` is what was asked for so far.
void check_clearing(KlearClient& klear, const std::string& user_id, const History& history, Amount withdrawn, const Quiet& quiet);

// Everybody together: cash is conserved, positions net to zero, fees, funding residue and insurance are what the accounts say.
void check_totals(const std::vector<std::pair<const Notes*, const History*>>& accounts, const Quiet& quiet);
// Every public trade is two fills, and every fill that is not the exchange's own doing is in a public trade.
void check_trades(PerpsClient& anybody, const std::vector<const Notes*>& accounts, const std::map<std::string, ws::MarginTrade>& ws_trades,
                  const Quiet& quiet);

// Decimals of GET /state.
Amount dollars_of(const boost::json::value& text);
Contracts contracts_of(const boost::json::value& text);
const boost::json::object& account_of(const Quiet& quiet, std::string_view name);

}  // namespace marginfix::day
