// See truth_members.hpp.
#include "sim/exchange/truth_members.hpp"

#include <boost/json/array.hpp>

namespace marginfix::sim {
namespace {
namespace json = boost::json;

const char* instance_name(Instance instance) { return instance == Instance::Margined ? "margined" : "event_contract"; }
const char* status_name(TransferStatus status) {
  static constexpr const char* kNames[] = {"accepted", "applied", "failed"};
  return kNames[static_cast<std::size_t>(status)];
}

json::array customers_json(const Core& core, const Account& account) {
  json::array out;
  for (const auto& [key, p] : account.customers) {
    if (p.net == 0 && p.fees == 0) continue;
    out.push_back({{"customer", core.emitter().names.text(key.customer)},
                   {"subaccount", key.subaccount},
                   {"ticker", core.markets()[key.market].spec.symbol},
                   {"position", to_count(p.net).to_string()},
                   {"entry_price", entry_price(p.net, p.cost).to_string()},
                   {"realized_pnl", to_dollars(p.realized).to_string()},
                   {"fees", to_dollars(p.fees).to_string()}});
  }
  return out;
}

json::array triggers_json(const Core& core, AccountId id) {
  json::array out;
  for (std::size_t s = 0; s < core.accounts().all[id].subaccounts.size(); ++s) {
    for (MarketNo m = 0; m < core.markets().size(); ++m) {
      for (const ExitTriggerView& t : core.triggers().list(core, id, 0, {m, static_cast<int>(s)}, std::nullopt)) {
        out.push_back({{"id", t.id.view()},
                       {"ticker", core.markets()[m].spec.symbol},
                       {"subaccount", t.subaccount},
                       {"kind", to_string(t.kind)},
                       {"status", to_string(t.status)},
                       {"count", t.count.to_string()},
                       {"filled_count", t.filled.to_string()},
                       {"watermark_price", t.watermark ? json::value(t.watermark->to_string()) : json::value(nullptr)}});
      }
    }
  }
  return out;
}

json::array transfers_json(const Core& core, AccountId id) {
  json::array out;
  for (const TransferView& t : core.transfers().list(core, id)) {
    out.push_back({{"transfer_id", t.transfer_id.view()},
                   {"source", instance_name(t.source)},
                   {"destination", instance_name(t.destination)},
                   {"amount", t.amount.to_string()},
                   {"status", status_name(t.status)},
                   {"accepted_time", to_rfc3339(t.accepted)}});
  }
  return out;
}

void add(json::object& to, const char* name, json::array list) {
  if (!list.empty()) to[name] = std::move(list);
}

}  // namespace

void add_member_truth(const Core& core, AccountId id, json::object& to) {
  const Account& account = core.accounts().all[id];
  if (account.house) return;
  to["event_contract_balance"] = to_dollars(core.transfers().purse(id, 0)).to_string();
  add(to, "customers", customers_json(core, account));
  add(to, "exit_triggers", triggers_json(core, id));
  add(to, "transfers", transfers_json(core, id));
}

void add_liquidation_truth(const Core& core, json::object& to) {
  to["insurance_paid"] = to_dollars(core.accounts().insurance_paid).to_string();
  json::array queue;
  for (const auto& [key, waiting] : core.liquidations().queue()) {
    queue.push_back({{"account", core.accounts().all[key.first].name}, {"subaccount", key.second}, {"since", to_rfc3339(waiting.since)}});
  }
  to["liquidation_queue"] = std::move(queue);
}

}  // namespace marginfix::sim
