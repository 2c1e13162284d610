#include "bench/gateway/plain_client.hpp"

#include <atomic>
#include <chrono>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMostBytes = 1 << 20, kRecord = 16'384;

void add(std::string& to, int tag, std::string_view value) {
  to += std::to_string(tag);
  to += '=';
  to += value;
  to += '\x01';
}

std::string now_text() { return to_fix_utc(system_clock().now(), 3); }

}  // namespace

PlainClient::PlainClient(SSL_CTX& context, std::uint16_t port, const std::string& begin_string, const std::string& sender,
                         const std::string& target)
    : socket_(TlsSocket::connect(context, port)),
      composer_(begin_string, sender, target),
      framer_(kMostBytes, begin_string),
      begin_string_(begin_string),
      sender_(sender) {
  std::string body;
  add(body, 98, "0");
  add(body, 108, "600");  // it says nothing between its turns
  add(body, 141, "Y");
  if (begin_string == "FIXT.1.1") add(body, 1137, "9");
  send("A", body);
  read_until([this] { return logged_on_; });
}

PlainClient::~PlainClient() {
  send("5", {});
  read_until([this] { return logged_out_; });
}

void PlainClient::send(const char* msg_type, const std::string& body) {
  const std::string time = now_text();
  fix::FrameHeader header;
  header.msg_type = msg_type;
  header.msg_seq_num = ++seq_;
  header.sending_time = time;
  socket_.write(composer_.compose(header, body));
}

void PlainClient::append_order(std::string& out) {
  const std::string time = now_text();
  body_.clear();
  ++orders_;
  static std::atomic<std::uint64_t> ids{0};  // a client may come again
  add(body_, 11, "order-" + std::to_string(++ids));
  add(body_, 21, "1");
  add(body_, 38, "1");
  add(body_, 40, "2");
  add(body_, 44, "19.5000");
  add(body_, 54, "1");
  add(body_, 55, "KXBTCPERP");
  add(body_, 59, "1");
  add(body_, 60, time);
  fix::FrameHeader header;
  header.msg_type = "D";
  header.msg_seq_num = ++seq_;
  header.sending_time = time;
  out += composer_.compose(header, body_);
}

void PlainClient::take(const fix::Frame& frame) {
  if (frame.msg_type.is('A')) logged_on_ = true;
  if (frame.msg_type.is('5')) logged_out_ = true;
  if (frame.msg_type.is('3') || frame.msg_type.is('j')) give_up("refused: " + frame.bytes.text());
  if (frame.msg_type.is('1')) {
    std::string body;
    add(body, 112, frame.field(112));
    send("0", body);
  }
  if (!frame.msg_type.is('8')) return;
  const auto price = DollarDecimal::parse(std::string_view(frame.field(44)));
  const auto leaves = FixedPointCount::parse(std::string_view(frame.field(151)));
  if (!frame.field(39).is('0') || !price || !leaves || frame.field(11).empty()) give_up("no New report: " + frame.bytes.text());
  checked_ += leaves->units() + price->units();
  ++acknowledged_;
}

void PlainClient::read_until(const std::function<bool()>& enough) {
  while (!enough()) {
    if (!socket_.read(in_)) {
      if (seq_ > 0 && !logged_on_) give_up(sender_ + " cannot log on");
      logged_out_ = true;
      return;
    }
    std::size_t used = 0;
    fix::Frame frame;
    for (;;) {
      const fix::Scan scan = framer_.scan(in_.data() + used, in_.size() - used, &frame);
      if (scan.kind == fix::Scan::Kind::need_more) break;
      if (scan.kind != fix::Scan::Kind::message) give_up("garbled: " + scan.text);
      take(frame);
      used += scan.length;
    }
    in_.erase(0, used);
  }
}

std::vector<double> PlainClient::round_trips(int count) {
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(count));
  std::string out;
  for (int i = 0; i < count; ++i) {
    const auto began = SteadyClock::now();
    out.clear();
    append_order(out);
    socket_.write(out);
    const std::int64_t wanted = orders_;
    read_until([this, wanted] { return acknowledged_ == wanted || logged_out_; });
    times.push_back(std::chrono::duration<double, std::micro>(SteadyClock::now() - began).count());
  }
  if (acknowledged_ != orders_) give_up(sender_ + " was cut off");
  return times;
}

void PlainClient::burst(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    append_order(out);
    if (out.size() < kRecord - 512 && i + 1 < count) continue;
    socket_.write(out);
    out.clear();
  }
  const std::int64_t wanted = orders_;
  read_until([this, wanted] { return acknowledged_ == wanted || logged_out_; });
  if (acknowledged_ != orders_) give_up(sender_ + " was cut off");
}

}  // namespace marginfix::bench
