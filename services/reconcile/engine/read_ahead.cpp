#include "services/reconcile/engine/read_ahead.hpp"

#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/reader.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

void ReadAhead::report(const std::string& account, const std::string& last_mkt, const std::string& exec_id) {
  if (on_) reports_.emplace_back(account, last_mkt, exec_id);
}

void ReadAhead::order(const std::string& account, const std::string& order_id) {
  if (on_) orders_.emplace(account, order_id);
}

void ReadAhead::telling(Source source, const std::string& account, const std::string& order_id, const std::string& trade_id) {
  if (on_) tellings_.emplace_back(source, account, order_id, trade_id);
}

void ReadAhead::fill(Source source, const std::string& account, const std::string& order_id, const std::string& trade_id) {
  if (!on_) return;
  telling(source, account, order_id, trade_id);
  fills_.emplace_back(account, order_id, trade_id);
}

void ReadAhead::ask() {
  if (!on_) return;
  expect<ReportRow>(storage_, reports_);
  expect<SourceFillRow>(storage_, tellings_);
  expect<FillRow>(storage_, fills_);
  expect<OrderRow>(storage_, std::vector<std::tuple<std::string, std::string>>(orders_.begin(), orders_.end()));
  reports_.clear(), tellings_.clear(), fills_.clear(), orders_.clear();
}

void read_ahead(Storage& storage, const std::vector<Record>& batch) {
  ReadAhead ahead(storage);
  if (!ahead.on()) return;
  for (const Record& record : batch) {
    if (record.kind != RecordKind::fix) continue;
    const auto frame = fix::peek(record.body);
    if (!frame || frame->msg_type != "8") continue;
    const std::string order_id = frame->field(37).text(), trade_id = frame->field(880).text();
    ahead.report(record.account, frame->field(30).text(), frame->field(17).text());
    if (!order_id.empty()) ahead.order(record.account, order_id);
    if (!trade_id.empty()) ahead.fill(record.source, record.account, order_id, trade_id);
  }
  ahead.ask();
}

}  // namespace marginfix::reconcile
