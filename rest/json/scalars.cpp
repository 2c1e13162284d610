// The scalar types of JSON: text in, text out, exactly.
#include <charconv>

#include "marginfix/json/type_info.hpp"
#include "marginfix/json/writer.hpp"

namespace marginfix::json::detail {
namespace {

template <class I>
bool read_integer(I& value, std::string_view text) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

template <class T>
bool take(T& value, Result<T> parsed) {
  if (!parsed) return false;
  value = *std::move(parsed);
  return true;
}

template <class Fixed>
bool read_fixed(Fixed& value, std::string_view text) {
  std::int64_t units{};
  if (marginfix::detail::parse_fixed_fast(text.data(), text.data() + text.size(), Fixed::kScale, units) != 0) return false;
  value = Fixed::from_units(units);
  return true;
}

bool read_decimal(MultiplierDecimal& value, std::string_view text) {
  std::int64_t coefficient{};
  std::int32_t exponent{};
  if (marginfix::detail::parse_plain_number(text.data(), text.data() + text.size(), coefficient, exponent) != 0) {
    return take(value, MultiplierDecimal::parse(text));
  }
  value = MultiplierDecimal::from_parts(coefficient, exponent);
  return true;
}

// A number whose value is whole, however it is written ("1764400000.0", "1.7644e9"): the instant is certain.
bool read_epoch(std::int64_t& value, std::string_view text) {
  if (read_integer(value, text)) return true;
  const auto decimal = MultiplierDecimal::parse(text);
  if (!decimal || !decimal->fits()) return false;
  std::int64_t whole = decimal->coefficient();
  for (std::int32_t e = decimal->exponent(); e < 0; ++e) {
    if (whole % 10 != 0) return false;
    whole /= 10;
  }
  for (std::int32_t e = decimal->exponent(); e > 0; --e) {
    if (__builtin_mul_overflow(whole, std::int64_t{10}, &whole)) return false;
  }
  value = whole;
  return true;
}

bool read_digits(std::string_view text, int& value) {
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return read_integer(value, text);
}

}  // namespace

bool Scalar<bool>::read(bool& value, std::string_view text) {
  value = text == "true";
  return value || text == "false";
}
std::string Scalar<bool>::write(const bool& value) { return value ? "true" : "false"; }

bool Scalar<std::int32_t>::read(std::int32_t& value, std::string_view text) { return read_integer(value, text); }
std::string Scalar<std::int32_t>::write(const std::int32_t& value) { return std::to_string(value); }
bool Scalar<std::int64_t>::read(std::int64_t& value, std::string_view text) { return read_integer(value, text); }
std::string Scalar<std::int64_t>::write(const std::int64_t& value) { return std::to_string(value); }

bool Scalar<EpochSeconds>::read(EpochSeconds& value, std::string_view text) { return read_epoch(value.value, text); }
std::string Scalar<EpochSeconds>::write(const EpochSeconds& value) { return std::to_string(value.value); }
bool Scalar<EpochMillis>::read(EpochMillis& value, std::string_view text) { return read_epoch(value.value, text); }
std::string Scalar<EpochMillis>::write(const EpochMillis& value) { return std::to_string(value.value); }
bool Scalar<Centicents>::read(Centicents& value, std::string_view text) { return read_integer(value.value, text); }
std::string Scalar<Centicents>::write(const Centicents& value) { return std::to_string(value.value); }
bool Scalar<Cents>::read(Cents& value, std::string_view text) { return read_integer(value.value, text); }
std::string Scalar<Cents>::write(const Cents& value) { return std::to_string(value.value); }
bool Scalar<Centicount>::read(Centicount& value, std::string_view text) { return read_integer(value.value, text); }
std::string Scalar<Centicount>::write(const Centicount& value) { return std::to_string(value.value); }

bool Scalar<MultiplierDecimal>::read(MultiplierDecimal& value, std::string_view text) { return read_decimal(value, text); }
std::string Scalar<MultiplierDecimal>::write(const MultiplierDecimal& value) { return value.to_string(); }
bool Scalar<DecimalString>::read(DecimalString& value, std::string_view text) { return read_decimal(value.value, text); }
std::string Scalar<DecimalString>::write(const DecimalString& value) { return value.value.to_string(); }

bool Scalar<std::string>::read(std::string& value, std::string_view text) {
  value.assign(text);
  return true;
}
std::string Scalar<std::string>::write(const std::string& value) { return value; }
bool Scalar<SecretString>::read(SecretString& value, std::string_view text) {
  value = SecretString(std::string(text));
  return true;
}
std::string Scalar<SecretString>::write(const SecretString& value) { return std::string(value.reveal()); }

bool Scalar<DollarDecimal>::read(DollarDecimal& value, std::string_view text) { return read_fixed(value, text); }
std::string Scalar<DollarDecimal>::write(const DollarDecimal& value) { return value.to_string(); }
bool Scalar<FixedPointCount>::read(FixedPointCount& value, std::string_view text) { return read_fixed(value, text); }
std::string Scalar<FixedPointCount>::write(const FixedPointCount& value) { return value.to_string(); }

bool Scalar<Timestamp>::read(Timestamp& value, std::string_view text) { return take(value, parse_rfc3339(text)); }
std::string Scalar<Timestamp>::write(const Timestamp& value) { return to_rfc3339(value); }

bool Scalar<Date>::read(Date& value, std::string_view text) {
  int year{}, month{}, day{};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (!read_digits(text.substr(0, 4), year) || !read_digits(text.substr(5, 2), month) || !read_digits(text.substr(8), day)) return false;
  value = Date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day)));
  return value.ok();
}
std::string Scalar<Date>::write(const Date& value) {
  const std::string digits = to_fix_date(value);  // YYYYMMDD
  return digits.substr(0, 4) + '-' + digits.substr(4, 2) + '-' + digits.substr(6);
}

// Whoever reads a RawJson hands over whole JSON values.
bool Scalar<RawJson>::read(RawJson& value, std::string_view text) {
  value.text.assign(text);
  return true;
}
std::string Scalar<RawJson>::write(const RawJson& value) { return value.text.empty() ? "null" : value.text; }

}  // namespace marginfix::json::detail
