// ExecutionReport(8) and OrderCancelReject(9) as the owned values the order-state machine and the position ledger take.
#pragma once

#include "marginfix/domain/order_state.hpp"
#include "marginfix/fix/messages.hpp"

namespace marginfix::fix {

OrderReport to_order_report(const ExecutionReport& report);
CancelRejected to_cancel_rejected(const OrderCancelReject& reject);

}  // namespace marginfix::fix
