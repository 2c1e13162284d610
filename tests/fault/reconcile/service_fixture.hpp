// The whole service as a process (`marginfix reconcile run`) beside random trading on a simulated exchange of this process, and what its
// folder must come to: the exchange's truth.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "fault/reconcile/random_trading.hpp"
#include "integration/reconcile/fixture.hpp"
#include "services/reconcile/export.hpp"
#include "services/reconcile/replay.hpp"
#include "services/reconcile/verify.hpp"
#include "support/child_process.hpp"

namespace marginfix::test {

inline int number_of_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::max(1, std::atoi(text));
}

class ServiceProcessTest : public ReconcileTest {
 protected:
  ServiceProcessTest() : seed_(static_cast<std::uint64_t>(number_of_environment("MARGINFIX_KILL_SEED", 1))), random_(seed_) {
    options_.drop_copy_not_enabled = {"bob"};  // whose holes only REST closes
  }
  void SetUp() override {
    std::cout << "MARGINFIX_KILL_SEED=" << seed_ << std::endl;
    start();
    endpoints_ = sim().path("endpoints.json");
    config_file_ = folder_.write("reconcile.toml",
                                 "accounts = [\"alice\", \"bob\"]\n"
                                 "[sources]\nrest_poll = \"1s\"\nlistener = \"" +
                                     listener() +
                                     "\"\n"
                                     "[rules]\nsweep = \"500ms\"\n"
                                     "[log]\nlevel = \"warning\"\n");
    trading_ = std::make_unique<RandomTrading>(sim(), seed_);
  }

  virtual std::string listener() const { return "KalshiNR"; }

  // ---- the process
  virtual std::string service_dir() const { return dir(); }
  // Where else the ledger is, as arguments; and for who reads it.
  virtual std::vector<std::string> storage_words() const { return {}; }
  virtual rc::LedgerPlace place() const { return service_dir(); }
  std::unique_ptr<ChildProcess> launch(const std::vector<std::string>& more = {}) {
    output_ = folder_.path("output-" + std::to_string(++launched_));
    std::vector<std::string> words{"reconcile", "run", "--endpoints", endpoints_, "--dir", service_dir(), "--config", config_file_};
    for (const auto& others : {storage_words(), more}) words.insert(words.end(), others.begin(), others.end());
    return std::make_unique<ChildProcess>(words, output_);
  }
  // What the latest process has said.
  std::string said() const { return read_file(output_); }
  bool is_ready() const { return said().find("page http://") != std::string::npos; }
  // As soon as the condition holds while the process lives.
  template <class Condition>
  bool while_it_runs(ChildProcess& service, const Condition& condition) {
    return eventually([&] { return !service.running() || condition(); }) && service.running();
  }
  std::uintmax_t size_of(const std::string& path) const {
    std::error_code not_there;
    const auto size = std::filesystem::file_size(path, not_there);
    return not_there ? 0 : size;
  }
  bool wait_until_told(ChildProcess& service, std::uintmax_t more_bytes) {
    const std::uintmax_t before = size_of(rc::journal_path(service_dir()));
    return while_it_runs(service, [&] { return size_of(rc::journal_path(service_dir())) >= before + more_bytes; });
  }
  std::size_t chance(std::size_t below) { return random_() % below; }

  // ---- its ledger
  std::unique_ptr<rc::Storage> service_ledger() const { return rc::open_ledger_for_reading(place()).value(); }
  // No more trading; the service goes on until it has everything, ends when asked, and one more pass finds nothing.
  void catch_up() {
    trading_->end();
    std::int64_t made = 0;
    for (const TradingDesk& desk : trading_->desks()) made += static_cast<std::int64_t>(desk.executions().size());
    ASSERT_GT(made, 0);
    {
      const auto service = launch();
      const auto has_all = [&] {
        return is_ready() && rc::number(*service_ledger(), "SELECT count(*) FROM fills WHERE (sources & 4) <> 0") >= made;  // REST's bit
      };
      EXPECT_TRUE(while_it_runs(*service, has_all)) << said();
      service->signal(SIGTERM);
      EXPECT_EQ(service->wait(), 0) << said();
    }
    const auto pass = launch({"--once"});
    EXPECT_EQ(pass->wait(), 0) << said() << in_words(rc::all<rc::BreakRow>(*service_ledger(), "WHERE state < 2 ORDER BY id"));
  }
  // Every execution that the exchange reported, once and as it was reported. `by_fix`: also those of an account with drop copy by their
  // ExecIDs; REST has none.
  void expect_the_truth(bool by_fix = true) {
    const auto ledger = service_ledger();
    for (const TradingDesk& desk : trading_->desks()) {
      SCOPED_TRACE(desk.name());
      Executions here;
      for (const rc::FillRow& fill : rc::all<rc::FillRow>(*ledger, "WHERE account = $1", desk.name())) {
        here.emplace(ExecutionId(fill.order_id, fill.trade_id),
                     Execution{fill.exec_id, fill.cl_ord_id, fill.symbol, fill.side, fill.price.to_string(), fill.quantity.to_string()});
      }
      const bool all_by_fix = by_fix && desk.name() == "alice";
      EXPECT_EQ(here.size(), desk.executions().size());
      for (const auto& [id, told] : desk.executions()) {
        const auto found = here.find(id);
        if (found == here.end()) {
          ADD_FAILURE() << "lost: " << testing::PrintToString(told);
          continue;
        }
        Execution same = told;
        if (!all_by_fix && found->second.exec_id.empty()) same.exec_id.clear(), same.cl_ord_id = found->second.cl_ord_id;
        EXPECT_EQ(found->second, same);
      }
      if (all_by_fix) expect_reports(*ledger, desk);
      expect_position(*ledger, desk);
    }
    EXPECT_THAT(sim().check(), testing::IsEmpty());
  }
  void expect_no_break() {
    for (const rc::BreakRow& row : rc::all<rc::BreakRow>(*service_ledger(), "ORDER BY id")) {
      EXPECT_FALSE(row.confirmed.has_value()) << in_words({row});
      EXPECT_NE(row.state, rc::BreakState::pending) << in_words({row});
    }
  }
  // The folder proves itself, and its journal gives the same ledger again: every exported file, byte for byte.
  void expect_proven() {
    const auto proven = rc::verify(service_dir());
    ASSERT_TRUE(proven) << proven.error().message;
    EXPECT_TRUE(proven->pages_checked) << "its writer has ended orderly";
    const std::string again = folder_.path("replayed");
    const auto replayed = rc::replay(rc::journal_path(service_dir()), again);
    ASSERT_TRUE(replayed) << replayed.error().message;
    EXPECT_EQ(replayed->digest, proven->digest);
    EXPECT_EQ(replayed->records, proven->records);
    const auto files = exported(service_dir(), "exported");
    EXPECT_EQ(exported(again, "exported-again"), files);
    EXPECT_TRUE(files.contains("executions.csv"));
    EXPECT_EQ(read_file(rc::audit_path(again)), read_file(rc::audit_path(service_dir())));
    std::filesystem::remove_all(again);
  }

  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::unique_ptr<RandomTrading> trading_;
  std::string config_file_, output_;
  int launched_{0};

 private:
  void expect_reports(rc::Storage& ledger, const TradingDesk& desk) {
    std::set<std::string> here;
    for (const rc::ReportRow& row : rc::all<rc::ReportRow>(ledger, "WHERE account = $1", desk.name())) here.insert(row.exec_id);
    std::vector<std::string> lost;
    std::ranges::set_difference(desk.exec_ids(), here, std::back_inserter(lost));
    EXPECT_THAT(lost, testing::IsEmpty());
  }
  void expect_position(rc::Storage& ledger, const TradingDesk& desk) {
    const auto rows = rc::all<rc::PositionRow>(ledger, "WHERE account = $1 AND symbol = $2", desk.name(), sim::test::kMarket);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].opening.value_or(FixedPointCount{}).units() + rows[0].traded.units(), desk.net().units());
    EXPECT_EQ(rows[0].rest_net.value_or(FixedPointCount{}).units(), desk.net().units());
  }
  std::map<std::string, std::string> exported(const std::string& dir, const std::string& name) {
    const std::string out = folder_.path(name);
    const auto ledger = rc::open_ledger_for_reading(dir).value();
    std::map<std::string, std::string> files;
    for (const rc::ExportedFile& file : rc::export_ledger(*ledger, rc::ExportFormat::csv, out, rc::audit_path(dir)).value())
      files[std::filesystem::path(file.path).filename()] = read_file(file.path);
    return files;
  }
};

}  // namespace marginfix::test
