#include "services/reconcile/web/audit_index.hpp"

#include <charconv>
#include <fstream>
#include <string_view>

namespace marginfix::reconcile {

namespace {

constexpr std::string_view kBreakMember = "\"break\":\"";

}  // namespace

void AuditIndex::take(std::string_view line, std::int64_t offset) {
  // Before any text that a person or an exchange wrote: a quote inside one is escaped, so that nothing else can look like this member.
  const std::size_t member = line.find(kBreakMember);
  if (member == std::string_view::npos) return;
  std::int64_t id = 0;
  const char* const begin = line.data() + member + kBreakMember.size();
  if (std::from_chars(begin, line.data() + line.size(), id).ec != std::errc()) return;
  places_[id].push_back({offset, static_cast<std::uint32_t>(line.size())});
}

void AuditIndex::read_on() {
  std::ifstream file(path_, std::ios::binary);
  if (!file) return;
  file.seekg(0, std::ios::end);
  if (file.tellg() < seen_) seen_ = 0, places_.clear();
  file.seekg(seen_);
  std::string line;
  while (std::getline(file, line) && !file.eof()) {  // a line without its end is still being written
    take(line, seen_);
    seen_ += static_cast<std::int64_t>(line.size()) + 1;
  }
}

std::vector<std::string> AuditIndex::of(std::int64_t break_id) {
  read_on();
  std::vector<std::string> lines;
  const auto found = places_.find(break_id);
  if (found == places_.end()) return lines;
  std::ifstream file(path_, std::ios::binary);
  for (const Place& place : found->second) {
    std::string line(place.size, '\0');
    file.seekg(place.offset);
    if (file.read(line.data(), place.size)) lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> audit_lines_in(Storage& storage, std::int64_t break_id) {
  std::vector<std::string> lines;
  StatementGuard s(storage.statement("SELECT line FROM audit WHERE break_id = $1 ORDER BY number"));
  s->bind(0, break_id);
  while (s->step()) {
    lines.emplace_back(s->text(0));
    if (lines.back().ends_with('\n')) lines.back().pop_back();
  }
  return lines;
}

}  // namespace marginfix::reconcile
