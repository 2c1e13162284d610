// The page's JSON, out of the ledger: short queries by key or index, no scan of what grows with the number of executions. Pure but for the
// storage. Ids, prices, quantities and amounts are strings, absent ones null; times RFC 3339; counts and flags JSON numbers and booleans.
//   /api/summary     position, now, clearing_date, cut, fills, breaks {open, pending, confirmed, by_category}, gaps_open, sources, cash,
//   days /api/sources     sources: account, source, state, since, last_message, age_seconds, why, messages /api/coverage    ?date=yyyymmdd
//   or yyyy-mm-dd (default: this clearing day)  from, to, accounts: proven, spans, gaps /api/breaks      ?state= (open, all, or one)
//   &category= &account= &after=ID &limit=  newest first; next = where the next page begins /api/breaks/ID   the break, its order, what
//   each source says of its fill, its history (audit.jsonl) /api/positions   by account, subaccount, symbol: fills, fix, rest, klear, and
//   whether those that are known agree /api/days        ?account= &before= &limit=  a row for each account, day, subaccount, symbol, newest
//   day first, and totals of each day /api/executions  ?after=NUMBER (ascending) or ?before=NUMBER (newest first) &limit= /api/series
//   ?account= &date=  points of five minutes (fills, notional, fees, realized_pnl), cash (balance, available, margin_used)
#pragma once

#include <cstdint>
#include <string>

#include "services/http/http.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/web/audit_index.hpp"
#include "services/reconcile/web/series.hpp"

namespace marginfix::reconcile {

// Where the ledger is in the journal: the id of an event of the live stream.
std::int64_t ledger_position(Storage& storage);

struct ApiContext {
  Storage& storage;
  AuditIndex& audit;
  const Series& series;
  Timestamp now{};
};
// The answer to GET of a path below /api/: 400 for a parameter that cannot be read, 404 for a path or break that is not there.
services::HttpReply api_reply(const ApiContext& context, const services::HttpRequest& request);

// What a POST to /api/breaks/ID asks for.
struct DecisionRequest {
  std::int64_t break_id{0};
  std::string action, user, reason;
};
// Error(decode), in words for the person: no JSON object, an unknown action, no user, no reason, too long, a control character.
Result<DecisionRequest> decision_of(std::string_view path, std::string_view body);

}  // namespace marginfix::reconcile
