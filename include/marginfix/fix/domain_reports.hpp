// ExecutionReport(8), OrderCancelReject(9) and market-data trades as the owned values of the domain model, which REST and the WebSocket
// give too (rest/domain_values.hpp, ws/domain_values.hpp).
#pragma once

#include "marginfix/domain/order_state.hpp"
#include "marginfix/domain/trade.hpp"
#include "marginfix/fix/messages.hpp"

namespace marginfix::fix {

OrderReport to_order_report(const ExecutionReport& report);
// The trade of a 150=F report; nothing for every other.
std::optional<Fill> to_fill(const ExecutionReport& report);
// An entry 269=2 with 279=0 of an X; nothing for a level, for a trade that is withdrawn or corrected (another 279), or without price
// and size. An AggressorSide(2446) that we do not know leaves `aggressor` empty.
std::optional<Trade> to_trade(const MDIncEntry& entry);
// MDEntryDate(272) and MDEntryTime(273) as one instant; nothing when one of them is missing or could not be read.
std::optional<Timestamp> entry_time(const MDFullEntry& entry);
std::optional<Timestamp> entry_time(const MDIncEntry& entry);
CancelRejected to_cancel_rejected(const OrderCancelReject& reject);

// True for an ExecType::Rejected that is no refusal: 58=EXCHANGE_UNAVAILABLE, the gateway could not confirm what became of the order. It
// may rest or be filled. Find out before sending again, or send again under the SAME ClOrdID(11). See OutcomeUnknown (order_state.hpp).
bool outcome_unknown(const ExecutionReport& report) noexcept;
// The same of an amend or cancel.
bool outcome_unknown(const OrderCancelReject& reject) noexcept;

}  // namespace marginfix::fix
