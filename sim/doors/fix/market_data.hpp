// KalshiMD: V, W, X, Y, e and f. Knows subscriptions, not sessions: a subscriber is a number given by the doors, and bodies leave
// through Send. One X a command of the exchange and market, encoded once for all its subscribers but those whose own order changed a
// level: they hear of its ClOrdID(11) and AllocAccount(79), as the WebSocket's owners do.
// Source: fix-margin.md "Market data (KalshiMD)"; changes-2026-11.md D1; design.md: trades come last in an X.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/doors/fix/wire.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {

// What the entries of W and X hold: all that is documented, or what an exchange of before August 2026 sends (no 272, 273, 1003, 11, 79).
enum class MdFields : std::uint8_t { documented, basic };

class MarketDataDoor {
 public:
  using Subscriber = std::uint32_t;
  using Send = std::function<void(Subscriber, const char* msg_type, const std::string& body)>;
  // Whose orders a subscriber may recognise: its account's, and of a key that is locked to a subaccount that one's only.
  struct Owner {
    AccountId account{0};
    std::optional<int> subaccount;
  };
  using OwnerOf = std::function<Owner(Subscriber)>;

  MarketDataDoor(const Exchange& exchange, fixwire::Writer& writer, MdFields fields, Send send, OwnerOf owner_of);

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
  // The order whose change of a level came last; the house's orders are nobody's.
  struct Maker {
    AccountId account{0};
    int subaccount{0};
    std::string cl_ord_id;
  };
  struct Level {
    Side side;
    DollarDecimal price;
    FixedPointCount before, now;
    Timestamp time;
    std::optional<Maker> maker;
  };
  struct Trade {
    DollarDecimal price;
    FixedPointCount quantity;
    Side aggressor;
    Timestamp time;
    Uuid id;
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
  // The levels and trades since the last X as entries_, with the fields that only `reader` may see; false when there are none of those.
  bool entries_for(const std::string& symbol, const Feed& feed, const Owner* reader);
  void stamp(fixwire::MdEntry& entry, Timestamp time) const;
  Feed& feed(MarketNo market);
  void mark(MarketNo market, Feed& feed);

  const Exchange& exchange_;
  fixwire::Writer& writer_;
  const MdFields fields_;
  Send send_;
  OwnerOf owner_of_;
  std::vector<Feed> feeds_;      // by MarketNo
  std::vector<MarketNo> dirty_;  // feeds with something to tell
  std::vector<fixwire::MdEntry> entries_;
};

}  // namespace marginfix::sim
