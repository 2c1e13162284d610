// The WAL that a killed writer leaves beside ledger.db. SQLite takes its frames up to the first whose checksum is wrong, and says nothing
// of the others: to it a changed byte and a write that was cut short are the same. They are not: behind the latter nothing has been
// committed. (A transaction that was rolled back, or cut short by a kill, may leave whole frames; the next one begins in their place.)
#pragma once

#include <string>

#include "marginfix/core/result.hpp"

namespace marginfix::reconcile {

// No file, or an empty one, is fine. Error(store): the frame that was changed, where it is and that later ones stand behind it.
Result<void> check_wal(const std::string& ledger);

}  // namespace marginfix::reconcile
