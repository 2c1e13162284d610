// The tables of rest/transfers.hpp, and the rules between fields.
#include "marginfix/rest/transfers.hpp"

#include "rest/operations/patterns.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kIntraExchangeInstanceTransferRequest[] = {
    field<&IntraExchangeInstanceTransferRequest::client_transfer_id>("client_transfer_id")
        .with({.pattern = is_uuid, .pattern_text = "a UUID"}),
    field<&IntraExchangeInstanceTransferRequest::source>("source"),
    field<&IntraExchangeInstanceTransferRequest::destination>("destination"),
    field<&IntraExchangeInstanceTransferRequest::amount>("amount").with({.positive = true}),
    field<&IntraExchangeInstanceTransferRequest::source_exchange_shard>("source_exchange_shard").with({.least = 0, .most = 100}),
    field<&IntraExchangeInstanceTransferRequest::destination_exchange_shard>("destination_exchange_shard").with({.least = 0, .most = 100}),
    field<&IntraExchangeInstanceTransferRequest::source_subaccount>("source_subaccount").with({.least = 0, .most = 63}),
    field<&IntraExchangeInstanceTransferRequest::destination_subaccount>("destination_subaccount").with({.least = 0, .most = 63})};
constexpr FieldInfo kIntraExchangeInstanceTransferResponse[] = {field<&IntraExchangeInstanceTransferResponse::transfer_id>("transfer_id")};
constexpr FieldInfo kCreateSubaccountResponse[] = {field<&CreateSubaccountResponse::subaccount_number>("subaccount_number")};
constexpr FieldInfo kApplySubaccountTransferRequest[] = {
    field<&ApplySubaccountTransferRequest::client_transfer_id>("client_transfer_id").with({.pattern = is_uuid, .pattern_text = "a UUID"}),
    field<&ApplySubaccountTransferRequest::from_subaccount>("from_subaccount").with({.least = 0, .most = 63}),
    field<&ApplySubaccountTransferRequest::to_subaccount>("to_subaccount").with({.least = 0, .most = 63}),
    field<&ApplySubaccountTransferRequest::amount_cents>("amount_cents").with({.positive = true}),
    field<&ApplySubaccountTransferRequest::exchange_index>("exchange_index").with({.least = 0})};

Result<void> check_instance_transfer(const void* request) {
  const IntraExchangeInstanceTransferRequest& b = static_cast<const IntraExchangeInstanceTransfer*>(request)->body;
  const bool events_only = b.source == ExchangeInstance::event_contract && b.destination == ExchangeInstance::event_contract;
  const bool subaccounts = b.source_subaccount.value_or(0) != 0 || b.destination_subaccount.value_or(0) != 0;
  if (subaccounts && !events_only) {
    return broken(b.source_subaccount.value_or(0) != 0 ? "source_subaccount" : "destination_subaccount",
                  "only from event_contract to event_contract");
  }
  if (subaccounts && b.client_transfer_id) return broken("client_transfer_id", "for primary accounts only");
  const bool same_place = b.source_exchange_shard.value_or(0) == b.destination_exchange_shard.value_or(0) &&
                          b.source_subaccount.value_or(0) == b.destination_subaccount.value_or(0);
  if (b.source == b.destination && same_place) return broken("destination", "is where the money is already");
  return {};
}

Result<void> check_subaccount_transfer(const void* request) {
  const ApplySubaccountTransferRequest& b = static_cast<const ApplyMarginSubaccountTransfer*>(request)->body;
  if (b.from_subaccount == b.to_subaccount) return broken("to_subaccount", "is where the money is already");
  return {};
}

}  // namespace

constinit const OperationInfo Operation<IntraExchangeInstanceTransfer>::info = {
    .operation_id = "IntraExchangeInstanceTransfer",
    .family = "transfers",
    .name = "transfer_instance",
    .method = Method::post,
    .path = "/portfolio/intra_exchange_instance_transfer",
    .auth = Auth::key,
    .success = 200,
    .request = &json::Schema<IntraExchangeInstanceTransfer>::type,
    .body = &json::Schema<IntraExchangeInstanceTransferRequest>::type,
    .body_at = body_of<IntraExchangeInstanceTransfer>,
    .body_required = true,
    .response = &json::Schema<IntraExchangeInstanceTransferResponse>::type,
    .check = check_instance_transfer,
    .summary = "Moves money between event contracts and margin"};
constinit const OperationInfo Operation<CreateMarginSubaccount>::info = {.operation_id = "CreateMarginSubaccount",
                                                                         .family = "transfers",
                                                                         .name = "create_subaccount",
                                                                         .method = Method::post,
                                                                         .path = "/portfolio/margin/subaccounts",
                                                                         .auth = Auth::key,
                                                                         .success = 201,
                                                                         .request = &json::Schema<CreateMarginSubaccount>::type,
                                                                         .body = &json::Schema<EmptyResponse>::type,
                                                                         .body_at = body_of<CreateMarginSubaccount>,
                                                                         .response = &json::Schema<CreateSubaccountResponse>::type,
                                                                         .summary = "Makes the next subaccount"};
constinit const OperationInfo Operation<ApplyMarginSubaccountTransfer>::info = {
    .operation_id = "ApplyMarginSubaccountTransfer",
    .family = "transfers",
    .name = "transfer_subaccount",
    .method = Method::post,
    .path = "/portfolio/margin/subaccounts/transfer",
    .auth = Auth::key,
    .success = 200,
    .request = &json::Schema<ApplyMarginSubaccountTransfer>::type,
    .body = &json::Schema<ApplySubaccountTransferRequest>::type,
    .body_at = body_of<ApplyMarginSubaccountTransfer>,
    .body_required = true,
    .response = &json::Schema<ApplySubaccountTransferResponse>::type,
    .check = check_subaccount_transfer,
    .summary = "Moves money between subaccounts"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::IntraExchangeInstanceTransferRequest>::type = object_type<rest::IntraExchangeInstanceTransferRequest>(
    "IntraExchangeInstanceTransferRequest", rest::kIntraExchangeInstanceTransferRequest);
constinit const TypeInfo Schema<rest::IntraExchangeInstanceTransferResponse>::type =
    object_type<rest::IntraExchangeInstanceTransferResponse>("IntraExchangeInstanceTransferResponse",
                                                             rest::kIntraExchangeInstanceTransferResponse);
constinit const TypeInfo Schema<rest::CreateSubaccountResponse>::type =
    object_type<rest::CreateSubaccountResponse>("CreateSubaccountResponse", rest::kCreateSubaccountResponse);
constinit const TypeInfo Schema<rest::ApplySubaccountTransferRequest>::type =
    object_type<rest::ApplySubaccountTransferRequest>("ApplySubaccountTransferRequest", rest::kApplySubaccountTransferRequest);
constinit const TypeInfo Schema<rest::ApplySubaccountTransferResponse>::type =
    object_type<rest::ApplySubaccountTransferResponse>("ApplySubaccountTransferResponse", {});
constinit const TypeInfo Schema<rest::IntraExchangeInstanceTransfer>::type =
    object_type<rest::IntraExchangeInstanceTransfer>("IntraExchangeInstanceTransfer", {});
constinit const TypeInfo Schema<rest::CreateMarginSubaccount>::type =
    object_type<rest::CreateMarginSubaccount>("CreateMarginSubaccount", {});
constinit const TypeInfo Schema<rest::ApplyMarginSubaccountTransfer>::type =
    object_type<rest::ApplyMarginSubaccountTransfer>("ApplyMarginSubaccountTransfer", {});
}  // namespace marginfix::json
