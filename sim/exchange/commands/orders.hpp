// Trading: orders and order groups.
#pragma once

#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/requests.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim::commands {

struct Submit {
  static constexpr Op kOp{9};
  RequestContext context{};
  NewOrder order{};
  OrderOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Submit& c) {
  ar(c.context, c.order);
}

struct Amend {
  static constexpr Op kOp{23};
  RequestContext context{};
  AmendOrder request{};
  OrderOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Amend& c) {
  ar(c.context, c.request);
}
// Of journals of before AmendOrder::cancel_at_filled: nobody asks for it any more.
struct EarlierAmend {
  static constexpr Op kOp{10};
  RequestContext context{};
  AmendOrder request{};
  OrderOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, EarlierAmend& c) {
  ar(c.context, c.request);
}

struct Cancel {
  static constexpr Op kOp{11};
  RequestContext context{};
  CancelOrder request{};
  OrderOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Cancel& c) {
  ar(c.context, c.request);
}

struct Decrease {
  static constexpr Op kOp{30};
  RequestContext context{};
  DecreaseOrder request{};
  OrderOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Decrease& c) {
  ar(c.context, c.request);
}

// Gives how many were canceled, as CancelAll and CancelOnDisconnect.
struct MassCancel {
  static constexpr Op kOp{12};
  RequestContext context{};
  sim::MassCancel request{};
  std::size_t run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, MassCancel& c) {
  ar(c.context, c.request);
}

struct CancelAll {
  static constexpr Op kOp{31};
  RequestContext context{};
  sim::CancelAll request{};
  std::size_t run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CancelAll& c) {
  ar(c.context, c.request);
}

// 8013=Y: cancels every open order that was entered by this session (key and door).
struct CancelOnDisconnect {
  static constexpr Op kOp{14};
  Route session{};
  std::size_t run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, CancelOnDisconnect& c) {
  ar(c.session);
}

struct Group {
  static constexpr Op kOp{13};
  RequestContext context{};
  GroupRequest request{};
  GroupOutcome run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Group& c) {
  ar(c.context, c.request);
}

}  // namespace marginfix::sim::commands
