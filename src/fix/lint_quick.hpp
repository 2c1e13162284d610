// Most messages of a log are good. This says so at once, without building anything: what it calls clean, validate() finds nothing in. Of
// everything else it says nothing, and validate() has to look.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/fix/dictionary.hpp"
#include "src/fix/dictionary_format.hpp"
#include "src/fix/dictionary_message.hpp"

namespace marginfix::fix::detail {

// Holds the pair's dictionaries by reference. One thread at a time.
class QuickLint {
 public:
  explicit QuickLint(const DictionaryPair& dictionaries);

  // Under ValidationOptions with check_frame off and everything else at its default.
  bool clean(std::string_view message);

 private:
  // What a dictionary says of a field, ready to be asked often.
  struct Rule {
    bool declared{false};
    bool quick{false};  // we know how to judge its values
    TextForm form{TextForm::any};
    bool several{false};  // values with blanks between: judged here where there is one
    bool lists_values{false};
    std::bitset<256> letters;              // values of one character
    std::vector<std::string_view> others;  // all others
    Part part{Part::body};
  };
  // The members of a header, a trailer, a message or a group.
  struct Members {
    bool known{false};                        // is there such a message
    std::vector<const DictionaryMember*> of;  // by slot, nullptr: not listed
    std::vector<std::uint16_t> required;      // slots
  };
  struct Body {
    const std::vector<Rule>* rules{nullptr};
    Members members;
  };
  struct Field {
    std::uint16_t slot{0};
    std::int32_t tag{0};
    std::string_view value;
  };

  void add_slots(const Dictionary& dictionary);
  std::vector<Rule> rules_of(const Dictionary& dictionary) const;
  Members members_of(const std::vector<DictionaryMember>& listed) const;
  const Body& body_of(std::string_view msg_type);

  bool read(Field& field);
  bool walk(const Body& body);
  bool take(const Body& body, const Field& field);
  bool group(const Body& body, const DictionaryMember& group, std::string_view count, int depth);
  bool all_seen(const std::vector<std::uint16_t>& slots) const;
  bool elsewhere(const Body& body, std::uint16_t slot) const;
  static bool fits(const Rule& rule, std::string_view value);

  const DictionaryPair& pair_;
  std::vector<std::uint16_t> slots_;  // by tag; 0: neither dictionary declares it
  std::size_t slot_count_{1};
  std::vector<Rule> session_rules_;
  std::vector<Rule> application_rules_;
  Members header_;
  Members trailer_;
  std::map<std::string, Body, std::less<>> bodies_;

  // Of the message at hand.
  const char* at_{nullptr};
  const char* end_{nullptr};
  std::vector<std::uint32_t> seen_;  // by slot: the number of the message it was last seen in
  std::uint32_t number_{0};
};

}  // namespace marginfix::fix::detail
