// See desk.hpp: connections and the choice of what to do next. What is sent: desk_requests.cpp.
#include "integration/day/desk.hpp"

#include <future>

namespace marginfix::day {
namespace {

using std::chrono::seconds;

template <class T>
ws::Subscription::Handler on(Heard& heard, void (Heard::*take)(const T&)) {
  return [&heard, take](const ws::Event& event) {
    if (const T* payload = event.frame.as<T>(); event.kind == ws::EventKind::data && payload != nullptr) (heard.*take)(*payload);
  };
}

}  // namespace

Desk::Desk(DeskSetup setup) : setup_(std::move(setup)) {
  rest_ = std::make_unique<PerpsClient>(PerpsConfig::from_endpoints_file(setup_.endpoints, setup_.name).value());
}

// Clients first: their handlers write into what is behind them.
Desk::~Desk() {
  fix_.reset();
  ws_.reset();
}

void Desk::open() {
  auto config = MarginFixConfig::from_endpoints_file(setup_.endpoints, setup_.name, setup_.store).value();
  const std::string entry = setup_.target == TargetSession::NR ? "KalshiNR" : "KalshiRT";
  const std::string listener = "KalshiNR-listener";
  if (setup_.listens) {
    config.select({entry, listener}).value();
  } else {
    config.select({entry}).value();
  }
  config.rate_limit.write = config.rate_limit.read = TokenBucketOptions{0, 0, 0};
  if (setup_.listens) {
    // Every numbered report: the last one there is tells that all have come.
    config.find(listener)->logon.enable_ioc_cancel_report = true;
    config.find(listener)->logon.always_emit_new_before_trade = true;
  }
  MarginFixClientOptions quiet;
  quiet.log = null_log_sink();
  fix_ = std::make_unique<MarginFixClient>(std::move(config), std::move(quiet));
  ListenerHandlers hears;
  hears.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) { heard_.listener_report(r); };
  if (setup_.listens) fix_->listener().set_handlers(std::move(hears));
  OrderEntryHandlers h;
  h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) { heard_.entry_report(r); };
  h.on_cancel_reject = [this](const fix::OrderCancelReject& r, const Inbound&) { heard_.entry_refusal(r.cl_ord_id); };
  h.on_business_reject = [this](const fix::BusinessMessageReject&, const SentMessage* about, const Inbound&) {
    if (about != nullptr) heard_.entry_refusal(about->cl_ord_id);
  };
  h.on_reject = [this](const fix::Reject&, const SentMessage* about, const Inbound&) {
    if (about != nullptr) heard_.entry_refusal(about->cl_ord_id);
  };
  entry_ = &fix_->order_entry(setup_.target);
  entry_->set_handlers(std::move(h));
  fix_->start().value();
  fix_->wait_until_active(seconds(30)).value();
  if (!setup_.listens) return;

  ws_ = std::make_unique<PerpsWebSocket>(
      PerpsWebSocketConfig::from_endpoints(Endpoints::from_file(setup_.endpoints).value(), setup_.name).value());
  ws_->start().value();
  ws_->wait_until_open(seconds(30)).value();
  ws_->subscribe({.channel = ws::Channel::fill}).set_handler(on(heard_, &Heard::fill));
  ws_->subscribe({.channel = ws::Channel::user_orders}).set_handler(on(heard_, &Heard::order));
  sync();
}

// The answer to a command comes behind what was sent before it.
void Desk::sync() {
  std::promise<void> answered;
  ws_->list_subscriptions([&](const Result<std::vector<ws::Subscribed>>&) { answered.set_value(); });
  answered.get_future().wait();
}

void Desk::serve(std::string customer, Credentials key) {
  auto config = PerpsConfig::from_endpoints_file(setup_.endpoints, setup_.name).value();
  config.credentials = std::move(key);
  customer_rest_ = std::make_unique<PerpsClient>(std::move(config));
  customer_ = std::move(customer);
}

std::string Desk::next_id(const char* what) { return setup_.name + "-" + what + std::to_string(++ids_); }

DollarDecimal Desk::near(sim::Random& random, const Prices& prices, const std::string& ticker, std::int64_t tenths_of_percent) const {
  const std::int64_t ticks = prices.ticks.at(ticker);
  const std::int64_t away = ticks * random.between(-tenths_of_percent, tenths_of_percent) / 1'000;
  return DollarDecimal::from_units((ticks + away) * 100);
}

Desk::Placed* Desk::recent(sim::Random& random) {
  constexpr std::size_t kLookBack = 30;
  if (placed_.empty()) return nullptr;
  return &placed_[placed_.size() - 1 - random.below(std::min(placed_.size(), kLookBack))];
}

void Desk::act(sim::Random& random, const Prices& prices) {
  const auto dice = random.below(100);
  if (dice < 55) return send(random, draft(random, prices));
  if (dice < 65) return amend(random, prices);
  if (dice < 75) return cancel(random);
  if (dice < 81) return decrease(random);
  if (dice < 87) return group(random);
  if (dice < 93) return trigger(random, prices);
  if (dice < 98) return transfer(random);
  sweep(random);
}

Desk::Draft Desk::draft(sim::Random& random, const Prices& prices) {
  static constexpr TimeInForce kTimes[] = {TimeInForce::GTC, TimeInForce::GTC, TimeInForce::GTC,
                                           TimeInForce::IOC, TimeInForce::FOK, TimeInForce::GTD};
  Draft d;
  d.order.ticker = prices.tickers[random.below(prices.tickers.size())];
  d.order.side = random.below(2) == 0 ? Side::Buy : Side::Sell;
  d.contracts = random.between(1, setup_.most_contracts);
  d.price = near(random, prices, d.order.ticker, 6);
  d.tif = kTimes[random.below(6)];
  if (d.tif == TimeInForce::GTD) d.expire = std::chrono::floor<seconds>(now) + seconds(random.between(60, 7'200));
  const bool immediate = d.tif == TimeInForce::IOC || d.tif == TimeInForce::FOK;
  d.post_only = !immediate && random.below(8) == 0;
  d.reduce_only = immediate && random.below(6) == 0;
  d.stp = random.below(3) == 0 ? SelfTradePreventionType::TakerAtCross : SelfTradePreventionType::Maker;
  if (!customer_.empty() && random.below(3) == 0) {
    d.order.customer = customer_;
  } else if (setup_.deposits.size() > 1 && random.below(5) == 0) {
    d.order.subaccount = 1;
  } else if (!groups_.empty() && random.below(3) == 0) {
    d.group = groups_[random.below(groups_.size())];
  }
  return d;
}

void Desk::quote(sim::Random& random, const Prices& prices) {
  for (const std::string& ticker : prices.tickers) {
    for (const Side side : {Side::Buy, Side::Sell}) {
      Draft d;
      d.order.ticker = ticker;
      d.order.side = side;
      d.contracts = random.between(20, 120);
      const std::int64_t away = prices.ticks.at(ticker) * random.between(1, 12) / 1'000 + 1;
      d.price = DollarDecimal::from_units((prices.ticks.at(ticker) + (side == Side::Buy ? -away : away)) * 100);
      send(random, d);
    }
  }
}

void Desk::send(sim::Random& random, Draft d) {
  ++tally_.orders;
  d.order.cl_ord_id = next_id("o");
  if (random.below(2) == 0) return create_fix(std::move(d));
  create_rest(client_of(d.order), std::move(d));
}

}  // namespace marginfix::day
