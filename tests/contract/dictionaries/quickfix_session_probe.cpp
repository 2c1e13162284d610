// The C++14 side of the session probe. Latency is not checked: golden messages carry times of their own.
#include "contract/dictionaries/quickfix_session_probe.hpp"

#include <quickfix/Application.h>
#include <quickfix/DataDictionaryProvider.h>
#include <quickfix/Message.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Responder.h>
#include <quickfix/Session.h>
#include <quickfix/SessionFactory.h>
#include <quickfix/SessionSettings.h>

#include <memory>
#include <sstream>
#include <stdexcept>

namespace marginfix_tests {

namespace {

class Listening : public FIX::NullApplication {
 public:
  explicit Listening(std::vector<std::string>& heard) : heard_(heard) {}
  // noexcept fits under 1.15.1's exception specification as well as under 1.16's none.
  void fromApp(const FIX::Message& message, const FIX::SessionID& /*id*/) noexcept override { heard_.push_back(message.toString()); }

 private:
  std::vector<std::string>& heard_;
};

class Recording : public FIX::Responder {
 public:
  bool send(const std::string& wire) override {
    sent.push_back(wire);
    return true;
  }
  void disconnect() override {}
  std::vector<std::string> sent;
};

std::shared_ptr<FIX::DataDictionary> dictionary(const std::string& xml) {
  std::istringstream stream(xml);
  return std::make_shared<FIX::DataDictionary>(stream);
}

// Logs on and feeds the report; returns the Logon the session sent.
std::string drive(FIX::Session& session, Recording& line, const std::string& logon_answer, const std::string& report,
                  QuickFixSessionOutcome& outcome) {
  session.setResponder(&line);
  session.logon();
  session.next();
  const std::string logon = line.sent.empty() ? std::string() : line.sent.front();
  session.next(logon_answer, FIX::UtcTimeStamp());
  line.sent.clear();
  session.next(report, FIX::UtcTimeStamp());
  outcome.sent = line.sent;
  outcome.next_expected = static_cast<int>(session.getExpectedTargetNum());
  return logon;
}

}  // namespace

QuickFixSessionOutcome feed_quickfix_session(const std::string& session_xml, const std::string& application_xml,
                                             const std::string& logon_answer, const std::string& report) {
  QuickFixSessionOutcome outcome;
  const FIX::Message answer(logon_answer, false);
  FIX::SenderCompID theirs;
  FIX::TargetCompID ours;
  answer.getHeader().getField(theirs);
  answer.getHeader().getField(ours);
  FIX::DataDictionaryProvider provider;
  provider.addTransportDataDictionary(FIX::BeginString("FIXT.1.1"), dictionary(session_xml));
  provider.addApplicationDataDictionary(FIX::ApplVerID("9"), dictionary(application_xml));
  Listening application(outcome.from_app);
  FIX::MemoryStoreFactory stores;
  Recording line;
  const FIX::TimeRange always(FIX::UtcTimeOnly(0, 0, 0), FIX::UtcTimeOnly(0, 0, 0));
  FIX::Session session(application, stores, FIX::SessionID("FIXT.1.1", ours.getString(), theirs.getString()), provider, always, 30,
                       nullptr);
  session.setSenderDefaultApplVerID("9");
  session.setCheckLatency(false);
  drive(session, line, logon_answer, report, outcome);
  return outcome;
}

QuickFixCfgOutcome feed_quickfix_cfg(const std::string& cfg, const std::string& logon_answer, const std::string& report) {
  QuickFixCfgOutcome outcome;
  Listening application(outcome.after.from_app);
  FIX::MemoryStoreFactory stores;
  Recording line;
  FIX::SessionFactory factory(application, stores, nullptr);
  try {
    std::istringstream text(cfg);
    const FIX::SessionSettings settings(text);
    const FIX::SessionID id = *settings.getSessions().begin();
    const std::unique_ptr<FIX::Session> session(factory.create(id, settings.get(id)));
    outcome.logon = drive(*session, line, logon_answer, report, outcome.after);
  } catch (const FIX::ConfigError& e) {
    throw std::runtime_error(e.what());
  }
  return outcome;
}

}  // namespace marginfix_tests
