// What is on disk stays readable, and stays what it was: numbers of commands, their bytes in the journal, snapshots.
#include "sim/exchange/commands/all.hpp"

#include <gmock/gmock.h>

#include <set>

#include "sim/exchange/record/journal.hpp"
#include "sim/exchange/views/truth.hpp"
#include "unit/sim/every_command.hpp"

namespace marginfix::sim {
namespace {

namespace fs = std::filesystem;

fs::path recorded(const char* kind) { return fs::path(MARGINFIX_SOURCE_DIR) / "tests/unit/sim/data/every-command" / kind; }

template <class... C>
std::vector<int> numbers(std::type_identity<std::tuple<C...>>) {
  return {static_cast<int>(C::kOp)...};
}

TEST(SimCommands, NumbersOnDiskAreNeverChanged) {
  namespace c = commands;
  const auto all = numbers(std::type_identity<c::All>{});
  EXPECT_EQ(std::set<int>(all.begin(), all.end()).size(), all.size()) << "two commands have one number";
  const auto first =
      numbers(std::type_identity<std::tuple<c::Start, c::Step, c::Advance, c::CreateAccount, c::AddKey, c::CreateSubaccount, c::Deposit,
                                            c::Transfer, c::Submit, c::EarlierAmend, c::Cancel, c::MassCancel, c::Group>>{});
  EXPECT_EQ(first, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}));
  const auto control =
      numbers(std::type_identity<std::tuple<c::CancelOnDisconnect, c::SetPaused, c::Halt, c::SetStatus, c::SetHouse, c::ResetRef,
                                            c::SetReference, c::ScheduleAction, c::CancelAction, c::Amend>>{});
  EXPECT_EQ(control, (std::vector<int>{14, 15, 16, 17, 18, 19, 20, 21, 22, 23}));
  const auto members =
      numbers(std::type_identity<std::tuple<c::Decrease, c::CancelAll, c::InstanceTransfer, c::SubaccountTransfer, c::SetExitTrigger,
                                            c::UpdateExitTrigger, c::CancelExitTrigger, c::CancelExitTriggers>>{});
  EXPECT_EQ(members, (std::vector<int>{30, 31, 35, 36, 37, 38, 39, 40}));
  const auto fcm = numbers(
      std::type_identity<
          std::tuple<c::CreateSubtrader, c::SetImCap, c::DeleteImCap, c::SetSubtraderLimit, c::SetMemberLimit, c::DeleteMemberLimit>>{});
  EXPECT_EQ(fcm, (std::vector<int>{41, 42, 43, 44, 45, 46}));
  const auto clearing =
      numbers(std::type_identity<std::tuple<c::WithdrawSettlement, c::DepositSettlement, c::CreateSubtraderGroup, c::UpdateSubtraderGroup,
                                            c::DeleteSubtraderGroup, c::AddSubtraderKey, c::RemoveSubtraderKey>>{});
  EXPECT_EQ(clearing, (std::vector<int>{50, 51, 52, 53, 54, 55, 56}));
  EXPECT_EQ(all.size(), first.size() + control.size() + members.size() + fcm.size() + clearing.size());
}

TEST(SimCommands, TheRecordedJournalHoldsEveryCommand) {
  const fs::path file = recorded("journal") / "journal-1.mfj";
  std::set<int> found;
  Journal::Reading reading;
  const auto read = Journal::read(
      file, identity_of(file).value(),
      [&](std::string_view record) -> Result<void> {
        found.insert(static_cast<unsigned char>(record.front()));
        return {};
      },
      reading);
  ASSERT_TRUE(read);
  const auto all = numbers(std::type_identity<commands::All>{});
  EXPECT_EQ(found, std::set<int>(all.begin(), all.end()));
}

TEST(SimCommands, AJournalAndASnapshotOfBeforeReplayToTheSameState) {
  for (const char* kind : {"journal", "snapshot"}) {
    test::TempFolder dir;
    fs::copy(recorded(kind), dir.path(), fs::copy_options::recursive);
    Exchange exchange(every_command_options(dir.path()));
    const auto report = exchange.open(kStart);
    ASSERT_TRUE(report) << kind << ": " << to_string(report.error());
    EXPECT_FALSE(report->fresh);
    EXPECT_EQ(report->cut_bytes, 0U);
    EXPECT_EQ(views::truth_json(exchange.state()), test::TempFolder::read((recorded(kind) / "state.json").string())) << kind;
    EXPECT_THAT(views::check(exchange.state()), testing::IsEmpty());
  }
}

TEST(SimCommands, TheSameLifeWritesTheSameBytes) {
  test::TempFolder dir;
  {
    Exchange exchange(every_command_options(dir.path()));
    exchange.open(kStart).value();
    EveryCommand life(exchange);
    life.run();
    // Behind it the recorded one has the record of a kind that is not written any more.
    const std::string then = test::TempFolder::read((recorded("journal") / "journal-1.mfj").string()),
                      now = test::TempFolder::read(dir.path("journal-1.mfj"));
    EXPECT_GT(now.size(), 4'000U);
    EXPECT_TRUE(then.starts_with(now));
    exchange.checkpoint();
    life.after_the_snapshot();
    EXPECT_EQ(views::truth_json(exchange.state()), test::TempFolder::read((recorded("snapshot") / "state.json").string()));
  }
  for (const char* name : {"snapshot-2.mfs", "journal-2.mfj"}) {
    EXPECT_TRUE(test::TempFolder::read(dir.path(name)) == test::TempFolder::read((recorded("snapshot") / name).string())) << name;
  }
}

TEST(SimCommands, WhatIsNotAdmittedIsNotWritten) {
  test::TempFolder dir;
  Exchange exchange(every_command_options(dir.path()));
  exchange.open(kStart).value();
  const auto size = fs::file_size(dir.path("journal-1.mfj"));
  EXPECT_FALSE(exchange.run(commands::Deposit{99, 0, usd("1")}));
  EXPECT_FALSE(exchange.run(commands::SetReference{0, usd("0.00001")}));
  EXPECT_FALSE(exchange.run(commands::ScheduleAction{}));
  EXPECT_EQ(fs::file_size(dir.path("journal-1.mfj")), size);
}

}  // namespace
}  // namespace marginfix::sim
