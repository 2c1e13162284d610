#include "services/reconcile/export.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <system_error>

#include "services/reconcile/export/cells.hpp"
#include "services/reconcile/export/out_file.hpp"
#include "services/reconcile/ledger/audit_file.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::string_view extension(ExportFormat format) { return format == ExportFormat::csv ? ".csv" : ".jsonl"; }

// What a table's file is called, "" = it is none of other people's business; the columns that come first; the rows' order.
struct Shape {
  std::string name;
  std::vector<std::string> first;
  std::string tail;
};

template <class Row>
Shape shape_of() {
  Shape shape;
  shape.name = Row::kTable;
  shape.tail = "ORDER BY " + columns<Row>();
  if constexpr (std::is_same_v<Row, FillRow>) {
    shape = {"executions",
             {"account", "exec_id", "last_mkt", "trade_id", "order_id", "cl_ord_id", "symbol", "subaccount", "side", "price", "quantity",
              "fee", "transact_time", "clearing_date", "booked_from", "sources"},
             "ORDER BY number"};
  } else if constexpr (std::is_same_v<Row, SpanRow>) {
    shape.name = "coverage";
  } else if constexpr (std::is_same_v<Row, SpanMarketRow>) {
    shape.name = "coverage_markets";
  } else if constexpr (std::is_same_v<Row, MetaRow>) {
    shape.name.clear();
  }
  return shape;
}

std::vector<std::size_t> order_of(const std::vector<Cell>& cells, const std::vector<std::string>& first) {
  std::vector<std::size_t> order;
  order.reserve(cells.size());
  for (const std::string& name : first)
    order.push_back(static_cast<std::size_t>(std::ranges::find(cells, name, &Cell::name) - cells.begin()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (std::ranges::find(order, i) == order.end()) order.push_back(i);
  }
  return order;
}

// The files of one export, none of them visible before all are whole.
class Export {
 public:
  Export(Storage& storage, ExportFormat format, std::string folder) : storage_(storage), format_(format), folder_(std::move(folder)) {}
  void tables() {
    for_each_table([this]<class Row>() { table<Row>(); });
  }
  void audit(const std::string& path);
  std::vector<ExportedFile> publish();

 private:
  template <class Row>
  void table();
  OutFile& begin(const std::string& name, const std::vector<Cell>& cells, const std::vector<std::size_t>& order);
  void add(OutFile& file, const std::vector<Cell>& cells, const std::vector<std::size_t>& order);
  void end(const std::string& name, const std::vector<Cell>& cells, const std::vector<std::size_t>& order);

  Storage& storage_;
  ExportFormat format_;
  std::string folder_;
  std::vector<std::unique_ptr<OutFile>> files_;
  std::vector<ExportedFile> made_;
};

OutFile& Export::begin(const std::string& name, const std::vector<Cell>& cells, const std::vector<std::size_t>& order) {
  const std::string path = folder_ + "/" + name + std::string(extension(format_));
  files_.push_back(std::make_unique<OutFile>(path));
  made_.push_back({path, 0});
  if (format_ == ExportFormat::csv) append_csv_header(files_.back()->buffer(), cells, order);
  return *files_.back();
}

void Export::add(OutFile& file, const std::vector<Cell>& cells, const std::vector<std::size_t>& order) {
  (format_ == ExportFormat::csv ? append_csv : append_json)(file.buffer(), cells, order);
  file.flow();
  ++made_.back().rows;
}

void Export::end(const std::string& name, const std::vector<Cell>& cells, const std::vector<std::size_t>& order) {
  files_.back()->finish();
  files_.push_back(std::make_unique<OutFile>(folder_ + "/" + name + ".schema.json"));
  files_.back()->buffer() = schema_json(name, name + std::string(extension(format_)), made_.back().rows, cells, order);
  files_.back()->finish();
}

template <class Row>
void Export::table() {
  const Shape shape = shape_of<Row>();
  if (shape.name.empty()) return;
  std::vector<Cell> cells;
  Row none{};
  read_cells(none, cells);
  const std::vector<std::size_t> order = order_of(cells, shape.first);
  OutFile& file = begin(shape.name, cells, order);
  each<Row>(storage_, shape.tail, [&](Row& row) {
    read_cells(row, cells);
    add(file, cells, order);
  });
  end(shape.name, cells, order);
}

std::vector<Cell> audit_cells() {
  std::vector<Cell> cells;
  for (const char* name : {"n", "time", "break", "account", "category", "event", "by", "reason", "detail", "prev", "hash"})
    cells.push_back({name, CellType::text, 0, true, ""});
  cells[0].type = cells[2].type = CellType::integer;
  cells[1].type = CellType::time;
  return cells;
}

// The line's members are the cells, in their order.
void read_audit_line(std::string_view line, std::vector<Cell>& cells) {
  boost::system::error_code fault;
  const auto value = boost::json::parse(boost::json::string_view(line.data(), line.size()), fault);
  for (Cell& cell : cells) {
    const auto* member = fault || !value.is_object() ? nullptr : value.get_object().if_contains(cell.name);
    if (member == nullptr || !member->is_string())
      throw Exception(
          fail(ErrorCategory::store, "audit.jsonl has a line that is none of it: run `marginfix reconcile verify`", std::string(line)));
    cell.text = std::string_view(member->get_string());
  }
}

void Export::audit(const std::string& path) {
  std::error_code none;
  const bool in_tables = storage_.holds_journal();
  if (!in_tables && (path.empty() || !std::filesystem::exists(path, none))) return;
  std::vector<Cell> cells = audit_cells();
  const std::vector<std::size_t> order = order_of(cells, {});
  OutFile& file = begin("audit", cells, order);
  const auto line = [&](std::string_view text) {
    read_audit_line(text, cells);
    add(file, cells, order);
  };
  if (in_tables) {
    StatementGuard s(storage_.statement("SELECT line FROM audit ORDER BY number"));
    while (s->step()) line(s->text(0));
  } else {
    const std::string text = read_file(path).value();
    std::string_view left = std::string_view(text).substr(0, static_cast<std::size_t>(audit_position_of(storage_).bytes));
    while (!left.empty()) {
      const std::size_t size = left.find('\n');
      line(left.substr(0, size));
      left.remove_prefix(size == std::string_view::npos ? left.size() : size + 1);
    }
  }
  end("audit", cells, order);
}

std::vector<ExportedFile> Export::publish() {
  for (const auto& file : files_) file->publish();
  sync_folder(folder_).value();
  return made_;
}

Result<void> make_out_folder(const std::string& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) return file_error("cannot make the folder " + folder, fault.value());
  return {};
}

}  // namespace

std::string_view to_string(ExportFormat format) noexcept { return format == ExportFormat::csv ? "csv" : "json"; }

Result<ExportFormat> export_format_of(std::string_view name) {
  for (const ExportFormat format : {ExportFormat::csv, ExportFormat::json}) {
    if (to_string(format) == name) return format;
  }
  return fail(ErrorCategory::config, "there is no export format \"" + std::string(name) + "\": csv or json");
}

Result<std::vector<ExportedFile>> export_ledger(Storage& storage, ExportFormat format, const std::string& out_dir,
                                                const std::string& audit_path) {
  if (auto made = make_out_folder(out_dir); !made) return made.error();
  const bool own = !storage.in_transaction();
  try {
    if (own) storage.execute("BEGIN");
    Export files(storage, format, out_dir);
    files.tables();
    files.audit(audit_path);
    if (own) storage.rollback();
    return files.publish();
  } catch (const Exception& e) {
    if (own) storage.rollback();
    return e.error();
  }
}

}  // namespace marginfix::reconcile
