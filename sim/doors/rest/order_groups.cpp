// Order groups. Source: rest-perps.md "Order groups"; observed.md (bodies; a list of none has no key at all).
#include "sim/doors/rest/orders.hpp"
#include "sim/doors/rest/pages.hpp"
#include "sim/doors/rest/refusals.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/orders.hpp"

namespace marginfix::sim {
namespace {

// contracts_limit and contracts_limit_fp say the same: one of the two, or both alike.
std::optional<std::int64_t> read_limit(EndpointRequest& request) {
  const auto whole = request.body_integer("contracts_limit", 1, INT64_MAX / FixedPointCount::kOne);
  const auto text = request.body_count("contracts_limit_fp");
  if (request.problem) return std::nullopt;
  if (!whole && !text) {
    request.problem = bad_parameter("contracts_limit", "or contracts_limit_fp is required");
  } else if (text && (!text->is_whole() || text->units() < FixedPointCount::kOne)) {
    request.problem = bad_parameter("contracts_limit_fp", "must be whole contracts, at least 1.00");
  } else if (whole && text && *text != FixedPointCount::whole(*whole)) {
    request.problem = bad_parameter("contracts_limit", "and contracts_limit_fp must agree");
  }
  if (request.problem) return std::nullopt;
  return whole ? *whole : text->units() / FixedPointCount::kOne;
}

void write_group(json::Writer& out, const GroupView& g) {
  out.member("is_auto_cancel_enabled", g.triggered);  // seen live: true from the trigger to the reset
  out.member("contracts_limit_fp", FixedPointCount::whole(g.limit));
  out.member("exchange_index", g.exchange_index);
}

HttpAnswer change_group(RestDoorContext& door, EndpointRequest& request, OrderGroupAction action, std::int64_t limit = 0) {
  const int subaccount = write_subaccount(request);
  if (request.problem) return *request.problem;
  const std::string id = request.text("order_group_id");
  const GroupOutcome done = door.exchange.run(commands::Group{request.context, {action, id, limit, subaccount}});
  if (done.reason != Reason::None) return refused(done.reason);
  return {200, "{}"};
}

}  // namespace

HttpAnswer list_groups(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  const auto subaccount = read_subaccount(request);
  if (request.problem) return *request.problem;
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object();
  bool any = false;
  for (const GroupView& g : views::list_groups(door.exchange.state(), request.caller->account, subaccount)) {
    if (!door.readable(g.updated)) continue;
    if (!any) out.key("order_groups").begin_array();
    any = true;
    out.begin_object().member("id", g.group_id.view());
    write_group(out, g);
    out.end_object();
  }
  if (any) out.end_array();
  out.end_object();
  return answer;
}

HttpAnswer get_group(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  const auto subaccount = read_subaccount(request);
  if (request.problem) return *request.problem;
  const AccountId account = request.caller->account;
  const auto group = views::find_group(door.exchange.state(), account, request.text("order_group_id"));
  if (!group || (subaccount && *subaccount != group->subaccount) || !door.readable(group->updated)) return unknown_to_reads();
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object();
  write_group(out, *group);
  out.key("orders").begin_array();
  for (const OrderView& o : views::group_orders(door.exchange.state(), account, group->group_id.view())) {
    if (door.readable(o.updated)) out.string(o.order_id.view());
  }
  out.end_array().end_object();
  return answer;
}

HttpAnswer create_group(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  const auto limit = read_limit(request);
  const int subaccount =
      static_cast<int>(request.body_integer("subaccount", 0, kMaxSubaccount).value_or(request.caller->subaccount.value_or(0)));
  const int index = static_cast<int>(request.body_integer("exchange_index", 0, INT32_MAX).value_or(0));
  if (request.problem) return *request.problem;
  const GroupOutcome done = door.exchange.run(commands::Group{request.context, {OrderGroupAction::Create, {}, *limit, subaccount, index}});
  if (done.reason == Reason::MarketNotFound) return bad_parameter("exchange_index", "is not one of a margin market");
  if (done.reason != Reason::None) return refused(done.reason);
  HttpAnswer answer{201, {}};
  json::Writer out(answer.body);
  out.begin_object().member("order_group_id", done.group_id->view()).member("subaccount", subaccount);
  out.member("exchange_index", index).end_object();
  return answer;
}

HttpAnswer delete_group(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  return change_group(door, request, OrderGroupAction::Delete);
}

HttpAnswer reset_group(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  return change_group(door, request, OrderGroupAction::Reset);
}

HttpAnswer trigger_group(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  return change_group(door, request, OrderGroupAction::Trigger);
}

HttpAnswer update_group_limit(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = trader_unknown(door, request)) return *no;
  const auto limit = read_limit(request);
  if (request.problem) return *request.problem;
  return change_group(door, request, OrderGroupAction::Update, *limit);
}

}  // namespace marginfix::sim
