// A private key as secret stores, containers and CI hand it over: quotes kept, on one line, line ends written out once or twice, indented,
// in base64, inside JSON, as UTF-16. The text is brought back into PEM where there is no doubt what is meant; else it is said what the
// transport did to it. No result but the PEM itself holds a byte of the key. It looks whether a short
// text names a file, and does no other I/O.
#pragma once

#include <string>
#include <string_view>

#include "marginfix/core/secret.hpp"

namespace marginfix {

struct KeyText {
  SecretString pem;     // as PEM text, or as it came where it holds no key
  std::string journey;  // what the transport had done to it and was undone ("its line ends had become blanks"); empty: nothing
  std::string fault;    // why it is no key, for a person; empty: it may be one
};
KeyText read_key_text(std::string_view text);

// True for a value that is a key's text where a path was asked for: it must not be shown.
bool looks_like_key_text(std::string_view path) noexcept;

}  // namespace marginfix
