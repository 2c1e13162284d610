// Settings of a QuickFIX session to what our transport and signer need, see initiator_plan.hpp.
#include "sessions/quickfix/initiator_plan.hpp"

#include <algorithm>
#include <stdexcept>

#include "marginfix/core/backoff.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"
#include "sessions/client/session_core.hpp"
#include "sessions/config/keys.hpp"

namespace marginfix::quickfix {
namespace {

using sessions::config::Group;

// KalshiRT asks for a store folder; here the store is the one the application brought.
constexpr std::string_view kStoreKey = "FileStorePath";

bool ours(const std::string& key) {
  const auto* spec = sessions::config::find_key(key);
  if (spec == nullptr) return false;
  const std::string_view name = spec->key;
  return spec->group == Group::session || spec->group == Group::connection || spec->group == Group::tls ||
         spec->group == Group::credentials || spec->group == Group::logon || name == "ReconnectInterval" || name == "ReconnectBase" ||
         name == "AlreadyExistsWait" || name == "HeartBtInt";
}

SessionConfig parse(const Settings& settings) {
  std::string text = "[DEFAULT]\n[SESSION]\n" + std::string(kStoreKey) + "=.\n";
  for (const auto& [key, value] : settings) {
    // QuickFIX keeps its keys in capitals; errors shall name them as people write them.
    if (ours(key)) text += std::string(sessions::config::find_key(key)->key) + "=" + value + "\n";
  }
  auto config = MarginFixConfig::from_cfg_text(text, "settings", process_variables());
  if (!config) {
    const std::string& message = config.error().message;  // "settings:14: Key=value: ...", and there is no line 14 to look at
    const auto place = message.find(": ");
    throw std::runtime_error(message.rfind("settings", 0) == 0 && place != std::string::npos ? message.substr(place + 2) : message);
  }
  return config->sessions.front();
}

}  // namespace

InitiatorPlan make_initiator_plan(const Settings& settings) {
  const SessionConfig config = parse(settings);
  const auto signer = sessions::load_signer(config);
  if (!signer) throw std::runtime_error(signer.error().message);
  sessions::RawSessionOptions options = sessions::raw_options(config, sessions::ClientContext{});

  InitiatorPlan plan;
  plan.target.host = options.host;
  plan.target.port = options.port;
  plan.target.tls = options.tls;
  plan.target.timeouts = options.timeouts;
  plan.keep_sequence = options.plan.keep_sequence;
  plan.accepted_sender_comp_ids = options.plan.accepted_sender_comp_ids;
  plan.logon_fields = options.plan.logon_fields;
  plan.already_exists_wait = options.already_exists_wait;
  plan.sign = [key = *signer](const wall::LogonSigning& what, std::string* base64, std::string* error) {
    auto signature =
        key->sign(fix_logon_payload(what.sending_time, what.msg_type, what.msg_seq_num, what.sender_comp_id, what.target_comp_id));
    if (!signature) {
      *error = signature.error().message;
      return false;
    }
    *base64 = *std::move(signature);
    return true;
  };
  const auto backoff = std::make_shared<Backoff>(options.backoff);
  plan.next_wait = [backoff] { return backoff->next(); };
  plan.forget_waits = [backoff] { backoff->reset(); };
  return plan;
}

}  // namespace marginfix::quickfix
