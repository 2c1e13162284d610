// Parameters that lists share.
#pragma once

#include "sim/doors/rest/choice.hpp"

namespace marginfix::sim {

// The subaccount that a read is about; nothing = all of them. A key that is locked to one reads only that.
inline std::optional<int> read_subaccount(EndpointRequest& request) {
  const auto asked = request.subaccount();
  const auto& locked = request.caller->subaccount;
  if (asked && locked && *asked != *locked && !request.problem) {
    request.problem = nested_error(403, "forbidden", "forbidden", "this API key is locked to subaccount " + std::to_string(*locked));
  }
  return asked ? asked : locked;
}

// The subaccount that a write is about: as asked, else the one the key is locked to, else the primary one. The engine refuses a locked key
// that asks for another.
inline int write_subaccount(EndpointRequest& request) { return request.subaccount().value_or(request.caller->subaccount.value_or(0)); }

// min_ts and max_ts (unix seconds): from <= time < to.
inline void read_window(EndpointRequest& request, Timestamp& from, Timestamp& to) {
  if (const auto s = request.integer("min_ts", 0, kLatestSecond)) from = from_epoch_seconds(*s);
  if (const auto s = request.integer("max_ts", 0, kLatestSecond)) to = from_epoch_seconds(*s);
}

// Where the page begins; 0 = at the newest. A cursor that is not ours sets `problem`.
inline std::uint64_t read_cursor(EndpointRequest& request) {
  const std::string text = request.text("cursor");
  if (text.empty()) return 0;
  const auto position = decode_cursor(text);
  if (!position && !request.problem) request.problem = bad_parameter("cursor", "must be one that this exchange gave out");
  return position.value_or(0);
}

inline std::string next_cursor(const std::optional<std::uint64_t>& next) { return next ? encode_cursor(*next) : std::string(); }

}  // namespace marginfix::sim
