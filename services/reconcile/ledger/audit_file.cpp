#include "services/reconcile/ledger/audit_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "services/reconcile/ledger/json_text.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::string_view kHashMember = R"(,"hash":")";
constexpr std::int64_t kLineEnd = 9 + 64 + 3;  // ,"hash":" ... "}\n

void append_member(std::string& line, const char* name, std::string_view text) {
  line += ",\"";
  line += name;
  line += "\":";
  append_json_text(line, text);
}

Error audit_error(std::int64_t line, std::string_view what, const std::string& path) {
  return fail(ErrorCategory::store, "audit.jsonl: line " + std::to_string(line) + ": " + std::string(what), path);
}

// The line that ends at `from` must be the one that the ledger knows.
Result<void> check_from(const File& file, const AuditPosition& from, std::int64_t size) {
  if (from.lines == 0) return {};
  if (from.bytes > size)
    return fail(ErrorCategory::store,
                "audit.jsonl: it ends at byte " + std::to_string(size) + ", and the ledger stands for " + std::to_string(from.lines) +
                    " lines up to byte " + std::to_string(from.bytes),
                file.path());
  std::string end(static_cast<std::size_t>(kLineEnd), '\0');
  const auto read = from.bytes < kLineEnd ? Result<std::size_t>(0) : file.read(end.data(), end.size(), from.bytes - kLineEnd);
  if (!read) return read.error();
  if (end != std::string(kHashMember) + to_hex(from.hash) + "\"}\n")
    return audit_error(from.lines, "does not end where the ledger says, or with another hash: changed, or of another ledger", file.path());
  return {};
}

// Where the last whole line ends, at or behind `from`.
Result<std::int64_t> end_of_lines(const File& file, std::int64_t from, std::int64_t size) {
  std::string block;
  for (std::int64_t end = size; end > from;) {
    const std::int64_t begin = std::max(from, end - 65'536);
    block.resize(static_cast<std::size_t>(end - begin));
    const auto read = file.read(block.data(), block.size(), begin);
    if (!read) return read.error();
    const std::size_t at = block.rfind('\n');
    if (at != std::string::npos) return begin + static_cast<std::int64_t>(at) + 1;
    end = begin;
  }
  return from;
}

}  // namespace

AuditPosition audit_position_of(Storage& storage) {
  AuditPosition position;
  position.lines = meta_number(storage, "audit_lines");
  position.bytes = meta_number(storage, "audit_bytes");
  position.hash = hash_of_hex(meta(storage, "audit_hash").value_or("")).value_or(Hash{});
  return position;
}

void set_audit_position(Storage& storage, const AuditPosition& position) {
  set_meta(storage, "audit_lines", std::to_string(position.lines));
  set_meta(storage, "audit_bytes", std::to_string(position.bytes));
  set_meta(storage, "audit_hash", to_hex(position.hash));
}

std::string AuditChain::line(const AuditEntry& entry) {
  std::string line = "{\"n\":\"" + std::to_string(at_.lines + 1) + "\"";
  append_member(line, "time", to_rfc3339(entry.time));
  append_member(line, "break", std::to_string(entry.break_id));
  append_member(line, "account", entry.account);
  append_member(line, "category", entry.category);
  append_member(line, "event", entry.event);
  append_member(line, "by", entry.by);
  append_member(line, "reason", entry.reason);
  append_member(line, "detail", entry.detail);
  append_member(line, "prev", to_hex(at_.hash));
  at_.hash = sha_.of(line);
  line += kHashMember;
  line += to_hex(at_.hash);
  line += "\"}\n";
  ++at_.lines;
  at_.bytes += static_cast<std::int64_t>(line.size());
  return line;
}

AuditFile::AuditFile(File file, AuditPosition from, std::int64_t size) : file_(std::move(file)), chain_(from), size_(size) {}

Result<std::unique_ptr<AuditFile>> AuditFile::open(const std::string& path, AuditPosition from) {
  auto file = File::open(path, O_RDWR | O_CREAT);
  if (!file) return file.error();
  const auto size = file->size();
  if (!size) return size.error();
  if (auto good = check_from(*file, from, *size); !good) return good.error();
  const auto end = end_of_lines(*file, from.bytes, *size);
  if (!end) return end.error();
  if (*end < *size) {
    if (auto cut = file->truncate(*end); !cut) return cut.error();
  }
  return std::unique_ptr<AuditFile>(new AuditFile(std::move(*file), from, *end));
}

void AuditFile::append(const AuditEntry& entry) {
  const AuditPosition at = position();
  const std::string line = chain_.line(entry);
  if (at.bytes < size_) {
    compare(line, at);
  } else {
    pending_ += line;
  }
}

void AuditFile::compare(std::string_view line, AuditPosition at) {
  std::string there(line.size(), '\0');
  const auto read = file_.read(there.data(), there.size(), at.bytes);
  if (!read) throw Exception(read.error());
  if (*read != line.size() || there != line)
    throw Exception(audit_error(at.lines + 1, "is not the one that the journal gives: changed, or of another journal", file_.path()));
}

void AuditFile::write_out() {
  if (pending_.empty()) return;
  auto written = file_.write(pending_, size_);
  if (written) written = file_.sync();
  if (!written) {
    (void)file_.truncate(size_);  // where that fails, too, the lines are compared when they come again
    throw Exception(written.error());
  }
  size_ += static_cast<std::int64_t>(pending_.size());
  pending_.clear();
}

Result<void> AuditFile::check_end() const {
  if (position().bytes >= size_) return {};
  return audit_error(position().lines + 1, "the journal does not give it: added, or of another journal", file_.path());
}

void AuditFile::go_back(const AuditPosition& to) {
  chain_.go_back(to);
  pending_.clear();
}

}  // namespace marginfix::reconcile
