// Compiled in the dialect of QuickFIX's headers.
#include "apps/demo/quickfix_oms.hpp"

#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/Message.h>
#include <quickfix/Session.h>
#include <quickfix/SocketInitiator.h>

#include <sstream>
#include <stdexcept>

#ifdef EXCEPT
#define DEMO_THROWS(...)
#else
#define DEMO_THROWS(...) throw(__VA_ARGS__)
#pragma GCC diagnostic ignored "-Wdeprecated"
#endif

namespace marginfix {
namespace apps {
namespace {

std::string settings_of(const QuickfixOmsOptions& options) {
  std::ostringstream text;
  text << "[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nHeartBtInt=30\nStartTime=00:00:00\nEndTime=00:00:00\n"
       << "SocketConnectHost=127.0.0.1\nSocketConnectPort=" << options.port << "\nSocketNodelay=Y\n"
       << "FileStorePath=" << options.store_folder << "\n"
       << "UseDataDictionary=Y\nDataDictionary=" << options.dictionary << "\n"
       << "[SESSION]\nBeginString=" << options.begin_string << "\nSenderCompID=" << options.sender_comp_id
       << "\nTargetCompID=" << options.target_comp_id << "\n";
  return text.str();
}

class Application : public FIX::Application {
 public:
  explicit Application(QuickfixOmsHandlers handlers) : handlers_(std::move(handlers)) {}

  void onCreate(const FIX::SessionID&) override {}
  void onLogon(const FIX::SessionID&) override { handlers_.on_session(); }
  void onLogout(const FIX::SessionID&) override { handlers_.on_session(); }
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override {
    if (type_of(message) == "3") handlers_.on_reject_sent(message.toString());
  }
  void toApp(FIX::Message& message, const FIX::SessionID&) DEMO_THROWS(FIX::DoNotSend) override {
    if (type_of(message) == "j") handlers_.on_reject_sent(message.toString());
  }
  void fromAdmin(const FIX::Message& message, const FIX::SessionID&)
      DEMO_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {
    if (type_of(message) == "3") handlers_.on_reject(message.toString());
  }
  void fromApp(const FIX::Message& message, const FIX::SessionID&)
      DEMO_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    handlers_.on_message(message.toString());
  }

 private:
  static std::string type_of(const FIX::Message& message) { return message.getHeader().getField(FIX::FIELD::MsgType); }

  QuickfixOmsHandlers handlers_;
};

}  // namespace

struct QuickfixOms::Impl {
  Impl(const QuickfixOmsOptions& options, QuickfixOmsHandlers handlers)
      : text(settings_of(options)),
        settings(text),
        store(settings),
        id(options.begin_string, options.sender_comp_id, options.target_comp_id),
        application(std::move(handlers)),
        initiator(application, store, settings) {}
  FIX::Session& session() const { return *FIX::Session::lookupSession(id); }

  std::istringstream text;
  FIX::SessionSettings settings;
  FIX::FileStoreFactory store;
  FIX::SessionID id;
  Application application;
  FIX::SocketInitiator initiator;
};

QuickfixOms::QuickfixOms(const QuickfixOmsOptions& options, QuickfixOmsHandlers handlers) {
  try {
    impl_.reset(new Impl(options, std::move(handlers)));
  } catch (const FIX::ConfigError& error) {
    throw std::runtime_error(error.what());
  }
}
QuickfixOms::~QuickfixOms() { stop(); }

void QuickfixOms::start() {
  try {
    impl_->initiator.start();
  } catch (const std::exception& error) {
    throw std::runtime_error(error.what());
  }
}
void QuickfixOms::log_out() { impl_->session().logout(); }
void QuickfixOms::log_on() { impl_->session().logon(); }
void QuickfixOms::stop() {
  if (!impl_->initiator.isStopped()) impl_->initiator.stop();
}
bool QuickfixOms::logged_on() const { return impl_->session().isLoggedOn(); }

bool QuickfixOms::send(const std::string& msg_type, const OmsFields& fields, const std::vector<OmsGroup>& groups) {
  FIX::Message message;
  message.getHeader().setField(FIX::MsgType(msg_type));
  for (const auto& field : fields) message.setField(field.first, field.second);
  for (const OmsGroup& group : groups) {
    for (const OmsFields& entry : group.entries) {
      FIX::Group one(group.count_tag, group.first_tag);
      for (const auto& field : entry) one.setField(field.first, field.second);
      message.addGroup(one);
    }
  }
  return FIX::Session::sendToTarget(message, impl_->id);
}

}  // namespace apps
}  // namespace marginfix
