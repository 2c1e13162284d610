// The heart of the simulated exchange: markets, accounts, matching, groups, history, persistence. No sockets, no FIX, no clock of
// its own: the owner passes wall time to step() and requests as structs, and gets events through Listener.
//
// Threading: single-threaded; every call from the same thread (or under one lock). Not re-entrant from a Listener.
// Determinism: same options, same sequence of calls with the same times = same events, ids, numbers. Persistence rests on that:
//   `dir` holds a journal of the commands and, now and then, a snapshot; open() replays what is there.
// Durability: with WritePolicy::EachCommand a command is written (to the kernel: survives kill -9) before any of its events leaves.
//   With WritePolicy::OnCommit the caller collects what it sends, calls commit() once an I/O turn, and sends afterwards.
// Errors: refusals by the exchange are events and outcomes. A journal that cannot be written throws marginfix::Exception (store).
// Source: fix-margin.md, observed.md; design decision 10.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "sim/exchange/events.hpp"
#include "sim/exchange/market_spec.hpp"
#include "sim/exchange/member_views.hpp"
#include "sim/exchange/rate_limits.hpp"

namespace marginfix::sim {

enum class WritePolicy : std::uint8_t { EachCommand = 0, OnCommit = 1 };

struct KeySpec {
  std::string key_id;  // UUID; SenderCompID of its sessions
  KeyScope scope{KeyScope::Trading};
  std::optional<int> subaccount{};  // locked to it: the engine refuses anything about another one
  std::string subtrader{};          // bound to this subtrader of an FCM ("" = not bound): its orders are the subtrader's, and only those
};
struct AccountSpec {
  std::string name;
  std::vector<KeySpec> keys;
  bool fcm{false};                      // FCM-sponsored: parties (24) and operators (50) are allowed
  std::vector<DollarDecimal> deposits;  // by subaccount from 0; its length says how many subaccounts there are (at least 1)
  bool margin_enabled{true};            // false: the exchange knows the person but lets nobody trade perps with this account
};

struct ExchangeOptions {
  std::filesystem::path dir{};  // empty = nothing is kept
  std::uint64_t seed{1};
  std::vector<MarketSpec> markets = production_markets();
  std::string quiet_market{"KXLTCPERP"};  // left alone by the house accounts
  bool house{true};                       // house accounts trade (false = --quiet)
  // Of a new exchange only; one that was started before goes on as it began.
  bool past{true};                      // three seeded days before the start, in which the accounts below traded (past_run.hpp)
  std::vector<AccountSpec> accounts{};  // made at the very beginning
  // Given: the trading clock begins here and stands still between advance()s, whatever wall time step() and open() are told. The same
  // requests then give the same events to the microsecond.
  std::optional<Timestamp> manual_clock{};
  RateTier tier{RateTier::Contract};
  FeeSchedule fees{};
  WritePolicy write_policy{WritePolicy::EachCommand};
  DollarDecimal per_market_limit = DollarDecimal::whole(25'000'000);  // notional an account may have in one market
  DollarDecimal account_limit = DollarDecimal::whole(100'000'000);    // and in all markets together
  std::uint64_t snapshot_bytes{32u << 20};                            // journal length that brings the next snapshot
  std::uint64_t snapshot_at_once{1u << 20};                           // snapshot and journal together: more is done beside trading
};

struct KeyInfo {
  KeyNo key{kNoKey};
  AccountId account{0};
  KeyScope scope{KeyScope::Trading};
  std::string_view key_id;
  std::string_view account_name;
  bool fcm{false};
  bool margin_enabled{true};
  std::optional<int> subaccount{};  // locked to it
  std::string_view subtrader{};     // bound to it; "" = not bound
};
struct MarketInfo {
  MarketNo market{kNoMarket};
  std::string_view symbol;
  std::string_view title;
  std::string_view contract_size;
  MarketStatus status{MarketStatus::Inactive};
  bool halted{false};
  DollarDecimal reference_price;  // the underlying, scaled to one contract; moves with the house accounts
  std::optional<DollarDecimal> last_price;
  Uuid market_id{};  // stable: survives a change of the symbol
  std::int32_t version{1};
  DollarDecimal settlement_mark;   // funding and settlements
  DollarDecimal liquidation_mark;  // margin, liquidation, exit triggers
};
struct LevelView {
  DollarDecimal price;
  FixedPointCount size;
};
struct PositionView {
  int subaccount{0};
  MarketNo market{kNoMarket};
  FixedPointCount net;         // positive = long
  DollarDecimal entry_price;   // average
  DollarDecimal realized_pnl;  // over the account's life
  DollarDecimal fees;          // over the account's life
  DollarDecimal open_fees;     // since the position was last opened from flat
  DollarDecimal cost;          // what the net position was entered for, exactly: positive long, negative short
};
struct BalanceView {
  int subaccount{0};
  DollarDecimal cash;
  DollarDecimal equity;          // cash + unrealized profit or loss at the mark
  DollarDecimal initial_margin;  // of positions and resting orders
  DollarDecimal available;       // equity - initial_margin, at least 0
};
struct OrderView {
  OrderNo order_no{0};
  Uuid order_id{};
  std::string_view cl_ord_id;
  AccountId account{0};
  Route entered_by;
  MarketNo market{kNoMarket};
  Side side{Side::Buy};
  DollarDecimal price;
  FixedPointCount original_qty;
  FixedPointCount cum_qty;
  FixedPointCount leaves_qty;
  OrdStatus status{OrdStatus::New};
  UpdateReason last_update{UpdateReason::None};
  int subaccount{0};
  Timestamp created{};
  Timestamp updated{};  // = created when nothing changed
  bool changed{false};  // filled (at once too), amended, decreased or ended
  std::optional<Timestamp> expire_time;
  SelfTradePreventionType self_trade_prevention{SelfTradePreventionType::TakerAtCross};
  bool cancel_on_pause{false};
  std::optional<Uuid> group_id;
  SystemOrder system{SystemOrder::None};
  std::string_view customer_account;
};
// Which orders of an account a list wants. Times are of the order's creation, from <= created < to.
enum class OrderState : std::uint8_t { Resting = 0, Executed = 1, Canceled = 2 };  // Executed: filled whole
struct OrderFilter {
  std::optional<MarketNo> market;
  std::optional<int> subaccount;
  std::optional<OrderState> state;
  Timestamp from = Timestamp::min();
  Timestamp to = Timestamp::max();
  Timestamp unchanged_since = Timestamp::max();  // leaves out what was created or changed after it (a list from an older copy)
  std::optional<std::string_view> customer_account;
};
// Newest first. `next` is what to give as `before` for the page that follows; nothing = this was the last one.
struct OrderPage {
  std::vector<OrderView> orders;
  std::optional<std::uint64_t> next;
};
struct FillView {
  // TrdMatchID(880), trade_id of the public trade: the same for both sides, unless both are of one account (an FCM's customers); then
  // the maker's has an id of its own.
  Uuid fill_id{};
  Uuid order_id{};
  Timestamp time{};
  MarketNo market{kNoMarket};
  int subaccount{0};
  Side side{Side::Buy};
  bool taker{false};
  SystemOrder system{SystemOrder::None};
  DollarDecimal price;
  FixedPointCount quantity;
  // For a list of one customer's fills (FillFilter::customer_account) the two are those of the customer's share, else the account's.
  DollarDecimal entry_price;  // what realized_pnl is measured against
  DollarDecimal fee;
  DollarDecimal realized_pnl;  // of this fill
};
struct FillFilter {
  std::optional<int> subaccount;
  std::optional<std::string_view> customer_account;
  Timestamp from = Timestamp::min();  // from <= time < to
  Timestamp to = Timestamp::max();
  Timestamp unchanged_since = Timestamp::max();
};
struct FillPage {
  std::vector<FillView> fills;  // newest first
  std::optional<std::uint64_t> next;
};
// Fractions of notional; the same in every market and for every account.
struct FeeRates {
  MultiplierDecimal maker;
  MultiplierDecimal taker;
};
struct GroupView {
  Uuid group_id{};
  int subaccount{0};
  std::int64_t limit{0};  // contracts in 15 s
  bool triggered{false};
  int exchange_index{0};
  Timestamp created{};
  Timestamp updated{};
};

// What became of a request, for doors that answer synchronously (REST). FIX doors may ignore it: the events say the same.
struct OrderOutcome {
  bool accepted{false};
  Reason reason{Reason::None};
  OrderNo order_no{0};
  Uuid order_id{};
  FixedPointCount filled;  // by this request
  FixedPointCount leaves;
  FixedPointCount reduced_by;     // cancel: what was left
  DollarDecimal filled_notional;  // by this request
  DollarDecimal fees;             // by this request
};
struct GroupOutcome {
  Reason reason{Reason::None};
  std::optional<Uuid> group_id;
};

// Subtrader groups of a clearing member. Conflict: one of the subtraders is in another group.
enum class SubtraderGroupFault : std::uint8_t { None = 0, NotFound = 1, Conflict = 2 };
struct SubtraderGroupResult {
  SubtraderGroupFault fault{SubtraderGroupFault::None};
  std::uint64_t group{0};  // ClearingNo
};
class Clearing;
struct SubtraderKey;

struct OpenReport {
  bool fresh{true};            // nothing was there before
  std::uint64_t commands{0};   // replayed from the journal
  std::uint64_t cut_bytes{0};  // damaged tail that was cut off (a write that the last process did not finish)
  bool from_snapshot{false};
};

// EventResendReject(U3) reasons are 3 for BeginTooOld, 4 for EndTooLarge.
enum class HistoryStatus : std::uint8_t { Complete = 0, BeginTooOld = 3, EndTooLarge = 4 };

// How much of the truth. Of lists that are longer the newest (of books: the best) are told, and `left_out` says how many are not.
struct TruthQuery {
  std::string account;  // "" = all
  std::size_t limit{SIZE_MAX};
  std::optional<ExecId> exec_ids_before;
};
inline constexpr std::size_t kUsualTruthLimit = 5'000;  // of GET /state: no other door waits longer than a few milliseconds for it

class Exchange {
 public:
  explicit Exchange(ExchangeOptions options);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Listeners must outlive the exchange. Add before open() to see replayed events too (replaying() is true then).
  void add_listener(Listener& listener);
  // Loads `dir` or starts anew at `wall_now`. Refuses (category store) a journal damaged in the middle, made with another seed or by
  // an incompatible version; `message` says which file and what to do. Call once, first.
  Result<OpenReport> open(Timestamp wall_now);
  bool replaying() const noexcept;

  // ---- time -----------------------------------------------------------------------------------------------------------
  // Trading clock = wall time + what control added; never goes back. Runs everything that falls due, in order: expiries, house
  // events. Call at each I/O turn before handing in requests, and at next_timer() at the latest.
  void step(Timestamp wall_now);
  // Moves the trading clock only (control POST /clock) and runs what lies between.
  void advance(std::chrono::microseconds by);
  Timestamp now() const noexcept;               // trading clock
  std::optional<Timestamp> next_timer() const;  // in WALL time; nothing = no timer pending, or a manual clock

  // ---- accounts (journaled: make them once, after a fresh open(), unless ExchangeOptions::accounts named them)
  // -----------------------------------------------------------
  AccountId create_account(const AccountSpec& spec);
  KeyNo add_key(AccountId account, const KeySpec& key);
  // Next free subaccount number, 1 to 63; nothing when all exist.
  std::optional<int> create_subaccount(AccountId account);
  // Throws marginfix::Exception (config) when there is no such subaccount.
  void deposit(AccountId account, int subaccount, DollarDecimal amount);
  // False when an account or the free funds are missing.
  bool transfer(AccountId account, int from, int to, DollarDecimal amount);
  std::optional<KeyInfo> find_key(std::string_view key_id) const;
  KeyInfo key(KeyNo key) const;
  std::optional<AccountId> find_account(std::string_view name) const;

  // ---- trading --------------------------------------------------------------------------------------------------------
  OrderOutcome submit(const RequestContext& context, const NewOrder& order);
  OrderOutcome amend(const RequestContext& context, const AmendOrder& amend);
  OrderOutcome cancel(const RequestContext& context, const CancelOrder& cancel);
  OrderOutcome decrease(const RequestContext& context, const DecreaseOrder& request);
  std::size_t mass_cancel(const RequestContext& context, const MassCancel& request);
  std::size_t cancel_all(const RequestContext& context, const CancelAll& request);  // how many were canceled
  GroupOutcome group(const RequestContext& context, const GroupRequest& request);
  // 8013=Y: cancels every open order that was entered by this session (key and door). Returns how many.
  std::size_t cancel_on_disconnect(Route session);

  // ---- members (exchange_member.cpp) -----------------------------------------------------------------------------------------------
  TransferOutcome instance_transfer(const InstanceTransfer& request);
  TransferOutcome subaccount_transfer(AccountId account, int from, int to, DollarDecimal amount, std::string_view client_transfer_id);
  TriggerOutcome set_exit_trigger(const RequestContext& context, const SetExitTrigger& request);
  TriggerOutcome update_exit_trigger(const RequestContext& context, const UpdateExitTrigger& request);
  TriggerRefusal cancel_exit_trigger(const RequestContext& context, const PositionName& position, std::string_view trigger_id);
  std::size_t cancel_exit_triggers(const RequestContext& context, const PositionName& position, std::optional<TriggerKind> kind);
  FcmRefusal create_subtrader(AccountId account, std::string_view suffix, bool require_category_cap, std::string& id);
  FcmRefusal set_im_cap(AccountId account, std::string_view subtrader, const CapScope& scope, DollarDecimal cap);
  FcmRefusal delete_im_cap(AccountId account, std::string_view subtrader, const CapScope& scope);
  // The exchange's own limits on a subtrader (all markets or one); nothing = no limit any more. For control and tests.
  FcmRefusal set_subtrader_limit(AccountId account, std::string_view subtrader, std::optional<MarketNo> market,
                                 std::optional<DollarDecimal> limit);
  FcmRefusal set_member_limit(AccountId account, DollarDecimal limit);  // cancels resting orders until the account fits
  void delete_member_limit(AccountId account);

  DollarDecimal maintenance_margin(MarketNo market, DollarDecimal notional) const;
  DollarDecimal initial_margin(MarketNo market, DollarDecimal notional) const;
  std::vector<MarginView> margins(AccountId account) const;               // every subaccount, in order
  std::vector<PositionRiskView> position_risks(AccountId account) const;  // open positions, by subaccount and market
  // A customer's shares of an FCM's positions, margined by themselves (without prices of liquidation).
  std::vector<PositionRiskView> share_risks(AccountId account, std::string_view customer) const;
  NotionalUsageView notional_usage(AccountId account) const;
  // Live ones on a position, oldest first; with a bound key's number only its subtrader's.
  std::vector<ExitTriggerView> exit_triggers(const RequestContext& context, const PositionName& position,
                                             std::optional<TriggerKind> kind) const;
  std::optional<ExitTriggerView> find_exit_trigger(AccountId account, std::string_view trigger_id) const;  // those that ended too
  std::optional<SubtraderView> find_subtrader(AccountId account, std::string_view id) const;
  std::vector<std::string> subtraders(AccountId account) const;                   // ids, sorted
  std::vector<CustomerPositionView> customer_positions(AccountId account) const;  // of an FCM: with a position, or with fees
  std::vector<TransferView> transfers(AccountId account) const;                   // instance transfers, oldest first, the last 1,000
  DollarDecimal purse(AccountId account) const;                                   // on the event-contract side
  bool has_subaccount(AccountId account, int subaccount) const;
  // Subaccounts that wait for liquidation: (account, subaccount), in order of entry.
  std::vector<std::pair<AccountId, int>> liquidation_queue() const;
  DollarDecimal insurance_paid() const;

  // ---- control --------------------------------------------------------------------------------------------------------
  void set_exchange_paused(bool paused);
  bool exchange_paused() const noexcept;
  void halt_market(MarketNo market, bool halted);  // pause: cancels CancelOrderOnPause(21006) orders, refuses new ones
  void set_market_status(MarketNo market, MarketStatus status);
  void set_house(bool on);  // off: the house withdraws its quotes

  // ---- sessions of doors -----------------------------------------------------------------------------------------------
  // Highest RequestContext::ref_seq executed for this session since its last reset_ref_seq(); 0 = none. Survives kill -9.
  std::uint64_t last_ref_seq(Route session) const;
  void reset_ref_seq(Route session);  // the door's session restarted at 1 (141=Y)
  // Writes what is buffered (WritePolicy::OnCommit). Throws marginfix::Exception (store) when the disk refuses.
  void commit();
  // Writes a snapshot and starts a new journal now (otherwise done by itself).
  void checkpoint();
  EventNo last_event() const noexcept;

  // ---- rate limits (wall time, not journaled) -------------------------------------------------------------------------------
  RateLimits& rate_limits() noexcept;
  bool charge(AccountId account, const Spend& spend, Timestamp wall_now);
  // Whose write bucket a create or amend spends: the market's exchange index; 0 where no such market is known.
  int shard_of(std::string_view symbol) const;

  // ---- queries --------------------------------------------------------------------------------------------------------
  std::size_t market_count() const noexcept;
  MarketInfo market(MarketNo market) const;
  std::optional<MarketNo> find_market(std::string_view symbol) const;
  std::optional<MarketNo> find_market_id(std::string_view market_id) const;
  MarketNo quiet_market() const noexcept;
  // Best first; max_levels 0 = all.
  std::vector<LevelView> depth(MarketNo market, Side side, std::size_t max_levels = 0) const;
  std::optional<OrderView> find_order(AccountId account, std::string_view cl_ord_id) const;  // open first, else the latest closed one
  std::vector<OrderView> open_orders(AccountId account) const;                               // by OrderNo
  // The archive: closed orders are kept for 30 days of the trading clock, at most 500,000 over all accounts (the one that closed first
  // goes first); fills, 200,000 an account. `before` 0 = from the newest. Pages stay right while new orders and fills come.
  std::optional<OrderView> find_order_id(AccountId account, std::string_view order_id) const;
  OrderPage list_orders(AccountId account, const OrderFilter& filter, std::uint64_t before, std::size_t limit) const;
  FillPage list_fills(AccountId account, const FillFilter& filter, std::uint64_t before, std::size_t limit) const;
  std::vector<GroupView> list_groups(AccountId account, std::optional<int> subaccount) const;  // by creation
  std::optional<GroupView> find_group(AccountId account, std::string_view group_id) const;
  std::vector<OrderView> group_orders(AccountId account, std::string_view group_id) const;  // open ones, by OrderNo
  FeeRates fee_rates() const;
  Uuid user_id(AccountId account) const;                         // of the person behind the account
  std::vector<PositionView> positions(AccountId account) const;  // non-zero, or with realized pnl
  std::vector<BalanceView> balances(AccountId account) const;
  // Trades with from <= time < to, oldest first, the seeded past included.
  std::vector<TradeView> trades(MarketNo market, Timestamp from, Timestamp to, std::size_t limit = SIZE_MAX) const;

  // ---- market data (exchange_market.cpp) --------------------------------------------------------------------------------------
  const MarketSpec& market_spec(MarketNo market) const;  // as it is now: the symbol may have changed
  Timestamp reference_time(MarketNo market) const;       // when the reference price last moved
  // Why trading is halted, as REST's halt_sources names it; empty when it is not, or when control did it.
  std::vector<std::string> halt_sources(MarketNo market) const;
  MarketStats market_stats(MarketNo market) const;
  TradePage trade_page(const TradeQuery& query) const;
  // Periods of 1, 60 or 1440 minutes with start <= end of the period <= end (epoch seconds, start >= 0), oldest first, the running one
  // included; before them, if wanted, the synthetic one that carries the latest close before `start`.
  std::vector<CandleView> candles(MarketNo market, std::int64_t start, std::int64_t end, int minutes,
                                  bool latest_before_start = false) const;
  FundingEstimate funding_estimate(MarketNo market) const;
  // Applied with from <= time <= to, newest first, of one moment by market.
  std::vector<FundingRateView> funding_rates(std::optional<MarketNo> market, std::optional<Timestamp> from,
                                             std::optional<Timestamp> to) const;
  // One point for each second from <= s < to, as far as known; 72 hours are kept.
  std::vector<PremiumPoint> premium_index(MarketNo market, std::int64_t from, std::int64_t to) const;
  // What the account paid and got with from <= time < to, newest first.
  std::vector<FundingPaymentView> funding_history(AccountId account, std::optional<MarketNo> market, Timestamp from, Timestamp to,
                                                  std::optional<int> subaccount = {}) const;
  // In REST's order (ex-date, update, id): scheduled ones and those updated within 7 days, or all that ever were.
  std::vector<CorporateActionView> corporate_actions(std::optional<MarketNo> market = {}, bool all = false) const;

  // Control. The reference price jumps; house quotes go with it. Error(config): not a positive multiple of the tick.
  Result<void> set_reference_price(MarketNo market, DollarDecimal price);
  // An action whose execution_time has passed is applied by the next step(). Gives its id. Error(config) says what is wrong with it.
  Result<Uuid> schedule_corporate_action(const CorporateAction& action);
  // Error(config): no such action, or it is not scheduled any more.
  Result<void> cancel_corporate_action(std::string_view id);

  // ---- clearing (exchange_clearing.cpp). Amounts in centicents (10,000 a dollar); members are accounts, not the house's -----------
  const Clearing& clearing() const noexcept;  // everything that can be read: clearing.hpp
  // The number of the withdrawal; nothing: not a positive amount, or more than the settlement balance holds.
  std::optional<std::uint64_t> withdraw_settlement(AccountId member, std::int64_t amount);
  void deposit_settlement(AccountId member, std::int64_t amount);
  // Whether the subtraders exist is the caller's business.
  SubtraderGroupResult create_subtrader_group(AccountId member, const std::vector<std::string>& subtraders);
  SubtraderGroupResult update_subtrader_group(AccountId member, std::uint64_t group, const std::vector<std::string>& subtraders);
  void delete_subtrader_group(AccountId member, std::uint64_t group);
  // A trading key of the member, bound to a subtrader.
  KeyNo add_subtrader_key(AccountId member, const SubtraderKey& key);
  // For good. False when the member has no such key of a subtrader.
  bool remove_subtrader_key(AccountId member, std::string_view key_id);

  // Drop copy: numbered reports of the account with begin <= ExecID <= end (absent = the latest), in order, at most 3 hours old on
  // the trading clock. The visitor may return false to stop. Nothing is visited unless Complete. A begin that was never given out
  // counts as the next one that was; a begin of {-1,-1} means the earliest kept.
  HistoryStatus history(AccountId account, ExecId begin, std::optional<ExecId> end,
                        const std::function<bool(const ExecutionEvent&)>& visit) const;
  std::optional<ExecId> last_exec_id(AccountId account) const;

  // The truth for GET /state: accounts with keys, balances, positions, open orders, groups, ExecIDs; markets; clock. Decimals are
  // strings; times RFC 3339. Empty: there is no such account.
  std::string truth_json(const TruthQuery& query = {}) const;
  // Every broken promise found: books sorted and not crossed, levels = sum of their orders, positions net to zero, cash conserved to
  // the micro-dollar, quantities consistent, indexes complete. Empty = all well.
  std::vector<std::string> check() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::sim
