// A QuickFIX data dictionary (XML) as a value: loading, looking up, and saying what an engine that works by it would refuse.
// Not needed on the way of an order: it serves tools (decode, lint), the QuickFIX wall (embedded texts) and tests.
// Threads: values without hidden state; const members may be called from any thread at once.
// Source: QuickFIX 1.15.1 and 1.16 as tried (tests/contract/dictionaries), QuickFIX/J and quickfix-go (scripts/dictionaries-foreign).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"

namespace marginfix::fix {

// What a rule of the dictionary was broken by; in brackets the SessionRejectReason(373) an engine answers with.
enum class DictionaryRule : std::uint8_t {
  malformed,             // no fields, BodyLength(9) or CheckSum(10) wrong: engines drop the message without an answer
  wrong_version,         // BeginString(8) is not the session dictionary's
  unknown_message_type,  // MsgType(35) not in the dictionary [11]
  required_missing,      // a field with required='Y' is absent [1]
  tag_not_declared,      // no such field in <fields> [0]
  tag_not_in_message,    // declared, but not listed for this message [2]
  value_not_listed,      // the field has a value list without this value [5]
  empty_value,           // "58=" [4]
  bad_format,            // the text is no value of the field's type [6]
  tag_repeated,          // twice in one message or group entry [13]
  tag_out_of_order,      // header field after the body began, body field after the trailer [14]
  group_count,           // the counter does not say how many entries follow [16]
  group_lost,            // the counter is listed as a plain field: entries are flattened and sorted, silently
  oddity                 // of the dictionary file itself: tolerated here, not by every engine
};
std::string_view to_string(DictionaryRule rule) noexcept;  // "tag_not_declared"
// SessionRejectReason(373) an engine puts into its Reject(3); -1 where it does not answer with one.
std::int32_t session_reject_reason(DictionaryRule rule) noexcept;

// One refusal. Owns its texts.
struct DictionaryFinding {
  DictionaryRule rule{DictionaryRule::oddity};
  std::string msg_type;      // 35 of the message concerned, empty = the dictionary as a whole
  std::string message_name;  // "ExecutionReport"
  std::int32_t tag{0};       // 0 = not about one field
  std::string field_name;    // empty when the tag has no name in the dictionary
  std::string value;         // the value refused; RawData(96) and Password(554) redacted
  bool in_group{false};      // inside a repeating group: QuickFIX C++ does not look there, QuickFIX/J and quickfix-go do
  std::string text;          // one sentence
};
// One line: "ExecutionReport(8): ClearingBusinessDate(715) is declared but not listed for this message [373=2]".
std::string to_string(const DictionaryFinding& finding);

struct DictionaryValue {
  std::string value;
  std::string description;
};

struct DictionaryField {
  std::int32_t tag{0};
  std::string name;
  std::string type;                     // as in the file: "UTCTIMESTAMP"
  std::vector<DictionaryValue> values;  // empty = any value
  const DictionaryValue* find_value(std::string_view value) const noexcept;
  // Lists of one-character or one-word values, space separated: each is looked up alone.
  bool is_multiple_value() const noexcept;
};

// A field or repeating group as listed in a header, trailer, message or group, components resolved, in file order.
struct DictionaryMember {
  std::int32_t tag{0};
  bool required{false};
  bool is_group{false};
  std::vector<DictionaryMember> members;  // of the group, its delimiter first
};
const DictionaryMember* find_member(const std::vector<DictionaryMember>& members, std::int32_t tag) noexcept;

struct DictionaryMessage {
  std::string msg_type;
  std::string name;
  std::string category;  // "admin" or "app", empty when the file does not say
  std::vector<DictionaryMember> members;
};

class Dictionary {
 public:
  // Error(config) naming source and reason where no engine could use the text: not XML, no <fix>, an undeclared field or component, a
  // name or number twice. Everything else is tolerated and listed in oddities().
  static Result<Dictionary> parse(std::string_view xml, std::string source);
  static Result<Dictionary> load(const std::string& path);

  const std::string& source() const noexcept { return source_; }
  bool is_transport() const noexcept { return type_ == "FIXT"; }
  // "FIXT.1.1" or "FIX.5.0": what QuickFIX compares with BeginString(8).
  const std::string& version() const noexcept { return version_; }
  int service_pack() const noexcept { return service_pack_; }

  const std::vector<DictionaryMember>& header() const noexcept { return header_; }
  const std::vector<DictionaryMember>& trailer() const noexcept { return trailer_; }
  const std::map<std::string, DictionaryMessage, std::less<>>& messages() const noexcept { return messages_; }
  const std::map<std::int32_t, DictionaryField>& fields() const noexcept { return fields_; }

  const DictionaryMessage* message(std::string_view msg_type) const noexcept;  // nullptr: not there
  const DictionaryField* field(std::int32_t tag) const noexcept;
  const DictionaryField* field(std::string_view name) const noexcept;
  // What an engine may stumble over in the file itself, in file order; rule is always oddity.
  const std::vector<DictionaryFinding>& oddities() const noexcept { return oddities_; }

 private:
  friend class DictionaryLoader;
  Dictionary() = default;
  std::string source_;
  std::string type_{"FIX"};
  std::string version_;
  int service_pack_{0};
  std::vector<DictionaryMember> header_;
  std::vector<DictionaryMember> trailer_;
  std::map<std::string, DictionaryMessage, std::less<>> messages_;
  std::map<std::int32_t, DictionaryField> fields_;
  std::map<std::string, std::int32_t, std::less<>> names_;
  std::vector<DictionaryFinding> oddities_;
};

// TransportDataDictionary and AppDataDictionary of a session. The same dictionary twice stands for one file that holds everything.
// Does not own: the dictionaries must outlive it.
struct DictionaryPair {
  const Dictionary& session;
  const Dictionary& application;
};
inline DictionaryPair as_pair(const Dictionary& one_file) noexcept { return {one_file, one_file}; }
// The dictionary that judges a message type's body: the session one for 0 1 2 3 4 5 A, else the application one.
const Dictionary& body_dictionary(const DictionaryPair& pair, std::string_view msg_type) noexcept;

// The engine settings of the same meaning, at QuickFIX's defaults.
struct ValidationOptions {
  bool check_frame{true};                    // BodyLength(9), CheckSum(10); off for logs with redacted fields
  bool validate_user_defined_fields{true};   // ValidateUserDefinedFields
  bool allow_unknown_message_fields{false};  // AllowUnknownMsgFields: only tags below 5000 that are not listed; never values
  bool look_inside_groups{true};             // as QuickFIX/J and quickfix-go do; off = QuickFIX C++ exactly
};

// Everything an engine would refuse in one message (SOH form); an engine stops at the first. Any bytes are fine.
std::vector<DictionaryFinding> validate(std::string_view message, const DictionaryPair& dictionaries,
                                        const ValidationOptions& options = {});

// fix-spec/FIXT11-margin.xml and fix-spec/FIX50SP2-margin.xml, byte for byte, compiled in.
std::string_view embedded_session_dictionary() noexcept;
std::string_view embedded_application_dictionary() noexcept;

}  // namespace marginfix::fix
