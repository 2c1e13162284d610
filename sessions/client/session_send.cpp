// SessionCore: how messages leave. On the I/O thread straight through; from other threads by a bounded queue, taken in one batch;
// without tokens, or while the exchange does not read, by a bounded waiting list that cancels overtake. What waits has no number yet:
// orders that grow too old here are given back.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "marginfix/core/text.hpp"
#include "sessions/client/session_core.hpp"

namespace marginfix::sessions {

Error SessionCore::refuse(Error error) {
  counters_.bump<&SessionFigures::refused>();
  return error;
}

Error SessionCore::not_logged_on() const {
  return fail(ErrorCategory::closed, config_.name + " is not logged on (it is " + std::string(to_string(state())) +
                                         "): the message was not numbered, stored or sent");
}

Result<SendReceipt> SessionCore::send_body(std::string_view msg_type, std::string_view body, std::string_view reference) {
  if (auto may = may_send(msg_type); !may) return refuse(may.error());
  OutgoingPtr out = pool_.take();
  out->msg_type = msg_type;
  out->body.append(body);
  Draft draft;
  draft.reference = reference;
  return submit(std::move(out), draft);
}

Result<SendReceipt> SessionCore::submit(OutgoingPtr out, const Draft& draft) {
  constexpr std::size_t kMostOperator = 16;  // fix-margin.md, tag 50
  const char* fault = draft.sender_sub_id.size() > kMostOperator ? "is longer than 16 characters" : identifier_fault(draft.sender_sub_id);
  if (fault != nullptr) {
    pool_.give_back(std::move(out));
    Error error = fail(ErrorCategory::codec, std::string("SenderSubID(50) ") + fault);
    error.tag = 50;
    return refuse(std::move(error));
  }
  if (!active()) {
    pool_.give_back(std::move(out));
    return refuse(not_logged_on());
  }
  out->reference = draft.reference;
  out->replaces = draft.replaces;
  out->sender_sub_id = draft.sender_sub_id;
  out->symbol = draft.symbol;
  out->priority = draft.priority;
  out->id = next_id_.fetch_add(1, std::memory_order_relaxed);
  out->epoch = epoch_.load(std::memory_order_acquire);
  out->accepted = context_->monotonic();
  if (!on_io_thread()) return hand_over(std::move(out));
  SendReceipt receipt{out->id, 0};
  if (auto problem = transmit(out, receipt.seq)) {
    pool_.give_back(std::move(out));
    return refuse(std::move(*problem));
  }
  return receipt;
}

Result<SendReceipt> SessionCore::hand_over(OutgoingPtr out) {
  if (context_->rate_limit.policy == RateLimitPolicy::fail_fast) {
    if (!take_tokens(*out)) {
      pool_.give_back(std::move(out));
      return refuse(fail(ErrorCategory::rate_limit,
                         config_.name + ": no token left for this message, it was not sent: send less, or use RateLimitPolicy=wait"));
    }
    out->paid = true;
  }
  const SendReceipt receipt{out->id, 0};
  bool wake = false;
  {
    const std::lock_guard lock(queue_mutex_);
    if (queue_.size() < context_->send_queue) {
      queue_.push_back(std::move(out));
      wake = !std::exchange(drain_posted_, true);
    }
  }
  if (out) {
    pool_.give_back(std::move(out));
    return refuse(
        fail(ErrorCategory::rate_limit, config_.name + ": " + std::to_string(context_->send_queue) +
                                            " messages wait for the I/O thread, this one was not sent: a handler may be blocking it"));
  }
  if (wake) post([this] { drain(); });
  return receipt;
}

void SessionCore::drain() {
  std::vector<OutgoingPtr> batch = std::move(spare_);
  {
    const std::lock_guard lock(queue_mutex_);
    drain_posted_ = false;
    batch.swap(queue_);
  }
  for (OutgoingPtr& out : batch) {
    std::int64_t seq = 0;
    std::optional<Error> problem;
    if (!active() || out->epoch != epoch_)
      problem = not_logged_on();
    else
      problem = transmit(out, seq);
    if (problem) give_up(std::move(out), *problem);
  }
  batch.clear();
  spare_ = std::move(batch);
}

std::int64_t SessionCore::cost_of(const Outgoing& out) const noexcept { return context_->limits->cost(request_kind(out.msg_type)); }

TokenBucket& SessionCore::bucket_of(const Outgoing& out) const noexcept {
  return context_->limits->bucket(request_kind(out.msg_type), out.symbol);
}

bool SessionCore::take_tokens(Outgoing& out) {
  out.bucket = &bucket_of(out);
  return out.bucket->try_take(cost_of(out), now(), out.priority);
}

// Orders stand in line behind what waits for the same bucket, cancels behind cancels.
bool SessionCore::stands_in_line(const Outgoing& out) const {
  if (out.priority) return waiting_.front()->priority;
  if (!context_->limits->sharded()) return true;
  return std::ranges::any_of(waiting_, [&](const OutgoingPtr& o) { return &bucket_of(*o) == &bucket_of(out); });
}

std::optional<Error> SessionCore::transmit(OutgoingPtr& out, std::int64_t& seq) {
  if (!waiting_.empty() && !raw_->congested(waiting_.front()->priority)) release_waiting();
  const bool line_busy = raw_->congested(out->priority);
  if (auto late = overdue(*out, line_busy)) return late;
  if (!waiting_.empty()) {
    if (out->priority && withdraw_order(out)) return std::nullopt;
    if (!out->paid && stands_in_line(*out)) return wait_here(out, line_busy);
  }
  if (line_busy) return wait_here(out, line_busy);
  if (out->paid || take_tokens(*out)) return leave(out, seq);
  return wait_here(out, line_busy);
}

std::optional<Error> SessionCore::leave(OutgoingPtr& out, std::int64_t& seq) {
  leaving_ = {};
  auto sent = raw_->send(out->msg_type, out->body.view(), out->sender_sub_id);
  if (!sent) return sent.error();
  seq = *sent;
  counters_.bump<&SessionFigures::sent>();
  if (SentMessage older; sent_.pushes_out(seq, older)) pushed_out(older);
  sent_.remember(seq, *out);
  const SentMessage message{seq, out->id, out->msg_type, out->reference, std::exchange(leaving_, {})};
  transmitted(message);
  call(common().on_sent, message);
  pool_.give_back(std::move(out));
  return std::nullopt;
}

// ---- waiting, for tokens or for the exchange to read on ------------------------------------------------------------------
std::optional<Error> SessionCore::wait_here(OutgoingPtr& out, bool line_busy) {
  const RateLimitOptions& limit = context_->rate_limit;
  const std::string why = line_busy ? ": the exchange does not read what was sent before" : ": no token left for this message";
  if (limit.policy == RateLimitPolicy::fail_fast && !(line_busy && out->priority))
    return fail(ErrorCategory::rate_limit, config_.name + why + ", it was not sent: send less, or use RateLimitPolicy=wait");
  // What other threads have handed over has been accepted: it waits for the line as it would have waited for this thread.
  const std::size_t most = line_busy ? std::max(limit.max_waiting, context_->send_queue) : limit.max_waiting;
  if (waiting_.size() >= most)
    return fail(ErrorCategory::rate_limit,
                config_.name + why + ", and " + std::to_string(waiting_.size()) + " messages wait already: this one was not sent");
  out->since = now();
  counters_.bump<&SessionFigures::delayed>();
  // Cancels stand before everything that is none, in their own order.
  const auto place = out->priority ? std::ranges::find_if(waiting_, [](const OutgoingPtr& o) { return !o->priority; }) : waiting_.end();
  const bool first = place == waiting_.begin();
  waiting_.insert(place, std::move(out));
  counters_.set<&SessionFigures::waiting>(waiting_.size());
  if (first || context_->limits->sharded()) arm_waiting();
  return std::nullopt;
}

// A cancel must not overtake the order it is about. Its order still here: neither is sent, and both are given back, as is everything
// that builds on the order. Only an amend still here: the cancel waits right behind it.
bool SessionCore::withdraw_order(OutgoingPtr& cancel) {
  if (cancel->replaces.empty()) return false;
  const auto target = std::ranges::find_if(waiting_, [&](const OutgoingPtr& o) { return o->reference == cancel->replaces; });
  if (target == waiting_.end()) return false;
  if (!(*target)->replaces.empty()) {
    cancel->priority = false;
    cancel->since = now();
    waiting_.insert(std::next(target), std::move(cancel));
    counters_.set<&SessionFigures::waiting>(waiting_.size());
    return true;
  }
  std::vector<OutgoingPtr> gone;
  std::vector<std::string> names{(*target)->reference};
  for (auto it = target; it != waiting_.end();) {
    const bool chained = it == target || (!(*it)->replaces.empty() && std::ranges::find(names, (*it)->replaces) != names.end());
    if (!chained) {
      ++it;
      continue;
    }
    names.push_back((*it)->reference);
    gone.push_back(std::move(*it));
    it = waiting_.erase(it);
  }
  counters_.set<&SessionFigures::waiting>(waiting_.size());
  gone.push_back(std::move(cancel));
  // Not from inside send(): the caller has no receipt yet.
  post([this, gone = std::move(gone)]() mutable {
    const Error why =
        fail(ErrorCategory::rate_limit, "the order was canceled here while it waited for tokens: neither it nor the cancel was sent");
    for (OutgoingPtr& out : gone) give_up(std::move(out), why);
  });
  return true;
}

void SessionCore::arm_waiting() {
  if (waiting_.empty()) return;
  constexpr std::chrono::microseconds kLeast{100}, kLine{5'000};
  if (raw_->congested(waiting_.front()->priority)) return arm(wait_timer_, kLine, [this] { release_waiting(); });
  auto after = std::chrono::microseconds::max();
  Timestamp oldest = waiting_.front()->since;
  for (const OutgoingPtr& out : waiting_) oldest = std::min(oldest, out->since);
  std::vector<const TokenBucket*> seen;  // only the first of each bucket has its turn
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Outgoing& out = *waiting_[i];
    if (i > 0 && !context_->limits->sharded()) break;
    if (builds_on_waiting(i)) continue;
    if (raw_->congested(out.priority)) {
      after = std::min<std::chrono::microseconds>(after, kLine);
      break;
    }
    const TokenBucket& bucket = bucket_of(out);
    if (std::ranges::find(seen, &bucket) != seen.end()) continue;
    seen.push_back(&bucket);
    after = std::min(after, bucket.time_until(cost_of(out), now(), out.priority));
  }
  after = std::min<std::chrono::microseconds>(after, oldest + context_->rate_limit.max_wait - now());
  arm(wait_timer_, std::max(after, kLeast), [this] { release_waiting(); });
}

// Nothing: no limit.
std::optional<std::chrono::milliseconds> SessionCore::send_age_limit() const {
  constexpr std::chrono::milliseconds kDefault{2'000};
  if (config_.kind != SessionKind::order_entry) return std::nullopt;
  if (!config_.send_age_limit) return std::max(kDefault, context_->rate_limit.max_wait);
  return config_.send_age_limit->count() < 0 ? std::nullopt : config_.send_age_limit;
}

// Why a message must not leave any more. A cancel that is late still takes risk away: only waiting for tokens too long gives it back.
std::optional<Error> SessionCore::overdue(const Outgoing& out, bool line_busy) const {
  const auto limit = send_age_limit();
  if (!out.priority && limit && context_->monotonic() - out.accepted >= *limit)
    return fail(ErrorCategory::timeout, "older than SendAgeLimit (" + std::to_string(limit->count()) + " ms): not sent" +
                                            (line_busy ? ", the exchange does not read what was sent before" : ""));
  if (!line_busy && out.since != Timestamp{} && now() - out.since >= context_->rate_limit.max_wait)
    return fail(ErrorCategory::rate_limit, "waited longer than RateLimitMaxWait for tokens: not sent");
  return std::nullopt;
}

void SessionCore::expire_waiting() {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const bool line_busy = raw_->congested((*it)->priority);
    if (line_busy) (*it)->since = now();  // it does not wait for tokens yet
    auto why = overdue(**it, line_busy);
    if (!why) {
      ++it;
      continue;
    }
    OutgoingPtr old = std::move(*it);
    it = waiting_.erase(it);
    counters_.set<&SessionFigures::waiting>(waiting_.size());
    // Handlers may send, which touches waiting_: after this loop.
    post([this, old = std::move(old), why = std::move(*why)]() mutable { give_up(std::move(old), why); });
  }
}

// An amend or a cancel must not overtake what it is about, though that waits for another bucket.
bool SessionCore::builds_on_waiting(std::size_t place) const {
  const std::string& target = waiting_[place]->replaces;
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(place);
  return !target.empty() && std::any_of(waiting_.begin(), end, [&](const OutgoingPtr& o) { return o->reference == target; });
}

// Takes the tokens of the first message that may leave; waiting_.size(): none may. A bucket that is too empty for one message holds
// up all behind it that spend the same, and no other; a line that takes no more holds up everything behind.
std::size_t SessionCore::first_payable() {
  std::vector<const TokenBucket*> empty;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    Outgoing& out = *waiting_[i];
    if (raw_->congested(out.priority)) break;
    const TokenBucket* const bucket = &bucket_of(out);
    if (std::ranges::find(empty, bucket) != empty.end() || builds_on_waiting(i)) continue;
    if (out.paid || take_tokens(out)) return i;
    if (!context_->limits->sharded()) break;
    empty.push_back(bucket);
  }
  return waiting_.size();
}

void SessionCore::release_waiting() {
  expire_waiting();
  while (!waiting_.empty() && active()) {
    const std::size_t place = first_payable();
    if (place == waiting_.size()) break;
    OutgoingPtr out = std::move(waiting_[place]);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
    counters_.set<&SessionFigures::waiting>(waiting_.size());
    std::int64_t seq = 0;
    if (auto problem = leave(out, seq)) give_up(std::move(out), *problem);
  }
  arm_waiting();
}

void SessionCore::on_room() {
  const IoThread::Scope scope(*context_->io);
  if (!waiting_.empty()) release_waiting();
}

// ---- giving back --------------------------------------------------------------------------------------------------------
void SessionCore::give_up(OutgoingPtr out, const Error& error) {
  counters_.bump<&SessionFigures::not_sent>();
  const NotSent what{out->id, out->msg_type, out->reference, error};
  dropped(what);
  call(common().on_not_sent, what);
  pool_.give_back(std::move(out));
}

void SessionCore::give_up_all(const std::string& why) {
  wait_timer_.cancel();
  const Error error = fail(ErrorCategory::closed, config_.name + ": " + why + ": the message was not numbered, stored or sent");
  std::deque<OutgoingPtr> gone;
  gone.swap(waiting_);
  counters_.set<&SessionFigures::waiting>(0);
  for (OutgoingPtr& out : gone) give_up(std::move(out), error);
  drain();
}

}  // namespace marginfix::sessions
