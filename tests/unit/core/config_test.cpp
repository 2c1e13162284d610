// QuickFIX .cfg text: what is read, and the exact words of every mistake.
#include "marginfix/core/config.hpp"

#include <gtest/gtest.h>

#include <map>

#include "support/temp_folder.hpp"

namespace marginfix {
namespace {

VariableLookup variables(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

CfgFile read(std::string_view text) { return CfgFile::parse(text, "a.cfg", variables({{"KEY", "k-1"}, {"PEM", "a\nb${KEY}"}})).value(); }
std::string mistake(std::string_view text) {
  const auto file = CfgFile::parse(text, "a.cfg", variables({}));
  if (file) return "accepted";
  EXPECT_EQ(file.error().category, ErrorCategory::config);
  return file.error().message;
}

TEST(CfgFile, readsDefaultsAndSessionsWithTheirLines) {
  const auto file = read(
      "# comment\r\n"
      "[DEFAULT]\r\n"
      "ConnectionType=initiator\r\n"
      "\r\n"
      "  HeartBtInt =  30  \r\n"
      "[SESSION]\n"
      "TargetCompID=KalshiNR\n"
      "; another comment\n"
      "HeartBtInt=10\n"
      "[SESSION]\n"
      "TargetCompID = KalshiRT");
  ASSERT_EQ(file.sessions.size(), 2U);
  EXPECT_EQ(file.defaults.line, 2);
  EXPECT_EQ(file.sessions[1].line, 10);
  const auto* heartbeat = file.defaults.find("HeartBtInt");
  ASSERT_NE(heartbeat, nullptr);
  EXPECT_EQ(heartbeat->value, "30");
  EXPECT_EQ(heartbeat->line, 5);
  EXPECT_EQ(heartbeat->file, "a.cfg");
  EXPECT_EQ(file.find(file.sessions[0], "HeartBtInt")->value, "10");
  EXPECT_EQ(file.find(file.sessions[1], "HeartBtInt")->value, "30");
  EXPECT_EQ(file.find(file.sessions[1], "TargetCompID")->line, 11);
  EXPECT_EQ(file.find(file.sessions[1], "None"), nullptr);
}

TEST(CfgFile, keepsSpellingAndFindsKeysInAnyCase) {
  const auto file = read("[default]\nSocketConnectHost=h\n[Session]\n");
  EXPECT_EQ(file.defaults.find("socketconnecthost")->key, "SocketConnectHost");
  EXPECT_EQ(file.sessions.size(), 1U);
}

TEST(CfgFile, takesDefaultsAfterSessionsAByteOrderMarkAndSignsInsideValues) {
  const auto file = read("\xEF\xBB\xBF[SESSION]\nA=b=c # d;e\nEmpty=\n[DEFAULT]\nB= 1\n");
  EXPECT_EQ(file.sessions[0].find("A")->value, "b=c # d;e");
  EXPECT_EQ(file.sessions[0].find("Empty")->value, "");
  EXPECT_EQ(file.defaults.find("B")->value, "1");
}

TEST(CfgFile, nothingIsAnEmptyFile) {
  for (const char* text : {"", "\n\n", "# only a comment", "\xEF\xBB\xBF"}) {
    const auto file = read(text);
    EXPECT_TRUE(file.sessions.empty());
    EXPECT_EQ(file.defaults.line, 0);
  }
}

TEST(CfgFile, putsInVariablesOnceAndAsTheyAre) {
  const auto file = read("[DEFAULT]\nA=${KEY}\nB=x-${KEY}-${KEY}.y\nC=${PEM}\nD=$${KEY}\nE=$5 $ {KEY}\nF=$$${KEY}${KEY}\n");
  EXPECT_EQ(file.defaults.find("A")->value, "k-1");
  EXPECT_EQ(file.defaults.find("B")->value, "x-k-1-k-1.y");
  EXPECT_EQ(file.defaults.find("C")->value, "a\nb${KEY}");
  EXPECT_EQ(file.defaults.find("D")->value, "${KEY}");
  EXPECT_EQ(file.defaults.find("E")->value, "$5 $ {KEY}");
  EXPECT_EQ(file.defaults.find("F")->value, "$${KEY}k-1");
  EXPECT_TRUE(file.defaults.find("A")->substituted);
  EXPECT_FALSE(file.defaults.find("D")->substituted);
}

TEST(CfgFile, namesFileLineAndMendOfEveryMistake) {
  EXPECT_EQ(mistake("A=1\n"), "a.cfg:1: key A stands before any section: begin with [DEFAULT] or [SESSION]");
  EXPECT_EQ(mistake("[DEFAULT]\n\nhello\n"), "a.cfg:3: 'hello' is no Key=value line; comments begin with '#'");
  EXPECT_EQ(mistake("[DEFAULT]\n=1\n"), "a.cfg:2: no key before '='");
  EXPECT_EQ(mistake("[SESION]\n"), "a.cfg:1: unknown section [SESION]: use [DEFAULT] or [SESSION]");
  EXPECT_EQ(mistake("[SESSION\n"), "a.cfg:1: section head '[SESSION' has no closing ']'");
  EXPECT_EQ(mistake("[DEFAULT]\n[SESSION]\n[DEFAULT]\n"),
            "a.cfg:3: a second [DEFAULT] (the first is at line 1): put all defaults into one");
  EXPECT_EQ(mistake("[SESSION]\nA=1\nB=2\na=3\n"), "a.cfg:4: key a again in the same [SESSION] (first at line 2): keep one");
  EXPECT_EQ(mistake("[SESSION]\r\nA=${NONE}\r\n"),
            "a.cfg:2: environment variable NONE for A is not set: export it or write the value here");
  EXPECT_EQ(mistake("[SESSION]\nA=${NONE\n"), "a.cfg:2: '${' without '}' in the value of A");
  EXPECT_EQ(mistake("[SESSION]\nA=${}\n"), "a.cfg:2: '${}' in the value of A is no variable name");
  EXPECT_EQ(mistake("[SESSION]\nA=${a b}\n"), "a.cfg:2: '${a b}' in the value of A is no variable name");
}

TEST(CfgFile, tellsEveryMistakeInOneRun) {
  EXPECT_EQ(mistake("[DEFAULT] # all\nhello\nA=1\na=2\n[SESION]\nB=1\nB=2\n[SESSION]x\nC=${NONE}\n"),
            "a.cfg:1: nothing may follow ']': '# all' goes on a line of its own\n"
            "a.cfg:2: 'hello' is no Key=value line; comments begin with '#'\n"
            "a.cfg:4: key a again in the same [DEFAULT] (first at line 3): keep one\n"
            "a.cfg:5: unknown section [SESION]: use [DEFAULT] or [SESSION]\n"
            "a.cfg:8: nothing may follow ']': 'x' goes on a line of its own\n"
            "a.cfg:9: environment variable NONE for C is not set: export it or write the value here");
  EXPECT_EQ(mistake("A=1\nB=2\n"), "a.cfg:1: key A stands before any section: begin with [DEFAULT] or [SESSION]");
}

TEST(CfgFile, namesUtf16AndOtherFilesThatAreNoText) {
  using namespace std::string_literals;
  for (const std::string& text : {"\xFF\xFE[\0D\0"s, "\xFE\xFF\0[\0D"s, "[\0D\0E\0F\0"s, "[DEFAULT]\nA=\0\n"s})
    EXPECT_EQ(mistake(text), "a.cfg:1: is UTF-16 text, or no text at all (it holds NUL bytes): save it as UTF-8");
}

// A key pasted where one line is wanted, whole, cut or without its first line: said once, and no byte of it shown.
TEST(CfgFile, noLineOfAPastedKeyIsShown) {
  const std::string line(64, 'Q'), last = "uI9zWQ==";
  const std::string body = line + "\n" + line + "\n" + last + "\n";
  const std::string begin = "-----BEGIN PRIVATE KEY-----\n", end = "-----END PRIVATE KEY-----\n";
  for (const std::string& text : {"KalshiPrivateKey=" + begin + body + end, begin + body + end, "KalshiPrivateKey=" + begin + body, body}) {
    const std::string said = mistake("[DEFAULT]\n" + text + "[SESSION]\n");
    EXPECT_NE(said.find("KalshiPrivateKeyPath"), std::string::npos) << said;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
    EXPECT_EQ(said.find("QQQQ"), std::string::npos) << said;
    EXPECT_EQ(said.find("uI9z"), std::string::npos) << said;
  }
}

TEST(CfgFile, isFoundUnderHome) {
  const test::TempFolder folder;
  folder.write("x.cfg", "[SESSION]\nA=1\n");
  EXPECT_TRUE(CfgFile::load("~/x.cfg", variables({{"HOME", folder.path()}})));
  EXPECT_FALSE(CfgFile::load("~/x.cfg", variables({})));
}

TEST(CfgFile, sameKeyInTwoSessionsIsNoMistake) { EXPECT_EQ(mistake("[DEFAULT]\nA=0\n[SESSION]\nA=1\n[SESSION]\nA=2\n"), "accepted"); }

TEST(CfgFile, loadsFilesAndSaysWhichItCannot) {
  const test::TempFolder folder;
  const auto path = folder.write("x.cfg", "[SESSION]\nA=1\nB\n");
  EXPECT_EQ(CfgFile::load(path, variables({})).error().message, path + ":3: 'B' is no Key=value line; comments begin with '#'");
  EXPECT_EQ(CfgFile::load(folder.path("none.cfg")).error().message,
            "cannot read the configuration file '" + folder.path("none.cfg") + "': check path and rights");
  EXPECT_FALSE(CfgFile::load(folder.path()));
  EXPECT_EQ(CfgFile::load(folder.write("y.cfg", "[SESSION]\nA=1")).value().sessions.at(0).find("A")->value, "1");
  EXPECT_TRUE(CfgFile::load(folder.write("empty.cfg", "")));
}

CfgValue value(std::string key, std::string text) { return {std::move(key), std::move(text), "a.cfg", 7, false}; }

TEST(CfgValue, isReadAsBoolOrNumber) {
  EXPECT_TRUE(cfg_bool(value("A", "Y")).value());
  EXPECT_FALSE(cfg_bool(value("A", "n")).value());
  EXPECT_EQ(cfg_bool(value("A", "yes")).error().message, "a.cfg:7: A=yes: must be Y or N");
  EXPECT_EQ(cfg_int(value("A", "-5"), -10, 10).value(), -5);
  for (const char* text : {"", "11", "5x", "x", "1.5", " 1", "99999999999999999999"}) {
    EXPECT_EQ(cfg_int(value("A", text), 0, 10).error().message,
              "a.cfg:7: A=" + std::string(text) + ": must be a whole number from 0 to 10");
  }
}

TEST(CfgValue, secretsStayOutOfMessages) {
  auto from_environment = value("HeartBtInt", "s3cret");
  from_environment.substituted = true;
  EXPECT_EQ(cfg_error(from_environment, "wrong").message, "a.cfg:7: HeartBtInt: wrong");
  EXPECT_EQ(cfg_error(value("KalshiPrivateKeyPassphrase", "s3cret"), "wrong").message, "a.cfg:7: KalshiPrivateKeyPassphrase: wrong");
  EXPECT_EQ(cfg_error(value("KalshiPrivateKeyPath", "k.pem"), "wrong").message, "a.cfg:7: KalshiPrivateKeyPath=k.pem: wrong");
}

}  // namespace
}  // namespace marginfix
