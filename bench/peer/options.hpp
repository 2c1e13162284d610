// The command line of the peer harness's clients, and what is ours besides.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "marginfix/sessions/margin_fix_config.hpp"

namespace marginfix::bench {

// Ends the program: what is measured does not work.
struct PeerFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct PeerOptions {
  std::string host{"127.0.0.1"};
  std::uint16_t port{0};
  bool tls{false};
  std::string ca_file;
  std::string mode{"rtt"};  // rtt, burst, md, decode
  int count{20'000};
  int warm{2'000};

  TargetSession session{TargetSession::NR};
  std::string store;         // KalshiRT; empty: a folder that is made and removed
  bool sync{false};          // FileStoreSync=Y
  bool spin{false};          // SpinWait=Y
  bool on_io_thread{false};  // burst: orders are made there, not on the main thread
  int in_flight{0};          // burst: no more unanswered orders at a time; 0: as many as the session takes
  int queue{0};              // SendQueueCapacity; 0: the library's own default
  int resident{-1};          // burst: tells resident memory, and again so many seconds later
  bool book{false};          // md: into an OrderBook
  int ticks{0};              // md: prices move over so many levels; 0: the acceptor's 9,000

  // "marginfix-nr", "marginfix-rt-sync" ...: what was measured.
  std::string engine() const;
};

inline constexpr const char* kPeerUsage =
    "marginfix_bench_peer --port P [--host H] [--tls --ca FILE] --mode rtt|burst|md|decode --n N [--warm W] [--spin]\n"
    "  rtt, burst: [--session KalshiNR|KalshiRT] [--store FOLDER] [--sync]\n"
    "  burst: [--io-thread] [--in-flight N] [--queue N] [--resident SECONDS]\n"
    "  md: [--book] [--ticks N]\n";

// Throws PeerFailure.
PeerOptions peer_options(int argc, char** argv);

}  // namespace marginfix::bench
