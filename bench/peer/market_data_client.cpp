#include "bench/peer/market_data_client.hpp"

#include <vector>

#include "bench/peer/process.hpp"

namespace marginfix::bench {

MarketDataClient::MarketDataClient(const PeerOptions& options)
    : options_(options), client_(make_client(options, SessionKind::market_data, {})), session_(client_.market_data()) {
  MarketDataHandlers handlers;
  if (options_.book) {
    handlers.on_book = [this](const std::string&, const OrderBook& book, BookEvent event) {
      if (event == BookEvent::update) look_at(book);
    };
  } else {
    handlers.on_incremental = [this](const fix::MarketDataIncrementalRefresh& refresh, const Inbound&) { read(refresh); };
  }
  session_.set_handlers(std::move(handlers));
  log_on(client_);
}

MarketDataClient::~MarketDataClient() { client_.stop(); }

void MarketDataClient::read(const fix::MarketDataIncrementalRefresh& refresh) {
  if (got_ == 0) began_ = Clock::now(), cpu_began_ = cpu_us();
  for (const fix::MDIncEntry& entry : refresh.md_entries) {
    checked_ += entry.md_entry_px.value_or(DollarDecimal{}).units() + entry.md_entry_size.value_or(FixedPointCount{}).units() +
                static_cast<int>(entry.md_update_action) + static_cast<int>(entry.md_entry_type);
  }
  count();
}

void MarketDataClient::look_at(const OrderBook& book) {
  if (got_ == 0) began_ = Clock::now(), cpu_began_ = cpu_us();
  if (const auto bid = book.best_bid()) checked_ += bid->price.units() + bid->size.units();
  if (const auto ask = book.best_ask()) checked_ += ask->price.units() + ask->size.units();
  count();
}

void MarketDataClient::count() {
  if (++got_ != options_.count) return;
  ended_ = Clock::now();
  cpu_ended_ = cpu_us();
  finish_.set();
}

MarketDataClient::Stream MarketDataClient::run() {
  std::vector<std::string> symbols;
  if (options_.book) symbols.emplace_back("BTC-PERP");  // what the entries of the stream are about
  symbols.push_back("STREAM-" + std::to_string(options_.count) + (options_.ticks > 0 ? "-L" + std::to_string(options_.ticks) : ""));
  if (const auto done = session_.subscribe(symbols); !done) throw PeerFailure(done.error().message);
  finish_.wait();
  return {options_.count / std::chrono::duration<double>(ended_ - began_).count(), (cpu_ended_ - cpu_began_) / options_.count};
}

}  // namespace marginfix::bench
