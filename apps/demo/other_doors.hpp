// An account seen through the doors that are not FIX: REST asked when wanted, WebSocket channels listened to from the beginning.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "apps/demo/desk.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/perps_websocket.hpp"

namespace marginfix::apps {

class OtherDoors {
 public:
  // `symbol`: whose book is kept.
  OtherDoors(const ExchangeAccount& account, std::string symbol);
  ~OtherDoors();

  void connect();  // the socket open and every channel subscribed, or DemoFailure
  PerpsClient& rest() { return rest_; }

  // What each door has told of the account so far: orders, fills and positions; reports by FIX ExecID it does not know.
  Record by_websocket() const;
  Record by_rest();
  // The fill's id on the WebSocket, by the order it filled; empty: none yet.
  std::string fill_of(const std::string& order_id) const;

  OrderBook book_by_websocket() const;
  OrderBook book_by_rest();

 private:
  void on_fill(const ws::MarginFill& fill);
  void on_order(const ws::MarginUserOrder& order);

  std::string symbol_;
  mutable std::mutex mutex_;
  Record heard_;
  std::map<std::string, std::string> fills_;  // OrderID -> trade_id of its last fill
  PerpsClient rest_;
  PerpsWebSocket socket_;
  ws::Subscription books_, fill_channel_, order_channel_;
};

}  // namespace marginfix::apps
