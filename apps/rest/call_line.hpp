// The words after `marginfix rest` and `marginfix klear`, and the request they make. Nothing is sent here: what is wrong with the words is
// found before anything is. Source: design.md "Contract with other programs", "Further rules".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/connection.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::apps {

// One --name VALUE that is no option of the command itself: a path, query or top-level body member of the operation.
struct CallParameter {
  std::string name;  // as on the command line, without the dashes: "order-id"
  std::string value;
};

struct CallLine {
  ConnectionOptions connection;
  std::vector<std::string> words;  // family and operation, or the operation alone for Klear
  std::vector<CallParameter> parameters;
  std::optional<std::string> body;   // --body: the whole request body
  bool all{false};                   // every page
  bool table{false};                 // columns for people
  bool csv{false};                   // the same rows for a spreadsheet
  std::vector<std::string> columns;  // --columns: these alone, in this order
  std::size_t width{0};              // of the terminal that a table is for; 0: none
  bool dry_run{false};               // print the request, send nothing
  bool json{false};
  bool list{false};
  bool help{false};
};

// An option of the command itself: its name without the dashes, its value's name (empty: a flag) and what it does.
struct CallOption {
  std::string_view name, value, text;
  bool global{false};  // of every command of the program
};
std::span<const CallOption> call_options();

// Error(config): a --name without a value, twice, or a word too many.
Result<CallLine> parse_call_line(std::span<const std::string> arguments);

// "order_id" -> "order-id".
std::string option_name(std::string_view wire_name);

// The operation that the words name. Error(config) lists what there is.
Result<const rest::OperationInfo*> named_operation(rest::Api api, const CallLine& line);

// The request, checked against the operation's tables and rules. Error(config or codec) names the parameter.
Result<json::AnyValue> build_request(const rest::OperationInfo& info, const CallLine& line);

}  // namespace marginfix::apps
