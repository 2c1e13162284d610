// What an instance that does not lead, or a command, asks of the one that leads: bodies of decisions (journal/record.hpp) in a table. The
// leader takes them in the transaction that writes their records, so that each is done once, whoever leads by then.
#pragma once

#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/postgres/address.hpp"

namespace marginfix::reconcile {

// Error(connect or store).
Result<void> put_into_inbox(const PostgresAddress& address, const std::string& service, const std::string& body);

}  // namespace marginfix::reconcile
