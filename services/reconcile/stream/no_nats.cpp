// In place of nats_connection.cpp where the NATS C client was not there when this program was built.
#include "services/reconcile/stream/connection.hpp"

namespace marginfix::reconcile {

bool has_nats() noexcept { return false; }

Result<std::unique_ptr<StreamConnection>> connect_nats(const BrokerSettings&) {
  return fail(ErrorCategory::config,
              "this program was built without the NATS client: install libnats-dev (3.4 or later) and build it again");
}

}  // namespace marginfix::reconcile
