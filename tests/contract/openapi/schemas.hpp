// Schemas of a file against our TypeInfos.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "contract/openapi/components.hpp"
#include "contract/openapi/difference.hpp"
#include "marginfix/json/type_info.hpp"

namespace marginfix::openapi {

class Schemas {
 public:
  Schemas(const Components& file, const Rules& ours, Comparison& out) : file_(file), ours_(ours), out_(out) {}

  // What we send is compared with its ranges, what we read with its nulls.
  void send_field(const std::string& place, bool required, const SchemaView& theirs, const json::FieldInfo& mine);
  void send(const SchemaView& theirs, const json::TypeInfo& mine) { object(theirs, mine, Way::out); }
  void receive(const SchemaView& theirs, const json::TypeInfo& mine) { object(theirs, mine, Way::in); }
  // The component of the same name.
  void receive(const json::TypeInfo& mine);
  // Any value we read, not only an object.
  void receive_value(const std::string& place, const SchemaView& theirs, const json::TypeInfo& mine) { type(place, theirs, mine, Way::in); }
  // Counts as met: something of ours is bound to it.
  void met(const SchemaView& theirs);
  // The body of an error.
  void touch(const SchemaView& theirs);
  // Components that nothing of ours is bound to.
  void finish();

 private:
  enum class Way { out, in };
  void object(const SchemaView& theirs, const json::TypeInfo& mine, Way way);
  void field(const std::string& place, bool required, const SchemaView& theirs, const json::FieldInfo& mine, Way way);
  void type(const std::string& place, const SchemaView& theirs, const json::TypeInfo& mine, Way way);
  void tuple(const std::string& place, const SchemaView& theirs, const json::TypeInfo& mine);
  void scalar(const std::string& place, const SchemaView& theirs, const json::TypeInfo& mine);
  void words(const std::string& place, const SchemaView& theirs, const json::TypeInfo& mine);
  void ranges(const std::string& place, const SchemaView& theirs, const json::FieldInfo& mine);
  bool known(std::string_view component) const;
  std::string_view unit_of(std::string_view place) const;
  void note(std::string_view place, std::string_view kind, std::string text) { out_.note(place, kind, std::move(text)); }

  const Components& file_;
  const Rules& ours_;
  Comparison& out_;
  std::set<std::pair<const json::TypeInfo*, Way>> done_;
  std::set<std::string, std::less<>> met_;      // components of the file that something of ours is bound to
  std::set<std::string, std::less<>> touched_;  // components met in errors
};

}  // namespace marginfix::openapi
