#include "services/reconcile/engine/state.hpp"

#include <charconv>

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

EngineState::EngineState(Storage& storage_of_it, AuditSink& audit)
    : storage(storage_of_it),
      outbox(storage_of_it),
      breaks(storage_of_it, audit, outbox),
      coverage(storage_of_it),
      book(storage_of_it, outbox, [this](const Difference& d) { breaks.observe(d, now, coverage.exchange_now(), rules); }),
      has_sent(number(storage_of_it, "SELECT COUNT(*) FROM (SELECT 1 FROM sent LIMIT 1) AS one") > 0) {
  book.set_listened([this](const std::string& account, std::optional<Timestamp> time) { return coverage.listened_at(account, time); });
  book.set_has_open([this](const std::string& account, const std::string& subject) { return breaks.has_open(account, subject); });
  book.set_has_firm([this](const std::string& account) { return coverage.state(account, Source::firm) != SourceState::off; });
  read_rules();
}

void EngineState::read_rules() {
  const auto set = [&](const char* name, std::int64_t& value) {
    if (meta(storage, name)) value = meta_number(storage, name);
  };
  rules = Rules{};
  set("rules.grace_us", rules.grace_us);
  set("rules.fee_tolerance", rules.fee_tolerance);
  set("rules.funding_tolerance", rules.funding_tolerance);
  set("rules.cash_tolerance", rules.cash_tolerance);
  set("rules.late_after_us", rules.late_after_us);
  book.set_rules(rules);
  outbox.read();
  book.watch(outbox.on());
}

void EngineState::tell_changes() {
  if (outbox.on()) book.tell_changes();
}

void EngineState::undecodable(const Record& record, std::int64_t position, const std::string& reason, bool is_break) {
  UndecodableRow row{position, record.account, record.source, record.received, reason, {record.body}};
  put(storage, row);
  if (!is_break) return;
  Difference d;
  d.category = BreakCategory::undecodable;
  d.account = record.account;
  d.subject = "journal " + std::to_string(position);
  d.here_source = to_string(record.source);
  d.here_value = std::to_string(record.body.size()) + " bytes";
  d.explanation = reason + " (the bytes are kept: journal position " + std::to_string(position) + ")";
  d.at_once = true;
  breaks.observe(d, now, coverage.exchange_now(), rules);
}

bool has_open_gap(EngineState& state, const std::string& account) {
  return number(state.storage, "SELECT COUNT(*) FROM gaps WHERE account = $1 AND closed IS NULL", account) > 0;
}

std::pair<std::string_view, std::string_view> first_line(std::string_view text) noexcept {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {text, {}};
  return {text.substr(0, end), text.substr(end + 1)};
}

std::optional<Timestamp> time_of(std::string_view micros) noexcept {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(micros.data(), micros.data() + micros.size(), value);
  if (micros.empty() || error != std::errc() || end != micros.data() + micros.size()) return std::nullopt;
  return Timestamp(std::chrono::microseconds(value));
}

}  // namespace marginfix::reconcile
