// The simulated exchange's own account of a trading account, from its state (what GET /state of the control port answers).
#pragma once

#include <map>
#include <set>
#include <string>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/result.hpp"

namespace marginfix::apps {

struct Truth {
  std::uint64_t orders{0};   // ever accepted
  std::uint64_t reports{0};  // numbered execution reports
  std::uint64_t fills{0};
  std::map<std::string, FixedPointCount> positions;  // net, by symbol, zero positions left out
  std::map<std::string, FixedPointCount> open;       // by OrderID: what of the order still works
  std::map<std::string, FixedPointCount> filled;     // by OrderID
};

Result<Truth> read_truth(const std::string& state_json, const std::string& account);

}  // namespace marginfix::apps
