// Runner: the steps of a scenario. Messages: conversation.cpp.
#include "integration/gateway/runner.hpp"

#include <stdexcept>
#include <thread>

#include "support/run_until.hpp"

namespace marginfix::gateway::script {
namespace {

constexpr std::chrono::seconds kLimit{10};

// "reset |108=5": the word in front and what stands behind it.
std::pair<std::string, std::string> word_and_rest(const std::string& text) {
  const std::size_t end = std::min(text.find_first_of(" |"), text.size());
  const std::size_t next = std::min(text.find_first_not_of(' ', end), text.size());
  return {text.substr(0, end), text.substr(next)};
}

}  // namespace

Runner::Runner(const Scenario& scenario) : scenario_(scenario), gateway_(scenario.version, exchange_) {
  for (const auto& [name, comp_id] : {std::pair{"C", "OMS"}, std::pair{"C2", "OMS2"}}) {
    Client& client = clients_[name];
    client.comp_id = comp_id;
    client.rules = std::make_unique<OmsRules>(scenario.version);
  }
}

void Runner::run() {
  try {
    steps_ = read_steps(scenario_);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      where_ = scenario_.path + ":" + std::to_string(steps_[i].line) + ": " + steps_[i].text;
      if (steps_[i].verb == "rest") {
        std::vector<Step> lines{steps_[i]};
        while (i + 1 < steps_.size() && steps_[i + 1].verb == "rest") lines.push_back(steps_[++i]);
        rest(lines);
        continue;
      }
      perform(steps_[i]);
    }
    where_ = scenario_.path + ": at the end";
    finish();
  } catch (const std::exception& fault) {
    std::string text = where_ + "\n  " + fault.what() + "\nso far:\n";
    for (const std::string& line : said_) text += "  " + line + "\n";
    throw std::runtime_error(text);
  }
}

void Runner::wrong(const std::string& what) const { throw std::runtime_error(what); }

template <class Condition>
void Runner::wait_for(const std::string& what, const Condition& condition) {
  if (!marginfix::test::run_until(io_, condition, kLimit)) wrong("waited in vain for: " + what);
}

void Runner::perform(const Step& step) {
  if (!begun_ && perform_setting(step)) return;
  if (!begun_) begin();
  if (step.verb.starts_with("X") || step.verb == "exchange") {
    if (perform_exchange(step)) return;
  } else if (step.verb == "C2") {
    const auto [verb, rest_of_it] = word_and_rest(step.rest);
    if (perform_client(client_named("C2"), verb, rest_of_it)) return;
  } else if (step.verb.starts_with("C2")) {
    if (perform_client(client_named("C2"), step.verb.substr(2), step.rest)) return;
  } else if (step.verb.starts_with("C")) {
    if (perform_client(client_named("C"), step.verb.substr(1), step.rest)) return;
  } else if (perform_gateway(step) || perform_client(client_named("C"), step.verb, step.rest)) {
    return;
  }
  wrong("no such step");
}

// Before anything runs.
bool Runner::perform_setting(const Step& step) {
  if (step.verb == "set") {
    const bool second = step.rest.starts_with("C2 ");
    const std::string text = second ? step.rest.substr(3) : step.rest;
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) wrong("set KEY=VALUE");
    gateway_.set(second ? "OMS2" : "", text.substr(0, equals), text.substr(equals + 1));
  } else if (step.text == "without logon") {
    log_on_ = false;
  } else if (step.text == "without exchange") {
    log_on_ = exchange_up_ = false;
  } else if (step.text == "on KalshiNR") {
    gateway_.without_retransmission();
  } else if (step.text.starts_with("answer wait ")) {
    gateway_.answer_wait(std::chrono::milliseconds(std::stoi(step.text.substr(std::string("answer wait ").size()))));
  } else if (step.text.starts_with("settle ")) {
    gateway_.settle_time(std::chrono::milliseconds(std::stoi(step.text.substr(std::string("settle ").size()))));
  } else {
    return false;
  }
  return true;
}

void Runner::begin() {
  begun_ = true;
  gateway_.start();
  if (exchange_up_) {
    exchange_.session().log_on();
    wait_until_open();
  }
  if (!log_on_) return;
  connect(client_named("C"));
  log_on(client_named("C"), "");
}

void Runner::wait_until_open() {
  wait_for("the gateway to let clients in", [this] { return gateway_.service().is_open(); });
}

bool Runner::perform_client(Client& client, const std::string& verb, const std::string& rest_of_it) {
  if (verb == ">" || verb == ">!") {
    send(client, rest_of_it, verb == ">");
  } else if (verb == "<" || verb == "<!") {
    expect(client, rest_of_it, verb == "<");
  } else if (verb == "<~") {
    expect_behind_heartbeats(client, rest_of_it);
  } else if (verb == "connect") {
    connect(client);
  } else if (verb == "logon") {
    if (!client.connection) connect(client);
    log_on(client, rest_of_it);
  } else if (verb == "reconnect") {
    if (client.connection) drop(client);
    connect(client);
    const auto [how, fields] = word_and_rest(rest_of_it);
    if (how == "reset") client.in = client.out = 1;
    log_on(client, (how == "reset" ? "141=Y|" : "") + fields);
  } else if (verb == "logout") {
    log_out(client);
  } else if (verb == "disconnect") {
    drop(client);
  } else if (verb == "works") {
    accepted_order(client, rest_of_it);
  } else if (verb == "ask") {
    send(client, "2|7=" + std::to_string(client.in) + "|16=0", true);
  } else if (verb == "closed") {
    expect_close(client);
  } else if (verb == "pieces") {
    client.piece = static_cast<std::size_t>(std::stoi(rest_of_it));
  } else if (verb == "next") {
    wait_for("the gateway to have told up to there",
             [&] { return gateway_.client(client.comp_id).next_sender_seq == std::stoll(rest_of_it); });
  } else if (verb == "as") {
    client.comp_id = rest_of_it;
  } else if (verb == "out") {
    client.out = std::stoll(rest_of_it);
  } else if (verb == "in") {
    client.in = std::stoll(rest_of_it);
  } else {
    return false;
  }
  return true;
}

bool Runner::perform_exchange(const Step& step) {
  FakeExchange::Session& session = exchange_.session();
  if (step.verb == "X>") {
    expect_order(step.rest);
  } else if (step.verb == "X<") {
    deliver(step.rest);
  } else if (step.text == "exchange up") {
    session.log_on();
    gateway_.settle();
  } else if (step.text == "exchange down") {
    session.lose();
    gateway_.settle();
  } else if (step.text == "exchange blocks") {
    session.block(true);
    gateway_.settle();
  } else if (step.text == "exchange reads") {
    session.unblock();
    gateway_.settle();
  } else if (step.text == "exchange asked") {
    wait_for("a question to REST", [this] { return exchange_.questions() > questions_; });
  } else {
    return false;
  }
  return true;
}

bool Runner::perform_gateway(const Step& step) {
  if (step.verb == "quiet") {
    quiet();
  } else if (step.verb == "restart") {
    restart(step.rest);
  } else if (step.text == "open") {
    wait_until_open();
  } else if (step.text == "kill") {
    note("--", gateway_.service().kill("command", "the scenario says so").value());
  } else if (step.text == "arm") {
    note("--", gateway_.service().arm("command").value());
  } else {
    return false;
  }
  return true;
}

// Whoever is logged on gets the answer to a TestRequest(1) next, and nothing has gone to the exchange.
void Runner::quiet() {
  gateway_.settle();
  for (auto& [name, client] : clients_) {
    if (!client.connection || !gateway_.client(client.comp_id).logged_on) continue;
    send(client, "1|112=quiet", true);
    expect(client, "0|112=quiet");
  }
  if (const auto sent = exchange_.pending()) wrong("the exchange has been sent " + to_pipes(*sent));
}

void Runner::rest(const std::vector<Step>& lines) {
  if (!begun_) begin();
  std::vector<std::pair<std::string, Fields>> said;
  for (const Step& step : lines) {
    where_ = scenario_.path + ":" + std::to_string(step.line) + ": " + step.text;
    const auto [what, fields] = word_and_rest(step.rest);
    said.emplace_back(what, given(read_line("|" + fields, scenario_.version)));
    note("REST", step.rest);
  }
  questions_ = exchange_.questions();
  exchange_.say(said);
}

// "": killed; "cleanly": stopped as by SIGTERM. "alone" behind it: the exchange is not there yet.
void Runner::restart(const std::string& how) {
  const bool cleanly = how.starts_with("cleanly");
  note("--", cleanly ? "the gateway is stopped" : "the gateway is killed");
  if (cleanly) {
    stop_cleanly();
  } else {
    gateway_.settle();  // else what it has just read may be written down, or not
    gateway_.keep_what_is_written();
    for (auto& [name, client] : clients_) client.connection.reset();
    gateway_.stop();
  }
  gateway_.start();
  if (how.find("alone") != std::string::npos) return;
  exchange_.session().log_on();
  wait_until_open();
}

// Whoever is logged on gets a Logout and answers it.
void Runner::stop_cleanly() {
  std::thread stopping([this] { gateway_.stop(); });
  try {
    for (auto& [name, client] : clients_) {
      if (!client.connection) continue;
      expect(client, "5|58=~");
      send(client, "5", true);
      if (!client.connection->closed(std::chrono::duration_cast<std::chrono::milliseconds>(kLimit))) wrong("the connection was not closed");
      client.connection.reset();
    }
  } catch (...) {
    for (auto& [name, client] : clients_) client.connection.reset();
    stopping.join();
    throw;
  }
  stopping.join();
}

void Runner::finish() {
  if (!begun_) begin();
  quiet();
}

}  // namespace marginfix::gateway::script
