#include "sim/doors/rest/endpoint.hpp"

#include <boost/json/value.hpp>
#include <charconv>

#include "marginfix/core/base64.hpp"
#include "marginfix/core/text.hpp"

namespace marginfix::sim {
namespace {

constexpr int kMostCountDecimals = 2;  // of requests; rest-perps.md "Types on this page"

// The first problem is the one the client is told of.
void complain(std::optional<HttpAnswer>& problem, std::string_view name, std::string_view what) {
  if (problem) return;
  problem = nested_error(400, "invalid_parameters", "invalid parameters", std::string(name) + " " + std::string(what));
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string range_text(std::int64_t least, std::int64_t most) {
  return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

// Digits behind the point as written: the exchange counts trailing zeros too.
int decimals_of(std::string_view text) {
  const std::size_t point = text.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

// A member that is there; null says the same as leaving it out.
const boost::json::value* find(const boost::json::object& body, std::string_view name) {
  const boost::json::value* value = body.if_contains(name);
  return value != nullptr && value->is_null() ? nullptr : value;
}

constexpr std::size_t kPositionBytes = 8, kCheckBytes = 4;

// FNV-1a over the position, begun elsewhere than usual: a cursor that somebody made up is found out.
std::uint32_t cursor_check(std::uint64_t position) {
  std::uint32_t hash = 0x6D66'7863;
  for (int shift = 0; shift < 64; shift += 8) hash = (hash ^ static_cast<std::uint8_t>(position >> shift)) * 16'777'619U;
  return hash;
}

void put_bytes(std::string& out, std::uint64_t value, std::size_t bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes));
}

std::uint64_t get_bytes(std::string_view in) {
  std::uint64_t value = 0;
  for (const char c : in) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

void replace_all(std::string& text, char from, char to) {
  for (char& c : text) c = c == from ? to : c;
}

}  // namespace

// ---- errors -----------------------------------------------------------------------------------------------------------------

namespace {
void error_members(json::Writer& out, std::string_view code, std::string_view message, std::string_view details, std::string_view service) {
  out.begin_object().member("code", visible(code)).member("message", visible(message));
  if (!details.empty()) out.member("details", visible(details));
  if (!service.empty()) out.member("service", service);
  out.end_object();
}
}  // namespace

HttpAnswer nested_error(int status, std::string_view code, std::string_view message, std::string_view details, std::string_view service) {
  HttpAnswer answer{status, {}};
  json::Writer out(answer.body);
  out.begin_object().key("error");
  error_members(out, code, message, details, service);
  out.end_object();
  return answer;
}

HttpAnswer flat_error(int status, std::string_view code, std::string_view message, std::string_view details) {
  HttpAnswer answer{status, {}};
  json::Writer out(answer.body);
  error_members(out, code, message, details, {});
  return answer;
}

HttpAnswer too_many_requests() { return {429, R"({"error":"too many requests"})"}; }

HttpAnswer bare_error(int status, std::string_view msg) {
  HttpAnswer answer{status, {}};
  json::Writer(answer.body).begin_object().member("msg", visible(msg)).end_object();
  return answer;
}

// ---- parameters -------------------------------------------------------------------------------------------------------------

std::string EndpointRequest::text(std::string_view name, std::string_view fallback) const {
  if (const auto found = query.find(name); found != query.end()) return found->second;
  if (const auto found = path.find(name); found != path.end()) return found->second;
  return std::string(fallback);
}

bool EndpointRequest::has(std::string_view name) const { return query.contains(name) || path.contains(name); }

std::optional<std::int64_t> EndpointRequest::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  if (!has(name)) return std::nullopt;
  const auto number = whole_number(text(name));
  if (number && *number >= least && *number <= most) return number;
  complain(problem, name, range_text(least, most));
  return std::nullopt;
}

std::optional<bool> EndpointRequest::boolean(std::string_view name) {
  if (!has(name)) return std::nullopt;
  const std::string value = text(name);
  if (value == "true" || value == "false") return value == "true";
  complain(problem, name, "must be true or false");
  return std::nullopt;
}

std::optional<int> EndpointRequest::subaccount(std::string_view name) {
  const auto number = integer(name, 0, kMaxSubaccount);
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

// ---- body -------------------------------------------------------------------------------------------------------------------

std::optional<std::string> EndpointRequest::body_text(std::string_view name, bool required) {
  auto text = body_free_text(name, required);
  const char* fault = text ? identifier_fault(*text) : nullptr;
  if (fault == nullptr) return text;
  complain(problem, name, fault);
  return std::nullopt;
}

std::optional<std::string> EndpointRequest::body_free_text(std::string_view name, bool required) {
  const boost::json::value* value = find(body, name);
  if (value != nullptr && value->is_string()) return std::string(value->get_string());
  if (value != nullptr) {
    complain(problem, name, "must be a string");
  } else if (required) {
    complain(problem, name, "is required");
  }
  return std::nullopt;
}

std::optional<std::int64_t> EndpointRequest::body_integer(std::string_view name, std::int64_t least, std::int64_t most, bool required) {
  const boost::json::value* value = find(body, name);
  if (value == nullptr) {
    if (required) complain(problem, name, "is required");
    return std::nullopt;
  }
  const std::int64_t* number = value->if_int64();
  if (number != nullptr && *number >= least && *number <= most) return *number;
  complain(problem, name, range_text(least, most));
  return std::nullopt;
}

std::optional<bool> EndpointRequest::body_boolean(std::string_view name) {
  const boost::json::value* value = find(body, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  complain(problem, name, "must be true or false");
  return std::nullopt;
}

std::optional<DollarDecimal> EndpointRequest::body_dollars(std::string_view name, bool required, int most_decimals) {
  const auto text = body_text(name, required);
  if (!text) return std::nullopt;
  const auto dollars = DollarDecimal::parse(*text);
  if (const int decimals = decimals_of(*text); decimals > most_decimals && MultiplierDecimal::parse(*text)) {
    // As recorded for an order's price (observed.md); other members in the same words.
    const bool order_price = name == "price";
    const std::string details = "invalid " + std::string(name) + ": invalid dollar precision: -" + std::to_string(decimals);
    if (!problem) {
      problem = order_price ? nested_error(400, "invalid_order", "invalid order", details)
                            : nested_error(400, "invalid_parameters", "invalid parameters", details);
    }
    return std::nullopt;
  }
  if (dollars) return *dollars;
  complain(problem, name, "must be a decimal string of dollars such as \"0.5600\"");
  return std::nullopt;
}

std::optional<FixedPointCount> EndpointRequest::body_count(std::string_view name, bool required) {
  const auto text = body_text(name, required);
  if (!text) return std::nullopt;
  const auto count = FixedPointCount::parse(*text);
  if (count && decimals_of(*text) <= kMostCountDecimals) return *count;
  complain(problem, name, "must be a decimal string of contracts with at most 2 decimals such as \"10.00\"");
  return std::nullopt;
}

// ---- cursors ----------------------------------------------------------------------------------------------------------------

// Twelve bytes are sixteen characters without padding, in the alphabet that needs no escaping in a URL.
std::string encode_cursor(std::uint64_t position) {
  std::string bytes;
  put_bytes(bytes, position, kPositionBytes);
  put_bytes(bytes, cursor_check(position), kCheckBytes);
  std::string cursor = base64_encode(bytes);
  replace_all(cursor, '+', '-');
  replace_all(cursor, '/', '_');
  return cursor;
}

std::optional<std::uint64_t> decode_cursor(std::string_view cursor) {
  std::string standard(cursor);
  if (standard.find_first_of("+/") != std::string::npos) return std::nullopt;
  replace_all(standard, '-', '+');
  replace_all(standard, '_', '/');
  const auto bytes = base64_decode(standard);
  if (!bytes || bytes->size() != kPositionBytes + kCheckBytes) return std::nullopt;
  const std::uint64_t position = get_bytes(std::string_view(*bytes).substr(0, kPositionBytes));
  if (get_bytes(std::string_view(*bytes).substr(kPositionBytes)) != cursor_check(position)) return std::nullopt;
  return position;
}

}  // namespace marginfix::sim
