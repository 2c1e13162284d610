// Answers of the simulated exchange held against the official OpenAPI files: the status is documented for the operation, the body has
// every required property, no other than the schema's, each of its type, format, words and ranges. What happened is remembered, so that
// a test can ask what was never tried. What we do differently on purpose stands in a list with the reason; an entry that is no longer
// needed is a finding too.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "contract/openapi/document.hpp"

namespace marginfix::openapi {

// `text` as in the finding; "*" excuses everything at that place.
struct Excuse {
  std::string place;  // "OperationId", or "Schema.property"
  std::string text;
  std::string_view reason;
};

class AnswerCheck {
 public:
  // `error_schema`: the component an error's own members follow. Nested errors ({"error": {...}}) are read inside.
  AnswerCheck(const std::string& yaml, std::string error_schema, std::vector<Excuse> excuses);

  const std::vector<OperationView>& operations() const { return operations_; }
  // An operation that upstream has taken out of its file and still serves, answering with a component of it.
  void add_legacy(std::string id, std::string method, std::string path, const std::string& response);

  void answer(const OperationView& operation, int status, std::string_view body);

  // What was wrong, each once; then the excuses that nothing needed. "place: text".
  std::vector<std::string> findings() const;
  // Operations without a success, without an error; "Schema.property" of answers that were never written.
  std::vector<std::string> never_succeeded() const;
  std::vector<std::string> never_refused() const;
  std::vector<std::string> never_written() const;
  std::size_t values() const { return values_; }  // looked at

 private:
  const SchemaView& view(const std::string& place, const YAML::Node& schema);
  void error(const OperationView& operation, int status, const boost::json::value& body);
  void value(const std::string& place, const SchemaView& schema, const boost::json::value& value);
  void object(const SchemaView& schema, const std::string& place, const boost::json::object& object);
  void text(const std::string& place, const SchemaView& schema, const std::string& text);
  void integer(const std::string& place, const SchemaView& schema, const boost::json::value& value);
  void array(const std::string& place, const SchemaView& schema, const boost::json::array& array);
  void note(const std::string& place, const std::string& text);

  Document file_;
  std::string error_schema_;
  std::vector<Excuse> excuses_;
  std::set<std::size_t> used_;  // excuses
  std::vector<OperationView> operations_;
  std::map<std::string, std::unique_ptr<SchemaView>> views_;  // by place: reading YAML again for each value would take long
  std::set<std::string> findings_;
  std::set<std::string> succeeded_, refused_;
  std::map<std::string, std::set<std::string>> known_, written_;  // properties by schema
  std::size_t values_{0};
};

}  // namespace marginfix::openapi
