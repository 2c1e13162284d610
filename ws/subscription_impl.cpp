// A subscription between two threads: handler or reader, queue, pauses, and the end of both.
#include "ws/subscription_impl.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include "ws/subscriptions.hpp"

namespace marginfix::ws {

namespace asio = boost::asio;

SubscriptionImpl::SubscriptionImpl(std::uint64_t given_number, SubscribeRequest given_request, asio::any_io_executor given_executor,
                                   std::weak_ptr<Subscriptions> given_owner)
    : number(given_number),
      request(std::move(given_request)),
      executor(std::move(given_executor)),
      owner(std::move(given_owner)),
      wanted(request.market_tickers.begin(), request.market_tickers.end()),
      queue_(request.overflow, request.queue_size) {
  if (request.channel != Channel::orderbook_delta) return;
  for (const std::string& ticker : wanted) books[ticker].book = std::make_shared<SharedOrderBook>(ticker);
}

std::vector<std::string> SubscriptionImpl::market_tickers() const {
  const std::lock_guard lock(mutex_);
  return {wanted.begin(), wanted.end()};
}

SubscriptionState SubscriptionImpl::state() const {
  const std::lock_guard lock(mutex_);
  return state_now;
}

std::optional<std::int64_t> SubscriptionImpl::sid() const {
  const std::lock_guard lock(mutex_);
  return sid_now;
}

SubscriptionStatistics SubscriptionImpl::statistics() const {
  const std::lock_guard lock(mutex_);
  return stats;
}

std::shared_ptr<const SharedOrderBook> SubscriptionImpl::book(std::string_view market_ticker) const {
  const std::lock_guard lock(mutex_);
  const auto it = books.find(market_ticker);
  return it == books.end() ? nullptr : it->second.book;
}

bool SubscriptionImpl::wants(std::string_view market_ticker) const {
  const std::lock_guard lock(mutex_);
  return wanted.empty() || wanted.contains(market_ticker);
}

// The handler is set on the I/O thread, so that it never meets an event that is being delivered, and takes what was queued first.
void SubscriptionImpl::set_handler(Subscription::Handler handler) {
  asio::dispatch(executor, [self = shared_from_this(), handler = std::move(handler)]() mutable {
    auto kept = handler ? std::make_shared<Subscription::Handler>(std::move(handler)) : nullptr;
    while (kept) {
      std::optional<Event> queued;
      {
        const std::lock_guard lock(self->mutex_);
        queued = self->queue_.pop();
      }
      if (!queued) break;
      (*kept)(*queued);
    }
    {
      const std::lock_guard lock(self->mutex_);
      self->handler_ = std::move(kept);
    }
    self->resume_if_room();
  });
}

bool SubscriptionImpl::deliver(Event event) {
  std::shared_ptr<Subscription::Handler> handler;
  Reader reader;
  {
    const std::lock_guard lock(mutex_);
    if (handler_) {
      handler = handler_;
    } else if (reader_) {
      reader.swap(reader_);  // move assignment of any_completion_handler recurses without end in Boost 1.81
      if (event.kind == EventKind::ended) end_taken_ = true;
    } else {
      if (event.kind == EventKind::ended) end_queued_ = true;
      switch (queue_.push(std::move(event))) {
        case EventQueue::Pushed::overflow:
          return false;
        case EventQueue::Pushed::replaced:
          ++stats.conflated;
          return true;
        case EventQueue::Pushed::dropped:
          ++stats.dropped;
          return true;
        case EventQueue::Pushed::queued:
          return true;
      }
    }
  }
  if (handler) {
    (*handler)(event);
    if (event.kind == EventKind::ended) let_go_of_handler();
  } else {
    complete(std::move(reader), std::move(event));
  }
  return true;
}

// A handler may hold a handle of its own subscription: after the last event that circle must open.
void SubscriptionImpl::let_go_of_handler() {
  std::shared_ptr<Subscription::Handler> gone;
  const std::lock_guard lock(mutex_);
  gone.swap(handler_);
  end_taken_ = true;
}

void SubscriptionImpl::complete(Reader reader, Result<Event> result) {
  const auto where = asio::prefer(asio::get_associated_executor(reader, executor), asio::execution::blocking.never);
  where.execute([reader = std::move(reader), result = std::move(result)]() mutable { std::move(reader)(std::move(result)); });
}

void SubscriptionImpl::start_next(Reader reader) {
  std::optional<Result<Event>> ready;
  {
    const std::lock_guard lock(mutex_);
    if (reader_) {
      ready = fail(ErrorCategory::internal, "next() was called while an earlier call still waits: one at a time");
    } else if (auto event = queue_.pop()) {
      if (event->kind == EventKind::ended) end_taken_ = true;
      ready = *std::move(event);
    } else if (end_taken_ || (state_now == SubscriptionState::ended && !end_queued_ && handler_)) {
      ready = fail(ErrorCategory::closed, "the subscription has ended");
    } else {
      reader_.swap(reader);
    }
  }
  if (ready) complete(std::move(reader), *std::move(ready));
  resume_if_room();
}

std::optional<Event> SubscriptionImpl::try_next() {
  std::optional<Event> event;
  {
    const std::lock_guard lock(mutex_);
    event = queue_.pop();
    if (event && event->kind == EventKind::ended) end_taken_ = true;
  }
  resume_if_room();
  return event;
}

bool SubscriptionImpl::wants_pause() const {
  const std::lock_guard lock(mutex_);
  return request.overflow == OverflowPolicy::wait && !handler_ && queue_.full();
}

void SubscriptionImpl::resume_if_room() {
  {
    const std::lock_guard lock(mutex_);
    if (request.overflow != OverflowPolicy::wait || !(queue_.has_room() || handler_)) return;
  }
  if (const auto all = owner.lock()) {
    asio::post(executor, [all] { all->room_again(); });
  }
}

}  // namespace marginfix::ws
