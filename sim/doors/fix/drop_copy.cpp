#include "sim/doors/fix/drop_copy.hpp"

#include <boost/asio/post.hpp>
#include <limits>
#include <utility>

#include "sim/doors/fix/reasons.hpp"
#include "sim/doors/fix/reports.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"

namespace marginfix::sim {
namespace {

constexpr int kPortion = 500;                          // reports an I/O turn
constexpr std::size_t kAhead = std::size_t{64} << 10;  // bytes given to the link ahead of the client

}  // namespace

DropCopyDoor::DropCopyDoor(boost::asio::io_context& io, const Exchange& exchange, fixwire::Writer& writer, Send send, Queued queued)
    : io_(io), exchange_(exchange), writer_(writer), send_(std::move(send)), queued_(std::move(queued)) {}

void DropCopyDoor::reject(Subscriber subscriber, std::int64_t ref_seq, int reason, const std::string& text) {
  send_(subscriber, "U3", writer_.resend_reject(std::to_string(ref_seq), std::to_string(reason), text));
}

void DropCopyDoor::request(const Request& asked) {
  if (running_.contains(asked.subscriber)) {
    return reject(asked.subscriber, asked.ref_seq, kTooManyRequests, "The request before is not complete yet");
  }
  Running running{asked, 0, ++tickets_, false};
  // Reports that come while the range is on its way are not part of it.
  if (!running.request.end) {
    const auto last = views::last_exec_id(exchange_.state(), asked.account);
    running.request.end = last && *last >= asked.begin ? *last : asked.begin;
    // Nothing yet to send: let the window decide whether the begin is allowed.
    if (!last || *last < asked.begin) running.request.end.reset();
  }
  running_.emplace(asked.subscriber, running);
  portion(asked.subscriber, running.ticket);
}

void DropCopyDoor::portion(Subscriber subscriber, std::uint64_t ticket) {
  const auto found = running_.find(subscriber);
  if (found == running_.end() || found->second.ticket != ticket) return;
  Running& running = found->second;
  int count = 0;
  bool more = false;
  const std::int64_t ref = running.request.ref_seq;
  const auto give = [&](const ExecutionEvent& event) {
    if (count == kPortion || queued_(subscriber) >= kAhead) {
      more = true;
      running.request.begin = event.exec_id;
      return false;
    }
    ++count;
    const bool visible = !running.request.blind_until || *running.request.blind_until < event.exec_id;
    if (visible && wanted(event, running.request.options)) {
      fill_report(event, views::shard_of(exchange_.state(), event.symbol), running.request.options, report_);
      send_(subscriber, "8", writer_.execution_report(report_));
      ++running.sent;
    }
    return true;
  };
  HistoryStatus status{};
  try {
    status = views::history(exchange_.state(), running.request.account, running.request.begin, running.request.end, give);
  } catch (const Exception&) {
    running_.erase(found);
    return reject(subscriber, ref, kServerError, "The reports of this range cannot be read");
  }
  if (status == HistoryStatus::Complete && more) {
    running.waits = queued_(subscriber) >= kAhead;
    return running.waits ? void() : schedule(subscriber, ticket);
  }
  const std::int64_t sent = running.sent;
  running_.erase(found);
  if (status == HistoryStatus::BeginTooOld) {
    // Only before the first report: a range that has begun and then slid out of the window is the server's failure.
    return sent == 0 ? reject(subscriber, ref, kBeginTooSmall, "BeginExecID(21001) is more than 3 hours old")
                     : reject(subscriber, ref, kServerError, "The range left the 3 hour window while it was sent");
  }
  if (status == HistoryStatus::EndTooLarge) return reject(subscriber, ref, kEndTooLarge, "EndExecID(21002) was never given out");
  send_(subscriber, "U2", writer_.resend_complete(std::to_string(ref), std::to_string(sent)));
}

void DropCopyDoor::go_on(Subscriber subscriber) {
  const auto found = running_.find(subscriber);
  if (found == running_.end() || !std::exchange(found->second.waits, false)) return;
  schedule(subscriber, found->second.ticket);
}

void DropCopyDoor::schedule(Subscriber subscriber, std::uint64_t ticket) {
  boost::asio::post(io_, [this, subscriber, ticket] { portion(subscriber, ticket); });
}

}  // namespace marginfix::sim
