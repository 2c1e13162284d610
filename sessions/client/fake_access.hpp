// How a client gets a FakeExchange's sessions in place of real ones.
#pragma once

#include <memory>

#include "marginfix/sessions/fake_exchange.hpp"
#include "sessions/client/session_core.hpp"

namespace marginfix::sessions {

struct FakeAccess {
  static RawSessionFactory factory(std::shared_ptr<FakeExchange> exchange);
  static FakeExchange::Session& slot(FakeExchange& exchange, const std::string& name);
};

}  // namespace marginfix::sessions
