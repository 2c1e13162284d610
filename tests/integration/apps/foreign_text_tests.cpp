// What a peer writes and a person sees: texts that would move a terminal, and reports that cannot be read. Every command, every door.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <sstream>
#include <thread>

#include "integration/apps/program.hpp"
#include "marginfix/core/text.hpp"
#include "sim/keys/keys.hpp"
#include "sim/simulator.hpp"
#include "support/odd_texts.hpp"
#include "support/run_until.hpp"
#include "support/scripted_http_server.hpp"
#include "support/scripted_peer.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

using marginfix_tests::odd_texts;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKeyId = "3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e77";

// Nothing in it that moves a terminal; every byte is UTF-8.
void expect_harmless(const std::string& output, const std::string& what) {
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) EXPECT_EQ(text_fault(line), nullptr) << what << ": " << visible(line);
}
void expect_harmless(const Outcome& r, const std::string& what) {
  expect_harmless(r.out, what + " (standard output)");
  expect_harmless(r.err, what + " (standard error)");
}

// The exchange of a .cfg, played by a test: logs the program on, then answers its first message of a type by what the test says.
class FixExchange {
 public:
  explicit FixExchange(std::string target, std::string more_keys = {}) : target_(std::move(target)), peer_(io_) {
    const auto keys = sim::ensure_api_keys(folder_.path(), {"alice"}).value();
    cfg_ = folder_.write("peer.cfg", "[DEFAULT]\nConnectionType=initiator\nSocketUseSSL=N\nSocketConnectHost=127.0.0.1\nLogoutTimeout=1\n" +
                                         more_keys + "KalshiPrivateKeyPath=" + folder_.path(keys.at(0).private_key_path) +
                                         "\n[SESSION]\nTargetCompID=" + target_ + "\nSenderCompID=" + kKeyId +
                                         "\nSocketConnectPort=" + std::to_string(peer_.port()) + "\n");
  }
  std::string folder(const std::string& name) const { return folder_.path(name); }

  // Runs `marginfix arguments --cfg ...`; `answers` leave when a message `asked` has come. A Logon(A) in `refused` stands for the answer.
  Outcome run(std::vector<std::string> arguments, const std::string& asked, const std::vector<std::string>& answers,
              const std::string& input = {}) {
    arguments.insert(arguments.end(), {"--cfg", cfg_});
    std::atomic<bool> over{false};
    Outcome outcome;
    std::thread program([&] {
      outcome = testing_apps::run(arguments, input);
      over = true;
    });
    const auto until = [&](const std::string& type) {
      return marginfix::test::run_until(io_, [&] { return over.load() || peer_.saw(type); }) && !over.load();
    };
    EXPECT_TRUE(until("A"));
    if (asked != "A") {
      send("35=A|34=1|{}|98=0|108=30|141=Y|1137=9|");
      EXPECT_TRUE(until(asked));
    }
    for (const std::string& answer : answers) send(answer);
    marginfix::test::run_until(io_, [&] { return over.load(); });
    program.join();
    return outcome;
  }

 private:
  // "{}" stands for the header's other fields, "{id}" for the TestReqID(112) that was asked with.
  void send(std::string text) {
    text.replace(text.find("{}"), 2, "49=" + target_ + "|52=" + marginfix::test::utc_now() + "|56=" + kKeyId);
    if (const auto id = text.find("{id}"); id != std::string::npos) text.replace(id, 4, marginfix::test::field_of(peer_.latest("1"), 112));
    peer_.send(text);
  }

  const marginfix::test::TempFolder folder_;
  boost::asio::io_context io_;
  std::string target_;
  marginfix::test::ScriptedPeer peer_;
  std::string cfg_;
};

std::string report(int seq, const std::string& exec_id, const std::string& more) {
  return "35=8|34=" + std::to_string(seq) + "|{}|6=4.1000|11=a-1|14=2.00|17=" + exec_id +
         "|31=4.1000|32=2.00|37=o-1|38=3.00|39=1|54=1|55=KXLTCPERP|60=" + marginfix::test::utc_now() + "|150=F|151=1.00|" + more;
}

// SOH ends a field: of FIX's texts it is left out.
std::vector<marginfix_tests::OddText> texts_of_fix() {
  std::vector<marginfix_tests::OddText> texts;
  for (const auto& odd : odd_texts()) {
    if (odd.text.find_first_of(std::string("\x01\0|", 3)) == std::string::npos) texts.push_back(odd);
  }
  return texts;
}

// ---- reports that cannot be read -----------------------------------------------------------------------------------------------

// A field without '=' (a double SOH), as engines have sent it.
const std::vector<std::string> kBrokenFill = {report(2, "13768;4", ""), report(3, "13768;5", "58=\x1b[2Jforged||880=t-10|"),
                                              report(4, "13768;6", "")};

TEST(BadReports, fixShowsTypeNumberExecIdBytesAndReason) {
  auto answers = kBrokenFill;
  answers.push_back("35=0|34=5|{}|112={id}|");
  const auto text = FixExchange("KalshiNR").run({"fix", "--session", "NR"}, "1", answers, "quit\n");
  EXPECT_THAT(text.out, AllOf(HasSubstr("!! ExecutionReport(8) 34=3 ExecID(17)=13768;5 cannot be read: "), HasSubstr("|17=13768;5|"),
                              HasSubstr("58=\\x1b[2Jforged"), HasSubstr("exec 13768;4"), HasSubstr("exec 13768;6")));
  expect_harmless(text, "fix");
  const auto json = FixExchange("KalshiNR").run({"fix", "--json", "--session", "NR"}, "1", answers, "quit\n");
  EXPECT_THAT(json.out,
              AllOf(HasSubstr(R"("undecodable":{"MsgType":"8","name":"ExecutionReport","MsgSeqNum":3,"ExecID":"13768;5","reason":")"),
                    HasSubstr(R"("bytes":"8=FIXT.1.1|)")));
  std::istringstream in(json.out);
  for (std::string line; std::getline(in, line);) EXPECT_NO_THROW((void)boost::json::parse(line)) << line;
}

TEST(BadReports, dropcopyShowsThemAndFails) {
  auto answers = kBrokenFill;
  answers.push_back("35=U2|34=5|{}|45=2|21003=3|");
  for (const bool json : {false, true}) {
    std::vector<std::string> arguments{"dropcopy", "--from", "13768;4"};
    if (json) arguments.emplace_back("--json");
    const auto r = FixExchange("KalshiDC").run(arguments, "U1", answers);
    EXPECT_EQ(r.exit_code, 1) << r.out << r.err;
    EXPECT_THAT(r.out,
                json ? HasSubstr(R"("MsgSeqNum":3,"ExecID":"13768;5")") : HasSubstr("!! ExecutionReport(8) 34=3 ExecID(17)=13768;5"));
    expect_harmless(r, "dropcopy");
  }
}

TEST(BadReports, mdShowsThem) {
  const std::vector<std::string> answers = {"35=W|34=2|{}|55=KXLTCPERP|268=2|269=0|270=3.9000|271=10.00|269=1|270=4.1000|271=7.00|",
                                            "35=X|34=3|{}|268=1|279=0|55=KXLTCPERP|269=0|270=3.8000|271=1.00|||"};
  for (const bool json : {false, true}) {
    std::vector<std::string> arguments{"md", "--symbol", "KXLTCPERP", "--seconds", "2"};
    if (json) arguments.emplace_back("--json");
    const auto r = FixExchange("KalshiMD").run(arguments, "V", answers);
    EXPECT_THAT(
        r.out, json ? HasSubstr(R"("undecodable":{"MsgType":"X")") : HasSubstr("!! MarketDataIncrementalRefresh(X) 34=3 cannot be read: "));
    expect_harmless(r, "md");
  }
}

TEST(BadReports, whatIsNotAsItsTableSaysIsToldBesideTheReport) {
  const std::vector<std::string> answers = {report(2, "13768;4", "44=abc|"), "35=9|34=3|{}|11=c-1|37=o-1|39=0|41=a-1|102=x|434=1|58=no|",
                                            "35=0|34=4|{}|112={id}|"};
  const auto text = FixExchange("KalshiNR").run({"fix", "--session", "NR"}, "1", answers, "quit\n");
  EXPECT_THAT(text.out, AllOf(HasSubstr("exec 13768;4  ! Price(44) at byte "), HasSubstr("'abc' is no value"), HasSubstr("refused  no")));
  const auto json = FixExchange("KalshiNR").run({"fix", "--json", "--session", "NR"}, "1", answers, "quit\n");
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"("findings":[{"tag":)"), HasSubstr(R"({"tag":44,"kind":"unparsable value","text":")")));
}

// ---- texts --------------------------------------------------------------------------------------------------------------------

TEST(ForeignText, ofFixReachesNoTerminalRaw) {
  std::vector<std::string> reports, entries;
  int seq = 2;
  for (const auto& odd : texts_of_fix()) {
    reports.push_back("35=8|34=" + std::to_string(seq) + "|{}|6=0|11=" + odd.text + "|14=0|17=13768;" + std::to_string(seq) + "|37=" +
                      odd.text + "|38=3.00|39=8|54=1|55=" + odd.text + "|150=8|151=0|58=" + odd.text + "|60=20261122-18:00:00.000|103=99|");
    entries.push_back("35=X|34=" + std::to_string(seq++) + "|{}|268=1|279=0|55=KXLTCPERP|269=" + odd.text +
                      "|270=1.0000|271=1.00|58=" + odd.text + "|");
  }
  const std::string next = std::to_string(seq);
  auto fix = reports, past = reports;
  fix.push_back("35=3|34=" + next + "|{}|45=2|371=11|372=D|373=5|58=" + odd_texts()[2].text + "|");
  fix.push_back("35=0|34=" + std::to_string(seq + 1) + "|{}|112={id}|");
  past.push_back("35=U2|34=" + next + "|{}|45=2|21003=" + std::to_string(reports.size()) + "|");
  expect_harmless(FixExchange("KalshiNR").run({"fix"}, "1", fix, "orders\nquit\n"), "fix");
  expect_harmless(FixExchange("KalshiNR").run({"fix", "--json"}, "1", fix, "orders\nquit\n"), "fix --json");
  expect_harmless(FixExchange("KalshiDC").run({"dropcopy", "--from", "1;1"}, "U1", past), "dropcopy");
  expect_harmless(FixExchange("KalshiDC").run({"dropcopy", "--from", "1;1", "--json"}, "U1", past), "dropcopy --json");
  expect_harmless(FixExchange("KalshiMD").run({"md", "--symbol", "KXLTCPERP", "--seconds", "1"}, "V", entries), "md");
  expect_harmless(FixExchange("KalshiMD").run({"md", "--symbol", "KXLTCPERP", "--seconds", "1", "--json"}, "V", entries), "md --json");
  std::string all = "not you";
  for (const auto& odd : texts_of_fix()) all += ' ' + odd.text;
  const auto refused = FixExchange("KalshiNR").run({"check"}, "A", {"35=5|34=1|{}|58=" + all + "|"});
  EXPECT_THAT(refused.out, HasSubstr("not you "));
  expect_harmless(refused, "check");
}

// Answers every request with one body; `marginfix` is led there.
class HttpExchange {
 public:
  Outcome run(std::vector<std::string> words, int status, const std::string& body) const {
    marginfix::test::ScriptedHttpServer server(
        [&](const marginfix::test::SeenRequest&) { return marginfix::test::http_answer(status, body, "application/json"); });
    const std::string endpoints = folder_.write(
        "endpoints.json", R"({"rest":")" + server.origin() + R"(/trade-api/v2","ws":"ws)" + server.origin().substr(4) +
                              R"(/trade-api/ws/v2/margin","klear":{"url":")" + server.origin() +
                              R"(/klear-api/v1","admin_user_id":"a","access_token":"t"},"accounts":[{"name":"alice","key_id":")" + kKeyId +
                              R"(","private_key_path":")" + keys_.at(0).private_key_path + R"("}]})");
    words.insert(words.end(), {"--endpoints", endpoints});
    return testing_apps::run(words);
  }

 private:
  const marginfix::test::TempFolder folder_;
  const std::vector<sim::ApiKey> keys_ = sim::ensure_api_keys(folder_.path(), {"alice"}).value();
};

TEST(ForeignText, ofHttpAnswersReachesNoTerminalRaw) {
  const HttpExchange exchange;
  // As JSON has it: every text a name and a value.
  std::string members, all;
  for (const auto& odd : odd_texts()) {
    if (!odd.utf8) continue;
    const std::string quoted = boost::json::serialize(boost::json::string(odd.text));
    members += "," + quoted + ":" + quoted;
    all += odd.text;
  }
  const std::string said = boost::json::serialize(boost::json::string(all));
  const std::string body = "{\"trading_active\":true,\"code\":" + said + ",\"message\":" + said + members + "}";
  const std::vector<std::vector<std::string>> commands = {{"rest", "exchange", "status"},
                                                          {"rest", "exchange", "status", "--table"},
                                                          {"klear", "settlement_balance"},
                                                          {"ws", "--channel", "ticker", "--seconds", "1"},
                                                          {"md", "--over", "ws", "--symbol", "A", "--wait", "1"},
                                                          {"check", "--only", "rest", "ws", "klear", "--wait", "1"}};
  for (const auto& words : commands) {
    for (const int status : {200, 404}) expect_harmless(exchange.run(words, status, body), words[0] + " " + std::to_string(status));
  }
  // As an author wrote it who escapes nothing, or who writes no JSON at all.
  for (const auto& odd : odd_texts()) {
    const std::string raw = "{\"trading_active\":true,\"note" + odd.text + "\":\"" + odd.text + "\",\"message\":\"" + odd.text + "\"}";
    for (const int status : {200, 404}) expect_harmless(exchange.run(commands[0], status, raw), std::string(odd.name));
    expect_harmless(exchange.run(commands[0], 404, odd.text), std::string(odd.name));
  }
}

TEST(ForeignText, ofLogsReachesNoTerminalRaw) {
  const marginfix::test::TempFolder folder;
  std::string lines;
  for (const auto& odd : texts_of_fix()) lines += odd.text + " 8=FIXT.1.1|9=5|35=5|58=" + odd.text + "|9999=" + odd.text + "|10=000|\n";
  const std::string log = folder.write("odd.log", lines);
  for (const std::vector<std::string>& words : {std::vector<std::string>{"decode", log},
                                                {"decode", "--one-line", log},
                                                {"decode", "--lint", log},
                                                {"decode", "--json", log},
                                                {"decode", "--json", "--lint", log}})
    expect_harmless(run(words), words[0] + " " + words[1]);
}

class ForeignTextOfStreams : public ::testing::Test {
 protected:
  ForeignTextOfStreams() {
    sim::SimulatorOptions options;
    options.dir = folder_.path("exchange");
    options.past = false;
    simulator_ = std::make_unique<sim::Simulator>(options);
    simulator_->start().value();
  }
  const marginfix::test::TempFolder folder_;
  std::unique_ptr<sim::Simulator> simulator_;
};

TEST_F(ForeignTextOfStreams, reachesNoTerminalRaw) {
  const std::string endpoints = simulator_->path("endpoints.json");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"ws", "--channel", "trade", "--ticker", "KXLTCPERP", "--endpoints", endpoints},
        {"md", "--over", "ws", "--symbol", "KXLTCPERP", "--endpoints", endpoints}}) {
    Running program(words);
    program.wait_for(words[0] == "ws" ? "subscribed" : "snapshot");
    for (const auto& odd : odd_texts()) {
      if (!odd.utf8) continue;  // a WebSocket's text is UTF-8, or the connection ends
      simulator_->ws_send("", R"({"type":"weather","msg":{"text":")" + odd.text + "\"}}").value();
      simulator_->ws_send("", "{\"type\":\"" + odd.text).value();
    }
    simulator_->ws_send("", R"({"type":"trade","sid":99,"msg":{"the":"end"}})").value();
    simulator_->ws_close("", 4999, odd_texts()[2].text).value();  // a final one, with its reason
    const auto r = program.wait();
    EXPECT_THAT(r.out + r.err, Not(HasSubstr("\x1b")));
    expect_harmless(r, words[0]);
  }
}

// The simulator's own log, of strangers who write to its doors.
TEST(ForeignText, ofStrangersReachesTheSimulatorsTerminalVisible) {
  const marginfix::test::TempFolder folder;
  const std::string config = folder.write("sim.conf", "past = no\nquiet = yes\nplain = yes\n");
  Running sim({"sim", "--dir", folder.path("exchange"), "--config", config, "--json", "--log-level", "debug"});
  const auto ready = boost::json::parse(sim.wait_for("\n")).at("ready");
  boost::asio::io_context io;
  for (const auto& odd : texts_of_fix()) {
    if (odd.name == "tab") continue;  // a log keeps tabs: they move nothing
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(ready.at("fix").at("KalshiNR").as_int64())});
    const std::string logon = marginfix::test::fix_message("35=A|34=1|49=" + odd.text + "|52=" + marginfix::test::utc_now() +
                                                           "|56=KalshiNR|58=" + odd.text + "|98=0|108=30|141=Y|1137=9|");
    boost::asio::write(socket, boost::asio::buffer(logon));
    std::string answer(4096, '\0');
    boost::system::error_code gone;
    socket.read_some(boost::asio::buffer(answer), gone);
  }
  sim.signal(SIGTERM);
  expect_harmless(sim.wait(), "sim");
}

}  // namespace
}  // namespace marginfix::testing_apps
