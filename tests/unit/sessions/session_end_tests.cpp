// How ends of connections are read: which reason, which advice, and whether another try makes sense.
#include "sessions/session_end.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sessions/retry_waits.hpp"

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

// The advice of the one would lose what the other retains.
TEST(SessionEnd, a_gap_is_explained_as_the_session_kind_has_it) {
  EndFacts facts;
  facts.cause = wall::EndCause::sequence_gap;
  facts.was_logged_on = true;
  EXPECT_NE(judge_end(facts).text.find("ResetSeqNumFlag(141)=Y"), std::string::npos);
  facts.keep_sequence = true;
  EXPECT_EQ(judge_end(facts).text.find("141"), std::string::npos);
  EXPECT_NE(judge_end(facts).text.find("asked for again"), std::string::npos);
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

// ---- what the exchange says in place of a Logon(A)
EndFacts answer(const std::string& type, const std::string& text, std::optional<int> code = {}) {
  EndFacts facts = engine_end(EndCause::logon_refused, text, code.value_or(0));
  facts.answer_type = type;
  facts.code_given = code.has_value();
  return facts;
}

TEST(Refusal, each_text_and_code_has_its_reason_and_its_retry) {
  struct Row {
    const char *type, *text;
    std::optional<int> code;
    EndReason reason;
    bool retry;
  };
  const Row rows[] = {
      {"5", "rate limit exceeded", {}, EndReason::rate_limited, true},
      {"5", "FIX logon service busy; retry with backoff", {}, EndReason::busy, true},
      {"5", "Too many requests", {}, EndReason::rate_limited, true},
      {"3", "Rate limit exceeded", 99, EndReason::rate_limited, true},
      {"j", "slow down", 8, EndReason::rate_limited, true},
      {"j", "application not available", 4, EndReason::busy, true},
      {"j", "account not approved for margin FIX", 6, EndReason::not_permitted, false},
      {"j", "account not approved for margin FIX", 0, EndReason::not_permitted, false},
      {"5", "Service temporarily unavailable", {}, EndReason::busy, true},
      {"5", "authentication service temporarily unavailable", {}, EndReason::busy, true},
      {"5", "authentication timed out", {}, EndReason::logon_refused, true},
      {"5", "authentication failed", {}, EndReason::not_permitted, false},
      {"5", "Permission denied", {}, EndReason::not_permitted, false},
      {"5",
       "this API key may not trade: it opens listener sessions (20126=Y), KalshiDC and KalshiMD only",
       {},
       EndReason::not_permitted,
       false},
      {"3", "SenderCompID(49) is no API key of this exchange", 9, EndReason::not_permitted, false},
      {"3", "INCORRECT_API_KEY_SIGNATURE", 8, EndReason::signature_refused, false},
      {"3", "Required tag missing", 1, EndReason::logon_invalid, false},
      {"3", "", 5, EndReason::logon_invalid, false},
      {"3", "Tag not defined", 0, EndReason::logon_invalid, false},
      {"5", "ResetSeqNumFlag(141)=Y required", {}, EndReason::logon_invalid, false},
      {"5", "HeartBtInt(108) must be at least 3", {}, EndReason::logon_invalid, false},
      {"3", "internal error", 99, EndReason::logon_refused, true},
      {"5", "no reason you know", {}, EndReason::logon_refused, true},
      {"5", "", {}, EndReason::logon_refused, true},
      {"5", "Session already exists", {}, EndReason::already_exists, true},
      {"3", "already exists", 99, EndReason::already_exists, true},
      {"j", "only one active connection per API key", 0, EndReason::already_exists, true},
      {"8", "", {}, EndReason::protocol_error, true},
      {"B", "FIX logon service busy; retry with backoff", {}, EndReason::busy, true},
      {"0", "", {}, EndReason::protocol_error, true},
  };
  for (const Row& row : rows) {
    const EndVerdict verdict = judge_end(answer(row.type, row.text, row.code));
    EXPECT_EQ(verdict.reason, row.reason) << row.type << " " << row.text << ": " << to_string(verdict.reason);
    EXPECT_EQ(verdict.retry, row.retry) << row.text;
    EXPECT_TRUE(verdict.refused);
    EXPECT_THAT(verdict.text, HasSubstr(row.text)) << "the exchange's own words are in it";
  }
}

TEST(Refusal, names_the_message_and_the_code_it_came_with) {
  EXPECT_THAT(judge_end(answer("j", "why", 6)).text, HasSubstr("BusinessRejectReason(380)=6"));
  EXPECT_THAT(judge_end(answer("3", "why", 99)).text, HasSubstr("SessionRejectReason(373)=99"));
  EXPECT_THAT(judge_end(answer("8", "late")).text, HasSubstr("MsgType(35)=8 before it answered the Logon(A): 'late'"));
}

TEST(Refusal, already_exists_names_both_readings_and_the_sessions_that_share_the_key) {
  EndFacts facts = answer("5", "already exists");
  facts.target_comp_id = "KalshiMD";
  EXPECT_THAT(judge_end(facts).text, HasSubstr("no other session of this client uses the key"));
  facts.same_key_sessions = {"KalshiNR", "KalshiDC"};
  const std::string text = judge_end(facts).text;
  EXPECT_THAT(text, HasSubstr("one FIX connection per API key"));
  EXPECT_THAT(text, HasSubstr("TargetCompID(56)=KalshiMD"));
  EXPECT_THAT(text, HasSubstr("KalshiNR, KalshiDC"));
}

TEST(Refusal, after_a_logon_only_a_rate_limit_and_busy_are_told_apart) {
  const std::pair<const char*, EndReason> rows[] = {{"rate limit exceeded", EndReason::rate_limited},
                                                    {"FIX logon service busy; retry with backoff", EndReason::busy},
                                                    {"going down for maintenance", EndReason::logout_by_peer},
                                                    {"permission revoked", EndReason::logout_by_peer}};
  for (const auto& [text, reason] : rows) {
    EndFacts facts = engine_end(EndCause::logout_by_peer, text);
    facts.was_logged_on = true;
    EXPECT_EQ(judge_end(facts).reason, reason) << text;
    EXPECT_FALSE(judge_end(facts).refused);
  }
}

// ---- waits
using std::chrono::milliseconds;
using std::chrono::seconds;

RetryOptions quick() { return {{milliseconds(10), milliseconds(100), milliseconds(1)}, seconds(60), seconds(10), seconds(300)}; }

TEST(RetryWaits, busy_and_rate_limited_wait_longer_with_jitter_up_to_the_cap) {
  for (const EndReason reason : {EndReason::busy, EndReason::rate_limited}) {
    std::set<milliseconds> seen;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      RetryWaits waits(quick(), seed);
      milliseconds wait{};
      for (int i = 0; i < 12; ++i) {
        wait = waits.next({reason, "busy", true, true});
        EXPECT_GE(wait, seconds(10));
        EXPECT_LE(wait, i == 0 ? seconds(20) : seconds(300));
        if (i == 0) seen.insert(wait);
      }
    }
    EXPECT_GT(seen.size(), 10U) << "clients that were refused together do not come back together";
  }
}

TEST(RetryWaits, the_same_refusal_again_and_again_slows_down_to_the_cap) {
  RetryWaits waits(quick(), 3);
  EXPECT_LE(waits.next({EndReason::logon_refused, "odd (request 17)", true, true}), milliseconds(100));
  milliseconds least{500};
  for (int i = 1; i <= 14; ++i) {
    const auto wait = waits.next({EndReason::logon_refused, "odd (request " + std::to_string(17 + i) + ")", true, true});
    EXPECT_GE(wait, std::min<milliseconds>(least, seconds(150))) << i;
    EXPECT_LE(wait, seconds(300));
    EXPECT_EQ(waits.same_again(), static_cast<unsigned>(i));
    least *= 2;
  }
  EXPECT_LE(waits.next({EndReason::logon_refused, "another", true, true}), milliseconds(100)) << "another refusal is another matter";
  waits.held();
  EXPECT_EQ(waits.tries(), 0U);
  EXPECT_LE(waits.next({EndReason::logon_refused, "another", true, true}), milliseconds(10));
}

TEST(RetryWaits, connections_that_break_are_never_slowed_down_by_their_text) {
  RetryWaits waits(quick(), 5);
  for (int i = 0; i < 10; ++i) EXPECT_LE(waits.next({EndReason::connection_lost, "reset by peer", true, false}), milliseconds(100));
}

}  // namespace
}  // namespace marginfix::sessions
