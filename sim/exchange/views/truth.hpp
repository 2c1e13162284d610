// The truth for GET /state: accounts with keys, balances, positions, open orders, groups, ExecIDs; markets; clock.
#pragma once

#include <optional>
#include <string>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

struct State;

// How much of the truth. Of lists that are longer the newest (of books: the best) are told, and `left_out` says how many are not.
struct TruthQuery {
  std::string account;  // "" = all
  std::size_t limit{SIZE_MAX};
  // A page further back: only what is older than these. The texts are ids of the lists ("" = from the newest).
  std::optional<ExecId> exec_ids_before;
  std::string orders_before;  // order_id
  std::string fills_before;   // fill_id
  std::string groups_before;  // order_group_id
};
inline constexpr std::size_t kUsualTruthLimit = 5'000;  // of GET /state: no other door waits longer than a few milliseconds for it

namespace views {

// Decimals are strings; times RFC 3339. Empty: there is no such account.
std::string truth_json(const State& state, const TruthQuery& query = {});

}  // namespace views
}  // namespace marginfix::sim
