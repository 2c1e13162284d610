// The commands of an AsyncAPI file against the texts that our code sends. Internal to compare.cpp.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "contract/openapi/schemas.hpp"
#include "contract/ws/asyncapi/compare.hpp"
#include "contract/ws/asyncapi/document.hpp"

namespace marginfix::asyncapi {

class Commands {
 public:
  Commands(const Document& file, const Expectation& ours, openapi::Schemas& schemas, openapi::Comparison& out);
  void take(const MessageView& message);
  void finish();

 private:
  // What we sent at `place` fits the schema; what the schema has and no text of ours uses is noted by unused().
  void fits(const std::string& place, const openapi::SchemaView& schema, const YAML::Node& sent);
  void fits_object(const std::string& place, const openapi::SchemaView& schema, const YAML::Node& sent);
  void fits_array(const std::string& place, const openapi::SchemaView& schema, const YAML::Node& sent);
  void fits_scalar(const std::string& place, const openapi::SchemaView& schema, const YAML::Node& sent);
  void unused(const std::string& place, const openapi::SchemaView& schema);
  void note(const std::string& place, std::string_view kind, std::string text);

  const Document& file_;
  openapi::Schemas& schemas_;
  openapi::Comparison& out_;
  std::map<std::string, std::vector<YAML::Node>> texts_;  // ours, by cmd
  std::map<std::string, std::set<std::string>> used_;     // place -> words and members of ours
  std::set<std::string> done_;                            // cmd: the file has one payload in several messages
  std::set<std::string> noted_;                           // several texts of ours break one rule alike
};

}  // namespace marginfix::asyncapi
