// Prints books and trades, or keeps the picture of them that the screen shows.
#include "apps/market_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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
std::string seq_json(const std::optional<std::int64_t>& seq) { return seq ? fmt::format(R"(,"seq":{})", *seq) : ""; }

std::string_view word(BookNews news) { return news == BookNews::snapshot ? "snapshot" : news == BookNews::update ? "update" : "stale"; }

// "6.2544 x 26.00, 6.2532 x 138.00"
std::string levels_text(const std::vector<BookLevel>& levels, std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < std::min(levels.size(), depth); ++i)
    text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", levels[i].price.to_string(), levels[i].size.to_string());
  return text.empty() ? "- x -" : text;
}

std::string sides_text(const BookPicture& book, std::size_t depth) {
  return fmt::format("bid {}  ask {}", levels_text(book.bids, depth), levels_text(book.asks, depth));
}

}  // namespace

MarketView::MarketView(std::size_t depth, std::size_t line_depth, bool json)
    : depth_(depth), line_depth_(line_depth), json_(json), redraw_(!json && stdout_is_terminal()), clock_(system_clock().now()) {}

MarketView::~MarketView() { close(); }

std::string MarketView::now_text() { return clock_.text(system_clock().now()) + " "; }

void MarketView::state(std::string_view state, const std::string& text, const std::optional<std::string>& news, bool trouble) {
  if (json_) return print_line(fmt::format(R"({{"type":"state","ts":{},"state":"{}","text":{}}})", json_now(), state, json_string(text)));
  if (!news) return;
  {
    const std::lock_guard lock(mutex_);
    picture_.status = visible(*news);
    picture_.trouble = trouble;
    if (screen_) return say(*news);
  }
  tell(*news);
}

void MarketView::note(const std::string& line) {
  if (json_) return print_line(fmt::format(R"({{"type":"note","ts":{},"text":{}}})", json_now(), json_string(line)));
  const std::lock_guard lock(mutex_);
  say(line);
}

void MarketView::refresh() {
  const std::lock_guard lock(mutex_);
  if (!screen_) return;
  if (screen_->resized()) drawn_ = {};
  if (held_back_ || screen_->resized()) draw();
}

void MarketView::close() {
  std::unique_ptr<OutputTaker> taker;
  std::vector<std::string> reported, books;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    if (!screen_) return;
    screen_.reset();
    taker = std::move(taker_);
    reported.swap(reported_);
    for (const BookPicture& book : picture_.books) {
      if (book.stale == StaleReason::none) books.push_back(book.symbol + " " + sides_text(book, 1));
    }
  }
  taker.reset();  // without the lock: whoever prints at this moment waits for it
  for (const std::string& line : books) print_line(line);
  for (const std::string& line : reported) tell(line);
}

void MarketView::open_screen() {
  if (screen_ || closed_) return;
  screen_ = std::make_unique<TerminalScreen>();
  taker_ = std::make_unique<OutputTaker>([this](const std::string& line, LineKind kind) { return take(line, kind); });
}

// Errors are shown among the news, and stand on standard error when the screen is gone.
bool MarketView::take(const std::string& line, LineKind kind) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || !screen_) return false;
  if (kind != LineKind::output) reported_.push_back(line);
  picture_.tape.push_front(line);
  if (picture_.tape.size() > kTape) picture_.tape.pop_back();
  held_back_ = true;
  return true;
}

void MarketView::book(const std::string& symbol, const OrderBook& book, BookNews news, std::optional<std::int64_t> seq) {
  if (json_) {
    const std::string reason = book.stale() ? fmt::format(R"(,"reason":"{}")", to_string(book.stale_reason())) : "";
    return print_line(fmt::format(R"({{"type":"book","symbol":{},"event":"{}","ts":{}{},"stale":{}{}{},"bids":{},"asks":{}}})",
                                  json_string(symbol), word(news), json_now(), seq_json(seq), book.stale(), reason,
                                  time_json(book.exchange_time()), levels_json(book.depth(BookSide::bid, depth_)),
                                  levels_json(book.depth(BookSide::ask, depth_))));
  }
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const BookPicture picture = picture_of(symbol, book, std::max(depth_, line_depth_));
  if (redraw_) {
    open_screen();
    auto found = std::ranges::find(picture_.books, symbol, &BookPicture::symbol);
    if (found == picture_.books.end()) found = picture_.books.insert(found, picture);
    *found = picture;
  }
  const bool empty = !book.stale() && picture.bids.empty() && picture.asks.empty();
  if (news == BookNews::snapshot && empty && empty_.insert(symbol).second)
    say(symbol + ": no levels; is it a market? (symbols are in capitals; `marginfix rest markets list`)");
  if (redraw_) return draw();
  const std::string text = book.stale() ? std::string(to_string(book.stale_reason())) : sides_text(picture, line_depth_);
  if (news == BookNews::update && printed_[symbol] == text) return;  // deeper than is shown
  printed_[symbol] = text;
  print_line(now_text() + fmt::format("{} {:<8} {}", symbol, word(news), text));
}

void MarketView::trade(const Trade& t, std::optional<std::int64_t> seq) {
  const std::string taker(t.aggressor ? to_string(*t.aggressor) : "?");
  if (json_) {
    const std::string id = t.trade_id.empty() ? "" : fmt::format(R"(,"trade_id":{})", json_string(t.trade_id));
    return print_line(fmt::format(R"({{"type":"trade","symbol":{},"ts":{}{},"price":"{}","size":"{}","aggressor":"{}"{}{}{}}})",
                                  json_string(t.symbol), json_now(), seq_json(seq), t.price.to_string(), t.quantity.to_string(), taker, id,
                                  time_json(t.time), t.block ? R"(,"block":true)" : ""));
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
  if (closed_) return;
  const std::string timed = now_text() + line;
  if (!redraw_) return print_line(timed);
  picture_.tape.push_front(timed);
  if (picture_.tape.size() > kTape) picture_.tape.pop_back();
  draw();
}

void MarketView::draw() {
  if (!screen_) return;
  const auto now = std::chrono::steady_clock::now();
  held_back_ = now - drawn_ < std::chrono::milliseconds(100);
  if (held_back_) return;
  drawn_ = now;
  screen_->draw(market_screen(picture_, terminal_size()));
}

}  // namespace marginfix::apps
