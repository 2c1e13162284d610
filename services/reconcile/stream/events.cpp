#include "services/reconcile/stream/events.hpp"

#include <algorithm>
#include <array>

#include "marginfix/core/time.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/iso_date.hpp"
#include "services/reconcile/journal/sha256.hpp"

namespace marginfix::reconcile {

namespace {

using json::Writer;

constexpr std::array<std::string_view, 4> kKinds{"execution", "position", "order", "break"};
constexpr std::array<char, 4> kLetters{'x', 'p', 'o', 'b'};
constexpr std::size_t kMostTokenBytes = 128, kHashDigits = 32;

std::size_t index_of(EventKind kind) noexcept { return static_cast<std::size_t>(kind); }

bool is_alphanumeric(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

template <class Keeps>
std::string escaped(std::string_view text, Keeps keeps) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (keeps(c)) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

// What is too long ends with a hash of all of it: two texts never become one.
std::string bounded(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  const std::string hash = to_hex(Sha256().of(text)).substr(0, kHashDigits);
  text.resize(most - kHashDigits - 1);
  return text + '~' + hash;
}

// A part of a message id: printable, without blank, and without what stands between the parts.
std::string id_part(std::string_view text) {
  return escaped(text, [](char c) { return c > ' ' && c < 0x7f && c != ':' && c != '%' && c != '~'; });
}

std::string id_of(EventKind kind, std::string_view account, std::string_view what) {
  std::string id(1, kLetters[index_of(kind)]);
  id += ':';
  id += id_part(account);
  id += ':';
  return id + std::string(what);
}

void time_member(Writer& out, std::string_view name, std::optional<Timestamp> time) {
  out.key(name);
  time&&* time != Timestamp{} ? out.string(to_rfc3339(*time)) : out.null();
}
template <class Tag>
void member(Writer& out, std::string_view name, const std::optional<FixedDecimal<Tag>>& value) {
  out.key(name);
  value ? out.string(value->to_string()) : out.null();
}
void id_member(Writer& out, std::string_view name, std::int64_t value) { out.key(name).string(std::to_string(value)); }

std::string_view side_word(std::string_view side) { return side == "1" ? "buy" : side == "2" ? "sell" : side; }

void begin(Writer& out, EventKind kind, const EventHead& head, const std::string& account) {
  out.begin_object().member("schema", kStreamSchema).member("kind", to_string(kind)).member("ledger", head.ledger);
  id_member(out, "number", head.number);
  out.member("id", head.id);
  time_member(out, "time", head.time);
  out.member("account", account);
}

std::optional<FixedPointCount> net_of(const PositionRow& row) {
  return row.opening ? std::optional(*row.opening + row.traded) : std::nullopt;
}

}  // namespace

std::string_view to_string(EventKind kind) noexcept { return kKinds[index_of(kind)]; }

std::optional<EventKind> event_kind_of(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(kKinds, name);
  return found == kKinds.end() ? std::nullopt : std::optional(static_cast<EventKind>(found - kKinds.begin()));
}

std::string subject_token(std::string_view text) {
  if (text.empty()) return "-";
  if (text == "-") return "%2D";
  return bounded(escaped(text, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; }), kMostTokenBytes);
}

std::string event_subject(EventKind kind, std::string_view account, std::string_view symbol) {
  return std::string(to_string(kind)) + '.' + subject_token(account) + '.' + subject_token(symbol);
}

std::string execution_id(const FillRow& fill, bool exec_id_is_its_own) {
  const bool by_exec_id = exec_id_is_its_own && !fill.exec_id.empty();
  const std::string what =
      by_exec_id ? id_part(fill.last_mkt) + ':' + id_part(fill.exec_id) : "trade:" + id_part(fill.order_id) + ':' + id_part(fill.trade_id);
  return bounded(id_of(EventKind::execution, fill.account, what), kMostIdBytes);
}

// The number is never cut: it is what makes the id one of its own.
std::string numbered_id(EventKind kind, std::string_view account, std::string_view what, std::int64_t number) {
  return other_id(id_of(kind, account, what.empty() ? "-" : id_part(what)), number);
}

std::string other_id(std::string_view id, std::int64_t number) {
  const std::string end = ":n" + std::to_string(number);
  return bounded(std::string(id), kMostIdBytes - end.size()) + end;
}

std::string execution_payload(const EventHead& head, const FillRow& fill, bool corrected) {
  std::string text;
  Writer out(text);
  begin(out, EventKind::execution, head, fill.account);
  id_member(out, "subaccount", fill.subaccount);
  out.member("symbol", fill.symbol).member("side", side_word(fill.side)).member("price", fill.price).member("quantity", fill.quantity);
  member(out, "fee", fill.fee);
  member(out, "realized_pnl", fill.realized_pnl);
  out.member("order_id", fill.order_id).member("cl_ord_id", fill.cl_ord_id).member("trade_id", fill.trade_id);
  out.member("last_mkt", fill.last_mkt).member("exec_id", fill.exec_id);
  time_member(out, "transact_time", fill.transact_time);
  out.member("clearing_date", iso_date(fill.clearing_date)).member("source", to_string(fill.booked_from));
  out.member("corrected", corrected).end_object();
  return text;
}

std::string position_payload(const EventHead& head, const PositionRow& row, const EventCause& cause) {
  std::string text;
  Writer out(text);
  begin(out, EventKind::position, head, row.account);
  id_member(out, "subaccount", row.subaccount);
  out.member("symbol", row.symbol);
  member(out, "net", net_of(row));
  member(out, "opening", row.opening);
  out.member("traded", row.traded).member("entry_price", row.entry_price).member("realized_pnl", row.realized_pnl);
  out.member("fees", row.fees).member("funding", row.funding);
  out.member("last_mkt", cause.last_mkt).member("exec_id", cause.exec_id).end_object();
  return text;
}

std::string order_payload(const EventHead& head, const OrderRow& row, const EventCause& cause) {
  const OrderTold told = order_told(row);
  std::string text;
  Writer out(text);
  begin(out, EventKind::order, head, row.account);
  id_member(out, "subaccount", row.subaccount);
  out.member("symbol", row.symbol).member("order_id", row.order_id).member("cl_ord_id", row.cl_ord_id);
  out.member("side", side_word(row.side)).member("ord_status", row.ord_status).member("price", row.price);
  out.member("order_qty", row.order_qty).member("cum_qty", told.cum_qty).member("leaves_qty", told.leaves_qty);
  out.member("avg_px", row.avg_px).member("text", row.text).member("source", told.by_fix ? "fix" : "rest");
  out.member("last_mkt", cause.last_mkt).member("exec_id", cause.exec_id).end_object();
  return text;
}

std::string break_payload(const EventHead& head, const BreakRow& row) {
  std::string text;
  Writer out(text);
  const auto side = [&out](const char* name, const std::string& source, const std::string& value) {
    out.key(name).begin_object().member("source", source).member("value", value).end_object();
  };
  begin(out, EventKind::broken, head, row.account);
  out.key("subaccount");
  row.subaccount ? out.string(std::to_string(*row.subaccount)) : out.null();
  out.member("symbol", row.symbol);
  id_member(out, "break_id", row.id);
  out.member("category", to_string(row.category)).member("state", to_string(row.state)).member("subject", row.subject);
  out.member("order_id", row.order_id).member("cl_ord_id", row.cl_ord_id).member("trade_id", row.trade_id).member("exec_id", row.exec_id);
  side("here", row.here_source, row.here_value);
  side("there", row.there_source, row.there_value);
  out.member("explanation", row.explanation).member("notional", row.notional);
  time_member(out, "first_seen", row.first_seen);
  time_member(out, "changed", row.changed);
  out.member("closed_by", row.closed_by).member("reason", row.reason).end_object();
  return text;
}

OrderTold order_told(const OrderRow& row) noexcept {
  if (!row.ord_status.empty()) return {true, row.cum_qty, row.leaves_qty};
  return {false, row.rest_cum_qty.value_or(row.booked_qty), row.rest_leaves_qty.value_or(FixedPointCount{})};
}

bool tells_more(const OrderRow& before, const OrderRow& now) noexcept {
  if (now.ord_status.empty() && !now.rest_leaves_qty) return false;  // only its fills are known
  return order_told(before) != order_told(now) || before.ord_status != now.ord_status || before.cl_ord_id != now.cl_ord_id ||
         before.symbol != now.symbol || before.subaccount != now.subaccount || before.side != now.side || before.price != now.price ||
         before.order_qty != now.order_qty || before.avg_px != now.avg_px || before.text != now.text;
}

bool tells_more(const PositionRow& before, const PositionRow& now) noexcept {
  return before.opening != now.opening || before.traded != now.traded || before.entry_price != now.entry_price ||
         before.realized_pnl != now.realized_pnl || before.fees != now.fees || before.funding != now.funding;
}

}  // namespace marginfix::reconcile
