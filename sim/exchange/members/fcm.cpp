#include "sim/exchange/members/fcm.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

bool in_scope(const CapScope& scope, MarketNo market, const MarketSpec& spec) {
  if (scope.market) return *scope.market == market;
  return scope.asset_class.empty() || scope.asset_class == spec.asset_class;
}

}  // namespace

// ---- the FCM's requests -------------------------------------------------------------------------------------------------------

SubtraderOutcome Fcm::create(State& state, AccountId account, std::string_view suffix, bool require_category_cap) {
  if (!state.accounts.all[account].fcm) return {FcmRefusal::NotAnFcm, {}};
  std::string id = std::string(state.user_id(account).view()) + "_" + std::string(suffix);
  Subtrader fresh;
  fresh.require_category_cap = require_category_cap;
  fresh.created = state.clock;
  const bool added = subtraders_.try_emplace({account, id}, std::move(fresh)).second;
  return {added ? FcmRefusal::None : FcmRefusal::Exists, std::move(id)};
}

FcmRefusal Fcm::set_cap(AccountId account, std::string_view id, const CapScope& scope, Micros cap) {
  Subtrader* s = find(account, id);
  if (s == nullptr) return FcmRefusal::NoSubtrader;
  if (scope.market) {
    s->market_caps[*scope.market] = cap;
  } else if (!scope.asset_class.empty()) {
    s->class_caps[scope.asset_class] = cap;
  } else {
    s->cap = cap;
  }
  return FcmRefusal::None;
}

FcmRefusal Fcm::delete_cap(AccountId account, std::string_view id, const CapScope& scope) {
  Subtrader* s = find(account, id);
  if (s == nullptr) return FcmRefusal::NoSubtrader;
  bool there = false;
  if (scope.market) {
    there = s->market_caps.erase(*scope.market) != 0;
  } else if (!scope.asset_class.empty()) {
    there = s->class_caps.erase(scope.asset_class) != 0;
  } else {
    there = s->cap.has_value();
    s->cap.reset();
  }
  return there ? FcmRefusal::None : FcmRefusal::NoCap;
}

FcmRefusal Fcm::set_limit(AccountId account, std::string_view id, std::optional<MarketNo> market, std::optional<Micros> limit) {
  Subtrader* s = find(account, id);
  if (s == nullptr) return FcmRefusal::NoSubtrader;
  if (!market) {
    s->limit = limit;
  } else if (limit) {
    s->market_limits[*market] = *limit;
  } else {
    s->market_limits.erase(*market);
  }
  return FcmRefusal::None;
}

FcmRefusal Fcm::set_member_limit(State& state, AccountId account, Micros limit) {
  if (!state.accounts.all[account].fcm) return FcmRefusal::NotAnFcm;
  if (limit > state.account_limit) return FcmRefusal::AboveExchangeLimit;
  member_limits_[account] = limit;
  cancel_until_fits(state, account);
  return FcmRefusal::None;
}

// The newest orders go first; one that would not bring the usage down stays.
void Fcm::cancel_until_fits(State& state, AccountId account) {
  const Micros limit = std::min(state.account_limit, member_limits_.at(account));
  std::vector<OrderNo> newest_first;
  for (OrderIx ix = state.accounts.all[account].open.tail; ix != kNil; ix = state.orders[ix].account_link.prev) {
    newest_first.push_back(state.orders[ix].no);
  }
  const ExecGroup exec_group(state, kSystem);
  for (const OrderNo no : newest_first) {
    const Micros usage = notional_usage(state, account);
    if (usage <= limit) return;
    const OrderIx ix = state.orders.find(no);
    const Order& o = state.orders[ix];
    if (notional_usage(state, account, {o.market, o.side, -o.leaves() * o.price}) >= usage) continue;
    cancel_order(state, ix, {Reason::NotionalRiskLimitExceeded, UpdateReason::MarginCancel, {}, {}, false});
  }
}

// ---- what an order may -------------------------------------------------------------------------------------------------------

Fcm::Shares Fcm::shares(const State& state, AccountId account, std::uint32_t customer) const {
  Shares out;
  const auto& all = state.accounts.all[account].customers;
  for (auto it = all.lower_bound({customer, 0, 0}); it != all.end() && it->first.customer == customer; ++it) {
    Position& sum = out[it->first.market];
    sum.net += it->second.net;
    for (std::size_t side = 0; side < 2; ++side) sum.open_notional[side] += it->second.open_notional[side];
  }
  return out;
}

Micros Fcm::margin_in(const State& state, const Shares& shares, const CapScope& scope) const {
  Micros sum = 0;
  for (const auto& [market, position] : shares) {
    if (in_scope(scope, market, state.markets[market].spec)) sum += initial_margin(state, exposure(state, position, market), market);
  }
  return sum;
}

Micros Fcm::notional(const State& state, const Shares& shares, std::optional<MarketNo> market) const {
  Micros sum = 0;
  for (const auto& [m, position] : shares) {
    if (!market || *market == m) sum += exposure(state, position, m);
  }
  return sum;
}

Reason Fcm::admit(const State& state, const Order& o, Micros added) const {
  if (o.customer == 0 || subtraders_.empty()) return Reason::None;
  const Subtrader* s = find(o.account, state.emitter.names.text(o.customer));
  if (s == nullptr) return Reason::None;
  Shares then = shares(state, o.account, o.customer);
  Position& here = then[o.market];
  const Micros before = exposure(state, here, o.market);
  here.open_notional[o.side == Side::Buy ? 0 : 1] += added;
  if (exposure(state, here, o.market) <= before) return Reason::None;

  const std::string& asset_class = state.markets[o.market].spec.asset_class;
  const auto class_cap = s->class_caps.find(asset_class);
  if (s->require_category_cap && class_cap == s->class_caps.end()) return Reason::CategoryCapRequired;
  if (s->cap && margin_in(state, then, {}) > *s->cap) return Reason::InitialMarginCapExceeded;
  if (class_cap != s->class_caps.end() && margin_in(state, then, {{}, asset_class}) > class_cap->second) {
    return Reason::InitialMarginCapExceeded;
  }
  if (const auto cap = s->market_caps.find(o.market); cap != s->market_caps.end() && margin_in(state, then, {o.market, {}}) > cap->second) {
    return Reason::InitialMarginCapExceeded;
  }
  if (s->limit && notional(state, then, {}) > *s->limit) return Reason::NotionalRiskLimitExceeded;
  const auto limit = s->market_limits.find(o.market);
  const bool over = limit != s->market_limits.end() && notional(state, then, o.market) > limit->second;
  return over ? Reason::NotionalRiskLimitExceeded : Reason::None;
}

// ---- views -------------------------------------------------------------------------------------------------------------------

Fcm::Subtrader* Fcm::find(AccountId account, std::string_view id) {
  const auto it = subtraders_.find({account, std::string(id)});
  return it == subtraders_.end() ? nullptr : &it->second;
}
const Fcm::Subtrader* Fcm::find(AccountId account, std::string_view id) const { return const_cast<Fcm*>(this)->find(account, id); }

std::optional<Micros> Fcm::member_limit(AccountId account) const {
  const auto it = member_limits_.find(account);
  return it == member_limits_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<std::string> Fcm::ids(AccountId account) const {
  std::vector<std::string> out;
  for (auto it = subtraders_.lower_bound({account, {}}); it != subtraders_.end() && it->first.first == account; ++it) {
    out.push_back(it->first.second);
  }
  return out;
}

SubtraderView Fcm::view(const State& state, AccountId account, std::string_view id) const {
  const Subtrader& s = *find(account, id);
  SubtraderView v;
  v.id = id;
  v.require_category_cap = s.require_category_cap;
  v.created = s.created;
  const auto customer = state.emitter.names.find(id);
  const Shares now = customer ? shares(state, account, *customer) : Shares{};
  const auto cap = [&](CapScope scope, Micros most) {
    const Micros current = margin_in(state, now, scope);
    v.caps.push_back({std::move(scope), to_dollars(most), to_dollars(current)});
  };
  if (s.cap) cap({}, *s.cap);
  for (const auto& [market, most] : s.market_caps) cap({market, {}}, most);
  for (const auto& [name, most] : s.class_caps) cap({{}, name}, most);
  if (s.limit) v.limits.push_back({std::nullopt, to_dollars(*s.limit), to_dollars(notional(state, now, {}))});
  const std::size_t whole = v.limits.size();
  for (const auto& [market, most] : s.market_limits)
    v.limits.push_back({market, to_dollars(most), to_dollars(notional(state, now, market))});
  std::sort(v.limits.begin() + static_cast<std::ptrdiff_t>(whole), v.limits.end(),
            [&](const auto& a, const auto& b) { return state.symbol(*a.market) < state.symbol(*b.market); });
  return v;
}

}  // namespace marginfix::sim
