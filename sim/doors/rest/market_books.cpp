// Order books, worst to best on both sides as recorded (observed.md): the best level is the last.
#include <algorithm>

#include "sim/doors/rest/market_endpoints.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

constexpr std::ptrdiff_t kMostTickers = 100;
constexpr std::size_t kLongestTicker = 200;
constexpr std::int64_t kDeepest = INT32_MAX;

// Best first. A bucket is named by its price rounded down, on both sides (observed.md).
std::vector<LevelView> bucketed(const std::vector<LevelView>& levels, DollarDecimal width) {
  std::vector<LevelView> out;
  for (const LevelView& level : levels) {
    const auto price = DollarDecimal::from_units(level.price.units() / width.units() * width.units());
    if (out.empty() || out.back().price != price) out.push_back({price, {}});
    out.back().size += level.size;
  }
  return out;
}

void side_json(json::Writer& out, std::string_view name, std::vector<LevelView> levels, std::size_t depth) {
  if (depth != 0 && levels.size() > depth) levels.resize(depth);
  std::ranges::reverse(levels);
  out.key(name).begin_array();
  for (const LevelView& level : levels) out.begin_array().value(level.price).value(level.size).end_array();
  out.end_array();
}

void book_json(json::Writer& out, const Exchange& exchange, MarketNo market, std::size_t depth, std::optional<DollarDecimal> width) {
  out.begin_object();
  for (const Side side : {Side::Buy, Side::Sell}) {
    auto levels = views::depth(exchange.state(), market, side);
    if (width) levels = bucketed(levels, *width);
    side_json(out, side == Side::Buy ? "bids" : "asks", std::move(levels), depth);
  }
  out.end_object();
}

}  // namespace

HttpAnswer get_orderbook(RestDoorContext& door, EndpointRequest& request) {
  const auto market = views::find_market(door.exchange.state(), request.text("ticker"));
  const auto depth = request.integer("depth", 0, kDeepest);
  std::optional<DollarDecimal> width;
  if (request.has("aggregation_tick_size")) {
    const auto parsed = DollarDecimal::parse(request.text("aggregation_tick_size"));
    if (!parsed || parsed->units() <= 0) return bad_parameter("aggregation_tick_size must be a positive decimal of dollars such as 0.10");
    width = *parsed;
  }
  if (request.problem) return *request.problem;
  if (!market) return unknown_on_read();
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("orderbook");
  book_json(out, door.exchange, *market, static_cast<std::size_t>(depth.value_or(0)), width);
  out.end_object();
  return answer;
}

HttpAnswer get_orderbooks(RestDoorContext& door, EndpointRequest& request) {
  require_query(request, "tickers");
  if (request.problem) return *request.problem;
  std::vector<MarketNo> markets;
  const std::string tickers = request.text("tickers");
  if (std::ranges::count(tickers, ',') >= kMostTickers) return bad_parameter("tickers must be 1 to 100 tickers with commas between them");
  std::string_view rest = tickers;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view ticker = rest.substr(0, comma);
    if (ticker.empty() || ticker.size() > kLongestTicker) return bad_parameter("a ticker has 1 to 200 characters");
    const auto market = views::find_market(door.exchange.state(), ticker);
    if (!market) return unknown_on_read();
    markets.push_back(*market);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("orderbooks").begin_array();
  for (const MarketNo market : markets) {
    out.begin_object().member("ticker", views::market(door.exchange.state(), market).symbol).key("orderbook");
    book_json(out, door.exchange, market, 0, std::nullopt);
    out.end_object();
  }
  out.end_array().end_object();
  return answer;
}

}  // namespace marginfix::sim
