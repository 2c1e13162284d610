// One peer on one FIX door, as the doors know it. Made at its first Logon, or at the start for a remembered KalshiRT session.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "marginfix/sessions/acceptor.hpp"
#include "sim/doors/fix/retained_store.hpp"
#include "sim/doors/fix/session_options.hpp"
#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

struct DoorSession {
  FixDoor door{FixDoor::NR};
  std::string key_id;
  std::uint32_t number{0};  // in order of creation
  KeyNo key{kNoKey};        // kNoKey until the engine knows it (while it still replays)
  AccountId account{0};
  bool fcm{false};
  bool logged_on{false};
  bool cancel_owed{false};  // a connection with 8013=Y ended, and its orders are still there
  SessionOptions options;
  AcceptorSession* session{nullptr};
  std::filesystem::path folder;                      // KalshiRT only
  std::shared_ptr<DeliveryRecord> record;            // KalshiRT only
  EventNo given{0};                                  // KalshiRT: events up to here had become messages when the process started
  std::optional<boost::asio::steady_timer> retry{};  // of what is owed

  Route route() const noexcept { return {key, door == FixDoor::RT ? Door::FixRT : Door::FixNR}; }
};

}  // namespace marginfix::sim
