// Several WebSocket frames in one write.
#include "sim/doors/ws/batched_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace marginfix::sim {
namespace {

namespace asio = boost::asio;
constexpr std::size_t kBatchBytes = std::size_t{64} << 10;

}  // namespace

void BatchedStream::write_some(const WriteBuffers& what, Done done) {
  if (busy_) return next_.push_back([this, what, done = std::move(done)]() mutable { write_some(what, std::move(done)); });
  if (waiting_.empty() && !more_to_come_) {
    busy_ = true;
    return inner_->write_some(what, [this, done = std::move(done)](error_code error, std::size_t written) {
      finished();
      done(error, written);
    });
  }
  std::size_t taken = 0;
  for (const asio::const_buffer& buffer : what) {
    waiting_.append(static_cast<const char*>(buffer.data()), buffer.size());
    taken += buffer.size();
  }
  if (!more_to_come_ || waiting_.size() >= kBatchBytes) return write_waiting(taken, std::move(done));
  asio::post(get_executor(), [taken, done = std::move(done)] { done({}, taken); });
}

void BatchedStream::flush(Done done) {
  if (busy_) return next_.push_back([this, done = std::move(done)]() mutable { flush(std::move(done)); });
  if (waiting_.empty()) return done({}, 0);
  write_waiting(0, std::move(done));
}

void BatchedStream::tear_down(boost::beast::role_type role, std::function<void(error_code)> done) {
  more_to_come_ = false;
  flush([this, role, done = std::move(done)](error_code, std::size_t) mutable { inner_->tear_down(role, std::move(done)); });
}

// `told`: how much of it the caller has not been told yet.
void BatchedStream::write_waiting(std::size_t told, Done done) {
  busy_ = true;
  asio::async_write(*inner_, asio::buffer(waiting_), [this, told, done = std::move(done)](error_code error, std::size_t) {
    waiting_.clear();
    if (waiting_.capacity() > 4 * kBatchBytes) waiting_.shrink_to_fit();
    finished();
    done(error, error ? 0 : told);
  });
}

void BatchedStream::finished() {
  busy_ = false;
  if (next_.empty()) return;
  const auto next = std::move(next_.front());
  next_.pop_front();
  next();
}

}  // namespace marginfix::sim
