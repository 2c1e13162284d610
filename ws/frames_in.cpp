// What each frame of the exchange does to commands and subscriptions.
#include <algorithm>

#include "ws/commands.hpp"
#include "ws/subscriptions.hpp"

namespace marginfix::ws {
namespace {

Error refused(const ErrorMessage& m) {
  Error error = fail(ErrorCategory::reject, "the exchange refused it: " + m.msg);
  error.status = m.code;
  error.code = to_string(static_cast<ErrorCode>(m.code));
  return error;
}

}  // namespace

void Subscriptions::on_frame(Frame&& frame, Timestamp now) {
  take(std::move(frame), now);
  hand_out_held();
}

void Subscriptions::take(Frame&& frame, Timestamp now) {
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
  if (command == commands_.end()) {
    // Its command was given up (time-out): nobody would ever read what now begins to come.
    if (frame.id && *frame.id <= last_command_) let_go(m.sid, now);
    return wire_.on_unclaimed(Frame(frame), "answers no command of ours");
  }
  auto& waiting = command->second.subscriptions;
  const auto it = std::ranges::find_if(waiting, [&](const Impl& s) { return Open<Channel>(s->request.channel).text() == m.channel; });
  if (it == waiting.end()) return wire_.on_unclaimed(Frame(frame), "a channel we did not ask for");
  const Impl s = *it;
  waiting.erase(it);
  if (waiting.empty()) commands_.erase(command);
  if (s->state() == SubscriptionState::ended) return let_go(m.sid, now);  // unsubscribed before it was confirmed
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

void Subscriptions::let_go(std::int64_t sid, Timestamp now) {
  Command command;
  command.kind = CommandKind::unsubscribe;
  wire_.send(unsubscribe_command(add_command(std::move(command), now), sid));
}

bool Subscriptions::subscribing() const {
  return std::ranges::any_of(commands_, [](const auto& c) { return c.second.kind == CommandKind::subscribe; });
}

// Frames of a sid we have not been told of: kept while a subscribe is under way, handed out as unclaimed otherwise.
void Subscriptions::hold(Frame&& frame, Timestamp now) {
  if (!subscribing()) return wire_.on_unclaimed(std::move(frame), "no subscription has this sid");
  if (held_count_ == options_.most_held) return wire_.on_unclaimed(std::move(frame), "too many frames before their subscription's answer");
  ++held_count_;
  const std::int64_t sid = *frame.sid;
  held_[sid].push_back({std::move(frame), now});
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

// Nothing is being subscribed to any more: what still waits for its subscription waits for none.
void Subscriptions::hand_out_held() {
  if (held_.empty() || subscribing()) return;
  held_count_ = 0;
  for (auto& [sid, frames] : std::exchange(held_, {})) {
    for (Held& h : frames) wire_.on_unclaimed(std::move(h.frame), "no subscription has this sid");
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
        resyncs_.push_back({interval_now(now) + options_.resync_wait, {s, {}}});
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
    // A market that the exchange does not give would have the whole subscription refused after the next outage.
    for (const Impl& s : command.subscriptions) forget_markets(s, command.added, now);
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

// This channel's filter follows ticker changes at the exchange, and so must what we subscribe to after an outage.
void Subscriptions::follow_ticker_change(const Impl& s, const Frame& frame) {
  const auto* applied = frame.as<MarginCorporateActionsDelta>();
  if (applied == nullptr || !applied->corporate_action.ticker_change) return;
  const auto& change = *applied->corporate_action.ticker_change;
  s->update([&](SubscriptionImpl& impl) {
    if (impl.wanted.erase(change.old_ticker) > 0) impl.wanted.insert(change.new_ticker);
  });
}

void Subscriptions::on_data(const Impl& s, Frame&& frame, Timestamp now) {
  if (!in_sequence(s, frame, now, false)) return;
  s->update([](SubscriptionImpl& impl) { ++impl.stats.frames; });
  if (s->request.channel == Channel::corporate_actions) follow_ticker_change(s, frame);
  const bool applied = s->request.channel != Channel::orderbook_delta || keep_book(s, frame, now);
  Event event = event_of(EventKind::data, now);
  event.applied = applied;
  event.frame = std::move(frame);
  deliver(s, std::move(event), now);
}

}  // namespace marginfix::ws
