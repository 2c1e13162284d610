// The markets of the exchange for the gateway's clients: x in and y out (FIX.4.4, 5.0 SP2), c in and d out (FIX.4.2). A client is told the
// markets it may see, by its own symbols; SecurityType(167) is FUT. Changes are not told: 263 of an x is not looked at.
// * y: at most 100 markets a message, LastFragment(893) on the last, one SecurityResponseID(322) for all of them. d: a message a market.
// * MinPriceIncrement(969) exists in 5.0 SP2; Text(58) of each market has tick, contract size, least quantity and status in every version.
// * ContractMultiplier(231) is left out: prices are dollars a contract, so money is price x quantity, whatever a contract holds.
// * While nobody knows the list (REST cannot say) the answer is 560=4 or 323=5, never an empty list. y has no Text(58) of its own in any
// stock
//   dictionary: the reason stands in the entry of the market that was asked for, where one was.
// Thread: the gateway's. Sources: FIX 4.2 (c, d), FIX 4.4 and 5.0 SP2 (x, y); rest-perps.md "Markets".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "services/gateway/oms/client_line.hpp"
#include "services/gateway/oms/refusal.hpp"

namespace marginfix::gateway {

struct Security {
  std::string symbol;                   // the exchange's
  std::string name{};                   // "" where it has none
  std::optional<DollarDecimal> tick{};  // smallest price step, dollars
  std::string contract_size{};          // units of the underlying a contract, as the exchange writes it; "" where it does not
  bool fractional{true};                // false: whole contracts only
  std::string status{};                 // the exchange's word: "active", "inactive", "closed"
  std::optional<DollarDecimal> mark{};  // settlement mark price, dollars a contract
};

class SecurityList {
 public:
  explicit SecurityList(const Clock& clock = system_clock());
  ~SecurityList();
  SecurityList(const SecurityList&) = delete;
  SecurityList& operator=(const SecurityList&) = delete;

  // What REST says now: the whole list, or why there is none. Answers under way go on with the list they began with.
  void update(Result<std::vector<Security>> securities);
  bool known() const noexcept;
  // By the exchange's symbol; null while the list is not known, too.
  const Security* find(std::string_view symbol) const;
  std::vector<std::string> symbols() const;  // of the exchange; none while the list is not known

  std::optional<Refusal> on_list_request(ClientLine& line, const ClientMessage& message);        // x
  std::optional<Refusal> on_definition_request(ClientLine& line, const ClientMessage& message);  // c
  void on_drained(ClientLine& line);
  void on_logged_out(ClientLine& line);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::gateway
