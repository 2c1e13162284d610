// A table that fits a width: what people need least is left out first, and of a last column that is too long the beginning is shown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace marginfix::apps {

struct FittedColumn {
  std::string name;
  int spare{0};         // 0: always shown; else the column with the highest number is left out first
  bool numeric{false};  // to the right
};

class FittedTable {
 public:
  explicit FittedTable(std::vector<FittedColumn> columns) : columns_(std::move(columns)) {}
  // One text a column; control characters are made visible.
  void row(const std::vector<std::string>& cells);
  bool empty() const noexcept { return rows_.empty(); }
  // Lines with their ends. Columns without any text are left out; `width` 0: as wide as it is.
  std::string text(std::size_t width) const;

 private:
  std::vector<std::size_t> widths() const;
  std::vector<std::size_t> shown(const std::vector<std::size_t>& widths, std::size_t width) const;

  std::vector<FittedColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace marginfix::apps
