// Requests of clearing members: accounts, not the house's. Amounts in centicents (10,000 a dollar).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/exchange/clearing/clearing_types.hpp"
#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim::commands {

// The number of the withdrawal; nothing: not a positive amount, or more than the settlement balance holds.
struct WithdrawSettlement {
  static constexpr Op kOp{50};
  AccountId member{0};
  Centicents amount{0};
  std::optional<ClearingNo> run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, WithdrawSettlement& c) {
  ar(c.member, c.amount);
}

struct DepositSettlement {
  static constexpr Op kOp{51};
  AccountId member{0};
  Centicents amount{0};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, DepositSettlement& c) {
  ar(c.member, c.amount);
}

// Whether the subtraders exist is the caller's business.
struct CreateSubtraderGroup {
  static constexpr Op kOp{52};
  AccountId member{0};
  std::vector<std::string> subtraders{};
  SubtraderGroupResult run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CreateSubtraderGroup& c) {
  ar(c.member, c.subtraders);
}

struct UpdateSubtraderGroup {
  static constexpr Op kOp{53};
  AccountId member{0};
  ClearingNo group{0};
  std::vector<std::string> subtraders{};
  SubtraderGroupResult run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, UpdateSubtraderGroup& c) {
  ar(c.member, c.group, c.subtraders);
}

struct DeleteSubtraderGroup {
  static constexpr Op kOp{54};
  AccountId member{0};
  ClearingNo group{0};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, DeleteSubtraderGroup& c) {
  ar(c.member, c.group);
}

// A trading key of the member, bound to a subtrader.
struct AddSubtraderKey {
  static constexpr Op kOp{55};
  AccountId member{0};
  SubtraderKey key{};
  KeyNo run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, AddSubtraderKey& c) {
  ar(c.member, c.key);
}

// For good. False when the member has no such key of a subtrader.
struct RemoveSubtraderKey {
  static constexpr Op kOp{56};
  AccountId member{0};
  std::string_view key_id{};
  bool run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, RemoveSubtraderKey& c) {
  ar(c.member, c.key_id);
}

}  // namespace marginfix::sim::commands
