// The asynchronous side: one machine (call.hpp) a call, a timer beside it, and the transport on one strand.
#include "marginfix/rest/async_caller.hpp"

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>

#include "rest/client/call.hpp"
#include "rest/client/client_core.hpp"
#include "rest/transport/async.hpp"

namespace marginfix::rest {
namespace detail {

// Lives as long as a call or a wait of it is out.
class AsyncCore : public std::enable_shared_from_this<AsyncCore> {
 public:
  template <class Config>
  AsyncCore(const boost::asio::any_io_executor& executor, const Config& config, RestClientOptions options)
      : strand_(boost::asio::make_strand(executor)),
        core_(config, std::move(options)),
        transport_(std::make_shared<AsyncTransport>(strand_, core_.transport_options())) {}

  ClientCore& core() noexcept { return core_; }
  CallId next_id() noexcept { return ++last_id_; }
  const Strand& strand() const noexcept { return strand_; }

  void start(CallId id, const OperationInfo& info, const void* request, std::unique_ptr<PendingCall> pending);
  void cancel(CallId id, boost::asio::cancellation_type type);
  void cancel_all(const char* why);
  void close();

 private:
  struct Running {
    Running(const Strand& strand, ClientCore& core, const OperationInfo& info, std::unique_ptr<PendingCall> waiting)
        : call(core, info), pending(std::move(waiting)), timer(strand) {}
    Call call;
    std::unique_ptr<PendingCall> pending;
    boost::asio::steady_timer timer;
    AsyncTransport::Id transfer{0};
  };
  using Entry = std::map<CallId, std::shared_ptr<Running>>::iterator;

  void begin(CallId id, const std::shared_ptr<Running>& running, Call::Next first);
  void proceed(CallId id, Running& running, Call::Next next);
  void send(CallId id, Running& running);
  void finish(CallId id);
  void end(Entry entry, const char* why);
  void deliver(Running& running);

  Strand strand_;
  ClientCore core_;
  std::shared_ptr<AsyncTransport> transport_;
  std::map<CallId, std::shared_ptr<Running>> running_;
  std::atomic<CallId> last_id_{0};
  bool closed_{false};
};

void AsyncCore::start(CallId id, const OperationInfo& info, const void* request, std::unique_ptr<PendingCall> pending) {
  auto running = std::make_shared<Running>(strand_, core_, info, std::move(pending));
  // On the caller's thread: the request is of no more use once this returns.
  const Call::Next first = running->call.start(request, std::chrono::steady_clock::now());
  boost::asio::dispatch(strand_, [self = shared_from_this(), id, running, first] { self->begin(id, running, first); });
}

void AsyncCore::begin(CallId id, const std::shared_ptr<Running>& running, Call::Next first) {
  if (closed_) {
    if (first.what != Call::Do::done) running->call.cancel("the client is gone");
    return deliver(*running);
  }
  running_[id] = running;
  proceed(id, *running, first);
}

void AsyncCore::proceed(CallId id, Running& running, Call::Next next) {
  switch (next.what) {
    case Call::Do::send:
      return send(id, running);
    case Call::Do::wait:
      running.timer.expires_after(next.wait);
      running.timer.async_wait([self = shared_from_this(), id](const boost::system::error_code& ec) {
        const auto found = self->running_.find(id);
        if (ec || found == self->running_.end()) return;
        const auto keep = found->second;
        self->proceed(id, *keep, keep->call.waited(std::chrono::steady_clock::now()));
      });
      return;
    case Call::Do::done:
      return finish(id);
  }
}

void AsyncCore::send(CallId id, Running& running) {
  HttpRequest request = running.call.take_request();
  const auto timeout = request.timeout;
  // Not shared_from_this(): the transport holds the callback, and the core the transport.
  running.transfer = transport_->start(std::move(request), [this, id](HttpAnswer answer) {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    const auto keep = found->second;
    keep->timer.cancel();
    proceed(id, *keep, keep->call.answered(std::move(answer), std::chrono::steady_clock::now()));
  });
  // libcurl's own time-out does not see the time a request spends in line for a connection.
  running.timer.expires_after(timeout + std::chrono::milliseconds(5));
  running.timer.async_wait([self = shared_from_this(), id, transfer = running.transfer](const boost::system::error_code& ec) {
    const auto found = self->running_.find(id);
    if (ec || found == self->running_.end() || found->second->transfer != transfer) return;
    const auto keep = found->second;
    HttpAnswer answer = self->transport_->stop(transfer, HttpEnd::timed_out, "the request's time is up");
    self->proceed(id, *keep, keep->call.answered(std::move(answer), std::chrono::steady_clock::now()));
  });
}

void AsyncCore::finish(CallId id) {
  const auto found = running_.find(id);
  const auto keep = found->second;
  running_.erase(found);
  keep->timer.cancel();
  deliver(*keep);
}

void AsyncCore::deliver(Running& running) {
  Result<HttpResponse> answer = running.call.take_result();
  if (void* const response = running.pending->response(); response != nullptr && answer) {
    const OperationInfo& info = running.call.info();
    if (auto decoded = decode_response(info, *answer, response); !decoded) {
      core_.counters().failed(decoded.error().category);
      answer = decoded.error();
    } else {
      core_.learn(info, response);
    }
  }
  running.pending->complete(std::move(answer));
}

void AsyncCore::end(Entry entry, const char* why) {
  const auto running = entry->second;
  running_.erase(entry);
  running->timer.cancel();
  if (running->call.under_way()) {
    HttpAnswer answer = transport_->stop(running->transfer, HttpEnd::cancelled, why);
    running->call.answered(std::move(answer), std::chrono::steady_clock::now());
  } else {
    running->call.cancel(why);
  }
  deliver(*running);
}

void AsyncCore::cancel(CallId id, boost::asio::cancellation_type type) {
  boost::asio::dispatch(strand_, [self = shared_from_this(), id, type] {
    const auto found = self->running_.find(id);
    if (found == self->running_.end()) return;
    // "Total" promises that nothing happened, which nobody can for a write that may be on its way.
    const bool only_total = (type & (boost::asio::cancellation_type::terminal | boost::asio::cancellation_type::partial)) ==
                            boost::asio::cancellation_type::none;
    const Running& running = *found->second;
    if (only_total && running.call.is_write() && running.call.under_way()) return;
    self->end(found, "by the program");
  });
}

void AsyncCore::cancel_all(const char* why) {
  boost::asio::dispatch(strand_, [self = shared_from_this(), why] {
    while (!self->running_.empty()) self->end(self->running_.begin(), why);
  });
}

void AsyncCore::close() {
  cancel_all("the client is gone");
  boost::asio::dispatch(strand_, [self = shared_from_this()] {
    self->closed_ = true;
    self->transport_->close();
  });
}

CallId next_call_id(AsyncCore& core) noexcept { return core.next_id(); }

void start_call(const std::shared_ptr<AsyncCore>& core, CallId id, const OperationInfo& info, const void* request,
                std::unique_ptr<PendingCall> call) {
  core->start(id, info, request, std::move(call));
}

void cancel_call(const std::shared_ptr<AsyncCore>& core, CallId id, boost::asio::cancellation_type type) { core->cancel(id, type); }

}  // namespace detail

AsyncCaller::AsyncCaller(boost::asio::any_io_executor executor, const PerpsConfig& config, RestClientOptions options)
    : executor_(std::move(executor)), core_(std::make_shared<detail::AsyncCore>(executor_, config, std::move(options))) {}

AsyncCaller::AsyncCaller(boost::asio::any_io_executor executor, const KlearConfig& config, RestClientOptions options)
    : executor_(std::move(executor)), core_(std::make_shared<detail::AsyncCore>(executor_, config, std::move(options))) {}

AsyncCaller::~AsyncCaller() {
  if (core_) core_->close();
}
AsyncCaller::AsyncCaller(AsyncCaller&&) noexcept = default;
AsyncCaller& AsyncCaller::operator=(AsyncCaller&& other) noexcept {
  if (this == &other) return *this;
  if (core_) core_->close();
  executor_ = std::move(other.executor_);
  core_ = std::move(other.core_);
  return *this;
}

void AsyncCaller::cancel_all() { core_->cancel_all("by the program"); }
Result<void> AsyncCaller::check() { return core_->core().ready(); }
std::shared_ptr<AccountLimits> AsyncCaller::limits() const noexcept { return core_->core().limits(); }
RestStatistics AsyncCaller::statistics() const { return core_->core().counters().snapshot(); }

}  // namespace marginfix::rest
