// From the exchange's events to FIX reports, under the Logon options of the session that gets them. Pure functions.
// Source: fix-margin.md "ExecutionReport (8)", "OrderCancelReject (9)"; sim/exchange/events.hpp says what each member means for a door.
#pragma once

#include "sim/doors/fix/session_options.hpp"
#include "sim/doors/fix/wire.hpp"
#include "sim/exchange/values/events.hpp"

namespace marginfix::sim {

// False: a session with these options does not get this report at all.
bool wanted(const ExecutionEvent& event, const SessionOptions& options) noexcept;
// Fills `out` (its memory is reused). `exchange_index`: the shard of the event's market, LastMkt(30).
void fill_report(const ExecutionEvent& event, int exchange_index, const SessionOptions& options, fixwire::ExecutionReport& out);
fixwire::OrderCancelReject cancel_reject(const CancelRejectEvent& event);
fixwire::OrderMassCancelReport mass_cancel_report(const MassCancelEvent& event);

}  // namespace marginfix::sim
