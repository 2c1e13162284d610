// --list and --help of `marginfix rest` and `marginfix klear`, written from the operations' tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "marginfix/rest/operation.hpp"

namespace marginfix::apps {

// One line an operation; a JSON object a line for machines. An empty family: all of them.
std::string operations_list(rest::Api api, std::string_view family, bool json);
// What the command is, and how to go on.
std::string command_help(rest::Api api);
// "whole number", "bid|ask", "text, with commas", "JSON list of objects".
std::string type_words(const json::TypeInfo& type);
// The words that a parameter takes, or each item of a list; none where it is not from a list of words.
std::vector<std::string> choice_words(const json::TypeInfo& type);
// The type and its limits: "contracts (more than 0, at most 2 decimals)".
std::string parameter_words(const json::FieldInfo& field);
// Parameters with their types and limits.
std::string operation_help(const rest::OperationInfo& info);

}  // namespace marginfix::apps
