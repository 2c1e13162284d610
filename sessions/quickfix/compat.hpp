// The only place that knows the differences between QuickFIX 1.15.1 (C++14, dynamic exception specifications) and 1.16 (C++17).
// Include this instead of QuickFIX headers.
#pragma once

#include <quickfix/Application.h>
#include <quickfix/Log.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Responder.h>
#include <quickfix/Session.h>

#include <cstdint>
#include <memory>

#ifdef EXCEPT  // 1.16 brings this macro with it
#define MARGINFIX_QUICKFIX_116 1
#define MARGINFIX_QF_THROWS(...)
#else
#define MARGINFIX_QUICKFIX_116 0
// An overrider may not be looser than what it overrides, so the specifications of 1.15.1 have to be repeated.
#define MARGINFIX_QF_THROWS(...) throw(__VA_ARGS__)
#pragma GCC diagnostic ignored "-Wdeprecated"
#endif

namespace marginfix {
namespace wall {
namespace compat {

#if MARGINFIX_QUICKFIX_116
using SeqNum = FIX::SEQNUM;
inline FIX::UtcTimeStamp now() { return FIX::UtcTimeStamp::now(); }
#else
using SeqNum = int;
inline FIX::UtcTimeStamp now() { return FIX::UtcTimeStamp(); }
#endif

// 1.15.1 knows no session without an end of day, and resets sequence numbers when the "session time" of the store's creation is
// over. From one nanosecond past midnight round to midnight holds every time of day, and a creation time that lies ahead (see
// creation_time) is in the same range as any present: the check can never fire, not even at midnight.
inline FIX::TimeRange endless() { return FIX::TimeRange(FIX::UtcTimeOnly(0, 0, 0, 1, 9), FIX::UtcTimeOnly(0, 0, 0)); }
inline FIX::UtcTimeStamp creation_time() {
  FIX::UtcTimeStamp ahead = now();
  ahead += 3600;
  return ahead;
}

inline std::unique_ptr<FIX::Session> make_session(FIX::Application& application, FIX::MessageStoreFactory& stores, const FIX::SessionID& id,
                                                  int heart_bt_int, FIX::LogFactory& logs) {
  const FIX::DataDictionaryProvider none;
#if MARGINFIX_QUICKFIX_116
  std::unique_ptr<FIX::Session> session(
      new FIX::Session([] { return now(); }, application, stores, id, none, endless(), heart_bt_int, &logs));
  session->setIsNonStopSession(true);
#else
  std::unique_ptr<FIX::Session> session(new FIX::Session(application, stores, id, none, endless(), heart_bt_int, &logs));
#endif
  return session;
}

}  // namespace compat
}  // namespace wall
}  // namespace marginfix
