// Accounts, their keys and money from outside. Make accounts once, after a fresh open(), unless ExchangeOptions::accounts named them.
#pragma once

#include <optional>

#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/options.hpp"

namespace marginfix::sim::commands {

struct CreateAccount {
  static constexpr Op kOp{4};
  AccountSpec spec{};
  AccountId run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CreateAccount& c) {
  ar(c.spec);
}

struct AddKey {
  static constexpr Op kOp{5};
  AccountId account{0};
  KeySpec key{};
  KeyNo run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, AddKey& c) {
  ar(c.account, c.key);
}

// Next free subaccount number, 1 to 63; nothing when all exist.
struct CreateSubaccount {
  static constexpr Op kOp{6};
  AccountId account{0};
  std::optional<int> run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CreateSubaccount& c) {
  ar(c.account);
}

// Error(config): there is no such subaccount.
struct Deposit {
  static constexpr Op kOp{7};
  AccountId account{0};
  int subaccount{0};
  DollarDecimal amount{};
  Result<void> admit(const State& state) const;
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Deposit& c) {
  ar(c.account, c.subaccount, c.amount);
}

// Between subaccounts. False when an account or the free funds are missing.
struct Transfer {
  static constexpr Op kOp{8};
  AccountId account{0};
  int from{0};
  int to{0};
  DollarDecimal amount{};
  bool run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Transfer& c) {
  ar(c.account, c.from, c.to, c.amount);
}

}  // namespace marginfix::sim::commands
