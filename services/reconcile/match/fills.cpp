#include "services/reconcile/match/fills.hpp"

#include <cstdlib>

#include "marginfix/core/time.hpp"
#include "services/reconcile/iso_date.hpp"
#include "services/reconcile/wide.hpp"

namespace marginfix::reconcile {

namespace {

std::string side_text(const std::string& side) {
  if (side == "1") return "buy";
  if (side == "2") return "sell";
  return side;
}

// price x quantity; what a fill is worth to a person who sorts. The largest value where it does not fit.
DollarDecimal notional_of(const SourceFillRow& fill) noexcept {
  const Wide exact = static_cast<Wide>(fill.price.units()) * fill.quantity.units() / FixedPointCount::kOne;
  constexpr Wide kMost = INT64_MAX;
  return DollarDecimal::from_units(static_cast<std::int64_t>(exact > kMost ? kMost : (exact < -kMost ? -kMost : exact)));
}

Difference about(const SourceFillRow& fill, BreakCategory category) {
  Difference d;
  d.category = category;
  d.account = fill.account;
  d.subject = fill_subject(fill.order_id, fill.trade_id);
  d.exec_id = fill.exec_id;
  d.trade_id = fill.trade_id;
  d.order_id = fill.order_id;
  d.cl_ord_id = fill.cl_ord_id;
  d.symbol = fill.symbol;
  d.subaccount = fill.subaccount;
  d.event_time = fill.transact_time;
  d.notional = notional_of(fill);
  return d;
}

// The whole fill in words, for a side that is missing on the other.
std::string in_words(const SourceFillRow& fill) {
  return side_text(fill.side) + ' ' + fill.quantity.to_string() + ' ' + fill.symbol + " at " + fill.price.to_string();
}

bool within(DollarDecimal a, DollarDecimal b, std::int64_t tolerance) noexcept {
  const Wide d = static_cast<Wide>(a.units()) - b.units();
  return d <= tolerance && -d <= tolerance;
}

bool fees_agree(const SourceFillRow& a, const SourceFillRow& b, const Rules& rules) noexcept {
  return !a.fee || !b.fee || within(*a.fee, *b.fee, rules.fee_tolerance);
}
bool pnl_agrees(const SourceFillRow& a, const SourceFillRow& b, const Rules& rules) noexcept {
  return !a.realized_pnl || !b.realized_pnl || within(*a.realized_pnl, *b.realized_pnl, rules.cash_tolerance);
}
bool accounts_agree(const SourceFillRow& a, const SourceFillRow& b) noexcept {
  return !a.subaccount || !b.subaccount || *a.subaccount == *b.subaccount;
}

struct Comparison {
  const SourceFillRow& here;
  const SourceFillRow& there;
  std::vector<Difference>& out;

  void add(BreakCategory category, std::string here_value, std::string there_value, std::string explanation) {
    Difference d = about(here, category);
    if (d.exec_id.empty()) d.exec_id = there.exec_id;
    if (d.cl_ord_id.empty()) d.cl_ord_id = there.cl_ord_id;
    if (!d.subaccount) d.subaccount = there.subaccount;
    d.here_source = to_string(here.source);
    d.there_source = to_string(there.source);
    d.here_value = std::move(here_value);
    d.there_value = std::move(there_value);
    d.explanation = std::move(explanation);
    out.push_back(std::move(d));
  }

  void run(const Rules& rules) {
    using enum BreakCategory;
    if (here.quantity != there.quantity) {
      add(quantity, here.quantity.to_string(), there.quantity.to_string(), "the two tell the same trade with different quantities");
    }
    if (here.price != there.price) {
      add(price, here.price.to_string(), there.price.to_string(), "the two tell the same trade with different prices");
    }
    if (here.side != there.side) add(side, side_text(here.side), side_text(there.side), "bought on one side and sold on the other");
    if (here.symbol != there.symbol) add(symbol, here.symbol, there.symbol, "the two tell the same trade in different markets");
    if (!accounts_agree(here, there)) {
      add(account, std::to_string(*here.subaccount), std::to_string(*there.subaccount), "the trade is booked under different subaccounts");
    }
    if (!fees_agree(here, there, rules))
      add(fee, here.fee->to_string(), there.fee->to_string(), "the fees differ by more than the tolerance");
    if (!pnl_agrees(here, there, rules)) {
      add(collateral, here.realized_pnl->to_string(), there.realized_pnl->to_string(),
          "the payout of the trade (1704, PAYOUT) is not the realized PnL that the other tells");
    }
  }
};

bool agree(const SourceFillRow& a, const SourceFillRow& b, const Rules& rules) noexcept {
  return a.quantity == b.quantity && a.price == b.price && a.side == b.side && a.symbol == b.symbol && accounts_agree(a, b) &&
         fees_agree(a, b, rules) && pnl_agrees(a, b, rules);
}

const SourceFillRow* first_telling(const Tellings& tellings) noexcept {
  for (const SourceFillRow* told : tellings) {
    if (told != nullptr) return told;
  }
  return nullptr;
}

bool is_fix_feed(std::size_t source) noexcept {
  return source == static_cast<std::size_t>(Source::listener) || source == static_cast<std::size_t>(Source::drop_copy);
}

// A fill that the firm did not order: the exchange closed something for it.
bool is_system(const SourceFillRow& fill) noexcept { return !fill.order_source.empty() && fill.order_source != "user"; }

Difference missing(const SourceFillRow& told, std::size_t source, const std::string& why) {
  Difference d = about(told, is_fix_feed(source) ? BreakCategory::missing_here : BreakCategory::missing_there);
  const std::string absent(to_string(static_cast<Source>(source)));
  if (is_fix_feed(source)) {
    d.here_source = absent;
    d.there_source = to_string(told.source);
    d.there_value = in_words(told);
  } else {
    d.here_source = to_string(told.source);
    d.here_value = in_words(told);
    d.there_source = absent;
  }
  d.subject += ' ' + absent;
  d.explanation = why;
  if (static_cast<Source>(source) == Source::firm && is_system(told)) {
    d.explained = true;
    d.explanation = "the exchange made this order itself (" + told.order_source + "): the firm cannot have it";
  }
  return d;
}

// Nobody names a subaccount but the firm, REST's list of each subaccount among them: it is the primary's.
const SourceFillRow* firm_in_another_place(const Tellings& tellings) noexcept {
  const SourceFillRow* const firm = tellings[static_cast<std::size_t>(Source::firm)];
  if (firm == nullptr || firm->subaccount.value_or(0) == 0 || tellings[static_cast<std::size_t>(Source::rest)] == nullptr) return nullptr;
  for (const SourceFillRow* told : tellings) {
    if (told != nullptr && told != firm && told->subaccount) return nullptr;
  }
  return firm;
}

}  // namespace

std::string fill_subject(std::string_view order_id, std::string_view trade_id) {
  std::string subject("fill ");
  subject += order_id;
  subject += ' ';
  subject += trade_id;
  return subject;
}

std::vector<Difference> compare_fill(const Tellings& tellings, const Musts& musts, const Rules& rules) {
  std::vector<Difference> found;
  const SourceFillRow* here = first_telling(tellings);
  if (here == nullptr) return found;
  for (std::size_t i = 0; i < kSources; ++i) {
    if (tellings[i] != nullptr && tellings[i] != here) {
      const std::size_t before = found.size();
      Comparison{*here, *tellings[i], found}.run(rules);
      for (std::size_t n = before; n < found.size(); ++n) found[n].subject += ' ' + found[n].there_source;
    }
    if (tellings[i] == nullptr && !musts[i].empty()) found.push_back(missing(*here, i, musts[i]));
  }
  if (const SourceFillRow* const firm = firm_in_another_place(tellings)) {
    Comparison{*here, *firm, found}.add(BreakCategory::account, "0", std::to_string(*firm->subaccount),
                                        "the trade is booked under different subaccounts");
    found.back().subject += " firm";
  }
  return found;
}

bool tellings_agree(const Tellings& tellings, const Rules& rules) noexcept {
  const SourceFillRow* here = first_telling(tellings);
  for (const SourceFillRow* told : tellings) {
    if (told != nullptr && told != here && !agree(*here, *told, rules)) return false;
  }
  return firm_in_another_place(tellings) == nullptr;
}

std::vector<Difference> check_telling(const SourceFillRow& told, const Rules& rules) {
  std::vector<Difference> found;
  if (told.clearing_date && told.transact_time) {
    const Date expected = clearing_business_date(*told.transact_time);
    if (*told.clearing_date != expected) {
      Difference d = about(told, BreakCategory::clearing_date);
      d.here_source = to_string(told.source);
      d.here_value = iso_date(*told.clearing_date);
      d.there_source = "calendar";
      d.there_value = iso_date(expected);
      d.explanation = "ClearingBusinessDate(715) is not the day from 16:00 to 16:00 Eastern in which TransactTime(60) falls";
      found.push_back(std::move(d));
    }
  }
  if (told.balance_change && told.fee && !within(*told.balance_change, -*told.fee, rules.cash_tolerance)) {
    Difference d = about(told, BreakCategory::collateral);
    d.subject += " balance";
    d.here_source = to_string(told.source);
    d.here_value = told.balance_change->to_string();
    d.there_source = "fee";
    d.there_value = (-*told.fee).to_string();
    d.explanation = "what the trade took from the balance (1704, BALANCE) is not its fee (137)";
    found.push_back(std::move(d));
  }
  return found;
}

}  // namespace marginfix::reconcile
