// The blocking side: one machine (call.hpp) a call, driven on the caller's thread.
#include "marginfix/rest/blocking_caller.hpp"

#include <chrono>
#include <thread>

#include "rest/client/call.hpp"
#include "rest/client/client_core.hpp"
#include "rest/transport/blocking.hpp"

namespace marginfix::rest {

BlockingCaller::BlockingCaller(const PerpsConfig& config, RestClientOptions options)
    : core_(std::make_unique<detail::ClientCore>(config, std::move(options))),
      transport_(std::make_unique<detail::BlockingTransport>(core_->transport_options())) {}

BlockingCaller::BlockingCaller(const KlearConfig& config, RestClientOptions options)
    : core_(std::make_unique<detail::ClientCore>(config, std::move(options))),
      transport_(std::make_unique<detail::BlockingTransport>(core_->transport_options())) {}

BlockingCaller::~BlockingCaller() = default;
BlockingCaller::BlockingCaller(BlockingCaller&&) noexcept = default;
BlockingCaller& BlockingCaller::operator=(BlockingCaller&&) noexcept = default;

Result<HttpResponse> BlockingCaller::call_raw(const OperationInfo& info, const void* request) {
  using Clock = std::chrono::steady_clock;
  detail::Call call(*core_, info);
  auto next = call.start(request, Clock::now());
  while (next.what != detail::Call::Do::done) {
    if (next.what == detail::Call::Do::wait) {
      std::this_thread::sleep_for(next.wait);
      next = call.waited(Clock::now());
      continue;
    }
    const HttpRequest ready = call.take_request();
    HttpAnswer answer = transport_->perform(ready);  // first of all: the clock is read when it is there
    next = call.answered(std::move(answer), Clock::now());
  }
  return call.take_result();
}

Result<void> BlockingCaller::call(const OperationInfo& info, const void* request, void* response) {
  const auto answer = call_raw(info, request);
  if (!answer) return answer.error();
  if (auto decoded = decode_response(info, *answer, response); !decoded) {
    core_->counters().failed(decoded.error().category);
    return decoded;
  }
  if (response != nullptr) core_->learn(info, response);
  return {};
}

Result<void> BlockingCaller::check() { return core_->ready(); }
std::shared_ptr<AccountLimits> BlockingCaller::limits() const noexcept { return core_->limits(); }
RestStatistics BlockingCaller::statistics() const { return core_->counters().snapshot(); }

}  // namespace marginfix::rest
