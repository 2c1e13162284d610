#include "sim/exchange/views/truth_members.hpp"

#include <boost/json/array.hpp>

#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {
namespace json = boost::json;

const char* instance_name(Instance instance) { return instance == Instance::Margined ? "margined" : "event_contract"; }
const char* status_name(TransferStatus status) {
  static constexpr const char* kNames[] = {"accepted", "applied", "failed"};
  return kNames[static_cast<std::size_t>(status)];
}

json::array customers_json(const State& state, const Account& account) {
  json::array out;
  for (const auto& [key, p] : account.customers) {
    if (p.net == 0 && p.fees == 0) continue;
    out.push_back({{"customer", state.emitter.names.text(key.customer)},
                   {"subaccount", key.subaccount},
                   {"ticker", state.markets[key.market].spec.symbol},
                   {"position", to_count(p.net).to_string()},
                   {"entry_price", entry_price(p.net, p.cost).to_string()},
                   {"realized_pnl", to_dollars(p.realized).to_string()},
                   {"fees", to_dollars(p.fees).to_string()}});
  }
  return out;
}

json::array triggers_json(const State& state, AccountId id) {
  json::array out;
  for (std::size_t s = 0; s < state.accounts.all[id].subaccounts.size(); ++s) {
    for (MarketNo m = 0; m < state.markets.size(); ++m) {
      for (const ExitTriggerView& t : state.triggers.list(state, id, 0, {m, static_cast<int>(s)}, std::nullopt)) {
        out.push_back({{"id", t.id.view()},
                       {"ticker", state.markets[m].spec.symbol},
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

json::array transfers_json(const State& state, AccountId id) {
  json::array out;
  for (const TransferView& t : state.transfers.list(state, id)) {
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

void add_member_truth(const State& state, AccountId id, json::object& to) {
  const Account& account = state.accounts.all[id];
  if (account.house) return;
  to["event_contract_balance"] = to_dollars(state.transfers.purse(id, 0)).to_string();
  add(to, "customers", customers_json(state, account));
  add(to, "exit_triggers", triggers_json(state, id));
  add(to, "transfers", transfers_json(state, id));
}

void add_liquidation_truth(const State& state, json::object& to) {
  to["insurance_paid"] = to_dollars(state.accounts.insurance_paid).to_string();
  json::array queue;
  for (const auto& [key, waiting] : state.liquidations.queue()) {
    queue.push_back({{"account", state.accounts.all[key.first].name}, {"subaccount", key.second}, {"since", to_rfc3339(waiting.since)}});
  }
  to["liquidation_queue"] = std::move(queue);
}

}  // namespace marginfix::sim
