#include "services/reconcile/report/html.hpp"

#include <algorithm>

#include "marginfix/core/text.hpp"

namespace marginfix::reconcile {

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string grouped(std::string_view decimal, int least_decimals) {
  const bool negative = decimal.starts_with('-');
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  const std::string_view whole = decimal.substr(negative ? 1 : 0, point - (negative ? 1 : 0));
  std::string_view decimals = point < decimal.size() ? decimal.substr(point + 1) : std::string_view();
  const auto digits = [](std::string_view text) { return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }); };
  if (whole.empty() || !digits(whole) || !digits(decimals)) return std::string(decimal);
  while (decimals.size() > static_cast<std::size_t>(least_decimals) && decimals.ends_with('0')) decimals.remove_suffix(1);
  std::string out = negative ? "-" : "";
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) out += ',';
    out += whole[i];
  }
  return decimals.empty() ? out : out + "." + std::string(decimals);
}

HtmlTable& HtmlTable::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& differs) {
  body_ += "<tr>";
  for (std::size_t i = 0; i < cells.size() && i < columns_.size(); ++i) {
    const bool marked = std::ranges::find(differs, i) != differs.end();
    body_ += "<td class=\"" + std::string(columns_[i].css) + (marked ? " differs" : "") + "\">" + html_text(cells[i]) + "</td>";
  }
  body_ += "</tr>\n";
  return *this;
}

HtmlTable& HtmlTable::total(const std::vector<std::string>& cells) {
  foot_ += "<tr>";
  for (std::size_t i = 0; i < cells.size() && i < columns_.size(); ++i) {
    foot_ += "<td class=\"" + std::string(columns_[i].css) + "\">" + html_text(cells[i]) + "</td>";
  }
  foot_ += "</tr>\n";
  return *this;
}

std::string HtmlTable::to_string() const {
  std::string out = "<div class=\"scroll\"><table><thead><tr>";
  for (const HtmlColumn& column : columns_) {
    out += "<th scope=\"col\" class=\"" + std::string(column.css) + "\">" + html_text(column.name) + "</th>";
  }
  out += "</tr></thead>\n<tbody>\n" + body_ + "</tbody>";
  if (!foot_.empty()) out += "<tfoot>" + foot_ + "</tfoot>";
  return out + "</table></div>\n";
}

}  // namespace marginfix::reconcile
