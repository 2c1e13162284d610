// MarketDataSession: subscriptions that outlive connections; the books, which do not, are market_books.hpp's. Source: fix-margin.md "Market
// data".
#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <future>
#include <list>
#include <set>

#include "marginfix/core/backoff.hpp"
#include "sessions/client/market_books.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix {
namespace {

constexpr std::size_t kSentSubscriptions = 1024;
constexpr std::size_t kSymbolsPerRequest = 100;
// So long without a failed request or an unreadable update: the feed is healthy again and the next trouble is met at once.
constexpr std::chrono::seconds kCalm{60};
using SteadyTime = std::chrono::steady_clock::time_point;

using Symbols = sessions::MarketBooks::Symbols;

}  // namespace

class MarketDataSession::Core final : public sessions::SessionCore, private sessions::MarketBooks::Owner {
 public:
  Core(SessionConfig config, SessionFactory::Context context)
      : SessionCore(std::move(config), std::move(context), kSentSubscriptions),
        timeout_timer_(SessionCore::context().executor),
        retry_timer_(SessionCore::context().executor),
        backoff_(SessionCore::config().backoff) {}

  void set_handlers(MarketDataHandlers handlers) {
    install([this, handlers = std::move(handlers)]() mutable { handlers_ = std::move(handlers); });
  }

  // ---- any thread. The subscription is remembered here; books and requests are the I/O thread's, at its next turn (a handler may be using
  // them).
  Result<void> subscribe(std::span<const std::string> symbols) {
    if (auto done = check(symbols); !done) return done;
    Symbols fresh;
    {
      const std::lock_guard lock(wish_mutex_);
      for (const std::string& symbol : symbols) {
        if (wishes_.insert(symbol).second) fresh.push_back(symbol);
      }
    }
    if (!fresh.empty()) post([this, fresh = std::move(fresh)] { begin(fresh); });
    return {};
  }

  Result<void> unsubscribe(std::span<const std::string> symbols) {
    if (auto done = check(symbols); !done) return done;
    Symbols gone;
    {
      const std::lock_guard lock(wish_mutex_);
      for (const std::string& symbol : symbols) {
        if (wishes_.erase(symbol) > 0) gone.push_back(symbol);
      }
    }
    if (!gone.empty()) post([this, gone = std::move(gone)] { end(gone); });
    return {};
  }

  Result<void> unsubscribe_all() {
    {
      const std::lock_guard lock(wish_mutex_);
      wishes_.clear();
    }
    post([this] { end_all(); });
    return {};
  }

  Result<SendReceipt> snapshot(std::span<const std::string> symbols) { return send_request(SubscriptionRequestType::Snapshot, symbols); }

  Result<void> status(std::string_view symbol, bool wanted) {
    fix::SecurityStatusRequest request;
    request.symbol = symbol;
    request.subscription_request_type = SubscriptionRequestType::Disable;
    fix::Buffer probe;
    if (auto made = fix::encode_body(request, probe); !made) return refuse(made.error());
    post([this, name = std::string(symbol), wanted] {
      const bool changed = wanted ? status_wishes_.insert(name).second : status_wishes_.erase(name) > 0;
      if (changed && active()) send_status(name, wanted);
    });
    return {};
  }

  Symbols subscriptions() const {
    const std::lock_guard lock(wish_mutex_);
    return {wishes_.begin(), wishes_.end()};
  }

  const OrderBook* book(std::string_view symbol) const { return books_.book(symbol); }
  bool current(std::string_view symbol) const { return books_.current(symbol); }

 private:
  using Stage = sessions::MarketBooks::Stage;
  // A subscription on its way; its symbols leave it as their snapshots come.
  struct Asked {
    std::uint64_t message_id{0};
    std::int64_t seq{0};
    Symbols symbols;
    SteadyTime deadline{};
  };

  SessionHandlers& common() noexcept override { return handlers_; }

  Result<void> check(std::span<const std::string> symbols) {
    for (const std::string& symbol : symbols) {
      fix::MarketDataRequest request;
      request.subscription_request_type = SubscriptionRequestType::Disable;
      request.related_sym.push_back({symbol});
      fix::Buffer probe;
      if (auto made = fix::encode_body(request, probe); !made) return refuse(made.error());
    }
    return {};
  }

  // ---- wishes ---------------------------------------------------------------------------------------------------------
  void begin(const Symbols& symbols) {
    for (const std::string& symbol : symbols) books_.add(symbol);
    if (active()) ask();
  }

  void end(const Symbols& symbols) {
    for (const std::string& symbol : symbols) {
      books_.remove(symbol);
      for (Asked& asked : asked_) std::erase(asked.symbols, symbol);
    }
    asked_.remove_if([](const Asked& asked) { return asked.symbols.empty(); });
    if (active()) report_failed_stop(send_request(SubscriptionRequestType::Disable, symbols));
  }

  void end_all() {
    // A subscribe() may have come between: what is wished now stays.
    books_.keep_only(subscriptions());
    asked_.clear();
    if (active()) report_failed_stop(send_request(SubscriptionRequestType::Disable, {}));
    books_.want_all();
    if (active() && !books_.empty()) ask();
  }

  void report_failed_stop(const Result<SendReceipt>& stop) {
    // Updates of a forgotten symbol are ignored, so only bandwidth is lost.
    if (!stop) log(LogLevel::warning, config().name + ": unsubscribe was not sent: " + stop.error().message);
  }

  Result<SendReceipt> send_request(SubscriptionRequestType type, std::span<const std::string> symbols) {
    fix::MarketDataRequest request;
    request.subscription_request_type = type;
    for (const std::string& symbol : symbols) request.related_sym.push_back({symbol});
    return send(request, {symbols.empty() ? std::string_view() : std::string_view(symbols.front()), {}, {}, false});
  }

  void send_status(const std::string& symbol, bool wanted) {
    fix::SecurityStatusRequest request;
    request.symbol = symbol;
    request.subscription_request_type = wanted ? SubscriptionRequestType::SnapshotAndUpdates : SubscriptionRequestType::Disable;
    if (const auto sent = send(request, {symbol, {}, {}, false}); !sent)
      log(LogLevel::warning, config().name + ": SecurityStatusRequest(e) was not sent: " + sent.error().message);
  }

  // Asks for every wished market that has not been asked for on this connection.
  void ask() {
    const Symbols missing = books_.wanted();
    for (std::size_t from = 0; from < missing.size(); from += kSymbolsPerRequest) {
      const auto count = std::min(kSymbolsPerRequest, missing.size() - from);
      ask({missing.begin() + static_cast<std::ptrdiff_t>(from), missing.begin() + static_cast<std::ptrdiff_t>(from + count)});
    }
  }

  void ask(Symbols symbols) {
    books_.set_stage(symbols, Stage::asked);
    asked_.push_back({0, 0, std::move(symbols), {}});
    const auto place = std::prev(asked_.end());
    submitting_ = &*place;
    const auto receipt = send_request(SubscriptionRequestType::SnapshotAndUpdates, place->symbols);
    submitting_ = nullptr;
    if (receipt)
      place->message_id = receipt->message_id;
    else
      fail_request(place, receipt.error(), true);
  }

  void transmitted(const SentMessage& sent) override {
    if (sent.msg_type != fix::MarketDataRequest::kMsgType) return;
    Asked* asked = submitting_;
    if (asked == nullptr) {
      const auto found = std::ranges::find_if(asked_, [&](const Asked& a) { return a.message_id == sent.message_id; });
      if (found == asked_.end()) return;
      asked = &*found;
    }
    asked->message_id = sent.message_id;
    asked->seq = sent.seq;
    asked->deadline = context().monotonic() + config().request_timeout;
    arm_timeout();
  }

  void dropped(const NotSent& what) override {
    const auto found = std::ranges::find_if(asked_, [&](const Asked& a) { return a.message_id == what.message_id; });
    if (found != asked_.end() && active()) fail_request(found, what.error, true);
  }

  void fail_request(std::list<Asked>::iterator asked, const Error& error, bool again) {
    SubscriptionProblem problem{std::move(asked->symbols), error, again};
    asked_.erase(asked);
    if (again) {
      books_.set_stage(problem.symbols, Stage::wanted);
      trouble();
      ask_later();
    } else {
      const std::lock_guard lock(wish_mutex_);
      for (const std::string& symbol : problem.symbols) {
        wishes_.erase(symbol);
        forget_later(symbol);
      }
    }
    log(LogLevel::warning, config().name + ": a subscription failed" + (again ? " and will be tried again: " : ": ") + error.message);
    call(handlers_.on_subscription_problem, std::as_const(problem));
  }

  // A request failed, or an update could not be read. True when the last time is long ago.
  bool trouble() {
    const SteadyTime at = context().monotonic();
    const bool first = !last_trouble_ || at - *last_trouble_ >= kCalm;
    last_trouble_ = at;
    if (first) backoff_.reset();
    return first;
  }

  void ask_later() {
    if (retry_armed_) return;
    retry_armed_ = true;
    arm(retry_timer_, backoff_.next(), [this] {
      retry_armed_ = false;
      if (active()) ask();
    });
  }

  // At once the first time, then paced, so that a feed that goes on like this does not cost every token.
  void on_wanted_anew() override {
    if (!trouble()) return ask_later();
    post([this] {
      if (active()) ask();
    });
  }

  // Not now: whoever called us may be walking over the books.
  void forget_later(const std::string& symbol) {
    post([this, symbol] {
      const std::lock_guard lock(wish_mutex_);
      if (!wishes_.contains(symbol)) books_.remove(symbol);
    });
  }

  void arm_timeout() {
    const auto soonest = std::ranges::min_element(asked_, {}, [](const Asked& a) { return a.seq == 0 ? SteadyTime::max() : a.deadline; });
    if (soonest == asked_.end() || soonest->seq == 0) return;
    const auto left = std::chrono::ceil<std::chrono::microseconds>(soonest->deadline - context().monotonic());
    arm(timeout_timer_, std::max<std::chrono::microseconds>(left, std::chrono::milliseconds{1}), [this] { check_timeouts(); });
  }

  void check_timeouts() {
    const SteadyTime at = context().monotonic();
    for (auto it = asked_.begin(); it != asked_.end();) {
      const auto here = it++;
      if (here->seq == 0 || here->deadline > at) continue;
      fail_request(
          here,
          fail(ErrorCategory::timeout, "the exchange sent no snapshot in " + std::to_string(config().request_timeout.count()) + " ms"),
          true);
    }
    arm_timeout();
  }

  // ---- connection -----------------------------------------------------------------------------------------------------
  void logged_on() override {
    books_.want_all();
    asked_.clear();
    ask();
    for (const std::string& symbol : status_wishes_) send_status(symbol, true);
  }

  void lost(EndReason) override {
    timeout_timer_.cancel();
    retry_timer_.cancel();
    retry_armed_ = false;
    asked_.clear();
    books_.connection_lost(wall_now());
  }

  // ---- books ----------------------------------------------------------------------------------------------------------
  Timestamp time_of_books() const override { return now(); }
  void on_book(const std::string& symbol, const OrderBook& book, BookEvent event) override { call(handlers_.on_book, symbol, book, event); }
  void on_trade(const fix::MDIncEntry& entry, const Inbound& in) override { call(handlers_.on_trade, entry, in); }
  void on_other_entry(const OtherEntry& entry, const Inbound& in) override { call(handlers_.on_other_entry, entry, in); }
  void on_answered(const std::string& symbol) override {
    for (auto it = asked_.begin(); it != asked_.end(); ++it) {
      if (std::erase(it->symbols, symbol) == 0) continue;
      if (it->symbols.empty()) asked_.erase(it);
      return;
    }
  }
  void on_doubt(const std::string& what) override { log(LogLevel::error, config().name + ": " + what); }

  // ---- messages -------------------------------------------------------------------------------------------------------
  void receive(Inbound& in) override {
    if (in.msg_type == fix::MarketDataIncrementalRefresh::kMsgType) {
      if (!decode(in, incremental_)) return books_.doubt_all("an X that cannot be decoded");
      call(handlers_.on_incremental, std::as_const(incremental_), in);
      books_.apply(incremental_, in);
    } else if (in.msg_type == fix::MarketDataSnapshotFullRefresh::kMsgType) {
      if (!decode(in, snapshot_)) return books_.doubt_all("a W that cannot be decoded");
      call(handlers_.on_snapshot, std::as_const(snapshot_), in);
      books_.apply(snapshot_, in);
    } else if (in.msg_type == fix::MarketDataRequestReject::kMsgType) {
      if (decode(in, request_reject_)) receive_request_reject(in);
    } else if (in.msg_type == fix::SecurityStatus::kMsgType) {
      if (decode(in, status_)) call(handlers_.on_security_status, std::as_const(status_), std::as_const(in));
    } else {
      unknown_type(in);
    }
  }

  void receive_request_reject(const Inbound& in) {
    call(handlers_.on_request_reject, std::as_const(request_reject_), in);
    // A Y names no request: it is about the oldest one that has had no answer.
    const auto oldest = std::ranges::find_if(asked_, [](const Asked& a) { return a.seq != 0; });
    if (oldest == asked_.end()) return;
    const std::string text(request_reject_.text.value_or(""));
    Error error =
        fail(ErrorCategory::business_reject, "the exchange refused the market data request (Y)" + (text.empty() ? "" : ": " + text));
    error.code = text;
    const auto reason = request_reject_.md_req_rej_reason;
    if (reason) error.status = static_cast<char>(*reason) - '0';
    fail_request(oldest, error, reason == MDReqRejReason::InsufficientBandwidth);
  }

  void refused_by_exchange(std::int64_t ref_seq, const SentMessage*, const Error& error) override {
    const auto found = std::ranges::find_if(asked_, [&](const Asked& a) { return a.seq != 0 && a.seq == ref_seq; });
    if (found != asked_.end()) fail_request(found, error, error.category == ErrorCategory::rate_limit);
  }

  MarketDataHandlers handlers_;
  mutable std::mutex wish_mutex_;
  std::set<std::string> wishes_;
  std::set<std::string> status_wishes_;
  sessions::MarketBooks books_{*this};
  std::list<Asked> asked_;
  Asked* submitting_{nullptr};
  boost::asio::steady_timer timeout_timer_, retry_timer_;
  bool retry_armed_{false};
  Backoff backoff_;
  std::optional<SteadyTime> last_trouble_;
  fix::MarketDataSnapshotFullRefresh snapshot_;
  fix::MarketDataIncrementalRefresh incremental_;
  fix::MarketDataRequestReject request_reject_;
  fix::SecurityStatus status_;
};

MarketDataSession::MarketDataSession(std::unique_ptr<Core> session) : FixSession(std::move(session)) {}
MarketDataSession::~MarketDataSession() = default;

namespace {

std::vector<std::string> one(std::string_view symbol) { return {std::string(symbol)}; }

}  // namespace

void MarketDataSession::set_handlers(MarketDataHandlers handlers) { static_cast<Core&>(core()).set_handlers(std::move(handlers)); }
Result<void> MarketDataSession::subscribe(std::span<const std::string> symbols) { return static_cast<Core&>(core()).subscribe(symbols); }
Result<void> MarketDataSession::subscribe(std::string_view symbol) { return subscribe(one(symbol)); }
Result<void> MarketDataSession::unsubscribe(std::span<const std::string> symbols) {
  return static_cast<Core&>(core()).unsubscribe(symbols);
}
Result<void> MarketDataSession::unsubscribe(std::string_view symbol) { return unsubscribe(one(symbol)); }
Result<void> MarketDataSession::unsubscribe_all() { return static_cast<Core&>(core()).unsubscribe_all(); }
Result<SendReceipt> MarketDataSession::snapshot(std::span<const std::string> symbols) {
  return static_cast<Core&>(core()).snapshot(symbols);
}
Result<SendReceipt> MarketDataSession::snapshot(std::string_view symbol) { return snapshot(one(symbol)); }
Result<void> MarketDataSession::subscribe_status(std::string_view symbol) { return static_cast<Core&>(core()).status(symbol, true); }
Result<void> MarketDataSession::unsubscribe_status(std::string_view symbol) { return static_cast<Core&>(core()).status(symbol, false); }
std::vector<std::string> MarketDataSession::subscriptions() const { return static_cast<Core&>(core()).subscriptions(); }
const OrderBook* MarketDataSession::book(std::string_view symbol) const { return static_cast<Core&>(core()).book(symbol); }
bool MarketDataSession::current(std::string_view symbol) const { return static_cast<Core&>(core()).current(symbol); }

std::optional<OrderBook> MarketDataSession::book_copy(std::string_view symbol) const {
  auto& session = static_cast<Core&>(core());
  const auto copy = [&session](std::string_view name) -> std::optional<OrderBook> {
    if (!session.current(name)) return std::nullopt;
    return *session.book(name);
  };
  if (on_io_thread()) return copy(symbol);
  if (!session.context().running) return std::nullopt;
  const auto promise = std::make_shared<std::promise<std::optional<OrderBook>>>();
  auto result = promise->get_future();
  session.post([copy, promise, name = std::string(symbol)] { promise->set_value(copy(name)); });
  // An executor that is not run answers never.
  constexpr std::chrono::seconds kPatience{5};
  if (result.wait_for(kPatience) != std::future_status::ready) return std::nullopt;
  try {
    return result.get();
  } catch (const std::future_error&) {
    return std::nullopt;  // stopped meanwhile
  }
}

std::unique_ptr<MarketDataSession> SessionFactory::market_data(SessionConfig config, Context context) {
  return std::unique_ptr<MarketDataSession>(
      new MarketDataSession(std::make_unique<MarketDataSession::Core>(std::move(config), std::move(context))));
}

}  // namespace marginfix
