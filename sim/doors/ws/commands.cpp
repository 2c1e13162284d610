// The four commands and their errors. Source: websocket.md "Commands", "Answers", "Error codes".
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "marginfix/core/text.hpp"
#include "sim/doors/ws/protocol.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

namespace json_dom = boost::json;

constexpr std::size_t kMostMarkets = 500;               // of one subscription: 26 beyond
constexpr int kMostCommandsASecond = 100;               // of one connection: 27 beyond
constexpr std::size_t kMostSubscriptions = 200;         // of one connection,
constexpr std::size_t kMostSubscriptionsOfAKey = 1000;  // of all connections of a key: each is a frame for every change of a book

std::optional<WsChannel> channel_of(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(WsChannel::CorporateActions); ++i) {
    if (to_string(static_cast<WsChannel>(i)) == word) return static_cast<WsChannel>(i);
  }
  return std::nullopt;
}

std::string_view text_of(const json_dom::value& value) { return {value.get_string().data(), value.get_string().size()}; }

const json_dom::array* array_member(const json_dom::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_array();
}

bool flag(const json_dom::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  const bool* b = value == nullptr ? nullptr : value->if_bool();
  return b != nullptr && *b;
}

}  // namespace

void WsProtocol::command(WsClient number, std::string_view text) {
  const Walk walk(*this);
  if (clients_.contains(number)) handle(number, text);
}

void WsProtocol::handle(WsClient number, std::string_view text) {
  Command command{number, 0, nullptr};
  boost::system::error_code error;
  const json_dom::value parsed = json_dom::parse({text.data(), text.size()}, error);
  if (error || !parsed.is_object()) return refuse(command, {1, "Unable to process message"});
  const json_dom::object& object = parsed.get_object();
  if (const auto* id = object.if_contains("id"); id != nullptr) {
    const auto* n = id->if_int64();
    if (n == nullptr || *n < 0) return refuse(command, {11, "Invalid parameter: id must be a whole number from 0"});
    command.id = *n;
  }
  Client& client = clients_.at(number);
  const Timestamp second = std::chrono::floor<std::chrono::seconds>(wall_now_());
  client.commands = client.second == second ? client.commands + 1 : 1;
  client.second = second;
  if (client.commands > kMostCommandsASecond) return refuse(command, {27, "Too many requests"});
  const auto* cmd = object.if_contains("cmd");
  if (cmd == nullptr || !cmd->is_string()) return refuse(command, {5, "Unknown command"});
  if (const auto* params = object.if_contains("params"); params != nullptr) {
    command.params = params->if_object();
    if (command.params == nullptr) return refuse(command, {11, "Invalid parameter: params must be an object"});
  }
  run(command, text_of(*cmd));
}

void WsProtocol::run(Command& command, std::string_view name) {
  if (name == "list_subscriptions") return list(command);
  if (name != "subscribe" && name != "unsubscribe" && name != "update_subscription") return refuse(command, {5, "Unknown command"});
  if (command.params == nullptr) return refuse(command, {2, "Params required"});
  if (name == "subscribe") return subscribe(command);
  return name == "unsubscribe" ? unsubscribe(command) : update(command);
}

void WsProtocol::refuse(const Command& command, Refusal refusal, std::optional<std::int64_t> sid, std::string_view ticker) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("type", "error");
  if (command.id != 0) w.member("id", command.id);
  if (sid) w.member("sid", *sid);
  w.key("msg").begin_object().member("code", refusal.code).member("msg", refusal.text);
  if (!ticker.empty()) w.member("market_ticker", visible(ticker));
  w.end_object().end_object();
  out_.send(command.client, std::move(text));
}

std::optional<std::set<MarketNo>> WsProtocol::markets(const Command& command, bool required) {
  std::vector<std::string_view> tickers;
  bool malformed = false;
  if (const auto* one = command.params->if_contains("market_ticker"); one != nullptr) {
    one->is_string() ? tickers.push_back(text_of(*one)) : void(malformed = true);
  }
  if (const auto* several = command.params->if_contains("market_tickers"); several != nullptr) {
    malformed = malformed || !several->is_array();
    if (several->is_array()) {
      for (const auto& each : several->get_array()) each.is_string() ? tickers.push_back(text_of(each)) : void(malformed = true);
    }
  }
  if (malformed) {
    refuse(command, {11, "Invalid parameter: market tickers must be strings"});
    return std::nullopt;
  }
  if (required && tickers.empty()) {
    refuse(command, {14, "Market Ticker required"});
    return std::nullopt;
  }
  std::set<MarketNo> out;
  for (const std::string_view ticker : tickers) {
    const auto market = views::find_market(exchange_.state(), ticker);
    if (!market) {
      refuse(command, {11, "Invalid parameter: no such market"}, {}, ticker);
      return std::nullopt;
    }
    out.insert(*market);
  }
  if (out.size() > kMostMarkets) {
    refuse(command, {26, "Subscription market limit exceeded"});
    return std::nullopt;
  }
  return out;
}

std::size_t WsProtocol::subscriptions_of(std::string_view key_id) const {
  std::size_t all = 0;
  for (const auto& [number, client] : clients_) all += client.key_id == key_id ? client.subscriptions.size() : 0;
  return all;
}

void WsProtocol::subscribe(const Command& command) {
  const auto* channels = array_member(*command.params, "channels");
  if (channels == nullptr || channels->empty()) return refuse(command, {3, "Channels required"});
  std::vector<WsChannel> wanted;
  bool needs_market = false;
  for (const auto& each : *channels) {
    const auto channel = each.is_string() ? channel_of(text_of(each)) : std::nullopt;
    if (!channel) return refuse(command, {8, "Unknown channel name"});
    if (std::ranges::find(wanted, *channel) == wanted.end()) wanted.push_back(*channel);
    needs_market = needs_market || *channel == WsChannel::OrderbookDelta;
  }
  const auto which = markets(command, needs_market);
  if (!which) return;
  Client& client = clients_.at(command.client);
  if (client.subscriptions.size() + wanted.size() > kMostSubscriptions ||
      subscriptions_of(client.key_id) + wanted.size() > kMostSubscriptionsOfAKey)
    return refuse(command, {27, "Too many requests"});
  for (const WsChannel channel : wanted) {
    Subscription& s = client.subscriptions[++client.last_sid];
    s = {client.last_sid, channel, command.client, channel == WsChannel::OrderGroupUpdates ? std::set<MarketNo>() : *which, 0};
    std::string text;
    json::Writer w(text);
    w.begin_object().member("type", "subscribed");
    if (command.id != 0) w.member("id", command.id);
    w.key("msg").begin_object().member("channel", to_string(channel)).member("sid", s.sid).end_object().end_object();
    out_.send(command.client, std::move(text));
    if (channel == WsChannel::OrderbookDelta) snapshots(s, s.markets, 0);
    if (channel != WsChannel::Ticker || !flag(*command.params, "send_initial_snapshot")) continue;
    for (MarketNo market = 0; market < views::market_count(exchange_.state()); ++market) {
      if (s.wants(market)) ticker(s, market);
    }
  }
}

void WsProtocol::unsubscribe(const Command& command) {
  const auto* sids = array_member(*command.params, "sids");
  if (sids == nullptr || sids->empty()) return refuse(command, {4, "Subscription IDs required"});
  Client& client = clients_.at(command.client);
  for (const auto& each : *sids) {
    const auto* sid = each.if_int64();
    const auto it = sid == nullptr ? client.subscriptions.end() : client.subscriptions.find(*sid);
    if (it == client.subscriptions.end()) {
      refuse(command, {7, "Unknown subscription ID"}, sid == nullptr ? std::nullopt : std::optional(*sid));
      continue;
    }
    send_unsubscribed(command, it->second);
    client.subscriptions.erase(it);
  }
}

void WsProtocol::send_unsubscribed(const Command& command, const Subscription& s) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("type", "unsubscribed");
  if (command.id != 0) w.member("id", command.id);
  w.member("sid", s.sid).member("seq", s.seq + 1).end_object();
  out_.send(command.client, std::move(text));
}

void WsProtocol::update(const Command& command) {
  std::vector<const json_dom::value*> sids;
  if (const auto* one = command.params->if_contains("sid"); one != nullptr) sids.push_back(one);
  if (const auto* several = array_member(*command.params, "sids"); several != nullptr) {
    for (const auto& each : *several) sids.push_back(&each);
  }
  if (sids.size() != 1) return refuse(command, {12, "Exactly one subscription ID is required"});
  Client& client = clients_.at(command.client);
  const auto* sid = sids.front()->if_int64();
  const auto it = sid == nullptr ? client.subscriptions.end() : client.subscriptions.find(*sid);
  if (it == client.subscriptions.end()) return refuse(command, {7, "Unknown subscription ID"});
  Subscription& s = it->second;
  const auto* action = command.params->if_contains("action");
  if (action == nullptr || !action->is_string()) return refuse(command, {15, "Action required"}, s.sid);
  const std::string_view what = text_of(*action);
  const bool snapshot = what == "get_snapshot";
  if (what != "add_markets" && what != "delete_markets" && !snapshot) return refuse(command, {13, "Unsupported action"}, s.sid);
  if (s.channel == WsChannel::OrderGroupUpdates || (snapshot && s.channel != WsChannel::OrderbookDelta)) {
    return refuse(command, {13, "Unsupported action"}, s.sid);
  }
  const auto which = markets(command, true);
  if (!which) return;
  if (snapshot) {
    answer_ok(command, s);
    std::set<MarketNo> mine;
    std::ranges::set_intersection(*which, s.markets, std::inserter(mine, mine.end()));
    return snapshots(s, mine, command.id);
  }
  if (what == "delete_markets") {
    if (s.markets.empty()) return refuse(command, {11, "Invalid parameter: the subscription has no market filter"}, s.sid);
    for (const MarketNo market : *which) s.markets.erase(market);
    answer_ok(command, s);
    // A subscription without markets would mean all of them: it ends instead, and says so.
    if (s.markets.empty()) {
      send_unsubscribed({command.client, 0, nullptr}, s);
      client.subscriptions.erase(it);
    }
    return;
  }
  if (s.markets.empty() && s.channel != WsChannel::OrderbookDelta) return answer_ok(command, s);  // has all of them
  if (s.markets.size() + which->size() > kMostMarkets) return refuse(command, {26, "Subscription market limit exceeded"}, s.sid);
  std::set<MarketNo> added;
  std::ranges::set_difference(*which, s.markets, std::inserter(added, added.end()));
  s.markets.insert(added.begin(), added.end());
  answer_ok(command, s);
  if (s.channel == WsChannel::OrderbookDelta) return snapshots(s, added, 0);
  if (s.channel != WsChannel::Ticker || !flag(*command.params, "send_initial_snapshot")) return;
  for (const MarketNo market : added) ticker(s, market);
}

// `ok` shows the subscription's numbering without using a number up.
void WsProtocol::answer_ok(const Command& command, Subscription& s) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("type", "ok");
  if (command.id != 0) w.member("id", command.id);
  w.member("sid", s.sid);
  if (s.seq > 0) w.member("seq", s.seq);
  w.key("msg").begin_object().key("market_tickers").begin_array();
  for (const MarketNo market : s.markets) w.string(views::market(exchange_.state(), market).symbol);
  w.end_array().end_object().end_object();
  out_.send(command.client, std::move(text));
}

void WsProtocol::list(const Command& command) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("type", "ok");
  if (command.id != 0) w.member("id", command.id);
  w.key("msg").begin_array();
  for (const auto& [sid, s] : clients_.at(command.client).subscriptions) {
    w.begin_object().member("channel", to_string(s.channel)).member("sid", sid).end_object();
  }
  w.end_array().end_object();
  out_.send(command.client, std::move(text));
}

}  // namespace marginfix::sim
