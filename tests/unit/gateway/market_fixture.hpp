// A client of the gateway and the exchange's market data, as the tests of market data, lists and positions want them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "golden/golden.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"
#include "services/gateway/oms/client_line.hpp"
#include "services/gateway/oms/market_data.hpp"

namespace marginfix::gateway {

inline constexpr FixVersion kAllVersions[] = {FixVersion::fix42, FixVersion::fix44, FixVersion::fix50sp2};

inline std::string name_of(FixVersion version) {
  return version == FixVersion::fix42 ? "Fix42" : version == FixVersion::fix44 ? "Fix44" : "Fix50SP2";
}
inline std::string version_name(const testing::TestParamInfo<FixVersion>& info) { return name_of(info.param); }

inline DollarDecimal dollars(std::string_view text) { return DollarDecimal::parse(text).value(); }
inline FixedPointCount contracts(std::string_view text) { return FixedPointCount::parse(text).value(); }
inline Timestamp at(std::string_view text) { return parse_fix_utc(text).value(); }

// The dictionaries that the gateway's clients use (fix-spec/oms).
struct OmsDictionary {
  explicit OmsDictionary(FixVersion version)
      : session(load(version == FixVersion::fix50sp2 ? "FIXT11.xml" : file_of(version))), application(load(file_of(version))) {}
  static const char* file_of(FixVersion version) {
    return version == FixVersion::fix42 ? "FIX42.xml" : version == FixVersion::fix44 ? "FIX44.xml" : "FIX50SP2.xml";
  }
  static fix::Dictionary load(const std::string& file) {
    return fix::Dictionary::load(std::string(MARGINFIX_SOURCE_DIR) + "/fix-spec/oms/" + file).value();
  }
  static const OmsDictionary& of(FixVersion version) {
    static const OmsDictionary all[] = {OmsDictionary(FixVersion::fix42), OmsDictionary(FixVersion::fix44),
                                        OmsDictionary(FixVersion::fix50sp2)};
    return all[static_cast<std::size_t>(version)];
  }
  fix::Dictionary session, application;
};

// A whole message: `fields` are those behind the standard header, in pipe form.
inline std::string whole_message(FixVersion version, std::string_view msg_type, const std::string& fields, std::string_view from = "OMS",
                                 std::string_view to = "GATE") {
  fix::Buffer out;
  const std::string header =
      "35=" + std::string(msg_type) + "|49=" + std::string(from) + "|56=" + std::string(to) + "|34=7|52=20261201-14:30:00.123|";
  fix::frame_message(begin_string(version), marginfix_tests::to_soh(header + fields), out);
  return std::string(out.view());
}

// What a dictionary of fix-spec/oms would refuse in a message of the gateway's; "" nothing.
inline std::string refused_by_dictionary(FixVersion version, std::string_view msg_type, std::string_view body) {
  const OmsDictionary& ours = OmsDictionary::of(version);
  const std::string message = whole_message(version, msg_type, std::string(body), "GATE", "OMS");
  std::string all;
  for (const fix::DictionaryFinding& finding : fix::validate(message, {ours.session, ours.application})) all += to_string(finding) + "\n";
  return all;
}

// A client with symbols of its own: "BTC" is the exchange's KXBTCPERP, and so on. It may not see KXLTCPERP.
class FakeLine final : public ClientLine {
 public:
  explicit FakeLine(FixVersion version, std::string comp_id = "OMS") : version_(version), comp_id_(std::move(comp_id)) {}

  const std::string& comp_id() const override { return comp_id_; }
  FixVersion version() const override { return version_; }
  bool logged_on() const override { return true; }
  std::size_t queued() const override { return queued_bytes; }
  // Every message is read by the version's dictionary before a test looks at it.
  bool send(const std::string& msg_type, std::string_view body) override {
    EXPECT_EQ(refused_by_dictionary(version_, msg_type, body), "")
        << name_of(version_) << " " << marginfix_tests::to_pipes(std::string(body));
    sent.push_back(msg_type + " " + marginfix_tests::to_pipes(std::string(body)));
    queued_bytes += queue_grows_by;
    if (on_send) on_send();
    return true;
  }
  std::string exchange_symbol(std::string_view client_symbol) const override {
    return client_symbol.find("LTC") != std::string_view::npos || client_symbol.empty() ? "" : "KX" + std::string(client_symbol) + "PERP";
  }
  std::string client_symbol(std::string_view exchange_symbol) const override {
    if (exchange_symbol == "KXLTCPERP" || exchange_symbol.size() <= 6) return "";
    return std::string(exchange_symbol.substr(2, exchange_symbol.size() - 6));
  }

  // What was sent since the last call: "W 55=BTC|...".
  std::vector<std::string> told() { return std::exchange(sent, {}); }

  std::vector<std::string> sent;
  std::size_t queued_bytes{0};
  std::size_t queue_grows_by{0};
  std::function<void()> on_send;

 private:
  FixVersion version_;
  std::string comp_id_;
};

// The exchange's books as a test wants them. Who subscribes and unsubscribes stands in `calls`.
class FakeFeed final : public MarketFeed {
 public:
  Result<void> subscribe(const std::string& symbol) override {
    calls.push_back("+" + symbol);
    if (symbol == kImpossible) return fail(ErrorCategory::codec, "Symbol(55) contains a control character");
    books.try_emplace(symbol, OrderBook(symbol));
    return {};
  }
  void unsubscribe(const std::string& symbol) override {
    calls.push_back("-" + symbol);
    books.erase(symbol);
  }
  const OrderBook* book(std::string_view symbol) const override {
    const auto found = books.find(symbol);
    return found == books.end() ? nullptr : &found->second;
  }
  bool current(std::string_view symbol) const override { return book(symbol) != nullptr && !book(symbol)->stale(); }
  bool connected() const override { return up; }
  bool exists(std::string_view symbol) const override { return symbol != "KXNOSUCHPERP"; }

  OrderBook& of(const std::string& symbol) { return books.at(symbol); }
  // BTC: 6.25 x 10, 6.24 x 5 | 6.26 x 7, 6.28 x 1.
  void fill(const std::string& symbol) {
    const BookLevel bids[] = {{dollars("6.24"), contracts("5")}, {dollars("6.25"), contracts("10")}};
    const BookLevel asks[] = {{dollars("6.26"), contracts("7")}, {dollars("6.28"), contracts("1")}};
    of(symbol).apply_snapshot(bids, asks, at("20261201-14:29:59.700"));
    of(symbol).set_exchange_time(at("20261201-14:29:59.500"));
  }
  void set(const std::string& symbol, BookSide side, const char* price, const char* size) {
    of(symbol).set_level(side, dollars(price), contracts(size), at("20261201-14:29:59.800"));
  }

  static constexpr const char* kImpossible = "KXBADPERP";
  std::map<std::string, OrderBook, std::less<>> books;
  std::vector<std::string> calls;
  bool up{true};
};

// A message of `line`'s to one of the gateway's parts: part(line, message).
template <class Part>
auto deliver(FakeLine& line, std::string_view msg_type, const std::string& fields, Part&& part) {
  const std::string raw = whole_message(line.version(), msg_type, fields);
  return part(line, ClientMessage{raw, msg_type, 7});
}

// "373=1 371=264": a Refusal as a test compares it; "" none.
inline std::string brief(const std::optional<Refusal>& refusal) {
  if (!refusal) return "";
  EXPECT_NE(refusal->text, "");
  return "373=" + std::to_string(refusal->reason) + " 371=" + std::to_string(refusal->tag);
}

// The fields of a sent message that a test does not want to say: those of `tags` with their values left out.
inline std::string without(std::string message, std::initializer_list<int> tags) {
  for (const int tag : tags) {
    for (const char* before : {"|", " "}) {
      const std::string field = before + std::to_string(tag) + "=";
      for (std::size_t begin = message.find(field); begin != std::string::npos; begin = message.find(field, begin + field.size())) {
        const std::size_t value = begin + field.size();
        message.erase(value, message.find('|', value) - value);
      }
    }
  }
  return message;
}

class FixedTime final : public Clock {
 public:
  Timestamp now() const override { return time; }
  Timestamp time = at("20261201-14:30:00.000");
};

}  // namespace marginfix::gateway
