// Order entry on KalshiNR (no retransmission: what you miss, drop copy has) or KalshiRT (numbers and reports survive reconnects).
// Threads and sending: fix_session.hpp. Source: fix-margin.md "Order entry", "Order groups".
//
// Outcomes come as messages, never as errors of send(): ExecutionReport(8) with 150=8 for a refused order, OrderCancelReject(9) for a
// refused amend or cancel, BusinessMessageReject(j) before the exchange looked at it, Reject(3) for a malformed message.
//
// Every order, amend, cancel and mass cancel that send() accepted has one of these fates, and the application is told of each once:
//   answered   one of the messages above
//   not sent   on_not_sent: it never left this process, nothing can come of it
//   unknown    on_outcome_unknown: it left, and nobody here can say what became of it. Not final: an answer may still come.
// What was accepted by an earlier process is not remembered, except by KalshiRT's store: see UnknownCause::gap_filled, and docs/fix.md
// "Outcome unknown" for the way to find out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "marginfix/domain/unknown_cause.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/drop_copy_session.hpp"
#include "marginfix/sessions/fix_session.hpp"
#include "marginfix/sessions/order_groups.hpp"

namespace marginfix {

struct UnknownOutcome {
  const SentMessage& message;
  UnknownCause cause{};
  std::string_view text{};  // what happened and what to do, in words
};

struct OrderEntryHandlers : SessionHandlers {
  std::function<void(const fix::ExecutionReport&, const Inbound&)> on_execution_report{};
  std::function<void(const fix::OrderCancelReject&, const Inbound&)> on_cancel_reject{};
  std::function<void(const fix::OrderMassCancelReport&, const Inbound&)> on_mass_cancel_report{};
  // Every OrderGroupResponse(UOH), also those that have answered a callback of order_groups().
  std::function<void(const fix::OrderGroupResponse&, const Inbound&)> on_order_group_response{};
  // Once a message and cause. After the connection's end it comes before on_state tells of that; the answer that resolves it, should one
  // come, is an ordinary message. Order group requests have callbacks of their own, with Error::may_have_been_sent.
  std::function<void(const UnknownOutcome&)> on_outcome_unknown{};
  // The end of a drop copy range asked for on this session (request_drop_copy()), also of one that answered a callback.
  std::function<void(const fix::EventResendComplete&, const Inbound&)> on_event_resend_complete{};
  std::function<void(const fix::EventResendReject&, const Inbound&)> on_event_resend_reject{};
};

class OrderEntrySession final : public FixSession {
 public:
  ~OrderEntrySession() override;

  // Before start(), or later: then they take effect at the I/O thread's next turn.
  void set_handlers(OrderEntryHandlers handlers);

  // Errors: closed (not logged on), codec (naming the field), rate_limit (policy fail_fast, or too many waiting), store.
  // SenderSubID(50) is taken from message.header.sender_sub_id (FCM-sponsored access only).
  Result<SendReceipt> new_order(const fix::NewOrderSingle& order);
  Result<SendReceipt> amend(const fix::OrderCancelReplaceRequest& request);
  // Overtakes waiting new orders and may overdraw the bucket's reserve. When its order still waits for tokens here, neither is sent:
  // both come back through on_not_sent.
  Result<SendReceipt> cancel(const fix::OrderCancelRequest& request);
  // Cancels every order of this session's key. KalshiNR only; at most one a second (Error(rate_limit) says how long to wait).
  Result<SendReceipt> mass_cancel(std::string_view cl_ord_id);

  OrderGroups& order_groups() noexcept;

  // Past reports, as DropCopySession::request(), without a KalshiDC session: KalshiNR takes EventResendRequest(U1) too. The reports come
  // through on_execution_report among the live ones, whose ExecIDs are higher: give the range an end, else counts_agree cannot tell
  // them apart and may say false. Error(config) on KalshiRT, which resends by itself.
  Result<std::uint64_t> request_drop_copy(DropCopyRange range, DropCopyCallback done);

 private:
  friend class MarginFixClient;
  friend struct SessionFactory;
  class Core;
  explicit OrderEntrySession(std::unique_ptr<Core> core);
  OrderGroups groups_;
};

}  // namespace marginfix
