#include "apps/demo/chapters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>

#include "apps/book_view.hpp"
#include "apps/demo/truth.hpp"
#include "marginfix/domain/enum_names.hpp"
#include "marginfix/rest/missed.hpp"

namespace marginfix::apps {

namespace {
std::string words(const OrderView& v) {
  std::string text = to_string(v.status);
  if (!v.cum.is_zero()) text += fmt::format(", {} filled", v.cum.to_string());
  if (!v.leaves.is_zero()) text += fmt::format(", {} left", v.leaves.to_string());
  if (!v.text.empty()) text += " (" + v.text + ")";
  return text;
}

void expect(bool good, std::string_view what) {
  if (!good) throw DemoFailure(fmt::format("expected {}", what));
}

void expect_refusal(const OrderView& v, std::string_view text) {
  if (v.text != text) throw DemoFailure(fmt::format("expected the refusal {}, got {}", text, words(v)));
}

OrderEntrySession& nr(Desk& desk) { return desk.client().order_entry(TargetSession::NR); }
OrderEntrySession& rt(Desk& desk) { return desk.client().order_entry(TargetSession::RT); }

// Prices of the quiet market: around its reference, so that margin and bands are ordinary.
constexpr const char* kPrice = "4.2000";
constexpr const char* kHigher = "4.2100";
constexpr const char* kHighest = "4.2300";
constexpr const char* kLow = "3.9000";

Desk::Ticket buy(const Stage& s, int quantity, const char* price) {
  Desk::Ticket t;
  t.symbol = s.quiet_market;
  t.quantity = quantity;
  t.price = price;
  return t;
}
Desk::Ticket sell(const Stage& s, int quantity, const char* price) {
  Desk::Ticket t = buy(s, quantity, price);
  t.side = Side::Sell;
  return t;
}

// bob sells into what alice has resting; waits until he has it all.
void bob_sells(Stage& s, int quantity, const char* price) {
  const auto id = s.bob.place(nr(s.bob), sell(s, quantity, price));
  s.bob.await_status(id, OrdStatus::Filled);
}

template <class Call>
OrderGroupResult group_call(std::string_view what, Call&& call) {
  auto promise = std::make_shared<std::promise<Result<OrderGroupResult>>>();
  auto future = promise->get_future();
  const Result<void> asked = call([promise](Result<OrderGroupResult> r) { promise->set_value(std::move(r)); });
  if (!asked) throw DemoFailure(asked.error().message);
  if (future.wait_for(std::chrono::seconds(15)) != std::future_status::ready) throw DemoFailure(fmt::format("no answer to {}", what));
  auto result = future.get();
  if (!result) throw DemoFailure(result.error().message);
  return std::move(*result);
}

// The exchange tells the listener late from here on.
void hold_listener_back(Stage& s) {
  if (s.listener_delay.count() == 0) return;
  const SessionConfig& config = s.alice.client().listener().config();
  if (auto held = s.exchange.delay(target_comp_id(config.target), config.credentials.key_id, s.listener_delay); !held)
    throw DemoFailure(held.error().message);
}

void show_book(const Stage& s) {
  const auto book = s.alice.client().market_data().book_copy(s.active_market);
  if (!book) throw DemoFailure("no book of " + s.active_market);
  s.story.picture(ladder(s.active_market, *book, 5));
}
}  // namespace

void chapter_logons(Stage& s) {
  s.story.chapter(2, "Logging on: order entry NR and RT, listener, drop copy, market data, WebSocket, over TLS");
  const auto started = std::chrono::steady_clock::now();
  s.alice.start();
  s.bob.start();
  s.alice_elsewhere.connect();
  hold_listener_back(s);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  if (s.listener_delay.count() > 0) s.story.tell(fmt::format("the listener's reports are held back by {} ms", s.listener_delay.count()));
  for (FixSession* session : s.alice.client().sessions()) {
    s.story.door(session->name(), "active",
                 fmt::format("{}:{}, chain and host name verified, Logon signed", session->config().host, session->config().port));
  }
  s.story.door("WebSocket", "open", "books, fills, orders");
  s.story.tell(fmt::format("all in {} ms", took.count()));
}

void chapter_market_data(Stage& s) {
  s.story.chapter(3, "Market data: a book that moves");
  auto& md = s.alice.client().market_data();
  if (auto wished = md.subscribe(s.active_market); !wished) throw DemoFailure(wished.error().message);
  s.alice.wait_for("a snapshot of " + s.active_market, [&] { return s.alice.book_updates(s.active_market) > 0; });
  show_book(s);
  const auto seen = s.alice.book_updates(s.active_market);
  s.alice.wait_for(
      "a moving book", [&] { return s.alice.book_updates(s.active_market) >= seen + 12; }, std::chrono::seconds(30));
  s.story.tell(fmt::format("... {} updates and {} trades later", s.alice.book_updates(s.active_market) - seen, s.alice.trades_seen()));
  show_book(s);
}

void chapter_orders(Stage& s) {
  s.story.chapter(4, fmt::format("Orders on KalshiNR, in {} (bob is the other side)", s.quiet_market));
  auto& session = nr(s.alice);

  const auto resting = s.alice.place(session, buy(s, 10, kPrice));
  s.story.outcome("buy 10 @ 4.2000", words(s.alice.await_status(resting, OrdStatus::New)));
  const auto amended = s.alice.amend(session, resting, buy(s, 12, kHigher));
  s.story.outcome("amend it to 12 @ 4.2100", words(s.alice.await(amended, "Replaced", [](const OrderView& v) { return v.answered; })));
  bob_sells(s, 4, kHigher);
  s.story.outcome("bob sells 4 into it", words(s.alice.await_status(amended, OrdStatus::PartiallyFilled)));
  bob_sells(s, 8, kHigher);
  s.story.outcome("bob sells 8 more", words(s.alice.await_status(amended, OrdStatus::Filled)));

  const auto offer = s.bob.place(nr(s.bob), sell(s, 3, kHigher));
  s.bob.await_status(offer, OrdStatus::New);
  Desk::Ticket fok = buy(s, 5, kHigher);
  fok.time_in_force = TimeInForce::FOK;
  const auto refused_fok = s.alice.await_status(s.alice.place(session, fok), OrdStatus::Rejected);
  expect_refusal(refused_fok, "FOK_INSUFFICIENT_VOLUME");
  s.story.outcome("bob offers 3; fill-or-kill for 5", words(refused_fok));
  Desk::Ticket post_only = buy(s, 1, kHigher);
  post_only.exec_inst = ExecInst::PostOnly;
  const auto refused_post = s.alice.await_status(s.alice.place(session, post_only), OrdStatus::Rejected);
  expect_refusal(refused_post, "POST_ONLY_CROSS");
  s.story.outcome("post-only at bob's price", words(refused_post));
  Desk::Ticket ioc = buy(s, 5, kHigher);
  ioc.time_in_force = TimeInForce::IOC;
  const auto taken = s.alice.await(s.alice.place(session, ioc), "the end of the IOC",
                                   [](const OrderView& v) { return v.leaves.is_zero() && !v.cum.is_zero(); });
  expect(taken.cum == FixedPointCount::whole(3), "3 contracts for the IOC");
  s.story.outcome("immediate-or-cancel for 5", words(taken));

  Desk::Ticket gtd = buy(s, 2, kLow);
  gtd.time_in_force = TimeInForce::GTD;
  gtd.expire_time = std::chrono::ceil<std::chrono::seconds>(system_clock().now()) + std::chrono::minutes(10);
  const auto dated = s.alice.place(session, gtd);
  s.alice.await_status(dated, OrdStatus::New);
  if (auto moved = s.exchange.advance_clock(std::chrono::minutes(11)); !moved) throw DemoFailure(moved.error().message);
  s.story.outcome("good for 10 minutes; the trading clock is moved on by 11",
                  words(s.alice.await(dated, "its expiry", [](const OrderView& v) { return v.leaves.is_zero(); })));
}

void chapter_order_group(Stage& s) {
  s.story.chapter(5, "An order group: 5 contracts in 15 seconds, then everything in it is canceled");
  auto& session = nr(s.alice);
  auto& groups = session.order_groups();
  const auto created = group_call("group create", [&](OrderGroupCallback done) { return groups.create(5, std::move(done)); });
  s.story.tell("created " + created.order_group_id);
  const auto in_group = [&](int quantity, const char* price) {
    Desk::Ticket t = buy(s, quantity, price);
    t.group = created.order_group_id;
    return t;
  };
  std::vector<std::string> ids;
  for (const auto& [quantity, price] : {std::pair{4, kPrice}, std::pair{4, kPrice}, std::pair{9, kLow}}) {
    ids.push_back(s.alice.place(session, in_group(quantity, price)));
    s.alice.await_status(ids.back(), OrdStatus::New);
  }
  s.story.tell("three orders rest in it: 4 and 4 @ 4.2000, 9 @ 3.9000");
  bob_sells(s, 6, kPrice);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    s.story.outcome(fmt::format("bob sells 6: order {}", i + 1),
                    words(s.alice.await(ids[i], "its end", [](const OrderView& v) { return v.leaves.is_zero(); })));
  }
  const auto refused = s.alice.await_status(s.alice.place(session, in_group(1, kLow)), OrdStatus::Rejected);
  s.story.outcome("a new order in the triggered group", words(refused));
  group_call("group reset", [&](OrderGroupCallback done) { return groups.reset(created.order_group_id, std::move(done)); });
  const auto again = s.alice.place(session, in_group(1, kLow));
  s.story.outcome("after a reset", words(s.alice.await_status(again, OrdStatus::New)));
}

void chapter_mass_cancel(Stage& s) {
  s.story.chapter(6, "Mass cancel");
  auto& session = nr(s.alice);
  std::array<std::string, 3> ids;
  int quantity = 0;
  for (auto& id : ids) id = s.alice.place(session, buy(s, ++quantity, kLow));
  for (const auto& id : ids) s.alice.await_status(id, OrdStatus::New);
  if (auto sent = session.mass_cancel(s.alice.next_id()); !sent) throw DemoFailure(sent.error().message);
  // A Canceled report stands under the order's own ClOrdID or under the request's: leaves tell either way.
  for (const auto& id : ids) s.alice.await(id, "its cancel", [](const OrderView& v) { return v.status == OrdStatus::Canceled; });
  s.story.outcome("4 orders resting, one OrderMassCancelRequest", "all Canceled");
}

namespace {
constexpr int kBurst = 400;

// Sends until the session takes it; what was refused was never numbered, stored or sent, so sending it now doubles nothing.
void send_surely(Stage& s, const std::string& id) {
  for (;;) {
    s.alice.wait_for("KalshiRT", [&] { return rt(s.alice).active(); });
    if (s.alice.try_place(rt(s.alice), buy(s, 1, kLow), id)) return;
  }
}

std::size_t confirmed(const Desk& desk, const std::vector<std::string>& ids) {
  return static_cast<std::size_t>(std::ranges::count_if(ids, [&](const std::string& id) {
    const auto view = desk.view(id);
    return view && view->answered;
  }));
}
}  // namespace

void chapter_cut_in_a_burst(Stage& s) {
  s.story.chapter(7, fmt::format("KalshiRT: {} orders in a burst, the connection cut in the middle", kBurst));
  const SessionConfig& config = rt(s.alice).config();
  const auto before = rt(s.alice).statistics();
  std::vector<std::string> ids;
  for (int i = 0; i < kBurst; ++i) {
    ids.push_back(s.alice.next_id());
    send_surely(s, ids.back());
    if (i == kBurst / 2) {
      if (auto cut = s.exchange.disconnect(target_comp_id(config.target), config.credentials.key_id); !cut)
        throw DemoFailure(cut.error().message);
    }
  }
  const auto settled = [&] {
    for (const auto& id : s.alice.take_not_sent()) send_surely(s, id);
    return confirmed(s.alice, ids) == ids.size();
  };
  s.alice.wait_for("a report for each order of the burst", settled, std::chrono::seconds(30));
  const auto after = rt(s.alice).statistics();
  s.story.tell(fmt::format("logged on again {} time(s); numbers went on, nothing was reset", after.logons - before.logons));
  s.story.tell(fmt::format("the exchange asked us to resend {} time(s): {} messages with PossDupFlag(43)=Y",
                           after.resend_requests_in - before.resend_requests_in, after.resent - before.resent));
  s.story.tell(fmt::format("we asked the exchange {} time(s): {} reports with PossDupFlag(43)=Y",
                           after.resend_requests_out - before.resend_requests_out, after.poss_dup_in - before.poss_dup_in));
  if (const auto unknown = after.outcome_unknown - before.outcome_unknown; unknown > 0)
    s.story.tell(fmt::format("for {} orders the outcome was unknown when the connection ended; each has been answered since", unknown));
  const Record own = s.alice.own();
  std::map<std::string, int> news;
  for (const auto& [exec_id, cl_ord_id] : own.reports) ++news[cl_ord_id];
  for (const auto& id : ids) {
    expect(news[id] == 1, fmt::format("exactly one numbered report for each order of the burst; {} has {}, and the last it was told is: {}",
                                      id, news[id], s.alice.view(id)->text));
  }
  s.story.outcome(fmt::format("{} orders sent, {} confirmed", ids.size(), confirmed(s.alice, ids)), "none lost, none doubled");
}

namespace {
// The account is not on the allow list for drop copy: REST has the fills and what became of the orders.
void missed_by_rest(Stage& s, const Record& heard_before, const Error& refused) {
  s.story.tell(fmt::format("drop copy refuses (21004={}): {}", refused.status, refused.code));
  const auto missed = rest::missed(s.alice_elsewhere.rest(), {.since = heard_before.last_time});
  if (!missed) throw DemoFailure(missed.error().message);
  const auto brought = s.alice.fill_gap_by_rest(missed->fills);
  expect(brought > 0, "fills that the listener had missed");
  s.story.outcome(fmt::format("REST: fills since {}", to_rfc3339(heard_before.last_time)),
                  fmt::format("brought the {} fills that were missed", brought));
}
}  // namespace

void chapter_missed_reports(Stage& s) {
  s.story.chapter(8, "Missed reports: the listener and KalshiNR are away while bob trades with us");
  auto& listener = s.alice.client().listener();
  auto& session = nr(s.alice);
  for (int i = 0; i < 3; ++i) s.alice.await_status(s.alice.place(session, buy(s, 5, kPrice)), OrdStatus::New);
  s.alice.wait_for("the listener to have heard all", [&] { return s.alice.heard().reports.size() >= s.alice.own().reports.size(); });
  const Record heard_before = s.alice.heard();
  listener.stop();
  session.stop();
  s.alice.wait_for("the sessions' end",
                   [&] { return listener.state() == SessionState::stopped && session.state() == SessionState::stopped; });
  bob_sells(s, 15, kPrice);
  for (FixSession* away : {static_cast<FixSession*>(&listener), static_cast<FixSession*>(&session)}) {
    if (auto started = away->start(); !started) throw DemoFailure(started.error().message);
    s.alice.wait_for(away->name(), [&] { return away->active(); });
  }
  s.story.tell("bob sold 15 into three orders; both sessions are back, neither has heard of it");
  hold_listener_back(s);
  const auto fetched = s.alice.fetch_past(heard_before.last_exec_id, true);
  if (!fetched) return missed_by_rest(s, heard_before, fetched.error());
  const auto brought = s.alice.heard().reports.size() - heard_before.reports.size();
  expect(brought > 0, "reports that the listener had missed");
  s.story.outcome(fmt::format("drop copy from ExecID {} on", heard_before.last_exec_id),
                  fmt::format("brought the {} reports that were missed", brought));
}

namespace {
// A bid above every other, so that bob's next sale is its fill.
rest::CreateMarginOrderRequest best_bid(const Stage& s, int quantity) {
  rest::CreateMarginOrderRequest order;
  order.ticker = s.quiet_market;
  order.client_order_id = s.alice.next_id();
  order.side = BookSide::bid;
  order.count = FixedPointCount::whole(quantity);
  order.price = DollarDecimal::parse(kHighest).value();
  order.time_in_force = rest::OrderTimeInForce::good_till_canceled;
  order.self_trade_prevention_type = SelfTradePreventionType::TakerAtCross;
  return order;
}

// The fill of an order as REST lists it; empty: not there.
std::string rest_fill_of(Stage& s, const std::string& order_id) {
  for (const auto& fill : s.alice_elsewhere.rest().portfolio().fills_all({})) {
    if (!fill) throw DemoFailure(fill.error().message);
    if (fill->order_id == order_id) return fill->fill_id;
  }
  return {};
}

// The two streams may be a moment behind the book that was asked for.
void await_equal_books(Stage& s) {
  auto& md = s.alice.client().market_data();
  const OrderBook asked = s.alice_elsewhere.book_by_rest();
  s.alice.wait_for("equal books on FIX, WebSocket and REST", [&] {
    const auto fix = md.book_copy(s.quiet_market);
    const OrderBook socket = s.alice_elsewhere.book_by_websocket();
    return fix && fix->same_levels(asked) && !socket.stale() && socket.same_levels(asked);
  });
  s.story.outcome(
      fmt::format("the book by FIX, WebSocket and REST, levels: {}", asked.level_count(BookSide::bid) + asked.level_count(BookSide::ask)),
      "equal");
}
}  // namespace

void chapter_other_doors(Stage& s) {
  s.story.chapter(9, "Other doors, same exchange: an order by REST, its fill by FIX, WebSocket and REST");
  auto& perps = s.alice_elsewhere.rest();
  if (auto wished = s.alice.client().market_data().subscribe(s.quiet_market); !wished) throw DemoFailure(wished.error().message);
  const auto placed = perps.orders().create({.body = best_bid(s, 7)});
  if (!placed) throw DemoFailure(placed.error().message);
  s.alice.wait_for("the listener to hear of it", [&] { return s.alice.heard().knows_order(placed->order_id); });
  s.story.outcome("alice bids for 7 by REST", "the listener has its report");
  const auto fills_before = s.alice.heard().positions.trades();
  bob_sells(s, 3, kHighest);
  s.alice.wait_for("the fill on both streams", [&] {
    return s.alice.heard().positions.trades() > fills_before && !s.alice_elsewhere.fill_of(placed->order_id).empty();
  });
  expect(rest_fill_of(s, placed->order_id) == s.alice_elsewhere.fill_of(placed->order_id), "one fill id by REST and WebSocket");
  s.story.outcome("bob sells 3 into it by FIX", "one fill, by FIX, WebSocket and REST");
  await_equal_books(s);
  const auto canceled = perps.orders().cancel({.order_id = placed->order_id});
  if (!canceled) throw DemoFailure(canceled.error().message);
  s.story.outcome("alice cancels the rest by REST", canceled->reduced_by.to_string() + " canceled");
  await_equal_books(s);
}

namespace {
struct Column {
  std::string name;
  std::uint64_t orders, fills;
  FixedPointCount position;
  std::optional<std::uint64_t> reports{};  // execution reports are FIX's own
};

Column column_of(std::string name, const Record& record, const std::string& symbol) {
  return {std::move(name), record.orders.size(), record.positions.trades(), record.positions.net(0, symbol)};
}

Column fix_column_of(std::string name, const Record& record, const std::string& symbol) {
  Column column = column_of(std::move(name), record, symbol);
  column.reports = record.reports.size();
  return column;
}

constexpr std::string_view kNothing = "-";  // the door does not tell of it
}  // namespace

bool chapter_reckoning(Stage& s) {
  s.story.chapter(10, "The reckoning: alice by listener, drop copy, WebSocket, REST, and by the exchange's own books");
  for (Desk* desk : {&s.alice, &s.bob}) {
    desk->wait_for("an answer to every order", [&] { return desk->unknown_outcomes().empty(); });
  }
  const bool drop_copy = s.alice.fetch_past("0;0", false).has_value();
  const auto truth = read_truth(s.exchange.state_json(), "alice");
  if (!truth) throw DemoFailure(truth.error().message);
  const auto it = truth->positions.find(s.quiet_market);
  std::vector<Column> columns;
  if (drop_copy) {
    s.alice.wait_for("the listener to have told all", [&] { return s.alice.heard().reports.size() >= truth->reports; });
    columns.push_back(fix_column_of("listener+gap", s.alice.heard(), s.quiet_market));
    columns.push_back(fix_column_of("drop copy", s.alice.past(), s.quiet_market));
  } else {  // REST brought the fills of the gap, not its reports
    s.alice.wait_for("the listener to have told all", [&] { return s.alice.heard().positions.trades() >= truth->fills; });
    columns.push_back(column_of("listener+REST", s.alice.heard(), s.quiet_market));
  }
  s.alice.wait_for("the WebSocket to have told all", [&] {
    const Record told = s.alice_elsewhere.by_websocket();
    return told.positions.trades() >= truth->fills && told.orders.size() >= truth->orders;
  });
  columns.push_back(column_of("WebSocket", s.alice_elsewhere.by_websocket(), s.quiet_market));
  columns.push_back(column_of("REST", s.alice_elsewhere.by_rest(), s.quiet_market));
  columns.push_back(
      {"exchange", truth->orders, truth->fills, it == truth->positions.end() ? FixedPointCount{} : it->second, truth->reports});
  bool equal = true;
  const auto row = [&](std::string_view name, const auto& cell) {
    Story::Cells cells;
    bool same = true;
    for (const auto& column : columns) {
      cells.emplace_back(column.name, cell(column));
      same = same && (cells.back().second == kNothing || cells.back().second == cell(columns.back()));
    }
    equal = equal && same;
    s.story.row(name, cells, same);
  };
  Story::Cells head;
  for (const auto& column : columns) head.emplace_back(column.name, "");
  s.story.columns(head);
  row("orders", [](const Column& c) { return std::to_string(c.orders); });
  row("reports", [](const Column& c) { return c.reports ? std::to_string(*c.reports) : std::string(kNothing); });
  row("fills", [](const Column& c) { return std::to_string(c.fills); });
  row("position " + s.quiet_market, [](const Column& c) { return c.position.to_string(); });
  return equal;
}

}  // namespace marginfix::apps
