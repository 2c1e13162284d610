// The REST door without sockets, signatures and all, each of its answers held against the official file. The operation of a request is
// found by the file's own methods and paths.
#pragma once

#include <fstream>
#include <sstream>

#include "contract/sim/official/answer_check.hpp"
#include "sim/doors/rest/gate.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {

inline std::string official_file(const std::string& name) {
  std::ifstream in(std::string(MARGINFIX_SOURCE_DIR) + "/../shared/spec/official/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class OfficialPerpsTest : public RestTradingTest {
 protected:
  explicit OfficialPerpsTest(ExchangeOptions options) : RestTradingTest(std::move(options)) {}
  void SetUp() override;

  // Signed with `key` ("" = not signed).
  Answer ask(std::string_view key, const std::string& method, const std::string& target, const std::string& body = "");
  Answer read(std::string_view key, const std::string& target) { return ask(key, "GET", target); }
  // An answer that must be a success: 2xx.
  Answer good(std::string_view key, const std::string& method, const std::string& target, const std::string& body = "");
  // Every operation refuses somebody: whoever is not signed in, or, where nobody has to be, an unknown parameter.
  void refuse_everywhere();

  std::unique_ptr<openapi::AnswerCheck> check_;

 private:
  static Signer make_key();
  KeyRing ring_;
  Signer signer_ = make_key();
  RestGate gate_{exchange, ring_, [this] { return exchange.now(); }};
  EndpointDoor http_{"/trade-api/v2", gate_, {[] {}, [] {}, [] {}}};
  Router file_{"/trade-api/v2"};
};

}  // namespace marginfix::sim
