// For programs that own a QuickFIX application: an initiator to put where FIX::SSLSocketInitiator stood. Same constructor, same .cfg,
// same callbacks; what changes is what that class lacks on this exchange:
//   * TLS 1.2+, certificate chain, host name and expiry checked, SNI sent, TCP_NODELAY; plain TCP (SocketUseSSL=N) to loopback only;
//   * the Logon is signed (KalshiPrivateKeyPath or KalshiPrivateKey) over exactly the bytes that leave, also when toAdmin() adds 141=Y;
//   * Logon options by field name (CancelOrdersOnDisconnect=Y, SkipPendingExecReports=Y, ListenerSession=Y ...);
//   * host and port from KalshiEnvironment=demo|production; sessions that never end by the clock when no StartTime is given;
//   * full-jitter reconnect, the name looked up anew each time; the waits start anew only after a session that lasted. What the exchange
//     says to a Logon is read as MarginFixClient reads it (docs/fix.md, end reasons): "already exists" is waited out (60 s), busy and rate
//     limits wait longer, and a final refusal (signature, tier, permission, wrong field) ends the tries until FIX::Session::logon() or the
//     next start(). The exchange's text and what to do about it stand in the session's event log and in the global one;
//   * what comes in place of the Logon's answer reaches fromAdmin() or fromApp(), a BusinessMessageReject too, and is not counted;
//   * ResetOnLogon=Y is implied on KalshiNR, KalshiDC and KalshiMD; both SenderCompIDs of the exchange are accepted, others refused.
// Header of its own kind: C++14, only QuickFIX and the standard library. Link marginfix::quickfix.
// Misspelt keys near ours and unexpanded ${NAME} or $(NAME) in what QuickFIX reads (CompIDs, paths) are refused with FIX::ConfigError:
// read a .cfg that uses variables with FIX::SessionSettings(file, true). In our own keys ${NAME} is expanded here.
// Reference of the keys: docs/configuration.md. Threads: as QuickFIX's own initiators: one thread after start(), the caller's in block()
// and poll(); FIX::Session::sendToTarget() from any thread.
#pragma once

#include <quickfix/Application.h>
#include <quickfix/Initiator.h>
#include <quickfix/MessageStore.h>
#include <quickfix/SessionSettings.h>

#include <memory>

namespace marginfix {
namespace quickfix {
namespace detail {

// Stands between the engine and the user's application and store. A base class, because FIX::Initiator's constructor needs it ready.
class Hooks {
 public:
  ~Hooks();
  Hooks(const Hooks&) = delete;
  Hooks& operator=(const Hooks&) = delete;

 protected:
  Hooks(FIX::Application& application, FIX::MessageStoreFactory& stores, const FIX::SessionSettings& settings);
  FIX::Application& application();
  FIX::MessageStoreFactory& stores();
  const FIX::SessionSettings& settings() const;

  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace detail

class Initiator : private detail::Hooks, public FIX::Initiator {
 public:
  // FIX::ConfigError: a key that is wrong, missing or contradictory, with how to fix it; a private key that cannot be read.
  Initiator(FIX::Application& application, FIX::MessageStoreFactory& stores, const FIX::SessionSettings& settings);
  Initiator(FIX::Application& application, FIX::MessageStoreFactory& stores, const FIX::SessionSettings& settings, FIX::LogFactory& logs);
  ~Initiator() override;  // stops at once if stop() was not called

 private:
  void onStart() override;
#ifdef EXCEPT  // QuickFIX 1.16
  bool onPoll() override;
#else
  bool onPoll(double timeout) override;
#endif
  void onStop() override;
  void doConnect(const FIX::SessionID& id, const FIX::Dictionary& settings) override;

  class Runner;
  std::unique_ptr<Runner> runner_;
};

}  // namespace quickfix
}  // namespace marginfix
