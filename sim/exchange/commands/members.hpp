// Members' requests that are not about orders: money and exit triggers.
#pragma once

#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/member_views.hpp"
#include "sim/exchange/values/requests.hpp"

namespace marginfix::sim::commands {

struct InstanceTransfer {
  static constexpr Op kOp{35};
  sim::InstanceTransfer request{};
  TransferOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, InstanceTransfer& c) {
  ar(c.request);
}

struct SubaccountTransfer {
  static constexpr Op kOp{36};
  AccountId account{0};
  int from{0};
  int to{0};
  DollarDecimal amount{};
  std::string_view client_transfer_id{};
  TransferOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SubaccountTransfer& c) {
  ar(c.account, c.from, c.to, c.amount, c.client_transfer_id);
}

struct SetExitTrigger {
  static constexpr Op kOp{37};
  RequestContext context{};
  sim::SetExitTrigger request{};
  TriggerOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, SetExitTrigger& c) {
  ar(c.context, c.request);
}

struct UpdateExitTrigger {
  static constexpr Op kOp{38};
  RequestContext context{};
  sim::UpdateExitTrigger request{};
  TriggerOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, UpdateExitTrigger& c) {
  ar(c.context, c.request);
}

struct CancelExitTrigger {
  static constexpr Op kOp{39};
  RequestContext context{};
  PositionName position{};
  std::string_view trigger_id{};
  TriggerRefusal run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CancelExitTrigger& c) {
  ar(c.context, c.position, c.trigger_id);
}

// Gives how many were canceled.
struct CancelExitTriggers {
  static constexpr Op kOp{40};
  RequestContext context{};
  PositionName position{};
  std::optional<TriggerKind> kind{};
  std::size_t run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CancelExitTriggers& c) {
  ar(c.context, c.position, c.kind);
}

}  // namespace marginfix::sim::commands
