// Market data: a book that is kept current, and goes stale and comes back when the connection is lost.
#include "example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client.
    std::promise<void> came_back;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiMD"}).value();
    MarginFixClient client(std::move(config));
    MarketDataSession& session = client.market_data();

    MarketDataHandlers handlers;
    handlers.on_book = [&, updates = 0, cut = false, done = false](const std::string& symbol, const OrderBook& book,
                                                                   BookEvent event) mutable {
      if (event == BookEvent::stale) {
        std::cout << symbol << " says nothing: " << to_string(book.stale_reason()) << '\n';
        return;
      }
      const auto bid = book.best_bid(), ask = book.best_ask();
      std::cout << symbol << ' ' << (bid ? bid->price.to_string() : "-") << " / " << (ask ? ask->price.to_string() : "-") << '\n';
      if (event == BookEvent::snapshot && cut && !std::exchange(done, true)) came_back.set_value();
      if (++updates == 5) {
        cut = true;
        session.kill_connection();  // what a failing network does
      }
    };
    handlers.on_trade = [](const fix::MDIncEntry& trade, const Inbound&) {
      std::cout << trade.symbol << " traded " << trade.md_entry_size->to_string() << " at " << trade.md_entry_px->to_string() << '\n';
    };
    session.set_handlers(std::move(handlers));
    session.subscribe("KXBTCPERP").value();  // remembered: sent with each Logon
    client.start().value();
    example::wait_for(came_back.get_future(), "the book after the reconnect");
    client.stop();
  });
}
