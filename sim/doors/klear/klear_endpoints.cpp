// The whole table, from its families; keys of subtraders after a restart.
#include "sim/doors/klear/klear_endpoints.hpp"

#include <vector>

#include "sim/doors/klear/support.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim {

std::span<const Endpoint<KlearDoorContext>> klear_endpoints() {
  static const std::vector<Endpoint<KlearDoorContext>> kAll = [] {
    std::vector<Endpoint<KlearDoorContext>> all;
    for (const auto part : {klear::report_endpoints(), klear::obligation_endpoints(), klear::settlement_endpoints(),
                            klear::margin_endpoints(), klear::balance_endpoints(), klear::fcm_endpoints()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kAll;
}

void restore_subtrader_keys(const KlearDoorContext& context) {
  const auto member = views::find_account(context.exchange.state(), context.member);
  if (!member || !context.key_added) return;
  for (const SubtraderKey& key : views::clearing(context.exchange.state()).member(*member).keys) {
    if (const auto half = Signer::from_public_pem(key.public_pem)) context.key_added(key.key_id, *half);
  }
}

}  // namespace marginfix::sim
