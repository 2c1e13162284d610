// --list and --help of `marginfix rest` and `marginfix klear`, written from the operations' tables.
#pragma once

#include <string>
#include <string_view>

#include "marginfix/rest/operation.hpp"

namespace marginfix::apps {

// One line an operation; a JSON object a line for machines. An empty family: all of them.
std::string operations_list(rest::Api api, std::string_view family, bool json);
// What the command is, and how to go on.
std::string command_help(rest::Api api);
// "whole number", "bid|ask", "text, with commas", "JSON list of objects".
std::string type_words(const json::TypeInfo& type);
// Parameters with their types and limits.
std::string operation_help(const rest::OperationInfo& info);

}  // namespace marginfix::apps
