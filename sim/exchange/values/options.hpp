// With what a simulated exchange is made: markets, accounts, limits, where it keeps its files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/exchange/values/market_spec.hpp"
#include "sim/exchange/values/rate_limits.hpp"

namespace marginfix::sim {

// When a command is in the kernel's hands (it survives kill -9): EachCommand and Mapped before it runs, by a write or, Mapped, by a copy
// into the journal's pages, which takes no system call; OnCommit at commit(). Mapped is EachCommand where the file system of `dir` does
// not promise the room that was taken on it (writing_on() of record/journal.hpp: ext4, XFS and tmpfs do).
enum class WritePolicy : std::uint8_t { EachCommand = 0, OnCommit = 1, Mapped = 2 };

struct KeySpec {
  std::string key_id;  // UUID; SenderCompID of its sessions
  KeyScope scope{KeyScope::Trading};
  std::optional<int> subaccount{};  // locked to it: the engine refuses anything about another one
  std::string subtrader{};          // bound to this subtrader of an FCM ("" = not bound): its orders are the subtrader's, and only those
};
struct AccountSpec {
  std::string name;
  std::vector<KeySpec> keys;
  bool fcm{false};                      // FCM-sponsored: parties (24) and operators (50) are allowed
  std::vector<DollarDecimal> deposits;  // by subaccount from 0; its length says how many subaccounts there are (at least 1)
  bool margin_enabled{true};            // false: the exchange knows the person but lets nobody trade perps with this account
};

struct ExchangeOptions {
  std::filesystem::path dir{};  // empty = nothing is kept
  std::uint64_t seed{1};
  std::vector<MarketSpec> markets = production_markets();
  std::string quiet_market{"KXLTCPERP"};  // left alone by the house accounts
  bool house{true};                       // house accounts trade (false = --quiet)
  // Of a new exchange only; one that was started before goes on as it began.
  bool past{true};                      // three seeded days before the start, in which the accounts below traded (past_run.hpp)
  std::vector<AccountSpec> accounts{};  // made at the very beginning
  // Given: the trading clock begins here and stands still between advance()s, whatever wall time step() and open() are told. The same
  // requests then give the same events to the microsecond.
  std::optional<Timestamp> manual_clock{};
  RateTier tier{RateTier::Contract};
  FeeSchedule fees{};
  WritePolicy write_policy{WritePolicy::EachCommand};
  DollarDecimal per_market_limit = DollarDecimal::whole(25'000'000);  // notional an account may have in one market
  DollarDecimal account_limit = DollarDecimal::whole(100'000'000);    // and in all markets together
  std::uint64_t snapshot_bytes{16u << 20};                            // journal length that brings the next snapshot
  std::uint64_t snapshot_at_once{1u << 20};                           // snapshot and journal together: more is done beside trading
  std::uint64_t past_in_snapshot{256u << 10};                         // of what is over: more moves into files of its own
};

template <class Ar>
void fields(Ar& ar, KeySpec& k) {
  ar(k.key_id, k.scope, k.subaccount, k.subtrader);
}
template <class Ar>
void fields(Ar& ar, AccountSpec& a) {
  ar(a.name, a.keys, a.fcm, a.deposits, a.margin_enabled);
}

}  // namespace marginfix::sim
