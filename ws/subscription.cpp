// The handle: every call goes to the I/O thread.
#include "marginfix/ws/subscription.hpp"

#include <boost/asio/post.hpp>

#include "ws/subscriptions.hpp"

namespace marginfix::ws {
namespace {

// Runs `work(subscriptions, now)` on the I/O thread; when the socket is gone, `done` learns of it there.
template <class Work>
void on_thread(const std::shared_ptr<SubscriptionImpl>& impl, Subscription::Done done, Work work) {
  boost::asio::post(impl->executor, [impl, done = std::move(done), work = std::move(work)]() mutable {
    if (const auto all = impl->owner.lock()) return work(*all, std::move(done), system_clock().now());
    if (done) done(fail(ErrorCategory::closed, "the socket is gone"));
  });
}

}  // namespace

std::string_view to_string(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::data:
      return "data";
    case EventKind::subscribed:
      return "subscribed";
    case EventKind::gap:
      return "gap";
    case EventKind::book_fault:
      return "book_fault";
    case EventKind::outage:
      return "outage";
    case EventKind::ended:
      return "ended";
  }
  return {};
}

std::string_view to_string(SubscriptionState state) noexcept {
  switch (state) {
    case SubscriptionState::pending:
      return "pending";
    case SubscriptionState::active:
      return "active";
    case SubscriptionState::ended:
      return "ended";
  }
  return {};
}

Channel Subscription::channel() const { return impl_->request.channel; }
std::vector<std::string> Subscription::market_tickers() const { return impl_->market_tickers(); }
SubscriptionState Subscription::state() const { return impl_->state(); }
std::optional<std::int64_t> Subscription::sid() const { return impl_->sid(); }
SubscriptionStatistics Subscription::statistics() const { return impl_->statistics(); }
void Subscription::set_handler(Handler handler) { impl_->set_handler(std::move(handler)); }
std::optional<Event> Subscription::try_next() { return impl_->try_next(); }
std::shared_ptr<const SharedOrderBook> Subscription::book(std::string_view market_ticker) const { return impl_->book(market_ticker); }
void Subscription::start_next(boost::asio::any_completion_handler<NextSignature> handler) { impl_->start_next(std::move(handler)); }

void Subscription::add_markets(std::vector<std::string> market_tickers, bool send_initial_snapshot, Done done) {
  on_thread(impl_, std::move(done),
            [impl = impl_, tickers = std::move(market_tickers), send_initial_snapshot](Subscriptions& all, Done then, Timestamp now) {
              all.add_markets(impl, tickers, send_initial_snapshot, std::move(then), now);
            });
}

void Subscription::delete_markets(std::vector<std::string> market_tickers, Done done) {
  on_thread(impl_, std::move(done), [impl = impl_, tickers = std::move(market_tickers)](Subscriptions& all, Done then, Timestamp now) {
    all.delete_markets(impl, tickers, std::move(then), now);
  });
}

void Subscription::get_snapshot(std::vector<std::string> market_tickers, Done done) {
  on_thread(impl_, std::move(done), [impl = impl_, tickers = std::move(market_tickers)](Subscriptions& all, Done then, Timestamp now) {
    all.get_snapshot(impl, tickers, std::move(then), now);
  });
}

void Subscription::unsubscribe(Done done) {
  on_thread(impl_, std::move(done),
            [impl = impl_](Subscriptions& all, Done then, Timestamp now) { all.unsubscribe(impl, std::move(then), now); });
}

}  // namespace marginfix::ws
