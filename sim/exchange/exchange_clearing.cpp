// Exchange: clearing.
#include "sim/exchange/impl.hpp"

namespace marginfix::sim {

const Clearing& Exchange::clearing() const noexcept { return impl_->core.clearing(); }

std::optional<std::uint64_t> Exchange::withdraw_settlement(AccountId member, std::int64_t amount) {
  return impl_->command(
      Op::WithdrawSettlement, [&](Core& c) { return c.clearing().withdraw(member, amount); }, member, amount);
}
void Exchange::deposit_settlement(AccountId member, std::int64_t amount) {
  impl_->command(
      Op::DepositSettlement, [&](Core& c) { c.clearing().deposit(member, amount); }, member, amount);
}

SubtraderGroupResult Exchange::create_subtrader_group(AccountId member, const std::vector<std::string>& subtraders) {
  return impl_->command(
      Op::CreateSubtraderGroup, [&](Core& c) { return c.clearing().create_group(member, subtraders); }, member, subtraders);
}
SubtraderGroupResult Exchange::update_subtrader_group(AccountId member, std::uint64_t group, const std::vector<std::string>& subtraders) {
  return impl_->command(
      Op::UpdateSubtraderGroup, [&](Core& c) { return c.clearing().update_group(member, group, subtraders); }, member, group, subtraders);
}
void Exchange::delete_subtrader_group(AccountId member, std::uint64_t group) {
  impl_->command(
      Op::DeleteSubtraderGroup, [&](Core& c) { c.clearing().delete_group(member, group); }, member, group);
}

KeyNo Exchange::add_subtrader_key(AccountId member, const SubtraderKey& key) {
  return impl_->command(
      Op::AddSubtraderKey, [&](Core& c) { return c.add_subtrader_key(member, key); }, member, key);
}
bool Exchange::remove_subtrader_key(AccountId member, std::string_view key_id) {
  return impl_->command(
      Op::RemoveSubtraderKey, [&](Core& c) { return c.remove_subtrader_key(member, key_id); }, member, key_id);
}

}  // namespace marginfix::sim
