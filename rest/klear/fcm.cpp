// The tables of klear/fcm.hpp.
#include "marginfix/klear/fcm.hpp"

#include <algorithm>

#include "rest/klear/tables.hpp"

namespace marginfix::klear {
namespace {

bool is_subtrader(std::string_view text) {
  const auto cut = text.rfind('_');
  if (cut == std::string_view::npos || cut == 0) return false;
  const std::string_view suffix = text.substr(cut + 1);
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !suffix.empty() && suffix.size() <= 16 && std::ranges::all_of(suffix, fits);
}
constexpr json::Limits kSubtrader{.pattern = is_subtrader, .pattern_text = "{your_account_id}_{suffix}, the suffix 1 to 16 of a-z and 0-9"};

constexpr FieldInfo kMarginSubtraderGroup[] = {field<&MarginSubtraderGroup::group_id>("group_id"),
                                               field<&MarginSubtraderGroup::member_subtrader_ids>("member_subtrader_ids")};
constexpr FieldInfo kGetMarginSubtraderGroupsResponse[] = {field<&GetMarginSubtraderGroupsResponse::groups>("groups")};
constexpr FieldInfo kCreateMarginSubtraderGroupRequest[] = {
    field<&CreateMarginSubtraderGroupRequest::subtrader_ids>("subtrader_ids").with({.min_length = 1})};
constexpr FieldInfo kCreateMarginSubtraderGroupResponse[] = {field<&CreateMarginSubtraderGroupResponse::group_id>("group_id")};
constexpr FieldInfo kUpdateMarginSubtraderGroupRequest[] = {
    field<&UpdateMarginSubtraderGroupRequest::subtrader_ids>("subtrader_ids").with({.min_length = 1})};
constexpr FieldInfo kCreateMarginFcmApiKeyRequest[] = {
    field<&CreateMarginFcmApiKeyRequest::name>("name").with({.characters = json::Characters::text}),
    field<&CreateMarginFcmApiKeyRequest::public_key>("public_key").with({.characters = json::Characters::lines}),
    field<&CreateMarginFcmApiKeyRequest::fcm_subtrader_id>("fcm_subtrader_id").with(kSubtrader)};
constexpr FieldInfo kCreateMarginFcmApiKeyResponse[] = {field<&CreateMarginFcmApiKeyResponse::api_key_id>("api_key_id"),
                                                        field<&CreateMarginFcmApiKeyResponse::warning>("warning")};
constexpr FieldInfo kGenerateMarginFcmApiKeyRequest[] = {
    field<&GenerateMarginFcmApiKeyRequest::name>("name").with({.characters = json::Characters::text}),
    field<&GenerateMarginFcmApiKeyRequest::fcm_subtrader_id>("fcm_subtrader_id").with(kSubtrader)};
constexpr FieldInfo kGenerateMarginFcmApiKeyResponse[] = {field<&GenerateMarginFcmApiKeyResponse::api_key_id>("api_key_id"),
                                                          field<&GenerateMarginFcmApiKeyResponse::private_key>("private_key"),
                                                          field<&GenerateMarginFcmApiKeyResponse::warning>("warning")};
constexpr FieldInfo kMarginFcmApiKey[] = {field<&MarginFcmApiKey::api_key_id>("api_key_id"),
                                          field<&MarginFcmApiKey::name>("name").expected(),
                                          field<&MarginFcmApiKey::fcm_subtrader_id>("fcm_subtrader_id")};
constexpr FieldInfo kListMarginFcmApiKeysResponse[] = {field<&ListMarginFcmApiKeysResponse::api_keys>("api_keys")};
constexpr FieldInfo kUpdateMarginSubtraderGroup[] = {field<&UpdateMarginSubtraderGroup::group_id>("group_id").with(kUuid)};
constexpr FieldInfo kDeleteMarginSubtraderGroup[] = {field<&DeleteMarginSubtraderGroup::group_id>("group_id").with(kUuid)};
constexpr FieldInfo kListMarginFcmApiKeys[] = {field<&ListMarginFcmApiKeys::fcm_subtrader_id>("fcm_subtrader_id")};
constexpr FieldInfo kDeleteMarginFcmApiKey[] = {field<&DeleteMarginFcmApiKey::api_key_id>("api_key_id").with(kUuid)};

Result<void> check_members(const std::vector<std::string>& ids) {
  if (std::ranges::any_of(ids, &std::string::empty)) return broken("subtrader_ids", "none may be empty");
  return {};
}
Result<void> check_new_group(const void* request) {
  return check_members(static_cast<const CreateMarginSubtraderGroup*>(request)->body.subtrader_ids);
}
Result<void> check_group_members(const void* request) {
  return check_members(static_cast<const UpdateMarginSubtraderGroup*>(request)->body.subtrader_ids);
}

// A private key handed in by mistake must not leave the house.
Result<void> check_public_key(const void* request) {
  const std::string& pem = static_cast<const CreateMarginFcmApiKey*>(request)->body.public_key;
  if (pem.find("PRIVATE KEY") != std::string::npos) return broken("public_key", "is a private key; give the public one");
  if (pem.find("-----BEGIN ") == std::string::npos) return broken("public_key", "must be PEM text (-----BEGIN PUBLIC KEY----- ...)");
  return {};
}

}  // namespace
}  // namespace marginfix::klear

MARGINFIX_KLEAR_TABLE(MarginSubtraderGroup);
MARGINFIX_KLEAR_TABLE(GetMarginSubtraderGroupsResponse);
MARGINFIX_KLEAR_TABLE(CreateMarginSubtraderGroupRequest);
MARGINFIX_KLEAR_TABLE(CreateMarginSubtraderGroupResponse);
MARGINFIX_KLEAR_TABLE(UpdateMarginSubtraderGroupRequest);
MARGINFIX_KLEAR_TABLE(CreateMarginFcmApiKeyRequest);
MARGINFIX_KLEAR_TABLE(CreateMarginFcmApiKeyResponse);
MARGINFIX_KLEAR_TABLE(GenerateMarginFcmApiKeyRequest);
MARGINFIX_KLEAR_TABLE(GenerateMarginFcmApiKeyResponse);
MARGINFIX_KLEAR_TABLE(MarginFcmApiKey);
MARGINFIX_KLEAR_TABLE(ListMarginFcmApiKeysResponse);
MARGINFIX_KLEAR_EMPTY(GetMarginSubtraderGroups);
MARGINFIX_KLEAR_EMPTY(CreateMarginSubtraderGroup);
MARGINFIX_KLEAR_TABLE(UpdateMarginSubtraderGroup);
MARGINFIX_KLEAR_TABLE(DeleteMarginSubtraderGroup);
MARGINFIX_KLEAR_EMPTY(CreateMarginFcmApiKey);
MARGINFIX_KLEAR_TABLE(ListMarginFcmApiKeys);
MARGINFIX_KLEAR_EMPTY(GenerateMarginFcmApiKey);
MARGINFIX_KLEAR_TABLE(DeleteMarginFcmApiKey);

namespace marginfix::rest {

constinit const OperationInfo Operation<klear::GetMarginSubtraderGroups>::info = klear::klear_read<klear::GetMarginSubtraderGroups>(
    "GetMarginSubtraderGroups", "list_subtrader_groups", "/fcm/margin/subtrader_groups", "Subtrader groups and their members");
constinit const OperationInfo Operation<klear::CreateMarginSubtraderGroup>::info =
    klear::with_check(klear::klear_operation<klear::CreateMarginSubtraderGroup>("CreateMarginSubtraderGroup", "create_subtrader_group",
                                                                                Method::post, "/fcm/margin/subtrader_groups", 200,
                                                                                "Makes a group that is margined as one portfolio"),
                      klear::check_new_group);
constinit const OperationInfo Operation<klear::UpdateMarginSubtraderGroup>::info =
    klear::with_check(klear::klear_operation<klear::UpdateMarginSubtraderGroup>("UpdateMarginSubtraderGroup", "update_subtrader_group",
                                                                                Method::put, "/fcm/margin/subtrader_groups/{group_id}", 200,
                                                                                "Replaces the members of a group"),
                      klear::check_group_members);
constinit const OperationInfo Operation<klear::DeleteMarginSubtraderGroup>::info =
    klear::klear_operation<klear::DeleteMarginSubtraderGroup>("DeleteMarginSubtraderGroup", "delete_subtrader_group", Method::del,
                                                              "/fcm/margin/subtrader_groups/{group_id}", 200,
                                                              "Removes a group, if it is there");
constinit const OperationInfo Operation<klear::ListMarginFcmApiKeys>::info = klear::klear_read<klear::ListMarginFcmApiKeys>(
    "ListMarginFcmApiKeys", "list_fcm_api_keys", "/fcm/margin/api_keys", "Keys bound to subtraders");
constinit const OperationInfo Operation<klear::CreateMarginFcmApiKey>::info = klear::with_check(
    klear::klear_operation<klear::CreateMarginFcmApiKey>("CreateMarginFcmApiKey", "create_fcm_api_key", Method::post,
                                                         "/fcm/margin/api_keys", 201, "Makes a key bound to a subtrader from a public key"),
    klear::check_public_key);
constinit const OperationInfo Operation<klear::GenerateMarginFcmApiKey>::info = klear::klear_operation<klear::GenerateMarginFcmApiKey>(
    "GenerateMarginFcmApiKey", "generate_fcm_api_key", Method::post, "/fcm/margin/api_keys/generate", 201,
    "Makes a key bound to a subtrader; its private key is shown once");
constinit const OperationInfo Operation<klear::DeleteMarginFcmApiKey>::info = klear::klear_operation<klear::DeleteMarginFcmApiKey>(
    "DeleteMarginFcmApiKey", "delete_fcm_api_key", Method::del, "/fcm/margin/api_keys/{api_key_id}", 204, "Revokes a key for good");

}  // namespace marginfix::rest
