// Order groups: requests, counting of matches, triggers.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {
namespace {
constexpr std::size_t kMostGroups = 100'000;  // an account
}  // namespace

void Core::count_for_group(const Order& order, Qty quantity) {
  if (order.group == 0) return;
  if (const auto it = groups_.find(order.group); it != groups_.end()) it->second.add(clock_, quantity);
}

bool Core::would_trigger(const Order& order) {
  if (order.group == 0) return false;
  const auto it = groups_.find(order.group);
  return it != groups_.end() && !it->second.triggered && it->second.over_limit(clock_);
}

void Core::trigger_if_over(GroupNo no) {
  if (no == 0) return;
  const auto it = groups_.find(no);
  if (it != groups_.end() && !it->second.triggered && it->second.over_limit(clock_)) trigger(no);
}

void Core::trigger(GroupNo no) {
  groups_.find(no)->second.triggered = true;
  change(no, GroupChange::Triggered);
  cancel_group_orders(no);
}

void Core::cancel_group_orders(GroupNo no) {
  cancel_where(groups_.find(no)->second.account, {Reason::OrderGroupCancel, UpdateReason::GroupCancel, {}, {}, false},
               [no](const Order& o) { return o.group == no; });
}

void Core::change(GroupNo no, GroupChange what) {
  OrderGroup& g = groups_.find(no)->second;
  g.updated = clock_;
  const Uuid id = make_uuid(seed_, IdKind::Group, no);
  GroupChangeEvent e;
  e.account = g.account;
  e.subaccount = g.subaccount;
  e.group_id = id.view();
  e.change = what;
  e.limit = g.limit;
  emitter_.other(e, &Listener::on_group_change);
}

GroupOutcome Core::group_refusal(const RequestContext& context, const GroupRequest& r, Reason reason) {
  GroupResultEvent e;
  e.requested_by = context.from;
  e.ref_seq = context.ref_seq;
  e.action = r.action;
  e.group_id = r.group_id;
  e.limit = r.limit;
  e.subaccount = r.subaccount.value_or(0);
  e.reason = reason;
  emitter_.other(e, &Listener::on_group_result);
  return {reason, std::nullopt};
}

GroupOutcome Core::group_answer(const RequestContext& context, const GroupRequest& r, GroupNo no) {
  const OrderGroup& g = groups_.find(no)->second;
  const Uuid id = make_uuid(seed_, IdKind::Group, no);
  GroupResultEvent e;
  e.requested_by = context.from;
  e.ref_seq = context.ref_seq;
  e.action = r.action;
  e.group_id = id.view();
  e.limit = g.limit;
  e.subaccount = g.subaccount;
  emitter_.other(e, &Listener::on_group_result);
  return {Reason::None, id};
}

GroupOutcome Core::group(const RequestContext& context, const GroupRequest& r) {
  Command command(*this, context.from);
  const auto account = trading_account(context);
  if (!account || accounts_.keys[context.from.key].scope != KeyScope::Trading) return group_refusal(context, r, Reason::NotAuthorized);
  const bool limited = r.action == OrderGroupAction::Create || r.action == OrderGroupAction::Update;
  if (limited && (r.limit < 1 || r.limit > kMaxGroupLimit)) return group_refusal(context, r, Reason::InvalidLimit);
  if (r.action == OrderGroupAction::Create) return create_group(*account, context, r);
  const auto no = uuid_number(seed_, IdKind::Group, r.group_id);
  const auto it = no ? groups_.find(*no) : groups_.end();
  const auto elsewhere = [&](std::optional<int> subaccount) { return subaccount && *subaccount != it->second.subaccount; };
  if (it == groups_.end() || it->second.account != *account || elsewhere(r.subaccount) ||
      elsewhere(accounts_.keys[context.from.key].subaccount)) {
    return group_refusal(context, r, Reason::OrderGroupNotFound);
  }
  if (r.action == OrderGroupAction::Update) it->second.limit = r.limit;
  const GroupOutcome out = group_answer(context, r, *no);
  apply_group(*no, r.action);
  return out;
}

GroupOutcome Core::create_group(AccountId account, const RequestContext& context, const GroupRequest& r) {
  const auto& locked = accounts_.keys[context.from.key].subaccount;
  const int subaccount = r.subaccount.value_or(locked.value_or(0));
  if (locked && *locked != subaccount) return group_refusal(context, r, Reason::NotAuthorized);
  if (!accounts_.has_subaccount(account, subaccount)) return group_refusal(context, r, Reason::UnknownAccount);
  const auto on_shard = [&](const Market& m) { return m.spec.exchange_index == r.exchange_index; };
  if (std::ranges::none_of(markets_, on_shard)) return group_refusal(context, r, Reason::MarketNotFound);
  const auto of_account = [&](const auto& group) { return group.second.account == account; };
  if (groups_.size() >= kMostGroups && static_cast<std::size_t>(std::ranges::count_if(groups_, of_account)) >= kMostGroups) {
    return group_refusal(context, r, Reason::TooManyOrderGroups);
  }
  OrderGroup g;
  g.account = account;
  g.subaccount = subaccount;
  g.limit = r.limit;
  g.exchange_index = r.exchange_index;
  g.created = g.updated = clock_;
  groups_.emplace(++last_group_, std::move(g));
  const GroupOutcome out = group_answer(context, r, last_group_);
  change(last_group_, GroupChange::Created);
  return out;
}

void Core::apply_group(GroupNo no, OrderGroupAction action) {
  switch (action) {
    case OrderGroupAction::Create:
      break;  // create_group
    case OrderGroupAction::Reset:
      groups_.find(no)->second.reset();
      change(no, GroupChange::Reset);
      break;
    case OrderGroupAction::Delete:
      change(no, GroupChange::Deleted);
      cancel_group_orders(no);
      groups_.erase(no);
      break;
    case OrderGroupAction::Trigger:
      trigger(no);
      break;
    case OrderGroupAction::Update:
      change(no, GroupChange::LimitUpdated);
      trigger_if_over(no);
      break;
  }
}

}  // namespace marginfix::sim
