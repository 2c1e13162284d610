// An acceptor of one's own clients: FIX.4.4 with numbers that are kept, orders and reports as tables of one's own. The client at the end
// stands for an OMS; it is written with the frame codec, so that the example needs nothing else.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <iostream>
#include <string>
#include <thread>

#include "marginfix/core/text.hpp"
#include "marginfix/fix/define.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/sessions/acceptor.hpp"

namespace asio = boost::asio;
using namespace marginfix;

// ---- messages -----------------------------------------------------------------------------------------------------------
// What this gateway reads of NewOrderSingle(D), and writes as ExecutionReport(8). The rest of a message stays in `unknown`.
struct ClientOrder {
  static constexpr std::string_view kMsgType = "D";
  fix::StandardHeader header;
  std::optional<std::string_view> account;
  std::string_view cl_ord_id;
  FixedPointCount order_qty;
  char ord_type{};
  std::optional<DollarDecimal> price;
  char side{};
  std::string_view symbol;
  fix::UnknownFields unknown;
};
struct ClientReport {
  static constexpr std::string_view kMsgType = "8";
  fix::StandardHeader header;
  std::string_view cl_ord_id, exec_id, order_id, symbol;
  char exec_type{}, ord_status{}, side{};
  FixedPointCount cum_qty, leaves_qty;
  DollarDecimal avg_px;
  std::optional<std::string_view> text;
  fix::UnknownFields unknown;
};

template <>
struct marginfix::fix::MessageTable<ClientOrder> {
  using M = ClientOrder;
  static constexpr std::string_view kName = "NewOrderSingle";
  static constexpr std::tuple kFields{optional(1, "Account", &M::account),
                                      required(11, "ClOrdID", &M::cl_ord_id).max_length(64),
                                      required(38, "OrderQty", &M::order_qty).whole(),
                                      required(40, "OrdType", &M::ord_type),
                                      optional(44, "Price", &M::price),
                                      required(54, "Side", &M::side),
                                      required(55, "Symbol", &M::symbol)};
};
template <>
struct marginfix::fix::MessageTable<ClientReport> {
  using M = ClientReport;
  static constexpr std::string_view kName = "ExecutionReport";
  static constexpr std::tuple kFields{
      required(6, "AvgPx", &M::avg_px),         required(11, "ClOrdID", &M::cl_ord_id),    required(14, "CumQty", &M::cum_qty),
      required(17, "ExecID", &M::exec_id),      required(37, "OrderID", &M::order_id),     required(39, "OrdStatus", &M::ord_status),
      required(54, "Side", &M::side),           required(55, "Symbol", &M::symbol),        optional(58, "Text", &M::text),
      required(150, "ExecType", &M::exec_type), required(151, "LeavesQty", &M::leaves_qty)};
};

// A message without a table, field by field; the cursor knows the lengths of data fields.
void print_fields(std::string_view message) {
  fix::FieldCursor fields(message);
  fix::FrameField field;
  while (fields.next(&field)) std::cout << field.tag << '=' << visible(field.value.text()) << '\n';
}

// ---- the gateway ----------------------------------------------------------------------------------------------------------
class Gateway final : public AcceptorHandler {
 public:
  LogonDecision on_logon_request(const AcceptorDoor&, const LogonRequest& request) override {
    // Whatever the Logon carries: request.frame->field(553) is its Username. With client_ca_file also request.certificate.
    if (request.sender_comp_id != "OMS") return {LogonDecision::Kind::logout, "no such client", 0, 0};
    if (request.session_connected) return {LogonDecision::Kind::close, "already connected"};  // numbers are kept: no Logout to count
    return {};
  }
  AcceptedSession on_new_session(const AcceptorDoor&, const std::string&) override {
    AcceptedSession made;
    made.store = make_memory_store();  // open_file_store() for numbers that outlive the process
    return made;
  }
  void on_logged_on(AcceptorSession& session, std::string_view) override { std::cout << session.peer_comp_id() << " logged on\n"; }
  void on_logged_out(AcceptorSession& session, const std::string& reason) override {
    std::cout << session.peer_comp_id() << " logged out: " << reason << '\n';
  }

  void on_message(AcceptorSession& session, const AcceptorMessage& message) override {
    if (message.msg_type != ClientOrder::kMsgType) {
      print_fields(message.raw);
      session.send("j", "372=" + std::string(message.msg_type) + "\x01" + "380=3\x01").value();  // unsupported message type
      return;
    }
    if (auto read = fix::decode(*message.frame, order_, findings_); !read) return reject(session, message, read.error().tag, read.error());
    for (const fix::Finding& finding : findings_) {
      if (finding.kind != fix::FindingKind::unknown_tag)
        return reject(session, message, finding.tag, fail(ErrorCategory::decode, fix::describe_in<ClientOrder>(finding)));
    }
    report(session);
  }
  // The client refused something of ours: somebody must look.
  void on_session_message(AcceptorSession&, const AcceptorMessage& message) override {
    if (message.msg_type == "3") std::cout << "refused by the client: " << fix::to_pipe_form(message.raw) << '\n';
  }
  void on_sent(AcceptorSession&, const AcceptorMessage& message) override { std::cout << "> " << fix::to_pipe_form(message.raw) << '\n'; }

 private:
  static void reject(AcceptorSession& session, const AcceptorMessage& message, std::int32_t tag, const Error& why) {
    constexpr int kValueIncorrect = 5;
    session.reject(message.seq, tag, std::string(message.msg_type), kValueIncorrect, why.message).value();
  }

  void report(AcceptorSession& session) {
    ClientReport report;
    report.cl_ord_id = order_.cl_ord_id;
    report.exec_id = "1";
    report.order_id = "o-1";
    report.symbol = order_.symbol;
    report.side = order_.side;
    report.exec_type = report.ord_status = '0';
    report.leaves_qty = order_.order_qty;
    MessageHeader header;
    if (order_.header.sender_sub_id) header.target_sub_id = *order_.header.sender_sub_id;  // back to whom it came from
    body_.clear();
    fix::encode_body(report, body_).value();
    session.send("8", body_.view(), header).value();
  }

  ClientOrder order_;
  fix::Findings findings_;
  fix::Buffer body_;
};

// ---- a client ---------------------------------------------------------------------------------------------------------------
class Oms {
 public:
  explicit Oms(std::uint16_t port) : socket_(io_) { socket_.connect({asio::ip::make_address("127.0.0.1"), port}); }

  void send(const char* msg_type, const std::string& fields, const char* sender_sub_id = "") {
    fix::FrameHeader header;
    header.msg_type = msg_type;
    header.msg_seq_num = ++seq_;
    header.sending_time = "20261130-13:00:00.000";
    header.sender_sub_id = sender_sub_id;
    asio::write(socket_, asio::buffer(composer_.compose(header, fix::from_pipe_form(fields))));
  }
  // The next whole message, in pipe form.
  std::string receive() {
    fix::Frame frame;
    for (;;) {
      const fix::Scan scan =
          stream_.empty() ? fix::Scan{fix::Scan::Kind::need_more, 0, {}} : framer_.scan(stream_.data(), stream_.size(), &frame);
      if (scan.kind == fix::Scan::Kind::broken) return scan.text;
      if (scan.kind == fix::Scan::Kind::need_more) {
        char bytes[1024];
        stream_.append(bytes, socket_.read_some(asio::buffer(bytes)));
        continue;
      }
      const std::string message = fix::to_pipe_form(std::string_view(stream_).substr(0, scan.length));
      stream_.erase(0, scan.length);
      if (scan.kind == fix::Scan::Kind::message) return message;
    }
  }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  fix::Composer composer_{"FIX.4.4", "OMS", "GATE"};
  fix::Framer framer_{std::size_t{1} << 20, "FIX.4.4"};
  std::string stream_;
  std::int64_t seq_{0};
};

int main() {
  asio::io_context io;
  Gateway gateway;
  FixAcceptor acceptor(io, gateway);

  AcceptorDoor door;
  door.comp_id = "GATE";
  door.begin_string = "FIX.4.4";
  door.sequence = SequencePolicy::reset_on_request;
  door.daily_reset = std::chrono::hours(22);  // UTC
  door.least_heartbeat = std::chrono::seconds(5);
  door.most_heartbeat = std::chrono::seconds(60);
  door.tls = false;  // on loopback; elsewhere certificate_file, private_key_file and, for clients' certificates, client_ca_file
  const std::uint16_t port = acceptor.open(door).value();

  std::thread gateway_thread([&io] { io.run(); });
  std::string answer, refusal, unsupported;
  try {
    Oms oms(port);
    oms.send("A", "98=0|108=30|");
    oms.receive();
    oms.send("D", "11=a-1|38=10|40=2|44=6.25|54=1|55=BTC-PERP|", "desk-7");
    answer = oms.receive();
    oms.send("D", "11=a-2|38=ten|40=2|44=6.25|54=1|55=BTC-PERP|");
    refusal = oms.receive();
    oms.send("V", "262=1|263=1|264=1|");  // market data is not this gateway's
    unsupported = oms.receive();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  std::promise<void> stopped;
  asio::post(io, [&] { acceptor.stop("end of the example", [&] { stopped.set_value(); }); });
  stopped.get_future().wait();
  io.stop();
  gateway_thread.join();
  std::cout << answer << '\n' << refusal << '\n';
  const bool good = answer.find("|57=desk-7|") != std::string::npos && answer.find("|11=a-1|") != std::string::npos &&
                    refusal.find("|371=38|") != std::string::npos && unsupported.find("|380=3|") != std::string::npos;
  return good ? 0 : 1;
}
