// Order groups: requests, counting of matches, triggers.
#include "sim/exchange/rules/groups.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kMostGroups = 100'000;  // an account

void cancel_group_orders(State& state, GroupNo no) {
  cancel_where(state, state.groups.find(no)->second.account, {Reason::OrderGroupCancel, UpdateReason::GroupCancel, {}, {}, false},
               [no](const Order& o) { return o.group == no; });
}

void tell_change(State& state, GroupNo no, GroupChange what) {
  OrderGroup& g = state.groups.find(no)->second;
  g.updated = state.clock;
  const Uuid id = make_uuid(state.seed, IdKind::Group, no);
  GroupChangeEvent e;
  e.account = g.account;
  e.subaccount = g.subaccount;
  e.group_id = id.view();
  e.change = what;
  e.limit = g.limit;
  state.emitter.other(e, &EventSink::on_group_change);
}

void trigger_group(State& state, GroupNo no) {
  state.groups.find(no)->second.triggered = true;
  tell_change(state, no, GroupChange::Triggered);
  cancel_group_orders(state, no);
}

GroupOutcome group_refusal(State& state, const RequestContext& context, const GroupRequest& r, Reason reason) {
  GroupResultEvent e;
  e.requested_by = context.from;
  e.ref_seq = context.ref_seq;
  e.action = r.action;
  e.group_id = r.group_id;
  e.limit = r.limit;
  e.subaccount = r.subaccount.value_or(0);
  e.reason = reason;
  state.emitter.other(e, &EventSink::on_group_result);
  return {reason, std::nullopt};
}

GroupOutcome group_answer(State& state, const RequestContext& context, const GroupRequest& r, GroupNo no) {
  const OrderGroup& g = state.groups.find(no)->second;
  const Uuid id = make_uuid(state.seed, IdKind::Group, no);
  GroupResultEvent e;
  e.requested_by = context.from;
  e.ref_seq = context.ref_seq;
  e.action = r.action;
  e.group_id = id.view();
  e.limit = g.limit;
  e.subaccount = g.subaccount;
  state.emitter.other(e, &EventSink::on_group_result);
  return {Reason::None, id};
}

GroupOutcome create_group(State& state, AccountId account, const RequestContext& context, const GroupRequest& r) {
  const auto& locked = state.accounts.keys[context.from.key].subaccount;
  const int subaccount = r.subaccount.value_or(locked.value_or(0));
  if (locked && *locked != subaccount) return group_refusal(state, context, r, Reason::NotAuthorized);
  if (!state.accounts.has_subaccount(account, subaccount)) return group_refusal(state, context, r, Reason::UnknownAccount);
  const auto on_shard = [&](const Market& m) { return m.spec.exchange_index == r.exchange_index; };
  if (std::ranges::none_of(state.markets, on_shard)) return group_refusal(state, context, r, Reason::MarketNotFound);
  const auto of_account = [&](const auto& group) { return group.second.account == account; };
  if (state.groups.size() >= kMostGroups && static_cast<std::size_t>(std::ranges::count_if(state.groups, of_account)) >= kMostGroups) {
    return group_refusal(state, context, r, Reason::TooManyOrderGroups);
  }
  OrderGroup g;
  g.account = account;
  g.subaccount = subaccount;
  g.limit = r.limit;
  g.exchange_index = r.exchange_index;
  g.created = g.updated = state.clock;
  state.groups.emplace(++state.last_group, std::move(g));
  const GroupOutcome out = group_answer(state, context, r, state.last_group);
  tell_change(state, state.last_group, GroupChange::Created);
  return out;
}

void apply_group(State& state, GroupNo no, OrderGroupAction action) {
  switch (action) {
    case OrderGroupAction::Create:
      break;  // create_group
    case OrderGroupAction::Reset:
      state.groups.find(no)->second.reset();
      tell_change(state, no, GroupChange::Reset);
      break;
    case OrderGroupAction::Delete:
      tell_change(state, no, GroupChange::Deleted);
      cancel_group_orders(state, no);
      state.groups.erase(no);
      break;
    case OrderGroupAction::Trigger:
      trigger_group(state, no);
      break;
    case OrderGroupAction::Update:
      tell_change(state, no, GroupChange::LimitUpdated);
      trigger_if_over(state, no);
      break;
  }
}

}  // namespace

void count_for_group(State& state, const Order& order, Qty quantity) {
  if (order.group == 0) return;
  if (const auto it = state.groups.find(order.group); it != state.groups.end()) it->second.add(state.clock, quantity);
}

bool would_trigger(State& state, const Order& order) {
  if (order.group == 0) return false;
  const auto it = state.groups.find(order.group);
  return it != state.groups.end() && !it->second.triggered && it->second.over_limit(state.clock);
}

void trigger_if_over(State& state, GroupNo no) {
  if (no == 0) return;
  const auto it = state.groups.find(no);
  if (it != state.groups.end() && !it->second.triggered && it->second.over_limit(state.clock)) trigger_group(state, no);
}

GroupOutcome run_group_request(State& state, const RequestContext& context, const GroupRequest& r) {
  const ExecGroup exec_group(state, context.from);
  const auto account = trading_account(state, context);
  if (!account || state.accounts.keys[context.from.key].scope != KeyScope::Trading)
    return group_refusal(state, context, r, Reason::NotAuthorized);
  const bool limited = r.action == OrderGroupAction::Create || r.action == OrderGroupAction::Update;
  if (limited && (r.limit < 1 || r.limit > kMaxGroupLimit)) return group_refusal(state, context, r, Reason::InvalidLimit);
  if (r.action == OrderGroupAction::Create) return create_group(state, *account, context, r);
  const auto no = uuid_number(state.seed, IdKind::Group, r.group_id);
  const auto it = no ? state.groups.find(*no) : state.groups.end();
  const auto elsewhere = [&](std::optional<int> subaccount) { return subaccount && *subaccount != it->second.subaccount; };
  if (it == state.groups.end() || it->second.account != *account || elsewhere(r.subaccount) ||
      elsewhere(state.accounts.keys[context.from.key].subaccount)) {
    return group_refusal(state, context, r, Reason::OrderGroupNotFound);
  }
  if (r.action == OrderGroupAction::Update) it->second.limit = r.limit;
  const GroupOutcome out = group_answer(state, context, r, *no);
  apply_group(state, *no, r.action);
  return out;
}

}  // namespace marginfix::sim
