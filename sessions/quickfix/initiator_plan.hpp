// What the drop-in initiator has to know about one session, made from its QuickFIX settings by the same parser and table that
// MarginFixClient uses. Clean in C++14 and C++20.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sessions/quickfix/engine.hpp"
#include "sessions/transport/link.hpp"

namespace marginfix {
namespace quickfix {

struct InitiatorPlan {
  transport::DialTarget target;
  bool keep_sequence = false;  // KalshiRT
  std::vector<std::string> accepted_sender_comp_ids;
  std::vector<std::pair<int, std::string>> logon_fields;
  std::function<bool(const wall::LogonSigning& what, std::string* base64, std::string* error)> sign;
  std::function<std::chrono::milliseconds()> next_wait;  // full jitter; grows until waited_enough()
  std::function<void()> forget_waits;
  std::chrono::seconds already_exists_wait{60};
};

using Settings = std::vector<std::pair<std::string, std::string>>;

// Keys that are QuickFIX's own business are passed over. Throws std::runtime_error naming the key and the mend.
InitiatorPlan make_initiator_plan(const Settings& settings);

}  // namespace quickfix
}  // namespace marginfix
