// One client's WebSocket, by Beast.
#include "sim/doors/ws/connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <utility>

#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/http/handover.hpp"
#include "sim/doors/ws/batched_stream.hpp"

namespace marginfix::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;

// A smaller frame fits into one packet as it is: compressing it would cost some 12 us for each subscriber and spare no packet.
constexpr std::size_t kWorthCompressing = 1400;
// What a buffer may keep when it is empty.
constexpr std::size_t kKeptBuffer = std::size_t{64} << 10;

class BeastConnection final : public WsConnection, public std::enable_shared_from_this<BeastConnection> {
 public:
  BeastConnection(asio::io_context& io, HttpHandover& handover, const WsLimits& limits, WsConnectionEvents events)
      : io_(io),
        limits_(limits),
        events_(std::move(events)),
        place_(std::move(handover.place)),
        stream_(std::move(handover.stream)),
        ws_(stream_),
        request_(std::move(handover.request)),
        heartbeat_(io),
        stuck_(io),
        unfinished_(io),
        later_(io) {}

  void start() {
    place_.on_close([this, weak = weak_from_this()] {
      asio::post(io_, [weak] {
        if (const auto self = weak.lock()) self->cut();
      });
    });
    ws_.set_option(websocket::stream_base::timeout{std::chrono::seconds(10), websocket::stream_base::none(), false});
    websocket::permessage_deflate deflate;
    deflate.server_enable = true;
    deflate.msg_size_threshold = kWorthCompressing;
    ws_.set_option(deflate);
    ws_.read_message_max(limits_.command_bytes);
    ws_.async_accept(request_, [self = shared_from_this()](error_code error) {
      if (self->gone_) return;
      if (error) return self->cut();
      self->open_ = true;
      self->events_.opened();
      self->beat();
      self->read();
    });
  }

  void send(std::string text) override {
    if (gone_ || ending_ || overflow_due_) return;
    waiting_bytes_ += text.size();
    if (waiting_bytes_ > limits_.queued_bytes && !overflowing_) return overflow();
    outgoing_.push_back({std::move(text), std::chrono::steady_clock::now() + delay_, overflowing_});
    count();
    pump();
  }

  void end(std::uint16_t code, const std::string& reason) override {
    if (gone_ || ending_) return;
    ending_ = true;
    end_code_ = code;
    end_reason_ = reason;
    stuck_.expires_after(std::chrono::seconds(2));
    stuck_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->cut();
    });
    if (!writing_) say_goodbye();
  }

  void cut() override {
    if (std::exchange(gone_, true)) return;
    place_.leave();
    for (asio::steady_timer* timer : {&heartbeat_, &stuck_, &unfinished_, &later_}) timer->cancel();
    error_code ignored;
    stream_.socket().close(ignored);
    if (events_.gone) events_.gone();
    events_ = {};
  }

  // A pending read would still answer pings: it is taken back.
  void stall() override {
    stalled_ = true;
    error_code ignored;
    stream_.socket().cancel(ignored);
    if (!ending_) stuck_.cancel();
    unfinished_.cancel();
  }

  // The first bytes of a text frame that promises more than ever comes.
  void cut_in_frame() override {
    static constexpr char kHalf[] = "\x81\x7e\x10\x00{\"type\":\"ticker\",\"sid\":1,\"msg\":{\"market_ti";
    if (gone_ || writing_ || pinging_) return cut();
    asio::async_write(static_cast<HttpStream&>(stream_), asio::buffer(kHalf, sizeof kHalf - 1),
                      [self = shared_from_this()](error_code, std::size_t) { self->cut(); });
  }

  void delay(std::chrono::milliseconds by) override { delay_ = by; }

 private:
  struct Outgoing {
    std::string text;
    SteadyTime due;
    bool last_word{false};  // says that the rest was thrown away: never thrown away itself
  };

  void count() { place_.hold(waiting_bytes_ + stream_.waiting() + buffer_.capacity()); }

  // ---- in
  void read() {
    ws_.async_read_some(buffer_, 0, [self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone_ || self->stalled_) return;
      if (error) return self->cut();
      self->on_read();
    });
  }

  // A message may come in any number of frames, and any of them may never be finished.
  void on_read() {
    count();
    if (gone_) return;
    if (!ws_.is_message_done()) {
      if (!std::exchange(in_message_, true)) limit_message();
      return read();
    }
    if (std::exchange(in_message_, false)) unfinished_.cancel();
    place_.active();
    place_.take_turn(io_.get_executor(), [self = shared_from_this()] { self->on_command(); });
  }

  void limit_message() {
    unfinished_.expires_after(limits_.unfinished);
    unfinished_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->gone_ || !self->in_message_) return;
      self->end(1008, "a message that was begun was not finished in " + std::to_string(self->limits_.unfinished.count()) + " ms");
    });
  }

  void on_command() {
    if (gone_ || stalled_) return;
    const auto bytes = buffer_.cdata();
    events_.text({static_cast<const char*>(bytes.data()), bytes.size()});
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
    if (gone_ || stalled_) return;
    count();
    read();
  }

  // ---- out
  // What waits is thrown away but for the frame that is being written; the errors that say so get in. The protocol is told later: it
  // may be walking this very client's subscriptions.
  void overflow() {
    overflow_due_ = true;
    const auto goes = [](const Outgoing& o) { return !o.last_word; };
    outgoing_.erase(std::remove_if(outgoing_.begin() + (writing_ ? 1 : 0), outgoing_.end(), goes), outgoing_.end());
    waiting_bytes_ = 0;
    for (const Outgoing& o : outgoing_) waiting_bytes_ += o.text.size();
    count();
    asio::post(io_, [self = shared_from_this()] { self->tell_overflow(); });
  }

  void tell_overflow() {
    overflow_due_ = false;
    if (gone_ || ending_) return;
    overflowing_ = true;
    events_.overflowed();
    overflowing_ = false;
  }

  void pump() {
    if (!open_ || writing_ || outgoing_.empty() || gone_ || stalled_) return;
    writing_ = true;  // from now on: what this turn adds leaves with it, and after the journal
    asio::post(io_, [self = shared_from_this()] { self->write(); });
  }

  void write() {
    if (gone_) return;
    if (stalled_) {
      writing_ = false;
      return;
    }
    const SteadyTime now = std::chrono::steady_clock::now();
    if (outgoing_.front().due > now) return wait_until_due();
    stream_.more_to_come(!ending_ && outgoing_.size() > 1 && outgoing_[1].due <= now);
    if (!ending_) watch_progress(now);
    in_write_ = true;
    ws_.text(true);
    ws_.async_write(asio::buffer(outgoing_.front().text), [self = shared_from_this()](error_code error, std::size_t) {
      self->in_write_ = false;
      if (self->gone_ || self->stalled_) return;
      if (error) return self->cut();
      self->on_written();
    });
  }

  void wait_until_due() {
    stream_.flush([self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone_) return;
      if (error) return self->cut();
      if (self->ending_) return self->say_goodbye();
      self->later_.expires_at(self->outgoing_.front().due);
      self->later_.async_wait([self](error_code stopped) {
        if (!stopped) self->write();
      });
    });
  }

  void on_written() {
    waiting_bytes_ -= std::min(waiting_bytes_, outgoing_.front().text.size());
    outgoing_.pop_front();
    place_.active();
    count();
    if (gone_) return;
    if (ending_) return say_goodbye();
    if (!outgoing_.empty()) return write();
    // Nothing waits in the stream but after an overflow, which took away what was to come.
    stream_.flush([self = shared_from_this()](error_code error, std::size_t) {
      if (self->gone_) return;
      if (error) return self->cut();
      if (self->ending_) return self->say_goodbye();
      self->writing_ = false;
      self->pump();
    });
  }

  void say_goodbye() {
    if (!open_) return cut();
    writing_ = true;
    stream_.more_to_come(false);
    websocket::close_reason why(static_cast<websocket::close_code>(end_code_));
    why.reason.assign(end_reason_.data(), std::min<std::size_t>(end_reason_.size(), 120));
    ws_.async_close(why, [self = shared_from_this()](error_code) { self->cut(); });
  }

  // One timer for many writes: it looks when the last one began.
  void watch_progress(SteadyTime now) {
    write_began_ = now;
    if (!std::exchange(watching_, true)) look_again(now + limits_.stuck);
  }

  void look_again(SteadyTime when) {
    stuck_.expires_at(when);
    stuck_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->gone_ || self->ending_ || self->stalled_) return;
      const SteadyTime stuck_at = self->write_began_ + self->limits_.stuck;
      if (!self->in_write_) {
        self->watching_ = false;
      } else if (stuck_at <= std::chrono::steady_clock::now()) {
        self->cut();
      } else {
        self->look_again(stuck_at);
      }
    });
  }

  void beat() {
    heartbeat_.expires_after(limits_.heartbeat);
    heartbeat_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->gone_ || self->ending_) return;
      if (!self->stalled_ && !std::exchange(self->pinging_, true)) {
        self->ws_.async_ping("heartbeat", [self](error_code) { self->pinging_ = false; });
      }
      self->beat();
    });
  }

  asio::io_context& io_;
  const WsLimits limits_;
  WsConnectionEvents events_;
  ConnectionPlace place_;
  BatchedStream stream_;
  websocket::stream<HttpStream&> ws_;
  beast::http::request<beast::http::string_body> request_;
  beast::flat_buffer buffer_;
  asio::steady_timer heartbeat_, stuck_, unfinished_, later_;
  std::deque<Outgoing> outgoing_;
  std::size_t waiting_bytes_{0};
  std::chrono::milliseconds delay_{0};
  SteadyTime write_began_{};
  std::uint16_t end_code_{1000};
  std::string end_reason_;
  bool open_{false}, writing_{false}, ending_{false}, gone_{false}, pinging_{false}, overflowing_{false}, stalled_{false};
  bool in_message_{false}, in_write_{false}, watching_{false};
  bool overflow_due_{false};  // nothing more is taken until the protocol has been told
};

}  // namespace

std::shared_ptr<WsConnection> WsConnection::open(asio::io_context& io, HttpHandover& handover, const WsLimits& limits,
                                                 WsConnectionEvents events) {
  auto connection = std::make_shared<BeastConnection>(io, handover, limits, std::move(events));
  connection->start();
  return connection;
}

}  // namespace marginfix::sim
