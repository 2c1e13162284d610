#include "services/reconcile/engine/book.hpp"

#include <algorithm>
#include <utility>

#include "marginfix/core/time.hpp"
#include "services/reconcile/match/fills.hpp"
#include "services/reconcile/wide.hpp"

namespace marginfix::reconcile {

namespace {

Error too_large() {
  Error error;
  error.message = "an amount of the ledger is beyond 9.2 x 10^12 dollars";
  return error;
}

// From hundredths of a contract times millionths of a dollar to millionths of a dollar.
DollarDecimal dollars_of(Wide value) {
  const Wide micros = divide_rounded(value, FixedPointCount::kOne);
  if (micros > INT64_MAX || micros < INT64_MIN) throw Exception(too_large());
  return DollarDecimal::from_units(static_cast<std::int64_t>(micros));
}

Wide value_of(DollarDecimal price, FixedPointCount quantity) noexcept { return static_cast<Wide>(price.units()) * quantity.units(); }

FixedPointCount signed_quantity(const std::string& side, FixedPointCount quantity) { return side == "2" ? -quantity : quantity; }

std::string exec_subject(const std::string& last_mkt, const std::string& exec_id) { return "report " + last_mkt + ' ' + exec_id; }

template <class Enum>
std::string wire_text(Enum value) {
  return std::string(1, static_cast<char>(value));
}

std::string optional_text(const auto& value) { return value ? value->to_string() : std::string(); }

// What two reports of one ExecID must have in common, readable: it is shown where they do not.
std::string digest_of(const OrderReport& r) {
  std::string d;
  const auto add = [&d](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!d.empty()) d += ' ';
    d += name;
    d += '=';
    d += value;
  };
  add("ExecType", wire_text(r.exec_type));
  add("OrdStatus", wire_text(r.ord_status));
  add("ClOrdID", r.cl_ord_id);
  add("OrderID", r.order_id);
  add("Symbol", r.symbol);
  add("Side", wire_text(r.side));
  add("Price", optional_text(r.price));
  add("OrderQty", r.order_qty.to_string());
  add("CumQty", r.cum_qty.to_string());
  add("LeavesQty", r.leaves_qty.to_string());
  add("LastPx", optional_text(r.last_px));
  add("LastQty", optional_text(r.last_qty));
  add("TrdMatchID", r.trade_id);
  add("fee", optional_text(r.fee));
  return d;
}

SourceFillRow telling_of(const std::string& account, Source source, const OrderReport& report, const Fill& fill) {
  SourceFillRow row;
  row.source = source;
  row.account = account;
  row.order_id = fill.order_id;
  row.trade_id = fill.trade_id.empty() ? "exec:" + fill.key() : fill.trade_id;
  row.last_mkt = fill.last_mkt;
  row.exec_id = fill.exec_id.text();
  row.cl_ord_id = fill.cl_ord_id;
  row.symbol = fill.symbol;
  if (report.alloc_account) row.subaccount = *report.alloc_account;
  row.side = wire_text(fill.side);
  row.price = fill.price;
  row.quantity = fill.quantity;
  row.fee = fill.fee;
  row.transact_time = fill.transact_time;
  row.clearing_date = report.clearing_business_date;
  row.is_taker = fill.is_taker;
  row.post_position = fill.post_position;
  for (const OrderReport::CollateralAmountChange& change : report.collateral_amount_changes) {
    std::optional<DollarDecimal>& into = change.collateral_amount_type == "PAYOUT" ? row.realized_pnl : row.balance_change;
    into = into.value_or(DollarDecimal{}) + change.collateral_amount_change;
  }
  return row;
}

// Everything but when and how often it was told.
std::string content_of(const SourceFillRow& f) {
  return (f.side == "2" ? "sell " : "buy ") + f.quantity.to_string() + ' ' + f.symbol + " at " + f.price.to_string() +
         (f.fee ? " fee " + f.fee->to_string() : std::string()) + (f.exec_id.empty() ? std::string() : " ExecID " + f.exec_id);
}

bool same_content(const SourceFillRow& a, const SourceFillRow& b) noexcept {
  return a.price == b.price && a.quantity == b.quantity && a.side == b.side && a.symbol == b.symbol && a.fee == b.fee &&
         a.exec_id == b.exec_id;
}

bool newer(const OrderRow& row, const OrderReport& report) {
  if (row.ord_status.empty()) return true;
  if (row.last_mkt == report.last_mkt && !row.last_exec_id.empty()) return report.exec_id > ExecId(row.last_exec_id);
  if (row.last_time && report.transact_time) return *report.transact_time >= *row.last_time;
  return true;
}

// The exchange made this fill before another of the same market: by ExecID(17) where both have one, which nothing can be wrong about, by
// the time otherwise.
bool made_before(const std::string& exec_id, std::optional<Timestamp> time, const std::string& than_exec_id,
                 std::optional<Timestamp> than_time) {
  if (!exec_id.empty() && !than_exec_id.empty()) {
    const ExecId id(exec_id), than(than_exec_id);
    if (id.is_sequenced() && than.is_sequenced()) return id < than;
  }
  return time && than_time && *time < *than_time;
}

Date day_of(const SourceFillRow& told) {
  if (told.clearing_date) return *told.clearing_date;
  return clearing_business_date(told.transact_time.value_or(told.first_seen));
}

// Averages and PnL of a position whose fills come one by one; gives what this one realizes.
DollarDecimal trade_into(FixedPointCount net, DollarDecimal& entry, FixedPointCount quantity, DollarDecimal price) {
  const bool adds = net.is_zero() || net.is_negative() == quantity.is_negative();
  if (adds) {
    const Wide sum = value_of(entry, net) + value_of(price, quantity);
    const Wide total = static_cast<Wide>(net.units()) + quantity.units();
    if (total != 0)
      entry = DollarDecimal::from_units(static_cast<std::int64_t>(divide_rounded(total < 0 ? -sum : sum, total < 0 ? -total : total)));
    return {};
  }
  const std::int64_t most = net.is_negative() ? -net.units() : net.units();
  const std::int64_t size = quantity.is_negative() ? -quantity.units() : quantity.units();
  const FixedPointCount closed = FixedPointCount::from_units(std::min(most, size));
  const Wide gain = value_of(price, closed) - value_of(entry, closed);
  if (size > most) entry = price;
  if (size == most) entry = {};
  return dollars_of(net.is_negative() ? -gain : gain);
}

// What a fill does to order, position and day.
bool same_trade(const FillRow& fill, const SourceFillRow& told) noexcept {
  return fill.symbol == told.symbol && fill.side == told.side && fill.price == told.price && fill.quantity == told.quantity &&
         (!told.subaccount || fill.subaccount == *told.subaccount) && fill.clearing_date == day_of(told);
}

}  // namespace

std::string unbookable(const OrderReport& report) {
  if (report.exec_type != ExecType::Trade) return {};
  const char* what = nullptr;
  if (!report.last_qty || report.last_qty->is_zero()) what = "quantity, LastQty(32)";
  if (!report.last_px) what = "price, LastPx(31)";
  if (report.side != Side::Buy && report.side != Side::Sell) what = "side, Side(54)";
  if (report.symbol.empty()) what = "market, Symbol(55)";
  if (report.order_id.empty()) what = "order, OrderID(37)";
  return what == nullptr ? std::string()
                         : "a trade without a " + std::string(what) + ", that can be read: it is booked as another source tells it";
}

Book::Book(Storage& storage, Outbox& outbox, std::function<void(const Difference&)> found)
    : storage_(storage), outbox_(outbox), found_(std::move(found)), orders_(storage), positions_(storage), days_(storage) {
  forget_batch();
}

void Book::forget_batch() {
  orders_.forget();
  positions_.forget();
  days_.forget();
  last_fill_ = meta_number(storage_, "last_fill");
  last_cut_ = meta_number(storage_, "last_cut");
}

void Book::write() {
  orders_.write();
  positions_.write();
  days_.write();
  set_meta(storage_, "last_fill", std::to_string(last_fill_));
  set_meta(storage_, "last_cut", std::to_string(last_cut_));
}

void Book::watch(bool watched) {
  orders_.watch(watched);
  positions_.watch(watched);
}

void Book::tell_changes() {
  orders_.tell_changes([this](const OrderRow& before, const OrderRow& now) { outbox_.order(before, now); });
  positions_.tell_changes([this](const PositionRow& before, const PositionRow& now) { outbox_.position(before, now); });
}

void Book::day_cut(Date day) { last_cut_ = std::max(last_cut_, date_number(day)); }

// ---- reports and orders -------------------------------------------------------------------------------------------------

void Book::report(const std::string& account, Source source, const OrderReport& report, Timestamp now, std::int64_t position,
                  bool order_can_be_read) {
  ReportRow row{account,
                report.last_mkt,
                report.exec_id.text(),
                report.order_id,
                report.cl_ord_id,
                report.orig_cl_ord_id.value_or(""),
                report.symbol,
                wire_text(report.exec_type),
                wire_text(report.ord_status),
                report.transact_time,
                digest_of(report),
                source,
                position};
  outbox_.cause(row.last_mkt, row.exec_id);
  // One that cannot be read leaves its ExecID to the copy that can; what the firm's own log says of an order is the firm's.
  if (!order_can_be_read || source == Source::firm) {
    // kept as undecodable, or held against the others as a fill
  } else if (insert(storage_, row)) {
    order(account, report, now);
  } else if (const auto known = find<ReportRow>(storage_, account, row.last_mkt, row.exec_id); known && known->digest != row.digest) {
    exec_id_repeated_ = true;
    Difference d;
    d.category = BreakCategory::duplicate;
    d.account = account;
    d.subject = exec_subject(row.last_mkt, row.exec_id);
    d.exec_id = row.exec_id;
    d.trade_id = report.trade_id;
    d.order_id = row.order_id;
    d.cl_ord_id = row.cl_ord_id;
    d.symbol = row.symbol;
    d.here_source = to_string(known->source);
    d.here_value = known->digest;
    d.there_source = to_string(source);
    d.there_value = row.digest;
    d.explanation = "one ExecID(17), told twice with different content; the first counts until it is known which is right";
    d.at_once = true;
    found_(d);
  }
  const auto trade = to_fill(report);
  if (trade && unbookable(report).empty()) {
    SourceFillRow told = telling_of(account, source, report, *trade);
    told.first_seen = now;
    told.position = position;
    fill(std::move(told));
  }
  exec_id_repeated_ = false;
}

void Book::order(const std::string& account, const OrderReport& report, Timestamp now) {
  if (report.order_id.empty()) return;
  OrderRow& row = orders_.touch(account, report.order_id);
  if (row.first_seen == Timestamp{}) row.first_seen = now;
  if (report.exec_type == ExecType::New) row.from_new = true;
  row.cum_qty = std::max(row.cum_qty, report.cum_qty);
  row.settled = false;
  row.changed = row.fix_seen = now;
  if (!newer(row, report)) return;
  if (row.cl_ord_id.empty() && !report.cl_ord_id.empty() && !row.booked_qty.is_zero())
    name_fills(account, report.order_id, report.cl_ord_id);
  row.cl_ord_id = report.cl_ord_id;
  row.symbol = report.symbol;
  if (report.alloc_account) row.subaccount = *report.alloc_account;
  row.side = wire_text(report.side);
  row.ord_status = wire_text(report.ord_status);
  if (report.price) row.price = *report.price;
  row.order_qty = report.order_qty;
  row.leaves_qty = report.leaves_qty;
  row.avg_px = report.avg_px.to_string();
  row.last_mkt = report.last_mkt;
  row.last_exec_id = report.exec_id.text();
  row.last_time = report.transact_time;
  if (!report.text.empty()) row.text = report.text;
}

void Book::rest_order(const std::string& account, const Order& told, Timestamp now) {
  if (told.order_id.empty()) return;
  OrderRow& row = orders_.touch(account, told.order_id);
  if (row.first_seen == Timestamp{}) row.first_seen = now;
  if (row.cl_ord_id.empty() && !told.cl_ord_id.empty() && !row.booked_qty.is_zero()) name_fills(account, told.order_id, told.cl_ord_id);
  if (row.ord_status.empty()) {
    row.cl_ord_id = told.cl_ord_id;
    row.symbol = told.symbol;
    if (told.subaccount) row.subaccount = *told.subaccount;
    row.side = wire_text(told.side);
    row.price = told.price;
  }
  if (row.rest_cum_qty != told.cum_qty || row.rest_leaves_qty != told.leaves_qty) row.settled = false;
  row.rest_cum_qty = told.cum_qty;
  row.rest_leaves_qty = told.leaves_qty;
  row.rest_seen = now;
}

// Fills of an order that were told before it was: REST's have no ClOrdID(11) of their own.
void Book::name_fills(const std::string& account, const std::string& order_id, const std::string& cl_ord_id) {
  StatementGuard s(storage_.statement("UPDATE fills SET cl_ord_id = $1 WHERE account = $2 AND order_id = $3 AND cl_ord_id = ''"));
  s->bind(0, std::string_view(cl_ord_id));
  s->bind(1, std::string_view(account));
  s->bind(2, std::string_view(order_id));
  s->step();
}

std::optional<std::string> Book::order_of(const std::string& account, const std::string& cl_ord_id) {
  orders_.write();
  const auto known = all<OrderRow>(storage_, "WHERE account = $1 AND cl_ord_id = $2 ORDER BY order_id LIMIT 1", account, cl_ord_id);
  return known.empty() ? std::nullopt : std::optional(known.front().order_id);
}

void Book::rest_orders_read(const std::string& account, Timestamp begun) {
  orders_.write();
  // Open on REST, and not in the list that has just come whole.
  for (OrderRow& row : all<OrderRow>(storage_, "WHERE account = $1 AND settled = 0 ORDER BY order_id", account)) {
    const bool open_on_fix = !row.ord_status.empty() && row.leaves_qty.units() > 0;
    const bool open_on_rest = row.rest_leaves_qty && row.rest_leaves_qty->units() > 0;
    if (row.rest_seen >= begun || (!open_on_fix && !open_on_rest)) continue;
    OrderRow& changed = orders_.touch(account, row.order_id);
    if (changed.rest_leaves_qty != FixedPointCount{}) changed.settled = false;
    changed.rest_leaves_qty = FixedPointCount{};
    changed.rest_cum_qty.reset();  // of when it was last in a list
    changed.rest_seen = begun;
  }
}

// ---- fills --------------------------------------------------------------------------------------------------------------

void Book::fill(SourceFillRow told) {
  if (told.source == Source::firm) return firm_fill(std::move(told));
  if (insert(storage_, told)) {
    book(told);
    return;
  }
  auto before = find<SourceFillRow>(storage_, told.source, told.account, told.order_id, told.trade_id);
  if (!before) return;
  // Lists are read again and again, and say what they say last; a feed says a thing once.
  const bool is_read_again = told.source == Source::rest;
  if (same_content(*before, told)) {
    // Whose it is may be known only now.
    if (is_read_again) return told.subaccount && before->subaccount != told.subaccount ? correct(*before, std::move(told)) : void();
    ++before->times_told;
    put(storage_, *before);
  } else if (!is_read_again || !told_by_another(told)) {
    repeated(*before, told);
  } else {
    correct(*before, std::move(told));
  }
}

// What the firm believes is held against the ledger and never gets into it. Its files are read again and again, and say what they say last.
void Book::firm_fill(SourceFillRow told) {
  auto fill = find<FillRow>(storage_, told.account, told.order_id, told.trade_id);
  told.unmatched = !fill;
  if (const auto before = find<SourceFillRow>(storage_, told.source, told.account, told.order_id, told.trade_id)) {
    if (same_content(*before, told) && before->subaccount == told.subaccount && before->unmatched == told.unmatched) return;
    told.first_seen = before->first_seen;
    told.times_told = before->times_told + 1;
  }
  put(storage_, told);
  if (!fill) return;
  fill->sources |= bit(told.source);
  fill->settled = false;
  put(storage_, *fill);
}

// The firm told of it before the exchange did.
void Book::look_for_firm(FillRow& fill) {
  if (!has_firm_ || !has_firm_(fill.account)) return;
  auto told = find<SourceFillRow>(storage_, Source::firm, fill.account, fill.order_id, fill.trade_id);
  if (!told) return;
  told->unmatched = false;
  put(storage_, *told);
  fill.sources |= bit(Source::firm);
}

bool Book::told_by_another(const SourceFillRow& told) {
  const auto fill = find<FillRow>(storage_, told.account, told.order_id, told.trade_id);
  return fill && (fill->sources & ~static_cast<std::int64_t>(bit(told.source))) != 0;
}

// What it says now is held against the others by the next sweep.
void Book::correct(const SourceFillRow& before, SourceFillRow told) {
  told.first_seen = before.first_seen;
  told.not_before = before.not_before;
  told.times_told = before.times_told + 1;
  put(storage_, told);
  auto fill = find<FillRow>(storage_, told.account, told.order_id, told.trade_id);
  if (!fill) return;
  if (fill->booked_from == told.source && !same_trade(*fill, told)) {
    unbook(*fill);
    rebook(*fill, told);
  }
  fill->settled = false;
  put(storage_, *fill);
}

void Book::repeated(const SourceFillRow& before, const SourceFillRow& told) {
  Difference d;
  d.category = BreakCategory::duplicate;
  d.account = told.account;
  d.subject = "repeat " + told.order_id + ' ' + told.trade_id + ' ' + std::string(to_string(told.source));
  d.exec_id = before.exec_id;
  d.trade_id = told.trade_id;
  d.order_id = told.order_id;
  d.cl_ord_id = before.cl_ord_id;
  d.symbol = before.symbol;
  d.subaccount = before.subaccount;
  d.here_source = to_string(before.source);
  d.here_value = content_of(before);
  d.there_source = to_string(told.source);
  d.there_value = content_of(told);
  d.explanation = "one trade, told twice by the same source with different content; the first counts until it is known which is right";
  d.at_once = true;
  found_(d);
}

// The listener and REST have told it, alike, and nobody else has or should have: what a sweep would find.
bool Book::settles(const FillRow& fill, const SourceFillRow& told) {
  constexpr std::int64_t kBoth = bit(Source::listener) | bit(Source::rest);
  if (fill.sources != kBoth || (has_firm_ && has_firm_(told.account))) return false;
  const auto other = find<SourceFillRow>(storage_, told.source == Source::rest ? Source::listener : Source::rest, told.account,
                                         told.order_id, told.trade_id);
  if (!other) return false;
  Tellings both{};
  both[static_cast<std::size_t>(told.source)] = &told;
  both[static_cast<std::size_t>(other->source)] = &*other;
  const SourceFillRow& by_listener = told.source == Source::listener ? told : *other;
  return tellings_agree(both, rules_) && check_telling(by_listener, rules_).empty() &&
         (!has_open_ || !has_open_(told.account, fill_subject(told.order_id, told.trade_id)));
}

void Book::book(const SourceFillRow& told) {
  std::optional<FillRow> fill;
  const auto look = [&] { fill = find<FillRow>(storage_, told.account, told.order_id, told.trade_id); };
  if (told.source != Source::listener) look();  // which nearly always tells first
  if (!fill && !book_new(told)) look();
  if (fill) book_again(*fill, told);
  if (told.post_position && told.source <= Source::drop_copy) fix_position(told);
}

// False: somebody has told it before.
bool Book::book_new(const SourceFillRow& told) {
  FillRow fill;
  fill.account = told.account;
  fill.order_id = told.order_id;
  fill.trade_id = told.trade_id;
  fill.first_seen = told.first_seen;
  fill.number = last_fill_ + 1;
  fill.booked_from = told.source;
  fill.sources = bit(told.source);
  describe(fill, told);
  look_for_firm(fill);
  if (!insert(storage_, fill)) return false;
  last_fill_ = fill.number;
  outbox_.execution(fill, !exec_id_repeated_);
  count(fill);
  look_for_lateness(told);
  return true;
}

void Book::book_again(FillRow& fill, const SourceFillRow& told) {
  if (told.source >= fill.booked_from) {
    add_what_was_not_said(fill, told);
  } else {
    fill.booked_from = told.source;
    if (same_trade(fill, told) && same_place(fill, told)) {
      take_words(fill, told);
    } else {
      unbook(fill);
      rebook(fill, told);
    }
  }
  fill.sources |= bit(told.source);
  fill.settled = settles(fill, told);
  put(storage_, fill);
}

// What was decided by when it was made stays decided under the names that another source has for it.
bool Book::same_place(const FillRow& fill, const SourceFillRow& told) {
  const PositionRow& row = positions_.touch(fill.account, fill.subaccount, fill.symbol);
  const auto alike = [&](const std::string& than_exec_id, std::optional<Timestamp> than_time) {
    return made_before(fill.exec_id, fill.transact_time, than_exec_id, than_time) ==
           made_before(told.exec_id, told.transact_time, than_exec_id, than_time);
  };
  return alike(row.opening_exec_id, row.opening_time) && alike(row.fix_exec_id, row.fix_time) && alike(row.last_exec_id, row.last_time);
}

void Book::unbook(const FillRow& fill) {
  into_order(fill, -1);
  into_position(fill, -1);
  into_day(fill, -1);
}

void Book::rebook(FillRow& fill, const SourceFillRow& told) {
  describe(fill, told);
  outbox_.corrected(fill);
  count(fill);
}

void Book::count(const FillRow& fill) {
  into_order(fill, 1);
  into_position(fill, 1);
  into_day(fill, 1);
}

void Book::describe(FillRow& fill, const SourceFillRow& told) {
  fill.symbol = told.symbol;
  if (told.subaccount) fill.subaccount = *told.subaccount;
  fill.side = told.side;
  fill.price = told.price;
  fill.quantity = told.quantity;
  if (told.fee) fill.fee = told.fee;
  if (told.realized_pnl) fill.realized_pnl = told.realized_pnl;
  fill.clearing_date = day_of(told);
  fill.last_mkt = told.last_mkt;
  fill.exec_id = told.exec_id;
  fill.transact_time = told.transact_time;
  if (!told.cl_ord_id.empty()) fill.cl_ord_id = told.cl_ord_id;
  if (fill.cl_ord_id.empty()) {
    if (const OrderRow* order = orders_.find(fill.account, fill.order_id)) fill.cl_ord_id = order->cl_ord_id;
  }
}

// The same trade, told by a source that is believed first: its names, times and amounts.
void Book::take_words(FillRow& fill, const SourceFillRow& told) {
  fill.last_mkt = told.last_mkt;
  fill.exec_id = told.exec_id;
  fill.transact_time = told.transact_time;
  if (!told.cl_ord_id.empty()) fill.cl_ord_id = told.cl_ord_id;
  PositionRow& position = positions_.touch(fill.account, fill.subaccount, fill.symbol);
  DayRow& day = days_.touch(fill.account, fill.clearing_date, fill.subaccount, fill.symbol);
  if (told.fee && fill.fee != told.fee) {
    const DollarDecimal more = *told.fee - fill.fee.value_or(DollarDecimal{});
    position.fees = position.fees + more;
    day.fees = day.fees + more;
    fill.fee = told.fee;
  }
  if (told.realized_pnl && fill.realized_pnl != told.realized_pnl) {
    day.realized_pnl = day.realized_pnl + (*told.realized_pnl - fill.realized_pnl.value_or(DollarDecimal{}));
    fill.realized_pnl = told.realized_pnl;
  }
}

void Book::add_what_was_not_said(FillRow& fill, const SourceFillRow& told) {
  if (fill.cl_ord_id.empty()) fill.cl_ord_id = told.cl_ord_id;
  if (!fill.fee && told.fee) {
    fill.fee = told.fee;
    PositionRow& position = positions_.touch(fill.account, fill.subaccount, fill.symbol);
    position.fees = position.fees + *told.fee;
    DayRow& day = days_.touch(fill.account, fill.clearing_date, fill.subaccount, fill.symbol);
    day.fees = day.fees + *told.fee;
  }
  if (!fill.realized_pnl && told.realized_pnl) {
    fill.realized_pnl = told.realized_pnl;
    DayRow& day = days_.touch(fill.account, fill.clearing_date, fill.subaccount, fill.symbol);
    day.realized_pnl = day.realized_pnl + *told.realized_pnl;
  }
}

void Book::into_order(const FillRow& fill, int sign) {
  OrderRow& row = orders_.touch(fill.account, fill.order_id);
  if (row.first_seen == Timestamp{}) {
    row.first_seen = fill.first_seen;
    row.cl_ord_id = fill.cl_ord_id;
    row.symbol = fill.symbol;
    row.subaccount = fill.subaccount;
    row.side = fill.side;
    row.price = fill.price;
  }
  const Wide value = value_of(fill.price, fill.quantity);
  row.booked_qty = sign > 0 ? row.booked_qty + fill.quantity : row.booked_qty - fill.quantity;
  row.booked_value = to_text(wide_of(row.booked_value) + (sign > 0 ? value : -value));
  row.settled = false;
  row.changed = std::max(row.changed, fill.first_seen);
}

void Book::into_position(const FillRow& fill, int sign) {
  PositionRow& row = positions_.touch(fill.account, fill.subaccount, fill.symbol);
  FixedPointCount quantity = signed_quantity(fill.side, fill.quantity);
  if (sign < 0) quantity = -quantity;
  const DollarDecimal fee = fill.fee.value_or(DollarDecimal{});
  row.fees = sign > 0 ? row.fees + fee : row.fees - fee;
  into_average(row, fill, sign);
  row.traded = row.traded + quantity;
  // A statement of the net covers what the exchange made before it, whenever we are told.
  if (row.opening && made_before(fill.exec_id, fill.transact_time, row.opening_exec_id, row.opening_time))
    row.opening = *row.opening - quantity;
  if (made_before(fill.exec_id, fill.transact_time, row.fix_exec_id, row.fix_time)) row.fix_traded = row.fix_traded + quantity;
  row.changed = std::max(row.changed, fill.first_seen);
}

// One by one as long as they come in the exchange's order; what came late, or was taken back, is left to the next sweep.
void Book::into_average(PositionRow& row, const FillRow& fill, int sign) {
  const bool late = row.last_time && made_before(fill.exec_id, fill.transact_time, row.last_exec_id, row.last_time);
  if (sign < 0 || late) row.in_order = false;
  if (!row.in_order) return;
  row.realized_pnl = row.realized_pnl + trade_into(row.traded, row.entry_price, signed_quantity(fill.side, fill.quantity), fill.price);
  if (!fill.transact_time) return;
  row.last_time = fill.transact_time;
  row.last_exec_id = fill.exec_id;
}

void Book::put_in_order(const std::string& account) {
  positions_.write();
  for (const PositionRow& late : all<PositionRow>(storage_, "WHERE account = $1 AND in_order = 0 ORDER BY subaccount, symbol", account))
    reckon(positions_.touch(account, late.subaccount, late.symbol));
  positions_.write();
}

// Goes through the fills of a position in the order in which the exchange made them, from the last corporate action on.
void Book::reckon(PositionRow& row) {
  FixedPointCount net = row.base_traded;
  row.entry_price = row.base_entry_price;
  row.realized_pnl = row.base_realized_pnl;
  row.last_time.reset();
  row.last_exec_id.clear();
  std::vector<FillRow> of_one_time;
  const auto take = [&] {
    // ExecIDs say more than a time; fills that only REST tells have none.
    if (std::ranges::none_of(of_one_time, [](const FillRow& fill) { return fill.exec_id.empty(); }))
      std::ranges::stable_sort(of_one_time, {}, [](const FillRow& fill) { return ExecId(fill.exec_id); });
    for (const FillRow& fill : of_one_time) {
      const FixedPointCount quantity = signed_quantity(fill.side, fill.quantity);
      row.realized_pnl = row.realized_pnl + trade_into(net, row.entry_price, quantity, fill.price);
      net = net + quantity;
      if (!fill.transact_time) continue;
      row.last_time = fill.transact_time;
      row.last_exec_id = fill.exec_id;
    }
    of_one_time.clear();
  };
  each<FillRow>(
      storage_,
      "WHERE account = $1 AND subaccount = $2 AND symbol = $3 AND number > $4 "
      "ORDER BY COALESCE(transact_time, first_seen), number",
      [&](FillRow& fill) {
        if (!of_one_time.empty() && of_one_time.front().transact_time != fill.transact_time) take();
        of_one_time.push_back(fill);
      },
      row.account, row.subaccount, row.symbol, row.base_number);
  take();
  row.in_order = true;
}

void Book::into_day(const FillRow& fill, int sign) {
  DayRow& row = days_.touch(fill.account, fill.clearing_date, fill.subaccount, fill.symbol);
  const auto add = [sign](auto& to, auto what) { to = sign > 0 ? to + what : to - what; };
  row.fills += sign;
  add(fill.side == "2" ? row.sold : row.bought, fill.quantity);
  add(row.notional, dollars_of(value_of(fill.price, fill.quantity)));
  add(row.fees, fill.fee.value_or(DollarDecimal{}));
  add(row.realized_pnl, fill.realized_pnl.value_or(DollarDecimal{}));
}

void Book::fix_position(const SourceFillRow& told) {
  PositionRow& row = positions_.touch(told.account, told.subaccount.value_or(0), told.symbol);
  if (!told.transact_time || made_before(told.exec_id, told.transact_time, row.fix_exec_id, row.fix_time)) return;
  if (row.base_time && *told.transact_time <= *row.base_time) return;  // from before a split
  row.fix_net = told.post_position;
  row.fix_time = told.transact_time;
  row.fix_exec_id = told.exec_id;
  row.fix_traded = row.traded;
  if (row.opening) return;
  // REST, which tells the newest first, may have been quicker.
  row.fix_traded = row.traded - traded_behind(told);
  row.opening = *told.post_position - row.fix_traded;
  row.opening_time = told.transact_time;
  row.opening_exec_id = told.exec_id;
}

// What the exchange made behind this trade, as into_position() sees it: one of the same moment that has no ExecID(17) yet is put right when
// FIX names it.
FixedPointCount Book::traded_behind(const SourceFillRow& trade) {
  FixedPointCount behind;
  each<FillRow>(
      storage_, "WHERE account = $1 AND subaccount = $2 AND symbol = $3",
      [&](FillRow& fill) {
        const bool is_it = fill.order_id == trade.order_id && fill.trade_id == trade.trade_id;
        if (is_it || made_before(fill.exec_id, fill.transact_time, trade.exec_id, trade.transact_time)) return;
        behind = behind + signed_quantity(fill.side, fill.quantity);
      },
      trade.account, trade.subaccount.value_or(0), trade.symbol);
  return behind;
}

void Book::look_for_lateness(const SourceFillRow& told) {
  const Date day = day_of(told);
  if (last_cut_ == 0 || date_number(day) > last_cut_) return;
  const Timestamp cut = from_eastern(day, std::chrono::hours(16));
  if (told.first_seen < cut + std::chrono::microseconds(rules_.late_after_us)) return;
  if (!listened_at_ || !listened_at_(told.account, told.transact_time)) return;  // what an outage delays is in the coverage
  Difference d;
  d.category = BreakCategory::late;
  d.account = told.account;
  d.subject = "late " + told.order_id + ' ' + told.trade_id;
  d.exec_id = told.exec_id;
  d.trade_id = told.trade_id;
  d.order_id = told.order_id;
  d.cl_ord_id = told.cl_ord_id;
  d.symbol = told.symbol;
  d.subaccount = told.subaccount;
  d.here_source = to_string(told.source);
  d.here_value = to_rfc3339(told.first_seen);
  d.there_source = "cut";
  d.there_value = to_rfc3339(cut);
  d.explanation = "first told after the cut of its clearing day, though the listener was on when it was made";
  d.at_once = true;
  found_(d);
}

// ---- positions, money ---------------------------------------------------------------------------------------------------

namespace {

void state_net(PositionRow& row, FixedPointCount net, Timestamp now) {
  if (row.rest_net != net) row.rest_since = now;
  row.rest_net_before = row.rest_net;
  row.rest_net = net;
  row.rest_seen = now;
}

}  // namespace

void Book::rest_position(const Stated& stated, Timestamp now) {
  PositionRow& row = positions_.touch(stated.account, stated.subaccount, stated.symbol);
  if (row.rest_net && *row.rest_net != stated.net && row.rest_entry_price) {
    row.rest_basis_before = to_text(value_of(*row.rest_entry_price, *row.rest_net));
  }
  state_net(row, stated.net, now);
  row.rest_entry_price = stated.entry_price;
  row.unrealized_pnl = stated.unrealized_pnl;
  row.margin_used = stated.margin_used;
}

void Book::rest_positions_read(const std::string& account, Timestamp begun, Timestamp exchange_now, Timestamp now) {
  positions_.write();
  for (const PositionRow& read : all<PositionRow>(storage_, "WHERE account = $1 ORDER BY subaccount, symbol", account)) {
    PositionRow& row = positions_.touch(account, read.subaccount, read.symbol);
    if (row.rest_seen < begun) {
      state_net(row, FixedPointCount{}, now);
      row.rest_entry_price.reset();
      row.unrealized_pnl.reset();
      row.margin_used.reset();
    }
    if (!row.opening && row.rest_net_before == row.rest_net && row.changed < begun) {
      row.opening = *row.rest_net - row.traded;
      row.opening_time = exchange_now;
    }
  }
}

void Book::klear_position(const Stated& stated, Timestamp at) {
  PositionRow& row = positions_.touch(stated.account, stated.subaccount, stated.symbol);
  if (row.klear_time && *row.klear_time > at) return;
  if (row.klear_net != stated.net) row.klear_compared.reset();  // the same settlement, told anew
  row.klear_net = stated.net;                                   // of a settlement: all subtraders together
  row.klear_time = at;
}

void Book::funding(FundingRow row) {
  const auto before = find<FundingRow>(storage_, row.source, row.account, row.subaccount, row.symbol, row.funding_time, row.subtrader);
  if (before && before->amount == row.amount && before->rate == row.rate && before->mark_price == row.mark_price &&
      before->quantity == row.quantity)
    return;
  put(storage_, row);  // a list that is read again says what it says last
  if (row.source != Source::rest) return;
  const DollarDecimal more = row.amount - (before ? before->amount : DollarDecimal{});
  PositionRow& position = positions_.touch(row.account, row.subaccount, row.symbol);
  position.funding = position.funding + more;
  DayRow& day = days_.touch(row.account, clearing_business_date(row.funding_time), row.subaccount, row.symbol);
  day.funding = day.funding + more;
}

void Book::cash(CashRow row) {
  const auto last = all<CashRow>(storage_, "WHERE source = $1 AND account = $2 AND subaccount = $3 ORDER BY seen DESC LIMIT 1", row.source,
                                 row.account, row.subaccount);
  if (!last.empty() && last.front().balance == row.balance && last.front().available == row.available &&
      last.front().margin_used == row.margin_used) {
    return;
  }
  put(storage_, row);
}

void Book::corporate_action(const std::string& account, std::int64_t subaccount, const std::string& symbol, FixedPointCount net_before,
                            FixedPointCount net_after, Timestamp at) {
  PositionRow& row = positions_.touch(account, subaccount, symbol);
  row.traded = row.traded + (net_after - net_before);
  row.fix_traded = row.fix_traded + (net_after - net_before);
  row.fix_net.reset();
  row.fix_time.reset();
  row.fix_exec_id.clear();
  PositionRow& settled = positions_.touch(account, 0, symbol);  // where Klear's word of all subaccounts stands
  settled.klear_net.reset();
  settled.klear_time = std::max(settled.klear_time.value_or(at), at);
  if (row.rest_entry_price) row.entry_price = *row.rest_entry_price;
  row.base_time = at;
  row.base_number = last_fill_;
  row.base_traded = row.traded;
  row.base_entry_price = row.entry_price;
  row.base_realized_pnl = row.realized_pnl;
}

}  // namespace marginfix::reconcile
