// What is over and stands in files of its own: that nobody notices, that a death at any moment loses nothing, that the files go when what
// they hold has gone.
#include <fstream>

#include "sim/exchange/record/journal.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/truth.hpp"
#include "support/temp_folder.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
namespace fs = std::filesystem;

ExchangeOptions all_in_files(const std::string& dir) {
  ExchangeOptions o;
  o.dir = dir;
  o.house = o.past = false;
  o.past_in_snapshot = 0;
  return o;
}
ExchangeOptions nothing_in_files(const std::string& dir) {
  ExchangeOptions o = all_in_files(dir);
  o.past_in_snapshot = UINT64_MAX;
  return o;
}

std::vector<std::string> files_named(const std::string& dir, const std::string& beginning) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (const std::string name = entry.path().filename().string(); name.starts_with(beginning)) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

// Alice's orders and Bob's, most of them canceled, some filled: reports enough for several chunks.
class LongLife {
 public:
  explicit LongLife(const ExchangeOptions& options) : exchange(options) {
    const auto report = exchange.open(kStart);
    if (!report) throw std::runtime_error(report.error().message);
    opened = *report;
    if (opened.fresh) {
      for (const char* name : {"alice", "bob"})
        exchange.run(commands::CreateAccount{{name, {{name, KeyScope::Trading}}, false, {usd("9000000")}}});
    }
    alice = views::find_account(exchange.state(), "alice").value();
  }
  void trade(int from, int to) {
    for (int i = from; i < to; ++i) {
      exchange.step(kStart + seconds(i));
      const std::string id = "an-order-with-a-name-as-long-as-those-of-clients-" + std::to_string(i);
      submit("alice", id, Side::Buy, TimeInForce::GTC);
      if (i % 4 == 0) {
        submit("bob", "b" + id, Side::Sell, TimeInForce::IOC);
      } else if (i % 50 != 1) {
        CancelOrder c;
        c.cl_ord_id = "c";
        c.orig_cl_ord_id = id;
        exchange.run(commands::Cancel{context("alice"), c});
      }
    }
  }
  void submit(const char* key, std::string_view id, Side side, TimeInForce tif) {
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = kMarket;
    o.side = side;
    o.quantity = lots(1);
    o.price = usd("6.0000");
    o.time_in_force = tif;
    exchange.run(commands::Submit{context(key), o});
  }
  RequestContext context(const char* key) { return {{views::find_key(exchange.state(), key)->key, Door::FixNR}, {}, 0}; }

  // Everything that a client can ask for of what is over.
  std::string all_there_is() {
    std::string all = views::truth_json(exchange.state());
    const AccountId bob = views::find_account(exchange.state(), "bob").value();
    for (const AccountId account : {alice, bob}) {
      std::uint64_t before = 0;
      do {
        const OrderPage page = views::list_orders(exchange.state(), account, {}, before, 100);
        for (const OrderView& o : page.orders) {
          all += fmt_of(o.order_no) + std::string(o.cl_ord_id) + o.cum_qty.to_string() + (o.status == OrdStatus::Filled ? "f" : "c") + "\n";
        }
        before = page.next.value_or(0);
      } while (before != 0);
      do {
        const FillPage page = views::list_fills(exchange.state(), account, {}, before, 100);
        for (const FillView& f : page.fills) all += std::string(f.fill_id.view()) + f.fee.to_string() + "\n";
        before = page.next.value_or(0);
      } while (before != 0);
      const auto status = views::history(exchange.state(), account, {}, std::nullopt, [&](const ExecutionEvent& e) {
        all += to_string(e.exec_id) + std::string(e.cl_ord_id) + "\n";
        return true;
      });
      all += fmt_of(static_cast<std::uint64_t>(status));
      all += to_string(views::last_exec_id(exchange.state(), account).value());
    }
    TradeQuery trades;
    trades.limit = 1'000;
    for (const TradeView& t : views::trade_page(exchange.state(), trades).trades)
      all += std::string(t.trade_id.view()) + t.price.to_string() + "\n";
    return all;
  }

  Exchange exchange;
  OpenReport opened;
  AccountId alice{0};

 private:
  static std::string fmt_of(std::uint64_t number) { return std::to_string(number) + " "; }
};

TEST(SimOnDisk, WhatIsOverMovesIntoFilesAndNobodyNotices) {
  test::TempFolder dir, plain_dir;
  std::string all;
  {
    LongLife plain(nothing_in_files(plain_dir.path())), run(all_in_files(dir.path()));
    for (int part = 0; part < 4; ++part) {
      for (LongLife* life : {&plain, &run}) {
        life->trade(part * 400, part * 400 + 400);
        life->exchange.checkpoint();
      }
      ASSERT_TRUE(run.all_there_is() == plain.all_there_is()) << part;
    }
    all = run.all_there_is();
    EXPECT_TRUE(views::check(run.exchange.state()).empty());
  }
  EXPECT_EQ(files_named(dir.path(), "closed-").size(), 4U);
  EXPECT_GE(files_named(dir.path(), "reports-").size(), 2U);
  EXPECT_TRUE(files_named(plain_dir.path(), "closed-").empty());
  EXPECT_TRUE(files_named(plain_dir.path(), "reports-").empty());
  const auto snapshot = [](const std::string& folder) { return fs::file_size(folder + "/" + files_named(folder, "snapshot-").at(0)); };
  EXPECT_LT(snapshot(dir.path()) * 3, snapshot(plain_dir.path())) << "a snapshot holds what is open and what came last";
  LongLife again(all_in_files(dir.path()));
  EXPECT_TRUE(again.opened.from_snapshot);
  EXPECT_TRUE(again.all_there_is() == all);
  EXPECT_TRUE(views::check(again.exchange.state()).empty());
  // An id of long ago is still known to be used, and to be over.
  CancelOrder late;
  late.cl_ord_id = "late";
  late.orig_cl_ord_id = "an-order-with-a-name-as-long-as-those-of-clients-0";
  EXPECT_EQ(again.exchange.run(commands::Cancel{again.context("alice"), late}).reason, Reason::TooLateToCancel);
}

TEST(SimOnDisk, FilesMadeBesideTradingAreTakenUpByTheExchangeThatRuns) {
  test::TempFolder dir, plain_dir;
  ExchangeOptions options = all_in_files(dir.path());
  options.snapshot_bytes = 30'000;
  options.snapshot_at_once = 0;
  std::string all;
  {
    LongLife plain(nothing_in_files(plain_dir.path())), run(options);
    // A second of quiet here and there: a snapshot is then done before the next begins.
    for (int part = 0; part < 16; ++part) {
      for (LongLife* life : {&plain, &run}) life->trade(part * 100, part * 100 + 100);
    }
    ASSERT_TRUE(run.all_there_is() == plain.all_there_is());
    run.exchange.checkpoint();  // waits for the one under way, and stands on what it noted
    ASSERT_TRUE(run.all_there_is() == plain.all_there_is());
    all = run.all_there_is();
  }
  EXPECT_GE(files_named(dir.path(), "closed-").size(), 2U);
  LongLife again(options);
  EXPECT_TRUE(again.all_there_is() == all);
  EXPECT_TRUE(views::check(again.exchange.state()).empty());
}

TEST(SimOnDisk, FilesThatNoSnapshotNamesAreRemovedAndLoseNothing) {
  test::TempFolder dir, before, after;
  std::string all;
  {
    LongLife run(all_in_files(dir.path()));
    run.trade(0, 400);
    run.exchange.checkpoint();
    run.trade(400, 800);
    all = run.all_there_is();
    fs::copy(dir.path(), before.path(), fs::copy_options::recursive);
    run.exchange.checkpoint();
  }
  // Died with the files there and the snapshot not yet, or half.
  ASSERT_TRUE(fs::exists(dir.path("closed-3.mfc")));
  ASSERT_TRUE(fs::exists(dir.path("reports-3.mfr")));
  for (const char* name : {"closed-3.mfc", "reports-3.mfr"}) fs::copy(dir.path(name), before.path(name));
  for (const char* name : {"snapshot-3.mfs.tmp", "closed-4.mfc.tmp"}) std::ofstream(before.path(name)) << "half";
  fs::copy(before.path(), after.path(), fs::copy_options::recursive);
  {
    LongLife again(all_in_files(before.path()));
    EXPECT_TRUE(again.all_there_is() == all);
    EXPECT_EQ(files_named(before.path(), "closed-"), std::vector<std::string>{"closed-2.mfc"});
    EXPECT_EQ(files_named(before.path(), "snapshot-"), std::vector<std::string>{"snapshot-2.mfs"});
    // The same files again, in the place of those.
    again.exchange.checkpoint();
    EXPECT_TRUE(again.all_there_is() == all);
  }
  for (const char* name : {"closed-3.mfc", "reports-3.mfr"}) {
    EXPECT_TRUE(test::TempFolder::read(before.path(name)) == test::TempFolder::read(after.path(name))) << name;
  }
}

TEST(SimOnDisk, FilesGoWhenNobodyMayAskForWhatTheyHold) {
  test::TempFolder dir;
  LongLife run(all_in_files(dir.path()));
  run.trade(0, 800);
  run.exchange.checkpoint();
  EXPECT_EQ(files_named(dir.path(), "reports-").size(), 1U);
  run.exchange.advance(hours(4));
  run.exchange.checkpoint();
  EXPECT_TRUE(files_named(dir.path(), "reports-").empty()) << "the window is three hours";
  run.exchange.advance(hours(24 * 31));
  run.trade(800, 810);  // closed orders are kept for a month; fills and public trades stay
  run.exchange.checkpoint();
  const std::string all = run.all_there_is();
  run.trade(810, 820);
  run.exchange.checkpoint();
  EXPECT_LE(files_named(dir.path(), "closed-").size(), 3U);
  const auto orders = views::list_orders(run.exchange.state(), run.alice, {}, 0, 10'000).orders.size();
  EXPECT_LT(orders, 60U) << "those that are open, and the newest";
}

TEST(SimOnDisk, ManyFilesBecomeOne) {
  test::TempFolder dir;
  std::string all;
  {
    LongLife run(all_in_files(dir.path()));
    for (int i = 0; i < 70; ++i) {
      run.trade(i * 4, i * 4 + 4);
      run.exchange.checkpoint();
      ASSERT_LE(files_named(dir.path(), "closed-").size(), 32U);
    }
    all = run.all_there_is();
  }
  LongLife again(all_in_files(dir.path()));
  EXPECT_TRUE(again.all_there_is() == all);
}

TEST(SimOnDisk, DamageIsNoticed) {
  test::TempFolder dir;
  {
    LongLife run(all_in_files(dir.path()));
    run.trade(0, 800);
    run.exchange.checkpoint();
  }
  const auto spoil = [&](const std::string& name) {
    std::string bytes = test::TempFolder::read(dir.path(name));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::ofstream(dir.path(name), std::ios::binary) << bytes;
  };
  spoil("reports-2.mfr");
  {
    LongLife run(all_in_files(dir.path()));
    const auto read_all = [&] {
      return views::history(run.exchange.state(), run.alice, {}, std::nullopt, [](const auto&) { return true; });
    };
    EXPECT_THROW(read_all(), Exception);
  }
  spoil("closed-2.mfc");
  Exchange exchange(all_in_files(dir.path()));
  const auto opened = exchange.open(kStart);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().category, ErrorCategory::store);
  EXPECT_NE(opened.error().message.find("closed-2.mfc"), std::string::npos) << opened.error().message;
}

// ---- snapshots that cannot be made

// Nothing can be written under this name, and nothing removes it.
void occupy(const std::string& path) { fs::create_directories(path + "/occupied"); }

TEST(SimOnDisk, AJournalThatCannotBeBegunLeavesTheOneThatIsWritten) {
  for (const bool beside : {false, true}) {
    test::TempFolder dir;
    ExchangeOptions options = all_in_files(dir.path());
    options.snapshot_bytes = 2'000;
    options.snapshot_at_once = beside ? 0 : UINT64_MAX;
    std::string all;
    {
      LongLife run(options);
      occupy(dir.path("journal-2.mfj"));
      run.trade(0, 60);  // snapshots are due several times; that they fail is no command's failure
      EXPECT_THROW(run.exchange.checkpoint(), Exception);
      run.trade(60, 70);
      all = run.all_there_is();
    }
    EXPECT_TRUE(files_named(dir.path(), "snapshot-").empty());
    fs::remove_all(dir.path("journal-2.mfj"));
    {
      LongLife again(options);
      EXPECT_TRUE(again.all_there_is() == all);
      again.trade(70, 80);  // and now it can be done
      again.exchange.checkpoint();
      all = again.all_there_is();
    }
    EXPECT_EQ(files_named(dir.path(), "snapshot-").size(), 1U);
    LongLife last(options);
    EXPECT_TRUE(last.all_there_is() == all);
  }
}

TEST(SimOnDisk, ASnapshotThatCannotBeWrittenLeavesJournalsThatHoldEverything) {
  test::TempFolder dir;
  ExchangeOptions options = all_in_files(dir.path());
  std::string all;
  {
    LongLife run(options);
    run.trade(0, 20);
    occupy(dir.path("snapshot-2.mfs"));
    EXPECT_THROW(run.exchange.checkpoint(), Exception);
    EXPECT_FALSE(fs::exists(dir.path("snapshot-2.mfs.tmp"))) << "would keep the journal from the disk's last room";
    run.trade(20, 40);
    all = run.all_there_is();
  }
  fs::remove_all(dir.path("snapshot-2.mfs"));
  EXPECT_EQ(files_named(dir.path(), "journal-").size(), 2U);
  LongLife again(options);
  EXPECT_TRUE(again.all_there_is() == all);
}

// ---- the journal in memory

TEST(SimMappedJournal, HoldsEveryCommandBeforeItRuns) {
  struct Watcher : EventSink {
    fs::path journal;
    std::uint64_t records{0}, fewer{0};
    void on_execution(const ExecutionEvent&) override {
      Journal::Reading reading;
      const auto each = [](std::string_view) -> Result<void> { return {}; };
      ASSERT_TRUE(Journal::read(journal, identity_of(journal).value(), each, reading));
      fewer += reading.records <= records ? 1 : 0;
    }
    void on_command_end() override {
      Journal::Reading reading;
      const auto each = [](std::string_view) -> Result<void> { return {}; };
      ASSERT_TRUE(Journal::read(journal, identity_of(journal).value(), each, reading));
      records = reading.records;
    }
  };
  test::TempFolder dir, copied, plain_dir;
  ExchangeOptions options = nothing_in_files(dir.path());
  options.write_policy = WritePolicy::Mapped;
  Watcher watcher;
  std::string all;
  {
    LongLife run(options), plain(nothing_in_files(plain_dir.path()));
    watcher.journal = dir.path("journal-1.mfj");
    run.exchange.add_sink(watcher);
    run.trade(0, 50);
    plain.trade(0, 50);
    EXPECT_GT(watcher.records, 0U);
    EXPECT_EQ(watcher.fewer, 0U) << "an event left before its command was in the file";
    all = run.all_there_is();
    fs::copy(dir.path("journal-1.mfj"), copied.path("journal-1.mfj"));  // as kill -9 leaves it
  }
  EXPECT_TRUE(test::TempFolder::read(dir.path("journal-1.mfj")) == test::TempFolder::read(plain_dir.path("journal-1.mfj")))
      << "the same bytes, and nothing behind them";
  EXPECT_GT(fs::file_size(copied.path("journal-1.mfj")), fs::file_size(dir.path("journal-1.mfj"))) << "room that was not used yet";
  options.dir = copied.path();
  LongLife again(options);
  EXPECT_EQ(again.opened.cut_bytes, 0U);
  EXPECT_TRUE(again.all_there_is() == all);
}

TEST(SimMappedJournal, AJournalWithUnusedRoomIsReadThoughItIsNotTheLast) {
  test::TempFolder dir;
  ExchangeOptions options = nothing_in_files(dir.path());
  std::string all;
  {
    LongLife run(options);
    run.trade(0, 20);
    all = run.all_there_is();
  }
  // The process died between the new journal and the last look at the old one.
  std::ofstream(dir.path("journal-1.mfj"), std::ios::binary | std::ios::app) << std::string(10'000, '\0');
  const auto none = [](std::string_view) -> Result<void> { return {}; };
  Journal::Reading reading;
  Journal::open(dir.path("journal-2.mfj"), identity_of(dir.path("journal-1.mfj")).value(), none, reading).value();
  LongLife again(options);
  EXPECT_TRUE(again.all_there_is() == all);
}

}  // namespace
}  // namespace marginfix::sim
