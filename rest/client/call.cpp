// The machine of one call: checks, tokens, tries, and the verdict over each.
#include "rest/client/call.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace marginfix::rest::detail {
namespace {

using std::chrono::milliseconds;

// A try with less time than this left of the total is not worth its request.
constexpr milliseconds kShortestTry{50};

milliseconds at_least_one(milliseconds time) { return std::max(time, milliseconds(1)); }

}  // namespace

std::string Call::where() const {
  return fmt::format("{} {}{}{}", to_string(prepared_.method), core_->base().origin, core_->base().path, prepared_.path);
}

milliseconds Call::left(Time now) const { return std::chrono::duration_cast<milliseconds>(deadline_ - now); }

Call::Next Call::finish(Result<HttpResponse> result) {
  sending_ = false;
  if (!result) {
    Error error = std::move(result).error();
    error.message = core_->without_token(std::move(error.message));
    error.context = core_->without_token(std::move(error.context));
    error.code = core_->without_token(std::move(error.code));
    if (tries_ > 1) error.message += fmt::format(" (after {} tries)", tries_);
    core_->counters().failed(error.category);
    result = std::move(error);
  }
  result_ = std::move(result);
  return {Do::done, milliseconds(0)};
}

Call::Next Call::start(const void* request, Time now) {
  deadline_ = now + core_->http().total_timeout;
  core_->counters().call();
  if (auto good = core_->ready(); !good) return finish(good.error());
  if (auto good = core_->allows(*info_); !good) return finish(good.error());
  auto prepared = prepare(*info_, request);
  if (!prepared) {
    Error error = prepared.error();
    error.message = fmt::format("{}: {}", info_->operation_id, error.message);
    return finish(std::move(error));
  }
  prepared_ = std::move(*prepared);
  return try_to_send(now);
}

Call::Next Call::waited(Time now) { return try_to_send(now); }

// Nothing when the tokens are taken.
std::optional<Call::Next> Call::take_tokens(Time now) {
  if (has_tokens_) return std::nullopt;
  TokenBucket& bucket = core_->bucket(prepared_);
  const std::int64_t cost = core_->cost(prepared_);
  const Timestamp present = core_->interval_now();
  const bool cancel = prepared_.kind == RequestKind::cancel;
  if (bucket.try_take(cost, present, cancel)) {
    has_tokens_ = true;
    return std::nullopt;
  }
  const auto missing = bucket.time_until(cost, present, cancel);
  const auto refuse = [&](std::string why) {
    return finish(fail(ErrorCategory::rate_limit,
                       fmt::format("{}: no tokens left on our side ({} needed), it was not sent: {}", where(), cost, why)));
  };
  if (missing == std::chrono::microseconds::max()) return refuse("the bucket never holds as many");
  const auto wait = at_least_one(std::chrono::ceil<milliseconds>(missing));
  if (core_->rate_limit().policy == RateLimitPolicy::fail_fast) return refuse(fmt::format("try again in {} ms", wait.count()));
  if (waited_for_tokens_ + wait > core_->rate_limit().max_wait || wait >= left(now))
    return refuse(fmt::format("{} ms are longer than rate_limit.max_wait or http.total_timeout allows", wait.count()));
  waited_for_tokens_ += wait;
  core_->counters().waits(wait);
  return Next{Do::wait, wait};
}

Call::Next Call::try_to_send(Time now) {
  if (left(now) <= milliseconds(0)) {
    if (last_error_) return finish(std::move(*last_error_));
    return finish(fail(ErrorCategory::timeout, where() + ": http.total_timeout has passed before it could be sent"));
  }
  if (auto next = take_tokens(now)) return *next;
  auto headers = core_->headers(prepared_);
  if (!headers) return finish(headers.error());
  has_tokens_ = false;  // spent: another try takes its own
  ++tries_;
  HttpRequest& request = request_.emplace();
  request.method = prepared_.method;
  request.url = core_->url(prepared_);
  request.headers = std::move(*headers);
  request.body = is_write() ? std::exchange(prepared_.body, {}) : std::string();
  request.connect_timeout = at_least_one(std::min(core_->http().connect_timeout, left(now)));
  request.timeout = at_least_one(std::min(core_->http().request_timeout, left(now)));
  sent_at_ = now;
  sending_ = true;
  core_->counters().sent(core_->cost(prepared_));
  return {Do::send, milliseconds(0)};
}

void Call::note(const HttpAnswer& answer, Time now) {
  if (!core_->log().enabled(LogLevel::debug)) return;
  core_->log().log(LogLevel::debug, "rest",
                   fmt::format("{} {} in {} ms", where(), answer.end == HttpEnd::answered ? std::to_string(answer.status) : "no answer",
                               std::chrono::duration_cast<milliseconds>(now - sent_at_).count()));
}

Call::Next Call::answered(HttpAnswer answer, Time now) {
  sending_ = false;
  core_->counters().answer(answer.body.size());
  note(answer, now);
  // The exchange counts tokens better than we do.
  if (answer.end == HttpEnd::answered && answer.status == 429 && core_->rate_limit().follow_exchange)
    core_->bucket(prepared_).set_available(0, core_->interval_now());
  Verdict verdict = judge(*info_, std::move(answer), where(), core_->now());
  if (verdict.result || !verdict.transient || is_write() || tries_ > core_->http().retry.more_tries)
    return finish(std::move(verdict.result));
  return try_again(verdict, now);
}

Call::Next Call::try_again(const Verdict& verdict, Time now) {
  milliseconds wait = verdict.at_once ? milliseconds(0) : backoff_.next();
  if (verdict.retry_after) wait = std::max(wait, std::min(*verdict.retry_after, core_->http().retry.longest_retry_after));
  if (wait + kShortestTry >= left(now)) return finish(verdict.result.error());
  last_error_ = verdict.result.error();
  if (core_->log().enabled(LogLevel::info))
    core_->log().log(LogLevel::info, "rest", fmt::format("{}; again in {} ms", core_->without_token(last_error_->message), wait.count()));
  if (wait.count() == 0) return try_to_send(now);
  return {Do::wait, wait};
}

void Call::cancel(std::string why) { finish(fail(ErrorCategory::closed, fmt::format("{}: cancelled ({})", info_->operation_id, why))); }

}  // namespace marginfix::rest::detail
