// What decoder and encoder ask of a message table at compile time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/field_table.hpp"

namespace marginfix::fix::detail {

// A repeating group's entry: neither a message nor a header.
template <class Owner>
inline constexpr bool kIsEntry = !Message<Owner> && !requires(Owner o) {
  o.begin_string;
};

// Headers that keep SendingTime(52) byte for byte.
template <class Owner>
inline constexpr bool kKeepsTimeText = requires(Owner o) {
  o.sending_time_text;
};

// The table line of a tag; kFieldCount<Owner> when there is none.
template <class Owner>
constexpr std::size_t index_of(std::int32_t tag) noexcept {
  std::size_t at = 0, found = kFieldCount<Owner>;
  std::apply([&](const auto&... f) { ((f.tag == tag ? void(found = at++) : void(++at)), ...); }, MessageTable<Owner>::kFields);
  return found;
}
// The line that says how long this data field is.
template <class Owner>
constexpr std::size_t length_index(std::int32_t data_tag) noexcept {
  return index_of<Owner>(length_tag_of(data_tag));
}

// The FIX name of a tag in Owner's table or its groups'; empty when it is none of theirs.
template <class Owner>
constexpr std::string_view name_in(std::int32_t tag) noexcept {
  std::string_view name;
  const auto look = [&]<class F>(const F& f) {
    if (name.empty() && f.tag == tag) name = f.name;
    if constexpr (F::kIsGroup) {
      if (name.empty()) name = name_in<typename F::value_type::value_type>(tag);
    }
  };
  std::apply([&](const auto&... f) { (look(f), ...); }, MessageTable<Owner>::kFields);
  return name;
}

// How many counters stand within groups.
template <class Owner>
constexpr std::size_t nested_counters() noexcept {
  const auto in = []<class F>(const F&) -> std::size_t {
    if constexpr (F::kIsGroup) {
      using Entry = typename F::value_type::value_type;
      return nested_counters<Entry>() + (kIsEntry<Owner> ? 1 : 0);
    } else {
      return 0;
    }
  };
  return std::apply([&](const auto&... f) { return (std::size_t{0} + ... + in(f)); }, MessageTable<Owner>::kFields);
}

// Entries of groups within groups are numbered through the whole message, by the group's counter.
class EntryCounts {
 public:
  static constexpr std::size_t kMost = 8;  // counters

  EntryCounts() noexcept {}  // NOLINT: the arrays are filled as they are used
  std::int32_t& of(std::int32_t counter) noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      if (counters_[i] == counter) return entries_[i];
    }
    counters_[size_] = counter;
    entries_[size_] = 0;
    return entries_[size_++];
  }

 private:
  std::int32_t counters_[kMost], entries_[kMost];
  std::size_t size_{0};
};

// Tags are compared as words of eight bytes.
template <class Owner>
constexpr bool tags_fit() noexcept {
  return std::apply([](const auto&... f) { return ((f.tag > 0 && f.tag <= 999'999) && ...); }, MessageTable<Owner>::kFields);
}

// What a message's table may be.
template <class M>
constexpr bool check_table() noexcept {
  static_assert(kFieldCount<M> <= 64 && kFieldCount<HeaderOf<M>> <= 64,
                "a table has at most 64 fields: name those you use, the others "
                "are kept in `unknown`");
  static_assert(tags_fit<M>(), "tags are 1 to 999999");
  static_assert(nested_counters<M>() <= EntryCounts::kMost, "a message has at most 8 groups within groups");
  return true;
}

}  // namespace marginfix::fix::detail
