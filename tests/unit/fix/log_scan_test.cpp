// Cutting messages out of logs: by BodyLength(9) and CheckSum(10), whatever the values hold and whatever stands around.
#include "marginfix/fix/log_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>

#include "marginfix/core/log.hpp"
#include "marginfix/fix/printer.hpp"
#include "unit/fix/log_samples.hpp"

namespace marginfix_tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kHead = "8=FIX.4.4|35=8|34=2|49=a|56=b|";

// Every separator we say we know.
const std::vector<std::string> kSeparators{"\x01",  "|",      "^A",  "<SOH>",        "[SOH]", "{SOH}", "\\x01", "\\u0001",
                                           "\\001", " | ",    ";",   "; ",           "^",     "\t",    " ",     "~",
                                           "&#1;",  "&#x01;", "%01", "\xE2\x90\x81", "!",     "#",     ","};

TEST(LogScan, ReadsEverySeparator) {
  const std::string one = framed(kHead + "58=first|");
  const std::string two = framed(kHead + "58=second|");
  for (const std::string& separator : kSeparators) {
    const auto read = read_log("10:00:00.1 : " + spelled(one, separator) + "\r\nnothing\n10:00:00.2 : " + spelled(two, separator) + "\n");
    EXPECT_THAT(read.messages, ElementsAre(one, two)) << separator;
    EXPECT_THAT(read.prefixes, ElementsAre("10:00:00.1", "10:00:00.2")) << separator;
    EXPECT_THAT(read.lines, ElementsAre(1U, 3U)) << separator;
    EXPECT_THAT(read.not_read, IsEmpty()) << separator;
  }
}

TEST(LogScan, ReadsALogWithASeparatorALine) {
  std::string log;
  std::vector<std::string> wires;
  for (const std::string& separator : kSeparators) {
    wires.push_back(framed(kHead + "58=" + std::to_string(wires.size()) + "|"));
    log += spelled(wires.back(), separator) + "\n";
  }
  EXPECT_EQ(read_log(log).messages, wires);
}

TEST(LogScan, TakesATextThatBeginsLikeFixOrQuotesItForText) {
  const std::vector<std::string> values{
      "FIX access is not enabled", "FIX.5.0SP2 notice",           "order 8=FIXed at 10=30",    "8=FIX.4.4",
      "we speak 8=FIXT.1.1",       "see 8=FIX.4.4 9=5 35=0 10=1", "8=FIX.4.2;9=5;35=0;10=001;"};
  for (const std::string& separator :
       {std::string("\x01"), std::string("|"), std::string("^A"), std::string("<SOH>"), std::string(" | ")}) {
    for (const std::string& value : values) {
      const std::string wire = framed(kHead + "58=" + value + "|448=FIXDESK7|418=FIX.4.4|");
      const auto read = read_log(spelled(wire, separator) + spelled(wire, separator) + "\n" + spelled(wire, separator));
      EXPECT_THAT(read.messages, ElementsAre(wire, wire, wire)) << separator << value;
      EXPECT_THAT(read.not_read, IsEmpty()) << separator << value;
    }
  }
}

TEST(LogScan, TakesDataByItsLength) {
  const std::string embedded = framed("8=FIX.4.2|35=0|34=1|");
  for (const auto& [length, data] : {std::pair{95, 96}, {212, 213}, {354, 355}, {93, 89}, {1184, 1185}, {621, 622}}) {
    const std::string field =
        std::to_string(length) + "=" + std::to_string(embedded.size()) + "|" + std::to_string(data) + "=" + embedded + "|";
    const std::string wire = framed(kHead + field);
    const std::string wrong_length = with_body_length(wire, "999");  // then the fields are walked, and the data's length counts
    for (const std::string& message : {wire, wrong_length}) {
      EXPECT_THAT(read_log("a: " + message + "b: " + message).messages, ElementsAre(message, message)) << data;
      EXPECT_THAT(read_log(to_pipes(message) + "\n" + to_pipes(message) + "\n").messages, ElementsAre(message, message)) << data;
    }
  }
}

TEST(LogScan, ReadsMessagesWithoutRightBodyLengthOrCheckSum) {
  for (const std::string& separator : {std::string("\x01"), std::string("|"), std::string("^A"), std::string(" | ")}) {
    const std::string masked = "8=FIX.4.4|9=999|35=A|95=20|96=***|10=***|";
    const std::string bare = "8=FIX.4.4|35=0|49=a|";
    const auto read = read_log(spelled(to_soh(masked), separator) + "\n" + spelled(to_soh(bare), separator) + "\n" +
                               spelled(to_soh(bare), separator) + spelled(to_soh(masked), separator) + "\n");
    EXPECT_THAT(read.messages, ElementsAre(to_soh(masked), to_soh(bare), to_soh(bare), to_soh(masked))) << separator;
    EXPECT_THAT(read.check_sums, ElementsAre(true, false, false, true)) << separator;
    EXPECT_THAT(read.not_read, IsEmpty()) << separator;
  }
}

TEST(LogScan, ReadsLineEndsInValuesOfTheWireForm) {
  const std::string wire = framed(kHead + "58=one\ntwo\n8=FIX|");
  const std::string wrong = with_body_length(wire, "999");
  const auto read = read_log(wire + "\n" + wrong + "\nx " + wire);
  EXPECT_THAT(read.messages, ElementsAre(wire, wrong, wire));
  EXPECT_THAT(read.lines, ElementsAre(1U, 4U, 7U));
}

TEST(LogScan, KeepsASeparatorThatBelongsToTheValue) {
  const std::string wire =
      "8=FIXT.1.1\x01"
      "9=111\x01"
      "35=5\x01"
      "34=2\x01"
      "49=KalshiNR\x01"
      "52=20261104-15:30:10.921\x01"
      "56=3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e77\x01"
      "58=limit 5|max=3|code=7\x01"
      "10=212\x01";
  EXPECT_THAT(read_log("2026-11-29T02:02:39.016771Z debug [KalshiNR] < " + to_pipes(wire) + "\n").messages, ElementsAre(wire));
}

TEST(LogScan, UndoesTheEscapesOfOurOwnLog) {
  const std::string wire = framed(kHead + "58=a|11=b|");
  std::string value = wire;
  value[value.find(
      "\x01"
      "11=")] = '|';  // the separator is a part of Text(58) now
  std::string line = to_pipes(value);
  line.replace(line.find("58=a|") + 4, 1, "\\x7c");
  ASSERT_THAT(line, HasSubstr("58=a\\x7c11=b|"));
  EXPECT_THAT(read_log("[NR] < " + line + "\n").messages, ElementsAre(value));
  // Somebody else's backslashes stay what they are.
  const std::string theirs = framed(kHead + "58=C:\\x41\\x42|");
  EXPECT_THAT(read_log(to_pipes(theirs) + "\n").messages, ElementsAre(theirs));
}

TEST(LogScan, ReadsOurOwnLogBackWhole) {
  const std::string path = testing::TempDir() + "read_back_" + std::to_string(::getpid()) + ".log";
  std::vector<std::string> wires;
  {
    marginfix::LogOptions options;
    options.level = marginfix::LogLevel::debug;
    options.file = path;
    const auto sink = marginfix::make_spdlog_sink(options);
    for (const char* value : {"plain", "a pipe 5|max=3", "11=b", "back\\slash \\x41 \\\\", "\x1b[2K\a", "line\nend", "tab\tbed",
                              "refus\xc3\xa9 \xe2\x80\xa8 \xff", "ends with \\", "8=FIX.4.4 9=5 10=3"}) {
      for (const std::string& field : {std::string("58=") + value, "58=x|11=" + std::string(value)}) {
        const std::string open = std::string(
                                     "8=FIX.4.4\x01"
                                     "9=") +
                                 std::to_string(5 + field.size() + 1) +
                                 "\x01"
                                 "35=8\x01" +
                                 field + "\x01";
        unsigned sum = 0;
        for (const char c : open) sum += static_cast<unsigned char>(c);
        char digits[4];
        std::snprintf(digits, sizeof digits, "%03u", sum % 256);
        wires.push_back(open + "10=" + digits + "\x01");
        sink->log(marginfix::LogLevel::debug, "KalshiNR", "< " + wires.back());
      }
    }
    sink->flush();
  }
  std::ifstream file(path, std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(read_log(log).messages, wires);
  std::remove(path.c_str());
}

// In each form that we print with pipes.
TEST(LogScan, ReadsBackWhateverAMessageHolds) {
  const std::string path = testing::TempDir() + "any_" + std::to_string(::getpid()) + ".log";
  std::mt19937 random(15);
  std::vector<std::string> wires;
  std::string pipes;
  {
    const auto sink = marginfix::make_spdlog_sink({.level = marginfix::LogLevel::debug, .file = path, .queue_size = 5000});
    for (int i = 0; i < 2000; ++i) {
      wires.push_back(any_message(random));
      const std::string printed = marginfix::fix::to_pipe_form(wires.back());
      ASSERT_EQ(marginfix::fix::from_pipe_form(printed), wires.back()) << printed;
      pipes += "refused: " + printed + "\n";
      sink->log(marginfix::LogLevel::debug, "KalshiNR", "< " + wires.back());
    }
    sink->flush();
  }
  std::ifstream file(path, std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  std::remove(path.c_str());
  for (const std::string& text : {pipes, log}) {
    EXPECT_EQ(std::ranges::count(text, '\n'), 2000) << "one line each";
    const auto read = read_log(text);
    EXPECT_THAT(read.not_read, IsEmpty());
    ASSERT_EQ(read.messages.size(), wires.size());
    for (std::size_t i = 0; i < wires.size(); ++i) ASSERT_EQ(read.messages[i], wires[i]) << i;
    EXPECT_EQ(read_log(text, 1000), read);
  }
}

// Bytes that stand as they are lead by BodyLength(9) to a CheckSum(10) inside the data: only the whole is what was meant.
TEST(LogScan, PrefersTheMessageThatWasMeant) {
  for (int inside = 0; inside < 256; ++inside) {
    char sum[4];
    std::snprintf(sum, sizeof sum, "%03d", inside);
    // Three bytes more a '|': those of the second lead into the data, where its "10=" stands.
    const std::string data = std::string(
                                 "x\x01"
                                 "10=") +
                             sum +
                             "\x01"
                             "a";
    std::string wire = framed(kHead + "58=__|354=" + std::to_string(data.size()) + "|355=" + data + "|");
    wire.replace(wire.find("58=__") + 3, 2, "||");
    wire.replace(wire.size() - 4, 3, golden_detail::check_sum(wire).substr(0, 3));
    EXPECT_THAT(read_log(marginfix::fix::to_pipe_form(wire) + "\n").messages, ElementsAre(wire)) << inside;
  }
}

TEST(LogScan, LeavesTheBackslashesOfOtherLogsAlone) {
  const std::string theirs = framed(kHead + "58=C:\\x41\\x0a|");
  for (const std::string& end : {std::string("\n"), std::string(), "\n" + theirs + "\n"})
    EXPECT_EQ(read_log("20261122-12:00:00.000000000 : " + theirs + end).messages.front(), theirs);
  const std::string two_lines = framed(kHead + "58=C:\\x41\nD:\\x42|");
  EXPECT_THAT(read_log(two_lines + "\n" + two_lines).messages, ElementsAre(two_lines, two_lines));
}

TEST(LogScan, TellsWhatItCannotCut) {
  const auto read = read_log("x\n1: 8=FIX.4.4~~9=5~~35=0~~10=000~~\n2: 8=FIX.4.4|9\nwe speak 8=FIXT.1.1 here\n8=FIX\n3: 8=FIX.4.4|");
  EXPECT_THAT(read.messages, IsEmpty());
  EXPECT_THAT(read.not_read, ElementsAre(HasSubstr("line 2, byte 5: not read: what stands between BeginString(8) and BodyLength(9)"),
                                         "line 3, byte 39: not read: it ends before its second field",
                                         "line 6, byte 85: not read: it ends before its second field"));
}

TEST(LogScan, TellsOfAMessageThatIsTooLongAndGoesOn) {
  const std::string good = framed(kHead + "58=good|");
  const std::string much(std::size_t{3} << 20U, 'x');
  for (const std::string& separator : {std::string("\x01"), std::string("|"), std::string("^A")}) {
    const auto read = read_log(good + "\n" + spelled(framed(kHead + "58=" + much + "|"), separator) + "\n" + good, 65536);
    EXPECT_THAT(read.messages, ElementsAre(good, good)) << separator;
    EXPECT_THAT(read.not_read,
                ElementsAre(HasSubstr("line 2, byte " + std::to_string(good.size() + 1) + ": not read: the message is longer")));
    EXPECT_THAT(read.lines, ElementsAre(1U, 3U));
  }
  const std::string long_text(1000000, 'y');
  const std::string just = framed(kHead + "58=" + long_text + "|");
  EXPECT_THAT(read_log(just + just, 4096).messages, ElementsAre(just, just));
}

TEST(LogScan, ReadsTheSameInPiecesOfAnySize) {
  std::string log = "8=FIX\n8=FIX.4.4~~9=5~~\n";
  for (const std::string& separator : kSeparators)
    for (const char* value : {"plain", "FIX.4.4", "8=FIX.4.4 text", "with | pipe"})
      log += "12:00:01.5 : " + spelled(framed(kHead + "58=" + value + "|"), separator) + "\n";
  for (const Golden& golden : load_goldens()) log += golden.wire;
  const std::string data = framed(kHead + "95=600|96=" + std::string(300, 'a') + "|58=no field|" + std::string(287, 'b') + "|58=text|");
  log += data + with_body_length(data, "7") + spelled(with_body_length(data, "7"), "|") + "\n";
  log +=
      "8=FIX.4.4\x01"
      "9=99\x01"
      "35=0\x01"
      "8=FIX.4.4|9=7|35=0|";
  const ReadLog whole = read_log(log);
  EXPECT_GT(whole.messages.size(), 250U);
  EXPECT_THAT(whole.not_read, SizeIs(1));
  for (const std::size_t piece : {1U, 2U, 7U, 64U, 1000U, 65536U}) EXPECT_EQ(read_log(log, piece), whole) << piece;
}

// `tail -f` of a log: nothing has to follow a message for it to be shown.
TEST(LogScan, ShowsAMessageAsSoonAsItIsThere) {
  const std::string wire = framed(kHead + "58=text|");
  const auto seen = [](std::string_view log) {
    marginfix::fix::LogScanner scanner([](const marginfix::fix::LogMessage&) {});
    scanner.feed(log);
    return scanner.messages();
  };
  EXPECT_EQ(seen(wire), 1U);
  for (const std::string& separator : kSeparators) {
    EXPECT_EQ(seen("10:00:00.1 : " + spelled(wire, separator) + "\n"), 1U) << separator;
    EXPECT_EQ(seen(spelled(with_body_length(wire, "7"), separator) + "\r\n"), 1U) << separator;
  }
  EXPECT_EQ(seen(wire.substr(0, wire.size() - 1)), 0U) << "another digit may come";
}

TEST(LogScan, ReadsTheGoldenMessagesOfAStreamWithoutLineEnds) {
  std::string stream;
  std::vector<std::string> wires;
  for (const Golden& golden : load_goldens()) stream += wires.emplace_back(golden.wire);
  EXPECT_EQ(read_log(stream).messages, wires);
}

// Time must not grow with the square: each of these took minutes when it did.
TEST(LogScan, TakesTimeInProportionToTheLog) {
  const std::string message = framed(kHead + "58=text|");
  const auto repeated = [](const std::string& part, std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) out += part;
    return out;
  };
  constexpr std::size_t kBytes = 1'000'000;
  for (const std::string& part : {message, to_pipes(message),
                                  std::string("8=FIX.4.4\x01"
                                              "9=9999\x01"
                                              "35=8\x01"),
                                  std::string("8=FIX.4.4|9=9999|35=8|"),
                                  std::string("58=8=FIX.4.4\x01"
                                              "9=1\x01"),
                                  std::string("58=8=FIX.4.4|9=1|"),
                                  std::string("8=FIX.4.4\x01"
                                              "9=1\x01"
                                              "\n\n\n"),
                                  std::string("8=FIX.4.4^A9=1^A"), std::string("8=FIX.4.4~~9=1"), std::string("8=FIX"),
                                  std::string("8=FIX.4.4\x01"
                                              "9=1\x01"
                                              "10=1\x01"
                                              "1=1\x01"),
                                  std::string("\\x7c"), std::string("8=FIX.4.4|9=1|58=\\x7c\\|"), std::string("8=FIX.4.4 9=1 ")}) {
    const std::string log = repeated(part, kBytes);
    const auto start = std::chrono::steady_clock::now();
    (void)read_log(log, 65536);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << to_pipes(part);
  }
}

TEST(LogScan, SurvivesAnyBytes) {
  const std::string seed =
      framed(kHead + "212=9|213=8=FIX.4.4|58=a|") + "\n" + to_pipes(framed(kHead + "58=\\x7c|")) + "\n8=FIX.4.4^A9=5^A35=0^A10=1^A";
  std::mt19937 random(14);
  for (int round = 0; round < 3000; ++round) {
    std::string log = seed;
    for (int edits = 0; edits < 4; ++edits) {
      const std::size_t at = random() % log.size();
      if (random() % 3 == 0)
        log.erase(at, random() % 9);
      else
        log[at] = "\x01|8=9FIX.10\n^A\\x\0"[random() % 18];
      if (log.empty()) log = "8";
    }
    EXPECT_EQ(read_log(log, 5), read_log(log)) << to_pipes(log);
  }
}

}  // namespace
}  // namespace marginfix_tests
