// The tables of the ledger, one struct each: members in the order of the columns, `kKey` of them the primary key. Money in millionths of
// a dollar, quantities in hundredths of a contract, times in microseconds since the epoch, days as yyyymmdd, all as integers; numbers with
// digits of their own (AvgPx, rates) as the text that came. table.hpp reads and writes them, exports and `verify` walk them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "services/reconcile/values.hpp"

namespace marginfix::reconcile {

// Bytes as they came: a BLOB column.
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

// Every ExecutionReport(8) with a number, once, from whichever source told it first.
struct ReportRow {
  static constexpr const char* kTable = "reports";
  static constexpr int kKey = 3;
  std::string account, last_mkt, exec_id;  // 30, 17
  std::string order_id, cl_ord_id, orig_cl_ord_id;
  std::string symbol;
  std::string exec_type, ord_status;  // 150, 39 as on the wire
  std::optional<Timestamp> transact_time;
  std::string digest;        // of everything the exchange says in it: two reports of one ExecID must be the same
  Source source{};           // who told it first
  std::int64_t position{0};  // of the record in the journal
  template <class V>
  void visit(V&& v) {
    v("account", account), v("last_mkt", last_mkt), v("exec_id", exec_id), v("order_id", order_id), v("cl_ord_id", cl_ord_id);
    v("orig_cl_ord_id", orig_cl_ord_id), v("symbol", symbol), v("exec_type", exec_type), v("ord_status", ord_status);
    v("transact_time", transact_time), v("digest", digest), v("source", source), v("position", position);
  }
};

// What one source says of one fill. Never changed by another source.
struct SourceFillRow {
  static constexpr const char* kTable = "source_fills";
  static constexpr int kKey = 4;
  Source source{};
  std::string account, order_id, trade_id;
  std::string last_mkt, exec_id, cl_ord_id, symbol;  // "" = not said
  std::optional<std::int64_t> subaccount;            // REST does not say
  std::string side;                                  // 54 as on the wire: 1 buy, 2 sell
  DollarDecimal price;
  FixedPointCount quantity;
  std::optional<DollarDecimal> fee;
  std::optional<DollarDecimal> realized_pnl;    // REST; on FIX 1704 with 1705=PAYOUT
  std::optional<DollarDecimal> balance_change;  // FIX: 1704 with 1705=BALANCE
  std::optional<Timestamp> transact_time;
  std::optional<Date> clearing_date;
  std::optional<bool> is_taker;
  std::optional<FixedPointCount> post_position;  // net after it
  std::string order_source;                      // user, system; liquidation and the like where it is told
  Timestamp first_seen{};                        // when this service was told, wall clock
  Timestamp not_before{};                        // the source did not have it then; 0 = not known
  std::int64_t position{0};                      // of the record in the journal
  std::int64_t times_told{1};
  bool unmatched{false};  // the firm's word alone: nothing of it is booked
  template <class V>
  void visit(V&& v) {
    v("source", source), v("account", account), v("order_id", order_id), v("trade_id", trade_id), v("last_mkt", last_mkt);
    v("exec_id", exec_id), v("cl_ord_id", cl_ord_id), v("symbol", symbol), v("subaccount", subaccount), v("side", side);
    v("price", price), v("quantity", quantity), v("fee", fee), v("realized_pnl", realized_pnl), v("balance_change", balance_change);
    v("transact_time", transact_time), v("clearing_date", clearing_date), v("is_taker", is_taker), v("post_position", post_position);
    v("order_source", order_source), v("first_seen", first_seen), v("not_before", not_before), v("position", position);
    v("times_told", times_told), v("unmatched", unmatched);
  }
};

// The fill as it is booked: of the first of the exchange's sources that told it, FIX before the others. `sources` has a bit() for each that
// tells it.
struct FillRow {
  static constexpr const char* kTable = "fills";
  static constexpr int kKey = 3;
  std::string account, order_id, trade_id;
  std::string last_mkt, exec_id, cl_ord_id, symbol;
  std::int64_t subaccount{0};
  std::string side;
  DollarDecimal price;
  FixedPointCount quantity;
  std::optional<DollarDecimal> fee, realized_pnl;  // of the first source that said so
  std::optional<Timestamp> transact_time;
  Date clearing_date{};
  Source booked_from{};
  std::int64_t sources{0};
  bool settled{false};  // nothing is left to compare; a new word on it unsettles it
  Timestamp first_seen{};
  std::int64_t number{0};  // in the order of booking, from 1
  template <class V>
  void visit(V&& v) {
    v("account", account), v("order_id", order_id), v("trade_id", trade_id), v("last_mkt", last_mkt), v("exec_id", exec_id);
    v("cl_ord_id", cl_ord_id), v("symbol", symbol), v("subaccount", subaccount), v("side", side), v("price", price);
    v("quantity", quantity), v("fee", fee), v("realized_pnl", realized_pnl), v("transact_time", transact_time),
        v("clearing_date", clearing_date);
    v("booked_from", booked_from), v("sources", sources), v("settled", settled), v("first_seen", first_seen), v("number", number);
  }
};

// An order as FIX tells it and as REST does.
struct OrderRow {
  static constexpr const char* kTable = "orders";
  static constexpr int kKey = 2;
  std::string account, order_id;
  std::string cl_ord_id, symbol;
  std::int64_t subaccount{0};
  std::string side;
  std::string ord_status;  // 39 of the newest report; "" = FIX has not told of it
  DollarDecimal price;
  FixedPointCount order_qty, cum_qty, leaves_qty;
  std::string avg_px;                  // 6 as it came
  std::string last_mkt, last_exec_id;  // newest report
  std::optional<Timestamp> last_time;  // its 60
  std::string text;                    // 58 of the newest report that had one
  bool from_new{false};                // its New(0) has been told: every fill of it must be here
  FixedPointCount booked_qty;          // of its fills in the ledger
  std::string booked_value{"0"};       // sum of price x quantity of them in 10^-8 dollars: an integer of up to 128 bits
  std::optional<FixedPointCount> rest_cum_qty, rest_leaves_qty;
  Timestamp rest_seen{};              // when REST was last asked and told of it; 0 = never
  Timestamp first_seen{}, changed{};  // wall clock
  Timestamp fix_seen{};               // when FIX last told of it, wall clock; 0 = never
  bool settled{false};
  template <class V>
  void visit(V&& v) {
    v("account", account), v("order_id", order_id), v("cl_ord_id", cl_ord_id), v("symbol", symbol), v("subaccount", subaccount);
    v("side", side), v("ord_status", ord_status), v("price", price), v("order_qty", order_qty), v("cum_qty", cum_qty);
    v("leaves_qty", leaves_qty), v("avg_px", avg_px), v("last_mkt", last_mkt), v("last_exec_id", last_exec_id);
    v("last_time", last_time), v("text", text), v("from_new", from_new), v("booked_qty", booked_qty);
    v("booked_value", booked_value);
    v("rest_cum_qty", rest_cum_qty), v("rest_leaves_qty", rest_leaves_qty), v("rest_seen", rest_seen), v("first_seen", first_seen);
    v("changed", changed), v("fix_seen", fix_seen), v("settled", settled);
  }
};

// A position: what it was when the ledger began, and what the fills made of it; beside it what others say.
struct PositionRow {
  static constexpr const char* kTable = "positions";
  static constexpr int kKey = 3;
  std::string account;
  std::int64_t subaccount{0};
  std::string symbol;
  std::optional<FixedPointCount> opening;  // net before the first booked fill; absent: not known yet
  std::optional<Timestamp> opening_time;   // of the statement it is from: fills up to then do not change the net
  std::string opening_exec_id;             // the trade that stated it; "" = not a trade of FIX
  FixedPointCount traded;                  // signed sum of the booked fills (and of known corporate actions)
  DollarDecimal entry_price;               // weighted average of what is open, of the fills in the ledger
  DollarDecimal realized_pnl, fees, funding;
  std::optional<Timestamp> last_time;  // the latest fill in the average, by the exchange's clock
  std::string last_exec_id;
  bool in_order{true};  // false: a fill came after a later one; the next sweep goes through them again in the exchange's order
  // The average goes on from here: the last corporate action, before which nothing is gone through again.
  std::optional<Timestamp> base_time;  // by the exchange's clock, when it was seen
  std::int64_t base_number{0};         // the last fill that was booked then
  FixedPointCount base_traded;
  DollarDecimal base_entry_price, base_realized_pnl;
  std::optional<FixedPointCount> fix_net;  // 704 less 705 of the newest trade on FIX
  std::optional<Timestamp> fix_time;
  std::string fix_exec_id;
  FixedPointCount fix_traded;                                // what `traded` was right after that trade
  std::optional<FixedPointCount> rest_net, rest_net_before;  // of the last list and the one before
  std::optional<DollarDecimal> rest_entry_price, unrealized_pnl, margin_used;
  std::string rest_basis_before{"0"};  // net x entry price before REST's net last changed, in 10^-8 dollars
  Timestamp rest_seen{};               // wall clock: when REST last stated it
  Timestamp rest_since{};              // wall clock: when REST first stated the net that it states now
  std::optional<FixedPointCount> klear_net;
  std::optional<Timestamp> klear_time, klear_compared;
  Timestamp changed{};  // wall clock: when a fill of it was last booked
  template <class V>
  void visit(V&& v) {
    v("account", account), v("subaccount", subaccount), v("symbol", symbol), v("opening", opening), v("opening_time", opening_time),
        v("opening_exec_id", opening_exec_id);
    v("traded", traded);
    v("entry_price", entry_price), v("realized_pnl", realized_pnl), v("fees", fees), v("funding", funding);
    v("last_time", last_time), v("last_exec_id", last_exec_id), v("in_order", in_order), v("base_time", base_time);
    v("base_number", base_number), v("base_traded", base_traded), v("base_entry_price", base_entry_price),
        v("base_realized_pnl", base_realized_pnl), v("fix_net", fix_net);
    v("fix_time", fix_time), v("fix_exec_id", fix_exec_id), v("fix_traded", fix_traded), v("rest_net", rest_net),
        v("rest_net_before", rest_net_before), v("rest_entry_price", rest_entry_price), v("unrealized_pnl", unrealized_pnl);
    v("margin_used", margin_used), v("rest_basis_before", rest_basis_before), v("rest_seen", rest_seen), v("rest_since", rest_since);
    v("klear_net", klear_net), v("klear_time", klear_time), v("klear_compared", klear_compared), v("changed", changed);
  }
};

// A funding payment as one source (rest, klear) tells it; positive = received.
struct FundingRow {
  static constexpr const char* kTable = "funding";
  static constexpr int kKey = 6;
  Source source{};
  std::string account;
  std::int64_t subaccount{0};
  std::string symbol;
  Timestamp funding_time{};
  std::string subtrader;  // Klear; "" elsewhere
  std::string rate;       // as it came; "" = not said
  std::optional<DollarDecimal> mark_price;
  FixedPointCount quantity;  // position at funding
  DollarDecimal amount;
  Timestamp first_seen{};
  template <class V>
  void visit(V&& v) {
    v("source", source), v("account", account), v("subaccount", subaccount), v("symbol", symbol), v("funding_time", funding_time),
        v("subtrader", subtrader);
    v("rate", rate), v("mark_price", mark_price), v("quantity", quantity), v("amount", amount), v("first_seen", first_seen);
  }
};

// One day of one account: what the fills and payments of it come to. clearing_date is yyyymmdd.
struct DayRow {
  static constexpr const char* kTable = "days";
  static constexpr int kKey = 4;
  std::string account;
  Date clearing_date{};
  std::int64_t subaccount{0};
  std::string symbol;
  std::int64_t fills{0};
  FixedPointCount bought, sold;
  DollarDecimal notional, fees, realized_pnl, funding;
  template <class V>
  void visit(V&& v) {
    v("account", account), v("clearing_date", clearing_date), v("subaccount", subaccount), v("symbol", symbol), v("fills", fills);
    v("bought", bought), v("sold", sold), v("notional", notional), v("fees", fees), v("realized_pnl", realized_pnl), v("funding", funding);
  }
};

// Cash as a source states it, each time it changed.
struct CashRow {
  static constexpr const char* kTable = "cash";
  static constexpr int kKey = 4;
  Source source{};
  std::string account;
  std::int64_t subaccount{0};
  Timestamp seen{};
  DollarDecimal balance;
  std::optional<DollarDecimal> available, margin_used;
  template <class V>
  void visit(V&& v) {
    v("source", source), v("account", account), v("subaccount", subaccount), v("seen", seen), v("balance", balance);
    v("available", available), v("margin_used", margin_used);
  }
};

// A stretch during which a source told everything there was: a connection of the listener, an answered range of drop copy, the range of a
// complete list of REST. Times of the exchange where it stated them, else of the wall clock.
struct SpanRow {
  static constexpr const char* kTable = "spans";
  static constexpr int kKey = 3;
  std::string account;
  Source source{};
  std::int64_t number{0};                           // ascending for an account and source
  Timestamp began{};                                // wall clock: when this service began to listen or asked
  std::optional<Timestamp> ended;                   // absent: it lasts
  std::optional<Timestamp> covers_from, covers_to;  // by the exchange's clock (60, created_time); absent: nothing was told in it
  std::optional<Timestamp> heard_from, heard_to;    // a connection: SendingTime(52) of the Logon and of the latest message
  std::string why;                                  // what ended it
  template <class V>
  void visit(V&& v) {
    v("account", account), v("source", source), v("number", number), v("began", began), v("ended", ended);
    v("covers_from", covers_from), v("covers_to", covers_to), v("heard_from", heard_from), v("heard_to", heard_to), v("why", why);
  }
};

// The same by LastMkt(30): first and last report of a span, by which a fill with an ExecID is placed.
struct SpanMarketRow {
  static constexpr const char* kTable = "span_markets";
  static constexpr int kKey = 4;
  std::string account;
  Source source{};
  std::int64_t number{0};
  std::string last_mkt;
  std::string first_exec_id, last_exec_id;
  template <class V>
  void visit(V&& v) {
    v("account", account), v("source", source), v("number", number), v("last_mkt", last_mkt), v("first_exec_id", first_exec_id);
    v("last_exec_id", last_exec_id);
  }
};

// Where the live feed was away, and who closed it.
struct GapRow {
  static constexpr const char* kTable = "gaps";
  static constexpr int kKey = 2;
  std::string account;
  std::int64_t number{0};
  Timestamp opened{};              // wall clock
  std::optional<Timestamp> since;  // by the exchange's clock: the last report before it
  std::optional<Timestamp> closed;
  std::string closed_by;  // drop_copy, rest; "" while it is open; "nobody" where no source could
  std::string why;        // what opened it; what kept drop copy from closing it
  template <class V>
  void visit(V&& v) {
    v("account", account), v("number", number), v("opened", opened), v("since", since), v("closed", closed), v("closed_by", closed_by);
    v("why", why);
  }
};

// What a corporate action made of a position, as Klear tells it; `applied` once the ledger's position has followed.
struct CorporateActionRow {
  static constexpr const char* kTable = "corporate_actions";
  static constexpr int kKey = 2;
  std::string account, id;
  std::string symbol, type;
  FixedPointCount net_before, net_after;  // Klear's, of all subaccounts together
  Timestamp first_seen{};
  bool applied{false};
  // A notice of the exchange's to everybody: when a split was applied, and by what ratio. It says nothing of the account.
  std::optional<Timestamp> execution_time;
  std::string ratio_old, ratio_new;
  template <class V>
  void visit(V&& v) {
    v("account", account), v("id", id), v("symbol", symbol), v("type", type), v("net_before", net_before), v("net_after", net_after);
    v("first_seen", first_seen), v("applied", applied), v("execution_time", execution_time), v("ratio_old", ratio_old);
    v("ratio_new", ratio_new);
  }
};

// Lists that came whole: when the last one and the one before were begun, and how far back they reach together.
struct PollRow {
  static constexpr const char* kTable = "polls";
  static constexpr int kKey = 3;
  std::string account;
  Source source{};
  std::string what;  // fills, orders, positions, funding, balance, ...
  Timestamp last_whole{}, whole_before{};
  std::optional<Timestamp> min_ts;  // by the exchange's clock; absent: everything there is
  template <class V>
  void visit(V&& v) {
    v("account", account), v("source", source), v("what", what), v("last_whole", last_whole), v("whole_before", whole_before);
    v("min_ts", min_ts);
  }
};

struct SourceRow {
  static constexpr const char* kTable = "sources";
  static constexpr int kKey = 2;
  std::string account;
  Source source{};
  SourceState state{};
  Timestamp since{};                      // of this state
  std::optional<Timestamp> last_message;  // anything from it, wall clock
  std::optional<Timestamp> logged_on;     // SendingTime(52) of a Logon whose span has not begun yet
  std::string why;                        // what is wrong, what to do
  std::int64_t messages{0};
  template <class V>
  void visit(V&& v) {
    v("account", account), v("source", source), v("state", state), v("since", since), v("last_message", last_message),
        v("logged_on", logged_on);
    v("why", why), v("messages", messages);
  }
};

// Two sides that do not agree. `here` is the FIX feed's side or the ledger's, `there` the other's; decimals as text.
struct BreakRow {
  static constexpr const char* kTable = "breaks";
  static constexpr int kKey = 1;
  std::int64_t id{0};
  std::string account;
  BreakCategory category{};
  BreakState state{};
  std::string subject;  // what it is about: unique among the open breaks of its account and category
  std::string exec_id, trade_id, order_id, cl_ord_id, symbol;
  std::optional<std::int64_t> subaccount;
  std::string here_source, here_value, there_source, there_value;
  Timestamp first_seen{}, changed{};  // wall clock
  std::optional<Timestamp> confirmed;
  std::optional<Timestamp> closed;
  std::string explanation;  // in words: why it is one, or why it is none
  std::string closed_by;    // a person's name; "" = by itself
  std::string reason;       // the person's
  DollarDecimal notional;   // at risk: price x quantity, for sorting
  template <class V>
  void visit(V&& v) {
    v("id", id), v("account", account), v("category", category), v("state", state), v("subject", subject), v("exec_id", exec_id);
    v("trade_id", trade_id), v("order_id", order_id), v("cl_ord_id", cl_ord_id), v("symbol", symbol), v("subaccount", subaccount);
    v("here_source", here_source), v("here_value", here_value), v("there_source", there_source), v("there_value", there_value);
    v("first_seen", first_seen), v("changed", changed), v("confirmed", confirmed), v("closed", closed), v("explanation", explanation);
    v("closed_by", closed_by), v("reason", reason), v("notional", notional);
  }
};

// What the firm's own record says it sent (D, G, F, q), until somebody has said what became of it.
struct SentRow {
  static constexpr const char* kTable = "sent";
  static constexpr int kKey = 2;
  std::string account, cl_ord_id;
  std::string msg_type, symbol, side;
  std::optional<DollarDecimal> price;
  std::optional<FixedPointCount> order_qty;
  std::optional<Timestamp> sending_time;  // 52
  Timestamp first_seen{};
  std::string answer;       // who answered, and what: "8 150=0", "j", "rest"; "" = nobody
  bool unavailable{false};  // 58=EXCHANGE_UNAVAILABLE: the exchange itself could not say
  template <class V>
  void visit(V&& v) {
    v("account", account), v("cl_ord_id", cl_ord_id), v("msg_type", msg_type), v("symbol", symbol), v("side", side), v("price", price);
    v("order_qty", order_qty), v("sending_time", sending_time), v("first_seen", first_seen), v("answer", answer),
        v("unavailable", unavailable);
  }
};

// What could not be read, as it came.
struct UndecodableRow {
  static constexpr const char* kTable = "undecodable";
  static constexpr int kKey = 1;
  std::int64_t position{0};  // of the record in the journal
  std::string account;
  Source source{};
  Timestamp received{};
  std::string reason;
  Bytes bytes;
  template <class V>
  void visit(V&& v) {
    v("position", position), v("account", account), v("source", source), v("received", received), v("reason", reason), v("bytes", bytes);
  }
};

// Single values: where in the journal the ledger is, the next numbers, the exchange's latest time, the rules.
struct MetaRow {
  static constexpr const char* kTable = "meta";
  static constexpr int kKey = 1;
  std::string name, value;
  template <class V>
  void visit(V&& v) {
    v("name", name), v("value", value);
  }
};

// What is to be told to the stream (stream/outbox.hpp), until the stream has it.
struct OutboxRow {
  static constexpr const char* kTable = "outbox";
  static constexpr int kKey = 1;
  std::int64_t number{0};  // ascending by one
  std::string subject, message_id, payload;
  Timestamp written{};  // wall clock: of the record that made it
  template <class V>
  void visit(V&& v) {
    v("number", number), v("subject", subject), v("message_id", message_id), v("payload", payload), v("written", written);
  }
};

// Up to where the stream has it: one row.
struct OutboxEndRow {
  static constexpr const char* kTable = "outbox_end";
  static constexpr int kKey = 1;
  std::int64_t id{0};
  std::int64_t published{0};
  Timestamp changed{};  // wall clock
  template <class V>
  void visit(V&& v) {
    v("id", id), v("published", published), v("changed", changed);
  }
};

// The tables that do not follow from the journal alone: what the stream has is gone from them.
template <class F>
void for_each_outbox_table(F&& f) {
  f.template operator()<OutboxRow>(), f.template operator()<OutboxEndRow>();
}

// Everything that has a table and follows from the journal, for those who walk them all.
template <class F>
void for_each_table(F&& f) {
  f.template operator()<ReportRow>(), f.template operator()<SourceFillRow>(), f.template operator()<FillRow>();
  f.template operator()<OrderRow>(), f.template operator()<PositionRow>(), f.template operator()<FundingRow>();
  f.template operator()<DayRow>(), f.template operator()<CashRow>(), f.template operator()<SpanRow>(),
      f.template operator()<SpanMarketRow>();
  f.template operator()<GapRow>(), f.template operator()<SourceRow>(), f.template operator()<BreakRow>(), f.template operator()<SentRow>(),
      f.template operator()<PollRow>(), f.template operator()<CorporateActionRow>();
  f.template operator()<UndecodableRow>(), f.template operator()<MetaRow>();
}

}  // namespace marginfix::reconcile
