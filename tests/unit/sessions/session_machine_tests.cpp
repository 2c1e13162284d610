// The transition table of an initiating session, every (state, event) pair.
#include "sessions/session_machine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

namespace marginfix::sessions {
namespace {

using State = SessionState;
using Event = SessionEvent;

struct Expected {
  State state;
  unsigned actions;
};

// Pairs that do something; every other pair must change nothing.
const std::map<std::pair<State, Event>, Expected>& table() {
  static const std::map<std::pair<State, Event>, Expected> rows = [] {
    std::map<std::pair<State, Event>, Expected> t;
    t[{State::stopped, Event::start}] = {State::connecting, kDial};
    t[{State::stopped, Event::stop}] = {State::stopped, kReportStopped};
    t[{State::waiting, Event::retry_due}] = {State::connecting, kDial};
    t[{State::waiting, Event::stop}] = {State::stopped, kCancelRetry | kReportStopped};
    for (const State s : {State::connecting, State::handshaking}) {
      t[{s, Event::stop}] = {s, kResetLink};
      t[{s, Event::kill}] = {s, kResetLink};
      t[{s, Event::tcp_connected}] = {State::handshaking, kNothing};
      t[{s, Event::link_open}] = {State::logging_on, kLogon};
      t[{s, Event::down_retry}] = {State::waiting, kArmRetry};
      t[{s, Event::down_final}] = {State::stopped, kReportStopped};
    }
    for (const State s : {State::logging_on, State::active, State::recovering, State::logging_out}) {
      t[{s, Event::kill}] = {s, kResetLink};
      t[{s, Event::ending}] = {State::logging_out, kNothing};
      t[{s, Event::down_retry}] = {State::waiting, kSessionDown | kArmRetry};
      t[{s, Event::down_final}] = {State::stopped, kSessionDown | kReportStopped};
    }
    t[{State::logging_on, Event::logged_on}] = {State::active, kArmHold};
    t[{State::logging_on, Event::stop}] = {State::logging_out, kCloseLink | kArmStop};
    for (const State s : {State::active, State::recovering}) {
      t[{s, Event::stop}] = {State::logging_out, kLogout | kArmStop};
      t[{s, Event::held}] = {s, kResetBackoff};
      t[{s, Event::gap}] = {State::recovering, kNothing};
    }
    t[{State::recovering, Event::gap_filled}] = {State::active, kNothing};
    t[{State::logging_out, Event::stop}] = {State::logging_out, kArmStop};
    t[{State::logging_out, Event::stop_due}] = {State::logging_out, kResetLink};
    return t;
  }();
  return rows;
}

TEST(SessionMachine, every_pair_of_state_and_event_does_what_the_table_says) {
  for (int s = 0; s < kSessionStates; ++s) {
    for (int e = 0; e < kSessionEvents; ++e) {
      const auto state = static_cast<State>(s);
      const auto event = static_cast<Event>(e);
      const auto row = table().find({state, event});
      const Expected expected = row != table().end() ? row->second : Expected{state, kNothing};
      const Transition got = step(state, event);
      EXPECT_EQ(got.state, expected.state) << to_string(state) << " event " << e;
      EXPECT_EQ(static_cast<unsigned>(got.actions), expected.actions) << to_string(state) << " event " << e;
    }
  }
}

TEST(SessionMachine, from_every_state_the_end_of_the_connection_and_a_stop_lead_to_rest) {
  for (int s = static_cast<int>(State::connecting); s < kSessionStates; ++s) {
    const auto state = static_cast<State>(s);
    EXPECT_EQ(step(state, Event::down_final).state, State::stopped);
    EXPECT_NE(step(state, Event::down_final).actions & kReportStopped, 0);
    EXPECT_EQ(step(state, Event::down_retry).state, State::waiting);
    // A stop either asks for the end of the connection, or bounds the wait for one that is under way.
    EXPECT_NE(step(state, Event::stop).actions & (kResetLink | kCloseLink | kLogout | kArmStop), 0);
  }
}

TEST(SessionState, names_are_distinct_and_the_retry_rule_is_the_documented_one) {
  std::map<std::string, int> names;
  for (int r = 0; r <= static_cast<int>(EndReason::protocol_error); ++r) ++names[std::string(to_string(static_cast<EndReason>(r)))];
  EXPECT_EQ(names.size(), static_cast<std::size_t>(EndReason::protocol_error) + 1);
  EXPECT_EQ(names.count("?"), 0U);
  for (const EndReason final : {EndReason::requested, EndReason::plain_refused, EndReason::certificate_refused, EndReason::tier_not_allowed,
                                EndReason::not_permitted, EndReason::logon_invalid, EndReason::signature_refused,
                                EndReason::sequence_too_low, EndReason::store_failed})
    EXPECT_FALSE(retries(final)) << to_string(final);
  for (const EndReason again :
       {EndReason::connect_failed, EndReason::tls_failed, EndReason::logon_timeout, EndReason::logon_refused, EndReason::rate_limited,
        EndReason::busy, EndReason::already_exists, EndReason::clock_out_of_range, EndReason::heartbeat_timeout, EndReason::connection_lost,
        EndReason::sequence_gap, EndReason::logout_by_peer, EndReason::maintenance})
    EXPECT_TRUE(retries(again)) << to_string(again);
}

}  // namespace
}  // namespace marginfix::sessions
