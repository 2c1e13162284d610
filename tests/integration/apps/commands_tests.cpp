// The commands against a simulated exchange: what they print, what they exit with, what they say when something is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "integration/apps/program.hpp"
#include "integration/sim/client.hpp"
#include "sim/simulator.hpp"
#include "support/run_until.hpp"
#include "support/scripted_peer.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Commands : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder() = std::make_unique<marginfix::test::TempFolder>();
    sim::SimulatorOptions options;
    options.dir = folder()->path("exchange");
    options.past = false;  // drop copy from the very first report
    simulator() = std::make_unique<sim::Simulator>(options);
    ASSERT_TRUE(simulator()->start());
  }
  static void TearDownTestSuite() {
    simulator().reset();
    folder().reset();
  }
  static std::unique_ptr<marginfix::test::TempFolder>& folder() {
    static std::unique_ptr<marginfix::test::TempFolder> one;
    return one;
  }
  static std::unique_ptr<sim::Simulator>& simulator() {
    static std::unique_ptr<sim::Simulator> one;
    return one;
  }
  static std::string endpoints() { return simulator()->path("endpoints.json"); }
  static std::string file(const std::string& name, const std::string& content) { return folder()->write(name, content); }
};

int lines(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

TEST_F(Commands, check_finds_every_session_well) {
  const auto r = run({"check", "--endpoints", endpoints()});
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  for (const auto* session : {"KalshiNR", "KalshiRT", "KalshiDC", "KalshiMD", "KalshiNR-listener"}) EXPECT_THAT(r.out, HasSubstr(session));
  EXPECT_THAT(r.out, AllOf(HasSubstr("loads and signs"), HasSubstr("logon"), HasSubstr("clock"), Not(HasSubstr("FAIL"))));
}

TEST_F(Commands, check_says_whether_drop_copy_is_enabled_and_one_key_serves_two_sessions) {
  const auto generous = run({"check", "--only", "fix", "--endpoints", endpoints()});
  EXPECT_THAT(generous.out, AllOf(HasSubstr("enabled: EventResendRequest(U1) is answered"),
                                  HasSubstr("were connected at once with one key: one connection per key and TargetCompID")));

  const marginfix::test::TempFolder own;
  sim::SimulatorOptions options;
  options.dir = own.path("exchange");
  options.past = false;
  options.one_connection_per_key = true;
  options.drop_copy_not_enabled = {"alice"};
  sim::Simulator strict(options);
  ASSERT_TRUE(strict.start());
  const auto r = run({"check", "--only", "fix", "--endpoints", strict.path("endpoints.json")});
  EXPECT_NE(r.exit_code, 0) << "sessions that share a key cannot be connected together there";
  EXPECT_THAT(r.out, AllOf(HasSubstr("drop copy is not enabled for this account (21004=5)"), HasSubstr("institutional"),
                           HasSubstr("one connection per API key, give each session a key of its own")));
}

// The exchange answers the Logon with something else: its words and its bytes.
TEST_F(Commands, check_shows_what_came_in_place_of_the_logon) {
  for (const char* message :
       {"35=j|34=1|{}|45=1|372=A|380=6|58=account not approved for margin FIX|", "35=8|34=1|{}|17=13768;4|58=early|"}) {
    boost::asio::io_context io;
    marginfix::test::ScriptedPeer peer(io);
    const std::string key = "3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e77";
    const auto cfg =
        file("refused.cfg", "[DEFAULT]\nConnectionType=initiator\nSocketUseSSL=N\nSocketConnectHost=127.0.0.1\nKalshiPrivateKeyPath=" +
                                simulator()->path("keys/alice.pem") + "\n[SESSION]\nTargetCompID=KalshiNR\nSenderCompID=" + key +
                                "\nSocketConnectPort=" + std::to_string(peer.port()) + "\n");
    std::atomic<bool> over{false};
    Outcome r;
    std::thread program([&] {
      r = run({"check", "--cfg", cfg});
      over = true;
    });
    EXPECT_TRUE(marginfix::test::run_until(io, [&] { return peer.saw("A"); }));
    std::string text = message;
    text.replace(text.find("{}"), 2, "49=KalshiNR|52=20261122-18:00:00.000|56=" + key);
    peer.send(text);
    EXPECT_TRUE(marginfix::test::run_until(io, [&] { return over.load(); }));
    program.join();
    EXPECT_NE(r.exit_code, 0);
    const std::string said = text.substr(text.find("58="));
    EXPECT_THAT(r.out,
                AllOf(HasSubstr(said.substr(3, said.size() - 4)), HasSubstr("in place of the Logon(A) came 8=FIXT.1.1|"), HasSubstr(said)));
  }
}

TEST_F(Commands, check_finds_the_http_doors_well) {
  const auto r = run({"check", "--probe-trading", "--only", "rest", "ws", "klear", "--endpoints", endpoints()});
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  EXPECT_THAT(r.out,
              AllOf(HasSubstr("REST"), HasSubstr("may read and trade"), HasSubstr("usage tier"), HasSubstr("ms from the exchange's")));
  EXPECT_THAT(r.out, AllOf(HasSubstr("WebSocket"), HasSubstr("Klear"), HasSubstr("access token accepted"), HasSubstr("FCM operations")));
  EXPECT_THAT(r.out, AllOf(Not(HasSubstr("FAIL")), Not(HasSubstr("KalshiNR"))));
  const std::string token(simulator()->endpoints().klear.access_token.reveal());
  EXPECT_THAT(r.out + r.err, Not(HasSubstr(token)));
}

TEST_F(Commands, check_tells_what_a_key_may_do) {
  const auto r = run({"check", "--probe-trading", "--only", "rest", "--endpoints", endpoints(), "--account", "alice-readonly"});
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  EXPECT_THAT(r.out, HasSubstr("the key may read, not trade"));
  const auto only_reads = run({"check", "--only", "rest", "--endpoints", endpoints(), "--account", "alice-readonly"});
  EXPECT_EQ(only_reads.exit_code, 0) << only_reads.out << only_reads.err;
  EXPECT_THAT(only_reads.out, AllOf(HasSubstr("was not asked"), Not(HasSubstr("the key may read, not trade"))));
}

TEST_F(Commands, check_says_what_is_wrong_with_rest_ws_and_klear) {
  const auto& doors = simulator()->endpoints();
  std::ifstream in(endpoints());
  std::string json((std::istreambuf_iterator<char>(in)), {});
  const std::string token(doors.klear.access_token.reveal()), wrong(token.size(), 'a');
  json.replace(json.find(token), token.size(), wrong);
  const std::string& path = doors.find("alice")->private_key_path;
  json.replace(json.find(path), path.size(), doors.find("bob")->private_key_path);  // alice's id with bob's key
  const auto broken = simulator()->path("endpoints-wrong-keys.json");
  std::ofstream(broken) << json;
  const auto r = run({"check", "--only", "rest", "ws", "klear", "--json", "--endpoints", broken});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.out, HasSubstr(R"({"verdict":"FAIL","session":"REST","check":"access")"));
  EXPECT_THAT(r.out, HasSubstr(R"({"verdict":"FAIL","session":"WebSocket","check":"access")"));
  EXPECT_THAT(r.out, HasSubstr(R"({"verdict":"FAIL","session":"Klear","check":"access")"));
  EXPECT_THAT(r.out, HasSubstr("the private key is not the one of this key id"));
  EXPECT_THAT(r.out + r.err, Not(HasSubstr(wrong)));
}

TEST_F(Commands, check_without_a_key_looks_at_public_data) {
  const auto r = run({"check", "--only", "rest"}, {}, {"KALSHI_PERPS_API_BASE_URL=http://127.0.0.1:1/trade-api/v2"});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.out, AllOf(HasSubstr("FAIL"), HasSubstr("connect"), HasSubstr("127.0.0.1")));
}

TEST_F(Commands, check_names_a_wrong_ca_and_what_to_do) {
  std::ifstream in(endpoints());
  std::string json((std::istreambuf_iterator<char>(in)), {});
  const auto at = json.find("\"ca.pem\"");
  ASSERT_NE(at, std::string::npos);
  json.replace(at, 8, "\"/etc/ssl/certs/ca-certificates.crt\"");
  const auto broken = simulator()->path("endpoints-wrong-ca.json");
  std::ofstream(broken) << json;
  if (!std::filesystem::exists("/etc/ssl/certs/ca-certificates.crt")) GTEST_SKIP() << "this machine has no system roots";
  const auto r = run({"check", "--endpoints", broken});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.out, AllOf(HasSubstr("FAIL"), HasSubstr("TLS"), HasSubstr("trusted")));
}

TEST_F(Commands, rest_works_an_order_on_the_exchange) {
  const auto rest = [](std::vector<std::string> words) {
    words.insert(words.begin(), "rest");
    words.insert(words.end(), {"--endpoints", endpoints()});
    return run(words);
  };
  const auto created =
      rest({"orders", "create", "--ticker", "KXLTCPERP", "--client-order-id", "cli-1", "--side", "bid", "--count", "3", "--price", "3.5",
            "--time-in-force", "good_till_canceled", "--self-trade-prevention-type", "taker_at_cross", "--post-only", "true"});
  ASSERT_EQ(created.exit_code, 0) << created.err;
  EXPECT_THAT(created.out, AllOf(HasSubstr(R"("client_order_id":"cli-1")"), HasSubstr(R"("remaining_count":"3.00")")));
  const std::string key = R"("order_id":")";
  const auto at = created.out.find(key);
  ASSERT_NE(at, std::string::npos);
  const std::string id = created.out.substr(at + key.size(), created.out.find('"', at + key.size()) - at - key.size());
  const auto again = rest({"orders", "create", "--ticker", "KXLTCPERP", "--client-order-id", "cli-1", "--side", "bid", "--count", "3",
                           "--price", "3.5", "--time-in-force", "good_till_canceled", "--self-trade-prevention-type", "taker_at_cross"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.out, IsEmpty());
  EXPECT_THAT(again.err, AllOf(HasSubstr("409"), HasSubstr("order_already_exists")));
  const auto canceled = rest({"orders", "cancel", "--order-id", id});
  EXPECT_EQ(canceled.exit_code, 0) << canceled.err;
  EXPECT_THAT(canceled.out, HasSubstr(R"("reduced_by":"3.00")"));
}

TEST_F(Commands, rest_tells_what_requests_cost) {
  const auto r = run({"rest", "account", "endpoint_costs", "--endpoints", endpoints()});
  ASSERT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr(R"("default_cost":10)"),
                           HasSubstr(R"({"method":"DELETE","path":"/trade-api/v2/margin/orders/{order_id}","cost":1})")));
}

TEST_F(Commands, an_interactive_session_works_an_order) {
  const auto r = run({"fix", "--endpoints", endpoints(), "--session", "NR"},
                     "new buy KXLTCPERP 3 4.0000 id=console-1\n# amend needs the order's report, which comes at once\nnew buy KXLTCPERP 1 "
                     "4.0000 tif=ioc id=console-2\nquit\n");
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("New"), HasSubstr("console-1 buy 3.00 KXLTCPERP @ 4.0000"), Not(HasSubstr("KalshiNR: "))));
  EXPECT_EQ(r.err, "KalshiNR: connecting\nKalshiNR: active\n") << "news are no data";
  EXPECT_THAT(r.out, HasSubstr("console-2"));
}

// An order of another run is found by the exchange's REST, under ids that its owner chooses.
TEST_F(Commands, an_interactive_session_works_an_order_of_an_earlier_one) {
  ASSERT_EQ(run({"fix", "--endpoints", endpoints(), "--session", "NR"}, "new buy KXLTCPERP 3 3.9000 id=early-1\nquit\n").exit_code, 0);
  const auto r =
      run({"fix", "--endpoints", endpoints(), "--session", "NR"}, "orders resting\namend early-1 qty=2 id=early-2\ncancel nobody\n");
  EXPECT_EQ(r.exit_code, 1) << "one order is nobody's";
  EXPECT_THAT(r.out, AllOf(HasSubstr("early-1 buy 3.00 KXLTCPERP @ 3.9000"), HasSubstr("Replaced      early-2 buy 2.00 KXLTCPERP")));
  EXPECT_THAT(r.err, HasSubstr("no report of an order nobody has come in this session, and none with that id rests"));
  const auto end = run({"fix", "--endpoints", endpoints(), "--session", "NR"}, "cancel early-2 id=early-3\n");
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr("Canceled      early-3 buy 0.00 KXLTCPERP @ 3.9000"));
}

// Lines that come at once: what an order needs is waited for.
TEST_F(Commands, an_interactive_session_waits_for_the_report_that_a_line_needs) {
  const auto r = run({"fix", "--endpoints", endpoints(), "--session", "NR"},
                     "new buy KXLTCPERP 3 3.9000 id=quick-1\namend quick-1 qty=2 id=quick-2\ncancel quick-1 id=quick-3\n");
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("Replaced      quick-2 buy 2.00"), HasSubstr("Canceled      quick-3 buy 0.00")));
}

TEST_F(Commands, a_session_that_disagrees_about_numbers_can_begin_anew) {
  const auto refused = run({"fix", "--endpoints", endpoints(), "--session", "NR", "--reset-once"}, "quit\n");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--reset-once is about KalshiRT"));
  const auto r = run({"fix", "--json", "--endpoints", endpoints(), "--account", "bob", "--session", "RT", "--reset-once"}, "quit\n");
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr(R"({"tag":141,"name":"ResetSeqNumFlag","value":"Y"})"));
}

TEST_F(Commands, records_are_all_that_goes_to_standard_output) {
  const std::string lines = "new buy KXLTCPERP 1 3.9000 id=record-1\ncancel record-1\nquit\n";
  const auto flat = run({"fix", "--flat", "--endpoints", endpoints(), "--session", "NR"}, lines);
  EXPECT_EQ(flat.exit_code, 0) << flat.err;
  std::istringstream text(flat.out);
  int objects = 0;
  for (std::string line; std::getline(text, line); ++objects) {
    const auto object = boost::json::parse(line).as_object();
    EXPECT_EQ(object.at("session").as_string(), "KalshiNR");
    EXPECT_TRUE(object.contains("ts") && object.contains("MsgSeqNum") && object.contains("ClOrdID")) << line;
  }
  EXPECT_GE(objects, 4);
  const auto csv = run({"dropcopy", "--from", "0;0", "--csv", "--columns", "ClOrdID,Price,ExecType", "--endpoints", endpoints()});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_THAT(csv.out, AllOf(StartsWith("\"ClOrdID\",\"Price\",\"ExecType\"\r\n"), HasSubstr("\"record-1\",3.9000,\"0\"\r\n")));
  const auto wrong = run({"dropcopy", "--from", "0;0", "--csv", "--columns", "ClOrdId", "--endpoints", endpoints()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean ClOrdID?"));
}

TEST_F(Commands, the_exchange_can_stand_in_a_variable) {
  const std::string variable = "MARGINFIX_ENDPOINTS=" + endpoints();
  EXPECT_EQ(run({"rest", "margin", "balance"}, {}, {variable}).exit_code, 0);
  EXPECT_EQ(run({"rest", "margin", "balance", "--account", "bob"}, {}, {variable}).exit_code, 0);
  EXPECT_THAT(run({"rest", "margin", "balance", "--env", "demo", "--dry-run"}, {}, {variable}).out, Not(HasSubstr("127.0.0.1")));
  EXPECT_THAT(run({"md", "--symbol", "A"}).err, HasSubstr("for a simulated exchange: --endpoints FILE or MARGINFIX_ENDPOINTS"));
}

TEST_F(Commands, check_can_be_asked_by_monitoring) {
  const auto good = run({"check", "--monitor", "--only", "fix", "rest", "--endpoints", endpoints(), "--critical-ms", "600000"});
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  EXPECT_THAT(good.out, AllOf(StartsWith("MARGINFIX OK - "), HasSubstr(" | KalshiNR"), HasSubstr("_answer="), HasSubstr("ms;;600000")));
  EXPECT_EQ(lines(good.out), 1);
  const auto slow = run({"check", "--monitor", "--only", "rest", "--endpoints", endpoints(), "--warning-ms", "1"});
  EXPECT_EQ(slow.exit_code, 1) << slow.out;
  EXPECT_THAT(slow.out, StartsWith("MARGINFIX WARNING - REST took "));
  const auto bad = run({"check", "--monitor", "--only", "rest"}, {}, {"KALSHI_PERPS_API_BASE_URL=http://127.0.0.1:1/trade-api/v2"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.out, StartsWith("MARGINFIX CRITICAL - REST connect: "));
  const auto unknown = run({"check", "--monitor", "--endpoints", "/nowhere/endpoints.json"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.out, StartsWith("MARGINFIX UNKNOWN - "));
  EXPECT_EQ(run({"check", "--monitor", "--warnings", "1"}).exit_code, 3);
}

TEST_F(Commands, rest_answers_can_go_into_a_spreadsheet) {
  const auto r = run({"rest", "markets", "list", "--csv", "--columns", "ticker,tick_size", "--endpoints", endpoints()});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(StartsWith("\"ticker\",\"tick_size\"\r\n"), HasSubstr("\"KXBTCPERP\",0.0001\r\n")));
  const auto wrong = run({"rest", "markets", "list", "--columns", "tickr", "--endpoints", endpoints()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean ticker?"));
}

TEST_F(Commands, a_console_line_that_means_nothing_is_an_error_but_not_the_end) {
  const auto r = run({"fix", "--endpoints", endpoints(), "--account", "bob", "--session", "NR"},
                     "dance\nnew buy KXLTCPERP 1 3.9000 id=after-dance\nquit\n");
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.err, HasSubstr("'dance' is no command"));
  EXPECT_THAT(r.out, HasSubstr("after-dance"));
}

TEST_F(Commands, an_interactive_session_shows_an_unknown_outcome_and_finds_out) {
  const auto [status, answer] =
      sim::test::control(*simulator(), "POST", "/fault", R"({"door":"KalshiNR","unavailable":"after","message":"D"})");
  ASSERT_EQ(status, 200) << answer;
  const auto r = run({"fix", "--endpoints", endpoints(), "--account", "bob", "--session", "NR"},
                     "new buy KXLTCPERP 2 3.6000 id=unsure-1\nfind-out unsure-1\nquit\n");
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("OUTCOME UNKNOWN: D unsure-1"), HasSubstr("unsure-1 rests: REST has the order as rests")));
}

TEST_F(Commands, machine_output_is_one_json_object_a_line) {
  const auto r = run({"--json", "fix", "--endpoints", endpoints(), "--account", "bob", "--session", "RT"},
                     "new buy KXLTCPERP 1 3.8000 id=json-1\nquit\n");
  EXPECT_EQ(r.exit_code, 0) << r.err;
  std::istringstream text(r.out);
  for (std::string line; std::getline(text, line);) EXPECT_THAT(line, AllOf(StartsWith("{"), ::testing::EndsWith("}")));
  EXPECT_THAT(r.out, HasSubstr("json-1"));
  EXPECT_THAT(r.out, Not(HasSubstr("BEGIN"))) << "no secrets";
}

TEST_F(Commands, drop_copy_gives_past_reports) {
  ASSERT_EQ(run({"fix", "--endpoints", endpoints(), "--session", "NR"}, "new buy KXLTCPERP 2 3.7000 id=past-1\nquit\n").exit_code, 0);
  const auto r = run({"dropcopy", "--from", "0;0", "--endpoints", endpoints()});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("past-1"), HasSubstr("reports")));
}

TEST_F(Commands, market_data_prints_plain_lines_when_nobody_watches) {
  const auto r = run({"md", "--symbol", "KXBTCPERP", "--seconds", "2", "--endpoints", endpoints()});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("KXBTCPERP snapshot bid"), Not(HasSubstr("\033[")), Not(HasSubstr("KalshiMD: "))));
  EXPECT_EQ(r.err, "KalshiMD: connecting\nKalshiMD: active\n");
}

// A line whenever what it shows has changed, and not else.
TEST_F(Commands, market_data_lines_show_the_depth_that_was_asked_for) {
  const auto r = run({"md", "--symbol", "KXBTCPERP", "KXETHPERP", "--depth", "3", "--seconds", "3", "--endpoints", endpoints()});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  std::map<std::string, std::string> last;
  int shown = 0;
  std::istringstream text(r.out);
  for (std::string line; std::getline(text, line);) {
    const auto at = line.find(" bid ");
    if (at == std::string::npos) continue;
    ++shown;
    EXPECT_EQ(std::count(line.begin(), line.end(), 'x'), 6) << line;  // three levels a side: "price x size"
    std::string& before = last[line.substr(line.find("KX"), 9)];
    EXPECT_TRUE(line.find(" update ") == std::string::npos || before != line.substr(at)) << line;
    before = line.substr(at);
  }
  EXPECT_GE(shown, 2);
}

TEST_F(Commands, decode_reads_a_log) {
  const auto log =
      file("one.log",
           "20261001-14:30:00.123 : 8=FIXT.1.1|9=65|35=5|49=KalshiNR|56=key|34=1|52=20261001-14:30:00.123|58=already exists|10=000|\n");
  const auto r = run({"decode", log});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("20261001-14:30:00.123"), HasSubstr("Logout"), HasSubstr("already exists")));
}

TEST_F(Commands, lint_of_a_log_counts_what_would_be_refused) {
  const auto log = file("two.log", "8=FIXT.1.1|9=5|35=8|11=a|9999=x|10=000|\n");
  const auto r = run({"decode", "--lint", log});
  EXPECT_EQ(r.exit_code, 2);
  EXPECT_THAT(r.out, HasSubstr("1 messages, 1 would be refused"));
}

TEST_F(Commands, decode_tells_what_it_cannot_read) {
  const auto log = file("odd.log", "8=FIX.4.4~~9=5~~35=0~~10=000~~\n8=FIXT.1.1|9=5|35=0|34=1|10=000|\n");
  const auto decoded = run({"decode", log});
  EXPECT_EQ(decoded.exit_code, 3);
  EXPECT_THAT(decoded.out, AllOf(HasSubstr("! line 1, byte 0: not read: "), HasSubstr("Heartbeat")));
  EXPECT_THAT(decoded.err, HasSubstr("1 messages, 1 not read"));
  EXPECT_THAT(run({"decode", "--json", log}).out, HasSubstr(R"({"line":1,"offset":0,"not_read":)"));
  const auto good = file("odd_good.log", "8=FIX.4.4~~9=5~~35=0~~10=000~~\n");
  const auto linted = run({"decode", "--lint", good});
  EXPECT_EQ(linted.exit_code, 3);
  EXPECT_THAT(linted.out, HasSubstr("0 messages, 0 would be refused, 1 not read"));
}

TEST_F(Commands, decode_lends_names_from_a_dictionary) {
  const auto dictionary =
      file("lent.xml",
           "<fix type='FIX' major='4' minor='4'><header/><messages><message name='Lent' msgtype='AE' msgcat='app'/></messages>"
           "<trailer/><fields><field number='47' name='Rule80A' type='CHAR'/></fields></fix>");
  const auto r = run({"decode", file("lent.log", "8=FIX.4.4|9=5|35=AE|47=A|10=000|\n"), "--dictionary", dictionary});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("Lent (35=AE)"), HasSubstr("Rule80A(47)")));
}

TEST_F(Commands, our_dictionaries_refuse_nothing_documented) {
  const std::string spec = std::string(MARGINFIX_SOURCE_DIR) + "/fix-spec/";
  const auto r = run({"decode", "--lint", spec + "FIXT11-margin.xml", "--dictionary", spec + "FIX50SP2-margin.xml"});
  EXPECT_EQ(r.exit_code, 0) << r.out;
  EXPECT_THAT(r.out, HasSubstr("refuses nothing"));
}

TEST_F(Commands, errors_are_one_line_that_says_how_to_mend_it) {
  struct Case {
    std::vector<std::string> arguments;
    const char* says;
  };
  const std::vector<Case> cases{
      {{"dance"}, "--help"},
      {{"md", "--symbol", "A", "--endpoints", "/nowhere/endpoints.json"}, "/nowhere/endpoints.json"},
      {{"md", "--symbol", "A", "--endpoints", endpoints(), "--env", "demo"}, "two different exchanges"},
      {{"md", "--symbol", "A", "--account", "alice"}, "--endpoints"},
      {{"md", "--symbol", "A", "--endpoints", endpoints(), "--account", "carol"}, "alice"},
      {{"fix", "--cfg", "/nowhere.cfg"}, "/nowhere.cfg"},
      {{"fix", "--env", "demo"}, "KALSHI_PERPS_KEY_ID"},
      {{"decode", "/nowhere.log"}, "cannot read /nowhere.log"},
      {{"sim", "--dir", folder()->path("second"), "--tier", "gold"}, "prestige"},
      {{"sim", "--dir", folder()->path("second"), "--host", "0.0.0.0", "--plain"}, "loopback"},
  };
  for (const Case& c : cases) {
    const auto r = run(c.arguments);
    EXPECT_GT(r.exit_code, 0) << c.arguments[0];
    EXPECT_THAT(r.err, AllOf(StartsWith("marginfix: "), HasSubstr(c.says))) << c.arguments[0];
    EXPECT_EQ(lines(r.err), 1) << r.err;
    EXPECT_THAT(r.out, IsEmpty()) << c.arguments[0];
  }
}

TEST_F(Commands, every_command_has_help) {
  for (const auto* command : {"sim", "demo", "fix", "md", "dropcopy", "decode", "check"}) {
    const auto r = run({command, "--help"});
    EXPECT_EQ(r.exit_code, 0) << command;
    EXPECT_THAT(r.out, HasSubstr("Usage")) << command;
  }
}

TEST(Demo, tells_its_story_and_all_books_agree) {
  const auto r = run({"demo"});
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("All equal"), Not(HasSubstr("DIFFERENT")), HasSubstr("none lost, none doubled")));
}

// The account is not on the allow list for drop copy: REST closes the hole.
TEST(Demo, works_for_an_account_without_drop_copy) {
  const auto r = run({"demo", "--without-drop-copy"});
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("All equal"), HasSubstr("21004=5"), HasSubstr("listener+REST"), Not(HasSubstr("DIFFERENT"))));
}

TEST(Demo, works_with_a_listener_that_is_behind_drop_copy) {
  const auto r = run({"demo", "--listener-delay-ms", "2000"});
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("All equal"), HasSubstr("held back by 2000 ms"), Not(HasSubstr("DIFFERENT"))));
}

// Plain FIX 4.2 and FIX 4.4 clients, QuickFIX's own initiator with validation on, through the OMS gateway.
TEST(Demo, through_the_gateway_clients_gateway_and_exchange_agree) {
  const auto r = run({"demo", "--through", "gateway"});
  EXPECT_EQ(r.exit_code, 0) << r.out << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("All equal"), HasSubstr("none lost, none doubled"), HasSubstr("client, gateway and exchange agree"),
                           HasSubstr("OrderCancelReject, 102=0"), HasSubstr("POST_ONLY_CROSS"), HasSubstr("ORDER_GROUP_CANCEL"),
                           HasSubstr("resent with 43=Y"), Not(HasSubstr("DIFFERENT"))));
}

TEST_F(Commands, a_key_file_that_others_can_read_draws_a_warning_on_every_path) {
  namespace fs = std::filesystem;
  const auto root = boost::json::parse(marginfix::test::TempFolder::read(endpoints())).as_object();
  std::vector<fs::path> keys;  // drop copy has one of its own
  for (const auto& account : root.at("accounts").as_array()) {
    keys.push_back(fs::path(endpoints()).parent_path() / std::string(account.at("private_key_path").as_string()));
  }
  const std::vector<std::vector<std::string>> paths = {{"fix", "--session", "NR"},
                                                       {"rest", "margin", "balance"},
                                                       {"ws", "--channel", "ticker", "--initial-snapshot", "--count", "1"},
                                                       {"md", "--symbol", "KXBTCPERP", "--seconds", "1"},
                                                       {"md", "--over", "ws", "--symbol", "KXBTCPERP", "--seconds", "1"},
                                                       {"dropcopy", "--from", "1;1"},
                                                       {"check", "--only", "fix", "rest", "ws"}};
  for (const bool open : {true, false}) {
    const auto rights = fs::perms::owner_read | fs::perms::owner_write | (open ? fs::perms::others_read : fs::perms::none);
    for (const fs::path& key : keys) fs::permissions(key, rights);
    for (std::vector<std::string> arguments : paths) {
      const std::string name = arguments[0] + " " + arguments[1];
      arguments.insert(arguments.end(), {"--endpoints", endpoints()});
      const auto r = run(arguments, "quit\n");
      EXPECT_EQ(r.exit_code, 0) << name << r.out << r.err;
      EXPECT_EQ((r.out + r.err).find("can be read by other users: run 'chmod 600") != std::string::npos, open) << name << r.out << r.err;
    }
    fs::permissions(endpoints(), fs::perms::owner_read | fs::perms::owner_write | (open ? fs::perms::group_read : fs::perms::none));
    const auto r = run({"klear", "settlement_balance", "--endpoints", endpoints()});
    EXPECT_EQ(r.err.find("access token") != std::string::npos, open) << r.err;
    EXPECT_THAT(r.err, Not(HasSubstr("\"access_token\"")));
  }
}

}  // namespace
}  // namespace marginfix::testing_apps
