// Orders: one, lists. Read-only, and from a copy that may be older than the engine (RestDoorContext::read_lag).
#include "sim/doors/rest/orders.hpp"
#include "sim/doors/rest/pages.hpp"
#include "sim/doors/rest/refusals.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"

namespace marginfix::sim {
namespace {

constexpr std::int64_t kMostOrders = 10'000, kMostLegacyOrders = 1'000;

// `user_id` is the same for a whole list.
void write_order(json::Writer& out, const Exchange& exchange, std::string_view user_id, const OrderView& o) {
  out.begin_object();
  out.member("order_id", o.order_id.view()).member("user_id", user_id).member("client_order_id", o.cl_ord_id);
  out.member("ticker", views::market(exchange.state(), o.market).symbol).member("side", side_word(o.side));
  out.member("last_update_reason", to_string(o.last_update)).member("price", o.price);
  out.member("fill_count", o.cum_qty).member("remaining_count", o.leaves_qty);
  if (o.expire_time) out.member("expiration_time", to_rfc3339(*o.expire_time));
  out.member("created_time", to_rfc3339(o.created));
  if (o.changed) out.member("last_update_time", to_rfc3339(o.updated));
  out.member("self_trade_prevention_type", o.self_trade_prevention == SelfTradePreventionType::Maker ? "maker" : "taker_at_cross");
  out.member("cancel_order_on_pause", o.cancel_on_pause);
  if (o.group_id) out.member("order_group_id", o.group_id->view());
  out.member("order_source", source_word(o.system));
  if (o.system != SystemOrder::None) out.member("order_reason", to_string(o.system));
  out.end_object();
}

// False: a status that no order ever has. It is not an error (observed.md).
bool read_state(const EndpointRequest& request, OrderFilter& filter) {
  const std::string status = request.text("status");
  if (status.empty()) return true;
  if (status == "resting") {
    filter.state = OrderState::Resting;
  } else if (status == "executed") {
    filter.state = OrderState::Executed;
  } else if (status == "canceled") {
    filter.state = OrderState::Canceled;
  } else {
    return false;
  }
  return true;
}

// False: nothing can match.
bool read_ticker(const RestDoorContext& door, const EndpointRequest& request, OrderFilter& filter) {
  const std::string ticker = request.text("ticker");
  if (ticker.empty()) return true;
  filter.market = views::find_market(door.exchange.state(), ticker);
  return filter.market.has_value();
}

// A key that is locked to a subaccount, or bound to a subtrader, sees nothing else.
bool visible_order(const KeyInfo& caller, const OrderView& order) {
  return (!caller.subaccount || *caller.subaccount == order.subaccount) &&
         (caller.subtrader.empty() || caller.subtrader == order.customer_account);
}

HttpAnswer order_page(RestDoorContext& door, EndpointRequest& request, OrderFilter filter, std::int64_t most) {
  read_window(request, filter.from, filter.to);
  const auto limit = request.integer("limit", 1, most).value_or(most);
  const std::uint64_t before = read_cursor(request);
  if (request.problem) return *request.problem;
  filter.unchanged_since = door.read_horizon();
  const bool possible = read_state(request, filter) && read_ticker(door, request, filter);
  const AccountId account = request.caller->account;
  OrderPage page;
  if (possible) page = views::list_orders(door.exchange.state(), account, filter, before, static_cast<std::size_t>(limit));
  const Uuid user = views::user_id(door.exchange.state(), account);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("orders").begin_array();
  for (const OrderView& o : page.orders) write_order(out, door.exchange, user.view(), o);
  out.end_array().member("cursor", next_cursor(page.next)).end_object();
  return answer;
}

}  // namespace

HttpAnswer get_order(RestDoorContext& door, EndpointRequest& request) {
  const AccountId account = request.caller->account;
  const auto order = views::find_order_id(door.exchange.state(), account, request.text("order_id"));
  if (!order || !door.readable(order->updated) || !visible_order(*request.caller, *order)) return unknown_to_reads();
  const Uuid user = views::user_id(door.exchange.state(), account);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("order");
  write_order(out, door.exchange, user.view(), *order);
  out.end_object();
  return answer;
}

HttpAnswer list_orders(RestDoorContext& door, EndpointRequest& request) {
  OrderFilter filter;
  filter.subaccount = read_subaccount(request);
  if (!request.caller->subtrader.empty()) filter.customer_account = request.caller->subtrader;
  return order_page(door, request, filter, kMostOrders);
}

// Not in the exchange's file any more, still in the SDK: the orders of one subtrader of an FCM.
HttpAnswer list_fcm_orders(RestDoorContext& door, EndpointRequest& request) {
  if (!request.caller->fcm) return nested_error(403, "forbidden", "forbidden", "for FCM members only");
  const std::string subtrader = request.text("subtrader_id");
  if (subtrader.empty()) return bad_parameter("subtrader_id", "is required");
  const std::string_view bound = request.caller->subtrader;
  if (!bound.empty() && bound != subtrader)
    return nested_error(403, "forbidden", "forbidden", "this API key is bound to another subtrader");
  OrderFilter filter;
  filter.customer_account = subtrader;
  return order_page(door, request, filter, kMostLegacyOrders);
}

}  // namespace marginfix::sim
