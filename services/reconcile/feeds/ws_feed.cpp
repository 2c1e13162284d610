#include "services/reconcile/feeds/ws_feed.hpp"

#include <utility>
#include <vector>

namespace marginfix::reconcile {

WsFeed::WsFeed(std::string account, PerpsWebSocketConfig config, std::shared_ptr<LogSink> log, RecordQueue& queue)
    : account_(std::move(account)), queue_(queue) {
  PerpsWebSocketOptions options;
  options.log = std::move(log);
  options.on_text = [this](std::string_view text) { queue_.put(RecordKind::ws, Source::websocket, account_, std::string(text)); };
  options.on_state = [this](const WebSocketChange& change) { on_state(change); };
  socket_ = std::make_unique<PerpsWebSocket>(std::move(config), std::move(options));
  for (ws::Subscription& subscription : socket_->subscribe(std::vector<ws::SubscribeRequest>{
           {.channel = ws::Channel::fill, .market_tickers = {}}, {.channel = ws::Channel::user_orders, .market_tickers = {}}}))
    subscription.set_handler([](const ws::Event&) {});  // on_text has the frame already; a stream would fill up
}

WsFeed::~WsFeed() { stop(); }

Result<void> WsFeed::start() {
  auto started = socket_->start();
  if (!started) state(SourceState::unknown, started.error().message);
  return started;
}

void WsFeed::stop() { socket_->stop(); }

void WsFeed::left_out() {
  const std::lock_guard lock(mutex_);
  if (!told_.empty()) queue_.put(RecordKind::source_state, Source::websocket, account_, told_);
}

void WsFeed::on_state(const WebSocketChange& change) {
  switch (change.state) {
    case WebSocketState::open:
      return state(SourceState::up, "");
    case WebSocketState::waiting:
    case WebSocketState::ended:
      return state(change.end == WebSocketEnd::stopped ? SourceState::off : SourceState::unknown,
                   change.error ? change.error->message : std::string(to_string(change.end)));
    default:
      return;
  }
}

void WsFeed::state(SourceState state, const std::string& why) {
  std::string body = std::string(to_string(state)) + "\n" + why;
  for (char& c : body) c = c == '\r' ? ' ' : c;
  const std::lock_guard lock(mutex_);
  told_ = body;
  queue_.put(RecordKind::source_state, Source::websocket, account_, std::move(body));
}

}  // namespace marginfix::reconcile
