#include "services/gateway/oms/market_data.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "marginfix/fix/define.hpp"
#include "services/gateway/oms/book_view.hpp"
#include "services/gateway/oms/market_messages.hpp"
#include "services/gateway/oms/read_request.hpp"

namespace marginfix::gateway {
namespace {

constexpr char kSnapshotOnly = '0', kSubscribe = '1', kUnsubscribe = '2';  // SubscriptionRequestType(263)

// MDReqRejReason(281): those that all three versions have, and one.
constexpr char kUnknownSymbol = '0', kDuplicateMdReqId = '1', kInsufficientBandwidth = '2', kUnsupportedSubscriptionType = '4',
               kUnsupportedDepth = '5', kUnsupportedUpdateType = '6', kUnsupportedAggregatedBook = '7', kUnsupportedEntryType = '8',
               kUnsupportedImplicitDelete = 'C';

// Why a V is answered with Y.
struct Objection {
  std::optional<char> reason;  // 281; none: no value of it says so
  std::string text;
};

// A V that can be granted.
struct Granted {
  BookWish wish;
  bool once{false};  // 263=0
  struct Market {
    std::string symbol;  // the exchange's
    std::string client_symbol;
  };
  std::vector<Market> markets;
};

// 262 and 263 alone stop a subscription; what begins one needs these too.
std::optional<Refusal> missing_part(const MarketRequest& request) {
  const auto missing = [](int tag, const char* name) {
    return refusal(SessionRejectReason::RequiredTagMissing, tag, std::string(name) + "(" + std::to_string(tag) + ") is missing");
  };
  if (!request.market_depth) return missing(264, "MarketDepth");
  if (request.entry_types.empty()) return missing(267, "NoMDEntryTypes");
  if (request.related_sym.empty()) return missing(146, "NoRelatedSym");
  return std::nullopt;
}

std::optional<Objection> unsupported(const MarketRequest& request) {
  const char type = request.subscription_request_type;
  if (type != kSnapshotOnly && type != kSubscribe)
    return Objection{kUnsupportedSubscriptionType, "SubscriptionRequestType(263) is 0, 1 or 2"};
  if (*request.market_depth < 0) return Objection{kUnsupportedDepth, "MarketDepth(264) is 0 (all), 1 or a number of levels"};
  if (request.md_update_type.value_or(0) < 0 || request.md_update_type.value_or(0) > 1)
    return Objection{kUnsupportedUpdateType, "MDUpdateType(265) is 0 or 1"};
  if (!request.aggregated_book.value_or(true))
    return Objection{kUnsupportedAggregatedBook, "books are aggregated: AggregatedBook(266)=N cannot be served"};
  if (request.md_implicit_delete.value_or(false))
    return Objection{kUnsupportedImplicitDelete, "every level that goes is told: MDImplicitDelete(547)=Y cannot be served"};
  return std::nullopt;
}

std::optional<Objection> choose_entries(const MarketRequest& request, BookWish& wish) {
  for (const WantedEntryType& wanted : request.entry_types) {
    if (wanted.md_entry_type == '0')
      wish.bids = true;
    else if (wanted.md_entry_type == '1')
      wish.offers = true;
    else if (wanted.md_entry_type == '2')
      wish.trades = true;
    else
      return Objection{kUnsupportedEntryType, "MDEntryType(269) is 0 (bid), 1 (offer) or 2 (trade)"};
  }
  return std::nullopt;
}

// What the exchange said of its own request, to the client that is behind it.
Objection objection_of(const Error& error) {
  constexpr std::int32_t kLastOfAllVersions = 8;
  const std::string text = "the exchange: " + readable(error.message);
  if (error.category == ErrorCategory::rate_limit) return {kInsufficientBandwidth, text};
  if (error.category == ErrorCategory::business_reject && error.status >= 0 && error.status <= kLastOfAllVersions)
    return {static_cast<char>('0' + error.status), text};
  return {std::nullopt, text};
}

struct MarketSubscription;

// One market of one subscription.
struct MarketView {
  MarketSubscription& subscription;
  std::string symbol, client_symbol;
  BookView book;
  bool waiting{false};  // for its client to read
  bool done{false};     // of 263=0: told
};

struct MarketClient {
  ClientLine& line;
  std::map<std::string, std::unique_ptr<MarketSubscription>, std::less<>> subscriptions;  // by MDReqID(262)
  std::deque<MarketView*> waiting;
  std::size_t symbols{0};
};

struct MarketSubscription {
  MarketClient& client;
  std::string md_req_id;
  bool once{false};
  bool ended{false};
  std::vector<std::unique_ptr<MarketView>> views;
};

}  // namespace

class ClientBooks::Impl {
 public:
  Impl(MarketFeed& feed, const ClientBooksOptions& options) : feed_(feed), options_(options) {}
  ~Impl() {
    for (const auto& [symbol, views] : markets_) feed_.unsubscribe(symbol);
  }

  std::optional<Refusal> on_request(ClientLine& line, const ClientMessage& message);
  void on_drained(ClientLine& line);
  void on_logged_out(ClientLine& line);
  void on_market(const std::string& symbol, bool stale, std::span<const MarketTrade> trades);
  void on_market_problem(std::span<const std::string> symbols, const Error& error, bool again);
  void on_market_link(bool up);
  Figures figures() const;

 private:
  using Views = std::vector<MarketView*>;
  // While one lives, nothing that ends is destroyed: who is told may log out in the middle of it.
  class Working {
   public:
    explicit Working(Impl& impl) : impl_(impl) { ++impl_.working_; }
    ~Working() {
      if (--impl_.working_ == 0) impl_.sweep();
    }
    Working(const Working&) = delete;
    Working& operator=(const Working&) = delete;

   private:
    Impl& impl_;
  };

  std::optional<Objection> objection(const ClientLine& line, Granted& granted);
  std::optional<Objection> choose_markets(const ClientLine& line, Granted& granted);
  void begin(ClientLine& line, const Granted& granted);
  Result<void> join(MarketView& view);
  void tell(MarketView& view);
  void tell_now(MarketView& view);
  Result<void> send(MarketView& view, Telling telling);
  void reject(ClientLine& line, std::string_view md_req_id, const Objection& why);
  void lose(MarketView& view, const Objection& why);
  void end(MarketSubscription& subscription);
  void end(MarketSubscription& subscription, const Objection& why);
  void sweep();
  void forget(MarketSubscription& subscription);
  const Views& views_of(std::string_view symbol) const;
  MarketSubscription* find(const ClientLine& line, std::string_view md_req_id) const;

  MarketFeed& feed_;
  ClientBooksOptions options_;
  std::map<const ClientLine*, std::unique_ptr<MarketClient>> clients_;
  std::map<std::string, Views, std::less<>> markets_;
  std::vector<MarketSubscription*> ended_;  // to be forgotten when nobody works any more
  int working_{0};
  MarketRequest request_;
  BookMessages messages_;
  MarketReject reject_;
  fix::Buffer body_;
  Figures figures_;
};

// ---- requests -------------------------------------------------------------------------------------------------------------
std::optional<Refusal> ClientBooks::Impl::on_request(ClientLine& line, const ClientMessage& message) {
  const Working working(*this);
  if (auto refused = read_request(message, request_)) return refused;
  if (auto refused = check_echo(262, "MDReqID", request_.md_req_id)) return refused;
  if (request_.subscription_request_type == kUnsubscribe) {
    if (MarketSubscription* const known = find(line, request_.md_req_id))
      end(*known);
    else
      reject(line, request_.md_req_id, {std::nullopt, "there is no subscription with this MDReqID(262)"});
    return std::nullopt;
  }
  if (auto refused = missing_part(request_)) return refused;
  Granted granted;
  if (const auto why = objection(line, granted))
    reject(line, request_.md_req_id, *why);
  else
    begin(line, granted);
  return std::nullopt;
}

std::optional<Objection> ClientBooks::Impl::objection(const ClientLine& line, Granted& granted) {
  if (auto why = unsupported(request_)) return why;
  if (find(line, request_.md_req_id) != nullptr) return Objection{kDuplicateMdReqId, "this MDReqID(262) names a subscription already"};
  if (auto why = choose_entries(request_, granted.wish)) return why;
  granted.once = request_.subscription_request_type == kSnapshotOnly;
  granted.wish.trades = granted.wish.trades && !granted.once;
  granted.wish.depth = static_cast<std::size_t>(*request_.market_depth);
  granted.wish.incremental = !granted.once && request_.md_update_type == 1;
  if (auto why = choose_markets(line, granted)) return why;
  // A subscription is told when the books are back; who asks once is told now.
  if (granted.once && !feed_.connected()) return Objection{std::nullopt, "the exchange's market data is not connected"};
  return std::nullopt;
}

std::optional<Objection> ClientBooks::Impl::choose_markets(const ClientLine& line, Granted& granted) {
  for (const WantedSymbol& wanted : request_.related_sym) {
    std::string symbol = line.exchange_symbol(wanted.symbol);
    if (symbol.empty() || text_fault(wanted.symbol) != nullptr || !feed_.exists(symbol))
      return Objection{kUnknownSymbol, "unknown symbol " + readable(wanted.symbol)};
    if (std::ranges::find(granted.markets, symbol, &Granted::Market::symbol) == granted.markets.end())
      granted.markets.push_back({std::move(symbol), std::string(wanted.symbol)});
  }
  const auto client = clients_.find(&line);
  const std::size_t before = client == clients_.end() ? 0 : client->second->symbols;
  if (before + granted.markets.size() <= options_.most_symbols) return std::nullopt;
  return Objection{kInsufficientBandwidth, "at most " + std::to_string(options_.most_symbols) + " markets a client"};
}

void ClientBooks::Impl::begin(ClientLine& line, const Granted& granted) {
  auto& client = clients_[&line];
  if (!client) client = std::make_unique<MarketClient>(MarketClient{line, {}, {}, 0});
  auto made = std::make_unique<MarketSubscription>(MarketSubscription{*client, std::string(request_.md_req_id), granted.once, false, {}});
  MarketSubscription& subscription = *made;
  client->subscriptions.emplace(subscription.md_req_id, std::move(made));
  client->symbols += granted.markets.size();
  for (const Granted::Market& market : granted.markets) {
    auto view = std::make_unique<MarketView>(MarketView{subscription, market.symbol, market.client_symbol, BookView(granted.wish)});
    subscription.views.push_back(std::move(view));
    if (const auto joined = join(*subscription.views.back()); !joined)
      return end(subscription, {kUnknownSymbol, readable(joined.error().message)});
  }
  for (const auto& view : subscription.views) {
    if (!feed_.connected()) view->book.lose();
    tell(*view);
  }
}

Result<void> ClientBooks::Impl::join(MarketView& view) {
  const auto known = markets_.find(view.symbol);
  if (known == markets_.end()) {
    if (auto done = feed_.subscribe(view.symbol); !done) return done;
  }
  markets_[view.symbol].push_back(&view);
  return {};
}

// ---- what clients are told --------------------------------------------------------------------------------------------------
void ClientBooks::Impl::tell(MarketView& view) {
  if (view.done || view.subscription.ended) return;
  MarketClient& client = view.subscription.client;
  if (view.waiting) {
    ++figures_.conflated;
  } else if (client.line.queued() > options_.pause_above) {
    view.waiting = true;
    client.waiting.push_back(&view);
  } else {
    tell_now(view);
  }
}

void ClientBooks::Impl::tell_now(MarketView& view) {
  const OrderBook* const book = feed_.current(view.symbol) ? feed_.book(view.symbol) : nullptr;
  const Telling telling = view.book.next(book, view.client_symbol, messages_);
  if (telling == Telling::nothing) return;
  if (const auto sent = send(view, telling); !sent) return end(view.subscription, {std::nullopt, readable(sent.error().message)});
  view.book.sent();
  if (!view.subscription.once) return;
  view.done = true;
  if (std::ranges::all_of(view.subscription.views, [](const auto& each) { return each->done; })) end(view.subscription);
}

// Error(codec): something of it is nothing that FIX can carry.
Result<void> ClientBooks::Impl::send(MarketView& view, Telling telling) {
  body_.clear();
  const bool update = telling == Telling::update;
  messages_.x.md_req_id = messages_.w.md_req_id = view.subscription.md_req_id;
  messages_.w.symbol = view.client_symbol;
  const auto made = update ? fix::encode_body(messages_.x, body_) : fix::encode_body(messages_.w, body_);
  if (made) view.subscription.client.line.send(update ? "X" : "W", body_.view());
  return made;
}

void ClientBooks::Impl::reject(ClientLine& line, std::string_view md_req_id, const Objection& why) {
  reject_.md_req_id = md_req_id;
  reject_.md_req_rej_reason = why.reason;
  // FIX.4.2 ends at 8.
  if (line.version() == FixVersion::fix42 && why.reason && *why.reason > '8') reject_.md_req_rej_reason.reset();
  reject_.text = why.text;
  body_.clear();
  if (fix::encode_body(reject_, body_)) line.send("Y", body_.view());
}

void ClientBooks::Impl::on_drained(ClientLine& line) {
  const Working working(*this);
  const auto client = clients_.find(&line);
  if (client == clients_.end()) return;
  std::deque<MarketView*>& waiting = client->second->waiting;
  while (!waiting.empty() && line.queued() <= options_.pause_above) {
    MarketView& view = *waiting.front();
    waiting.pop_front();
    view.waiting = false;
    if (!view.subscription.ended) tell_now(view);
  }
}

// ---- the exchange's side ----------------------------------------------------------------------------------------------------
void ClientBooks::Impl::on_market(const std::string& symbol, bool stale, std::span<const MarketTrade> trades) {
  const Working working(*this);
  for (MarketView* const view : views_of(symbol)) {
    figures_.dropped_trades += view->book.add(trades, options_.most_trades);
    if (stale)
      lose(*view, {std::nullopt, "the exchange's book was lost"});
    else
      tell(*view);
  }
}

void ClientBooks::Impl::on_market_problem(std::span<const std::string> symbols, const Error& error, bool again) {
  const Working working(*this);
  for (const std::string& symbol : symbols) {
    for (MarketView* const view : views_of(symbol)) {
      if (view->done || view->subscription.ended) continue;
      if (again)
        lose(*view, objection_of(error));
      else
        end(view->subscription, objection_of(error));
    }
  }
}

void ClientBooks::Impl::on_market_link(bool up) {
  if (up) return;  // each book tells when it is back
  const Working working(*this);
  for (const auto& [symbol, views] : markets_) {
    for (MarketView* const view : views) lose(*view, {std::nullopt, "the exchange's market data is not connected"});
  }
}

// Its book is not to be had: who asked once is told why, a subscription waits for the book.
void ClientBooks::Impl::lose(MarketView& view, const Objection& why) {
  if (view.done || view.subscription.ended) return;
  if (view.subscription.once) return end(view.subscription, why);
  view.book.lose();
  tell(view);
}

// ---- ends -------------------------------------------------------------------------------------------------------------------
void ClientBooks::Impl::on_logged_out(ClientLine& line) {
  const Working working(*this);
  const auto client = clients_.find(&line);
  if (client == clients_.end()) return;
  for (const auto& [id, subscription] : client->second->subscriptions) end(*subscription);
}

void ClientBooks::Impl::end(MarketSubscription& subscription) {
  if (subscription.ended) return;
  subscription.ended = true;
  ended_.push_back(&subscription);
}

void ClientBooks::Impl::end(MarketSubscription& subscription, const Objection& why) {
  if (subscription.ended) return;
  reject(subscription.client.line, subscription.md_req_id, why);
  end(subscription);
}

void ClientBooks::Impl::sweep() {
  for (std::size_t i = 0; i < ended_.size(); ++i) forget(*ended_[i]);
  ended_.clear();
}

void ClientBooks::Impl::forget(MarketSubscription& subscription) {
  MarketClient& client = subscription.client;
  for (const auto& view : subscription.views) {
    if (view->waiting) std::erase(client.waiting, view.get());
    const auto market = markets_.find(view->symbol);
    if (market == markets_.end() || std::erase(market->second, view.get()) == 0 || !market->second.empty()) continue;
    const std::string symbol = market->first;
    markets_.erase(market);
    feed_.unsubscribe(symbol);
  }
  client.symbols -= std::min(client.symbols, subscription.views.size());
  client.subscriptions.erase(client.subscriptions.find(subscription.md_req_id));
  if (client.subscriptions.empty()) clients_.erase(&client.line);
}

const ClientBooks::Impl::Views& ClientBooks::Impl::views_of(std::string_view symbol) const {
  static const Views kNone;
  const auto market = markets_.find(symbol);
  return market == markets_.end() ? kNone : market->second;
}

MarketSubscription* ClientBooks::Impl::find(const ClientLine& line, std::string_view md_req_id) const {
  const auto client = clients_.find(&line);
  if (client == clients_.end()) return nullptr;
  const auto known = client->second->subscriptions.find(md_req_id);
  return known == client->second->subscriptions.end() ? nullptr : known->second.get();
}

ClientBooks::Figures ClientBooks::Impl::figures() const {
  Figures figures = figures_;
  for (const auto& [line, client] : clients_) figures.subscriptions += client->subscriptions.size();
  figures.markets = markets_.size();
  return figures;
}

// ---- the class --------------------------------------------------------------------------------------------------------------
ClientBooks::ClientBooks(MarketFeed& feed, ClientBooksOptions options) : impl_(std::make_unique<Impl>(feed, options)) {}
ClientBooks::~ClientBooks() = default;
std::optional<Refusal> ClientBooks::on_request(ClientLine& line, const ClientMessage& message) { return impl_->on_request(line, message); }
void ClientBooks::on_drained(ClientLine& line) { impl_->on_drained(line); }
void ClientBooks::on_logged_out(ClientLine& line) { impl_->on_logged_out(line); }
void ClientBooks::on_market(const std::string& symbol, bool stale, std::span<const MarketTrade> trades) {
  impl_->on_market(symbol, stale, trades);
}
void ClientBooks::on_market_problem(std::span<const std::string> symbols, const Error& error, bool again) {
  impl_->on_market_problem(symbols, error, again);
}
void ClientBooks::on_market_link(bool up) { impl_->on_market_link(up); }
ClientBooks::Figures ClientBooks::figures() const { return impl_->figures(); }

}  // namespace marginfix::gateway
