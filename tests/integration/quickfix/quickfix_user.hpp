// A program that owns a QuickFIX application, as its author would have written it, behind an interface that C++20 tests can hold.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace marginfix {
namespace test {

class QuickfixUser {
 public:
  virtual ~QuickfixUser() = default;
  // Text of a .cfg. Throws std::runtime_error with QuickFIX's ConfigError text.
  static std::unique_ptr<QuickfixUser> make(const std::string& cfg);
  // A .cfg file as a whole program would have it, with files for store and log: read by FIX::SocketInitiator, then by ours. The
  // ConfigError's text; empty: both take it.
  static std::string refused_by_quickfix(const std::string& cfg_file);
  static std::string refused_by_ours(const std::string& cfg_file);

  virtual void start() = 0;
  virtual void stop() = 0;
  virtual void poll() = 0;                                    // instead of start()
  virtual bool send_order(const std::string& cl_ord_id) = 0;  // from the calling thread
  virtual void reset_in_to_admin() = 0;                       // the application itself adds 141=Y to its Logons
  // All of these from any thread.
  virtual int logons() const = 0;
  virtual int logouts() const = 0;
  virtual bool logged_on() const = 0;
  virtual std::vector<std::string> reports() const = 0;                    // ClOrdIDs
  virtual std::vector<std::string> business_rejects() const = 0;           // Text(58)
  virtual bool heard(const std::string& part_of_event) const = 0;          // in any event log
  virtual bool session_heard(const std::string& part_of_event) const = 0;  // in a session's own
};

}  // namespace test
}  // namespace marginfix
