// Prints answers as they come, page by page where all are wanted.
#include "apps/rest/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/rest/json_view.hpp"
#include "apps/rest/table.hpp"
#include "marginfix/core/trimmed.hpp"

namespace marginfix::apps {
namespace {

constexpr int kNoContent = 204;

// The answer's text, once it is known to be of its type. Members that are missing or null are no errors here: the text shows what came.
Result<std::string> bound(const rest::OperationInfo& info, const Answer& answer) {
  if (answer.status == kNoContent) return std::string();
  std::string text(trimmed(answer.body));
  if (info.response == nullptr) return is_json(text) ? std::move(text) : std::string();  // documented without content
  json::AnyValue value(*info.response);
  if (auto read = json::decode(*info.response, value.get(), text, {.missing_is_error = false}); !read) {
    Error error = read.error();
    error.message =
        fmt::format("the answer of {} is no {}: {}", info.name, info.response->name, text.empty() ? "it is empty" : error.message);
    error.status = answer.status;
    error.may_have_been_sent = !info.is_read();
    return error;
  }
  return text;
}

Result<std::string> printed(const rest::OperationInfo& info, const CallLine& line, const std::string& json) {
  if (json.empty()) return std::string();
  if (line.csv) return csv_of(info.response, json, info.page_items, line.columns);
  if (!line.table) return for_terminal(json + '\n');
  auto table = table_of(info.response, json, {line.columns, line.width});
  return table ? Result<std::string>(for_terminal(*table)) : table;
}

const json::FieldInfo* cursor_field(const rest::OperationInfo& info) {
  const auto found = std::ranges::find_if(info.request->fields, [](const json::FieldInfo& f) { return f.name == "cursor"; });
  return found == info.request->fields.end() ? nullptr : &*found;
}

// Pages put together: the last page's members, its items those of all pages.
class Pages {
 public:
  explicit Pages(const rest::OperationInfo& info) : info_(info) {}

  // The cursor of the next page, empty after the last.
  Result<std::string> add(const std::string& page) {
    auto members = members_of(page);
    if (!members) return members.error();
    last_ = std::move(*members);
    ++pages_;
    if (const std::string* list = last_.find(info_.page_items); list != nullptr && *list != "null") {
      const auto items = items_of(*list);
      if (!items) return items.error();
      for (const RawJson& item : *items) items_ += (items_.empty() ? "" : ",") + item.text;
      count_ += items->size();
    }
    const std::string* cursor = last_.find("cursor");
    std::string next = cursor != nullptr ? plain_text(*cursor) : std::string();
    if (!next.empty() && !cursors_.insert(next).second)
      return fail(ErrorCategory::decode, fmt::format("{}: the exchange gave the cursor \"{}\" twice", info_.name, next));
    return next;
  }
  std::size_t pages() const { return pages_; }
  std::size_t items() const { return count_; }

  std::string json() const {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    bool listed = false;
    for (const json::UnknownMember& m : last_) {
      const bool list = m.name == info_.page_items;
      listed = listed || list;
      writer.key(m.name).raw(list ? '[' + items_ + ']' : m.json);
    }
    if (!listed && count_ > 0) writer.key(info_.page_items).raw('[' + items_ + ']');
    writer.end_object();
    return out;
  }

 private:
  const rest::OperationInfo& info_;
  json::UnknownMembers last_;
  std::string items_;
  std::size_t count_{0};
  std::size_t pages_{0};
  std::set<std::string> cursors_;
};

Result<std::string> read_every_page(const rest::OperationInfo& info, json::AnyValue& request, const Sender& send,
                                    const Progress& progress) {
  Pages pages(info);
  const json::FieldInfo& cursor = *cursor_field(info);
  while (true) {
    const auto answer = send(info, request.get());
    if (!answer) return answer.error();
    const auto page = bound(info, *answer);
    if (!page) return page.error();
    const auto next = pages.add(*page);
    if (!next) return next.error();
    if (next->empty()) return pages.json();
    if (progress) progress(pages.pages(), pages.items());
    if (auto set = json::read_text(*cursor.type, cursor.at(request.get()), *next); !set) return set.error();
  }
}

}  // namespace

Result<std::string> perform(const rest::OperationInfo& info, json::AnyValue& request, const CallLine& line, const Sender& send,
                            const Progress& progress) {
  if (line.all && !info.pages()) {
    return fail(ErrorCategory::config, fmt::format("--all: {} has no pages, its answer is whole", info.name));
  }
  if (line.all) {
    const auto json = read_every_page(info, request, send, progress);
    if (!json) return json.error();
    return printed(info, line, *json);
  }
  const auto answer = send(info, request.get());
  if (!answer) return answer.error();
  const auto json = bound(info, *answer);
  if (!json) return json.error();
  return printed(info, line, *json);
}

std::string error_line(const Error& error, std::string_view secret) {
  std::string out;
  const auto says = [&](const std::string& text) { return error.message.find(text) != std::string::npos; };
  const bool status_said =
      says(fmt::format("HTTP {}", error.status)) || (!error.code.empty() && says(fmt::format(": {} {}", error.status, error.code)));
  if (error.status != 0 && !status_said) out = fmt::format("HTTP {}", error.status);
  if (!error.code.empty() && error.message.find(error.code) == std::string::npos) out += (out.empty() ? "" : " ") + error.code;
  out += (out.empty() ? "" : ": ") + error.message;
  const bool said = error.message.find("outcome is unknown") != std::string::npos;
  if (error.may_have_been_sent && !said) out += " (it may have reached the exchange: look what became of it before asking again)";
  for (auto at = out.find(secret); !secret.empty() && at != std::string::npos; at = out.find(secret, at)) {
    out.replace(at, secret.size(), "***");
  }
  return out;
}

}  // namespace marginfix::apps
