// Every type of message that the simulated exchange sends, as it really sends it: taken by QuickFIX C++ with our dictionaries at its
// defaults, without a finding for our decoder, and within the limits that strangers' clients set us.
// MARGINFIX_RECORD=FILE writes the messages as a table of the golden form: scripts/dictionaries-foreign feeds it to other engines.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "contract/dictionaries/quickfix_probe.hpp"
#include "integration/sim/fixture.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/fix/reader.hpp"

namespace marginfix::sim::test {
namespace {

constexpr const char* kBusyMarket = "KXBTCPERP";

class SimEveryMessage : public SimTest {
 protected:
  void SetUp() override {
    options_.quiet = false;
    options_.tier = "unlimited";
    start();
  }

  void keep(const Client& client) { wires_.insert(wires_.end(), client.received().begin(), client.received().end()); }

  void trade_a_little() {
    Client alice(sim(), "KalshiNR", "alice"), bob(sim(), "KalshiNR", "bob"), listener(sim(), "KalshiNR", "alice-listener");
    Client md(sim(), "KalshiMD", "alice");
    LogonTweaks terse, ear;  // bob asks for nothing: he gets the pending reports
    terse.extra = "21011=Y|21012=Y|";
    ear.extra = "20126=Y|21011=Y|";
    alice.logon(terse);
    bob.logon();
    listener.logon(ear);
    md.logon();
    md.send("V", "263=1|146=2|55=KXLTCPERP|55=KXBTCPERP|");
    md.send("V", "263=0|146=1|55=KXNOSUCHPERP|");
    md.send("V", "263=7|146=1|55=KXLTCPERP|");
    md.send("e", "263=1|55=KXLTCPERP|");

    alice.send("D", Order{.id = "a1"}.body());
    alice.send("G", amend_of("a2", "a1", "12", "5.0100"));
    alice.send("F", cancel_of("a3", "a2"));
    alice.send("D", Order{.id = "p1", .price = "4.9000", .extra = "59=1|453=1|448=CUST-1|452=24|"}.body(), "50=TRADER7|");
    alice.send("D", Order{.id = "s1", .price = "4.8000", .extra = "59=1|79=1|"}.body());
    alice.drain();
    bob.send("D", Order{.id = "b1", .side = '2', .quantity = "15", .price = "4.8000"}.body());  // p1 whole, s1 in part
    bob.send("D", Order{.id = "b2", .side = '2', .quantity = "9", .price = "4.8000", .extra = "59=3|"}.body());
    bob.send("D", Order{.id = "b3", .side = '2', .quantity = "9", .price = "4.8000", .extra = "59=4|"}.body());
    bob.send("D", Order{.id = "b4", .side = '2', .quantity = "3", .price = "5.2000"}.body());
    bob.send("G", amend_of("b5", "b4", "4", "5.2100", '2'));
    bob.send("F", cancel_of("b6", "b5", '2'));
    bob.drain();
    alice.send("D", Order{.id = "o1", .price = "4.7000"}.body());
    alice.send("D", Order{.id = "o2", .side = '2', .price = "4.7000"}.body());  // would trade with oneself
    alice.send("D", Order{.id = "x1", .symbol = "KXNOSUCHPERP"}.body());
    alice.send("D", "11=x2|40=2|54=1|55=KXLTCPERP|38=1|44=5.0000|59=7|");
    alice.send("G", amend_of("x3", "nobody", "12", "5.0100"));
    alice.send("F", cancel_of("x4", "nobody"));
    alice.send("UOG", "20131=1|20132=5|");
    alice.send("UOG", "20130=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|20131=2|");
    alice.send(
        "D",
        Order{.id = "g1", .price = "4.6000", .extra = "59=6|126=" + to_fix_utc(system_clock().now() + std::chrono::hours(1)) + "|"}.body());
    alice.send("D", Order{.id = "g2", .price = "4.5000"}.body());
    alice.drain();
    ASSERT_TRUE(sim().advance_clock(std::chrono::hours(2)));
    alice.send("q", "11=mass|530=6|");
    alice.send("q", "11=again|530=6|");
    ASSERT_TRUE(sim().halt(kMarket));
    ASSERT_TRUE(sim().halt(kMarket, false));
    for (int busy = 0; busy < 10;) busy += md.next().get(55) == kBusyMarket ? 1 : 0;
    for (Client* client : {&alice, &bob, &listener, &md}) {
      client->drain();
      client->send("5", "");
      client->next_of_type("5");
      keep(*client);
    }
  }

  void ask_for_the_past() {
    Client dc(sim(), "KalshiDC", "alice-dropcopy");
    dc.logon();
    dc.send("U1", "21001=0;0|");
    dc.drain();
    dc.send("U1", "21001=5;0|21002=999999999;1|");
    dc.drain();
    keep(dc);
  }

  void retransmit() {
    Client rt(sim(), "KalshiRT", "bob");
    rt.logon();
    rt.send("D", Order{.id = "r1", .price = "4.1000"}.body());
    rt.drain();
    rt.send("2", "7=1|16=0|");
    rt.drain();
    rt.skip_outgoing(1);
    rt.send("0", "");
    rt.next_of_type("2");
    keep(rt);
    Client stranger(sim(), "KalshiNR", "bob-listener");
    LogonTweaks wrong;
    wrong.spoil_signature = true;
    stranger.send_logon(wrong);
    stranger.next();
    keep(stranger);
  }

  // A client that says nothing is asked whether it lives.
  void stay_silent() {
    Client silent(sim(), "KalshiNR", "bob");
    LogonTweaks short_heartbeat;
    short_heartbeat.heart_bt_int = 3;
    silent.logon(short_heartbeat);
    EXPECT_EQ(silent.next_of_type("1").type(), "1");
    keep(silent);
  }

  std::vector<std::string> wires_;
};

std::string type_of(const std::string& wire) { return std::string(fix::peek(wire).value().msg_type); }

// What is wrong with the fields for clients that take less than FIX allows; "" when nothing is.
std::string beyond_what_strangers_read(const std::string& wire) {
  std::string wrong;
  bool trade_seen = false;
  fix::for_each_field(wire, [&](const fix::PrintedField& field) {
    const std::string value(field.value);
    const std::size_t point = value.find('.');
    if (field.tag == 447) wrong = "447 in a party: kalshi-sdk loses the party's role and every party behind it";
    if (value.starts_with(".") || value.starts_with("-.")) wrong = fix::field_label(field.tag) + " has no digit before the point: " + value;
    const bool has_clock = value.find(':') != std::string::npos && point != std::string::npos;
    if (has_clock && value.size() - point - 1 > (field.tag == 273 ? 3U : 6U))
      wrong = fix::field_label(field.tag) + " is too fine: " + value;
    if (field.tag != 269) return;
    if (trade_seen && value != "2") wrong = "a level behind a trade";
    trade_seen = value == "2";
  });
  return wrong;
}

void record(const std::vector<std::string>& wires, const char* path) {
  std::ofstream table(path);
  for (std::size_t i = 0; i < wires.size(); ++i) {
    if (wires[i].find('|') == std::string::npos)
      table << "sim-" << i << "-" << type_of(wires[i]) << " | exchange | sent by the simulated exchange | " << fix::to_pipe_form(wires[i])
            << "\n";
  }
  ASSERT_TRUE(table.flush()) << path;
}

TEST_F(SimEveryMessage, IsTakenByQuickFixAndByOurDecoderWithoutAFinding) {
  trade_a_little();
  ask_for_the_past();
  retransmit();
  stay_silent();

  const marginfix_tests::QuickFixDictionaries quickfix(std::string(fix::embedded_session_dictionary()),
                                                       std::string(fix::embedded_application_dictionary()));
  std::set<std::string> types, exec_types, pending;
  std::size_t own = 0, with_trade_id = 0;
  for (const std::string& wire : wires_) {
    SCOPED_TRACE(fix::to_pipe_form(wire));
    types.insert(type_of(wire));
    const auto verdict = quickfix.check(wire);
    EXPECT_TRUE(verdict.accepted) << verdict.why << " tag " << verdict.tag << ": " << verdict.text;
    EXPECT_TRUE(fix::decode_any(wire, [](const auto&, const fix::Findings& findings) {
      for (const fix::Finding& finding : findings) ADD_FAILURE() << describe(finding);
    }));
    EXPECT_EQ(beyond_what_strangers_read(wire), "");
    std::string report;
    fix::for_each_field(wire, [&](const fix::PrintedField& field) {
      for (const int tag : {11, 17, 39, 41, 150}) {
        if (field.tag == tag && type_of(wire) == "8") report += std::to_string(tag) + '=' + std::string(field.value) + ' ';
      }
      if (field.tag == 150) exec_types.insert(std::string(field.value));
      if (field.tag == 79 && field.depth > 0) ++own;
      if (field.tag == 1003) ++with_trade_id;
    });
    if (report.find("11=b") == 0 && report.find("17=-1;-1") != std::string::npos) pending.insert(report);
  }
  EXPECT_EQ(types, (std::set<std::string>{"0", "1", "2", "3", "4", "5", "8", "9", "A", "U2", "U3", "UOH", "W", "X", "Y", "f", "j", "r"}));
  EXPECT_EQ(exec_types, (std::set<std::string>{"0", "4", "5", "6", "8", "A", "C", "E", "F"}));
  // A pending report has no number and the ClOrdID(11) of the request it is about.
  EXPECT_TRUE(pending.contains("11=b4 17=-1;-1 39=A 150=A ")) << testing::PrintToString(pending);
  EXPECT_TRUE(pending.contains("11=b5 17=-1;-1 39=E 41=b4 150=E ")) << testing::PrintToString(pending);
  EXPECT_TRUE(pending.contains("11=b6 17=-1;-1 39=6 41=b5 150=6 ")) << testing::PrintToString(pending);
  EXPECT_GT(own, 3U);
  EXPECT_GT(with_trade_id, 2U);
  if (const char* path = std::getenv("MARGINFIX_RECORD")) record(wires_, path);
}

}  // namespace
}  // namespace marginfix::sim::test
