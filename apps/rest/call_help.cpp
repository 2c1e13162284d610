// Writes the lists and the help of operations.
#include "apps/rest/call_help.hpp"

#include <fmt/format.h>

#include <limits>
#include <vector>

#include "apps/rest/call_line.hpp"
#include "apps/rest/json_view.hpp"

namespace marginfix::apps {
namespace {

using json::Kind;
using json::TypeInfo;

std::string command_of(const rest::OperationInfo& info) {
  return info.api == rest::Api::klear ? fmt::format("klear {}", info.name) : fmt::format("rest {} {}", info.family, info.name);
}

std::string scalar_name(const TypeInfo& type) {
  if (type.word_count != nullptr) {
    std::string words;
    for (std::size_t i = 0; i < type.word_count(); ++i) {
      if (!type.word(i).empty()) words += (words.empty() ? "" : "|") + std::string(type.word(i));
    }
    return words;
  }
  if (type.kind == Kind::boolean) return "true|false";
  if (type.name == "FixedPointDollars") return "dollars";
  if (type.name == "FixedPointCount") return "contracts";
  if (type.name == "string") return "text";
  if (type.name == "int32" || type.name == "int64") return "whole number";
  if (type.name == "date") return "YYYY-MM-DD";
  if (type.name == "date-time") return "time (RFC 3339)";
  return std::string(type.name);
}

std::string limits_text(const json::FieldInfo& f) {
  const json::Limits& l = f.limits;
  const bool list = bare_type(f.type)->kind == Kind::array;
  std::vector<std::string> parts;
  const bool least = l.least != std::numeric_limits<std::int64_t>::min(), most = l.most != std::numeric_limits<std::int64_t>::max();
  if (least && most) parts.push_back(fmt::format("{} to {}", l.least, l.most));
  if (least && !most) parts.push_back(fmt::format("at least {}", l.least));
  if (!least && most) parts.push_back(fmt::format("at most {}", l.most));
  if (l.positive) parts.emplace_back("more than 0");
  if (l.non_negative) parts.emplace_back("not negative");
  if (l.max_decimals >= 0) parts.push_back(fmt::format("at most {} decimals", l.max_decimals));
  const char* unit = list ? "items" : "characters";
  if (l.min_length > 0) parts.push_back(fmt::format("at least {} {}", l.min_length, unit));
  if (l.max_length != std::numeric_limits<std::size_t>::max()) parts.push_back(fmt::format("at most {} {}", l.max_length, unit));
  if (!l.pattern_text.empty()) parts.emplace_back(l.pattern_text);
  return parts.empty() ? std::string() : fmt::format(" ({})", fmt::join(parts, ", "));
}

void add_field(std::string& out, const json::FieldInfo& f, std::string_view where) {
  out += fmt::format("  --{:<28} {}{}  [{}{}]\n", option_name(f.name), type_words(*f.type), limits_text(f), where,
                     f.required ? ", required" : "");
  const TypeInfo* t = bare_type(f.type);
  const TypeInfo* item = t->kind == Kind::array ? bare_type(t->element) : t;
  for (const json::FieldInfo& inner : item->fields) {
    out += fmt::format("      \"{}\": {}{}{}\n", inner.name, type_words(*inner.type), limits_text(inner),
                       inner.required ? "  [required]" : "");
  }
}

std::string_view auth_text(rest::Auth auth) {
  switch (auth) {
    case rest::Auth::none:
      return "public";
    case rest::Auth::key:
    case rest::Auth::key_or_oauth:
      return "needs a key";
    case rest::Auth::klear_token:
      return "needs the admin token";
  }
  return {};
}

std::string options_text() {
  std::string out;
  for (const CallOption& option : call_options())
    out += fmt::format("  {:<23} {}\n", fmt::format("--{} {}", option.name, option.value), option.text);
  return out;
}

}  // namespace

std::vector<std::string> choice_words(const json::TypeInfo& type) {
  const TypeInfo* t = bare_type(&type);
  if (t->kind == Kind::array) t = bare_type(t->element);
  if (t->kind == Kind::boolean) return {"true", "false"};
  std::vector<std::string> words;
  for (std::size_t i = 0; t->word_count != nullptr && i < t->word_count(); ++i) {
    if (!t->word(i).empty()) words.emplace_back(t->word(i));
  }
  return words;
}

std::string parameter_words(const json::FieldInfo& field) { return type_words(*field.type) + limits_text(field); }

std::string type_words(const json::TypeInfo& type) {
  const TypeInfo* t = bare_type(&type);
  if (t->kind != Kind::array) return t->read != nullptr ? scalar_name(*t) : "JSON object";
  const TypeInfo* item = bare_type(t->element);
  return item->read != nullptr ? scalar_name(*item) + ", with commas" : "JSON list of objects";
}

std::string operations_list(rest::Api api, std::string_view family, bool json) {
  std::string out;
  for (const rest::OperationInfo* info : api == rest::Api::perps ? rest::perps_operations() : rest::klear_operations()) {
    if (!family.empty() && info->family != family) continue;
    if (json) {
      json::Writer w(out);
      w.begin_object();
      if (api == rest::Api::perps) w.member("family", info->family);
      w.member("operation", info->name).member("operation_id", info->operation_id).member("method", to_string(info->method));
      w.member("path", info->path).member("auth", auth_text(info->auth)).member("pages", info->pages()).member("summary", info->summary);
      w.end_object();
      out += '\n';
      continue;
    }
    out += fmt::format("{:<52} {:<7} {}\n", command_of(*info), to_string(info->method), info->summary);
  }
  return out;
}

std::string command_help(rest::Api api) {
  const bool perps = api == rest::Api::perps;
  return fmt::format(
             R"({}

Usage: marginfix {} [--parameter VALUE ...] [options]
       marginfix {} --help    parameters of one operation
       marginfix {} --list

Parameters are named as on the wire with - for _; one value each, lists with commas, lists of objects as JSON, booleans true or false.
The answer's JSON is printed as it came; nothing for an answer without content.

Options:
{}
)",
             perps ? "marginfix rest: any operation of the perps REST API" : "marginfix klear: any operation of the clearing members' API",
             perps ? "rest FAMILY OPERATION" : "klear OPERATION", perps ? "rest FAMILY OPERATION" : "klear OPERATION",
             perps ? "rest" : "klear", options_text()) +
         operations_list(api, {}, false);
}

std::string operation_help(const rest::OperationInfo& info) {
  std::string out = fmt::format("marginfix {}: {}\n{} {}  ({}, {}", command_of(info), info.summary, to_string(info.method), info.path,
                                info.operation_id, auth_text(info.auth));
  out += info.pages() ? fmt::format(", pages of \"{}\": --all reads them all)\n", info.page_items) : ")\n";
  std::string parameters;
  for (const json::FieldInfo& f : info.request->fields) {
    const bool path = info.path.find(fmt::format("{{{}}}", f.name)) != std::string_view::npos;
    add_field(parameters, f, path ? "path" : "query");
  }
  if (info.body != nullptr) {
    for (const json::FieldInfo& f : info.body->fields) add_field(parameters, f, "body");
  }
  if (parameters.empty()) return out + "\nIt takes no parameters.\n";
  return out + "\nParameters:\n" + parameters;
}

}  // namespace marginfix::apps
