// What the gateway writes down, one record each: every message both ways as it was, and what was decided. The state of a gateway is what
// its records make, in their order (desk.hpp); nothing that matters is known to a process alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "marginfix/core/time.hpp"

namespace marginfix::gateway {

// Numbers are on disk. `who` is a client's name (ClientConfig::name()) or "KEY/SESSION" of the exchange's side.
enum class JournalKind : std::uint8_t {
  begin = 1,            // a process began; body: its version
  oms_in = 2,           // a message of a client, whole
  oms_out = 3,          // a message to a client, whole, as it left or was stored
  exchange_in = 4,      // a message of the exchange, whole
  exchange_out = 5,     // a message to the exchange: framed, without its number and CompIDs
  order = 6,            // JSON of a ClientOrder: new, or as it stands when a file begins
  request = 7,          // JSON of an OrderRequest, with "order": its number
  not_taken = 8,        // "EXCHANGE_ID\nTEXT": it never reached the exchange, or was refused before the exchange looked at it
  outcome_unknown = 9,  // "EXCHANGE_ID\nCAUSE\nTEXT"
  baseline = 10,        // JSON of a Baseline: what REST says of an order
  fill = 11,            // JSON of a Fill that REST told
  tell = 12,            // "MSGSEQNUM\nKEPT\nMSGTYPE\nBODY": what a client is told. MSGSEQNUM: the number it gets
  numbers_reset = 13,   // of a client: its session begins at 1 again
  had = 14,             // "MSGSEQNUM": the client has had what was sent up to here on a live session
  kill = 15,            // "BY\nREASON"
  arm = 16,             // "BY"
  queued = 17,          // a request of a client that waits for the exchange: "ID\n" and the message
  unqueued = 18,        // "ID": it has been dealt with
  tracker = 19,         // OrderTracker's snapshot, behind the orders that a file begins with
  positions = 20,       // JSON: net quantities by client and symbol, when a file begins
  snapshot_end = 21,    // everything that this file begins with is there
  refused = 22,         // a connection that came to nothing: "ADDRESS\nREASON\n" and its first bytes
  note = 23,            // for people
  trades_given_up = 24  // number of an order whose end was told although trades of it are missing
};
std::string_view to_string(JournalKind kind) noexcept;

struct JournalRecord {
  JournalKind kind{JournalKind::note};
  std::string who;
  std::string body;
  Timestamp time{};  // wall clock, microseconds; set by the journal where it is 0
};

}  // namespace marginfix::gateway
