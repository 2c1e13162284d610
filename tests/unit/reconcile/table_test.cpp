// Rows of the ledger: what is put is found again, digit for digit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::reconcile {
namespace {

class Table : public testing::Test {
 protected:
  std::unique_ptr<SqliteStorage> storage_ = SqliteStorage::in_memory().value();
};

TEST_F(Table, ARowIsFoundAsItWasPut) {
  SourceFillRow row;
  row.source = Source::rest;
  row.account = "alice";
  row.order_id = "0123";
  row.trade_id = "1E5";
  row.symbol = std::string("KX\0'BTC", 7);
  row.side = "1";
  row.price = DollarDecimal::from_units(9'223'372'036'854'775'807);
  row.quantity = FixedPointCount::parse("0.01").value();
  row.transact_time = Timestamp(std::chrono::microseconds(1'764'525'600'000'001));
  row.clearing_date = Date(std::chrono::year(2026), std::chrono::month(12), std::chrono::day(1));
  put(*storage_, row);
  const auto found = find<SourceFillRow>(*storage_, Source::rest, "alice", "0123", "1E5");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->symbol, row.symbol);
  EXPECT_EQ(found->price, row.price);
  EXPECT_EQ(found->quantity, row.quantity);
  EXPECT_EQ(found->transact_time, row.transact_time);
  EXPECT_EQ(found->clearing_date, row.clearing_date);
  EXPECT_FALSE(found->fee);
  EXPECT_FALSE(find<SourceFillRow>(*storage_, Source::listener, "alice", "0123", "1E5"));
}

TEST_F(Table, AnInsertLeavesWhatIsThere) {
  MetaRow first{"a", "1"}, second{"a", "2"};
  EXPECT_TRUE(insert(*storage_, first));
  EXPECT_FALSE(insert(*storage_, second));
  EXPECT_EQ(meta(*storage_, "a"), "1");
  put(*storage_, second);
  EXPECT_EQ(meta(*storage_, "a"), "2");
  remove<MetaRow>(*storage_, "a");
  EXPECT_EQ(meta(*storage_, "a"), std::nullopt);
}

TEST_F(Table, WhatIsRolledBackIsNotThere) {
  storage_->begin();
  set_meta(*storage_, "a", "1");
  EXPECT_TRUE(storage_->in_transaction());
  storage_->rollback();
  EXPECT_FALSE(storage_->in_transaction());
  EXPECT_EQ(meta(*storage_, "a"), std::nullopt);
}

TEST_F(Table, MoneyIsNeverAText) {
  EXPECT_THROW(storage_->execute("INSERT INTO funding VALUES (2, 'a', 0, 's', 1, '', NULL, 1, '0.07', 1)"), Exception);
}

// Statements are found by where their texts stand; another text at the same place is another statement.
TEST_F(Table, ATextThatChangesIsAnotherStatement) {
  std::string sql = "SELECT 1";
  for (const char* const digit : {"1", "2", "3", "2"}) {
    sql.back() = *digit;
    StatementGuard s(storage_->statement(sql));
    ASSERT_TRUE(s->step());
    EXPECT_EQ(std::to_string(s->integer(0)), digit);
  }
}

TEST(LedgerVersion, IsRefusedWhereItIsNotThisPrograms) {
  const test::TempFolder folder;
  const std::string path = folder.path("ledger.db");
  const auto error_with = [&](int version) {
    SqliteStorage::open(path).value()->execute("PRAGMA user_version = " + std::to_string(version));
    const std::string for_writing = SqliteStorage::open(path).error().message;
    EXPECT_EQ(SqliteStorage::open_for_reading(path).error().message, for_writing);
    std::filesystem::remove(path);
    return for_writing;
  };
  EXPECT_THAT(error_with(1), testing::HasSubstr("reconcile replay --journal"));
  EXPECT_THAT(error_with(99), testing::HasSubstr("newer marginfix"));
}

}  // namespace
}  // namespace marginfix::reconcile
