#include "services/gateway/exchange/truth.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/rest/domain_values.hpp"
#include "marginfix/rest/missed.hpp"

namespace marginfix::gateway {

TruthReader truth_by_rest(PerpsClient& client) {
  return [&client](const TruthQuestion& question) -> Result<Truth> {
    Truth truth;
    truth.began = monotonic_time();
    const auto missed = rest::missed(client, {question.since, std::chrono::seconds(5), question.order_ids});
    if (!missed) return missed.error();
    truth.fills = missed->fills;
    for (const rest::MarginOrder& order : missed->orders) {
      const auto baseline = rest::to_baseline(order);
      if (baseline) truth.orders.push_back(*baseline);
    }
    return truth;
  };
}

TruthAsker::TruthAsker(boost::asio::io_context& io, TruthReader reader) : io_(io), reader_(std::move(reader)) {
  thread_ = std::thread([this] { work(); });
}

TruthAsker::~TruthAsker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool TruthAsker::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

bool TruthAsker::ask(TruthQuestion question, std::function<void(const Result<Truth>&)> then) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_) return false;
    busy_ = true;
    question_ = std::move(question);
    then_ = std::move(then);
  }
  changed_.notify_all();
  return true;
}

void TruthAsker::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || question_.has_value(); });
    if (stopping_) return;
    const TruthQuestion question = *std::exchange(question_, std::nullopt);
    lock.unlock();
    auto answer = std::make_shared<Result<Truth>>(reader_(question));
    boost::asio::post(io_, [this, weak = std::weak_ptr<const bool>(alive_), answer] {
      if (weak.expired()) return;
      std::function<void(const Result<Truth>&)> then;
      {
        const std::lock_guard inner(mutex_);
        then = std::exchange(then_, nullptr);
        busy_ = false;
      }
      if (then) then(*answer);
    });
    lock.lock();
  }
}

}  // namespace marginfix::gateway
