// What every example needs: configuration from the command line, and a wait with a limit.
#pragma once

#include <chrono>
#include <future>
#include <iostream>
#include <string>

#include "marginfix/margin_fix_client.hpp"

namespace example {

// argv[1]: a simulator's endpoints.json, or a .cfg; nothing: the environment (KALSHI_PERPS_*).
inline marginfix::MarginFixConfig config_from(int argc, char** argv) {
  using marginfix::MarginFixConfig;
  if (argc < 2) return MarginFixConfig::from_env().value();
  const std::string path = argv[1];
  if (path.ends_with(".cfg")) return MarginFixConfig::from_cfg_file(path).value();
  return MarginFixConfig::from_endpoints_file(path).value();
}

template <class T>
T wait_for(std::future<T> future, const char* what) {
  if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready)
    throw marginfix::Exception(marginfix::fail(marginfix::ErrorCategory::timeout, std::string(what) + " did not come"));
  return future.get();
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
