// Which of the exchange's environments the process's variables choose: the same rule for FIX, REST, WebSocket and Klear, so that one
// program never talks to both.
#pragma once

#include <optional>
#include <string>

#include "marginfix/core/environment.hpp"
#include "marginfix/core/result.hpp"

namespace marginfix {

// `prefix`: "KALSHI_PERPS_" or "KALSHI_KLEAR_". Reads PREFIX_ENVIRONMENT (demo, production) and PREFIX_DEMO (true, false; as the
// exchange's Python SDK has it); blanks at both ends are dropped, an empty variable counts as absent. Nothing when neither is set.
// Error(config) names the variable: another word, or the two contradict each other.
Result<std::optional<Environment>> chosen_environment(const VariableLookup& lookup, const std::string& prefix);

}  // namespace marginfix
