// Booking: what sources tell becomes rows. Everything may come again, late, from several sources, in any order: a fill is booked once, a
// report counts once, an older report changes nothing of its order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/order.hpp"
#include "services/reconcile/engine/batch_cache.hpp"
#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/match/difference.hpp"
#include "services/reconcile/stream/outbox.hpp"

namespace marginfix::reconcile {

// Why a trade cannot be booked as FIX tells it: its quantity, price, side, symbol or order cannot be read. "": it can, or it is no trade.
// It is kept, and booked as REST or another report tells it.
std::string unbookable(const OrderReport& report);

class Book {
 public:
  // `outbox` outlives it. `found` takes what is wrong the moment it is told, and does not depend on comparing: a repeat with other content,
  // a late fill.
  Book(Storage& storage, Outbox& outbox, std::function<void(const Difference&)> found);

  // A report with a number, and the trade that it may be. `order_can_be_read` = false: what it says of the order's state does not count.
  void report(const std::string& account, Source source, const OrderReport& report, Timestamp now, std::int64_t position,
              bool order_can_be_read);
  // `account`, `source`, `first_seen`, `not_before` and `position` are set.
  void fill(SourceFillRow told);
  // The order of a ClOrdID(11), where one is known.
  std::optional<std::string> order_of(const std::string& account, const std::string& cl_ord_id);
  void rest_order(const std::string& account, const Order& order, Timestamp now);
  // After a whole list of the resting orders was read: FIX's open orders that were not in it are done there, those that were are open.
  void rest_orders_read(const std::string& account, Timestamp begun);
  struct Stated {
    std::string account;
    std::int64_t subaccount{0};
    std::string symbol;
    FixedPointCount net;
    std::optional<DollarDecimal> entry_price, unrealized_pnl, margin_used;
  };
  void rest_position(const Stated& stated, Timestamp now);
  // After a whole list of positions that began at `begun`: those that it does not name are flat there. Where nothing was booked since it
  // began, an opening that is not known yet is now.
  void rest_positions_read(const std::string& account, Timestamp begun, Timestamp exchange_now, Timestamp now);
  void klear_position(const Stated& stated, Timestamp at);
  void funding(FundingRow row);
  void cash(CashRow row);
  // A split and the like, told by the exchange, or seen. What clearing settled before `at`, by the exchange's clock, was of the position
  // before it.
  void corporate_action(const std::string& account, std::int64_t subaccount, const std::string& symbol, FixedPointCount net_before,
                        FixedPointCount net_after, Timestamp at);

  // Entry prices and realized PnL of positions whose fills did not come in the order in which the exchange made them.
  void put_in_order(const std::string& account);

  void day_cut(Date day);
  void set_listened(std::function<bool(const std::string&, std::optional<Timestamp>)> listened_at) {
    listened_at_ = std::move(listened_at);
  }
  void set_has_open(std::function<bool(const std::string&, const std::string&)> has_open) { has_open_ = std::move(has_open); }
  void set_has_firm(std::function<bool(const std::string&)> has_firm) { has_firm_ = std::move(has_firm); }
  void set_rules(const Rules& rules) { rules_ = rules; }

  // Orders and positions are watched: what a record made of them is told to the outbox by tell_changes().
  void watch(bool watched);
  void tell_changes();

  void write();
  void forget_batch();

 private:
  void order(const std::string& account, const OrderReport& report, Timestamp now);
  bool settles(const FillRow& fill, const SourceFillRow& told);
  void book(const SourceFillRow& told);
  bool book_new(const SourceFillRow& told);
  void firm_fill(SourceFillRow told);
  void look_for_firm(FillRow& fill);
  void book_again(FillRow& fill, const SourceFillRow& told);
  void name_fills(const std::string& account, const std::string& order_id, const std::string& cl_ord_id);
  bool same_place(const FillRow& fill, const SourceFillRow& told);
  void unbook(const FillRow& fill);
  void rebook(FillRow& fill, const SourceFillRow& told);
  void describe(FillRow& fill, const SourceFillRow& told);
  void count(const FillRow& fill);
  void take_words(FillRow& fill, const SourceFillRow& told);
  void add_what_was_not_said(FillRow& fill, const SourceFillRow& told);
  void into_order(const FillRow& fill, int sign);
  void into_position(const FillRow& fill, int sign);
  void into_average(PositionRow& row, const FillRow& fill, int sign);
  void into_day(const FillRow& fill, int sign);
  void reckon(PositionRow& row);
  void fix_position(const SourceFillRow& told);
  FixedPointCount traded_behind(const SourceFillRow& trade);
  bool told_by_another(const SourceFillRow& told);
  void correct(const SourceFillRow& before, SourceFillRow told);
  void repeated(const SourceFillRow& before, const SourceFillRow& told);
  void look_for_lateness(const SourceFillRow& told);

  Storage& storage_;
  Outbox& outbox_;
  std::function<void(const Difference&)> found_;
  std::function<bool(const std::string&, std::optional<Timestamp>)> listened_at_;
  std::function<bool(const std::string&, const std::string&)> has_open_;
  std::function<bool(const std::string&)> has_firm_;
  Rules rules_;
  BatchCache<OrderRow, std::string, std::string> orders_;
  BatchCache<PositionRow, std::string, std::int64_t, std::string> positions_;
  BatchCache<DayRow, std::string, Date, std::int64_t, std::string> days_;
  std::int64_t last_fill_{0};
  std::int64_t last_cut_{0};      // yyyymmdd
  bool exec_id_repeated_{false};  // of the report at hand: another one had its ExecID first
};

}  // namespace marginfix::reconcile
