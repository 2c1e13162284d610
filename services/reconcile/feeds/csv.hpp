// RFC 4180 text, cut into rows: quotes, doubled quotes, line ends within quotes, CRLF, LF or CR, a byte-order mark. Takes a file in pieces,
// for files that grow. Cells are text, whatever they look like. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace marginfix::reconcile {

using CsvRow = std::vector<std::string>;

class CsvReader {
 public:
  // `line`: 1-based line the row begins in.
  using OnRow = std::function<void(const CsvRow& row, std::size_t line)>;
  explicit CsvReader(OnRow on_row, char separator = ',');

  // Rows that have ended are given out; the last, unfinished one waits for more.
  void feed(std::string_view piece);
  // The last row may lack its line end.
  void finish();
  // Within quotes that nobody has closed.
  bool within_quotes() const noexcept { return state_ == State::quoted; }

 private:
  enum class State { cell, quoted, quote_in_quoted };
  void end_cell();
  void end_row();
  void take(char c);

  OnRow on_row_;
  char separator_;
  State state_{State::cell};
  CsvRow row_;
  std::string cell_;
  bool begun_{false};     // the row has had a character
  bool after_cr_{false};  // an LF now belongs to it
  std::size_t mark_{0};   // bytes of the byte-order mark that have come
  std::size_t line_{1}, row_line_{1};
};

}  // namespace marginfix::reconcile
