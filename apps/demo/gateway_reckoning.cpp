// The last word of the demo through the gateway: what the clients were told, what the gateway keeps, what the exchange has.
#include <fmt/format.h>

#include "apps/demo/gateway_chapters.hpp"
#include "apps/demo/truth.hpp"
#include "marginfix/domain/enum_names.hpp"

namespace marginfix::apps {

namespace {
using gateway::OrderRow;

constexpr std::string_view kDoesNotTell = "-";

struct OmsTotals {
  std::string name;
  std::uint64_t orders{0}, open{0};
  std::optional<std::uint64_t> fills{};  // the gateway's rows have sums, no fills
  FixedPointCount traded{}, position{};
};

OmsTotals totals_of_client(const std::string& name, const OmsRecord& record, const std::string& symbol) {
  OmsTotals out{name, record.accepted.size(), 0, record.fills.size()};
  for (const auto& [id, order] : record.orders) out.open += order.over() ? 0U : 1U;
  for (const auto& [id, quantity] : record.fills) out.traded += quantity < FixedPointCount{} ? -quantity : quantity;
  const auto position = record.positions.find(symbol);
  if (position != record.positions.end()) out.position = position->second;
  return out;
}

OmsTotals totals_of_both(const OmsTotals& a, const OmsTotals& b) {
  return {"both", a.orders + b.orders, a.open + b.open, *a.fills + *b.fills, a.traded + b.traded, a.position + b.position};
}

bool was_accepted(const OrderRow& row) { return !row.order_id.empty() && row.ord_status != to_string(OrdStatus::Rejected); }

OmsTotals totals_of_gateway(const std::vector<OrderRow>& rows, const std::string& symbol) {
  OmsTotals out{"gateway"};
  for (const OrderRow& row : rows) {
    out.orders += was_accepted(row) ? 1U : 0U;
    out.open += row.open ? 1U : 0U;
    out.traded += row.cum_qty;
    if (row.symbol == symbol) out.position += row.side == to_string(Side::Sell) ? -row.cum_qty : row.cum_qty;
  }
  return out;
}

OmsTotals totals_of_exchange(const Truth& truth, const std::string& symbol) {
  OmsTotals out{"exchange", truth.orders, truth.open.size(), truth.fills};
  for (const auto& [id, quantity] : truth.filled) out.traded += quantity;
  const auto position = truth.positions.find(symbol);
  if (position != truth.positions.end()) out.position = position->second;
  return out;
}

// What is wrong with one order of the gateway's map; empty: client, gateway and exchange have it alike.
std::string difference(const OrderRow& row, const OmsRecord& told, const Truth& truth) {
  const auto known = told.orders.find(row.order_id.empty() ? row.cl_ord_id : row.order_id);
  if (known == told.orders.end()) return "its client knows nothing of it";
  const OmsOrder& order = known->second;
  if (order.cl_ord_id != row.cl_ord_id) return fmt::format("its client calls it {}", order.cl_ord_id);
  const std::string status = to_string(static_cast<OrdStatus>(order.ord_status));
  if (status != row.ord_status) return fmt::format("its client was told {}, the gateway has {}", status, row.ord_status);
  if (order.cum != row.cum_qty || order.leaves != row.leaves_qty) return "its client has other quantities than the gateway";
  const auto filled = truth.filled.find(row.order_id), open = truth.open.find(row.order_id);
  if ((filled == truth.filled.end() ? FixedPointCount{} : filled->second) != row.cum_qty) return "the exchange has filled another quantity";
  if ((open == truth.open.end() ? FixedPointCount{} : open->second) != row.leaves_qty) return "the exchange has another quantity open";
  return {};
}

bool compare_orders(GatewayStage& s, const std::vector<OrderRow>& rows, const OmsRecord& fix42, const OmsRecord& fix44,
                    const Truth& truth) {
  bool equal = rows.size() == fix42.orders.size() + fix44.orders.size();
  if (!equal)
    s.story.tell(fmt::format("the gateway has {} orders, its clients {}", rows.size(), fix42.orders.size() + fix44.orders.size()));
  for (const OrderRow& row : rows) {
    const std::string wrong = difference(row, row.client == s.fix42.name() ? fix42 : fix44, truth);
    if (wrong.empty()) continue;
    equal = false;
    s.story.tell(fmt::format("{} of {}: {}", row.cl_ord_id, row.client, wrong));
  }
  s.story.outcome(fmt::format("{} orders: ClOrdID, OrderID, status, filled, left", rows.size()),
                  equal ? "client, gateway and exchange agree" : "DIFFERENT");
  return equal;
}

// The exchange's books stand still by now; reports of the last moment may be on their way.
Truth settled_truth(GatewayStage& s) {
  const auto truth = read_truth(s.exchange.state_json(), s.gateway.account());
  if (!truth) throw DemoFailure(truth.error().message);
  s.fix44.wait_for("the clients to have been told of every fill",
                   [&] { return s.fix42.record().fills.size() + s.fix44.record().fills.size() >= truth->fills; });
  return *truth;
}
}  // namespace

bool chapter_gateway_reckoning(GatewayStage& s) {
  s.story.chapter(10, "The reckoning: what the clients were told, the gateway's map, the exchange's own books");
  const Truth truth = settled_truth(s);
  const OmsRecord fix42 = s.fix42.record(), fix44 = s.fix44.record();
  constexpr std::size_t kAll = 1'000'000;
  const auto rows = s.gateway.service().orders("", false, kAll);
  const OmsTotals first = totals_of_client(s.fix42.name(), fix42, s.quiet_market),
                  second = totals_of_client(s.fix44.name(), fix44, s.quiet_market);
  const std::vector<OmsTotals> accounts{first, second, totals_of_both(first, second), totals_of_gateway(rows, s.quiet_market),
                                        totals_of_exchange(truth, s.quiet_market)};
  bool equal = true;
  const auto row = [&](std::string_view name, const auto& cell) {
    Story::Cells cells;
    for (const OmsTotals& each : accounts) cells.emplace_back(each.name, cell(each));
    bool same = true;
    for (std::size_t i = 2; i < cells.size(); ++i)  // each client has its own part
      same = same && (cells[i].second == kDoesNotTell || cells[i].second == cells.back().second);
    equal = equal && same;
    s.story.row(name, cells, same);
  };
  Story::Cells head;
  for (const OmsTotals& each : accounts) head.emplace_back(each.name, "");
  s.story.columns(head);
  row("orders", [](const OmsTotals& a) { return std::to_string(a.orders); });
  row("open orders", [](const OmsTotals& a) { return std::to_string(a.open); });
  row("fills", [](const OmsTotals& a) { return a.fills ? std::to_string(*a.fills) : std::string(kDoesNotTell); });
  row("contracts", [](const OmsTotals& a) { return a.traded.to_string(); });
  row("position " + s.quiet_market, [](const OmsTotals& a) { return a.position.to_string(); });
  const bool each_equal = compare_orders(s, rows, fix42, fix44, truth);
  s.story.outcome(fmt::format("{} reports, {} came twice; Reject(3) in either direction", fix42.reports + fix44.reports,
                              fix42.duplicates + fix44.duplicates),
                  "none");
  return equal && each_equal;
}

}  // namespace marginfix::apps
