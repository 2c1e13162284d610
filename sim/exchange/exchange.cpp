// Exchange: each public call journals itself and hands over to the engine.
#include "sim/exchange/exchange.hpp"

#include <algorithm>

#include "sim/exchange/impl.hpp"

namespace marginfix::sim {
namespace {

// A jump of the clock (control, or a restart after a night) is lived through in at most this many house decisions.
constexpr std::chrono::minutes kLongJump{2};
constexpr std::int64_t kDecisionsInJump = 20'000;

std::chrono::microseconds pace_for(std::chrono::microseconds gap) {
  if (gap <= kLongJump) return kHousePace;
  return std::max<std::chrono::microseconds>(kHousePace, gap / kDecisionsInJump);
}

}  // namespace

Exchange::Impl::Impl(ExchangeOptions o) : options(std::move(o)), core(options), limits(options.tier) {}

Exchange::Impl::Busy::Busy(Impl& impl) : impl_(impl) {
  if (impl_.busy_) throw Exception(fail(ErrorCategory::internal, "a listener called a command of the exchange from inside an event"));
  impl_.busy_ = true;
}

void Exchange::Impl::step(Timestamp wall_now) {
  const Timestamp to = std::max(core.now(), options.manual_clock.value_or(wall_now) + offset);
  const auto due = core.next_due();
  if (!due || *due > to) {
    core.set_clock(to);
    return;
  }
  const auto pace = pace_for(to - core.now());
  command(
      Op::Step, [&](Core& c) { c.run_until(to, pace); }, to, pace.count());
}

void Exchange::Impl::advance(std::chrono::microseconds by) {
  const auto pace = pace_for(by);
  offset += by;
  command(
      Op::Advance, [&](Core& c) { c.run_until(c.now() + by, pace); }, by.count(), pace.count());
}

void Exchange::Impl::commit() {
  if (journal_) journal_->flush();
}

Exchange::Exchange(ExchangeOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Exchange::~Exchange() = default;

void Exchange::add_listener(Listener& listener) { impl_->core.emitter().add(listener); }
Result<OpenReport> Exchange::open(Timestamp wall_now) { return impl_->open(impl_->options.manual_clock.value_or(wall_now)); }
bool Exchange::replaying() const noexcept { return impl_->replaying; }

void Exchange::step(Timestamp wall_now) { impl_->step(wall_now); }
void Exchange::advance(std::chrono::microseconds by) { impl_->advance(by); }
Timestamp Exchange::now() const noexcept { return impl_->core.now(); }
std::optional<Timestamp> Exchange::next_timer() const {
  if (impl_->options.manual_clock) return std::nullopt;
  const auto due = impl_->core.next_due();
  return due ? std::optional(*due - impl_->offset) : std::nullopt;
}

// ---- accounts ---------------------------------------------------------------------------------------------------------------

AccountId Exchange::create_account(const AccountSpec& spec) {
  return impl_->command(
      Op::CreateAccount, [&](Core& c) { return c.create_account(spec); }, spec);
}
KeyNo Exchange::add_key(AccountId account, const KeySpec& key) {
  return impl_->command(
      Op::AddKey, [&](Core& c) { return c.accounts().add_key(account, key); }, account, key);
}
std::optional<int> Exchange::create_subaccount(AccountId account) {
  return impl_->command(
      Op::CreateSubaccount, [&](Core& c) { return c.accounts().create_subaccount(account); }, account);
}
void Exchange::deposit(AccountId account, int subaccount, DollarDecimal amount) {
  if (account >= impl_->core.accounts().all.size() || !impl_->core.accounts().has_subaccount(account, subaccount)) {
    throw Exception(fail(ErrorCategory::config, "no subaccount " + std::to_string(subaccount) + " to deposit to; create it first"));
  }
  impl_->command(
      Op::Deposit, [&](Core& c) { c.deposit(account, subaccount, amount.units()); }, account, subaccount, amount);
}
bool Exchange::transfer(AccountId account, int from, int to, DollarDecimal amount) {
  return impl_->command(
      Op::Transfer, [&](Core& c) { return c.transfer(account, from, to, amount.units()); }, account, from, to, amount);
}

std::optional<KeyInfo> Exchange::find_key(std::string_view key_id) const {
  const auto no = impl_->core.accounts().find_key(key_id);
  return no ? std::optional(key(*no)) : std::nullopt;
}
KeyInfo Exchange::key(KeyNo no) const {
  const Key& k = impl_->core.accounts().keys[no];
  const Account& a = impl_->core.accounts().all[k.account];
  return {no, k.account, k.scope, k.key_id, a.name, a.fcm, a.margin_enabled, k.subaccount, k.subtrader};
}
std::optional<AccountId> Exchange::find_account(std::string_view name) const { return impl_->core.accounts().find(name); }

// ---- trading ----------------------------------------------------------------------------------------------------------------

OrderOutcome Exchange::submit(const RequestContext& context, const NewOrder& order) {
  const auto run = [&](Core& c) {
    c.note_ref(context);
    return c.submit(context, order);
  };
  return impl_->command(Op::Submit, run, context, order);
}
OrderOutcome Exchange::amend(const RequestContext& context, const AmendOrder& request) {
  const auto run = [&](Core& c) {
    c.note_ref(context);
    return c.amend(context, request);
  };
  return impl_->command(Op::AmendOrCancel, run, context, request);
}
OrderOutcome Exchange::cancel(const RequestContext& context, const CancelOrder& request) {
  const auto run = [&](Core& c) {
    c.note_ref(context);
    return c.cancel(context, request);
  };
  return impl_->command(Op::Cancel, run, context, request);
}
std::size_t Exchange::mass_cancel(const RequestContext& context, const MassCancel& request) {
  const auto run = [&](Core& c) {
    c.note_ref(context);
    return c.mass_cancel(context, request);
  };
  return impl_->command(Op::MassCancel, run, context, request);
}
GroupOutcome Exchange::group(const RequestContext& context, const GroupRequest& request) {
  const auto run = [&](Core& c) {
    c.note_ref(context);
    return c.group(context, request);
  };
  return impl_->command(Op::Group, run, context, request);
}
std::size_t Exchange::cancel_on_disconnect(Route session) {
  return impl_->command(
      Op::CancelOnDisconnect, [&](Core& c) { return c.cancel_on_disconnect(session); }, session);
}

// ---- control ----------------------------------------------------------------------------------------------------------------

void Exchange::set_exchange_paused(bool paused) {
  impl_->command(
      Op::SetPaused, [&](Core& c) { c.set_paused(paused); }, paused);
}
bool Exchange::exchange_paused() const noexcept { return impl_->core.paused(); }
void Exchange::halt_market(MarketNo market, bool halted) {
  impl_->command(
      Op::Halt, [&](Core& c) { c.halt(market, halted); }, market, halted);
}
void Exchange::set_market_status(MarketNo market, MarketStatus status) {
  impl_->command(
      Op::SetStatus, [&](Core& c) { c.set_status(market, status); }, market, status);
}
void Exchange::set_house(bool on) {
  impl_->command(
      Op::SetHouse, [&](Core& c) { c.set_house(on); }, on);
}

// ---- sessions of doors --------------------------------------------------------------------------------------------------------

std::uint64_t Exchange::last_ref_seq(Route session) const { return impl_->core.last_ref(session); }
void Exchange::reset_ref_seq(Route session) {
  impl_->command(
      Op::ResetRef, [&](Core& c) { c.reset_ref(session); }, session);
}
void Exchange::commit() { impl_->commit(); }
void Exchange::checkpoint() { impl_->checkpoint(); }
EventNo Exchange::last_event() const noexcept { return impl_->core.emitter().event_no; }

RateLimits& Exchange::rate_limits() noexcept { return impl_->limits; }
bool Exchange::charge(AccountId account, const Spend& spend, Timestamp wall_now) { return impl_->limits.charge(account, spend, wall_now); }
int Exchange::shard_of(std::string_view symbol) const {
  const auto market = find_market(symbol);
  return market ? market_spec(*market).exchange_index : 0;
}

// ---- queries ----------------------------------------------------------------------------------------------------------------

std::size_t Exchange::market_count() const noexcept { return impl_->core.markets().size(); }
MarketInfo Exchange::market(MarketNo no) const {
  const Market& m = impl_->core.markets()[no];
  return {no,
          m.spec.symbol,
          m.spec.title,
          m.spec.contract_size,
          m.status,
          m.stopped() || impl_->core.paused(),
          to_price(m.reference),
          m.last ? std::optional(to_price(*m.last)) : std::nullopt,
          m.id,
          m.version,
          to_price(impl_->core.settlement_mark(no)),
          to_price(impl_->core.liquidation_mark(no))};
}
std::optional<MarketNo> Exchange::find_market(std::string_view symbol) const { return impl_->core.find_market(symbol); }
std::optional<MarketNo> Exchange::find_market_id(std::string_view id) const { return impl_->core.find_market_id(id); }
MarketNo Exchange::quiet_market() const noexcept { return impl_->core.quiet_market(); }
std::vector<LevelView> Exchange::depth(MarketNo market, Side side, std::size_t max_levels) const {
  return impl_->core.depth(market, side, max_levels);
}
std::optional<OrderView> Exchange::find_order(AccountId account, std::string_view cl_ord_id) const {
  const OrderIx ix = impl_->core.orders().find(account, cl_ord_id);
  return ix == kNil ? std::nullopt : std::optional(impl_->core.view(impl_->core.orders()[ix]));
}
std::vector<OrderView> Exchange::open_orders(AccountId account) const { return impl_->core.open_orders(account); }
std::vector<PositionView> Exchange::positions(AccountId account) const { return impl_->core.positions(account); }
std::vector<BalanceView> Exchange::balances(AccountId account) const { return impl_->core.balances(account); }
std::vector<TradeView> Exchange::trades(MarketNo market, Timestamp from, Timestamp to, std::size_t limit) const {
  return impl_->core.trades(market, from, to, limit);
}
HistoryStatus Exchange::history(AccountId account, ExecId begin, std::optional<ExecId> end,
                                const std::function<bool(const ExecutionEvent&)>& visit) const {
  return impl_->core.history(account, begin, end, visit);
}
std::optional<ExecId> Exchange::last_exec_id(AccountId account) const { return impl_->core.emitter().history.last(account); }
std::string Exchange::truth_json(const TruthQuery& query) const { return impl_->truth_json(query); }
std::vector<std::string> Exchange::check() const { return impl_->core.check(); }

}  // namespace marginfix::sim
