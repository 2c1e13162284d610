// Messages of one's own: the same codec, for FIX.4.2, FIX.4.4 and FIX50SP2.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "marginfix/fix/kept.hpp"
#include "unit/fix/codec_samples.hpp"
#include "unit/fix/oms_messages.hpp"

namespace marginfix::fix {
namespace {

StandardHeader oms_header(std::string_view begin_string) {
  StandardHeader h;
  h.begin_string = begin_string;
  h.msg_seq_num = 12;
  h.sender_comp_id = "DESK";
  h.target_comp_id = "GATE";
  h.sending_time_text = "20261130-13:00:00.000";
  return h;
}

// With a header, and the body in pipes.
std::string message_of(std::string_view begin_string, std::string_view msg_type, std::string_view body) {
  return marginfix_tests::framed_as(begin_string,
                                    "35=" + std::string(msg_type) + "|34=12|49=DESK|52=20261130-13:00:00|56=GATE|" + std::string(body));
}

template <Message M>
std::string findings_of(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) text += describe_in<M>(finding) + "\n";
  return text;
}

oms::Order42 order42() {
  oms::Order42 d;
  d.account = "FUND-1";
  d.cl_ord_id = "a1";
  d.handl_inst = oms::HandlInst::Private;
  d.symbol = "BTC-PERP";
  d.side = '1';
  d.transact_time = parse_fix_utc("20261130-13:00:00").value();
  d.order_qty = FixedPointCount::whole(10);
  d.ord_type = '2';
  d.price = DollarDecimal::parse("6.25").value();
  return d;
}

TEST(OwnMessages, AnOrderOfFix42IsWrittenByteForByte) {
  Buffer out;
  ASSERT_TRUE(encode(order42(), oms_header("FIX.4.2"), out));
  EXPECT_EQ(to_pipe_form(out.view()),
            "8=FIX.4.2|9=138|35=D|34=12|49=DESK|52=20261130-13:00:00.000|56=GATE|1=FUND-1|11=a1|21=1|38=10.00|40=2|44=6.2500|54=1|"
            "55=BTC-PERP|60=20261130-13:00:00.000|10=" +
                std::string(out.view().substr(out.size() - 4, 3)) + "|");
  EXPECT_TRUE(checksum_ok(out.view()));

  oms::Order42 back;
  Findings findings;
  ASSERT_TRUE(decode(out.view(), back, findings));
  EXPECT_EQ(findings_of<oms::Order42>(findings), "");
  EXPECT_EQ(back.header.begin_string, "FIX.4.2");
  EXPECT_EQ(back.header.msg_seq_num, 12);
  EXPECT_EQ(back.header.sending_time_text, "20261130-13:00:00.000");
  EXPECT_EQ(back.account, "FUND-1");
  EXPECT_EQ(back.handl_inst, oms::HandlInst::Private);
  EXPECT_EQ(back.price, DollarDecimal::parse("6.25").value());
  EXPECT_EQ(back.transact_time, order42().transact_time);
}

TEST(OwnMessages, TheWholeStandardHeaderHasMembers) {
  const std::string wire = marginfix_tests::framed_as(
      "FIX.4.4",
      "35=8|34=3|43=Y|49=DESK|50=trader|52=20261130-13:00:00|56=GATE|57=FUND-1|97=Y|115=HEDGE|116=pm|122=20261130-12:59:00|128=EXCH|"
      "129=fix|142=NY|143=CHI|347=UTF-8|369=9|6=1|17=e|37=o|39=0|150=0|");
  oms::Report50 report;
  Findings findings;
  ASSERT_TRUE(decode(wire, report, findings));
  EXPECT_EQ(findings_of<oms::Report50>(findings), "");
  EXPECT_TRUE(report.unknown.empty());
  const StandardHeader& h = report.header;
  const std::pair<std::optional<std::string_view>, const char*> texts[] = {
      {h.sender_sub_id, "trader"},   {h.target_sub_id, "FUND-1"},    {h.on_behalf_of_comp_id, "HEDGE"},
      {h.on_behalf_of_sub_id, "pm"}, {h.deliver_to_comp_id, "EXCH"}, {h.deliver_to_sub_id, "fix"},
      {h.sender_location_id, "NY"},  {h.target_location_id, "CHI"},  {h.message_encoding, "UTF-8"}};
  for (const auto& [text, expected] : texts) EXPECT_EQ(text, expected);
  EXPECT_EQ(h.last_msg_seq_num_processed, 9);
  EXPECT_EQ(h.poss_resend, true);
  EXPECT_EQ(h.orig_sending_time, parse_fix_utc("20261130-12:59:00").value());

  Buffer out;
  ASSERT_TRUE(encode(report, h, out));
  EXPECT_EQ(to_pipe_form(out.view()).substr(0, to_pipe_form(out.view()).find("|6=")),
            "8=FIX.4.4|9=193|35=8|34=3|43=Y|49=DESK|50=trader|52=20261130-13:00:00|56=GATE|57=FUND-1|97=Y|115=HEDGE|116=pm|"
            "122=20261130-12:59:00.000|128=EXCH|129=fix|142=NY|143=CHI|347=UTF-8|369=9");
}

TEST(OwnMessages, GroupsWithinGroups) {
  const std::string wire = message_of("FIX.4.4", "D",
                                      "11=a1|453=2|448=alice|447=D|452=11|802=2|523=desk|803=1|523=floor|803=2|448=bob|452=12|802=1|"
                                      "523=x|803=3|38=5|44=6.123456|55=BTC-PERP|");
  oms::Order44 order;
  Findings findings;
  ASSERT_TRUE(decode(wire, order, findings));
  EXPECT_EQ(findings_of<oms::Order44>(findings), "");
  ASSERT_EQ(order.parties.size(), 2U);
  ASSERT_EQ(order.parties[0].sub_ids.size(), 2U);
  EXPECT_EQ(order.parties[0].sub_ids[1].party_sub_id, "floor");
  EXPECT_EQ(order.parties[1].party_id, "bob");
  ASSERT_EQ(order.parties[1].sub_ids.size(), 1U);
  EXPECT_EQ(order.parties[1].sub_ids[0].party_sub_id_type, 3);
  EXPECT_EQ(order.order_qty, FixedPointCount::whole(5));

  Buffer out;
  ASSERT_TRUE(encode_body(order, out));
  EXPECT_EQ(to_pipe_form(out.view()),
            "11=a1|38=5.00|44=6.123456|55=BTC-PERP|453=2|448=alice|447=D|452=11|802=2|523=desk|803=1|523=floor|803=2|448=bob|452=12|802=1|"
            "523=x|803=3|");
}

TEST(OwnMessages, UnknownFieldsOfGroupsWithinGroupsKeepTheirEntry) {
  const std::string wire =
      message_of("FIX.4.4", "D",
                 "11=a1|453=2|448=alice|9001=outer|802=1|523=desk|803=1|9002=first|448=bob|802=2|523=x|803=3|523=y|803=4|"
                 "9003=third|38=5|44=6|55=BTC-PERP|9004=body|");
  oms::Order44 order;
  Findings findings;
  ASSERT_TRUE(decode(wire, order, findings));
  EXPECT_EQ(std::vector<RawField>(order.unknown.begin(), order.unknown.end()),
            (std::vector<RawField>{{9001, "outer", 453, 1}, {9002, "first", 802, 1}, {9003, "third", 802, 3}, {9004, "body", 0, 0}}));
  EXPECT_EQ(findings.size(), 4U);

  Buffer out;
  ASSERT_TRUE(encode_body(order, out));
  oms::Order44 back;
  const std::string again = message_of("FIX.4.4", "D", to_pipe_form(out.view()));
  ASSERT_TRUE(decode(again, back, findings));
  const auto found = [&](const RawField& field) { return std::ranges::find(back.unknown, field) != back.unknown.end(); };
  EXPECT_TRUE(found({9002, "first", 802, 1}));
  EXPECT_TRUE(found({9003, "third", 802, 3}));
}

TEST(OwnMessages, CountsOfGroupsWithinGroupsAreChecked) {
  oms::Order44 order;
  Findings findings;
  const std::string wire = message_of("FIX.4.4", "D", "11=a1|38=5|44=6|55=B|453=1|448=alice|802=2|523=desk|");
  ASSERT_TRUE(decode(wire, order, findings));
  EXPECT_EQ(findings_of<oms::Order44>(findings),
            "PartySubIDType(803) is missing, the specification requires it\n"
            "NoPartySubIDs(802) at byte 101: the count '2' is not the number of entries that follow\n");
}

TEST(OwnMessages, DataFieldsHoldAnyByte) {
  const std::string data =
      "a\x01"
      "38=99\x01"
      "b";
  oms::Order44 order;
  order.cl_ord_id = "a1";
  order.order_qty = FixedPointCount::whole(1);
  order.price = DollarDecimal::parse("6.1").value();
  order.symbol = "BTC-PERP";
  order.encoded_text = data;
  order.encoded_text_len = static_cast<std::int32_t>(data.size());
  Buffer out;
  ASSERT_TRUE(encode(order, oms_header("FIX.4.4"), out));
  oms::Order44 back;
  Findings findings;
  ASSERT_TRUE(decode(out.view(), back, findings));
  EXPECT_EQ(findings_of<oms::Order44>(findings), "");
  EXPECT_EQ(back.encoded_text, data);
  EXPECT_EQ(back.order_qty, FixedPointCount::whole(1));

  order.encoded_text_len = 3;
  out.clear();
  auto refused = encode_body(order, out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "EncodedTextLen(354) must be the length of EncodedText(355)");
  EXPECT_EQ(refused.error().tag, 354);
  EXPECT_TRUE(out.empty());
  order.encoded_text_len.reset();
  EXPECT_FALSE(encode_body(order, out));
}

TEST(OwnMessages, DataFieldsThatNoTableKnowsAreKeptWhole) {
  const std::string signature =
      "\x01"
      "8=FIX\x01";
  const std::string wire = message_of("FIX.4.4", "D", "11=a1|38=5|44=6|55=B|93=7|89=" + signature + "|5001=after|");
  oms::Order44 order;
  Findings findings;
  ASSERT_TRUE(decode(wire, order, findings)) << findings_of<oms::Order44>(findings);
  ASSERT_EQ(order.unknown.size(), 2U);
  EXPECT_EQ(order.unknown[1].tag, 89);
  EXPECT_EQ(order.unknown[1].value, signature);
  EXPECT_EQ(order.note, "after");
}

TEST(OwnMessages, RefusalsAndFindingsNameTheTablesFields) {
  Buffer out;
  const auto error_of = [&](const auto& message) {
    out.clear();
    const auto done = encode_body(message, out);
    EXPECT_EQ(out.empty(), !done);
    return done ? std::string("written") : done.error().message;
  };
  oms::Order42 d = order42();
  d.cl_ord_id = "123456789012345678901";
  EXPECT_EQ(error_of(d), "ClOrdID(11) is longer than 20 characters");
  d = order42();
  d.price = DollarDecimal::parse("6.255").value();
  EXPECT_EQ(error_of(d), "Price(44) has more than 2 decimals, FIX carries at most 2");
  d = order42();
  d.price.reset();
  EXPECT_EQ(error_of(d), "Price(44) is missing: OrdType(40)=2 needs it");
  d = order42();
  d.account = "caf\xc3\xa9";
  EXPECT_EQ(error_of(d).substr(0, 11), "Account(1) ");
  d = order42();
  d.unknown.push_back({115, "HEDGE", 0, 0});
  EXPECT_EQ(error_of(d), "OnBehalfOfCompID(115) cannot be an additional field");
  oms::Order44 o;
  o.cl_ord_id = "a";
  o.symbol = "B";
  o.note = "caf\xc3\xa9";
  EXPECT_EQ(error_of(o), "written");
  o.note = "two\nlines";
  EXPECT_EQ(error_of(o).substr(0, 15), "DeskNote(5001) ");

  oms::Order44 back;
  Findings findings;
  const std::string wire = message_of("FIX.4.4", "D", "11=a|38=1|44=x|55=B|5001=|");
  ASSERT_TRUE(decode(wire, back, findings));
  EXPECT_EQ(findings_of<oms::Order44>(findings),
            "Price(44) at byte 73: 'x' is no value of its type\nDeskNote(5001) at byte 83 has no value\n");
}

TEST(OwnMessages, AHeaderWithoutBeginStringIsRefused) {
  Buffer out;
  auto refused = encode(order42(), oms_header(""), out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().tag, 8);
  EXPECT_TRUE(out.empty());
}

TEST(OwnMessages, AnyOfChoosesByMsgType) {
  AnyOf<oms::Order44, oms::Report50> any;
  Findings findings;
  std::string wire = message_of("FIX.4.4", "8", "6=1|17=e|37=o|39=0|150=0|");
  ASSERT_TRUE(decode_any(wire, any, findings));
  EXPECT_EQ(std::get<oms::Report50>(any).exec_id, "e");
  wire = message_of("FIX.4.4", "D", "11=a|38=1|44=1|55=B|");
  ASSERT_TRUE(decode_any(wire, any, findings));
  EXPECT_EQ(std::get<oms::Order44>(any).cl_ord_id, "a");
  wire = message_of("FIX.4.4", "AE", "571=r|");
  Frame frame;
  ASSERT_TRUE(check_frame(wire, &frame));
  ASSERT_TRUE(decode_any(frame, any, findings));
  EXPECT_EQ(std::get<UnknownMessage>(any).unknown[0].value, "r");
  EXPECT_FALSE(decode_any("8=FIX.4.4", any, findings));
}

TEST(OwnMessages, TheTableHasARunTimeView) {
  const MessageInfo& info = message_info<oms::Order44>();
  EXPECT_EQ(info.name, "NewOrderSingle");
  EXPECT_EQ(info.direction, Direction::both);
  EXPECT_FALSE(info.admin);
  const auto parties = std::ranges::find(info.fields, 453, &FieldInfo::tag);
  ASSERT_NE(parties, info.fields.end());
  EXPECT_EQ(parties->children[3].children[0].name, "PartySubID");
  EXPECT_EQ(message_info<oms::Order42>().fields[2].values.size(), 3U);
}

TEST(OwnMessages, KeptOwnsItsBytes) {
  Kept<oms::Order44> kept;
  {
    std::string wire = message_of("FIX.4.4", "D", "11=a1|38=5|44=6|55=B|453=1|448=alice|802=1|523=desk|803=1|115=late|");
    kept = Kept<oms::Order44>::decode(wire).value();
    std::ranges::fill(wire, '#');
  }
  EXPECT_EQ(kept->cl_ord_id, "a1");
  EXPECT_EQ(kept->parties[0].sub_ids[0].party_sub_id, "desk");
  EXPECT_EQ(kept->header.on_behalf_of_comp_id, "late");
}

// Bytes turned over at random never read outside the message, and what decodes can be written again or is refused with a reason.
TEST(OwnMessages, BrokenBytesAreErrorsOrFindings) {
  const std::string good = message_of("FIX.4.4", "D",
                                      "11=a1|354=3|355=a|b|453=2|448=alice|802=1|523=desk|803=1|448=bob|802=1|523=x|803=3|93=3|89=c|d|38=5|"
                                      "44=6|55=B|");
  std::mt19937 random(7);
  oms::Order44 order;
  Findings findings;
  Buffer out;
  int decoded = 0, written = 0;
  for (int turn = 0; turn < 20'000; ++turn) {
    std::string wire = good;
    for (int flips = 1 + turn % 3; flips > 0; --flips) {
      static constexpr std::string_view kBytes = "\x01=0123456789ax";
      wire[20 + random() % (wire.size() - 28)] = kBytes[random() % kBytes.size()];
    }
    const unsigned sum = checksum(std::string_view(wire).substr(0, wire.size() - 7));
    wire.replace(wire.size() - 4, 3, std::to_string(1000 + sum).substr(1));
    const std::unique_ptr<char[]> exact(new char[wire.size()]);
    std::ranges::copy(wire, exact.get());
    if (!decode(std::string_view(exact.get(), wire.size()), order, findings)) continue;
    ++decoded;
    out.clear();
    if (const auto done = encode_body(order, out))
      ++written;
    else
      EXPECT_FALSE(done.error().message.empty());
  }
  EXPECT_GT(decoded, 1000);
  EXPECT_GT(written, 50);
}

}  // namespace
}  // namespace marginfix::fix
