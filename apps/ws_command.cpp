// `marginfix ws`: every frame of the channels as one JSON line, flushed at once; what is no frame goes to standard error and ends nothing.
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "marginfix/json/binding.hpp"
#include "marginfix/perps_websocket.hpp"

namespace marginfix::apps {
namespace {

struct WsArguments {
  std::vector<std::string> channels, tickers;
  bool raw{false}, initial_snapshot{false};
  int seconds{0};
  std::uint64_t count{0};
};

// The payload as the client understood it: every documented member, and the unknown ones as they came.
struct WritePayload {
  json::Writer& w;
  template <class Payload>
  void operator()(const Payload& payload) const {
    if constexpr (json::HasSchema<Payload>) {
      json::encode(json::type_of<Payload>(), &payload, w);
    } else {
      w.begin_object().end_object();
    }
  }
  void operator()(const ws::UnknownFrame&) const { w.begin_object().end_object(); }
};

std::string typed_line(const ws::Frame& frame) {
  std::string line;
  json::Writer w(line);
  w.begin_object().member("type", frame.type);
  if (frame.sid) w.member("sid", *frame.sid);
  if (frame.seq) w.member("seq", *frame.seq);
  w.key("msg");
  if (frame.as<ws::UnknownFrame>() != nullptr) {
    const std::string* msg = frame.unknown.find("msg");
    msg == nullptr ? w.null() : w.raw(*msg);
  } else {
    std::visit(WritePayload{w}, frame.payload);
  }
  if (frame.sending_ts_ms) w.member("sending_ts_ms", frame.sending_ts_ms->value);
  w.end_object();
  return line;
}

// What is printed, and when it is enough. Handlers run on the client's I/O thread.
class Printer {
 public:
  explicit Printer(const WsArguments& arguments) : arguments_(arguments) {}

  ws::Subscription::Handler handler() {
    return [this](const ws::Event& event) { on_event(event); };
  }
  void on_unclaimed(const ws::Frame& frame, std::string_view why) {
    const auto* unknown = frame.as<ws::UnknownFrame>();
    if (unknown != nullptr && unknown->problem.empty() && !frame.type.empty()) return print(frame);
    report("a frame nobody takes (" + std::string(unknown != nullptr && !unknown->problem.empty() ? unknown->problem : std::string(why)) +
           "): " + frame.raw.substr(0, 500));
  }
  void on_state(const WebSocketChange& change) {
    if (change.state == WebSocketState::waiting && change.error) report(change.error->message + "; trying again");
    if (change.state != WebSocketState::ended) return;
    if (change.error) final_error = change.error;
    finish();
  }
  // Until SIGINT, the count, the seconds, or the socket's end.
  void stay() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(arguments_.seconds);
    std::unique_lock lock(mutex_);
    while (!finished_ && !stop_requested()) {
      if (arguments_.seconds > 0 && std::chrono::steady_clock::now() >= until) return;
      changed_.wait_for(lock, std::chrono::milliseconds(100));
    }
  }

  std::optional<Error> final_error;

 private:
  void on_event(const ws::Event& event) {
    switch (event.kind) {
      case ws::EventKind::data:
        if (const auto* unknown = event.frame.as<ws::UnknownFrame>(); unknown != nullptr && !unknown->problem.empty()) {
          report("a frame that cannot be read (" + unknown->problem + "): " + event.frame.raw.substr(0, 500));
          return;
        }
        return print(event.frame);
      case ws::EventKind::subscribed:
        return print(event.frame);
      case ws::EventKind::gap:
        report("frames " + std::to_string(event.expected) + " to " + std::to_string(event.received - 1) + " are missing");
        return;
      case ws::EventKind::book_fault:
        report(event.error->message);
        return;
      case ws::EventKind::outage:
        report("the connection is gone; subscriptions come back with the next one");
        return;
      case ws::EventKind::ended:
        if (!event.error || stop_requested()) return;
        final_error = event.error;
        finish();
    }
  }
  void print(const ws::Frame& frame) {
    if (finished_) return;
    print_line(arguments_.raw ? frame.raw : typed_line(frame));
    if (arguments_.count != 0 && ++printed_ >= arguments_.count) finish();
  }
  void finish() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }

  const WsArguments& arguments_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> finished_{false};
  std::uint64_t printed_{0};
};

int run_ws(const WsArguments& arguments, const Globals& globals) {
  std::vector<ws::SubscribeRequest> requests;
  for (const std::string& word : arguments.channels) {
    const auto channel = Open<ws::Channel>::from_text(word);
    if (!channel.known()) {
      return report("no channel \"" + word +
                    "\": there are orderbook_delta, ticker, trade, fill, user_orders, order_group_updates, corporate_actions");
    }
    ws::SubscribeRequest request;
    request.channel = channel.value();
    request.market_tickers = arguments.tickers;
    request.send_initial_snapshot = arguments.initial_snapshot && request.channel == ws::Channel::ticker;
    if (request.channel == ws::Channel::orderbook_delta && request.market_tickers.empty()) {
      return report("orderbook_delta needs at least one --ticker");
    }
    requests.push_back(std::move(request));
  }
  const auto config = load_websocket_config(globals.connection);
  if (!config) return report(config.error());
  catch_stop_signals();
  Printer printer(arguments);
  PerpsWebSocketOptions options;
  options.on_unclaimed = [&printer](const ws::Frame& frame, std::string_view why) { printer.on_unclaimed(frame, why); };
  options.on_state = [&printer](const WebSocketChange& change) { printer.on_state(change); };
  PerpsWebSocket socket(*config, std::move(options));
  auto subscriptions = socket.subscribe(requests);
  for (auto& s : subscriptions) s.set_handler(printer.handler());
  if (const auto started = socket.start(); !started) return report(started.error());
  printer.stay();
  const auto error = printer.final_error;
  socket.stop();
  return error ? report(*error) : kSuccess;
}

}  // namespace

void add_ws_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("ws", "every frame of WebSocket channels, one JSON object a line");
  auto a = std::make_shared<WsArguments>();
  command->add_option("--channel", a->channels, "orderbook_delta, ticker, trade, fill, user_orders, order_group_updates, corporate_actions")
      ->required();
  command->add_option("--ticker", a->tickers, "markets; none = all (orderbook_delta needs one)");
  command->add_flag("--raw", a->raw, "frames as they came");
  command->add_flag("--initial-snapshot", a->initial_snapshot, "ticker: one frame a market at once");
  command->add_option("--count", a->count, "end after so many frames");
  command->add_option("--seconds", a->seconds, "end after this time (default: until SIGINT)");
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_ws(*a, globals); }; });
}

}  // namespace marginfix::apps
