#include "sim/doors/fix/market_data.hpp"

#include "sim/exchange/views/market.hpp"

#include <algorithm>

namespace marginfix::sim {
namespace {

constexpr const char* kSettled = "101";     // SecurityTradingStatus(326)
constexpr std::size_t kMostSymbols = 1000;  // unique ones in one request; more gives Y with 281=2

char entry_type(Side side) noexcept { return side == Side::Buy ? '0' : '1'; }

// Each symbol once, in the order asked for.
std::vector<std::string> each_once(const std::vector<std::string>& symbols) {
  std::vector<std::string> once;
  std::set<std::string_view> seen;
  for (const std::string& symbol : symbols) {
    if (seen.insert(symbol).second) once.push_back(symbol);
  }
  return once;
}

}  // namespace

MarketDataDoor::MarketDataDoor(const Exchange& exchange, fixwire::Writer& writer, MdFields fields, Send send, OwnerOf owner_of)
    : exchange_(exchange), writer_(writer), fields_(fields), send_(std::move(send)), owner_of_(std::move(owner_of)) {}

MarketDataDoor::Feed& MarketDataDoor::feed(MarketNo market) {
  if (market >= feeds_.size()) feeds_.resize(market + std::size_t{1});
  return feeds_[market];
}

bool MarketDataDoor::request(Subscriber subscriber, const fixwire::Inbound& in) {
  const char type = in.subscription.size() == 1 ? in.subscription[0] : '?';
  if (type < '0' || type > '2') {
    send_(subscriber, "Y", writer_.md_reject(in.md_req_id, "4", "SubscriptionRequestType(263) must be 0, 1 or 2"));
    return true;
  }
  if (type == '2') {
    unsubscribe(subscriber, in.symbols);
    return true;
  }
  if (in.symbols.empty()) return false;
  const std::vector<std::string> symbols = each_once(in.symbols);
  if (symbols.size() > kMostSymbols) {
    send_(subscriber, "Y", writer_.md_reject(in.md_req_id, "2", "At most " + std::to_string(kMostSymbols) + " symbols a request"));
    return true;
  }
  for (const std::string& symbol : symbols) {
    snapshot(subscriber, symbol, in.md_req_id);
    const auto market = views::find_market(exchange_.state(), symbol);
    if (type == '1' && market) feed(*market).books.insert(subscriber);
  }
  return true;
}

void MarketDataDoor::snapshot(Subscriber subscriber, const std::string& symbol, const std::string& md_req_id) {
  entries_.clear();
  if (const auto market = views::find_market(exchange_.state(), symbol)) {
    for (const Side side : {Side::Buy, Side::Sell}) {
      for (const LevelView& level : views::depth(exchange_.state(), *market, side)) {
        entries_.push_back({'\0', entry_type(side), "", level.price.to_string(), level.size.to_string(), ""});
        stamp(entries_.back(), exchange_.now());
      }
    }
  }
  send_(subscriber, "W", writer_.snapshot(symbol, md_req_id, entries_));
}

void MarketDataDoor::unsubscribe(Subscriber subscriber, const std::vector<std::string>& symbols) {
  if (symbols.empty()) {
    for (Feed& feed : feeds_) feed.books.erase(subscriber);
    return;
  }
  for (const std::string& symbol : symbols) {
    if (const auto market = views::find_market(exchange_.state(), symbol)) feed(*market).books.erase(subscriber);
  }
}

bool MarketDataDoor::status_request(Subscriber subscriber, const fixwire::Inbound& in) {
  const auto market = views::find_market(exchange_.state(), in.symbol);
  if (!market) return false;
  if (in.subscription == "2") {
    feed(*market).statuses.erase(subscriber);
  } else {
    feed(*market).statuses[subscriber] = in.status_req_id;
  }
  return true;
}

void MarketDataDoor::send_status(Subscriber subscriber, const MarketInfo& info, const std::string& request_id) {
  fixwire::SecurityStatus status;
  status.symbol.assign(info.symbol);
  status.status_req_id = request_id;
  status.trading_status = info.status == MarketStatus::Closed ? kSettled : info.halted || info.status == MarketStatus::Inactive ? "2" : "3";
  send_(subscriber, "f", writer_.security_status(status));
}

void MarketDataDoor::forget(Subscriber subscriber) {
  for (Feed& feed : feeds_) {
    feed.books.erase(subscriber);
    feed.statuses.erase(subscriber);
  }
}

void MarketDataDoor::mark(MarketNo market, Feed& feed) {
  if (!feed.dirty) dirty_.push_back(market);
  feed.dirty = true;
}

void MarketDataDoor::on_level(const LevelEvent& event) {
  Feed& target = feed(event.market);
  if (target.books.empty()) return;
  mark(event.market, target);
  std::optional<Maker> maker;
  if (event.maker) maker = Maker{event.maker->account, event.maker->subaccount, std::string(event.maker->cl_ord_id)};
  // A price that changes twice in one command is told once.
  const auto same = std::ranges::find_if(target.levels, [&](const Level& l) { return l.side == event.side && l.price == event.price; });
  if (same != target.levels.end()) {
    same->now = event.size;
    same->time = event.time;
    same->maker = std::move(maker);
  } else {
    target.levels.push_back({event.side, event.price, event.old_size, event.size, event.time, std::move(maker)});
  }
}

void MarketDataDoor::on_trade(const TradeEvent& event) {
  Feed& target = feed(event.market);
  if (target.books.empty()) return;
  mark(event.market, target);
  target.trades.push_back({event.price, event.quantity, event.aggressor, event.time, event.match_id});
}

void MarketDataDoor::on_status(const MarketStatusEvent& event) {
  const MarketInfo info = views::market(exchange_.state(), event.market);
  const auto subscribers = feed(event.market).statuses;
  if (info.status == MarketStatus::Closed) feed(event.market).statuses.clear();  // 101 is the last one
  for (const auto& [subscriber, request_id] : subscribers) send_status(subscriber, info, request_id);
}

void MarketDataDoor::on_command_end() {
  for (const MarketNo market : dirty_) flush(market, feeds_[market]);
  dirty_.clear();
}

void MarketDataDoor::stamp(fixwire::MdEntry& entry, Timestamp time) const {
  if (fields_ == MdFields::basic) return;
  const std::string text = to_fix_utc(time, 3);  // "20261122-18:32:01.123"
  const std::size_t dash = text.find('-');
  entry.date = text.substr(0, dash);
  entry.time = text.substr(dash + 1);
}

bool MarketDataDoor::entries_for(const std::string& symbol, const Feed& feed, const Owner* reader) {
  entries_.clear();
  bool own = false;
  for (const Level& level : feed.levels) {
    if (level.before == level.now) continue;
    const char action = level.now.is_zero() ? '2' : level.before.is_zero() ? '0' : '1';
    entries_.push_back({action, entry_type(level.side), symbol, level.price.to_string(), level.now.to_string(), ""});
    fixwire::MdEntry& entry = entries_.back();
    stamp(entry, level.time);
    if (reader == nullptr || !level.maker || level.maker->account != reader->account) continue;
    if (reader->subaccount && *reader->subaccount != level.maker->subaccount) continue;
    own = true;
    entry.cl_ord_id = level.maker->cl_ord_id;
    entry.alloc_account = std::to_string(level.maker->subaccount);
  }
  for (const Trade& trade : feed.trades) {
    const char* aggressor = trade.aggressor == Side::Buy ? "1" : "2";
    entries_.push_back({'0', '2', symbol, trade.price.to_string(), trade.quantity.to_string(), aggressor});
    stamp(entries_.back(), trade.time);
    if (fields_ == MdFields::documented) entries_.back().trade_id = trade.id.view();
  }
  return own;
}

void MarketDataDoor::flush(MarketNo market, Feed& feed) {
  feed.dirty = false;
  const std::string symbol(views::market(exchange_.state(), market).symbol);
  entries_for(symbol, feed, nullptr);
  if (!entries_.empty() && !feed.books.empty()) {
    const std::string for_everybody = writer_.incremental("", entries_);
    const bool members_made_levels = std::ranges::any_of(feed.levels, [](const Level& level) { return level.maker.has_value(); });
    for (const Subscriber subscriber : std::vector<Subscriber>(feed.books.begin(), feed.books.end())) {
      const Owner reader = owner_of_(subscriber);
      const bool own = fields_ == MdFields::documented && members_made_levels && entries_for(symbol, feed, &reader);
      send_(subscriber, "X", own ? writer_.incremental("", entries_) : for_everybody);
    }
  }
  feed.levels.clear();
  feed.trades.clear();
}

}  // namespace marginfix::sim
