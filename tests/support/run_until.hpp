// Waiting in tests: an io_context is run until something has happened, never for a fixed time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>

namespace marginfix::test {

// True as soon as `condition` holds; false when `limit` has passed first. Handlers run on the calling thread.
template <class Condition>
bool run_until(boost::asio::io_context& io, const Condition& condition, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    if (io.stopped()) io.restart();
    io.run_one_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace marginfix::test
