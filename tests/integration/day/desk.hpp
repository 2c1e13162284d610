// One account's connections to every door, and the random things it does there. Each request is answered before the next one is made, and
// the exchange's clock stands still meanwhile: the same seed gives the same day.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "integration/day/books.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/perps_websocket.hpp"
#include "sim/exchange/values/random.hpp"

namespace marginfix::day {

// What everybody knows: where prices are.
struct Prices {
  std::vector<std::string> tickers;
  std::map<std::string, std::int64_t> ticks;  // of 0.0001 dollars: the reference price
};

struct DeskSetup {
  std::string name;
  std::string endpoints{};  // file
  std::string store{};      // folder for KalshiRT
  TargetSession target{TargetSession::NR};
  std::vector<DollarDecimal> deposits;
  std::int64_t most_contracts{50};  // of one order
  bool listens{true};               // false: somebody else has its listener's key, and hears
};

// Requests made, and how many of them were accepted.
struct Tally {
  std::size_t rest{0}, rest_accepted{0}, fix{0}, orders{0}, amends{0}, cancels{0}, decreases{0}, groups{0}, triggers{0}, transfers{0};
};

class Desk {
 public:
  explicit Desk(DeskSetup setup);
  ~Desk();
  void open();  // connects FIX and WebSocket; throws when they do not come up

  void sync();  // everything that the exchange sent so far on the WebSocket has been heard

  // One random action.
  void act(sim::Random& random, const Prices& prices);
  void quote(sim::Random& random, const Prices& prices);  // a ladder on both sides
  void move_in(Centicents amount);                        // from the event-contract side; arrives 250 ms later
  void trade(const std::string& ticker, Side side, std::int64_t contracts, DollarDecimal price);  // GTC, over REST
  void protect(const std::string& ticker, int subaccount, DollarDecimal stop, bool below);        // a bracket on a position
  // From now on a part of the orders is a customer's, over FIX (Parties) and over REST with the customer's own key.
  void serve(std::string customer, Credentials key);

  const std::string& name() const noexcept { return setup_.name; }
  const std::vector<DollarDecimal>& deposits() const noexcept { return setup_.deposits; }
  PerpsClient& rest() noexcept { return *rest_; }
  PerpsClient* customer_rest() noexcept { return customer_rest_.get(); }
  const std::string& customer() const noexcept { return customer_; }
  Heard& heard() noexcept { return heard_; }
  const Tally& tally() const noexcept { return tally_; }
  const std::vector<std::string>& entered_by_fix() const noexcept { return by_fix_; }

  struct OutsideMove {
    std::string transfer_id;
    Amount amount{0};  // into the margined side
    bool arrived{false};
  };
  // What it moved between its own subaccounts, with the exchange's time of it, and what it asked to move in and out.
  std::vector<CashMove> between;
  std::vector<OutsideMove> outside;
  std::vector<CashMove> arrived;  // of those, what GET /state said has been applied
  Timestamp now{};                // the exchange's clock, set by the test before an action

 private:
  struct Placed {
    std::string order_id, cl_ord_id, ticker;
    Side side{};
    int subaccount{0};
    std::string customer;
    bool by_fix{false};  // its session is told of it, whichever door changes it
  };
  struct Draft {
    Placed order;
    std::int64_t contracts{1};
    DollarDecimal price;
    TimeInForce tif{TimeInForce::GTC};
    SelfTradePreventionType stp{SelfTradePreventionType::Maker};
    bool post_only{false}, reduce_only{false};
    std::optional<Timestamp> expire;
    std::string group;
  };
  std::string next_id(const char* what);
  DollarDecimal near(sim::Random& random, const Prices& prices, const std::string& ticker, std::int64_t tenths_of_percent) const;
  Draft draft(sim::Random& random, const Prices& prices);
  void send(sim::Random& random, Draft order);
  void create_rest(PerpsClient& client, Draft order);
  void create_fix(Draft order);
  void amend(sim::Random& random, const Prices& prices);
  void cancel(sim::Random& random);
  void decrease(sim::Random& random);
  void sweep(sim::Random& random);
  void group(sim::Random& random);
  void trigger(sim::Random& random, const Prices& prices);
  void transfer(sim::Random& random);
  void move_outside(bool in, Centicents amount);

  Placed* recent(sim::Random& random);
  PerpsClient& client_of(const Placed& order) { return order.customer.empty() ? *rest_ : *customer_rest_; }
  template <class Sent>
  std::string answered(const std::string& id, const Sent& sent);
  template <class Done>
  bool count(const Done& done) {
    ++tally_.rest;
    tally_.rest_accepted += done ? 1 : 0;
    return static_cast<bool>(done);
  }

  DeskSetup setup_;
  Heard heard_;
  std::string customer_;
  std::unique_ptr<PerpsClient> rest_, customer_rest_;
  std::unique_ptr<MarginFixClient> fix_;
  std::unique_ptr<PerpsWebSocket> ws_;
  OrderEntrySession* entry_{nullptr};
  std::vector<Placed> placed_;
  std::vector<std::string> groups_;
  std::vector<std::string> by_fix_;  // order ids
  std::uint64_t ids_{0};
  Tally tally_;
};

}  // namespace marginfix::day
