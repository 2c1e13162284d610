// /metrics in Prometheus' text format 0.0.4. Values are whole numbers of base units (hundredths of a contract, seconds, bytes): nothing
// goes through a binary float. Labels are account, symbol, source, category and state: never an order, never what a client wrote.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "marginfix/core/time.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

class MetricsWriter {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  explicit MetricsWriter(std::string& out) : out_(&out) {}
  // A family begins: its samples follow before the next one does. `name` without the prefix "marginfix_reconcile_"; `help` is one line of
  // ASCII. Each name once.
  MetricsWriter& gauge(std::string_view name, std::string_view help) { return family(name, "gauge", help); }
  MetricsWriter& counter(std::string_view name, std::string_view help) { return family(name, "counter", help); }  // name ends in _total
  MetricsWriter& sample(Labels labels, std::int64_t value);
  MetricsWriter& sample(std::int64_t value) { return sample({}, value); }

 private:
  MetricsWriter& family(std::string_view name, std::string_view type, std::string_view help);
  std::string* out_;
  std::string name_;
};

// What ledger and folder know: breaks, sources, gaps, watermark of drop copy, fills, positions, sizes of the files in `dir`.
void write_ledger_metrics(MetricsWriter& out, Storage& storage, const std::string& dir, Timestamp now);

}  // namespace marginfix::reconcile
