// ListenerSession: reports in, no orders out. Source: fix-margin.md "Logon", "Drop copy".
#include <array>
#include <boost/asio/post.hpp>

#include "sessions/client/session_factory.hpp"

namespace marginfix {

class ListenerSession::Core final : public sessions::SessionCore {
 public:
  Core(SessionConfig config, SessionFactory::Context context) : SessionCore(std::move(config), std::move(context), kSentWindow) {}

  void set_handlers(ListenerHandlers handlers) {
    install([this, handlers = std::move(handlers)]() mutable { handlers_ = std::move(handlers); });
  }

 private:
  static constexpr std::size_t kSentWindow = 64;

  SessionHandlers& common() noexcept override { return handlers_; }

  Result<void> may_send(std::string_view msg_type) const override {
    for (const std::string_view order : {"D", "F", "G", "q", "UOG"}) {
      if (msg_type == order) {
        return fail(ErrorCategory::config, config().name + " is a listener, which may only read: send MsgType(35)=" +
                                               std::string(msg_type) + " on an order entry session; it was not sent");
      }
    }
    return {};
  }

  void receive(Inbound& in) override {
    if (in.msg_type == fix::ExecutionReport::kMsgType) {
      if (decode(in, report_)) call(handlers_.on_execution_report, std::as_const(report_), std::as_const(in));
    } else if (in.msg_type == fix::OrderCancelReject::kMsgType) {
      if (decode(in, cancel_reject_)) call(handlers_.on_cancel_reject, std::as_const(cancel_reject_), std::as_const(in));
    } else if (in.msg_type == fix::OrderMassCancelReport::kMsgType) {
      if (decode(in, mass_cancel_report_)) call(handlers_.on_mass_cancel_report, std::as_const(mass_cancel_report_), std::as_const(in));
    } else if (in.msg_type == fix::OrderGroupResponse::kMsgType) {
      if (decode(in, group_response_)) call(handlers_.on_order_group_response, std::as_const(group_response_), std::as_const(in));
    } else if (in.msg_type == fix::EventResendComplete::kMsgType) {
      decode(in, resend_complete_);  // to on_message: a U1 of the program's own
    } else if (in.msg_type == fix::EventResendReject::kMsgType) {
      decode(in, resend_reject_);
    } else {
      unknown_type(in);
    }
  }

  ListenerHandlers handlers_;
  fix::ExecutionReport report_;
  fix::OrderCancelReject cancel_reject_;
  fix::OrderMassCancelReport mass_cancel_report_;
  fix::OrderGroupResponse group_response_;
  fix::EventResendComplete resend_complete_;
  fix::EventResendReject resend_reject_;
};

ListenerSession::ListenerSession(std::unique_ptr<Core> session) : FixSession(std::move(session)) {}
ListenerSession::~ListenerSession() = default;

void ListenerSession::set_handlers(ListenerHandlers handlers) { static_cast<Core&>(core()).set_handlers(std::move(handlers)); }

std::unique_ptr<ListenerSession> SessionFactory::listener(SessionConfig config, Context context) {
  return std::unique_ptr<ListenerSession>(
      new ListenerSession(std::make_unique<ListenerSession::Core>(std::move(config), std::move(context))));
}

}  // namespace marginfix
