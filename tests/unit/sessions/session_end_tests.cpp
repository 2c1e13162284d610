// How ends of connections are read: which reason, which advice, and whether another try makes sense.
#include "sessions/session_end.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix::sessions {
namespace {

using testing::HasSubstr;
using transport::CloseReason;
using wall::EndCause;

EndFacts engine_end(EndCause cause, const std::string& text = {}, int code = 0) {
  EndFacts facts;
  facts.cause = cause;
  facts.close = CloseReason::closed_here;
  facts.text = text;
  facts.code = code;
  return facts;
}

EndFacts transport_end(CloseReason reason, const std::string& text) {
  EndFacts facts;
  facts.close = reason;
  facts.text = text;
  return facts;
}

TEST(SessionEnd, logout_already_exists_is_told_apart_and_tried_again) {
  for (const EndCause cause : {EndCause::logon_refused, EndCause::logout_by_peer}) {
    const EndVerdict verdict = judge_end(engine_end(cause, "Already exists"));
    EXPECT_EQ(verdict.reason, EndReason::already_exists);
    EXPECT_TRUE(verdict.retry);
  }
}

TEST(SessionEnd, tier_not_allowed_is_final_and_says_whom_to_ask) {
  const EndVerdict verdict = judge_end(engine_end(EndCause::logon_refused, "API usage level is not allowed for FIX"));
  EXPECT_EQ(verdict.reason, EndReason::tier_not_allowed);
  EXPECT_FALSE(verdict.retry);
  EXPECT_THAT(verdict.text, HasSubstr("ask the exchange"));
}

TEST(SessionEnd, signature_problems_are_final_by_code_and_by_text) {
  for (const EndFacts& facts : {engine_end(EndCause::logon_refused, "bad", 8), engine_end(EndCause::logon_refused, "Invalid signature")}) {
    const EndVerdict verdict = judge_end(facts);
    EXPECT_EQ(verdict.reason, EndReason::signature_refused);
    EXPECT_FALSE(verdict.retry);
    EXPECT_THAT(verdict.text, HasSubstr("do not belong together"));
  }
}

TEST(SessionEnd, a_signer_that_fails_here_is_final_with_its_own_text) {
  EndFacts facts = engine_end(EndCause::logon_refused, "no private key is configured");
  facts.signing_error = "no private key is configured";
  const EndVerdict verdict = judge_end(facts);
  EXPECT_EQ(verdict.reason, EndReason::signature_refused);
  EXPECT_FALSE(verdict.retry);
  EXPECT_THAT(verdict.text, HasSubstr("no private key is configured"));
}

TEST(SessionEnd, clock_out_of_range_says_the_measured_difference_and_its_direction) {
  EndFacts facts = engine_end(EndCause::logon_refused, "SendingTime accuracy problem", 10);
  facts.clock_difference = std::chrono::milliseconds(45'000);
  EndVerdict verdict = judge_end(facts);
  EXPECT_EQ(verdict.reason, EndReason::clock_out_of_range);
  EXPECT_TRUE(verdict.retry);
  EXPECT_THAT(verdict.text, HasSubstr("45000 ms behind the exchange's"));
  facts.clock_difference = std::chrono::milliseconds(-31'000);
  verdict = judge_end(facts);
  EXPECT_THAT(verdict.text, HasSubstr("31000 ms ahead of the exchange's"));
}

TEST(SessionEnd, sequence_too_low_is_final_only_where_numbers_are_kept_and_names_both_ways_out) {
  for (const EndFacts& seen : {engine_end(EndCause::sequence_too_low, "got 1, expected 5"),
                               engine_end(EndCause::logon_refused, "MsgSeqNum too low, expecting 9 but received 3")}) {
    EndFacts facts = seen;
    facts.keep_sequence = true;
    EndVerdict verdict = judge_end(facts);
    EXPECT_EQ(verdict.reason, EndReason::sequence_too_low);
    EXPECT_FALSE(verdict.retry);
    EXPECT_THAT(verdict.text, HasSubstr("restore the message store"));
    EXPECT_THAT(verdict.text, HasSubstr("ResetSeqNumFlag=Y for one Logon"));
    facts.keep_sequence = false;
    verdict = judge_end(facts);
    EXPECT_EQ(verdict.reason, EndReason::sequence_too_low);
    EXPECT_TRUE(verdict.retry);
  }
}

TEST(SessionEnd, a_logout_after_logon_is_the_peers_and_not_a_refusal) {
  EndFacts facts = engine_end(EndCause::logout_by_peer, "end of day");
  facts.was_logged_on = true;
  const EndVerdict verdict = judge_end(facts);
  EXPECT_EQ(verdict.reason, EndReason::logout_by_peer);
  EXPECT_TRUE(verdict.retry);
  EXPECT_THAT(verdict.text, HasSubstr("end of day"));
}

TEST(SessionEnd, in_maintenance_losses_are_no_errors_but_wrong_keys_still_are) {
  EndFacts lost = transport_end(CloseReason::lost, "the peer closed the connection");
  lost.in_maintenance = true;
  EXPECT_EQ(judge_end(lost).reason, EndReason::maintenance);
  EXPECT_TRUE(judge_end(lost).retry);
  EndFacts refused = engine_end(EndCause::logon_refused, "bad", 8);
  refused.in_maintenance = true;
  EXPECT_EQ(judge_end(refused).reason, EndReason::signature_refused);
  lost.killed = true;
  EXPECT_EQ(judge_end(lost).reason, EndReason::connection_lost);
}

TEST(SessionEnd, every_transport_end_has_its_reason) {
  const std::pair<CloseReason, EndReason> rows[] = {
      {CloseReason::lost, EndReason::connection_lost},          {CloseReason::name_lookup, EndReason::connect_failed},
      {CloseReason::connect_failed, EndReason::connect_failed}, {CloseReason::connect_timeout, EndReason::connect_failed},
      {CloseReason::plain_refused, EndReason::plain_refused},   {CloseReason::tls_failed, EndReason::tls_failed},
      {CloseReason::tls_timeout, EndReason::tls_failed},        {CloseReason::certificate, EndReason::certificate_refused},
      {CloseReason::overflow, EndReason::connection_lost}};
  for (const auto& [close, reason] : rows) {
    const EndVerdict verdict = judge_end(transport_end(close, "why"));
    EXPECT_EQ(verdict.reason, reason) << static_cast<int>(close);
    EXPECT_THAT(verdict.text, HasSubstr("why"));
    EXPECT_EQ(verdict.retry, retries(reason));
  }
}

TEST(SessionEnd, every_engine_end_has_its_reason) {
  const std::pair<EndCause, EndReason> rows[] = {{EndCause::logout_done, EndReason::requested},
                                                 {EndCause::logon_refused, EndReason::logon_refused},
                                                 {EndCause::logon_timeout, EndReason::logon_timeout},
                                                 {EndCause::logout_timeout, EndReason::connection_lost},
                                                 {EndCause::heartbeat_timeout, EndReason::heartbeat_timeout},
                                                 {EndCause::sequence_gap, EndReason::sequence_gap},
                                                 {EndCause::sequence_too_low, EndReason::sequence_too_low},
                                                 {EndCause::comp_id_mismatch, EndReason::comp_id_mismatch},
                                                 {EndCause::protocol_error, EndReason::protocol_error},
                                                 {EndCause::store_failed, EndReason::store_failed}};
  for (const auto& [cause, reason] : rows) EXPECT_EQ(judge_end(engine_end(cause, "why")).reason, reason) << static_cast<int>(cause);
}

TEST(SessionEnd, a_stop_explains_every_end_except_a_broken_store) {
  EndFacts facts = engine_end(EndCause::logout_timeout);
  facts.stop_requested = true;
  EXPECT_EQ(judge_end(facts).reason, EndReason::requested);
  EXPECT_FALSE(judge_end(facts).retry);
  facts.cause = EndCause::store_failed;
  EXPECT_EQ(judge_end(facts).reason, EndReason::store_failed);
}

TEST(SessionEnd, the_clock_difference_is_read_from_the_refusals_sending_time) {
  const Timestamp now = parse_fix_utc("20261122-18:00:00.000").value();
  std::string refusal = "8=FIXT.1.1|9=60|35=3|34=1|49=KalshiNR|52=20261122-18:00:45.250|56=key|45=1|373=10|10=000|";
  for (char& c : refusal)
    if (c == '|') c = '\x01';
  EXPECT_EQ(clock_difference(refusal, now), std::chrono::milliseconds(45'250));
  EXPECT_EQ(clock_difference("35=3\x01", now), std::nullopt);
}

}  // namespace
}  // namespace marginfix::sessions
