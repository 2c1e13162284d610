#include "apps/demo/order_views.hpp"

#include "marginfix/fix/domain_reports.hpp"

namespace marginfix::apps {

namespace {
bool is_pending(ExecType type) {
  return type == ExecType::PendingNew || type == ExecType::PendingReplace || type == ExecType::PendingCancel;
}
}  // namespace

void OrderViews::take(const fix::ExecutionReport& wire) {
  const OrderReport r = fix::to_order_report(wire);
  orders_.apply(r, {});
  if (is_pending(r.exec_type) || outcome_unknown(r)) return;
  settle(r.cl_ord_id);
  if (r.orig_cl_ord_id) settle(*r.orig_cl_ord_id);  // the order under its former id exists
}

void OrderViews::take(const fix::OrderCancelReject& r) {
  orders_.apply(fix::to_cancel_rejected(r), {});
  refused_[std::string(r.cl_ord_id)] = r.text.value_or("");
  if (!fix::outcome_unknown(r)) settle(r.cl_ord_id);
}

void OrderViews::take(const UnknownOutcome& what) { unknown_[std::string(what.message.cl_ord_id)] = what.text; }

void OrderViews::settle(std::string_view cl_ord_id) {
  answered_.emplace(cl_ord_id);
  if (const auto known = unknown_.find(cl_ord_id); known != unknown_.end()) unknown_.erase(known);
}

std::optional<OrderView> OrderViews::find(const std::string& cl_ord_id) const {
  const TrackedOrder* order = orders_.find(cl_ord_id);
  const auto refused = refused_.find(cl_ord_id);
  const auto unknown = unknown_.find(cl_ord_id);
  if (order == nullptr && refused == refused_.end() && unknown == unknown_.end()) return std::nullopt;
  OrderView view;
  if (order != nullptr) {
    const OrderState& s = order->state;
    view = {s.ord_status(), s.cum_qty, s.leaves_qty, s.text};
  }
  if (refused != refused_.end()) {
    view.refused_cancel = true;
    view.text = refused->second;
  }
  view.answered = answered_.contains(cl_ord_id);
  if (unknown != unknown_.end()) view.unknown = unknown->second;
  return view;
}

std::vector<std::string> OrderViews::unknown() const {
  std::vector<std::string> texts;
  for (const auto& [id, why] : unknown_) texts.push_back(why);
  return texts;
}

}  // namespace marginfix::apps
