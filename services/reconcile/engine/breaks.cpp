#include "services/reconcile/engine/breaks.hpp"

#include <algorithm>

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

std::int64_t micros_between(Timestamp from, Timestamp to) noexcept { return (to - from).count(); }

// How long a difference has been: since this service saw it, or since the exchange made what differs, whichever is longer.
std::int64_t age_of(Timestamp first_seen, std::optional<Timestamp> event_time, Timestamp now, Timestamp exchange_now) noexcept {
  const std::int64_t seen = micros_between(first_seen, now);
  return event_time ? std::max(seen, micros_between(*event_time, std::max(now, exchange_now))) : seen;
}

std::string sides_in_words(const BreakRow& row) {
  const auto side = [](const std::string& source, const std::string& value) {
    return source.empty() && value.empty() ? std::string() : source + ": " + (value.empty() ? "nothing" : value);
  };
  std::string words = side(row.here_source, row.here_value);
  const std::string there = side(row.there_source, row.there_value);
  if (!words.empty() && !there.empty()) words += "; ";
  return words + there;
}

bool same_values(const BreakRow& row, const Difference& d) noexcept {
  return row.here_source == d.here_source && row.here_value == d.here_value && row.there_source == d.there_source &&
         row.there_value == d.there_value && row.explanation == d.explanation;
}

void take_values(BreakRow& row, const Difference& d) {
  row.exec_id = d.exec_id;
  row.trade_id = d.trade_id;
  row.order_id = d.order_id;
  row.cl_ord_id = d.cl_ord_id;
  row.symbol = d.symbol;
  row.subaccount = d.subaccount;
  row.here_source = d.here_source;
  row.here_value = d.here_value;
  row.there_source = d.there_source;
  row.there_value = d.there_value;
  row.explanation = d.explanation;
  row.notional = d.notional;
}

const char* event_of(BreakState to) noexcept {
  switch (to) {
    case BreakState::pending:
      return "pending";
    case BreakState::confirmed:
      return "confirmed";
    case BreakState::resolved:
      return "resolved";
    case BreakState::explained:
      return "explained";
    case BreakState::accepted:
      return "accepted";
  }
  return "?";
}

}  // namespace

BreakState next_state(BreakState state, bool seen, bool explained, std::int64_t age_us, const Rules& rules) noexcept {
  if (!is_open(state)) return state;
  if (!seen) return BreakState::resolved;
  if (explained) return BreakState::explained;
  return state == BreakState::confirmed || age_us >= rules.grace_us ? BreakState::confirmed : BreakState::pending;
}

Breaks::Breaks(Storage& storage, AuditSink& audit, Outbox& outbox) : storage_(storage), audit_(audit), outbox_(outbox) { load(); }

void Breaks::load() {
  known_.clear();
  each<BreakRow>(storage_, "WHERE state <> 2 OR closed_by <> '' ORDER BY id", [&](BreakRow& row) {
    known_[{row.account, row.subject, row.category}] = {row.id, 0};
  });
}

void Breaks::forget_batch() { load(); }

std::int64_t Breaks::next_id() {
  const std::int64_t id = meta_number(storage_, "last_break") + 1;
  set_meta(storage_, "last_break", std::to_string(id));
  return id;
}

void Breaks::observe(const Difference& d, Timestamp now, Timestamp exchange_now, const Rules& rules) {
  const Key key{d.account, d.subject, d.category};
  const auto found = known_.find(key);
  if (found == known_.end()) {
    BreakRow row;
    row.id = next_id();
    row.account = d.account;
    row.category = d.category;
    row.subject = d.subject;
    row.first_seen = row.changed = now;
    take_values(row, d);
    known_[key] = {row.id, sweep_};
    const std::int64_t age = d.at_once ? rules.grace_us : age_of(now, d.event_time, now, exchange_now);
    const BreakState to = next_state(BreakState::pending, true, d.explained, age, rules);
    if (to == BreakState::pending) {
      put(storage_, row);
    } else {
      set_state(row, to, now, {}, {});
    }
    return;
  }
  found->second.observed_in = sweep_;
  auto row = find<BreakRow>(storage_, found->second.id);
  if (!row) return;
  if (!is_open(row->state)) {
    if (same_values(*row, d)) return;
    // What the person closed was another difference: this one is new.
    known_.erase(found);
    observe(d, now, exchange_now, rules);
    return;
  }
  const BreakState to = next_state(row->state, true, d.explained, age_of(row->first_seen, d.event_time, now, exchange_now), rules);
  if (to == row->state && same_values(*row, d)) return;
  take_values(*row, d);
  row->changed = now;
  if (to == row->state) {
    put(storage_, *row);
    outbox_.broken(*row);
  } else {
    set_state(*row, to, now, {}, {});
  }
}

void Breaks::begin_sweep() { ++sweep_; }

bool Breaks::has_open(const std::string& account, const std::string& subject) const {
  if (known_.empty()) return false;
  const auto at = known_.lower_bound(Key{account, subject, BreakCategory{}});
  if (at == known_.end() || std::get<0>(at->first) != account) return false;
  return std::get<1>(at->first).starts_with(subject);
}

void Breaks::evaluated(const std::string& account, const std::string& subject, Timestamp now) {
  for (auto at = known_.lower_bound(Key{account, subject, BreakCategory{}}); at != known_.end();) {
    const auto& [of_account, of_subject, category] = at->first;
    if (of_account != account || !of_subject.starts_with(subject)) return;
    // The subject itself, or one side of it ("fill A B rest"), not "fill A BC".
    const bool about_it = of_subject.size() == subject.size() || of_subject[subject.size()] == ' ';
    if (!about_it || at->second.observed_in == sweep_) {
      ++at;
      continue;
    }
    auto row = find<BreakRow>(storage_, at->second.id);
    if (row && is_open(row->state)) {
      if (row->state == BreakState::pending) {
        remove<BreakRow>(storage_, row->id);  // the two agreed within the grace: it was none
      } else {
        set_state(*row, BreakState::resolved, now, {}, {});
      }
      at = known_.erase(at);
    } else {
      ++at;
    }
  }
}

void Breaks::forget_pending(const std::string& account, const std::string& subject) {
  for (auto at = known_.lower_bound(Key{account, subject, BreakCategory{}}); at != known_.end();) {
    if (std::get<0>(at->first) != account || std::get<1>(at->first) != subject) return;
    const auto row = find<BreakRow>(storage_, at->second.id);
    if (row && row->state == BreakState::pending) {
      remove<BreakRow>(storage_, row->id);
      at = known_.erase(at);
    } else {
      ++at;
    }
  }
}

void Breaks::grow_older(Timestamp now, const Rules& rules) {
  for (BreakRow& row : all<BreakRow>(storage_, "WHERE state = 0 ORDER BY id")) {
    if (next_state(row.state, true, false, micros_between(row.first_seen, now), rules) == BreakState::confirmed) {
      set_state(row, BreakState::confirmed, now, {}, {});
    }
  }
}

bool Breaks::decide(const Decision& decision, Timestamp now) {
  auto row = find<BreakRow>(storage_, decision.break_id);
  if (!row || !is_open(row->state)) return false;
  set_state(*row, decision.to, now, decision.user, decision.reason);
  return true;
}

void Breaks::set_state(BreakRow& row, BreakState to, Timestamp now, const std::string& by, const std::string& reason) {
  row.state = to;
  row.changed = now;
  if (to == BreakState::confirmed) row.confirmed = now;
  if (!is_open(to)) {
    row.closed = now;
    row.closed_by = by;
    row.reason = reason;
  }
  put(storage_, row);
  outbox_.broken(row);
  audit_.append({now, row.id, row.account, std::string(to_string(row.category)), event_of(to), by, reason, sides_in_words(row)});
}

}  // namespace marginfix::reconcile
