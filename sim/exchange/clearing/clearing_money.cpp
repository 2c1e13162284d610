// The settlement balance: obligations are paid from it and into it, members withdraw from it. Subtrader groups and keys.
#include <algorithm>

#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// ---- time -------------------------------------------------------------------------------------------------------------------

std::optional<Timestamp> Clearing::next(const State& /*state*/) const {
  if (next_cycle_ == Timestamp{}) return std::nullopt;  // not started
  return next_payment_ ? std::min(*next_payment_, next_cycle_) : next_cycle_;
}

// Of one moment payments come first: a settlement starts from what is paid.
void Clearing::run(State& state) {
  const Timestamp now = state.clock;
  if (next_payment_ && *next_payment_ <= next_cycle_) {
    for (Obligation& o : obligations_) {
      if (!o.complete && o.due <= now) pay(o);
    }
    for (AccountId account = 0; account < members_.size(); ++account) {
      for (Withdrawal& w : members_[account].withdrawals) {
        if (w.status != WithdrawalStatus::Processed && w.due <= now) advance(w, account);
      }
    }
  } else {
    settle();
  }
  plan();
}

void Clearing::plan() {
  next_payment_.reset();
  const auto sooner = [this](Timestamp due) {
    if (!next_payment_ || due < *next_payment_) next_payment_ = due;
  };
  for (auto it = obligations_.rbegin(); it != obligations_.rend(); ++it) {
    if (!it->complete) sooner(it->due);
    if (it->execution + kPayAfter + kWireAfter < state_.clock - std::chrono::hours(24)) break;  // older ones are complete
  }
  for (const ClearingMember& m : members_) {
    for (const Withdrawal& w : m.withdrawals) {
      if (w.status != WithdrawalStatus::Processed) sooner(w.due);
    }
  }
}

// ---- obligations ------------------------------------------------------------------------------------------------------------

void Clearing::move(AccountId account, BalanceReason reason, Centicents available, Centicents locked, ClearingNo cause) {
  ClearingMember& m = members_[account];
  m.available += available;
  m.locked += locked;
  m.balance.push_back({state_.clock, reason, available, locked, cause});
}

void Clearing::receive(Obligation& o, Centicents amount, bool wire) {
  o.received += amount;
  o.receives.push_back({next_no(), wire, amount, state_.clock});
}

void Clearing::pay(Obligation& o) {
  const Centicents amount = o.amount();
  o.updated = state_.clock;
  if (amount >= 0) {
    if (amount > 0) move(o.account, BalanceReason::Settlement, amount, 0, o.no);
    o.complete = true;
    return;
  }
  const Centicents owed = -amount - o.received;
  if (o.due > o.execution + kPayAfter) {  // the wire for the rest is in
    move(o.account, BalanceReason::Wire, owed, 0, o.no);
    move(o.account, BalanceReason::Settlement, -owed, 0, o.no);
    receive(o, owed, true);
    o.complete = true;
    return;
  }
  const Centicents at_hand = std::min(owed, members_[o.account].available);
  if (at_hand > 0) {
    move(o.account, BalanceReason::Settlement, -at_hand, 0, o.no);
    receive(o, at_hand, false);
  }
  o.complete = at_hand == owed;
  o.due += kWireAfter;
}

void Clearing::deposit(AccountId account, Centicents amount) { move(account, BalanceReason::Deposit, amount, 0, next_no()); }

// ---- withdrawals ------------------------------------------------------------------------------------------------------------

std::optional<ClearingNo> Clearing::withdraw(AccountId account, Centicents amount) {
  ClearingMember& m = members_[account];
  if (amount <= 0 || amount > m.available) return std::nullopt;
  const ClearingNo no = next_no();
  m.withdrawals.push_back({no, amount, WithdrawalStatus::Pending, state_.clock, state_.clock + kWithdrawalStarts});
  move(account, BalanceReason::WithdrawalRequested, -amount, amount, no);
  plan();
  return no;
}

void Clearing::advance(Withdrawal& w, AccountId account) {
  if (w.status == WithdrawalStatus::Pending) {
    w.status = WithdrawalStatus::Processing;
    w.due = w.created + kWithdrawalEnds;
    return;
  }
  w.status = WithdrawalStatus::Processed;
  move(account, BalanceReason::WithdrawalProcessed, 0, -w.amount, w.no);
}

// ---- groups and keys --------------------------------------------------------------------------------------------------------

bool Clearing::conflicts(const ClearingMember& member, const std::vector<std::string>& subtraders, ClearingNo except) {
  return std::ranges::any_of(member.groups, [&](const SubtraderGroup& g) {
    return g.no != except && std::ranges::find_first_of(g.subtraders, subtraders) != g.subtraders.end();
  });
}

SubtraderGroupResult Clearing::create_group(AccountId account, const std::vector<std::string>& subtraders) {
  ClearingMember& m = members_[account];
  if (conflicts(m, subtraders, 0)) return {SubtraderGroupFault::Conflict, 0};
  m.groups.push_back({next_no(), subtraders});
  return {SubtraderGroupFault::None, m.groups.back().no};
}

SubtraderGroupResult Clearing::update_group(AccountId account, ClearingNo group, const std::vector<std::string>& subtraders) {
  ClearingMember& m = members_[account];
  const auto it = std::ranges::find(m.groups, group, &SubtraderGroup::no);
  if (it == m.groups.end()) return {SubtraderGroupFault::NotFound, 0};
  if (conflicts(m, subtraders, group)) return {SubtraderGroupFault::Conflict, 0};
  it->subtraders = subtraders;
  return {SubtraderGroupFault::None, group};
}

void Clearing::delete_group(AccountId account, ClearingNo group) {
  std::erase_if(members_[account].groups, [group](const SubtraderGroup& g) { return g.no == group; });
}

void Clearing::add_key(AccountId account, const SubtraderKey& key) { members_[account].keys.push_back(key); }
bool Clearing::remove_key(AccountId account, std::string_view key_id) {
  return std::erase_if(members_[account].keys, [key_id](const SubtraderKey& k) { return k.key_id == key_id; }) > 0;
}

}  // namespace marginfix::sim
