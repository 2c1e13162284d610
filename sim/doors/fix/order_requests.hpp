// From the texts of D, G, F and UOG to requests of the exchange: the checks that need no state. Views in the requests point into
// the Inbound. Source: fix-margin.md "Order entry", "Order groups", "Errors".
#pragma once

#include <string>

#include "sim/doors/fix/wire.hpp"
#include "sim/exchange/values/requests.hpp"

namespace marginfix::sim {

// Why a message does not reach the exchange.
struct Refusal {
  enum class Kind : unsigned char {
    none,
    reject,    // Reject(3): `reason` is 373
    business,  // BusinessMessageReject(j): `reason` is 380
    order      // ExecutionReport(8) 150=8: `reason` is 103; for D only
  } kind{Kind::none};
  int reason{0};
  int tag{0};  // 371
  std::string text;
  explicit operator bool() const noexcept { return kind != Kind::none; }
};

// `fcm`: the account may name customers (453) and operators (50).
Refusal read_operator(const fixwire::Inbound& in, bool fcm);
Refusal read_new_order(const fixwire::Inbound& in, bool fcm, NewOrder& out);
Refusal read_amend(const fixwire::Inbound& in, bool fcm, AmendOrder& out);
Refusal read_cancel(const fixwire::Inbound& in, bool fcm, CancelOrder& out);
Refusal read_group(const fixwire::Inbound& in, GroupRequest& out);

}  // namespace marginfix::sim
