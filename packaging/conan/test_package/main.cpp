// The least that a program with a FIX session does: it is configured, exists, and says that it has not connected.
#include <iostream>
#include <utility>

#include "marginfix/margin_fix_client.hpp"

int main() {
  marginfix::MarginFixConfig config;
  config.environment = marginfix::Environment::demo;
  marginfix::SessionCredentials credentials;
  credentials.key_id = "01234567-89ab-4def-8123-456789abcdef";
  credentials.private_key_path = "key.pem";
  config.add(marginfix::SessionKind::order_entry, marginfix::TargetSession::NR, credentials);
  marginfix::MarginFixClientOptions options;
  options.log = marginfix::null_log_sink();
  const marginfix::MarginFixClient client(std::move(config), std::move(options));
  std::cout << client.config().sessions.at(0).port << '\n';
  return client.config().sessions[0].port == 8228 && !client.running() ? 0 : 1;
}
