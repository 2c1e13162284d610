// What the WebSocket client's tables promise, and where they leave the exchange's file on purpose.
#pragma once

#include "contract/ws/asyncapi/compare.hpp"

namespace marginfix::asyncapi {
// `commands`: what the client really sends, with everything a program can ask for.
Expectation margin_expectation(std::vector<std::string> commands);
}  // namespace marginfix::asyncapi
