// Rows of the ledger: what is put is found again, digit for digit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "support/postgres_server.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::reconcile {
namespace {

enum class Kept { in_sqlite, in_postgres };

// The same of every storage.
class Table : public testing::TestWithParam<Kept> {
 protected:
  void SetUp() override {
    if (GetParam() == Kept::in_sqlite) {
      sqlite_ = SqliteStorage::in_memory().value();
      storage_ = sqlite_.get();
    } else if (auto* const ledger = test::PostgresLedger::emptied()) {
      storage_ = ledger->storage.get();
    } else {
      GTEST_SKIP() << test::PostgresServer::why_not();
    }
  }
  // Whatever a test does, each number and text comes back in and out of a transaction, written at once or later.
  template <class Work>
  void in_and_out_of_a_transaction(const Work& work) {
    work();
    storage_->execute("DELETE FROM source_fills");
    storage_->execute("DELETE FROM meta");
    storage_->begin();
    work();
    storage_->commit();
    work();
  }

  Storage* storage_{nullptr};

 private:
  std::unique_ptr<SqliteStorage> sqlite_;
};
INSTANTIATE_TEST_SUITE_P(, Table, testing::Values(Kept::in_sqlite, Kept::in_postgres),
                         [](const auto& of) { return of.param == Kept::in_sqlite ? "Sqlite" : "Postgres"; });

TEST_P(Table, ARowIsFoundAsItWasPut) {
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

TEST_P(Table, AnInsertLeavesWhatIsThere) {
  MetaRow first{"a", "1"}, second{"a", "2"};
  EXPECT_TRUE(insert(*storage_, first));
  EXPECT_FALSE(insert(*storage_, second));
  EXPECT_EQ(meta(*storage_, "a"), "1");
  put(*storage_, second);
  EXPECT_EQ(meta(*storage_, "a"), "2");
  remove<MetaRow>(*storage_, "a");
  EXPECT_EQ(meta(*storage_, "a"), std::nullopt);
}

TEST_P(Table, WhatIsRolledBackIsNotThere) {
  storage_->begin();
  set_meta(*storage_, "a", "1");
  EXPECT_TRUE(storage_->in_transaction());
  storage_->rollback();
  EXPECT_FALSE(storage_->in_transaction());
  EXPECT_EQ(meta(*storage_, "a"), std::nullopt);
}

TEST_P(Table, MoneyIsNeverAText) {
  EXPECT_THROW(storage_->execute("INSERT INTO funding VALUES (2, 'a', 0, 's', 1, '', NULL, 1, '0.07', 1)"), Exception);
}

TEST_P(Table, KeepsEveryByteOfATextAndItsOrder) {
  const std::string marks = "\xf4\x8f\xbc\x80 \xf4\x8f\xbf\xbf", bytes("\xe9\0\xff\xc0\x80", 5);
  in_and_out_of_a_transaction([&] {
    for (const std::string& text : {marks, bytes, std::string("caf\xc3\xa9"), std::string("B"), std::string("a"), std::string()}) {
      MetaRow row{text, text};
      put(*storage_, row);
      EXPECT_EQ(meta(*storage_, text), text);
    }
    std::vector<std::string> plain;
    each<MetaRow>(
        *storage_, "WHERE name < $1 ORDER BY name", [&](const MetaRow& row) { plain.push_back(row.value); }, "caf\xc3\xa9");
    EXPECT_EQ(plain, (std::vector<std::string>{"", "B", "a"})) << "by bytes, not by a language";
    EXPECT_EQ(number(*storage_, "SELECT COUNT(*) FROM meta WHERE name = value"), 6);
  });
}

TEST_P(Table, IntegersAreExactToTheLastBit) {
  in_and_out_of_a_transaction([&] {
    for (const std::int64_t units : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{9'007'199'254'740'993}, INT64_MAX}) {
      SourceFillRow row;
      row.account = "a", row.trade_id = std::to_string(units);
      row.price = DollarDecimal::from_units(units), row.fee = row.price;
      put(*storage_, row);
      EXPECT_EQ(find<SourceFillRow>(*storage_, Source::listener, "a", "", row.trade_id)->price.units(), units);
      EXPECT_EQ(number(*storage_, "SELECT fee FROM source_fills WHERE trade_id = $1", row.trade_id), units);
    }
  });
  EXPECT_THROW(number(*storage_, "SELECT SUM(fee) FROM source_fills WHERE fee > 9007199254740992 OR fee = 9007199254740993"), Exception)
      << "2^63 + 2^53: no 64 bits hold it, and nothing is made of it";
}

TEST_P(Table, BytesComeBackAsTheyCame) {
  UndecodableRow row;
  row.position = 7;
  for (int i = 0; i < 256; ++i) row.bytes.data += static_cast<char>(i);
  put(*storage_, row);
  EXPECT_EQ(find<UndecodableRow>(*storage_, 7)->bytes.data, row.bytes.data);
  EXPECT_EQ(all<UndecodableRow>(*storage_, "ORDER BY position").front().bytes.data, row.bytes.data);
}

// More than any part of an answer, and than what is written at once; read while others are read and written.
TEST_P(Table, ManyRowsAreReadWhileOthersAreWritten) {
  constexpr std::int64_t kRows = 6'000;
  storage_->begin();
  for (std::int64_t i = 0; i < kRows; ++i) {
    SourceFillRow row;
    row.account = "a", row.order_id = std::to_string(1'000'000 + i), row.position = i;
    EXPECT_TRUE(insert(*storage_, row));
  }
  std::int64_t seen = 0;
  each<SourceFillRow>(
      *storage_, "WHERE account = $1 ORDER BY order_id",
      [&](SourceFillRow& row) {
        EXPECT_EQ(row.position, seen++);
        row.times_told = 2;
        if (seen % 1'000 == 0) {
          put(*storage_, row);
          EXPECT_EQ(number(*storage_, "SELECT SUM(times_told) FROM source_fills"), kRows + seen / 1'000);
        }
      },
      "a");
  EXPECT_EQ(seen, kRows);
  remove<SourceFillRow>(*storage_, Source::listener, "a", "1000000", "");
  EXPECT_FALSE(find<SourceFillRow>(*storage_, Source::listener, "a", "1000000", ""));
  storage_->commit();
  EXPECT_EQ(number(*storage_, "SELECT COUNT(*) FROM source_fills"), kRows - 1);
}

TEST_P(Table, AQuerySeesWhatWasPutBefore) {
  storage_->begin();
  FillRow fill;
  fill.account = "a", fill.order_id = "o", fill.trade_id = "t";
  put(*storage_, fill);
  {
    StatementGuard s(storage_->statement("UPDATE fills SET cl_ord_id = $1 WHERE account = $2 AND order_id = $3 AND cl_ord_id = ''"));
    s->bind(0, std::string_view("c")), s->bind(1, std::string_view("a")), s->bind(2, std::string_view("o"));
    s->step();
    EXPECT_EQ(s->changes(), 1);
  }
  EXPECT_EQ(find<FillRow>(*storage_, "a", "o", "t")->cl_ord_id, "c") << "and what was remembered is read again";
  storage_->rollback();
  EXPECT_FALSE(find<FillRow>(*storage_, "a", "o", "t"));
}

// Statements are found by where their texts stand; another text at the same place is another statement.
TEST_P(Table, ATextThatChangesIsAnotherStatement) {
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
