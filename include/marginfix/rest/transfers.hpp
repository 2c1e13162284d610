// Family `transfers`: between the exchange's instances (centicents) and between subaccounts (cents). Moves money: each is sent once.
// Source: rest-perps.md "Transfers", "Transfers and subaccounts", operations 37 to 39.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

struct IntraExchangeInstanceTransferRequest {
  std::optional<std::string> client_transfer_id{};  // duplicate guard; primary accounts only
  Open<ExchangeInstance> source{};
  Open<ExchangeInstance> destination{};
  Centicents amount{};  // 10,000 = 1 USD
  std::optional<std::int32_t> source_exchange_shard{};
  std::optional<std::int32_t> destination_exchange_shard{};
  std::optional<std::int32_t> source_subaccount{};       // event contract to event contract only
  std::optional<std::int32_t> destination_subaccount{};  // event contract to event contract only
};

struct IntraExchangeInstanceTransferResponse {
  std::string transfer_id{};  // the exchange's own
  json::UnknownMembers unknown{};
};

struct CreateSubaccountResponse {
  std::int32_t subaccount_number{0};  // 1 to 63
  json::UnknownMembers unknown{};
};

struct ApplySubaccountTransferRequest {
  std::string client_transfer_id{};  // used once
  std::int32_t from_subaccount{0};
  std::int32_t to_subaccount{0};
  Cents amount_cents{};                          // 100 = 1 USD
  std::optional<std::int32_t> exchange_index{};  // ignored for perps
};

// {} = done
struct ApplySubaccountTransferResponse {
  json::UnknownMembers unknown{};
};

// POST /portfolio/intra_exchange_instance_transfer: 200 = accepted, done later
struct IntraExchangeInstanceTransfer {
  using Response = IntraExchangeInstanceTransferResponse;
  IntraExchangeInstanceTransferRequest body{};
};

// POST /portfolio/margin/subaccounts
struct CreateMarginSubaccount {
  using Response = CreateSubaccountResponse;
  EmptyResponse body{};  // the live exchange wants a JSON body
};

// POST /portfolio/margin/subaccounts/transfer
struct ApplyMarginSubaccountTransfer {
  using Response = ApplySubaccountTransferResponse;
  ApplySubaccountTransferRequest body{};
};

}  // namespace marginfix::rest

MARGINFIX_SCHEMA(marginfix::rest::IntraExchangeInstanceTransferRequest);
MARGINFIX_SCHEMA(marginfix::rest::IntraExchangeInstanceTransferResponse);
MARGINFIX_SCHEMA(marginfix::rest::CreateSubaccountResponse);
MARGINFIX_SCHEMA(marginfix::rest::ApplySubaccountTransferRequest);
MARGINFIX_SCHEMA(marginfix::rest::ApplySubaccountTransferResponse);
MARGINFIX_SCHEMA(marginfix::rest::IntraExchangeInstanceTransfer);
MARGINFIX_SCHEMA(marginfix::rest::CreateMarginSubaccount);
MARGINFIX_SCHEMA(marginfix::rest::ApplyMarginSubaccountTransfer);
MARGINFIX_OPERATION(marginfix::rest::IntraExchangeInstanceTransfer);
MARGINFIX_OPERATION(marginfix::rest::CreateMarginSubaccount);
MARGINFIX_OPERATION(marginfix::rest::ApplyMarginSubaccountTransfer);
