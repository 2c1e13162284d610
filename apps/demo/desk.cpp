// The desk: its handlers, its orders, and waiting for what it expects.
#include "apps/demo/desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "marginfix/domain/enum_names.hpp"
#include "marginfix/fix/domain_reports.hpp"

namespace marginfix::apps {

void Record::take(const fix::ExecutionReport& wire) {
  const OrderReport r = fix::to_order_report(wire);
  if (!r.exec_id.is_sequenced()) return;  // rejects and pending reports have no number
  if (!reports.emplace(r.exec_id.text(), r.cl_ord_id).second) {
    ++duplicates;
    return;
  }
  if (last_exec_id.empty() || ExecId(last_exec_id) < r.exec_id) last_exec_id = r.exec_id.text();  // drop copy brings older ones later
  last_time = std::max(last_time, r.transact_time.value_or(Timestamp{}));
  orders.apply(r, last_time);
  positions.book(r);
}

Desk::Desk(const ExchangeAccount& account, std::string prefix)
    : prefix_(std::move(prefix)), client_(account.fix, account.fix_options(null_log_sink())) {
  client_.visit([this](auto& session) { attach(session); });
}

Desk::~Desk() { client_.stop(); }

void Desk::start() {
  if (auto started = client_.start(); !started) throw DemoFailure(started.error().message);
  if (auto active = client_.wait_until_active(std::chrono::seconds(15)); !active) throw DemoFailure(active.error().message);
}

// ---- handlers: on the client's I/O thread ---------------------------------------------------------------------------------

void Desk::attach(OrderEntrySession& session) {
  OrderEntryHandlers h;
  h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) { on_own_report(r); };
  h.on_cancel_reject = [this](const fix::OrderCancelReject& r, const Inbound&) {
    {
      const std::lock_guard lock(mutex_);
      orders_.take(r);
    }
    changed();
  };
  h.on_not_sent = [this](const NotSent& n) {
    {
      const std::lock_guard lock(mutex_);
      not_sent_.emplace_back(n.cl_ord_id);
    }
    changed();
  };
  // Not final: KalshiRT answers after the next Logon. What is never answered is told by whoever waits, and by the reckoning.
  h.on_outcome_unknown = [this](const UnknownOutcome& what) {
    {
      const std::lock_guard lock(mutex_);
      orders_.take(what);
    }
    changed();
  };
  const auto trouble = [this, name = session.name()](std::string_view what) {
    {
      const std::lock_guard lock(mutex_);
      problem_ = fmt::format("{}: {}", name, what);
    }
    changed();
  };
  h.on_undecodable = [trouble](const Inbound&, const Error& error) { trouble(error.message); };
  h.on_reject = [trouble](const fix::Reject& r, const SentMessage*, const Inbound&) { trouble(r.text.value_or("Reject(3)")); };
  h.on_business_reject = [trouble](const fix::BusinessMessageReject& r, const SentMessage*, const Inbound&) {
    trouble(r.text.value_or("BusinessMessageReject(j)"));
  };
  session.set_handlers(std::move(h));
}

void Desk::attach(ListenerSession& session) {
  ListenerHandlers h;
  h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) {
    {
      const std::lock_guard lock(mutex_);
      heard_.take(r);
    }
    changed();
  };
  session.set_handlers(std::move(h));
}

void Desk::attach(DropCopySession& session) {
  DropCopyHandlers h;
  h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) {
    const std::lock_guard lock(mutex_);
    if (fill_gap_)
      heard_.take(r);
    else
      past_.take(r);
  };
  session.set_handlers(std::move(h));
}

void Desk::attach(MarketDataSession& session) {
  MarketDataHandlers h;
  h.on_book = [this](const std::string& symbol, const OrderBook&, BookEvent) {
    {
      const std::lock_guard lock(mutex_);
      ++book_updates_[symbol];
    }
    changed();
  };
  h.on_trade = [this](const fix::MDIncEntry&, const Inbound&) {
    const std::lock_guard lock(mutex_);
    ++trades_;
  };
  session.set_handlers(std::move(h));
}

void Desk::on_own_report(const fix::ExecutionReport& r) {
  {
    const std::lock_guard lock(mutex_);
    own_.take(r);
    orders_.take(r);
  }
  changed();
}

// ---- orders ---------------------------------------------------------------------------------------------------------------

std::string Desk::next_id() { return fmt::format("{}-{}", prefix_, ++next_id_); }

Result<SendReceipt> Desk::try_place(OrderEntrySession& session, const Ticket& t, const std::string& cl_ord_id) {
  fix::NewOrderSingle order;
  order.cl_ord_id = cl_ord_id;
  order.side = t.side;
  order.symbol = t.symbol;
  order.order_qty = FixedPointCount::whole(t.quantity);
  order.price = DollarDecimal::parse(t.price).value();
  order.time_in_force = t.time_in_force;
  order.expire_time = t.expire_time;
  order.exec_inst = t.exec_inst;
  if (!t.group.empty()) order.secondary_cl_ord_id = t.group;
  return session.new_order(order);
}

std::string Desk::place(OrderEntrySession& session, const Ticket& ticket) {
  std::string id = next_id();
  if (auto sent = try_place(session, ticket, id); !sent) throw DemoFailure(sent.error().message);
  return id;
}

std::string Desk::amend(OrderEntrySession& session, const std::string& cl_ord_id, const Ticket& t) {
  std::string id = next_id();
  fix::OrderCancelReplaceRequest request;
  request.cl_ord_id = id;
  request.orig_cl_ord_id = cl_ord_id;
  request.side = t.side;
  request.symbol = t.symbol;
  request.order_qty = FixedPointCount::whole(t.quantity);
  request.price = DollarDecimal::parse(t.price).value();
  if (auto sent = session.amend(request); !sent) throw DemoFailure(sent.error().message);
  return id;
}

// ---- waiting --------------------------------------------------------------------------------------------------------------

namespace {
// What may be the reason why something does not come.
std::string unknown_among(const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  return fmt::format(" ({} outcomes are unknown, the first: {})", texts.size(), texts.front());
}
}  // namespace

void Desk::wait_for(std::string_view what, const std::function<bool()>& condition, std::chrono::seconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!problem_.empty()) throw DemoFailure(problem_);
    lock.unlock();
    if (condition()) return;  // takes the lock itself where it looks at the record
    lock.lock();
    if (std::chrono::steady_clock::now() >= deadline)
      throw DemoFailure(fmt::format("waited in vain for {}{}", what, unknown_among(orders_.unknown())));
    changed_.wait_for(lock, std::chrono::milliseconds(20));  // also looks at what no handler announces, such as session states
  }
}

std::optional<OrderView> Desk::view(const std::string& cl_ord_id) const {
  const std::lock_guard lock(mutex_);
  return orders_.find(cl_ord_id);
}

OrderView Desk::await(const std::string& cl_ord_id, std::string_view what, const std::function<bool(const OrderView&)>& good) {
  wait_for(fmt::format("{}: {}", cl_ord_id, what), [&] {
    const auto v = view(cl_ord_id);
    return v && good(*v);
  });
  return *view(cl_ord_id);
}

OrderView Desk::await_status(const std::string& cl_ord_id, OrdStatus status) {
  return await(cl_ord_id, to_string(status), [status](const OrderView& v) { return v.status == status; });
}

std::vector<std::string> Desk::take_not_sent() {
  const std::lock_guard lock(mutex_);
  return std::exchange(not_sent_, {});
}

std::vector<std::string> Desk::unknown_outcomes() const {
  const std::lock_guard lock(mutex_);
  return orders_.unknown();
}

std::uint64_t Desk::book_updates(const std::string& symbol) const {
  const std::lock_guard lock(mutex_);
  const auto it = book_updates_.find(symbol);
  return it == book_updates_.end() ? 0 : it->second;
}

std::uint64_t Desk::trades_seen() const {
  const std::lock_guard lock(mutex_);
  return trades_;
}

Result<std::uint64_t> Desk::fetch_past(const std::string& from, bool fill_gap) {
  {
    const std::lock_guard lock(mutex_);
    fill_gap_ = fill_gap;
  }
  auto promise = std::make_shared<std::promise<Result<DropCopyResult>>>();  // shared: the answer may come after we gave up waiting
  auto done = promise->get_future();
  const auto asked = client_.drop_copy().request({from, {}, {}}, [promise](Result<DropCopyResult> r) { promise->set_value(std::move(r)); });
  if (!asked) throw DemoFailure(asked.error().message);
  if (done.wait_for(std::chrono::seconds(30)) != std::future_status::ready) throw DemoFailure("drop copy did not answer");
  const auto result = done.get();
  if (!result && drop_copy_not_enabled(result.error())) return result.error();
  if (!result) throw DemoFailure(result.error().message);
  if (!result->counts_agree) throw DemoFailure("drop copy announced another number of reports than it sent");
  return result->reports;
}

std::uint64_t Desk::fill_gap_by_rest(const std::vector<Fill>& fills) {
  const std::lock_guard lock(mutex_);
  const auto before = heard_.positions.trades();
  for (const Fill& fill : fills) heard_.positions.book(fill);  // known where FIX has told it
  return heard_.positions.trades() - before;
}

}  // namespace marginfix::apps
