// A QuickFIX application's own program, in QuickFIX's dialect: our initiator takes its settings, and says what is missing in them.
#include <quickfix/Application.h>
#include <quickfix/MessageStore.h>
#include <quickfix/SessionSettings.h>

#include <iostream>
#include <sstream>

#include "marginfix/quickfix.hpp"

int main() {
  std::istringstream text(
      "[DEFAULT]\nConnectionType=initiator\nBeginString=FIXT.1.1\nDefaultApplVerID=FIX.5.0SP2\nHeartBtInt=30\nUseDataDictionary=N\n"
      "StartTime=00:00:00\nEndTime=00:00:00\nKalshiEnvironment=demo\n"
      "[SESSION]\nSenderCompID=01234567-89ab-4def-8123-456789abcdef\nTargetCompID=KalshiNR\nKalshiPrivateKeyPath=/nowhere/key.pem\n");
  FIX::NullApplication application;
  FIX::MemoryStoreFactory stores;
  const FIX::SessionSettings settings(text);
  try {
    marginfix::quickfix::Initiator initiator(application, stores, settings);
  } catch (const FIX::ConfigError& error) {
    const std::string what = error.what();
    std::cout << what << '\n';
    return what.find("/nowhere/key.pem") == std::string::npos ? 1 : 0;
  }
  std::cout << "FAIL a private key file that is not there was accepted\n";
  return 1;
}
