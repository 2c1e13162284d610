#include "services/gateway/orders/terms.hpp"

#include <algorithm>
#include <array>

#include "services/gateway/oms/reasons.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::array kUnsupported{
    UnsupportedField{15, "Currency", "USD"},
    UnsupportedField{99, "StopPx", "0"},
    UnsupportedField{110, "MinQty", "0"},
    UnsupportedField{111, "MaxFloor", "0"},
    UnsupportedField{152, "CashOrderQty", "0"},
    UnsupportedField{168, "EffectiveTime", ""},
    UnsupportedField{210, "MaxShow", "0"},
    UnsupportedField{211, "PegOffsetValue", "0"},
    UnsupportedField{388, "DiscretionInst", ""},
    UnsupportedField{389, "DiscretionOffsetValue", "0"},
    UnsupportedField{423, "PriceType", "2"},
    UnsupportedField{468, "RoundingDirection", ""},
    UnsupportedField{469, "RoundingModulus", "0"},
    UnsupportedField{516, "OrderPercent", "0"},
    UnsupportedField{835, "PegMoveType", ""},
    UnsupportedField{836, "PegOffsetType", ""},
    UnsupportedField{837, "PegLimitType", ""},
    UnsupportedField{838, "PegRoundDirection", ""},
    UnsupportedField{840, "PegScope", ""},
    UnsupportedField{841, "DiscretionMoveType", ""},
    UnsupportedField{842, "DiscretionOffsetType", ""},
    UnsupportedField{843, "DiscretionLimitType", ""},
    UnsupportedField{844, "DiscretionRoundDirection", ""},
    UnsupportedField{846, "DiscretionScope", ""},
    UnsupportedField{847, "TargetStrategy", ""},
    UnsupportedField{848, "TargetStrategyParameters", ""},
    UnsupportedField{849, "ParticipationRate", "0"},
    UnsupportedField{854, "QtyType", "0 1"},
    UnsupportedField{957, "NoStrategyParameters", "0"},
    UnsupportedField{1082, "SecondaryDisplayQty", "0"},
    UnsupportedField{1083, "DisplayWhen", ""},
    UnsupportedField{1084, "DisplayMethod", ""},
    UnsupportedField{1085, "DisplayLowQty", "0"},
    UnsupportedField{1086, "DisplayHighQty", "0"},
    UnsupportedField{1087, "DisplayMinIncr", "0"},
    UnsupportedField{1088, "RefreshQty", "0"},
    UnsupportedField{1089, "MatchIncrement", "0"},
    UnsupportedField{1090, "MaxPriceLevels", "0"},
    UnsupportedField{1092, "PriceProtectionScope", ""},
    UnsupportedField{1094, "PegPriceType", ""},
    UnsupportedField{1100, "TriggerType", ""},
    UnsupportedField{1102, "TriggerPrice", "0"},
    UnsupportedField{1138, "DisplayQty", "0"},
};

Error refuse(int ord_rej_reason, std::string text) {
  Error error;
  error.category = ErrorCategory::reject;
  error.message = std::move(text);
  error.status = ord_rej_reason;
  return error;
}

bool is_word_of(std::string_view word, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// "0.00" is as harmless as "0".
bool is_harmless(std::string_view value, std::string_view harmless) {
  if (is_word_of(value, harmless)) return true;
  const bool zero_is = is_word_of("0", harmless);
  return zero_is && !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
}

Result<void> check_unsupported(const fix::UnknownFields& unknown) {
  for (const fix::RawField& field : unknown) {
    const auto found = std::ranges::find(kUnsupported, field.tag, &UnsupportedField::tag);
    if (found == kUnsupported.end() || is_harmless(field.value, found->harmless)) continue;
    return refuse(kRejUnsupported, std::string(found->name) + "(" + std::to_string(field.tag) + ") is not supported by the exchange");
  }
  return {};
}

Result<void> check_ord_type(std::optional<char> ord_type) {
  constexpr char kLimit = '2';
  if (ord_type == kLimit) return {};
  if (!ord_type) return refuse(kRejUnsupported, "OrdType(40) is missing: the exchange takes limit orders, 40=2");
  return refuse(kRejUnsupported, std::string("OrdType(40)=") + *ord_type + " is not supported: the exchange takes limit orders, 40=2");
}

Result<Side> side_asked(std::optional<char> side) {
  if (side == '1') return Side::Buy;
  if (side == '2') return Side::Sell;
  if (!side) return refuse(kRejUnsupported, "Side(54) is missing");
  return refuse(kRejUnsupported, std::string("Side(54)=") + *side + " is not supported: 1 (Buy) or 2 (Sell)");
}

// 432 is a day in the exchange's own time, 126 an instant.
std::optional<Timestamp> end_asked(std::optional<Timestamp> expire_time, std::optional<Date> expire_date) {
  if (expire_time) return expire_time;
  if (!expire_date) return std::nullopt;
  return from_eastern(*expire_date, std::chrono::hours{24} - std::chrono::milliseconds{1});
}

Result<Expiry> expiry_asked(std::optional<char> time_in_force, std::optional<Timestamp> end, bool replaces, Timestamp now) {
  const char code = time_in_force.value_or('0');
  if (code != '6' && end) return refuse(kRejUnsupported, "ExpireTime(126) and ExpireDate(432) go with TimeInForce(59)=6 (GTD) alone");
  switch (code) {
    case '0':
      return Expiry{TimeInForce::Day, std::nullopt};
    case '1':
      return Expiry{TimeInForce::GTC, std::nullopt};
    case '3':
    case '4':
      if (replaces) return refuse(kRejUnsupported, "TimeInForce(59) of an order that works cannot become IOC or FOK");
      return Expiry{code == '3' ? TimeInForce::IOC : TimeInForce::FOK, std::nullopt};
    case '6':
      if (!end) return refuse(kRejUnsupported, "TimeInForce(59)=6 (GTD) needs ExpireTime(126) or ExpireDate(432)");
      if (*end <= now) return refuse(kRejUnsupported, "ExpireTime(126) is over already: " + to_fix_utc(*end));
      return Expiry{TimeInForce::GTD, end};
    default:
      return refuse(kRejUnsupported, std::string("TimeInForce(59)=") + code + " is not supported: 0 Day, 1 GTC, 3 IOC, 4 FOK, 6 GTD");
  }
}

// 18=6 post only, 18=E reduce only; 5 (held) asks for nothing.
Result<std::optional<ExecInst>> exec_inst_asked(std::optional<std::string_view> text) {
  std::optional<ExecInst> found;
  std::string_view rest = text.value_or("");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty() || word == "5") continue;
    if (word != "6" && word != "E")
      return refuse(kRejUnsupported, "ExecInst(18)=" + std::string(word) + " is not supported: 6 (post only) or E (reduce only)");
    const auto asked = static_cast<ExecInst>(word.front());
    if (found && *found != asked) return refuse(kRejUnsupported, "ExecInst(18): post only and reduce only do not go together");
    found = asked;
  }
  return found;
}

template <class Request>
Result<AskedTerms> read_terms(const Request& request, bool replaces, Timestamp now) {
  if (const auto good = check_unsupported(request.unknown); !good) return good.error();
  if (const auto good = check_ord_type(request.ord_type); !good) return good.error();
  AskedTerms terms;
  const auto side = side_asked(request.side);
  if (!side) return side.error();
  terms.side = *side;
  if (!request.order_qty) return refuse(kRejIncorrectQuantity, "OrderQty(38) is missing");
  terms.order_qty = *request.order_qty;
  if (terms.order_qty <= FixedPointCount{} || !terms.order_qty.is_whole())
    return refuse(kRejIncorrectQuantity, "OrderQty(38)=" + terms.order_qty.to_string() + ": whole contracts, at least 1");
  if (!request.price) return refuse(kRejOther, "Price(44) is missing: the exchange takes limit orders");
  terms.price = *request.price;
  constexpr std::int64_t kLeastStep = 100;  // 0.0001 dollars: FIX carries four decimals
  if (terms.price <= DollarDecimal{} || terms.price.units() % kLeastStep != 0)
    return refuse(kRejOther, "Price(44)=" + terms.price.to_string() + ": above 0, with at most 4 decimals");
  const auto expiry = expiry_asked(request.time_in_force, end_asked(request.expire_time, request.expire_date), replaces, now);
  if (!expiry) return expiry.error();
  terms.expiry = *expiry;
  const auto exec_inst = exec_inst_asked(request.exec_inst);
  if (!exec_inst) return exec_inst.error();
  terms.exec_inst = *exec_inst;
  return terms;
}

}  // namespace

std::span<const UnsupportedField> unsupported_fields() noexcept { return kUnsupported; }

Result<AskedTerms> terms_of(const NewOrder& order, Timestamp now) { return read_terms(order, false, now); }
Result<AskedTerms> terms_of(const Replace& request, Timestamp now) { return read_terms(request, true, now); }

}  // namespace marginfix::gateway
