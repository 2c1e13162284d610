// The WebSocket: a book that says when it cannot be trusted, and trades as a stream.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <iostream>

#include "marginfix/perps_websocket.hpp"

using namespace marginfix;

namespace {

PerpsWebSocketConfig config_from(int argc, char** argv) {
  if (argc < 2) return PerpsWebSocketConfig::from_env().value();
  return PerpsWebSocketConfig::from_endpoints(Endpoints::from_file(argv[1]).value()).value();
}

// One coroutine a stream; it ends with the subscription.
boost::asio::awaitable<void> print_tickers(ws::Subscription tickers) {
  while (true) {
    const auto event = co_await tickers.next(boost::asio::use_awaitable);
    if (!event || event->kind == ws::EventKind::ended) co_return;
    if (const auto* ticker = event->frame.as<ws::MarginTicker>()) {
      const std::string last = ticker->price ? ticker->price->to_string() : "(none)";
      std::cout << ticker->market_ticker << " last " << last << ", open interest "
                << (ticker->open_interest ? ticker->open_interest->to_string() : "-") << '\n';
    }
  }
}

void run(int argc, char** argv) {
  std::promise<void> seen_enough;  // outlives the socket, whose thread fulfils it
  PerpsWebSocket socket(config_from(argc, argv));

  ws::Subscription books = socket.subscribe({.channel = ws::Channel::orderbook_delta, .market_tickers = {"KXBTCPERP", "KXETHPERP"}});
  books.set_handler([&, books, frames = 0](const ws::Event& event) mutable {
    if (event.kind == ws::EventKind::outage || event.kind == ws::EventKind::gap) std::cout << "books are stale\n";
    if (event.kind != ws::EventKind::data || !event.applied) return;
    const OrderBook book = books.book(ws::market_of(event.frame))->copy();
    if (const auto mid = book.mid()) std::cout << book.symbol() << " mid " << mid->to_string() << '\n';
    if (++frames == 20) seen_enough.set_value();
  });

  ws::Subscription tickers =
      socket.subscribe({.channel = ws::Channel::ticker, .send_initial_snapshot = true, .overflow = ws::OverflowPolicy::conflate});
  boost::asio::co_spawn(socket.executor(), print_tickers(tickers), boost::asio::detached);

  socket.start().value();
  socket.wait_until_open(std::chrono::seconds(15)).value();
  if (seen_enough.get_future().wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
    throw Exception(fail(ErrorCategory::timeout, "twenty frames did not come"));
  }
  socket.stop();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
