// Commands, their answers, and the life of subscriptions. Books: book_keeping.cpp.
#include "ws/subscriptions.hpp"

#include <algorithm>

#include "ws/commands.hpp"

namespace marginfix::ws {
namespace {

Event event_of(EventKind kind, Timestamp at) {
  Event e;
  e.kind = kind;
  e.at = at;
  return e;
}

Error refused(const ErrorMessage& m) {
  Error error = fail(ErrorCategory::reject, "the exchange refused it: " + m.msg);
  error.status = m.code;
  error.code = to_string(static_cast<ErrorCode>(m.code));
  return error;
}

bool same_filter(const SubscriptionImpl& a, const SubscriptionImpl& b) {
  return a.wanted == b.wanted && a.request.send_initial_snapshot == b.request.send_initial_snapshot &&
         a.request.channel != b.request.channel;
}

}  // namespace

Subscriptions::Subscriptions(Wire& wire, boost::asio::any_io_executor executor, SubscriptionsOptions options)
    : wire_(wire), executor_(std::move(executor)), options_(options) {}

// ---- asked for by the program -------------------------------------------------------------------------------------------------

std::vector<Subscriptions::Impl> Subscriptions::make(const std::vector<SubscribeRequest>& requests) {
  std::vector<Impl> made;
  for (const SubscribeRequest& request : requests) {
    made.push_back(std::make_shared<SubscriptionImpl>(++last_number_, request, executor_, weak_from_this()));
  }
  return made;
}

void Subscriptions::start(const std::vector<Impl>& subscriptions, Timestamp now) {
  std::vector<Impl> sound;
  for (const Impl& s : subscriptions) {
    if (s->request.channel == Channel::orderbook_delta && s->market_tickers().empty()) {
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
    for (const Impl& s : group) channels.push_back(s->request.channel);
    const bool snapshot = group.front()->request.send_initial_snapshot;
    const std::vector<std::string> tickers = group.front()->market_tickers();
    Command command;
    command.subscriptions = std::move(group);
    wire_.send(subscribe_command(add_command(std::move(command), now), channels, tickers, snapshot));
  }
}

std::int64_t Subscriptions::add_command(Command command, Timestamp now) {
  command.deadline = now + options_.command_timeout;
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
  s->update([&](SubscriptionImpl& impl) {
    for (const std::string& ticker : tickers) {
      impl.wanted.insert(ticker);
      if (impl.request.channel == Channel::orderbook_delta && !impl.books.contains(ticker)) {
        impl.books[ticker].book = std::make_shared<SharedOrderBook>(ticker);
      }
    }
  });
  Command command;
  command.done = std::move(done);
  send_update(s, "add_markets", tickers, snapshot, std::move(command), now);
}

void Subscriptions::delete_markets(const Impl& s, std::vector<std::string> tickers, Subscription::Done done, Timestamp now) {
  s->update([&](SubscriptionImpl& impl) {
    for (const std::string& ticker : tickers) {
      impl.wanted.erase(ticker);
      const auto it = impl.books.find(ticker);
      if (it == impl.books.end()) continue;
      it->second.book->write([&](OrderBook& book) { book.mark_stale(StaleReason::unsubscribed, now); });
      impl.books.erase(it);
    }
  });
  Command command;
  command.done = std::move(done);
  send_update(s, "delete_markets", tickers, false, std::move(command), now);
}

void Subscriptions::get_snapshot(const Impl& s, std::vector<std::string> tickers, Subscription::Done done, Timestamp now) {
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

void Subscriptions::on_frame(Frame&& frame, Timestamp now) {
  if (frame.as<Subscribed>() != nullptr) return on_subscribed(frame, now);
  if (frame.as<Unsubscribed>() != nullptr) return on_unsubscribed(frame, now);
  if (frame.as<Updated>() != nullptr || frame.as<SubscriptionList>() != nullptr) return on_ok(frame, now);
  if (frame.as<ErrorMessage>() != nullptr) return on_error(frame, now);
  if (!frame.sid) return wire_.on_unclaimed(std::move(frame), "no sid");
  if (const Impl s = by_sid(*frame.sid)) return on_data(s, std::move(frame), now);
  hold(std::move(frame), now);
}

void Subscriptions::on_subscribed(const Frame& frame, Timestamp now) {
  const Subscribed& m = *frame.as<Subscribed>();
  const auto command = frame.id ? commands_.find(*frame.id) : commands_.end();
  if (command == commands_.end()) return wire_.on_unclaimed(Frame(frame), "answers no command of ours");
  auto& waiting = command->second.subscriptions;
  const auto it = std::ranges::find_if(waiting, [&](const Impl& s) { return Open<Channel>(s->request.channel).text() == m.channel; });
  if (it == waiting.end()) return wire_.on_unclaimed(Frame(frame), "a channel we did not ask for");
  const Impl s = *it;
  waiting.erase(it);
  if (waiting.empty()) commands_.erase(command);
  by_sid_[m.sid] = s;
  s->update([&](SubscriptionImpl& impl) {
    impl.sid_now = m.sid;
    impl.state_now = SubscriptionState::active;
  });
  Event event = event_of(EventKind::subscribed, now);
  event.frame = frame;
  event.since = std::exchange(s->outage_since, std::nullopt);
  deliver(s, std::move(event), now);
  release(m.sid);
}

// Frames of a sid we have not been told of: kept while a subscribe is under way, handed out as unclaimed otherwise.
void Subscriptions::hold(Frame&& frame, Timestamp now) {
  const bool expected = std::ranges::any_of(commands_, [](const auto& c) { return c.second.kind == CommandKind::subscribe; });
  if (!expected) return wire_.on_unclaimed(std::move(frame), "no subscription has this sid");
  if (held_count_ == options_.most_held) return wire_.on_unclaimed(std::move(frame), "too many frames before their subscription's answer");
  ++held_count_;
  held_[*frame.sid].push_back({std::move(frame), now});
}

void Subscriptions::release(std::int64_t sid) {
  const auto it = held_.find(sid);
  if (it == held_.end()) return;
  auto frames = std::move(it->second);
  held_.erase(it);
  held_count_ -= frames.size();
  for (Held& h : frames) {
    if (const Impl s = by_sid(sid)) on_data(s, std::move(h.frame), h.at);
  }
}

void Subscriptions::on_unsubscribed(const Frame& frame, Timestamp now) {
  const auto command = frame.id ? commands_.find(*frame.id) : commands_.end();
  const bool asked = command != commands_.end() && command->second.kind == CommandKind::unsubscribe;
  Impl s = frame.sid ? by_sid(*frame.sid) : nullptr;
  if (s == nullptr && asked && !command->second.subscriptions.empty()) s = command->second.subscriptions.front();
  if (s != nullptr) {
    std::optional<Error> error;
    if (!asked) error = fail(ErrorCategory::closed, "the exchange ended the subscription");
    if (frame.seq && s->sid()) in_sequence(s, frame, now, true);
    end(s, std::move(error), frame, now);
  } else if (!asked) {
    return wire_.on_unclaimed(Frame(frame), "no subscription has this sid");
  }
  if (!asked) return;
  Command done = std::move(command->second);
  commands_.erase(command);
  if (done.done) done.done({});
}

void Subscriptions::on_ok(Frame& frame, Timestamp now) {
  const auto command = frame.id ? commands_.find(*frame.id) : commands_.end();
  if (frame.sid && frame.seq) {
    if (const Impl s = by_sid(*frame.sid)) in_sequence(s, frame, now, true);
  }
  if (command == commands_.end()) return wire_.on_unclaimed(std::move(frame), "answers no command of ours");
  Command done = std::move(command->second);
  commands_.erase(command);
  if (done.kind == CommandKind::list) {
    if (const auto* list = frame.as<SubscriptionList>()) return done.listed(list->subscriptions);
    return done.listed(fail(ErrorCategory::decode, "list_subscriptions was answered without a list", frame.raw));
  }
  finish(done, {}, now);
}

void Subscriptions::finish(Command& command, const Result<void>& result, Timestamp now) {
  if (command.resync && !result) {
    for (const Impl& s : command.subscriptions) {
      if (s->state() != SubscriptionState::active) continue;
      if (++s->resync_attempts > 3) {
        resubscribe(s, now);
      } else {
        resyncs_.push_back({now + options_.resync_wait, {s, {}}});
        wire_.deadline_changed();
      }
    }
  }
  if (command.done) command.done(result);
}

void Subscriptions::on_error(const Frame& frame, Timestamp now) {
  const ErrorMessage& m = *frame.as<ErrorMessage>();
  const Error error = refused(m);
  if (const auto it = frame.id ? commands_.find(*frame.id) : commands_.end(); it != commands_.end()) {
    Command command = std::move(it->second);
    commands_.erase(it);
    if (command.listed) return command.listed(error);
    if (command.kind == CommandKind::subscribe) {
      for (const Impl& s : command.subscriptions) end(s, error, frame, now);
    }
    if (command.kind == CommandKind::unsubscribe) {  // gone already: 7
      for (const Impl& s : command.subscriptions) end(s, std::nullopt, frame, now);
    }
    finish(command, error, now);
    if (!frame.sid) return;
  }
  const Impl s = frame.sid ? by_sid(*frame.sid) : nullptr;
  if (s == nullptr) {
    if (!frame.id) wire_.on_unclaimed(Frame(frame), "an error of no subscription of ours");
    return;
  }
  if (frame.seq) in_sequence(s, frame, now, true);
  if (ends_subscription(static_cast<ErrorCode>(m.code))) return end(s, error, frame, now);
  if (!frame.id) {
    Event event = event_of(EventKind::book_fault, now);
    if (s->request.channel != Channel::orderbook_delta) event.kind = EventKind::data;
    event.frame = frame;
    event.error = error;
    deliver(s, std::move(event), now);
  }
}

bool Subscriptions::in_sequence(const Impl& s, const Frame& frame, Timestamp now, bool control) {
  if (!frame.seq) return true;
  const auto before = s->sequence.last();
  const SequenceVerdict verdict = s->sequence.next(*frame.seq, control);
  if (verdict == SequenceVerdict::take) return true;
  if (verdict == SequenceVerdict::duplicate) {
    s->update([](SubscriptionImpl& impl) { ++impl.stats.duplicates; });
    return false;
  }
  s->update([](SubscriptionImpl& impl) { ++impl.stats.gaps; });
  Event event = event_of(EventKind::gap, now);
  event.expected = *before + 1;
  event.received = *frame.seq;
  if (s->request.channel == Channel::orderbook_delta) {
    stale_books(s, StaleReason::gap, now);
    deliver(s, std::move(event), now);
    resync(s, s->market_tickers(), now);
  } else {
    deliver(s, std::move(event), now);
  }
  return true;
}

void Subscriptions::on_data(const Impl& s, Frame&& frame, Timestamp now) {
  if (!in_sequence(s, frame, now, false)) return;
  s->update([](SubscriptionImpl& impl) { ++impl.stats.frames; });
  if (s->request.channel == Channel::orderbook_delta && !keep_book(s, frame, now)) return;
  Event event = event_of(EventKind::data, now);
  event.frame = std::move(frame);
  deliver(s, std::move(event), now);
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
  std::vector<Command> late;
  for (auto it = commands_.begin(); it != commands_.end();) {
    if (it->second.deadline > now) {
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
  auto due = std::exchange(resyncs_, {});
  for (auto& [at, what] : due) {
    if (at > now) {
      resyncs_.push_back({at, what});
    } else if (what.first->state() == SubscriptionState::active) {
      resync(what.first, what.first->market_tickers(), now);
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
  if (wire_.open() && s->sid()) {
    Command command;
    command.kind = CommandKind::unsubscribe;
    wire_.send(unsubscribe_command(add_command(std::move(command), now), *s->sid()));
  }
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
