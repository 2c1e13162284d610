// KalshiMD: V, W, X, Y, e and f. Knows subscriptions, not sessions: a subscriber is a number given by the gateway, and bodies leave
// through Send. One X a command of the exchange and market, encoded once for all its subscribers.
// Source: fix-margin.md "Market data (KalshiMD)"; design.md: trades come last in an X.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/doors/fix/wire.hpp"
#include "sim/exchange/exchange.hpp"

namespace marginfix::sim {

class MarketDataDoor {
 public:
  using Subscriber = std::uint32_t;
  using Send = std::function<void(Subscriber, const char* msg_type, const std::string& body)>;

  MarketDataDoor(const Exchange& exchange, fixwire::Writer& writer, Send send);

  // V. Answers W for each symbol, or Y. False when 146 is missing where it is needed.
  bool request(Subscriber subscriber, const fixwire::Inbound& in);
  // e. Changes are told from now on, the present state is not; false when the symbol is unknown.
  bool status_request(Subscriber subscriber, const fixwire::Inbound& in);
  void forget(Subscriber subscriber);

  void on_level(const LevelEvent& event);
  void on_trade(const TradeEvent& event);
  void on_status(const MarketStatusEvent& event);
  void on_command_end();

 private:
  struct Level {
    Side side;
    DollarDecimal price;
    FixedPointCount before, now;
  };
  struct Trade {
    DollarDecimal price;
    FixedPointCount quantity;
    Side aggressor;
  };
  struct Feed {
    std::set<Subscriber> books;
    std::map<Subscriber, std::string> statuses;  // with their SecurityStatusReqID(324)
    std::vector<Level> levels;                   // since the last X
    std::vector<Trade> trades;
    bool dirty{false};
  };

  void snapshot(Subscriber subscriber, const std::string& symbol, const std::string& md_req_id);
  void unsubscribe(Subscriber subscriber, const std::vector<std::string>& symbols);
  void send_status(Subscriber subscriber, const MarketInfo& info, const std::string& request_id);
  void flush(MarketNo market, Feed& feed);
  Feed& feed(MarketNo market);
  void mark(MarketNo market, Feed& feed);

  const Exchange& exchange_;
  fixwire::Writer& writer_;
  Send send_;
  std::vector<Feed> feeds_;      // by MarketNo
  std::vector<MarketNo> dirty_;  // feeds with something to tell
  std::vector<fixwire::MdEntry> entries_;
};

}  // namespace marginfix::sim
