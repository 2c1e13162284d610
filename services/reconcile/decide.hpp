// Closing a break from outside the service: by the page of the one that runs (it holds the folder), else by a record of one's own. In
// PostgreSQL: by its inbox, which the leader empties; where nobody leads by leading for the moment.
#pragma once

#include <cstdint>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/folder.hpp"

namespace marginfix::reconcile {

struct BreakDecision {
  std::int64_t break_id{0};
  std::string action;  // resolve, explain, accept
  std::string user, reason;
};

// Error(config): a decision without a user or a reason; Error(store): no such break, one that is closed already (code "gone"), a folder
// that another process holds and no page answers for; Error(http) of the page.
Result<void> decide(const LedgerPlace& place, const BreakDecision& decision);

}  // namespace marginfix::reconcile
