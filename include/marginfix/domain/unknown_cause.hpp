// Why nobody can say what became of a request to the exchange (an order, amend or cancel, by FIX or REST): one notion for every door. Never
// final: a report, an answer, drop copy or a REST read resolves it. Source: fix-margin.md "Order entry"; docs/fix.md "Outcome unknown".
#pragma once

#include <cstdint>
#include <string_view>

namespace marginfix {

// In every case the exchange may have acted on the request: find out (find_out() in marginfix/services/find_out.hpp, or by hand as
// docs/fix.md says) before the same thing is asked for again under another ClOrdID(11).
enum class UnknownCause : std::uint8_t {
  // It had left, and the connection ended before an answer. KalshiNR: its reports went with the connection, none will come. KalshiRT: the
  // reports come after the next Logon; or the exchange asks for the message again and gets it (43=Y), within ResendAgeLimit.
  connection_ended,
  // KalshiRT: the exchange said that it does not have the message, which was older than ResendAgeLimit and is not sent again, ever. It
  // works only if its first copy was taken after all (received above a gap, or taken by a part of the exchange that lost count). May
  // follow connection_ended for the same message; message_id is 0 when an earlier process had sent it.
  gap_filled,
  // The exchange answered EXCHANGE_UNAVAILABLE: its gateway could not confirm whether the order was applied. Comes after the handler of
  // the message that said so. Sending it again with the SAME ClOrdID(11) is safe: it is refused when the first one was taken.
  exchange_unavailable,
  // Thousands of messages left after it and it still has no answer: the session stops waiting for one.
  unanswered,
  // Refused because its ClOrdID(11) is taken: whether by this very order or by another one cannot be told from the refusal.
  already_exists,
  rest_timeout,      // the REST call was not answered in time
  rest_broken_off,   // the connection of the REST call ended before the answer
  rest_server_error  // the REST call was answered with 5xx
};
std::string_view to_string(UnknownCause cause) noexcept;

// True for a Text(58) by which the gateway says that it could not confirm what became of a request (EXCHANGE_UNAVAILABLE).
// INTERNAL_ERROR is none: a clean reject, nothing was applied.
bool says_outcome_unknown(std::string_view text) noexcept;

}  // namespace marginfix
