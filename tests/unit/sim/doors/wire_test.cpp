// The simulator's reading and writing through QuickFIX against the golden messages everyone tests with, and its verdicts.
#include "sim/doors/fix/wire.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "golden/golden.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"
#include "support/odd_texts.hpp"

namespace marginfix::sim {
namespace {

using fixwire::Verdict;
using marginfix_tests::golden_named;
using marginfix_tests::golden_wire;
using marginfix_tests::to_pipes;

std::shared_ptr<const fixwire::Dictionaries> dictionaries() {
  static const auto kLoaded =
      fixwire::load_dictionaries(std::string(fix::embedded_session_dictionary()), std::string(fix::embedded_application_dictionary()));
  return kLoaded;
}

Verdict read(const std::string& wire, fixwire::Inbound& out) {
  fixwire::Reader reader(dictionaries());
  return reader.read(wire.data(), wire.size(), out);
}

Verdict read_pipes(const std::string& body) {
  fixwire::Inbound out;
  return read(golden_wire("8=FIXT.1.1|9=?|35=" + body + "10=?|"), out);
}

TEST(SimWire, EveryGoldenMessageOfAClientIsReadWithoutComplaint) {
  int read_count = 0;
  for (const auto& golden : marginfix_tests::load_goldens()) {
    if (golden.direction != "client") continue;
    const std::string type = golden.wire.substr(golden.wire.find("\x01"
                                                                 "35=") +
                                                    4,
                                                1);
    if (std::string("012345").find(type) != std::string::npos && golden.wire.find("\x01"
                                                                                  "35=" +
                                                                                  type + "\x01") != std::string::npos)
      continue;
    fixwire::Inbound out;
    const Verdict verdict = read(golden.wire, out);
    EXPECT_EQ(verdict.kind, Verdict::Kind::ok) << golden.name << ": " << verdict.text << " tag " << verdict.tag;
    EXPECT_FALSE(out.msg_type.empty());
    ++read_count;
  }
  EXPECT_GT(read_count, 30);
}

TEST(SimWire, MessagesOnlyTheExchangeSendsAreUnsupported) {
  for (const auto& golden : marginfix_tests::load_goldens()) {
    if (golden.direction != "exchange" || golden.wire.find("\x01"
                                                           "35=8\x01") == std::string::npos)
      continue;
    fixwire::Inbound out;
    EXPECT_EQ(read(golden.wire, out).kind, Verdict::Kind::unsupported) << golden.name;
  }
}

TEST(SimWire, FieldsOfAnOrderArriveAsTheirTexts) {
  fixwire::Inbound out;
  const std::string wire = golden_wire(
      "8=FIXT.1.1|9=?|35=D|34=2|49=me|50=OP|52=20261001-14:30:00.123|56=KalshiNR|11=id|18=6|38=10|40=2|44=6.2577|54=1|55=KXBTCPERP|59=6|"
      "126=20261001-18:00:00.000|453=1|448=CUST|452=24|526=5e7a9c34-1d20-4f6b-8a9e-3b4c5d6e7f80|2964=2|21006=Y|10=?|");
  ASSERT_EQ(read(wire, out).kind, Verdict::Kind::ok);
  EXPECT_EQ(out.sender_sub_id, "OP");
  EXPECT_EQ(out.cl_ord_id, "id");
  EXPECT_EQ(out.exec_inst, "6");
  EXPECT_EQ(out.order_qty, "10");
  EXPECT_EQ(out.price, "6.2577");
  EXPECT_EQ(out.expire_time, "20261001-18:00:00.000");
  ASSERT_EQ(out.parties.size(), 1U);
  EXPECT_EQ(out.parties[0].id, "CUST");
  EXPECT_EQ(out.parties[0].role, "24");
  EXPECT_EQ(out.self_trade_prevention, "2");
  EXPECT_EQ(out.cancel_on_pause, "Y");
  // The next message starts from nothing.
  fixwire::Reader reader(dictionaries());
  const std::string cancel = golden_named("resend-events-open").wire;
  reader.read(wire.data(), wire.size(), out);
  ASSERT_EQ(reader.read(cancel.data(), cancel.size(), out).kind, Verdict::Kind::ok);
  EXPECT_TRUE(out.cl_ord_id.empty());
  EXPECT_TRUE(out.parties.empty());
  EXPECT_EQ(out.begin_exec_id, "77120;1");
}

TEST(SimWire, VerdictsNameReasonAndTag) {
  const std::string head = "34=2|49=me|52=20261001-14:30:00.123|56=KalshiNR|";
  const std::string order = "11=a|38=1|40=2|44=1.0000|54=1|55=X|";
  const struct {
    std::string body;
    int reason, tag;
  } cases[] = {{"D|" + head + "11=a|38=1|40=2|44=1.0000|55=X|", 1, 54},
               {"D|" + head + order + "41=b|", 2, 41},
               {"D|" + head + order + "9999=x|", 0, 9999},
               {"D|" + head + order + "59=|", 4, 59},
               {"D|" + head + "11=a|38=1|40=2|44=1.0000|54=x|55=X|", 5, 54},
               {"D|" + head + "11=a|38=z|40=2|44=1.0000|54=1|55=X|", 6, 38},
               {"ZZ|" + head, 11, 35},
               {"D|" + head + order + "11=b|", 13, 11},
               {"V|" + head + "263=1|146=2|55=A|", 16, 146}};
  for (const auto& c : cases) {
    const Verdict verdict = read_pipes(c.body);
    EXPECT_EQ(verdict.kind, Verdict::Kind::reject) << c.body;
    EXPECT_EQ(verdict.reason, c.reason) << c.body << ": " << verdict.text;
    EXPECT_EQ(verdict.tag, c.tag) << c.body << ": " << verdict.text;
    EXPECT_FALSE(verdict.text.empty());
  }
}

TEST(SimWire, AnyBytesGetAVerdict) {
  fixwire::Reader reader(dictionaries());
  fixwire::Inbound out;
  int refused = 0;
  for (const auto& golden : marginfix_tests::load_goldens()) {
    for (std::size_t cut = 0; cut < golden.wire.size(); cut += 7) {
      refused += reader.read(golden.wire.data(), cut, out).kind == Verdict::Kind::ok ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 1000);
}

// The body of a golden message: after the header, before the trailer.
std::string golden_body(const std::string& name) {
  const std::string wire = golden_named(name).wire;
  const std::size_t target = wire.find(
      "\x01"
      "56=");
  const std::size_t begin = wire.find('\x01', target + 1) + 1;
  return to_pipes(wire.substr(begin, wire.rfind("10=") - begin));
}

fixwire::ExecutionReport partial_fill() {
  fixwire::ExecutionReport r;
  r.avg_px = r.last_px = r.price = "6.2577";
  r.cl_ord_id = "c0ffee00-0000-4000-8000-000000000000";
  r.cum_qty = r.last_qty = r.long_qty = "3.00";
  r.exec_id = "77121;1";
  r.last_mkt = "2";
  r.order_id = "0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000";
  r.order_qty = "10.00";
  r.ord_status = r.side = "1";
  r.symbol = "KXBTCPERP";
  r.transact_time = "20261001-14:30:00.149";
  r.exec_type = "F";
  r.leaves_qty = "7.00";
  r.short_qty = "0.00";
  r.clearing_business_date = "20261001";
  r.trd_match_id = "b7d90000-1111-4222-8333-944455566677";
  r.aggressor = "N";
  r.fee = "0.0094";
  r.collateral_changes = {{"-3.1983", "BALANCE"}};
  return r;
}

TEST(SimWire, ReportsAreWrittenByteForByteAsTheGoldens) {
  fixwire::Writer writer;
  EXPECT_EQ(to_pipes(writer.execution_report(partial_fill())), golden_body("report-partial-fill"));
  fixwire::ExecutionReport parties = partial_fill();
  parties.avg_px = parties.last_px = parties.price = "6.2500";
  parties.cl_ord_id = "c0ffee00-0000-4000-8000-000000000009";
  parties.order_id = "0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0003";
  parties.cum_qty = parties.last_qty = parties.long_qty = "1.00";
  parties.exec_id = "77124;1";
  parties.leaves_qty = "9.00";
  parties.fee = "0.0031";
  parties.parties = {{"CUST-0042", "", "24"}, {"TRADER7", "", "12"}};
  parties.collateral_changes = {{"-1.0000", "BALANCE"}};
  EXPECT_EQ(to_pipes(writer.execution_report(parties)), golden_body("report-fill-two-parties"));
  EXPECT_EQ(to_pipes(writer.resend_complete("2", "16")), golden_body("resend-events-complete"));
  EXPECT_EQ(to_pipes(writer.resend_reject("3", "1", "too many requests")), golden_body("resend-events-reject-too-many"));
}

TEST(SimWire, MarketDataKeepsItsEntriesInOrder) {
  fixwire::Writer writer;
  const std::vector<fixwire::MdEntry> full = {{'\0', '0', "", "5.0000", "10.00", ""}, {'\0', '1', "", "5.1000", "3.00", ""}};
  EXPECT_EQ(to_pipes(writer.snapshot("KXLTCPERP", "", full)), "55=KXLTCPERP|268=2|269=0|270=5.0000|271=10.00|269=1|270=5.1000|271=3.00|");
  EXPECT_EQ(to_pipes(writer.snapshot("NONE", "r1", {})), "55=NONE|262=r1|268=0|");
  const std::vector<fixwire::MdEntry> updates = {{'2', '0', "A", "5.0000", "0.00", ""}, {'0', '2', "A", "5.0000", "4.00", "1"}};
  EXPECT_EQ(to_pipes(writer.incremental("", updates)),
            "268=2|279=2|55=A|269=0|270=5.0000|271=0.00|279=0|55=A|269=2|270=5.0000|271=4.00|2446=1|");
}

TEST(SimWire, MarketDataEntriesHaveTheirFieldsInTheDocumentedOrder) {
  fixwire::Writer writer;
  fixwire::MdEntry entry{'0', '2', "A", "5.0000", "4.00", "1"};
  entry.date = "20261001";
  entry.time = "14:30:00.120";
  entry.trade_id = "t";
  entry.cl_ord_id = "mine";
  entry.alloc_account = "3";
  EXPECT_EQ(to_pipes(writer.incremental("", {entry})),
            "268=1|279=0|55=A|269=2|270=5.0000|271=4.00|272=20261001|273=14:30:00.120|2446=1|1003=t|11=mine|79=3|");
  EXPECT_EQ(to_pipes(writer.snapshot("A", "", {entry})), "55=A|268=1|269=2|270=5.0000|271=4.00|272=20261001|273=14:30:00.120|");
}

TEST(SimWire, ADictionaryThatDoesNotLoadIsNamed) {
  try {
    fixwire::load_dictionaries("<fix/>", std::string(fix::embedded_application_dictionary()));
    FAIL() << "loaded";
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("session dictionary"), std::string::npos) << e.what();
  }
}

// ---- who may write what -------------------------------------------------------------------------------------------------------

// The bytes of a message with `value` (which may hold anything but SOH) as the text of `tag` in an order.
std::string order_with(const std::string& tag, const std::string& value) {
  fix::Buffer out;
  std::string fields =
      "35=D\x01"
      "34=2\x01"
      "49=me\x01"
      "52=20261001-14:30:00.123\x01"
      "56=KalshiNR\x01";
  const std::pair<const char*, const char*> rest[] = {{"11", "id"},     {"38", "1"}, {"40", "2"},
                                                      {"44", "3.9000"}, {"54", "1"}, {"55", "KXLTCPERP"}};
  for (const auto& [name, text] : rest) fields += std::string(name) + "=" + (tag == name ? value : text) + "\x01";
  if (tag == "448")
    fields +=
        "453=1\x01"
        "448=" +
        value +
        "\x01"
        "452=24\x01";
  if (tag == "526") fields += "526=" + value + "\x01";
  fix::frame_message("FIXT.1.1", fields, out);
  return std::string(out.view());
}

TEST(SimWire, NoFieldOfAClientHoldsWhatAnotherDoorCannotSay) {
  for (const char* tag : {"11", "55", "448", "526"}) {
    for (const auto& odd : marginfix_tests::odd_texts()) {
      if (odd.text.find('\x01') != std::string::npos) continue;  // ends the field: nothing of it is left
      fixwire::Inbound out;
      const Verdict verdict = read(order_with(tag, odd.text), out);
      EXPECT_EQ(verdict.kind, Verdict::Kind::reject) << tag << ' ' << odd.name;
      EXPECT_EQ(verdict.reason, 5) << tag << ' ' << odd.name;
      EXPECT_EQ(std::to_string(verdict.tag), tag) << odd.name;
      EXPECT_EQ(text_fault(verdict.text), nullptr) << verdict.text;
    }
  }
  fixwire::Inbound out;
  EXPECT_EQ(read(order_with("11", "all printable ASCII ~!"), out).kind, Verdict::Kind::ok);
}

// QuickFIX quotes the bytes it cannot read; the answer must still be readable itself.
TEST(SimWire, ARefusalNeverQuotesBytesRaw) {
  const std::string head = "34=2|49=me|52=20261001-14:30:00.123|56=KalshiNR|";
  for (const char* tail : {"|", "novalue|", "=5|", "abc=1|", "\x1b[2J|", "\xe9=1|"}) {
    const Verdict verdict = read_pipes("D|" + head + "11=a|38=1|40=2|44=1.0000|54=1|55=X|" + tail);
    EXPECT_EQ(verdict.kind, Verdict::Kind::reject) << tail;
    EXPECT_EQ(text_fault(verdict.text), nullptr) << verdict.text;
  }
}

TEST(SimWire, ALogonWithAWrongRawDataLengthIsToldHowLongRawDataIs) {
  const std::string head = "A|34=1|49=me|52=20261001-14:30:00.123|56=KalshiNR|";
  const std::string data(344, 'x'), tail = "|98=0|108=30|141=Y|1137=9|";
  const struct {
    std::string fields;
    int reason;
  } cases[] = {{"95=343|96=" + data, 5},       {"95=345|96=" + data, 5},  {"95=0|96=" + data, 5},
               {"95=352|96=" + data, 5},       {"95=3|96=" + data, 5},    {"96=" + data, 1},
               {"96=" + data + "|95=344", 14}, {"95=many|96=" + data, 6}, {"95=|96=" + data, 6}};
  for (const auto& c : cases) {
    const Verdict verdict = read_pipes(head + c.fields + tail);
    EXPECT_EQ(verdict.kind, Verdict::Kind::reject) << c.fields.substr(0, 12);
    EXPECT_EQ(verdict.tag, 95) << verdict.text;
    EXPECT_EQ(verdict.reason, c.reason) << verdict.text;
    EXPECT_NE(verdict.text.find("RawData(96) is 344 bytes long"), std::string::npos) << verdict.text;
  }
  EXPECT_EQ(read_pipes(head + "95=344|96=" + data + tail).kind, Verdict::Kind::ok);
}

// QuickFIX 1.15.1 follows the length of any DATA field beyond the end of the message, and dies of it.
TEST(SimWire, NoLengthLeadsOutOfTheMessage) {
  const std::string head = "34=1|49=me|52=20261001-14:30:00.123|56=KalshiNR|";
  for (const char* type : {"A|", "D|", "V|", "5|"}) {
    for (const char* pair : {"95=%|96=ab|", "354=%|355=ab|", "212=%|213=ab|", "90=%|91=ab|", "93=%|89=ab|", "348=%|349=ab|",
                             "95=%|95=2|96=ab|", "354=2|354=%|355=ab|"}) {
      for (const char* length : {"1", "3", "", "x"}) {
        std::string fields = pair;
        fields.replace(fields.find('%'), 1, length);
        EXPECT_NE(read_pipes(type + head + fields + "98=0|108=30|").kind, Verdict::Kind::ok) << type << fields;
        EXPECT_NE(read_pipes(type + head + "98=0|108=30|" + fields).kind, Verdict::Kind::ok) << type << fields;
      }
    }
  }
}

// What an older journal may hold: a report stays one message with the price of its order, and its texts are shown.
TEST(SimWire, NoStoredTextBecomesFieldsOfAReport) {
  fixwire::Writer writer;
  for (const auto& odd : marginfix_tests::odd_texts()) {
    fixwire::ExecutionReport r = partial_fill();
    r.cl_ord_id = r.orig_cl_ord_id = r.text = r.secondary_cl_ord_id = odd.text;
    r.parties = {{odd.text, "", "24"}};
    fix::Buffer frame;
    fix::frame_message("FIXT.1.1",
                       "35=8\x01"
                       "34=7\x01"
                       "49=KalshiNR\x01"
                       "52=20261001-14:30:00.150\x01"
                       "56=key\x01" +
                           writer.execution_report(r),
                       frame);
    fix::ExecutionReport read;
    fix::Findings findings;
    ASSERT_TRUE(fix::decode(frame.view(), read, findings)) << odd.name;
    for (const auto& finding : findings) EXPECT_EQ(finding.kind, fix::FindingKind::missing_required) << odd.name << describe(finding);
    EXPECT_EQ(read.cl_ord_id, visible(odd.text)) << odd.name;
    EXPECT_EQ(read.text, visible(odd.text)) << odd.name;
    ASSERT_EQ(read.parties.size(), 1U) << odd.name;
    EXPECT_EQ(read.parties[0].party_id, visible(odd.text)) << odd.name;
    EXPECT_EQ(read.price->to_string(), "6.2577") << odd.name;
    EXPECT_EQ(text_fault(*read.text), nullptr) << odd.name;
  }
}

TEST(SimWire, NoTextOfAnyMessageEndsItsField) {
  fixwire::Writer w;
  const std::string odd =
      "a\x01"
      "10=1\x1b\xe9";
  const std::function<const std::string&()> writes[] = {[&]() -> const std::string& {
                                                          return w.cancel_reject({odd, odd, "0", odd, odd, odd, "1", "1"});
                                                        },
                                                        [&]() -> const std::string& {
                                                          return w.mass_cancel_report({odd, odd, odd, "6", "0", "0"});
                                                        },
                                                        [&]() -> const std::string& {
                                                          return w.group_response({odd, odd, odd});
                                                        },
                                                        [&]() -> const std::string& {
                                                          return w.business_reject({odd, odd, odd, odd, odd});
                                                        },
                                                        [&]() -> const std::string& { return w.snapshot(odd, odd, {}); },
                                                        [&]() -> const std::string& { return w.incremental(odd, {}); },
                                                        [&]() -> const std::string& { return w.md_reject(odd, odd, odd); },
                                                        [&]() -> const std::string& {
                                                          return w.security_status({odd, odd, odd, odd});
                                                        },
                                                        [&]() -> const std::string& { return w.resend_complete(odd, odd); },
                                                        [&]() -> const std::string& { return w.resend_reject(odd, odd, odd); }};
  for (const auto& write : writes) {
    const std::string& body = write();
    std::string fields = body;
    for (char& c : fields) c = c == '\x01' ? '|' : c;
    EXPECT_EQ(text_fault(fields), nullptr) << fields;
    EXPECT_EQ(fields.find("|10="), std::string::npos) << fields;
  }
}

}  // namespace
}  // namespace marginfix::sim
