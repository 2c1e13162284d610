// One call of `marginfix rest` or `marginfix klear`, or every page of one: what is printed for the answers. How a request reaches the
// exchange is the caller's affair. Source: design.md "Further rules".
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "apps/rest/call_line.hpp"

namespace marginfix::apps {

// A success as it came; what the exchange refused is an Error(http) with status and code.
struct Answer {
  int status{200};
  std::string body;
};
using Sender = std::function<Result<Answer>(const rest::OperationInfo& info, const void* request)>;
// Called before each further page of --all.
using Progress = std::function<void(std::size_t pages, std::size_t items)>;

// What goes to standard output, lines and all; empty where the answer has no content. Error(decode) when an answer is not of its type.
Result<std::string> perform(const rest::OperationInfo& info, json::AnyValue& request, const CallLine& line, const Sender& send,
                            const Progress& progress = {});

// "HTTP 404 not_found: ...", one line with status, code and message; `secret` (a token of ours that the answer may echo) becomes ***.
std::string error_line(const Error& error, std::string_view secret = {});

}  // namespace marginfix::apps
