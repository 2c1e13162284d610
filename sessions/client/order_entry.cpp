// OrderEntrySession. Source: fix-margin.md "Order entry", "Order groups".
#include <atomic>
#include <boost/asio/post.hpp>

#include "sessions/client/order_groups_impl.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix {

namespace {
constexpr std::size_t kSentWindow = 8192;
constexpr std::chrono::microseconds kMassCancelInterval{1'000'000};
}  // namespace

class OrderEntrySession::Core final : public sessions::SessionCore {
 public:
  Core(SessionConfig config, SessionFactory::Context context) : SessionCore(std::move(config), std::move(context), kSentWindow) {}

  void set_handlers(OrderEntryHandlers handlers) {
    install([this, handlers = std::move(handlers)]() mutable { handlers_ = std::move(handlers); });
  }
  void set_groups(sessions::OrderGroupsImpl* groups) { groups_ = groups; }

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
      if (decode(in, report_)) call(handlers_.on_execution_report, std::as_const(report_), std::as_const(in));
    } else if (in.msg_type == fix::OrderCancelReject::kMsgType) {
      if (decode(in, cancel_reject_)) call(handlers_.on_cancel_reject, std::as_const(cancel_reject_), std::as_const(in));
    } else if (in.msg_type == fix::OrderMassCancelReport::kMsgType) {
      if (decode(in, mass_cancel_report_)) call(handlers_.on_mass_cancel_report, std::as_const(mass_cancel_report_), std::as_const(in));
    } else if (in.msg_type == fix::OrderGroupResponse::kMsgType) {
      if (!decode(in, group_response_)) return;
      call(handlers_.on_order_group_response, std::as_const(group_response_), std::as_const(in));
      groups_->on_response(group_response_);
    } else {
      unknown_type(in);
    }
  }

  void lost(EndReason) override { groups_->on_lost(); }
  void transmitted(const SentMessage& sent) override {
    if (sent.msg_type == fix::OrderGroupRequest::kMsgType) groups_->on_transmitted(sent);
  }
  void dropped(const NotSent& what) override {
    if (what.msg_type == fix::OrderGroupRequest::kMsgType) groups_->on_dropped(what);
  }
  void refused_by_exchange(std::int64_t ref_seq, const SentMessage*, const Error& error) override {
    groups_->on_refused(ref_seq, error, ref_seq == 0 && refused_type() == fix::OrderGroupRequest::kMsgType);
  }

  OrderEntryHandlers handlers_;
  sessions::OrderGroupsImpl* groups_{nullptr};
  std::atomic<std::int64_t> last_mass_cancel_{0};
  fix::ExecutionReport report_;
  fix::OrderCancelReject cancel_reject_;
  fix::OrderMassCancelReport mass_cancel_report_;
  fix::OrderGroupResponse group_response_;
};

OrderEntrySession::OrderEntrySession(std::unique_ptr<Core> session)
    : FixSession(std::move(session)), groups_(std::make_unique<sessions::OrderGroupsImpl>(core())) {
  static_cast<Core&>(core()).set_groups(groups_.impl_.get());
}
OrderEntrySession::~OrderEntrySession() = default;

void OrderEntrySession::set_handlers(OrderEntryHandlers handlers) { static_cast<Core&>(core()).set_handlers(std::move(handlers)); }

Result<SendReceipt> OrderEntrySession::new_order(const fix::NewOrderSingle& order) {
  return core().send(order, {order.cl_ord_id, {}, order.header.sender_sub_id.value_or(""), false});
}

Result<SendReceipt> OrderEntrySession::amend(const fix::OrderCancelReplaceRequest& request) {
  return core().send(request, {request.cl_ord_id, request.orig_cl_ord_id, request.header.sender_sub_id.value_or(""), false});
}

Result<SendReceipt> OrderEntrySession::cancel(const fix::OrderCancelRequest& request) {
  return core().send(request, {request.cl_ord_id, request.orig_cl_ord_id, request.header.sender_sub_id.value_or(""), true});
}

Result<SendReceipt> OrderEntrySession::mass_cancel(std::string_view cl_ord_id) { return static_cast<Core&>(core()).mass_cancel(cl_ord_id); }

OrderGroups& OrderEntrySession::order_groups() noexcept { return groups_; }

std::unique_ptr<OrderEntrySession> SessionFactory::order_entry(SessionConfig config, Context context) {
  return std::unique_ptr<OrderEntrySession>(
      new OrderEntrySession(std::make_unique<OrderEntrySession::Core>(std::move(config), std::move(context))));
}

}  // namespace marginfix
