// Maintenance margin of a hypothetical portfolio, and what goes into it. Source: klear.md operations 10 and 11, "Margin estimates".
// Matrices are made at the first moment of each Eastern day on which the exchange runs: those of a day before it began, or to come,
// do not exist (404).
#include <boost/json/array.hpp>

#include "sim/doors/klear/support.hpp"
#include "sim/exchange/clearing/risk_model.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim::klear {
namespace {

constexpr std::size_t kMostPositions = 500;
constexpr std::int64_t kMostContracts = 1'000'000'000;

Date today(const KlearDoorContext& context) { return eastern_date(context.exchange.now()); }
bool calibrated(const KlearDoorContext& context, Date day) {
  return day >= eastern_date(views::clearing(context.exchange.state()).started()) && day <= today(context);
}

RiskModel model_of(const KlearDoorContext& context, const std::string& asset_class, Date day) {
  std::vector<RiskModel::Column> columns;
  for (MarketNo m = 0; m < views::market_count(context.exchange.state()); ++m) {
    const MarketSpec& spec = views::market_spec(context.exchange.state(), m);
    if (spec.asset_class != asset_class || views::market(context.exchange.state(), m).status != MarketStatus::Active) continue;
    columns.push_back({m, spec.symbol, spec.leverage_tenthousandths});
  }
  return RiskModel(views::clearing(context.exchange.state()).seed(), asset_class, day, std::move(columns));
}

// A number of `units` x 10^-decimals as JSON writes it.
std::string decimal(std::int64_t units, int decimals) { return MultiplierDecimal::from_parts(units, -decimals).to_string(); }

void write_matrix(json::Writer& out, std::string_view name, const RiskModel& model, const ReturnMatrix& matrix) {
  out.key(name).begin_object().key("market_tickers").begin_array();
  for (const auto& c : model.columns) out.string(c.ticker);
  out.end_array().key("returns").begin_array();
  for (const auto& row : matrix.rows) {
    out.begin_array();
    for (const Return r : row) out.number(decimal(r, 6));
    out.end_array();
  }
  out.end_array().end_object();
}

void write_liquidation(json::Writer& out, const RiskModel& model) {
  out.key("liquidation_configs").begin_array();
  for (std::size_t i = 0; i < model.columns.size(); ++i) {
    const LiquidationConfig& c = model.liquidation[i];
    out.begin_object().member("market_ticker", model.columns[i].ticker);
    out.key("market_impact_volatility").number(decimal(c.volatility, 6));
    out.key("market_impact_coefficient").number(decimal(c.coefficient, 3));
    out.key("market_impact_exponent").number("0.5");
    out.member("market_impact_forecasted_volume", c.forecasted_volume);
    out.key("spread_rate").number(decimal(c.spread_rate, 6));
    out.end_object();
  }
  out.end_array();
}

// The admin's member is an FCM: every market by itself.
void write_subgroups(json::Writer& out, const RiskModel& model) {
  out.key("subgroups").begin_array();
  for (const auto& c : model.columns) out.begin_array().string(c.ticker).end_array();
  out.end_array();
}

HttpAnswer metadata(KlearDoorContext& context, EndpointRequest& request) {
  const auto asset = asset_class(request, request.text("asset_class"));
  const auto day = date(request, "date", true);
  if (request.problem) return *request.problem;
  const RiskModel model = model_of(context, *asset, *day);
  if (!calibrated(context, *day) || model.columns.empty()) return missing("no matrices were calibrated that day");
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("asset_class", *asset);
  out.key("base_tail_percentile").number(decimal(RiskModel::kBasePercent, 2));
  out.key("funding_tail_percentile").number(decimal(RiskModel::kFundingPercent, 2));
  out.key("matrices").begin_object();
  write_matrix(out, "hvar", model, model.hvar);
  write_matrix(out, "apc", model, model.apc);
  write_matrix(out, "aug", model, model.aug);
  write_matrix(out, "funding", model, model.funding);
  out.end_object();
  write_liquidation(out, model);
  write_subgroups(out, model);
  out.end_object();
  return answer;
}

// Reads the positions of the request one by one; a fault is noted in the request.
class PositionReader {
 public:
  PositionReader(const KlearDoorContext& context, EndpointRequest& request, const RiskModel& model, std::optional<Timestamp> until)
      : context_(context), request_(request), model_(model), until_(until) {}

  std::vector<RiskPosition> read() {
    const boost::json::value* list = request_.body.if_contains("positions");
    if (list == nullptr || !list->is_array() || list->get_array().empty() || list->get_array().size() > kMostPositions) {
      complain(request_, "positions must be a list of 1 to 500");
      return {};
    }
    for (const boost::json::value& entry : list->get_array()) {
      if (request_.problem) return {};
      if (!entry.is_object()) {
        complain(request_, "a position must be an object");
        return {};
      }
      read(entry.get_object());
    }
    return std::move(positions_);
  }

 private:
  void read(const boost::json::object& entry) {
    EndpointRequest one;  // its checks of members
    one.body = entry;
    for (const auto& member : entry) {
      const std::string_view name = member.key();
      if (name != "market_ticker" && name != "quantity" && name != "price")
        return complain(request_, "unknown member " + std::string(name));
    }
    const auto ticker = one.body_text("market_ticker", true);
    const auto quantity = one.body_integer("quantity", -kMostContracts, kMostContracts, true);
    const auto price = one.body_dollars("price");
    if (one.problem) {
      request_.problem = one.problem;
      return;
    }
    const auto column = std::ranges::find(model_.columns, *ticker, &RiskModel::Column::ticker);
    if (column == model_.columns.end()) return complain(request_, *ticker + " is not among the markets of that asset class and day");
    const auto at = static_cast<std::size_t>(column - model_.columns.begin());
    if (std::ranges::find(positions_, at, &RiskPosition::column) != positions_.end())
      return complain(request_, *ticker + " stands there twice");
    if (*quantity == 0) return complain(request_, "quantity must not be 0");
    if (price && price->units() <= 0) return complain(request_, "price must be positive");
    if (price && *price > DollarDecimal::whole(100'000)) return complain(request_, "price is out of range");
    const auto mark = price ? std::optional(price->units() / kMicrosPerTick)
                            : views::clearing(context_.exchange.state()).last_price(column->market, until_);
    if (!mark) return complain(request_, *ticker + " has no settlement price yet; give one");
    positions_.push_back({at, *quantity, *mark});
  }

  const KlearDoorContext& context_;
  EndpointRequest& request_;
  const RiskModel& model_;
  std::optional<Timestamp> until_;
  std::vector<RiskPosition> positions_;
};

HttpAnswer estimate_portfolio(KlearDoorContext& context, EndpointRequest& request) {
  const auto asset = asset_class(request, request.body_text("asset_class", true));
  const auto day_text = request.body_text("date");
  const auto day = day_text ? parse_date(*day_text) : std::optional(today(context));
  if (!day) complain(request, "date must be a day such as 2026-11-23");
  const auto clearing_type = request.body_text("clearing_type");
  if (clearing_type && *clearing_type != "FCM" && *clearing_type != "SelfClearing")
    complain(request, "clearing_type must be FCM or SelfClearing");
  if (request.problem) return *request.problem;
  if (!calibrated(context, *day)) return missing("no matrices were calibrated that day");
  const RiskModel model = model_of(context, *asset, *day);
  const auto end_of_day =
      day_text ? std::optional(from_eastern(*day, std::chrono::hours(24)) - std::chrono::microseconds(1)) : std::nullopt;
  const std::vector<RiskPosition> positions = PositionReader(context, request, model, end_of_day).read();
  if (request.problem) return *request.problem;
  const RiskEstimate e = estimate(model, positions, clearing_type && *clearing_type == "SelfClearing");
  HttpAnswer answer;
  json::Writer out(answer.body);
  const auto dollars = [&out](std::string_view name, Centicents amount) { out.member(name, DollarDecimal::from_units(to_micros(amount))); };
  out.begin_object();
  dollars("maintenance_margin_fp", e.total);
  dollars("base_margin_fp", e.base);
  dollars("hvar_fp", e.hvar);
  dollars("apc_fp", e.apc);
  dollars("funding_addon_fp", e.funding);
  dollars("liquidation_addon_fp", e.liquidation);
  out.end_object();
  return answer;
}

constexpr Endpoint<KlearDoorContext> kMarginEndpoints[] = {
    {"POST", "/margin/estimate_maintenance_margin", EndpointAuth::KlearToken, 0, "", "asset_class date clearing_type positions",
     estimate_portfolio},
    {"GET", "/margin/estimate_maintenance_margin/metadata", EndpointAuth::KlearToken, 0, "asset_class date", "", metadata},
};

}  // namespace

std::span<const Endpoint<KlearDoorContext>> margin_endpoints() { return kMarginEndpoints; }

}  // namespace marginfix::sim::klear
