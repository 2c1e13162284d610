// Draws books and trades.
#include "apps/market_view.hpp"

#include <fmt/format.h>

#include "apps/book_view.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/domain/enum_names.hpp"

namespace marginfix::apps {
namespace {

constexpr std::size_t kTape = 8;

std::string levels_json(const std::vector<BookLevel>& levels) {
  std::string text = "[";
  for (const auto& level : levels)
    text += fmt::format(R"({}["{}","{}"])", text.size() > 1 ? "," : "", level.price.to_string(), level.size.to_string());
  return text + "]";
}

std::string time_json(const std::optional<Timestamp>& time) { return time ? fmt::format(R"(,"time":"{}")", to_rfc3339(*time)) : ""; }

std::string_view word(BookNews news) { return news == BookNews::snapshot ? "snapshot" : news == BookNews::update ? "update" : "stale"; }

}  // namespace

MarketView::MarketView(std::size_t depth, bool json) : depth_(depth), json_(json), redraw_(!json && stdout_is_terminal()) {}

void MarketView::state(std::string_view state, const std::string& text) {
  if (json_) return print_line(fmt::format(R"({{"type":"state","state":"{}","text":{}}})", state, json_string(text)));
  const std::lock_guard lock(mutex_);
  say(text);
}

void MarketView::note(const std::string& line) {
  if (json_) return print_line(R"({"type":"note","text":)" + json_string(line) + "}");
  const std::lock_guard lock(mutex_);
  say(line);
}

void MarketView::refresh() {
  const std::lock_guard lock(mutex_);
  if (held_back_) draw();
}

void MarketView::close() {
  const std::lock_guard lock(mutex_);
  if (!redraw_ || closed_) return;
  drawn_ = {};
  draw();
  closed_ = true;
  draw_screen("\r\n");
}

void MarketView::book(const std::string& symbol, const OrderBook& book, BookNews news) {
  if (json_) {
    const std::string reason = book.stale() ? fmt::format(R"(,"reason":"{}")", to_string(book.stale_reason())) : "";
    return print_line(fmt::format(R"({{"type":"book","symbol":{},"event":"{}","stale":{}{}{},"bids":{},"asks":{}}})", json_string(symbol),
                                  word(news), book.stale(), reason, time_json(book.exchange_time()),
                                  levels_json(book.depth(BookSide::bid, depth_)), levels_json(book.depth(BookSide::ask, depth_))));
  }
  const std::lock_guard lock(mutex_);
  if (news == BookNews::snapshot && book.level_count(BookSide::bid) + book.level_count(BookSide::ask) == 0 && empty_.insert(symbol).second)
    say(symbol + ": no levels; is it a market? (symbols are in capitals; `marginfix rest markets list`)");
  books_[symbol] = ladder(visible(symbol), book, depth_);
  if (redraw_) return draw();
  if (book.stale()) return print_line(fmt::format("{} {:<8} {}", symbol, word(news), to_string(book.stale_reason())));
  const auto bid = book.best_bid(), ask = book.best_ask();
  print_line(fmt::format("{} {:<8} bid {} x {}  ask {} x {}", symbol, word(news), bid ? bid->price.to_string() : "-",
                         bid ? bid->size.to_string() : "-", ask ? ask->price.to_string() : "-", ask ? ask->size.to_string() : "-"));
}

void MarketView::trade(const Trade& t) {
  const std::string taker(t.aggressor ? to_string(*t.aggressor) : "?");
  if (json_) {
    const std::string id = t.trade_id.empty() ? "" : fmt::format(R"(,"trade_id":{})", json_string(t.trade_id));
    return print_line(fmt::format(R"({{"type":"trade","symbol":{},"price":"{}","size":"{}","aggressor":"{}"{}{}{}}})",
                                  json_string(t.symbol), t.price.to_string(), t.quantity.to_string(), taker, id, time_json(t.time),
                                  t.block ? R"(,"block":true)" : ""));
  }
  const std::lock_guard lock(mutex_);
  say(fmt::format("{} {}trade {} @ {} ({} took)", t.symbol, t.block ? "block " : "", t.quantity.to_string(), t.price.to_string(), taker));
}

void MarketView::other(const std::string& line, const std::string& json) {
  if (json_) return print_line(json);
  const std::lock_guard lock(mutex_);
  say(line);
}

void MarketView::say(const std::string& line) {
  if (!redraw_) return print_line(line);
  tape_.push_front(visible(line));
  if (tape_.size() > kTape) tape_.pop_back();
  draw();
}

// In place: each line over the old one and the rest of its row cleared, so that nothing flickers and nothing wraps.
void MarketView::draw() {
  if (closed_) return;
  const auto now = std::chrono::steady_clock::now();
  held_back_ = now - drawn_ < std::chrono::milliseconds(100);
  if (held_back_) return;
  drawn_ = now;
  std::vector<std::string_view> lines;
  for (const auto& [symbol, ladder] : books_) {
    lines.insert(lines.end(), ladder.begin(), ladder.end());
    lines.emplace_back();
  }
  lines.insert(lines.end(), tape_.begin(), tape_.end());
  draw_screen(screen_of(lines, terminal_size()));
}

}  // namespace marginfix::apps
