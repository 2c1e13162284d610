// The order's state from the reports of simulated days, shuffled, doubled and dropped: whatever the order of arrival, the end is the
// exchange's truth and each trade is booked once. Live reports, a listener's, drop copy, REST fills and a REST read are mixed.
// MARGINFIX_ANY_ORDER_SEEDS: how many days (4).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "marginfix/domain/order_tracker.hpp"
#include "sim/doors/fix/reports.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/values/random.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

namespace dom = ::marginfix;
using std::chrono::milliseconds;

FixedPointCount count_of(const std::string& text) { return text.empty() ? FixedPointCount{} : FixedPointCount::parse(text).value(); }

dom::OrderReport report_of(const fixwire::ExecutionReport& w, Timestamp time) {
  dom::OrderReport r;
  r.exec_type = static_cast<dom::ExecType>(w.exec_type.at(0));
  r.ord_status = static_cast<dom::OrdStatus>(w.ord_status.at(0));
  r.cl_ord_id = w.cl_ord_id;
  if (!w.orig_cl_ord_id.empty()) r.orig_cl_ord_id = w.orig_cl_ord_id;
  r.order_id = w.order_id;
  r.exec_id = dom::ExecId(w.exec_id);
  r.last_mkt = w.last_mkt;
  if (!w.last_px.empty()) r.last_px = DollarDecimal::parse(w.last_px).value();
  if (!w.last_qty.empty()) r.last_qty = count_of(w.last_qty);
  r.cum_qty = count_of(w.cum_qty);
  r.leaves_qty = count_of(w.leaves_qty);
  r.order_qty = count_of(w.order_qty);
  r.price = DollarDecimal::parse(w.price).value();
  r.symbol = w.symbol;
  r.side = static_cast<dom::Side>(w.side.at(0));
  r.text = w.text;
  r.transact_time = time;
  r.trade_id = w.trd_match_id;
  return r;
}

// What one order's owner can hear of it, door by door, in the exchange's order.
struct Told {
  AccountId account{0};
  dom::NewSent sent;
  std::vector<dom::OrderEvent> live, listener, past, fills;
  std::vector<std::pair<dom::Baseline, std::size_t>> reads;  // after each numbered report: what REST would say
  std::vector<std::string> chain;                            // the ids it had
};

class Ears : public EventSink {
 public:
  explicit Ears(std::uint64_t seed) {
    live_.ioc_cancel_report = seed % 2 == 0;
    live_.preserve_quantity = seed % 3 == 0;
    live_.new_before_trade = seed % 5 == 0;
    listener_.skip_pending = true;
    listener_.ioc_cancel_report = seed % 4 < 2;
    live_.use_expired = listener_.use_expired = past_.use_expired = seed % 7 < 3;
    past_.preserve_quantity = seed % 2 == 1;
    past_.skip_pending = true;
  }
  void on_execution(const ExecutionEvent& e) override {
    if (e.order_no == 0) return;  // a reject: no order
    Told& told = orders[std::string(e.order_id.view())];
    if (told.chain.empty()) {
      told.account = e.account;
      told.chain.emplace_back(e.cl_ord_id);
      told.sent = {std::string(e.cl_ord_id), std::string(e.symbol), static_cast<dom::Side>(e.side), e.original_qty, e.price, e.subaccount};
    }
    if (e.kind == ReportKind::Replaced && e.cl_ord_id != told.chain.back()) told.chain.emplace_back(e.cl_ord_id);
    hear(e, live_, told.live);
    if (!e.exec_id.numbered()) return;
    hear(e, listener_, told.listener);
    hear(e, past_, told.past);
    if (e.kind == ReportKind::Trade) {
      const auto fill = dom::to_fill(std::get<dom::OrderReport>(told.past.back())).value();
      dom::Fill by_rest;
      by_rest.trade_id = fill.trade_id;
      by_rest.order_id = fill.order_id;
      by_rest.symbol = fill.symbol;
      by_rest.side = fill.side;
      by_rest.price = fill.price;
      by_rest.quantity = fill.quantity;
      by_rest.transact_time = fill.transact_time;
      told.fills.emplace_back(by_rest);
    }
    dom::Baseline read;
    read.cl_ord_id = told.chain.back();
    read.order_id = e.order_id.view();
    read.symbol = e.symbol;
    read.side = static_cast<dom::Side>(e.side);
    read.order_qty = e.original_qty;
    read.cum_qty = e.cum_qty;
    read.leaves_qty = e.leaves_qty;
    read.price = e.price;
    read.as_of = e.time;
    for (const auto& fill : told.fills) read.trade_ids.push_back(std::get<dom::Fill>(fill).trade_id);
    told.reads.emplace_back(read, told.fills.size());
  }
  void on_cancel_reject(const CancelRejectEvent& e) override {
    const auto told = orders.find(std::string(e.order_id));
    if (told != orders.end()) told->second.live.emplace_back(dom::CancelRejected{std::string(e.cl_ord_id), dom::OrdStatus::New, "refused"});
  }
  std::map<std::string, Told> orders;

 private:
  void hear(const ExecutionEvent& e, const SessionOptions& options, std::vector<dom::OrderEvent>& to) {
    if (!wanted(e, options)) return;
    fixwire::ExecutionReport wire;
    fill_report(e, 0, options, wire);
    to.emplace_back(report_of(wire, e.time));
  }
  SessionOptions live_, listener_, past_;
};

// A day of two accounts that trade with each other; amends and cancels by FIX, amends without a new id and decreases by REST.
class Day {
 public:
  Day(Exchange& exchange, std::uint64_t seed) : exchange_(exchange), random_(seed) {
    exchange_.run(commands::CreateAccount{{"a", {{"a-key", KeyScope::Trading}}, false, {usd("900000")}}});
    exchange_.run(commands::CreateAccount{{"b", {{"b-key", KeyScope::Trading}}, false, {usd("900000")}}});
  }
  void one() {
    exchange_.step(now_ += milliseconds(1 + static_cast<std::int64_t>(random_.below(3))));
    const auto dice = random_.below(100);
    if (dice < 45) return submit();
    if (dice < 70) return amend();
    if (dice < 82) return cancel();
    if (dice < 92) return decrease();
    if (dice < 93) return void(exchange_.run(commands::CancelAll{context("a-key", Door::Rest), {}}));
    now_ += milliseconds(random_.between(1, 3'000));
    exchange_.step(now_);
  }

 private:
  RequestContext context(std::string_view key, Door door) { return {{views::find_key(exchange_.state(), key)->key, door}, {}, 0}; }
  RequestContext any() { return context(random_.below(2) == 0 ? "a-key" : "b-key", Door::FixNR); }
  std::string fresh() { return "o" + std::to_string(++last_); }
  std::string some() { return "o" + std::to_string(last_ - static_cast<std::int64_t>(random_.below(30))); }
  DollarDecimal price() { return DollarDecimal::from_units(random_.between(59'980, 60'020) * 100); }
  void submit() {
    static constexpr TimeInForce kTifs[] = {TimeInForce::GTC, TimeInForce::GTC, TimeInForce::IOC, TimeInForce::FOK, TimeInForce::GTD};
    const std::string id = fresh();
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = kMarket;
    o.side = random_.below(2) == 0 ? Side::Buy : Side::Sell;
    o.quantity = lots(random_.between(1, 40));
    o.price = price();
    o.time_in_force = kTifs[random_.below(5)];
    if (o.time_in_force == TimeInForce::GTD) o.expire_time = exchange_.now() + milliseconds(random_.between(10, 9'000));
    exchange_.run(commands::Submit{any(), o});
  }
  // Mostly one that works, sometimes one that has ended: then the answer is a 9.
  struct Chosen {
    std::string_view key;
    std::string cl_ord_id, order_id;
  };
  Chosen choose() {
    const std::string_view key = random_.below(2) == 0 ? "a-key" : "b-key";
    const auto open = views::open_orders(exchange_.state(), views::find_account(exchange_.state(), key.substr(0, 1)).value());
    if (open.empty() || random_.below(5) == 0) return {key, some(), {}};
    const OrderView& order = open[random_.below(open.size())];
    return {key, std::string(order.cl_ord_id), std::string(order.order_id.view())};
  }
  void amend() {
    const Chosen order = choose();
    const std::string id = fresh();
    AmendOrder a;
    a.quantity = lots(random_.between(1, 60));
    if (random_.below(2) == 0) a.price = price();
    if (random_.below(4) == 0 && !order.order_id.empty()) {  // REST: the id stays
      a.order_id = order.order_id;
      exchange_.run(commands::Amend{context(order.key, Door::Rest), a});
      return;
    }
    a.cl_ord_id = id;
    a.orig_cl_ord_id = order.cl_ord_id;
    exchange_.run(commands::Amend{context(order.key, Door::FixNR), a});
  }
  void cancel() {
    const Chosen order = choose();
    const std::string id = "c" + std::to_string(++last_cancel_);
    CancelOrder c;
    c.cl_ord_id = id;
    c.orig_cl_ord_id = order.cl_ord_id;
    exchange_.run(commands::Cancel{context(order.key, Door::FixNR), c});
  }
  void decrease() {
    const Chosen order = choose();
    DecreaseOrder d;
    d.order_id = order.order_id;
    d.reduce_to = lots(random_.between(1, 15));
    if (!order.order_id.empty()) exchange_.run(commands::Decrease{context(order.key, Door::Rest), d});
  }

  Exchange& exchange_;
  Random random_;
  Timestamp now_{kStart};
  std::int64_t last_{0}, last_cancel_{0};
};

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

struct Heard {
  dom::OrderState state;
  FixedPointCount booked_here;
  std::map<std::string, int> times;  // by trade_id
  void take(const dom::OrderEvent& event) {
    auto next = dom::apply(std::move(state), event);
    state = std::move(next.state);
    for (const auto& effect : next.effects) {
      if (effect.kind != dom::OrderEffectKind::fill) continue;
      booked_here += effect.fill->quantity;
      ++times[effect.fill->trade_id];
    }
  }
};

enum class Begin { sent, nothing, read };

// What arrives: drop copy has everything numbered; live reports get lost, all of them come twice now and then.
std::vector<dom::OrderEvent> arrivals(const Told& told, Random& random) {
  std::vector<dom::OrderEvent> out;
  const auto some_of = [&](const std::vector<dom::OrderEvent>& events, std::uint64_t lost) {
    for (const auto& event : events) {
      const bool reject = std::holds_alternative<dom::CancelRejected>(event);
      if (reject || random.below(10) >= lost) out.push_back(event);
      if (random.below(4) == 0) out.push_back(event);
    }
  };
  some_of(told.live, 3);
  some_of(told.listener, 5);
  some_of(told.fills, 5);
  shuffle(out, random);
  std::vector<dom::OrderEvent> past = told.past;
  if (random.below(3) != 0) shuffle(past, random);
  if (random.below(2) == 0) {  // drop copy at the end
    out.insert(out.end(), past.begin(), past.end());
    return out;
  }
  for (const auto& event : past) out.insert(out.begin() + static_cast<std::ptrdiff_t>(random.below(out.size() + 1)), event);
  return out;
}

std::string line_of(const dom::OrderEvent& event) {
  if (const auto* r = std::get_if<dom::OrderReport>(&event)) {
    return dom::to_wire(r->exec_type) + " 39=" + dom::to_wire(r->ord_status) + " 11=" + r->cl_ord_id +
           " 41=" + r->orig_cl_ord_id.value_or("") + " 17=" + r->exec_id.text() + " 38=" + r->order_qty.to_string() +
           " 14=" + r->cum_qty.to_string() + " 151=" + r->leaves_qty.to_string() + " 44=" + r->price->to_string() +
           " 60=" + to_fix_utc(r->transact_time.value(), 3);
  }
  if (const auto* r = std::get_if<dom::CancelRejected>(&event)) return "9 " + r->cl_ord_id;
  if (const auto* r = std::get_if<dom::Fill>(&event)) return "REST fill " + r->quantity.to_string();
  return "?";
}

void check(const Told& told, const OrderView& truth, Begin begin, Random& random) {
  Heard heard;
  FixedPointCount baseline;
  std::string story = begin == Begin::sent ? "sent\n" : "nothing\n";
  if (begin == Begin::sent) heard.take(told.sent);
  if (begin == Begin::read) {
    const dom::Baseline& read = told.reads[random.below(told.reads.size())].first;
    baseline = read.cum_qty;
    story = "read " + read.cl_ord_id + " " + read.cum_qty.to_string() + "+" + read.leaves_qty.to_string() + "\n";
    heard.take(read);
  }
  std::vector<dom::OrderEvent> events = arrivals(told, random);
  // An order that is not known yet is met by a report: what is no report waits for the first.
  if (begin == Begin::nothing)
    std::ranges::stable_partition(
        events, [seen = false](const dom::OrderEvent& e) mutable { return seen = seen || std::holds_alternative<dom::OrderReport>(e); });
  for (const auto& event : events) {
    heard.take(event);
    story += line_of(event) + "\n";
  }
  const dom::OrderState& s = heard.state;
  SCOPED_TRACE(story + std::string(to_string(s.phase)));
  EXPECT_EQ(s.order_id, std::string(truth.order_id.view()));
  EXPECT_EQ(s.cum_qty, truth.cum_qty);
  EXPECT_EQ(s.leaves_qty, truth.leaves_qty);
  EXPECT_EQ(s.price, truth.price);
  EXPECT_EQ(heard.booked_here + baseline, truth.cum_qty);
  EXPECT_FALSE(s.trades_missing());
  EXPECT_LE(s.cum_qty, s.order_qty) << "nothing is filled beyond what was asked for";
  for (const auto& [trade, times] : heard.times) EXPECT_EQ(times, 1) << trade;
  if (!truth.leaves_qty.is_zero()) {
    EXPECT_EQ(s.order_qty, truth.original_qty);
    EXPECT_EQ(s.ord_status(), truth.cum_qty.is_zero() ? dom::OrdStatus::New : dom::OrdStatus::PartiallyFilled);
    EXPECT_EQ(s.cl_ord_id, std::string(truth.cl_ord_id)) << "the id to cancel it by";
  } else {
    EXPECT_EQ(s.phase == dom::OrderPhase::filled, truth.status == OrdStatus::Filled);
    EXPECT_TRUE(dom::is_final(s.phase));
  }
  if (begin == Begin::read) return;
  std::vector<std::string> ids = s.past_ids;
  ids.push_back(s.cl_ord_id);
  ids.resize(std::min(ids.size(), told.chain.size()));  // a Canceled adds its request's
  if (begin == Begin::sent) {
    EXPECT_EQ(ids, told.chain);
  }
}

TEST(OrderStateOfSimulatedDays, IsTheTruthWhateverTheOrderOfArrival) {
  const char* asked = std::getenv("MARGINFIX_ANY_ORDER_SEEDS");
  const std::uint64_t days = asked == nullptr ? 4 : std::strtoull(asked, nullptr, 10);
  std::size_t orders = 0, amended = 0, traded = 0;
  for (std::uint64_t seed = 1; seed <= days; ++seed) {
    ExchangeOptions options;
    options.house = options.past = false;
    options.seed = seed;
    Ears ears(seed);
    Exchange exchange(options);
    exchange.add_sink(ears);
    exchange.open(kStart).value();
    Day day(exchange, seed);
    for (int i = 0; i < 400; ++i) day.one();
    Random random(seed + 1'000);
    for (const auto& [id, told] : ears.orders) {
      const auto truth = views::find_order_id(exchange.state(), told.account, id);
      if (!truth) continue;  // refused: it never was
      ++orders;
      amended += told.chain.size() > 1 ? 1 : 0;
      traded += told.fills.empty() ? 0 : 1;
      for (int i = 0; i < 6; ++i) check(told, *truth, static_cast<Begin>(i % 3), random);
      ASSERT_FALSE(::testing::Test::HasFailure()) << "day " << seed << ", order " << id;
    }
  }
  EXPECT_GT(orders, 100 * days);
  EXPECT_GT(amended, 10 * days);
  EXPECT_GT(traded, 30 * days);
}

// All orders of an account at once, what is told of one in between what is told of the others: each word finds its order. The tracker is
// written down and read back on the way.
TEST(OrderTrackerOfSimulatedDays, FindsTheOrderOfEveryWordAndEndsAtTheTruth) {
  for (std::uint64_t seed = 11; seed <= 13; ++seed) {
    ExchangeOptions options;
    options.house = options.past = false;
    options.seed = seed;
    Ears ears(seed);
    Exchange exchange(options);
    exchange.add_sink(ears);
    exchange.open(kStart).value();
    Day day(exchange, seed);
    for (int i = 0; i < 400; ++i) day.one();
    Random random(seed + 2'000);
    std::vector<std::vector<dom::OrderEvent>> told_of;
    for (auto& [id, told] : ears.orders) {
      auto& events = told_of.emplace_back();
      if (random.below(2) == 0) events.emplace_back(told.sent);
      for (auto& event : arrivals(told, random)) events.push_back(std::move(event));
    }
    dom::OrderTracker tracker;
    std::map<std::string, FixedPointCount> booked;
    std::erase_if(told_of, [](const auto& events) { return events.empty(); });
    std::vector<std::size_t> next(told_of.size());
    for (std::size_t left = told_of.size(); left > 0;) {
      const std::size_t i = random.below(told_of.size());
      if (next[i] == told_of[i].size()) continue;
      const auto change = tracker.apply(told_of[i][next[i]], kStart);
      for (const auto& effect : change.effects) {
        if (effect.kind == dom::OrderEffectKind::fill) booked[effect.fill->order_id] += effect.fill->quantity;
      }
      if (++next[i] == told_of[i].size()) --left;
      if (random.below(500) == 0) tracker = dom::OrderTracker::restore(tracker.snapshot()).value();
    }
    std::size_t orders = 0;
    for (const auto& [id, told] : ears.orders) {
      const auto truth = views::find_order_id(exchange.state(), told.account, id);
      if (!truth) continue;  // refused: it never was
      ++orders;
      SCOPED_TRACE("day " + std::to_string(seed) + ", order " + id);
      const dom::TrackedOrder* order = tracker.find_by_order_id(id);
      ASSERT_NE(order, nullptr);
      for (const std::string& cl_ord_id : told.chain) EXPECT_EQ(tracker.find(cl_ord_id), order) << cl_ord_id;
      EXPECT_EQ(order->state.cum_qty, truth->cum_qty);
      EXPECT_EQ(order->state.leaves_qty, truth->leaves_qty);
      EXPECT_EQ(order->state.price, truth->price);
      EXPECT_EQ(booked[id], truth->cum_qty);
      EXPECT_EQ(dom::is_final(order->state.phase), truth->leaves_qty.is_zero());
      if (!truth->leaves_qty.is_zero()) {
        EXPECT_EQ(order->state.cl_ord_id, std::string(truth->cl_ord_id)) << "the id to cancel it by";
      }
    }
    EXPECT_GT(orders, 100U);
  }
}

}  // namespace
}  // namespace marginfix::sim
