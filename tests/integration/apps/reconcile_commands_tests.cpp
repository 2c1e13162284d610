// `marginfix reconcile` as a script runs it: exit codes, what is printed, what works beside a service and without one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include "integration/apps/program.hpp"
#include "sim/simulator.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// An exchange with its seeded days: they are in REST and Klear, and never on FIX.
class ReconcileCommands : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder() = std::make_unique<marginfix::test::TempFolder>();
    sim::SimulatorOptions options;
    options.dir = folder()->path("exchange");
    options.quiet = true;
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
  static Outcome reconcile(std::vector<std::string> words, const std::string& dir) {
    words.insert(words.begin(), "reconcile");
    words.insert(words.end(), {"--dir", folder()->path(dir)});
    return run(words);
  }
  static Outcome once(const std::string& dir, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"run", "--once", "--endpoints", endpoints()};
    words.insert(words.end(), more.begin(), more.end());
    return reconcile(words, dir);
  }
};

TEST_F(ReconcileCommands, one_pass_over_seeded_days_finds_no_break_and_every_view_reads_its_ledger) {
  const auto pass = once("seeded", {"--config", MARGINFIX_SOURCE_DIR "/config/reconcile.toml"});
  ASSERT_EQ(pass.exit_code, 0) << pass.out << pass.err << reconcile({"breaks", "list"}, "seeded").out;
  const auto again = once("seeded", {"--json"});
  ASSERT_EQ(again.exit_code, 0) << again.out << again.err;
  EXPECT_EQ(boost::json::parse(again.out).at("exit_code"), 0);

  const auto list = reconcile({"breaks", "list", "--state", "open", "--json"}, "seeded");
  EXPECT_EQ(list.exit_code, 0) << list.err;
  EXPECT_TRUE(boost::json::parse(list.out).as_array().empty()) << list.out;
  EXPECT_THAT(reconcile({"coverage"}, "seeded").out, AllOf(HasSubstr("listener"), HasSubstr("rest"), HasSubstr("klear")));
  EXPECT_TRUE(boost::json::parse(reconcile({"positions", "--json"}, "seeded").out).is_array());
  EXPECT_THAT(reconcile({"verify"}, "seeded").out, HasSubstr("all as they were written"));
  EXPECT_THAT(reconcile({"report", "--date", "2026-11-30"}, "seeded").out, HasSubstr("<html"));

  const std::string out = folder()->path("exported");
  EXPECT_EQ(reconcile({"export", "--format", "csv", "--out", out}, "seeded").exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(out + "/executions.csv"));
  const auto replayed = reconcile({"replay", "--journal", folder()->path("seeded/journal")}, "replayed");
  EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
  EXPECT_TRUE(std::filesystem::exists(folder()->path("replayed/ledger.db")));
}

TEST_F(ReconcileCommands, an_exchange_that_is_not_there_is_a_source_that_did_not_answer) {
  std::ifstream in(endpoints());
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string rest = simulator()->endpoints().rest_url;
  text.replace(text.find(rest), rest.size(), "https://127.0.0.1:1/trade-api/v2");
  const std::string file = folder()->write("exchange/without-rest.json", text);
  const auto pass = reconcile({"run", "--once", "--endpoints", file}, "no-rest");
  EXPECT_EQ(pass.exit_code, 1) << pass.out;
  EXPECT_THAT(pass.out, HasSubstr("rest       unknown"));
}

TEST_F(ReconcileCommands, mistakes_are_one_line_and_say_what_to_do) {
  const auto storage = reconcile({"run", "--once", "--endpoints", endpoints(), "--storage", "mysql://u:hidden@x/d"}, "mistakes");
  EXPECT_EQ(storage.exit_code, 1);
  EXPECT_THAT(storage.err, HasSubstr("postgresql://USER@HOST"));
  EXPECT_EQ(storage.err.find("hidden"), std::string::npos);
  const std::string config = folder()->write("wrong.toml", "[rules]\nfee_tolerance = 0.07\n");
  const auto wrong = reconcile({"run", "--once", "--endpoints", endpoints(), "--config", config}, "mistakes");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("wrong.toml:2: rules.fee_tolerance"));
  const auto nobody = reconcile({"run", "--once"}, "mistakes");
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("--endpoints"));
  const auto no_folder = reconcile({"breaks", "list"}, "there-is-none");
  EXPECT_EQ(no_folder.exit_code, 1);
  EXPECT_THAT(no_folder.out, IsEmpty());
  EXPECT_EQ(reconcile({"breaks", "list", "--state", "sleepy"}, "mistakes").exit_code, 1);
}

TEST_F(ReconcileCommands, a_service_ends_with_0_when_it_is_asked_and_its_ledger_is_read_meanwhile) {
  const std::string dir = folder()->path("service");
  Running service({"reconcile", "run", "--endpoints", endpoints(), "--dir", dir});
  EXPECT_THAT(service.wait_for("page http://127.0.0.1:"), StartsWith("page http://127.0.0.1:"));
  EXPECT_TRUE(std::filesystem::exists(dir + "/reconcile.json"));
  EXPECT_EQ(reconcile({"breaks", "list"}, "service").exit_code, 0);
  EXPECT_EQ(reconcile({"coverage"}, "service").exit_code, 0);
  const auto second = once("service");
  EXPECT_EQ(second.exit_code, 1) << "one process writes";
  const auto unknown = reconcile({"breaks", "resolve", "99", "--user", "ann", "--reason", "none"}, "service");
  EXPECT_THAT(unknown.err, HasSubstr("there is no break 99"));
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait().exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(dir + "/reconcile.json"));
  EXPECT_EQ(reconcile({"verify"}, "service").exit_code, 0);
}

}  // namespace
}  // namespace marginfix::testing_apps
