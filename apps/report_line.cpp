#include "apps/report_line.hpp"

#include <fmt/format.h>

#include <chrono>

#include "marginfix/core/text.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enum_names.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/json/writer.hpp"

namespace marginfix::apps {

namespace {
std::string_view side_word(Side side) { return side == Side::Buy ? "buy" : side == Side::Sell ? "sell" : "side?"; }

bool is_under_way(SessionState state) {
  return state == SessionState::connecting || state == SessionState::handshaking || state == SessionState::logging_on;
}

// What the bytes of a message tell that could not be decoded: the session read its header, the rest is looked for.
struct BrokenMessage {
  std::string_view msg_type, name;
  std::int64_t msg_seq_num{0};
  std::string exec_id;
};

BrokenMessage look_at(const Inbound& in) {
  constexpr std::int32_t kExecId = 17;
  BrokenMessage m{in.msg_type, fix::message_name(in.raw), in.seq, {}};
  fix::for_each_field(in.raw, [&](const fix::PrintedField& field) {
    if (field.tag == kExecId && m.exec_id.empty()) m.exec_id = field.value;
  });
  return m;
}

std::string about_text(const SentMessage* about) {
  if (about == nullptr) return "a message no longer known";
  return fmt::format("our {} {} (34={})", about->msg_type, about->cl_ord_id, about->seq);
}
}  // namespace

std::string line_of(const fix::ExecutionReport& r, DayClock& clock) {
  std::string line = fmt::format("{} {:<13} {} {} {} {} @ {}", clock.text(r.transact_time), to_string(r.exec_type), r.cl_ord_id,
                                 side_word(r.side), r.order_qty.to_string(), r.symbol, r.price ? r.price->to_string() : "-");
  if (r.last_qty && r.last_px) line += fmt::format("  last {} @ {}", r.last_qty->to_string(), r.last_px->to_string());
  line += fmt::format("  cum {} leaves {}  {}", r.cum_qty.to_string(), r.leaves_qty.to_string(), to_string(r.ord_status));
  if (r.orig_cl_ord_id) line += fmt::format("  was {}", *r.orig_cl_ord_id);
  if (r.text) line += fmt::format("  {}", *r.text);
  if (r.ord_rej_reason) line += fmt::format(" [103={}]", to_string(*r.ord_rej_reason));
  return visible(line + fmt::format("  exec {}", r.exec_id));
}

std::string line_of(const fix::OrderCancelReject& r) {
  const bool cancel = r.cxl_rej_response_to == CxlRejResponseTo::OrderCancelRequest;
  std::string line =
      fmt::format("{:>12} {} of {} refused  {}", "", cancel ? "cancel" : "amend", r.orig_cl_ord_id.value_or("?"), r.text.value_or(""));
  if (r.cxl_rej_reason) line += fmt::format(" [102={}]", to_string(*r.cxl_rej_reason));
  return visible(line);
}

std::string line_of(const fix::OrderMassCancelReport& r) {
  const bool done = r.mass_cancel_response != MassCancelResponse::Rejected;
  return visible(fmt::format("{:>12} mass cancel {}  {}", "", done ? "done" : "refused", r.text.value_or("")));
}

std::string line_of(const fix::Reject& r, const SentMessage* about) {
  return visible(fmt::format("{:>12} Reject(3) of {}: {} [371={} 373={}]", "", about_text(about), r.text.value_or(""),
                             r.ref_tag_id.value_or(0), r.session_reject_reason ? to_string(*r.session_reject_reason) : "?"));
}

std::string line_of(const fix::BusinessMessageReject& r, const SentMessage* about) {
  return visible(fmt::format("{:>12} BusinessMessageReject(j) of {}: {} [380={}]", "", about_text(about), r.text.value_or(""),
                             to_string(r.business_reject_reason)));
}

std::string line_of(const std::string& session, const StateChange& change) {
  std::string line = fmt::format("{}: {}", session, to_string(change.state));
  if (is_under_way(change.state)) return visible(line);  // the reason is the one why the connection before it ended: told then
  if (change.reason != EndReason::none) line += fmt::format(" ({})", to_string(change.reason));
  if (!change.text.empty()) line += ": " + change.text;
  return visible(line);
}

std::string findings_of(const Inbound& in) {
  std::string text;
  for (const fix::Finding& finding : in.findings) {
    if (finding.kind != fix::FindingKind::unknown_tag) text += "  ! " + visible(describe(finding));
  }
  return text;
}

std::string line_of(const Inbound& in, const Error& error) {
  const BrokenMessage m = look_at(in);
  std::string line = m.name.empty() ? fmt::format("!! message 35={}", m.msg_type) : fmt::format("!! {}({})", m.name, m.msg_type);
  line += fmt::format(" 34={}", m.msg_seq_num);
  if (!m.exec_id.empty()) line += fmt::format(" ExecID(17)={}", m.exec_id);
  const std::string_view why = error.category == ErrorCategory::decode ? " cannot be read: " : ": ";
  return visible(line.append(why).append(error.message).append(": ").append(fix::to_pipe_form(in.raw)));
}

std::string json_of(std::string_view session, const Inbound& in, const Error& error) {
  const BrokenMessage m = look_at(in);
  std::string line;
  json::Writer w(line);
  w.begin_object().member("session", session).key("ts").raw(json_now()).key("undecodable").begin_object().member("MsgType", m.msg_type);
  if (!m.name.empty()) w.member("name", m.name);
  w.member("MsgSeqNum", m.msg_seq_num);
  if (!m.exec_id.empty()) w.member("ExecID", m.exec_id);
  w.member("reason", error.message).member("bytes", fix::to_pipe_form(in.raw)).end_object().end_object();
  return line;
}

std::string json_now() { return '"' + to_rfc3339(system_clock().now()) + '"'; }

std::string json_string(std::string_view text) { return json::quoted(text); }

std::string json_of(std::string_view session, const Inbound& in) {
  std::string findings;
  for (const fix::Finding& f : in.findings) {
    if (f.kind == fix::FindingKind::unknown_tag) continue;
    findings += fmt::format(R"({}{{"tag":{},"kind":"{}","text":{}}})", findings.empty() ? "" : ",", f.tag, to_string(f.kind),
                            json_string(describe(f)));
  }
  return fmt::format(R"({{"session":{},"ts":{},"seq":{},{}{}}})", json_string(session), json_now(), in.seq, fix::to_json_members(in.raw),
                     findings.empty() ? "" : ",\"findings\":[" + findings + "]");
}

}  // namespace marginfix::apps
