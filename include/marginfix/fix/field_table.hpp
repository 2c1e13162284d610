// What a FIX field of this exchange is: the building blocks of the message tables (tables.hpp) and their run-time view.
// One constexpr table a message drives decode, encode, pretty-print, validation, the dictionary lint and the comparison with
// fix-spec/. Fields stand in the order we write them: ascending by tag, groups at their counter, as FIX engines do; the fields of a
// group entry in the order the exchange documents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "marginfix/fix/messages.hpp"

namespace marginfix::fix {

enum class Presence : std::uint8_t { required, optional, conditional };

// FIX data types, named as in the FIX 5.0 SP2 repository and QuickFIX dictionaries (to_string gives "UTCTIMESTAMP").
enum class FieldType : std::uint8_t {
  string,
  character,
  multiple_value,
  integer,
  length,
  seq_num,
  num_in_group,
  price,
  qty,
  amt,
  boolean,
  utc_timestamp,
  utc_date_only,
  utc_time_only,
  local_mkt_date,
  data,
  currency
};
std::string_view to_string(FieldType type) noexcept;
std::string_view to_string(Presence presence) noexcept;

// What the wire can carry in a field we send; checked by encode, shown by the documentation.
struct FieldRules {
  std::size_t max_length{0};  // 0 = no limit of ours
  std::int64_t min{std::numeric_limits<std::int64_t>::min()};
  std::int64_t max{std::numeric_limits<std::int64_t>::max()};
  bool whole{false};        // whole contracts only
  int decimals{4};          // of a price, at most; 6 is what DollarDecimal holds
  bool free_text{false};    // any UTF-8 without control characters, as Text(58) always; else printable ASCII
  bool write_empty{false};  // a group's counter is written even when it is 0
};

// What a message's own rule found: "Price(44)" `what`, a static text such as "is missing: OrdType(40)=2 needs it".
struct FieldFault {
  std::int32_t tag{0};
  const char* what{""};
};

// Run-time view of a field, for tools: every string is static.
struct FieldInfo {
  std::int32_t tag{0};
  std::string_view name;
  FieldType type{FieldType::string};
  Presence presence{Presence::optional};
  FieldRules rules;
  std::span<const EnumValue> values;    // documented enum values, empty when the field is free
  std::span<const FieldInfo> children;  // fields of the repeating group this counter opens, delimiter first
};

enum class Direction : std::uint8_t { both, to_exchange, from_exchange };

struct MessageInfo {
  std::string_view msg_type;  // 35
  std::string_view name;
  Direction direction{Direction::both};
  bool admin{false};                  // session message (FIXT), not application
  std::span<const FieldInfo> fields;  // body fields; the header's are header_fields()
};

// Every message of fix-margin.md, and the standard header's fields in the order we write them.
std::span<const MessageInfo> all_messages() noexcept;
std::span<const FieldInfo> header_fields() noexcept;
const MessageInfo* find_message_info(std::string_view msg_type) noexcept;  // nullptr: not one of ours
// The FIX name of a tag anywhere in our tables (header and trailer included); empty when unknown.
std::string_view field_name(std::int32_t tag) noexcept;
// "Price(44)", or "Tag(4711)" for a tag without a name: how every message and log of marginfix names a field.
std::string field_label(std::int32_t tag);

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct unwrap_optional {
  using type = T;
};
template <class T>
struct unwrap_optional<std::optional<T>> {
  using type = T;
};
template <class T>
struct is_group : std::false_type {};
template <class T, std::size_t N>
struct is_group<Group<T, N>> : std::true_type {};

template <class T>
constexpr FieldType default_type() noexcept {
  using V = typename unwrap_optional<T>::type;
  if constexpr (is_group<V>::value)
    return FieldType::num_in_group;
  else if constexpr (std::is_same_v<V, bool>)
    return FieldType::boolean;
  else if constexpr (std::is_same_v<V, char>)
    return FieldType::character;
  else if constexpr (std::is_integral_v<V>)
    return FieldType::integer;
  else if constexpr (std::is_same_v<V, DollarDecimal> || std::is_same_v<V, MultiplierDecimal>)
    return FieldType::price;
  else if constexpr (std::is_same_v<V, FixedPointCount>)
    return FieldType::qty;
  else if constexpr (std::is_same_v<V, Timestamp>)
    return FieldType::utc_timestamp;
  else if constexpr (std::is_same_v<V, std::chrono::microseconds>)
    return FieldType::utc_time_only;
  else if constexpr (std::is_same_v<V, Date>)
    return FieldType::local_mkt_date;
  else if constexpr (WireEnum<V>)
    return kIsCharEnum<V> ? FieldType::character : FieldType::integer;
  else
    return FieldType::string;
}

}  // namespace detail

// One line of a message table: tag, FIX name, member, presence, type, rules.
template <class Owner, class Value>
struct Field {
  using owner_type = Owner;
  using value_type = Value;
  using bare_type = typename detail::unwrap_optional<Value>::type;
  static constexpr bool kIsOptional = detail::is_optional<Value>::value;
  static constexpr bool kIsGroup = detail::is_group<Value>::value;

  std::int32_t tag;
  std::string_view name;
  Value Owner::*member;
  Presence presence;
  FieldType type;
  FieldRules rules;

  constexpr Field as(FieldType t) const {
    Field f = *this;
    f.type = t;
    return f;
  }
  constexpr Field max_length(std::size_t n) const {
    Field f = *this;
    f.rules.max_length = n;
    return f;
  }
  constexpr Field range(std::int64_t low, std::int64_t high) const {
    Field f = *this;
    f.rules.min = low;
    f.rules.max = high;
    return f;
  }
  constexpr Field whole() const {
    Field f = *this;
    f.rules.whole = true;
    return f;
  }
  constexpr Field decimals(int n) const {
    Field f = *this;
    f.rules.decimals = n;
    return f;
  }
  constexpr Field free_text() const {
    Field f = *this;
    f.rules.free_text = true;
    return f;
  }
  constexpr Field write_empty() const {
    Field f = *this;
    f.rules.write_empty = true;
    return f;
  }
};

// Presence follows the member's type: optional members and groups are optional unless a table line says otherwise.
template <class Owner, class Value>
constexpr Field<Owner, Value> required(std::int32_t tag, std::string_view name, Value Owner::*member) {
  static_assert(!detail::is_optional<Value>::value || std::is_same_v<Value, std::optional<Timestamp>>,
                "a required field has a plain member; a time is optional, so that one that cannot be read shows as absent");
  return {tag, name, member, Presence::required, detail::default_type<Value>(), {}};
}
template <class Owner, class Value>
constexpr Field<Owner, Value> optional(std::int32_t tag, std::string_view name, Value Owner::*member) {
  return {tag, name, member, Presence::optional, detail::default_type<Value>(), {}};
}
template <class Owner, class Value>
constexpr Field<Owner, Value> conditional(std::int32_t tag, std::string_view name, Value Owner::*member) {
  return {tag, name, member, Presence::conditional, detail::default_type<Value>(), {}};
}

// Specialised in tables.hpp: kName, kDirection, kAdmin, kFields (a std::tuple of Field) for a message;
// kFields for Header and the group entries.
template <class M>
struct MessageTable;

template <class M>
inline constexpr std::size_t kFieldCount = std::tuple_size_v<std::remove_cvref_t<decltype(MessageTable<M>::kFields)>>;

template <class M, std::size_t I>
inline constexpr auto kField = std::get<I>(MessageTable<M>::kFields);

// A struct that stands for a whole message.
template <class M>
concept Message = requires(M m) {
  M::kMsgType;
  m.header;
  m.unknown;
};

// The struct of a message's standard header: Header for this exchange's messages.
template <Message M>
using HeaderOf = std::remove_cvref_t<decltype(std::declval<M&>().header)>;

}  // namespace marginfix::fix
