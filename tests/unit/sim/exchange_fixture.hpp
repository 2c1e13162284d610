// A small exchange for tests: no house, three accounts, events written down as short texts.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::sim {

// Monday 2026-11-23 15:00:00 UTC = 10:00 Eastern.
inline constexpr Timestamp kStart = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)) + std::chrono::hours(15);
inline constexpr const char* kMarket = "KXBTCPERP";

inline DollarDecimal usd(std::string_view text) { return DollarDecimal::parse(text).value(); }
inline FixedPointCount lots(std::int64_t contracts) { return FixedPointCount::whole(contracts); }

inline FcmRefusal create_subtrader(Exchange& exchange, AccountId account, std::string_view suffix, bool require_category_cap,
                                   std::string& id) {
  SubtraderOutcome made = exchange.run(commands::CreateSubtrader{account, suffix, require_category_cap});
  if (!made.id.empty()) id = std::move(made.id);
  return made.refusal;
}
// False: there is no such action, or it is not scheduled any more.
inline bool cancel_corporate_action(Exchange& exchange, std::string_view id) {
  const auto no = views::corporate_action_number(exchange.state(), id);
  return no && exchange.run(commands::CancelAction{*no});
}

// Keeps copies of the events (views made owning) and one line of text an event.
class Recorder : public EventSink {
 public:
  struct Report {
    ExecutionEvent event;  // its views are not valid any more: use the texts beside it
    std::string cl_ord_id, orig_cl_ord_id, symbol, group_id, customer, operator_id;
  };
  void on_execution(const ExecutionEvent& e) override {
    reports.push_back({e, std::string(e.cl_ord_id), std::string(e.orig_cl_ord_id), std::string(e.symbol), std::string(e.group_id),
                       std::string(e.customer_account), std::string(e.operator_id)});
    lines.push_back(line(e));
  }
  void on_cancel_reject(const CancelRejectEvent& e) override {
    cancel_rejects.push_back(e);
    lines.push_back("cxlrej " + std::string(e.cl_ord_id) + " " + std::string(reason_text(e.reason)));
  }
  void on_mass_cancel(const MassCancelEvent& e) override {
    mass_cancels.push_back(e);
    lines.push_back("mass " + std::to_string(e.orders) + " " + std::string(reason_text(e.reason)));
  }
  void on_group_result(const GroupResultEvent& e) override {
    lines.push_back("group " + std::to_string(static_cast<int>(e.action)) + " " + std::to_string(e.limit) + " " +
                    std::string(reason_text(e.reason)));
  }
  void on_group_change(const GroupChangeEvent& e) override { lines.push_back("change " + std::to_string(static_cast<int>(e.change))); }
  void on_level(const LevelEvent& e) override {
    levels.push_back(e);
    digest += std::to_string(e.event_no) + "L" + std::to_string(e.market) + e.price.to_string() + e.size.to_string() + "\n";
  }
  void on_trade(const TradeEvent& e) override { trades.push_back(e); }
  void on_market_status(const MarketStatusEvent& e) override {
    lines.push_back(std::string("status ") + std::string(e.symbol) + (e.halted ? " halted" : " open"));
  }
  void on_command_end() override { ++commands; }
  void on_checkpoint(EventNo last) override { checkpoints.push_back(last); }

  static std::string line(const ExecutionEvent& e) {
    static constexpr const char* kKinds[] = {"pending-new",    "new",      "pending-replace", "replaced",
                                             "pending-cancel", "canceled", "trade",           "rejected"};
    std::string s = std::string(kKinds[static_cast<std::size_t>(e.kind)]) + " " + std::string(e.cl_ord_id);
    if (e.fill) s += " " + e.fill->quantity.to_string() + "@" + e.fill->price.to_string() + (e.fill->taker ? " taker" : " maker");
    s += " cum " + e.cum_qty.to_string() + " leaves " + e.leaves_qty.to_string();
    if (e.reason != Reason::None && e.reason != Reason::UserCanceled) s += " " + std::string(reason_text(e.reason));
    return s;
  }
  // Lines since the last call, without pending reports unless asked for.
  std::vector<std::string> take(bool pending = false) {
    std::vector<std::string> out;
    for (auto& l : lines) {
      if (pending || !l.starts_with("pending-")) out.push_back(std::move(l));
    }
    lines.clear();
    return out;
  }
  const Report& last() const { return reports.back(); }
  void clear() { *this = Recorder(); }

  std::vector<Report> reports;
  std::vector<CancelRejectEvent> cancel_rejects;
  std::vector<MassCancelEvent> mass_cancels;
  std::vector<LevelEvent> levels;
  std::vector<TradeEvent> trades;
  std::vector<EventNo> checkpoints;
  std::vector<std::string> lines;
  std::string digest;
  std::size_t commands{0};
};

class ExchangeTest : public ::testing::Test {
 protected:
  static ExchangeOptions quiet_options() {
    ExchangeOptions o;
    o.house = false;
    o.past = false;
    return o;
  }
  explicit ExchangeTest(ExchangeOptions options = quiet_options()) : exchange(std::move(options)) {
    exchange.add_sink(events);
    exchange.open(kStart).value();
    alice = exchange.run(
        commands::CreateAccount{{"alice",
                                 {{"a-key", KeyScope::Trading}, {"a-key2", KeyScope::Trading}, {"a-listen", KeyScope::Listener}},
                                 false,
                                 {usd("100000"), usd("50000")}}});
    bob = exchange.run(commands::CreateAccount{{"bob", {{"b-key", KeyScope::Trading}}, false, {usd("100000")}}});
    fcm = exchange.run(commands::CreateAccount{{"fcm", {{"f-key", KeyScope::Trading}}, true, {usd("100000")}}});
    market = views::find_market(exchange.state(), kMarket).value();
  }
  void TearDown() override { expect_all_well(); }
  void expect_all_well() const {
    for (const auto& finding : views::check(exchange.state())) ADD_FAILURE() << finding;
  }

  RequestContext from(std::string_view key, Door door = Door::FixNR) const {
    return {{views::find_key(exchange.state(), key)->key, door}, {}, 0};
  }
  static NewOrder order(std::string_view id, Side side, std::int64_t contracts, std::string_view price,
                        TimeInForce tif = TimeInForce::GTC) {
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = kMarket;
    o.side = side;
    o.quantity = lots(contracts);
    o.price = usd(price);
    o.time_in_force = tif;
    return o;
  }
  OrderOutcome send(std::string_view key, const NewOrder& o) { return exchange.run(commands::Submit{from(key), o}); }
  OrderOutcome buy(std::string_view key, std::string_view id, std::int64_t n, std::string_view price, TimeInForce tif = TimeInForce::GTC) {
    return send(key, order(id, Side::Buy, n, price, tif));
  }
  OrderOutcome sell(std::string_view key, std::string_view id, std::int64_t n, std::string_view price, TimeInForce tif = TimeInForce::GTC) {
    return send(key, order(id, Side::Sell, n, price, tif));
  }
  static AmendOrder amendment(std::string_view id, std::string_view orig, std::int64_t total) {
    AmendOrder a;
    a.cl_ord_id = id;
    a.orig_cl_ord_id = orig;
    a.quantity = lots(total);
    return a;
  }
  OrderOutcome amend(std::string_view key, const AmendOrder& a) { return exchange.run(commands::Amend{from(key), a}); }
  OrderOutcome cancel(std::string_view key, std::string_view id, std::string_view orig) {
    CancelOrder c;
    c.cl_ord_id = id;
    c.orig_cl_ord_id = orig;
    return exchange.run(commands::Cancel{from(key), c});
  }
  std::string make_group(std::string_view key, std::int64_t limit) {
    const auto out = exchange.run(commands::Group{from(key), {OrderGroupAction::Create, {}, limit, {}}});
    return std::string(out.group_id.value().view());
  }
  Reason change_group(std::string_view key, OrderGroupAction action, std::string_view id, std::int64_t limit = 0) {
    return exchange.run(commands::Group{from(key), {action, id, limit, {}}}).reason;
  }
  FixedPointCount position(AccountId account) const {
    for (const auto& p : views::positions(exchange.state(), account)) {
      if (p.market == market) return p.net;
    }
    return {};
  }
  std::string best(Side side) const {
    const auto levels = views::depth(exchange.state(), market, side, 1);
    return levels.empty() ? "" : levels[0].price.to_string() + " x " + levels[0].size.to_string();
  }

  Recorder events;
  Exchange exchange;
  AccountId alice{0}, bob{0}, fcm{0};
  MarketNo market{0};
};

using Lines = std::vector<std::string>;

}  // namespace marginfix::sim
