// See compare.hpp. Operations here, schemas in schemas.cpp.
#include "contract/openapi/compare.hpp"

#include <algorithm>

#include "contract/openapi/document.hpp"
#include "contract/openapi/schemas.hpp"

namespace marginfix::openapi {
namespace {

using rest::Auth;
using rest::OperationInfo;

std::string_view name_of(Auth auth) {
  switch (auth) {
    case Auth::none:
      return "public";
    case Auth::key:
      return "key";
    case Auth::key_or_oauth:
      return "key or OAuth";
    case Auth::klear_token:
      return "Klear token";
  }
  return {};
}

std::string_view auth_of(const OperationView& op) {
  if (op.security.empty()) return "public";
  if (op.security.contains("kalshiBearer")) return "Klear token";
  return op.security.contains("kalshiOauthAccessToken") ? "key or OAuth" : "key";
}

const json::FieldInfo* field_named(const json::TypeInfo& type, std::string_view name) {
  const auto found = std::ranges::find_if(type.fields, [&](const json::FieldInfo& f) { return f.name == name; });
  return found == type.fields.end() ? nullptr : &*found;
}

class Operations {
 public:
  Operations(const Document& file, const Expectation& ours, Comparison& out)
      : file_(file), ours_(ours), out_(out), schemas_(file, ours, out) {}

  void run() {
    const auto theirs = file_.operations();
    for (const OperationView& op : theirs) {
      const OperationInfo* info = ours_named(op.id);
      if (info == nullptr) {
        note(op.id, "added upstream", op.method + ' ' + op.path);
        continue;
      }
      ++out_.operations;
      compare_operation(op, *info);
    }
    for (const OperationInfo* info : ours_.operations) {
      const bool there = std::ranges::any_of(theirs, [&](const OperationView& op) { return op.id == info->operation_id; });
      const bool legacy = info->since == rest::Since::legacy;
      const bool beyond = std::ranges::find(ours_.beyond, info->operation_id) != ours_.beyond.end();
      if (there && beyond) note(info->operation_id, "beyond the file", "is in the file by now");
      if (!there && !legacy && !beyond) note(info->operation_id, "gone upstream", std::string(info->path));
      if (there && legacy) note(info->operation_id, "legacy", "is in the file again");
    }
    for (const json::TypeInfo* type : ours_.more_schemas) schemas_.receive(*type);
    schemas_.finish();
  }

 private:
  const OperationInfo* ours_named(std::string_view id) const {
    const auto found = std::ranges::find_if(ours_.operations, [&](const OperationInfo* info) { return info->operation_id == id; });
    return found == ours_.operations.end() ? nullptr : *found;
  }
  void note(std::string_view place, std::string_view kind, std::string text) { out_.note(place, kind, std::move(text)); }
  void same(std::string_view place, std::string_view kind, std::string_view theirs, std::string_view mine) {
    if (theirs != mine) note(place, kind, "the file says \"" + std::string(theirs) + "\", we have \"" + std::string(mine) + '"');
  }

  void compare_operation(const OperationView& op, const OperationInfo& info) {
    same(op.id, "method", op.method, rest::to_string(info.method));
    same(op.id, "path", op.path, info.path);
    same(op.id, "auth", auth_of(op), name_of(info.auth));
    same(op.id, "request name", op.id, info.request->name);
    compare_parameters(op, info);
    compare_body(op, info);
    compare_answer(op, info);
    const bool cursor = std::ranges::any_of(op.parameters, [](const ParameterView& p) { return p.name == "cursor"; });
    same(op.id, "paging", cursor ? "cursor" : "whole", info.pages() ? "cursor" : "whole");
    if (info.pages() && field_named(*info.response, info.page_items) == nullptr) {
      note(op.id, "paging", "no list named " + std::string(info.page_items));
    }
  }

  void compare_parameters(const OperationView& op, const OperationInfo& info) {
    for (const ParameterView& p : op.parameters) {
      const std::string place = op.id + '.' + p.name;
      const json::FieldInfo* field = field_named(*info.request, p.name);
      if (field == nullptr) {
        note(place, "added upstream", "a parameter in the " + p.in);
        continue;
      }
      ++out_.parameters;
      const bool in_path = info.path.find('{' + p.name + '}') != std::string_view::npos;
      same(place, "in", p.in, in_path ? "path" : "query");
      schemas_.send_field(place, p.required, file_.view(p.schema), *field);
    }
    for (const json::FieldInfo& field : info.request->fields) {
      const bool there = std::ranges::any_of(op.parameters, [&](const ParameterView& p) { return p.name == field.name; });
      if (!there) note(op.id + '.' + std::string(field.name), "gone upstream", "a parameter");
    }
  }

  void compare_body(const OperationView& op, const OperationInfo& info) {
    if (op.body.has_value() != (info.body != nullptr)) {
      note(op.id, "body", op.body ? "the file has one, we have none" : "the file has none, we have one");
      return;
    }
    if (!op.body) return;
    same(op.id, "body", op.body_required ? "required" : "optional", info.body_required ? "required" : "optional");
    const SchemaView body = file_.view(*op.body);
    same(op.id, "body", body.name, info.body->name);
    schemas_.send(body, *info.body);
  }

  void compare_answer(const OperationView& op, const OperationInfo& info) {
    for (const auto& [status, schema] : op.responses) {
      if (status < 200 || status > 299) {
        if (schema) schemas_.touch(file_.view(*schema));
        continue;
      }
      same(op.id, "status", std::to_string(status), std::to_string(info.success));
      const SchemaView answer = schema ? file_.view(*schema) : SchemaView{};
      same(op.id, "response", schema ? std::string_view(answer.name) : "nothing",
           info.response != nullptr ? info.response->name : std::string_view("nothing"));
      if (schema && info.response != nullptr) schemas_.receive(answer, *info.response);
    }
  }

  const Document& file_;
  const Expectation& ours_;
  Comparison& out_;
  Schemas schemas_;
};

}  // namespace

Comparison compare(const std::string& yaml, const Expectation& ours) {
  const Document file(yaml);
  Comparison out;
  Operations(file, ours, out).run();
  apply(ours.deviations, out.differences);
  return out;
}

}  // namespace marginfix::openapi
