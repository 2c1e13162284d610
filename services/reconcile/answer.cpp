#include "services/reconcile/answer.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string>

namespace marginfix::reconcile {

namespace {

// What a row is nothing without: a list that lacks it says less than an empty one would.
bool makes_the_row(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames{"market_ticker",
                                                   "position",
                                                   "account_equity",
                                                   "funding_amount",
                                                   "funding_time",
                                                   "position_quantity_fp",
                                                   "execution_time",
                                                   "funding_amount_centicents",
                                                   "post_position_quantity_fp"};
  return std::ranges::find(kNames, name) != kNames.end();
}

// The list, or the one object, that the answer is: a cursor is left out on a last page, whatever its schema says, and so are sums.
bool makes_the_answer(const json::TypeInfo& type, std::string_view name) {
  const auto field = std::ranges::find(type.fields, name, &json::FieldInfo::name);
  return field != type.fields.end() && (field->type->kind == json::Kind::array || field->type->kind == json::Kind::object);
}

bool of_the_body(std::string_view path) { return path.find_first_of(".[") == std::string_view::npos; }

// Null or not there at all: the report does not tell them apart, and hardly any answer comes here.
bool is_there(std::string_view body, const std::string& name) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(boost::json::string_view(body.data(), body.size()), error);
  return !error && value.is_object() && value.get_object().contains(name);
}

}  // namespace

Result<void> has_what_it_must(const json::TypeInfo& type, std::string_view body, const json::DecodeReport& report) {
  for (const std::string& path : report.missing) {
    const std::size_t dot = path.rfind('.');
    const bool lacks = of_the_body(path) ? makes_the_answer(type, path) && !is_there(body, path)
                                         : dot != std::string::npos && makes_the_row(path.substr(dot + 1));
    if (lacks) return fail(ErrorCategory::decode, "the answer has no \"" + path + "\"");
  }
  return {};
}

std::string missing_of_fill(const json::DecodeReport& report, std::size_t row) {
  constexpr std::array<std::string_view, 6> kMust{"fill_id", "order_id", "ticker", "side", "count", "price"};
  const std::string begin = "fills[" + std::to_string(row) + "].";
  std::string names;
  for (const std::string& path : report.missing) {
    if (!path.starts_with(begin) || std::ranges::find(kMust, path.substr(begin.size())) == kMust.end()) continue;
    names += (names.empty() ? "" : ", ") + path.substr(begin.size());
  }
  return names;
}

}  // namespace marginfix::reconcile
