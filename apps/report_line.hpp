// Messages as lines: short ones for people, whole ones (one JSON object, FIX names as keys) for machines.
#pragma once

#include <string>
#include <string_view>

#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/fix_session.hpp"

namespace marginfix::apps {

// "18:32:01.123 Trade   7f3a buy 10.00 @ 6.2500 KXLTCPERP  last 4.00 @ 6.2500  cum 4.00 leaves 6.00  PartiallyFilled  exec 1;42"
std::string line_of(const fix::ExecutionReport& report);
std::string line_of(const fix::OrderCancelReject& reject);
std::string line_of(const fix::OrderMassCancelReport& report);
std::string line_of(const fix::Reject& reject, const SentMessage* about);
std::string line_of(const fix::BusinessMessageReject& reject, const SentMessage* about);
std::string line_of(const std::string& session, const StateChange& change);

// What follows a report's line where the message is not as its table says ("  ! Price(44) at byte 93: again, with '9.9900'"), and nothing
// where it is: a line never shows a doubtful value as if it were none.
std::string findings_of(const Inbound& in);
// A message that could not be read, with why and its bytes, one line on standard error.
void report_undecodable(const Inbound& in, const Error& error);

// Any message: {"session":..,"MsgType":..,"fields":{"ClOrdID(11)":..}} in wire order, values as their wire text, groups as arrays.
std::string json_of(std::string_view session, std::string_view raw);
// A whole JSON string, quoted and escaped.
std::string json_string(std::string_view text);

}  // namespace marginfix::apps
