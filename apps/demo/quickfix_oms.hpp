// A client of the gateway that knows nothing of it: QuickFIX's own initiator (FIX::SocketInitiator) with a data dictionary and validation
// on, as any order management system that stands on QuickFIX has it. Nothing of QuickFIX shows; clean in C++14, which its headers want.
// QuickFIX's thread does the work and calls the handlers; every method may be called from any thread but that one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace marginfix {
namespace apps {

struct QuickfixOmsOptions {
  std::string begin_string;  // "FIX.4.2", "FIX.4.4"
  std::string sender_comp_id, target_comp_id;
  std::string dictionary;    // the file that it validates by
  std::string store_folder;  // its numbers and messages
  std::uint16_t port = 0;    // on 127.0.0.1
};

// Fields in order: tag, value.
using OmsFields = std::vector<std::pair<int, std::string>>;
struct OmsGroup {
  int count_tag = 0, first_tag = 0;  // NoMDEntryTypes(267), and the tag that an entry begins with
  std::vector<OmsFields> entries;
};

struct QuickfixOmsHandlers {
  std::function<void(const std::string& message)> on_message;      // an application message that QuickFIX has taken: SOH between fields
  std::function<void(const std::string& message)> on_reject_sent;  // QuickFIX refuses what came: Reject(3) or BusinessMessageReject(j)
  std::function<void(const std::string& message)> on_reject;       // Reject(3) of the other side
  std::function<void()> on_session;                                // logged on, or logged out
};

class QuickfixOms {
 public:
  // Throws std::runtime_error with QuickFIX's words.
  QuickfixOms(const QuickfixOmsOptions& options, QuickfixOmsHandlers handlers);
  ~QuickfixOms();
  QuickfixOms(const QuickfixOms&) = delete;
  QuickfixOms& operator=(const QuickfixOms&) = delete;

  void start();    // throws std::runtime_error with QuickFIX's words
  void log_out();  // and stays away
  void log_on();   // connects again
  void stop();     // and waits for the thread
  bool logged_on() const;
  // Numbered and kept by QuickFIX, and sent again after the next Logon where nobody is logged on. False: QuickFIX does not take it.
  bool send(const std::string& msg_type, const OmsFields& fields, const std::vector<OmsGroup>& groups = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace apps
}  // namespace marginfix
