// What the gateway answers besides orders, made by its own code and taken by QuickFIX at its defaults with the dictionaries of
// fix-spec/oms, as it came and in the same order of fields within groups. MARGINFIX_RECORD=FILE writes the messages as a table of the
// golden form, for other engines and other dictionaries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "contract/oms_dictionaries/oms_support.hpp"
#include "services/gateway/oms/positions.hpp"
#include "services/gateway/oms/security_list.hpp"
#include "unit/gateway/market_fixture.hpp"

namespace marginfix::gateway {
namespace {

using marginfix_tests::OmsVersion;
using marginfix_tests::to_pipes;

class OnePosition final : public PositionSource {
 public:
  explicit OnePosition(Result<std::vector<Position>> held) : held_(std::move(held)) {}
  void ask(const ClientLine&, Answer answer) override { answer(held_); }

 private:
  Result<std::vector<Position>> held_;
};

void ask_for_books(FakeLine& line) {
  FakeFeed feed;
  ClientBooks books(feed);
  const auto ask = [&](const std::string& fields) {
    EXPECT_EQ(brief(deliver(line, "V", fields, [&](ClientLine& to, const ClientMessage& m) { return books.on_request(to, m); })), "");
  };
  ask("262=full|263=1|264=0|265=0|267=3|269=0|269=1|269=2|146=1|55=BTC|");
  ask("262=changes|263=1|264=0|265=1|267=3|269=0|269=1|269=2|146=1|55=BTC|");
  feed.fill("KXBTCPERP");
  books.on_market("KXBTCPERP", false, {});
  feed.set("KXBTCPERP", BookSide::bid, "6.25", "0");
  feed.set("KXBTCPERP", BookSide::bid, "6.23", "2.5");
  feed.set("KXBTCPERP", BookSide::ask, "6.26", "0.5");
  const MarketTrade trades[] = {{dollars("6.25"), contracts("10"), at("20261201-14:29:59.901"), "0f8b2f5e-6f9a-4b7e-9a39-1c5b1e3f4a10"},
                                {dollars("6.26"), contracts("6.5"), {}, ""}};
  books.on_market("KXBTCPERP", false, trades);
  books.on_market("KXBTCPERP", true, {});
  feed.of("KXBTCPERP").mark_stale(StaleReason::gap, at("20261201-14:30:00.000"));
  books.on_market("KXBTCPERP", true, {});
  ask("262=full|263=1|264=0|267=1|269=0|146=1|55=BTC|");
  ask("262=n|263=1|264=0|267=1|269=6|146=1|55=BTC|");
  ask("262=n|263=1|264=0|267=1|269=0|547=Y|146=1|55=BTC|");
  ask("262=n|263=2|");
}

void ask_for_lists(FakeLine& line) {
  SecurityList list;
  const auto ask = [&](const std::string& x, const std::string& c) {
    const bool old = line.version() == FixVersion::fix42;
    EXPECT_EQ(brief(deliver(line, old ? "c" : "x", old ? c : x,
                            [&](ClientLine& to, const ClientMessage& m) {
                              return old ? list.on_definition_request(to, m) : list.on_list_request(to, m);
                            })),
              "");
  };
  ask("320=r|559=0|55=BTC|", "320=r|321=0|55=BTC|");
  list.update(std::vector<Security>{{"KXBTCPERP", "Bitcoin perpetual", dollars("0.0001"), "0.0001", true, "active", {}},
                                    {"KXETHPERP", "", {}, "", false, "closed", {}}});
  ask("320=r|559=4|", "320=r|321=3|");
  ask("320=r|559=0|55=NOSUCH|", "320=r|321=0|55=NOSUCH|");
  ask("320=r|559=2|", "320=r|321=2|");
}

void ask_for_positions(FakeLine& line) {
  const SecurityList list;
  OnePosition some({{{0, "KXBTCPERP", contracts("12.5"), dollars("6.2"), dollars("0.64875")},
                     {0, "KXETHPERP", contracts("-3"), dollars("31.123456"), dollars("-1.2")}}});
  OnePosition none(std::vector<Position>{});
  OnePosition unknown(fail(ErrorCategory::timeout, "no answer"));
  for (PositionSource* source : std::initializer_list<PositionSource*>{&some, &none, &unknown}) {
    Positions positions(*source, list);
    EXPECT_EQ(brief(deliver(line, "AN", "1=ACC|60=20261201-14:30:00.000|581=1|710=p|715=20261201|724=0|263=1|",
                            [&](ClientLine& to, const ClientMessage& m) { return positions.on_request(to, m); })),
              "");
  }
}

// Whole messages in SOH form, in the order they were sent.
std::vector<std::string> answers(FixVersion version) {
  FakeLine line(version);
  ask_for_books(line);
  ask_for_lists(line);
  if (version != FixVersion::fix42) ask_for_positions(line);
  std::vector<std::string> all;
  for (const std::string& each : line.told()) {
    const std::size_t blank = each.find(' ');
    all.push_back(whole_message(version, each.substr(0, blank), each.substr(blank + 1), "GATE", "OMS"));
  }
  return all;
}

void record(const std::vector<std::string>& wires, const std::string& prefix, const char* path) {
  std::ofstream file(path, std::ios::app);
  int number = 0;
  for (const std::string& wire : wires) file << prefix << "answer-" << ++number << " | gateway | as sent | " << to_pipes(wire) << "\n";
}

TEST(OmsAnswers, PassQuickFixAtItsDefaults) {
  for (const OmsVersion& version : marginfix_tests::oms_versions()) {
    const marginfix_tests::QuickFixDictionaries engine(version.session_xml(), version.application_xml());
    const FixVersion fix = version.prefix == "42-" ? FixVersion::fix42 : version.prefix == "44-" ? FixVersion::fix44 : FixVersion::fix50sp2;
    const std::vector<std::string> wires = answers(fix);
    EXPECT_GT(wires.size(), 12U);
    for (const std::string& wire : wires) {
      const auto verdict = engine.check(wire);
      EXPECT_TRUE(verdict.accepted) << verdict.why << " " << verdict.tag << ": " << verdict.text << "\n" << to_pipes(wire);
    }
    if (const char* path = std::getenv("MARGINFIX_RECORD")) record(wires, version.prefix, path);
  }
}

}  // namespace
}  // namespace marginfix::gateway
