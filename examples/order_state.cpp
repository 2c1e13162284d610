// One's own orders and positions from reports, in whatever order they come; and again after a restart, from what was saved and drop copy.
#include <map>
#include <mutex>

#include "example.hpp"
#include "marginfix/domain/order_state.hpp"
#include "marginfix/domain/position_ledger.hpp"
#include "marginfix/fix/domain_reports.hpp"

using namespace marginfix;

namespace {

// What the application knows. Handlers of several sessions feed it, so it has a lock.
class Desk {
 public:
  void sent(const fix::NewOrderSingle& order) {
    const std::lock_guard lock(mutex_);
    apply_to(current_id(order.cl_ord_id), NewSent{std::string(order.cl_ord_id), std::string(order.symbol), order.side, order.order_qty,
                                                  order.price, order.alloc_account.value_or(0)});
  }
  void adopt(const Baseline& saved) {
    const std::lock_guard lock(mutex_);
    apply_to(saved.cl_ord_id, saved);
    by_order_id_[saved.order_id] = saved.cl_ord_id;
  }
  // From order entry, a listener and drop copy alike.
  void report(const fix::ExecutionReport& wire) {
    const std::lock_guard lock(mutex_);
    const OrderReport report = fix::to_order_report(wire);
    // The order it is about: by OrderID(37), else by the id that it has or had.
    const auto known = by_order_id_.find(report.order_id);
    const std::string id = known != by_order_id_.end() ? known->second : current_id(report.orig_cl_ord_id.value_or(report.cl_ord_id));
    apply_to(id, report);
    if (!orders_[id].order_id.empty()) by_order_id_[orders_[id].order_id] = id;
  }
  void reject(const fix::OrderCancelReject& wire) {
    const std::lock_guard lock(mutex_);
    apply_to(current_id(wire.orig_cl_ord_id.value_or(wire.cl_ord_id)), fix::to_cancel_rejected(wire));
  }
  void unknown(const UnknownOutcome& what) {
    const std::lock_guard lock(mutex_);
    apply_to(current_id(what.message.cl_ord_id), OutcomeUnknown{std::string(what.message.cl_ord_id), what.cause, std::string(what.text)});
  }

  OrderState order(const std::string& first_id) const {
    const std::lock_guard lock(mutex_);
    const auto it = orders_.find(first_id);
    return it == orders_.end() ? OrderState{} : it->second;
  }
  FixedPointCount net(const std::string& symbol) const {
    const std::lock_guard lock(mutex_);
    return positions_.net(0, symbol);
  }

 private:
  // Orders are kept under the first id they had.
  std::string current_id(std::string_view id) const {
    for (const auto& [first, order] : orders_)
      if (order.knows(id)) return first;
    return std::string(id);
  }
  void apply_to(const std::string& id, const OrderEvent& event) {
    OrderTransition next = apply(std::move(orders_[id]), event);
    orders_[id] = std::move(next.state);
    for (const OrderEffect& effect : next.effects) {
      if (effect.kind == OrderEffectKind::fill) positions_.book(*effect.fill);
      std::cout << id << ": " << to_string(effect.kind) << ' ' << effect.text << '\n';
    }
  }

  mutable std::mutex mutex_;
  std::map<std::string, OrderState> orders_;
  std::map<std::string, std::string> by_order_id_;
  PositionLedger positions_;
};

// What a store needs to keep of an order for the next start.
Baseline saved(const OrderState& order) {
  Baseline b;
  b.cl_ord_id = order.cl_ord_id;
  b.order_id = order.order_id;
  b.symbol = order.symbol;
  b.side = order.side;
  b.order_qty = order.order_qty;
  b.cum_qty = order.booked_qty;  // what was booked, not what is filled: a trade still missing is booked after the restart
  b.leaves_qty = order.leaves_qty;
  b.price = order.price;
  b.subaccount = order.subaccount;
  b.as_of = order.last_time;
  return b;
}

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
    client.order_entry().amend(request).value();
    example::wait_for(amended.get_future(), "the Replaced report");

    restarted.adopt(saved(desk.order("state-1")));
    client.drop_copy().request({first_exec_id, {}, {}}, [&](const Result<DropCopyResult>& r) { copied.set_value(r.value()); }).value();
    example::wait_for(copied.get_future(), "the end of the range");

    for (const OrderState& state : {desk.order("state-1"), restarted.order("state-2")}) {
      std::cout << state.cl_ord_id << ": " << to_string(state.phase) << ", " << state.leaves_qty.to_string() << " open\n";
      if (state.cl_ord_id != "state-2" || state.leaves_qty != FixedPointCount::whole(7))
        throw std::runtime_error("not what the exchange has");
    }
    client.stop();
  });
}
