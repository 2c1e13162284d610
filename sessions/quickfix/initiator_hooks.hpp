// What stands between QuickFIX and the application and store of a program that uses marginfix::quickfix::Initiator.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "marginfix/quickfix.hpp"
#include "sessions/quickfix/compat.hpp"
#include "sessions/quickfix/initiator_plan.hpp"

namespace marginfix {
namespace quickfix {
namespace detail {

// Completes and signs Logons after the application's own toAdmin().
class SigningApplication : public FIX::Application {
 public:
  explicit SigningApplication(FIX::Application& user) : user_(user) {}
  void add(const FIX::SessionID& id, InitiatorPlan plan) { plans_.emplace(id, std::move(plan)); }
  const InitiatorPlan& plan(const FIX::SessionID& id) const { return plans_.at(id); }
  std::map<FIX::SessionID, InitiatorPlan>& plans() { return plans_; }
  std::string take_signing_error(const FIX::SessionID& id);

  void onCreate(const FIX::SessionID& id) override { user_.onCreate(id); }
  void onLogon(const FIX::SessionID& id) override { user_.onLogon(id); }
  void onLogout(const FIX::SessionID& id) override { user_.onLogout(id); }
  void toAdmin(FIX::Message& message, const FIX::SessionID& id) override;
  void toApp(FIX::Message& message, const FIX::SessionID& id) MARGINFIX_QF_THROWS(FIX::DoNotSend) override { user_.toApp(message, id); }
  void fromAdmin(const FIX::Message& message, const FIX::SessionID& id)
      MARGINFIX_QF_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {
    user_.fromAdmin(message, id);
  }
  void fromApp(const FIX::Message& message, const FIX::SessionID& id)
      MARGINFIX_QF_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    user_.fromApp(message, id);
  }

 private:
  FIX::Application& user_;
  std::map<FIX::SessionID, InitiatorPlan> plans_;  // complete before the first callback
  std::mutex mutex_;
  std::map<FIX::SessionID, std::string> signing_errors_;
};

// 1.15.1 resets the numbers of a session when its "day" is over. For sessions without StartTime the user's store is given out with
// a creation time that makes this impossible (compat.hpp).
class EndlessStores : public FIX::MessageStoreFactory {
 public:
  explicit EndlessStores(FIX::MessageStoreFactory& user) : user_(user) {}
  void add(const FIX::SessionID& id) { endless_.insert(id); }
#if MARGINFIX_QUICKFIX_116
  FIX::MessageStore* create(const FIX::UtcTimeStamp& now, const FIX::SessionID& id) override;
#else
  FIX::MessageStore* create(const FIX::SessionID& id) override;
#endif
  void destroy(FIX::MessageStore* store) override;

 private:
  FIX::MessageStoreFactory& user_;
  std::set<FIX::SessionID> endless_;
};

struct Hooks::Inside {
  Inside(FIX::Application& user, FIX::MessageStoreFactory& user_stores) : application(user), stores(user_stores) {}
  SigningApplication application;
  EndlessStores stores;
  FIX::SessionSettings settings;
};

}  // namespace detail
}  // namespace quickfix
}  // namespace marginfix
