// Prometheus' text format 0.0.4, written piece by piece. Values are whole numbers of base units (hundredths of a contract, seconds,
// microseconds, bytes): nothing goes through a binary float. Appends to a string of the caller's; not thread-safe.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace marginfix::services {

class MetricsWriter {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  // `prefix` stands before each name: "marginfix_reconcile_".
  MetricsWriter(std::string& out, std::string_view prefix) : out_(&out), prefix_(prefix) {}

  // A family begins: its samples follow before the next one does. `help` is one line of ASCII. Each name once.
  MetricsWriter& gauge(std::string_view name, std::string_view help) { return family(name, "gauge", help); }
  MetricsWriter& counter(std::string_view name, std::string_view help) { return family(name, "counter", help); }  // name ends in _total
  MetricsWriter& sample(Labels labels, std::int64_t value);
  MetricsWriter& sample(std::int64_t value) { return sample({}, value); }

  // A family whose samples are histograms; `name` ends in the unit (_microseconds).
  MetricsWriter& histogram(std::string_view name, std::string_view help) { return family(name, "histogram", help); }
  // One histogram of it. `counts` of each bucket for itself, one more than `bounds` (upper ones, ascending): the last has no bound.
  MetricsWriter& buckets(Labels labels, std::span<const std::int64_t> bounds, std::span<const std::uint64_t> counts, std::int64_t sum);

 private:
  MetricsWriter& family(std::string_view name, std::string_view type, std::string_view help);
  // `le`: the bucket's bound as one more label; "" for none.
  void line(std::string_view suffix, Labels labels, std::string_view le, const std::string& value);

  std::string* out_;
  std::string prefix_, name_;
};

}  // namespace marginfix::services
