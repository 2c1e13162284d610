// Exchange: money, margin, exit triggers, FCMs.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"
#include "sim/exchange/impl.hpp"

namespace marginfix::sim {

// ---- money and exit triggers ----------------------------------------------------------------------------------------------------

TransferOutcome Exchange::instance_transfer(const InstanceTransfer& request) {
  return impl_->command(
      Op::InstanceTransfer, [&](Core& c) { return c.instance_transfer(request); }, request);
}
TransferOutcome Exchange::subaccount_transfer(AccountId account, int from, int to, DollarDecimal amount, std::string_view client_id) {
  return impl_->command(
      Op::SubaccountTransfer, [&](Core& c) { return c.subaccount_transfer(account, from, to, amount.units(), client_id); }, account, from,
      to, amount, client_id);
}
TriggerOutcome Exchange::set_exit_trigger(const RequestContext& context, const SetExitTrigger& request) {
  return impl_->command(
      Op::SetExitTrigger, [&](Core& c) { return c.set_exit_trigger(context, request); }, context, request);
}
TriggerOutcome Exchange::update_exit_trigger(const RequestContext& context, const UpdateExitTrigger& request) {
  return impl_->command(
      Op::UpdateExitTrigger, [&](Core& c) { return c.update_exit_trigger(context, request); }, context, request);
}
TriggerRefusal Exchange::cancel_exit_trigger(const RequestContext& context, const PositionName& position, std::string_view trigger_id) {
  return impl_->command(
      Op::CancelExitTrigger, [&](Core& c) { return c.cancel_exit_trigger(context, position, trigger_id); }, context, position, trigger_id);
}
std::size_t Exchange::cancel_exit_triggers(const RequestContext& context, const PositionName& position, std::optional<TriggerKind> kind) {
  return impl_->command(
      Op::CancelExitTriggers, [&](Core& c) { return c.cancel_exit_triggers(context, position, kind); }, context, position, kind);
}

std::vector<ExitTriggerView> Exchange::exit_triggers(const RequestContext& context, const PositionName& position,
                                                     std::optional<TriggerKind> kind) const {
  const Core& c = impl_->core;
  if (context.from.key >= c.accounts().keys.size()) return {};
  const Key& key = c.accounts().keys[context.from.key];
  const auto customer = c.emitter().names.find(key.subtrader);
  if (!customer || (key.subaccount && *key.subaccount != position.subaccount)) return {};
  return c.triggers().list(c, key.account, *customer, position, kind);
}
std::optional<ExitTriggerView> Exchange::find_exit_trigger(AccountId account, std::string_view trigger_id) const {
  return impl_->core.triggers().find(impl_->core, account, trigger_id);
}
std::vector<TransferView> Exchange::transfers(AccountId account) const { return impl_->core.transfers().list(impl_->core, account); }
DollarDecimal Exchange::purse(AccountId account) const { return to_dollars(impl_->core.transfers().purse(account, 0)); }
bool Exchange::has_subaccount(AccountId account, int subaccount) const {
  return impl_->core.accounts().has_subaccount(account, subaccount);
}

// ---- margin -----------------------------------------------------------------------------------------------------------------

DollarDecimal Exchange::maintenance_margin(MarketNo market, DollarDecimal notional) const {
  return to_dollars(impl_->core.maintenance_margin(market, notional.units()));
}
DollarDecimal Exchange::initial_margin(MarketNo market, DollarDecimal notional) const {
  return to_dollars(impl_->core.initial_margin(notional.units(), market));
}
std::vector<MarginView> Exchange::margins(AccountId account) const { return impl_->core.margins(account); }
std::vector<PositionRiskView> Exchange::position_risks(AccountId account) const { return impl_->core.position_risks(account); }
NotionalUsageView Exchange::notional_usage(AccountId account) const { return impl_->core.notional_view(account); }

std::vector<std::pair<AccountId, int>> Exchange::liquidation_queue() const {
  std::vector<std::pair<Timestamp, std::pair<AccountId, int>>> waiting;
  for (const auto& [key, entry] : impl_->core.liquidations().queue()) waiting.emplace_back(entry.since, key);
  std::ranges::sort(waiting);
  std::vector<std::pair<AccountId, int>> out;
  out.reserve(waiting.size());
  for (const auto& [since, key] : waiting) out.push_back(key);
  return out;
}
DollarDecimal Exchange::insurance_paid() const { return to_dollars(impl_->core.accounts().insurance_paid); }

// ---- FCMs -------------------------------------------------------------------------------------------------------------------

FcmRefusal Exchange::create_subtrader(AccountId account, std::string_view suffix, bool require_category_cap, std::string& id) {
  return impl_->command(
      Op::CreateSubtrader, [&](Core& c) { return c.fcm().create(c, account, suffix, require_category_cap, id); }, account, suffix,
      require_category_cap);
}
FcmRefusal Exchange::set_im_cap(AccountId account, std::string_view subtrader, const CapScope& scope, DollarDecimal cap) {
  return impl_->command(
      Op::SetImCap, [&](Core& c) { return c.fcm().set_cap(account, subtrader, scope, cap.units()); }, account, subtrader, scope, cap);
}
FcmRefusal Exchange::delete_im_cap(AccountId account, std::string_view subtrader, const CapScope& scope) {
  return impl_->command(
      Op::DeleteImCap, [&](Core& c) { return c.fcm().delete_cap(account, subtrader, scope); }, account, subtrader, scope);
}
FcmRefusal Exchange::set_subtrader_limit(AccountId account, std::string_view subtrader, std::optional<MarketNo> market,
                                         std::optional<DollarDecimal> limit) {
  const auto micros = limit ? std::optional(limit->units()) : std::nullopt;
  return impl_->command(
      Op::SetSubtraderLimit, [&](Core& c) { return c.fcm().set_limit(account, subtrader, market, micros); }, account, subtrader, market,
      micros);
}
FcmRefusal Exchange::set_member_limit(AccountId account, DollarDecimal limit) {
  return impl_->command(
      Op::SetMemberLimit, [&](Core& c) { return c.fcm().set_member_limit(c, account, limit.units()); }, account, limit);
}
void Exchange::delete_member_limit(AccountId account) {
  impl_->command(
      Op::DeleteMemberLimit, [&](Core& c) { c.fcm().delete_member_limit(account); }, account);
}

std::optional<SubtraderView> Exchange::find_subtrader(AccountId account, std::string_view id) const {
  const Fcm& fcm = impl_->core.fcm();
  return fcm.find(account, id) == nullptr ? std::nullopt : std::optional(fcm.view(impl_->core, account, id));
}
std::vector<std::string> Exchange::subtraders(AccountId account) const { return impl_->core.fcm().ids(account); }

std::vector<CustomerPositionView> Exchange::customer_positions(AccountId account) const {
  std::vector<CustomerPositionView> out;
  for (const auto& [key, p] : impl_->core.accounts().all[account].customers) {
    if (p.net == 0 && p.fees == 0) continue;
    out.push_back({impl_->core.emitter().names.text(key.customer), key.subaccount, key.market, to_count(p.net), entry_price(p.net, p.cost),
                   to_dollars(p.realized), to_dollars(p.fees)});
  }
  return out;
}

}  // namespace marginfix::sim
