// An order management system on QuickFIX's own initiator: the stranger that logs on to a FixAcceptor. Nothing of QuickFIX shows.
// QuickFIX's thread does the work; every method may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace marginfix {
namespace test {

struct OmsOptions {
  std::string begin_string = "FIX.4.4";
  std::string sender = "OMS", target = "GATE";
  std::uint16_t port = 0;
  int heart_bt_int = 30;
  std::string store_folder;  // numbers and messages outlive stop(); empty: in memory, lost with the object
  std::string more;          // further lines of the session's settings, "ResetOnLogon=Y\n"
  std::string tls;           // further lines of its [DEFAULT], for QuickFIX's SSLSocketInitiator; empty: plain TCP
};
// QuickFIX was built with OpenSSL. Without, OmsOptions::tls is refused.
bool quickfix_speaks_tls();

class QuickfixOms {
 public:
  explicit QuickfixOms(const OmsOptions& options);  // throws std::runtime_error with QuickFIX's words
  ~QuickfixOms();
  QuickfixOms(const QuickfixOms&) = delete;
  QuickfixOms& operator=(const QuickfixOms&) = delete;

  void start();    // throws std::runtime_error with QuickFIX's words
  void log_out();  // asks for it; the answer is dealt with on QuickFIX's thread
  void stop();     // and waits for the thread
  bool logged_on() const;
  // An application message; numbered and stored while logged off, too. `header` and `body`: fields in order.
  using Fields = std::vector<std::pair<int, std::string>>;
  bool send(const std::string& msg_type, const Fields& body, const Fields& header = {});
  int next_sender_seq() const;
  int next_target_seq() const;
  void set_next_sender_seq(int seq);
  // What came, in pipe form.
  std::vector<std::string> apps() const;
  std::vector<std::string> admins() const;
  std::vector<std::string> sent_admins() const;
  std::size_t logons() const;
  // The next application message is refused with Reject(3), 373=5 and this tag.
  void refuse_next(int tag);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace test
}  // namespace marginfix
