// Money between the instances of the exchange and between subaccounts. Source: rest-perps.md "Transfers and subaccounts"; recorded bodies
// and codes: observed.md (user_not_found, transfer_already_applied). Codes that neither gives follow the engine's words.
#include "sim/doors/rest/choice.hpp"
#include "sim/doors/rest/member_endpoints.hpp"
#include "sim/doors/rest/refusals.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/members.hpp"

namespace marginfix::sim {
namespace {

constexpr Choice<Instance> kInstances[] = {{"event_contract", Instance::EventContract}, {"margined", Instance::Margined}};
constexpr std::int64_t kMostDollars = 1'000'000'000;
constexpr std::int64_t kMicrosPerCenticent = 100, kMicrosPerCent = 10'000;
constexpr std::int64_t kMostShard = 100;

// "" = not given.
std::string transfer_id(EndpointRequest& request, bool required) {
  const auto id = request.body_text("client_transfer_id", required);
  if (!id) return {};
  if (!is_uuid(*id)) complain(request, "client_transfer_id", "must be a UUID");
  return *id;
}

int subaccount_of(EndpointRequest& request, std::string_view name, bool required) {
  return static_cast<int>(request.body_integer(name, 0, kMaxSubaccount, required).value_or(0));
}

// Keys that are locked or bound move no money of others.
std::optional<HttpAnswer> confined(const EndpointRequest& request) {
  if (!request.caller->subaccount && request.caller->subtrader.empty()) return std::nullopt;
  return nested_error(403, "forbidden", "forbidden", "this API key is bound to one subaccount or subtrader");
}

std::optional<HttpAnswer> nobody(const EndpointRequest& request) {
  if (request.caller->margin_enabled) return std::nullopt;
  return nested_error(404, "user_not_found", "user not found");
}

HttpAnswer refused_transfer(TransferRefusal refusal) {
  switch (refusal) {
    case TransferRefusal::AlreadyApplied:
      return nested_error(409, "transfer_already_applied", "transfer already applied", "client_transfer_id was used before");
    case TransferRefusal::NoSubaccount:
      return refused(Reason::UnknownAccount);
    case TransferRefusal::InsufficientFunds:
    case TransferRefusal::None:
      break;
  }
  return refused(Reason::InsufficientBalance);
}

void check_route(EndpointRequest& request, const InstanceTransfer& t) {
  const bool outside = t.source == Instance::EventContract && t.destination == Instance::EventContract;
  if (!outside && (t.source_subaccount != 0 || t.destination_subaccount != 0)) {
    complain(request, "source_subaccount", "and destination_subaccount are for transfers from event contract to event contract only");
  }
  if (!t.client_transfer_id.empty() && (t.source_subaccount != 0 || t.destination_subaccount != 0)) {
    complain(request, "client_transfer_id", "is for primary accounts only");
  }
  if (t.source == t.destination && t.source_subaccount == t.destination_subaccount) {
    complain(request, "destination", "must differ from the source");
  }
}

}  // namespace

HttpAnswer instance_transfer(RestDoorContext& door, EndpointRequest& request) {
  InstanceTransfer t;
  t.account = request.caller->account;
  const std::string id = transfer_id(request, false);
  t.client_transfer_id = id;
  t.source = body_choice(request, "source", kInstances, true).value_or(Instance::EventContract);
  t.destination = body_choice(request, "destination", kInstances, true).value_or(Instance::Margined);
  const auto centicents = request.body_integer("amount", 1, kMostDollars * 10'000, true).value_or(0);
  t.amount = DollarDecimal::from_units(centicents * kMicrosPerCenticent);
  for (const char* shard : {"source_exchange_shard", "destination_exchange_shard"}) {
    if (request.body_integer(shard, 0, kMostShard).value_or(0) != 0) complain(request, shard, "there is no such exchange shard");
  }
  t.source_subaccount = subaccount_of(request, "source_subaccount", false);
  t.destination_subaccount = subaccount_of(request, "destination_subaccount", false);
  check_route(request, t);
  if (request.problem) return *request.problem;
  if (auto no = margin_not_enabled(request)) return *no;
  if (auto no = confined(request)) return *no;
  const TransferOutcome done = door.exchange.run(commands::InstanceTransfer{t});
  if (done.refusal != TransferRefusal::None) return refused_transfer(done.refusal);
  HttpAnswer answer;
  json::Writer(answer.body).begin_object().member("transfer_id", done.transfer_id.view()).end_object();
  return answer;
}

HttpAnswer create_subaccount(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = nobody(request)) return *no;
  if (auto no = confined(request)) return *no;
  const auto number = door.exchange.run(commands::CreateSubaccount{request.caller->account});
  if (!number) {
    return nested_error(400, "subaccount_limit_reached", "subaccount limit reached", "63 numbered subaccounts exist already");
  }
  HttpAnswer answer{201, {}};
  json::Writer(answer.body).begin_object().member("subaccount_number", *number).end_object();
  return answer;
}

HttpAnswer transfer_subaccount(RestDoorContext& door, EndpointRequest& request) {
  const std::string id = transfer_id(request, true);
  const int from = subaccount_of(request, "from_subaccount", true);
  const int to = subaccount_of(request, "to_subaccount", true);
  const auto cents = request.body_integer("amount_cents", 1, kMostDollars * 100, true).value_or(0);
  request.body_integer("exchange_index", 0, INT32_MAX);  // ignored for perps
  if (from == to) complain(request, "to_subaccount", "must differ from from_subaccount");
  if (request.problem) return *request.problem;
  if (auto no = nobody(request)) return *no;
  if (auto no = confined(request)) return *no;
  const DollarDecimal amount = DollarDecimal::from_units(cents * kMicrosPerCent);
  const TransferOutcome done = door.exchange.run(commands::SubaccountTransfer{request.caller->account, from, to, amount, id});
  return done.refusal == TransferRefusal::None ? HttpAnswer{200, "{}"} : refused_transfer(done.refusal);
}

}  // namespace marginfix::sim
