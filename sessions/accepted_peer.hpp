// One peer on one door of a FixAcceptor, and one connection to it. Internal. Thread: the io_context's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "marginfix/sessions/acceptor.hpp"
#include "marginfix/sessions/acceptor_faults.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "sessions/quickfix/session.hpp"
#include "sessions/quickfix/wire.hpp"
#include "sessions/transport/link.hpp"

namespace marginfix::sessions {

class AcceptedPeer;

// One accepted connection: before the Logon(A) it collects bytes, afterwards it passes them on to its peer's session.
class PeerConnection final : public transport::ConnectionEvents {
 public:
  struct Owner {  // the acceptor
    virtual ~Owner() = default;
    virtual void on_first_message(PeerConnection& connection, const wall::Frame& message) = 0;
    virtual void on_gone(PeerConnection& connection) = 0;  // may destroy the connection
    virtual void note(LogLevel level, const std::string& line) = 0;
    // The connection comes to nothing: `reason` is a sentence's rest, `first` what the peer has said.
    virtual void refused(PeerConnection& connection, LogLevel level, const std::string& reason, std::string_view first) = 0;
  };

  PeerConnection(boost::asio::io_context& io, Owner& owner, const AcceptorDoor& door, std::shared_ptr<transport::ByteConnection> link);
  ~PeerConnection() override;
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;

  void on_handshake(const std::function<void()>& go_on) override;
  void on_open() override;
  void on_received(const char* data, std::size_t size) override;
  bool on_writing() override;
  void on_drained() override;
  void on_closed(transport::CloseReason reason, const std::string& text) override;

  // The door that was reached; where several share a port the Logon may enter another one.
  const AcceptorDoor& door() const noexcept { return *door_; }
  void enter(const AcceptorDoor& door) noexcept { door_ = &door; }
  transport::ByteConnection& link() noexcept { return *link_; }
  AcceptedPeer* session() const noexcept { return session_; }
  void bind(AcceptedPeer* session) noexcept { session_ = session; }
  // False: the acceptor has no place for it.
  bool take_place(ConnectionTable& table);
  void prove(const std::string& key) { place_.prove(key); }
  void count();                                                                 // what waits in memory because of it, in and out
  void refuse(const std::string& bytes, std::chrono::milliseconds delay = {});  // sends and closes
  std::string take_received() { return std::exchange(received_, {}); }

 private:
  Owner& owner_;
  void scan_first();

  const AcceptorDoor* door_;
  std::shared_ptr<transport::ByteConnection> link_;
  boost::asio::io_context& io_;
  boost::asio::steady_timer logon_timer_;
  std::string received_;
  ConnectionPlace place_;
  bool first_seen_{false};
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
  AcceptedPeer* session_{nullptr};
};

class AcceptedPeer final : public AcceptorSession, private AcceptorFaults, private wall::SessionEvents, private wall::Link {
 public:
  // Throws what wall::make_session throws. `time` may be null.
  AcceptedPeer(boost::asio::io_context& io, const AcceptorDoor& door, std::string peer_comp_id, AcceptedSession made,
               AcceptorHandler& handler, std::shared_ptr<LogSink> log, const TimeSource* time);
  ~AcceptedPeer() override;
  AcceptedPeer(const AcceptedPeer&) = delete;
  AcceptedPeer& operator=(const AcceptedPeer&) = delete;

  void bind(PeerConnection& connection);  // and feeds what it has received; a former connection is reset
  void received(const char* data, std::size_t size);
  bool commit() { return wall_session_->commit(); }
  void writable();
  std::size_t waiting() const { return delayed_bytes_ + wall_session_->kept_bytes(); }  // besides what the link has
  void gone(const std::string& reason);                                                 // the connection has ended
  void tick();
  bool connected() const noexcept { return connection_ != nullptr && wall_session_->connected(); }
  void log_out_or_close(const std::string& text);

  const std::string& peer_comp_id() const override { return peer_comp_id_; }
  const AcceptorDoor& door() const override { return door_; }
  bool logged_on() const override { return wall_session_->logged_on(); }
  Result<std::int64_t> send(const std::string& msg_type, std::string_view body, const MessageHeader& header) override;
  Result<std::int64_t> reject(std::int64_t ref_seq_num, int ref_tag, const std::string& ref_msg_type, int reason,
                              const std::string& text) override;
  void probe() override { wall_session_->probe(); }
  void logout(const std::string& text) override;
  void drop() override;
  std::int64_t next_sender_seq() const override { return wall_session_->next_sender_seq(); }
  std::int64_t next_target_seq() const override { return wall_session_->next_target_seq(); }
  std::size_t queued() const override;  // wall::Link's too
  SessionStatistics statistics() const override;
  AcceptorFaults& faults() override { return *this; }

 private:
  void skip_sequence(int count) override;
  void set_silent(bool silent) override { silent_ = silent; }
  void set_delay(std::chrono::milliseconds delay) override { delay_ = delay; }

  struct Delayed {
    std::chrono::nanoseconds due;  // by time_
    std::string bytes;             // empty: close
  };

  // wall::Link: where silence and delay happen.
  void send(const char* data, std::size_t size) override;
  void close() override;
  void request_writable() override;
  void arm_delay();
  void release_delayed();

  bool sign_logon(const wall::LogonSigning& what, std::string* base64, std::string* error) override;
  void on_logon(const wall::InboundMessage& logon) override;
  void on_app(const wall::InboundMessage& message) override;
  void on_admin(const wall::InboundMessage& message) override;
  void on_sent(const char* data, std::size_t size) override;
  void on_outbound(const wall::OutboundMessage& message) override;
  void on_sequence_reset(bool by_logon) override;
  void on_gap(std::int64_t expected, std::int64_t received) override;
  void on_gap_filled() override {}
  void on_end(wall::EndCause cause, const std::string& text, int code) override;
  void on_event(const std::string& text) override;
  void on_notice(const std::string& text) override { log(LogLevel::warning, text); }

  Result<std::int64_t> number_of(const wall::SendOutcome& outcome) const;
  void report_logged_out(const std::string& reason);
  Timestamp wall_now() const;
  void log(LogLevel level, const std::string& line);
  void log_message(const char* direction, const char* data, std::size_t size);
  void guarded(const std::function<void()>& call);

  const AcceptorDoor& door_;
  std::string peer_comp_id_;
  AcceptorHandler& handler_;
  std::shared_ptr<LogSink> log_;
  std::unique_ptr<MessageStore> store_;
  PeerConnection* connection_{nullptr};
  boost::asio::steady_timer delay_timer_;
  const TimeSource& time_;  // the session's too
  std::deque<Delayed> delayed_;
  std::size_t delayed_bytes_{0};
  std::chrono::milliseconds delay_{0};
  bool silent_{false};
  bool reported_logged_on_{false};
  std::string_view first_;  // the Logon, while it is looked at
  SessionStatistics figures_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
  std::unique_ptr<wall::Session> wall_session_;  // last: destroyed first, it refers to the store
};

}  // namespace marginfix::sessions
