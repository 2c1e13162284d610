// The error shape of the Klear door. Source: klear.md "Errors".
#include "sim/doors/klear/klear_endpoints.hpp"

namespace marginfix::sim {

HttpAnswer klear_error(int status, std::string_view code, std::string_view message, std::string_view details, std::string_view service) {
  HttpAnswer answer = nested_error(status, code, message, details, service);
  flatten_error(answer);
  return answer;
}

// The checks that all doors share answer {"error":{...}}; what stands inside is what Klear wants.
void flatten_error(HttpAnswer& answer) {
  constexpr std::string_view kOpen = R"({"error":)";
  if (answer.status < 400 || !answer.body.starts_with(kOpen)) return;
  answer.body.erase(0, kOpen.size());
  answer.body.pop_back();
}

}  // namespace marginfix::sim
