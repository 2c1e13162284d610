// Positions and fills. Source: rest-perps.md "MarginPosition", "MarginFill"; numbers as in observed.md.
#include "sim/doors/rest/orders.hpp"
#include "sim/doors/rest/pages.hpp"
#include "sim/doors/rest/portfolio.hpp"
#include "sim/doors/rest/ratio.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/risk.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kMostFills = 1'000, kFillsByDefault = 100;
constexpr int kRoeDigits = 15;  // as many as were recorded

// The simulator margins every market by itself: no position is part of a portfolio.
void write_position(json::Writer& out, std::string_view ticker, const PositionRiskView& p) {
  const std::int64_t margin = p.maintenance_margin.units();
  out.begin_object().member("subaccount", p.subaccount).member("market_ticker", ticker).member("position", p.net);
  out.member("entry_price", p.entry_price).member("unrealized_pnl", p.unrealized_pnl);
  out.member("margin_used", p.maintenance_margin).member("fees", p.open_fees).key("roe");
  if (margin == 0) {
    out.null();
  } else {
    out.value(quotient((p.unrealized_pnl * 100).units(), margin, kRoeDigits));
  }
  out.member("is_portfolio", false).end_object();
}

void write_fill(json::Writer& out, const Exchange& exchange, const FillView& f) {
  out.begin_object();
  out.member("fill_id", f.fill_id.view()).member("order_id", f.order_id.view()).member("is_taker", f.taker);
  out.member("side", side_word(f.side)).member("count", f.quantity).member("created_time", to_rfc3339(f.time));
  out.member("ticker", views::market(exchange.state(), f.market).symbol).member("price", f.price).member("entry_price", f.entry_price);
  out.member("fees", f.fee).member("realized_pnl", f.realized_pnl).member("order_source", source_word(f.system));
  out.end_object();
}

}  // namespace

HttpAnswer get_positions(RestDoorContext& door, EndpointRequest& request) {
  const auto subaccount = read_subaccount(request);
  const std::string ticker = request.text("ticker");
  if (request.problem) return *request.problem;
  const AccountId account = request.caller->account;
  const std::string_view bound = request.caller->subtrader;
  const auto positions =
      bound.empty() ? views::position_risks(door.exchange.state(), account) : views::share_risks(door.exchange.state(), account, bound);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("positions").begin_array();
  for (const PositionRiskView& p : positions) {
    const std::string_view symbol = views::market(door.exchange.state(), p.market).symbol;
    if ((subaccount && *subaccount != p.subaccount) || (!ticker.empty() && ticker != symbol)) continue;
    write_position(out, symbol, p);
  }
  out.end_array().end_object();
  return answer;
}

HttpAnswer get_fills(RestDoorContext& door, EndpointRequest& request) {
  FillFilter filter;
  filter.subaccount = read_subaccount(request);
  if (!request.caller->subtrader.empty()) filter.customer_account = request.caller->subtrader;
  read_window(request, filter.from, filter.to);
  const auto limit = request.integer("limit", 1, kMostFills).value_or(kFillsByDefault);
  const std::uint64_t before = read_cursor(request);
  if (request.problem) return *request.problem;
  filter.unchanged_since = door.read_horizon();
  const FillPage page = views::list_fills(door.exchange.state(), request.caller->account, filter, before, static_cast<std::size_t>(limit));
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("fills").begin_array();
  for (const FillView& f : page.fills) write_fill(out, door.exchange, f);
  out.end_array().member("cursor", next_cursor(page.next)).end_object();
  return answer;
}

}  // namespace marginfix::sim
