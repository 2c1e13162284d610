// Exports: whoever reads them has the ledger's values, digit for digit.
#include "services/reconcile/export.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>

#include "services/reconcile/folder.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "support/no_room.hpp"
#include "support/temp_folder.hpp"
#include "unit/reconcile/records.hpp"

namespace marginfix::reconcile {
namespace {

using marginfix::test::NoRoom;
using marginfix::test::TempFolder;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::Not;

struct Told {
  const char *exec_id, *trade_id, *order_id, *cl_ord_id, *symbol, *price, *quantity, *fee, *clearing_date;
};
// Texts that look like numbers, dates, separators or formulas to one tool or another.
const Told kTold[] = {
    {"13768;1", "0d9e8c7b-6a5f-4e3d-2c1b-0a9f8e7d6c5b", "o-1", "007", "KXBTCPERP", "98765.4321", "1.00", "0.0700", "2026-11-30"},
    {"13768;2", "12345678901234567890", "9007199254740993", "1E5", "KXETHPERP", "0.000001", "0.01", "0.0000", "2026-12-01"},
    {"-1;-1", "1.50", "2026-11-30", "=1+1", "TRUE", "9223372036854.775807", "92233720368547758.07", "-0.0001", "2026-12-01"},
    {"5e3", "a,b", "\"quoted\"", "it's", "null", "19.5000", "3.50", "", "2026-12-01"},
    {"0x1F", " blank ", "NaN", "line\nbreak", "N/A", "-1.2500", "100.00", "1.0000", "2026-12-01"},
    {"", "exec:13768|1", "\xc3\xa9t\xc3\xa9", "1_000", "#", "1.0000", "1.00", "1.0000", "2026-12-01"},
};

FillRow row_of(const Told& told, std::int64_t number) {
  FillRow row;
  row.account = "alice";
  row.exec_id = told.exec_id, row.trade_id = told.trade_id, row.order_id = told.order_id, row.cl_ord_id = told.cl_ord_id;
  row.symbol = told.symbol;
  row.last_mkt = "13768";
  row.side = number % 2 == 1 ? "1" : "2";
  row.price = DollarDecimal::parse(told.price).value();
  row.quantity = FixedPointCount::parse(told.quantity).value();
  if (*told.fee != '\0') row.fee = DollarDecimal::parse(told.fee).value();
  row.transact_time = Timestamp(std::chrono::microseconds(1'764'525'600'000'001));
  row.clearing_date = date_of_number(std::string_view(told.clearing_date).ends_with("30") ? 20261130 : 20261201);
  row.booked_from = Source::drop_copy;
  row.sources = bit(Source::drop_copy) | bit(Source::rest);
  row.number = number;
  return row;
}

class Exports : public testing::Test {
 protected:
  Exports() {
    std::int64_t number = 0;
    for (const Told& told : kTold) {
      FillRow row = row_of(told, ++number);
      put(*storage_, row);
    }
  }
  std::vector<ExportedFile> make(ExportFormat format) { return export_ledger(*storage_, format, out_).value(); }
  std::string read(const std::string& name) const { return TempFolder::read(out_ + "/" + name); }
  static std::vector<std::string> expected() {
    std::vector<std::string> rows;
    for (const Told& t : kTold) {
      boost::json::array cells;
      for (const char* text : {t.exec_id, t.trade_id, t.order_id, t.cl_ord_id, t.symbol, t.price, t.quantity, t.fee, t.clearing_date})
        cells.emplace_back(text);
      rows.push_back(boost::json::serialize(cells));
    }
    return rows;
  }

  TempFolder folder_;
  std::string out_ = folder_.path("out/of/it");
  std::unique_ptr<SqliteStorage> storage_ = SqliteStorage::in_memory().value();
};

TEST_F(Exports, HeaderAndQuotes) {
  const auto files = make(ExportFormat::csv);
  const std::string csv = read("executions.csv");
  EXPECT_THAT(csv, testing::StartsWith("account,exec_id,last_mkt,trade_id,order_id,cl_ord_id,symbol,subaccount,side,price,quantity,fee,"
                                       "transact_time,clearing_date,booked_from,sources,realized_pnl,settled,first_seen,number\n"
                                       "\"alice\",\"13768;1\",\"13768\",\"0d9e8c7b-6a5f-4e3d-2c1b-0a9f8e7d6c5b\",\"o-1\",\"007\","
                                       "\"KXBTCPERP\",0,\"buy\",98765.4321,1.00,0.0700,2025-11-30T18:00:00.000001Z,2026-11-30,"
                                       "\"drop_copy\",\"drop_copy rest\",,false,,1\n"));
  EXPECT_THAT(csv, HasSubstr(",\"\"\"quoted\"\"\",\"it's\",\"null\",0,\"sell\",19.5000,3.50,,"));
  const auto executions = std::ranges::find(files, out_ + "/executions.csv", &ExportedFile::path);
  ASSERT_NE(executions, files.end());
  EXPECT_EQ(executions->rows, 6);
}

TEST_F(Exports, EveryTableHasAHeaderAlsoWithoutRows) {
  for (const ExportedFile& file : make(ExportFormat::csv)) {
    EXPECT_THAT(TempFolder::read(file.path), HasSubstr("\n")) << file.path;
    EXPECT_THAT(TempFolder::read(file.path).substr(0, 200), HasSubstr(",")) << "never one column alone";
    const std::string schema = TempFolder::read(file.path.substr(0, file.path.size() - 4) + ".schema.json");
    const auto value = boost::json::parse(schema).as_object();
    EXPECT_EQ(value.at("rows").as_string(), std::to_string(file.rows)) << file.path;
    EXPECT_GT(value.at("columns").as_array().size(), 1U);
  }
  for (const char* name : {"executions", "orders", "positions", "funding", "days", "cash", "breaks", "coverage", "gaps", "undecodable"})
    EXPECT_TRUE(std::filesystem::exists(out_ + "/" + name + ".csv")) << name;
  EXPECT_FALSE(std::filesystem::exists(out_ + "/meta.csv"));
}

TEST_F(Exports, JsonHasNoNumbers) {
  make(ExportFormat::json);
  std::istringstream lines(read("executions.jsonl"));
  int rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    const boost::json::object row = boost::json::parse(line).as_object();
    for (const auto& [name, value] : row) EXPECT_TRUE(value.is_string() || value.is_null() || value.is_bool()) << std::string(name);
  }
  EXPECT_EQ(rows, 6);
}

TEST_F(Exports, TheSchemaSaysHowToHoldAColumn) {
  make(ExportFormat::csv);
  EXPECT_THAT(read("executions.schema.json"), HasSubstr(R"({"name": "exec_id", "type": "text", "sql": "VARCHAR"})"));
  EXPECT_THAT(read("executions.schema.json"), HasSubstr(R"x({"name": "price", "type": "decimal", "scale": "6", "sql": "DECIMAL(19,6)"})x"));
  EXPECT_THAT(read("executions.schema.json"), HasSubstr(R"({"name": "clearing_date", "type": "date", "sql": "DATE"})"));
}

TEST_F(Exports, WhatIsNoTextIsMadeVisible) {
  FillRow row = row_of(kTold[0], 7);
  row.order_id = "o-7", row.cl_ord_id = std::string("a\0b", 3), row.symbol = "caf\xe9";
  put(*storage_, row);
  make(ExportFormat::csv);
  make(ExportFormat::json);
  EXPECT_THAT(read("executions.csv"), HasSubstr("\"a\\x00b\",\"caf\\xe9\""));
  EXPECT_THAT(read("executions.jsonl"), HasSubstr("\"cl_ord_id\":\"a\\u0000b\",\"symbol\":\"caf\\\\xe9\""));
}

TEST_F(Exports, BytesAreHexadecimal) {
  UndecodableRow row;
  row.position = 1, row.reason = "=HYPERLINK(\"x\")", row.bytes.data = std::string("\0\xff;", 3);
  put(*storage_, row);
  make(ExportFormat::csv);
  EXPECT_THAT(read("undecodable.csv"), HasSubstr("\"=HYPERLINK(\"\"x\"\")\",\"00ff3b\""));
}

TEST_F(Exports, TheAuditAsFarAsTheLedgerStandsForIt) {
  const std::string dir = folder_.path("service");
  {
    auto writer = LedgerWriter::open(dir).value();
    writer->write({test::told("\"reason\",\n 1", RecordKind::decision), test::told("reason 2", RecordKind::decision)}).value();
  }
  const std::string audit = TempFolder::read(audit_path(dir));
  folder_.write("service/audit.jsonl", audit + "{\"n\":\"3\"");
  auto ledger = open_ledger_for_reading(dir).value();
  export_ledger(*ledger, ExportFormat::json, out_, audit_path(dir)).value();
  export_ledger(*ledger, ExportFormat::csv, out_, audit_path(dir)).value();
  EXPECT_EQ(read("audit.jsonl"), audit);
  EXPECT_THAT(read("audit.csv"), HasSubstr("\"price\",\"resolved\",\"ann\",\"\"\"reason\"\",\n 1\","));
}

TEST_F(Exports, AFullDiskLeavesTheOlderFiles) {
  make(ExportFormat::csv);
  const std::string before = read("executions.csv");
  FillRow row = row_of(kTold[0], 7);
  row.order_id = "o-7";
  put(*storage_, row);
  {
    NoRoom disk(before.size() + 10);
    const auto exported = export_ledger(*storage_, ExportFormat::csv, out_);
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, "disk_full");
  }
  EXPECT_EQ(read("executions.csv"), before);
  for (const auto& entry : std::filesystem::directory_iterator(out_)) EXPECT_NE(entry.path().extension(), ".new");
  make(ExportFormat::csv);
  EXPECT_NE(read("executions.csv"), before);
}

TEST_F(Exports, FormatsHaveNames) {
  EXPECT_EQ(export_format_of("json").value(), ExportFormat::json);
  EXPECT_THAT(export_format_of("xml").error().message, HasSubstr("csv or json"));
}

// ---- read by other people's tools ---------------------------------------------------------------------------------------

class ExportReaders : public Exports, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Of, ExportReaders, testing::Values("csv", "sqlite", "json", "duckdb", "pandas", "pandas_json", "polars"),
                         [](const auto& reader) { return std::string(reader.param); });

// Nothing where the cell is empty.
template <class Decimal>
std::optional<Decimal> value_of(const boost::json::value& cell) {
  const std::string text(cell.as_string().c_str());
  return text.empty() ? std::nullopt : std::optional(Decimal::parse(text).value());
}

TEST_P(ExportReaders, HaveTheSameValues) {
  make(ExportFormat::csv);
  make(ExportFormat::json);
  const char* python = std::getenv("MARGINFIX_PYTHON");
  const std::string command = std::string(python == nullptr ? "python3" : python) +
                              " " MARGINFIX_SOURCE_DIR "/tests/unit/reconcile/python/read_export.py " + GetParam() + " " + out_;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  const int status = ::pclose(pipe);
  if (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127) GTEST_SKIP() << GetParam() << " is not on this machine: " << output;
  ASSERT_EQ(WEXITSTATUS(status), 0) << output;
  std::vector<std::string> rows;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) rows.push_back(boost::json::serialize(boost::json::parse(line)));
  const bool numbers = std::string_view(GetParam()) == "duckdb";
  if (!numbers) {
    EXPECT_THAT(rows, ElementsAreArray(expected()));
    return;
  }
  // With the schema's types numbers are decimals of two or six digits: the same numbers, written longer.
  ASSERT_EQ(rows.size(), std::size(kTold));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const boost::json::array cells = boost::json::parse(rows[i]).as_array(), wanted = boost::json::parse(expected()[i]).as_array();
    for (const std::size_t text : {0, 1, 2, 3, 4, 8}) EXPECT_EQ(cells[text], wanted[text]);
    for (const std::size_t price : {5, 7}) EXPECT_EQ(value_of<DollarDecimal>(cells[price]), value_of<DollarDecimal>(wanted[price]));
    EXPECT_EQ(value_of<FixedPointCount>(cells[6]), value_of<FixedPointCount>(wanted[6]));
  }
}

}  // namespace
}  // namespace marginfix::reconcile
