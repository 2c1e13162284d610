// What a stranger's first program does with the installed library: exact numbers, one message out and in, FIX and REST clients from code.
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_client.hpp"

namespace {

int failures = 0;

void expect(bool holds, const char* what) {
  std::cout << (holds ? "ok   " : "FAIL ") << what << '\n';
  failures += holds ? 0 : 1;
}

void explain(const marginfix::Error& error) { std::cout << "     " << to_string(error) << '\n'; }

void numbers_are_exact() {
  const auto price = marginfix::DollarDecimal::parse("6.2577").value();
  expect((price * marginfix::FixedPointCount::whole(3)).to_string() == "18.7731", "6.2577 x 3 = 18.7731");
  expect(!marginfix::DollarDecimal::parse("6.25770001"), "a ninth decimal is refused");
}

void a_message_comes_back_as_it_went() {
  marginfix::fix::NewOrderSingle order;
  order.cl_ord_id = "first";
  order.symbol = "BTC-PERP";
  order.side = marginfix::Side::Buy;
  order.order_qty = marginfix::FixedPointCount::whole(10);
  order.price = marginfix::DollarDecimal::parse("19.5").value();
  marginfix::fix::Header header;
  header.sender_comp_id = "key";
  header.target_comp_id = "KalshiNR";
  header.msg_seq_num = 2;
  header.sending_time = marginfix::system_clock().now();
  marginfix::fix::Buffer bytes;
  const auto encoded = marginfix::fix::encode(order, header, bytes);
  expect(encoded.has_value(), "an order is encoded");
  if (!encoded) return explain(encoded.error());
  marginfix::fix::NewOrderSingle back;
  marginfix::fix::Findings findings;
  const auto decoded = marginfix::fix::decode(bytes.view(), back, findings);
  expect(decoded.has_value() && findings.empty(), "and decoded without findings");
  if (!decoded) return explain(decoded.error());
  expect(back.cl_ord_id == order.cl_ord_id && back.price == order.price && back.order_qty == order.order_qty, "with the same values");
}

void a_client_is_built_from_code() {
  marginfix::MarginFixConfig config;
  config.environment = marginfix::Environment::demo;
  marginfix::SessionCredentials credentials;
  credentials.key_id = "01234567-89ab-4def-8123-456789abcdef";
  credentials.private_key_path = "key.pem";
  config.add(marginfix::SessionKind::order_entry, marginfix::TargetSession::NR, credentials);
  marginfix::MarginFixClientOptions options;
  options.log = marginfix::null_log_sink();
  marginfix::MarginFixClient client(std::move(config), std::move(options));
  expect(!client.running(), "a client exists and has not connected to anything");
  expect(client.config().sessions.size() == 1 && client.config().sessions[0].port == 8228, "its session knows the exchange's port");
}

// libcurl comes in through the installed package; nothing is asked of the network.
void a_rest_client_is_built_from_code() {
  marginfix::PerpsClient perps(marginfix::PerpsConfig::demo());
  expect(perps.check().has_value() && !perps.authenticated(), "a REST client without a key exists");
  const auto balance = perps.margin().balance();
  expect(!balance && balance.error().category == marginfix::ErrorCategory::credentials, "and says what a private operation needs");
}

}  // namespace

int main() {
  numbers_are_exact();
  a_message_comes_back_as_it_went();
  a_client_is_built_from_code();
  a_rest_client_is_built_from_code();
#ifdef DATA_DIR
  expect(std::filesystem::exists(DATA_DIR "/fix-spec/FIX50SP2-margin.xml"), "the dictionaries are installed");
#endif
  return failures == 0 ? 0 : 1;
}
