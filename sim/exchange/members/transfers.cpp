#include "sim/exchange/members/transfers.hpp"

#include "sim/exchange/rules/members.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

std::string used_key(const InstanceTransfer& r) {
  return std::to_string(static_cast<int>(r.source)) + ":" + std::string(r.client_transfer_id);
}

}  // namespace

Micros Transfers::purse(AccountId account, int subaccount) const {
  const auto it = purses_.find({account, subaccount});
  return it != purses_.end() ? it->second : subaccount == 0 ? kPurse : 0;
}

Micros Transfers::promised(AccountId account) const {
  Micros sum = 0;
  for (const Transfer& t : open_) {
    if (t.account == account && t.source == Instance::Margined) sum += t.amount;
  }
  return sum;
}

TransferOutcome Transfers::accept(State& state, const InstanceTransfer& r) {
  if (!r.client_transfer_id.empty() && used_.contains({r.account, used_key(r)})) return {TransferRefusal::AlreadyApplied, {}};
  const Micros amount = r.amount.units();
  if (r.source == Instance::Margined) {
    if (free_funds(state, r.account, 0) < amount) return {TransferRefusal::InsufficientFunds, {}};
  } else {
    if (purse(r.account, r.source_subaccount) < amount) return {TransferRefusal::InsufficientFunds, {}};
    put(r.account, r.source_subaccount, -amount);
  }
  const Transfer t{
      ++last_no_, r.account, r.source, r.destination, r.source_subaccount, r.destination_subaccount, amount, TransferStatus::Accepted,
      state.clock};
  open_.push_back(t);
  if (!r.client_transfer_id.empty()) used_[{r.account, used_key(r)}] = t.no;
  return {TransferRefusal::None, view(state, t).transfer_id};
}

std::optional<Timestamp> Transfers::next(const State&) const {
  return open_.empty() ? std::nullopt : std::optional(open_.front().accepted + kTransferTakes);
}

void Transfers::run(State& state) {
  while (!open_.empty() && open_.front().accepted + kTransferTakes <= state.clock) {
    Transfer t = open_.front();
    open_.pop_front();
    t.status = TransferStatus::Applied;
    if (t.source == Instance::Margined) {
      if (free_funds(state, t.account, 0) < t.amount) {
        t.status = TransferStatus::Failed;
      } else {
        state.accounts.move_outside(t.account, 0, -t.amount, state.clock);
        put(t.account, t.destination_subaccount, t.amount);
      }
    } else if (t.destination == Instance::Margined) {
      state.accounts.move_outside(t.account, 0, t.amount, state.clock);
    } else {
      put(t.account, t.destination_subaccount, t.amount);
    }
    state.risk_watch.stir(state.clock);
    over_.push_back(t);
    if (over_.size() > kKept) over_.pop_front();
  }
}

TransferOutcome Transfers::between(State& state, AccountId account, int from, int to, Micros amount, std::string_view client_id) {
  const std::pair key{account, std::string(client_id)};
  if (used_between_.contains(key)) return {TransferRefusal::AlreadyApplied, {}};
  if (!state.accounts.has_subaccount(account, from) || !state.accounts.has_subaccount(account, to))
    return {TransferRefusal::NoSubaccount, {}};
  if (!transfer(state, account, from, to, amount)) return {TransferRefusal::InsufficientFunds, {}};
  const std::uint64_t no = ++last_no_;
  used_between_[key] = no;
  return {TransferRefusal::None, make_uuid(state.emitter.seed(), IdKind::Transfer, no)};
}

TransferView Transfers::view(const State& state, const Transfer& t) const {
  return {make_uuid(state.emitter.seed(), IdKind::Transfer, t.no),
          t.account,
          t.source,
          t.destination,
          to_dollars(t.amount),
          t.status,
          t.accepted};
}

std::vector<TransferView> Transfers::list(const State& state, AccountId account) const {
  std::vector<TransferView> out;
  for (const auto* part : {&over_, &open_}) {
    for (const Transfer& t : *part) {
      if (t.account == account) out.push_back(view(state, t));
    }
  }
  return out;
}

}  // namespace marginfix::sim
