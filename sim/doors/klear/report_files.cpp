#include "sim/doors/klear/report_files.hpp"

#include <algorithm>
#include <map>

#include "sim/doors/klear/pdf.hpp"
#include "sim/doors/klear/support.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/orders.hpp"

namespace marginfix::sim::klear {
namespace {

// RFC 4180: what holds a comma, a quote or a line end stands in quotes.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

class Csv {
 public:
  explicit Csv(std::string_view header) : text_(std::string(header) + "\r\n") {}
  template <class... Cells>
  void row(const Cells&... cells) {
    std::string line;
    ((line += (line.empty() ? "" : ",") + field(of(cells))), ...);
    text_ += line + "\r\n";
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string of(const std::string& text) { return text; }
  static std::string of(std::string_view text) { return std::string(text); }
  static std::string of(std::int64_t number) { return std::to_string(number); }
  static std::string of(Timestamp time) { return to_rfc3339(time); }
  static std::string of(Date date) { return date_text(date); }
  std::string text_;
};

// (since, until] of one member's business.
struct Period {
  const KlearDoorContext& context;
  const Clearing& clearing;
  AccountId account;
  Timestamp since{}, until{};

  const ClearingMember& member() const { return clearing.member(account); }
  bool holds(Timestamp time) const { return time > since && time <= until; }
  std::vector<const Obligation*> obligations() const {
    std::vector<const Obligation*> all = clearing.obligations(account);
    std::erase_if(all, [this](const Obligation* o) { return !holds(o->execution); });
    return all;
  }
  std::string id(ClearingNo no) const { return std::string(clearing.public_id(no).view()); }
  std::string subtrader(SubtraderNo no) const { return clearing.subtrader_id(account, no); }
  std::string market(MarketNo no) const { return symbol(context, no); }
};

// From the last settlement that closed a day before `at`.
Period period_of(const KlearDoorContext& context, Timestamp at) {
  const Clearing& clearing = views::clearing(context.exchange.state());
  Period p{context, clearing, member_of(context), Timestamp::min(), at};
  for (const SettlementCycle& cycle : clearing.cycles()) {
    if (cycle.closes_day && cycle.time < at) p.since = cycle.time;
  }
  return p;
}

// ---- trading and positions --------------------------------------------------------------------------------------------------

std::vector<FillView> fills(const Period& p, Timestamp from, Timestamp to, std::optional<std::string_view> customer) {
  FillFilter filter;
  filter.from = from;
  filter.to = to;
  filter.customer_account = customer;
  return views::list_fills(p.context.exchange.state(), p.account, filter, 0, SIZE_MAX).fills;
}

std::string trade_audit(const Period& p) {
  Csv csv("fill_id,order_id,created_time,ticker,side,is_taker,count,price,fees,realized_pnl");
  const auto first = p.since == Timestamp::min() ? p.since : p.since + std::chrono::microseconds(1);
  auto list = fills(p, first, p.until + std::chrono::microseconds(1), std::nullopt);
  std::ranges::reverse(list);
  for (const FillView& f : list) {
    csv.row(f.fill_id.view(), f.order_id.view(), f.time, p.market(f.market), std::string_view(f.side == Side::Buy ? "bid" : "ask"),
            std::string_view(f.taker ? "true" : "false"), f.quantity.to_string(), f.price.to_string(), f.fee.to_string(),
            f.realized_pnl.to_string());
  }
  return csv.take();
}

// What a line held then: what it holds now, and everything since taken back, newest first.
Qty position_at(const Period& p, SubtraderNo subtrader, MarketNo market, Qty now) {
  struct Event {
    Timestamp time;
    Qty change;                 // of a fill
    std::optional<Qty> before;  // of a corporate action
  };
  std::vector<Event> events;
  const std::string name = subtrader == 0 ? std::string() : p.subtrader(subtrader);
  for (const FillView& f : fills(p, p.until + std::chrono::microseconds(1), Timestamp::max(), name)) {
    const Qty quantity = f.quantity.units();
    if (f.market == market) events.push_back({f.time, f.side == Side::Buy ? quantity : -quantity, std::nullopt});
  }
  for (const CorporateRow& r : p.member().corporate) {
    if (r.market == market && r.subtrader == subtrader && r.time > p.until && r.before != r.after) events.push_back({r.time, 0, r.before});
  }
  std::ranges::stable_sort(events, std::ranges::greater{}, &Event::time);
  for (const Event& e : events) now = e.before ? *e.before : now - e.change;
  return now;
}

std::string position_snapshot(const Period& p) {
  Csv csv("snapshot_ts,subtrader_id,market_ticker,position_quantity_fp");
  for (const auto& [key, line] : p.member().lines) {
    const Qty net = position_at(p, key.first, key.second, line.net);
    if (net != 0) csv.row(p.until, p.subtrader(key.first), p.market(key.second), to_count(net).to_string());
  }
  return csv.take();
}

// Settlement prices at a settlement, the last trade's price in between.
std::string market_price_snapshot(const Period& p) {
  Csv csv("snapshot_ts,market_ticker,price");
  if (const SettlementCycle* cycle = p.clearing.cycle_at(p.until)) {
    for (const auto& [market, price] : cycle->prices) csv.row(p.until, p.market(market), to_price(price).to_string());
    return csv.take();
  }
  for (MarketNo market = 0; market < views::market_count(p.context.exchange.state()); ++market) {
    TradeQuery query;
    query.market = market;
    query.before = p.until;
    query.limit = 1;
    const TradePage page = views::trade_page(p.context.exchange.state(), query);
    if (!page.trades.empty()) csv.row(p.until, p.market(market), page.trades[0].price.to_string());
  }
  return csv.take();
}

// ---- settlements ------------------------------------------------------------------------------------------------------------

std::string settlement_periods(const Period& p) {
  Csv csv(
      "obligation_id,asset_class,execution_time,market_ticker,subtrader_id,position_quantity_fp,pnl_centicents,"
      "total_fees_centicents,total_amount_centicents");
  for (const Obligation* o : p.obligations()) {
    for (const SettlementRow& r : o->details) {
      csv.row(p.id(o->no), o->asset_class, o->execution, p.market(r.market), p.subtrader(r.subtrader), to_count(r.position).to_string(),
              r.pnl, r.fees, r.total());
    }
  }
  return csv.take();
}

std::string maintenance_margin(const Period& p) {
  Csv csv(
      "obligation_id,asset_class,execution_time,subtrader_id,margin_group_id,maintenance_margin_centicents,"
      "maintenance_margin_delta_centicents");
  for (const Obligation* o : p.obligations()) {
    for (const MarginRow& r : o->margins) {
      csv.row(p.id(o->no), o->asset_class, o->execution, r.group != 0 ? std::string() : p.subtrader(r.subtrader),
              r.group != 0 ? p.id(r.group) : std::string(), r.margin, r.delta);
    }
  }
  return csv.take();
}

std::string maintenance_margin_aggregate(const Period& p) {
  Csv csv("obligation_id,asset_class,execution_time,maintenance_margin_centicents,maintenance_margin_delta_centicents");
  for (const Obligation* o : p.obligations()) csv.row(p.id(o->no), o->asset_class, o->execution, o->margin, o->margin_delta);
  return csv.take();
}

std::string funding_periods(const Period& p) {
  Csv csv("id,market_ticker,subtrader_id,funding_time,position_quantity_fp,notional_value_centicents,funding_amount_centicents");
  for (const FundingRow& r : p.member().funding) {
    if (!p.holds(r.time)) continue;
    csv.row(p.id(r.no), p.market(r.market), p.subtrader(r.subtrader), r.time, to_count(r.position).to_string(), r.notional, r.amount);
  }
  return csv.take();
}

std::string corporate_action_payments(const Period& p) {
  Csv csv("id,type,ca_id,market_ticker,subtrader_id,position_quantity_fp,post_position_quantity_fp,payment_amount_centicents,exchange_ts");
  for (const CorporateRow& r : p.member().corporate) {
    if (!p.holds(r.time)) continue;
    csv.row(p.id(r.no), r.type, r.action_id, p.market(r.market), p.subtrader(r.subtrader), to_count(r.before).to_string(),
            to_count(r.after).to_string(), r.amount, r.time);
  }
  return csv.take();
}

// ---- cash -------------------------------------------------------------------------------------------------------------------

struct Balance {
  Centicents available{0}, locked{0};
};
Balance balance_at(const Period& p, Timestamp time) {
  Balance b;
  for (const BalanceEntry& e : p.member().balance) {
    if (e.time > time) break;
    b.available += e.available;
    b.locked += e.locked;
  }
  return b;
}

std::string_view word(BalanceReason reason) {
  switch (reason) {
    case BalanceReason::Deposit:
      return "deposit";
    case BalanceReason::Settlement:
      return "settlement";
    case BalanceReason::WithdrawalRequested:
      return "withdrawal_requested";
    case BalanceReason::WithdrawalProcessed:
      return "withdrawal_processed";
    case BalanceReason::Wire:
      break;
  }
  return "wire";
}

std::string cash_balance_daily(const Period& p) {
  Csv csv("date,balance_available_centicents,locked_balance_centicents,guaranty_fund_centicents");
  const Balance b = balance_at(p, p.until);
  csv.row(eastern_date(p.until), b.available, b.locked, p.member().guaranty_fund);
  return csv.take();
}

std::string cash_activity_daily(const Period& p) {
  Csv csv("created_ts,reason,balance_delta_centicents,locked_balance_delta_centicents,business_transaction_id");
  for (const BalanceEntry& e : p.member().balance) {
    if (p.holds(e.time)) csv.row(e.time, word(e.reason), e.available, e.locked, e.cause == 0 ? std::string() : p.id(e.cause));
  }
  return csv.take();
}

struct Totals {
  Centicents pnl{0}, fees{0}, margin_delta{0}, amount{0};
};
std::map<std::string, Totals> totals(const Period& p) {
  std::map<std::string, Totals> by_class;
  for (const Obligation* o : p.obligations()) {
    Totals& t = by_class[o->asset_class];
    t.pnl += o->pnl;
    t.fees += o->fees;
    t.margin_delta += o->margin_delta;
    t.amount += o->amount();
  }
  return by_class;
}

std::string daily_financial_summary(const Period& p) {
  Csv csv("date,asset_class,pnl_centicents,fees_centicents,maintenance_margin_delta_centicents,amount_centicents");
  for (const auto& [name, t] : totals(p)) csv.row(eastern_date(p.until), name, t.pnl, t.fees, t.margin_delta, t.amount);
  return csv.take();
}

// Collateral bears no interest here, and positions are not transferred: files with a head and nothing else.
std::string interest_on_collateral_monthly(const Period&) { return Csv("date,balance_centicents,rate,interest_centicents").take(); }
std::string position_transfer_audit(const Period&) {
  return Csv("transfer_id,created_ts,market_ticker,from_subtrader_id,to_subtrader_id,position_quantity_fp").take();
}

std::string dollars_of(Centicents amount) { return to_dollars(to_micros(amount)).to_string(); }

std::string daily_statement(const Period& p) {
  const Balance before = balance_at(p, p.since), after = balance_at(p, p.until);
  std::vector<std::string> lines{"Daily statement of " + p.clearing.user_id(p.account),
                                 "Settlement day " + date_text(eastern_date(p.until)),
                                 "",
                                 "Settlement balance before   " + dollars_of(before.available) + " USD",
                                 "Settlement balance after    " + dollars_of(after.available) + " USD",
                                 "Locked                      " + dollars_of(after.locked) + " USD",
                                 "Guaranty fund               " + dollars_of(p.member().guaranty_fund) + " USD",
                                 ""};
  for (const auto& [name, t] : totals(p)) {
    lines.insert(lines.end(),
                 {name, "  profit and loss   " + dollars_of(t.pnl) + " USD", "  fees              " + dollars_of(t.fees) + " USD",
                  "  margin, change    " + dollars_of(t.margin_delta) + " USD",
                  "  amount            " + dollars_of(t.amount) + " USD (negative: the member pays)", ""});
  }
  return one_page_pdf(lines);
}

constexpr std::pair<std::string_view, std::string (*)(const Period&)> kFiles[] = {
    {"trade_audit", trade_audit},
    {"position_transfer_audit", position_transfer_audit},
    {"position_snapshot", position_snapshot},
    {"market_price_snapshot", market_price_snapshot},
    {"funding_periods", funding_periods},
    {"settlement_periods", settlement_periods},
    {"corporate_action_payments", corporate_action_payments},
    {"maintenance_margin", maintenance_margin},
    {"maintenance_margin_aggregate", maintenance_margin_aggregate},
    {"cash_balance_daily", cash_balance_daily},
    {"cash_activity_daily", cash_activity_daily},
    {"daily_financial_summary", daily_financial_summary},
    {"interest_on_collateral_monthly", interest_on_collateral_monthly},
    {kStatement, daily_statement},
};

HttpAnswer serve(const KlearDoorContext& context, const EndpointRequest& request) {
  const std::string file = request.text("file");
  if (!link_opens(context, file, request.text("Expires"), request.text("Signature"))) {
    return klear_error(403, "forbidden", "forbidden", "this link is over, or none of ours: ask for the list of reports again");
  }
  const auto report = parse_file_name(file);
  const auto content = report ? report_file(context, *report) : std::nullopt;
  return content ? HttpAnswer{200, *content} : missing("no such report");
}

}  // namespace

std::optional<std::string> report_file(const KlearDoorContext& context, const ReportName& report) {
  const auto* const found = std::ranges::find(kFiles, report.type, &std::pair<std::string_view, std::string (*)(const Period&)>::first);
  if (found == std::end(kFiles) || report.at > context.exchange.now()) return std::nullopt;
  return found->second(period_of(context, report.at));
}

}  // namespace marginfix::sim::klear

namespace marginfix::sim {

void add_report_files(EndpointDoor& door, KlearDoorContext& context) {
  const auto handle = [&context](EndpointRequest& request) { return klear::serve(context, request); };
  for (const auto& [path, type] : {std::pair<std::string_view, std::string_view>("/files/csv/{file}", "text/csv"),
                                   std::pair<std::string_view, std::string_view>("/files/pdf/{file}", "application/pdf")}) {
    EndpointEntry entry{"GET", path, EndpointAuth::Public, 0, nullptr, "Expires Signature", "", handle};
    entry.content_type = type;
    door.add(std::move(entry));
  }
}

}  // namespace marginfix::sim
