// Messages for other programs: one flat JSON object with the fields' names as members, or a row of CSV.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/fix/printer.hpp"

namespace marginfix::apps {

// What is known of a message beside its bytes. Empty and nothing where it is not.
struct RecordHead {
  std::string_view session{};
  std::optional<Timestamp> ts{};  // when it was read
};

// {"session":..,"ts":..,"MsgType":"8","MsgSeqNum":"5","ClOrdID":..}: values as their wire text, secrets starred; a field without a name by
// its number; a field of a group, or one that is there several times, is a list. `names` lends names.
std::string flat_json(const RecordHead& head, std::string_view raw, const fix::DictionaryPair* names = nullptr);

// Columns of a file of messages.
class MessageColumns {
 public:
  // FIX names, or tags; "session" and "ts" beside them. Empty: those of an ExecutionReport(8), which other messages share; without
  // `heads` no session and ts among them. Error(config): no
  // field has that name.
  static Result<MessageColumns> of(const std::vector<std::string>& names, bool heads = true);

  std::string header() const;
  std::string row(const RecordHead& head, std::string_view raw) const;

 private:
  struct Column {
    std::string name;
    std::int32_t tag{0};  // 0: of the head
    bool number{false};
  };
  std::vector<Column> columns_;
};

}  // namespace marginfix::apps
