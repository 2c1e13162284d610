// Orders: create, cancel, decrease, amend. Bodies and codes as recorded (observed.md); rules: rest-perps.md "Orders".
#include "sim/doors/rest/choice.hpp"
#include "sim/doors/rest/orders.hpp"
#include "sim/doors/rest/pages.hpp"
#include "sim/doors/rest/refusals.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"

namespace marginfix::sim {
namespace {

constexpr Choice<Side> kSides[] = {{"bid", Side::Buy}, {"ask", Side::Sell}};
constexpr Choice<TimeInForce> kTimesInForce[] = {
    {"fill_or_kill", TimeInForce::FOK}, {"good_till_canceled", TimeInForce::GTC}, {"immediate_or_cancel", TimeInForce::IOC}};
constexpr Choice<SelfTradePreventionType> kSelfTrade[] = {{"taker_at_cross", SelfTradePreventionType::TakerAtCross},
                                                          {"maker", SelfTradePreventionType::Maker}};

// What NewOrder's views look into, and the order itself.
struct Draft {
  std::string client_order_id, symbol, group_id;
  std::int64_t market_version{0};
  MarketNo market{kNoMarket};
  NewOrder order;
};

void read_options(EndpointRequest& request, NewOrder& order) {
  order.post_only = request.body_boolean("post_only").value_or(false);
  order.reduce_only = request.body_boolean("reduce_only").value_or(false);
  order.cancel_on_pause = request.body_boolean("cancel_order_on_pause").value_or(false);
  order.subaccount =
      static_cast<int>(request.body_integer("subaccount", 0, kMaxSubaccount).value_or(request.caller->subaccount.value_or(0)));
  // 0 is no expiry, as on an amend.
  const auto expires = request.body_integer("expiration_time", 0, kLatestSecond).value_or(0);
  if (expires == 0) return;
  order.expire_time = from_epoch_seconds(expires);
  if (order.time_in_force == TimeInForce::GTC) order.time_in_force = TimeInForce::GTD;
}

void read_draft(const RestDoorContext& door, EndpointRequest& request, Draft& draft) {
  NewOrder& order = draft.order;
  if (const auto market = body_market(door, request)) draft.market = *market;
  draft.client_order_id = request.body_text("client_order_id", true).value_or("");
  order.side = body_choice(request, "side", kSides, true).value_or(Side::Buy);
  order.quantity = request.body_count("count", true).value_or(FixedPointCount());
  order.price = request.body_dollars("price", true).value_or(DollarDecimal());
  order.time_in_force = body_choice(request, "time_in_force", kTimesInForce, true).value_or(TimeInForce::GTC);
  order.self_trade_prevention =
      body_choice(request, "self_trade_prevention_type", kSelfTrade, true).value_or(SelfTradePreventionType::TakerAtCross);
  draft.group_id = request.body_text("order_group_id").value_or("");
  draft.market_version = request.body_integer("market_version", 0, INT32_MAX).value_or(0);
  read_options(request, order);
  if (draft.client_order_id.empty() || draft.client_order_id.size() > 64) {
    if (!request.problem) request.problem = bad_parameter("client_order_id", "must have 1 to 64 characters");
  }
  if (request.problem) return;
  draft.symbol = views::market(door.exchange.state(), draft.market).symbol;
  order.cl_ord_id = draft.client_order_id;
  order.symbol = draft.symbol;
  order.group_id = draft.group_id;
  order.unique_forever = true;
}

void write_averages(json::Writer& out, const OrderOutcome& done) {
  if (done.filled.is_zero()) return;
  out.member("average_fill_price", average_price(done.filled_notional, done.filled));
  out.member("average_fee_paid", average_price(done.fees, done.filled));
}

// The order that a write names, as it is before it; nothing = 404. An order of another subaccount is as good as unknown.
std::optional<OrderView> named_order(const RestDoorContext& door, const EndpointRequest& request, int subaccount) {
  auto order = views::find_order_id(door.exchange.state(), request.caller->account, request.text("order_id"));
  return order && order->subaccount == subaccount ? order : std::nullopt;
}

}  // namespace

std::optional<MarketNo> body_market(const RestDoorContext& door, EndpointRequest& request) {
  const auto ticker = request.body_text("ticker");
  const auto id = request.body_text("market_id");
  if (id && !is_uuid(*id) && !request.problem) request.problem = bad_parameter("market_id", "must be a UUID");
  if (request.problem) return std::nullopt;
  if (!ticker && !id) {
    request.problem = bad_parameter("ticker", "or market_id is required");
    return std::nullopt;
  }
  const auto market = ticker ? views::find_market(door.exchange.state(), *ticker) : views::find_market_id(door.exchange.state(), *id);
  if (!market) request.problem = refused(Reason::MarketNotFound);
  return market;
}

HttpAnswer create_order(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  Draft draft;
  read_draft(door, request, draft);
  if (request.problem) return *request.problem;
  const TimeInForce tif = draft.order.time_in_force;
  if (draft.order.reduce_only && tif != TimeInForce::IOC && tif != TimeInForce::FOK) {
    return nested_error(400, "invalid_order", "invalid order", "reduce_only can only be used with IoC or FoK orders");
  }
  if (draft.market_version != 0 && draft.market_version != views::market(door.exchange.state(), draft.market).version) {
    return nested_error(409, "market_version_mismatch", "market version mismatch");
  }
  const OrderOutcome done = door.exchange.run(commands::Submit{request.context, draft.order});
  if (!done.accepted) return refused(done.reason);
  HttpAnswer answer{201, {}};
  json::Writer out(answer.body);
  out.begin_object();
  out.member("order_id", done.order_id.view()).member("client_order_id", draft.client_order_id);
  out.member("fill_count", done.filled).member("remaining_count", done.leaves);
  write_averages(out, done);
  out.end_object();
  return answer;
}

HttpAnswer cancel_order(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  const int subaccount = write_subaccount(request);
  if (request.problem) return *request.problem;
  const auto before = named_order(door, request, subaccount);
  if (!before) return refused(Reason::UnknownOrder);
  const std::string client_order_id(before->cl_ord_id);
  CancelOrder cancel;
  cancel.order_id = before->order_id.view();
  const OrderOutcome done = door.exchange.run(commands::Cancel{request.context, cancel});
  if (!done.accepted) return refused(done.reason);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("order_id", done.order_id.view()).member("client_order_id", client_order_id);
  out.member("reduced_by", done.reduced_by).end_object();
  return answer;
}

HttpAnswer cancel_all_orders(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  if (auto no = direct_members_only(request)) return *no;
  const CancelAll all{read_subaccount(request)};
  if (request.problem) return *request.problem;
  door.exchange.run(commands::CancelAll{request.context, all});
  return {204, {}};
}

HttpAnswer decrease_order(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  const int subaccount = write_subaccount(request);
  DecreaseOrder decrease;
  decrease.reduce_by = request.body_count("reduce_by");
  decrease.reduce_to = request.body_count("reduce_to");
  if (request.problem) return *request.problem;
  if (decrease.reduce_by.has_value() == decrease.reduce_to.has_value()) {
    return bad_parameter("reduce_by", "or reduce_to must be given, exactly one of the two");
  }
  if (decrease.reduce_by && *decrease.reduce_by <= FixedPointCount()) return bad_parameter("reduce_by", "must be more than 0");
  if (decrease.reduce_to && decrease.reduce_to->is_negative()) return bad_parameter("reduce_to", "must not be negative");
  const auto before = named_order(door, request, subaccount);
  if (!before) return refused(Reason::UnknownOrder);
  const std::string client_order_id(before->cl_ord_id);
  decrease.order_id = before->order_id.view();
  const OrderOutcome done = door.exchange.run(commands::Decrease{request.context, decrease});
  if (!done.accepted) return refused(done.reason);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("order_id", done.order_id.view()).member("client_order_id", client_order_id);
  out.member("remaining_count", done.leaves).end_object();
  return answer;
}

// ---- amend ------------------------------------------------------------------------------------------------------------------

namespace {

struct Change {
  std::string client_order_id, new_client_order_id, symbol;
  AmendOrder amend;
};

void read_change(const RestDoorContext& door, EndpointRequest& request, Change& change) {
  AmendOrder& amend = change.amend;
  const auto market = body_market(door, request);
  amend.side = body_choice(request, "side", kSides, true);
  amend.price = request.body_dollars("price", true);
  amend.quantity = request.body_count("count", true).value_or(FixedPointCount());
  change.client_order_id = request.body_text("client_order_id").value_or("");
  change.new_client_order_id = request.body_text("updated_client_order_id").value_or("");
  if (const auto expires = request.body_integer("expiration_time", 0, kLatestSecond)) {
    amend.time_in_force = *expires == 0 ? TimeInForce::GTC : TimeInForce::GTD;
    if (*expires != 0) amend.expire_time = from_epoch_seconds(*expires);
  }
  if (change.new_client_order_id.size() > 64 && !request.problem) {
    request.problem = bad_parameter("updated_client_order_id", "must have 1 to 64 characters");
  }
  if (market) change.symbol = views::market(door.exchange.state(), *market).symbol;
}

// `before`: what was left of the order before the amend.
HttpAnswer amended(const OrderOutcome& done, FixedPointCount before, std::string_view client_order_id) {
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("order_id", done.order_id.view()).member("client_order_id", client_order_id);
  if (!done.filled.is_zero() || done.leaves != before) {
    out.member("remaining_count", done.leaves).member("fill_count", done.filled);
  }
  write_averages(out, done);
  out.end_object();
  return answer;
}

}  // namespace

HttpAnswer amend_order(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  const int subaccount = write_subaccount(request);
  Change change;
  read_change(door, request, change);
  if (request.problem) return *request.problem;
  const auto before = named_order(door, request, subaccount);
  if (!before) return refused(Reason::UnknownOrder);
  const std::string old_id(before->cl_ord_id);
  if (change.new_client_order_id == old_id) change.new_client_order_id.clear();  // keeps its name
  const bool renamed = !change.new_client_order_id.empty();
  AmendOrder& amend = change.amend;
  amend.order_id = before->order_id.view();
  amend.orig_cl_ord_id = change.client_order_id;
  amend.cl_ord_id = change.new_client_order_id;
  amend.symbol = change.symbol;
  amend.unique_forever = true;
  const OrderOutcome done = door.exchange.run(commands::Amend{request.context, amend});
  if (!done.accepted) return refused(done.reason);
  return amended(done, before->leaves_qty, renamed ? change.new_client_order_id : old_id);
}

}  // namespace marginfix::sim
