// Compiled as C++14: QuickFIX's headers.
#include "integration/acceptor/quickfix_oms.hpp"

#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/Log.h>
#include <quickfix/Message.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Session.h>
#include <quickfix/SocketInitiator.h>
#ifdef HAVE_SSL
#include <quickfix/SSLSocketInitiator.h>
#endif

#include <mutex>
#include <sstream>
#include <stdexcept>

#ifdef EXCEPT
#define OMS_THROWS(...)
#else
#define OMS_THROWS(...) throw(__VA_ARGS__)
#pragma GCC diagnostic ignored "-Wdeprecated"
#endif

namespace marginfix {
namespace test {
namespace {

std::string in_pipes(std::string text) {
  for (char& c : text) {
    if (c == '\x01') c = '|';
  }
  return text;
}

std::string settings_of(const OmsOptions& options) {
  std::ostringstream text;
  text << "[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nStartTime=00:00:00\nEndTime=00:00:00\nUseDataDictionary=N\n"
       << "CheckLatency=N\nSocketNodelay=Y\nLogonTimeout=5\nLogoutTimeout=2\n";
  if (!options.store_folder.empty()) text << "FileStorePath=" << options.store_folder << "\n";
  text << options.tls;
  text << "[SESSION]\nBeginString=" << options.begin_string << "\nSenderCompID=" << options.sender << "\nTargetCompID=" << options.target
       << "\nHeartBtInt=" << options.heart_bt_int << "\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" << options.port << "\n";
  if (options.begin_string == "FIXT.1.1") text << "DefaultApplVerID=FIX.5.0SP2\n";
  text << options.more;
  return text.str();
}

std::unique_ptr<FIX::Initiator> make_tls_initiator(FIX::Application& application, FIX::MessageStoreFactory& stores,
                                                   const FIX::SessionSettings& settings) {
#ifdef HAVE_SSL
  return std::unique_ptr<FIX::Initiator>(new FIX::SSLSocketInitiator(application, stores, settings));
#else
  static_cast<void>(application), static_cast<void>(stores), static_cast<void>(settings);
  throw std::runtime_error("QuickFIX was built without OpenSSL");
#endif
}

class Oms : public FIX::Application {
 public:
  void onCreate(const FIX::SessionID&) override {}
  void onLogon(const FIX::SessionID&) override {
    const std::lock_guard<std::mutex> lock(mutex);
    ++logons;
  }
  void onLogout(const FIX::SessionID&) override {}
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override { keep(sent_admins, message); }
  void toApp(FIX::Message&, const FIX::SessionID&) OMS_THROWS(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message& message, const FIX::SessionID&)
      OMS_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {
    keep(admins, message);
  }
  void fromApp(const FIX::Message& message, const FIX::SessionID&)
      OMS_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    keep(apps, message);
    int refused = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex);
      std::swap(refused, refuse);
    }
    if (refused != 0) throw FIX::IncorrectTagValue(refused);
  }

  void keep(std::vector<std::string>& where, const FIX::Message& message) {
    const std::lock_guard<std::mutex> lock(mutex);
    where.push_back(in_pipes(message.toString()));
  }

  mutable std::mutex mutex;
  std::vector<std::string> apps, admins, sent_admins;
  std::size_t logons = 0;
  int refuse = 0;
};

}  // namespace

struct QuickfixOms::Impl {
  explicit Impl(const OmsOptions& options)
      : text(settings_of(options)), settings(text), files(settings), id(options.begin_string, options.sender, options.target) {
    FIX::MessageStoreFactory& stores =
        options.store_folder.empty() ? static_cast<FIX::MessageStoreFactory&>(memory) : static_cast<FIX::MessageStoreFactory&>(files);
    if (options.tls.empty()) {
      initiator.reset(new FIX::SocketInitiator(oms, stores, settings));
    } else {
      initiator = make_tls_initiator(oms, stores, settings);
    }
  }
  FIX::Session& session() const { return *FIX::Session::lookupSession(id); }
  template <class T>
  T locked(const T& value) const {
    const std::lock_guard<std::mutex> lock(oms.mutex);
    return value;
  }

  std::istringstream text;
  FIX::SessionSettings settings;
  FIX::FileStoreFactory files;
  FIX::MemoryStoreFactory memory;
  FIX::SessionID id;
  Oms oms;
  std::unique_ptr<FIX::Initiator> initiator;
};

bool quickfix_speaks_tls() {
#ifdef HAVE_SSL
  return true;
#else
  return false;
#endif
}

QuickfixOms::QuickfixOms(const OmsOptions& options) {
  try {
    impl_.reset(new Impl(options));
  } catch (const FIX::ConfigError& error) {
    throw std::runtime_error(error.what());
  }
}
QuickfixOms::~QuickfixOms() { stop(); }

void QuickfixOms::start() {
  try {
    impl_->session().logon();
    impl_->initiator->start();
  } catch (const std::exception& error) {
    throw std::runtime_error(error.what());
  }
}
void QuickfixOms::log_out() { impl_->session().logout(); }
void QuickfixOms::stop() {
  if (!impl_->initiator->isStopped()) impl_->initiator->stop();
}
bool QuickfixOms::logged_on() const { return impl_->session().isLoggedOn(); }

bool QuickfixOms::send(const std::string& msg_type, const Fields& body, const Fields& header) {
  FIX::Message message;
  message.getHeader().setField(FIX::MsgType(msg_type));
  for (const auto& field : header) message.getHeader().setField(field.first, field.second);
  for (const auto& field : body) message.setField(field.first, field.second);
  return FIX::Session::sendToTarget(message, impl_->id);
}
int QuickfixOms::next_sender_seq() const { return static_cast<int>(impl_->session().getExpectedSenderNum()); }
int QuickfixOms::next_target_seq() const { return static_cast<int>(impl_->session().getExpectedTargetNum()); }
void QuickfixOms::set_next_sender_seq(int seq) { impl_->session().setNextSenderMsgSeqNum(seq); }
std::vector<std::string> QuickfixOms::apps() const { return impl_->locked(impl_->oms.apps); }
std::vector<std::string> QuickfixOms::admins() const { return impl_->locked(impl_->oms.admins); }
std::vector<std::string> QuickfixOms::sent_admins() const { return impl_->locked(impl_->oms.sent_admins); }
std::size_t QuickfixOms::logons() const { return impl_->locked(impl_->oms.logons); }
void QuickfixOms::refuse_next(int tag) {
  const std::lock_guard<std::mutex> lock(impl_->oms.mutex);
  impl_->oms.refuse = tag;
}

}  // namespace test
}  // namespace marginfix
