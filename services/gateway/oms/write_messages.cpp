#include "services/gateway/oms/write_messages.hpp"

#include "services/gateway/oms/reasons.hpp"

namespace marginfix::gateway {
namespace {

// FIX.4.2 and FIX.4.4 know milliseconds, no more.
void to_milliseconds(std::optional<Timestamp>& time) {
  if (time) time = std::chrono::floor<std::chrono::milliseconds>(*time);
}

template <class M>
std::string body_of(const M& message) {
  fix::Buffer buffer;
  fix::encode_body(message, buffer).value();
  return std::string(buffer.view());
}

// ExecType(150) and ExecTransType(20) of FIX.4.2, which has no Trade and no OrderStatus.
void to_fix42(Report& report) {
  constexpr char kNew = '0', kStatus = '3';
  report.exec_trans_type = report.exec_type == 'I' ? kStatus : kNew;
  if (report.exec_type == 'F') report.exec_type = report.leaves_qty.is_zero() ? '2' : '1';
  if (report.exec_type == 'I') report.exec_type = report.ord_status;
  report.misc_fees.clear();
  report.secondary_cl_ord_id.reset();
  report.mass_status_req_id.reset();
  report.ord_status_req_id.reset();
  report.last_liquidity_ind.reset();
  report.tot_num_reports.reset();
  report.last_rpt_requested.reset();
}

}  // namespace

std::string write_message(FixVersion version, Report report) {
  if (version == FixVersion::fix42) to_fix42(report);
  if (version != FixVersion::fix50sp2) {
    report.trd_match_id.reset();
    report.aggressor_indicator.reset();
  }
  if (report.ord_rej_reason) report.ord_rej_reason = ord_rej_reason_in(version, *report.ord_rej_reason);
  if (report.exec_restatement_reason) report.exec_restatement_reason = restatement_in(version, *report.exec_restatement_reason);
  to_milliseconds(report.transact_time);
  to_milliseconds(report.expire_time);
  return body_of(report);
}

std::string write_message(FixVersion version, CancelReject reject) {
  if (reject.cxl_rej_reason) reject.cxl_rej_reason = cxl_rej_reason_in(version, *reject.cxl_rej_reason);
  to_milliseconds(reject.transact_time);
  return body_of(reject);
}

std::string write_message(FixVersion version, MassCancelReport report) {
  if (version != FixVersion::fix50sp2) report.mass_action_report_id.reset();
  to_milliseconds(report.transact_time);
  return body_of(report);
}

std::string write_message(FixVersion version, BusinessReject reject) {
  constexpr std::int32_t kOther = 0;
  if (version == FixVersion::fix42 && reject.business_reject_reason > 5) reject.business_reject_reason = kOther;
  if (version == FixVersion::fix44 && reject.business_reject_reason > 7) reject.business_reject_reason = kOther;
  return body_of(reject);
}

}  // namespace marginfix::gateway
