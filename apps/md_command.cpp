// `marginfix md`: live order books and trades, over FIX (KalshiMD) or the WebSocket.
#include <fmt/format.h>

#include <mutex>
#include <optional>

#include "apps/command.hpp"
#include "apps/market_view.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "marginfix/domain/enum_names.hpp"
#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_websocket.hpp"
#include "marginfix/ws/domain_values.hpp"

namespace marginfix::apps {

namespace {
struct MdArguments {
  std::vector<std::string> symbols;
  std::string cfg, over{"fix"};
  std::optional<std::size_t> depth;
  int seconds{0}, wait_seconds{15};

  std::size_t levels() const { return depth.value_or(10); }
  std::size_t levels_of_lines() const { return depth.value_or(1); }
};

// Why a stream has ended that does not come back by itself.
class Ending {
 public:
  void set(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  std::optional<Error> get() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

// Until q or a stop signal, for the seconds asked for, or until the stream has ended for good; then the error.
std::optional<Error> stay(MarketView& view, const Ending& ending, int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!stop_requested() && !ending.get() && (seconds == 0 || std::chrono::steady_clock::now() < until)) {
    const char key = key_within(std::chrono::milliseconds(100));
    if (key == 'q' || key == 'Q') break;
    view.refresh();
  }
  view.close();
  return ending.get();
}

// ---- FIX ------------------------------------------------------------------------------------------------------------------------

BookNews news_of(BookEvent event) {
  return event == BookEvent::snapshot ? BookNews::snapshot : event == BookEvent::update ? BookNews::update : BookNews::stale;
}

// A message that is not as its table says: the book it belongs to tells nothing of that.
void show_findings(MarketView& view, const Inbound& in) {
  const std::string findings = findings_of(in);
  if (findings.empty()) return;
  view.other(fmt::format("{}({}) 34={}{}", fix::message_name(in.raw), in.msg_type, in.seq, findings), json_of("KalshiMD", in));
}

// An entry that is no level and no trade; values of others are quoted and escaped in both forms.
void show_entry(MarketView& view, const OtherEntry& entry, std::int64_t seq) {
  const auto field = [&](std::string& line, std::string& json, const char* name, const std::string& value) {
    line += fmt::format(" {} {}", name, json_string(value));
    json += fmt::format(R"(,"{}":{})", name, json_string(value));
  };
  std::string line = json_string(entry.symbol) + " entry";
  std::string json =
      R"({"type":"entry","symbol":)" + json_string(entry.symbol) + R"(,"ts":)" + json_now() + fmt::format(R"(,"seq":{})", seq);
  field(line, json, "entry_type", to_wire(entry.md_entry_type));
  if (entry.md_update_action) field(line, json, "action", to_wire(*entry.md_update_action));
  if (entry.md_entry_px) field(line, json, "price", entry.md_entry_px->to_string());
  if (entry.md_entry_size) field(line, json, "size", entry.md_entry_size->to_string());
  if (entry.time) field(line, json, "time", to_rfc3339(*entry.time));
  for (const fix::RawField& kept : entry.unknown) field(line, json, std::to_string(kept.tag).c_str(), std::string(kept.value));
  view.other(line, json + "}");
}

MarketDataHandlers handlers(MarketView& view, Ending& ending) {
  MarketDataHandlers h;
  const auto lines = std::make_shared<StateLines>();
  const auto seq = std::make_shared<std::int64_t>(0);  // of the message that a book's change is part of
  h.on_state = [&view, &ending, lines](const StateChange& change) {
    const bool stands = change.state == SessionState::active || change.state == SessionState::recovering;
    view.state(to_string(change.state), line_of("KalshiMD", change), lines->news("KalshiMD", change), !stands);
    const bool for_good =
        change.state == SessionState::stopped && change.reason != EndReason::none && change.reason != EndReason::requested;
    if (for_good) ending.set(fail(ErrorCategory::closed, change.text));
  };
  h.on_book = [&view, seq](const std::string& symbol, const OrderBook& book, BookEvent event) {
    view.book(symbol, book, news_of(event), event == BookEvent::stale ? std::nullopt : std::optional(*seq));
  };
  h.on_trade = [&view](const fix::MDIncEntry& t, const Inbound& in) {
    if (const auto trade = fix::to_trade(t)) return view.trade(*trade, in.seq);
    const Error error = fail(ErrorCategory::decode, "a trade without a price or a size in it");
    view.other(line_of(in, error), json_of("KalshiMD", in, error));
  };
  h.on_other_entry = [&view](const OtherEntry& entry, const Inbound& in) { show_entry(view, entry, in.seq); };
  h.on_security_status = [&view](const fix::SecurityStatus& s, const Inbound&) {
    view.note(std::string(s.symbol) + " " + (s.security_trading_status ? to_string(*s.security_trading_status) : "status?"));
  };
  h.on_message = [&view, seq](const Inbound& in) {
    *seq = in.seq;
    show_findings(view, in);
  };
  h.on_undecodable = [&view](const Inbound& in, const Error& error) { view.other(line_of(in, error), json_of("KalshiMD", in, error)); };
  h.on_subscription_problem = [](const SubscriptionProblem& problem) { report(problem.error); };
  return h;
}

int run_over_fix(const MdArguments& arguments, const Globals& globals) {
  auto account = load_fix_account(globals.connection, kFixOnly, arguments.cfg, {"KalshiMD"});
  if (!account) return report(account.error());
  if (auto kept = keep_only(account->fix, SessionKind::market_data); !kept) return report(kept.error());
  report_findings(account->fix);
  catch_stop_signals();
  const auto log = command_log(account->fix);
  MarketView view(arguments.levels(), arguments.levels_of_lines(), globals.json);
  Ending ending;
  MarginFixClient client(account->fix, account->fix_options(log));
  client.market_data().set_handlers(handlers(view, ending));
  if (auto wished = client.market_data().subscribe(arguments.symbols); !wished) return report(wished.error());
  if (auto started = client.start(); !started) return report(started.error());
  const RotateOnHangUp rotate(client.message_log());
  if (auto active = client.wait_until_active(std::chrono::seconds(arguments.wait_seconds)); !active) return report(active.error());
  const auto ended = stay(view, ending, arguments.seconds);
  client.stop();
  return ended ? report(*ended) : kSuccess;
}

// ---- WebSocket --------------------------------------------------------------------------------------------------------------------

void show_ws_book(MarketView& view, const ws::Subscription& books, const std::string& symbol, BookNews news,
                  std::optional<std::int64_t> seq = {}) {
  if (const auto book = books.book(symbol)) view.book(symbol, book->copy(), news, seq);
}

void on_book_event(MarketView& view, const ws::Subscription& books, const ws::Event& event) {
  switch (event.kind) {
    case ws::EventKind::data:
      if (!event.applied) return;  // the book waits for its snapshot
      return show_ws_book(view, books, std::string(ws::market_of(event.frame)),
                          event.frame.as<ws::MarginOrderbookSnapshot>() != nullptr ? BookNews::snapshot : BookNews::update,
                          event.frame.seq);
    case ws::EventKind::subscribed:
      return;
    case ws::EventKind::ended:
      if (event.error) report(*event.error);
      return;
    default:
      if (event.error) view.note(event.error->message);
      for (const std::string& symbol : books.market_tickers()) show_ws_book(view, books, symbol, BookNews::stale);
  }
}

void on_trade_event(MarketView& view, const ws::Event& event) {
  if (const auto* t = event.frame.as<ws::MarginTrade>()) {
    const auto trade = ws::to_trade(*t);
    return trade ? view.trade(*trade, event.frame.seq) : view.note(trade.error().message);
  }
  if (event.kind == ws::EventKind::gap) view.note("trades are missing here");
}

int run_over_ws(const MdArguments& arguments, const Globals& globals) {
  if (!arguments.cfg.empty()) return report("--cfg names FIX sessions; --over ws takes --endpoints, --env or the environment");
  const auto account = load_account(globals.connection, kWebSocketOnly);
  if (!account) return report(account.error());
  catch_stop_signals();
  MarketView view(arguments.levels(), arguments.levels_of_lines(), globals.json);
  PerpsWebSocketOptions options = account->ws_options(key_warnings());
  Ending ending;
  options.on_state = [&view, &ending, told = std::make_shared<std::string>()](const WebSocketChange& change) {
    if (change.state == WebSocketState::ended && change.error) ending.set(*change.error);
    const std::string text = "WebSocket: " + std::string(to_string(change.state)) + (change.error ? ": " + change.error->message : "");
    const bool open = change.state == WebSocketState::open;
    const bool news = (open || change.error) && *told != text;
    if (news) *told = text;
    view.state(to_string(change.state), text, news ? std::optional(text) : std::nullopt, !open);
  };
  PerpsWebSocket socket(account->ws, std::move(options));
  auto subscriptions = socket.subscribe({{.channel = ws::Channel::orderbook_delta, .market_tickers = arguments.symbols},
                                         {.channel = ws::Channel::trade, .market_tickers = arguments.symbols}});
  subscriptions[0].set_handler([&view, books = subscriptions[0]](const ws::Event& event) { on_book_event(view, books, event); });
  subscriptions[1].set_handler([&view](const ws::Event& event) { on_trade_event(view, event); });
  if (auto started = socket.start(); !started) return report(started.error());
  if (auto opened = socket.wait_until_open(std::chrono::seconds(arguments.wait_seconds)); !opened) return report(opened.error());
  const auto ended = stay(view, ending, arguments.seconds);
  const bool refused = subscriptions[0].state() == ws::SubscriptionState::ended;
  socket.stop();
  if (ended && !stop_requested()) return report(*ended);
  return refused ? kFailure : kSuccess;
}

}  // namespace

void add_md_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("md", "live order books and trades");
  auto a = std::make_shared<MdArguments>();
  command->add_option("--symbol", a->symbols, "one or more symbols")->required()->type_name("SYMBOL");
  command->add_option("--depth", a->depth, "levels a side (default 10; without a terminal 1: a line whenever one of them changes)")
      ->check(CLI::Range(1, 1000));
  command->add_option("--over", a->over, "fix (KalshiMD, the default) or ws (the WebSocket)")->check(CLI::IsMember({"fix", "ws"}));
  command->add_option("--seconds", a->seconds, "end after this time (default: until q or Ctrl-C)");
  command->add_option("--cfg", a->cfg, "QuickFIX .cfg with a KalshiMD session")->type_name("FILE");
  command->add_option("--wait", a->wait_seconds, "seconds to wait for the Logon or the upgrade (default 15)");
  command->callback(
      [a, &globals, &run] { run = [a, &globals] { return a->over == "ws" ? run_over_ws(*a, globals) : run_over_fix(*a, globals); }; });
}

}  // namespace marginfix::apps
