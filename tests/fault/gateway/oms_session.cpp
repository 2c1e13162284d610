#include "fault/gateway/oms_session.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "marginfix/core/time.hpp"

namespace marginfix::gateway::fault {
namespace {

using namespace std::chrono_literals;

constexpr auto kLogonWait = 10s, kAskAgain = 5s;
constexpr std::size_t kMostRead = 65'536;

MonotonicTime now() { return std::chrono::steady_clock::now(); }
std::string sending_time() { return to_fix_utc(system_clock().now(), 3); }
std::int64_t number(const std::string& text) { return std::strtoll(text.c_str(), nullptr, 10); }
bool is_admin(const std::string& type) { return type.size() == 1 && std::string("012345A").find(type) != std::string::npos; }

int connected_socket(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return -1;
  }
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

}  // namespace

OmsSession::OmsSession(OmsIdentity identity, OnMessage on_message) : identity_(std::move(identity)), on_message_(std::move(on_message)) {}
OmsSession::~OmsSession() { hang_up(); }

const OmsDictionaries& OmsSession::dictionaries() {
  static const OmsDictionaries loaded;
  return loaded;
}

void OmsSession::fault(const std::string& what) { faults_.push_back(identity_.comp_id + ": " + what); }

// ---- connections ----------------------------------------------------------------------------------------------------------------------
bool OmsSession::connect(std::uint16_t port, bool reset) {
  hang_up();
  fd_ = connected_socket(port);
  if (fd_ < 0) return false;
  said_ = heard_ = progress_ = now();
  resetting_ = resetting_ || reset;
  if (resetting_) {
    next_out_ = next_in_ = 1;
    sent_.clear();
  }
  Fields logon{{98, "0"}, {108, std::to_string(identity_.heartbeat.count())}, {141, resetting_ ? "Y" : "N"}};
  if (identity_.version == FixVersion::fix50sp2) logon.push_back({1137, "9"});
  send_admin("A", logon);
  return true;
}

void OmsSession::lost() {
  ::close(std::exchange(fd_, -1));
  logged_on_ = logging_out_ = tested_ = false;
  stream_.clear();
  unsent_.clear();
  early_.clear();
  asked_up_to_ = 0;
}

void OmsSession::hang_up() {
  if (fd_ >= 0) lost();
}

void OmsSession::tear() {
  if (fd_ < 0) return;
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  lost();
}

void OmsSession::send_half_and_tear(const std::string& type, const Fields& body) {
  if (!logged_on_ || !unsent_.empty()) return tear();
  const std::string time = sending_time();
  const std::string whole = compose(type, next_out_, {}, body);
  sent_[next_out_++] = {type, body, time, false};
  put(whole.substr(0, whole.size() / 2));
  hang_up();
}

void OmsSession::log_out() {
  if (!logged_on_) return;
  logging_out_ = true;
  send_admin("5", {});
}

// ---- out ------------------------------------------------------------------------------------------------------------------------------
std::string OmsSession::compose(const std::string& type, std::int64_t seq, const Fields& more, const Fields& body) const {
  Fields fields{{35, type}, {34, std::to_string(seq)}, {49, identity_.comp_id}, {56, kGatewayCompId}};
  if (script::find(more, 52) == nullptr) fields.push_back({52, sending_time()});
  fields.insert(fields.end(), more.begin(), more.end());
  fields.insert(fields.end(), body.begin(), body.end());
  return script::compose(begin_string(identity_.version), fields);
}

void OmsSession::put(const std::string& bytes) {
  said_ = now();
  unsent_ += bytes;
  on_writable();
}

void OmsSession::send_admin(const std::string& type, const Fields& body) { put(compose(type, next_out_++, {}, body)); }

void OmsSession::send(const std::string& type, const Fields& body, bool poss_resend) {
  const std::int64_t seq = next_out_++;
  sent_[seq] = {type, body, sending_time(), poss_resend};
  Fields more;
  if (poss_resend) more.push_back({97, "Y"});
  if (logged_on_) put(compose(type, seq, more, body));
}

void OmsSession::send_test_request(const std::string& id) { send_admin("1", {{112, id}}); }

void OmsSession::on_writable() {
  while (fd_ >= 0 && !unsent_.empty()) {
    const ssize_t n = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n < 0) return lost();
    unsent_.erase(0, static_cast<std::size_t>(n));
  }
}

// Application messages again, session messages as a gap.
void OmsSession::answer_resend(std::int64_t begin, std::int64_t end) {
  const std::int64_t last = end == 0 ? next_out_ - 1 : std::min(end, next_out_ - 1);
  std::int64_t gap = begin;
  for (auto at = sent_.lower_bound(begin); at != sent_.end() && at->first <= last; ++at) {
    const Kept& kept = at->second;
    const bool again = resends_orders_ && (kept.type == "D" || kept.type == "G" || kept.type == "F");
    if (!again) continue;
    if (gap < at->first) fill(gap, at->first);
    Fields more{{43, "Y"}, {122, kept.sending_time}};
    if (kept.poss_resend) more.push_back({97, "Y"});
    put(compose(kept.type, at->first, more, kept.body));
    gap = at->first + 1;
  }
  if (gap <= last) fill(gap, last + 1);
}

void OmsSession::fill(std::int64_t from, std::int64_t to) {
  const std::string time = sending_time();
  put(compose("4", from, {{43, "Y"}, {52, time}, {122, time}}, {{123, "Y"}, {36, std::to_string(to)}}));
}

// ---- in -------------------------------------------------------------------------------------------------------------------------------
void OmsSession::on_readable() {
  char piece[kMostRead];
  const ssize_t n = ::recv(fd_, piece, sizeof piece, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return lost();
  heard_ = now();
  tested_ = false;
  stream_.append(piece, static_cast<std::size_t>(n));
  for (std::string wire = script::take_message(stream_); !wire.empty(); wire = script::take_message(stream_)) {
    take(wire);
    if (fd_ < 0) return;
  }
}

void OmsSession::take(const std::string& wire) {
  Received message;
  message.fields = script::parse_wire(wire);
  message.type = message.get(35);
  message.poss_dup = message.get(43) == "Y";
  message.poss_resend = message.get(97) == "Y";
  if (const std::string wrong = dictionaries().complaint(identity_.version, wire); !wrong.empty())
    fault("its engine would refuse: " + wrong + " in " + script::to_pipes(wire));
  const std::int64_t seq = number(message.get(34));
  if (message.type == "A") return take_logon(message, seq);
  if (take_out_of_turn(message, seq)) return;
  if (seq > next_in_) return take_early(message, seq);
  if (seq < next_in_) {
    if (message.poss_dup) return;
    fault("number " + std::to_string(seq) + " came again, " + std::to_string(next_in_) + " was due: " + script::to_pipes(wire));
    return tear();
  }
  take_in_turn(message, seq);
  drain_early();
}

void OmsSession::take_logon(const Received& message, std::int64_t seq) {
  logged_on_ = true;
  resetting_ = false;
  ++logons_;
  if (seq > next_in_) {
    asked_up_to_ = seq;
    return ask_again_from_here();
  }
  if (seq < next_in_) {
    fault("the Logon has number " + std::to_string(seq) + ", " + std::to_string(next_in_) +
          " was due: " + script::to_pipes(message.fields));
    return tear();
  }
  ++next_in_;
}

// What counts whatever its number: a request for a resend, a reset, the end.
bool OmsSession::take_out_of_turn(const Received& message, std::int64_t seq) {
  if (message.type == "4" && message.get(123) != "Y") {
    next_in_ = number(message.get(36));
    return true;
  }
  if (message.type == "2" && seq > next_in_) {
    answer_resend(number(message.get(7)), number(message.get(16)));
    take_early(message, seq);
    return true;
  }
  if (message.type != "5") return false;
  last_logout_ = message.get(58);
  if (logged_on_ && seq == next_in_) ++next_in_;
  if (!logging_out_) send_admin("5", {});
  hang_up();
  return true;
}

void OmsSession::take_early(const Received& message, std::int64_t seq) {
  early_.emplace(seq, message);
  if (asked_up_to_ >= next_in_) return;
  asked_up_to_ = seq;
  ask_again_from_here();
}

void OmsSession::ask_again_from_here() {
  progress_ = now();
  send_admin("2", {{7, std::to_string(next_in_)}, {16, "0"}});
}

void OmsSession::take_in_turn(const Received& message, std::int64_t seq) {
  progress_ = now();
  if (message.poss_dup) ++resends_;
  next_in_ = seq + 1;
  if (message.type == "4") next_in_ = std::max(next_in_, number(message.get(36)));
  act_on(message);
}

void OmsSession::act_on(const Received& message) {
  if (message.type == "1") return send_admin("0", {{112, message.get(112)}});
  if (message.type == "0" && !message.get(112).empty()) answered_ = message.get(112);
  if (message.type == "2" && !early_.contains(next_in_ - 1)) answer_resend(number(message.get(7)), number(message.get(16)));
  if (message.type == "3") fault("Reject(3): " + script::to_pipes(message.fields));
  if (!is_admin(message.type)) on_message_(message);
}

// What came above the gap, once it is closed.
void OmsSession::drain_early() {
  while (fd_ >= 0 && !early_.empty()) {
    const auto next = early_.begin();
    if (next->first > next_in_) break;
    const bool due = next->first == next_in_;
    if (due) take_in_turn(next->second, next->first);
    if (fd_ >= 0) early_.erase(next);
  }
  if (fd_ >= 0 && !early_.empty() && asked_up_to_ < next_in_) {
    asked_up_to_ = early_.rbegin()->first;
    ask_again_from_here();
  }
}

// ---- time -----------------------------------------------------------------------------------------------------------------------------
void OmsSession::on_time(MonotonicTime at) {
  if (fd_ < 0) return;
  if (!logged_on_) {
    if (at - said_ > kLogonWait) tear();
    return;
  }
  if (reads_nothing_) heard_ = at;
  if (at - said_ >= identity_.heartbeat) send_admin("0", {});
  if (fd_ >= 0 && asked_up_to_ >= next_in_ && at - progress_ > kAskAgain) ask_again_from_here();
  if (fd_ < 0) return;
  if (!tested_ && at - heard_ >= identity_.heartbeat * 6 / 5) {
    tested_ = true;
    send_test_request("are you there");
  }
  if (fd_ >= 0 && at - heard_ >= identity_.heartbeat * 12 / 5) tear();
}

void wait_for_traffic(std::span<OmsSession* const> sessions, std::chrono::milliseconds limit) {
  std::vector<pollfd> fds;
  for (OmsSession* each : sessions) {
    const auto events = static_cast<short>((each->wants_to_read() ? POLLIN : 0) | (each->wants_to_write() ? POLLOUT : 0));
    fds.push_back({each->fd(), events, 0});
  }
  ::poll(fds.data(), fds.size(), static_cast<int>(limit.count()));
  for (std::size_t i = 0; i < fds.size(); ++i) {
    OmsSession& each = *sessions[i];
    if ((fds[i].revents & POLLOUT) != 0) each.on_writable();
    if (each.fd() >= 0 && each.wants_to_read() && (fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) each.on_readable();
    each.on_time(now());
  }
}

}  // namespace marginfix::gateway::fault
