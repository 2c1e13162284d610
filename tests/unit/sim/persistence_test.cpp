// What survives the death of the process: journal, snapshots, damage. A "restart" is a second Exchange over the same directory.
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/record/journal.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/truth.hpp"
#include "support/temp_folder.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
namespace fs = std::filesystem;

ExchangeOptions options_in(const fs::path& dir, bool house = false) {
  ExchangeOptions o;
  o.dir = dir;
  o.house = house;
  o.past = false;
  return o;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
fs::path only_file(const fs::path& dir, const char* extension) {
  fs::path found;
  for (const auto& e : fs::directory_iterator(dir)) {
    if (e.path().extension() != extension) continue;
    EXPECT_TRUE(found.empty()) << "more than one " << extension;
    found = e.path();
  }
  return found;
}

struct Life {
  explicit Life(const ExchangeOptions& options, Timestamp at = kStart) : exchange(options) {
    exchange.add_sink(events);
    auto opened = exchange.open(at);
    if (opened) report = *opened;
    if (!opened) error = opened.error();
  }
  KeyNo key(const char* id) { return views::find_key(exchange.state(), id)->key; }
  void submit(const char* key_id, std::string_view id, Side side, std::int64_t n, const char* price, TimeInForce tif,
              std::string_view group = {}) {
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = kMarket;
    o.side = side;
    o.quantity = lots(n);
    o.price = usd(price);
    o.time_in_force = tif;
    o.group_id = group;
    exchange.run(commands::Submit{{{key(key_id), Door::FixRT}, {}, ++seq}, o});
  }
  Recorder events;
  Exchange exchange;
  OpenReport report;
  std::optional<Error> error;
  std::uint64_t seq{0};
};

// One command of each kind, one a call.
std::vector<std::function<void(Life&)>> script() {
  static std::string group;
  return {
      [](Life& r) {
        r.exchange.run(commands::CreateAccount{{"alice", {{"a-key", KeyScope::Trading}}, false, {usd("100000")}}});
      },
      [](Life& r) {
        r.exchange.run(commands::CreateAccount{{"bob", {{"b-key", KeyScope::Trading}}, true, {usd("100000"), usd("5")}}});
      },
      [](Life& r) {
        r.exchange.run(commands::AddKey{0, {"x-key", KeyScope::DropCopy}});
      },
      [](Life& r) { r.exchange.run(commands::CreateSubaccount{views::find_account(r.exchange.state(), "alice").value()}); },
      [](Life& r) {
        r.exchange.run(commands::Deposit{views::find_account(r.exchange.state(), "alice").value(), 1, usd("77.5")}).value();
      },
      [](Life& r) {
        r.exchange.run(commands::Transfer{views::find_account(r.exchange.state(), "alice").value(), 0, 1, usd("10")});
      },
      [](Life& r) { r.submit("a-key", "a1", Side::Buy, 10, "6.0000", TimeInForce::GTC); },
      [](Life& r) { r.submit("b-key", "b1", Side::Sell, 4, "6.0000", TimeInForce::Day); },
      [](Life& r) {
        const auto out =
            r.exchange.run(commands::Group{{{r.key("a-key"), Door::FixRT}, {}, ++r.seq}, {OrderGroupAction::Create, {}, 3, {}}});
        group = std::string(out.group_id->view());
      },
      [](Life& r) { r.submit("a-key", "g1", Side::Buy, 9, "6.0100", TimeInForce::Day, group); },
      [](Life& r) { r.exchange.step(kStart + seconds(5)); },
      [](Life& r) { r.submit("b-key", "b2", Side::Sell, 4, "6.0100", TimeInForce::IOC); },
      [](Life& r) {
        AmendOrder a;
        a.cl_ord_id = "a2";
        a.orig_cl_ord_id = "a1";
        a.quantity = lots(20);
        a.time_in_force = TimeInForce::GTD;
        a.expire_time = kStart + hours(1);
        r.exchange.run(commands::Amend{{{r.key("a-key"), Door::FixRT}, {}, ++r.seq}, a});
      },
      [](Life& r) {
        const OrderView order =
            views::find_order(r.exchange.state(), views::find_account(r.exchange.state(), "alice").value(), "a2").value();
        DecreaseOrder d;
        d.order_id = order.order_id.view();
        d.reduce_by = lots(3);
        r.exchange.run(commands::Decrease{{{r.key("a-key"), Door::Rest}, {}, 0}, d});
      },
      [](Life& r) {
        r.exchange.run(commands::Halt{1, true});
      },
      [](Life& r) {
        r.exchange.run(commands::SetStatus{2, MarketStatus::Closed});
      },
      [](Life& r) { r.submit("b-key", "b3", Side::Sell, 6, "6.5000", TimeInForce::GTC); },
      [](Life& r) {
        CancelOrder c;
        c.cl_ord_id = "c1";
        c.orig_cl_ord_id = "b3";
        r.exchange.run(commands::Cancel{{{r.key("b-key"), Door::FixRT}, {}, ++r.seq}, c});
      },
      [](Life& r) { r.submit("b-key", "b4", Side::Sell, 1, "6.6000", TimeInForce::Day); },
      [](Life& r) {
        r.exchange.run(commands::MassCancel{{{r.key("b-key"), Door::FixNR}, {}, 0}, {"m1"}});
      },
      [](Life& r) { r.submit("b-key", "bad", Side::Sell, 0, "6.6000", TimeInForce::Day); },
      [](Life& r) { r.submit("b-key", "b5", Side::Sell, 1, "6.6000", TimeInForce::Day); },
      [](Life& r) {
        r.exchange.run(commands::CancelOnDisconnect{{r.key("b-key"), Door::FixRT}});
      },
      [](Life& r) { r.exchange.run(commands::SetPaused{true}); },
      [](Life& r) { r.exchange.run(commands::SetPaused{false}); },
      [](Life& r) {
        r.exchange.run(commands::ResetRef{{r.key("b-key"), Door::FixRT}});
      },
      [](Life& r) { r.exchange.advance(hours(2)); },
      [](Life& r) { r.submit("a-key", "gone", Side::Buy, 2, "5.8000", TimeInForce::Day); },
      [](Life& r) {
        r.exchange.run(commands::CancelAll{{{r.key("a-key"), Door::Rest}, {}, 0}, {0}});
      },
      [](Life& r) { r.submit("a-key", "a3", Side::Buy, 2, "5.9000", TimeInForce::Day); },
  };
}

TEST(SimPersistence, ARestartGivesTheSameStateEventsAndFuture) {
  test::TempFolder dir;
  std::string truth, next;
  std::vector<std::string> lines;
  {
    Life first(options_in(dir.path()));
    EXPECT_TRUE(first.report.fresh);
    for (const auto& command : script()) command(first);
    truth = views::truth_json(first.exchange.state());
    lines = first.events.lines;
  }
  Life again(options_in(dir.path()));
  EXPECT_FALSE(again.report.fresh);
  EXPECT_EQ(again.report.cut_bytes, 0U);
  EXPECT_EQ(views::truth_json(again.exchange.state()), truth);
  EXPECT_EQ(again.events.lines, lines) << "listeners hear the replayed events, with their numbers";
  EXPECT_TRUE(views::check(again.exchange.state()).empty());
  EXPECT_FALSE(again.exchange.replaying());
  again.submit("b-key", "b9", Side::Sell, 1, "5.9000", TimeInForce::IOC);
  EXPECT_EQ(again.events.last().cl_ord_id, "a3");
  EXPECT_TRUE(again.events.last().event.fill.has_value());
}

// A step in which nothing was due is not in the journal: the clock may be ahead of it, everything else is equal.
std::string without_clock(const std::string& truth) { return truth.substr(truth.find(",\"exchange_paused\"")); }

// The frames of a journal: offsets at which a record ends.
std::vector<std::size_t> record_ends(const std::string& file) {
  std::vector<std::size_t> ends;
  std::size_t at = 8;
  while (at + 8 <= file.size()) {
    std::uint32_t length = 0;
    std::memcpy(&length, file.data() + at, sizeof length);
    at += 8 + length;
    ends.push_back(at);
  }
  return ends;
}

TEST(SimPersistence, AJournalCutAnywhereGivesTheStateOfItsWholeRecords) {
  test::TempFolder live;
  std::vector<std::pair<std::size_t, std::string>> truths;  // journal length -> truth
  fs::path journal;
  {
    Life run(options_in(live.path()));
    journal = only_file(live.path(), ".mfj");
    truths.emplace_back(fs::file_size(journal), views::truth_json(run.exchange.state()));
    for (const auto& command : script()) {
      command(run);
      truths.emplace_back(fs::file_size(journal), views::truth_json(run.exchange.state()));
    }
  }
  const std::string whole = read_file(journal);
  const auto ends = record_ends(whole);
  ASSERT_GE(ends.size(), script().size());
  ASSERT_EQ(ends.back(), whole.size());
  for (std::size_t i = 1; i < ends.size(); ++i) {  // record 0 is the identity, record 1 the start
    const std::size_t start = ends[i - 1];
    for (const std::size_t cut : {ends[i], start + 1, start + 7, start + 8, (start + ends[i]) / 2, ends[i] - 1}) {
      test::TempFolder dir;
      write_file(dir.path("journal-1.mfj"), std::string_view(whole).substr(0, cut));
      Life run(options_in(dir.path()));
      ASSERT_FALSE(run.error) << to_string(*run.error);
      const std::size_t good = cut == ends[i] ? cut : start;
      EXPECT_EQ(run.report.cut_bytes, cut - good);
      EXPECT_TRUE(views::check(run.exchange.state()).empty());
      if (good < truths.front().first) continue;  // not even started: it starts anew
      std::string expected;
      for (const auto& [size, truth] : truths) {
        if (size <= good) expected = truth;
      }
      EXPECT_TRUE(without_clock(views::truth_json(run.exchange.state())) == without_clock(expected)) << "cut at " << cut;
    }
  }
}

TEST(SimPersistence, ACutJournalGoesOnBeingWritten) {
  test::TempFolder dir;
  fs::path journal;
  {
    Life run(options_in(dir.path()));
    const auto commands = script();
    for (std::size_t i = 0; i < 8; ++i) commands[i](run);
    journal = only_file(dir.path(), ".mfj");
  }
  write_file(journal, read_file(journal) + "torn");
  {
    Life run(options_in(dir.path()));
    EXPECT_EQ(run.report.cut_bytes, 4U);
    run.submit("a-key", "a7", Side::Buy, 1, "5.9900", TimeInForce::GTC);
  }
  Life run(options_in(dir.path()));
  EXPECT_EQ(run.report.cut_bytes, 0U);
  EXPECT_TRUE(views::find_order(run.exchange.state(), views::find_account(run.exchange.state(), "alice").value(), "a7"));
}

TEST(SimPersistence, DamageInTheMiddleIsRefusedWithTheFileNamed) {
  test::TempFolder dir;
  fs::path journal;
  {
    Life run(options_in(dir.path()));
    for (const auto& command : script()) command(run);
    journal = only_file(dir.path(), ".mfj");
  }
  const std::string whole = read_file(journal);
  const auto ends = record_ends(whole);
  for (std::size_t i = 1; i + 1 < ends.size(); ++i) {
    for (const std::size_t at : {ends[i - 1], ends[i - 1] + 5, ends[i - 1] + 9, ends[i] - 1}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
      write_file(journal, damaged);
      Life run(options_in(dir.path()));
      ASSERT_TRUE(run.error) << "record " << i << " byte " << at;
      EXPECT_EQ(run.error->category, ErrorCategory::store);
      EXPECT_NE(run.error->message.find("journal-1.mfj"), std::string::npos);
      EXPECT_NE(run.error->message.find("damaged"), std::string::npos);
    }
  }
  std::string damaged = whole;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  write_file(journal, damaged);
  Life run(options_in(dir.path()));
  EXPECT_FALSE(run.error) << "a bad last record is an unfinished write";
  EXPECT_EQ(run.report.cut_bytes, ends.back() - ends[ends.size() - 2]);
}

TEST(SimPersistence, EveryCommandIsOnDiskBeforeItsEventsLeave) {
  struct Watcher : EventSink {
    fs::path journal;
    std::uintmax_t size{0};
    void on_execution(const ExecutionEvent&) override { size = fs::file_size(journal); }
  };
  test::TempFolder dir;
  Life run(options_in(dir.path()));
  const auto commands = script();
  for (std::size_t i = 0; i < 6; ++i) commands[i](run);
  Watcher watcher;
  watcher.journal = only_file(dir.path(), ".mfj");
  run.exchange.add_sink(watcher);
  const auto before = fs::file_size(watcher.journal);
  run.submit("a-key", "a1", Side::Buy, 10, "6.0000", TimeInForce::GTC);
  EXPECT_GT(watcher.size, before);
}

TEST(SimPersistence, OnCommitKeepsWritesTogether) {
  test::TempFolder dir;
  ExchangeOptions options = options_in(dir.path());
  options.write_policy = WritePolicy::OnCommit;
  Life run(options);
  const auto journal = only_file(dir.path(), ".mfj");
  const auto before = fs::file_size(journal);
  const auto commands = script();
  for (std::size_t i = 0; i < 8; ++i) commands[i](run);
  EXPECT_EQ(fs::file_size(journal), before);
  run.exchange.commit();
  EXPECT_GT(fs::file_size(journal), before);
}

TEST(SimPersistence, SnapshotsReplaceTheJournalAndGiveTheSameState) {
  test::TempFolder dir;
  ExchangeOptions options = options_in(dir.path());
  options.snapshot_bytes = 1'500;
  std::string truth;
  {
    Life run(options);
    for (const auto& command : script()) command(run);
    truth = views::truth_json(run.exchange.state());
    EXPECT_FALSE(run.events.checkpoints.empty());
    EXPECT_EQ(read_file(only_file(dir.path(), ".mfs")).empty(), false);
    only_file(dir.path(), ".mfj");
  }
  Life again(options);
  ASSERT_FALSE(again.error) << to_string(*again.error);
  EXPECT_TRUE(again.report.from_snapshot);
  EXPECT_EQ(views::truth_json(again.exchange.state()), truth);
  EXPECT_TRUE(views::check(again.exchange.state()).empty());
  again.exchange.advance(hours(30));
  EXPECT_EQ(again.events.last().event.reason, Reason::Expired) << "expiries are linked again";
}

// The same commands with a snapshot after each one must end in the same events and state as without any.
TEST(SimPersistence, ASnapshotAfterEachCommandChangesNothing) {
  test::TempFolder plain_dir, often_dir;
  Life plain(options_in(plain_dir.path()));
  for (const auto& command : script()) command(plain);
  std::uint64_t seq = 0;
  for (const auto& command : script()) {
    Life often(options_in(often_dir.path()));
    ASSERT_FALSE(often.error) << to_string(*often.error);
    often.seq = seq;
    command(often);
    seq = often.seq;
    often.exchange.checkpoint();
  }
  Life last(options_in(often_dir.path()));
  EXPECT_EQ(views::truth_json(last.exchange.state()), views::truth_json(plain.exchange.state()));
  EXPECT_EQ(views::last_event(last.exchange.state()), views::last_event(plain.exchange.state()));
}

// ---- snapshots beside the running exchange

ExchangeOptions beside_trading(const std::string& dir) {
  ExchangeOptions options = options_in(dir);
  options.snapshot_bytes = 600;
  options.snapshot_at_once = 0;
  return options;
}

TEST(SimPersistence, ASnapshotMadeBesideTradingIsTheStateThatARestartFinds) {
  test::TempFolder dir, plain_dir;
  std::string truth;
  {
    Life plain(options_in(plain_dir.path()));
    Life run(beside_trading(dir.path()));
    for (const auto& command : script()) {
      command(plain);
      command(run);
    }
    EXPECT_FALSE(run.events.checkpoints.empty());
    truth = views::truth_json(run.exchange.state());
    EXPECT_EQ(truth, views::truth_json(plain.exchange.state()));
  }
  const std::string snapshot = read_file(only_file(dir.path(), ".mfs"));
  EXPECT_FALSE(snapshot.empty());
  Life again(beside_trading(dir.path()));
  ASSERT_FALSE(again.error) << to_string(*again.error);
  EXPECT_TRUE(again.report.from_snapshot);
  EXPECT_EQ(views::truth_json(again.exchange.state()), truth);
  EXPECT_TRUE(views::check(again.exchange.state()).empty());
}

TEST(SimPersistence, SeveralJournalsAreReplayedOneBehindTheOther) {
  test::TempFolder dir;
  std::string truth;
  {
    Life run(options_in(dir.path()));
    for (const auto& command : script()) command(run);
    truth = views::truth_json(run.exchange.state());
  }
  // As a process leaves it that died with a new journal and no snapshot: the records of one journal in two files.
  const fs::path first = only_file(dir.path(), ".mfj");
  const std::string whole = read_file(first), second = dir.path("journal-2.mfj");
  {
    const auto identity = identity_of(first).value();
    std::vector<std::string> records;
    Journal::Reading reading;
    const auto keep = [&](std::string_view record) -> Result<void> { return records.emplace_back(record), Result<void>(); };
    ASSERT_TRUE(Journal::read(first, identity, keep, reading));
    const auto none = [](std::string_view) -> Result<void> { return {}; };
    fs::remove(first);
    Journal older = Journal::open(first, identity, none, reading).value(), newer = Journal::open(second, identity, none, reading).value();
    for (std::size_t i = 0; i < records.size(); ++i) (i < records.size() / 2 ? older : newer).append(records[i]);
    older.flush();
    newer.flush();
  }
  {
    Life again(options_in(dir.path()));
    ASSERT_FALSE(again.error) << to_string(*again.error);
    EXPECT_EQ(views::truth_json(again.exchange.state()), truth);
    again.exchange.checkpoint();
    only_file(dir.path(), ".mfj");
  }
  // A journal that is not the last one has no unfinished end.
  write_file(first, whole.substr(0, whole.size() - 3));
  write_file(second, whole);
  fs::remove(only_file(dir.path(), ".mfs"));
  fs::remove(dir.path("journal-3.mfj"));
  Life damaged(options_in(dir.path()));
  ASSERT_TRUE(damaged.error);
  EXPECT_NE(damaged.error->message.find("damaged"), std::string::npos) << damaged.error->message;
}

TEST(SimPersistence, DyingBetweenSnapshotAndNewJournalLosesNothing) {
  test::TempFolder dir;
  std::string truth;
  {
    Life run(options_in(dir.path()));
    for (const auto& command : script()) command(run);
    run.exchange.checkpoint();
    truth = views::truth_json(run.exchange.state());
  }
  fs::remove(only_file(dir.path(), ".mfj"));
  Life again(options_in(dir.path()));
  ASSERT_FALSE(again.error);
  EXPECT_EQ(views::truth_json(again.exchange.state()), truth);
}

TEST(SimPersistence, AnUnfinishedSnapshotIsIgnoredAndADamagedOneRefused) {
  test::TempFolder dir;
  std::string truth;
  {
    Life run(options_in(dir.path()));
    for (const auto& command : script()) command(run);
    run.exchange.checkpoint();
    truth = views::truth_json(run.exchange.state());
  }
  write_file(dir.path("snapshot-3.mfs.tmp"), "half");
  {
    Life again(options_in(dir.path()));
    ASSERT_FALSE(again.error);
    EXPECT_EQ(views::truth_json(again.exchange.state()), truth);
  }
  const auto snapshot = only_file(dir.path(), ".mfs");
  std::string bytes = read_file(snapshot);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(snapshot, bytes);
  Life again(options_in(dir.path()));
  ASSERT_TRUE(again.error);
  EXPECT_NE(again.error->message.find("damaged"), std::string::npos);
}

TEST(SimPersistence, AnotherSeedOrMarketListIsRefused) {
  test::TempFolder dir;
  { Life run(options_in(dir.path())); }
  const auto refused = [&](const ExchangeOptions& options) {
    const Life other(options);  // gone before the next one: it holds the folder
    return other.error && other.error->category == ErrorCategory::store && other.error->message.find("seed") != std::string::npos;
  };
  ExchangeOptions options = options_in(dir.path());
  options.seed = 2;
  EXPECT_TRUE(refused(options));
  options = options_in(dir.path());
  options.markets.pop_back();
  EXPECT_TRUE(refused(options));
  options = options_in(dir.path());
  options.markets.front().exchange_index = 1;  // its reports and groups would be those of another shard
  EXPECT_TRUE(refused(options));
  EXPECT_FALSE(Life(options_in(dir.path())).error);
}

TEST(SimPersistence, TwoSimulatorsCannotShareADirectory) {
  test::TempFolder dir;
  Life first(options_in(dir.path()));
  Life second(options_in(dir.path()));
  ASSERT_TRUE(second.error);
  EXPECT_NE(second.error->message.find("another simulator"), std::string::npos);
}

TEST(SimPersistence, AForeignFileIsRefused) {
  test::TempFolder dir;
  write_file(dir.path("journal-1.mfj"), "this is not a journal at all");
  Life run(options_in(dir.path()));
  ASSERT_TRUE(run.error);
  EXPECT_NE(run.error->message.find("not a journal"), std::string::npos);
}

TEST(SimPersistence, ExecutedRequestNumbersAreKeptForEachSession) {
  test::TempFolder dir;
  Route session;
  {
    Life run(options_in(dir.path()));
    const auto commands = script();
    for (std::size_t i = 0; i < 8; ++i) commands[i](run);
    session = {run.key("a-key"), Door::FixRT};
    EXPECT_EQ(views::last_ref_seq(run.exchange.state(), session), 1U);
    EXPECT_EQ(views::last_ref_seq(run.exchange.state(), {run.key("b-key"), Door::FixRT}), 2U);
    EXPECT_EQ(views::last_ref_seq(run.exchange.state(), {run.key("a-key"), Door::FixNR}), 0U);
  }
  {
    Life run(options_in(dir.path()));
    EXPECT_EQ(views::last_ref_seq(run.exchange.state(), session), 1U);
    run.exchange.run(commands::ResetRef{session});
  }
  Life run(options_in(dir.path()));
  EXPECT_EQ(views::last_ref_seq(run.exchange.state(), session), 0U);
}

TEST(SimPersistence, HouseFlowAndClockReplayExactly) {
  test::TempFolder dir;
  std::string truth, digest;
  {
    Life run(options_in(dir.path(), true));
    for (Timestamp t = kStart; t < kStart + seconds(30); t += milliseconds(33)) run.exchange.step(t);
    run.exchange.advance(hours(5));
    for (Timestamp t = kStart + seconds(30); t < kStart + seconds(40); t += milliseconds(33)) run.exchange.step(t);
    truth = views::truth_json(run.exchange.state());
    digest = run.events.digest;
  }
  Life again(options_in(dir.path(), true), kStart + seconds(30));
  ASSERT_FALSE(again.error) << to_string(*again.error);
  EXPECT_EQ(again.events.digest, digest);
  again.exchange.step(kStart + seconds(45));
  EXPECT_EQ(again.exchange.now(), kStart + seconds(45) + hours(5)) << "what control added to the clock is kept";
  EXPECT_TRUE(views::check(again.exchange.state()).empty());
}

TEST(SimPersistence, QuietMayChangeBetweenRuns) {
  test::TempFolder dir;
  { Life run(options_in(dir.path(), true)); }
  {
    Life run(options_in(dir.path(), false));
    ASSERT_FALSE(run.error);
    EXPECT_TRUE(views::depth(run.exchange.state(), 0, Side::Buy).empty());
  }
  Life run(options_in(dir.path(), true));
  EXPECT_GE(views::depth(run.exchange.state(), 0, Side::Buy).size(), 10U);
}

// Written by the program of 2026-11-25 (seed 7): an amend to the filled quantity was refused then, and there were fourteen markets.
TEST(SimPersistence, AnExchangeOfBeforeNovemberIsReadAndGoesOnAsItWas) {
  for (const char* kind : {"journal", "snapshot"}) {
    test::TempFolder dir;
    fs::copy(fs::path(MARGINFIX_SOURCE_DIR) / "tests/unit/sim/data/of-before-november" / kind, dir.path(), fs::copy_options::recursive);
    ExchangeOptions options = options_in(dir.path());
    options.seed = 7;
    const Timestamp start = from_epoch_seconds(1'795'372'321);
    std::string truth;
    {
      Life run(options, start);
      ASSERT_FALSE(run.error) << kind << ": " << to_string(*run.error);
      EXPECT_FALSE(run.report.fresh);
      EXPECT_EQ(views::truth_json(run.exchange.state()), read_file(fs::path(dir.path()) / "truth.json")) << kind;
      EXPECT_EQ(views::market_count(run.exchange.state()), production_markets_before_november().size());
      EXPECT_FALSE(views::find_market(run.exchange.state(), "KXUS500PERP"));
      const auto open = views::open_orders(run.exchange.state(), views::find_account(run.exchange.state(), "alice").value());
      ASSERT_EQ(open.size(), 1U);
      EXPECT_EQ(open[0].cum_qty, lots(6));
      // From now on the rule of today holds.
      AmendOrder amend;
      amend.cl_ord_id = "a5";
      amend.orig_cl_ord_id = "a4";
      amend.quantity = lots(6);
      EXPECT_TRUE(run.exchange.run(commands::Amend{{{run.key("a-key"), Door::FixNR}, {}, 0}, amend}).accepted);
      EXPECT_TRUE(views::open_orders(run.exchange.state(), open[0].account).empty());
      truth = views::truth_json(run.exchange.state());
    }
    {
      Life again(options, start);
      ASSERT_FALSE(again.error) << kind << ": " << to_string(*again.error);
      EXPECT_EQ(views::truth_json(again.exchange.state()), truth) << kind;
      again.exchange.checkpoint();
    }
    Life last(options, start);
    ASSERT_FALSE(last.error) << kind << ": " << to_string(*last.error);
    EXPECT_EQ(views::truth_json(last.exchange.state()), truth) << kind << ": the next snapshot too";
    options.seed = 8;
  }
}

TEST(SimPersistence, OtherFeesAreAnotherExchange) {
  test::TempFolder dir;
  ExchangeOptions options = options_in(dir.path());
  options.fees = kProductionFees;
  {
    Life run(options);
    ASSERT_FALSE(run.error);
    EXPECT_EQ(views::fee_rates(run.exchange.state()).taker.to_string(), "0.0004");
    EXPECT_EQ(views::fee_rates(run.exchange.state()).maker.to_string(), "0.0002");
  }
  EXPECT_FALSE(Life(options).error);
  options.fees = {};
  EXPECT_TRUE(Life(options).error);
}

// A disk that is full for a moment: what failed to be written must not come later, behind what it was refused for.
TEST(SimJournal, ThatCouldNotBeWrittenOnceTakesNothingMore) {
  const marginfix::test::TempFolder folder;
  const fs::path path = folder.path() + "/journal";
  std::vector<std::string> read;
  const auto keep = [&](std::string_view record) -> Result<void> { return read.emplace_back(record), Result<void>(); };
  Journal::Reading reading;
  {
    Journal journal = Journal::open(path, "identity", keep, reading).value();
    journal.append("one");
    journal.flush();
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit little = before;
    little.rlim_cur = fs::file_size(path) + 5;
    const auto former = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &little);
    journal.append("two");
    EXPECT_THROW(journal.flush(), Exception);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, former);
    journal.append("three");
    EXPECT_THROW(journal.flush(), Exception) << "there is room again, but two is missing";
  }
  read.clear();
  Journal::open(path, "identity", keep, reading).value();
  EXPECT_EQ(read, std::vector<std::string>{"one"});
  EXPECT_EQ(reading.cut_bytes, 5U);
}

TEST(SimJournal, InMemoryRefusesWhatTheDiskHasNoRoomForAndTakesTheNext) {
  const marginfix::test::TempFolder folder;
  const fs::path path = folder.path() + "/journal";
  std::vector<std::string> read;
  const auto keep = [&](std::string_view record) -> Result<void> { return read.emplace_back(record), Result<void>(); };
  const std::string large(300'000, 'x');
  Journal::Reading reading;
  {
    Journal journal = Journal::open(path, "identity", keep, reading, JournalWriting::Mapped).value();
    journal.append("one");
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit little = before;
    little.rlim_cur = fs::file_size(path);
    const auto former = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &little);
    EXPECT_THROW(journal.append(large), Exception);
    journal.append("two");  // there is room for this
    EXPECT_THROW(journal.append(large), Exception);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, former);
    journal.append(large);
  }
  Journal::open(path, "identity", keep, reading).value();
  EXPECT_TRUE((read == std::vector<std::string>{"one", "two", large}));
  EXPECT_EQ(reading.cut_bytes, 0U);
}

}  // namespace
}  // namespace marginfix::sim
