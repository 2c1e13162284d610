// Clients that nobody wants: idle, slow, greedy and garbage ones, each on threads of their own until the attack is over. Being cut off is
// what they expect: they come again. They know no more of the exchange than its endpoints.json.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "marginfix/core/endpoints.hpp"

namespace marginfix::siege {

// One port of the exchange. `ca_file` "" = it speaks plain.
struct Target {
  std::string name;
  std::uint16_t port{0};
  std::string ca_file;
};
// KalshiNR, KalshiRT, KalshiDC, KalshiMD, rest, klear, ws, control.
std::vector<Target> targets_of(const Endpoints& endpoints);

class Attack {
 public:
  using Over = std::function<bool()>;
  explicit Attack(Endpoints endpoints) : endpoints_(std::move(endpoints)), targets_(targets_of(endpoints_)) {}
  ~Attack();
  Attack(const Attack&) = delete;
  Attack& operator=(const Attack&) = delete;

  // Throws std::invalid_argument where there is no such attack or door.
  //   idle       more connections than there are places: seven of eight bare TCP, the others with hands shaken where there is TLS
  //   shaken     the same, all with hands shaken
  //   slow       hands shaken, then a byte now and then of what could become a request or a Logon
  //   garbage    bytes that are nothing, before and behind the handshake
  //   greedy     a key of the exchange and no manners: floods, asks for what is long, does not read
  //   resends    a resend of everything, again and again, read to the end
  //   unread     50 ResendRequests for everything, or on ws subscriptions to all there is, and not a byte of it read
  //   guess      wrong signatures and tokens, as fast as they are answered
  //   come       connections that come, say a word and go
  void begin(const std::string& what, const std::string& door, int connections);
  // Until every thread is at it and who is to be idle is connected; ten seconds at most, for the exchange may not let them all in.
  void wait_until_there() const;
  // Ends it; how many rounds its threads have got through without being cut off.
  std::size_t finish();

 private:
  // Calls `once` again and again, whatever it throws, until the attack is over; `over` tells it when that is.
  void repeat(std::function<void(const Over& over)> once, bool there_at_once = true);
  void idle(const Target& target, int connections, int one_shakes_hands_of);
  void slow(const Target& target, int connections);
  void garbage(const Target& target, int connections);
  void greedy(const Target& target);
  void guess(const Target& target);
  void come(const Target& target, int connections);

  const Endpoints endpoints_;
  const std::vector<Target> targets_;
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> rounds_{0}, there_{0};
  std::vector<std::thread> threads_;
};

}  // namespace marginfix::siege
