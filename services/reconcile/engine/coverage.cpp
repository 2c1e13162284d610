#include "services/reconcile/engine/coverage.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

// A list of REST may be a moment behind the engine, a FIX report a moment on its way.
constexpr auto kSettle = std::chrono::seconds(3);
// How far the clocks of the exchange's doors and of its engine may be apart.
constexpr auto kExchangeClocks = std::chrono::seconds(1);
// Ended spans that are held against fills; older ones are in the ledger for people.
constexpr std::size_t kSpansInMemory = 256;

const std::string kFills = "fills";
// How long a firm may take to book a fill, and its clock may be off.
constexpr auto kFirmBooks = std::chrono::seconds(60);
constexpr std::string_view kAllOfFirm = "all ";  // a file of the firm's that holds every fill; "day ": every one of its clearing days

// Where what has not ended is kept: lines of fields, each field ended by a character that no name holds.
constexpr std::string_view kUnfinished = "coverage.unfinished";
constexpr char kFieldEnd = '\x1f';

void add_field(std::string& out, std::string_view text) {
  out += text;
  out += kFieldEnd;
}
void add_field(std::string& out, Timestamp time) { add_field(out, std::to_string(time.time_since_epoch().count())); }
void add_field(std::string& out, const std::optional<Timestamp>& time) {
  if (time) {
    add_field(out, *time);
  } else {
    add_field(out, std::string_view());
  }
}

std::string_view take_field(std::string_view& text) {
  const std::size_t end = text.find(kFieldEnd);
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return field;
}
std::optional<Timestamp> take_time(std::string_view& text) {
  const std::string_view field = take_field(text);
  std::int64_t micros = 0;
  if (field.empty()) return std::nullopt;
  std::from_chars(field.data(), field.data() + field.size(), micros);
  return Timestamp(std::chrono::microseconds(micros));
}

bool is_sequenced(const std::string& exec_id) { return !exec_id.empty() && ExecId(exec_id).is_sequenced(); }

}  // namespace

Coverage::Coverage(Storage& storage) : storage_(storage) { load(); }

void Coverage::load() {
  sources_.clear();
  exchange_now_ = Timestamp(std::chrono::microseconds(meta_number(storage_, "exchange_now")));
  each<SourceRow>(storage_, "ORDER BY account, source", [&](SourceRow& row) {
    PerSource& s = sources_[{row.account, row.source}];
    s.row = row;
  });
  each<SpanRow>(storage_, "ORDER BY account, source, number", [&](SpanRow& row) {
    std::vector<Span>& spans = sources_[{row.account, row.source}].spans;
    if (spans.size() == kSpansInMemory) spans.erase(spans.begin());
    spans.push_back({row, {}, false});
  });
  each<SpanMarketRow>(storage_, "ORDER BY account, source, number", [&](SpanMarketRow& row) {
    for (Span& span : sources_[{row.account, row.source}].spans) {
      if (span.row.number == row.number) span.markets[row.last_mkt] = {ExecId(row.first_exec_id), ExecId(row.last_exec_id)};
    }
  });
  each<PollRow>(storage_, "ORDER BY account, source, what", [&](PollRow& row) {
    of(row.account, row.source).polls[row.what] = {{}, row.last_whole, row.whole_before, {}, {}, row.min_ts, false};
  });
  saved_unfinished_ = meta(storage_, kUnfinished).value_or("");
  load_unfinished(saved_unfinished_);
}

std::string Coverage::unfinished() const {
  std::string text;
  const auto begin = [&](const char* what, const Key& key) {
    add_field(text, what);
    add_field(text, key.first);
    add_field(text, to_string(key.second));
  };
  for (const auto& [key, s] : sources_) {
    for (const auto& [what, poll] : s.polls) {
      if (!poll.is_running) continue;
      begin("poll", key);
      add_field(text, what), add_field(text, poll.running), add_field(text, poll.running_min), add_field(text, poll.running_max);
    }
    if (s.told.markets.empty()) continue;
    begin("told", key);
    add_field(text, s.told.row.covers_from), add_field(text, s.told.row.covers_to);
    for (const auto& [last_mkt, market] : s.told.markets) {
      begin("market", key);
      add_field(text, last_mkt), add_field(text, market.first.text()), add_field(text, market.last.text());
    }
  }
  return text;
}

void Coverage::load_unfinished(std::string_view text) {
  while (!text.empty()) {
    const std::string_view what = take_field(text);
    const std::string account(take_field(text));
    PerSource& s = of(account, source_of(take_field(text)).value_or(Source::listener));
    if (what == "poll") {
      Poll& poll = s.polls[std::string(take_field(text))];
      poll.is_running = true;
      poll.running = take_time(text).value_or(Timestamp{});
      poll.running_min = take_time(text);
      poll.running_max = take_time(text);
    } else if (what == "told") {
      s.told.row.covers_from = take_time(text);
      s.told.row.covers_to = take_time(text);
    } else {
      Market& market = s.told.markets[std::string(take_field(text))];
      market.first = ExecId(std::string(take_field(text)));
      market.last = ExecId(std::string(take_field(text)));
    }
  }
}

void Coverage::forget_batch() { load(); }

Coverage::PerSource& Coverage::of(const std::string& account, Source source) {
  PerSource& s = sources_[{account, source}];
  if (s.row.account.empty()) {
    s.row.account = account;
    s.row.source = source;
    s.row.state = SourceState::waiting;
    s.changed = true;  // whoever is started anew knows of it, too
  }
  return s;
}

const Coverage::PerSource* Coverage::find(const std::string& account, Source source) const {
  const auto found = sources_.find({account, source});
  return found == sources_.end() ? nullptr : &found->second;
}

Coverage::Span* Coverage::current(PerSource& s) { return !s.spans.empty() && !s.spans.back().row.ended ? &s.spans.back() : nullptr; }

void Coverage::begin_span(PerSource& s, const std::string& account, Source source, Timestamp now) {
  Span span;
  span.row.account = account;
  span.row.source = source;
  span.row.number = s.spans.empty() ? 1 : s.spans.back().row.number + 1;
  span.row.began = now;
  if (source == Source::listener) span.row.heard_from = span.row.heard_to = std::exchange(s.row.logged_on, std::nullopt);
  span.changed = true;
  add_span(s, std::move(span));
}

// The oldest leaves as soon as there is one more, not when the batch is finished: nothing may depend on where a batch ends.
void Coverage::add_span(PerSource& s, Span span) {
  if (s.spans.size() == kSpansInMemory) {
    write_span(s.spans.front());
    s.spans.erase(s.spans.begin());
  }
  s.spans.push_back(std::move(span));
}

void Coverage::end_span(PerSource& s, const std::string& why, Timestamp now) {
  Span* span = current(s);
  if (span == nullptr) return;
  span->row.ended = now;
  span->row.why = why;
  span->changed = true;
}

// Reports of a LastMkt come in the order in which they were made, so that only the first one of each says where a span begins: what a later
// one says of an earlier time is wrong.
void Coverage::extend(Span& span, const std::string& last_mkt, const std::string& exec_id, std::optional<Timestamp> time) {
  if (time) {
    const bool of_another_market = !span.markets.contains(last_mkt) && span.row.covers_from && *time < *span.row.covers_from;
    if (!span.row.covers_from || of_another_market) span.row.covers_from = time;
    if (!span.row.covers_to || *time > *span.row.covers_to) span.row.covers_to = time;
  }
  const ExecId id(exec_id);
  Market& market = span.markets[last_mkt];
  if (market.first.empty() || id < market.first) market.first = id;
  if (market.last.empty() || id > market.last) market.last = id;
  span.changed = true;
}

void Coverage::source_state(const std::string& account, Source source, SourceState state, const std::string& why, Timestamp now) {
  PerSource& s = of(account, source);
  if (s.row.state != state || s.row.why != why) {
    if (s.row.state != state) s.row.since = now;
    s.row.state = state;
    s.row.why = why;
    s.changed = true;
  }
  if (source != Source::listener && source != Source::websocket) return;
  if (state == SourceState::up && current(s) == nullptr) begin_span(s, account, source, now);
  if (state != SourceState::up) end_span(s, why, now);
}

void Coverage::heard(const std::string& account, Source source, Timestamp now) {
  PerSource& s = of(account, source);
  s.row.last_message = now;
  ++s.row.messages;
  s.changed = true;
}

void Coverage::heard_at(const std::string& account, Timestamp sending_time, bool is_logon) {
  exchange_time(sending_time);
  PerSource& s = of(account, Source::listener);
  if (is_logon) {
    s.row.logged_on = sending_time;
    s.changed = true;
    return;
  }
  Span* span = current(s);
  if (span == nullptr) return;
  if (!span->row.heard_from) span->row.heard_from = sending_time;
  if (!span->row.heard_to || *span->row.heard_to < sending_time) span->row.heard_to = sending_time;
  span->changed = true;
}

void Coverage::report(const std::string& account, Source source, const std::string& last_mkt, const std::string& exec_id,
                      std::optional<Timestamp> transact_time, Timestamp) {
  if (transact_time) exchange_time(*transact_time);
  PerSource& s = of(account, source);
  if (source == Source::drop_copy) {
    extend(s.told, last_mkt, exec_id, transact_time);
  } else if (Span* span = current(s)) {
    extend(*span, last_mkt, exec_id, transact_time);
  }
}

void Coverage::drop_copy_range(const std::string& account, const Range& range, Timestamp now) {
  PerSource& s = of(account, Source::drop_copy);
  Span told = std::exchange(s.told, {});
  if (!range.complete) return;
  for (const auto& [last_mkt, exec_id] : range.after) {
    // What is asked for lies behind this one: the range begins here, though the report itself is not in it.
    const auto known = reconcile::find<ReportRow>(storage_, account, last_mkt, exec_id);
    if (!is_sequenced(exec_id)) continue;
    extend(told, last_mkt, exec_id, std::nullopt);
    if (!known || !known->transact_time) continue;
    told.row.covers_from = std::min(told.row.covers_from.value_or(*known->transact_time), *known->transact_time);
    told.row.covers_to = std::max(told.row.covers_to.value_or(*known->transact_time), *known->transact_time);
  }
  told.row.account = account;
  told.row.source = Source::drop_copy;
  told.row.number = s.spans.empty() ? 1 : s.spans.back().row.number + 1;
  told.row.began = range.asked;
  told.row.ended = now;
  told.row.why = range.to_latest ? "to the latest" : "a range with an end";
  told.changed = true;
  if (told.row.covers_from) unsettle(account, Source::drop_copy, *told.row.covers_from, *told.row.covers_to);
  add_span(s, std::move(told));
}

// Fills within a stretch that a source has now told as a whole, and not them: they were settled before it was asked.
void Coverage::unsettle(const std::string& account, Source source, Timestamp from, Timestamp to) {
  StatementGuard s(storage_.statement(
      "UPDATE fills SET settled = 0 WHERE account = $1 AND settled = 1 AND (sources & $2) = 0 AND transact_time BETWEEN $3 AND $4"));
  s->bind(0, std::string_view(account));
  s->bind(1, static_cast<std::int64_t>(bit(source)));
  s->bind(2, static_cast<std::int64_t>(from.time_since_epoch().count()));
  s->bind(3, static_cast<std::int64_t>(to.time_since_epoch().count()));
  s->step();
}

void Coverage::gap_opened(const std::string& account, std::int64_t number, std::optional<Timestamp> since, const std::string& why,
                          Timestamp now) {
  PerSource& s = of(account, Source::listener);
  // Told when the listener is back, where the process that lost it was killed: it began when that one heard nothing any more.
  const bool away = current(s) == nullptr && !s.spans.empty();
  GapRow row{account, number, away ? std::min(*s.spans.back().row.ended, now) : now, since, std::nullopt, {}, why};
  put(storage_, row);
  // A listener that is there all the same has lost something: what it covers begins anew.
  if (current(s) != nullptr) {
    end_span(s, why, now);
    if (s.row.state == SourceState::up) begin_span(s, account, Source::listener, now);
  }
}

void Coverage::gap_closed(const std::string& account, std::int64_t number, const std::string& by, const std::string& why, Timestamp now) {
  auto row = reconcile::find<GapRow>(storage_, account, number);
  if (!row) row = GapRow{account, number, now, std::nullopt, std::nullopt, {}, {}};
  row->closed = now;
  row->closed_by = by;
  if (!why.empty()) row->why += (row->why.empty() ? "" : "; ") + why;
  put(storage_, *row);
}

void Coverage::poll_begun(const std::string& account, Source source, const std::string& what, std::optional<Timestamp> min_ts,
                          Timestamp now) {
  Poll& poll = of(account, source).polls[what];
  poll.is_running = true;
  poll.running = now;
  poll.running_min = min_ts;
  poll.running_max.reset();
}

void Coverage::poll_reaches_to(const std::string& account, Source source, const std::string& what, Timestamp max_ts) {
  of(account, source).polls[what].running_max = max_ts;
}

void Coverage::poll_ended(const std::string& account, Source source, const std::string& what, bool ok) {
  Poll& poll = of(account, source).polls[what];
  if (poll.is_running && ok && poll.running_max.value_or(exchange_now_) >= exchange_now_) {
    poll.whole_before = poll.last_whole;
    poll.last_whole = poll.running;
    // Lists that follow each other without a hole reach back as far as the first of them.
    if (!poll.min_ts || !poll.running_min) {
      poll.min_ts = poll.whole_before == Timestamp{} ? poll.running_min : std::nullopt;
    } else {
      poll.min_ts = std::min(*poll.min_ts, *poll.running_min);
    }
    PollRow row{account, source, what, poll.last_whole, poll.whole_before, poll.min_ts};
    put(storage_, row);
    if (source == Source::firm) unsettle(account, Source::firm, poll.whole_before - 2 * kFirmBooks, poll.last_whole);
  }
  poll.is_running = false;
}

void Coverage::firm_reaches(const std::string& account, Timestamp time, Timestamp now) {
  PerSource& s = of(account, Source::firm);
  if (current(s) == nullptr) begin_span(s, account, Source::firm, now);
  SpanRow& row = current(s)->row;
  if (!row.covers_from || time < *row.covers_from) row.covers_from = time;
  if (!row.covers_to || time > *row.covers_to) row.covers_to = time;
  current(s)->changed = true;
  source_state(account, Source::firm, SourceState::up, {}, now);
}

// An orderly end has told of itself. A process that was killed was there as long as anything was heard.
void Coverage::restarted(Timestamp now) {
  std::map<std::string, Timestamp> alive;
  for (const auto& [key, s] : sources_) alive[key.first] = std::max(alive[key.first], s.row.last_message.value_or(Timestamp{}));
  for (auto& [key, s] : sources_) {
    const Span* span = current(s);
    if (key.second != Source::firm && span != nullptr)
      end_span(s, "the service ended", std::clamp(alive[key.first], span->row.began, std::max(span->row.began, now)));
    s.told = {};
    for (auto& [what, poll] : s.polls) poll.is_running = false;
    if (s.row.state != SourceState::off) {
      s.row.state = SourceState::waiting;
      s.row.why.clear();
      s.row.since = now;
      s.changed = true;
    }
  }
}

Timestamp Coverage::last_whole(const std::string& account, Source source, const std::string& what) const {
  const PerSource* s = find(account, source);
  if (s == nullptr) return {};
  const auto poll = s->polls.find(what);
  return poll == s->polls.end() ? Timestamp{} : poll->second.last_whole;
}

Timestamp Coverage::whole_before(const std::string& account, Source source, const std::string& what) const {
  const PerSource* s = find(account, source);
  if (s == nullptr) return {};
  const auto poll = s->polls.find(what);
  if (poll == s->polls.end()) return {};
  return poll->second.is_running ? poll->second.last_whole : poll->second.whole_before;
}

Timestamp Coverage::running_since(const std::string& account, Source source, const std::string& what) const {
  const PerSource* s = find(account, source);
  if (s == nullptr) return {};
  const auto poll = s->polls.find(what);
  return poll == s->polls.end() || !poll->second.is_running ? Timestamp{} : poll->second.running;
}

bool Coverage::reaches(const std::string& account, Source source, const std::string& what, Timestamp time) const {
  const PerSource* s = find(account, source);
  if (s == nullptr) return false;
  const auto poll = s->polls.find(what);
  return poll != s->polls.end() && poll->second.last_whole != Timestamp{} && (!poll->second.min_ts || *poll->second.min_ts <= time);
}

SourceState Coverage::state(const std::string& account, Source source) const {
  const PerSource* s = find(account, source);
  return s == nullptr ? SourceState::off : s->row.state;
}

void Coverage::exchange_time(Timestamp time) noexcept { exchange_now_ = std::max(exchange_now_, time); }

bool Coverage::listened_at(const std::string& account, std::optional<Timestamp> time) const {
  const PerSource* s = find(account, Source::listener);
  if (s == nullptr || !time) return false;
  return std::any_of(s->spans.begin(), s->spans.end(), [&](const Span& span) {
    const SpanRow& row = span.row;
    if (row.heard_from && *row.heard_from <= *time && *time <= *row.heard_to) return true;
    return row.covers_from && *row.covers_from <= *time && (!row.ended || *time <= *row.covers_to);
  });
}

bool Coverage::may_still_be_told(const std::string& account, std::optional<Timestamp> time) const {
  const PerSource* s = find(account, Source::listener);
  if (s == nullptr || !time || s->spans.empty()) return false;
  const SpanRow& row = s->spans.back().row;
  return !row.ended && row.heard_from && *row.heard_from <= *time && *row.heard_to < *time + kSettle;
}

// A FIX feed must have a fill that lies between two reports of one span, or that came to be while it was there.
std::string Coverage::must_fix(const PerSource& s, const SourceFillRow& told, Timestamp now) const {
  const std::optional<Timestamp>& time = told.transact_time;
  for (auto span = s.spans.rbegin(); span != s.spans.rend(); ++span) {
    const SpanRow& row = span->row;
    if (time && row.heard_from && *row.heard_from + kExchangeClocks < *time && *time + kSettle <= *row.heard_to)
      return "it was made while the session was logged on, by the exchange's own clock";
    // Most spans are of another time.
    if (time && row.covers_from && *time < *row.covers_from) continue;
    if (time && row.covers_to && row.ended && *time > *row.covers_to && row.source != Source::drop_copy) continue;
    const ExecId id(told.exec_id);
    if (id.is_sequenced()) {
      const auto market = span->markets.find(told.last_mkt);
      if (market != span->markets.end() && market->second.first < id && id < market->second.last) {
        return "its ExecID lies between " + market->second.first.text() + " and " + market->second.last.text() +
               ", which were told without a break between them";
      }
    }
    if (time && row.covers_from && *row.covers_from < *time && *time < *row.covers_to) {
      return "reports from before and after it were told without a break between them";
    }
    if (row.source == Source::drop_copy) {
      // A range up to the latest has everything that somebody knew of before it was asked for.
      if (row.why == "to the latest" && told.first_seen + kSettle <= row.began && time && row.covers_from && *row.covers_from < *time) {
        return "the answered range reached from before it to the latest";
      }
    } else if (told.not_before != Timestamp{} && row.began + kSettle <= told.not_before &&
               (!row.ended || told.first_seen + kSettle <= *row.ended) && told.first_seen + kSettle <= now) {
      return "it came to be while the session was logged on";
    }
  }
  return {};
}

std::string Coverage::must_rest(const PerSource& s, Timestamp first_seen, const SourceFillRow& told) const {
  const auto found = s.polls.find(kFills);
  if (found == s.polls.end()) return {};
  const Poll& poll = found->second;
  if (poll.last_whole < first_seen + kSettle) return {};
  if (poll.min_ts && (!told.transact_time || *told.transact_time <= *poll.min_ts)) return {};
  return "a whole list that was asked for later does not have it";
}

std::string Coverage::must_firm(const PerSource& s, const SourceFillRow& told) const {
  if (!told.transact_time) return {};
  const SpanRow row = s.spans.empty() ? SpanRow{} : s.spans.back().row;
  if (row.covers_from && *row.covers_from <= *told.transact_time && *told.transact_time < *row.covers_to)
    return "the firm's record reaches from before it to behind it";
  for (const auto& [what, poll] : s.polls) {
    if (poll.last_whole < *told.transact_time + kFirmBooks) continue;
    if (what.starts_with(kAllOfFirm)) return "the firm's record is said to hold every fill, and was written later";
    if (clearing_business_date(*told.transact_time) >= clearing_business_date(row.covers_from.value_or(poll.last_whole)))
      return "the firm's record is said to hold every fill of its clearing days, and was written later";
  }
  return {};
}

Musts Coverage::musts(const Tellings& tellings, Timestamp now) const {
  Musts musts;
  const SourceFillRow* first = nullptr;
  for (const SourceFillRow* told : tellings) {
    if (told != nullptr && (first == nullptr || told->first_seen < first->first_seen)) first = told;
  }
  if (first == nullptr) return musts;
  const auto missing = [&](Source source) -> const PerSource* {
    return tellings[static_cast<std::size_t>(source)] == nullptr ? find(first->account, source) : nullptr;
  };
  for (const Source source : {Source::listener, Source::drop_copy}) {
    const PerSource* s = missing(source);
    for (const SourceFillRow* told : tellings) {
      if (s == nullptr || told == nullptr || !musts[static_cast<std::size_t>(source)].empty()) continue;
      musts[static_cast<std::size_t>(source)] = must_fix(*s, *told, now);
    }
  }
  if (const PerSource* s = missing(Source::rest)) musts[static_cast<std::size_t>(Source::rest)] = must_rest(*s, first->first_seen, *first);
  if (const PerSource* s = missing(Source::firm)) musts[static_cast<std::size_t>(Source::firm)] = must_firm(*s, *first);
  return musts;
}

void Coverage::write_span(Span& span) {
  if (!std::exchange(span.changed, false)) return;
  put(storage_, span.row);
  for (auto& [last_mkt, market] : span.markets) {
    SpanMarketRow row{span.row.account, span.row.source, span.row.number, last_mkt, market.first.text(), market.last.text()};
    put(storage_, row);
  }
}

void Coverage::write() {
  for (auto& [key, s] : sources_) {
    if (std::exchange(s.changed, false)) put(storage_, s.row);
    for (Span& span : s.spans) write_span(span);
  }
  if (std::string text = unfinished(); text != saved_unfinished_) {
    if (text.empty()) {
      remove<MetaRow>(storage_, kUnfinished);
    } else {
      set_meta(storage_, kUnfinished, text);
    }
    saved_unfinished_ = std::move(text);
  }
  set_meta(storage_, "exchange_now", std::to_string(exchange_now_.time_since_epoch().count()));
}

}  // namespace marginfix::reconcile
