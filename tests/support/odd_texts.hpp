// Texts that must not come through a door as they are: what every entrance of library and simulator is tried with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace marginfix_tests {

struct OddText {
  std::string_view name;
  std::string text;
  bool utf8;          // JSON can carry it (as an escape where it must)
  bool fit_for_text;  // allowed in a free text, not in an identifier
};

inline const std::vector<OddText>& odd_texts() {
  using namespace std::string_literals;
  static const std::vector<OddText> kTexts{
      {"SOH",
       "a\x01"
       "44=9.9900",
       true, false},
      {"NUL", "a\0b"s, true, false},
      {"ESC", "a\x1b[2Jb", true, false},
      {"newline", "a\nb", true, false},
      {"carriage return", "a\rb", true, false},
      {"tab", "a\tb", true, false},
      {"DEL",
       "a\x7f"
       "b",
       true, false},
      {"C1 control",
       "a\xc2\x9b"
       "31m",
       true, false},
      {"next line (U+0085)",
       "a\xc2\x85"
       "b",
       true, false},
      {"line separator (U+2028)",
       "a\xe2\x80\xa8"
       "b",
       true, false},
      {"right-to-left override (U+202E)",
       "a\xe2\x80\xae"
       "b",
       true, false},
      {"Latin-1",
       "r\xe9"
       "f",
       false, false},
      {"overlong",
       "a\xc0\xaf"
       "b",
       false, false},
      {"surrogate",
       "a\xed\xa0\x80"
       "b",
       false, false},
      {"cut short", "a\xe2\x82", false, false},
      {"beyond Unicode",
       "a\xf4\x90\x80\x80"
       "b",
       false, false},
      {"a letter outside ASCII", "caf\xc3\xa9", true, true},
      {"an emoji", "a\xf0\x9f\x98\x80", true, true},
  };
  return kTexts;
}

}  // namespace marginfix_tests
