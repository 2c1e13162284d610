#include "services/reconcile/report/plot.hpp"

#include <algorithm>

#include "services/reconcile/report/html.hpp"
#include "services/reconcile/web/wide_sum.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::int64_t kWidth = 1040, kLeft = 96, kRight = 12, kTop = 10, kPlotHeight = 180, kAxis = 34, kLaneHeight = 26;

std::int64_t x_of(Timestamp time, const DayRange& range) {
  const auto all = (range.to - range.from).count();
  const auto part = (std::clamp(time, range.from, range.to) - range.from).count();
  return all <= 0 ? kLeft : kLeft + static_cast<std::int64_t>(Wide(part) * (kWidth - kLeft - kRight) / all);
}

// From low to high, both multiples of a step of 1, 2 or 5 times a power of ten.
struct Scale {
  Wide low, high, step;
  std::int64_t y(Wide value) const { return kTop + kPlotHeight - static_cast<std::int64_t>((value - low) * kPlotHeight / (high - low)); }
};
Scale scale_of(const std::vector<std::pair<Timestamp, Wide>>& points) {
  Wide low = 0, high = 0;
  for (const auto& [time, value] : points) low = std::min(low, value), high = std::max(high, value);
  Wide step = 1;
  for (int i = 0; (high - low) / step > 5; ++i) step = step * (i % 3 == 1 ? 5 : 2) / (i % 3 == 1 ? 2 : 1);
  const auto down = [&](Wide value) { return value >= 0 ? value / step * step : -((-value + step - 1) / step * step); };
  low = down(low), high = -down(-high);
  return {low, high == low ? low + step : high, step};
}

std::string attribute(std::string_view name, std::int64_t value) { return " " + std::string(name) + "=\"" + std::to_string(value) + "\""; }

std::string svg_text(std::int64_t x, std::int64_t y, std::string_view anchor, std::string_view text) {
  return "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\"" + std::string(anchor) + "\">" + html_text(text) + "</text>";
}

std::string svg_line(std::string_view css, std::int64_t x1, std::int64_t y1, std::int64_t x2, std::int64_t y2) {
  return "<line class=\"" + std::string(css) + "\"" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
         attribute("y2", y2) + "/>";
}

std::string hour_text(Timestamp time) { return to_rfc3339(time).substr(11, 5); }

std::string time_axis(const DayRange& range, std::int64_t top, std::int64_t bottom) {
  std::string out;
  for (Timestamp at = range.from; at <= range.to; at += std::chrono::hours(3)) {
    const std::int64_t x = x_of(at, range);
    const std::string_view anchor = at == range.to ? "end" : "middle";
    out += svg_line("rule", x, top, x, bottom) + svg_text(x, bottom + 14, anchor, hour_text(at));
    out += svg_text(x, bottom + 27, anchor, hour_text(at + eastern_offset(at)) + " ET");
  }
  return out;
}

std::string svg_begin(std::int64_t height, std::string_view label) {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(kWidth) + " " + std::to_string(height) +
         "\" role=\"img\" aria-label=\"" + html_text(label) + "\">";
}

std::string columns_of(const Plot& plot, const Scale& scale) {
  std::string out;
  for (const auto& [time, value] : plot.points) {
    const std::int64_t a = scale.y(value), b = scale.y(0);
    out += "<rect class=\"column\"" + attribute("x", x_of(time, plot.range)) + attribute("y", std::min(a, b)) + attribute("width", 3) +
           attribute("height", std::max<std::int64_t>(1, a < b ? b - a : a - b)) + "/>";
  }
  return out;
}

std::string path_of(const Plot& plot, const Scale& scale) {
  std::string d;
  for (const auto& [time, value] : plot.points) {
    d += (d.empty() ? "M" : "L") + std::to_string(x_of(time, plot.range)) + " " + std::to_string(scale.y(value));
  }
  return "<path class=\"line\" d=\"" + d + "\"/>";
}

}  // namespace

std::string plot_svg(const Plot& plot) {
  if (plot.points.empty()) return {};
  const Scale scale = scale_of(plot.points);
  const std::int64_t bottom = kTop + kPlotHeight;
  std::string out = "<figure><figcaption>" + html_text(plot.title) + "</figcaption>" + svg_begin(bottom + kAxis, plot.title);
  out += time_axis(plot.range, bottom, bottom);
  for (Wide tick = scale.low; tick <= scale.high; tick += scale.step) {
    out += svg_line(tick == 0 ? "zero" : "rule", kLeft, scale.y(tick), kWidth - kRight, scale.y(tick));
    out += svg_text(kLeft - 8, scale.y(tick) + 4, "end", grouped(fixed_text(tick, DollarTag::kScale, 0), 0));
  }
  return out + (plot.kind == PlotKind::columns ? columns_of(plot, scale) : path_of(plot, scale)) + "</svg></figure>\n";
}

std::string coverage_svg(const std::vector<Lane>& lanes, const DayRange& range) {
  const std::int64_t bottom = kTop + static_cast<std::int64_t>(lanes.size()) * kLaneHeight;
  std::string out = "<figure>" + svg_begin(bottom + kAxis, "Coverage of the day; the table below says the same in words");
  std::int64_t y = kTop;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    out += "<rect class=\"track\"" + attribute("x", kLeft) + attribute("y", kTop + static_cast<std::int64_t>(i) * kLaneHeight) +
           attribute("width", kWidth - kLeft - kRight) + attribute("height", 16) + "/>";
  }
  out += time_axis(range, kTop, bottom);
  for (const Lane& lane : lanes) {
    out += svg_text(0, y + 12, "start", lane.name);
    for (const Stretch& s : lane.stretches) {
      if (s.to <= range.from || s.from >= range.to) continue;
      const std::int64_t from = x_of(s.from, range);
      out += "<rect class=\"by-" + html_text(s.by) + "\"" + attribute("x", from) + attribute("y", y) +
             attribute("width", std::max<std::int64_t>(2, x_of(s.to, range) - from)) + attribute("height", 16) + "/>";
    }
    y += kLaneHeight;
  }
  return out + "</svg></figure>\n";
}

}  // namespace marginfix::reconcile
