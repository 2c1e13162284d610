// `marginfix ws`: every frame of the channels as one JSON line, flushed at once; what is no frame goes to standard error and ends nothing.
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
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

// Why the client could not read a frame; empty: it could.
std::string_view problem_of(const ws::Frame& frame) {
  const auto* unknown = frame.as<ws::UnknownFrame>();
  return unknown == nullptr ? std::string_view() : std::string_view(unknown->problem);
}

// Envelope and payload in one order, each member as it came: an empty list stays one, null stays null, what is absent stays absent. A frame
// that the client cannot read carries the `problem`, one that changed no book `applied`: false; `ts` is when it was read. Escapes are ours:
// no line moves a terminal.
std::string frame_line(const ws::Event& event) {
  const ws::Frame& frame = event.frame;
  json::Map<RawJson> members;
  const bool parsed = json::decode(json::type_of<json::Map<RawJson>>(), &members, frame.raw).has_value();
  std::string line;
  json::Writer w(line);
  w.begin_object();
  if (!parsed) w.member("type", frame.type);
  for (const std::string_view name : {"type", "id", "sid", "seq", "msg", "sending_ts_ms"}) {
    const auto member = members.find(name);
    if (member == members.end()) continue;
    w.key(name).raw(member->second.text);
    members.erase(member);
  }
  for (const auto& [name, value] : members) w.key(name).raw(value.text);
  if (!event.applied) w.member("applied", false);
  if (const std::string_view problem = problem_of(frame); !problem.empty()) w.member("problem", problem);
  if (!parsed) w.member("raw", frame.raw);
  w.key("ts").raw(json_now()).end_object();
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
    const std::string_view problem = problem_of(frame);
    if (frame.as<ws::UnknownFrame>() == nullptr || !problem.empty() || frame.type.empty()) {
      report("a frame nobody takes (" + std::string(problem.empty() ? why : problem) + "): " + frame.raw.substr(0, 500));
      return;
    }
    ws::Event event;
    event.frame = frame;
    print(event);
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
        if (const std::string_view problem = problem_of(event.frame); !problem.empty()) {
          report("a frame that cannot be read (" + std::string(problem) + "): " + event.frame.raw.substr(0, 500));
        }
        return print(event);
      case ws::EventKind::subscribed:
        return print(event);
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
  void print(const ws::Event& event) {
    if (finished_) return;
    arguments_.raw ? print_as_it_came(event.frame.raw) : print_json(frame_line(event));
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
  const auto account = load_account(globals.connection, kWebSocketOnly);
  if (!account) return report(account.error());
  catch_stop_signals();
  Printer printer(arguments);
  PerpsWebSocketOptions options = account->ws_options(key_warnings());
  options.on_unclaimed = [&printer](const ws::Frame& frame, std::string_view why) { printer.on_unclaimed(frame, why); };
  options.on_state = [&printer](const WebSocketChange& change) { printer.on_state(change); };
  PerpsWebSocket socket(account->ws, std::move(options));
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
  command->add_option("--channel", a->channels, "one or more channels")
      ->required()
      ->type_name("orderbook_delta|ticker|trade|fill|user_orders|order_group_updates|corporate_actions");
  command->add_option("--ticker", a->tickers, "markets; none = all (orderbook_delta needs one)")->type_name("TICKER");
  command->add_flag("--raw", a->raw, "frames as they came");
  command->add_flag("--initial-snapshot", a->initial_snapshot, "ticker: one frame a market at once");
  command->add_option("--count", a->count, "end after so many frames");
  command->add_option("--seconds", a->seconds, "end after this time (default: until SIGINT)");
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_ws(*a, globals); }; });
}

}  // namespace marginfix::apps
