// Runner: messages, to and from clients and the exchange.
#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "integration/gateway/runner.hpp"
#include "marginfix/core/time.hpp"
#include "support/run_until.hpp"

namespace marginfix::gateway::script {
namespace {

constexpr std::chrono::milliseconds kAnswer{10'000};

std::string utc(std::chrono::seconds moved = std::chrono::seconds(0)) { return to_fix_utc(system_clock().now() + moved); }
bool is_order_message(const std::string& type) { return type == "D" || type == "G" || type == "F"; }
const Term* term_of(const Line& line, int tag) {
  const auto found = std::ranges::find(line.terms, tag, &Term::tag);
  return found == line.terms.end() ? nullptr : &*found;
}
std::string faults_text(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& each : faults) text += "\n  " + each;
  return text;
}

}  // namespace

Runner::Client& Runner::client_named(const std::string& name) { return clients_.at(name); }

// ---- values ------------------------------------------------------------------------------------------------------------------
// $now, $now+3600 (seconds), $today, or a captured value.
std::string Runner::substituted(const std::string& value) const {
  if (value.size() < 2 || value.front() != '$') return value;
  const std::string name = value.substr(1);
  if (name.starts_with("now")) return utc(std::chrono::seconds(name.size() > 3 ? std::stol(name.substr(3)) : 0));
  if (name.starts_with("today")) return utc(std::chrono::hours(name.size() > 5 ? 24 * std::stol(name.substr(5)) : 0)).substr(0, 8);
  const std::size_t plus = std::min(name.find_first_of("+-"), name.size());
  const auto known = variables_.find(name.substr(0, plus));
  if (known == variables_.end()) throw std::runtime_error("$" + name + " is not known yet");
  if (plus == name.size()) return known->second;
  return std::to_string(std::stoll(known->second) + std::stoll(name.substr(plus)));
}

Fields Runner::given(const Line& line) const {
  Fields fields;
  for (const Term& term : line.terms) {
    if (term.kind != Term::Kind::absent) fields.push_back({term.tag, substituted(term.value)});
  }
  return fields;
}

// FIX.4.2 says Trade and OrderStatus in its own way: 150=F stands for 1 or 2, by what is left, and 150=I for the status with 20=3.
bool Runner::matches_version(const Term& term, const Fields& message) const {
  if (scenario_.version != FixVersion::fix42 || term.tag != 150 || value_of(message, 35) != "8") return false;
  if (term.value == "F")
    return value_of(message, 150) == (same_value(value_of(message, 151), "0.0") ? "2" : "1") && value_of(message, 20) == "0";
  if (term.value == "I") return value_of(message, 150) == value_of(message, 39) && value_of(message, 20) == "3";
  return false;
}

// A '$name' that is not known yet takes the value; '~text' wants the value to have it in it.
void Runner::match(const Line& line, const Fields& message, bool to_client) {
  std::string differences;
  if (value_of(message, 35) != line.msg_type) differences += " MsgType(35) is " + value_of(message, 35);
  for (const Term& term : line.terms) {
    const std::string* value = find(message, term.tag);
    const std::string tag = std::to_string(term.tag);
    if (term.kind == Term::Kind::absent) {
      if (value != nullptr) differences += " " + tag + "=" + *value + " should be absent;";
      continue;
    }
    if (value == nullptr) {
      differences += " " + tag + " is missing;";
      continue;
    }
    if (term.kind == Term::Kind::any) continue;
    const bool names =
        term.value.size() > 1 && term.value.front() == '$' && !term.value.starts_with("$now") && !term.value.starts_with("$today");
    if (names && !variables_.contains(term.value.substr(1)) && term.value.find_first_of("+-") == std::string::npos) {
      variables_[term.value.substr(1)] = *value;
      continue;
    }
    if (to_client && term.tag == 150 && scenario_.version == FixVersion::fix42 && (term.value == "F" || term.value == "I")) {
      if (!matches_version(term, message)) differences += " 150=" + *value + " with 20=" + value_of(message, 20) + ";";
      continue;
    }
    if (term.value.size() > 1 && term.value.front() == '~') {
      if (value->find(term.value.substr(1)) == std::string::npos) differences += " " + tag + "=" + *value + ";";
      continue;
    }
    const std::string wanted = substituted(term.value);
    if (!same_value(wanted, *value)) differences += " " + tag + "=" + *value + ", not " + wanted + ";";
  }
  if (!differences.empty()) wrong("it is different:" + differences);
}

// ---- the client's side ---------------------------------------------------------------------------------------------------------
void Runner::connect(Client& client) { client.connection = std::make_unique<WireClient>(gateway_.service().port()); }

void Runner::log_on(Client& client, const std::string& fields) {
  send(client, "A|98=0|" + (fields.find("108=") == std::string::npos ? std::string("108=30|") : std::string()) + fields, true);
  const Fields logon = receive(client, true);
  match(read_line("A|98=0|108=~", scenario_.version), logon, true);
}

void Runner::log_out(Client& client) {
  send(client, "5", true);
  expect(client, "5");
  expect_close(client);
}

// Heartbeats may come before.
void Runner::expect_close(Client& client) {
  while (!client.connection->closed(kAnswer)) {
    const auto wire = client.connection->next(kAnswer);
    if (!wire && client.connection->closed(std::chrono::milliseconds(0))) break;
    if (!wire) wrong("it was not closed: " + to_pipes(client.connection->rest()));
    note(client.comp_id + " <", to_pipes(*wire));
    if (value_of(parse_wire(*wire), 35) != "0") wrong("it was not closed: " + to_pipes(*wire));
  }
  client.connection.reset();
  const auto other = std::ranges::find_if(
      clients_, [&](const auto& each) { return each.second.comp_id == client.comp_id && each.second.connection != nullptr; });
  if (other == clients_.end()) drop(client);
}

// Until the gateway has noticed.
void Runner::drop(Client& client) {
  client.connection.reset();
  const bool gone = marginfix::test::run_until(
      io_, [&] { return !gateway_.client(client.comp_id).logged_on; }, std::chrono::duration_cast<std::chrono::milliseconds>(kAnswer));
  if (!gone) wrong("the gateway does not notice that the client has gone");
}

void Runner::header(Client& client, Fields& message, const Line& line) {
  Fields front{{35, line.msg_type}};
  const auto add = [&](int tag, const std::string& otherwise) {
    const Term* term = term_of(line, tag);
    if (term != nullptr && term->kind == Term::Kind::absent) return;
    const std::string* stated = find(message, tag);
    front.push_back({tag, stated != nullptr ? *stated : otherwise});
    std::erase_if(message, [tag](const Field& field) { return field.tag == tag; });
  };
  const auto move = [&](int tag) {
    if (find(message, tag) != nullptr) add(tag, {});
  };
  const bool own_number = find(message, 34) != nullptr;
  add(34, std::to_string(client.out));
  add(49, client.comp_id);
  for (const int tag : {50, 43, 97}) move(tag);
  add(52, utc());
  add(56, std::string(kGatewayName));
  move(122);
  if (!own_number) ++client.out;
  message.insert(message.begin(), front.begin(), front.end());
}

// What every order says, so that a line shows what is special about it.
void Runner::add_usual_fields(const std::string& msg_type, const Line& line, Fields& message) const {
  const auto usual = [&](int tag, const std::string& value) {
    if (term_of(line, tag) == nullptr) message.push_back({tag, value});
  };
  if (msg_type == "A" && scenario_.version == FixVersion::fix50sp2) usual(1137, "9");
  if (!is_order_message(msg_type)) return;
  if (msg_type != "F") usual(21, "1");
  usual(55, "BTC-PERP");
  usual(54, "1");
  usual(60, utc());
  if (msg_type == "F") return;
  usual(38, "10");
  usual(40, "2");
  usual(44, "6.25");
}

void Runner::send(Client& client, const std::string& text, bool checked) {
  if (!client.connection) wrong("the client is not connected");
  const Line line = read_line(text, scenario_.version);
  Fields message = given(line);
  add_usual_fields(line.msg_type, line, message);
  header(client, message, line);
  const std::string wire = compose(begin_string(scenario_.version), message);
  note(client.comp_id + " >", to_pipes(wire));
  if (checked) {
    if (const auto faults = dictionary_faults(scenario_.version, wire); !faults.empty())
      wrong("the client's own message is refused by the dictionaries:" + faults_text(faults));
  }
  client.connection->send(wire, client.piece);
}

// The number that is due counts; a higher one stands above a gap, a lower one is a retransmission.
void Runner::count(Client& client, const Fields& message, bool any_number) {
  const std::string text = value_of(message, 34);
  std::int64_t seq = 0;
  std::from_chars(text.data(), text.data() + text.size(), seq);
  const bool again = value_of(message, 43) == "Y";
  if (seq == client.in) {
    client.in = value_of(message, 35) == "4" ? std::stoll(value_of(message, 36)) : seq + 1;
  } else if (!any_number && !again) {
    wrong("MsgSeqNum(34)=" + text + " where " + std::to_string(client.in) + " is due");
  }
}

// `judged`: by the rules that hold of everything.
Fields Runner::receive(Client& client, bool any_number, bool judged) {
  if (!client.connection) wrong("the client is not connected");
  const auto wire = client.connection->next(kAnswer);
  if (!wire) wrong(client.connection->closed(std::chrono::milliseconds(0)) ? "the connection was closed" : "nothing came");
  note(client.comp_id + " <", to_pipes(*wire));
  const auto faults = judged ? client.rules->check(*wire) : std::vector<std::string>();
  if (!faults.empty()) wrong("a rule is broken by " + to_pipes(*wire) + faults_text(faults));
  Fields message = parse_wire(*wire);
  count(client, message, any_number);
  return message;
}

void Runner::expect(Client& client, const std::string& text, bool judged) {
  const Line line = read_line(text, scenario_.version);
  const Fields message = receive(client, term_of(line, 34) != nullptr, judged);
  match(line, message, true);
}

void Runner::expect_behind_heartbeats(Client& client, const std::string& text) {
  Fields message = receive(client, false);
  while (value_of(message, 35) == "0" && find(message, 112) == nullptr) message = receive(client, false);
  match(read_line(text, scenario_.version), message, true);
}

// "c1 x1|38=5": a new order c1, $x1 to the exchange, which accepts it.
void Runner::accepted_order(Client& client, const std::string& text) {
  const std::size_t blank = text.find(' '), bar = std::min(text.find('|'), text.size());
  if (blank == std::string::npos || blank > bar) wrong("works ID VARIABLE|FIELDS");
  const std::string id = text.substr(0, blank), variable = text.substr(blank + 1, bar - blank - 1);
  send(client, "D|11=" + id + text.substr(bar), true);
  expect_order("D|11=$" + variable);
  deliver("8|150=0|11=$" + variable);
  expect(client, "8|150=0|39=0|11=" + id + "|14=0|37=~");
}

// ---- the exchange's side -------------------------------------------------------------------------------------------------------
void Runner::expect_order(const std::string& text) {
  const auto sent = exchange_.next(kAnswer);
  if (!sent) wrong("nothing was sent to the exchange");
  note("X >", to_pipes(*sent));
  Fields framed = *sent;
  std::erase_if(framed, [](const Field& field) { return field.tag == 35 || field.tag == 34 || field.tag == 50; });
  const Fields front{{35, value_of(*sent, 35)}, {34, value_of(*sent, 34)}, {49, "key"}, {52, utc()}, {56, "KalshiRT"}};
  framed.insert(framed.begin(), front.begin(), front.end());
  if (const auto faults = exchange_faults(compose("FIXT.1.1", framed)); !faults.empty())
    wrong("the exchange's dictionary refuses it:" + faults_text(faults));
  match(read_line(text, scenario_.version), *sent, false);
}

void Runner::deliver(const std::string& text) {
  const Line line = read_line(text, scenario_.version);
  Fields fields = exchange_.filled(line.msg_type, given(line));
  for (const Term& term : line.terms) {
    if (term.kind == Term::Kind::absent) std::erase_if(fields, [&](const Field& field) { return field.tag == term.tag; });
  }
  const bool again = value_of(fields, 43) == "Y";
  std::erase_if(fields, [](const Field& field) { return field.tag == 43; });
  note("X <", line.msg_type + " " + to_pipes(fields));
  exchange_.session().deliver(line.msg_type, to_pipes(fields), again);
  gateway_.settle();
}

}  // namespace marginfix::gateway::script
