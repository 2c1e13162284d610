// Two processes of one service on one PostgreSQL, beside random trading: the one that leads is killed, frozen, or cut off from the
// database, and the other leads within five seconds. In the end the ledger has everything that the exchange reported, each execution once,
// no false break, and proves itself. MARGINFIX_KILLS sets how often (scripts/campaign: hundreds), MARGINFIX_KILL_SEED the chance.
#include "fault/reconcile/service_fixture.hpp"

#include <array>
#include <optional>

#include "integration/reconcile/cut_line.hpp"
#include "support/postgres_server.hpp"

namespace marginfix::test {
namespace {

struct RunningInstance {
  std::string url, dir;
  CutLine* line{nullptr};  // to the database; none: by its socket
  std::unique_ptr<ChildProcess> process;
};

class ServiceInstances : public ServiceProcessTest {
 protected:
  void SetUp() override {
    if (PostgresServer::shared() == nullptr) GTEST_SKIP() << PostgresServer::why_not();
    url_ = PostgresServer::shared()->new_database();
    line_.emplace(PostgresServer::shared()->port());
    ServiceProcessTest::SetUp();
    const std::string database = url_.substr(url_.rfind('/') + 1);
    instances_.push_back({PostgresServer::shared()->tcp_url(database, line_->port()), folder_.path("instance-1"), &*line_, nullptr});
    instances_.push_back({url_, folder_.path("instance-2"), nullptr, nullptr});
  }
  std::string service_dir() const override { return dir_; }
  std::vector<std::string> storage_words() const override { return {"--storage", storage_}; }
  rc::LedgerPlace place() const override { return {folder_.path("reader"), url_, "main"}; }

  void begin(RunningInstance& instance) {
    storage_ = instance.url, dir_ = instance.dir;
    instance.process = launch();
  }
  std::string of_service(const std::string& column) const {
    const auto rows = psql(url_, "SELECT " + column + " FROM marginfix.services");
    return rows.empty() ? "" : rows.front();
  }
  bool has_ledger() const { return psql(url_, "SELECT to_regclass('marginfix_main.fills') IS NOT NULL").front() == "t"; }
  RunningInstance& leader() {
    const std::string holder = of_service("holder");
    const std::string pid = holder.substr(holder.rfind(':') + 1);
    return instances_[pid == std::to_string(instances_[0].process->pid()) ? 0 : 1];
  }
  // Whoever leads is stopped from it in a way that chance says; it is whole again behind it.
  void disturb_the_leader() {
    RunningInstance& one = leader();
    const std::string before = of_service("epoch");
    const std::size_t how = chance(one.line == nullptr ? 2 : 4);
    constexpr std::array kHow{"killed", "frozen", "cut off", "held up"};
    SCOPED_TRACE(kHow[how]);
    if (how == 0) one.process->kill();
    if (how == 1) one.process->signal(SIGSTOP);
    if (how == 2) one.line->cut();
    if (how == 3) one.line->hold();
    const auto began = std::chrono::steady_clock::now();
    const bool replaced = eventually([&] { return of_service("epoch") != before; });
    EXPECT_TRUE(replaced) << "nobody else leads";
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
    if (how == 0) begin(one);
    if (how == 1) one.process->signal(SIGCONT);
    if (one.line != nullptr) one.line->mend();
  }
  std::int64_t fills() const { return rc::number(*service_ledger(), "SELECT COUNT(*) FROM fills"); }

  std::string url_, storage_, dir_;
  std::optional<CutLine> line_;
  std::vector<RunningInstance> instances_;
};

TEST_F(ServiceInstances, OneAlwaysLeadsAndNothingIsLostOrDouble) {
  for (RunningInstance& one : instances_) begin(one);
  ASSERT_TRUE(eventually([&] { return has_ledger() && fills() > 0; })) << said();
  const int disturbances = std::max(2, number_of_environment("MARGINFIX_KILLS", 0) / 4);
  for (int i = 0; i < disturbances; ++i) {
    SCOPED_TRACE("disturbance " + std::to_string(i));
    const std::int64_t before = fills();
    disturb_the_leader();
    ASSERT_TRUE(eventually([&] { return fills() > before; })) << "nobody goes on: " << said();
    for (const RunningInstance& one : instances_) ASSERT_TRUE(one.process->running()) << "it ended: " << said();
  }
  for (RunningInstance& one : instances_) {
    one.process->signal(SIGTERM);
    EXPECT_EQ(one.process->wait(), 0) << said();
  }
  storage_ = url_;
  ASSERT_NO_FATAL_FAILURE(catch_up());
  expect_the_truth();
  expect_no_break();
  const auto proven = rc::verify(place());
  EXPECT_TRUE(proven) << proven.error().message;
  EXPECT_EQ(said().find(PostgresServer::kPassword), std::string::npos);
}

}  // namespace
}  // namespace marginfix::test
