// Settings, signing and stores of marginfix::quickfix::Initiator.
#include "sessions/quickfix/initiator_hooks.hpp"

#include <exception>

namespace marginfix {
namespace quickfix {
namespace detail {
namespace {

// The user's store in every respect but its age.
class EndlessStore : public FIX::MessageStore {
 public:
  explicit EndlessStore(FIX::MessageStore* user) : user_(user) {}
  FIX::MessageStore* user() const { return user_; }

  bool set(wall::compat::SeqNum seq, const std::string& text) MARGINFIX_QF_THROWS(FIX::IOException) override {
    return user_->set(seq, text);
  }
  void get(wall::compat::SeqNum begin, wall::compat::SeqNum end, std::vector<std::string>& found) const
      MARGINFIX_QF_THROWS(FIX::IOException) override {
    user_->get(begin, end, found);
  }
  wall::compat::SeqNum getNextSenderMsgSeqNum() const MARGINFIX_QF_THROWS(FIX::IOException) override {
    return user_->getNextSenderMsgSeqNum();
  }
  wall::compat::SeqNum getNextTargetMsgSeqNum() const MARGINFIX_QF_THROWS(FIX::IOException) override {
    return user_->getNextTargetMsgSeqNum();
  }
  void setNextSenderMsgSeqNum(wall::compat::SeqNum seq) MARGINFIX_QF_THROWS(FIX::IOException) override {
    user_->setNextSenderMsgSeqNum(seq);
  }
  void setNextTargetMsgSeqNum(wall::compat::SeqNum seq) MARGINFIX_QF_THROWS(FIX::IOException) override {
    user_->setNextTargetMsgSeqNum(seq);
  }
  void incrNextSenderMsgSeqNum() MARGINFIX_QF_THROWS(FIX::IOException) override { user_->incrNextSenderMsgSeqNum(); }
  void incrNextTargetMsgSeqNum() MARGINFIX_QF_THROWS(FIX::IOException) override { user_->incrNextTargetMsgSeqNum(); }
  FIX::UtcTimeStamp getCreationTime() const MARGINFIX_QF_THROWS(FIX::IOException) override { return wall::compat::creation_time(); }
#if MARGINFIX_QUICKFIX_116
  void reset(const FIX::UtcTimeStamp& now) override { user_->reset(now); }
#else
  void reset() MARGINFIX_QF_THROWS(FIX::IOException) override { user_->reset(); }
#endif
  void refresh() MARGINFIX_QF_THROWS(FIX::IOException) override { user_->refresh(); }

 private:
  FIX::MessageStore* user_;
};

void default_to(FIX::Dictionary& settings, const char* key, const std::string& value) {
  if (!settings.has(key)) settings.setString(key, value);
}

Settings listed(const FIX::SessionID& id, const FIX::Dictionary& dictionary) {
  Settings settings;
  for (FIX::Dictionary::iterator at = dictionary.begin(); at != dictionary.end(); ++at) settings.push_back(*at);
  const auto add = [&](const char* key, const std::string& value) {
    if (!dictionary.has(key)) settings.emplace_back(key, value);
  };
  add("SenderCompID", id.getSenderCompID().getValue());
  add("TargetCompID", id.getTargetCompID().getValue());
  add("BeginString", id.getBeginString().getValue());
  return settings;
}

// FIX::Session measures intervals by the wall clock: the runner does it instead, and QuickFIX is told a time that never comes.
void take_over(FIX::Dictionary& settings, const char* key, std::chrono::seconds* time) {
  if (settings.has(key)) *time = std::chrono::seconds(settings.getInt(key));
  settings.setString(key, "2000000000");
}

// What QuickFIX itself has to be told; the user's own word stands where there is one.
void complete(FIX::Dictionary& settings, InitiatorPlan& plan, bool* endless) {
  *endless = !settings.has("StartTime") && !settings.has("EndTime");
  default_to(settings, "StartTime", "00:00:00.000000001");
  default_to(settings, "EndTime", "00:00:00");
  default_to(settings, "DefaultApplVerID", "9");
  take_over(settings, "HeartBtInt", &plan.heart_bt_int);
  take_over(settings, "LogonTimeout", &plan.logon_timeout);
  take_over(settings, "LogoutTimeout", &plan.logout_timeout);
  default_to(settings, "CheckLatency", "N");  // a clock that is wrong is no reason to refuse what the exchange sends
  default_to(settings, "CheckCompID", "N");   // the exchange has two names; the runner checks both
  if (!plan.keep_sequence) {
    default_to(settings, "ResetOnLogon", "Y");
    if (!settings.getBool("ResetOnLogon")) {
      throw std::runtime_error("ResetOnLogon=N: KalshiNR, KalshiDC and KalshiMD want ResetSeqNumFlag=Y on every Logon, take the line out");
    }
  }
}

}  // namespace

std::string SigningApplication::take_signing_error(const FIX::SessionID& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  text.swap(signing_errors_[id]);
  return text;
}

void SigningApplication::toAdmin(FIX::Message& message, const FIX::SessionID& id) {
  const FIX::Header& header = message.getHeader();
  const bool logon = header.getField(FIX::FIELD::MsgType) == "A";
  if (logon) {
    message.setField(FIX::HeartBtInt(static_cast<int>(plan(id).heart_bt_int.count())));
    for (const auto& field : plan(id).logon_fields) message.setField(field.first, field.second);
  }
  user_.toAdmin(message, id);  // the application has the last word on the options, and the signature covers what it left
  if (!logon) return;
  wall::LogonSigning what;
  what.sending_time = header.getField(FIX::FIELD::SendingTime);
  what.msg_type = "A";
  what.msg_seq_num = header.getField(FIX::FIELD::MsgSeqNum);
  what.sender_comp_id = header.getField(FIX::FIELD::SenderCompID);
  what.target_comp_id = header.getField(FIX::FIELD::TargetCompID);
  // With 141=Y QuickFIX resets after this callback and rewrites MsgSeqNum(34) to 1.
  if (message.isSetField(FIX::FIELD::ResetSeqNumFlag) && message.getField(FIX::FIELD::ResetSeqNumFlag) == "Y") what.msg_seq_num = "1";
  std::string signature, error;
  if (plan(id).sign(what, &signature, &error)) {
    message.setField(FIX::FIELD::RawDataLength, std::to_string(signature.size()));
    message.setField(FIX::FIELD::RawData, signature);
  } else {
    const std::lock_guard<std::mutex> lock(mutex_);
    signing_errors_[id] = error;
  }
}

#if MARGINFIX_QUICKFIX_116
FIX::MessageStore* EndlessStores::create(const FIX::UtcTimeStamp& now, const FIX::SessionID& id) {
  FIX::MessageStore* const store = user_.create(now, id);
#else
FIX::MessageStore* EndlessStores::create(const FIX::SessionID& id) {
  FIX::MessageStore* const store = user_.create(id);
#endif
  return endless_.count(id) != 0 ? new EndlessStore(store) : store;
}

void EndlessStores::destroy(FIX::MessageStore* store) {
  EndlessStore* const endless = dynamic_cast<EndlessStore*>(store);
  user_.destroy(endless != nullptr ? endless->user() : store);
  delete endless;
}

Hooks::Hooks(FIX::Application& application, FIX::MessageStoreFactory& stores, const FIX::SessionSettings& settings)
    : inside_(new Inside(application, stores)) {
  inside_->settings.set(settings.get());
  for (const FIX::SessionID& id : settings.getSessions()) {
    FIX::Dictionary session = settings.get(id);
    try {
      if (session.has("ConnectionType") && session.getString("ConnectionType") == "initiator") {
        InitiatorPlan plan = make_initiator_plan(listed(id, session));
        bool endless = false;
        complete(session, plan, &endless);
        if (endless) inside_->stores.add(id);
        inside_->application.add(id, std::move(plan));
      }
    } catch (const std::exception& error) {
      throw FIX::ConfigError(id.toString() + ": " + error.what());
    }
    inside_->settings.set(id, session);
  }
  auto& plans = inside_->application.plans();
  for (auto& one : plans) {
    for (const auto& other : plans) {
      if (one.first == other.first || one.first.getSenderCompID().getValue() != other.first.getSenderCompID().getValue()) continue;
      one.second.same_key_sessions.push_back(other.first.getTargetCompID().getValue());
    }
  }
}

Hooks::~Hooks() = default;
FIX::Application& Hooks::application() { return inside_->application; }
FIX::MessageStoreFactory& Hooks::stores() { return inside_->stores; }
const FIX::SessionSettings& Hooks::settings() const { return inside_->settings; }

}  // namespace detail
}  // namespace quickfix
}  // namespace marginfix
