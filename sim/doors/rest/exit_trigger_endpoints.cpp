// Stop loss, take profit and trailing stops on a position. Source: rest-perps.md "Exit triggers"; what the simulator reads into the silent
// places stands at the top of sim/exchange/exit_triggers.hpp. Codes of refusals that no page gives: not_found for a position or trigger
// that is not there, exit_trigger_conflict (409) where live triggers are in the way, exit_trigger_limit_reached (400) for a 21st bracket.
#include "sim/doors/rest/choice.hpp"
#include "sim/doors/rest/member_endpoints.hpp"
#include "sim/doors/rest/refusals.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/risk.hpp"

namespace marginfix::sim {
namespace {

constexpr Choice<TriggerKind> kKinds[] = {{"bracket", TriggerKind::Bracket}, {"trailing", TriggerKind::Trailing}};
constexpr std::size_t kMostKey = 64;
constexpr std::int64_t kMostBps = 9'999;

HttpAnswer not_found(std::string_view details) { return nested_error(404, "not_found", "not found", details); }

// ---- what is read -----------------------------------------------------------------------------------------------------------

std::optional<DollarDecimal> positive(EndpointRequest& request, std::string_view name) {
  const auto price = request.body_dollars(name);
  if (price && price->units() <= 0) complain(request, name, "must be more than 0");
  return price;
}

// Legs and trails, each with the kind it belongs to.
void read_levels(EndpointRequest& request, SetExitTrigger& t) {
  t.kind = body_choice(request, "kind", kKinds).value_or(TriggerKind::Bracket);
  t.stop_loss = positive(request, "stop_loss_price");
  t.take_profit = positive(request, "take_profit_price");
  t.trail_amount = positive(request, "trail_amount");
  if (const auto bps = request.body_integer("trail_bps", 1, kMostBps)) t.trail_bps = static_cast<int>(*bps);
  if (request.problem) return;
  if (t.kind == TriggerKind::Bracket) {
    if (t.trail_amount || t.trail_bps) return complain(request, "kind", "bracket takes no trail_amount and no trail_bps");
    if (!t.stop_loss && !t.take_profit) complain(request, "stop_loss_price", "or take_profit_price is required; cancel with DELETE");
    return;
  }
  if (t.stop_loss || t.take_profit) return complain(request, "kind", "trailing takes no stop_loss_price and no take_profit_price");
  if (t.trail_amount.has_value() == t.trail_bps.has_value()) complain(request, "trail_amount", "or trail_bps is required, not both");
}

// Size, anchor and key of a cross trigger; what the views look into stays with the caller.
void read_size(EndpointRequest& request, SetExitTrigger& t, std::string& anchor, std::string& key) {
  t.count = request.body_count("count");
  const auto anchor_given = request.body_text("anchor_order_id");
  const auto key_given = request.body_text("client_trigger_id");
  anchor = anchor_given.value_or("");
  key = key_given.value_or("");
  t.anchor_order_id = anchor;
  t.client_trigger_id = key;
  if (request.problem) return;
  if (t.count && (!t.count->is_whole() || t.count->units() <= 0)) return complain(request, "count", "must be whole contracts, more than 0");
  if (t.count && anchor_given) return complain(request, "count", "and anchor_order_id exclude each other");
  if (anchor_given && !is_uuid(anchor)) return complain(request, "anchor_order_id", "must be an order id");
  const bool appends = t.count || anchor_given;
  if (appends && t.kind == TriggerKind::Trailing) return complain(request, "kind", "trailing takes no count and no anchor_order_id");
  if (appends != key_given.has_value()) {
    return complain(request, "client_trigger_id", "is required with count or anchor_order_id, and only then");
  }
  if (key_given && (key.empty() || key.size() > kMostKey)) complain(request, "client_trigger_id", "must have 1 to 64 characters");
}

std::optional<TriggerKind> query_kind(EndpointRequest& request) {
  if (!request.has("kind")) return std::nullopt;
  const auto kind = parse_trigger_kind(request.text("kind"));
  if (!kind) complain(request, "kind", "must be one of bracket, trailing");
  return kind;
}

// The position of the path and the query. A market that does not exist is a 404 where the operation has one, else a 400.
PositionName named_position(const RestDoorContext& door, EndpointRequest& request, bool has_404) {
  PositionName position;
  position.subaccount = request.subaccount().value_or(request.caller->subaccount.value_or(0));
  const auto market = views::find_market(door.exchange.state(), request.text("ticker"));
  position.market = market.value_or(kNoMarket);
  if (request.problem) return position;
  if (!market && has_404) request.problem = not_found("no such market");
  if (!market) complain(request, "ticker", "names no market");
  if (!views::has_subaccount(door.exchange.state(), request.caller->account, position.subaccount) && !request.problem) {
    request.problem = refused(Reason::UnknownAccount);
  }
  const auto& locked = request.caller->subaccount;
  if (locked && *locked != position.subaccount && !request.problem) request.problem = refused(Reason::NotAuthorized);
  return position;
}

// ---- what is written --------------------------------------------------------------------------------------------------------

template <class T>
void member_if(json::Writer& out, std::string_view name, const std::optional<T>& value) {
  if (value) out.member(name, *value);
}
void word_if(json::Writer& out, std::string_view name, std::string_view word) {
  if (!word.empty()) out.member(name, word);
}

void write(json::Writer& out, const RestDoorContext& door, const ExitTriggerView& t) {
  out.begin_object();
  out.member("id", t.id.view()).member("ticker", views::market(door.exchange.state(), t.market).symbol);
  out.member("kind", to_string(t.kind)).member("status", to_string(t.status));
  word_if(out, "status_reason", to_string(t.end));
  word_if(out, "triggered_leg", to_string(t.leg));
  if (t.fired_order) out.member("triggered_order_id", t.fired_order->view());
  if (t.anchor_order) out.member("anchor_order_id", t.anchor_order->view());
  word_if(out, "client_trigger_id", t.client_trigger_id);
  member_if(out, "stop_loss_price", t.stop_loss);
  member_if(out, "take_profit_price", t.take_profit);
  member_if(out, "trail_amount", t.trail_amount);
  member_if(out, "trail_bps", t.trail_bps);
  member_if(out, "watermark_price", t.watermark);
  member_if(out, "effective_stop_price", t.effective_stop_price);
  out.member("count", t.count).member("filled_count", t.filled);
  out.member("created_time", to_rfc3339(t.created)).member("updated_time", to_rfc3339(t.updated));
  out.end_object();
}

HttpAnswer list_answer(const RestDoorContext& door, const std::vector<ExitTriggerView>& triggers) {
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("exit_triggers").begin_array();
  for (const ExitTriggerView& t : triggers) write(out, door, t);
  out.end_array().end_object();
  return answer;
}

HttpAnswer refused_trigger(TriggerRefusal refusal) {
  switch (refusal) {
    case TriggerRefusal::NoPosition:
      return not_found("there is no open position");
    case TriggerRefusal::NotFound:
      return not_found("there is no live trigger of this id on this position");
    case TriggerRefusal::NotABracket:
      return bad_parameter("trigger_id", "names a trailing stop: use the collection with kind=trailing");
    case TriggerRefusal::KeyUsed:
      return nested_error(409, "idempotency_key_already_used", "idempotency key already used",
                          "client_trigger_id belongs to a trigger of another position");
    case TriggerRefusal::AnchorUnavailable:
      return nested_error(409, "anchor_order_unavailable", "anchor order unavailable", "nothing was written");
    case TriggerRefusal::AnchorElsewhere:
      return bad_parameter("anchor_order_id", "names an order of another market or subaccount");
    case TriggerRefusal::TooMany:
      return nested_error(400, "exit_trigger_limit_reached", "exit trigger limit reached", "a position holds at most 20 brackets");
    case TriggerRefusal::DoesNotFit:
      return bad_parameter("count", "and the counts of the live brackets add up to more than the position");
    case TriggerRefusal::Covered:
      return nested_error(409, "exit_trigger_conflict", "exit trigger conflict",
                          "a bracket of the whole position and brackets of parts of it exclude each other");
    case TriggerRefusal::BadPrice:
      return bad_parameter("stop_loss_price", "take_profit_price and trail_amount must be positive multiples of 0.0001");
    case TriggerRefusal::NotAuthorized:
    case TriggerRefusal::None:
      break;
  }
  return refused(Reason::NotAuthorized);
}

// The position would be liquidated before such a stop could trigger. A share of an FCM's position has no price of liquidation.
std::optional<HttpAnswer> past_liquidation(const RestDoorContext& door, const EndpointRequest& request, const PositionName& position,
                                           std::optional<DollarDecimal> stop_loss) {
  if (!stop_loss || !request.caller->subtrader.empty()) return std::nullopt;
  for (const PositionRiskView& risk : views::position_risks(door.exchange.state(), request.caller->account)) {
    if (risk.market != position.market || risk.subaccount != position.subaccount || !risk.liquidation_price) continue;
    const bool reached_first = risk.net.is_negative() ? *stop_loss < *risk.liquidation_price : *stop_loss > *risk.liquidation_price;
    if (reached_first) return std::nullopt;
    return nested_error(400, "stop_loss_past_liquidation", "stop loss past liquidation",
                        "stop_loss_price lies at or past the position's liquidation price " + risk.liquidation_price->to_string());
  }
  return std::nullopt;
}

HttpAnswer trigger_answer(const RestDoorContext& door, const TriggerOutcome& outcome) {
  if (outcome.refusal != TriggerRefusal::None) return refused_trigger(outcome.refusal);
  HttpAnswer answer;
  json::Writer out(answer.body);
  write(out, door, *outcome.trigger);
  return answer;
}

}  // namespace

// ---- cross ------------------------------------------------------------------------------------------------------------------

HttpAnswer set_cross_exit_trigger(RestDoorContext& door, EndpointRequest& request) {
  SetExitTrigger t;
  std::string anchor, key;
  read_levels(request, t);
  read_size(request, t, anchor, key);
  t.position = named_position(door, request, true);
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  // Anchored to an order it protects what that will have filled.
  if (anchor.empty()) {
    if (auto no = past_liquidation(door, request, t.position, t.stop_loss)) return *no;
  }
  return trigger_answer(door, door.exchange.run(commands::SetExitTrigger{request.context, t}));
}

HttpAnswer cross_exit_triggers(RestDoorContext& door, EndpointRequest& request) {
  const auto kind = query_kind(request);
  const PositionName position = named_position(door, request, false);
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  return list_answer(door, views::exit_triggers(door.exchange.state(), request.context, position, kind));
}

HttpAnswer cancel_cross_exit_triggers(RestDoorContext& door, EndpointRequest& request) {
  const auto kind = query_kind(request);
  const PositionName position = named_position(door, request, false);
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  door.exchange.run(commands::CancelExitTriggers{request.context, position, kind});
  return {204, {}};
}

HttpAnswer update_cross_exit_trigger(RestDoorContext& door, EndpointRequest& request) {
  UpdateExitTrigger u;
  const std::string id = request.text("trigger_id");
  u.trigger_id = id;
  u.stop_loss = positive(request, "stop_loss_price");
  u.take_profit = positive(request, "take_profit_price");
  if (!u.stop_loss && !u.take_profit) complain(request, "stop_loss_price", "or take_profit_price is required; cancel with DELETE");
  u.position = named_position(door, request, true);
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  if (views::find_exit_trigger(door.exchange.state(), request.caller->account, id)) {
    if (auto no = past_liquidation(door, request, u.position, u.stop_loss)) return *no;
  }
  return trigger_answer(door, door.exchange.run(commands::UpdateExitTrigger{request.context, u}));
}

HttpAnswer cancel_cross_exit_trigger(RestDoorContext& door, EndpointRequest& request) {
  const PositionName position = named_position(door, request, true);
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  const TriggerRefusal refusal = door.exchange.run(commands::CancelExitTrigger{request.context, position, request.text("trigger_id")});
  return refusal == TriggerRefusal::None ? HttpAnswer{204, {}} : refused_trigger(refusal);
}

// ---- isolated: there are no such positions (exit_triggers.hpp) ------------------------------------------------------------------

HttpAnswer set_isolated_exit_trigger(RestDoorContext& door, EndpointRequest& request) {
  SetExitTrigger t;
  read_levels(request, t);
  if (!request.problem && !views::find_market(door.exchange.state(), request.text("ticker"))) request.problem = not_found("no such market");
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  return not_found("there is no open isolated position");
}

HttpAnswer isolated_exit_triggers(RestDoorContext& door, EndpointRequest& request) {
  query_kind(request);
  if (!views::find_market(door.exchange.state(), request.text("ticker"))) complain(request, "ticker", "names no market");
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  return list_answer(door, {});
}

HttpAnswer cancel_isolated_exit_triggers(RestDoorContext& door, EndpointRequest& request) {
  const HttpAnswer found = isolated_exit_triggers(door, request);
  return found.status == 200 ? HttpAnswer{204, {}} : found;
}

}  // namespace marginfix::sim
