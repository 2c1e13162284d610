// JSON types as data: how a C++ type is read, written, described and checked. One TypeInfo a schema of the exchange drives decoding,
// encoding, validation before sending, the command line and the contract test against the official file.
// A schema's table stands in a .cpp:
//
//   constexpr json::FieldInfo kTickerPrice[] = {json::field<&TickerPrice::price>("price"), json::field<&TickerPrice::ts_ms>("ts_ms")};
//   constinit const json::TypeInfo json::Schema<TickerPrice>::type = json::object_type<TickerPrice>("TickerPrice", kTickerPrice);
//
// and is announced beside its struct with MARGINFIX_SCHEMA(TickerPrice). Reading and writing: binding.hpp.
// Everything here is constant and thread-safe. Source: design decisions 4, 8, 9.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/nullable.hpp"
#include "marginfix/domain/open_enum.hpp"
#include "marginfix/domain/scalars.hpp"

namespace marginfix::json {

// A member that no schema of ours names, kept as JSON text with its numbers' digits.
struct UnknownMember {
  std::string name;
  std::string json;
};
// Last member of every response struct. Order of appearance.
class UnknownMembers {
 public:
  bool empty() const noexcept { return members_.empty(); }
  std::size_t size() const noexcept { return members_.size(); }
  auto begin() const noexcept { return members_.begin(); }
  auto end() const noexcept { return members_.end(); }
  // Null when there is no such member.
  const std::string* find(std::string_view name) const noexcept {
    for (const UnknownMember& m : members_)
      if (m.name == name) return &m.json;
    return nullptr;
  }
  UnknownMember& add() { return members_.emplace_back(); }
  void clear() noexcept { members_.clear(); }

 private:
  std::vector<UnknownMember> members_;
};

// Objects used as dictionaries (ticker -> rate). Ordered by key.
template <class T>
using Map = std::map<std::string, T, std::less<>>;

enum class Kind : std::uint8_t {
  boolean,
  number,    // JSON number; the C++ type says which (integers, MultiplierDecimal, epoch times, centicents)
  string,    // JSON string: text, decimal strings, RFC 3339 times, dates, enumerations
  any,       // RawJson
  array,     // std::vector
  tuple,     // a JSON array of fixed length bound to a struct ("[price, count]")
  map,       // Map<T>
  object,    // a schema
  optional,  // std::optional<T>: absent or a value
  nullable   // Nullable<T>: absent, null or a value
};

// What a text that we send may hold: see marginfix/core/text.hpp.
enum class Characters : std::uint8_t {
  identifier,  // printable ASCII: unless the table says otherwise
  text,        // a free text
  lines        // a free text of several lines (PEM)
};

// Rules for what we send; what we read is never checked against them.
struct Limits {
  std::int64_t least{std::numeric_limits<std::int64_t>::min()};
  std::int64_t most{std::numeric_limits<std::int64_t>::max()};
  std::size_t min_length{0};  // of a text, or items of an array
  std::size_t max_length{std::numeric_limits<std::size_t>::max()};
  int max_decimals{-1};                        // of a decimal; -1 = as many as the type has
  bool positive{false};                        // > 0
  bool non_negative{false};                    // >= 0
  bool (*pattern)(std::string_view){nullptr};  // of a text
  std::string_view pattern_text{};             // the pattern, for people
  Characters characters{Characters::identifier};
};

struct TypeInfo;

enum class Presence : std::uint8_t {
  required,  // no honest value without it: a missing one is an error on reading
  expected,  // required by the specification, but seen missing or honestly empty (lists, maps): counted on reading
  optional
};

struct FieldInfo {
  std::string_view name;      // on the wire
  const TypeInfo* type;       // of the C++ member
  void* (*at)(void* object);  // address of the member
  Presence presence;          // on reading
  bool required;              // the specification's own word (for the contract test, and for what we send)
  Limits limits{};

  // Chainable, for tables.
  constexpr FieldInfo with(Limits l) const {
    FieldInfo f = *this;
    f.limits = l;
    return f;
  }
  // The specification requires it; we keep it optional because it was seen missing.
  constexpr FieldInfo expected() const {
    FieldInfo f = *this;
    f.presence = Presence::expected;
    f.required = true;
    return f;
  }
  // A list or map that the specification does not require.
  constexpr FieldInfo not_required() const {
    FieldInfo f = *this;
    f.presence = Presence::optional;
    f.required = false;
    return f;
  }
};

// Everything that can be done with a C++ type that JSON binds to, without knowing it. Members that do not apply are null.
struct TypeInfo {
  std::string_view name;  // schema name, or the scalar's: "FixedPointDollars", "int64", "date-time", ...
  Kind kind;

  // Scalars. `read` takes the token's text (a string without quotes and escapes, a number's digits, true/false); false = not of the type.
  bool (*read)(void* value, std::string_view text){nullptr};
  // The text `read` takes.
  std::string (*write)(const void* value){nullptr};
  // The same through the wrapper: of optional and nullable scalars too (the value is made first). One call a value on the hot path.
  bool (*assign)(void* wrapper, std::string_view text){nullptr};
  // The scalar or container behind optional and nullable; null = this type itself.
  const TypeInfo* bare{nullptr};
  // Enumerations: the known words; true when the value is one of them.
  std::size_t (*word_count)(){nullptr};
  std::string_view (*word)(std::size_t){nullptr};
  bool (*known)(const void* value){nullptr};

  // array, map, optional, nullable: the type inside. clear() empties the container or makes the wrapper absent.
  const TypeInfo* element{nullptr};
  void* (*append)(void* array){nullptr};
  void* (*insert)(void* map, std::string_view key){nullptr};
  void (*clear)(void* container){nullptr};
  std::size_t (*size)(const void* container){nullptr};
  const void* (*item)(const void* array, std::size_t index){nullptr};
  void (*visit)(const void* map, void (*each)(void* context, std::string_view key, const void* value), void* context){nullptr};
  void* (*emplace)(void* wrapper){nullptr};
  const void* (*peek)(const void* wrapper){nullptr};  // null when there is no value
  void (*set_null)(void* wrapper){nullptr};
  bool (*is_null)(const void* wrapper){nullptr};

  // object, tuple
  std::span<const FieldInfo> fields{};
  UnknownMembers* (*unknown)(void* object){nullptr};
  void* (*make)(){nullptr};
  void (*destroy)(void*){nullptr};
};

// Specialised (MARGINFIX_SCHEMA) for every struct that has a table: `static const TypeInfo type`.
template <class T>
struct Schema;

template <class T>
concept HasSchema = requires {
  Schema<T>::type;
};

namespace detail {

// Scalars: `static constexpr std::string_view kName; kKind; static bool read(T&, std::string_view); static std::string write(const T&)`.
template <class T>
struct Scalar;

// NOLINTBEGIN(bugprone-macro-parentheses): T is a type
#define MARGINFIX_JSON_SCALAR(T, NAME, KIND)           \
  template <>                                          \
  struct Scalar<T> {                                   \
    static constexpr std::string_view kName = NAME;    \
    static constexpr Kind kKind = Kind::KIND;          \
    static bool read(T& value, std::string_view text); \
    static std::string write(const T& value);          \
  }
MARGINFIX_JSON_SCALAR(bool, "boolean", boolean);
MARGINFIX_JSON_SCALAR(std::int32_t, "int32", number);
MARGINFIX_JSON_SCALAR(std::int64_t, "int64", number);
MARGINFIX_JSON_SCALAR(EpochSeconds, "unix seconds", number);
MARGINFIX_JSON_SCALAR(EpochMillis, "epoch milliseconds", number);
MARGINFIX_JSON_SCALAR(Centicents, "centicents", number);
MARGINFIX_JSON_SCALAR(Cents, "cents", number);
MARGINFIX_JSON_SCALAR(Centicount, "centicount", number);
MARGINFIX_JSON_SCALAR(MultiplierDecimal, "double", number);
MARGINFIX_JSON_SCALAR(std::string, "string", string);
MARGINFIX_JSON_SCALAR(SecretString, "secret string", string);
MARGINFIX_JSON_SCALAR(DollarDecimal, "FixedPointDollars", string);
MARGINFIX_JSON_SCALAR(FixedPointCount, "FixedPointCount", string);
MARGINFIX_JSON_SCALAR(DecimalString, "decimal string", string);
MARGINFIX_JSON_SCALAR(Timestamp, "date-time", string);
MARGINFIX_JSON_SCALAR(Date, "date", string);
MARGINFIX_JSON_SCALAR(RawJson, "JSON", any);
#undef MARGINFIX_JSON_SCALAR
// NOLINTEND(bugprone-macro-parentheses)

template <class T>
concept IsScalar = requires {
  Scalar<T>::kName;
};

template <class T>
constexpr TypeInfo scalar_type() {
  TypeInfo t{Scalar<T>::kName, Scalar<T>::kKind};
  t.read = [](void* value, std::string_view text) { return Scalar<T>::read(*static_cast<T*>(value), text); };
  t.assign = t.read;
  t.write = [](const void* value) { return Scalar<T>::write(*static_cast<const T*>(value)); };
  return t;
}

template <class E>
constexpr TypeInfo enum_type() {
  TypeInfo t{"enumeration", Kind::string};
  t.read = [](void* value, std::string_view text) {
    *static_cast<Open<E>*>(value) = Open<E>::from_text(text);
    return true;
  };
  t.assign = t.read;
  t.write = [](const void* value) { return std::string(static_cast<const Open<E>*>(value)->text()); };
  t.known = [](const void* value) { return static_cast<const Open<E>*>(value)->known(); };
  t.word_count = [] { return std::size(EnumWords<E>::kWords); };
  t.word = [](std::size_t i) { return EnumWords<E>::kWords[i].word; };
  return t;
}

template <class T>
struct TypeOf;

template <class T>
requires IsScalar<T>
struct TypeOf<T> {
  static constexpr TypeInfo kType = scalar_type<T>();
  static constexpr const TypeInfo* get() { return &kType; }
};
template <class E>
struct TypeOf<Open<E>> {
  static constexpr TypeInfo kType = enum_type<E>();
  static constexpr const TypeInfo* get() { return &kType; }
};
template <class T>
requires HasSchema<T>
struct TypeOf<T> {
  static constexpr const TypeInfo* get() { return &Schema<T>::type; }
};

template <class T>
inline constexpr bool kIsOpen = false;
template <class E>
inline constexpr bool kIsOpen<Open<E>> = true;

// What optional and nullable have in common.
template <class Wrapper, class T>
constexpr TypeInfo wrapper_type(std::string_view name, Kind kind) {
  TypeInfo t{name, kind};
  t.element = TypeOf<T>::get();
  t.bare = TypeOf<T>::get();
  t.emplace = [](void* wrapper) -> void* { return &static_cast<Wrapper*>(wrapper)->emplace(); };
  if constexpr (IsScalar<T> || kIsOpen<T>) {
    t.assign = [](void* wrapper, std::string_view text) { return TypeOf<T>::kType.read(&static_cast<Wrapper*>(wrapper)->emplace(), text); };
  }
  return t;
}

template <class T>
constexpr TypeInfo array_type() {
  using V = std::vector<T>;
  TypeInfo t{"array", Kind::array};
  t.element = TypeOf<T>::get();
  t.append = [](void* array) -> void* { return &static_cast<V*>(array)->emplace_back(); };
  t.clear = [](void* array) { static_cast<V*>(array)->clear(); };
  t.size = [](const void* array) { return static_cast<const V*>(array)->size(); };
  t.item = [](const void* array, std::size_t i) -> const void* { return &(*static_cast<const V*>(array))[i]; };
  return t;
}
template <class T>
struct TypeOf<std::vector<T>> {
  static constexpr TypeInfo kType = array_type<T>();
  static constexpr const TypeInfo* get() { return &kType; }
};

template <class T>
constexpr TypeInfo map_type() {
  using M = Map<T>;
  TypeInfo t{"map", Kind::map};
  t.element = TypeOf<T>::get();
  t.insert = [](void* map, std::string_view key) -> void* {  // keys mostly come in ascending order
    M& m = *static_cast<M*>(map);
    return &m.try_emplace(m.end(), std::string(key))->second;
  };
  t.clear = [](void* map) { static_cast<M*>(map)->clear(); };
  t.size = [](const void* map) { return static_cast<const M*>(map)->size(); };
  t.visit = [](const void* map, void (*each)(void*, std::string_view, const void*), void* context) {
    for (const auto& [key, value] : *static_cast<const M*>(map)) each(context, key, &value);
  };
  return t;
}
template <class T>
struct TypeOf<Map<T>> {
  static constexpr TypeInfo kType = map_type<T>();
  static constexpr const TypeInfo* get() { return &kType; }
};

template <class T>
constexpr TypeInfo optional_type() {
  using O = std::optional<T>;
  TypeInfo t = wrapper_type<O, T>("optional", Kind::optional);
  t.clear = [](void* wrapper) { static_cast<O*>(wrapper)->reset(); };
  t.peek = [](const void* wrapper) -> const void* {
    const auto& o = *static_cast<const O*>(wrapper);
    return o ? &*o : nullptr;
  };
  t.set_null = t.clear;
  return t;
}
template <class T>
struct TypeOf<std::optional<T>> {
  static constexpr TypeInfo kType = optional_type<T>();
  static constexpr const TypeInfo* get() { return &kType; }
};

template <class T>
constexpr TypeInfo nullable_type() {
  using N = Nullable<T>;
  TypeInfo t = wrapper_type<N, T>("nullable", Kind::nullable);
  t.clear = [](void* wrapper) { *static_cast<N*>(wrapper) = N(); };
  t.peek = [](const void* wrapper) -> const void* {
    const auto& n = *static_cast<const N*>(wrapper);
    return n ? &*n : nullptr;
  };
  t.set_null = [](void* wrapper) { static_cast<N*>(wrapper)->set_null(); };
  t.is_null = [](const void* wrapper) { return static_cast<const N*>(wrapper)->is_null(); };
  return t;
}
template <class T>
struct TypeOf<Nullable<T>> {
  static constexpr TypeInfo kType = nullable_type<T>();
  static constexpr const TypeInfo* get() { return &kType; }
};

template <class M>
struct MemberPointer;
template <class C, class T>
struct MemberPointer<T C::*> {
  using Class = C;
  using Type = T;
};

template <class T>
inline constexpr Presence kPresenceOf = Presence::required;
template <class T>
inline constexpr Presence kPresenceOf<std::optional<T>> = Presence::optional;
template <class T>
inline constexpr Presence kPresenceOf<Nullable<T>> = Presence::optional;
template <class T>
inline constexpr Presence kPresenceOf<std::vector<T>> = Presence::expected;
template <class T>
inline constexpr Presence kPresenceOf<Map<T>> = Presence::expected;

}  // namespace detail

// The TypeInfo of a C++ type that JSON binds to.
template <class T>
constexpr const TypeInfo& type_of() {
  return *detail::TypeOf<T>::get();
}

// One row of a schema's table. Presence follows from the member's type: plain = required, vector and Map = expected (required by the
// specification, empty when missing), optional and Nullable = optional; see FieldInfo::expected(), not_required(), with().
template <auto Member>
constexpr FieldInfo field(std::string_view name) {
  using P = detail::MemberPointer<decltype(Member)>;
  return {name, detail::TypeOf<typename P::Type>::get(),
          [](void* object) -> void* { return &(static_cast<typename P::Class*>(object)->*Member); }, detail::kPresenceOf<typename P::Type>,
          detail::kPresenceOf<typename P::Type> != Presence::optional};
}

template <class T>
constexpr TypeInfo object_type(std::string_view name, std::span<const FieldInfo> fields) {
  TypeInfo t{name, Kind::object};
  if (fields.size() > 64) throw "the binder's set of seen members has 64 places";
  t.fields = fields;
  if constexpr (requires(T & object) { object.unknown; }) {
    t.unknown = [](void* object) -> UnknownMembers* { return &static_cast<T*>(object)->unknown; };
  }
  t.make = []() -> void* { return new T(); };
  t.destroy = [](void* object) { delete static_cast<T*>(object); };
  return t;
}
template <class T>
constexpr TypeInfo tuple_type(std::string_view name, std::span<const FieldInfo> fields) {
  TypeInfo t = object_type<T>(name, fields);
  t.kind = Kind::tuple;
  return t;
}

// A value of a type known only by its TypeInfo; owns it.
class AnyValue {
 public:
  explicit AnyValue(const TypeInfo& type) : type_(&type), value_(type.make()) {}
  AnyValue(AnyValue&& other) noexcept : type_(other.type_), value_(std::exchange(other.value_, nullptr)) {}
  AnyValue& operator=(AnyValue&& other) noexcept {
    std::swap(type_, other.type_);
    std::swap(value_, other.value_);
    return *this;
  }
  ~AnyValue() {
    if (value_ != nullptr) type_->destroy(value_);
  }
  const TypeInfo& type() const noexcept { return *type_; }
  void* get() noexcept { return value_; }
  const void* get() const noexcept { return value_; }

 private:
  const TypeInfo* type_;
  void* value_;
};

}  // namespace marginfix::json

// At global scope, once a struct: says that a table exists.
#define MARGINFIX_SCHEMA(T)           \
  template <>                         \
  struct marginfix::json::Schema<T> { \
    static const TypeInfo type;       \
  }
