// The engine without its surroundings: state and rules, deterministic, no files, no listeners' business. Exchange wraps it with the
// journal. One class, several files: core_submit, core_match, core_amend, core_cancel, core_decrease, core_groups, core_control,
// core_query, core_archive, core_check, core_state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/exchange/accounts.hpp"
#include "sim/exchange/book.hpp"
#include "sim/exchange/clearing.hpp"
#include "sim/exchange/corporate_actions.hpp"
#include "sim/exchange/emitter.hpp"
#include "sim/exchange/exit_triggers.hpp"
#include "sim/exchange/fcm.hpp"
#include "sim/exchange/fills.hpp"
#include "sim/exchange/funding.hpp"
#include "sim/exchange/groups.hpp"
#include "sim/exchange/house.hpp"
#include "sim/exchange/liquidation.hpp"
#include "sim/exchange/past_run.hpp"
#include "sim/exchange/premium.hpp"
#include "sim/exchange/quotes.hpp"
#include "sim/exchange/risk_watch.hpp"
#include "sim/exchange/tape.hpp"
#include "sim/exchange/transfers.hpp"

namespace marginfix::sim {

struct Market {
  MarketSpec spec;
  Uuid id{};                // stable: survives a change of the symbol
  std::int32_t version{1};  // goes up when trading resumes after a corporate action
  MarketStatus status{MarketStatus::Inactive};
  bool halted{false};       // by control
  bool action_halt{false};  // by a corporate action
  Ticks reference{0};
  Timestamp reference_time{};  // when it last moved
  std::optional<Ticks> last;
  Book book;
  TradeTape tape;
  PremiumIndex premium;
  QuoteBars quotes;
  bool touched{false};  // something changed in the running command that premium and quotes must take up

  bool stopped() const noexcept { return halted || action_halt; }
};

inline constexpr std::uint64_t kFirstUser = 1'000'000;  // the house's keys have the small numbers

// Notional that resting orders would have more of (or less, when negative).
struct AddedNotional {
  MarketNo market{kNoMarket};
  Side side{Side::Buy};
  Micros amount{0};
};

class Core {
 public:
  explicit Core(const ExchangeOptions& options);
  // Another list than the options had; before start() and load().
  void set_markets(const std::vector<MarketSpec>& markets, std::string_view quiet_market);

  // ---- life
  // A new exchange: house accounts, the given accounts, and the three days before `now` when it is to have a past.
  void start(Timestamp now, bool past, const std::vector<AccountSpec>& accounts);
  template <class Ar>
  void state(Ar& ar);  // everything that is not derived, both directions (core_state.cpp)
  std::string save() const;
  bool load(std::string_view bytes);

  // ---- time
  Timestamp now() const noexcept { return clock_; }
  std::optional<Timestamp> next_due() const;
  // Runs what is due up to and including `to`, in order, then sets the clock. `pace` = time between two house events.
  void run_until(Timestamp to, std::chrono::microseconds pace);
  void set_clock(Timestamp to) { clock_ = to; }
  // Called once for each job by the constructor, in the order in which jobs of one moment run.
  void add_job(Job& job) { jobs_.push_back(&job); }

  // ---- commands; each is one ExecID group
  AccountId create_account(const AccountSpec& spec, bool house = false) {
    const AccountId id = accounts_.create(spec, house, clock_);
    clearing_.open_member(id, house, clock_);
    return id;
  }
  bool transfer(AccountId account, int from, int to, Micros amount);
  OrderOutcome submit(const RequestContext& context, const NewOrder& request);
  OrderOutcome amend(const RequestContext& context, const AmendOrder& request);
  OrderOutcome cancel(const RequestContext& context, const CancelOrder& request);
  OrderOutcome decrease(const RequestContext& context, const DecreaseOrder& request);
  std::size_t mass_cancel(const RequestContext& context, const MassCancel& request);
  std::size_t cancel_all(const RequestContext& context, const CancelAll& request);
  GroupOutcome group(const RequestContext& context, const GroupRequest& request);
  std::size_t cancel_on_disconnect(Route session);
  void set_paused(bool paused);
  void halt(MarketNo market, bool halted);
  void set_status(MarketNo market, MarketStatus status);
  void set_house(bool on);
  void set_reference(MarketNo market, Ticks price);
  std::uint64_t schedule_action(const CorporateAction& action) { return actions_.schedule(*this, action); }
  bool cancel_action(std::uint64_t no) { return actions_.cancel(*this, no); }
  KeyNo add_subtrader_key(AccountId member, const SubtraderKey& key);
  bool remove_subtrader_key(AccountId member, std::string_view key_id);
  void deposit(AccountId account, int subaccount, Micros amount);
  TransferOutcome instance_transfer(const InstanceTransfer& request);
  TransferOutcome subaccount_transfer(AccountId account, int from, int to, Micros amount, std::string_view client_id);
  // Exit triggers of the caller's account; a bound key's are about its subtrader's share, a locked key's about its subaccount.
  TriggerOutcome set_exit_trigger(const RequestContext& context, const SetExitTrigger& request);
  TriggerOutcome update_exit_trigger(const RequestContext& context, const UpdateExitTrigger& request);
  TriggerRefusal cancel_exit_trigger(const RequestContext& context, const PositionName& position, std::string_view trigger_id);
  std::size_t cancel_exit_triggers(const RequestContext& context, const PositionName& position, std::optional<TriggerKind> kind);
  void note_ref(const RequestContext& context);
  void reset_ref(Route session) { refs_.erase({session.key, session.door}); }

  // ---- queries
  std::uint64_t last_ref(Route session) const;
  bool paused() const noexcept { return paused_; }
  bool house_on() const noexcept { return house_.on(); }
  std::optional<MarketNo> find_market(std::string_view symbol) const;
  std::optional<MarketNo> find_market_id(std::string_view id) const;
  std::vector<LevelView> depth(MarketNo market, Side side, std::size_t max_levels) const;
  OrderView view(const Order& order) const;
  std::vector<OrderView> open_orders(AccountId account) const;
  const Order* find_order_id(AccountId account, std::string_view order_id) const;
  OrderPage list_orders(AccountId account, const OrderFilter& filter, std::uint64_t before, std::size_t limit) const;
  FillPage list_fills(AccountId account, const FillFilter& filter, std::uint64_t before, std::size_t limit) const;
  std::vector<GroupView> list_groups(AccountId account, std::optional<int> subaccount) const;
  std::optional<GroupView> find_group(AccountId account, std::string_view group_id) const;
  std::vector<OrderView> group_orders(AccountId account, std::string_view group_id) const;
  // A person, as the exchange's other side calls an account; the same for ever.
  Uuid user_id(AccountId account) const { return make_uuid(seed_, IdKind::User, kFirstUser + account); }
  std::vector<PositionView> positions(AccountId account) const;
  std::vector<BalanceView> balances(AccountId account) const;
  std::vector<TradeView> trades(MarketNo market, Timestamp from, Timestamp to, std::size_t limit) const;
  HistoryStatus history(AccountId account, ExecId begin, std::optional<ExecId> end,
                        const std::function<bool(const ExecutionEvent&)>& visit) const;
  std::vector<std::string> check() const;

  const std::vector<Market>& markets() const noexcept { return markets_; }
  const Accounts& accounts() const noexcept { return accounts_; }
  Accounts& accounts() noexcept { return accounts_; }
  const OrderStore& orders() const noexcept { return orders_; }
  const Groups& groups() const noexcept { return groups_; }
  Emitter& emitter() noexcept { return emitter_; }
  const Emitter& emitter() const noexcept { return emitter_; }
  MarketNo quiet_market() const noexcept { return quiet_market_; }

  // ---- prices, in ticks (core_market.cpp)
  Ticks reference(MarketNo market) const { return markets_[market].reference; }  // the underlying, scaled to one contract
  Ticks settlement_mark(MarketNo market) const;                                  // funding and settlements
  Ticks liquidation_mark(MarketNo market) const;                                 // margin, liquidation, exit triggers
  Ticks mark(MarketNo market) const { return liquidation_mark(market); }
  MarketStats stats(MarketNo market) const;
  std::vector<CandleView> candles(MarketNo market, std::int64_t start, std::int64_t end, int minutes, bool latest_before) const;
  TradePage trade_page(const TradeQuery& query) const;
  FundingEstimate funding_estimate(MarketNo market) const;
  const Funding& funding() const noexcept { return funding_; }
  const CorporateActions& actions() const noexcept { return actions_; }
  const Clearing& clearing() const noexcept { return clearing_; }
  Clearing& clearing() noexcept { return clearing_; }

  // ---- margin and limits (core_margin.cpp); notional and exposure in micro-dollars, at the liquidation mark
  Micros maintenance_margin(MarketNo market, Micros notional) const;
  Micros initial_margin(Micros notional, MarketNo market) const;
  // Of a position with its resting orders.
  Micros exposure(const Position& position, MarketNo market) const;
  Micros equity(const Subaccount& subaccount) const;
  Micros total_margin(const Subaccount& subaccount) const;  // initial margin of positions and resting orders
  Health health(const Subaccount& subaccount) const;
  bool is_flat(const Subaccount& subaccount) const;
  Micros free_funds(AccountId account, int subaccount) const;  // may leave the subaccount; negative when it is short of margin
  std::vector<MarginView> margins(AccountId account) const;    // by subaccount
  std::vector<PositionRiskView> position_risks(AccountId account) const;
  std::vector<PositionRiskView> share_risks(AccountId account, std::string_view customer) const;
  PositionRiskView risk_of(const Position& position, int subaccount, MarketNo market) const;
  std::optional<Ticks> liquidation_price(const Subaccount& subaccount, MarketNo market) const;
  // The subaccount's position, or a customer's share of it.
  Qty position_share(AccountId account, int subaccount, std::uint32_t customer, MarketNo market) const;
  Micros notional_usage(AccountId account, MarketNo market, const AddedNotional& added) const;
  Micros notional_usage(AccountId account, const AddedNotional& added = {}) const;
  NotionalUsageView notional_view(AccountId account) const;
  Micros account_limit() const noexcept { return account_limit_; }
  bool anything_at_risk() const noexcept;
  std::chrono::microseconds pace() const noexcept { return pace_; }  // of the house, while the clock runs

  const Fcm& fcm() const noexcept { return fcm_; }
  Fcm& fcm() noexcept { return fcm_; }
  const ExitTriggers& triggers() const noexcept { return triggers_; }
  const Liquidations& liquidations() const noexcept { return liquidations_; }
  const Transfers& transfers() const noexcept { return transfers_; }

  class Command;  // begins and ends an ExecID group (core_internal.hpp)

 private:
  friend class House;
  friend class Funding;
  friend class CorporateActions;
  friend class ExitTriggers;
  friend class Fcm;
  friend class Liquidations;
  friend class RiskWatch;
  friend class Transfers;
  friend class PastRun;

  struct Tally {  // what one request traded
    Qty filled{0};
    Micros notional{0};
    Micros fees{0};
  };
  enum class Meets : std::uint8_t { Nobody, Itself, Somebody };

  // submit
  Order draft(const RequestContext& context, const NewOrder& request);
  std::string_view customer_of(const RequestContext& context, std::string_view named) const;
  Reason validate_identity(const Order& order, const NewOrder& request) const;
  Reason validate_shape(Order& order, const NewOrder& request) const;
  Reason validate_market(MarketNo market) const;
  Reason validate_group(Order& order, const NewOrder& request) const;
  Reason validate_liquidity(const Order& order, Qty cap) const;
  bool within_band(MarketNo market, Side side, Ticks price) const;
  Qty reducible(const Order& order) const;
  OrderOutcome refuse(const Order& order, std::string_view symbol_asked, Reason reason);
  OrderOutcome place(Order& order, Qty cap);
  OrderOutcome house_submit(KeyNo key, const NewOrder& request);  // inside a running command
  // Expiry of a new or replaced order from 59 and 126; false = a combination that is refused.
  bool set_expiry(Order& order, TimeInForce tif, std::optional<Timestamp> expire) const;

  // match
  void match(OrderIx taker, Qty cap, Tally& tally);
  void trade(OrderIx taker, OrderIx maker, Qty quantity, Qty cap, Tally& tally);
  struct BookedSide {  // one side of a trade, booked but not reported yet
    Fill fill;
    ExecId exec;
  };
  BookedSide book_fill(OrderIx ix, Ticks price, Qty quantity, bool taker);
  FillRecord fill_record(const Order& order, const Fill& fill, Ticks price, Qty quantity, const FillEffect& effect) const;
  void report_fill(OrderIx ix, const BookedSide& side, Qty ioc_remainder);
  Meets next_meeting(const Order& taker) const;
  bool same_owner(const Order& a, const Order& b) const noexcept { return a.account == b.account && a.customer == b.customer; }
  // How much of `order` (its other side open to `limit`) could trade before it meets itself; stops counting at `enough`.
  Qty tradable(const Order& order, Qty enough) const;
  bool meets_itself_within(const Order& order, Qty quantity) const;
  void rest(OrderIx ix);
  void finish_remainder(OrderIx ix, Qty cap, const Tally& tally);

  // margin
  // May the account have `added` more notional (of resting or trading orders) on the order's side of its market?
  Reason validate_margin(const Order& order, Micros added) const;
  Reason validate_notional(const Order& order, Micros added) const;

  // the exchange's own orders (core_system.cpp), inside a running command
  struct SystemClose {
    AccountId account{0};
    int subaccount{0};
    std::uint32_t customer{0};
    MarketNo market{kNoMarket};
    Side side{Side::Buy};
    Qty quantity{0};
    SystemOrder why{SystemOrder::None};
  };
  struct SystemResult {
    OrderNo order{0};
    Qty filled{0};
  };
  Order system_order(const SystemClose& what, Ticks price);
  SystemResult close_by_system(const SystemClose& what);
  void take_over(const SystemClose& what);
  void cover(AccountId account, int subaccount);

  // cancel
  struct Found {
    OrderIx ix{kNil};
    Reason reason{Reason::None};
  };
  Found locate(AccountId account, std::string_view cl_ord_id, std::string_view order_id) const;
  Found locate(const RequestContext& context, std::string_view cl_ord_id, std::string_view order_id) const;  // that the key may touch
  bool may_touch(const Key& key, const Order& order) const;
  struct Caller {  // of a request about exit triggers
    AccountId account{0};
    std::uint32_t customer{0};
  };
  std::optional<Caller> trigger_caller(const RequestContext& context, int subaccount);
  bool agrees(const Order& order, std::optional<Side> side, std::string_view symbol, std::optional<int> subaccount) const;
  struct CancelText {
    Reason reason{Reason::UserCanceled};
    UpdateReason update{UpdateReason::UserCancel};
    std::string_view cl_ord_id{};  // of the request, "" = unsolicited
    std::string_view operator_id{};
    bool after_trade{false};
  };
  void cancel_order(OrderIx ix, const CancelText& text);
  void leave_book(OrderIx ix, UpdateReason reason);
  void close(OrderIx ix, OrdStatus status, UpdateReason update);
  void unlist(OrderIx ix);
  void unexpire(OrderIx ix);
  void note_hole(Account& account);
  void bury();  // frees closed orders that nobody may ask for any more
  template <class Predicate>
  bool any_order(AccountId account, Predicate predicate) const;
  template <class Predicate>
  std::size_t cancel_where(AccountId account, const CancelText& text, Predicate predicate);
  struct Refusal {
    CxlRejResponseTo to{CxlRejResponseTo::OrderCancelRequest};
    std::string_view cl_ord_id, orig_cl_ord_id, order_id;
    Reason reason{Reason::None};
  };
  OrderOutcome refuse_change(const Refusal& refusal, OrderIx ix);

  // amend
  Reason plan_amend(const Order& before, Order& after, const AmendOrder& request) const;
  Reason validate_amend(const Order& before, const Order& after) const;
  void apply_amend(OrderIx ix, const Order& after, Tally& tally, std::string_view operator_id);
  void shrink_in_place(OrderIx ix, Qty total, UpdateReason reason);
  void send_replaced(OrderIx ix, const ShortText& orig, std::string_view operator_id);

  // groups
  void count_for_group(const Order& order, Qty quantity);
  bool would_trigger(const Order& order);
  void trigger_if_over(GroupNo group);
  void trigger(GroupNo group);
  void change(GroupNo no, GroupChange what);
  GroupOutcome group_refusal(const RequestContext& context, const GroupRequest& request, Reason reason);
  GroupOutcome group_answer(const RequestContext& context, const GroupRequest& request, GroupNo no);
  GroupOutcome create_group(AccountId account, const RequestContext& context, const GroupRequest& request);
  void apply_group(GroupNo no, OrderGroupAction action);
  void cancel_group_orders(GroupNo no);

  void check_shares(AccountId account, std::vector<std::string>& findings) const;

  // control
  void expire(Timestamp at);
  bool run_job(Timestamp due);  // the first job that is due then; false = none
  PastRun::Walks seeded_trades() const;
  void merge_seeded(const PastRun::Walks& walks);
  void cancel_paused(MarketNo only);
  void status_event(MarketNo market);

  // market data
  void touch(MarketNo market);
  void observe();  // at the end of a command: premium and quotes of what was touched
  std::optional<Premium> measure_premium(const Market& market) const;
  void move_reference(MarketNo market, Ticks price);
  void put_reference(MarketNo market, Ticks price);  // a jump: the house goes with it
  void rename_market(MarketNo market, const std::string& symbol);
  TradeView view(MarketNo market, const PublicTrade& trade) const;

  bool matches(const Order& order, const OrderFilter& filter) const;
  GroupView view(GroupNo no, const OrderGroup& group) const;
  FillView view(const FillRecord& fill, bool of_share) const;
  OrderOutcome outcome(OrderIx ix, const Tally& tally) const;
  std::string_view symbol(MarketNo market) const {
    return market == kNoMarket ? std::string_view() : std::string_view(markets_[market].spec.symbol);
  }
  void level_event(const Order& order, Book::Change change, UpdateReason reason);
  std::optional<AccountId> trading_account(const RequestContext& context) const;
  void list(OrderIx ix);

  std::uint64_t seed_;
  FeeSchedule fees_;
  Micros per_market_limit_;
  Micros account_limit_;
  std::vector<Market> markets_;
  std::map<std::string, MarketNo, std::less<>> market_index_;
  MarketNo quiet_market_{kNoMarket};

  Timestamp clock_{};
  Timestamp started_{};
  bool has_past_{false};
  bool paused_{false};
  OrderNo last_order_{0};
  GroupNo last_group_{0};
  std::uint64_t last_match_{kPastNumbers};
  std::uint64_t last_operation_{0};
  std::map<std::pair<KeyNo, Door>, std::uint64_t> refs_;
  Accounts accounts_;
  OrderStore orders_;
  Groups groups_;
  std::map<Timestamp, ListHead> expiries_;
  FillLog fills_;
  std::deque<OrderNo> closed_;      // of users, in the order they closed
  std::vector<OrderIx> graveyard_;  // of the house: freed at the end of the command
  House house_;
  Emitter emitter_;
  std::vector<MarketNo> touched_;
  CorporateActions actions_;
  Funding funding_;
  Clearing clearing_{*this};
  Transfers transfers_;
  RiskWatch risk_watch_;
  Liquidations liquidations_;
  ExitTriggers triggers_;
  Fcm fcm_;
  std::chrono::microseconds pace_{kHousePace};
  std::vector<Job*> jobs_;
};

}  // namespace marginfix::sim
