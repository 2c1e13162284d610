// Every message of a session, in and out, in the file form of QuickFIX's own FileLog, so that a QuickFIX shop's tools read it.
//
//   FIXT.1.1-<SenderCompID>-<TargetCompID>[-<qualifier>].messages.current.log   a message a line: "20261122-18:32:01.123456000 : 8=FIXT..."
//   ... .event.current.log                                                      what happened to the session, the same way
//   ... .messages.backup.<N>.log                                                files that are over; the newest has the highest N
//
// Bytes stand as they were on the wire, SOH and all. The form has no direction: SenderCompID(49) tells, ours is on what was sent. Incoming
// messages stand in the order of the wire, before anything is made of them. Two things differ from the wire:
//  * Secrets (core/secret.hpp) are masked by as many '*', and such a message gets the CheckSum(10) of what stands there: every reader takes
//    it for a whole message, and the length of a secret shows.
//  * A message with a line end (LF or CR) inside has "\x0a", "\x0d" and, for its backslashes, "\x5c". No other message is changed at all.
//    fix::LogScanner (`marginfix decode`) undoes it: BodyLength(9) and CheckSum(10) fit then only.
//
// Lines are written by a thread of the log's own, four times a second and when the log goes. Whoever logs never waits: when the queue is
// full, or the file cannot be written, messages are left out; a line in the file says how many, and so do statistics and the log sink,
// which is told. A line that was written in part is taken back. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix {

struct MessageLogOptions {
  std::string folder{};                           // made if missing
  std::string backup_folder{};                    // for files that are over, on the same file system; made if missing. Empty: `folder`
  std::uint64_t max_file_bytes{100'000'000};      // the line that would lead beyond begins the next file; 0: no limit
  bool daily{true};                               // the first line of a UTC day begins the next file
  std::size_t max_files{30};                      // files that are over, kept of each session and kind, the newest; 0: all are kept
  bool heartbeats{true};                          // false: Heartbeat(0) is left out
  std::size_t queue_bytes{std::size_t{8} << 20};  // handed over and not yet written; twice as much memory at most
};

// QuickFIX's SessionID.
struct SessionLogName {
  std::string begin_string{"FIXT.1.1"};
  std::string sender_comp_id{};
  std::string target_comp_id{};
  std::string qualifier{};
};

struct SessionLogStatistics {
  std::uint64_t written{0};   // messages
  std::uint64_t left_out{0};  // messages that stand in no file
};

// The log of one session.
class SessionLog {
 public:
  virtual ~SessionLog() = default;
  // A whole message as it came or left, and when.
  virtual void message(Timestamp time, std::string_view bytes) noexcept = 0;
  // One line for people.
  virtual void event(Timestamp time, std::string_view text) noexcept = 0;
  virtual SessionLogStatistics statistics() const noexcept = 0;
};

class MessageLog {
 public:
  // Error(config): a folder cannot be made, or the two are on different file systems. `log` is told of what goes wrong later.
  static Result<std::shared_ptr<MessageLog>> open(MessageLogOptions options, std::shared_ptr<LogSink> log = {});
  virtual ~MessageLog() = default;

  // Opens the session's files, or goes on in them. Error(config): they cannot be opened, or another process writes them. The session's log
  // keeps this one alive.
  virtual Result<std::shared_ptr<SessionLog>> session(const SessionLogName& name) = 0;
  // Begins new files, as at midnight, for what is logged later. A file that somebody else has moved away (logrotate) is begun anew in its
  // place. For a program's SIGHUP: not from the signal handler itself.
  virtual void rotate() = 0;
  // Returns when everything logged before has been written or given up, and asked rotations are done.
  virtual void flush() = 0;
};

// One line of the messages file, its line end included: for logs of one's own.
std::string message_log_line(Timestamp time, std::string_view message);

}  // namespace marginfix
