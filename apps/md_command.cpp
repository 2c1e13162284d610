// `marginfix md`: live order books and trades. Redrawn in place on a terminal, plain lines otherwise, JSON lines with --json.
#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "apps/book_view.hpp"
#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "marginfix/domain/enum_names.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::apps {

namespace {
struct MdArguments {
  std::vector<std::string> symbols;
  std::string cfg, over{"fix"};
  std::size_t depth{10};
  int seconds{0}, wait_seconds{15};
};

std::string levels_json(const std::vector<BookLevel>& levels) {
  std::string text = "[";
  for (const auto& level : levels)
    text += fmt::format(R"({}["{}","{}"])", text.size() > 1 ? "," : "", level.price.to_string(), level.size.to_string());
  return text + "]";
}

// Prints what the market data session tells. Handlers run on the client's I/O thread; drawing happens there too, at most every 100 ms.
class MarketView {
 public:
  MarketView(const MdArguments& arguments, bool json) : arguments_(arguments), json_(json), redraw_(!json && stdout_is_terminal()) {}

  MarketDataHandlers handlers() {
    MarketDataHandlers h;
    h.on_state = [this](const StateChange& change) { on_state(change); };
    h.on_book = [this](const std::string& symbol, const OrderBook& book, BookEvent event) { on_book(symbol, book, event); };
    h.on_trade = [this](const fix::MDIncEntry& trade, const Inbound&) { on_trade(trade); };
    h.on_security_status = [this](const fix::SecurityStatus& s, const Inbound&) {
      say(fmt::format("{} {}", s.symbol, s.security_trading_status ? to_string(*s.security_trading_status) : "status?"));
    };
    h.on_undecodable = [](const Inbound&, const Error& error) { report(error); };
    h.on_subscription_problem = [](const SubscriptionProblem& problem) { report(problem.error); };
    return h;
  }

 private:
  void on_state(const StateChange& change) {
    if (json_)
      print_line(fmt::format(R"({{"type":"state","state":"{}","text":{}}})", to_string(change.state), json_string(change.text)));
    else
      say(line_of("KalshiMD", change));
  }

  void on_book(const std::string& symbol, const OrderBook& book, BookEvent event) {
    if (json_) {
      print_line(fmt::format(R"({{"type":"book","symbol":{},"event":"{}","stale":{},"bids":{},"asks":{}}})", json_string(symbol),
                             event == BookEvent::snapshot ? "snapshot"
                             : event == BookEvent::update ? "update"
                                                          : "stale",
                             book.stale(), levels_json(book.depth(BookSide::bid, arguments_.depth)),
                             levels_json(book.depth(BookSide::ask, arguments_.depth))));
      return;
    }
    books_[symbol] = ladder(symbol, book, arguments_.depth);
    if (redraw_) return draw();
    const auto bid = book.best_bid(), ask = book.best_ask();
    print_line(fmt::format("{} {} bid {} x {}  ask {} x {}", symbol,
                           event == BookEvent::snapshot ? "snapshot"
                           : event == BookEvent::update ? "update  "
                                                        : "stale   ",
                           bid ? bid->price.to_string() : "-", bid ? bid->size.to_string() : "-", ask ? ask->price.to_string() : "-",
                           ask ? ask->size.to_string() : "-"));
  }

  void on_trade(const fix::MDIncEntry& t) {
    const std::string side = t.aggressor_side ? to_string(*t.aggressor_side) : "?";
    const std::string price = t.md_entry_px ? t.md_entry_px->to_string() : "?", size = t.md_entry_size ? t.md_entry_size->to_string() : "?";
    if (json_) {
      print_line(fmt::format(R"({{"type":"trade","symbol":{},"price":"{}","size":"{}","aggressor":"{}"}})", json_string(t.symbol), price,
                             size, side));
      return;
    }
    say(fmt::format("{} trade {} @ {} ({} took)", t.symbol, size, price, side));
  }

  void say(const std::string& line) {
    if (!redraw_) return print_line(line);
    tape_.push_front(line);
    if (tape_.size() > 8) tape_.pop_back();
    draw();
  }

  void draw() {
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    std::string screen = "\033[H\033[2J";
    for (const auto& [symbol, lines] : books_) {
      for (const auto& line : lines) screen += line + "\n";
      screen += "\n";
    }
    for (const auto& line : tape_) screen += line + "\n";
    screen.pop_back();
    print_line(screen);
  }

  const MdArguments& arguments_;
  bool json_;
  bool redraw_;
  std::map<std::string, std::vector<std::string>> books_;
  std::deque<std::string> tape_;
  std::chrono::steady_clock::time_point drawn_{};
};

// Until a stop signal, or for the seconds asked for.
void stay(int seconds) {
  if (seconds == 0) return wait_for_stop_signal();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  while (!stop_requested() && std::chrono::steady_clock::now() < until) never.wait_for(lock, std::chrono::milliseconds(100));
}

int run_md(const MdArguments& arguments, const Globals& globals) {
  if (arguments.over == "ws") return report("this build has no WebSocket client yet: use --over fix");
  auto config = arguments.cfg.empty() ? load_config(globals.connection, {"KalshiMD"}) : load_cfg(arguments.cfg);
  if (!config) return report(config.error());
  if (auto kept = keep_only(*config, SessionKind::market_data); !kept) return report(kept.error());
  catch_stop_signals();
  MarginFixClientOptions quiet;
  quiet.log = null_log_sink();
  MarketView view(arguments, globals.json);
  MarginFixClient client(std::move(*config), std::move(quiet));
  client.market_data().set_handlers(view.handlers());
  if (auto wished = client.market_data().subscribe(arguments.symbols); !wished) return report(wished.error());
  if (auto started = client.start(); !started) return report(started.error());
  if (auto active = client.wait_until_active(std::chrono::seconds(arguments.wait_seconds)); !active) return report(active.error());
  stay(arguments.seconds);
  client.stop();
  return kSuccess;
}
}  // namespace

void add_md_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("md", "live order books and trades");
  auto a = std::make_shared<MdArguments>();
  command->add_option("--symbol", a->symbols, "one or more symbols")->required();
  command->add_option("--depth", a->depth, "levels a side (default 10)")->check(CLI::Range(1, 1000));
  command->add_option("--over", a->over, "fix (KalshiMD); ws comes with the WebSocket client")->check(CLI::IsMember({"fix", "ws"}));
  command->add_option("--seconds", a->seconds, "end after this time (default: until SIGINT)");
  command->add_option("--cfg", a->cfg, "QuickFIX .cfg with a KalshiMD session");
  command->add_option("--wait", a->wait_seconds, "seconds to wait for the Logon (default 15)");
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_md(*a, globals); }; });
}

}  // namespace marginfix::apps
