// `marginfix gateway` as it asks a gateway that runs: tables that fit, JSON as it came, what it tells, and what it says where none runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <sstream>

#include "apps/command.hpp"
#include "apps/gateway/fitted_table.hpp"
#include "apps/gateway/views.hpp"
#include "services/gateway/journal/journal.hpp"
#include "services/gateway/orders/order_json.hpp"
#include "services/gateway/web/api.hpp"
#include "services/gateway/web/page.hpp"
#include "support/fake_gateway.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::apps {
namespace {

using marginfix::test::demo_order;
using marginfix::test::demo_status;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto characters = std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    most = std::max(most, static_cast<std::size_t>(characters));
  }
  return most;
}

TEST(FittedTable, WhatIsNeededLeastGoesFirst) {
  FittedTable table({{"ID"}, {"NAME", 2}, {"N", 0, true}, {"NONE", 0}, {"TEXT", 1}});
  table.row({"a", "first", "1", "", "a text that is long"});
  table.row({"bb", "x", "100", "", "µ\x1b"});
  EXPECT_EQ(table.text(0), "ID  NAME     N  TEXT\na   first    1  a text that is long\nbb  x      100  µ\\x1b\n")
      << "an empty column is left out";
  EXPECT_EQ(table.text(28), "ID  NAME     N  TEXT\na   first    1  a text that…\nbb  x      100  µ\\x1b\n");
  EXPECT_EQ(table.text(21), "ID    N  TEXT\na     1  a text that…\nbb  100  µ\\x1b\n");
  EXPECT_EQ(table.text(9), "ID    N\na     1\nbb  100\n");
  EXPECT_EQ(table.text(2), table.text(9)) << "what is always shown is shown whole";
  EXPECT_EQ(FittedTable({{"ID"}}).text(0), "");
}

TEST(GatewayViews, StatusNamesClientsAndKeys) {
  const std::string json = gateway::status_json(demo_status());
  const std::string text = status_lines(json, 0).value();
  EXPECT_THAT(text, StartsWith("ready; up 2 h 3 m, since 2026-11-30 16:28:57 UTC\n"));
  EXPECT_THAT(text, AllOf(HasSubstr("FUND-A"), HasSubstr("DESK-B"), HasSubstr("logged on"), HasSubstr("KalshiNR"), HasSubstr("200 us")));
  EXPECT_THAT(text, HasSubstr("logons refused 1, unreadable 2, unknown reports 3\n"));
  for (const std::size_t width : {60U, 80U, 120U}) {
    const std::string fitted = status_lines(json, width).value();
    EXPECT_LE(widest(fitted), width) << fitted;
    EXPECT_THAT(fitted, HasSubstr("DESK-B"));
  }
}

TEST(GatewayViews, StatusSaysFirstWhatIsWrong) {
  gateway::GatewayStatus status = demo_status();
  status.kill = {true, status.now, "http", "fat finger", false};
  EXPECT_THAT(status_lines(gateway::status_json(status), 0).value(),
              StartsWith("KILLED since 2026-11-30 18:32:01 UTC by http: fat finger; `gateway arm`, twice"));
  status.kill = {}, status.open = false, status.waits_for = "drop copy of main";
  EXPECT_THAT(status_lines(gateway::status_json(status), 0).value(), StartsWith("not open yet, waits for drop copy of main"));
  EXPECT_THAT(status_lines(gateway::status_json({}), 80).value(), AllOf(HasSubstr("no client"), HasSubstr("no key")));
}

TEST(GatewayViews, OrdersFitATerminal) {
  std::vector<gateway::OrderRow> rows{demo_order("FUND-A", 1, true), demo_order("DESK-B", 2, false)};
  rows[0].cl_ord_id = "8d8ac610-566d-4ef0-9c22-186b2a5ed101", rows[0].text = "POST_ONLY_CROSS \x1b[2J";
  const std::string json = gateway::orders_json(rows, true);
  for (const std::size_t width : {80U, 100U, 140U}) {
    const std::string text = order_lines(json, width).value();
    EXPECT_LE(widest(text), std::max<std::size_t>(width, 94)) << "a ClOrdID is never cut\n" << text;
    EXPECT_THAT(text, AllOf(HasSubstr("8d8ac610-566d-4ef0-9c22-186b2a5ed101"), HasSubstr("DESK-B-2"), HasSubstr("--most N"),
                            Not(HasSubstr("\x1b"))));
  }
  EXPECT_THAT(order_lines(json, 0).value(), AllOf(HasSubstr("POST_ONLY_CROSS"), HasSubstr("ord-2"), HasSubstr("2026-11-30 18:31:01")));
  EXPECT_EQ(order_lines(gateway::orders_json({}, false), 80).value(), "no order\n");
  for (const char* odd : {"", "{}", "[]", R"({"orders": 5, "more": false})", R"({"orders": [{}], "more": false})"}) {
    EXPECT_FALSE(order_lines(odd, 80)) << odd;
    EXPECT_FALSE(status_lines(odd, 80)) << odd;
  }
}

class GatewayCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    gateway::GatewayPageOptions options;
    options.dir = folder_.path();
    page_ = gateway::GatewayPage::start(std::move(options), gateway_).value();
    folder_.write("page.json", R"({"page":")" + page_->url() + R"(","metrics":")" + page_->metrics_url() + "\"}\n");
  }
  struct Ran {
    int exit_code;
    std::string out, err;
  };
  Ran run(std::vector<std::string> words, const Globals& globals = {}) {
    CLI::App root;
    root.require_subcommand(1);
    root.fallthrough();
    Runner runner;
    add_gateway_command(root, globals, runner);
    words.insert(words.begin(), "gateway");
    words.insert(words.end(), {"--dir", folder_.path()});
    std::ranges::reverse(words);
    root.parse(words);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int code = runner();
    return {code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
  }

  marginfix::test::TempFolder folder_;
  marginfix::test::FakeGateway gateway_;
  std::unique_ptr<gateway::GatewayPage> page_;
};

TEST_F(GatewayCommand, StatusAndOrdersAreShown) {
  const Ran status = run({"status"});
  EXPECT_EQ(status.exit_code, 0) << status.err;
  EXPECT_THAT(status.out, AllOf(HasSubstr("FUND-A"), HasSubstr("KalshiRT")));
  EXPECT_THAT(run({"orders"}).out, AllOf(HasSubstr("FUND-A-1"), HasSubstr("DESK-B-4")));
  EXPECT_THAT(run({"orders", "--open"}).out, Not(HasSubstr("DESK-B-4")));
  EXPECT_THAT(run({"orders", "--client", "DESK-B"}).out, Not(HasSubstr("FUND-A-1")));
  EXPECT_THAT(run({"orders", "--most", "2"}).out, HasSubstr("and more"));
  gateway_.change([](auto&, std::vector<gateway::OrderRow>& rows) { rows[0].client = "A&B +%"; });
  EXPECT_THAT(run({"orders", "--client", "A&B +%"}).out, HasSubstr("FUND-A-1"));
  Globals json;
  json.json = true;
  EXPECT_EQ(boost::json::parse(run({"status"}, json).out).at("clients").as_array().size(), 3U);
  EXPECT_EQ(boost::json::parse(run({"orders"}, json).out).at("orders").as_array().size(), 6U);
}

TEST_F(GatewayCommand, KillArmAndReloadAreTold) {
  const Ran kill = run({"kill", "--reason", "fat finger"});
  EXPECT_EQ(kill.exit_code, 0) << kill.err;
  EXPECT_EQ(kill.out, "killed: 12 orders are being cancelled\n");
  EXPECT_THAT(run({"arm"}).out, HasSubstr("once more"));
  Globals json;
  json.json = true;
  EXPECT_EQ(run({"arm"}, json).out, "{\"done\":\"armed\"}\n");
  EXPECT_EQ(run({"reload"}).exit_code, 0);
  EXPECT_THAT(gateway_.told(), ElementsAre("kill command fat finger", "arm command", "arm command", "reload"));
  gateway_.refuse(fail(ErrorCategory::closed, "it is not killed"));
  const Ran refused = run({"arm"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("it is not killed"));
}

TEST_F(GatewayCommand, WithoutItsTokenNothingIsTold) {
  folder_.write("token", "another\n");
  const Ran refused = run({"kill"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("token"));
  std::filesystem::remove(folder_.path("token"));
  EXPECT_THAT(run({"kill"}).err, HasSubstr("cannot read"));
  EXPECT_TRUE(gateway_.told().empty());
}

TEST_F(GatewayCommand, WhereNoneRunsItIsSaidSo) {
  page_->stop();
  for (const char* word : {"status", "orders", "kill", "arm", "reload"}) {
    const Ran gone = run({word});
    EXPECT_EQ(gone.exit_code, 1) << word;
    EXPECT_THAT(gone.err, HasSubstr("no gateway answers at http://127.0.0.1:")) << word;
  }
  folder_.write("page.json", "{}");
  EXPECT_THAT(run({"status"}).err, HasSubstr("does not say where its page is"));
  std::filesystem::remove(folder_.path("page.json"));
  const Ran none = run({"status"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("no gateway runs in "));
}

// A journal as a gateway leaves it: an order of each of two clients, the second one refused.
void write_journal(const std::string& dir) {
  const auto nothing = [](const gateway::JournalRecord&) { return Result<void>{}; };
  const auto journal = gateway::Journal::open({dir}, nothing).value();
  for (const char* client : {"FUND-A", "DESK-B"}) {
    gateway::ClientOrder order;
    order.number = *client == 'F' ? 1 : 2;
    order.client = std::string("FIX.4.4:") + client + "->GATE";
    order.cl_ord_id = order.first_cl_ord_id = std::string(client) + "-kept";
    order.client_symbol = order.symbol = "KXBTCPERP";
    order.side = Side::Buy;
    order.order_qty = FixedPointCount::whole(3);
    order.entered = order.changed = marginfix::test::gateway_now();
    if (*client == 'F') order.exchange_id = "x1";
    order.told_end = *client == 'D';
    order.end_status = OrdStatus::Rejected;
    journal->append(gateway::JournalKind::order, order.client, gateway::to_json(order), order.entered);
  }
  journal->commit().value();
}

TEST_F(GatewayCommand, WithoutAGatewayOrdersAreThoseOfItsJournal) {
  page_->stop();
  write_journal(folder_.path("journal"));
  for (const char* state : {"it ended without a word", "it was never there"}) {
    const Ran all = run({"orders"});
    EXPECT_EQ(all.exit_code, 0) << state << all.err;
    EXPECT_THAT(all.out, AllOf(HasSubstr("FUND-A-kept"), HasSubstr("DESK-B-kept"), HasSubstr("Rejected"))) << state;
    EXPECT_THAT(all.err, HasSubstr("these are the orders of its journal")) << state;
    EXPECT_THAT(run({"orders", "--open"}).out, AllOf(HasSubstr("FUND-A-kept"), Not(HasSubstr("DESK-B-kept"))));
    EXPECT_THAT(run({"orders", "--client", "DESK-B"}).out, AllOf(HasSubstr("DESK-B-kept"), Not(HasSubstr("FUND-A-kept"))));
    EXPECT_THAT(run({"orders", "--most", "1"}).out, AllOf(HasSubstr("FUND-A-kept"), HasSubstr("and more")));
    std::filesystem::remove(folder_.path("page.json"));
  }
  Globals json;
  json.json = true;
  EXPECT_EQ(boost::json::parse(run({"orders"}, json).out).at("orders").as_array().size(), 2U);
  folder_.write("journal/journal-000001.gwj", "no journal");
  const Ran odd = run({"orders"});
  EXPECT_EQ(odd.exit_code, 1);
  EXPECT_THAT(odd.err, HasSubstr("no journal of a gateway"));
}

TEST_F(GatewayCommand, OfARunningGatewayTheJournalIsNotAsked) {
  write_journal(folder_.path("journal"));
  EXPECT_THAT(run({"orders"}).out, AllOf(HasSubstr("FUND-A-1"), Not(HasSubstr("kept"))));
}

TEST_F(GatewayCommand, WhatChoosesAnExchangeHasNoPlaceBesideAQuestion) {
  Globals globals;
  globals.connection.endpoints = "endpoints.json";
  EXPECT_EQ(run({"status"}, globals).exit_code, 1);
  globals = {};
  const Ran no_config = run({});
  EXPECT_EQ(no_config.exit_code, 1);
  EXPECT_THAT(no_config.err, HasSubstr("--config FILE is needed"));
  globals.connection.endpoints = "endpoints.json", globals.connection.env = "demo";
  EXPECT_THAT(run({"check", "--config", "x.cfg"}, globals).err, HasSubstr("two different exchanges"));
}

}  // namespace
}  // namespace marginfix::apps
