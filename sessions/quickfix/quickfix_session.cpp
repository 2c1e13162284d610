// FIX::Session behind our own interfaces: store, log, application and responder adapters.
#include "sessions/quickfix/quickfix_session.hpp"

#include <exception>

#include "sessions/quickfix/compat.hpp"
#include "sessions/quickfix/wire.hpp"

namespace marginfix {
namespace wall {
namespace {

// QuickFIX's view of our store. The target number is read-only here, and messages are not kept: what QuickFIX sends are session
// messages, which are never resent but gap-filled. Only IOException may leave: 1.15.1 ends the process on anything else.
class StoreAdapter : public FIX::MessageStore {
 public:
  StoreAdapter(marginfix::MessageStore& store, Effects& effects) : store_(store), effects_(effects) {}

  bool set(compat::SeqNum, const std::string&) MARGINFIX_QF_THROWS(FIX::IOException) override { return true; }
  void get(compat::SeqNum, compat::SeqNum, std::vector<std::string>&) const MARGINFIX_QF_THROWS(FIX::IOException) override {}
  compat::SeqNum getNextSenderMsgSeqNum() const MARGINFIX_QF_THROWS(FIX::IOException) override {
    return guarded([this] { return static_cast<compat::SeqNum>(store_.next_sender_seq()); });
  }
  compat::SeqNum getNextTargetMsgSeqNum() const MARGINFIX_QF_THROWS(FIX::IOException) override {
    return guarded([this] { return static_cast<compat::SeqNum>(store_.next_target_seq()); });
  }
  void setNextSenderMsgSeqNum(compat::SeqNum seq) MARGINFIX_QF_THROWS(FIX::IOException) override {
    guarded([this, seq] { return store_.set_next_sender_seq(static_cast<std::int64_t>(seq)), 0; });
  }
  void setNextTargetMsgSeqNum(compat::SeqNum) MARGINFIX_QF_THROWS(FIX::IOException) override {}
  void incrNextSenderMsgSeqNum() MARGINFIX_QF_THROWS(FIX::IOException) override {
    guarded([this] { return store_.set_next_sender_seq(store_.next_sender_seq() + 1), 0; });
  }
  void incrNextTargetMsgSeqNum() MARGINFIX_QF_THROWS(FIX::IOException) override {}
  FIX::UtcTimeStamp getCreationTime() const MARGINFIX_QF_THROWS(FIX::IOException) override { return compat::creation_time(); }
#if MARGINFIX_QUICKFIX_116
  void reset(const FIX::UtcTimeStamp&) override { do_reset(); }
#else
  void reset() MARGINFIX_QF_THROWS(FIX::IOException) override { do_reset(); }
#endif
  void refresh() MARGINFIX_QF_THROWS(FIX::IOException) override {}

 private:
  // QuickFIX resets twice for one Logon; the second time there is nothing left to do.
  void do_reset() {
    guarded([this] {
      if (store_.next_sender_seq() != 1 || store_.next_target_seq() != 1 || !store_.sent(1, 0).empty()) store_.reset();
      return 0;
    });
  }
  template <class Call>
  auto guarded(Call call) const -> decltype(call()) {
    try {
      return call();
    } catch (const std::exception& error) {
      effects_.store_error = error.what();
    } catch (...) {
      effects_.store_error = "the store threw something that is not a std::exception";
    }
    throw FIX::IOException(effects_.store_error);
  }

  marginfix::MessageStore& store_;
  Effects& effects_;
};

class StoreFactory : public FIX::MessageStoreFactory {
 public:
  explicit StoreFactory(StoreAdapter& adapter) : adapter_(adapter) {}
#if MARGINFIX_QUICKFIX_116
  FIX::MessageStore* create(const FIX::UtcTimeStamp&, const FIX::SessionID&) override { return &adapter_; }
#else
  FIX::MessageStore* create(const FIX::SessionID&) override { return &adapter_; }
#endif
  void destroy(FIX::MessageStore*) override {}

 private:
  StoreAdapter& adapter_;
};

class RemarkLog : public FIX::Log {
 public:
  explicit RemarkLog(Effects& effects) : effects_(effects) {}
  void clear() override {}
  void backup() override {}
  void onIncoming(const std::string&) override {}
  void onOutgoing(const std::string&) override {}
  void onEvent(const std::string& text) override {
    if (!muted) effects_.remarks.push_back(text);
  }
  bool muted = false;

 private:
  Effects& effects_;
};

class RemarkLogFactory : public FIX::LogFactory {
 public:
  explicit RemarkLogFactory(RemarkLog& log) : log_(log) {}
  FIX::Log* create() override { return &log_; }
  FIX::Log* create(const FIX::SessionID&) override { return &log_; }
  void destroy(FIX::Log*) override {}

 private:
  RemarkLog& log_;
};

// The Logon as it is about to leave is completed and signed here: at this point its header is final.
class Adapter : public FIX::Application, public FIX::Responder {
 public:
  Adapter(const SessionPlan& plan, SessionEvents& signer, Effects& effects)
      : plan_(plan),
        signer_(signer),
        effects_(effects),
        time_(plan.time != nullptr ? *plan.time : system_time()),
        now_(plan.timestamp_digits) {}

  void onCreate(const FIX::SessionID&) override {}
  void onLogon(const FIX::SessionID&) override {}
  void onLogout(const FIX::SessionID&) override {}
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override {
    message.getHeader().setField(FIX::FIELD::SendingTime, now_.at(time_.wall()).text());
    if (!plan_.own_sender_comp_id.empty()) message.getHeader().setField(FIX::SenderCompID(plan_.own_sender_comp_id));
    if (plan_.initiator && message.getHeader().getField(FIX::FIELD::MsgType) == "A") complete_logon(message);
  }
  void toApp(FIX::Message&, const FIX::SessionID&) MARGINFIX_QF_THROWS(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message&, const FIX::SessionID&)
      MARGINFIX_QF_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {}
  void fromApp(const FIX::Message&, const FIX::SessionID&)
      MARGINFIX_QF_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {}

  bool send(const std::string& message) override {
    if (!effects_.signing_error.empty()) return false;
    effects_.messages.push_back(message);
    return true;
  }
  void disconnect() override { effects_.disconnect = true; }

 private:
  void complete_logon(FIX::Message& logon) {
    for (const auto& field : plan_.logon_fields) logon.setField(field.first, field.second);
    const FIX::Header& header = logon.getHeader();
    LogonSigning what;
    what.sending_time = header.getField(FIX::FIELD::SendingTime);
    what.msg_type = header.getField(FIX::FIELD::MsgType);
    what.msg_seq_num = header.getField(FIX::FIELD::MsgSeqNum);
    what.sender_comp_id = header.getField(FIX::FIELD::SenderCompID);
    what.target_comp_id = header.getField(FIX::FIELD::TargetCompID);
    std::string signature, error;
    try {
      if (signer_.sign_logon(what, &signature, &error)) {
        logon.setField(FIX::FIELD::RawDataLength, std::to_string(signature.size()));
        logon.setField(FIX::FIELD::RawData, signature);
        return;
      }
    } catch (const std::exception& thrown) {
      error = thrown.what();
    }
    effects_.signing_error = error.empty() ? std::string("the Logon could not be signed") : error;
  }

  const SessionPlan& plan_;
  SessionEvents& signer_;
  Effects& effects_;
  const TimeSource& time_;
  TimeText now_;
};

}  // namespace

struct QuickFixSession::Impl {
  Impl(const SessionPlan& the_plan, MessageStore& the_store, SessionEvents& signer)
      : plan(the_plan),
        store(the_store),
        store_adapter(the_store, effects),
        stores(store_adapter),
        log(effects),
        logs(log),
        adapter(plan, signer, effects),
        session(compat::make_session(adapter, stores,
                                     FIX::SessionID(FIX::BeginString(plan.begin_string), FIX::SenderCompID(plan.sender_comp_id),
                                                    FIX::TargetCompID(plan.target_comp_id)),
                                     plan.initiator ? plan.heart_bt_int : 0, logs)) {
    if (versioned()) session->setSenderDefaultApplVerID(plan.appl_ver_id);
    session->setCheckCompId(false);   // the session does: this exchange may use two names
    session->setCheckLatency(false);  // whoever accepts Logons looks at the clock itself
    session->setTimestampPrecision(plan.timestamp_digits);
    // FIX::Session::next(time), which would judge time-outs, is called for the Logon only: the session times everything itself.
  }

  bool versioned() const { return plan.begin_string == "FIXT.1.1"; }
  // A minimal message with only the fields QuickFIX has to see; garbage in the real one cannot reach its parser.
  FIX::Message inbound(const char* type, std::int64_t seq) const {
    FIX::Message message;
    FIX::Header& header = message.getHeader();
    header.setField(FIX::BeginString(plan.begin_string));
    header.setField(FIX::MsgType(type));
    header.setField(FIX::SenderCompID(plan.target_comp_id));
    header.setField(FIX::TargetCompID(plan.sender_comp_id));
    header.setField(FIX::MsgSeqNum(static_cast<compat::SeqNum>(seq)));
    header.setField(FIX::SendingTime(compat::now(), 3));
    return message;
  }
  template <class Call>
  void guarded(Call call) {
    try {
      call();
    } catch (const std::exception& error) {
      effects.remarks.push_back(error.what());
    }
  }
  void feed(const FIX::Message& message) {
    guarded([&] { session->next(message, compat::now()); });
  }

  SessionPlan plan;
  MessageStore& store;
  Effects effects;
  StoreAdapter store_adapter;
  StoreFactory stores;
  RemarkLog log;
  RemarkLogFactory logs;
  Adapter adapter;
  std::unique_ptr<FIX::Session> session;
};

QuickFixSession::QuickFixSession(const SessionPlan& plan, MessageStore& store, SessionEvents& signer)
    : impl_(new Impl(plan, store, signer)) {}
QuickFixSession::~QuickFixSession() = default;

void QuickFixSession::open(bool reset) {
  Impl& own = *impl_;
  own.guarded([&] {
    own.session->logon();
    if (own.plan.initiator) own.session->setResetOnLogon(reset);
    own.session->setResponder(&own.adapter);
    if (own.plan.initiator) own.session->next(compat::now());
  });
}

void QuickFixSession::close() {
  impl_->log.muted = true;
  impl_->guarded([this] { impl_->session->disconnect(); });
  impl_->log.muted = false;
}

void QuickFixSession::logon(std::int64_t seq, std::int64_t heart_bt_int, bool reset) {
  FIX::Message message = impl_->inbound("A", seq);
  message.setField(FIX::EncryptMethod(0));
  message.setField(FIX::HeartBtInt(static_cast<int>(heart_bt_int)));
  if (impl_->versioned()) message.setField(FIX::DefaultApplVerID(impl_->plan.appl_ver_id));
  if (reset) message.setField(FIX::ResetSeqNumFlag(true));
  impl_->feed(message);
}

bool QuickFixSession::logged_on() const { return impl_->session->isLoggedOn(); }

Effects QuickFixSession::take() {
  Effects taken;
  std::swap(taken, impl_->effects);
  return taken;
}

}  // namespace wall
}  // namespace marginfix
