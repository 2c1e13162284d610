// Every phase of a session's life, on KalshiRT and on KalshiNR, with everything that can come, or not come, in it. Behind each the exchange
// is an honest one again, and then: the session is there again by itself (or has ended for good for the one reason that people must decide
// on), nothing that the exchange has told is missing, nothing has come twice, and stop() ends it.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>
#include <semaphore>
#include <vector>

#include "integration/transport/harness.hpp"

namespace marginfix::test {
namespace {

// The exchange's end of one session, with a memory of what it has told.
class HonestPeer {
 public:
  HonestPeer(boost::asio::io_context& io, std::string target) : peer(io), comp_id(std::move(target)) {}

  void report() {
    told_[out] = std::to_string(out) + ";1";
    peer.send(report_of(out, false));
    ++out;
  }
  // Numbers and remembers it; it is lost on its way.
  void report_lost() { told_[out] = std::to_string(out) + ";1", ++out; }

  // Answers what has come and was not answered yet.
  void turn() {
    while (honest && answered_ < peer.messages().size()) {
      const std::string message = peer.messages()[answered_++];
      const std::string type = field_of(message, 35);
      if (type == "A") {
        answer_logon(message);
      } else if (type == "2") {
        resend(std::stoi(field_of(message, 7)), std::stoi(field_of(message, 16)));
      } else if (type == "1") {
        send("0", "112=" + field_of(message, 112) + "|");
      } else if (type == "5") {
        send("5", "");
      }
    }
  }
  // What came on an earlier connection is nobody's to answer any more.
  void forget_earlier() { answered_ = peer.messages().size(); }

  void send(const std::string& type, const std::string& fields) { peer.send(header(type, out++) + fields); }
  std::string header(const std::string& type, int seq, const std::string& more = {}) const {
    return "35=" + type + "|34=" + std::to_string(seq) + "|49=" + comp_id + "|52=" + utc_now() + "|56=" + client_id + "|" + more;
  }
  std::string report_of(int seq, bool again) const {
    const std::string more = again ? "43=Y|122=" + utc_now() + "|" : "";
    return header("8", seq, more) + "17=" + std::to_string(seq) + ";1|37=O1|39=0|150=0|";
  }
  void gap_fill(int seq, int new_seq) {
    peer.send(header("4", seq, "43=Y|122=" + utc_now() + "|") + "123=Y|36=" + std::to_string(new_seq) + "|");
  }
  const std::map<int, std::string>& told() const { return told_; }

  ScriptedPeer peer;
  std::string comp_id, client_id;
  int out{1};  // the next number
  bool honest{true};
  int resets{0};

 private:
  void answer_logon(const std::string& logon) {
    const bool reset = field_of(logon, 141) == "Y";
    if (reset) {
      ++resets;
      out = 1;
      told_.clear();
    }
    send("A", "98=0|108=" + field_of(logon, 108) + (reset ? "|141=Y" : "") + "|1137=9|");
  }
  void resend(int first, int last) {
    const int end = last == 0 ? out - 1 : std::min(last, out - 1);
    for (int seq = first; seq <= end;) {
      if (told_.contains(seq)) {
        peer.send(report_of(seq++, true));
        continue;
      }
      const int from = seq;
      while (seq <= end && !told_.contains(seq)) ++seq;
      gap_fill(from, seq);
    }
  }
  std::map<int, std::string> told_;  // ExecID(17) by number
  std::size_t answered_{0};
};

class Play {
 public:
  Play(const std::string& key, const std::string& target) : exchange(io, target) {
    auto options = client_options(exchange.peer.port(), key, target);
    options.plan.keep_sequence = target == "KalshiRT";
    options.plan.heart_bt_int = 1;
    options.plan.logon_timeout = options.plan.logout_timeout = options.plan.gap_timeout = 1;
    options.refused_wait = std::chrono::seconds(1);
    options.limits.linger = std::chrono::milliseconds(100);
    exchange.client_id = key;
    client.emplace(io, options);
  }
  bool until(const std::function<bool()>& condition) {
    return run_until(io, [&] {
      if (const std::size_t now = exchange.peer.accepted(); now != accepted_) {
        accepted_ = now;
        if (exchange.honest) exchange.forget_earlier();
      }
      exchange.turn();
      return condition();
    });
  }
  void be_active() {
    client->session->start();
    ok(until([&] { return client->active(); }), "it logs on");
    exchange.report();
    ok(until([&] { return client->app_count == 1; }), "and hears a report");
  }
  // The exchange reads on and says nothing.
  void fall_silent() {
    exchange.turn();
    exchange.honest = false;
  }
  void ok(bool is, const std::string& what) {
    if (!is && failure.empty()) failure = what;
  }

  boost::asio::io_context io;
  HonestPeer exchange;
  std::optional<Client> client;
  std::string failure;

 private:
  std::size_t accepted_{0};
};

// ---- phases ---------------------------------------------------------------------------------------------------------------------
struct Phase {
  const char* name;
  void (*reach)(Play&);
  bool resends{false};  // there is none of it without retransmission
  bool ends{false};     // we are on our way out
};
const Phase kPhases[] = {
    {"connecting",
     [](Play& p) {
       p.exchange.honest = false;
       p.client->session->start();
       p.ok(p.until([&] { return p.exchange.peer.accepted() == 1; }), "it connects");
     }},
    {"logon",
     [](Play& p) {
       p.exchange.honest = false;
       p.client->session->start();
       p.ok(p.until([&] { return p.exchange.peer.saw("A"); }), "it says Logon");
     }},
    {"idle",
     [](Play& p) {
       p.be_active();
       p.fall_silent();
     }},
    {"mid_message",
     [](Play& p) {
       p.be_active();
       p.fall_silent();
       const std::string whole = fix_message(p.exchange.report_of(p.exchange.out, false));
       p.exchange.report_lost();
       p.exchange.peer.send_bytes(std::string_view(whole).substr(0, whole.size() / 2));
     }},
    {"gap",
     [](Play& p) {
       p.be_active();
       p.fall_silent();
       p.exchange.report_lost();
       p.exchange.report_lost();
       p.exchange.report();
       p.ok(p.until([&] { return p.exchange.peer.saw("2"); }), "it asks for what is missing");
     },
     true},
    {"resend",
     [](Play& p) {
       p.be_active();
       p.fall_silent();
       const int first = p.exchange.out;
       p.exchange.report_lost();
       p.exchange.report_lost();
       p.exchange.report();
       p.ok(p.until([&] { return p.exchange.peer.saw("2"); }), "it asks for what is missing");
       p.exchange.peer.send(p.exchange.report_of(first, true));
       p.ok(p.until([&] { return p.client->app_count == 2; }), "and hears the first of it");
     },
     true},
    {"logout",
     [](Play& p) {
       p.be_active();
       p.fall_silent();
       p.client->session->stop([] {});
       p.ok(p.until([&] { return p.exchange.peer.saw("5"); }), "it says Logout");
     },
     false, true},
};

// ---- faults ---------------------------------------------------------------------------------------------------------------------
struct Fault {
  const char* name;
  void (*strike)(Play&);
};
int before(const Play& p) { return std::max(1, p.exchange.out - 1); }
std::string changed(std::string message, std::string_view field, std::string_view into) {
  const auto at = message.find(field);
  return at == std::string::npos ? message : message.replace(at, field.size(), into);
}
const Fault kFaults[] = {
    {"reset", [](Play& p) { p.exchange.peer.reset(); }},
    {"close", [](Play& p) { p.exchange.peer.connection().close(); }},
    {"silence",
     [](Play& p) {
       const std::size_t so_far = p.exchange.peer.accepted();
       p.ok(p.until([&] { return p.exchange.peer.accepted() > so_far || p.client->state() == SessionState::stopped; }),
            "silence is noticed");
       p.exchange.forget_earlier();
     }},
    {"garbage", [](Play& p) { p.exchange.peer.send_bytes("HTTP/1.1 400 Bad Request\r\n\r\n"); }},
    {"another_version",
     [](Play& p) { p.exchange.peer.send_bytes(changed(fix_message(p.exchange.report_of(p.exchange.out, false)), "FIXT.1.1", "FIX.4.2")); }},
    {"wrong_body_length",
     [](Play& p) {
       p.exchange.peer.send_bytes(changed(fix_message(p.exchange.report_of(p.exchange.out, false)),
                                          "\x01"
                                          "35=8",
                                          "\x01"
                                          "1=x\x01"
                                          "35=8"));
       p.exchange.report_lost();
     }},
    {"wrong_check_sum",
     [](Play& p) {
       p.exchange.peer.send_bytes(changed(fix_message(p.exchange.report_of(p.exchange.out, false)), "37=O1", "37=O2"));
       p.exchange.report_lost();
     }},
    {"endless_body_length",
     [](Play& p) {
       p.exchange.peer.send_bytes(
           "8=FIXT.1.1\x01"
           "9=99999999\x01"
           "35=8\x01");
     }},
    {"no_msg_type",
     [](Play& p) {
       p.exchange.peer.send("34=" + std::to_string(p.exchange.out) + "|35=8|49=" + p.exchange.comp_id + "|56=" + p.exchange.client_id +
                            "|");
     }},
    {"wrong_comp_id",
     [](Play& p) { p.exchange.peer.send(changed(p.exchange.report_of(p.exchange.out, false), "49=" + p.exchange.comp_id, "49=Someone")); }},
    {"no_sequence_number",
     [](Play& p) {
       p.exchange.peer.send(changed(p.exchange.report_of(p.exchange.out, false), "34=" + std::to_string(p.exchange.out) + "|", ""));
     }},
    {"sequence_low", [](Play& p) { p.exchange.peer.send(p.exchange.report_of(before(p), false)); }},
    {"sequence_high",
     [](Play& p) {
       p.exchange.report_lost();
       p.exchange.report_lost();
       p.exchange.report();
     }},
    {"duplicate_marked", [](Play& p) { p.exchange.peer.send(p.exchange.report_of(before(p), true)); }},
    {"gap_never_closed",
     [](Play& p) {
       p.exchange.report_lost();
       p.exchange.report();
       const std::size_t so_far = p.exchange.peer.accepted();
       p.ok(p.until([&] {
         return p.exchange.peer.accepted() > so_far || p.client->state() == SessionState::stopped || p.exchange.peer.saw("2", 3);
       }),
            "a gap that nobody closes is given up, or asked for again");
     }},
    {"gap_fill_one_short",
     [](Play& p) {
       const int first = p.exchange.out;
       p.exchange.send("0", "");
       p.exchange.send("0", "");
       p.exchange.gap_fill(first, first + 1);
     }},
    {"gap_fill_backwards", [](Play& p) { p.exchange.gap_fill(p.exchange.out, 1), ++p.exchange.out; }},
    {"reset_backwards",
     [](Play& p) { p.exchange.peer.send(p.exchange.header("4", p.exchange.out) + "123=N|36=1|"), p.exchange.report_lost(); }},
    {"test_request_above_a_gap",
     [](Play& p) {
       p.exchange.report_lost();
       p.exchange.send("1", "112=above|");
     }},
    {"resend_request_of_nothing", [](Play& p) { p.exchange.send("2", "7=900|16=0|"); }},
    {"logon_again", [](Play& p) { p.exchange.send("A", "98=0|108=1|1137=9|"); }},
    {"logout", [](Play& p) { p.exchange.send("5", "58=the exchange restarts|"); }},
    {"unknown_type", [](Play& p) { p.exchange.send("ZZ", "58=what is that|"); }},
};

// ---- one of each ----------------------------------------------------------------------------------------------------------------
// ExecID(17) of the reports that came; `as_new`: of those that are not marked as a possible duplicate.
std::vector<std::string> heard(const Client& client, bool as_new = false) {
  std::vector<std::string> ids;
  for (const std::string& app : client.apps)
    if (field_of(app, 35) == "8" && !(as_new && field_of(app, 43) == "Y")) ids.push_back(field_of(app, 17));
  return ids;
}

// Empty: each once.
std::string told_twice(std::vector<std::string> ids) {
  std::ranges::sort(ids);
  const auto twice = std::ranges::adjacent_find(ids);
  return twice == ids.end() ? std::string() : *twice;
}

bool stops(Play& p) {
  bool stopped = false;
  p.client->session->stop([&] { stopped = true; });
  return p.until([&] { return stopped; });
}

void go_on(Play& p) {
  Client& client = *p.client;
  std::string last;
  std::size_t told_on = 0;
  // Without retransmission what was told into a connection that ended is lost: it is told of the next one again.
  const auto hears = [&] {
    if (client.active() && told_on != p.exchange.peer.accepted()) {
      told_on = p.exchange.peer.accepted();
      p.exchange.report();
      last = p.exchange.told().rbegin()->second;
    }
    return client.active() && !last.empty() &&
           std::ranges::find(client.apps, last, [](const std::string& app) { return field_of(app, 17); }) != client.apps.end();
  };
  p.ok(p.until([&] { return hears() || client.state() == SessionState::stopped; }), "it hears what is told next");
  if (client.state() != SessionState::stopped) return;
  // Numbers that contradict each other are for people to decide on.
  p.ok(client.ended().reason == EndReason::sequence_too_low,
       std::string("ended for good: ") + std::string(to_string(client.ended().reason)));
  client.session->reset_sequence_once();
  client.session->start();
  p.ok(p.until([&] { return client.active(); }), "one reset gets out");
}

std::string play(const Phase& phase, const Fault& fault, const std::string& key, const std::string& target) {
  Play p(key, target);
  phase.reach(p);
  if (!p.failure.empty()) return "before the fault: " + p.failure;
  fault.strike(p);
  p.exchange.honest = true;
  if (phase.ends) {
    p.ok(p.until([&] { return p.client->state() == SessionState::stopped; }), "Logout ends it");
    p.ok(p.client->ended().reason != EndReason::none, "with a reason");
  } else {
    // What was sent into a connection that is no more says nothing of the next one.
    p.until([&] { return p.client->active() || p.client->state() == SessionState::stopped; });
    go_on(p);
    p.ok(stops(p), "stop() ends it");
  }
  // What comes in place of a Logon's answer is handed over and not counted: it comes again, marked.
  const bool logged_on = phase.reach != kPhases[0].reach && phase.reach != kPhases[1].reach;
  const auto ids = heard(*p.client);
  if (p.exchange.resets == 0) {
    for (const auto& [seq, id] : p.exchange.told())
      p.ok(phase.ends || std::ranges::find(ids, id) != ids.end(), "report " + id + " is missing");
    const std::string twice = told_twice(logged_on ? ids : heard(*p.client, true));
    p.ok(twice.empty(), "report " + twice + " came twice");
  }
  return p.failure;
}

// Most of the time is spent waiting for time-outs: all of them wait at the same time.
void play_all(const std::string& target) {
  std::counting_semaphore<> few(24);
  std::vector<std::pair<std::string, std::future<std::string>>> plays;
  for (const Phase& phase : kPhases) {
    if (phase.resends && target != "KalshiRT") continue;
    for (const Fault& fault : kFaults) {
      plays.emplace_back(std::string(phase.name) + " x " + fault.name,
                         std::async(std::launch::async, [&few, &phase, &fault, &target, key = fresh_key("phase")] {
                           few.acquire();
                           const std::string failure = play(phase, fault, key, target);
                           few.release();
                           return failure;
                         }));
    }
  }
  for (auto& [name, failure] : plays) EXPECT_EQ(failure.get(), "") << name;
}

TEST(EveryPhase, of_KalshiRT_survives_every_fault) { play_all("KalshiRT"); }
TEST(EveryPhase, of_KalshiNR_survives_every_fault) { play_all("KalshiNR"); }

}  // namespace
}  // namespace marginfix::test
