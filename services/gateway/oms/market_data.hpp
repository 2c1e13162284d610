// Market data for the gateway's clients: V in, W, X and Y out. One book a market comes from the exchange (MarketFeed), however many clients
// want it; each subscription is told what it asked for: sides, depth, W each time or X.
// * MDReqID(262) names a subscription of a client until 263=2, its Logout, or a Y. Every W, X and Y repeats it.
// * Sizes are the exchange's, absolute. Levels have no MDEntryID(278): a level is its side and price. 279=2 carries no size.
// * Trades (269=2) are those since the subscription; 263=0 has none. With 265=0 they stand in the next W. In an X 278 is the exchange's
//   trade id, which every version's stock X can carry.
// * MDEntryDate(272) and MDEntryTime(273) are the exchange's time of the latest change of the book, or of the trade.
// * A book that is not to be relied on (connection lost, an update that could not be read) is told by a W with NoMDEntries(268)=0, which is
//   what an empty book looks like too: either way there is no price. QuickFIX C++, QuickFIX/J and quickfix-go read it. A
//   whole W follows when the book is back, before any X.
// * A client that does not read (more than `pause_above` bytes wait for it) is told later, in on_drained(): one W or X then stands for all
//   that has happened. It holds up no one, and costs a told book and at most `most_trades` trades a subscription.
// Thread: the gateway's one I/O thread; nothing blocks. Sources: FIX 4.2, FIX 4.4, FIX 5.0 SP2 (V, W, X, Y); fix-margin.md "Market data".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/order_book.hpp"
#include "services/gateway/oms/client_line.hpp"
#include "services/gateway/oms/refusal.hpp"

namespace marginfix::gateway {

// A public trade of a market.
struct MarketTrade {
  DollarDecimal price;
  FixedPointCount size;
  std::optional<Timestamp> time{};  // the exchange's
  std::string trade_id{};           // "" where it sends none
};

// Where books come from, by the exchange's symbols. Who subscribes twice unsubscribes twice: clients and limits hold one market together.
class MarketFeed {
 public:
  virtual ~MarketFeed() = default;
  // Remembered while the connection is down. Error(codec): no symbol that the exchange could have; then nothing was begun.
  virtual Result<void> subscribe(const std::string& symbol) = 0;
  virtual void unsubscribe(const std::string& symbol) = 0;
  // Null when nobody has subscribed. To be looked at, not kept.
  virtual const OrderBook* book(std::string_view symbol) const = 0;
  // The book stands on a snapshot of the present connection.
  virtual bool current(std::string_view symbol) const = 0;
  virtual bool connected() const = 0;
  // False only where the exchange's markets are known and this is none of them: its own answer to an unknown symbol is an empty book.
  virtual bool exists(std::string_view symbol) const = 0;
};

// Who is told of it.
class MarketListener {
 public:
  virtual ~MarketListener() = default;
  // The book of `symbol` has changed, or says nothing any more (`stale`). `trades`: since the last call, oldest first. Trades may come
  // alone.
  virtual void on_market(const std::string& symbol, bool stale, std::span<const MarketTrade> trades) = 0;
  // The exchange did not take, or not answer, a subscription. `again`: it is asked again by itself; else these symbols are subscribed no
  // more.
  virtual void on_market_problem(std::span<const std::string> symbols, const Error& error, bool again) = 0;
  virtual void on_market_link(bool up) = 0;
};

struct ClientBooksOptions {
  std::size_t pause_above{64 * 1024};  // bytes that a client has not read
  std::size_t most_symbols{1000};      // markets in all subscriptions of a client: more is refused with 281=2
  std::size_t most_trades{256};        // of a subscription and market that wait for a client; the oldest go
};

class ClientBooks final : public MarketListener {
 public:
  explicit ClientBooks(MarketFeed& feed, ClientBooksOptions options = {});
  ~ClientBooks() override;  // unsubscribes
  ClientBooks(const ClientBooks&) = delete;
  ClientBooks& operator=(const ClientBooks&) = delete;

  // A V. What it gets for an answer has been sent, or will be; a Refusal is the caller's to send as Reject(3).
  std::optional<Refusal> on_request(ClientLine& line, const ClientMessage& message);
  // The client has read everything.
  void on_drained(ClientLine& line);
  // Its subscriptions are over.
  void on_logged_out(ClientLine& line);

  void on_market(const std::string& symbol, bool stale, std::span<const MarketTrade> trades) override;
  void on_market_problem(std::span<const std::string> symbols, const Error& error, bool again) override;
  void on_market_link(bool up) override;

  struct Figures {
    std::size_t subscriptions{0};     // of all clients, now
    std::size_t markets{0};           // that the exchange is asked for on their behalf, now
    std::uint64_t conflated{0};       // updates that became part of a later message
    std::uint64_t dropped_trades{0};  // for want of room
  };
  Figures figures() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::gateway
