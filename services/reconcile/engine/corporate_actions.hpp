// Splits and what else changes a position without a trade, as Klear tells it of the account (contracts before and after) or the exchange in
// its notices (a ratio, and when), held against a position whose fills do not come to REST's word.
#pragma once

#include <optional>
#include <string>

#include "marginfix/rest/markets.hpp"
#include "services/reconcile/engine/state.hpp"

namespace marginfix::reconcile {

// The position by the fills up to a time of the exchange.
FixedPointCount net_at(EngineState& state, const PositionRow& row, Timestamp time);

// A notice of an applied split; others are for people.
void take_notice(EngineState& state, const std::string& account, const rest::MarginCorporateAction& told);

struct KnownAction {
  CorporateActionRow row;
  FixedPointCount net_after;  // of the position, trades behind the action included
  bool leads_to_rest{false};  // REST states it, or it less a fraction of a contract that was paid in cash
  std::string told_by() const { return row.execution_time ? "the exchange's notice" : "Klear"; }
};
// One that the position, `net` by its fills, has not gone through yet: the one that leads to REST's word where there is one, else one that
// begins where the ledger stands.
std::optional<KnownAction> known_action(EngineState& state, const PositionRow& row, FixedPointCount net);
// The position has gone through it. A notice stays for other subaccounts; corporate_action() of the book moves their base behind it.
void set_applied(EngineState& state, CorporateActionRow action);
// Both sides stand where actions led that were told before REST was asked: they have been seen already, as changes that kept their cost, or
// in the opening.
void forget_actions(EngineState& state, PositionRow& row, FixedPointCount net, Timestamp whole);
// Books it, and reads `row` again.
void go_through(EngineState& state, PositionRow& row, FixedPointCount before, FixedPointCount after);
// A split was applied that changes it, and it has not gone through it yet.
bool waits_for_split(EngineState& state, const PositionRow& row);

}  // namespace marginfix::reconcile
