// Subtraders of an FCM, caps and limits.
#pragma once

#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/member_views.hpp"

namespace marginfix::sim::commands {

// Its id is `{user_id}_{suffix}`.
struct CreateSubtrader {
  static constexpr Op kOp{41};
  AccountId account{0};
  std::string_view suffix{};
  bool require_category_cap{false};
  SubtraderOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CreateSubtrader& c) {
  ar(c.account, c.suffix, c.require_category_cap);
}

struct SetImCap {
  static constexpr Op kOp{42};
  AccountId account{0};
  std::string_view subtrader{};
  CapScope scope{};
  DollarDecimal cap{};
  FcmRefusal run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetImCap& c) {
  ar(c.account, c.subtrader, c.scope, c.cap);
}

struct DeleteImCap {
  static constexpr Op kOp{43};
  AccountId account{0};
  std::string_view subtrader{};
  CapScope scope{};
  FcmRefusal run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, DeleteImCap& c) {
  ar(c.account, c.subtrader, c.scope);
}

// The exchange's own limits on a subtrader (all markets or one); nothing = no limit any more. For control and tests.
struct SetSubtraderLimit {
  static constexpr Op kOp{44};
  AccountId account{0};
  std::string_view subtrader{};
  std::optional<MarketNo> market{};
  std::optional<DollarDecimal> limit{};
  FcmRefusal run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetSubtraderLimit& c) {
  ar(c.account, c.subtrader, c.market, c.limit);
}

// Cancels resting orders until the account fits.
struct SetMemberLimit {
  static constexpr Op kOp{45};
  AccountId account{0};
  DollarDecimal limit{};
  FcmRefusal run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetMemberLimit& c) {
  ar(c.account, c.limit);
}

struct DeleteMemberLimit {
  static constexpr Op kOp{46};
  AccountId account{0};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, DeleteMemberLimit& c) {
  ar(c.account);
}

}  // namespace marginfix::sim::commands
