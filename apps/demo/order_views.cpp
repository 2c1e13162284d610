#include "apps/demo/order_views.hpp"

#include "marginfix/fix/domain_reports.hpp"

namespace marginfix::apps {

namespace {
bool is_pending(ExecType type) {
  return type == ExecType::PendingNew || type == ExecType::PendingReplace || type == ExecType::PendingCancel;
}
}  // namespace

void OrderViews::take(const fix::ExecutionReport& r) {
  OrderView& view = views_[std::string(r.cl_ord_id)];
  view.status = r.ord_status;
  view.exec_type = r.exec_type;
  view.cum = r.cum_qty;
  view.leaves = r.leaves_qty;
  view.text = r.text.value_or("");
  if (is_pending(r.exec_type) || fix::outcome_unknown(r)) return;
  settle(r.cl_ord_id);
  if (r.orig_cl_ord_id) settle(*r.orig_cl_ord_id);  // the order under its former id exists
}

void OrderViews::take(const fix::OrderCancelReject& r) {
  OrderView& view = views_[std::string(r.cl_ord_id)];
  view.refused_cancel = true;
  view.text = r.text.value_or("");
  if (!fix::outcome_unknown(r)) settle(r.cl_ord_id);
}

void OrderViews::take(const UnknownOutcome& what) { views_[std::string(what.message.cl_ord_id)].unknown = what.text; }

void OrderViews::settle(std::string_view cl_ord_id) {
  const auto known = views_.find(cl_ord_id);
  if (known == views_.end()) return;
  known->second.answered = true;
  known->second.unknown.clear();
}

std::optional<OrderView> OrderViews::find(const std::string& cl_ord_id) const {
  const auto known = views_.find(cl_ord_id);
  return known == views_.end() ? std::nullopt : std::optional(known->second);
}

std::vector<std::string> OrderViews::unknown() const {
  std::vector<std::string> texts;
  for (const auto& [id, view] : views_) {
    if (!view.unknown.empty()) texts.push_back(view.unknown);
  }
  return texts;
}

}  // namespace marginfix::apps
