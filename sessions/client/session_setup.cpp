// From a SessionConfig to what the session needs: key, store, plan.
#include <filesystem>
#include <stdexcept>

#include "sessions/client/session_core.hpp"

namespace marginfix::sessions {
namespace {

constexpr int kCancelOrdersOnDisconnect = 8013, kListenerSession = 20126, kReceiveSettlementReports = 20127,
              kMessageRetentionPeriod = 20200, kUseDollars = 21005, kEnableIocCancelReport = 21007, kPreserveOriginalOrderQty = 21008,
              kSkipPendingExecReports = 21011, kUseExpiredOrdStatus = 21012, kAlwaysEmitNewBeforeTrade = 21026;

std::vector<std::pair<int, std::string>> logon_fields(const SessionConfig& config) {
  std::vector<std::pair<int, std::string>> fields;
  const auto flag = [&](int tag, const std::optional<bool>& value) {
    if (value) fields.emplace_back(tag, *value ? "Y" : "N");
  };
  const bool listener = config.kind == SessionKind::listener;
  const LogonOptions& logon = config.logon;
  flag(kCancelOrdersOnDisconnect, logon.cancel_orders_on_disconnect);
  if (listener) flag(kListenerSession, true);
  flag(kReceiveSettlementReports, logon.receive_settlement_reports);
  if (logon.message_retention_period) fields.emplace_back(kMessageRetentionPeriod, std::to_string(*logon.message_retention_period));
  flag(kUseDollars, logon.use_dollars);
  flag(kEnableIocCancelReport, logon.enable_ioc_cancel_report);
  flag(kPreserveOriginalOrderQty, logon.preserve_original_order_qty);
  flag(kSkipPendingExecReports, listener ? std::optional<bool>{true} : logon.skip_pending_exec_reports);
  flag(kUseExpiredOrdStatus, logon.use_expired_ord_status);
  flag(kAlwaysEmitNewBeforeTrade, logon.always_emit_new_before_trade);
  return fields;
}

wall::SessionPlan plan_of(const SessionConfig& config) {
  wall::SessionPlan plan;
  plan.sender_comp_id = config.credentials.key_id;
  plan.target_comp_id = target_comp_id(config.target);
  plan.accepted_sender_comp_ids = config.accepted_sender_comp_ids;
  if (plan.accepted_sender_comp_ids.empty()) plan.accepted_sender_comp_ids = {plan.target_comp_id, std::string(kExchangeCompId)};
  plan.keep_sequence = config.target == TargetSession::RT;
  plan.reset_once = plan.keep_sequence && config.reset_sequence_once;
  plan.heart_bt_int = static_cast<int>(config.heart_bt_int.count());
  plan.logon_timeout = static_cast<int>(config.logon_timeout.count());
  plan.logout_timeout = static_cast<int>(config.logout_timeout.count());
  plan.timestamp_digits = config.timestamp_digits;
  plan.resend_age_limit = static_cast<long>(config.resend_age_limit.count());
  plan.logon_fields = logon_fields(config);
  return plan;
}

}  // namespace

RawSessionOptions raw_options(const SessionConfig& config, const ClientContext& context) {
  RawSessionOptions options;
  options.name = config.name;
  options.host = config.host;
  options.port = config.port;
  options.tls = config.tls;
  options.timeouts = config.timeouts;
  // An order in the kernel's buffer can only go out, however old it has become: few may lie there.
  if (config.kind == SessionKind::order_entry) options.limits.most_unsent_in_system = std::size_t{64} << 10;
  options.plan = plan_of(config);
  options.log = context.log;
  options.backoff = config.backoff;
  options.already_exists_wait = config.already_exists_wait;
  options.busy_wait = config.busy_wait;
  options.refused_wait = config.refused_wait;
  for (const auto& [name, key_id] : context.key_of_session) {
    if (name != config.name && key_id == config.credentials.key_id) options.same_key_sessions.push_back(name);
  }
  options.log_messages = context.log_messages;
  options.clock = context.wall_clock;
  return options;
}

Result<std::shared_ptr<const Signer>> load_signer(const SessionConfig& config, LogSink* log) {
  auto signer = marginfix::load_signer(config.credentials, log);
  if (signer) return signer;
  Error error = signer.error();
  error.message = config.name + ": " + error.message;
  return error;
}

Result<std::unique_ptr<MessageStore>> open_store(const SessionConfig& config, const ClientContext& context) {
  if (config.target != TargetSession::RT) return make_memory_store();
  try {
    if (context.make_store) {
      if (auto store = context.make_store(config)) return store;
    }
    if (config.store_folder.empty()) {
      return fail(ErrorCategory::config,
                  config.name +
                      ": KalshiRT keeps numbers and messages over restarts and has nowhere to put them: set FileStorePath "
                      "(SessionConfig::store_folder), or give MarginFixClientOptions::make_store");
    }
    std::filesystem::create_directories(config.store_folder);
    FileStoreOptions options;
    options.path = (std::filesystem::path(config.store_folder) / (config.name + "-" + config.credentials.key_id + ".store")).string();
    options.sync_every_append = config.store_sync;
    return open_file_store(options);
  } catch (const std::exception& problem) {
    return fail(ErrorCategory::store, config.name + ": the store cannot be opened: " + problem.what());
  }
}

Result<std::shared_ptr<SessionLog>> open_session_log(const SessionConfig& config, const ClientContext& context) {
  if (!context.message_log) return std::shared_ptr<SessionLog>();
  SessionLogName name;
  name.sender_comp_id = config.credentials.key_id;
  name.target_comp_id = target_comp_id(config.target);
  // "KalshiNR-listener": behind its target a session's name is what tells it from others there.
  const std::string_view own = config.name;
  name.qualifier = own == name.target_comp_id                   ? ""
                   : own.starts_with(name.target_comp_id + "-") ? own.substr(name.target_comp_id.size() + 1)
                                                                : own;
  return context.message_log->session(name);
}

}  // namespace marginfix::sessions
