// Messages as lines: short ones for people, whole ones (one JSON object, FIX names as keys) for machines.
#pragma once

#include <string>
#include <string_view>

#include "apps/day_clock.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/fix_session.hpp"

namespace marginfix::apps {

// "18:32:01.123 Trade   7f3a buy 10.00 @ 6.2500 KXLTCPERP  last 4.00 @ 6.2500  cum 4.00 leaves 6.00  PartiallyFilled  exec 1;42"
std::string line_of(const fix::ExecutionReport& report, DayClock& clock);
std::string line_of(const fix::OrderCancelReject& reject);
std::string line_of(const fix::OrderMassCancelReport& report);
std::string line_of(const fix::Reject& reject, const SentMessage* about);
std::string line_of(const fix::BusinessMessageReject& reject, const SentMessage* about);
std::string line_of(const std::string& session, const StateChange& change);

// What follows a report's line where the message is not as its table says ("  ! Price(44) at byte 93: again, with '9.9900'"), and nothing
// where it is: a line never shows a doubtful value as if it were none.
std::string findings_of(const Inbound& in);

// A message that could not be read: what it is, as far as its bytes tell, the reason and the bytes. It is a message of the exchange,
// perhaps a fill: commands show it where they show the others.
// "!! ExecutionReport(8) 34=5 ExecID(17)=13768;5 cannot be read: field without '=' at byte 120: 8=FIXT.1.1|9=..."
std::string line_of(const Inbound& in, const Error& error);
// {"session":..,"ts":..,"undecodable":{"MsgType":"8","name":"ExecutionReport","MsgSeqNum":5,"ExecID":"13768;5","reason":..,"bytes":..}}
std::string json_of(std::string_view session, const Inbound& in, const Error& error);

// Any message: {"session":..,"ts":..,"seq":..,"msg_type":"8","name":..,"fields":[{"tag":11,"name":"ClOrdID","value":..},..]} in wire order,
// values as their wire text; "findings":[{"tag":44,"kind":"unparsable","text":..},..] behind them where there are any.
std::string json_of(std::string_view session, const Inbound& in);
// When it is: RFC 3339, quoted; the `ts` of a JSON line.
std::string json_now();
// A whole JSON string, quoted and escaped.
std::string json_string(std::string_view text);

}  // namespace marginfix::apps
