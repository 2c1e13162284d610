// Clients, numbering, and events of the engine as frames. Commands: commands.cpp.
#include "sim/doors/ws/protocol.hpp"

#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"

#include <algorithm>

namespace marginfix::sim {
namespace {

constexpr std::string_view kChannels[] = {"orderbook_delta",     "ticker",           "trade", "fill", "user_orders",
                                          "order_group_updates", "corporate_actions"};

bool is_sequenced(WsChannel channel) noexcept {
  return channel != WsChannel::Ticker && channel != WsChannel::Fill && channel != WsChannel::UserOrders;
}

std::string_view side_word(Side side) noexcept { return side == Side::Buy ? "bid" : "ask"; }

std::string_view event_word(GroupChange change) noexcept {
  constexpr std::string_view kWords[] = {"created", "limit_updated", "triggered", "reset", "deleted"};
  return kWords[static_cast<std::size_t>(change)];
}

// Who is told of an event: everybody, or the clients that own it.
constexpr auto kEverybody = [](const auto&) { return true; };
template <class Owner>
auto only(Owner owner) {
  return [owner](const auto& client) { return client.owns(owner); };
}

std::string_view source_word(const ExecutionEvent& event) noexcept { return event.system == SystemOrder::None ? "user" : "system"; }

}  // namespace

std::string_view to_string(WsChannel channel) noexcept { return kChannels[static_cast<std::size_t>(channel)]; }

WsProtocol::WsProtocol(const Exchange& exchange, WsOut& out, std::function<Timestamp()> wall_now)
    : exchange_(exchange), out_(out), wall_now_(std::move(wall_now)) {}

void WsProtocol::join(WsClient client, const KeyInfo& who) {
  Client& joined = clients_[client];
  joined.account = who.account;
  joined.subaccount = who.subaccount;
  joined.key_id = who.key_id;
}
void WsProtocol::leave(WsClient client) { walks_ > 0 ? void(left_.insert(client)) : void(clients_.erase(client)); }

void WsProtocol::after_walk() {
  for (const WsClient client : std::exchange(overflowed_, {})) overflow(client);
  for (const WsClient client : std::exchange(left_, {})) clients_.erase(client);
}

void WsProtocol::overflow(WsClient client) {
  if (walks_ > 0) {
    overflowed_.insert(client);
    return;
  }
  const auto it = clients_.find(client);
  if (it == clients_.end()) return;
  const auto subscriptions = std::exchange(it->second.subscriptions, {});
  for (const auto& [sid, subscription] : subscriptions) {
    refuse({client, 0, nullptr}, {25, "Subscription buffer overflow"}, sid);
  }
}

std::size_t WsProtocol::skip_seq(WsClient client, std::int64_t count) {
  std::size_t n = 0;
  for (auto& [sid, subscription] : clients_.at(client).subscriptions) {
    if (!is_sequenced(subscription.channel)) continue;
    subscription.seq += count;
    ++n;
  }
  return n;
}

std::vector<WsClient> WsProtocol::clients_of(std::string_view key_id) const {
  std::vector<WsClient> out;
  for (const auto& [number, client] : clients_) {
    if (key_id.empty() || client.key_id == key_id) out.push_back(number);
  }
  return out;
}

void WsProtocol::frame(Subscription& subscription, std::string_view type, std::string_view msg, std::int64_t id) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("type", type);
  if (id != 0) w.member("id", id);
  w.member("sid", subscription.sid);
  if (is_sequenced(subscription.channel)) w.member("seq", ++subscription.seq);
  w.key("msg").raw(msg).member("sending_ts_ms", to_epoch_ms(wall_now_())).end_object();
  out_.send(subscription.client, std::move(text));
}

// The message is written once, for the first subscription that wants it.
template <class Audience, class Make>
void WsProtocol::publish(WsChannel channel, Audience hears, MarketNo market, std::string_view type, Make make) {
  const Walk walk(*this);
  std::string msg;
  for (auto& [number, client] : clients_) {
    if (!hears(client)) continue;
    for (auto& [sid, subscription] : client.subscriptions) {
      if (subscription.channel != channel || !subscription.wants(market)) continue;
      if (msg.empty()) {
        json::Writer w(msg);
        w.begin_object();
        make(w);
        w.end_object();
      }
      frame(subscription, type, msg);
    }
  }
}

void WsProtocol::snapshots(Subscription& subscription, const std::set<MarketNo>& which, std::int64_t id) {
  for (const MarketNo market : which) {
    std::string msg;
    json::Writer w(msg);
    w.begin_object().member("market_ticker", views::market(exchange_.state(), market).symbol);
    for (const Side side : {Side::Buy, Side::Sell}) {
      auto levels = views::depth(exchange_.state(), market, side);
      std::ranges::reverse(levels);  // worst to best, as recorded
      w.key(side_word(side)).begin_array();
      for (const LevelView& level : levels) w.begin_array().value(level.price).value(level.size).end_array();
      w.end_array();
    }
    w.end_object();
    frame(subscription, "orderbook_snapshot", msg, id);
  }
}

void WsProtocol::ticker(Subscription& subscription, MarketNo market) {
  frame(subscription, "ticker", TickerBoard::message(exchange_, market));
}

void WsProtocol::on_second() {
  const Walk walk(*this);
  for (const MarketNo market : board_.take()) {
    std::string msg;
    for (auto& [number, client] : clients_) {
      for (auto& [sid, subscription] : client.subscriptions) {
        if (subscription.channel != WsChannel::Ticker || !subscription.wants(market)) continue;
        if (msg.empty()) msg = TickerBoard::message(exchange_, market);
        frame(subscription, "ticker", msg);
      }
    }
  }
}

// ---- events -------------------------------------------------------------------------------------------------------------------

void WsProtocol::on_level(const LevelEvent& event) {
  board_.touch(event.market);
  const auto write = [&](json::Writer& w) {
    w.member("market_ticker", event.symbol)
        .member("price", event.price)
        .member("delta", event.size - event.old_size)
        .member("side", side_word(event.side))
        .member("ts_ms", to_epoch_ms(event.time));
  };
  if (!event.maker) return publish(WsChannel::OrderbookDelta, kEverybody, event.market, "orderbook_delta", write);
  const LevelEvent::Maker& maker = *event.maker;
  const Owner owner{maker.account, maker.subaccount};
  publish(WsChannel::OrderbookDelta, only(owner), event.market, "orderbook_delta", [&](json::Writer& w) {
    write(w);
    if (const auto reason = to_string(maker.reason); !reason.empty()) w.member("last_update_reason", reason);
    if (!maker.cl_ord_id.empty()) w.member("client_order_id", maker.cl_ord_id);
    w.member("subaccount", maker.subaccount);
  });
  const auto others = [&](const Client& client) { return !client.owns(owner); };
  publish(WsChannel::OrderbookDelta, others, event.market, "orderbook_delta", write);
}

void WsProtocol::on_trade(const TradeEvent& event) {
  board_.touch(event.market);
  publish(WsChannel::Trade, kEverybody, event.market, "trade", [&](json::Writer& w) {
    w.member("trade_id", event.match_id.view())
        .member("market_ticker", event.symbol)
        .member("price", event.price)
        .member("count", event.quantity)
        .member("taker_side", side_word(event.aggressor))
        .member("ts_ms", to_epoch_ms(event.time));
  });
}

void WsProtocol::on_execution(const ExecutionEvent& event) {
  if (clients_.empty() || event.order_no == 0) return;
  if (event.kind == ReportKind::PendingNew || event.kind == ReportKind::PendingReplace || event.kind == ReportKind::PendingCancel) return;
  if (event.kind == ReportKind::Trade && event.fill) {
    const Fill& fill = *event.fill;
    publish(WsChannel::Fill, only(Owner{event.account, event.subaccount}), event.market, "fill", [&](json::Writer& w) {
      w.member("trade_id", fill.match_id.view()).member("order_id", event.order_id.view());
      if (!event.cl_ord_id.empty()) w.member("client_order_id", event.cl_ord_id);
      w.member("market_ticker", event.symbol)
          .member("is_taker", fill.taker)
          .member("side", side_word(event.side))
          .member("ts_ms", to_epoch_ms(event.time))
          .member("price", fill.price)
          .member("count", fill.quantity)
          .member("fee_cost", fill.fee)
          .member("post_position", fill.position)
          .member("subaccount", event.subaccount)
          .member("order_source", source_word(event));
    });
  }
  touch_order(event);
}

void WsProtocol::on_group_change(const GroupChangeEvent& event) {
  publish(WsChannel::OrderGroupUpdates, only(Owner{event.account, event.subaccount}), kNoMarket, "order_group_updates",
          [&](json::Writer& w) {
            w.member("event_type", event_word(event.change)).member("order_group_id", event.group_id);
            if (event.change == GroupChange::Created || event.change == GroupChange::LimitUpdated) {
              w.member("contracts_limit_fp", FixedPointCount::whole(event.limit));
            }
            w.member("ts_ms", to_epoch_ms(event.time));
          });
}

// Applied splits, final settlements and ticker changes; cash actions never come here (websocket.md "Channels").
void WsProtocol::on_corporate_action(const CorporateActionEvent& event) {
  const CorporateActionView& view = event.action;
  const CorporateAction& action = view.action;
  const bool told = action.type == CorporateActionType::StockSplit || action.type == CorporateActionType::FinalSettlement ||
                    action.type == CorporateActionType::TickerChange;
  if (!told || view.status != CorporateActionStatus::Applied) return;
  publish(WsChannel::CorporateActions, kEverybody, action.market, "corporate_actions_delta", [&](json::Writer& w) {
    w.key("corporate_action")
        .begin_object()
        .member("id", view.id.view())
        .member("market_id", view.market_id.view())
        .member("market_ticker", view.market_ticker)
        .member("type", to_string(action.type))
        .member("ts_ms", to_epoch_ms(event.time));
    if (action.type == CorporateActionType::StockSplit) {
      w.key("split")
          .begin_object()
          .member("ratio_old", std::to_string(action.ratio_old))
          .member("ratio_new", std::to_string(action.ratio_new));
      w.member("pre_split_mark_price", view.pre_split_mark.value_or(DollarDecimal{}));
      w.member("post_split_mark_price", view.post_split_mark.value_or(DollarDecimal{})).end_object();
    } else if (action.type == CorporateActionType::FinalSettlement) {
      w.key("final_settlement").begin_object();
      w.member("settlement_price_per_contract", action.settlement_price_per_contract.value_or(DollarDecimal{})).end_object();
    } else {
      w.key("ticker_change")
          .begin_object()
          .member("old_ticker", view.old_market_ticker)
          .member("new_ticker", view.market_ticker)
          .end_object();
    }
    w.end_object();
  });
}

// An order that one command touches several times (an IOC that fills at once) is shown once, as it ends up (observed.md).
void WsProtocol::touch_order(const ExecutionEvent& event) {
  UserOrder& order = touched_[event.order_no];
  order.owner = {event.account, event.subaccount};
  order.market = event.market;
  std::string& msg = order.msg;
  msg.clear();
  json::Writer w(msg);
  const std::string_view current_id =
      event.kind == ReportKind::Canceled && !event.orig_cl_ord_id.empty() ? event.orig_cl_ord_id : event.cl_ord_id;
  w.begin_object()
      .member("order_id", event.order_id.view())
      .member("user_id", make_uuid(0, IdKind::User, event.account).view())
      .member("client_order_id", current_id)
      .member("ticker", event.symbol)
      .member("side", side_word(event.side))
      .member("price", event.price)
      .member("fill_count", event.cum_qty)
      .member("remaining_count", event.leaves_qty)
      .member("self_trade_prevention_type", event.self_trade_prevention == SelfTradePreventionType::Maker ? "maker" : "taker_at_cross");
  if (!event.group_id.empty()) w.member("order_group_id", event.group_id);
  if (event.expire_time) w.member("expiration_ts_ms", to_epoch_ms(*event.expire_time));
  const auto view = views::find_order(exchange_.state(), event.account, current_id);
  if (view) {
    w.member("created_ts_ms", to_epoch_ms(view->created));
  } else {
    w.key("created_ts_ms").null();
  }
  w.member("last_updated_ts_ms", to_epoch_ms(event.time));
  if (event.kind != ReportKind::New && view && view->last_update != UpdateReason::None)
    w.member("last_update_reason", to_string(view->last_update));
  w.member("subaccount_number", event.subaccount).member("order_source", source_word(event)).end_object();
}

void WsProtocol::on_command_end() {
  if (touched_.empty()) return;
  const Walk walk(*this);
  for (auto& [order_no, order] : std::exchange(touched_, {})) {
    for (auto& [number, client] : clients_) {
      if (!client.owns(order.owner)) continue;
      for (auto& [sid, subscription] : client.subscriptions) {
        if (subscription.channel == WsChannel::UserOrders && subscription.wants(order.market)) frame(subscription, "user_order", order.msg);
      }
    }
  }
}

}  // namespace marginfix::sim
