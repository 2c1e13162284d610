// Money between the two instances of the exchange and between subaccounts.
// Instance transfers are accepted at once and done kTransferTakes later on the trading clock. The event-contract side is a purse outside
// (each account's starts with kPurse in subaccount 0): what comes from there counts as a deposit, what goes there as a withdrawal. Money
// that leaves the purse is gone from it at once; money that leaves the margined side stays until its turn, but cannot be promised twice;
// if it was lost meanwhile the transfer fails. A client_transfer_id is good for one transfer a source instance and account.
// Subaccount transfers are done at once; their client_transfer_ids are used up by transfers that were done, once an account.
// Free = equity - margin, and never more than the cash. There is one exchange shard, 0.
// Source: rest-perps.md "Transfers and subaccounts", observed.md.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/values/jobs.hpp"
#include "sim/exchange/values/member_views.hpp"

namespace marginfix::sim {

class Transfers : public Job {
 public:
  static constexpr std::chrono::milliseconds kTransferTakes{250};
  static constexpr Micros kPurse = 1'000'000 * 1'000'000LL;
  static constexpr std::size_t kKept = 1'000;  // of those that are over, for the truth

  struct Transfer {
    std::uint64_t no{0};
    AccountId account{0};
    Instance source{Instance::EventContract};
    Instance destination{Instance::Margined};
    std::int32_t source_subaccount{0};
    std::int32_t destination_subaccount{0};
    Micros amount{0};
    TransferStatus status{TransferStatus::Accepted};
    Timestamp accepted{};
  };

  TransferOutcome accept(State& state, const InstanceTransfer& request);
  TransferOutcome between(State& state, AccountId account, int from, int to, Micros amount, std::string_view client_id);
  std::optional<Timestamp> next(const State& state) const override;
  void run(State& state) override;

  Micros purse(AccountId account, int subaccount) const;  // of the event-contract side
  Micros promised(AccountId account) const;               // on its way out of the margined side
  TransferView view(const State& state, const Transfer& transfer) const;
  std::vector<TransferView> list(const State& state, AccountId account) const;  // oldest first

  template <class Ar>
  void state(Ar& ar) {
    ar(last_no_, open_, over_, purses_, used_, used_between_);
  }

 private:
  void put(AccountId account, int subaccount, Micros change) { purses_[{account, subaccount}] = purse(account, subaccount) + change; }

  std::uint64_t last_no_{0};
  std::deque<Transfer> open_;  // in order of acceptance
  std::deque<Transfer> over_;
  std::map<std::pair<AccountId, std::int32_t>, Micros> purses_;
  std::map<std::pair<AccountId, std::string>, std::uint64_t> used_;          // "<instance>:<client id>" -> transfer
  std::map<std::pair<AccountId, std::string>, std::uint64_t> used_between_;  // of subaccount transfers
};

template <class Ar>
void fields(Ar& ar, Transfers::Transfer& t) {
  ar(t.no, t.account, t.source, t.destination, t.source_subaccount, t.destination_subaccount, t.amount, t.status, t.accepted);
}

}  // namespace marginfix::sim
