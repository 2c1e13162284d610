// The tables of rest/portfolio.hpp, and the rules between fields.
#include "marginfix/rest/portfolio.hpp"

#include "rest/operations/patterns.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kMarginPosition[] = {field<&MarginPosition::subaccount>("subaccount").expected(),
                                         field<&MarginPosition::market_ticker>("market_ticker"),
                                         field<&MarginPosition::position>("position"),
                                         field<&MarginPosition::entry_price>("entry_price"),
                                         field<&MarginPosition::unrealized_pnl>("unrealized_pnl"),
                                         field<&MarginPosition::margin_used>("margin_used"),
                                         field<&MarginPosition::fees>("fees").expected(),
                                         field<&MarginPosition::roe>("roe"),
                                         field<&MarginPosition::is_portfolio>("is_portfolio").expected()};
constexpr FieldInfo kGetMarginPositionsResponse[] = {field<&GetMarginPositionsResponse::positions>("positions")};
constexpr FieldInfo kMarginFill[] = {field<&MarginFill::fill_id>("fill_id"),
                                     field<&MarginFill::order_id>("order_id"),
                                     field<&MarginFill::is_taker>("is_taker"),
                                     field<&MarginFill::side>("side"),
                                     field<&MarginFill::count>("count"),
                                     field<&MarginFill::created_time>("created_time"),
                                     field<&MarginFill::ticker>("ticker"),
                                     field<&MarginFill::price>("price"),
                                     field<&MarginFill::entry_price>("entry_price").expected(),
                                     field<&MarginFill::fees>("fees"),
                                     field<&MarginFill::realized_pnl>("realized_pnl").expected(),
                                     field<&MarginFill::order_source>("order_source")};
constexpr FieldInfo kGetMarginFillsResponse[] = {field<&GetMarginFillsResponse::fills>("fills"),
                                                 field<&GetMarginFillsResponse::cursor>("cursor").expected()};
constexpr FieldInfo kExitTrigger[] = {field<&ExitTrigger::id>("id"),
                                      field<&ExitTrigger::ticker>("ticker"),
                                      field<&ExitTrigger::kind>("kind"),
                                      field<&ExitTrigger::status>("status"),
                                      field<&ExitTrigger::status_reason>("status_reason"),
                                      field<&ExitTrigger::triggered_leg>("triggered_leg"),
                                      field<&ExitTrigger::triggered_order_id>("triggered_order_id"),
                                      field<&ExitTrigger::anchor_order_id>("anchor_order_id"),
                                      field<&ExitTrigger::client_trigger_id>("client_trigger_id"),
                                      field<&ExitTrigger::stop_loss_price>("stop_loss_price"),
                                      field<&ExitTrigger::take_profit_price>("take_profit_price"),
                                      field<&ExitTrigger::trail_amount>("trail_amount"),
                                      field<&ExitTrigger::trail_bps>("trail_bps"),
                                      field<&ExitTrigger::watermark_price>("watermark_price"),
                                      field<&ExitTrigger::effective_stop_price>("effective_stop_price"),
                                      field<&ExitTrigger::count>("count"),
                                      field<&ExitTrigger::filled_count>("filled_count"),
                                      field<&ExitTrigger::created_time>("created_time").expected(),
                                      field<&ExitTrigger::updated_time>("updated_time").expected()};
constexpr FieldInfo kGetExitTriggersResponse[] = {field<&GetExitTriggersResponse::exit_triggers>("exit_triggers")};
constexpr FieldInfo kSetCrossExitTriggerRequest[] = {
    field<&SetCrossExitTriggerRequest::count>("count").with({.max_decimals = 2, .positive = true}),
    field<&SetCrossExitTriggerRequest::anchor_order_id>("anchor_order_id"),
    field<&SetCrossExitTriggerRequest::client_trigger_id>("client_trigger_id").with({.min_length = 1, .max_length = 64}),
    field<&SetCrossExitTriggerRequest::kind>("kind"),
    field<&SetCrossExitTriggerRequest::stop_loss_price>("stop_loss_price").with({.max_decimals = 4, .positive = true}),
    field<&SetCrossExitTriggerRequest::take_profit_price>("take_profit_price").with({.max_decimals = 4, .positive = true}),
    field<&SetCrossExitTriggerRequest::trail_amount>("trail_amount").with({.max_decimals = 4, .positive = true}),
    field<&SetCrossExitTriggerRequest::trail_bps>("trail_bps").with({.least = 1, .most = 9999})};
constexpr FieldInfo kSetIsolatedExitTriggerRequest[] = {
    field<&SetIsolatedExitTriggerRequest::kind>("kind"),
    field<&SetIsolatedExitTriggerRequest::stop_loss_price>("stop_loss_price").with({.max_decimals = 4, .positive = true}),
    field<&SetIsolatedExitTriggerRequest::take_profit_price>("take_profit_price").with({.max_decimals = 4, .positive = true}),
    field<&SetIsolatedExitTriggerRequest::trail_amount>("trail_amount").with({.max_decimals = 4, .positive = true}),
    field<&SetIsolatedExitTriggerRequest::trail_bps>("trail_bps").with({.least = 1, .most = 9999})};
constexpr FieldInfo kUpdateExitTriggerRequest[] = {
    field<&UpdateExitTriggerRequest::stop_loss_price>("stop_loss_price").with({.max_decimals = 4, .positive = true}),
    field<&UpdateExitTriggerRequest::take_profit_price>("take_profit_price").with({.max_decimals = 4, .positive = true})};
constexpr FieldInfo kGetMarginPositions[] = {field<&GetMarginPositions::subaccount>("subaccount").with({.least = 0, .most = 63}),
                                             field<&GetMarginPositions::ticker>("ticker")};
constexpr FieldInfo kGetMarginFills[] = {field<&GetMarginFills::subaccount>("subaccount").with({.least = 0, .most = 63}),
                                         field<&GetMarginFills::limit>("limit").with({.least = 1, .most = 1000}),
                                         field<&GetMarginFills::cursor>("cursor"), field<&GetMarginFills::min_ts>("min_ts"),
                                         field<&GetMarginFills::max_ts>("max_ts")};
constexpr FieldInfo kSetCrossMarginExitTrigger[] = {
    field<&SetCrossMarginExitTrigger::ticker>("ticker"),
    field<&SetCrossMarginExitTrigger::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kGetCrossMarginExitTriggers[] = {
    field<&GetCrossMarginExitTriggers::ticker>("ticker"),
    field<&GetCrossMarginExitTriggers::subaccount>("subaccount").with({.least = 0, .most = 63}),
    field<&GetCrossMarginExitTriggers::kind>("kind")};
constexpr FieldInfo kDeleteCrossMarginExitTrigger[] = {
    field<&DeleteCrossMarginExitTrigger::ticker>("ticker"),
    field<&DeleteCrossMarginExitTrigger::subaccount>("subaccount").with({.least = 0, .most = 63}),
    field<&DeleteCrossMarginExitTrigger::kind>("kind")};
constexpr FieldInfo kUpdateCrossMarginExitTrigger[] = {
    field<&UpdateCrossMarginExitTrigger::ticker>("ticker"), field<&UpdateCrossMarginExitTrigger::trigger_id>("trigger_id"),
    field<&UpdateCrossMarginExitTrigger::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kDeleteCrossMarginExitTriggerById[] = {
    field<&DeleteCrossMarginExitTriggerById::ticker>("ticker"), field<&DeleteCrossMarginExitTriggerById::trigger_id>("trigger_id"),
    field<&DeleteCrossMarginExitTriggerById::subaccount>("subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kSetIsolatedMarginExitTrigger[] = {field<&SetIsolatedMarginExitTrigger::ticker>("ticker")};
constexpr FieldInfo kGetIsolatedMarginExitTriggers[] = {field<&GetIsolatedMarginExitTriggers::ticker>("ticker"),
                                                        field<&GetIsolatedMarginExitTriggers::kind>("kind")};
constexpr FieldInfo kDeleteIsolatedMarginExitTrigger[] = {field<&DeleteIsolatedMarginExitTrigger::ticker>("ticker"),
                                                          field<&DeleteIsolatedMarginExitTrigger::kind>("kind")};

// Bracket: at least one leg and nothing of a trailing stop; trailing: exactly one of amount and bps and no leg.
template <class Body>
Result<void> check_kind(const Body& b) {
  const bool legs = b.stop_loss_price || b.take_profit_price;
  const bool trail = b.trail_amount || b.trail_bps;
  if (b.kind && *b.kind == ExitTriggerKind::trailing) {
    if (legs) return broken(b.stop_loss_price ? "stop_loss_price" : "take_profit_price", "not with kind trailing");
    if (b.trail_amount.has_value() == b.trail_bps.has_value()) return broken("trail_amount", "exactly one of trail_amount and trail_bps");
    return {};
  }
  if (trail) return broken(b.trail_amount ? "trail_amount" : "trail_bps", "only with kind trailing");
  if (!legs) return broken("stop_loss_price", "at least one of stop_loss_price and take_profit_price");
  return {};
}

Result<void> check_set_cross(const void* request) {
  const SetCrossExitTriggerRequest& b = static_cast<const SetCrossMarginExitTrigger*>(request)->body;
  if (auto good = check_kind(b); !good) return good;
  const bool trailing = b.kind && *b.kind == ExitTriggerKind::trailing;
  if (b.count && b.anchor_order_id) return broken("anchor_order_id", "not with count");
  if (b.anchor_order_id && trailing) return broken("anchor_order_id", "not with kind trailing");
  if (b.count && trailing) return broken("count", "not with kind trailing");
  if (b.count && !b.count->is_whole()) return broken("count", "whole contracts only");
  const bool appends = b.count || b.anchor_order_id;
  if (appends && !b.client_trigger_id) return broken("client_trigger_id", "is required with count or anchor_order_id");
  if (!appends && b.client_trigger_id) return broken("client_trigger_id", "only with count or anchor_order_id");
  return {};
}

Result<void> check_set_isolated(const void* request) { return check_kind(static_cast<const SetIsolatedMarginExitTrigger*>(request)->body); }

Result<void> check_update_trigger(const void* request) {
  const UpdateExitTriggerRequest& b = static_cast<const UpdateCrossMarginExitTrigger*>(request)->body;
  if (!b.stop_loss_price && !b.take_profit_price) return broken("stop_loss_price", "at least one of stop_loss_price and take_profit_price");
  return {};
}

}  // namespace

constinit const OperationInfo Operation<GetMarginPositions>::info = {.operation_id = "GetMarginPositions",
                                                                     .family = "portfolio",
                                                                     .name = "positions",
                                                                     .method = Method::get,
                                                                     .path = "/margin/positions",
                                                                     .auth = Auth::key_or_oauth,
                                                                     .success = 200,
                                                                     .request = &json::Schema<GetMarginPositions>::type,
                                                                     .response = &json::Schema<GetMarginPositionsResponse>::type,
                                                                     .summary = "Open positions"};
constinit const OperationInfo Operation<GetMarginFills>::info = {.operation_id = "GetMarginFills",
                                                                 .family = "portfolio",
                                                                 .name = "fills",
                                                                 .method = Method::get,
                                                                 .path = "/margin/fills",
                                                                 .auth = Auth::key_or_oauth,
                                                                 .success = 200,
                                                                 .request = &json::Schema<GetMarginFills>::type,
                                                                 .response = &json::Schema<GetMarginFillsResponse>::type,
                                                                 .page_items = "fills",
                                                                 .summary = "Own fills, newest first"};
constinit const OperationInfo Operation<SetCrossMarginExitTrigger>::info = {
    .operation_id = "SetCrossMarginExitTrigger",
    .family = "portfolio",
    .name = "set_cross_exit_trigger",
    .method = Method::put,
    .path = "/margin/cross/positions/{ticker}/exit_trigger",
    .auth = Auth::key,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<SetCrossMarginExitTrigger>::type,
    .body = &json::Schema<SetCrossExitTriggerRequest>::type,
    .body_at = body_of<SetCrossMarginExitTrigger>,
    .body_required = true,
    .response = &json::Schema<ExitTrigger>::type,
    .check = check_set_cross,
    .summary = "Sets or adds an exit trigger on a cross-margined position"};
constinit const OperationInfo Operation<GetCrossMarginExitTriggers>::info = {.operation_id = "GetCrossMarginExitTriggers",
                                                                             .family = "portfolio",
                                                                             .name = "cross_exit_triggers",
                                                                             .method = Method::get,
                                                                             .path = "/margin/cross/positions/{ticker}/exit_trigger",
                                                                             .auth = Auth::key,
                                                                             .success = 200,
                                                                             .since = Since::newer,
                                                                             .request = &json::Schema<GetCrossMarginExitTriggers>::type,
                                                                             .response = &json::Schema<GetExitTriggersResponse>::type,
                                                                             .summary = "Live exit triggers of a cross-margined position"};
constinit const OperationInfo Operation<DeleteCrossMarginExitTrigger>::info = {
    .operation_id = "DeleteCrossMarginExitTrigger",
    .family = "portfolio",
    .name = "cancel_cross_exit_triggers",
    .method = Method::del,
    .path = "/margin/cross/positions/{ticker}/exit_trigger",
    .auth = Auth::key,
    .success = 204,
    .since = Since::newer,
    .request = &json::Schema<DeleteCrossMarginExitTrigger>::type,
    .summary = "Cancels the exit triggers of a cross-margined position"};
constinit const OperationInfo Operation<UpdateCrossMarginExitTrigger>::info = {
    .operation_id = "UpdateCrossMarginExitTrigger",
    .family = "portfolio",
    .name = "update_cross_exit_trigger",
    .method = Method::put,
    .path = "/margin/cross/positions/{ticker}/exit_trigger/{trigger_id}",
    .auth = Auth::key,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<UpdateCrossMarginExitTrigger>::type,
    .body = &json::Schema<UpdateExitTriggerRequest>::type,
    .body_at = body_of<UpdateCrossMarginExitTrigger>,
    .body_required = true,
    .response = &json::Schema<ExitTrigger>::type,
    .check = check_update_trigger,
    .summary = "Changes the legs of one bracket"};
constinit const OperationInfo Operation<DeleteCrossMarginExitTriggerById>::info = {
    .operation_id = "DeleteCrossMarginExitTriggerById",
    .family = "portfolio",
    .name = "cancel_cross_exit_trigger",
    .method = Method::del,
    .path = "/margin/cross/positions/{ticker}/exit_trigger/{trigger_id}",
    .auth = Auth::key,
    .success = 204,
    .since = Since::newer,
    .request = &json::Schema<DeleteCrossMarginExitTriggerById>::type,
    .summary = "Cancels one bracket"};
constinit const OperationInfo Operation<SetIsolatedMarginExitTrigger>::info = {.operation_id = "SetIsolatedMarginExitTrigger",
                                                                               .family = "portfolio",
                                                                               .name = "set_isolated_exit_trigger",
                                                                               .method = Method::put,
                                                                               .path = "/margin/isolated/positions/{ticker}/exit_trigger",
                                                                               .auth = Auth::key,
                                                                               .success = 200,
                                                                               .since = Since::newer,
                                                                               .request = &json::Schema<SetIsolatedMarginExitTrigger>::type,
                                                                               .body = &json::Schema<SetIsolatedExitTriggerRequest>::type,
                                                                               .body_at = body_of<SetIsolatedMarginExitTrigger>,
                                                                               .body_required = true,
                                                                               .response = &json::Schema<ExitTrigger>::type,
                                                                               .check = check_set_isolated,
                                                                               .summary = "Sets an exit trigger on an isolated position"};
constinit const OperationInfo Operation<GetIsolatedMarginExitTriggers>::info = {
    .operation_id = "GetIsolatedMarginExitTriggers",
    .family = "portfolio",
    .name = "isolated_exit_triggers",
    .method = Method::get,
    .path = "/margin/isolated/positions/{ticker}/exit_trigger",
    .auth = Auth::key,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<GetIsolatedMarginExitTriggers>::type,
    .response = &json::Schema<GetExitTriggersResponse>::type,
    .summary = "Live exit triggers of an isolated position"};
constinit const OperationInfo Operation<DeleteIsolatedMarginExitTrigger>::info = {
    .operation_id = "DeleteIsolatedMarginExitTrigger",
    .family = "portfolio",
    .name = "cancel_isolated_exit_triggers",
    .method = Method::del,
    .path = "/margin/isolated/positions/{ticker}/exit_trigger",
    .auth = Auth::key,
    .success = 204,
    .since = Since::newer,
    .request = &json::Schema<DeleteIsolatedMarginExitTrigger>::type,
    .summary = "Cancels the exit triggers of an isolated position"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::MarginPosition>::type = object_type<rest::MarginPosition>("MarginPosition", rest::kMarginPosition);
constinit const TypeInfo Schema<rest::GetMarginPositionsResponse>::type =
    object_type<rest::GetMarginPositionsResponse>("GetMarginPositionsResponse", rest::kGetMarginPositionsResponse);
constinit const TypeInfo Schema<rest::MarginFill>::type = object_type<rest::MarginFill>("MarginFill", rest::kMarginFill);
constinit const TypeInfo Schema<rest::GetMarginFillsResponse>::type =
    object_type<rest::GetMarginFillsResponse>("GetMarginFillsResponse", rest::kGetMarginFillsResponse);
constinit const TypeInfo Schema<rest::ExitTrigger>::type = object_type<rest::ExitTrigger>("ExitTrigger", rest::kExitTrigger);
constinit const TypeInfo Schema<rest::GetExitTriggersResponse>::type =
    object_type<rest::GetExitTriggersResponse>("GetExitTriggersResponse", rest::kGetExitTriggersResponse);
constinit const TypeInfo Schema<rest::SetCrossExitTriggerRequest>::type =
    object_type<rest::SetCrossExitTriggerRequest>("SetCrossExitTriggerRequest", rest::kSetCrossExitTriggerRequest);
constinit const TypeInfo Schema<rest::SetIsolatedExitTriggerRequest>::type =
    object_type<rest::SetIsolatedExitTriggerRequest>("SetIsolatedExitTriggerRequest", rest::kSetIsolatedExitTriggerRequest);
constinit const TypeInfo Schema<rest::UpdateExitTriggerRequest>::type =
    object_type<rest::UpdateExitTriggerRequest>("UpdateExitTriggerRequest", rest::kUpdateExitTriggerRequest);
constinit const TypeInfo Schema<rest::GetMarginPositions>::type =
    object_type<rest::GetMarginPositions>("GetMarginPositions", rest::kGetMarginPositions);
constinit const TypeInfo Schema<rest::GetMarginFills>::type = object_type<rest::GetMarginFills>("GetMarginFills", rest::kGetMarginFills);
constinit const TypeInfo Schema<rest::SetCrossMarginExitTrigger>::type =
    object_type<rest::SetCrossMarginExitTrigger>("SetCrossMarginExitTrigger", rest::kSetCrossMarginExitTrigger);
constinit const TypeInfo Schema<rest::GetCrossMarginExitTriggers>::type =
    object_type<rest::GetCrossMarginExitTriggers>("GetCrossMarginExitTriggers", rest::kGetCrossMarginExitTriggers);
constinit const TypeInfo Schema<rest::DeleteCrossMarginExitTrigger>::type =
    object_type<rest::DeleteCrossMarginExitTrigger>("DeleteCrossMarginExitTrigger", rest::kDeleteCrossMarginExitTrigger);
constinit const TypeInfo Schema<rest::UpdateCrossMarginExitTrigger>::type =
    object_type<rest::UpdateCrossMarginExitTrigger>("UpdateCrossMarginExitTrigger", rest::kUpdateCrossMarginExitTrigger);
constinit const TypeInfo Schema<rest::DeleteCrossMarginExitTriggerById>::type =
    object_type<rest::DeleteCrossMarginExitTriggerById>("DeleteCrossMarginExitTriggerById", rest::kDeleteCrossMarginExitTriggerById);
constinit const TypeInfo Schema<rest::SetIsolatedMarginExitTrigger>::type =
    object_type<rest::SetIsolatedMarginExitTrigger>("SetIsolatedMarginExitTrigger", rest::kSetIsolatedMarginExitTrigger);
constinit const TypeInfo Schema<rest::GetIsolatedMarginExitTriggers>::type =
    object_type<rest::GetIsolatedMarginExitTriggers>("GetIsolatedMarginExitTriggers", rest::kGetIsolatedMarginExitTriggers);
constinit const TypeInfo Schema<rest::DeleteIsolatedMarginExitTrigger>::type =
    object_type<rest::DeleteIsolatedMarginExitTrigger>("DeleteIsolatedMarginExitTrigger", rest::kDeleteIsolatedMarginExitTrigger);
}  // namespace marginfix::json
