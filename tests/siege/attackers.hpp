// Clients that nobody wants: idle, slow, greedy and garbage ones, each on threads of their own until the attack is over. Being cut off is
// what they expect: they come again.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "sim/simulator.hpp"

namespace marginfix::siege {

// One port of the exchange. `ca_file` "" = it speaks plain.
struct Target {
  std::string name;
  std::uint16_t port{0};
  std::string ca_file;
};
// KalshiNR, KalshiRT, KalshiDC, KalshiMD, rest, klear, ws, control.
std::vector<Target> targets_of(const sim::Simulator& simulator);

class Attack {
 public:
  using Over = std::function<bool()>;
  ~Attack();
  Attack() = default;
  Attack(const Attack&) = delete;
  Attack& operator=(const Attack&) = delete;

  // Calls `once` again and again, whatever it throws, until the attack is over; `over` tells it when that is.
  void begin(std::function<void(const Over& over)> once);
  std::size_t rounds() const noexcept { return rounds_; }  // begun, by all its threads

 private:
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> rounds_{0};
  std::vector<std::thread> threads_;
};

// More connections than there are places: bare TCP, and shaken hands.
void idle(Attack& attack, const Target& target, int connections);
// Hands shaken, then a byte now and then of what could become a request or a Logon.
void slow(Attack& attack, const Target& target, int connections);
// Bytes that are nothing, before and behind the handshake.
void garbage(Attack& attack, const Target& target, unsigned seed);
// A key of the exchange and no manners: floods, asks for what is long, does not read.
void greedy(Attack& attack, const sim::Simulator& simulator, const Target& target);
// Wrong signatures and tokens, as fast as they are answered.
void guess(Attack& attack, const sim::Simulator& simulator, const Target& target);

}  // namespace marginfix::siege
