// Runs one scenario: a gateway, its clients and its exchange, line by line. What goes wrong is thrown as std::runtime_error with the line
// and everything that was said until then.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "integration/gateway/exchange_side.hpp"
#include "integration/gateway/gateway_host.hpp"
#include "integration/gateway/message.hpp"
#include "integration/gateway/oms_rules.hpp"
#include "integration/gateway/scenario.hpp"
#include "integration/gateway/wire_client.hpp"

namespace marginfix::gateway::script {

class Runner {
 public:
  explicit Runner(const Scenario& scenario);
  void run();

 private:
  struct Client {
    std::string comp_id;
    std::unique_ptr<WireClient> connection;
    std::int64_t out{1}, in{1};  // next MsgSeqNums
    std::size_t piece{0};
    std::unique_ptr<OmsRules> rules;
  };

  // ---- runner.cpp: steps ----
  void perform(const Step& step);
  bool perform_setting(const Step& step);
  bool perform_client(Client& client, const std::string& verb, const std::string& rest);
  bool perform_exchange(const Step& step);
  bool perform_gateway(const Step& step);
  void begin();
  void finish();
  void quiet();
  void rest(const std::vector<Step>& lines);
  void restart(const std::string& how);
  void stop_cleanly();
  void wait_until_open();

  // ---- conversation.cpp: messages ----
  Client& client_named(const std::string& name);
  void connect(Client& client);
  void log_on(Client& client, const std::string& fields);
  void log_out(Client& client);
  void drop(Client& client);
  void send(Client& client, const std::string& text, bool checked);
  Fields receive(Client& client, bool any_number, bool judged = true);
  void expect(Client& client, const std::string& text, bool judged = true);
  void expect_behind_heartbeats(Client& client, const std::string& text);
  void expect_close(Client& client);
  void accepted_order(Client& client, const std::string& text);
  void expect_order(const std::string& text);
  void deliver(const std::string& text);
  Fields given(const Line& line) const;
  void match(const Line& line, const Fields& message, bool to_client);
  bool matches_version(const Term& term, const Fields& message) const;
  std::string substituted(const std::string& value) const;
  void header(Client& client, Fields& message, const Line& line);
  void add_usual_fields(const std::string& msg_type, const Line& line, Fields& message) const;
  void count(Client& client, const Fields& message, bool any_number);

  template <class Condition>
  void wait_for(const std::string& what, const Condition& condition);
  [[noreturn]] void wrong(const std::string& what) const;
  void note(const std::string& who, const std::string& text) { said_.push_back(who + " " + text); }

  const Scenario& scenario_;
  std::vector<Step> steps_;
  ExchangeSide exchange_;
  GatewayHost gateway_;
  std::map<std::string, Client> clients_;  // "C", "C2"
  std::map<std::string, std::string> variables_;
  std::vector<std::string> said_;
  std::string where_;
  bool begun_{false}, log_on_{true}, exchange_up_{true};
  int questions_{0};
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
};

}  // namespace marginfix::gateway::script
