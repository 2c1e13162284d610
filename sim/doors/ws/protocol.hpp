// The WebSocket door without sockets: clients are numbers, texts come in and go out. Knows commands, channels, sequence numbers and which
// frame an event of the engine becomes; on the engine's thread. Frames of one subscription are numbered from 1.
// Source: websocket.md; observed.md "WebSocket behaviour".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/json/writer.hpp"
#include "sim/doors/ws/ticker.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/values/views.hpp"

namespace boost::json {
class object;
}

namespace marginfix::sim {

using WsClient = std::uint32_t;

// Where frames go. send() is called while clients and subscriptions are being walked; overflow() and leave() from inside it take effect
// when the walk is over.
class WsOut {
 public:
  virtual ~WsOut() = default;
  virtual void send(WsClient client, std::string text) = 0;
};

enum class WsChannel : std::uint8_t { OrderbookDelta = 0, Ticker, Trade, Fill, UserOrders, OrderGroupUpdates, CorporateActions };
std::string_view to_string(WsChannel channel) noexcept;

class WsProtocol final : public EventSink {
 public:
  WsProtocol(const Exchange& exchange, WsOut& out, std::function<Timestamp()> wall_now);

  // ---- clients
  // A key locked to a subaccount is told of that one only (rest-perps.md: such a key "reads only that subaccount").
  void join(WsClient client, const KeyInfo& who);
  void leave(WsClient client);
  void command(WsClient client, std::string_view text);
  // Frames were thrown away because the client reads too slowly: error 25 on each of its subscriptions, which end.
  void overflow(WsClient client);
  // Once a second: ticker frames of the markets that changed.
  void on_second();

  // ---- faults: numbers are used up without a frame. How many subscriptions there were.
  std::size_t skip_seq(WsClient client, std::int64_t count);
  std::vector<WsClient> clients_of(std::string_view key_id) const;  // "" = all

  // ---- EventSink
  void on_execution(const ExecutionEvent& event) override;
  void on_group_change(const GroupChangeEvent& event) override;
  void on_level(const LevelEvent& event) override;
  void on_trade(const TradeEvent& event) override;
  void on_corporate_action(const CorporateActionEvent& event) override;
  void on_command_end() override;

 private:
  struct Subscription {
    std::int64_t sid{0};
    WsChannel channel{WsChannel::Ticker};
    WsClient client{0};
    std::set<MarketNo> markets;  // empty = all
    std::int64_t seq{0};
    bool wants(MarketNo market) const { return markets.empty() || markets.contains(market); }
  };
  // Whose a private event is.
  struct Owner {
    AccountId account{0};
    int subaccount{0};
  };
  struct Client {
    AccountId account{0};
    std::optional<int> subaccount;  // the one its key is locked to
    std::string key_id;
    std::int64_t last_sid{0};
    std::map<std::int64_t, Subscription> subscriptions;
    Timestamp second{};  // commands of this second
    int commands{0};
    bool owns(const Owner& owner) const { return account == owner.account && (!subaccount || subaccount == owner.subaccount); }
  };
  // An error frame's code and text.
  struct Refusal {
    int code{0};
    std::string_view text;
  };
  struct Command {
    WsClient client{0};
    std::int64_t id{0};
    const boost::json::object* params{nullptr};
  };

  // Somebody walks clients_ or somebody's subscriptions, or holds a reference into them.
  class Walk {
   public:
    explicit Walk(WsProtocol& protocol) : protocol_(protocol) { ++protocol_.walks_; }
    ~Walk() {
      if (--protocol_.walks_ == 0) protocol_.after_walk();
    }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

   private:
    WsProtocol& protocol_;
  };
  void after_walk();
  void handle(WsClient client, std::string_view text);
  void run(Command& command, std::string_view name);
  std::size_t subscriptions_of(std::string_view key_id) const;
  void subscribe(const Command& command);
  void unsubscribe(const Command& command);
  void update(const Command& command);
  void list(const Command& command);
  void refuse(const Command& command, Refusal refusal, std::optional<std::int64_t> sid = {}, std::string_view ticker = {});
  // The markets that params name; nothing after a refusal.
  std::optional<std::set<MarketNo>> markets(const Command& command, bool required);
  void answer_ok(const Command& command, Subscription& subscription);
  void send_unsubscribed(const Command& command, const Subscription& subscription);

  void snapshots(Subscription& subscription, const std::set<MarketNo>& which, std::int64_t id);
  void ticker(Subscription& subscription, MarketNo market);
  // {"type":T,"sid":S,"seq":N,"msg":M,"sending_ts_ms":...}; seq only where the channel is sequenced.
  void frame(Subscription& subscription, std::string_view type, std::string_view msg, std::int64_t id = 0);
  void touch_order(const ExecutionEvent& event);
  template <class Audience, class Make>
  void publish(WsChannel channel, Audience hears, MarketNo market, std::string_view type, Make make);

  const Exchange& exchange_;
  WsOut& out_;
  std::function<Timestamp()> wall_now_;
  std::map<WsClient, Client> clients_;
  TickerBoard board_;
  // Orders that the running command touched, in order: one user_order frame each, as it is when the command is done.
  struct UserOrder {
    Owner owner;
    MarketNo market{kNoMarket};
    std::string msg;
  };
  std::map<OrderNo, UserOrder> touched_;
  int walks_{0};
  std::set<WsClient> overflowed_, left_;  // during a walk
};

}  // namespace marginfix::sim
