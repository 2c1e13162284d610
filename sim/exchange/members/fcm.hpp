// Futures commission merchants: their subtraders (customers), the caps the FCM puts on a subtrader's initial margin, the notional limits
// the exchange puts on a subtrader, and the limit an FCM puts on its own account.
// A subtrader is named on orders by its whole id `{user_id}_{suffix}` (customer account, party role 24), or by a key bound to it. Orders
// may name customers that are no subtraders: those have no caps.
// Every cap and limit in scope is looked at by itself, and only for what an order adds: whatever makes the subtrader's exposure no larger
// passes, and so do the exchange's own orders. A class cap covers the class's markets together, each margined by itself (margin.hpp).
// Source: rest-perps.md "FCM".
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/values/member_views.hpp"

namespace marginfix::sim {

struct State;
struct Position;

class Fcm {
 public:
  struct Subtrader {
    bool require_category_cap{false};
    Timestamp created{};
    std::optional<Micros> cap;  // all markets
    std::map<MarketNo, Micros> market_caps;
    std::map<std::string, Micros> class_caps;
    std::optional<Micros> limit;  // the exchange's, all markets
    std::map<MarketNo, Micros> market_limits;
  };

  SubtraderOutcome create(State& state, AccountId account, std::string_view suffix, bool require_category_cap);
  FcmRefusal set_cap(AccountId account, std::string_view id, const CapScope& scope, Micros cap);
  FcmRefusal delete_cap(AccountId account, std::string_view id, const CapScope& scope);
  FcmRefusal set_limit(AccountId account, std::string_view id, std::optional<MarketNo> market, std::optional<Micros> limit);
  FcmRefusal set_member_limit(State& state, AccountId account, Micros limit);
  void delete_member_limit(AccountId account) { member_limits_.erase(account); }

  // May the order's subtrader have `added` more notional on the order's side of its market?
  Reason admit(const State& state, const Order& order, Micros added) const;
  std::optional<Micros> member_limit(AccountId account) const;
  const Subtrader* find(AccountId account, std::string_view id) const;
  std::vector<std::string> ids(AccountId account) const;
  SubtraderView view(const State& state, AccountId account, std::string_view id) const;

  template <class Ar>
  void state(Ar& ar) {
    ar(subtraders_, member_limits_);
  }

 private:
  using Shares = std::map<MarketNo, Position>;  // of one customer, all subaccounts together
  Subtrader* find(AccountId account, std::string_view id);
  Shares shares(const State& state, AccountId account, std::uint32_t customer) const;
  Micros margin_in(const State& state, const Shares& shares, const CapScope& scope) const;
  Micros notional(const State& state, const Shares& shares, std::optional<MarketNo> market) const;
  void cancel_until_fits(State& state, AccountId account);

  std::map<std::pair<AccountId, std::string>, Subtrader> subtraders_;
  std::map<AccountId, Micros> member_limits_;
};

template <class Ar>
void fields(Ar& ar, Fcm::Subtrader& s) {
  ar(s.require_category_cap, s.created, s.cap, s.market_caps, s.class_caps, s.limit, s.market_limits);
}

}  // namespace marginfix::sim
