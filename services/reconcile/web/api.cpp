#include "services/reconcile/web/api.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <limits>
#include <map>
#include <set>

#include "marginfix/core/text.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/iso_date.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/coverage.hpp"

namespace marginfix::reconcile {

using services::http_error;
using services::HttpReply;
using services::HttpRequest;

namespace {

using json::Writer;

constexpr std::string_view kBreaks = "/api/breaks/";
constexpr std::int64_t kDefaultRows = 100, kMostRows = 1000;
constexpr std::size_t kUserBytes = 100, kReasonBytes = 2000;

// ---- writing ------------------------------------------------------------------------------------------------------------

void time_member(Writer& out, std::string_view name, Timestamp time) {
  out.key(name);
  time == Timestamp{} ? out.null() : out.string(to_rfc3339(time));
}
void time_member(Writer& out, std::string_view name, const std::optional<Timestamp>& time) {
  time_member(out, name, time.value_or(Timestamp{}));
}
template <class Tag>
void member(Writer& out, std::string_view name, const std::optional<FixedDecimal<Tag>>& value) {
  out.key(name);
  value ? out.string(value->to_string()) : out.null();
}
template <class Sum>
void sum_member(Writer& out, std::string_view name, const Sum& sum) {
  out.key(name).string(sum.to_string());
}
void id_member(Writer& out, std::string_view name, std::int64_t value) { out.key(name).string(std::to_string(value)); }

std::string_view side_word(std::string_view side) { return side == "1" ? "buy" : side == "2" ? "sell" : side; }

// ---- parameters ---------------------------------------------------------------------------------------------------------

struct BadParameter {
  std::string message;
};

std::int64_t number_parameter(const HttpRequest& request, std::string_view name, std::int64_t fallback) {
  const std::string text = request.parameter(name);
  if (text.empty()) return fallback;
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || value < 0) {
    throw BadParameter{std::string(name) + " is a whole number, not '" + visible(text) + "'"};
  }
  return value;
}

std::int64_t limit_parameter(const HttpRequest& request) {
  return std::clamp<std::int64_t>(number_parameter(request, "limit", kDefaultRows), 1, kMostRows);
}

// The exchange's clock where it is ahead of ours: clearing days are its own.
Timestamp exchange_time(const ApiContext& context) {
  return std::max(context.now, Timestamp(std::chrono::microseconds(meta_number(context.storage, "exchange_now"))));
}

Date date_parameter(const HttpRequest& request, Timestamp now) {
  std::string text = request.parameter("date");
  if (text.empty()) return clearing_business_date(now);
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') text = text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
  const auto date = parse_fix_date(text);
  if (!date) throw BadParameter{"date is yyyy-mm-dd, not '" + visible(request.parameter("date")) + "'"};
  return *date;
}

std::vector<BreakState> states_of(const std::string& word) {
  if (word.empty() || word == "all") {
    return {BreakState::pending, BreakState::confirmed, BreakState::resolved, BreakState::explained, BreakState::accepted};
  }
  if (word == "open") return {BreakState::pending, BreakState::confirmed};
  if (const auto state = break_state_of(word)) return {*state};
  throw BadParameter{"state is open, all, pending, confirmed, resolved, explained or accepted"};
}

std::vector<BreakCategory> categories_of(const std::string& word) {
  std::vector<BreakCategory> all;
  if (word.empty()) {
    for (std::uint8_t i = 0; i < kBreakCategories; ++i) all.push_back(static_cast<BreakCategory>(i));
  } else if (const auto category = break_category_of(word)) {
    all.push_back(*category);
  } else {
    throw BadParameter{"category is none of those that there are"};
  }
  return all;
}

// ---- summary, sources ---------------------------------------------------------------------------------------------------

void write_sources(Writer& out, Storage& storage, Timestamp now) {
  out.key("sources").begin_array();
  each<SourceRow>(storage, "ORDER BY account, source", [&](const SourceRow& row) {
    out.begin_object().member("account", row.account).member("source", to_string(row.source)).member("state", to_string(row.state));
    time_member(out, "since", row.since);
    time_member(out, "last_message", row.last_message);
    out.key("age_seconds");
    const auto age = [&] { return std::chrono::floor<std::chrono::seconds>(now - *row.last_message).count(); };
    row.last_message ? out.integer(std::max<std::int64_t>(0, age())) : out.null();
    out.member("why", row.why).member("messages", row.messages).end_object();
  });
  out.end_array();
}

void write_break_counts(Writer& out, Storage& storage) {
  std::int64_t pending = 0, confirmed = 0;
  out.key("breaks").begin_object().key("by_category").begin_array();
  StatementGuard s(storage.statement("SELECT state, category, COUNT(*) FROM breaks WHERE state < 2 GROUP BY state, category"));
  while (s->step()) {
    const auto state = static_cast<BreakState>(s->integer(0));
    (state == BreakState::pending ? pending : confirmed) += s->integer(2);
    out.begin_object().member("state", to_string(state)).member("category", to_string(static_cast<BreakCategory>(s->integer(1))));
    out.member("count", s->integer(2)).end_object();
  }
  out.end_array().member("pending", pending).member("confirmed", confirmed).member("open", pending + confirmed).end_object();
}

void write_cash_row(Writer& out, const CashRow& row) {
  out.begin_object().member("account", row.account).member("source", to_string(row.source)).member("subaccount", row.subaccount);
  time_member(out, "time", row.seen);
  out.member("balance", row.balance);
  member(out, "available", row.available);
  member(out, "margin_used", row.margin_used);
  out.end_object();
}

// The newest row of each source, account and subaccount, one look-up each: the table grows with each change of a balance.
std::vector<CashRow> newest_cash(Storage& storage) {
  std::vector<CashRow> newest;
  CashRow last;
  const auto take = [&](const CashRow& row) { last = row; };
  bool more = false;
  const auto found = [&](const CashRow& row) {
    take(row);
    more = true;
  };
  each<CashRow>(storage, "ORDER BY source, account, subaccount, seen LIMIT 1", found);
  while (more) {
    const CashRow key = last;
    each<CashRow>(storage, "WHERE source = $1 AND account = $2 AND subaccount = $3 ORDER BY seen DESC LIMIT 1", take, key.source,
                  key.account, key.subaccount);
    newest.push_back(last);
    more = false;
    each<CashRow>(storage, "WHERE (source, account, subaccount) > ($1, $2, $3) ORDER BY source, account, subaccount, seen LIMIT 1", found,
                  key.source, key.account, key.subaccount);
  }
  return newest;
}

struct DayTotal {
  std::int64_t fills{0};
  DollarSum notional, fees, realized_pnl, funding;
  void add(const DayRow& row) {
    fills += row.fills;
    notional += row.notional, fees += row.fees, realized_pnl += row.realized_pnl, funding += row.funding;
  }
};

void write_total(Writer& out, const DayTotal& total) {
  out.member("fills", total.fills);
  sum_member(out, "notional", total.notional);
  sum_member(out, "fees", total.fees);
  sum_member(out, "realized_pnl", total.realized_pnl);
  sum_member(out, "funding", total.funding);
  DollarSum net = total.realized_pnl;
  net -= total.fees, net += total.funding;
  sum_member(out, "net_pnl", net);
}

void write_today(Writer& out, Storage& storage, Date date) {
  DayTotal total;
  for (const std::string& account : [&] {
         std::set<std::string> accounts;
         each<SourceRow>(storage, "ORDER BY account, source", [&](const SourceRow& row) { accounts.insert(row.account); });
         return accounts;
       }()) {
    each<DayRow>(
        storage, "WHERE account = $1 AND clearing_date = $2", [&](const DayRow& row) { total.add(row); }, account, date);
  }
  out.key("today").begin_object();
  write_total(out, total);
  out.end_object();
}

void summary(const ApiContext& context, Writer& out) {
  Storage& storage = context.storage;
  const Date date = clearing_business_date(exchange_time(context));
  id_member(out, "position", ledger_position(storage));
  time_member(out, "now", context.now);
  out.member("clearing_date", iso_date(date));
  time_member(out, "cut", day_range(date).to);
  id_member(out, "fills", number(storage, "SELECT MAX(number) FROM fills"));
  write_break_counts(out, storage);
  out.member("gaps_open", number(storage, "SELECT COUNT(*) FROM gaps WHERE closed IS NULL"));
  write_sources(out, storage, context.now);
  out.key("cash").begin_array();
  for (const CashRow& row : newest_cash(storage)) write_cash_row(out, row);
  out.end_array();
  write_today(out, storage, date);
}

// ---- coverage -----------------------------------------------------------------------------------------------------------

std::set<std::pair<std::string, Source>> account_sources(Storage& storage) {
  std::set<std::pair<std::string, Source>> found;
  each<SourceRow>(storage, "ORDER BY account, source", [&](const SourceRow& row) { found.emplace(row.account, row.source); });
  return found;
}

void write_span(Writer& out, const SpanRow& span) {
  out.begin_object();
  id_member(out, "number", span.number);
  time_member(out, "began", span.began);
  time_member(out, "ended", span.ended);
  time_member(out, "covers_from", span.covers_from);
  time_member(out, "covers_to", span.covers_to);
  out.member("why", span.why).end_object();
}

void write_gap(Writer& out, const GapRow& gap, const Stretch& hole) {
  out.begin_object();
  id_member(out, "number", gap.number);
  time_member(out, "opened", gap.opened);
  time_member(out, "since", gap.since);
  time_member(out, "closed", gap.closed);
  out.member("closed_by", gap.closed_by).member("state", gap.closed ? "closed" : "open").member("why", gap.why);
  time_member(out, "from", hole.from);
  time_member(out, "to", hole.to);
  out.end_object();
}

void write_stretch(Writer& out, const Stretch& stretch) {
  out.begin_object().member("by", stretch.by);
  time_member(out, "from", stretch.from);
  time_member(out, "to", stretch.to);
  out.end_object();
}

void write_account_coverage(const ApiContext& context, Writer& out, const std::string& account, const std::set<Source>& sources,
                            const DayRange& range) {
  std::vector<SpanRow> every;
  out.begin_object().member("account", account).key("sources").begin_array();
  for (const Source source : sources) {
    const auto spans = spans_in(context.storage, account, source, range);
    if (spans.empty()) continue;
    out.begin_object().member("source", to_string(source)).key("spans").begin_array();
    for (const SpanRow& span : spans) write_span(out, span);
    out.end_array().end_object();
    std::ranges::copy(spans, std::back_inserter(every));
  }
  out.end_array().key("gaps").begin_array();
  const auto gaps = gaps_in(context.storage, account, range);
  for (const GapRow& gap : gaps) write_gap(out, gap, hole_of(gap, every, context.now));
  out.end_array().key("proven").begin_array();
  for (const Stretch& stretch : proven(every, gaps, range.from, range.to, exchange_time(context))) write_stretch(out, stretch);
  out.end_array().end_object();
}

void coverage(const ApiContext& context, const HttpRequest& request, Writer& out) {
  const Date date = date_parameter(request, exchange_time(context));
  const DayRange range = day_range(date);
  out.member("date", iso_date(date));
  time_member(out, "from", range.from);
  time_member(out, "to", range.to);
  time_member(out, "now", context.now);
  std::map<std::string, std::set<Source>> accounts;
  for (const auto& [account, source] : account_sources(context.storage)) {
    if (!account.empty()) accounts[account].insert(source);
  }
  out.key("accounts").begin_array();
  for (const auto& [account, sources] : accounts) write_account_coverage(context, out, account, sources, range);
  out.end_array();
}

// ---- breaks -------------------------------------------------------------------------------------------------------------

void write_break(Writer& out, const BreakRow& row) {
  id_member(out, "id", row.id);
  out.member("account", row.account).member("category", to_string(row.category)).member("state", to_string(row.state));
  out.member("subject", row.subject).member("exec_id", row.exec_id).member("fill_id", row.trade_id).member("order_id", row.order_id);
  out.member("cl_ord_id", row.cl_ord_id).member("symbol", row.symbol).key("subaccount");
  row.subaccount ? out.integer(*row.subaccount) : out.null();
  out.member("here_source", row.here_source).member("here_value", row.here_value);
  out.member("there_source", row.there_source).member("there_value", row.there_value);
  time_member(out, "first_seen", row.first_seen);
  time_member(out, "changed", row.changed);
  time_member(out, "confirmed", row.confirmed);
  time_member(out, "closed", row.closed);
  out.member("explanation", row.explanation).member("closed_by", row.closed_by).member("reason", row.reason);
  out.member("notional", row.notional);
}

// Newest first: each state and category is a stretch of the index, the newest of all of them are wanted.
std::vector<BreakRow> breaks_before(Storage& storage, const HttpRequest& request, std::int64_t limit) {
  const std::int64_t before = number_parameter(request, "after", std::numeric_limits<std::int64_t>::max());
  const std::string account = request.parameter("account");
  std::vector<BreakRow> found;
  for (const BreakState state : states_of(request.parameter("state"))) {
    for (const BreakCategory category : categories_of(request.parameter("category"))) {
      const auto take = [&](const BreakRow& row) { found.push_back(row); };
      if (account.empty()) {
        each<BreakRow>(storage, "WHERE state = $1 AND category = $2 AND id < $3 ORDER BY id DESC LIMIT $4", take, state, category, before,
                       limit);
      } else {
        each<BreakRow>(storage, "WHERE state = $1 AND category = $2 AND id < $3 AND account = $4 ORDER BY id DESC LIMIT $5", take, state,
                       category, before, account, limit);
      }
    }
  }
  std::ranges::sort(found, std::ranges::greater(), &BreakRow::id);
  return found;
}

void breaks(const ApiContext& context, const HttpRequest& request, Writer& out) {
  const std::int64_t limit = limit_parameter(request);
  const auto found = breaks_before(context.storage, request, limit + 1);
  out.key("breaks").begin_array();
  const std::size_t shown = std::min(found.size(), static_cast<std::size_t>(limit));
  for (std::size_t i = 0; i < shown; ++i) {
    out.begin_object();
    write_break(out, found[i]);
    out.end_object();
  }
  out.end_array().key("next");
  found.size() > shown ? out.string(std::to_string(found[shown - 1].id)) : out.null();
}

void write_order(Writer& out, const OrderRow& row) {
  out.begin_object().member("order_id", row.order_id).member("cl_ord_id", row.cl_ord_id).member("symbol", row.symbol);
  out.member("side", side_word(row.side)).member("ord_status", row.ord_status).member("price", row.price);
  out.member("order_qty", row.order_qty).member("cum_qty", row.cum_qty).member("leaves_qty", row.leaves_qty).member("avg_px", row.avg_px);
  member(out, "rest_cum_qty", row.rest_cum_qty);
  member(out, "rest_leaves_qty", row.rest_leaves_qty);
  time_member(out, "last_time", row.last_time);
  out.member("text", row.text).end_object();
}

void write_source_fill(Writer& out, const SourceFillRow& row) {
  out.begin_object().member("source", to_string(row.source)).member("exec_id", row.exec_id).member("fill_id", row.trade_id);
  out.member("cl_ord_id", row.cl_ord_id).member("symbol", row.symbol).member("side", side_word(row.side)).key("subaccount");
  row.subaccount ? out.integer(*row.subaccount) : out.null();
  out.member("price", row.price).member("quantity", row.quantity);
  member(out, "fee", row.fee);
  member(out, "realized_pnl", row.realized_pnl);
  time_member(out, "transact_time", row.transact_time);
  out.key("clearing_date");
  row.clearing_date ? out.string(iso_date(*row.clearing_date)) : out.null();
  member(out, "post_position", row.post_position);
  time_member(out, "first_seen", row.first_seen);
  out.member("times_told", row.times_told).end_object();
}

void write_history(const ApiContext& context, Writer& out, std::int64_t id) {
  out.key("history").begin_array();
  for (const std::string& line : context.storage.holds_journal() ? audit_lines_in(context.storage, id) : context.audit.of(id)) {
    boost::system::error_code error;
    boost::json::parse(line, error);
    error ? out.string(line) : out.raw(line);  // a line that somebody has changed is shown as it stands
  }
  out.end_array();
}

bool one_break(const ApiContext& context, std::string_view path, Writer& out) {
  std::int64_t id = 0;
  const std::string_view digits = path.substr(kBreaks.size());
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (fault != std::errc() || end != digits.data() + digits.size()) return false;
  const auto row = find<BreakRow>(context.storage, id);
  if (!row) return false;
  write_break(out, *row);
  out.key("order");
  const auto order = row->order_id.empty() ? std::nullopt : find<OrderRow>(context.storage, row->account, row->order_id);
  order ? write_order(out, *order) : void(out.null());
  out.key("source_fills").begin_array();
  for (std::uint8_t source = 0; source < kSources && !row->trade_id.empty(); ++source) {
    const auto fill = find<SourceFillRow>(context.storage, static_cast<Source>(source), row->account, row->order_id, row->trade_id);
    if (fill) write_source_fill(out, *fill);
  }
  out.end_array();
  write_history(context, out, id);
  return true;
}

// ---- positions, days, executions ----------------------------------------------------------------------------------------

// The position by the fills, where it is known what it was before the first of them.
std::optional<FixedPointCount> net_of(const PositionRow& row) {
  if (!row.opening) return std::nullopt;
  return *row.opening + row.traded;
}

bool sides_agree(const PositionRow& row) {
  std::set<FixedPointCount> values;
  for (const auto& side : {net_of(row), row.fix_net, row.rest_net, row.klear_net}) {
    if (side) values.insert(*side);
  }
  return values.size() <= 1;
}

void positions(const ApiContext& context, Writer& out) {
  out.key("positions").begin_array();
  each<PositionRow>(context.storage, "ORDER BY account, subaccount, symbol", [&](const PositionRow& row) {
    out.begin_object().member("account", row.account).member("subaccount", row.subaccount).member("symbol", row.symbol);
    member(out, "fills", net_of(row));
    member(out, "opening", row.opening);
    out.member("traded", row.traded);
    member(out, "fix", row.fix_net);
    time_member(out, "fix_time", row.fix_time);
    member(out, "rest", row.rest_net);
    time_member(out, "rest_seen", row.rest_seen);
    member(out, "klear", row.klear_net);
    time_member(out, "klear_time", row.klear_time);
    out.member("agree", sides_agree(row)).member("entry_price", row.entry_price);
    member(out, "rest_entry_price", row.rest_entry_price);
    out.member("realized_pnl", row.realized_pnl);
    member(out, "unrealized_pnl", row.unrealized_pnl);
    member(out, "margin_used", row.margin_used);
    out.member("fees", row.fees).member("funding", row.funding);
    time_member(out, "changed", row.changed);
    out.end_object();
  });
  out.end_array();
}

void write_day(Writer& out, const DayRow& row) {
  out.begin_object().member("account", row.account).member("clearing_date", iso_date(row.clearing_date));
  out.member("subaccount", row.subaccount).member("symbol", row.symbol).member("fills", row.fills);
  out.member("bought", row.bought).member("sold", row.sold).member("notional", row.notional).member("fees", row.fees);
  out.member("realized_pnl", row.realized_pnl).member("funding", row.funding).end_object();
}

void write_totals(Writer& out, const std::map<Date, DayTotal, std::greater<>>& totals) {
  out.key("totals").begin_array();
  for (const auto& [date, total] : totals) {
    out.begin_object().member("clearing_date", iso_date(date));
    write_total(out, total);
    out.end_object();
  }
  out.end_array();
}

void days(const ApiContext& context, const HttpRequest& request, Writer& out) {
  const std::string account = request.parameter("account");
  const std::int64_t limit = request.parameter("limit").empty() ? kMostRows : limit_parameter(request);
  std::map<Date, DayTotal, std::greater<>> totals;
  std::vector<DayRow> rows;
  for (const auto& [name, source] : account_sources(context.storage)) {
    if (name.empty() || (!account.empty() && name != account) || (!rows.empty() && rows.back().account == name)) continue;
    each<DayRow>(
        context.storage, "WHERE account = $1 AND clearing_date < $2 ORDER BY clearing_date DESC, subaccount, symbol LIMIT $3",
        [&](const DayRow& row) { rows.push_back(row); }, name, number_parameter(request, "before", 99'991'231), limit);
  }
  out.key("days").begin_array();
  std::ranges::stable_sort(rows, std::ranges::greater(), &DayRow::clearing_date);
  for (const DayRow& row : rows) {
    write_day(out, row);
    totals[row.clearing_date].add(row);
  }
  out.end_array();
  write_totals(out, totals);
}

void write_execution(Writer& out, const FillRow& row) {
  out.begin_object();
  id_member(out, "number", row.number);
  out.member("account", row.account).member("exec_id", row.exec_id).member("last_mkt", row.last_mkt).member("fill_id", row.trade_id);
  out.member("order_id", row.order_id).member("cl_ord_id", row.cl_ord_id).member("symbol", row.symbol);
  out.member("subaccount", row.subaccount).member("side", side_word(row.side)).member("price", row.price);
  out.member("quantity", row.quantity);
  member(out, "fee", row.fee);
  time_member(out, "transact_time", row.transact_time);
  out.member("clearing_date", iso_date(row.clearing_date)).member("booked_from", to_string(row.booked_from));
  out.key("sources").begin_array();
  for (std::uint8_t source = 0; source < kSources; ++source) {
    if ((row.sources & bit(static_cast<Source>(source))) != 0) out.string(to_string(static_cast<Source>(source)));
  }
  out.end_array().member("settled", row.settled).end_object();
}

void executions(const ApiContext& context, const HttpRequest& request, Writer& out) {
  const std::int64_t limit = limit_parameter(request);
  const bool ascending = !request.parameter("after").empty();
  std::int64_t last = 0, shown = 0;
  bool more = false;
  const auto write = [&](const FillRow& row) {
    if (shown == limit) return more = true, void();
    write_execution(out, row);
    last = row.number, ++shown;
  };
  out.key("executions").begin_array();
  if (ascending) {
    each<FillRow>(context.storage, "WHERE number > $1 ORDER BY number LIMIT $2", write, number_parameter(request, "after", 0), limit + 1);
  } else {
    each<FillRow>(context.storage, "WHERE number < $1 ORDER BY number DESC LIMIT $2", write,
                  number_parameter(request, "before", std::numeric_limits<std::int64_t>::max()), limit + 1);
  }
  out.end_array().key("next");
  more ? out.string(std::to_string(last)) : out.null();
}

// ---- series -------------------------------------------------------------------------------------------------------------

// The last word of each source and subaccount in each five minutes.
void write_cash_series(Writer& out, Storage& storage, const std::string& account, const DayRange& range) {
  out.key("cash").begin_array();
  for (const CashRow& newest : newest_cash(storage)) {
    if (!account.empty() && newest.account != account) continue;
    std::optional<CashRow> last;
    each<CashRow>(
        storage, "WHERE source = $1 AND account = $2 AND subaccount = $3 AND seen >= $4 AND seen < $5 ORDER BY seen",
        [&](const CashRow& row) {
          if (last && slot_of(last->seen) != slot_of(row.seen)) write_cash_row(out, *last);
          last = row;
        },
        newest.source, newest.account, newest.subaccount, range.from, range.to);
    if (last) write_cash_row(out, *last);
  }
  out.end_array();
}

void series(const ApiContext& context, const HttpRequest& request, Writer& out) {
  const Date date = date_parameter(request, exchange_time(context));
  const DayRange range = day_range(date);
  const std::string account = request.parameter("account");
  out.member("date", iso_date(date));
  time_member(out, "from", range.from);
  time_member(out, "to", range.to);
  out.member("complete", context.series.complete()).key("points").begin_array();
  for (const SeriesPoint& point : context.series.points(account, range.from, range.to)) {
    out.begin_object();
    time_member(out, "time", point.from);
    out.member("fills", point.fills);
    sum_member(out, "notional", point.notional);
    sum_member(out, "fees", point.fees);
    sum_member(out, "realized_pnl", point.realized_pnl);
    out.end_object();
  }
  out.end_array();
  write_cash_series(out, context.storage, account, range);
}

bool write_route(const ApiContext& context, const HttpRequest& request, Writer& out) {
  const std::string& path = request.path;
  if (path == "/api/summary") return summary(context, out), true;
  if (path == "/api/sources") return write_sources(out, context.storage, context.now), true;
  if (path == "/api/coverage") return coverage(context, request, out), true;
  if (path == "/api/breaks") return breaks(context, request, out), true;
  if (path == "/api/positions") return positions(context, out), true;
  if (path == "/api/days") return days(context, request, out), true;
  if (path == "/api/executions") return executions(context, request, out), true;
  if (path == "/api/series") return series(context, request, out), true;
  return path.starts_with(kBreaks) && one_break(context, path, out);
}

// Without blanks at its ends. Error(decode): empty, too long, a control character.
Result<std::string> text_member(const boost::json::object& object, std::string_view name, std::size_t most) {
  const auto* const value = object.if_contains(name);
  const auto* const text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return fail(ErrorCategory::decode, std::string(name) + " is missing");
  std::string_view view(text->data(), text->size());
  view.remove_prefix(std::min(view.find_first_not_of(' '), view.size()));
  view = view.substr(0, view.find_last_not_of(' ') + 1);
  if (view.empty()) return fail(ErrorCategory::decode, std::string(name) + " is empty");
  if (view.size() > most) return fail(ErrorCategory::decode, std::string(name) + " is longer than " + std::to_string(most) + " bytes");
  if (const char* const fault = text_fault(view)) return fail(ErrorCategory::decode, std::string(name) + " " + fault);
  return std::string(view);
}

}  // namespace

std::int64_t ledger_position(Storage& storage) { return meta_number(storage, "journal_offset"); }

HttpReply api_reply(const ApiContext& context, const HttpRequest& request) {
  HttpReply reply;
  Writer out(reply.body);
  out.begin_object();
  try {
    if (!write_route(context, request, out)) return http_error(404, "not_found", "there is nothing at " + visible(request.path));
  } catch (const BadParameter& bad) {
    return http_error(400, "bad_parameter", bad.message);
  }
  out.end_object();
  return reply;
}

Result<DecisionRequest> decision_of(std::string_view path, std::string_view body) {
  DecisionRequest decision;
  const std::string_view digits = path.substr(std::min(path.size(), kBreaks.size()));
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), decision.break_id);
  if (fault != std::errc() || end != digits.data() + digits.size()) return fail(ErrorCategory::decode, "the break's id is a number");
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(body, error);
  if (error || !value.is_object()) return fail(ErrorCategory::decode, R"(a JSON object {"action", "user", "reason"} is needed)");
  const boost::json::object& object = value.get_object();
  const auto action = text_member(object, "action", kUserBytes);
  if (!action) return action.error();
  if (*action != "resolve" && *action != "explain" && *action != "accept") {
    return fail(ErrorCategory::decode, "action is resolve, explain or accept");
  }
  const auto user = text_member(object, "user", kUserBytes);
  if (!user) return user.error();
  const auto reason = text_member(object, "reason", kReasonBytes);
  if (!reason) return reason.error();
  decision.action = *action, decision.user = *user, decision.reason = *reason;
  return decision;
}

}  // namespace marginfix::reconcile
