// Subtrader groups and API keys of an FCM. Source: klear.md operations 21 to 28, "What a server must do".
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <boost/json/array.hpp>
#include <memory>

#include "marginfix/core/secret.hpp"
#include "marginfix/core/uuid.hpp"
#include "sim/doors/klear/support.hpp"
#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim::klear {
namespace {

constexpr std::size_t kMostName = 128;
constexpr std::size_t kMostGroup = 10'000;

// ---- subtraders -------------------------------------------------------------------------------------------------------------

bool exists(const KlearDoorContext& context, AccountId member, const std::string& id) {
  return views::find_subtrader(context.exchange.state(), member, id).has_value();
}

// What is missing for a subtrader to be bounded; "" = nothing.
std::string warning_for(const KlearDoorContext& context, AccountId member, const std::string& id) {
  const auto subtrader = views::find_subtrader(context.exchange.state(), member, id);
  return subtrader && !subtrader->caps.empty() ? "" : "no initial-margin cap is set for this subtrader";
}

// ---- groups -----------------------------------------------------------------------------------------------------------------

HttpAnswer list_groups(KlearDoorContext& context, EndpointRequest& /*request*/) {
  const Clearing& clearing = views::clearing(context.exchange.state());
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("groups").begin_array();
  for (const SubtraderGroup& g : clearing.member(member_of(context)).groups) {
    out.begin_object().member("group_id", clearing.public_id(g.no).view()).key("member_subtrader_ids").begin_array();
    for (const std::string& id : g.subtraders) out.string(id);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return answer;
}

// The list of the body: at least one id, none empty, none twice, all of them the member's.
std::vector<std::string> read_subtraders(const KlearDoorContext& context, EndpointRequest& request) {
  std::vector<std::string> ids;
  const boost::json::value* list = request.body.if_contains("subtrader_ids");
  if (list == nullptr || !list->is_array() || list->get_array().empty() || list->get_array().size() > kMostGroup) {
    complain(request, "subtrader_ids must be a list of at least one id");
    return ids;
  }
  for (const boost::json::value& entry : list->get_array()) {
    if (!entry.is_string() || entry.get_string().empty()) {
      complain(request, "a subtrader id must be a string of at least one character");
      return ids;
    }
    ids.emplace_back(entry.get_string());
    if (std::ranges::count(ids, ids.back()) > 1) complain(request, ids.back() + " stands there twice");
  }
  const AccountId member = member_of(context);
  for (const std::string& id : ids) {
    if (!request.problem && !exists(context, member, id)) request.problem = missing("no subtrader " + id);
  }
  return ids;
}

HttpAnswer conflict() {
  return klear_error(409, "conflict", "conflicts with the present state", "a subtrader is in another group already");
}

HttpAnswer create_group(KlearDoorContext& context, EndpointRequest& request) {
  const auto ids = read_subtraders(context, request);
  if (request.problem) return *request.problem;
  const auto made = context.exchange.run(commands::CreateSubtraderGroup{member_of(context), ids});
  if (made.fault != SubtraderGroupFault::None) return conflict();
  HttpAnswer answer;
  json::Writer(answer.body)
      .begin_object()
      .member("group_id", views::clearing(context.exchange.state()).public_id(made.group).view())
      .end_object();
  return answer;
}

// An object without members, as the exchange answers such writes on REST (observed.md): a client that always parses must not fail.
const HttpAnswer kDone{200, "{}"};

HttpAnswer update_group(KlearDoorContext& context, EndpointRequest& request) {
  const std::string id = request.text("group_id");
  if (!is_uuid(id)) return invalid("group_id must be a UUID");
  const auto ids = read_subtraders(context, request);
  if (request.problem) return *request.problem;
  const auto no = views::clearing(context.exchange.state()).number_of(id);
  if (!no) return missing("no such group");
  const auto changed = context.exchange.run(commands::UpdateSubtraderGroup{member_of(context), *no, ids});
  if (changed.fault == SubtraderGroupFault::NotFound) return missing("no such group");
  if (changed.fault == SubtraderGroupFault::Conflict) return conflict();
  return kDone;
}

HttpAnswer delete_group(KlearDoorContext& context, EndpointRequest& request) {
  const std::string id = request.text("group_id");
  if (!is_uuid(id)) return invalid("group_id must be a UUID");
  const auto no = views::clearing(context.exchange.state()).number_of(id);
  if (no) context.exchange.run(commands::DeleteSubtraderGroup{member_of(context), *no});
  return kDone;
}

// ---- keys -------------------------------------------------------------------------------------------------------------------

// "{account id}_{suffix}" with a suffix of 1 to 16 of [a-z0-9].
bool spelled_well(const std::string& id, const std::string& user_id) {
  if (!id.starts_with(user_id + "_")) return false;
  const std::string_view suffix = std::string_view(id).substr(user_id.size() + 1);
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789";
  return !suffix.empty() && suffix.size() <= 16 && suffix.find_first_not_of(kAllowed) == std::string_view::npos;
}

SubtraderKey read_key(const KlearDoorContext& context, EndpointRequest& request) {
  SubtraderKey key;
  key.name = request.body_free_text("name", true).value_or("");
  key.subtrader = request.body_text("fcm_subtrader_id", true).value_or("");
  if (request.problem) return key;
  if (key.name.empty() || key.name.size() > kMostName) complain(request, "name must have 1 to 128 characters");
  const AccountId member = member_of(context);
  if (!spelled_well(key.subtrader, views::clearing(context.exchange.state()).user_id(member)) || !exists(context, member, key.subtrader)) {
    complain(request, "fcm_subtrader_id names no subtrader of yours");
  } else if (views::find_subtrader(context.exchange.state(), member, key.subtrader)->created > context.exchange.now() - context.read_lag &&
             !request.problem) {
    request.problem = klear_error(409, "conflict", "conflicts with the present state",
                                  "the credential registry does not know this subtrader yet; try again shortly");
  }
  key.key_id = random_uuid();
  return key;
}

HttpAnswer added(KlearDoorContext& context, const SubtraderKey& key, const Signer& public_half, std::string_view private_pem) {
  const AccountId member = member_of(context);
  context.exchange.run(commands::AddSubtraderKey{member, key});
  if (context.key_added) context.key_added(key.key_id, public_half);
  HttpAnswer answer{201, {}};
  json::Writer out(answer.body);
  out.begin_object().member("api_key_id", key.key_id);
  if (!private_pem.empty()) out.member("private_key", private_pem);
  if (const std::string warning = warning_for(context, member, key.subtrader); !warning.empty()) out.member("warning", warning);
  out.end_object();
  return answer;
}

HttpAnswer create_key(KlearDoorContext& context, EndpointRequest& request) {
  const auto pem = request.body_free_text("public_key", true);
  SubtraderKey key = read_key(context, request);
  if (request.problem) return *request.problem;
  const auto signer = Signer::from_public_pem(*pem);
  if (!signer) return invalid("public_key must be an RSA (2048 bits or more) or Ed25519 public key in PEM");
  key.public_pem = signer->public_pem();
  return added(context, key, *signer, {});
}

// A new RSA key; empty when the system has no randomness.
SecretString generate_rsa() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(2048), &EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_secmem()), &BIO_free_all);
  if (!key || !bio || PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return SecretString(std::string(data, static_cast<std::size_t>(size)));
}

// The private half leaves with the answer and is nowhere else.
HttpAnswer generate_key(KlearDoorContext& context, EndpointRequest& request) {
  SubtraderKey key = read_key(context, request);
  if (request.problem) return *request.problem;
  const SecretString pem = generate_rsa();
  const auto pair = Signer::from_pem(pem);
  if (!pair) return klear_error(500, "internal_error", "internal error", "no key could be made");
  key.public_pem = pair->public_pem();
  const auto public_half = Signer::from_public_pem(key.public_pem);
  if (!public_half) return klear_error(500, "internal_error", "internal error", "no key could be made");
  return added(context, key, *public_half, pem.reveal());
}

HttpAnswer list_keys(KlearDoorContext& context, EndpointRequest& request) {
  const std::string only = request.text("fcm_subtrader_id");
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("api_keys").begin_array();
  for (const SubtraderKey& key : views::clearing(context.exchange.state()).member(member_of(context)).keys) {
    if (!only.empty() && key.subtrader != only) continue;
    out.begin_object().member("api_key_id", key.key_id).member("name", key.name).member("fcm_subtrader_id", key.subtrader).end_object();
  }
  out.end_array().end_object();
  return answer;
}

HttpAnswer delete_key(KlearDoorContext& context, EndpointRequest& request) {
  const std::string id = request.text("api_key_id");
  if (!is_uuid(id)) return invalid("api_key_id must be a UUID");
  if (!context.exchange.run(commands::RemoveSubtraderKey{member_of(context), id})) return missing("no such API key");
  if (context.key_removed) context.key_removed(id);
  return {204, {}};
}

constexpr Endpoint<KlearDoorContext> kFcmEndpoints[] = {
    {"GET", "/fcm/margin/subtrader_groups", EndpointAuth::KlearToken, 0, "", "", list_groups},
    {"POST", "/fcm/margin/subtrader_groups", EndpointAuth::KlearToken, 0, "", "subtrader_ids", create_group},
    {"PUT", "/fcm/margin/subtrader_groups/{group_id}", EndpointAuth::KlearToken, 0, "", "subtrader_ids", update_group},
    {"DELETE", "/fcm/margin/subtrader_groups/{group_id}", EndpointAuth::KlearToken, 0, "", "", delete_group},
    {"POST", "/fcm/margin/api_keys", EndpointAuth::KlearToken, 0, "", "name public_key fcm_subtrader_id", create_key},
    {"GET", "/fcm/margin/api_keys", EndpointAuth::KlearToken, 0, "fcm_subtrader_id", "", list_keys},
    {"POST", "/fcm/margin/api_keys/generate", EndpointAuth::KlearToken, 0, "", "name fcm_subtrader_id", generate_key},
    {"DELETE", "/fcm/margin/api_keys/{api_key_id}", EndpointAuth::KlearToken, 0, "", "", delete_key},
};

}  // namespace

std::span<const Endpoint<KlearDoorContext>> fcm_endpoints() { return kFcmEndpoints; }

}  // namespace marginfix::sim::klear
