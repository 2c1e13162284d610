// Every response schema through the binding, with examples made from its table: exact digits both ways, what may be missing, what may
// not, null, wrong types, unknown members and words.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <random>
#include <regex>
#include <set>
#include <sstream>

#include "marginfix/core/text.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "unit/rest/examples.hpp"

namespace marginfix::rest::test {
namespace {

using json::FieldInfo;
using json::Kind;
using json::Presence;
using json::TypeInfo;

std::string encoded(const TypeInfo& type, const void* value) {
  std::string out;
  json::Writer writer(out);
  json::encode(type, value, writer);
  return out;
}

// What decoding says: "" when it went well.
std::string problem(const TypeInfo& type, std::string_view text, json::AnyValue& value, json::DecodeReport* report = nullptr) {
  const auto read = json::decode(type, value.get(), text, {}, report);
  return read ? std::string() : read.error().message;
}
std::string problem(const TypeInfo& type, std::string_view text) {
  json::AnyValue value(type);
  return problem(type, text, value);
}

TEST(RestSchemas, ThereAreAsManyAsTheSpecificationHas) {
  std::set<std::string_view> names;
  for (const TypeInfo* type : response_schemas()) EXPECT_TRUE(names.insert(type->name).second) << type->name;
  EXPECT_GE(names.size(), 70U);
}

TEST(RestSchemas, FullExamplesComeBackDigitByDigit) {
  for (const TypeInfo* type : response_schemas()) {
    SCOPED_TRACE(type->name);
    const std::string text = Examples(Members::all).of(*type);
    json::AnyValue value(*type);
    json::DecodeReport report;
    EXPECT_EQ(problem(*type, text, value, &report), "");
    EXPECT_EQ(encoded(*type, value.get()), text);
    EXPECT_TRUE(report.missing.empty());
    EXPECT_EQ(report.unknown_members + report.unknown_words + report.beyond_type, 0U);
  }
}

TEST(RestSchemas, LeastExamplesDecodeAndWhatIsMissingIsCounted) {
  for (const TypeInfo* type : response_schemas()) {
    SCOPED_TRACE(type->name);
    Examples examples(Members::least);
    const std::string text = examples.of(*type);
    json::AnyValue value(*type);
    json::DecodeReport report;
    EXPECT_EQ(problem(*type, text, value, &report), "") << text;
    EXPECT_EQ(report.missing.size(), examples.expected_left_out());
  }
}

TEST(RestSchemas, AMemberThatMustBeThereIsNamedWhenItIsNot) {
  for (const TypeInfo* type : response_schemas()) {
    for (const FieldInfo& field : type->fields) {
      const std::string expected = std::string(field.name) + ": the exchange requires it and it is missing";
      const bool needed = field.presence == Presence::required;
      EXPECT_EQ(problem(*type, Examples(Members::all).with(*type, field.name, "")), needed ? expected : "")
          << type->name << '.' << field.name;
      EXPECT_EQ(problem(*type, Examples(Members::all).with(*type, field.name, "null")), needed ? expected : "")
          << type->name << '.' << field.name;
    }
  }
}

TEST(RestSchemas, NullAbsentAndEmptyAreToldApartWhereTheSpecificationDoes) {
  for (const TypeInfo* type : response_schemas()) {
    for (const FieldInfo& field : type->fields) {
      if (field.type->kind != Kind::nullable) continue;
      SCOPED_TRACE(std::string(type->name) + '.' + std::string(field.name));
      json::AnyValue value(*type);
      EXPECT_EQ(problem(*type, Examples(Members::all).with(*type, field.name, "null"), value), "");
      EXPECT_TRUE(field.type->is_null(field.at(value.get())));
      json::AnyValue absent(*type);
      EXPECT_EQ(problem(*type, Examples(Members::all).with(*type, field.name, ""), absent), "");
      EXPECT_FALSE(field.type->is_null(field.at(absent.get())));
      EXPECT_EQ(field.type->peek(field.at(absent.get())), nullptr);
    }
  }
}

std::string wrong_for(Kind kind) {
  switch (kind) {
    case Kind::string:
      return "17";
    case Kind::number:
      return "\"17\"";
    case Kind::boolean:
      return "\"true\"";
    case Kind::array:
    case Kind::tuple:
      return "{}";
    case Kind::any:
      return "";
    default:
      return "[]";
  }
}

TEST(RestSchemas, AValueOfAnotherTypeIsRefusedByName) {
  for (const TypeInfo* type : response_schemas()) {
    for (const FieldInfo& field : type->fields) {
      const std::string wrong = wrong_for(bare(*field.type).kind);
      if (wrong.empty()) continue;
      const std::string said = problem(*type, Examples(Members::all).with(*type, field.name, wrong));
      EXPECT_EQ(said.find(std::string(field.name) + ": expected"), 0U) << type->name << ": " << said;
    }
  }
}

TEST(RestSchemas, UnknownMembersAreKeptInEveryObject) {
  for (const TypeInfo* type : response_schemas()) {
    SCOPED_TRACE(type->name);
    ASSERT_NE(type->unknown, nullptr);
    std::string text = Examples(Members::all).of(*type);
    text.insert(1, text == "{}" ? R"("new_member":{"x":[0.10]})" : R"("new_member":{"x":[0.10]},)");
    json::AnyValue value(*type);
    json::DecodeReport report;
    EXPECT_EQ(problem(*type, text, value, &report), "");
    EXPECT_EQ(report.unknown_members, 1U);
    const std::string* kept = type->unknown(value.get())->find("new_member");
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(*kept, R"({"x":[0.10]})");
  }
}

TEST(RestSchemas, EveryWordOfEveryEnumerationIsKnownAndAnyOtherIsKept) {
  std::size_t words = 0;
  for (const TypeInfo* type : response_schemas()) {
    for (const FieldInfo& field : type->fields) {
      const TypeInfo& inner = bare(*field.type);
      if (inner.word_count == nullptr) continue;
      for (std::size_t i = 0; i < inner.word_count(); ++i, ++words) {
        json::DecodeReport report;
        json::AnyValue value(*type);
        const std::string text = Examples(Members::all).with(*type, field.name, json::quoted(inner.word(i)));
        EXPECT_EQ(problem(*type, text, value, &report), "");
        EXPECT_EQ(report.unknown_words, 0U) << type->name << '.' << field.name << ' ' << inner.word(i);
        EXPECT_EQ(encoded(*type, value.get()), text);
      }
      json::DecodeReport report;
      json::AnyValue value(*type);
      const std::string text = Examples(Members::all).with(*type, field.name, "\"a word of next week\"");
      EXPECT_EQ(problem(*type, text, value, &report), "");
      EXPECT_EQ(report.unknown_words, 1U) << type->name << '.' << field.name;
      EXPECT_EQ(encoded(*type, value.get()), text);
    }
  }
  EXPECT_GE(words, 50U);
}

// Two rows of a table that write into one member would pass every test above but the first.
TEST(RestSchemas, EveryMemberHasAPlaceOfItsOwn) {
  for (const TypeInfo* type : response_schemas()) {
    json::AnyValue value(*type);
    std::set<void*> places;
    std::set<std::string_view> names;
    for (const FieldInfo& field : type->fields) {
      EXPECT_TRUE(places.insert(field.at(value.get())).second) << type->name << '.' << field.name;
      EXPECT_TRUE(names.insert(field.name).second) << type->name << '.' << field.name;
    }
  }
}

// A row that binds a member to another member's name cannot be seen from its types: members are named as on the wire, so the sources
// of the tables must say the same name twice.
TEST(RestSchemas, RowsNameTheMemberTheyBind) {
  const std::regex row(R"(field<&\s*(\w+)::(\w+)>\(\s*"([^"]*)\"\))");
  std::size_t rows = 0;
  for (const char* family :
       {"common", "exchange", "markets", "orders", "order_groups", "portfolio", "margin", "funding", "transfers", "fcm"}) {
    std::ifstream in(std::string(MARGINFIX_SOURCE_DIR) + "/rest/operations/" + family + ".cpp");
    ASSERT_TRUE(in) << family;
    std::ostringstream source;
    source << in.rdbuf();
    const std::string text = source.str();
    for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at, ++rows) {
      const bool level = (*at)[1] == "BookLevel";  // two places of an array, without names on the wire
      EXPECT_TRUE(level || (*at)[2] == (*at)[3]) << at->str();
    }
  }
  EXPECT_GE(rows, 440U);  // 359 properties of schemas and 88 parameters, the book level's two places
}

// Bytes that are no UTF-8 as the reader takes them: shown, see JsonBinding.BytesThatAreNoUtf8AreShownAndTheRestIsRead.
std::string shown(std::string_view text) {
  std::string out;
  for (const char* p = text.data(); p != text.data() + text.size();) {
    const std::size_t size = marginfix::detail::next_character(p, text.data() + text.size()).size;
    out += size == 0 ? '\\' + visible(p, 1) : std::string(p, size);
    p += std::max<std::size_t>(size, 1);
  }
  return out;
}

// Damaged texts: an error in words or a value, never a crash, and never a value from what is no JSON.
TEST(RestSchemas, DamagedTextsAreRefusedOrRead) {
  std::minstd_rand random(20261125);
  constexpr std::string_view kPieces[] = {"\"", "{", "}", "[", "]", ",", ":", "null", "1e5", "-", "\\u00", "\xff", "\\", "0", " ", "true"};
  std::size_t refused = 0, read = 0;
  for (const TypeInfo* type : response_schemas()) {
    const std::string good = Examples(Members::all).of(*type);
    for (int turn = 0; turn < 40; ++turn) {
      std::string text = good;
      const std::size_t at = random() % text.size();
      text.replace(at, random() % 3, kPieces[random() % std::size(kPieces)]);
      json::AnyValue value(*type);
      const std::string said = problem(*type, text, value);
      (said.empty() ? read : refused) += 1;
      boost::system::error_code bad;
      boost::json::parse(shown(text), bad);
      EXPECT_TRUE(!bad || !said.empty()) << text;
    }
  }
  EXPECT_GT(refused, 1000U);
  EXPECT_GT(read, 10U);
}

// By hand, so that the members themselves are looked at.
TEST(RestSchemas, AnOrderByHand) {
  const auto read = json::decode<GetMarginOrdersResponse>(
      R"({"cursor":"","orders":[{"client_order_id":"2a7e","created_time":"2026-06-12T02:47:03.575498Z","fill_count":"1.00",)"
      R"("last_update_reason":"","last_update_time":"2026-06-12T02:47:03.575498Z","order_id":"8091","order_source":"user",)"
      R"("price":"6.3616","remaining_count":"0.00","self_trade_prevention_type":"taker_at_cross","side":"bid",)"
      R"("ticker":"KXBTCPERP1","user_id":"f506","expiration_time":null}]})");
  ASSERT_TRUE(read) << to_string(read.error());
  ASSERT_EQ(read->orders.size(), 1U);
  const MarginOrder& o = read->orders[0];
  EXPECT_EQ(o.client_order_id, "2a7e");
  EXPECT_EQ(to_rfc3339(*o.created_time), "2026-06-12T02:47:03.575498Z");
  EXPECT_EQ(o.fill_count, FixedPointCount::whole(1));
  EXPECT_TRUE(*o.last_update_reason == LastUpdateReason::none);
  EXPECT_EQ(o.order_id, "8091");
  EXPECT_TRUE(*o.order_source == OrderSource::user);
  EXPECT_EQ(o.price.units(), 6'361'600);
  EXPECT_TRUE(o.remaining_count.is_zero());
  EXPECT_TRUE(*o.self_trade_prevention_type == SelfTradePreventionType::TakerAtCross);
  EXPECT_TRUE(o.side == BookSide::bid);
  EXPECT_EQ(o.ticker, "KXBTCPERP1");
  EXPECT_EQ(*o.user_id, "f506");
  EXPECT_TRUE(o.expiration_time.is_null());
  EXPECT_FALSE(o.order_group_id);
  EXPECT_EQ(*read->cursor, "");
}

TEST(RestSchemas, AMarketByHand) {
  const auto read = json::decode<MarginMarketResponse>(
      R"({"market":{"ask":"6.3416","bid":"6.3329","contract_size":"0.000100","fractional_trading_enabled":false,)"
      R"("leverage_estimate":5.899,"leverage_estimates":{"1000":5.899,"1000000":5.8143},"tick_size":"","status":"active",)"
      R"("liquidation_mark_price":{"price":"6.3440","ts_ms":1781259098000},"open_interest_notional_value_dollars":"14773192.800100",)"
      R"("ticker":"KXBTCPERP1","volume":"4179467045.00","schedule":null,"halt_sources":["initial_setup"],"asset_class":"Crypto",)"
      R"("product_metadata":{"important_info":{"markdown":"x"}},"funding_cap":0.02,"funding_limit_unit":"percentage"}})");
  ASSERT_TRUE(read) << to_string(read.error());
  const MarginMarket& m = read->market;
  EXPECT_EQ(m.ask->units(), 6'341'600);
  EXPECT_EQ(m.bid->units(), 6'332'900);
  EXPECT_EQ(m.contract_size->value.to_string(), "0.000100");
  EXPECT_FALSE(*m.fractional_trading_enabled);
  EXPECT_EQ(m.leverage_estimate->to_string(), "5.899");
  EXPECT_EQ(m.leverage_estimates.at("1000000").to_string(), "5.8143");
  EXPECT_FALSE(m.tick_size);
  EXPECT_TRUE(m.status == MarginMarketStatus::active);
  EXPECT_EQ(m.liquidation_mark_price->ts_ms.value, 1781259098000);
  EXPECT_EQ(m.open_interest_notional_value_dollars->units(), 14'773'192'800'100);
  EXPECT_EQ(m.volume->units(), 417'946'704'500);
  EXPECT_TRUE(m.schedule.is_null());
  EXPECT_EQ(m.halt_sources, std::vector<std::string>{"initial_setup"});
  EXPECT_EQ(m.product_metadata->text, R"({"important_info":{"markdown":"x"}})");
  EXPECT_EQ(m.funding_cap->to_string(), "0.02");
  EXPECT_TRUE(*m.funding_limit_unit == FundingLimitUnit::percentage);
}

TEST(RestSchemas, APositionByHand) {
  const auto read = json::decode<GetMarginPositionsResponse>(
      R"({"positions":[{"entry_price":"6.3587","fees":"0.0000","margin_used":"0.8259","market_ticker":"KXBTCPERP1","position":"-1.00",)"
      R"("roe":-3.12386487468216,"subaccount":0,"unrealized_pnl":"-0.0258"},{"entry_price":"1","market_ticker":"A","position":"1",)"
      R"("margin_used":null,"roe":null,"is_portfolio":true,"unrealized_pnl":"0"}]})");
  ASSERT_TRUE(read) << to_string(read.error());
  const MarginPosition& p = read->positions[0];
  EXPECT_EQ(p.position, FixedPointCount::whole(-1));
  EXPECT_EQ(p.margin_used->units(), 825'900);
  EXPECT_EQ(p.roe->to_string(), "-3.12386487468216");
  EXPECT_EQ(p.unrealized_pnl.units(), -25'800);
  EXPECT_EQ(*p.subaccount, 0);
  EXPECT_TRUE(read->positions[1].margin_used.is_null());
  EXPECT_TRUE(read->positions[1].roe.is_null());
  EXPECT_TRUE(*read->positions[1].is_portfolio);
}

}  // namespace
}  // namespace marginfix::rest::test
