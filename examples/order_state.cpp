// One's own orders and positions from whatever tells of them, in whatever order it comes; and again after a restart, from what was saved
// and drop copy.
#include <mutex>

#include "example.hpp"
#include "marginfix/domain/order_tracker.hpp"
#include "marginfix/domain/position_ledger.hpp"
#include "marginfix/fix/domain_reports.hpp"

using namespace marginfix;

namespace {

// What the application knows. Handlers of several sessions feed it, so it has a lock.
class Desk {
 public:
  // Before the message leaves: its answer may be here before send() returns.
  void sent(const fix::NewOrderSingle& order) {
    tell(NewSent{std::string(order.cl_ord_id), std::string(order.symbol), order.side, order.order_qty, order.price,
                 order.alloc_account.value_or(0)});
  }
  void sent(const fix::OrderCancelReplaceRequest& amend) {
    tell(ReplaceSent{std::string(amend.cl_ord_id), amend.order_qty, amend.price, std::string(amend.orig_cl_ord_id)});
  }
  // From order entry, a listener and drop copy alike.
  void report(const fix::ExecutionReport& report) { tell(fix::to_order_report(report)); }
  void reject(const fix::OrderCancelReject& reject) { tell(fix::to_cancel_rejected(reject)); }
  void not_sent(const NotSent& what) { tell(RequestRefused{std::string(what.cl_ord_id), what.error.message}); }
  void unknown(const UnknownOutcome& what) {
    tell(OutcomeUnknown{std::string(what.message.cl_ord_id), what.cause, std::string(what.text)});
  }

  std::string saved() const {
    const std::lock_guard lock(mutex_);
    return orders_.snapshot();
  }
  void load(std::string_view saved) {
    const std::lock_guard lock(mutex_);
    orders_ = OrderTracker::restore(saved).value();
  }
  // By any id the order has or had.
  OrderState order(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const TrackedOrder* order = orders_.find(id);
    return order == nullptr ? OrderState{} : order->state;
  }

 private:
  void tell(const OrderEvent& event) {
    const std::lock_guard lock(mutex_);
    const OrderTracker::Change change = orders_.apply(event, system_clock().now());
    for (const OrderEffect& effect : change.effects) {
      if (effect.kind == OrderEffectKind::fill) positions_.book(*effect.fill);
      std::cout << (change.order == nullptr ? "?" : change.order->state.first_id()) << ": " << to_string(effect.kind) << ' ' << effect.text
                << '\n';
    }
  }

  mutable std::mutex mutex_;
  OrderTracker orders_;
  PositionLedger positions_;
};

}  // namespace

int main(int argc, char** argv) {
  return example::run([&] {
    // What handlers use lives longer than the client. `restarted` stands for the next start of this program.
    Desk desk, restarted;
    std::promise<std::string> resting, amended;
    std::promise<DropCopyResult> copied;

    auto config = example::config_from(argc, argv);
    config.select({"KalshiNR", "KalshiDC"}).value();
    MarginFixClient client(std::move(config));

    OrderEntryHandlers entry;
    entry.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound&) {
      desk.report(report);
      if (report.exec_type == ExecType::New) resting.set_value(std::string(report.exec_id));
      if (report.exec_type == ExecType::Replaced) amended.set_value(std::string(report.cl_ord_id));
    };
    entry.on_cancel_reject = [&](const fix::OrderCancelReject& reject, const Inbound&) { desk.reject(reject); };
    entry.on_not_sent = [&](const NotSent& what) { desk.not_sent(what); };
    entry.on_outcome_unknown = [&](const UnknownOutcome& what) { desk.unknown(what); };
    client.order_entry().set_handlers(std::move(entry));

    DropCopyHandlers copies;
    copies.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound&) {
      desk.report(report);  // late: changes nothing
      restarted.report(report);
    };
    client.drop_copy().set_handlers(std::move(copies));
    client.start().value();
    client.wait_until_active(std::chrono::seconds(30)).value();

    fix::NewOrderSingle order;
    order.cl_ord_id = "state-1";
    order.side = Side::Buy;
    order.symbol = "KXLTCPERP";
    order.order_qty = FixedPointCount::whole(10);
    order.price = DollarDecimal::parse("3.9000").value();
    order.time_in_force = TimeInForce::GTC;
    desk.sent(order);
    client.order_entry().new_order(order).value();
    const std::string first_exec_id = example::wait_for(resting.get_future(), "the New report");

    fix::OrderCancelReplaceRequest request;
    request.cl_ord_id = "state-2";
    request.orig_cl_ord_id = "state-1";
    request.side = Side::Buy;
    request.symbol = "KXLTCPERP";
    request.order_qty = FixedPointCount::whole(7);
    request.price = order.price;
    desk.sent(request);
    client.order_entry().amend(request).value();
    example::wait_for(amended.get_future(), "the Replaced report");

    restarted.load(desk.saved());
    client.drop_copy().request({first_exec_id, {}, {}}, [&](const Result<DropCopyResult>& r) { copied.set_value(r.value()); }).value();
    example::wait_for(copied.get_future(), "the end of the range");

    for (const OrderState& state : {desk.order("state-1"), restarted.order("state-1")}) {
      std::cout << state.cl_ord_id << ": " << to_string(state.phase) << ", " << state.leaves_qty.to_string() << " open\n";
      if (state.cl_ord_id != "state-2" || state.leaves_qty != FixedPointCount::whole(7))
        throw std::runtime_error("not what the exchange has");
    }
    client.stop();
  });
}
