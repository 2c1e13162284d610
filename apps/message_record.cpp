// Names to members and to columns.
#include "apps/message_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "apps/csv.hpp"
#include "apps/rest/nearest.hpp"
#include "marginfix/fix/field_table.hpp"
#include "marginfix/json/writer.hpp"

namespace marginfix::apps {
namespace {

constexpr std::int32_t kHighestTag = 40'000;  // names of fields stop well below

struct RecordMember {
  std::string name;
  std::vector<std::string> values;
  bool list{false};
};

std::vector<RecordMember> members_of_message(std::string_view raw, const fix::DictionaryPair* names) {
  std::vector<RecordMember> members;
  fix::for_each_field(
      raw,
      [&](const fix::PrintedField& field) {
        std::string name = field.name.empty() ? std::to_string(field.tag) : std::string(field.name);
        auto found = std::ranges::find(members, name, &RecordMember::name);
        if (found == members.end()) found = members.insert(members.end(), RecordMember{std::move(name), {}, false});
        found->values.emplace_back(field.value);
        found->list = found->list || field.depth > 0 || found->values.size() > 1;
      },
      names);
  return members;
}

// What is a number in a spreadsheet, too; ids, codes and times are text.
constexpr std::string_view kNumbers[] = {"MsgSeqNum", "Price", "OrderQty",  "LastQty",     "LastPx",     "CumQty",
                                         "LeavesQty", "AvgPx", "MDEntryPx", "MDEntrySize", "BodyLength", "RefSeqNum"};

constexpr std::string_view kDefaultColumns[] = {
    "session", "ts",        "MsgType",     "MsgSeqNum",   "SendingTime", "TransactTime", "ExecID",     "ExecType",     "OrdStatus",
    "OrderID", "ClOrdID",   "OrigClOrdID", "Symbol",      "Side",        "OrderQty",     "Price",      "LastQty",      "LastPx",
    "CumQty",  "LeavesQty", "AvgPx",       "TimeInForce", "ExpireTime",  "LastMkt",      "TrdMatchID", "OrdRejReason", "Text"};

// Every name there is; made once.
const std::map<std::string_view, std::int32_t>& tags_by_name() {
  static const auto tags = [] {
    std::map<std::string_view, std::int32_t> all;
    for (std::int32_t tag = 1; tag <= kHighestTag; ++tag) {
      if (const std::string_view name = fix::field_name(tag); !name.empty()) all.emplace(name, tag);
    }
    return all;
  }();
  return tags;
}

Result<std::int32_t> tag_of(std::string_view name) {
  std::int32_t tag = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), tag);
  if (error == std::errc{} && end == name.data() + name.size() && tag > 0) return tag;
  const auto& tags = tags_by_name();
  if (const auto found = tags.find(name); found != tags.end()) return found->second;
  std::vector<std::string_view> known;
  for (const auto& [one, number] : tags) known.push_back(one);
  return fail(ErrorCategory::config, fmt::format("--columns: no field has the name {}{}", name, did_you_mean(name, known)));
}

}  // namespace

std::string flat_json(const RecordHead& head, std::string_view raw, const fix::DictionaryPair* names) {
  std::string line;
  json::Writer w(line);
  w.begin_object();
  if (!head.session.empty()) w.member("session", head.session);
  if (head.ts) w.member("ts", to_rfc3339(*head.ts));
  for (const RecordMember& member : members_of_message(raw, names)) {
    w.key(member.name);
    if (!member.list) {
      w.value(member.values.front());
      continue;
    }
    w.begin_array();
    for (const std::string& value : member.values) w.value(value);
    w.end_array();
  }
  w.end_object();
  return line;
}

Result<MessageColumns> MessageColumns::of(const std::vector<std::string>& names, bool heads) {
  MessageColumns columns;
  std::vector<std::string> wanted = names;
  if (wanted.empty()) wanted.assign(std::begin(kDefaultColumns) + (heads ? 0 : 2), std::end(kDefaultColumns));
  for (const std::string& name : wanted) {
    if (name == "session" || name == "ts") {
      columns.columns_.push_back({name, 0, false});
      continue;
    }
    const auto tag = tag_of(name);
    if (!tag) return tag.error();
    columns.columns_.push_back({name, *tag, std::ranges::find(kNumbers, name) != std::end(kNumbers)});
  }
  return columns;
}

std::string MessageColumns::header() const {
  std::vector<std::string> cells;
  for (const Column& column : columns_) cells.push_back(csv_text(column.name));
  return csv_row(cells);
}

// A field that is there several times: its values with blanks between them.
std::string MessageColumns::row(const RecordHead& head, std::string_view raw) const {
  std::map<std::int32_t, std::string> values;
  fix::for_each_field(raw, [&](const fix::PrintedField& field) {
    std::string& value = values[field.tag];
    value.append(value.empty() ? "" : " ").append(field.value);
  });
  std::vector<std::string> cells;
  for (const Column& column : columns_) {
    if (column.tag == 0) {
      cells.push_back(csv_text(column.name == "session" ? std::string(head.session) : head.ts ? to_rfc3339(*head.ts) : std::string()));
      continue;
    }
    const auto found = values.find(column.tag);
    const std::string_view value = found == values.end() ? std::string_view() : std::string_view(found->second);
    cells.push_back(column.number ? csv_number(value) : csv_text(value));
  }
  return csv_row(cells);
}

}  // namespace marginfix::apps
