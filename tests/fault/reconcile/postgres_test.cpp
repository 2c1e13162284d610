// A ledger in PostgreSQL beside a real server: what is relied on is set, what nobody may see is not seen, journal, ledger and audit are
// one, and who was replaced writes nothing more, however it was stopped. With an engine of the tests' own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <random>
#include <thread>

#include "integration/reconcile/cut_line.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/folder/postgres_writer.hpp"
#include "services/reconcile/folder/tables.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/postgres/inbox.hpp"
#include "services/reconcile/replay.hpp"
#include "services/reconcile/verify.hpp"
#include "support/postgres_server.hpp"
#include "support/spawn.hpp"
#include "support/temp_folder.hpp"
#include "unit/reconcile/records.hpp"

namespace marginfix::reconcile {
namespace {

using marginfix::test::PostgresLedger;
using marginfix::test::PostgresServer;
using marginfix::test::psql;
using marginfix::test::TempFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::told;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Clock = std::chrono::steady_clock;

// Waits for what must come; a machine with other things to do is given time.
bool comes(const std::function<bool()>& condition, seconds patience = seconds(30)) {
  for (const auto until = Clock::now() + patience; Clock::now() < until;) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return condition();
}

// A lead and its writer.
struct Leading {
  std::unique_ptr<Lead> lead;
  std::unique_ptr<LedgerWriter> writer;
};

class InPostgres : public testing::Test {
 protected:
  void SetUp() override {
    if (PostgresServer::shared() == nullptr) GTEST_SKIP() << PostgresServer::why_not();
    url_ = PostgresServer::shared()->new_database();
  }
  std::string database() const { return url_.substr(url_.rfind('/') + 1); }
  std::string tcp_url(std::uint16_t port = 0) const { return PostgresServer::shared()->tcp_url(database(), port); }
  PostgresAddress address() const { return PostgresAddress::parse(url_).value(); }
  LedgerPlace place(const std::string& service = "main") const { return {folder_.path("instance"), url_, service}; }
  std::unique_ptr<Storage> reader() const { return open_ledger_for_reading(place()).value(); }

  static std::unique_ptr<Lead> try_take(const PostgresAddress& from, const std::string& service = "main", const LeadTimes& times = {}) {
    return LeadCandidate::open(from, {service, "test", {}, times}).value()->try_take().value();
  }
  Leading lead_by(const PostgresAddress& from) const {
    Leading made;
    made.lead = try_take(from);
    if (made.lead) made.writer = open_leading_writer(from, *made.lead, folder_.path("instance")).value();
    return made;
  }
  Leading lead() const { return lead_by(address()); }
  // How long it takes until another one leads.
  Leading take_over(Clock::duration& took) const {
    const auto began = Clock::now();
    Leading made;
    made.lead = wait_for_lead(address(), {"main", "second", {}, {}}, [] { return false; }).value();
    took = Clock::now() - began;
    made.writer = open_leading_writer(address(), *made.lead, folder_.path("instance")).value();
    return made;
  }
  std::int64_t reports() const { return std::atoll(psql(url_, "SELECT count(*) FROM marginfix_main.reports").front().c_str()); }

  TempFolder folder_;
  std::string url_;
};

// ---- what is made and set -----------------------------------------------------------------------------------------------

TEST_F(InPostgres, ServicesThatBeginAtOnceMakeEverythingOnce) {
  std::vector<std::future<std::unique_ptr<PostgresLedger>>> made;
  for (const char* service : {"a", "b", "c", "d"})
    made.push_back(std::async(std::launch::async, [this, service] { return PostgresLedger::open(url_, service); }));
  for (auto& one : made) {
    const auto ledger = one.get();
    set_meta(*ledger->storage, "of", ledger->service);
  }
  EXPECT_THAT(psql(url_, "SELECT service || '=' || value FROM marginfix.meta WHERE name = 'of' ORDER BY service"),
              ElementsAre("a=a", "b=b", "c=c", "d=d"))
      << "one view over all of them";
  EXPECT_THAT(services_in(address()).value(), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(open_ledger_for_reading(place("")).error().message, HasSubstr("--service a, b, c, d"));
}

TEST_F(InPostgres, NothingIsKeptAsAFloatOrRounded) {
  const auto made = lead();
  EXPECT_THAT(psql(url_,
                   "SELECT DISTINCT data_type || ' ' || coalesce(collation_name, '') FROM information_schema.columns WHERE table_schema = "
                   "'marginfix_main' AND table_name <> 'inbox' ORDER BY 1"),
              ElementsAre("bigint ", "bytea ", "text C"));
}

TEST_F(InPostgres, WhatIsReliedOnIsSetWhateverTheDatabaseSays) {
  psql(url_, "ALTER DATABASE " + database() + " SET synchronous_commit = off");
  psql(url_, "ALTER DATABASE " + database() + " SET tcp_user_timeout = 100000");
  psql(url_, "ALTER DATABASE " + database() + " SET default_transaction_isolation = 'serializable'");
  const auto made = lead_by(PostgresAddress::parse(tcp_url()).value());
  for (const auto& [name, value] : {std::pair("synchronous_commit", "on"), std::pair("tcp_keepalives_idle", "1"),
                                    std::pair("tcp_keepalives_interval", "1"), std::pair("tcp_keepalives_count", "2"),
                                    std::pair("tcp_user_timeout", "3000"), std::pair("transaction_isolation", "read committed")}) {
    StatementGuard s(made.writer->storage().statement("SELECT setting FROM pg_settings WHERE name = $1"));
    s->bind(0, std::string_view(name));
    ASSERT_TRUE(s->step());
    EXPECT_EQ(s->text(0), value) << name;
  }
}

TEST_F(InPostgres, ThePasswordIsNeverSeen) {
  const auto good = PostgresAddress::parse(tcp_url()).value();
  EXPECT_EQ(good.shown(), "postgresql://marginfix@127.0.0.1:" + std::to_string(PostgresServer::shared()->port()) + "/" + database());
  EXPECT_EQ(good.masked("it is " + std::string(PostgresServer::kPassword) + "!"), "it is ***!");
  std::string wrong = tcp_url();
  wrong.replace(wrong.find("cret"), 4, "CRET");
  EXPECT_THAT(masked_address(wrong), HasSubstr("marginfix:***@127.0.0.1"));
  const auto refused = LeadCandidate::open(PostgresAddress::parse(wrong).value(), {"main", "test", {}, {}}).error();
  EXPECT_EQ(refused.category, ErrorCategory::connect);
  EXPECT_THAT(refused.message, HasSubstr("password authentication failed"));
  for (const std::string& address :
       {std::string("postgresql://u:pass@word@h:port/d"), std::string("postgresql://u:p%zz@h/d"),
        std::string("postgresql://u:pass/word@h/d"), std::string("postgresql://u@h/d?password=pass&nonsense=1")}) {
    const auto unread = PostgresAddress::parse(address);
    ASSERT_FALSE(unread) << address;
    EXPECT_THAT(to_string(unread.error()) + unread.error().context, Not(AnyOf(HasSubstr("pass@"), HasSubstr("word@"), HasSubstr("p%zz"))));
  }
  EXPECT_EQ(masked_address("postgresql://u@h/d?x=1&password=pass&y=2"), "postgresql://u@h/d?x=1&password=***&y=2");
  EXPECT_EQ(masked_address("postgresql://u:pa:ss@h/d"), "postgresql://u:***@h/d");
  EXPECT_EQ(masked_address("postgresql://u:pa?ss@h/d?x=a@b"), "postgresql://u:***@h/d?x=a@b");
  EXPECT_EQ(masked_address("postgresql://u:pa/ss@h/d"), "postgresql://u:***@h/d");
  EXPECT_EQ(masked_address("postgresql://h:5432/d"), "postgresql://h:5432/d");
}

TEST_F(InPostgres, WhoReadsCannotWriteAndSaysWhatIsNotThere) {
  EXPECT_EQ(open_ledger_for_reading(place()).error().code, "no_ledger");
  EXPECT_EQ(open_ledger_for_reading(place("")).error().code, "no_ledger");
  const auto made = lead();
  EXPECT_THROW(set_meta(*reader(), "a", "1"), Exception);
  psql(url_, "UPDATE marginfix.services SET version = 99");
  EXPECT_THAT(open_ledger_for_reading(place()).error().message, HasSubstr("newer marginfix"));
  EXPECT_THAT(PostgresStorage::open(address(), *made.lead).error().message, HasSubstr("newer marginfix"));
  psql(url_, "UPDATE marginfix.services SET version = 1");
  EXPECT_THAT(open_ledger_for_reading(place()).error().message, HasSubstr("brings it up to date"));
  EXPECT_TRUE(PostgresStorage::open(address(), *made.lead));
  EXPECT_TRUE(open_ledger_for_reading(place()));
  EXPECT_THAT(LeadCandidate::open(address(), {"No-Name", "test", {}, {}}).error().message, HasSubstr("lower case"));
}

TEST_F(InPostgres, AnAccountHasOneService) {
  const auto one = LeadCandidate::open(address(), {"one", "test", {"alice"}, {}}).value()->try_take().value();
  const auto other = LeadCandidate::open(address(), {"two", "test", {"bob", "alice"}, {}}).value()->try_take();
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("alice belongs to service one"));
  EXPECT_TRUE(try_take(address(), "two")) << "nothing of it was taken";
}

// What pgbouncer gives away between two transactions nobody can hold.
class BehindAPooler : public InPostgres {
 protected:
  ~BehindAPooler() override {
    if (pooler_ <= 0) return;
    ::kill(pooler_, SIGKILL);
    ::waitpid(pooler_, nullptr, 0);
  }
  bool begin(const std::string& mode) {
    port_ = marginfix::test::CutLine(PostgresServer::shared()->port()).port();  // which is free now that the line is gone
    const std::string users = folder_.write("users", "\"marginfix\" \"" + std::string(PostgresServer::kPassword) + "\"\n");
    const std::string config = folder_.write(
        "pooler.ini", "[databases]\n* = host=127.0.0.1 port=" + std::to_string(PostgresServer::shared()->port()) +
                          "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + std::to_string(port_) +
                          "\nunix_socket_dir =\nauth_type = plain\nauth_file = " + users + "\npool_mode = " + mode +
                          "\nlogfile = " + folder_.path("pooler.log") + "\nignore_startup_parameters = extra_float_digits,options\n");
    marginfix::test::Spawn pooler;
    pooler.arguments = {"/usr/sbin/pgbouncer", config};
    if (::geteuid() == 0) {
      ::chmod(folder_.path().c_str(), 0777);
      ::chmod(config.c_str(), 0644), ::chmod(users.c_str(), 0644);
      pooler.arguments.insert(pooler.arguments.begin(),
                              {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=KILL"});
    }
    pooler.out_file = folder_.path("pooler.out");
    pooler_ = marginfix::test::spawn(pooler);
    return comes([&] { return PostgresAddress::parse(tcp_url(port_)) && answers(); }, seconds(20));
  }
  bool answers() const {
    try {
      return !psql(tcp_url(port_), "SELECT 1").empty();
    } catch (const std::exception&) {
      return false;
    }
  }
  std::uint16_t port_{0};
  pid_t pooler_{-1};
};

TEST_F(BehindAPooler, TransactionsOfOtherSessionsAreRefused) {
  if (::access("/usr/sbin/pgbouncer", X_OK) != 0) GTEST_SKIP() << "no pgbouncer is installed (apt-get install pgbouncer)";
  ASSERT_TRUE(begin("transaction")) << TempFolder::read(folder_.path("pooler.log"));
  const auto refused = LeadCandidate::open(PostgresAddress::parse(tcp_url(port_)).value(), {"main", "test", {}, {}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("session pooling needed"));
}

TEST_F(BehindAPooler, SessionsAreTaken) {
  if (::access("/usr/sbin/pgbouncer", X_OK) != 0) GTEST_SKIP() << "no pgbouncer is installed (apt-get install pgbouncer)";
  ASSERT_TRUE(begin("session")) << TempFolder::read(folder_.path("pooler.log"));
  const auto made = lead_by(PostgresAddress::parse(tcp_url(port_)).value());
  ASSERT_TRUE(made.writer->write(test::tell(0, 10)));
  EXPECT_EQ(reports(), 10);
}

// ---- journal, ledger and audit ------------------------------------------------------------------------------------------

class PostgresWriting : public InPostgres {
 protected:
  static std::vector<std::vector<Record>> some_batches() {
    std::vector<std::vector<Record>> batches;
    for (int i = 0; i < 12; ++i) {
      batches.push_back(test::tell(i * 30, i * 30 + i * 9));
      batches.back().push_back(told("reason " + std::to_string(i), RecordKind::decision));
      batches.back().push_back(told(std::string("\xff\xe9\0 bytes", 9) + std::to_string(i)));
    }
    batches.push_back(test::tell(0, 300));  // told again
    return batches;
  }
  // The same in a folder.
  std::string folder_of(const std::vector<std::vector<Record>>& batches) const {
    const std::string dir = folder_.path("folder");
    const auto writer = LedgerWriter::open(dir).value();
    for (const auto& batch : batches) writer->write(batch).value();
    writer->close().value();
    return dir;
  }
  std::string joined(const std::string& sql) const {
    std::string all;
    for (const std::string& row : psql(url_, sql)) all += row;
    return all;
  }
};

TEST_F(PostgresWriting, TheSameRecordsGiveTheSameJournalLedgerAndAuditAsInAFolder) {
  const auto batches = some_batches();
  const std::string dir = folder_of(batches);
  auto made = lead();
  for (const auto& batch : batches) ASSERT_TRUE(made.writer->write(batch));
  const auto here = reader(), there = open_ledger_for_reading(dir).value();
  EXPECT_THAT(compare_tables(*here, *there).faults, testing::IsEmpty());
  EXPECT_EQ(digest_of(*here), digest_of(*there));
  EXPECT_EQ(joined("SELECT line FROM marginfix_main.audit ORDER BY number"), TempFolder::read(audit_path(dir)));
  const auto proven = verify(place());
  ASSERT_TRUE(proven) << proven.error().message;
  EXPECT_EQ(proven->digest, verify(dir)->digest);
  EXPECT_EQ(proven->journal_bytes, verify(dir)->journal_bytes);
  EXPECT_EQ(proven->audit_lines, 12);
}

TEST_F(PostgresWriting, AFoldersJournalBecomesTheSameLedger) {
  const std::string dir = folder_of(some_batches());
  const auto made = replay_into_postgres(journal_path(dir), place());
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->digest, verify(dir)->digest);
  EXPECT_TRUE(verify(place()));
  EXPECT_TRUE(replay_into_postgres(journal_path(dir), place())) << "there is nothing left to do";
  lead().writer->write(test::tell(1000, 1001)).value();
  EXPECT_FALSE(replay_into_postgres(journal_path(dir), place())) << "it is another one's by now";
}

TEST_F(PostgresWriting, VerifyFindsWhatWasChanged) {
  auto made = lead();
  for (const auto& batch : some_batches()) ASSERT_TRUE(made.writer->write(batch));
  const auto fault_after = [&](const std::string& change, const std::string& back) {
    psql(url_, change);
    const auto proven = verify(place());
    psql(url_, back);
    return proven ? std::string("none") : proven.error().message;
  };
  EXPECT_THAT(fault_after("UPDATE marginfix_main.reports SET symbol = 'X' WHERE exec_id = '13768;7'",
                          "UPDATE marginfix_main.reports SET symbol = '' WHERE exec_id = '13768;7'"),
              HasSubstr("exec_id \"13768;7\": symbol is \"X\", the journal gives \"\""));
  EXPECT_THAT(fault_after("UPDATE marginfix_main.audit SET line = replace(line, 'reason 3', 'reason 4')",
                          "UPDATE marginfix_main.audit SET line = replace(line, 'reason 4', 'reason 3') WHERE number = 4"),
              HasSubstr("audit: line 4"));
  EXPECT_THAT(fault_after("UPDATE marginfix_main.journal SET bytes = set_byte(bytes, 60, get_byte(bytes, 60) # 1) WHERE begins = 0",
                          "UPDATE marginfix_main.journal SET bytes = set_byte(bytes, 60, get_byte(bytes, 60) # 1) WHERE begins = 0"),
              HasSubstr("journal: byte"));
  EXPECT_THAT(fault_after("DELETE FROM marginfix_main.meta WHERE name = 'told_again'", "SELECT 1"), HasSubstr("meta: the row"));
}

TEST_F(PostgresWriting, NothingOfABatchCountsThatCouldNotBeApplied) {
  auto made = lead();
  ASSERT_TRUE(made.writer->write(test::tell(0, 10)));
  psql(url_, "ALTER TABLE marginfix_main.reports ADD CONSTRAINT broken CHECK (exec_id <> '13768;15')");
  EXPECT_FALSE(made.writer->write(test::tell(10, 20)));
  EXPECT_EQ(reports(), 10);
  psql(url_, "ALTER TABLE marginfix_main.reports DROP CONSTRAINT broken");
  EXPECT_TRUE(made.writer->write(test::tell(10, 20)));
  EXPECT_EQ(reports(), 20);
  EXPECT_TRUE(verify(place()));
}

TEST_F(PostgresWriting, WhatSomebodyAsksForIsDoneOnce) {
  auto made = lead();
  ASSERT_TRUE(put_into_inbox(address(), "main", "please"));
  ASSERT_TRUE(made.writer->write({}));
  ASSERT_TRUE(made.writer->write({}));
  EXPECT_THAT(psql(url_, "SELECT line::json->>'reason' FROM marginfix_main.audit"), ElementsAre("please"));
  EXPECT_THAT(psql(url_, "SELECT id FROM marginfix_main.inbox"), testing::IsEmpty());
  EXPECT_TRUE(verify(place()));
}

// ---- killed -------------------------------------------------------------------------------------------------------------

int kills_of_a_leader() {
  const char* text = std::getenv("MARGINFIX_KILLS");
  return std::max(8, text == nullptr ? 0 : std::atoi(text) / 4);
}

// What a child tells its parent.
struct Shared {
  std::atomic<std::int64_t> confirmed{0};
  std::atomic<int> fault{0};  // 1: it may not write any more, 2: it lost its connection, 3: else
};

class LeaderAsAProcess : public InPostgres {
 protected:
  void SetUp() override {
    InPostgres::SetUp();
    shared_ = new (::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Shared();
  }
  ~LeaderAsAProcess() override {
    end();
    ::munmap(shared_, sizeof(Shared));
  }
  // Goes on behind what the ledger has until it is ended or cannot.
  [[noreturn]] void write_on(const std::string& url) {
    const auto address = PostgresAddress::parse(url).value();
    auto lead = wait_for_lead(address, {"main", "child", {}, {}}, [] { return false; });
    if (!lead) ::_exit(3);
    auto writer = open_leading_writer(address, **lead, folder_.path("instance"));
    if (!writer) ::_exit(3);
    std::int64_t next = number((*writer)->storage(), "SELECT count(*) FROM reports");
    for (int size = 1;; size = size % 9 + 1) {
      const auto written = (*writer)->write(test::tell(static_cast<int>(next), static_cast<int>(next) + size));
      if (!written) {
        shared_->fault = written.error().code == "not_leader" ? 1 : written.error().code == "connection_lost" ? 2 : 3;
        ::_exit(0);
      }
      next += size;
      shared_->confirmed = next;
    }
  }
  void begin() {
    shared_->fault = 0;
    child_ = ::fork();
    if (child_ == 0) write_on(url_);
  }
  void end() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  void wait_for(std::int64_t more) {
    const std::int64_t from = shared_->confirmed;
    ASSERT_TRUE(comes([&] { return shared_->confirmed >= from + more; }));
  }

  Shared* shared_{nullptr};
  pid_t child_{-1};
};

TEST_F(LeaderAsAProcess, KilledLosesNothingAndDoublesNothing) {
  std::mt19937 chance(20261201);
  for (int i = 0; i < kills_of_a_leader(); ++i) {
    begin();
    wait_for(static_cast<std::int64_t>(1 + chance() % 30));
    std::this_thread::sleep_for(std::chrono::microseconds(chance() % 3'000));
    end();
    // What it had sent may still be on its way.
    psql(url_, "UPDATE marginfix.services SET beat = '-infinity'");
    const auto next = lead();
    const std::int64_t there = reports();
    ASSERT_GE(there, shared_->confirmed) << "kill " << i << ": lost";
    ASSERT_LE(there, shared_->confirmed + 9);
    const auto proven = verify(place());
    ASSERT_TRUE(proven) << "kill " << i << ": " << proven.error().message;
    ASSERT_EQ(proven->records, there);
    ASSERT_EQ(meta_number(*reader(), "told_again"), 0) << "kill " << i << ": double";
    shared_->confirmed = there;
  }
}

TEST_F(LeaderAsAProcess, KilledIsReplacedWithinFiveSeconds) {
  begin();
  wait_for(20);
  end();
  Clock::duration took{};
  auto next = take_over(took);
  EXPECT_LT(took, seconds(5));
  EXPECT_TRUE(next.writer->write(test::tell(1'000'000, 1'000'010)));
  EXPECT_TRUE(verify(place()));
}

TEST_F(LeaderAsAProcess, FrozenIsReplacedWithinFiveSecondsAndWritesNothingMore) {
  std::mt19937 chance(7);
  for (int i = 0; i < 2; ++i) {
    begin();
    wait_for(20);
    std::this_thread::sleep_for(std::chrono::microseconds(chance() % 3'000));  // anywhere in a transaction
    ::kill(child_, SIGSTOP);
    Clock::duration took{};
    auto next = take_over(took);
    EXPECT_LT(took, seconds(5));
    const std::int64_t before = reports();
    ASSERT_TRUE(next.writer->write(test::tell(1'000'000 + i * 10, 1'000'005 + i * 10)));
    ::kill(child_, SIGCONT);
    ASSERT_TRUE(comes([&] { return shared_->fault != 0; })) << "it went on";
    EXPECT_NE(shared_->fault, 3);
    EXPECT_EQ(reports(), before + 5) << "it wrote after it was replaced";
    EXPECT_GE(before, shared_->confirmed) << "lost";
    EXPECT_TRUE(verify(place()));
    next.lead->release();
    end();
    shared_->confirmed = reports();
  }
}

// ---- cut off ------------------------------------------------------------------------------------------------------------

class CutOffLeader : public InPostgres {
 protected:
  void SetUp() override {
    InPostgres::SetUp();
    if (IsSkipped()) return;
    line_.emplace(PostgresServer::shared()->port());
    first_ = lead_by(PostgresAddress::parse(tcp_url(line_->port())).value());
    ASSERT_TRUE(first_.lead);
    ASSERT_TRUE(first_.writer->write(test::tell(0, 10)));
  }
  void expect_that_it_is_over() {
    EXPECT_TRUE(comes([&] { return !first_.lead->mine(); }));
    const auto written = first_.writer->write(test::tell(500, 510));
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().code, AnyOf("not_leader", "connection_lost"));
  }
  std::optional<marginfix::test::CutLine> line_;
  Leading first_;
};

TEST_F(CutOffLeader, IsReplacedWithinFiveSeconds) {
  line_->cut();
  Clock::duration took{};
  auto next = take_over(took);
  EXPECT_LT(took, seconds(5));
  ASSERT_TRUE(next.writer->write(test::tell(100, 105)));
  line_->mend();
  expect_that_it_is_over();
  EXPECT_EQ(reports(), 15);
  EXPECT_TRUE(verify(place()));
}

// What it sent before anybody knew arrives after its successor has begun.
TEST_F(CutOffLeader, WhatArrivesLateIsNotWritten) {
  line_->hold();
  std::optional<Result<void>> late;
  std::thread writing([&] { late = first_.writer->write(test::tell(10, 20)); });
  Clock::duration took{};
  auto next = take_over(took);
  EXPECT_LT(took, seconds(5));
  ASSERT_TRUE(next.writer->write(test::tell(100, 105)));
  line_->mend();
  writing.join();
  EXPECT_FALSE(*late);
  expect_that_it_is_over();
  EXPECT_EQ(reports(), 15);
  ASSERT_TRUE(next.writer->write(test::tell(105, 110)));
  EXPECT_EQ(reports(), 20);
  EXPECT_TRUE(verify(place()));
}

// A transaction that had begun, and with it the lock on the lead's row, when the line went dead.
TEST_F(CutOffLeader, AnOpenTransactionHoldsUpNobody) {
  Storage& storage = first_.writer->storage();
  storage.begin();
  set_meta(storage, "half", "done");
  EXPECT_EQ(number(storage, "SELECT COUNT(*) FROM meta WHERE name = 'half'"), 1);
  line_->hold();
  Clock::duration took{};
  auto next = take_over(took);
  EXPECT_LT(took, seconds(5));
  line_->mend();
  EXPECT_THROW(storage.commit(), Exception);
  EXPECT_EQ(meta(*reader(), "half"), std::nullopt);
}

// ---- the lead -----------------------------------------------------------------------------------------------------------

TEST_F(InPostgres, OneLeadsAndHandsOverAtOnce) {
  const auto candidate = LeadCandidate::open(address(), {"main", "second", {}, {}}).value();
  auto first = try_take(address());
  EXPECT_EQ(first->epoch(), 1);
  EXPECT_TRUE(first->mine());
  EXPECT_FALSE(candidate->try_take().value());
  EXPECT_TRUE(candidate->state()->held);
  EXPECT_TRUE(try_take(address(), "other")) << "each service has its own";
  first->release();
  EXPECT_FALSE(first->mine());
  const auto second = candidate->try_take().value();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->epoch(), 2);
}

TEST_F(InPostgres, TheLeadIsKeptForAsLongAsItIsRenewed) {
  LeadTimes quick{milliseconds(20), milliseconds(400), milliseconds(10)};
  const auto first = try_take(address(), "main", quick);
  const auto candidate = LeadCandidate::open(address(), {"main", "second", {}, quick}).value();
  for (const auto until = Clock::now() + milliseconds(1'500); Clock::now() < until;) {
    const auto taken = candidate->try_take();
    ASSERT_TRUE(taken);
    if (*taken) {
      EXPECT_TRUE(comes([&] { return !first->mine(); })) << "two lead";  // a machine that stood still for so long
      return;
    }
  }
  EXPECT_TRUE(first->mine());
}

TEST(PostgresServerKilled, WhatWasConfirmedIsThereAndTheServiceGoesOn) {
  const auto server = PostgresServer::start({"synchronous_commit=off", "wal_writer_delay=10s", "fsync=on"});
  if (!server) GTEST_SKIP() << PostgresServer::why_not();
  const TempFolder folder;
  const std::string url = server->new_database();
  const auto address = PostgresAddress::parse(url).value();
  const LeadHolder holder{"main", "test", {}, {}};
  std::int64_t next = 0;
  for (int i = 0; i < 2; ++i) {
    const auto lead = wait_for_lead(address, holder, [] { return false; }).value();
    auto writer = open_leading_writer(address, *lead, folder.path("instance")).value();
    ASSERT_EQ(number(writer->storage(), "SELECT count(*) FROM reports"), next) << "a commit that was confirmed is lost";
    for (int batch = 0; batch < 20; ++batch, next += 5)
      ASSERT_TRUE(writer->write(test::tell(static_cast<int>(next), static_cast<int>(next) + 5)));
    server->kill();
    EXPECT_EQ(writer->write(test::tell(0, 1)).error().code, "connection_lost");
    EXPECT_TRUE(comes([&] { return !lead->mine(); }));
    server->begin();
  }
}

}  // namespace
}  // namespace marginfix::reconcile
