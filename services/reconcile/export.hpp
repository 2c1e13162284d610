// `marginfix reconcile export`: the ledger as files that other people's tools read without changing a value. docs/reconcile-export.md says
// how to load them.
//   executions, source_fills, orders, positions, funding, days, cash, breaks, coverage, gaps, sources, undecodable, reports, audit
// CSV: RFC 4180, a header, every cell that holds a text quoted; JSON: one object a line, every id, price, quantity and amount a string.
// Decimals as exact text with the exchange's digits, days as 2026-11-30, times as RFC 3339 in UTC, what a source has not said empty (CSV)
// or null. Beside each NAME.csv or NAME.jsonl a NAME.schema.json with the type of each column. A text that is no UTF-8 (or, in CSV, holds
// NUL) becomes visible: its bytes as "\xe9".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

enum class ExportFormat : std::uint8_t { csv, json };
std::string_view to_string(ExportFormat format) noexcept;
Result<ExportFormat> export_format_of(std::string_view name);

struct ExportedFile {
  std::string path;
  std::int64_t rows{0};
};

// Writes all of them into `out_dir`, which is made where it is missing; the audit comes from `audit_path` as far as the ledger stands for
// it
// ("" or no such file: none). Everything is of one moment of the ledger (one read transaction). Each file appears whole, under its own
// name, or not at all; older ones of the same name are replaced. Error(store).
Result<std::vector<ExportedFile>> export_ledger(Storage& storage, ExportFormat format, const std::string& out_dir,
                                                const std::string& audit_path = {});

}  // namespace marginfix::reconcile
