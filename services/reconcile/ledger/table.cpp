#include "services/reconcile/ledger/table.hpp"

#include <charconv>

namespace marginfix::reconcile {

std::int64_t date_number(Date date) noexcept {
  if (date == Date{}) return 0;
  return static_cast<std::int64_t>(static_cast<int>(date.year())) * 10'000 + static_cast<unsigned>(date.month()) * 100 +
         static_cast<unsigned>(date.day());
}

Date date_of_number(std::int64_t number) noexcept {
  if (number == 0) return {};
  return {std::chrono::year(static_cast<int>(number / 10'000)), std::chrono::month(static_cast<unsigned>(number / 100 % 100)),
          std::chrono::day(static_cast<unsigned>(number % 100))};
}

std::optional<std::string> meta(Storage& storage, std::string_view name) {
  const auto row = find<MetaRow>(storage, name);
  return row ? std::optional(row->value) : std::nullopt;
}

void set_meta(Storage& storage, std::string_view name, std::string_view value) {
  MetaRow row{std::string(name), std::string(value)};
  put(storage, row);
}

std::int64_t meta_number(Storage& storage, std::string_view name) {
  const auto text = meta(storage, name);
  std::int64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

}  // namespace marginfix::reconcile
