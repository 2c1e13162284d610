// The read-only live feed of an account's reports (ListenerSession(20126)=Y) on KalshiNR or KalshiRT: every ExecutionReport(8), also of
// orders entered by REST or by other keys. Needs an API key of its own (read scope suffices).
// Threads: fix_session.hpp. Source: fix-margin.md "Logon", "Drop copy".
#pragma once

#include <functional>
#include <memory>

#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/fix_session.hpp"

namespace marginfix {

struct ListenerHandlers : SessionHandlers {
  std::function<void(const fix::ExecutionReport&, const Inbound&)> on_execution_report{};
  std::function<void(const fix::OrderCancelReject&, const Inbound&)> on_cancel_reject{};
  std::function<void(const fix::OrderMassCancelReport&, const Inbound&)> on_mass_cancel_report{};
  std::function<void(const fix::OrderGroupResponse&, const Inbound&)> on_order_group_response{};
};

// Has no way to send orders; send_body() refuses D, F, G, q and UOG locally (the exchange would answer with a j).
class ListenerSession final : public FixSession {
 public:
  ~ListenerSession() override;
  void set_handlers(ListenerHandlers handlers);

 private:
  friend class MarginFixClient;
  friend struct SessionFactory;
  class Core;
  explicit ListenerSession(std::unique_ptr<Core> core);
};

}  // namespace marginfix
