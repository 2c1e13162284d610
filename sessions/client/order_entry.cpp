// OrderEntrySession. Source: fix-margin.md "Order entry", "Order groups".
#include <atomic>
#include <boost/asio/post.hpp>
#include <charconv>

#include "sessions/client/drop_copy_ranges.hpp"
#include "sessions/client/order_groups_impl.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix {

namespace {
constexpr std::size_t kSentOrders = 32'768;  // messages whose answer is waited for
constexpr std::chrono::microseconds kMassCancelInterval{1'000'000};

constexpr std::string_view kFindOut = "find out before asking for the same under another ClOrdID(11): docs/fix.md \"Outcome unknown\"";

// The messages whose answers name them by ClOrdID(11).
bool is_followed(std::string_view msg_type) {
  return msg_type == fix::NewOrderSingle::kMsgType || msg_type == fix::OrderCancelReplaceRequest::kMsgType ||
         msg_type == fix::OrderCancelRequest::kMsgType || msg_type == fix::OrderMassCancelRequest::kMsgType;
}

// Pending reports say that a gateway has the request, not what the exchange makes of it.
bool is_answer(ExecType type) {
  return type != ExecType::PendingNew && type != ExecType::PendingReplace && type != ExecType::PendingCancel;
}

bool says_unavailable(std::optional<std::string_view> text) { return text && says_outcome_unknown(*text); }

std::string name_of(const SentMessage& message) {
  return std::string(message.msg_type) + " " + std::string(message.cl_ord_id) +
         (message.seq != 0 ? " (34=" + std::to_string(message.seq) + ")" : std::string());
}
}  // namespace

class OrderEntrySession::Core final : public sessions::SessionCore {
 public:
  Core(SessionConfig config, SessionFactory::Context context)
      : SessionCore(std::move(config), std::move(context), kSentOrders), ranges_(*this, true) {}

  void set_handlers(OrderEntryHandlers handlers) {
    install([this, handlers = std::move(handlers)]() mutable { handlers_ = std::move(handlers); });
  }
  void set_groups(sessions::OrderGroupsImpl* groups) { groups_ = groups; }

  Result<std::uint64_t> request_drop_copy(DropCopyRange range, DropCopyCallback done) {
    if (config().target != TargetSession::NR)
      return refuse(fail(ErrorCategory::config, "drop copy ranges are answered on KalshiNR and KalshiDC: " + config().name +
                                                    " gets what it missed by ResendRequest(2)"));
    return ranges_.request(std::move(range), std::move(done));
  }

  Result<SendReceipt> mass_cancel(std::string_view cl_ord_id) {
    if (config().target != TargetSession::NR)
      return refuse(fail(ErrorCategory::config, "mass cancel exists on KalshiNR only: on " + config().name +
                                                    " cancel order by order, or trigger the order group"));
    std::int64_t last = last_mass_cancel_.load();
    const std::int64_t present = now().time_since_epoch().count();
    const std::int64_t next = last + kMassCancelInterval.count();
    if (last != 0 && present < next) {
      return refuse(fail(ErrorCategory::rate_limit, "the exchange takes one mass cancel a second: try again in " +
                                                        std::to_string((next - present + 999) / 1000) + " ms"));
    }
    if (!last_mass_cancel_.compare_exchange_strong(last, present))
      return refuse(fail(ErrorCategory::rate_limit, "the exchange takes one mass cancel a second, and another thread has just sent it"));
    fix::OrderMassCancelRequest request;
    request.cl_ord_id = cl_ord_id;
    auto receipt = send(request, {cl_ord_id, {}, {}, true});
    if (!receipt) last_mass_cancel_.store(last);
    return receipt;
  }

 private:
  SessionHandlers& common() noexcept override { return handlers_; }

  void receive(Inbound& in) override {
    if (in.msg_type == fix::ExecutionReport::kMsgType) {
      if (decode(in, report_)) on_report(in);
    } else if (in.msg_type == fix::OrderCancelReject::kMsgType) {
      if (decode(in, cancel_reject_)) on_cancel_reject(in);
    } else if (in.msg_type == fix::OrderMassCancelReport::kMsgType) {
      if (!decode(in, mass_cancel_report_)) return;
      sent_window().answered(mass_cancel_report_.cl_ord_id.value_or(""));
      call(handlers_.on_mass_cancel_report, std::as_const(mass_cancel_report_), std::as_const(in));
    } else if (in.msg_type == fix::OrderGroupResponse::kMsgType) {
      if (!decode(in, group_response_)) return;
      call(handlers_.on_order_group_response, std::as_const(group_response_), std::as_const(in));
      groups_->on_response(group_response_);
    } else if (in.msg_type == fix::EventResendComplete::kMsgType) {
      if (!decode(in, resend_complete_)) return;
      call(handlers_.on_event_resend_complete, std::as_const(resend_complete_), std::as_const(in));
      ranges_.on_complete(resend_complete_);
    } else if (in.msg_type == fix::EventResendReject::kMsgType) {
      if (!decode(in, resend_reject_)) return;
      call(handlers_.on_event_resend_reject, std::as_const(resend_reject_), std::as_const(in));
      ranges_.on_reject(resend_reject_);
    } else {
      unknown_type(in);
    }
  }

  void on_report(Inbound& in) {
    ranges_.on_report(report_);  // counts it; it is handed over in any case: live reports and past ones look the same
    note_shard();
    SentMessage asked{0, 0, fix::NewOrderSingle::kMsgType, report_.cl_ord_id};
    if (is_answer(report_.exec_type)) {
      sent_window().answered(report_.cl_ord_id, &asked);
      // The order under its former id: it exists, whatever else is unknown.
      if (report_.orig_cl_ord_id) sent_window().answered(*report_.orig_cl_ord_id);
    }
    call(handlers_.on_execution_report, std::as_const(report_), std::as_const(in));
    if (report_.exec_type == ExecType::Rejected && says_unavailable(report_.text)) tell_unavailable(asked);
  }

  void on_cancel_reject(Inbound& in) {
    const bool cancel = cancel_reject_.cxl_rej_response_to == CxlRejResponseTo::OrderCancelRequest;
    SentMessage asked{0, 0, cancel ? fix::OrderCancelRequest::kMsgType : fix::OrderCancelReplaceRequest::kMsgType,
                      cancel_reject_.cl_ord_id};
    sent_window().answered(cancel_reject_.cl_ord_id, &asked);
    call(handlers_.on_cancel_reject, std::as_const(cancel_reject_), std::as_const(in));
    if (says_unavailable(cancel_reject_.text)) tell_unavailable(asked);
  }

  void tell_unavailable(const SentMessage& asked) {
    tell_unknown(asked, UnknownCause::exchange_unavailable, "the exchange could not confirm whether it was applied (EXCHANGE_UNAVAILABLE)");
  }

  void tell_unknown(const SentMessage& message, UnknownCause cause, std::string_view why) {
    const std::string text = name_of(message) + ": " + std::string(why) + ": " + std::string(kFindOut);
    count_outcome_unknown();
    log(LogLevel::warning, config().name + ": outcome unknown of " + text);
    call(handlers_.on_outcome_unknown, UnknownOutcome{message, cause, text});
  }

  // LastMkt(30) is the exchange index of the report's market: the shard whose bucket its orders spend.
  void note_shard() {
    const std::string_view index = report_.last_mkt.value_or("");
    int shard = 0;
    const auto [end, problem] = std::from_chars(index.data(), index.data() + index.size(), shard);
    if (problem == std::errc{} && end == index.data() + index.size()) context().limits->set_shard(report_.symbol, shard, now());
  }

  void logged_on() override { ranges_.on_logged_on(); }
  void lost(EndReason) override {
    groups_->on_lost();
    ranges_.on_lost();
  }
  void ended(EndReason) override { ranges_.on_ended(); }
  void connection_over(EndReason reason, const std::string&) override {
    const bool comes_again = config().target == TargetSession::RT;
    const std::string why = "it had left when the connection ended (" + std::string(to_string(reason)) + "), without an answer" +
                            (comes_again ? ", which may still come after the next Logon" : ", and none will come on this session");
    sent_window().end_of_connection([&](const SentMessage& message) { tell_unknown(message, UnknownCause::connection_ended, why); });
  }
  void not_resent(const SentMessage& message) override {
    if (!is_followed(message.msg_type) || !sent_window().gap_filled(message.seq)) return;
    tell_unknown(
        message, UnknownCause::gap_filled,
        "the exchange said that it does not have it; it is older than ResendAgeLimit and will not be sent again, so it works only if "
        "its first copy was taken after all");
  }
  void pushed_out(const SentMessage& message) override {
    tell_unknown(message, UnknownCause::unanswered, "no answer has come while " + std::to_string(kSentOrders) + " messages left after it");
  }
  void transmitted(const SentMessage& sent) override {
    if (sent.msg_type == fix::OrderGroupRequest::kMsgType) groups_->on_transmitted(sent);
    if (sent.msg_type == fix::EventResendRequest::kMsgType) ranges_.on_transmitted(sent);
    if (is_followed(sent.msg_type)) sent_window().await_answer(sent.seq);
  }
  void dropped(const NotSent& what) override {
    if (what.msg_type == fix::OrderGroupRequest::kMsgType) groups_->on_dropped(what);
    if (what.msg_type == fix::EventResendRequest::kMsgType) ranges_.on_dropped(what);
  }
  void refused_by_exchange(std::int64_t ref_seq, const SentMessage* about, const Error& error) override {
    groups_->on_refused(ref_seq, error, ref_seq == 0 && refused_type() == fix::OrderGroupRequest::kMsgType);
    ranges_.on_refused(ref_seq, error);
    if (about == nullptr) {  // not known by its number: by its ClOrdID(11), where the refusal names one
      if (is_followed(refused_type())) sent_window().answered(refused_id());
      return;
    }
    if (!is_followed(about->msg_type)) return;
    sent_window().answered(about->seq);
    if (says_unavailable(error.code)) tell_unavailable(*about);
  }

  OrderEntryHandlers handlers_;
  sessions::OrderGroupsImpl* groups_{nullptr};
  std::atomic<std::int64_t> last_mass_cancel_{0};
  fix::ExecutionReport report_;
  fix::OrderCancelReject cancel_reject_;
  fix::OrderMassCancelReport mass_cancel_report_;
  fix::OrderGroupResponse group_response_;
  fix::EventResendComplete resend_complete_;
  fix::EventResendReject resend_reject_;
  sessions::DropCopyRanges ranges_;
};

OrderEntrySession::OrderEntrySession(std::unique_ptr<Core> session)
    : FixSession(std::move(session)), groups_(std::make_unique<sessions::OrderGroupsImpl>(core())) {
  static_cast<Core&>(core()).set_groups(groups_.impl_.get());
}
OrderEntrySession::~OrderEntrySession() = default;

void OrderEntrySession::set_handlers(OrderEntryHandlers handlers) { static_cast<Core&>(core()).set_handlers(std::move(handlers)); }

Result<SendReceipt> OrderEntrySession::new_order(const fix::NewOrderSingle& order) {
  return core().send(order, {order.cl_ord_id, {}, order.header.sender_sub_id.value_or(""), false, order.symbol});
}

Result<SendReceipt> OrderEntrySession::amend(const fix::OrderCancelReplaceRequest& request) {
  return core().send(request,
                     {request.cl_ord_id, request.orig_cl_ord_id, request.header.sender_sub_id.value_or(""), false, request.symbol});
}

Result<SendReceipt> OrderEntrySession::cancel(const fix::OrderCancelRequest& request) {
  return core().send(request, {request.cl_ord_id, request.orig_cl_ord_id, request.header.sender_sub_id.value_or(""), true, request.symbol});
}

Result<SendReceipt> OrderEntrySession::mass_cancel(std::string_view cl_ord_id) { return static_cast<Core&>(core()).mass_cancel(cl_ord_id); }

Result<std::uint64_t> OrderEntrySession::request_drop_copy(DropCopyRange range, DropCopyCallback done) {
  return static_cast<Core&>(core()).request_drop_copy(std::move(range), std::move(done));
}

OrderGroups& OrderEntrySession::order_groups() noexcept { return groups_; }

std::unique_ptr<OrderEntrySession> SessionFactory::order_entry(SessionConfig config, Context context) {
  return std::unique_ptr<OrderEntrySession>(
      new OrderEntrySession(std::make_unique<OrderEntrySession::Core>(std::move(config), std::move(context))));
}

}  // namespace marginfix
