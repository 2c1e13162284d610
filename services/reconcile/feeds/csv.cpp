#include "services/reconcile/feeds/csv.hpp"

#include <utility>

namespace marginfix::reconcile {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(OnRow on_row, char separator) : on_row_(std::move(on_row)), separator_(separator) {}

void CsvReader::end_cell() {
  row_.push_back(std::move(cell_));
  cell_.clear();
}

void CsvReader::end_row() {
  if (begun_) {  // an empty line is no row
    end_cell();
    on_row_(row_, row_line_);
  }
  row_.clear();
  cell_.clear();
  begun_ = false;
  state_ = State::cell;
}

void CsvReader::take(char c) {
  const bool line_end = c == '\n' || c == '\r';
  const bool second_half = c == '\n' && std::exchange(after_cr_, false);
  if (line_end) {
    if (!second_half) ++line_;
    after_cr_ = c == '\r';
  } else {
    after_cr_ = false;
  }
  if (state_ == State::quoted) {
    if (c == '"') {
      state_ = State::quote_in_quoted;
    } else {
      cell_ += c;
    }
    return;
  }
  if (line_end) {
    if (!second_half) end_row();
    row_line_ = line_;
    return;
  }
  begun_ = true;
  if (c == '"' && state_ == State::quote_in_quoted) {
    cell_ += '"';
    state_ = State::quoted;
  } else if (c == '"' && cell_.empty()) {
    state_ = State::quoted;
  } else if (c == separator_) {
    end_cell();
    state_ = State::cell;
  } else {
    cell_ += c;
    state_ = State::cell;
  }
}

void CsvReader::feed(std::string_view piece) {
  for (const char c : piece) {
    if (mark_ < kByteOrderMark.size()) {
      if (c == kByteOrderMark[mark_]) {
        ++mark_;
        continue;
      }
      const std::string_view begun = kByteOrderMark.substr(0, std::exchange(mark_, kByteOrderMark.size()));
      for (const char before : begun) take(before);
    }
    take(c);
  }
}

void CsvReader::finish() { end_row(); }

}  // namespace marginfix::reconcile
