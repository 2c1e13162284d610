// What the REST and Klear examples need: configuration from the command line, and amounts as text.
#pragma once

#include <iostream>
#include <string>

#include "marginfix/klear_client.hpp"
#include "marginfix/perps_client.hpp"

namespace example {

// argv[1]: a simulator's endpoints.json; nothing: the environment (KALSHI_PERPS_*).
inline marginfix::PerpsConfig perps_config_from(int argc, char** argv) {
  using marginfix::PerpsConfig;
  return argc < 2 ? PerpsConfig::from_env().value() : PerpsConfig::from_endpoints_file(argv[1]).value();
}
// The same for Klear (KALSHI_KLEAR_*).
inline marginfix::KlearConfig klear_config_from(int argc, char** argv) {
  using marginfix::KlearConfig;
  return argc < 2 ? KlearConfig::from_env().value() : KlearConfig::from_endpoints_file(argv[1]).value();
}

// Runs an example; what it throws becomes one line and exit code 1.
template <class Body>
int run(Body body) {
  try {
    body();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

}  // namespace example
