// Commands and the life of subscriptions. What frames do: frames_in.cpp. Books: book_keeping.cpp.
#include "ws/subscriptions.hpp"

#include <algorithm>

#include "marginfix/core/text.hpp"
#include "ws/commands.hpp"

namespace marginfix::ws {
namespace {

bool same_filter(const SubscriptionImpl& a, const SubscriptionImpl& b) {
  return a.wanted == b.wanted && a.request.send_initial_snapshot == b.request.send_initial_snapshot &&
         a.request.channel != b.request.channel;
}

// Bad names send nothing: see marginfix/core/text.hpp.
Result<void> check_tickers(const std::vector<std::string>& tickers) {
  for (const std::string& ticker : tickers) {
    const char* fault = ticker.empty() ? "is empty" : identifier_fault(ticker);
    if (fault != nullptr) return fail(ErrorCategory::config, "market_tickers: \"" + visible(ticker) + "\" " + fault);
  }
  return {};
}

bool refused_tickers(const std::vector<std::string>& tickers, const Subscription::Done& done) {
  const auto good = check_tickers(tickers);
  if (!good && done) done(good.error());
  return !good;
}

}  // namespace

Subscriptions::Subscriptions(Wire& wire, boost::asio::any_io_executor executor, SubscriptionsOptions options)
    : wire_(wire), executor_(std::move(executor)), options_(options) {}

// ---- asked for by the program -------------------------------------------------------------------------------------------------

std::vector<Subscriptions::Impl> Subscriptions::make(const std::vector<SubscribeRequest>& requests) {
  std::vector<Impl> made;
  made.reserve(requests.size());
  for (const SubscribeRequest& request : requests) {
    made.push_back(std::make_shared<SubscriptionImpl>(++last_number_, request, executor_, weak_from_this()));
  }
  return made;
}

void Subscriptions::start(const std::vector<Impl>& subscriptions, Timestamp now) {
  std::vector<Impl> sound;
  for (const Impl& s : subscriptions) {
    if (auto good = check_tickers(s->market_tickers()); !good) {
      end(s, good.error(), {}, now);
    } else if (s->request.channel == Channel::orderbook_delta && s->market_tickers().empty()) {
      end(s, fail(ErrorCategory::config, "orderbook_delta needs market_tickers (the exchange's error 14)"), {}, now);
    } else if (s->request.overflow == OverflowPolicy::conflate && s->request.channel != Channel::ticker) {
      end(s, fail(ErrorCategory::config, "OverflowPolicy::conflate is for the ticker channel: it would lose frames of this one"), {}, now);
    } else {
      sound.push_back(s);
    }
  }
  all_.insert(all_.end(), sound.begin(), sound.end());
  if (wire_.open()) send_subscribe(sound, now);
}

void Subscriptions::refuse(const std::vector<Impl>& subscriptions, Timestamp now) {
  for (const Impl& s : subscriptions) end(s, fail(ErrorCategory::closed, "the WebSocket has ended"), {}, now);
}

// One command for those that share a filter, as one subscribe with several channels.
void Subscriptions::send_subscribe(const std::vector<Impl>& subscriptions, Timestamp now) {
  std::vector<Impl> rest = subscriptions;
  while (!rest.empty()) {
    std::vector<Impl> group{rest.front()};
    rest.erase(rest.begin());
    for (auto it = rest.begin(); it != rest.end();) {
      const bool fits = std::ranges::all_of(group, [&](const Impl& s) { return same_filter(*s, **it); });
      if (fits) group.push_back(*it);
      it = fits ? rest.erase(it) : std::next(it);
    }
    std::vector<Channel> channels;
    channels.reserve(group.size());
    for (const Impl& s : group) channels.push_back(s->request.channel);
    const bool snapshot = group.front()->request.send_initial_snapshot;
    const std::vector<std::string> tickers = group.front()->market_tickers();
    Command command;
    command.subscriptions = std::move(group);
    wire_.send(subscribe_command(add_command(std::move(command), now), channels, tickers, snapshot));
  }
}

std::int64_t Subscriptions::add_command(Command command, Timestamp now) {
  command.deadline = interval_now(now) + options_.command_timeout;
  commands_.emplace(++last_command_, std::move(command));
  wire_.deadline_changed();
  return last_command_;
}

void Subscriptions::send_update(const Impl& s, std::string_view action, const std::vector<std::string>& tickers, bool snapshot,
                                Command command, Timestamp now) {
  command.kind = CommandKind::update;
  command.subscriptions = {s};
  const auto sid = s->sid();
  if (!wire_.open() || !sid) {  // it takes effect with the next subscribe
    if (command.done) command.done({});
    return;
  }
  wire_.send(update_command(add_command(std::move(command), now), *sid, action, tickers, snapshot));
}

void Subscriptions::add_markets(const Impl& s, std::vector<std::string> tickers, bool snapshot, Subscription::Done done, Timestamp now) {
  if (refused_tickers(tickers, done)) return;
  Command command;
  command.done = std::move(done);
  s->update([&](SubscriptionImpl& impl) {
    if (impl.wanted.empty()) return;  // has all of them: adding one must not narrow what is subscribed to after an outage
    for (const std::string& ticker : tickers) {
      if (impl.wanted.insert(ticker).second) command.added.push_back(ticker);
      if (impl.request.channel == Channel::orderbook_delta && !impl.books.contains(ticker)) {
        impl.books[ticker].book = std::make_shared<SharedOrderBook>(ticker);
      }
    }
  });
  send_update(s, "add_markets", tickers, snapshot, std::move(command), now);
}

// No market left would mean all of them at the next subscribe: the last one that goes ends the subscription.
void Subscriptions::delete_markets(const Impl& s, std::vector<std::string> tickers, Subscription::Done done, Timestamp now) {
  if (refused_tickers(tickers, done)) return;
  const auto wanted = s->market_tickers();
  const bool filtered = !wanted.empty();
  const auto goes = [&](const std::string& ticker) { return std::ranges::find(tickers, ticker) != tickers.end(); };
  if (filtered && std::ranges::all_of(wanted, goes)) return unsubscribe(s, std::move(done), now);
  forget_markets(s, tickers, now);
  Command command;
  command.done = std::move(done);
  send_update(s, "delete_markets", tickers, false, std::move(command), now);
}

void Subscriptions::forget_markets(const Impl& s, const std::vector<std::string>& tickers, Timestamp now) {
  s->update([&](SubscriptionImpl& impl) {
    for (const std::string& ticker : tickers) {
      impl.wanted.erase(ticker);
      const auto it = impl.books.find(ticker);
      if (it == impl.books.end()) continue;
      it->second.book->write([&](OrderBook& book) { book.mark_stale(StaleReason::unsubscribed, now); });
      impl.books.erase(it);
    }
  });
}

void Subscriptions::get_snapshot(const Impl& s, std::vector<std::string> tickers, Subscription::Done done, Timestamp now) {
  if (refused_tickers(tickers, done)) return;
  if (tickers.empty()) tickers = s->market_tickers();
  Command command;
  command.done = std::move(done);
  send_update(s, "get_snapshot", tickers, false, std::move(command), now);
}

void Subscriptions::unsubscribe(const Impl& s, Subscription::Done done, Timestamp now) {
  const auto sid = s->sid();
  if (s->state() == SubscriptionState::ended) {
    if (done) done({});
    return;
  }
  if (!wire_.open() || !sid) {
    end(s, std::nullopt, {}, now);
    if (done) done({});
    return;
  }
  Command command;
  command.kind = CommandKind::unsubscribe;
  command.subscriptions = {s};
  command.done = std::move(done);
  wire_.send(unsubscribe_command(add_command(std::move(command), now), *sid));
}

void Subscriptions::list(Listed done, Timestamp now) {
  if (!wire_.open()) return done(fail(ErrorCategory::closed, "the socket is not connected"));
  Command command;
  command.kind = CommandKind::list;
  command.listed = std::move(done);
  wire_.send(list_command(add_command(std::move(command), now)));
}

// ---- told by the socket -------------------------------------------------------------------------------------------------------

void Subscriptions::on_open(Timestamp now) { send_subscribe(all_, now); }

// Nobody will answer these any more.
void Subscriptions::drop_commands(Timestamp now) {
  auto commands = std::exchange(commands_, {});
  for (auto& [id, command] : commands) {
    if (command.kind == CommandKind::unsubscribe) {  // the connection that carried it is gone
      for (const Impl& s : command.subscriptions) end(s, std::nullopt, {}, now);
    }
    const Error error = fail(ErrorCategory::closed, "the connection ended before the exchange answered");
    if (command.done) command.done(command.kind == CommandKind::unsubscribe ? Result<void>() : Result<void>(error));
    if (command.listed) command.listed(error);
  }
}

void Subscriptions::on_closed(Timestamp now) {
  drop_commands(now);
  held_.clear();
  held_count_ = 0;
  resyncs_.clear();
  by_sid_.clear();
  for (const Impl& s : std::vector<Impl>(all_)) {
    stale_books(s, StaleReason::disconnected, now);
    const bool was_active = s->state() == SubscriptionState::active;
    s->update([](SubscriptionImpl& impl) {
      impl.sid_now.reset();
      if (impl.state_now == SubscriptionState::active) {
        impl.state_now = SubscriptionState::pending;
        ++impl.stats.outages;
      }
    });
    s->sequence.reset();
    s->resync_attempts = 0;
    if (!was_active) continue;
    if (!s->outage_since) s->outage_since = now;
    deliver(s, event_of(EventKind::outage, now), now);
  }
}

void Subscriptions::on_end(const std::optional<Error>& error, Timestamp now) {
  error ? on_closed(now) : drop_commands(now);
  for (const Impl& s : std::vector<Impl>(all_)) end(s, error, {}, now);
}

std::optional<Timestamp> Subscriptions::next_deadline() const {
  std::optional<Timestamp> next;
  const auto take = [&next](Timestamp t) {
    if (!next || t < *next) next = t;
  };
  for (const auto& [id, command] : commands_) take(command.deadline);
  for (const auto& [at, what] : resyncs_) take(at);
  return next;
}

void Subscriptions::on_deadline(Timestamp now) {
  const Timestamp present = interval_now(now);
  std::vector<Command> late;
  for (auto it = commands_.begin(); it != commands_.end();) {
    if (it->second.deadline > present) {
      ++it;
      continue;
    }
    late.push_back(std::move(it->second));
    it = commands_.erase(it);
  }
  for (Command& command : late) {
    const Error error = fail(ErrorCategory::timeout, "the exchange did not answer the command in time");
    if (command.listed) command.listed(error);
    if (command.kind == CommandKind::subscribe) {
      for (const Impl& s : command.subscriptions) end(s, error, {}, now);
    }
    finish(command, error, now);
  }
  hand_out_held();
  auto due = std::exchange(resyncs_, {});
  for (auto& [at, what] : due) {
    if (at > present) {
      resyncs_.push_back({at, what});
    } else if (what.first->state() == SubscriptionState::active) {
      resync(what.first, what.second.empty() ? what.first->market_tickers() : what.second, now);
    }
  }
}

// ---- ends and deliveries ------------------------------------------------------------------------------------------------------

void Subscriptions::deliver(const Impl& s, Event event, Timestamp now) {
  if (s->deliver(std::move(event))) {
    balance_reading();
    return;
  }
  const Error error = fail(ErrorCategory::closed, "the reader was too slow: its queue of " + std::to_string(s->request.queue_size) +
                                                      " events is full (OverflowPolicy::fail)");
  if (wire_.open() && s->sid()) let_go(*s->sid(), now);
  end(s, error, {}, now);
}

void Subscriptions::end(const Impl& s, std::optional<Error> error, Frame frame, Timestamp now) {
  if (s->state() == SubscriptionState::ended) return;
  drop_sid(s);
  stale_books(s, StaleReason::unsubscribed, now);
  s->update([](SubscriptionImpl& impl) { impl.state_now = SubscriptionState::ended; });
  forget(s);
  Event event = event_of(EventKind::ended, now);
  event.frame = std::move(frame);
  event.error = std::move(error);
  s->deliver(std::move(event));
  balance_reading();
}

Subscriptions::Impl Subscriptions::by_sid(std::int64_t sid) const {
  const auto it = by_sid_.find(sid);
  return it == by_sid_.end() ? nullptr : it->second;
}

void Subscriptions::drop_sid(const Impl& s) {
  if (const auto sid = s->sid()) by_sid_.erase(*sid);
  s->update([](SubscriptionImpl& impl) { impl.sid_now.reset(); });
}

void Subscriptions::forget(const Impl& s) {
  std::erase(all_, s);
  std::erase_if(resyncs_, [&](const auto& r) { return r.second.first == s; });
}

void Subscriptions::room_again() { balance_reading(); }

void Subscriptions::balance_reading() {
  const bool pause = std::ranges::any_of(all_, [](const Impl& s) { return s->wants_pause(); });
  if (pause == paused_) return;
  paused_ = pause;
  wire_.pause_reading(pause);
}

}  // namespace marginfix::ws
