// FIX messages of the listener and of drop copy, and of the firm's own log.
#include <algorithm>
#include <array>

#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/fix/reader.hpp"
#include "services/reconcile/engine/state.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

// A field of a report that should say something and does not, in words; "" where all can be read.
std::string unreadable_field(const fix::Findings& findings) {
  std::string found;
  for (const fix::Finding& finding : findings) {
    if (finding.kind != fix::FindingKind::unparsable && finding.kind != fix::FindingKind::missing_required) continue;
    if (!found.empty()) found += "; ";
    found += fix::describe(finding);
  }
  return found;
}

// What the state of an order is made of cannot be read: REST and the next report say what it is.
bool order_can_be_read(const fix::Findings& findings) {
  constexpr std::array<std::int32_t, 9> kOfTheOrder{6, 14, 37, 38, 39, 54, 55, 150, 151};
  return std::none_of(findings.begin(), findings.end(), [&](const fix::Finding& finding) {
    const bool unread = finding.kind == fix::FindingKind::unparsable || finding.kind == fix::FindingKind::missing_required;
    return unread && std::find(kOfTheOrder.begin(), kOfTheOrder.end(), finding.tag) != kOfTheOrder.end();
  });
}

// TransactTime(60), where it can be true: a live report is made just before it is sent, one that is sent again (43=Y) just before it was
// sent first (122), and drop copy reaches three hours back. Nothing where it cannot, or where that is not known.
std::optional<Timestamp> credible_time(Source source, const fix::Header& header, std::optional<Timestamp> transact_time) {
  constexpr auto kClocks = std::chrono::seconds(5), kLive = std::chrono::seconds(60);
  constexpr auto kDropCopy = std::chrono::hours(3) + std::chrono::minutes(5);
  const bool again = header.poss_dup_flag.value_or(false) && source == Source::listener;
  const std::optional<Timestamp> sent = again ? header.orig_sending_time : header.sending_time;
  if (!transact_time || !sent || *transact_time > *sent + kClocks) return std::nullopt;
  const auto most = source == Source::drop_copy ? std::chrono::seconds(kDropCopy) : kLive;
  return *sent - *transact_time <= most ? transact_time : std::nullopt;
}

std::string answer_of(const OrderReport& report) {
  return "8 150=" + std::string(1, static_cast<char>(report.exec_type)) + (report.text.empty() ? "" : " " + report.text);
}

// Somebody has said what became of a request of the firm.
void answered(EngineState& state, const std::string& account, const std::string& cl_ord_id, const std::string& answer, bool unavailable) {
  if (cl_ord_id.empty() || (!state.has_sent && !unavailable)) return;
  auto sent = find<SentRow>(state.storage, account, cl_ord_id);
  if (!sent) {
    // The exchange itself could not say: that is known before the firm's log is.
    if (!unavailable) return;
    sent = SentRow{};
    sent->account = account;
    sent->cl_ord_id = cl_ord_id;
    sent->first_seen = state.now;
    state.has_sent = true;
  }
  if (!sent->answer.empty() && unavailable) return;
  sent->unavailable = unavailable;
  sent->answer = unavailable ? std::string() : answer;
  put(state.storage, *sent);
  if (unavailable) return;
  state.breaks.begin_sweep();
  state.breaks.evaluated(account, "sent " + cl_ord_id, state.now);
}

void take_report(EngineState& state, const Record& record, std::int64_t position, const fix::ExecutionReport& message,
                 const fix::Findings& findings) {
  const OrderReport report = fix::to_order_report(message);
  if (const std::string why = unreadable_field(findings); !why.empty()) {
    state.undecodable(record, position, "a report with a field that cannot be read: " + why);
  }
  const bool unavailable = fix::outcome_unknown(message);
  answered(state, record.account, report.cl_ord_id, answer_of(report), unavailable);
  if (report.exec_id.is_unsequenced()) return;  // rejects and pending reports: "-1;-1" is nobody's key
  if (const std::string why = unbookable(report); !why.empty()) state.undecodable(record, position, why);
  if (record.source != Source::firm) {
    state.coverage.report(record.account, record.source, report.last_mkt, report.exec_id.text(),
                          credible_time(record.source, message.header, report.transact_time), state.now);
  }
  state.book.report(record.account, record.source, report, state.now, position, order_can_be_read(findings));
}

std::string text_of(const fix::Slice& slice) { return {slice.data, slice.size}; }

// D, G, F and q of the firm: what it asked for, until somebody answers.
void sent(EngineState& state, const Record& record, const fix::Frame& frame) {
  const std::string cl_ord_id = text_of(frame.field(11));
  if (cl_ord_id.empty() || find<SentRow>(state.storage, record.account, cl_ord_id)) return;
  SentRow row;
  row.account = record.account;
  row.cl_ord_id = cl_ord_id;
  row.msg_type = text_of(frame.msg_type);
  row.symbol = text_of(frame.field(55));
  row.side = text_of(frame.field(54));
  if (const auto price = DollarDecimal::parse(text_of(frame.field(44)))) row.price = *price;
  if (const auto quantity = FixedPointCount::parse(text_of(frame.field(38)))) row.order_qty = *quantity;
  if (const auto time = parse_fix_utc(text_of(frame.sending_time))) row.sending_time = *time;
  row.first_seen = state.now;
  // A report of another source may have been here first.
  state.has_sent = true;
  if (const auto order = state.book.order_of(record.account, cl_ord_id)) row.answer = "order " + *order;
  put(state.storage, row);
}

bool is_request(std::string_view msg_type) noexcept { return msg_type == "D" || msg_type == "G" || msg_type == "F" || msg_type == "q"; }

}  // namespace

void read_fix(EngineState& state, const Record& record, std::int64_t position) {
  state.coverage.heard(record.account, record.source, state.now);
  const auto frame = fix::peek(record.body);
  if (!frame) return state.undecodable(record, position, frame.error().message);
  const std::string type = text_of(frame->msg_type);
  if (record.source == Source::listener) {
    if (const auto sent = parse_fix_utc(text_of(frame->sending_time))) state.coverage.heard_at(record.account, *sent, type == "A");
  }
  if (type == "9" || type == "j") {
    const std::string about = text_of(frame->field(type == "9" ? 11 : 379));
    return answered(state, record.account, about, type + ' ' + text_of(frame->field(58)),
                    text_of(frame->field(58)) == "EXCHANGE_UNAVAILABLE");
  }
  if (type != "8") return;
  fix::ExecutionReport message;
  fix::Findings findings;
  if (auto done = fix::decode(record.body, message, findings); !done) return state.undecodable(record, position, done.error().message);
  take_report(state, record, position, message, findings);
}

void read_firm_fix(EngineState& state, const Record& record, std::int64_t position) {
  const auto frame = fix::peek(record.body);
  if (!frame) return state.undecodable(record, position, frame.error().message);
  const auto time = parse_fix_utc(text_of(frame->sending_time));
  if (is_request(text_of(frame->msg_type))) {
    state.coverage.heard(record.account, record.source, state.now);
    sent(state, record, *frame);
  } else {
    read_fix(state, record, position);
  }
  if (time) state.coverage.firm_reaches(record.account, *time, state.now);
}

}  // namespace marginfix::reconcile
