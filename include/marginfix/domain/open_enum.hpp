// Enumerations whose wire form is a word, open on reading: a word the specification does not list is kept as it came, never an error
// (the exchange adds values every week). Source: design decision 9; rest-perps.md "Scalars and enums".
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>

namespace marginfix {

template <class E>
struct EnumWord {
  E value;
  std::string_view word;
};

// Specialised for every such enumeration with `kWords`, an array of EnumWord<E> in the order of the specification.
template <class E>
struct EnumWords;

// A value of E, or a word that E does not know.
template <class E>
class Open {
 public:
  Open() = default;  // no value: known() is false, text() empty
  Open(E value) : value_(value), known_(true) {}
  // Any word; known() tells whether E lists it.
  static Open from_text(std::string_view word) {
    for (const EnumWord<E>& w : EnumWords<E>::kWords)
      if (w.word == word) return Open(w.value);
    Open open;
    open.other_ = word;
    return open;
  }

  bool known() const noexcept { return known_; }
  // Only while known().
  E value() const noexcept { return value_; }
  std::string_view text() const noexcept {
    if (!known_) return other_;
    for (const EnumWord<E>& w : EnumWords<E>::kWords)
      if (w.value == value_) return w.word;
    return {};
  }
  friend bool operator==(const Open& a, E b) noexcept { return a.known_ && a.value_ == b; }
  friend bool operator==(const Open& a, const Open& b) noexcept {
    return a.known_ == b.known_ && (a.known_ ? a.value_ == b.value_ : a.other_ == b.other_);
  }

 private:
  E value_{};
  bool known_{false};
  std::string other_;
};

template <class E>
std::string to_string(const Open<E>& value) {
  return std::string(value.text());
}

}  // namespace marginfix
