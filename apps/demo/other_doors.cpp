// What REST and the WebSocket tell the demo of its account.
#include "apps/demo/other_doors.hpp"

#include <boost/asio/use_future.hpp>

#include "marginfix/rest/domain_values.hpp"
#include "marginfix/ws/domain_values.hpp"

namespace marginfix::apps {

namespace {
template <class T>
T or_failure(Result<T> result) {
  if (!result) throw DemoFailure(result.error().message);
  return std::move(*result);
}

// Waits until the exchange has taken the subscription.
void await_subscribed(ws::Subscription& subscription) {
  auto first = subscription.next(boost::asio::use_future);
  if (first.wait_for(std::chrono::seconds(15)) != std::future_status::ready)
    throw DemoFailure("a WebSocket channel was not subscribed in 15 s");
  const auto event = or_failure(first.get());
  if (event.kind != ws::EventKind::subscribed) throw DemoFailure("a WebSocket channel was not subscribed");
}
}  // namespace

OtherDoors::OtherDoors(const ExchangeAccount& account, std::string symbol)
    : symbol_(std::move(symbol)), rest_(account.rest, account.rest_options()), socket_(account.ws, account.ws_options()) {}

OtherDoors::~OtherDoors() { socket_.stop(); }  // no handler runs after this, while the names they use are still there

void OtherDoors::connect() {
  books_ = socket_.subscribe({.channel = ws::Channel::orderbook_delta, .market_tickers = {symbol_}});
  fill_channel_ = socket_.subscribe({.channel = ws::Channel::fill});
  order_channel_ = socket_.subscribe({.channel = ws::Channel::user_orders});
  if (auto started = socket_.start(); !started) throw DemoFailure(started.error().message);
  for (ws::Subscription* channel : {&books_, &fill_channel_, &order_channel_}) await_subscribed(*channel);
  books_.set_handler([](const ws::Event&) {});  // the book is kept by the subscription
  fill_channel_.set_handler([this](const ws::Event& event) {
    if (const auto* fill = event.frame.as<ws::MarginFill>()) on_fill(*fill);
  });
  order_channel_.set_handler([this](const ws::Event& event) {
    if (const auto* order = event.frame.as<ws::MarginUserOrder>()) on_order(*order);
  });
}

void OtherDoors::on_fill(const ws::MarginFill& fill) {
  const std::lock_guard lock(mutex_);
  heard_.positions.book(or_failure(ws::to_fill(fill)));
  fills_[fill.order_id] = fill.trade_id;
}

void OtherDoors::on_order(const ws::MarginUserOrder& order) {
  const std::lock_guard lock(mutex_);
  heard_.orders.apply(or_failure(ws::to_baseline(order)), order.last_updated_ts_ms.value_or(EpochMillis{}).time());
}

Record OtherDoors::by_websocket() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

Record OtherDoors::by_rest() {
  Record record;
  for (const auto& order : rest_.orders().list_all({})) record.orders.apply(or_failure(rest::to_baseline(or_failure(order))), {});
  for (const auto& fill : rest_.portfolio().fills_all({})) record.positions.book(or_failure(rest::to_fill(or_failure(fill))));
  return record;
}

std::string OtherDoors::fill_of(const std::string& order_id) const {
  const std::lock_guard lock(mutex_);
  const auto it = fills_.find(order_id);
  return it == fills_.end() ? std::string() : it->second;
}

OrderBook OtherDoors::book_by_websocket() const {
  const auto book = books_.book(symbol_);
  return book ? book->copy() : OrderBook(symbol_);
}

OrderBook OtherDoors::book_by_rest() {
  const auto answer = or_failure(rest_.markets().orderbook({.ticker = symbol_}));
  OrderBook book(symbol_);
  book.apply_snapshot(answer.orderbook.bids, answer.orderbook.asks, Timestamp{});
  return book;
}

}  // namespace marginfix::apps
