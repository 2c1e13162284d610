// The run-time view of a message table, made at compile time.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <tuple>

#include "marginfix/fix/field_table.hpp"

namespace marginfix::fix::detail {

template <class Owner>
struct InfoOf;

template <class Value>
constexpr std::span<const EnumValue> values_of() noexcept {
  using V = typename detail::unwrap_optional<Value>::type;
  if constexpr (WireEnum<V>)
    return enum_values<V>();
  else
    return {};
}
template <class Value>
constexpr std::span<const FieldInfo> children_of() noexcept {
  if constexpr (detail::is_group<Value>::value)
    return InfoOf<typename Value::value_type>::kInfos;
  else
    return {};
}
template <class Owner, class Value>
constexpr FieldInfo info_of(const Field<Owner, Value>& f) noexcept {
  return {f.tag, f.name, f.type, f.presence, f.rules, values_of<Value>(), children_of<Value>()};
}

template <class Owner>
struct InfoOf {
  static constexpr auto kInfos =
      std::apply([](const auto&... f) { return std::array<FieldInfo, sizeof...(f)>{info_of(f)...}; }, MessageTable<Owner>::kFields);
};

// kDirection and kAdmin of a table may be left out.
template <class M>
constexpr MessageInfo info_of_message() noexcept {
  MessageInfo info;
  info.msg_type = M::kMsgType;
  info.name = MessageTable<M>::kName;
  if constexpr (requires { MessageTable<M>::kDirection; }) info.direction = MessageTable<M>::kDirection;
  if constexpr (requires { MessageTable<M>::kAdmin; }) info.admin = MessageTable<M>::kAdmin;
  info.fields = InfoOf<M>::kInfos;
  return info;
}

}  // namespace marginfix::fix::detail
