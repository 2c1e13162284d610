// Runs the built `marginfix` as a person or a script would.
#pragma once

#include <string>
#include <vector>

namespace marginfix::testing_apps {

struct Outcome {
  int exit_code{-1};
  std::string out, err;
};

// Runs to the end; `input` is its standard input, `environment` is added to an otherwise empty KALSHI_PERPS_* environment.
Outcome run(const std::vector<std::string>& arguments, const std::string& input = {}, const std::vector<std::string>& environment = {});

}  // namespace marginfix::testing_apps
