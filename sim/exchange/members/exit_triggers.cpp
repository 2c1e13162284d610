// Exit triggers: requests, the index, views. What they do on their own: exit_triggers_fire.cpp.
#include "sim/exchange/members/exit_triggers.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "sim/exchange/members/exit_trigger_prices.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kMostOver = 1'000;

Qty sign_of(Qty net) { return net < 0 ? -1 : 1; }

bool good_price(const std::optional<DollarDecimal>& price) { return !price || is_price(*price); }
Ticks ticks_of(const std::optional<DollarDecimal>& price) { return price ? price->units() / kMicrosPerTick : 0; }
std::optional<DollarDecimal> price_of(Ticks ticks) { return ticks == 0 ? std::nullopt : std::optional(to_price(ticks)); }

ExitTriggers::Position place_of(const ExitTrigger& t) { return {t.account, t.subaccount, t.market}; }

template <class Enum, std::size_t N>
std::string_view word(const std::string_view (&words)[N], Enum value) {
  return words[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view to_string(TriggerKind kind) noexcept {
  static constexpr std::string_view kWords[] = {"bracket", "trailing"};
  return word(kWords, kind);
}
std::string_view to_string(TriggerStatus status) noexcept {
  static constexpr std::string_view kWords[] = {"pending_on_entry", "active", "filled", "failed", "canceled"};
  return word(kWords, status);
}
std::string_view to_string(TriggerLeg leg) noexcept {
  static constexpr std::string_view kWords[] = {"", "stop_loss", "take_profit"};
  return word(kWords, leg);
}
std::string_view to_string(TriggerEnd end) noexcept {
  static constexpr std::string_view kWords[] = {
      "", "user_canceled", "position_closed", "entry_not_filled", "order_rejected", "position_flipped"};
  return word(kWords, end);
}
std::optional<TriggerKind> parse_trigger_kind(std::string_view text) {
  for (const TriggerKind kind : {TriggerKind::Bracket, TriggerKind::Trailing}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

// ---- requests ---------------------------------------------------------------------------------------------------------------

TriggerOutcome ExitTriggers::set(State& state, AccountId account, std::uint32_t customer, const SetExitTrigger& r) {
  if (!r.client_trigger_id.empty()) {
    if (const auto it = keys_.find({account, std::string(r.client_trigger_id)}); it != keys_.end()) {
      const ExitTrigger& first = all_.at(it->second);
      const bool same = first.market == r.position.market && first.subaccount == r.position.subaccount && first.customer == customer;
      return same ? TriggerOutcome{TriggerRefusal::None, view(state, first)} : TriggerOutcome{TriggerRefusal::KeyUsed, {}};
    }
  }
  ExitTrigger draft;
  draft.account = account;
  draft.subaccount = r.position.subaccount;
  draft.market = r.position.market;
  draft.customer = customer;
  draft.kind = r.kind;
  draft.client_id = r.client_trigger_id;
  draft.stop_loss = ticks_of(r.stop_loss);
  draft.take_profit = ticks_of(r.take_profit);
  draft.trail = ticks_of(r.trail_amount);
  draft.bps = r.trail_bps.value_or(0);
  draft.count = r.count ? r.count->units() : 0;
  draft.created = draft.updated = state.clock;
  draft.seen = position_of(state, draft);
  draft.direction = sign_of(draft.seen);
  if (r.kind == TriggerKind::Trailing) draft.watermark = liquidation_mark(state, draft.market);
  TriggerRefusal refusal = TriggerRefusal::None;
  if (!r.anchor_order_id.empty()) refusal = anchor_to(state, draft, r.anchor_order_id);
  if (refusal == TriggerRefusal::None) refusal = validate(state, draft, r);
  if (refusal != TriggerRefusal::None) return {refusal, {}};
  if (ExitTrigger* old = same_place(draft)) {
    replace(*old, draft, state.clock);
    return {TriggerRefusal::None, view(state, *old)};
  }
  draft.no = ++last_no_;
  const TriggerNo no = draft.no;
  add(std::move(draft));
  return {TriggerRefusal::None, view(state, all_.at(no))};
}

TriggerRefusal ExitTriggers::validate(const State& state, const ExitTrigger& draft, const SetExitTrigger& r) const {
  if (!good_price(r.stop_loss) || !good_price(r.take_profit) || !good_price(r.trail_amount)) return TriggerRefusal::BadPrice;
  if (!draft.anchored && draft.seen == 0) return TriggerRefusal::NoPosition;
  if (draft.kind == TriggerKind::Trailing) return TriggerRefusal::None;
  std::size_t brackets = 0;
  Qty covered = 0;
  bool whole = false, partial = false;
  if (const auto it = by_position_.find(place_of(draft)); it != by_position_.end()) {
    for (const TriggerNo no : it->second) {
      const ExitTrigger& t = all_.at(no);
      if (t.customer != draft.customer || t.kind != TriggerKind::Bracket) continue;
      ++brackets;
      (t.whole() ? whole : partial) = true;
      if (!t.whole()) covered += t.rest();
    }
  }
  if (draft.whole()) return partial ? TriggerRefusal::Covered : TriggerRefusal::None;
  if (whole) return TriggerRefusal::Covered;
  if (brackets >= kMostBrackets) return TriggerRefusal::TooMany;
  if (!draft.anchored && covered + draft.count > size_of(position_of(state, draft))) return TriggerRefusal::DoesNotFit;
  return TriggerRefusal::None;
}

// The order must be the account's and for this very position. One that is over protects what it filled, if it filled anything.
TriggerRefusal ExitTriggers::anchor_to(const State& state, ExitTrigger& draft, std::string_view order_id) const {
  const auto no = uuid_number(state.emitter.seed(), IdKind::Order, order_id);
  const OrderIx ix = no ? state.orders.find(*no) : kNil;
  if (ix == kNil || state.orders[ix].account != draft.account) return TriggerRefusal::AnchorUnavailable;
  const Order& order = state.orders[ix];
  const bool here =
      order.market == draft.market && order.subaccount == draft.subaccount && (draft.customer == 0 || order.customer == draft.customer);
  if (!here) return TriggerRefusal::AnchorElsewhere;
  draft.anchored = true;
  draft.anchor = order.open ? order.no : 0;
  draft.direction = order.side == Side::Buy ? 1 : -1;
  draft.count = order.cum;
  draft.status = order.cum > 0 ? TriggerStatus::Active : TriggerStatus::PendingOnEntry;
  const bool nothing_left = !order.open && (order.cum == 0 || draft.seen * draft.direction <= 0);
  return nothing_left ? TriggerRefusal::AnchorUnavailable : TriggerRefusal::None;
}

// What a write without size replaces: the whole-position bracket, or the trailing stop.
ExitTrigger* ExitTriggers::same_place(const ExitTrigger& draft) {
  const auto it = by_position_.find(place_of(draft));
  if (!draft.whole() || it == by_position_.end()) return nullptr;
  for (const TriggerNo no : it->second) {
    ExitTrigger& t = all_.at(no);
    if (t.customer == draft.customer && t.kind == draft.kind && t.whole()) return &t;
  }
  return nullptr;
}

void ExitTriggers::replace(ExitTrigger& old, const ExitTrigger& with, Timestamp now) {
  old.stop_loss = with.stop_loss;
  old.take_profit = with.take_profit;
  old.trail = with.trail;
  old.bps = with.bps;
  old.watermark = with.watermark;
  old.firing = false;
  old.misses = 0;
  old.updated = now;
}

ExitTrigger* ExitTriggers::find_live(const State& state, AccountId account, std::uint32_t customer, const PositionName& position,
                                     std::string_view id) {
  const auto no = uuid_number(state.emitter.seed(), IdKind::ExitTrigger, id);
  const auto it = no ? all_.find(*no) : all_.end();
  if (it == all_.end() || !it->second.live()) return nullptr;
  ExitTrigger& t = it->second;
  const bool here = t.account == account && t.market == position.market && t.subaccount == position.subaccount &&
                    (customer == 0 || t.customer == customer);
  return here ? &t : nullptr;
}

TriggerOutcome ExitTriggers::update(State& state, AccountId account, std::uint32_t customer, const UpdateExitTrigger& r) {
  ExitTrigger* t = find_live(state, account, customer, r.position, r.trigger_id);
  if (t == nullptr) return {TriggerRefusal::NotFound, {}};
  if (t->kind != TriggerKind::Bracket) return {TriggerRefusal::NotABracket, {}};
  if (!good_price(r.stop_loss) || !good_price(r.take_profit)) return {TriggerRefusal::BadPrice, {}};
  t->stop_loss = ticks_of(r.stop_loss);
  t->take_profit = ticks_of(r.take_profit);
  t->firing = false;
  t->misses = 0;
  t->updated = state.clock;
  return {TriggerRefusal::None, view(state, *t)};
}

TriggerRefusal ExitTriggers::cancel(State& state, AccountId account, std::uint32_t customer, const PositionName& position,
                                    std::string_view id) {
  ExitTrigger* t = find_live(state, account, customer, position, id);
  if (t == nullptr) return TriggerRefusal::NotFound;
  if (t->kind != TriggerKind::Bracket) return TriggerRefusal::NotABracket;
  end(*t, TriggerStatus::Canceled, TriggerEnd::UserCanceled, state.clock);
  return TriggerRefusal::None;
}

std::size_t ExitTriggers::cancel_all(State& state, AccountId account, std::uint32_t customer, const PositionName& position,
                                     std::optional<TriggerKind> kind) {
  const auto it = by_position_.find({account, position.subaccount, position.market});
  if (it == by_position_.end()) return 0;
  std::size_t canceled = 0;
  const std::vector<TriggerNo> there = it->second;
  for (const TriggerNo no : there) {
    ExitTrigger& t = all_.at(no);
    if ((customer != 0 && t.customer != customer) || (kind && t.kind != *kind)) continue;
    end(t, TriggerStatus::Canceled, TriggerEnd::UserCanceled, state.clock);
    ++canceled;
  }
  return canceled;
}

// ---- index ------------------------------------------------------------------------------------------------------------------

void ExitTriggers::add(ExitTrigger trigger) {
  const TriggerNo no = trigger.no;
  if (trigger.live()) {
    by_position_[place_of(trigger)].push_back(no);
    if (trigger.anchor != 0) by_anchor_[trigger.anchor].push_back(no);
    ++live_count_;
  }
  if (!trigger.client_id.empty()) keys_[{trigger.account, trigger.client_id}] = no;
  all_[no] = std::move(trigger);
}

void ExitTriggers::rebuild() {
  by_position_.clear();
  by_anchor_.clear();
  live_count_ = 0;
  for (const auto& [no, t] : all_) {
    if (!t.live()) continue;
    by_position_[place_of(t)].push_back(no);
    if (t.anchor != 0) by_anchor_[t.anchor].push_back(no);
    ++live_count_;
  }
}

void ExitTriggers::end(ExitTrigger& t, TriggerStatus status, TriggerEnd why, Timestamp now) {
  const auto drop = [&t](auto& index, const auto& key) {
    const auto it = index.find(key);
    if (it == index.end()) return;
    std::erase(it->second, t.no);
    if (it->second.empty()) index.erase(it);
  };
  drop(by_position_, place_of(t));
  if (t.anchor != 0) drop(by_anchor_, t.anchor);
  --live_count_;
  t.status = status;
  t.end = why;
  t.firing = false;
  t.anchor = 0;
  t.updated = now;
  if (t.client_id.empty()) over_.push_back(t.no);
  if (firing_ == 0) forget();
}

void ExitTriggers::forget() {
  while (over_.size() > kMostOver) {
    all_.erase(over_.front());
    over_.pop_front();
  }
}

// ---- views ------------------------------------------------------------------------------------------------------------------

Qty ExitTriggers::position_of(const State& state, const ExitTrigger& t) const {
  return position_share(state, t.account, t.subaccount, t.customer, t.market);
}

ExitTriggerView ExitTriggers::view(const State& state, const ExitTrigger& t) const {
  const std::uint64_t seed = state.emitter.seed();
  ExitTriggerView v;
  v.id = make_uuid(seed, IdKind::ExitTrigger, t.no);
  v.market = t.market;
  v.subaccount = t.subaccount;
  v.kind = t.kind;
  v.status = t.status;
  v.end = t.end;
  v.leg = t.leg;
  if (t.fired != 0) v.fired_order = make_uuid(seed, IdKind::Order, t.fired);
  if (t.anchor != 0) v.anchor_order = make_uuid(seed, IdKind::Order, t.anchor);
  v.client_trigger_id = t.client_id;
  v.stop_loss = price_of(t.stop_loss);
  v.take_profit = price_of(t.take_profit);
  v.trail_amount = price_of(t.trail);
  if (t.bps != 0) v.trail_bps = t.bps;
  if (t.kind == TriggerKind::Trailing) {
    v.watermark = to_price(t.watermark);
    v.effective_stop_price = to_dollars(trailing_stop(t));
  }
  v.count = to_count(t.count);
  v.filled = to_count(t.filled);
  v.created = t.created;
  v.updated = t.updated;
  return v;
}

std::vector<ExitTriggerView> ExitTriggers::list(const State& state, AccountId account, std::uint32_t customer, const PositionName& position,
                                                std::optional<TriggerKind> kind) const {
  std::vector<ExitTriggerView> out;
  const auto it = by_position_.find({account, position.subaccount, position.market});
  if (it == by_position_.end()) return out;
  for (const TriggerNo no : it->second) {
    const ExitTrigger& t = all_.at(no);
    if ((customer == 0 || t.customer == customer) && (!kind || t.kind == *kind)) out.push_back(view(state, t));
  }
  return out;
}

std::optional<ExitTriggerView> ExitTriggers::find(const State& state, AccountId account, std::string_view id) const {
  const auto no = uuid_number(state.emitter.seed(), IdKind::ExitTrigger, id);
  const auto it = no ? all_.find(*no) : all_.end();
  if (it == all_.end() || it->second.account != account) return std::nullopt;
  return view(state, it->second);
}

void ExitTriggers::check(const State& state, std::vector<std::string>& findings) const {
  std::size_t live = 0;
  for (const auto& [no, t] : all_) {
    const auto complain = [&findings, no = no](const char* what) { findings.push_back(fmt::format("exit trigger {}: {}", no, what)); };
    if (t.filled < 0 || t.released < 0 || (!t.whole() && t.rest() < 0)) complain("closed more than its size");
    if (!t.live()) {
      if (t.anchor != 0 || t.firing) complain("ended, but still waits for something");
      continue;
    }
    ++live;
    const auto place = by_position_.find(place_of(t));
    if (place == by_position_.end() || std::ranges::count(place->second, no) != 1) complain("not found by its position");
    if (t.seen != position_of(state, t)) complain("missed a change of its position");
    if (!t.anchored && t.seen * t.direction <= 0) complain("outlived its position");
    if (t.anchor != 0) {
      const OrderIx ix = state.orders.find(t.anchor);
      if (ix == kNil || !state.orders[ix].open || state.orders[ix].cum != t.count) complain("out of step with its order");
    }
    if (t.status == TriggerStatus::PendingOnEntry && (t.anchor == 0 || t.rest() != 0)) complain("waits without a reason");
  }
  if (live != live_count_) findings.push_back("live exit triggers are miscounted");
}

}  // namespace marginfix::sim
