// A QuickFIX application on this exchange, whole: marginfix::quickfix::Initiator stands where FIX::SSLSocketInitiator would. C++14, only
// QuickFIX and marginfix/quickfix.hpp; docs/quickfix.md takes its pieces from here.
//   quickfix_app CFG SYMBOL PRICE      buys one contract in an order group, and cancels the order again; CFG as config/quickfix.cfg
#include <quickfix/Application.h>
#include <quickfix/FileLog.h>
#include <quickfix/FileStore.h>
#include <quickfix/Message.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <string>

#include "marginfix/quickfix.hpp"

#ifdef EXCEPT  // QuickFIX 1.16 and its C++17
#define QUICKFIX_THROWS(...)
#else
#define QUICKFIX_THROWS(...) throw(__VA_ARGS__)
#pragma GCC diagnostic ignored "-Wdeprecated"
#endif

// What QuickFIX calls: on the initiator's thread, one call at a time.
class Desk : public FIX::Application {
 public:
  // Waits up to 15 seconds for what the exchange is to say; false: it has not.
  bool heard(const std::string& what) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(15), [&] { return said_.find(what) != std::string::npos; });
  }
  std::string group() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return group_;
  }

 private:
  void onCreate(const FIX::SessionID&) override {}
  void onLogon(const FIX::SessionID& id) override { tell("logon " + id.getTargetCompID().getString()); }
  void onLogout(const FIX::SessionID& id) override { tell("logout " + id.getTargetCompID().getString()); }
  // Nothing to sign here: the initiator has done it. toAdmin() may still add fields of its own.
  void toAdmin(FIX::Message&, const FIX::SessionID&) override {}
  void toApp(FIX::Message&, const FIX::SessionID&) QUICKFIX_THROWS(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message&, const FIX::SessionID&)
      QUICKFIX_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {}

  void fromApp(const FIX::Message& message, const FIX::SessionID&)
      QUICKFIX_THROWS(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    const std::string type = message.getHeader().getField(FIX::FIELD::MsgType);
    if (type == "8") {  // ExecutionReport
      tell("order " + message.getField(FIX::FIELD::ClOrdID) + " 39=" + message.getField(FIX::FIELD::OrdStatus));
    } else if (type == "UOH") {  // OrderGroupResponse
      const std::lock_guard<std::mutex> lock(mutex_);
      group_ = message.getField(20130);  // OrderGroupID
      said_ += "group\n";
      changed_.notify_all();
    } else {
      tell(type + " " + (message.isSetField(FIX::FIELD::Text) ? message.getField(FIX::FIELD::Text) : std::string()));
    }
  }

  void tell(const std::string& line) {
    std::cout << line << std::endl;
    const std::lock_guard<std::mutex> lock(mutex_);
    said_ += line + "\n";
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string said_, group_;
};

// The application dictionary knows these messages; what is written here is what leaves.
FIX::Message message_of(const std::string& type) {
  FIX::Message message;
  message.getHeader().setField(FIX::MsgType(type));
  return message;
}

FIX::Message create_group(int contracts_in_15_seconds) {
  FIX::Message request = message_of("UOG");
  request.setField(20131, "1");  // OrderGroupAction: create
  request.setField(20132, std::to_string(contracts_in_15_seconds));
  return request;
}

FIX::Message buy(const std::string& cl_ord_id, const std::string& symbol, const std::string& price, const std::string& group) {
  FIX::Message order = message_of("D");
  order.setField(FIX::ClOrdID(cl_ord_id));
  order.setField(FIX::Symbol(symbol));
  order.setField(FIX::Side(FIX::Side_BUY));
  order.setField(FIX::OrdType(FIX::OrdType_LIMIT));
  order.setField(FIX::FIELD::OrderQty, "1");
  order.setField(FIX::FIELD::Price, price);  // as text: a price is no double
  order.setField(FIX::TimeInForce(FIX::TimeInForce_GOOD_TILL_CANCEL));
  order.setField(FIX::FIELD::SecondaryClOrdID, group);  // 526: the order group
  return order;
}

FIX::Message cancel(const std::string& cl_ord_id, const std::string& original, const std::string& symbol) {
  FIX::Message request = message_of("F");
  request.setField(FIX::ClOrdID(cl_ord_id));
  request.setField(FIX::OrigClOrdID(original));
  request.setField(FIX::Symbol(symbol));
  request.setField(FIX::Side(FIX::Side_BUY));
  return request;
}

int trade(Desk& desk, const FIX::SessionID& session, const std::string& symbol, const std::string& price) {
  if (!desk.heard("logon KalshiNR")) return 1;  // the event log in FileLogPath says why
  FIX::Message group = create_group(500);
  FIX::Session::sendToTarget(group, session);
  if (!desk.heard("group")) return 1;
  FIX::Message order = buy("first-1", symbol, price, desk.group());
  FIX::Session::sendToTarget(order, session);
  if (!desk.heard("order first-1 39=0")) return 1;  // New
  FIX::Message request = cancel("first-2", "first-1", symbol);
  FIX::Session::sendToTarget(request, session);
  return desk.heard("order first-2 39=4") ? 0 : 1;  // Canceled
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: quickfix_app CFG SYMBOL PRICE\n";
    return 2;
  }
  try {
    const FIX::SessionSettings settings(argv[1], true);  // true: ${NAME} is the environment's
    FIX::FileStoreFactory stores(settings);
    FIX::FileLogFactory logs(settings);  // without a log QuickFIX says nothing, whatever goes wrong
    Desk desk;
    marginfix::quickfix::Initiator initiator(desk, stores, settings, logs);
    initiator.start();
    const int result = trade(desk, *settings.getSessions().begin(), argv[2], argv[3]);
    initiator.stop();
    return result;
  } catch (const FIX::Exception& error) {  // ConfigError: which key, and what to write
    std::cerr << error.what() << '\n';
    return 2;
  }
}
