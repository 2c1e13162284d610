// Slows down who guesses signatures and tokens. Each address may be wrong a number of times at once and some more every second; beyond
// that the answers to what is wrong come late. What is right is answered at once, whoever else is wrong on the same address: nobody can
// lock an honest key out. How many guesses wait at once is bounded by the places for connections without credentials.
// One object for all doors of a simulator. Time is an argument.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <string_view>

#include "sim/doors/http/message.hpp"

namespace marginfix::sim {

struct BrakeLimits {
  int at_once{50};                                // wrong ones that cost nothing
  std::chrono::milliseconds forgiven_after{200};  // one of them
  std::chrono::milliseconds most{2'000};          // the longest an answer is held back
  std::size_t addresses{1024};                    // remembered: the one that was wrong longest ago is forgotten first
};

class Brake {
 public:
  explicit Brake(BrakeLimits limits = {}) : limits_(limits) {}

  // A wrong one came from this peer ("127.0.0.1:50123"): how long its answer must wait.
  std::chrono::milliseconds wrong(std::string_view peer, std::chrono::nanoseconds now);
  // The same on a door that speaks HTTP: the refusal, or 429 after the wait.
  HttpReply wrong(const HttpRequest& request, HttpAnswer refusal);
  std::size_t addresses() const noexcept { return known_.size(); }

 private:
  struct Known {
    std::string address;
    std::chrono::nanoseconds owed{0};  // until the last one is forgiven
    std::chrono::nanoseconds last{0};
  };
  BrakeLimits limits_;
  std::list<Known> known_;  // wrong last: at the end
  std::map<std::string, std::list<Known>::iterator, std::less<>> by_address_;
};

}  // namespace marginfix::sim
