// Messages for people and for JSON: field names, enum names, groups indented. Works on any bytes in FIX form, known message type or not,
// broken or not: what cannot be read as tag=value is shown as it is. RawData(96), Password(554) and NewPassword(925) are redacted, always.
// Data dictionaries can lend their names: to what our tables do not know, and to messages of other FIX versions.
// Pure functions, any thread; for tools and logs, not for the hot path.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "marginfix/fix/field_table.hpp"

namespace marginfix::fix {

struct DictionaryPair;

// One field as it stands in the message. Views are into the message, the dictionaries or static.
struct PrintedField {
  std::int32_t tag{0};          // 0: the text is no tag=value, `value` is all of it
  std::string_view name;        // empty when unknown
  std::string_view value;       // "***" when redacted
  std::string_view value_name;  // of a documented enum value, else empty
  std::size_t offset{0};        // of the field in the message
  int depth{0};                 // 1 inside a group
  int entry{0};                 // number of the group entry, from 1; 0 outside
  bool starts_entry{false};     // first field of a group entry
  bool counter{false};          // a group's counter
  bool documented{true};        // false: not in this message's table (header and trailer fields are)
};
void for_each_field(std::string_view message, const std::function<void(const PrintedField&)>& visit, const DictionaryPair* names = nullptr);

// "ExecutionReport" for 35=8, empty when there is none or it is unknown.
std::string_view message_name(std::string_view message) noexcept;

// "8=FIXT.1.1|9=...|35=8|" with redaction, on one line: logs and tests. '|' and '\' of a value are written "\x7c" and "\x5c", control
// characters "\x0a" or "\u2028": from_pipe_form() and `marginfix decode` give every byte back.
std::string to_pipe_form(std::string_view message);
// Pipes to SOH, the escapes of to_pipe_form() undone; a final pipe is added if missing. Bytes are otherwise untouched.
std::string from_pipe_form(std::string_view pipes);

// One line: "ExecutionReport MsgSeqNum=12|ClOrdID=abc|ExecType=Trade|..." without 8, 9, 10; values escaped as in to_pipe_form().
std::string print_line(std::string_view message, const DictionaryPair* names = nullptr);
// A field a line: "  Price(44)        19.5000", groups indented, enum names behind their values.
std::string print_block(std::string_view message, const DictionaryPair* names = nullptr);

// JSON members without the braces around them:
// "msg_type":"8","name":"ExecutionReport","fields":[{"tag":44,"name":"Price","value":"19.5000"},...]; A group's counter carries
// "entries":[[{field},...],...]. Values are strings, byte for byte; bytes outside printable ASCII become \u00XX.
std::string to_json_members(std::string_view message, const DictionaryPair* names = nullptr);
std::string to_json(std::string_view message, const DictionaryPair* names = nullptr);  // the same with braces

}  // namespace marginfix::fix
