// Makes typed sessions: the client's way in, and the tests' (with a RawSession of their own in the context).
#pragma once

#include <memory>

#include "marginfix/sessions/drop_copy_session.hpp"
#include "marginfix/sessions/listener_session.hpp"
#include "marginfix/sessions/market_data_session.hpp"
#include "marginfix/sessions/order_entry_session.hpp"
#include "sessions/client/session_core.hpp"

namespace marginfix {

struct SessionFactory {
  using Context = std::shared_ptr<sessions::ClientContext>;
  static std::unique_ptr<OrderEntrySession> order_entry(SessionConfig config, Context context);
  static std::unique_ptr<ListenerSession> listener(SessionConfig config, Context context);
  static std::unique_ptr<DropCopySession> drop_copy(SessionConfig config, Context context);
  static std::unique_ptr<MarketDataSession> market_data(SessionConfig config, Context context);
  // Reads key and store: MarginFixClient::start() does it for every session before the first one connects.
  static Result<void> prepare(FixSession& session) { return session.core().prepare(); }
  // The engine below a session, for what stands on several of them.
  static sessions::SessionCore& core(FixSession& session) { return session.core(); }
};

}  // namespace marginfix
