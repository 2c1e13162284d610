// What a real QuickFIX says about a message and a pair of dictionaries. The only header between the C++14 file that sees QuickFIX and
// the C++20 tests: clean in both dialects, strings and integers only.
#pragma once

#include <memory>
#include <string>

namespace marginfix_tests {

struct QuickFixVerdict {
  bool accepted = false;
  std::string why;         // "RequiredTagMissing", "IncorrectTagValue", ...; empty when accepted
  int tag = 0;             // the tag QuickFIX names, 0 = none
  std::string text;        // QuickFIX's own words
  std::string round_trip;  // the message as QuickFIX writes it after reading it with the dictionaries
};

class QuickFixDictionaries {
 public:
  // Throws std::runtime_error with QuickFIX's words when a dictionary does not load. The same text twice stands for a single file.
  QuickFixDictionaries(const std::string& session_xml, const std::string& application_xml);
  ~QuickFixDictionaries();
  QuickFixDictionaries(const QuickFixDictionaries&) = delete;
  QuickFixDictionaries& operator=(const QuickFixDictionaries&) = delete;

  // AllowUnknownMsgFields=Y of the session settings, on both dictionaries.
  void allow_unknown_message_fields(bool allow);
  // Reads and validates as FIX::Session::next does, everything else at its default.
  QuickFixVerdict check(const std::string& wire) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix_tests
