// Drawings of a day as SVG: presentation attributes and classes only (a content security policy drops style attributes), whole numbers all
// the way (values are millionths of a dollar in 128 bits).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "services/reconcile/web/coverage.hpp"
#include "services/reconcile/wide.hpp"

namespace marginfix::reconcile {

enum class PlotKind : std::uint8_t { line, columns };

struct Plot {
  std::string title;
  PlotKind kind{PlotKind::line};
  DayRange range{};
  std::vector<std::pair<Timestamp, Wide>> points;  // ascending
};
// A figure with its caption; "" without a point.
std::string plot_svg(const Plot& plot);

struct Lane {
  std::string name;
  std::vector<Stretch> stretches;
};
std::string coverage_svg(const std::vector<Lane>& lanes, const DayRange& range);

}  // namespace marginfix::reconcile
