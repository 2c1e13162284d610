// Pieces of an HTML document out of texts that anybody may have written: nothing becomes markup that was not written here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace marginfix::reconcile {

// & < > " ' as entities, control characters and what is no UTF-8 as visible() shows them.
std::string html_text(std::string_view text);
// A decimal text with its thousands apart, and zeros beyond two decimals left out ("1,234.50"); any other text as it is.
std::string grouped(std::string_view decimal, int least_decimals = 2);

struct HtmlColumn {
  std::string_view name;
  std::string_view css;  // "num", "id", or ""
};
// Cells are texts (escaped here).
class HtmlTable {
 public:
  explicit HtmlTable(std::vector<HtmlColumn> columns) : columns_(std::move(columns)) {}
  HtmlTable& row(const std::vector<std::string>& cells) { return line(cells, {}); }
  // `differs`: the cells of these columns are marked.
  HtmlTable& row(const std::vector<std::string>& cells, const std::vector<std::size_t>& differs) { return line(cells, differs); }
  HtmlTable& total(const std::vector<std::string>& cells);
  bool empty() const noexcept { return body_.empty(); }
  std::string to_string() const;

 private:
  HtmlTable& line(const std::vector<std::string>& cells, const std::vector<std::size_t>& differs);
  std::vector<HtmlColumn> columns_;
  std::string body_, foot_;
};

}  // namespace marginfix::reconcile
