#include "contract/sim/official/text_forms.hpp"

#include <regex>

namespace marginfix::openapi {
namespace {

constexpr std::int64_t kYear2001 = 978'307'200, kYear2101 = 4'133'980'800;

bool between(std::int64_t number, std::int64_t unit) { return number >= kYear2001 * unit && number < kYear2101 * unit; }

}  // namespace

bool is_dollars(const std::string& text) {
  static const std::regex form(R"(-?[0-9]+(\.[0-9]{1,6})?)");
  return std::regex_match(text, form);
}

bool is_count(const std::string& text) {
  static const std::regex form(R"(-?[0-9]+\.[0-9]{2})");
  return std::regex_match(text, form);
}

bool is_date(const std::string& text) {
  static const std::regex form("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
  return std::regex_match(text, form);
}

bool is_date_time(const std::string& text) {
  static const std::regex clock(R"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z)");
  const std::size_t middle = text.find('T');
  return middle != std::string::npos && is_date(text.substr(0, middle)) && std::regex_match(text.substr(middle + 1), clock);
}

bool is_uuid_text(const std::string& text) {
  static const std::regex form("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  return std::regex_match(text, form);
}

bool is_in_unit_of_its_name(std::string_view name, std::int64_t number) {
  if (name.ends_with("_ms") && name.find("ts") != std::string_view::npos) return between(number, 1'000);
  if (name.ends_with("_ts") || name.ends_with(".expiration_time")) return between(number, 1);
  return true;
}

}  // namespace marginfix::openapi
