// What people give the program: .cfg files and their keys, options that contradict each other, words that are no commands; and what a
// WebSocket that is refused says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <memory>
#include <sstream>

#include "integration/apps/program.hpp"
#include "sim/keys/keys.hpp"
#include "sim/simulator.hpp"
#include "support/scripted_http_server.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A simulated exchange, and .cfg files that lead to it.
class CfgFiles : public ::testing::Test {
 protected:
  CfgFiles() {
    sim::SimulatorOptions options;
    options.dir = folder_.path("exchange");
    options.past = false;
    options.quiet = true;
    simulator_ = std::make_unique<sim::Simulator>(options);
    simulator_->start().value();
  }
  std::string cfg(const std::string& defaults) const {
    const auto& doors = simulator_->endpoints();
    std::string text = "[DEFAULT]\nConnectionType=initiator\nSocketConnectHost=127.0.0.1\nCertificationAuthoritiesFile=" +
                       simulator_->path(doors.ca_file) + "\nSenderCompID=" + doors.find("alice")->key_id +
                       "\nKalshiPrivateKeyPath=" + simulator_->path(doors.find("alice")->private_key_path) + "\n" + defaults;
    const std::pair<const char*, int> sessions[] = {
        {"KalshiNR", doors.ports.nr}, {"KalshiDC", doors.ports.dc}, {"KalshiMD", doors.ports.md}};
    for (const auto& [name, port] : sessions)
      text += std::string("[SESSION]\nTargetCompID=") + name + "\nSocketConnectPort=" + std::to_string(port) + "\n";
    return folder_.write("a.cfg", text);
  }
  // Every command that takes a .cfg.
  static std::vector<std::vector<std::string>> commands() {
    return {{"fix", "--session", "NR"},
            {"md", "--symbol", "KXLTCPERP", "--seconds", "1"},
            {"dropcopy", "--from", "0;0"},
            {"check", "--only", "fix"}};
  }
  Outcome run_with(std::vector<std::string> words, const std::string& file) const {
    if (words[0] == "check") words.resize(1);  // a .cfg is about FIX only
    words.insert(words.end(), {"--cfg", file});
    return run(words, "quit\n");
  }

  const marginfix::test::TempFolder folder_;
  std::unique_ptr<sim::Simulator> simulator_;
};

TEST_F(CfgFiles, FileLogPathHoldsInEveryCommand) {
  for (const auto& words : commands()) {
    const std::string logs = folder_.path("logs-" + words[0]);
    const auto r = run_with(words, cfg("FileLogPath=" + logs + "\n"));
    EXPECT_EQ(r.exit_code, 0) << words[0] << r.out << r.err;
    const std::string log = marginfix::test::TempFolder::read(logs + "/marginfix.log");
    EXPECT_THAT(log, AllOf(HasSubstr("35=A|"), HasSubstr("96=***"), HasSubstr("35=5|"))) << words[0];
  }
}

TEST_F(CfgFiles, FileLogPathWritesMessageFilesThatDecodeReads) {
  const std::string logs = folder_.path("files");
  const auto r = run_with(commands().front(), cfg("FileLogPath=" + logs + "\nFileLogHeartbeats=N\n"));
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(logs)) {
    if (entry.path().string().find(".messages.current.log") == std::string::npos) continue;
    ++files;
    const auto decoded = run({"decode", "--one-line", entry.path().string()});
    EXPECT_EQ(decoded.exit_code, 0) << decoded.err;
    EXPECT_THAT(decoded.out, AllOf(HasSubstr(" Logon MsgSeqNum=1|"), HasSubstr(" Logout "), HasSubstr("RawData=***")));
  }
  EXPECT_GT(files, 0U);
}

TEST_F(CfgFiles, LogKeysWithoutAFileLogToStandardErrorAndNoneOfThemIsSilence) {
  for (const auto& words : commands()) {
    const auto told = run_with(words, cfg("LogMessages=Y\n"));
    EXPECT_THAT(told.err, HasSubstr("35=A|")) << words[0];
    EXPECT_THAT(told.out, Not(HasSubstr("35=A|34="))) << words[0];
    const auto silent = run_with(words, cfg(""));
    EXPECT_THAT(without_news(silent.err), IsEmpty()) << words[0];
  }
}

TEST_F(CfgFiles, KeysWithoutEffectAreToldByEveryCommand) {
  for (const auto& words : commands()) {
    const auto r = run_with(words, cfg("Weekdays=Mon\n"));
    EXPECT_EQ(r.exit_code, 0) << words[0] << r.err;
    EXPECT_THAT(r.out + r.err, AllOf(HasSubstr("Weekdays"), HasSubstr("around the clock"))) << words[0];
  }
}

TEST_F(CfgFiles, EveryMistakeIsALineOfItsOwn) {
  for (const auto& words : commands()) {
    const auto r = run_with(words, cfg("SocketKeyStore=a.jks\nHeartBtInt=0\n"));
    EXPECT_EQ(r.exit_code, 1);
    const auto lines = lines_in(r.err);
    ASSERT_EQ(lines.size(), 2U) << r.err;
    EXPECT_THAT(lines[0], AllOf(StartsWith("marginfix: "), HasSubstr("a.cfg:7: SocketKeyStore=a.jks: is refused: a Java key store")));
    EXPECT_THAT(lines[1], AllOf(StartsWith("marginfix: "), HasSubstr("a.cfg:8: HeartBtInt=0")));
  }
}

TEST_F(CfgFiles, AnotherExchangeBesideThemIsRefused) {
  const std::string file = cfg(""), endpoints = simulator_->path("endpoints.json");
  for (const auto& words : commands()) {
    if (words[0] == "check") continue;  // below
    for (const std::vector<std::string>& other :
         {std::vector<std::string>{"--endpoints", endpoints}, {"--env", "demo"}, {"--account", "bob"}}) {
      auto both = words;
      both.insert(both.end(), other.begin(), other.end());
      const auto r = run_with(both, file);
      EXPECT_EQ(r.exit_code, 1) << words[0];
      EXPECT_THAT(r.err, AllOf(HasSubstr("--cfg"), HasSubstr(other[0]))) << words[0];
    }
  }
  for (const std::vector<std::string>& other : {std::vector<std::string>{"--endpoints", endpoints}, {"--env", "demo"}}) {
    std::vector<std::string> check{"check", "--cfg", file};
    check.insert(check.end(), other.begin(), other.end());
    const auto r = run(check);
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_THAT(r.err, HasSubstr("give one of them"));
  }
}

TEST(Options, ThatNameAnExchangeAreRefusedWhereNoneIsConnectedTo) {
  const marginfix::test::TempFolder folder;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"sim", "--dir", folder.path("x")}, {"demo"}, {"decode", "/dev/null"}}) {
    for (const std::vector<std::string>& other : {std::vector<std::string>{"--endpoints", "x"}, {"--env", "demo"}, {"--account", "a"}}) {
      auto both = words;
      both.insert(both.end(), other.begin(), other.end());
      const auto r = run(both);
      EXPECT_EQ(r.exit_code, 1) << words[0];
      EXPECT_THAT(r.err, AllOf(HasSubstr(other[0]), HasSubstr("connects to none"))) << words[0];
      EXPECT_THAT(r.out, IsEmpty());
    }
  }
}

// ---- words ----------------------------------------------------------------------------------------------------------------------

TEST(Words, ThatAreNoCommandDrawTheNearest) {
  EXPECT_THAT(run({"chek"}).err, HasSubstr("no command \"chek\"; did you mean check?"));
  EXPECT_THAT(run({"--json", "dropcpy"}).err, HasSubstr("did you mean dropcopy?"));
  EXPECT_THAT(run({"foo"}).err, AllOf(HasSubstr("no command \"foo\""), HasSubstr("--help")));
  EXPECT_EQ(run({"foo"}).exit_code, 1);
}

TEST(Words, HelpAndVersionAreUnderstood) {
  const std::string help = run({"--help"}).out;
  EXPECT_EQ(run({"help"}).out, help);
  EXPECT_EQ(run({"help", "md"}).out, run({"md", "--help"}).out);
  const auto version = run({"--version"});
  EXPECT_THAT(version.out, StartsWith("marginfix "));
  for (const char* form : {"-V", "version"}) EXPECT_EQ(run({form}).out, version.out) << form;
}

TEST(Words, HelpOfEveryCommandNamesTheGlobalOptions) {
  for (const char* command : {"sim", "demo", "fix", "md", "dropcopy", "decode", "ws", "check", "rest", "klear"}) {
    const auto r = run({command, "--help"});
    EXPECT_EQ(r.exit_code, 0) << command;
    EXPECT_THAT(r.out, AllOf(HasSubstr("--endpoints"), HasSubstr("--env"), HasSubstr("--json"))) << command;
  }
}

// ---- machine output ---------------------------------------------------------------------------------------------------------------

// What it prints with --json, line by line, and that all of it is equal.
void expect_story_of_objects(const std::vector<std::string>& arguments, int reckonings_told) {
  const auto r = run(arguments);
  EXPECT_EQ(r.exit_code, 0) << r.err;
  int checks = 0, reckonings = 0;
  for (const std::string& line : lines_in(r.out)) {
    const auto object = boost::json::parse(line).as_object();
    checks += object.contains("check") ? 1 : 0;
    if (!object.contains("reckoning")) continue;
    ++reckonings;
    EXPECT_TRUE(object.at("equal").as_bool()) << line;
    EXPECT_GE(object.at("values").as_object().size(), 4U) << line;
  }
  EXPECT_GE(checks, 10);
  EXPECT_EQ(reckonings, reckonings_told);
  EXPECT_THAT(lines_in(r.out).back(), StartsWith(R"({"all_equal":true,"seconds":)"));
}

TEST(MachineOutput, OfTheDemoIsOneObjectALineAndTheReckoning) { expect_story_of_objects({"demo", "--json"}, 4); }
TEST(MachineOutput, OfTheDemoThroughTheGatewayLikewise) { expect_story_of_objects({"demo", "--through", "gateway", "--json"}, 5); }

TEST(MachineOutput, OfTheSimulatorIsOneLineWhenEveryDoorIsOpen) {
  const marginfix::test::TempFolder folder;
  Running sim({"sim", "--json", "--dir", folder.path("x"), "--config", folder.write("sim.conf", "past = no\nquiet = yes\n")});
  const std::string out = sim.wait_for("\n");
  EXPECT_EQ(lines_in(out).size(), 1U) << out;
  EXPECT_EQ(boost::json::parse(out).at("ready"), boost::json::parse(marginfix::test::TempFolder::read(folder.path("x/endpoints.json"))));
}

TEST_F(CfgFiles, TheConsoleAnswersItsOwnCommandsInJsonToo) {
  const auto r = run({"fix", "--json", "--session", "NR", "--endpoints", simulator_->path("endpoints.json")},
                     "new buy KXLTCPERP 1 3.8000 id=m-1\nhelp\nstatus\norders\nquit\n");
  EXPECT_EQ(r.exit_code, 0) << r.err;
  for (const std::string& line : lines_in(r.out)) EXPECT_NO_THROW((void)boost::json::parse(line)) << line;
  EXPECT_THAT(r.out, HasSubstr(R"({"session":"KalshiNR","status":"active")"));
}

// ---- orders worked by hand ----------------------------------------------------------------------------------------------------------

TEST_F(CfgFiles, AnOrderIsWorkedUnderAnyNameItHasHad) {
  const std::string endpoints = simulator_->path("endpoints.json");
  Running console({"fix", "--session", "NR", "--endpoints", endpoints}, true);
  console.type("new buy KXLTCPERP 5 3.9 id=d1\n");
  console.wait_for("New");
  console.type("amend d1 price=3.8\n");
  console.wait_for("Replaced");
  console.type("amend d1 qty=4\n");
  console.wait_for("buy 4.00 KXLTCPERP");
  console.type("orders\n");
  EXPECT_THAT(console.wait_for("d1 (now "), HasSubstr("buy 4.00 KXLTCPERP @ 3.8000  New"));
  console.type("cancel d1\n");
  console.wait_for("Canceled");
  console.type("orders\nquit\n");
  const auto r = console.wait();
  const auto lines = lines_in(r.out);
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.starts_with("d1") && line.ends_with("  Canceled"); }),
            1)
      << r.out;
  EXPECT_EQ(r.exit_code, 0) << r.err;
}

TEST_F(CfgFiles, TheConsoleKnowsWhatOtherDoorsDoToOrders) {
  const std::string endpoints = simulator_->path("endpoints.json");
  const auto rest = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "rest");
    words.insert(words.end(), {"--endpoints", endpoints});
    return run(words);
  };
  Running console({"fix", "--endpoints", endpoints}, true);  // with the listener
  console.wait_for("ready");
  const auto placed = rest({"orders", "create", "--ticker", "KXLTCPERP", "--client-order-id", "r1", "--side", "bid", "--count", "3",
                            "--price", "3.5", "--time-in-force", "good_till_canceled", "--self-trade-prevention-type", "taker_at_cross"});
  ASSERT_EQ(placed.exit_code, 0) << placed.err;
  console.wait_for("heard ");
  console.type("orders\n");
  console.wait_for("r1 buy 3.00 KXLTCPERP @ 3.5000  New\n");
  const std::string order_id(boost::json::parse(placed.out).at("order_id").as_string());
  ASSERT_EQ(rest({"orders", "cancel", "--order-id", order_id}).exit_code, 0);
  console.wait_for("Canceled");
  console.type("orders\nquit\n");
  const auto r = console.wait();
  EXPECT_THAT(lines_in(r.out), Contains(AllOf(StartsWith("r1 "), HasSubstr("buy 3.00 KXLTCPERP"), testing::EndsWith("  Canceled"))));
  EXPECT_EQ(r.exit_code, 0) << r.err;
}

// ---- the simulator's ports ------------------------------------------------------------------------------------------------------------

TEST(SimulatorPorts, AreKeptByAFolderAndChosenAnewWhereSomebodyElseHasThem) {
  const marginfix::test::TempFolder folder;
  const std::string endpoints = folder.path("x/endpoints.json");
  const auto start = [&] {
    sim::SimulatorOptions options;
    options.dir = folder.path("x");
    options.quiet = true;
    options.past = false;
    auto simulator = std::make_unique<sim::Simulator>(options);
    simulator->start().value();
    return simulator;
  };
  auto first = start();
  EXPECT_THAT(first->notes(), IsEmpty());
  const std::string before = marginfix::test::TempFolder::read(endpoints);
  first->kill();
  auto second = start();
  EXPECT_EQ(marginfix::test::TempFolder::read(endpoints), before);
  const auto nr = second->endpoints().ports.nr;
  second.reset();
  marginfix::test::ScriptedHttpServer thief([](const marginfix::test::SeenRequest&) { return marginfix::test::http_answer(200, "{}"); });
  // What the folder remembers for KalshiNR is somebody else's now.
  const std::string ports = folder.path("x/ports.conf");
  std::string text = marginfix::test::TempFolder::read(ports);
  const std::string old = "port_nr = " + std::to_string(nr), taken = "port_nr = " + std::to_string(thief.port());
  text.replace(text.find(old), old.size(), taken);
  folder.write("x/ports.conf", text);
  const auto third = start();
  ASSERT_EQ(third->notes().size(), 1U);
  EXPECT_THAT(third->notes().front(), AllOf(HasSubstr(std::to_string(thief.port())), HasSubstr("KalshiNR"), HasSubstr("another process")));
  EXPECT_NE(third->endpoints().ports.nr, thief.port());
  EXPECT_EQ(third->endpoints().ports.rt, boost::json::parse(before).at("fix").at("KalshiRT").as_int64());
}

// ---- refused WebSockets -----------------------------------------------------------------------------------------------------------------

TEST(RefusedWebSocket, SaysWhatTheBodySaysInEveryCommand) {
  struct Case {
    int status;
    const char* body;
    const char* more;
    std::vector<std::string> says;
  };
  const Case cases[] = {{401,
                         R"({"error":{"code":"header_timestamp_expired","message":"timestamp too old"}})",
                         "",
                         {"HTTP 401", "header_timestamp_expired", "timestamp too old"}},
                        {401, R"({"code":"NOT_FOUND","message":"unknown key"})", "", {"HTTP 401", "NOT_FOUND", "unknown key"}},
                        {403, "<html>blocked</html>", "", {"HTTP 403"}},
                        {302, "", "Location: https://elsewhere.example/login\r\n", {"HTTP 302", "https://elsewhere.example/login"}},
                        {503, R"({"msg":"maintenance"})", "Retry-After: 3600\r\n", {"HTTP 503", "maintenance"}}};
  const marginfix::test::TempFolder folder;
  const auto keys = sim::ensure_api_keys(folder.path(), {"alice"}).value();
  for (const Case& c : cases) {
    marginfix::test::ScriptedHttpServer server(
        [&](const marginfix::test::SeenRequest&) { return marginfix::test::http_answer(c.status, c.body, "application/json", c.more); });
    const std::string endpoints = folder.write(
        "endpoints.json",
        R"({"ws":"ws)" + server.origin().substr(4) +
            R"(/trade-api/ws/v2/margin","accounts":[{"name":"alice","key_id":"3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e77","private_key_path":")" +
            keys.at(0).private_key_path + R"("}]})");
    for (const std::vector<std::string>& words : {std::vector<std::string>{"ws", "--channel", "ticker", "--seconds", "1"},
                                                  {"md", "--over", "ws", "--symbol", "A", "--wait", "1"},
                                                  {"check", "--only", "ws"}}) {
      auto all = words;
      all.insert(all.end(), {"--endpoints", endpoints});
      const auto r = run(all);
      for (const std::string& what : c.says) EXPECT_THAT(r.out + r.err, HasSubstr(what)) << words[0] << ' ' << c.status;
    }
  }
}

// ---- keys -------------------------------------------------------------------------------------------------------------------------------

// Every form is in the tests of the signer; here the ways a key goes in.
TEST_F(CfgFiles, AKeyAsAContainerHandsItOverIsTakenByEveryDoor) {
  const auto& doors = simulator_->endpoints();
  std::string one_line = marginfix::test::TempFolder::read(simulator_->path(doors.find("alice")->private_key_path));
  for (auto at = one_line.find('\n'); at != std::string::npos; at = one_line.find('\n', at)) one_line.replace(at, 1, "\\n");
  const std::string quoted = '"' + one_line + '"';
  std::string text = marginfix::test::TempFolder::read(cfg(""));
  const auto key = text.find("KalshiPrivateKeyPath=");
  text.replace(key, text.find('\n', key) - key, "KalshiPrivateKey=${THE_KEY}");
  const std::string file = folder_.write("text.cfg", text);
  const auto fix = run({"check", "--cfg", file}, {}, {"THE_KEY=" + quoted});
  EXPECT_EQ(fix.exit_code, 0) << fix.out << fix.err;
  const auto path = run({"check", "--cfg", file}, {}, {"THE_KEY=" + simulator_->path(doors.find("alice")->private_key_path)});
  EXPECT_EQ(path.exit_code, 1);
  EXPECT_THAT(path.out, HasSubstr("path of a file, where the key's text belongs"));
  const std::vector<std::string> environment = {"KALSHI_PERPS_KEY_ID=\"" + doors.find("alice")->key_id + '"',
                                                "KALSHI_PERPS_PRIVATE_KEY=" + quoted,
                                                "KALSHI_PERPS_API_BASE_URL=http://127.0.0.1:1/trade-api/v2"};
  EXPECT_THAT(run({"rest", "margin", "balance"}, {}, environment).err, AllOf(HasSubstr("127.0.0.1"), Not(HasSubstr("private key"))));
}

}  // namespace
}  // namespace marginfix::testing_apps
