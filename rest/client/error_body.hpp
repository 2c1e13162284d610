// What an error answer says, whichever of the exchange's shapes it has: {"error":{...}}, {"code","message",...}, {"msg"}, or none of them
// (a proxy's page, nothing at all). Source: observed.md "Error bodies"; rest-perps.md "Errors, retries, rate limits".
#pragma once

#include <string>
#include <string_view>

namespace marginfix::rest {

struct ErrorBody {
  std::string code;     // verbatim; empty when there is none
  std::string message;  // with details and service where they are given; empty when the body says nothing
};

ErrorBody read_error_body(std::string_view body);

}  // namespace marginfix::rest
