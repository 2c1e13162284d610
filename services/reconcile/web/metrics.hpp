// /metrics of the reconciliation service. Labels are account, symbol, source, category and state: never an order, never what a client
// wrote.
#pragma once

#include <string>
#include <string_view>

#include "marginfix/core/time.hpp"
#include "services/http/metrics_writer.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

inline constexpr std::string_view kMetricsPrefix = "marginfix_reconcile_";

// What ledger and folder know: breaks, sources, gaps, watermark of drop copy, fills, positions, sizes of the files in `dir`.
void write_ledger_metrics(services::MetricsWriter& out, Storage& storage, const std::string& dir, Timestamp now);

}  // namespace marginfix::reconcile
