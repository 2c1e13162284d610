// The frame codec by itself: what it finds in a stream, reads in a header, walks and writes, for every version of FIX.
#include "marginfix/fix/frame.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "marginfix/fix/sending_time.hpp"
#include "unit/fix/codec_samples.hpp"

namespace marginfix::fix {
namespace {

FrameHeader some_header() {
  FrameHeader header;
  header.msg_type = "8";
  header.msg_seq_num = 12;
  header.sending_time = "20261001-14:30:00.150";
  return header;
}

TEST(Frame, ReadsTheHeaderAndWhereTheBodyBegins) {
  const std::string wire = marginfix_tests::framed_as("FIXT.1.1",
                                                      "35=8|34=12|43=Y|49=KalshiRT|50=ops|52=20261001-14:30:00.150|56=key|57=sub|97=Y|"
                                                      "122=20261001-14:29:00.000|1128=9|11=a|58=t|");
  Frame frame;
  ASSERT_TRUE(check_frame(wire, &frame));
  EXPECT_EQ(frame.bytes, wire);
  EXPECT_EQ(frame.begin_string, "FIXT.1.1");
  EXPECT_EQ(frame.msg_type, "8");
  EXPECT_EQ(frame.msg_seq_num, 12);
  EXPECT_EQ(frame.sender_comp_id, "KalshiRT");
  EXPECT_EQ(frame.target_comp_id, "key");
  EXPECT_EQ(frame.sender_sub_id, "ops");
  EXPECT_EQ(frame.target_sub_id, "sub");
  EXPECT_EQ(frame.sending_time, "20261001-14:30:00.150");
  EXPECT_EQ(frame.orig_sending_time, "20261001-14:29:00.000");
  EXPECT_EQ(frame.appl_ver_id, "9");
  EXPECT_TRUE(frame.poss_dup && frame.poss_resend && frame.checked && frame.regular);
  EXPECT_EQ(wire.substr(frame.body, 5), "11=a\x01");
  EXPECT_EQ(frame.field(58), "t");
  EXPECT_TRUE(frame.field(59).empty());
  EXPECT_FALSE(frame.is_admin());
}

// Each of these is a header that decode() has to walk itself, to tell what is odd about it; the session layer understands it all the same.
TEST(Frame, AnOddHeaderIsUnderstoodAndNotRegular) {
  const std::string usual = "35=8|34=12|49=KalshiRT|52=20261001-14:30:00.150|56=key|";
  for (const std::string fields : {"35=8|34=12|34=13|49=KalshiRT|56=key|11=a|", "35=8|49=KalshiRT|56=key|11=a|34=12|",
                                   "35=8|34=12|49=|56=key|49=KalshiRT|", "35=8|90=7|91=a|34=1||34=12|49=KalshiRT|56=key|",
                                   "35=8|34=12|43=?|49=KalshiRT|56=key|", "35=8|34=12|49=KalshiRT|56=key|115=us|11=a|"}) {
    const std::string wire = marginfix_tests::framed_as("FIXT.1.1", fields);
    Frame frame;
    ASSERT_TRUE(check_frame(wire, &frame)) << fields;
    EXPECT_FALSE(frame.regular) << fields;
    EXPECT_EQ(frame.msg_seq_num, 12) << fields;
    if (fields.find("49=|") == std::string::npos) {
      EXPECT_EQ(frame.sender_comp_id.text(), "KalshiRT") << fields;
    }
    EXPECT_EQ(frame.target_comp_id.text(), "key") << fields;
  }
}

TEST(Frame, WhatIsNoFrameIsRefused) {
  const std::string good = marginfix_tests::framed_as("FIXT.1.1", "35=0|34=1|49=a|56=b|");
  Frame frame;
  ASSERT_TRUE(check_frame(good, &frame));
  for (std::size_t length = 0; length < good.size(); ++length) EXPECT_FALSE(check_frame(good.substr(0, length), &frame)) << length;
  EXPECT_FALSE(check_frame(good + good, &frame));
  EXPECT_FALSE(check_frame(marginfix_tests::framed_as("FIXT.1.1", "34=1|35=0|49=a|56=b|"), &frame));
  EXPECT_FALSE(check_frame(marginfix_tests::framed_as("FIXT.1.1", "35=|34=1|49=a|56=b|"), &frame));
  std::string wrong = good;
  wrong[wrong.find("34=1") + 3] = '2';
  EXPECT_FALSE(check_frame(wrong, &frame));
  EXPECT_TRUE(read_frame(wrong, &frame)) << "the header alone does not look at CheckSum(10)";
  EXPECT_FALSE(frame.checked);
}

// decode() trusts a frame only when it has been checked.
TEST(Frame, DecodeChecksAFrameThatHasNotBeen) {
  std::string wire = marginfix_tests::message("0", "112=x|");
  Heartbeat out;
  Findings findings;
  Frame frame;
  ASSERT_TRUE(read_frame(wire, &frame));
  EXPECT_TRUE(decode(frame, out, findings));
  wire[wire.find("112=x") + 4] = 'y';
  ASSERT_TRUE(read_frame(wire, &frame));
  const auto done = decode(frame, out, findings);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().tag, 10);
}

// A header with times that are none is regular as a frame; decode() finds the fault, as it does in bytes.
TEST(Frame, AnUnreadableTimeIsAFindingInAFrameToo) {
  const std::string wire = marginfix_tests::framed_as("FIXT.1.1", "35=0|34=12|49=KalshiRT|52=never|56=key|112=x|");
  Frame frame;
  ASSERT_TRUE(check_frame(wire, &frame));
  ASSERT_TRUE(frame.regular);
  Heartbeat a, b;
  Findings of_frame, of_bytes;
  ASSERT_TRUE(decode(frame, a, of_frame));
  ASSERT_TRUE(decode(wire, b, of_bytes));
  EXPECT_EQ(marginfix_tests::all_findings(of_frame), marginfix_tests::all_findings(of_bytes));
  EXPECT_NE(marginfix_tests::all_findings(of_frame), "");
  EXPECT_EQ(a.header.sender_comp_id, "KalshiRT");
}

TEST(Frame, EveryVersionIsScannedComposedAndRead) {
  for (const std::string version : {"FIX.4.2", "FIX.4.4", "FIXT.1.1"}) {
    Composer composer(version, "client", "gateway");
    FrameHeader header = some_header();
    header.on_behalf_of_comp_id = "fund";
    header.deliver_to_comp_id = "desk";
    header.sender_sub_id = "ops";
    const std::string wire = composer.compose(header, from_pipe_form("11=a|"));
    Framer framer(1000, version);
    Frame frame;
    const Scan scan = framer.scan(wire.data(), wire.size(), &frame);
    ASSERT_EQ(scan.kind, Scan::Kind::message) << scan.text;
    EXPECT_EQ(scan.length, wire.size());
    EXPECT_EQ(frame.begin_string, version);
    EXPECT_EQ(frame.msg_seq_num, 12);
    EXPECT_EQ(frame.field(115), "fund");
    EXPECT_EQ(frame.field(128), "desk");
    EXPECT_EQ(wire.substr(frame.body, 5), "11=a\x01");
    Framer other(1000, "FIX.4.3");
    EXPECT_EQ(other.scan(wire.data(), wire.size(), &frame).text.substr(0, 33), "bytes that are no FIX.4.3 message");
  }
}

TEST(Frame, GarbledMessagesArePassedOverInEveryVersion) {
  for (const std::string version : {"FIX.4.4", "FIXT.1.1"}) {
    const std::string good = marginfix_tests::framed_as(version, "35=0|34=2|49=a|56=b|");
    for (const std::string& bad : {std::string("8=" + version +
                                               "\x01"
                                               "9=5\x01"
                                               "35=0\x01"),
                                   std::string("8=" + version +
                                               "\x01"
                                               "9=x\x01")}) {
      Framer framer(1000, version);
      const std::string stream = bad + good;
      std::vector<std::string> messages;
      Frame frame;
      for (std::size_t at = 0; at < stream.size();) {
        const Scan scan = framer.scan(stream.data() + at, stream.size() - at, &frame);
        ASSERT_NE(scan.kind, Scan::Kind::broken) << scan.text;
        if (scan.kind == Scan::Kind::need_more) break;
        if (scan.kind == Scan::Kind::message) messages.push_back(frame.bytes.text());
        at += scan.length;
      }
      EXPECT_EQ(messages, std::vector<std::string>{good});
    }
  }
}

TEST(Frame, FieldsAreWalkedToTheFirstThatIsNone) {
  const std::string bytes = from_pipe_form("35=8|abc=1|95=5|96=a|b=c|012=x|58=|nothing|11=a|");
  FieldCursor cursor{Slice(bytes)};
  FrameField field;
  std::vector<std::string> seen;
  while (cursor.next(&field)) seen.push_back(std::to_string(field.tag) + ":" + to_pipe_form(field.value));
  EXPECT_EQ(seen, (std::vector<std::string>{"35:8", "0:1", "95:5", "96:a|b=c", "0:x", "58:"}));
}

TEST(Frame, ComposesWithoutOptionalFields) {
  Composer composer("FIX.4.2", "a", "b");
  FrameHeader header = some_header();
  EXPECT_EQ(to_pipe_form(composer.compose(header, Slice())),
            to_pipe_form(marginfix_tests::framed_as("FIX.4.2", "35=8|49=a|56=b|34=12|52=20261001-14:30:00.150|")));
  header.poss_dup = true;
  header.orig_sending_time = header.sending_time;
  header.sender_sub_id = "ops";
  EXPECT_EQ(to_pipe_form(composer.compose(header, from_pipe_form("11=a|"))),
            to_pipe_form(marginfix_tests::framed_as(
                "FIX.4.2", "35=8|49=a|56=b|34=12|43=Y|52=20261001-14:30:00.150|122=20261001-14:30:00.150|50=ops|11=a|")));
}

TEST(SendingTime, IsWrittenWithTheDigitsAskedForAndReadBack) {
  const std::chrono::nanoseconds moment = std::chrono::seconds(1'795'000'000) + std::chrono::nanoseconds(7'008'999);
  EXPECT_EQ(TimeText(0).at(moment), "20261118-11:06:40");
  EXPECT_EQ(TimeText(3).at(moment), "20261118-11:06:40.007");
  TimeText text(6);
  EXPECT_EQ(text.at(moment), "20261118-11:06:40.007008");
  EXPECT_EQ(text.at(moment + std::chrono::seconds(1)), "20261118-11:06:41.007008");
  EXPECT_EQ(text.at(moment), "20261118-11:06:40.007008") << "a clock that was set back";
  std::int64_t seconds = 0;
  ASSERT_TRUE(parse_utc_seconds("20261118-11:06:40.007", &seconds));
  EXPECT_EQ(seconds, 1'795'000'000);
  EXPECT_FALSE(parse_utc_seconds("never", &seconds));
  EXPECT_FALSE(parse_utc_seconds("", &seconds));
}

}  // namespace
}  // namespace marginfix::fix
