// The files of the exchange where things go wrong or grow large: long records, damage, file systems that promise nothing, folders that
// cannot be read.
#include <dirent.h>
#include <dlfcn.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>

#include "sim/exchange/record/journal.hpp"
#include "sim/exchange/state.hpp"
#include "sim/exchange/values/files.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace {

std::atomic<bool> folders_break{false};  // reading any folder fails behind its first entry
std::atomic<bool> entry_seen{false};

}  // namespace

// In the place of libc's, for std::filesystem.
extern "C" dirent* readdir(DIR* folder) {
  using Real = dirent* (*)(DIR*);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "readdir"));
  if (!folders_break) return real(folder);
  if (entry_seen.exchange(false)) {
    errno = EIO;
    return nullptr;
  }
  dirent* const entry = real(folder);
  entry_seen = entry != nullptr && entry->d_name[0] != '.';
  return entry;
}

namespace marginfix::sim {
namespace {

namespace fs = std::filesystem;

struct FoldersBreak {
  FoldersBreak() { folders_break = true; }
  ~FoldersBreak() { folders_break = false; }
};

// No file of this process grows beyond so many bytes.
class LittleRoom {
 public:
  explicit LittleRoom(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit little = before_;
    little.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &little);
  }
  ~LittleRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  LittleRoom(const LittleRoom&) = delete;
  LittleRoom& operator=(const LittleRoom&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(SimCheckedFile, ALongRecordIsWrittenInPiecesAndReadAsOne) {
  const marginfix::test::TempFolder folder;
  const fs::path path = folder.path("file");
  const std::string longest(2'500, 'l'), exact(1'000, 'e'), none, last = "last";
  const std::string_view records[] = {longest, exact, none, last};
  std::vector<std::uint64_t> places;
  ASSERT_TRUE(write_checked_file(path, "identity", records, &places, 1'000));
  EXPECT_EQ(read_checked_file(path, "identity").value(), (std::vector<std::string>{longest, exact, none, last}));
  EXPECT_EQ(read_record(path, places.at(1), exact.size()).value(), exact);
  EXPECT_FALSE(read_checked_file(path, "another"));
  // Cut between two pieces.
  fs::resize_file(path, places.at(1) - 516);
  EXPECT_FALSE(read_checked_file(path, "identity"));
}

// Everywhere in it something that passes for the length of a record.
TEST(SimCheckedFile, DamageInALargeOneIsFoundWithoutSummingUpEveryRest) {
  const marginfix::test::TempFolder folder;
  const fs::path checked = folder.path("checked"), journal = folder.path("journal");
  std::string rest;
  for (int i = 0; i < 2'000'000; ++i) rest.append("\0\0\x10\0", 4);
  const std::string_view records[] = {"one"};
  ASSERT_TRUE(write_checked_file(checked, "identity", records));
  fs::copy(checked, journal);
  for (const fs::path& path : {checked, journal}) std::ofstream(path, std::ios::binary | std::ios::app) << rest;
  const auto refused = read_checked_file(checked, "identity");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("damaged"), std::string::npos);
  Journal::Reading reading;
  const auto none = [](std::string_view) -> Result<void> { return {}; };
  EXPECT_TRUE(Journal::open(journal, "identity", none, reading));
  EXPECT_EQ(reading.cut_bytes, rest.size());
}

TEST(SimJournal, IsMappedOnlyWhereRoomThatWasTakenIsAPromise) {
  constexpr std::int64_t kExt4 = 0xEF53, kXfs = 0x58465342, kTmpfs = 0x01021994;
  for (const std::int64_t promising : {kExt4, kXfs, kTmpfs}) EXPECT_EQ(writing_on(promising), JournalWriting::Mapped) << promising;
  constexpr std::int64_t kBtrfs = 0x9123683E, kZfs = 0x2FC12FC1, kBcachefs = 0xCA451A4E, kOverlay = 0x794C7630, kNfs = 0x6969,
                         kFuse = 0x65735546, kUnknown = 0;
  for (const std::int64_t other : {kBtrfs, kZfs, kBcachefs, kOverlay, kNfs, kFuse, kUnknown})
    EXPECT_EQ(writing_on(other), JournalWriting::AtOnce) << other;
  const marginfix::test::TempFolder folder;
  EXPECT_NE(file_system_of(folder.path()), 0);
  EXPECT_EQ(file_system_of(folder.path("not there")), 0);
}

TEST(SimJournal, AtOnceRefusesWhatTheDiskHasNoRoomForAndTakesTheNext) {
  const marginfix::test::TempFolder folder;
  const fs::path path = folder.path("journal");
  std::vector<std::string> read;
  const auto keep = [&](std::string_view record) -> Result<void> { return read.emplace_back(record), Result<void>(); };
  const std::string large(3'000, 'x');
  Journal::Reading reading;
  {
    Journal journal = Journal::open(path, "identity", keep, reading, JournalWriting::AtOnce).value();
    journal.append("one");
    EXPECT_EQ(fs::file_size(path), journal.size()) << "it is there without a flush";
    {
      const LittleRoom room(fs::file_size(path) + 100);
      EXPECT_THROW(journal.append(large), Exception);
      journal.append("two");
      EXPECT_THROW(journal.append(large), Exception);
    }
    journal.append(large);
  }
  Journal::open(path, "identity", keep, reading).value();
  EXPECT_TRUE((read == std::vector<std::string>{"one", "two", large}));
  EXPECT_EQ(reading.cut_bytes, 0U);
}

TEST(SimFolder, ThatCannotBeReadIsAnErrorAndNoException) {
  const marginfix::test::TempFolder folder;
  std::ofstream(folder.path("file")) << "text";
  EXPECT_EQ(files_in(folder.path()).value(), std::vector<fs::path>{folder.path("file")});
  EXPECT_TRUE(files_in(folder.path("not there")).value().empty());
  EXPECT_FALSE(files_in(folder.path("file")));
  const FoldersBreak broken;
  EXPECT_FALSE(files_in(folder.path()));
}

// It is safe and noted though nobody could tidy up behind it.
TEST(SimCompaction, ThatIsDoneStaysDoneWhateverFollows) {
  const marginfix::test::TempFolder folder;
  ExchangeOptions options;
  options.dir = folder.path();
  options.house = options.past = false;
  options.past_in_snapshot = options.snapshot_at_once = 0;
  options.snapshot_bytes = 10'000;
  Exchange exchange(options);
  exchange.open(kStart).value();
  exchange.run(commands::CreateAccount{{"alice", {{"alice", KeyScope::Trading}}, false, {usd("9000000")}}});
  const RequestContext alice{{views::find_key(exchange.state(), "alice")->key, Door::FixNR}, {}, 0};
  const FoldersBreak broken;
  for (int i = 0; i < 50'000 && exchange.state().on_disk.files.empty(); ++i) {
    const std::string id = "order-" + std::to_string(i);
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = kMarket;
    o.side = Side::Buy;
    o.quantity = lots(1);
    o.price = usd("6.0000");
    o.time_in_force = TimeInForce::IOC;
    exchange.run(commands::Submit{alice, o});
  }
  EXPECT_FALSE(exchange.state().on_disk.files.empty());
}

}  // namespace
}  // namespace marginfix::sim
