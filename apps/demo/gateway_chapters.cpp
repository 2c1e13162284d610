#include "apps/demo/gateway_chapters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apps/book_view.hpp"
#include "apps/demo/truth.hpp"
#include "marginfix/domain/enum_names.hpp"

namespace marginfix::apps {

namespace {
using Ticket = OmsClient::Ticket;

constexpr char kOmsNew = '0', kOmsPartiallyFilled = '1', kOmsFilled = '2', kOmsCanceled = '4', kOmsReplaced = '5', kOmsRejected = '8';

// Prices of the quiet market: around its reference, so that margin and bands are ordinary.
constexpr const char* kOmsPrice = "4.2000";
constexpr const char* kOmsHigher = "4.2100";
constexpr const char* kOmsLow = "3.9000";

void expect_that(bool good, std::string_view what) {
  if (!good) throw DemoFailure(fmt::format("expected {}", what));
}

Ticket oms_buy(const GatewayStage& s, int quantity, const char* price) {
  Ticket t;
  t.symbol = s.quiet_market;
  t.quantity = quantity;
  t.price = price;
  return t;
}

// bob sells by the exchange's own FIX, into what rests there; waits until he has it all.
void sell_by_bob(GatewayStage& s, int quantity, const char* price) {
  Desk::Ticket t;
  t.side = Side::Sell;
  t.symbol = s.quiet_market;
  t.quantity = quantity;
  t.price = price;
  const auto id = s.bob.place(s.bob.client().order_entry(TargetSession::NR), t);
  s.bob.await_status(id, OrdStatus::Filled);
}

OmsOrder await_end(OmsClient& oms, const std::string& cl_ord_id) {
  return oms.await(cl_ord_id, "its end", [](const OmsOrder& o) { return o.over(); });
}

OmsOrder await_replaced(OmsClient& oms, const std::string& cl_ord_id) {
  return oms.await(cl_ord_id, "Replaced", [](const OmsOrder& o) { return o.exec_type == kOmsReplaced || o.ord_status == kOmsRejected; });
}

// Asked for by the client or not, an order that the exchange refuses is told with the exchange's own word.
void tell_refusal(GatewayStage& s, OmsClient& oms, std::string_view asked, const Ticket& ticket, std::string_view text) {
  const OmsOrder refused = oms.await_status(oms.order(ticket), kOmsRejected);
  expect_that(refused.text.find(text) != std::string::npos, fmt::format("the refusal {}, got {}", text, words(refused)));
  s.story.outcome(asked, words(refused));
}

Result<void> cut_gateway_off(GatewayStage& s) {
  return s.exchange.disconnect("KalshiRT", s.exchange.endpoints().find(s.gateway.account())->key_id);
}
}  // namespace

void chapter_gateway_logons(GatewayStage& s) {
  for (const gateway::KeyStatus& key : s.gateway.service().status().keys)
    s.story.door(key.session, key.state, fmt::format("{}'s key: Logon signed, TLS; orders go out here", key.account));
  s.bob.start();
  for (OmsClient* oms : {&s.fix42, &s.fix44}) {
    oms->start();
    s.story.door(oms->name(), "active",
                 fmt::format("{} on 127.0.0.1:{}: QuickFIX's own initiator, validating by fix-spec/oms", gateway::to_string(oms->version()),
                             s.gateway.port()));
  }
  s.story.tell("bob, the other side, is on KalshiNR itself");
}

void chapter_gateway_market_data(GatewayStage& s) {
  s.story.chapter(3, "Market data by MarketDataRequest(V): a book that moves, as OMS44 keeps it");
  for (OmsClient* oms : {&s.fix42, &s.fix44}) {
    for (const std::string& symbol : {s.active_market, s.quiet_market}) oms->subscribe(symbol);
    oms->wait_for("a snapshot of " + s.active_market, [&] { return oms->updates(s.active_market) > 0; });
  }
  s.story.picture(ladder(s.active_market, s.fix44.book(s.active_market), 5));
  const auto seen = s.fix44.updates(s.active_market);
  s.fix44.wait_for(
      "a moving book", [&] { return s.fix44.updates(s.active_market) >= seen + 12; }, std::chrono::seconds(30));
  s.story.tell(fmt::format("... {} updates and {} trades later", s.fix44.updates(s.active_market) - seen, s.fix44.trades_seen()));
  s.story.picture(ladder(s.active_market, s.fix44.book(s.active_market), 5));
}

void chapter_gateway_fix42(GatewayStage& s) {
  s.story.chapter(4, fmt::format("OMS42 trades {} in FIX 4.2 (bob is the other side)", s.quiet_market));
  OmsClient& oms = s.fix42;
  const auto resting = oms.order(oms_buy(s, 10, kOmsPrice));
  s.story.outcome("NewOrderSingle: buy 10 @ 4.2000", words(oms.await_status(resting, kOmsNew)));
  const Ticket more = oms_buy(s, 12, kOmsHigher);
  const auto replaced = oms.replace(resting, more);
  s.story.outcome("OrderCancelReplaceRequest: 12 @ 4.2100", words(await_replaced(oms, replaced)));
  sell_by_bob(s, 4, kOmsHigher);
  s.story.outcome("bob sells 4 into it", words(oms.await_status(replaced, kOmsPartiallyFilled)));
  s.story.outcome("OrderStatusRequest", words(oms.status(replaced, more)));
  sell_by_bob(s, 8, kOmsHigher);
  s.story.outcome("bob sells 8 more", words(oms.await_status(replaced, kOmsFilled)));
  const auto late = oms.await_cancel_reject(oms.cancel(replaced, more));
  expect_that(late.starts_with("102=0"), "too late to cancel, got " + late);
  s.story.outcome("OrderCancelRequest for it", "OrderCancelReject, " + late);

  const auto unwanted = oms.order(oms_buy(s, 3, kOmsLow));
  oms.await_status(unwanted, kOmsNew);
  const auto cancel = oms.cancel(unwanted, oms_buy(s, 3, kOmsLow));
  s.story.outcome("buy 3 @ 3.9000, and cancel it", words(oms.await_status(cancel, kOmsCanceled)));
  Ticket market = oms_buy(s, 1, "");
  market.ord_type = '1';
  tell_refusal(s, oms, "a market order: the exchange has none", market, "OrdType(40)=1");
}

namespace {
void ioc_and_fok(GatewayStage& s) {
  OmsClient& oms = s.fix44;
  Desk::Ticket offer;
  offer.side = Side::Sell;
  offer.symbol = s.quiet_market;
  offer.quantity = 3;
  offer.price = kOmsHigher;
  s.bob.await_status(s.bob.place(s.bob.client().order_entry(TargetSession::NR), offer), OrdStatus::New);
  Ticket fok = oms_buy(s, 5, kOmsHigher);
  fok.time_in_force = '4';
  tell_refusal(s, oms, "bob offers 3; fill-or-kill for 5", fok, "FOK_INSUFFICIENT_VOLUME");
  Ticket post_only = oms_buy(s, 1, kOmsHigher);
  post_only.exec_inst = "6";
  tell_refusal(s, oms, "post-only at bob's price (18=6)", post_only, "POST_ONLY_CROSS");
  Ticket ioc = oms_buy(s, 5, kOmsHigher);
  ioc.time_in_force = '3';
  const OmsOrder taken = await_end(oms, oms.order(ioc));
  expect_that(taken.ord_status == kOmsCanceled && taken.cum == FixedPointCount::whole(3), "3 contracts and a Canceled report for the IOC");
  s.story.outcome("immediate-or-cancel for 5", words(taken));
}

// Ends that nobody asked for by FIX.
void unasked_ends(GatewayStage& s) {
  OmsClient& oms = s.fix44;
  const auto watched = oms.order(oms_buy(s, 6, kOmsLow));
  const OmsOrder known = oms.await_status(watched, kOmsNew);
  if (const auto done = s.rest.orders().cancel({.order_id = known.order_id}); !done) throw DemoFailure(done.error().message);
  s.story.outcome("alice's own desk cancels an order of it by REST", words(oms.await_status(watched, kOmsCanceled)));
  Ticket dated = oms_buy(s, 2, kOmsLow);
  dated.time_in_force = '6';
  dated.expire_time = std::chrono::ceil<std::chrono::seconds>(system_clock().now()) + std::chrono::minutes(10);
  const auto id = oms.order(dated);
  oms.await_status(id, kOmsNew);
  if (auto moved = s.exchange.advance_clock(std::chrono::minutes(11)); !moved) throw DemoFailure(moved.error().message);
  s.story.outcome("good for 10 minutes; the trading clock is moved on by 11", words(await_end(oms, id)));
}

// What alice's REST says of a book, and what each client has made of W and X.
void await_equal_oms_books(GatewayStage& s) {
  const auto answer = s.rest.markets().orderbook({.ticker = s.quiet_market});
  if (!answer) throw DemoFailure(answer.error().message);
  OrderBook asked(s.quiet_market);
  asked.apply_snapshot(answer->orderbook.bids, answer->orderbook.asks, Timestamp{});
  for (OmsClient* oms : {&s.fix42, &s.fix44})
    oms->wait_for("the book that REST has", [&] { return oms->book(s.quiet_market).same_levels(asked); });
  const std::size_t levels = asked.level_count(BookSide::bid) + asked.level_count(BookSide::ask);
  s.story.outcome(fmt::format("the book as OMS42, OMS44 and REST have it, levels: {}", levels), "equal");
}
}  // namespace

void chapter_gateway_fix44(GatewayStage& s) {
  s.story.chapter(5, "OMS44 trades in FIX 4.4: orders that end at once, and ends that nobody asked for");
  OmsClient& oms = s.fix44;
  const auto resting = oms.order(oms_buy(s, 5, kOmsLow));
  oms.await_status(resting, kOmsNew);
  const auto second = oms.replace(resting, oms_buy(s, 7, kOmsLow));
  await_replaced(oms, second);
  const Ticket last = oms_buy(s, 8, kOmsPrice);
  const auto third = oms.replace(second, last);
  s.story.outcome("buy 5 @ 3.9000, replaced to 7, replaced to 8 @ 4.2000", words(await_replaced(oms, third)));
  await_equal_oms_books(s);
  sell_by_bob(s, 5, kOmsPrice);
  oms.await_status(third, kOmsPartiallyFilled);
  const auto cut = oms.replace(third, oms_buy(s, 5, kOmsPrice));
  s.story.outcome("bob sells 5; replaced to the 5 that are filled", words(await_end(oms, cut)));
  ioc_and_fok(s);
  unasked_ends(s);
  oms.await_status(oms.order(oms_buy(s, 1, kOmsLow)), kOmsNew);
  s.story.outcome("buy 1 @ 3.9000, and an OrderMassStatusRequest", fmt::format("{} order works", oms.working_orders()));
}

void chapter_gateway_order_group(GatewayStage& s) {
  s.story.chapter(6, "OMS44 puts orders into an order group: SecondaryClOrdID(526)");
  rest::CreateOrderGroupRequest wanted;
  wanted.contracts_limit = 5;
  const auto group = s.rest.order_groups().create({.body = wanted});
  if (!group) throw DemoFailure(group.error().message);
  s.story.tell("alice made it by REST, 5 contracts in 15 seconds: " + group->order_group_id);
  std::vector<std::string> ids;
  for (const auto& [quantity, price] : {std::pair{4, kOmsPrice}, std::pair{4, kOmsPrice}, std::pair{9, kOmsLow}}) {
    Ticket t = oms_buy(s, quantity, price);
    t.group = group->order_group_id;
    ids.push_back(s.fix44.order(t));
    s.fix44.await_status(ids.back(), kOmsNew);
  }
  s.story.tell("three orders rest in it: 4 and 4 @ 4.2000, 9 @ 3.9000");
  sell_by_bob(s, 6, kOmsPrice);
  for (std::size_t i = 0; i < ids.size(); ++i)
    s.story.outcome(fmt::format("bob sells 6: order {}", i + 1), words(await_end(s.fix44, ids[i])));
}

namespace {
constexpr int kOmsBurst = 150;  // of each client

std::size_t open_orders(const OmsClient& oms) {
  const OmsRecord record = oms.record();
  return static_cast<std::size_t>(std::ranges::count_if(record.orders, [](const auto& each) { return !each.second.over(); }));
}

// Orders of both clients in turn, and what became of them.
class OmsBurst {
 public:
  explicit OmsBurst(GatewayStage& stage) : stage_(stage) {}

  void send(int count) {
    for (int i = 0; i < count; ++i) {
      for (OmsClient* oms : {&stage_.fix42, &stage_.fix44}) enter(*oms);
    }
  }
  // Orders that the gateway refused for want of an exchange are entered again, under new ClOrdIDs, once it has one.
  void settle() {
    stage_.fix42.wait_for(
        "an answer to each order",
        [this] {
          enter_refused_again();
          return answered() == sent_.size();
        },
        std::chrono::seconds(60));
  }
  std::size_t answered() const {
    return static_cast<std::size_t>(std::ranges::count_if(sent_, [](const Sent& each) {
      const auto order = each.oms->find(each.cl_ord_id);
      return order && !order->pending();
    }));
  }
  std::size_t size() const { return sent_.size(); }
  std::size_t refused() const { return refused_; }

 private:
  struct Sent {
    OmsClient* oms;
    std::string cl_ord_id;
  };
  void enter(OmsClient& oms) { sent_.push_back({&oms, oms.order(oms_buy(stage_, 1, kOmsLow))}); }
  void enter_refused_again() {
    if (stage_.gateway.service().status().keys.front().state != to_string(SessionState::active)) return;
    for (Sent& each : sent_) {
      const auto order = each.oms->find(each.cl_ord_id);
      if (!order || order->ord_status != kOmsRejected) continue;
      const bool outage = order->text.find("not connected") != std::string::npos || order->text.find("not logged on") != std::string::npos;
      expect_that(outage, "no other refusal than an outage's, got " + words(*order));
      ++refused_;
      each.cl_ord_id = each.oms->order(oms_buy(stage_, 1, kOmsLow));
    }
  }

  GatewayStage& stage_;
  std::vector<Sent> sent_;
  std::size_t refused_{0};
};
}  // namespace

void chapter_gateway_burst(GatewayStage& s) {
  s.story.chapter(7, fmt::format("{} orders of each client in a burst; the exchange's connection is cut in the middle", kOmsBurst));
  OmsBurst burst(s);
  burst.send(kOmsBurst / 2);
  s.fix42.wait_for("the first answers", [&] { return burst.answered() > burst.size() / 4; });
  if (auto cut = cut_gateway_off(s); !cut) throw DemoFailure(cut.error().message);
  burst.send(kOmsBurst / 2);
  burst.settle();
  const std::size_t in_doubt = s.fix42.record().in_doubt.size() + s.fix44.record().in_doubt.size();
  s.story.tell(
      fmt::format("{} orders rest; {} were refused while the exchange was away, and entered again", burst.size(), burst.refused()));
  if (in_doubt > 0) s.story.tell(fmt::format("{} were told Pending New, with the reason why, until the exchange had been asked", in_doubt));
  const auto truth = read_truth(s.exchange.state_json(), s.gateway.account());
  if (!truth) throw DemoFailure(truth.error().message);
  const std::size_t working = open_orders(s.fix42) + open_orders(s.fix44);
  expect_that(truth->open.size() == working, fmt::format("{} open orders, the exchange has {}", working, truth->open.size()));
  s.story.outcome(fmt::format("open orders as the clients have them, and the exchange: {}", working), "none lost, none doubled");
}

void chapter_gateway_cancel_everything(GatewayStage& s) {
  s.story.chapter(8, "Everything off: OrderMassCancelRequest of one client, then the gateway's kill switch");
  const auto others = open_orders(s.fix42);
  s.fix44.mass_cancel();
  s.fix44.wait_for("the end of its orders", [&] { return open_orders(s.fix44) == 0; });
  expect_that(open_orders(s.fix42) == others, "the other client's orders to stand");
  s.story.outcome("OMS44: OrderMassCancelRequest", fmt::format("its orders are Canceled; OMS42's {} stand", others));
  auto& service = s.gateway.service();
  if (const auto killed = service.kill("demo", "everything off"); !killed) throw DemoFailure(killed.error().message);
  s.fix42.wait_for("the end of its orders", [&] { return open_orders(s.fix42) == 0; });
  s.story.outcome("the kill switch", fmt::format("OMS42's {} are Canceled too", others));
  tell_refusal(s, s.fix42, "an order while it is on", oms_buy(s, 1, kOmsLow), "kill switch");
  for (int step = 0; step < 2; ++step) {
    if (const auto armed = service.arm("demo"); !armed) throw DemoFailure(armed.error().message);
  }
  s.story.outcome("armed again, in two steps", words(s.fix42.await_status(s.fix42.order(oms_buy(s, 1, kOmsLow)), kOmsNew)));
}

namespace {
void client_away(GatewayStage& s) {
  const auto id = s.fix44.order(oms_buy(s, 9, kOmsPrice));
  s.fix44.await_status(id, kOmsNew);
  s.fix44.log_out();
  sell_by_bob(s, 4, kOmsPrice);
  s.fix44.log_on();
  const OmsOrder heard = s.fix44.await_status(id, kOmsPartiallyFilled);
  s.story.outcome("OMS44 is away while bob sells 4 into its order",
                  words(heard) + (heard.poss_dup ? ", resent with 43=Y" : ", sent again"));
}

void gateway_away(GatewayStage& s) {
  const auto mine = s.fix42.order(oms_buy(s, 5, kOmsHigher));
  s.fix42.await_status(mine, kOmsNew);
  const auto numbers = s.gateway.service().status().clients;
  s.gateway.close();
  sell_by_bob(s, 3, kOmsHigher);
  s.gateway.open();
  for (OmsClient* oms : {&s.fix42, &s.fix44})
    oms->wait_for(
        "its gateway", [&] { return oms->logged_on(); }, std::chrono::seconds(30));
  const OmsOrder heard = s.fix42.await_status(mine, kOmsPartiallyFilled);
  s.story.outcome("the gateway is away while bob sells 3 into OMS42's order", words(heard));
  const auto now = s.gateway.service().status().clients;
  for (std::size_t i = 0; i < now.size() && i < numbers.size(); ++i)
    expect_that(now[i].next_sender_seq >= numbers[i].next_sender_seq, "sequence numbers that go on");
  s.story.tell("sequence numbers went on on both sessions: no reset, nobody told to");
}
}  // namespace

void chapter_gateway_absences(GatewayStage& s) {
  s.story.chapter(9, "Absences: a client's, then the gateway's own");
  client_away(s);
  gateway_away(s);
}

}  // namespace marginfix::apps
