#include "support/demo_ledger.hpp"

#include <array>
#include <fstream>
#include <map>

#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::test {
namespace {

using namespace reconcile;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array kSymbols{"KXBTCPERP", "KXETHPERP", "KXSOLPERP", "KXXRPPERP", "KXDOGEPERP"};
constexpr std::array kPrices{97'250'000'000LL, 3'412'500'000LL, 231'400'000LL, 2'184'500LL, 412'300LL};

Date demo_day() { return Date(std::chrono::year(2026), std::chrono::month(11), std::chrono::day(30)); }
DollarDecimal dollars(std::string_view text) { return DollarDecimal::parse(text).value(); }
FixedPointCount contracts(std::string_view text) { return FixedPointCount::parse(text).value(); }
Timestamp ago(std::chrono::microseconds time) { return demo_now() - time; }
// Of the clearing day: from 21:00 UTC of the day before.
Timestamp at(hours h, minutes m = minutes(0), seconds s = seconds(0)) {
  return from_eastern(Date(std::chrono::sys_days(demo_day()) - std::chrono::days(1)), hours(16)) + h + m + s;
}

// A small generator of our own: the same numbers on every machine.
class Dice {
 public:
  std::int64_t below(std::int64_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::int64_t>((state_ >> 33) % static_cast<std::uint64_t>(n));
  }

 private:
  std::uint64_t state_{7};
};

void put_source(Storage& storage, const char* account, Source source, SourceState state, Timestamp since, std::optional<Timestamp> last,
                const char* why, std::int64_t messages) {
  SourceRow row;
  row.account = account, row.source = source, row.state = state, row.since = since, row.last_message = last, row.why = why,
  row.messages = messages;
  put(storage, row);
}

void put_sources(Storage& storage) {
  put_source(storage, "alice", Source::listener, SourceState::up, at(hours(19), minutes(12), seconds(20)), ago(seconds(2)), "", 48'213);
  put_source(storage, "alice", Source::drop_copy, SourceState::up, at(hours(19), minutes(13)), ago(minutes(78)), "", 912);
  put_source(storage, "alice", Source::rest, SourceState::up, at(hours(0), minutes(1)), ago(seconds(9)), "", 5'160);
  put_source(storage, "alice", Source::websocket, SourceState::up, at(hours(2)), ago(seconds(3)), "", 21'004);
  put_source(storage, "alice", Source::klear, SourceState::unknown, ago(minutes(14)), ago(minutes(16)),
             "HTTP 401: the token of Klear has expired; put a new one into klear.token", 44);
  put_source(storage, "alice", Source::firm, SourceState::up, at(hours(0), minutes(1)), ago(seconds(31)), "", 20'877);
  put_source(storage, "bob", Source::listener, SourceState::up, at(hours(9)), ago(minutes(4)), "", 1'207);
  put_source(storage, "bob", Source::drop_copy, SourceState::off, at(hours(0)), std::nullopt,
             "this account is not on the allow list of drop copy; holes are closed from REST", 0);
  put_source(storage, "bob", Source::rest, SourceState::up, at(hours(0)), ago(seconds(12)), "", 5'022);
  put_source(storage, "bob", Source::websocket, SourceState::waiting, ago(seconds(20)), std::nullopt, "subscribed, nothing has come yet",
             0);
}

void put_span(Storage& storage, const char* account, Source source, std::int64_t number, Timestamp began, std::optional<Timestamp> ended,
              Timestamp from, Timestamp to, const char* why = "") {
  SpanRow row;
  row.account = account, row.source = source, row.number = number, row.began = began, row.ended = ended, row.covers_from = from,
  row.covers_to = to, row.why = why;
  put(storage, row);
}

void put_gap(Storage& storage, const char* account, std::int64_t number, Timestamp opened, std::optional<Timestamp> closed, const char* by,
             const char* why) {
  GapRow row;
  row.account = account, row.number = number, row.opened = opened, row.since = opened - seconds(11), row.closed = closed,
  row.closed_by = by, row.why = why;
  put(storage, row);
}

void put_coverage(Storage& storage) {
  const auto span = [&](std::int64_t number, Timestamp from, std::optional<Timestamp> to, const char* why) {
    put_span(storage, "alice", Source::listener, number, from, to, from, to.value_or(demo_now()), why);
  };
  span(1, at(hours(-3)), at(hours(4), minutes(20)), "disconnected by the exchange");
  span(2, at(hours(4), minutes(30)), at(hours(11), minutes(2)), "network unreachable");
  span(3, at(hours(14)), at(hours(18), minutes(55)), "heartbeat time-out");
  span(4, at(hours(19), minutes(12), seconds(20)), std::nullopt, "");
  put_gap(storage, "alice", 1, at(hours(4), minutes(20)), at(hours(4), minutes(30), seconds(6)), "drop_copy",
          "disconnected by the exchange");
  put_gap(storage, "alice", 2, at(hours(11), minutes(2)), at(hours(14), minutes(1)), "rest",
          "network unreachable; older than drop copy's 3 h when it was back");
  put_gap(storage, "alice", 3, at(hours(18), minutes(55)), at(hours(19), minutes(13)), "drop_copy", "heartbeat time-out");
  put_span(storage, "alice", Source::drop_copy, 1, at(hours(4), minutes(30), seconds(2)), at(hours(4), minutes(30), seconds(6)),
           at(hours(4), minutes(19)), at(hours(4), minutes(30)), "412 reports, counts agree");
  put_span(storage, "alice", Source::drop_copy, 2, at(hours(19), minutes(12), seconds(40)), at(hours(19), minutes(13)),
           at(hours(18), minutes(54)), at(hours(19), minutes(12)), "500 reports, counts agree");
  put_span(storage, "alice", Source::rest, 1, at(hours(0), minutes(1)), at(hours(21), minutes(29)), at(hours(0), minutes(1)),
           at(hours(21), minutes(29)));
  put_span(storage, "alice", Source::websocket, 1, at(hours(2)), std::nullopt, at(hours(2)), demo_now());
  put_span(storage, "bob", Source::listener, 1, at(hours(1)), at(hours(8), minutes(10)), at(hours(1)), at(hours(8), minutes(9)),
           "disconnected");
  put_span(storage, "bob", Source::listener, 2, at(hours(9)), std::nullopt, at(hours(9), minutes(2)), demo_now());
  put_gap(storage, "bob", 1, at(hours(8), minutes(10)), std::nullopt, "", "REST answers 503; drop copy is not open to this account");
  put_span(storage, "bob", Source::rest, 1, at(hours(0)), at(hours(8)), at(hours(0)), at(hours(8)));
}

SourceFillRow told_fill(const FillRow& fill, Source source) {
  SourceFillRow row;
  row.source = source, row.account = fill.account, row.order_id = fill.order_id, row.trade_id = fill.trade_id, row.last_mkt = fill.last_mkt;
  row.exec_id = source == Source::listener ? fill.exec_id : "", row.cl_ord_id = fill.cl_ord_id, row.symbol = fill.symbol,
  row.side = fill.side;
  row.price = fill.price, row.quantity = fill.quantity, row.fee = fill.fee, row.transact_time = fill.transact_time,
  row.first_seen = fill.first_seen;
  if (source == Source::listener) row.subaccount = fill.subaccount, row.clearing_date = fill.clearing_date;
  return row;
}

FillRow demo_fill(Dice& dice, std::int64_t number, std::int64_t executions) {
  FillRow row;
  const auto kind = static_cast<std::size_t>(dice.below(5));
  row.account = dice.below(5) == 0 ? "bob" : "alice";
  row.number = number;
  row.order_id = "order-" + std::to_string(10'000 + number / 3), row.trade_id = "trade-" + std::to_string(1'000'000 + number);
  row.exec_id = std::to_string(13'700 + number / 4) + ";" + std::to_string(number % 4 + 1), row.last_mkt = "KALSHI";
  row.cl_ord_id = number % 50 == 0 ? std::to_string(number) + "E5" : "desk-" + std::to_string(number / 3);
  row.symbol = kSymbols[kind];
  // Comes back to flat now and then, so that something is realised.
  row.side = (number / 7 + dice.below(3)) % 2 == 0 ? "1" : "2";
  const std::int64_t price = kPrices[kind] + kPrices[kind] * (dice.below(61) - 24 + number * 20 / executions) / 4000;
  row.price = DollarDecimal::from_units(price / 100 * 100);
  row.quantity = FixedPointCount::from_units(100 * (1 + dice.below(kind < 2 ? 3 : 60)));
  row.fee = DollarDecimal::from_units((row.price * row.quantity).units() / 4000 / 100 * 100);
  row.transact_time = at(hours(0), minutes(3)) + (std::chrono::microseconds(minutes(1285)) / executions) * number;
  row.first_seen = *row.transact_time + seconds(1);
  row.clearing_date = demo_day();
  row.sources = bit(Source::listener) | bit(Source::rest);
  row.settled = number + 5 < executions;
  return row;
}

void add_to_day(std::map<std::pair<std::string, std::string>, DayRow>& days, const FillRow& fill) {
  DayRow& day = days[{fill.account, fill.symbol}];
  day.account = fill.account, day.symbol = fill.symbol, day.clearing_date = fill.clearing_date;
  ++day.fills;
  (fill.side == "1" ? day.bought : day.sold) += fill.quantity;
  day.notional += fill.price * fill.quantity, day.fees += *fill.fee;
}

void put_fills(Storage& storage, int executions) {
  Dice dice;
  std::map<std::pair<std::string, std::string>, DayRow> days;
  for (std::int64_t number = 1; number <= executions; ++number) {
    FillRow row = demo_fill(dice, number, executions);
    put(storage, row);
    add_to_day(days, row);
  }
  for (auto& [key, day] : days) {
    day.realized_pnl = DollarDecimal::from_units((dice.below(90'000) - 30'000) * 10'000),
    day.funding = DollarDecimal::from_units(-dice.below(9000) * 1000);
    put(storage, day);
  }
  for (int back = 1; back <= 14; ++back) {
    for (const char* symbol : {"KXBTCPERP", "KXETHPERP"}) {
      DayRow day;
      day.account = "alice", day.symbol = symbol, day.clearing_date = Date(std::chrono::sys_days(demo_day()) - std::chrono::days(back));
      day.fills = 800 + dice.below(2500), day.bought = FixedPointCount::from_units(dice.below(900'000)),
      day.sold = FixedPointCount::from_units(dice.below(900'000));
      day.notional = DollarDecimal::from_units((4'000'000 + dice.below(9'000'000)) * 1'000'000),
      day.fees = DollarDecimal::from_units(dice.below(2'500'000) * 1000);
      day.realized_pnl = DollarDecimal::from_units((dice.below(14'000) - 5'000) * 1'000'000),
      day.funding = DollarDecimal::from_units((dice.below(900) - 600) * 1'000'000);
      put(storage, day);
    }
  }
}

struct DemoPosition {
  const char *account, *symbol, *net, *fix, *rest, *klear, *entry, *realized, *unrealized, *margin;
};
void put_positions(Storage& storage) {
  constexpr std::array kPositions{
      DemoPosition{"alice", "KXBTCPERP", "12", "12", "12", "12", "96840.25", "4210.775", "4917", "116700"},
      DemoPosition{"alice", "KXETHPERP", "-40", "-40", "-40", "-40", "3398.1", "-812.5", "-576", "13650"},
      DemoPosition{"alice", "KXSOLPERP", "310.5", "310.5", "311.5", "", "229.1145", "96.4025", "709.66", "14370.2"},
      DemoPosition{"alice", "KXXRPPERP", "0", "0", "0", "0", "0", "12.001234", "0", "0"},
      DemoPosition{"bob", "KXBTCPERP", "3", "3", "", "", "97010", "0", "", ""},
      DemoPosition{"bob", "KXDOGEPERP", "-25000", "-25000", "-25000", "", "0.4131", "55.25", "20", "1030.75"},
  };
  for (const DemoPosition& p : kPositions) {
    PositionRow row;
    row.account = p.account, row.symbol = p.symbol, row.opening = FixedPointCount(), row.traded = contracts(p.net),
    row.fix_net = contracts(p.fix), row.fix_time = ago(minutes(3));
    row.entry_price = dollars(p.entry), row.realized_pnl = dollars(p.realized), row.fees = dollars("118.4032"),
    row.funding = dollars("-14.25");
    if (*p.rest != '\0') row.rest_net = contracts(p.rest), row.rest_seen = ago(seconds(9));
    if (*p.klear != '\0') row.klear_net = contracts(p.klear), row.klear_time = at(hours(20));
    if (*p.unrealized != '\0') row.unrealized_pnl = dollars(p.unrealized), row.margin_used = dollars(p.margin);
    row.changed = ago(seconds(9));
    put(storage, row);
  }
}

void put_cash(Storage& storage) {
  Dice dice;
  std::int64_t balance = 512'340'250'000, used = 118'000'000'000;
  for (Timestamp time = at(hours(0), minutes(2)); time < demo_now(); time += minutes(10)) {
    CashRow row;
    balance += (dice.below(4000) - 1700) * 200'000, used += (dice.below(200) - 97) * 60'000'000;
    row.source = Source::rest, row.account = "alice", row.seen = time, row.balance = DollarDecimal::from_units(balance);
    row.margin_used = DollarDecimal::from_units(used), row.available = DollarDecimal::from_units(balance - used);
    put(storage, row);
  }
  for (const Source source : {Source::rest, Source::klear}) {
    FundingRow row;
    row.source = source, row.account = "alice", row.symbol = "KXBTCPERP", row.funding_time = at(hours(16)), row.rate = "0.0001",
    row.mark_price = dollars("97120.5");
    row.quantity = contracts("12"), row.amount = dollars(source == Source::rest ? "-116.5446" : "-116.5448"),
    row.first_seen = at(hours(16), minutes(1));
    put(storage, row);
  }
}

struct DemoBreak {
  BreakCategory category;
  BreakState state;
  const char *symbol, *here_source, *here, *there_source, *there, *explanation;
};
constexpr auto C = BreakState::confirmed;
constexpr auto P = BreakState::pending;
constexpr auto R = BreakState::resolved;
constexpr auto E = BreakState::explained;
constexpr auto A = BreakState::accepted;
const std::array kDemoBreaks{
    DemoBreak{BreakCategory::missing_here, R, "KXBTCPERP", "", "", "rest", "buy 2 at 97180.50",
              "REST has a fill that neither listener nor drop copy told"},
    DemoBreak{BreakCategory::late, E, "KXBTCPERP", "listener", "2026-11-29T21:03:12Z", "ledger", "2026-11-29T21:00:00Z",
              "first told after the cut of its clearing day"},
    DemoBreak{BreakCategory::funding, A, "KXBTCPERP", "rest", "-116.5446", "klear", "-116.5548",
              "the payment of 13:00 UTC differs by more than the tolerance"},
    DemoBreak{BreakCategory::fee, R, "KXETHPERP", "listener", "0.8530", "rest", "0.8531", "137 and REST's fee differ"},
    DemoBreak{BreakCategory::duplicate, E, "KXSOLPERP", "listener", "price 231.4", "drop_copy", "price 231.5",
              "one ExecID(17), told twice with different content"},
    DemoBreak{BreakCategory::clearing_date, A, "KXXRPPERP", "listener", "2026-11-30", "ledger", "2026-11-29",
              "715 is not the day of its TransactTime(60)"},
    DemoBreak{BreakCategory::order_state, R, "KXBTCPERP", "listener", "open, 3 left", "rest", "canceled", "open here, done there"},
    DemoBreak{BreakCategory::position, R, "KXETHPERP", "fills", "-41", "rest", "-40", "the fills do not add up to what REST states"},
    DemoBreak{BreakCategory::corporate_action, E, "KXDOGEPERP", "fills", "-2500", "rest", "-25000",
              "a split of 10 for 1 was announced for this day"},
    DemoBreak{BreakCategory::outcome_unknown, R, "KXBTCPERP", "firm", "D sent", "", "",
              "the firm sent it and nobody has said what became of it"},
    DemoBreak{BreakCategory::avg_px, C, "KXBTCPERP", "listener", "97102.3333", "fills", "97102.6666",
              "AvgPx(6) is not the mean of the fills"},
    DemoBreak{BreakCategory::cum_qty, C, "KXETHPERP", "listener", "14", "fills", "11",
              "CumQty(14) is not the sum of the fills: one is missing"},
    DemoBreak{BreakCategory::account, C, "KXBTCPERP", "listener", "subaccount 2", "firm", "subaccount 0",
              "another subaccount than the one it is booked under"},
    DemoBreak{BreakCategory::symbol, C, "KXSOLPERP", "listener", "KXSOLPERP", "firm", "KXSUIPERP",
              "the firm booked it under another symbol"},
    DemoBreak{BreakCategory::side, C, "KXXRPPERP", "listener", "buy", "firm", "sell", "bought here, sold there"},
    DemoBreak{BreakCategory::quantity, C, "KXDOGEPERP", "listener", "1500", "rest", "1050", "two digits changed places"},
    DemoBreak{BreakCategory::collateral, C, "", "rest", "512340.2500", "klear", "512240.2500",
              "the balances differ by more than the tolerance"},
    DemoBreak{BreakCategory::undecodable, C, "", "listener", "212 bytes", "", "",
              "ClOrdID(11) is there twice (the bytes are kept: journal position 918273)"},
    DemoBreak{BreakCategory::missing_there, C, "KXBTCPERP", "listener", "sell 1 at 97301", "rest", "",
              "FIX told it, REST's complete list does not have it"},
    DemoBreak{BreakCategory::missing_here, C, "KXETHPERP", "", "", "firm", "buy 4 at 3411.25",
              "the firm's log has it, the account's feed does not"},
    DemoBreak{BreakCategory::outcome_unknown, C, "KXBTCPERP", "firm", "EXCHANGE_UNAVAILABLE", "", "",
              "the exchange could not say what became of it: look for it by ClOrdID, send nothing again"},
    DemoBreak{BreakCategory::order_state, C, "KXSOLPERP", "listener", "filled", "rest", "open, 20 left", "done here, open there"},
    DemoBreak{BreakCategory::fee, C, "KXBTCPERP", "listener", "24.2950", "rest", "24.2900",
              "137 and REST's fee differ by more than the tolerance"},
    DemoBreak{BreakCategory::funding, C, "KXETHPERP", "fills", "-13.6124", "rest", "13.6124", "the sign is the other one"},
    DemoBreak{BreakCategory::position, C, "KXSOLPERP", "fills", "310.50", "rest", "311.50", "the fills do not add up to what REST states"},
    DemoBreak{BreakCategory::late, P, "KXSOLPERP", "listener", "2026-11-30T18:29:40Z", "ledger", "2026-11-30T18:28:00Z",
              "told two minutes late"},
    DemoBreak{BreakCategory::corporate_action, P, "KXDOGEPERP", "fills", "-25000", "rest", "-12500", "the action behind it is not known"},
    DemoBreak{BreakCategory::duplicate, P, "KXBTCPERP", "listener", kHostileText, "drop_copy", "",
              "one ExecID(17), told twice with different content"},
    DemoBreak{BreakCategory::missing_there, P, "KXETHPERP", "listener", "buy 1 at 3412", "rest", "", "REST has not told it yet"},
    DemoBreak{BreakCategory::price, C, "KXBTCPERP", "listener", "97250.50", "rest", "97205.50", "the same trade, at another price"},
};

BreakRow demo_break(std::int64_t id) {
  const DemoBreak& b = kDemoBreaks[static_cast<std::size_t>(id - 1)];
  BreakRow row;
  row.id = id, row.account = id % 6 == 0 ? "bob" : "alice", row.category = b.category, row.state = b.state, row.symbol = b.symbol;
  row.here_source = b.here_source, row.here_value = b.here, row.there_source = b.there_source, row.there_value = b.there,
  row.explanation = b.explanation;
  row.order_id = "order-" + std::to_string(10'000 + id), row.trade_id = "trade-" + std::to_string(1'000'000 + id),
  row.exec_id = std::to_string(13'700 + id) + ";1";
  row.cl_ord_id = id == 28 ? kHostileClOrdId : "desk-" + std::to_string(id);
  row.subject = row.trade_id;
  row.first_seen = ago(minutes(600 - 20 * id)), row.changed = row.first_seen + seconds(25);
  if (row.state == P) row.first_seen = row.changed = ago(seconds(9));
  if (row.state != P) row.confirmed = row.changed;
  row.notional = DollarDecimal::from_units(kPrices[static_cast<std::size_t>(id % 5)] * (1 + id % 3));
  if (!is_open(row.state)) {
    row.closed = row.changed = row.first_seen + minutes(7);
    if (id % 2 == 0 || row.state != R) row.closed_by = "Maria Ortiz", row.reason = "checked with the exchange's support, ticket 5521";
  }
  return row;
}

// The newest break of all: one trade at two prices, with everything that belongs to it.
void put_price_break(Storage& storage, const BreakRow& row) {
  FillRow fill;
  fill.account = row.account, fill.order_id = row.order_id, fill.trade_id = row.trade_id, fill.exec_id = row.exec_id,
  fill.last_mkt = "KALSHI", fill.cl_ord_id = row.cl_ord_id;
  fill.symbol = row.symbol, fill.side = "1", fill.price = dollars("97250.5"), fill.quantity = contracts("2"), fill.fee = dollars("48.6253"),
  fill.transact_time = ago(minutes(2)), fill.first_seen = ago(minutes(2));
  fill.clearing_date = demo_day();
  for (const Source source : {Source::listener, Source::rest, Source::websocket, Source::firm}) {
    SourceFillRow told = told_fill(fill, source);
    if (source == Source::rest) told.price = dollars("97205.5");
    if (source == Source::firm) told.fee = std::nullopt;
    put(storage, told);
  }
}

void put_order(Storage& storage, const BreakRow& row) {
  OrderRow order;
  order.account = row.account, order.order_id = row.order_id, order.cl_ord_id = row.cl_ord_id, order.symbol = row.symbol, order.side = "1",
  order.ord_status = "1", order.price = dollars("97300");
  order.order_qty = contracts("5"), order.cum_qty = contracts("2"), order.leaves_qty = contracts("3"), order.avg_px = "97250.5",
  order.text = row.id == 28 ? kHostileText : "";
  order.rest_cum_qty = contracts("2"), order.rest_leaves_qty = contracts("3"), order.last_time = ago(minutes(2));
  put(storage, order);
}

void put_breaks(Storage& storage) {
  for (std::int64_t id = 1; id <= static_cast<std::int64_t>(kDemoBreaks.size()); ++id) {
    BreakRow row = demo_break(id);
    put(storage, row);
    if (id == 28 || id == 30) put_order(storage, row);
    if (id == 30) put_price_break(storage, row);
  }
}

std::string audit_line(const BreakRow& row, std::int64_t n, Timestamp time, const char* event, const std::string& by,
                       const std::string& reason) {
  return "{\"n\":\"" + std::to_string(n) + "\",\"time\":\"" + to_rfc3339(time) + "\",\"break\":\"" + std::to_string(row.id) +
         "\",\"account\":\"" + row.account + "\",\"category\":\"" + std::string(to_string(row.category)) + "\",\"event\":\"" + event +
         "\",\"by\":\"" + by + "\",\"reason\":\"" + reason + "\",\"detail\":\"" + row.explanation + "\",\"prev\":\"\",\"hash\":\"\"}\n";
}

}  // namespace

Timestamp demo_now() { return from_eastern(demo_day(), hours(13) + minutes(30)); }

void fill_demo_ledger(Storage& storage, int executions) {
  storage.begin();
  put_sources(storage);
  put_coverage(storage);
  put_fills(storage, executions);
  put_positions(storage);
  put_cash(storage);
  put_breaks(storage);
  set_meta(storage, "journal_offset", "918273");
  storage.commit();
}

void make_demo_folder(const std::string& dir, int executions) {
  const auto storage = SqliteStorage::open(dir + "/ledger.db").value();
  fill_demo_ledger(*storage, executions);
  std::ofstream audit(dir + "/audit.jsonl", std::ios::binary);
  std::int64_t n = 0;
  each<BreakRow>(*storage, "ORDER BY id", [&](const BreakRow& row) {
    audit << audit_line(row, ++n, row.first_seen, "opened", "", "");
    if (row.confirmed) audit << audit_line(row, ++n, *row.confirmed, "confirmed", "", "");
    if (row.closed) audit << audit_line(row, ++n, *row.closed, std::string(to_string(row.state)).c_str(), row.closed_by, row.reason);
  });
}

}  // namespace marginfix::test
