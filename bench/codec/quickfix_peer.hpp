// QuickFIX doing the same work on the same bytes, behind plain functions (its headers need C++14). Clean in C++14 and C++20.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace peer {

// One field of the message to build; `counter` is the tag of its group's counter, 0 outside groups; `entry` counts from 1.
struct FieldText {
  int tag;
  std::string value;
  int counter;
  int entry;
  bool header;
};

class QuickFix {
 public:
  QuickFix(const std::string& session_dictionary, const std::string& application_dictionary);
  ~QuickFix();

  // Parses with both dictionaries (groups known), BodyLength and CheckSum checked; no dictionary validation. Returns the number of body
  // fields. Throws on bytes it does not take.
  std::size_t parse(const std::string& wire);
  // The same with dictionary validation.
  std::size_t parse_and_validate(const std::string& wire);
  // A new message from ready texts (no formatting of numbers and times), to its string. `order` holds a group's tags, delimiter first.
  const std::string& build(const std::vector<FieldText>& fields, const std::vector<int>& order);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace peer
