// Subtrader groups (netted as one portfolio at each settlement) and API keys bound to a subtrader, for FCM clearing members. Plain values.
// Source: klear.md operations 21 to 28, "What a server must do".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "marginfix/klear/common.hpp"

namespace marginfix::klear {

struct MarginSubtraderGroup {
  std::string group_id{};  // UUID
  std::vector<std::string> member_subtrader_ids{};
  json::UnknownMembers unknown{};
};

struct GetMarginSubtraderGroupsResponse {
  std::vector<MarginSubtraderGroup> groups{};
  json::UnknownMembers unknown{};
};

// A subtrader is in at most one group (409 otherwise).
struct CreateMarginSubtraderGroupRequest {
  std::vector<std::string> subtrader_ids{};  // at least one, none empty
};

struct CreateMarginSubtraderGroupResponse {
  std::string group_id{};  // UUID
  json::UnknownMembers unknown{};
};

// The whole new membership: it replaces the old one.
struct UpdateMarginSubtraderGroupRequest {
  std::vector<std::string> subtrader_ids{};  // at least one, none empty
};

struct CreateMarginFcmApiKeyRequest {
  std::string name{};              // purpose
  std::string public_key{};        // RSA or Ed25519, PEM
  std::string fcm_subtrader_id{};  // {your_account_id}_{suffix}, suffix 1 to 16 of [a-z0-9]; bound for good
};

struct CreateMarginFcmApiKeyResponse {
  std::string api_key_id{};
  Nullable<std::string> warning{};  // names missing risk controls; the key is made all the same
  json::UnknownMembers unknown{};
};

struct GenerateMarginFcmApiKeyRequest {
  std::string name{};
  std::string fcm_subtrader_id{};
};

struct GenerateMarginFcmApiKeyResponse {
  std::string api_key_id{};
  SecretString private_key{};  // RSA, PEM; shown once, kept nowhere
  Nullable<std::string> warning{};
  json::UnknownMembers unknown{};
};

struct MarginFcmApiKey {
  std::string api_key_id{};
  std::optional<std::string> name{};
  std::string fcm_subtrader_id{};
  json::UnknownMembers unknown{};
};

struct ListMarginFcmApiKeysResponse {
  std::vector<MarginFcmApiKey> api_keys{};
  json::UnknownMembers unknown{};
};

// GET /fcm/margin/subtrader_groups
struct GetMarginSubtraderGroups {
  using Response = GetMarginSubtraderGroupsResponse;
};

// POST /fcm/margin/subtrader_groups
struct CreateMarginSubtraderGroup {
  using Response = CreateMarginSubtraderGroupResponse;
  CreateMarginSubtraderGroupRequest body{};
};

// PUT /fcm/margin/subtrader_groups/{group_id}: answers 200 without a body
struct UpdateMarginSubtraderGroup {
  using Response = rest::NoContent;
  std::string group_id{};  // UUID
  UpdateMarginSubtraderGroupRequest body{};
};

// DELETE /fcm/margin/subtrader_groups/{group_id}: succeeds (200, no body) also when the group is gone
struct DeleteMarginSubtraderGroup {
  using Response = rest::NoContent;
  std::string group_id{};  // UUID
};

// POST /fcm/margin/api_keys. 409: the subtrader is not visible yet in the credential registry; try again shortly.
struct CreateMarginFcmApiKey {
  using Response = CreateMarginFcmApiKeyResponse;
  CreateMarginFcmApiKeyRequest body{};
};

// GET /fcm/margin/api_keys
struct ListMarginFcmApiKeys {
  using Response = ListMarginFcmApiKeysResponse;
  std::optional<std::string> fcm_subtrader_id{};
};

// POST /fcm/margin/api_keys/generate
struct GenerateMarginFcmApiKey {
  using Response = GenerateMarginFcmApiKeyResponse;
  GenerateMarginFcmApiKeyRequest body{};
};

// DELETE /fcm/margin/api_keys/{api_key_id}: final, and ends the key's live connections
struct DeleteMarginFcmApiKey {
  using Response = rest::NoContent;
  std::string api_key_id{};  // UUID
};

}  // namespace marginfix::klear

MARGINFIX_SCHEMA(marginfix::klear::MarginSubtraderGroup);
MARGINFIX_SCHEMA(marginfix::klear::GetMarginSubtraderGroupsResponse);
MARGINFIX_SCHEMA(marginfix::klear::CreateMarginSubtraderGroupRequest);
MARGINFIX_SCHEMA(marginfix::klear::CreateMarginSubtraderGroupResponse);
MARGINFIX_SCHEMA(marginfix::klear::UpdateMarginSubtraderGroupRequest);
MARGINFIX_SCHEMA(marginfix::klear::CreateMarginFcmApiKeyRequest);
MARGINFIX_SCHEMA(marginfix::klear::CreateMarginFcmApiKeyResponse);
MARGINFIX_SCHEMA(marginfix::klear::GenerateMarginFcmApiKeyRequest);
MARGINFIX_SCHEMA(marginfix::klear::GenerateMarginFcmApiKeyResponse);
MARGINFIX_SCHEMA(marginfix::klear::MarginFcmApiKey);
MARGINFIX_SCHEMA(marginfix::klear::ListMarginFcmApiKeysResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetMarginSubtraderGroups);
MARGINFIX_SCHEMA(marginfix::klear::CreateMarginSubtraderGroup);
MARGINFIX_SCHEMA(marginfix::klear::UpdateMarginSubtraderGroup);
MARGINFIX_SCHEMA(marginfix::klear::DeleteMarginSubtraderGroup);
MARGINFIX_SCHEMA(marginfix::klear::CreateMarginFcmApiKey);
MARGINFIX_SCHEMA(marginfix::klear::ListMarginFcmApiKeys);
MARGINFIX_SCHEMA(marginfix::klear::GenerateMarginFcmApiKey);
MARGINFIX_SCHEMA(marginfix::klear::DeleteMarginFcmApiKey);
MARGINFIX_OPERATION(marginfix::klear::GetMarginSubtraderGroups);
MARGINFIX_OPERATION(marginfix::klear::CreateMarginSubtraderGroup);
MARGINFIX_OPERATION(marginfix::klear::UpdateMarginSubtraderGroup);
MARGINFIX_OPERATION(marginfix::klear::DeleteMarginSubtraderGroup);
MARGINFIX_OPERATION(marginfix::klear::CreateMarginFcmApiKey);
MARGINFIX_OPERATION(marginfix::klear::ListMarginFcmApiKeys);
MARGINFIX_OPERATION(marginfix::klear::GenerateMarginFcmApiKey);
MARGINFIX_OPERATION(marginfix::klear::DeleteMarginFcmApiKey);
