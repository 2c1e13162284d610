#include "services/reconcile/engine.hpp"

#include <boost/json.hpp>

#include "marginfix/core/error.hpp"
#include "services/reconcile/engine/read_ahead.hpp"
#include "services/reconcile/engine/state.hpp"
#include "services/reconcile/engine/sweep.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

namespace bj = boost::json;

bj::object object_of(std::string_view text) {
  boost::system::error_code error;
  const bj::value value = bj::parse(bj::string_view(text.data(), text.size()), error);
  return !error && value.is_object() ? value.get_object() : bj::object{};
}

std::string text_of(const bj::object& object, const char* name) {
  const bj::value* value = object.if_contains(name);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_bool()) return value->get_bool() ? "true" : "false";
  return bj::serialize(*value);
}

std::int64_t number_of(std::string_view text) noexcept { return time_of(text).value_or(Timestamp{}).time_since_epoch().count(); }

void begin(EngineState& state, const Record& record) {
  const bj::object told = object_of(record.body);
  if (const bj::value* rules = told.if_contains("rules"); rules != nullptr && rules->is_object()) {
    for (const auto& [name, value] : rules->get_object()) {
      if (value.is_string()) set_meta(state.storage, "rules." + std::string(name), std::string(value.get_string()));
    }
  }
  state.outbox.write();
  if (meta(state.storage, "rules.stream") == "on")
    name_ledger(state.storage, std::to_string(record.received.time_since_epoch().count()) + record.body);
  state.read_rules();
  state.coverage.restarted(state.now);
}

std::optional<SourceState> source_state_of(std::string_view name) noexcept {
  for (const SourceState s : {SourceState::off, SourceState::waiting, SourceState::up, SourceState::unknown}) {
    if (to_string(s) == name) return s;
  }
  return std::nullopt;
}

void source_state(EngineState& state, const Record& record) {
  const auto [name, why] = first_line(record.body);
  const auto to = source_state_of(name);
  if (to) state.coverage.source_state(record.account, record.source, *to, std::string(why), state.now);
}

void gap_opened(EngineState& state, const Record& record) {
  const auto [number, rest] = first_line(record.body);
  const auto [since, why] = first_line(rest);
  state.coverage.gap_opened(record.account, number_of(number), time_of(since), std::string(why), state.now);
}

void gap_closed(EngineState& state, const Record& record) {
  const auto [number, rest] = first_line(record.body);
  const auto [by, why] = first_line(rest);
  state.coverage.gap_closed(record.account, number_of(number), std::string(by), std::string(why), state.now);
}

void drop_copy_range(EngineState& state, const Record& record) {
  const bj::object told = object_of(record.body);
  Coverage::Range range;
  range.asked = time_of(text_of(told, "asked")).value_or(record.received);
  range.to_latest = text_of(told, "to_latest") != "false";
  range.complete = text_of(told, "counts_agree") == "true";
  if (const bj::value* after = told.if_contains("after"); after != nullptr && after->is_array()) {
    for (const bj::value& mark : after->get_array()) {
      if (mark.is_object()) range.after.emplace_back(text_of(mark.get_object(), "last_mkt"), text_of(mark.get_object(), "exec_id"));
    }
  }
  state.coverage.drop_copy_range(record.account, range, state.now);
}

void poll_end(EngineState& state, const Record& record) {
  const auto [what, outcome] = first_line(record.body);
  const bool ok = outcome == "ok";
  const Timestamp begun = state.coverage.running_since(record.account, record.source, std::string(what));
  state.coverage.poll_ended(record.account, record.source, std::string(what), ok);
  if (!ok || record.source != Source::rest || begun == Timestamp{}) return;
  if (what == "orders") state.book.rest_orders_read(record.account, begun);
  if (what == "positions") state.book.rest_positions_read(record.account, begun, state.coverage.exchange_now(), state.now);
}

void decision(EngineState& state, const Record& record) {
  const bj::object told = object_of(record.body);
  const std::string action = text_of(told, "action");
  const BreakState to = action == "explain" ? BreakState::explained : (action == "accept" ? BreakState::accepted : BreakState::resolved);
  state.breaks.decide({number_of(text_of(told, "break")), to, text_of(told, "user"), text_of(told, "reason")}, state.now);
}

void dispatch(EngineState& state, const Record& record, std::int64_t position) {
  switch (record.kind) {
    case RecordKind::begin:
      return begin(state, record);
    case RecordKind::fix:
      return read_fix(state, record, position);
    case RecordKind::rest:
      return read_rest(state, record, position);
    case RecordKind::poll_begin: {
      // What is told of a file of the firm's is as of when it was written, of everything else as of now.
      const auto [what, times] = first_line(record.body);
      const auto [min_ts, as_of] = first_line(times);
      return state.coverage.poll_begun(record.account, record.source, std::string(what), time_of(min_ts),
                                       time_of(as_of).value_or(state.now));
    }
    case RecordKind::poll_end:
      return poll_end(state, record);
    case RecordKind::ws:
      return read_ws(state, record, position);
    case RecordKind::klear:
      return read_klear(state, record, position);
    case RecordKind::firm_fix:
      return read_firm_fix(state, record, position);
    case RecordKind::firm_row:
      return read_firm_row(state, record, position);
    case RecordKind::source_state:
      return source_state(state, record);
    case RecordKind::gap_opened:
      return gap_opened(state, record);
    case RecordKind::gap_closed:
      return gap_closed(state, record);
    case RecordKind::drop_copy_range:
      return drop_copy_range(state, record);
    case RecordKind::resume_points:
      return set_meta(state.storage, "resume_points:" + record.account, record.body);
    case RecordKind::sweep:
      return sweep(state, record.body == "full" ? SweepReach::everything : SweepReach::unsettled);
    case RecordKind::decision:
      return decision(state, record);
    case RecordKind::day_cut:
      return state.book.day_cut(date_of_number(number_of(record.body)));
  }
  state.undecodable(record, position, "a record of a kind that this version does not know", false);
}

}  // namespace

struct Engine::Impl {
  Impl(Storage& storage, AuditSink& audit) : state(storage, audit) {}
  EngineState state;
};

Engine::Engine(Storage& storage, AuditSink& audit) : impl_(std::make_unique<Impl>(storage, audit)) {}
Engine::~Engine() = default;

void Engine::apply(const Record& record, std::int64_t position) {
  EngineState& state = impl_->state;
  state.now = record.received;
  state.outbox.begin_record(state.now);
  try {
    dispatch(state, record, position);
  } catch (const Exception& e) {
    // A record that is in the journal comes again at each start: what it holds may never end a service. An amount beyond every account
    // does.
    if (e.error().category == ErrorCategory::store) throw;
    state.undecodable(record, position, "it cannot be booked: " + e.error().message);
  }
  state.tell_changes();
}

void Engine::read_ahead(const std::vector<Record>& batch) { reconcile::read_ahead(impl_->state.storage, batch); }

void Engine::finish_batch() {
  impl_->state.book.write();
  impl_->state.coverage.write();
  impl_->state.outbox.write();
}

void Engine::forget_batch() {
  impl_->state.book.forget_batch();
  impl_->state.coverage.forget_batch();
  impl_->state.breaks.forget_batch();
  impl_->state.read_rules();
}

}  // namespace marginfix::reconcile
