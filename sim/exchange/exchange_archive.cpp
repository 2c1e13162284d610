// The calls of Exchange that REST needs beyond FIX: decreases, cancel of everything, lists.
#include "sim/exchange/impl.hpp"

namespace marginfix::sim {

OrderOutcome Exchange::decrease(const RequestContext& context, const DecreaseOrder& request) {
  const auto run = [&](Core& c) {
    c.note_ref(context);
    return c.decrease(context, request);
  };
  return impl_->command(Op::Decrease, run, context, request);
}

std::size_t Exchange::cancel_all(const RequestContext& context, const CancelAll& request) {
  const auto run = [&](Core& c) {
    c.note_ref(context);
    return c.cancel_all(context, request);
  };
  return impl_->command(Op::CancelAll, run, context, request);
}

std::optional<OrderView> Exchange::find_order_id(AccountId account, std::string_view order_id) const {
  const Order* order = impl_->core.find_order_id(account, order_id);
  return order == nullptr ? std::nullopt : std::optional(impl_->core.view(*order));
}
OrderPage Exchange::list_orders(AccountId account, const OrderFilter& filter, std::uint64_t before, std::size_t limit) const {
  return impl_->core.list_orders(account, filter, before, limit);
}
FillPage Exchange::list_fills(AccountId account, const FillFilter& filter, std::uint64_t before, std::size_t limit) const {
  return impl_->core.list_fills(account, filter, before, limit);
}
std::vector<GroupView> Exchange::list_groups(AccountId account, std::optional<int> subaccount) const {
  return impl_->core.list_groups(account, subaccount);
}
std::optional<GroupView> Exchange::find_group(AccountId account, std::string_view group_id) const {
  return impl_->core.find_group(account, group_id);
}
std::vector<OrderView> Exchange::group_orders(AccountId account, std::string_view group_id) const {
  return impl_->core.group_orders(account, group_id);
}
std::vector<PositionRiskView> Exchange::share_risks(AccountId account, std::string_view customer) const {
  return impl_->core.share_risks(account, customer);
}
FeeRates Exchange::fee_rates() const {
  constexpr int kTenthousandths = -4;
  const FeeSchedule& fees = impl_->options.fees;
  return {MultiplierDecimal::from_parts(fees.maker_tenthousandths, kTenthousandths),
          MultiplierDecimal::from_parts(fees.taker_tenthousandths, kTenthousandths)};
}
Uuid Exchange::user_id(AccountId account) const { return impl_->core.user_id(account); }

}  // namespace marginfix::sim
