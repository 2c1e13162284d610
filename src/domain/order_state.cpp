// The order-state machine. One function an event; reports one function an ExecType.
#include "marginfix/domain/order_state.hpp"

#include <algorithm>
#include <utility>

namespace marginfix {
namespace {

using Kind = OrderEffectKind;

bool contains(const std::vector<std::string>& ids, std::string_view id) { return std::ranges::find(ids, id) != ids.end(); }

class Step {
 public:
  explicit Step(OrderState& state) : filled_before_(std::max(state.cum_qty, state.booked_qty)), state_(state) {}
  std::vector<OrderEffect> take() { return std::move(effects_); }

  void operator()(const NewSent& e) {
    if (s().phase != OrderPhase::none) {
      // Under an unknown outcome the same ClOrdID(11) is the safe way to send again.
      if (e.cl_ord_id == s().cl_ord_id && !is_final(s().phase)) ++s().unanswered;
      if (s().phase != OrderPhase::outcome_unknown) note(Kind::contradiction, "this order exists already");
      return;
    }
    s().phase = OrderPhase::sent;
    s().unanswered = 1;
    s().cl_ord_id = e.cl_ord_id;
    s().given_by[e.cl_ord_id] = ExecId("0;0");  // the oldest id of all
    s().symbol = e.symbol;
    s().side = e.side;
    s().order_qty = s().leaves_qty = e.order_qty;
    s().price = e.price;
    s().subaccount = e.subaccount;
  }

  void operator()(const ReplaceSent& e) { request({PendingRequest::Kind::replace, e.cl_ord_id, false, e.order_qty, e.price}); }
  void operator()(const CancelSent& e) { request({PendingRequest::Kind::cancel, e.cl_ord_id, false, std::nullopt, std::nullopt}); }

  void operator()(const RequestRefused& e) {
    // A BusinessMessageReject(j) may say so too.
    if (says_outcome_unknown(e.text)) return (*this)(OutcomeUnknown{e.cl_ord_id, UnknownCause::exchange_unavailable, e.text});
    if (take_pending(e.cl_ord_id)) return note(Kind::request_rejected, e.text);
    const bool waiting = s().phase == OrderPhase::sent || s().phase == OrderPhase::outcome_unknown;
    if (e.cl_ord_id != s().cl_ord_id || !waiting) return note(Kind::unknown_request, e.cl_ord_id);
    if (s().unanswered > 1) return another_is_out(e.text);
    end(OrderPhase::not_sent);
    s().text = e.text;
    note(Kind::rejected, e.text);
  }

  void operator()(const CancelRejected& e) {
    const auto pending = find_pending(e.cl_ord_id);
    if (pending == s().pending.end()) {
      refuse(e.cl_ord_id);
      note(Kind::unknown_request, e.cl_ord_id);
    } else if (says_outcome_unknown(e.text)) {
      doubt(*pending, UnknownCause::exchange_unavailable, e.text);
    } else {
      s().pending.erase(pending);
      refuse(e.cl_ord_id);
      note(Kind::request_rejected, e.text);
    }
    // 39 tells what the exchange holds the order for: an end we have not seen means a report is missing.
    const bool ended_there = e.ord_status == OrdStatus::Filled || e.ord_status == OrdStatus::Canceled || e.ord_status == OrdStatus::Expired;
    if (ended_there && !is_final(s().phase)) note(Kind::contradiction, "the exchange holds the order for " + to_string(e.ord_status));
  }

  void operator()(const OutcomeUnknown& e) {
    const std::string text = e.text.empty() ? std::string(to_string(e.cause)) : e.text;
    if (const auto pending = find_pending(e.cl_ord_id); pending != s().pending.end()) return doubt(*pending, e.cause, text);
    if (s().phase == OrderPhase::none || e.cl_ord_id.empty() || !s().knows(e.cl_ord_id)) return note(Kind::unknown_request, e.cl_ord_id);
    if (is_working(s().phase)) return note(Kind::out_of_date, "the exchange has the order");
    if (s().phase == OrderPhase::not_sent) {
      note(Kind::contradiction, "the order was thought never to have left");
      s().leaves_qty = s().order_qty;
    } else if (is_final(s().phase)) {
      return note(Kind::after_end);
    }
    doubt_order(e.cause, text);
  }

  void operator()(const Baseline& e) {
    if (s().phase == OrderPhase::none) return adopt(e);
    if (const std::string other = difference(e.order_id, e.symbol, e.side); !other.empty()) return note(Kind::contradiction, other);
    const bool had_doubt = s().phase == OrderPhase::outcome_unknown;
    if (s().order_id.empty()) s().order_id = e.order_id;
    const bool unsure = s().phase < OrderPhase::open || s().phase == OrderPhase::not_sent;
    const bool old = e.cum_qty < s().cum_qty || (e.as_of != Timestamp{} && e.as_of < s().last_time);
    if (old && !unsure) return note(Kind::out_of_date);
    if (is_final(s().phase) && !unsure) {
      note(e.leaves_qty.is_zero() ? Kind::after_end : Kind::contradiction);
      state_filled(e.cum_qty);
      return check_booked();
    }
    take_baseline(e);
    if (unsure) note(Kind::accepted, had_doubt ? "the exchange has the order" : "");
    resolve_pending(e);
    if (s().phase == OrderPhase::canceled) note(Kind::canceled);
    check_booked();
  }

  void operator()(const Fill& e) {
    if (s().phase == OrderPhase::none) return note(Kind::contradiction, "a trade of an order that is not known");
    if (const std::string other = difference(e.order_id, e.symbol, e.side); !other.empty()) return show(e, other);
    if (e.quantity <= FixedPointCount{} || (e.trade_id.empty() && e.exec_id.empty())) return show(e, "a trade without a quantity or an id");
    if (find_booked(e) != s().booked.end()) return note(Kind::duplicate, e.trade_id);
    if (!s().baseline_qty.is_zero() && !baseline_named_trades())
      return show(e, "whether the baseline contains this trade cannot be told: it named no trades");
    if (s().order_id.empty()) s().order_id = e.order_id;
    if (e.subaccount != 0) s().subaccount = e.subaccount;
    Fill fill = e;
    fill.subaccount = s().subaccount;  // REST does not say it
    book(fill, {});
    fill_ahead(s().booked_qty);
    check_filled();
    if (!is_final(s().phase)) s().phase = working_phase();
    settle();
    check_booked();
  }

  void operator()(const OrderReport& r) {
    const bool first = s().phase == OrderPhase::none;
    if (first) {
      meet(r);
    } else if (const std::string other = difference_of(r); !other.empty()) {
      return contradict(r, other);
    }
    if (s().order_id.empty() && names_the_order(r)) s().order_id = r.order_id;
    if (r.alloc_account) s().subaccount = *r.alloc_account;  // a baseline of REST does not say it
    if (s().phase == OrderPhase::not_sent) {                 // what the exchange reports exists, whatever we believed
      s().phase = OrderPhase::sent;
      s().leaves_qty = s().order_qty;
      note(Kind::contradiction, "the order was thought never to have left");
    }
    if (!r.text.empty()) s().text = r.text;
    switch (r.exec_type) {
      case ExecType::PendingNew:
        return on_pending_new();
      case ExecType::New:
        return on_new(r);
      case ExecType::Trade:
        return on_trade(r, first);
      case ExecType::PendingCancel:
        return on_pending(r, PendingRequest::Kind::cancel, first);
      case ExecType::PendingReplace:
        return on_pending(r, PendingRequest::Kind::replace, first);
      case ExecType::Replaced:
        return on_replaced(r);
      case ExecType::Canceled:
        return on_ended(r, OrderPhase::canceled, Kind::canceled);
      case ExecType::Expired:
        return on_ended(r, OrderPhase::expired, Kind::expired);
      case ExecType::Rejected:
        return on_rejected(r);
    }
    note(Kind::unknown_exec_type, to_wire(r.exec_type));
  }

 private:
  OrderState& s() noexcept { return state_; }
  const OrderState& s() const noexcept { return state_; }
  void note(Kind kind, std::string text = {}) { effects_.push_back({kind, std::nullopt, std::move(text)}); }
  void show(Fill fill, std::string why) { effects_.push_back({Kind::contradiction, std::move(fill), std::move(why)}); }

  OrderPhase working_phase() const noexcept { return s().cum_qty.is_zero() ? OrderPhase::open : OrderPhase::partially_filled; }
  void end(OrderPhase phase) {
    s().phase = phase;
    s().leaves_qty = {};
    settle();
  }
  // The exchange's answer to the D is known.
  void settle() {
    s().unknown.reset();
    s().unanswered = 0;
  }

  // ---- requests ---------------------------------------------------------------------------------------------------------
  void request(PendingRequest pending) {
    // An order that has ended may still be asked about: the answer, a 9, must find its request.
    if (s().phase == OrderPhase::none || s().knows(pending.cl_ord_id))
      return note(Kind::contradiction, "ClOrdID(11) is not new, or there is no order");
    std::erase(s().refused_ids, pending.cl_ord_id);
    s().pending.push_back(std::move(pending));
  }
  std::vector<PendingRequest>::iterator find_pending(std::string_view id) {
    return std::ranges::find(s().pending, id, &PendingRequest::cl_ord_id);
  }
  bool take_pending(std::string_view id) {
    return std::erase_if(s().pending, [id](const PendingRequest& p) { return p.cl_ord_id == id; }) != 0;
  }
  void refuse(const std::string& id) {
    if (!contains(s().refused_ids, id)) s().refused_ids.push_back(id);
  }
  void doubt(PendingRequest& pending, UnknownCause cause, std::string text) {
    pending.unknown = cause;
    note(Kind::outcome_unknown, std::move(text));
  }
  void doubt_order(UnknownCause cause, std::string text) {
    s().phase = OrderPhase::outcome_unknown;
    s().unknown = cause;
    note(Kind::outcome_unknown, std::move(text));
  }
  // One of several Ds with this id was refused: what the others became is still to come.
  void another_is_out(const std::string& text) {
    --s().unanswered;
    note(Kind::request_rejected, text);
  }

  // ---- the chain of ClOrdIDs ----------------------------------------------------------------------------------------------
  bool past(std::string_view id) const { return contains(s().past_ids, id); }

  void move_to_id(const OrderReport& r) {
    const std::string& id = r.cl_ord_id;
    take_pending(id);
    if (id.empty()) return;
    if (id != s().cl_ord_id) {
      std::erase(s().past_ids, id);  // an order may get an id again that it has left
      if (!s().cl_ord_id.empty()) s().past_ids.push_back(s().cl_ord_id);
      s().cl_ord_id = id;
    }
    learn_link(r);
  }
  // An id the order has left by now, told late.
  void learn_past_id(const OrderReport& r) {
    take_pending(r.cl_ord_id);
    if (r.cl_ord_id.empty()) return;
    if (r.cl_ord_id != s().cl_ord_id && !past(r.cl_ord_id)) s().past_ids.insert(place_of(r.exec_id), r.cl_ord_id);
    learn_link(r);
  }
  // Which report gave the id, and the id before it (41).
  void learn_link(const OrderReport& r) {
    const bool gave = r.exec_type == ExecType::Replaced || r.exec_type == ExecType::Canceled || r.exec_type == ExecType::New;
    if (gave && r.exec_id.is_sequenced()) s().given_by.try_emplace(r.cl_ord_id, r.exec_id);
    const std::string before = r.orig_cl_ord_id.value_or("");
    if (before.empty() || before == s().cl_ord_id || past(before)) return;
    s().past_ids.insert(std::ranges::find(s().past_ids, r.cl_ord_id), before);
  }
  // Where an id given by this report stands among the past ones. An id known only from a 41 stands right before the one it became.
  std::vector<std::string>::iterator place_of(const ExecId& exec_id) {
    auto& ids = s().past_ids;
    const auto given = [this](const std::string& id) {
      const auto it = s().given_by.find(id);
      return it == s().given_by.end() ? ExecId() : it->second;
    };
    auto at = exec_id.is_sequenced() ? std::ranges::find_if(ids, [&](const std::string& id) { return given(id) > exec_id; }) : ids.end();
    while (at != ids.begin() && given(*std::prev(at)).empty()) --at;
    return at;
  }

  // ---- whose report, and how old ------------------------------------------------------------------------------------------
  // First sight of an order (listener, drop copy, restart): identity and terms are the report's.
  void meet(const OrderReport& r) {
    s().cl_ord_id = r.orig_cl_ord_id.value_or("").empty() ? r.cl_ord_id : *r.orig_cl_ord_id;
    s().symbol = r.symbol;
    s().side = r.side;
    s().order_qty = s().leaves_qty = r.order_qty;
    s().price = r.price.value_or(DollarDecimal{});
    s().subaccount = r.alloc_account.value_or(0);
  }

  std::string difference(std::string_view order_id, std::string_view symbol, Side side) const {
    const auto differ = [](std::string_view ours, std::string_view theirs) { return !ours.empty() && !theirs.empty() && ours != theirs; };
    if (differ(s().order_id, order_id)) return "another order's OrderID(37)";
    if (differ(s().symbol, symbol)) return "another Symbol(55)";
    if (side != Side{} && s().side != Side{} && side != s().side) return "another Side(54)";
    return {};
  }
  std::string difference_of(const OrderReport& r) const {
    return difference(names_the_order(r) ? std::string_view(r.order_id) : std::string_view(), r.symbol, r.side);
  }
  void contradict(const OrderReport& r, const std::string& why) {
    if (const auto fill = to_fill(r))
      show(*fill, why);
    else
      note(Kind::contradiction, why);
  }

  bool linked(const OrderReport& r) {
    return r.cl_ord_id == s().cl_ord_id || r.orig_cl_ord_id == s().cl_ord_id || find_pending(r.cl_ord_id) != s().pending.end();
  }
  bool comparable(const OrderReport& r) const {
    if (!r.exec_id.is_sequenced() || !s().last_exec_id.is_sequenced()) return false;
    return r.last_mkt == s().last_mkt || r.last_mkt.empty() || s().last_mkt.empty();
  }
  bool older(const OrderReport& r) {
    if (r.cum_qty < s().stated_qty) return true;
    if (comparable(r)) {
      if (r.exec_id < s().last_exec_id) return true;
      if (!s().last_was_baseline) return false;
    }
    if (r.cum_qty > s().stated_qty) return false;
    if (past(r.cl_ord_id)) return true;
    const bool timed = r.transact_time && s().last_time != Timestamp{};
    if (timed && *r.transact_time != s().last_time) return *r.transact_time < s().last_time;
    return s().last_was_baseline && !linked(r);
  }
  static FixedPointCount without(FixedPointCount quantity, FixedPointCount part) {
    return quantity > part ? quantity - part : FixedPointCount{};
  }
  // What a report leaves open, less what other doors told of fills after it.
  FixedPointCount open_of(const OrderReport& r) const { return without(r.leaves_qty, without(s().cum_qty, r.cum_qty)); }
  // More is filled than the reports have stated yet.
  void fill_ahead(FixedPointCount cum) {
    s().leaves_qty = without(s().leaves_qty, without(cum, s().cum_qty));
    s().cum_qty = std::max(s().cum_qty, cum);
  }
  void state_filled(FixedPointCount cum) {
    s().stated_qty = std::max(s().stated_qty, cum);
    s().cum_qty = std::max(s().cum_qty, cum);
  }
  // Takes the quantities of a report that is not older than what is known; false for an older one. CumQty(14) never goes back.
  bool take_newest(const OrderReport& r) {
    const bool old = older(r);
    state_filled(r.cum_qty);
    if (old) return false;
    if (!is_final(s().phase)) s().leaves_qty = open_of(r);
    s().last_exec_id = r.exec_id.is_sequenced() ? r.exec_id : ExecId();
    s().last_mkt = r.last_mkt;
    s().last_time = std::max(s().last_time, r.transact_time.value_or(Timestamp{}));
    s().last_was_baseline = false;
    return true;
  }

  // ---- terms ----------------------------------------------------------------------------------------------------------------
  // New and Replaced say what is asked for. A late one does so too, where nothing newer has.
  void take_terms(const OrderReport& r, bool newest) {
    const ExecId& from = s().terms_exec_id;
    if (!newest && s().terms_time != Timestamp{} && r.transact_time <= s().terms_time) return;
    if (!newest && !(r.exec_id.is_sequenced() && (from.empty() || r.exec_id > from))) return;
    s().order_qty = r.order_qty;
    if (newest && r.price) s().price = *r.price;
    s().terms_exec_id = r.exec_id.is_sequenced() ? r.exec_id : ExecId();
  }
  // The newest report shows the order under an id, price or total that no report has given it: an amend's report is to come.
  void take_shown_terms(const OrderReport& r) {
    bool amended = false;
    if (const auto request = find_pending(r.cl_ord_id); request != s().pending.end() && request->order_qty) {
      s().order_qty = *request->order_qty;
    } else if (request == s().pending.end() && r.cl_ord_id != s().cl_ord_id && r.leaves_qty.is_zero()) {
      s().order_qty = std::max(s().order_qty, r.order_qty);  // another door's amend: all that is known of its total
    }
    if (!r.cl_ord_id.empty() && r.cl_ord_id != s().cl_ord_id && !past(r.cl_ord_id)) {
      move_to_id(r);
      amended = true;
    }
    if (r.price && *r.price != s().price) {
      s().price = *r.price;
      amended = true;
    }
    const FixedPointCount total = r.cum_qty + r.leaves_qty;  // 38 is this, or the total asked for, by PreserveOriginalOrderQty(21008)
    if (!r.leaves_qty.is_zero()) {
      amended = amended || total != s().order_qty;
      s().order_qty = total;
      s().terms_exec_id = r.exec_id;
    }
    if (amended)
      note(Kind::amend_missing,
           "the exchange works " + s().order_qty.to_string() + " at " + s().price.to_string() + " as " + s().cl_ord_id);
  }

  // ---- trades -----------------------------------------------------------------------------------------------------------------
  void check_booked() {
    if (s().trades_missing()) note(Kind::trades_missing, s().cum_qty.to_string() + " filled, " + s().booked_qty.to_string() + " booked");
  }
  void check_filled() {
    const FixedPointCount filled = std::max(s().cum_qty, s().booked_qty);
    if (filled > filled_before_ && filled > s().order_qty && !s().order_qty.is_zero())
      note(Kind::overfilled, filled.to_string() + " filled, " + s().order_qty.to_string() + " asked for");
  }
  std::vector<BookedTrade>::iterator find_booked(const Fill& fill) {
    return std::ranges::find_if(s().booked, [&, key = fill.key()](const BookedTrade& b) {
      return (!fill.exec_id.empty() && b.key == key) || (!fill.trade_id.empty() && b.trade_id == fill.trade_id);
    });
  }
  bool baseline_named_trades() const {
    return std::ranges::any_of(s().booked, [](const BookedTrade& b) { return b.quantity.is_zero(); });
  }
  void book(const Fill& fill, FixedPointCount cum_qty) {
    s().booked_qty += fill.quantity;
    s().booked.push_back({fill.exec_id.empty() ? std::string() : fill.key(), fill.trade_id, cum_qty, fill.quantity});
    effects_.push_back({Kind::fill, fill, {}});
  }

  void book_report(const OrderReport& r) {
    const auto told = to_fill(r);
    if (!told || told->quantity <= FixedPointCount{}) return note(Kind::contradiction, "a trade without LastQty(32)");
    Fill fill = *told;
    if (fill.cl_ord_id.empty()) fill.cl_ord_id = s().cl_ord_id;
    fill.order_id = s().order_id;
    fill.symbol = s().symbol;
    fill.subaccount = s().subaccount;
    fill.side = s().side;
    if (const auto known = find_booked(fill); known != s().booked.end()) return know_better(*known, fill, r.cum_qty);
    FixedPointCount place = r.cum_qty;
    if (r.cum_qty < fill.quantity) {  // CumQty(14) missing or wrong: a trade is a trade
      note(Kind::contradiction, "CumQty(14) is less than LastQty(32)");
      place = {};
    } else if (const auto taken = taken_at(r.cum_qty, fill.quantity); taken != Taken::no) {
      if (taken == Taken::all) return note(Kind::duplicate, fill.key());
      return show(std::move(fill), "part of the quantity at this CumQty(14) is booked already");
    }
    book(fill, place);
    if (place.is_zero()) s().cum_qty = std::max(s().cum_qty, s().booked_qty);
  }
  // The same trade by another door, or again: what the first did not say is kept.
  void know_better(BookedTrade& known, const Fill& fill, FixedPointCount cum_qty) {
    if (known.key.empty() && !fill.exec_id.empty()) known.key = fill.key();
    if (known.trade_id.empty()) known.trade_id = fill.trade_id;
    if (known.cum_qty.is_zero() && !known.quantity.is_zero() && cum_qty >= known.quantity) known.cum_qty = cum_qty;
    note(Kind::duplicate, fill.key());
  }
  // Whether the order's quantity from cum - quantity to cum is booked, by the baseline or by a trade that states this place.
  enum class Taken : std::uint8_t { no, part, all };
  Taken taken_at(FixedPointCount cum, FixedPointCount quantity) const {
    const FixedPointCount from = cum - quantity;
    Taken taken = Taken::no;
    const auto look = [&](FixedPointCount begin, FixedPointCount end) {
      if (from >= begin && cum <= end)
        taken = Taken::all;
      else if (from < end && cum > begin && taken == Taken::no)
        taken = Taken::part;
    };
    look({}, s().baseline_qty);
    for (const BookedTrade& b : s().booked) {
      if (!b.cum_qty.is_zero()) look(b.cum_qty - b.quantity, b.cum_qty);
    }
    return taken;
  }

  // ---- reports ------------------------------------------------------------------------------------------------------------------
  void on_pending_new() {
    if (is_final(s().phase)) return note(Kind::after_end);
    if (s().phase == OrderPhase::none || s().phase == OrderPhase::sent) s().phase = OrderPhase::pending_new;
  }

  void on_new(const OrderReport& r) {
    const bool newest = take_newest(r);
    newest ? learn_link(r) : learn_past_id(r);
    take_terms(r, newest && !is_final(s().phase));
    if (s().phase == OrderPhase::partially_filled || s().phase == OrderPhase::filled) return note(Kind::late_new), check_booked();
    if (is_final(s().phase)) return note(Kind::after_end);
    if (s().phase == OrderPhase::open) return note(newest ? Kind::duplicate : Kind::late_new, "New");
    s().phase = working_phase();
    settle();
    note(Kind::accepted);
    check_booked();
  }

  void on_trade(const OrderReport& r, bool first) {
    const bool ended = is_final(s().phase);
    const bool newest = take_newest(r);
    if (newest && !first) take_shown_terms(r);
    if (first && !r.leaves_qty.is_zero()) s().terms_exec_id = r.exec_id;
    if (!newest) learn_past_id(r);
    book_report(r);
    check_filled();
    if (ended) {
      if (s().phase != OrderPhase::filled) note(Kind::after_end);
    } else if (newest && r.leaves_qty.is_zero()) {
      end(end_by_trade(r, first));
    } else {
      s().phase = working_phase();
      settle();
    }
    check_booked();
  }
  // A trade with nothing left: filled, or the rest of an IOC is gone without a report of its own.
  OrderPhase end_by_trade(const OrderReport& r, bool first) const {
    if (r.ord_status == OrdStatus::Filled) return OrderPhase::filled;
    if (r.ord_status == OrdStatus::Canceled) return OrderPhase::canceled;
    if (r.ord_status == OrdStatus::Expired) return OrderPhase::expired;
    // At first sight order_qty is this report's own 38, which may be no more than what is filled.
    const bool all = s().cum_qty >= s().order_qty && !(first && r.ord_status == OrdStatus::PartiallyFilled);
    return all ? OrderPhase::filled : OrderPhase::canceled;
  }

  void on_pending(const OrderReport& r, PendingRequest::Kind kind, bool first) {
    const bool answered = r.cl_ord_id == s().cl_ord_id || past(r.cl_ord_id) || contains(s().refused_ids, r.cl_ord_id);
    const auto known = find_pending(r.cl_ord_id);
    if (known != s().pending.end()) known->acknowledged = true;
    if (is_final(s().phase)) return note(Kind::after_end);
    fill_ahead(r.cum_qty);         // it has no place among the numbered reports
    if (!is_working(s().phase)) {  // an order that is asked to change exists
      s().phase = working_phase();
      settle();
    }
    if (first && answered) return note(Kind::pending), check_booked();  // without a 41 the order's own id is not told
    if (answered || (known == s().pending.end() && r.orig_cl_ord_id && past(*r.orig_cl_ord_id)))
      return note(Kind::out_of_date), check_booked();
    if (known == s().pending.end()) s().pending.push_back({kind, r.cl_ord_id, true, std::nullopt, std::nullopt});
    note(Kind::pending);
    check_booked();
  }

  void on_replaced(const OrderReport& r) {
    const bool again = r.exec_id.is_sequenced() && r.exec_id == s().last_exec_id && r.last_mkt == s().last_mkt;
    const bool newest = take_newest(r);
    const bool reopens = newest && !again && s().phase == OrderPhase::filled && !r.leaves_qty.is_zero();
    take_terms(r, newest && !is_final(s().phase));
    if (again) {
      learn_link(r);
      note(Kind::duplicate, "Replaced");
    } else if (is_final(s().phase) && !reopens) {
      newest ? move_to_id(r) : learn_past_id(r);
      note(Kind::after_end);
    } else if (!newest) {
      learn_past_id(r);
      if (!is_working(s().phase)) s().phase = working_phase();
      note(Kind::out_of_date, "Replaced");
    } else {
      move_to_id(r);
      if (reopens) take_terms(r, true);
      s().leaves_qty = open_of(r);
      s().phase = working_phase();
      settle();
      note(Kind::replaced);
      // Less than or exactly what is filled already: nothing is left to work.
      if (r.leaves_qty.is_zero() && !r.cum_qty.is_zero()) end(OrderPhase::filled);
    }
    check_filled();
    check_booked();
  }

  void on_ended(const OrderReport& r, OrderPhase phase, Kind kind) {
    if (is_final(s().phase)) {
      // Another door may have told of the end before the answer to the cancel came.
      find_pending(r.cl_ord_id) != s().pending.end() ? learn_past_id(r) : learn_link(r);
      state_filled(r.cum_qty);
      note(Kind::after_end);
    } else {
      if (take_newest(r) && r.price) s().price = *r.price;
      move_to_id(r);
      if (phase == OrderPhase::canceled && r.orig_cl_ord_id && *r.orig_cl_ord_id != r.cl_ord_id) s().cancel_of = *r.orig_cl_ord_id;
      end(phase);
      note(kind, r.text);
    }
    check_filled();
    check_booked();
  }

  void on_rejected(const OrderReport& r) {
    if (is_final(s().phase)) return note(Kind::after_end);
    // A second D with the id of a living order: the living one is not touched.
    if (is_working(s().phase)) return note(Kind::contradiction, "Rejected, but the order works");
    if (is_told_again(r)) return note(Kind::duplicate, "Rejected");
    if (marginfix::outcome_unknown(r)) {
      if (s().unanswered > 0) --s().unanswered;
      return doubt_order(UnknownCause::exchange_unavailable, r.text);
    }
    if (already_exists(r)) return on_already_exists(r);
    if (s().unanswered > 1) return another_is_out(r.text);
    end(OrderPhase::rejected);
    s().rejects.clear();  // from here on any is after the end
    note(Kind::rejected, r.text);
  }
  // By another session, and counted already: it answers one D only.
  bool is_told_again(const OrderReport& r) {
    const std::string key = reject_key(r);
    if (key.empty()) return false;
    const auto at = std::ranges::lower_bound(s().rejects, key);
    if (at != s().rejects.end() && *at == key) return true;
    s().rejects.insert(at, key);
    return false;
  }
  // An order with this id lives at the exchange.
  void on_already_exists(const OrderReport& r) {
    if (s().phase == OrderPhase::outcome_unknown && s().unknown != UnknownCause::already_exists) {
      s().phase = working_phase();
      settle();
      return note(Kind::accepted, r.text);
    }
    if (s().unanswered > 1) return another_is_out(r.text);
    doubt_order(UnknownCause::already_exists, r.text);
  }

  // ---- baselines ----------------------------------------------------------------------------------------------------------------
  OrderPhase phase_of(const Baseline& e) const {
    if (!e.leaves_qty.is_zero()) return working_phase();
    return e.canceled || e.cum_qty.is_zero() || e.cum_qty < s().order_qty ? OrderPhase::canceled : OrderPhase::filled;
  }
  void adopt(const Baseline& e) {
    s().cl_ord_id = e.cl_ord_id;
    s().order_id = e.order_id;
    s().symbol = e.symbol;
    s().side = e.side;
    s().subaccount = e.subaccount;
    s().baseline_qty = s().booked_qty = e.cum_qty;
    for (const std::string& id : e.trade_ids) s().booked.push_back({{}, id, {}, {}});
    take_baseline(e);
    note(Kind::accepted);
  }
  void take_baseline(const Baseline& e) {
    if (e.subaccount != 0) s().subaccount = e.subaccount;
    state_filled(e.cum_qty);
    s().leaves_qty = e.leaves_qty;
    // A source that says only what is filled and what remains does not know the total of an order that has ended.
    if (!e.leaves_qty.is_zero() || e.order_qty > s().order_qty) {
      s().order_qty = e.order_qty;
      s().terms_time = e.as_of;
    }
    s().price = e.price;
    s().last_time = std::max(s().last_time, e.as_of);
    s().last_was_baseline = true;
    if (!e.cl_ord_id.empty() && e.cl_ord_id != s().cl_ord_id && !past(e.cl_ord_id)) {
      if (take_pending(e.cl_ord_id)) note(Kind::replaced);
      s().past_ids.push_back(std::exchange(s().cl_ord_id, e.cl_ord_id));
    }
    const OrderPhase phase = phase_of(e);
    if (is_final(phase)) return end(phase);
    s().phase = phase;
    settle();
  }
  // A read after the event shows whether an amend or cancel of unknown outcome holds.
  void resolve_pending(const Baseline& e) {
    const auto holds = [&](const PendingRequest& p) {
      return p.kind == PendingRequest::Kind::replace && p.order_qty == e.order_qty && (!p.price || *p.price == e.price);
    };
    std::erase_if(s().pending, [&](const PendingRequest& p) {
      if (!p.unknown) return false;
      if (holds(p))
        note(Kind::replaced);
      else if (p.kind == PendingRequest::Kind::replace || s().phase != OrderPhase::canceled)
        note(Kind::request_rejected, "the exchange has the order without it");
      return true;
    });
  }

  FixedPointCount filled_before_;
  OrderState& state_;
  std::vector<OrderEffect> effects_;
};

}  // namespace

OrdStatus OrderState::ord_status() const noexcept {
  if (!is_final(phase)) {
    const auto is = [this](PendingRequest::Kind kind) {
      return std::ranges::any_of(pending, [kind](const PendingRequest& p) { return p.kind == kind; });
    };
    if (is(PendingRequest::Kind::cancel)) return OrdStatus::PendingCancel;
    if (is(PendingRequest::Kind::replace)) return OrdStatus::PendingReplace;
  }
  switch (phase) {
    case OrderPhase::none:
    case OrderPhase::sent:
    case OrderPhase::pending_new:
    case OrderPhase::outcome_unknown:
      return OrdStatus::PendingNew;
    case OrderPhase::open:
      return OrdStatus::New;
    case OrderPhase::partially_filled:
      return OrdStatus::PartiallyFilled;
    case OrderPhase::filled:
      return OrdStatus::Filled;
    case OrderPhase::canceled:
      return OrdStatus::Canceled;
    case OrderPhase::expired:
      return OrdStatus::Expired;
    case OrderPhase::rejected:
    case OrderPhase::not_sent:
      return OrdStatus::Rejected;
  }
  return OrdStatus::PendingNew;
}

bool OrderState::knows(std::string_view id) const noexcept {
  return cl_ord_id == id || std::ranges::find(past_ids, id) != past_ids.end() ||
         std::ranges::any_of(pending, [id](const PendingRequest& p) { return p.cl_ord_id == id; });
}

bool outcome_unknown(const OrderReport& report) noexcept {
  return report.exec_type == ExecType::Rejected && says_outcome_unknown(report.text);
}
bool already_exists(const OrderReport& report) noexcept {
  return report.exec_type == ExecType::Rejected &&
         (report.ord_rej_reason == OrdRejReason::DuplicateOrder || report.text.starts_with("ORDER_ALREADY_EXISTS"));
}

bool names_the_order(const OrderReport& report) noexcept {
  return report.exec_type != ExecType::Rejected && report.exec_type != ExecType::PendingNew;
}

std::string reject_key(const OrderReport& report) {
  if (!report.transact_time) return {};
  return report.exec_id.text() + ' ' + report.order_id + ' ' + std::to_string(report.transact_time->time_since_epoch().count());
}

OrderTransition apply(OrderState state, const OrderEvent& event) {
  auto effects = apply_to(state, event);
  return {std::move(state), std::move(effects)};
}

std::vector<OrderEffect> apply_to(OrderState& state, const OrderEvent& event) {
  Step step(state);
  std::visit(step, event);
  return step.take();
}

std::string_view to_string(OrderPhase phase) noexcept {
  constexpr std::string_view kNames[kOrderPhases] = {"none",   "sent",     "pending new", "outcome unknown", "open",    "partially filled",
                                                     "filled", "canceled", "expired",     "rejected",        "not sent"};
  const auto i = static_cast<std::size_t>(phase);
  return i < kOrderPhases ? kNames[i] : std::string_view("?");
}

std::string_view to_string(OrderEffectKind kind) noexcept {
  constexpr std::string_view kNames[] = {
      "accepted",         "fill",           "replaced",        "canceled",   "expired",       "rejected",
      "request rejected", "pending",        "outcome unknown", "duplicate",  "late New",      "after the end",
      "out of date",      "trades missing", "amend missing",   "overfilled", "contradiction", "unknown request",
      "unknown ExecType"};
  const auto i = static_cast<std::size_t>(kind);
  return i < std::size(kNames) ? kNames[i] : std::string_view("?");
}

}  // namespace marginfix
