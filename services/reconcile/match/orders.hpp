// One order as FIX and REST tell it, and against its fills. Pure.
#pragma once

#include <string>
#include <vector>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/match/difference.hpp"

namespace marginfix::reconcile {

std::string order_subject(std::string_view order_id);

// `rest_is_later`: REST was asked after the order's last change here, so that its word is about the same moment.
// `reports_missing`: a hole of the listener is open, and what is not here may lie in it.
std::vector<Difference> compare_order(const OrderRow& order, bool rest_is_later, bool reports_missing);
// Nothing can come of it any more: done on both sides, and its fills are all here.
bool is_done(const OrderRow& order);
// AvgPx(6) as it came against the fills, to the last digit it has.
bool average_agrees(const std::string& avg_px, const std::string& booked_value, FixedPointCount booked_qty);

}  // namespace marginfix::reconcile
