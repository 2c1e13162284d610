// Compiled as C++14 against marginfix::quickfix and QuickFIX only.
#include "integration/quickfix/quickfix_user.hpp"

#include <quickfix/FileLog.h>
#include <quickfix/FileStore.h>
#include <quickfix/Log.h>
#include <quickfix/Message.h>
#include <quickfix/Session.h>
#include <quickfix/SocketInitiator.h>

#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>

#include "marginfix/quickfix.hpp"

#ifdef EXCEPT
#define USER_THROWS(...)
static_assert(__cplusplus == 201703L, "what QuickFIX 1.16 asks for, and no more");
#else
#define USER_THROWS(...) throw(__VA_ARGS__)
#pragma GCC diagnostic ignored "-Wdeprecated"
static_assert(__cplusplus == 201402L, "marginfix::quickfix must not ask its users for more than QuickFIX does");
#endif

namespace marginfix {
namespace test {
namespace {

class Events : public FIX::Log, public FIX::LogFactory {
 public:
  FIX::Log* create() override { return this; }
  FIX::Log* create(const FIX::SessionID&) override { return &of_session_; }
  void destroy(FIX::Log*) override {}
  void clear() override {}
  void backup() override {}
  void onIncoming(const std::string&) override {}
  void onOutgoing(const std::string&) override {}
  void onEvent(const std::string& text) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    all_ += text + "\n";
  }
  bool has(const std::string& part) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return all_.find(part) != std::string::npos;
  }
  bool session_has(const std::string& part) const { return of_session_.has(part); }

 private:
  struct OfSession : FIX::Log {
    explicit OfSession(Events& the_events) : events(the_events) {}
    void clear() override {}
    void backup() override {}
    void onIncoming(const std::string&) override {}
    void onOutgoing(const std::string&) override {}
    void onEvent(const std::string& line) override {
      events.onEvent(line);
      const std::lock_guard<std::mutex> lock(events.mutex_);
      text += line + "\n";
    }
    bool has(const std::string& part) const {
      const std::lock_guard<std::mutex> lock(events.mutex_);
      return text.find(part) != std::string::npos;
    }
    Events& events;
    std::string text;
  };

  mutable std::mutex mutex_;
  std::string all_;
  OfSession of_session_{*this};
};

class User : public QuickfixUser, private FIX::Application {
 public:
  explicit User(const std::string& cfg) : settings_(parsed(cfg)), initiator_(*this, stores_, settings_, events_) {}
  ~User() override { initiator_.stop(true); }

  void start() override { initiator_.start(); }
  void stop() override { initiator_.stop(); }
  void poll() override { initiator_.poll(); }
  bool send_order(const std::string& cl_ord_id) override {
    FIX::Message order;
    order.getHeader().setField(FIX::MsgType("D"));
    order.setField(11, cl_ord_id);
    order.setField(38, "10");
    return FIX::Session::sendToTarget(order, id());
  }
  void reset_in_to_admin() override { reset_ = true; }
  int logons() const override { return count(logons_); }
  int logouts() const override { return count(logouts_); }
  bool logged_on() const override { return count(logons_) > count(logouts_); }
  std::vector<std::string> reports() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reports_;
  }
  std::vector<std::string> business_rejects() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return business_rejects_;
  }
  bool heard(const std::string& part) const override { return events_.has(part); }
  bool session_heard(const std::string& part) const override { return events_.session_has(part); }

 private:
  static FIX::SessionSettings parsed(const std::string& cfg) {
    std::istringstream text(cfg);
    return FIX::SessionSettings(text);
  }
  FIX::SessionID id() const { return *settings_.getSessions().begin(); }
  int count(const int& counter) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return counter;
  }

  void onCreate(const FIX::SessionID&) override {}
  void onLogon(const FIX::SessionID&) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++logons_;
  }
  void onLogout(const FIX::SessionID&) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (logons_ > logouts_) ++logouts_;
  }
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override {
    if (reset_ && message.getHeader().getField(35) == "A") message.setField(141, "Y");
  }
  void toApp(FIX::Message&, const FIX::SessionID&) USER_THROWS(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message&, const FIX::SessionID&)
      USER_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {}
  void fromApp(const FIX::Message& message, const FIX::SessionID&)
      USER_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (message.getHeader().getField(35) == "j")
      business_rejects_.push_back(message.getField(58));
    else
      reports_.push_back(message.getField(11));
  }

  mutable std::mutex mutex_;
  int logons_ = 0, logouts_ = 0;
  bool reset_ = false;
  std::vector<std::string> reports_, business_rejects_;
  Events events_;
  FIX::SessionSettings settings_;
  FIX::MemoryStoreFactory stores_;
  quickfix::Initiator initiator_;
};

// FIX::Initiator forgets its log where its constructor throws.
class KeptLogs : public FIX::FileLogFactory {
 public:
  explicit KeptLogs(const FIX::SessionSettings& settings) : FIX::FileLogFactory(settings) {}
  ~KeptLogs() override {
    for (FIX::Log* const log : alive_) FIX::FileLogFactory::destroy(log);
  }
  FIX::Log* create() override { return *alive_.insert(FIX::FileLogFactory::create()).first; }
  FIX::Log* create(const FIX::SessionID& id) override { return *alive_.insert(FIX::FileLogFactory::create(id)).first; }
  void destroy(FIX::Log* log) override {
    alive_.erase(log);
    FIX::FileLogFactory::destroy(log);
  }

 private:
  std::set<FIX::Log*> alive_;
};

template <class Initiator>
std::string refused(const std::string& cfg_file) {
  try {
    const FIX::SessionSettings settings(cfg_file, true);
    FIX::NullApplication application;
    FIX::FileStoreFactory stores(settings);
    KeptLogs logs(settings);
    const Initiator initiator(application, stores, settings, logs);
  } catch (const FIX::Exception& error) {
    return error.what();
  }
  return std::string();
}

}  // namespace

std::string QuickfixUser::refused_by_quickfix(const std::string& cfg_file) { return refused<FIX::SocketInitiator>(cfg_file); }
std::string QuickfixUser::refused_by_ours(const std::string& cfg_file) { return refused<quickfix::Initiator>(cfg_file); }

std::unique_ptr<QuickfixUser> QuickfixUser::make(const std::string& cfg) {
  try {
    return std::unique_ptr<QuickfixUser>(new User(cfg));
  } catch (const FIX::Exception& error) {
    throw std::runtime_error(error.what());
  }
}

}  // namespace test
}  // namespace marginfix
