#include "bench/gateway/neutral_acceptor.hpp"

#include <atomic>
#include <cstdio>
#include <optional>

#include "marginfix/core/time.hpp"
#include "marginfix/fix/frame.hpp"

namespace marginfix::bench {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr char kSoh = '\x01';

void add(std::string& to, std::string_view tag, std::string_view value) {
  to += tag;
  to += '=';
  to += value;
  to += kSoh;
}

// One connection: numbers of its own, the names of its Logon.
class Connection {
 public:
  explicit Connection(TlsSocket socket) : socket_(std::move(socket)) {}

  void run() {
    std::string in, out;
    while (!over_ && socket_.read(in)) {
      std::size_t used = 0;
      fix::Frame frame;
      for (;;) {
        const fix::Scan scan = framer_.scan(in.data() + used, in.size() - used, &frame);
        if (scan.kind == fix::Scan::Kind::need_more) break;
        if (scan.kind == fix::Scan::Kind::broken) return;
        if (scan.kind == fix::Scan::Kind::message) answer(frame, out);
        used += scan.length;
      }
      in.erase(0, used);
      socket_.write(out);
      out.clear();
    }
  }

 private:
  void answer(const fix::Frame& frame, std::string& out) {
    body_.clear();
    if (frame.msg_type.is('D')) return report(frame, out);
    if (frame.msg_type.is('A')) {
      composer_.emplace("FIXT.1.1", frame.target_comp_id, frame.sender_comp_id);
      add(body_, "98", "0");
      add(body_, "108", frame.field(108));
      if (frame.field(141).is('Y')) add(body_, "141", "Y");
      add(body_, "1137", "9");
      return emit("A", out);
    }
    if (frame.msg_type.is('1')) {
      add(body_, "112", frame.field(112));
      return emit("0", out);
    }
    over_ = frame.msg_type.is('5');
    if (over_) emit("5", out);
  }

  void report(const fix::Frame& frame, std::string& out) {
    static std::atomic<unsigned long> orders{0};
    const unsigned long number = ++orders;
    char order_id[40], exec_id[24];
    std::snprintf(order_id, sizeof order_id, "aaaaaaaa-bbbb-cccc-dddd-%012lx", number);
    std::snprintf(exec_id, sizeof exec_id, "%lu;1", 4'000'000'000UL + number);
    const std::string_view quantity = frame.field(38);
    add(body_, "6", "0.0000");
    add(body_, "11", frame.field(11));
    add(body_, "14", "0.00");
    add(body_, "17", exec_id);
    add(body_, "37", order_id);
    add(body_, "38", quantity);
    add(body_, "39", "0");
    add(body_, "44", frame.field(44));
    add(body_, "54", frame.field(54));
    add(body_, "55", frame.field(55));
    add(body_, "60", now());
    add(body_, "150", "0");
    add(body_, "151", quantity);
    emit("8", out);
  }

  static std::string now() { return to_fix_utc(system_clock().now(), 3); }
  void emit(const char* msg_type, std::string& out) {
    const std::string time = now();
    fix::FrameHeader header;
    header.msg_type = msg_type;
    header.msg_seq_num = ++seq_;
    header.sending_time = time;
    out += composer_->compose(header, body_);
  }

  TlsSocket socket_;
  fix::Framer framer_{kMostBytes};
  std::optional<fix::Composer> composer_;
  std::string body_;
  std::int64_t seq_{0};
  bool over_{false};
};

}  // namespace

NeutralAcceptor::NeutralAcceptor(const std::string& certificate_file, const std::string& private_key_file)
    : context_(server_context(certificate_file, private_key_file)), thread_([this] { accept_all(); }) {}

NeutralAcceptor::~NeutralAcceptor() {
  listener_.close();
  thread_.join();
}

void NeutralAcceptor::accept_all() {
  std::list<std::thread> connections;
  for (int accepted = 0; (accepted = listener_.accept()) >= 0;)
    connections.emplace_back([this, accepted] { Connection(TlsSocket::accept(*context_, accepted)).run(); });
  for (std::thread& each : connections) each.join();
}

}  // namespace marginfix::bench
