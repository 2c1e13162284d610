// Construction, the clock and what runs on it.
#include "sim/exchange/core.hpp"

#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {
namespace {
// The archive of closed orders (late cancels, REST's lists and its used client_order_ids): a month, and no more than so many over all
// accounts, some 150 MB of them; the one that closed first goes first.
constexpr std::chrono::hours kKeepClosed{24 * 30};
constexpr std::size_t kMaxClosed = 500'000;
constexpr std::size_t kFewHoles = 1'024;
}  // namespace

Core::Core(const ExchangeOptions& options)
    : seed_(options.seed),
      fees_(options.fees),
      per_market_limit_(options.per_market_limit.units()),
      account_limit_(options.account_limit.units()),
      accounts_(options.markets.size()),
      emitter_(options.seed) {
  set_markets(options.markets, options.quiet_market);
  add_job(actions_);
  add_job(funding_);
  add_job(clearing_);
  add_job(transfers_);
  add_job(risk_watch_);
}

void Core::set_markets(const std::vector<MarketSpec>& markets, std::string_view quiet_market) {
  markets_.clear();
  market_index_.clear();
  accounts_ = Accounts(markets.size());
  for (const MarketSpec& spec : markets) {
    market_index_[spec.symbol] = static_cast<MarketNo>(markets_.size());
    Market& m = markets_.emplace_back();
    m.spec = spec;
    m.id = make_uuid(seed_, IdKind::Market, markets_.size());
    m.status = spec.status;
    m.reference = spec.reference_price.units() / kMicrosPerTick;
  }
  quiet_market_ = find_market(quiet_market).value_or(kNoMarket);
}

void Core::start(Timestamp now, bool past, const std::vector<AccountSpec>& accounts) {
  started_ = now;
  has_past_ = past;
  clock_ = past ? now - kPast : now;
  house_.start(*this, seed_);
  funding_.start(clock_);
  clearing_.start(clock_);
  std::vector<AccountId> traders;
  traders.reserve(accounts.size());
  for (const AccountSpec& spec : accounts) traders.push_back(create_account(spec));
  for (MarketNo i = 0; i < markets_.size(); ++i) {
    markets_[i].reference_time = last_quoted(markets_[i].spec.reference_hours, clock_);
    touch(i);
  }
  observe();
  if (!past) return;
  const PastRun::Walks walks = seeded_trades();
  const auto parked = emitter_.park_listeners();
  PastRun(*this, walks, traders).run(now);
  emitter_.bring_back(parked);
  emitter_.history = {};  // drop copy begins with the exchange: a BeginExecID before it is not "too old"
  merge_seeded(walks);
  for (Market& m : markets_) {
    if (!m.tape.all().empty()) m.last = m.tape.all().back().price;
  }
}

PastRun::Walks Core::seeded_trades() const {
  PastRun::Walks walks(markets_.size());
  std::uint64_t no = 1;
  for (MarketNo i = 0; i < markets_.size(); ++i) {
    const MarketSpec& spec = markets_[i].spec;
    if (spec.status != MarketStatus::Active) continue;
    walks[i] = make_past(seed_, i, spec.reference_price.units() / kMicrosPerTick, started_, no);
    no += walks[i].size();
  }
  return walks;
}

void Core::merge_seeded(const PastRun::Walks& walks) {
  for (MarketNo i = 0; i < markets_.size(); ++i) {
    if (!walks[i].empty()) markets_[i].tape.merge_seeded(walks[i]);
  }
}

std::optional<Timestamp> Core::next_due() const {
  std::optional<Timestamp> next = house_.next();
  const auto sooner = [&next](std::optional<Timestamp> due) {
    if (due && (!next || *due < *next)) next = due;
  };
  if (!expiries_.empty()) sooner(expiries_.begin()->first);
  for (const Job* job : jobs_) sooner(job->next(*this));
  return next;
}

bool Core::run_job(Timestamp due) {
  for (Job* job : jobs_) {
    if (job->next(*this) != due) continue;
    job->run(*this);
    return true;
  }
  return false;
}

void Core::run_until(Timestamp to, std::chrono::microseconds pace) {
  pace_ = pace;
  while (true) {
    const auto due = next_due();
    if (!due || *due > to) break;
    clock_ = std::max(clock_, *due);
    if (!expiries_.empty() && expiries_.begin()->first == *due) {
      expire(*due);
    } else if (!run_job(*due)) {
      Command command(*this, kSystem);
      house_.run(*this, pace);
    }
  }
  clock_ = std::max(clock_, to);
  pace_ = kHousePace;
  if (pace > kHousePace) house_.resume_pace(clock_);
}

void Core::bury() {
  for (const OrderIx ix : graveyard_) orders_.remove(ix);
  graveyard_.clear();
  while (!closed_.empty()) {
    const OrderIx ix = orders_.find(closed_.front());
    if (closed_.size() <= kMaxClosed && orders_[ix].updated > clock_ - kKeepClosed) break;
    const AccountId owner = orders_[ix].account;
    orders_.remove(ix);
    closed_.pop_front();
    note_hole(accounts_.all[owner]);
  }
}

// Orders are forgotten in the order they closed, which is not that of the archive: it is tidied when half of it is holes.
void Core::note_hole(Account& account) {
  if (++account.holes < kFewHoles || account.holes * 2 < account.archive.size()) return;
  std::erase_if(account.archive, [this](OrderNo no) { return orders_.find(no) == kNil; });
  account.holes = 0;
}

std::optional<MarketNo> Core::find_market(std::string_view symbol) const {
  const auto it = market_index_.find(symbol);
  return it == market_index_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<MarketNo> Core::find_market_id(std::string_view id) const {
  const auto no = uuid_number(seed_, IdKind::Market, id);
  return no && *no >= 1 && *no <= markets_.size() ? std::optional(static_cast<MarketNo>(*no - 1)) : std::nullopt;
}

std::optional<AccountId> Core::trading_account(const RequestContext& context) const {
  if (context.from.key >= accounts_.keys.size()) return std::nullopt;
  return accounts_.keys[context.from.key].account;
}

void Core::note_ref(const RequestContext& context) {
  if (context.ref_seq != 0) refs_[{context.from.key, context.from.door}] = context.ref_seq;
}

std::uint64_t Core::last_ref(Route session) const {
  const auto it = refs_.find({session.key, session.door});
  return it == refs_.end() ? 0 : it->second;
}

void Core::level_event(const Order& order, Book::Change change, UpdateReason reason) {
  touch(order.market);
  emitter_.level(order, symbol(order.market), change.before, change.after, reason);
}

OrderOutcome Core::outcome(OrderIx ix, const Tally& tally) const {
  const Order& o = orders_[ix];
  OrderOutcome out;
  out.accepted = true;
  out.order_no = o.no;
  out.order_id = make_uuid(seed_, IdKind::Order, o.no);
  out.filled = to_count(tally.filled);
  out.leaves = to_count(o.leaves());
  out.filled_notional = to_dollars(tally.notional);
  out.fees = to_dollars(tally.fees);
  return out;
}

}  // namespace marginfix::sim
