// Positions for the gateway's clients (FIX.4.4, 5.0 SP2): AN in; one AO, and an AP for each market with a position, out. The exchange's
// word, asked for anew by each AN.
// * AO: TotalNumPosReports(727), PosReqResult(728) 0, 2 (no positions), 1 and 4 (not supported), 3 (not for this client to see), 99 (REST
//   cannot say, with its words in 58).
//   263=1 is answered once, with 729=1 and a text that says so. 728=0 is the only one that APs follow.
// * AP: PositionQty(702) of one entry, PosType(703)=TQ: LongQty(704) or ShortQty(705), the other 0. PosAmt(708) of TVAR is the unrealized
//   profit or loss, as the exchange states it.
// * SettlPrice(730) is the market's settlement mark price where the security list has one, else the position's entry price;
//   SettlPriceType(731)=2, theoretical. PriorSettlPrice(734) is the entry price: what the position's profit is measured from.
// * ClearingBusinessDate(715) is the exchange's of now. Account(1) and AccountType(581) are the request's; without them the client's CompID
//   and 1 (customer).
// * A client sees the markets it may see, by its own symbols.
// Thread: the gateway's. Sources: FIX 4.4 and 5.0 SP2 (AN, AO, AP); rest-perps.md `MarginPosition`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/position.hpp"
#include "services/gateway/oms/client_line.hpp"
#include "services/gateway/oms/refusal.hpp"
#include "services/gateway/oms/security_list.hpp"

namespace marginfix::gateway {

// Who knows the positions that a client's orders make.
class PositionSource {
 public:
  using Answer = std::function<void(const Result<std::vector<Position>>&)>;
  virtual ~PositionSource() = default;
  // `answer` is called once, on the gateway's thread, within the call or later; not at all when the source ends before.
  virtual void ask(const ClientLine& client, Answer answer) = 0;
};

class Positions {
 public:
  // Both outlive it.
  Positions(PositionSource& source, const SecurityList& securities, const Clock& clock = system_clock());
  ~Positions();
  Positions(const Positions&) = delete;
  Positions& operator=(const Positions&) = delete;

  // AN. `withheld`: why this client is told of no positions; "": it is told of them.
  std::optional<Refusal> on_request(ClientLine& line, const ClientMessage& message, std::string_view withheld = {});
  void on_drained(ClientLine& line);
  void on_logged_out(ClientLine& line);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace marginfix::gateway
