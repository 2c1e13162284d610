// From words to options, to an operation, to its request struct.
#include "apps/rest/call_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "apps/rest/call_help.hpp"
#include "apps/rest/nearest.hpp"

namespace marginfix::apps {
namespace {

Error wrong(std::string text) { return fail(ErrorCategory::config, std::move(text)); }

// "--limit", but not "-5", nor the "-----BEGIN ..." of a key.
bool is_option(std::string_view word) { return word.starts_with("--") && word.size() > 2 && word[2] != '-'; }

// Of a list with commas; a list may also be given as JSON.
bool has_empty_item(std::string_view list) {
  if (list.starts_with('[')) return false;
  return list.empty() || list.starts_with(',') || list.ends_with(',') || list.find(",,") != std::string_view::npos;
}

constexpr CallOption kCallOptions[] = {
    {"body", "JSON", "the whole request body, instead of its parameters"},
    {"all", "", "every page of a list, as one answer"},
    {"table", "", "columns for people; on a terminal as many as fit"},
    {"csv", "", "the answer's list as CSV (RFC 4180), for a spreadsheet"},
    {"columns", "NAMES", "--table or --csv of these columns alone, in this order (with commas)"},
    {"dry-run", "", "prints the request, with secrets left out, and sends nothing"},
    {"list", "", "the operations; --json: one JSON object a line"},
    {"help", "", "what it does and takes", true},
    {"json", "", "machine output", true},
    {"endpoints", "FILE", "endpoints.json of a simulated exchange (without it: MARGINFIX_ENDPOINTS)", true},
    {"account", "NAME", "account of --endpoints (default: the first)", true},
    {"env", "demo|production", "credentials from the environment", true},
};

std::vector<std::string> dashed_options() {
  std::vector<std::string> names;
  for (const CallOption& option : kCallOptions) names.push_back("--" + std::string(option.name));
  return names;
}

bool* flag_of(CallLine& line, std::string_view name) {
  if (name == "all") return &line.all;
  if (name == "table") return &line.table;
  if (name == "csv") return &line.csv;
  if (name == "dry-run") return &line.dry_run;
  if (name == "json") return &line.json;
  if (name == "list") return &line.list;
  if (name == "help") return &line.help;
  return nullptr;
}

// Options of the command itself that take a value.
std::string* own_option(CallLine& line, std::string_view name) {
  if (name == "endpoints") return &line.connection.endpoints;
  if (name == "account") return &line.connection.account;
  if (name == "env") return &line.connection.env;
  if (name == "body") return &line.body.emplace();
  return nullptr;
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    names.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

Result<void> take_value(CallLine& line, const std::string& name, const std::string& value) {
  if (name == "columns") {
    if (has_empty_item(value)) return wrong("--columns takes names with commas between them, such as ticker,price");
    line.columns = names_in(value);
    return {};
  }
  if (std::string* own = own_option(line, name)) {
    *own = value;
    if (name == "env" && value != "demo" && value != "production") return wrong("--env is demo or production, not \"" + value + '"');
    return {};
  }
  line.parameters.push_back({name, value});
  return {};
}

std::string meant_option(std::string_view word) {
  const std::vector<std::string> names = dashed_options();
  return did_you_mean(word, {names.begin(), names.end()});
}

// Where the parameters of one operation go.
struct Place {
  const json::FieldInfo* field{nullptr};
  void* object{nullptr};
  bool in_body{false};
};

class RequestBuilder {
 public:
  RequestBuilder(const rest::OperationInfo& info, const CallLine& line) : info_(info), line_(line), request_(*info.request) {
    if (info.body != nullptr) body_ = info.body_at(request_.get());
  }

  Result<json::AnyValue> build() && {
    if (auto done = read_body(); !done) return done.error();
    for (const CallParameter& p : line_.parameters) {
      if (auto done = read_parameter(p); !done) return done.error();
    }
    if (auto done = nothing_missing(); !done) return done.error();
    if (auto good = rest::prepare(info_, request_.get()); !good) return as_typed(good.error());
    return std::move(request_);
  }

 private:
  Place find(std::string_view name) const {
    for (const json::FieldInfo& f : info_.request->fields)
      if (option_name(f.name) == name) return {&f, const_cast<void*>(request_.get()), false};
    if (body_ == nullptr) return {};
    for (const json::FieldInfo& f : info_.body->fields)
      if (option_name(f.name) == name) return {&f, body_, true};
    return {};
  }

  std::string known_names() const {
    std::string out;
    const auto add = [&](const json::TypeInfo& type) {
      for (const json::FieldInfo& f : type.fields) out += (out.empty() ? "--" : ", --") + option_name(f.name);
    };
    add(*info_.request);
    if (body_ != nullptr) add(*info_.body);
    return out.empty() ? "takes no parameters" : "takes " + out;
  }

  Result<void> read_parameter(const CallParameter& p) {
    const Place place = find(p.name);
    if (place.field == nullptr) {
      return wrong("--" + p.name + " is unknown: " + std::string(info_.name) + ' ' + known_names() + meant(p.name));
    }
    given_.insert(place.field);
    if (is_list_of_scalars(*place.field->type) && has_empty_item(p.value)) {
      return wrong("--" + p.name + " has an empty item: separate the items by single commas");
    }
    if (auto read = json::read_text(*place.field->type, place.field->at(place.object), p.value); !read) {
      return wrong("--" + p.name + ": \"" + p.value + "\" does not fit, it takes: " + parameter_words(*place.field));
    }
    return {};
  }

  std::string meant(std::string_view name) const {
    std::vector<std::string> options = dashed_options();
    for (const json::FieldInfo& f : info_.request->fields) options.push_back("--" + option_name(f.name));
    if (body_ != nullptr) {
      for (const json::FieldInfo& f : info_.body->fields) options.push_back("--" + option_name(f.name));
    }
    return did_you_mean("--" + std::string(name), {options.begin(), options.end()});
  }

  // The rules name members as on the wire; who typed an option shall hear of the option.
  Error as_typed(Error error) const {
    const auto is_about = [&](const json::FieldInfo& f) { return error.message.starts_with(std::string(f.name) + ":"); };
    const bool in_request = std::ranges::any_of(info_.request->fields, is_about);
    const bool in_body = body_ != nullptr && std::ranges::any_of(info_.body->fields, is_about);
    if (in_body && line_.body) {
      error.message = "--body: " + error.message;
    } else if (in_request || in_body) {
      const std::size_t colon = error.message.find(':');
      error.message = "--" + option_name(error.message.substr(0, colon)) + error.message.substr(colon);
    }
    return error;
  }

  static bool is_list_of_scalars(const json::TypeInfo& type) {
    const json::TypeInfo* t = &type;
    while (t->emplace != nullptr) t = t->element;
    return t->kind == json::Kind::array && t->element->read != nullptr;
  }

  Result<void> read_body() {
    if (!line_.body) return {};
    for (const CallParameter& p : line_.parameters) {
      if (find(p.name).in_body) return wrong("--" + p.name + " belongs to the body, which --body gives whole: use one of the two");
    }
    if (body_ == nullptr) return wrong("--body: " + std::string(info_.name) + " sends none");
    json::DecodeReport report;
    if (auto read = json::decode(*info_.body, body_, *line_.body, {}, &report); !read) return wrong("--body: " + read.error().message);
    if (!report.missing.empty()) return wrong("--body: " + report.missing.front() + " is required");
    if (report.unknown_members > 0) return wrong("--body: " + unknown_member());
    return {};
  }

  // Which one it is that the exchange would not know; nested ones are only counted.
  std::string unknown_member() const {
    rest::EmptyResponse all;
    if (json::decode(json::type_of<rest::EmptyResponse>(), &all, *line_.body)) {
      for (const json::UnknownMember& m : all.unknown) {
        const auto known = [&](const json::FieldInfo& f) { return f.name == m.name; };
        if (std::ranges::none_of(info_.body->fields, known)) return std::string(info_.body->name) + " has no member \"" + m.name + '"';
      }
    }
    return "a nested object has a member that the exchange does not know";
  }

  // The tables' "required" is about what was given: a number that nobody gave must not leave as 0.
  Result<void> nothing_missing() const {
    if (auto good = nothing_missing(*info_.request); !good) return good;
    return body_ == nullptr || line_.body ? Result<void>{} : nothing_missing(*info_.body);
  }
  Result<void> nothing_missing(const json::TypeInfo& type) const {
    for (const json::FieldInfo& f : type.fields) {
      if (f.required && !given_.contains(&f)) return wrong("--" + option_name(f.name) + " is required by " + std::string(info_.name));
    }
    return {};
  }

  const rest::OperationInfo& info_;
  const CallLine& line_;
  json::AnyValue request_;
  void* body_{nullptr};
  std::set<const json::FieldInfo*> given_;
};

std::string list_of(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

// Families of REST; Klear has none: its operations.
std::vector<std::string_view> first_words(rest::Api api) {
  std::vector<std::string_view> out;
  for (const rest::OperationInfo* info : api == rest::Api::perps ? rest::perps_operations() : rest::klear_operations()) {
    const std::string_view word = api == rest::Api::perps ? info->family : info->name;
    if (std::ranges::find(out, word) == out.end()) out.push_back(word);
  }
  return out;
}

std::vector<std::string_view> operations_of(std::string_view family) {
  std::vector<std::string_view> out;
  for (const rest::OperationInfo* info : rest::perps_operations()) {
    if (info->family == family) out.push_back(info->name);
  }
  return out;
}

}  // namespace

std::span<const CallOption> call_options() { return kCallOptions; }

std::string option_name(std::string_view wire_name) {
  std::string out(wire_name);
  std::ranges::replace(out, '_', '-');
  return out;
}

Result<CallLine> parse_call_line(std::span<const std::string> arguments) {
  CallLine line;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "-h") {
      line.help = true;
      continue;
    }
    if (!is_option(word)) {
      line.words.push_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (!seen.insert(name).second) return wrong("--" + name + " is there twice: each takes one value (lists with commas)");
    if (bool* flag = flag_of(line, name)) {
      if (equals != std::string::npos) return wrong("--" + name + " takes no value");
      *flag = true;
      continue;
    }
    const bool has_next = i + 1 < arguments.size() && !is_option(arguments[i + 1]);
    if (equals == std::string::npos && !has_next) {
      return wrong(fmt::format("--{0} needs a value (--{0}=VALUE if it starts with --)", name) + meant_option(word));
    }
    if (auto taken = take_value(line, name, equals != std::string::npos ? word.substr(equals + 1) : arguments[++i]); !taken)
      return taken.error();
  }
  if (line.table && line.csv) return wrong("--table and --csv are two forms: give one of them");
  if (line.csv && line.json) return wrong("--json and --csv are two forms: give one of them");
  if (!line.columns.empty() && !line.csv) line.table = true;
  return line;
}

Result<const rest::OperationInfo*> named_operation(rest::Api api, const CallLine& line) {
  const bool perps = api == rest::Api::perps;
  const std::size_t wanted = perps ? 2 : 1;
  const auto words = first_words(api);
  if (line.words.empty()) return wrong((perps ? "give a family and an operation; families: " : "give an operation: ") + list_of(words));
  if (line.words.size() > wanted) return wrong('"' + line.words[wanted] + "\" is a word too many: every value belongs to a --parameter");
  const std::string& first = line.words[0];
  if (!perps) {
    if (const auto* info = rest::find_operation(api, "", first)) return info;
    return wrong("no operation \"" + first + "\" (klear --list shows what there is)" + did_you_mean(first, words));
  }
  const auto names = operations_of(first);
  if (names.empty()) return wrong("no family \"" + first + "\"; there are: " + list_of(words) + did_you_mean(first, words));
  if (line.words.size() == 1) return wrong("give an operation of " + first + ": " + list_of(names));
  if (const auto* info = rest::find_operation(api, first, line.words[1])) return info;
  return wrong(first + " has no operation \"" + line.words[1] + "\"; there are: " + list_of(names) + did_you_mean(line.words[1], names));
}

Result<json::AnyValue> build_request(const rest::OperationInfo& info, const CallLine& line) { return RequestBuilder(info, line).build(); }

}  // namespace marginfix::apps
