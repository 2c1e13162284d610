// The encoder, driven by the message tables. Included only by the files that instantiate encode<M>; for messages of one's own through
// marginfix/fix/define.hpp.
#pragma once

#include <optional>
#include <utility>

#include "marginfix/core/fast_text.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/fix/detail/format.hpp"
#include "marginfix/fix/detail/table_traits.hpp"
#include "marginfix/fix/writer.hpp"

namespace marginfix::fix::detail {

// Where an encode stands: the buffer, and the refusal if there was one. `fail` is null on success.
struct EncodeContext {
  Buffer& out;
  const UnknownFields* unknown{nullptr};  // the message's additional fields, and how many of them are written
  bool (*is_table_tag)(std::int32_t){nullptr};
  bool (*is_header_tag)(std::int32_t){nullptr};
  std::size_t appended{0};
  std::int32_t tag{0};
  const char* refusal{nullptr};  // static text: what is wrong with Field(tag)
  std::size_t limit{0};          // that goes with kTooLong and kTooManyDecimals
  EntryCounts nested{};          // of groups within groups

  bool refuse(std::int32_t at, const char* why) noexcept {
    tag = at;
    refusal = why;
    return false;
  }
};
// `name` of the refused tag in the message's own table, empty: the library's.
Error refused(const EncodeContext& c, std::string_view name, std::string_view message);
inline constexpr char kTooLong[] = "is too long";  // refused() puts the limit in
inline constexpr char kTooManyDecimals[] = "has too many decimals";
inline constexpr char kWrongLength[] = "must be the length of the data field behind it";

// What a value of this field may not be; null when it may. Out of line: the texts are for people, the checks are not hot.
// Identifiers and texts: see marginfix/core/text.hpp.
enum class TextRule : std::uint8_t { identifier, text };
constexpr TextRule text_rule(std::int32_t tag, const FieldRules& rules) noexcept {
  return tag == 58 || rules.free_text ? TextRule::text : TextRule::identifier;
}
const char* check_text(std::string_view text, const FieldRules& rules, TextRule rule) noexcept;
// The additional fields of this group's entry, counted from 1; 0, 0: those outside groups.
bool append_unknown(EncodeContext& c, std::int32_t group, std::size_t entry);
// Refuses additional fields whose entry is not there.
bool all_appended(EncodeContext& c) noexcept;

inline bool text_is_plain(std::string_view text, const FieldRules& rules) noexcept {
  if (text.empty() || (rules.max_length != 0 && text.size() > rules.max_length)) return false;
  const char* p = text.data();
  const std::size_t size = text.size();
  if (size < 8) return marginfix::detail::printable_ascii(p, size);
  return marginfix::detail::printable_ascii(p, size & ~std::size_t{7}) && marginfix::detail::printable_ascii(p + size - 8, 8);  // no tail
}
// The same for one character; what is not plain is for identifier_fault() to say.
inline bool character_is_plain(char c) noexcept { return c >= ' ' && c <= '~'; }

template <class Owner, std::size_t I>
inline bool put_field(EncodeContext& c, const Owner& owner);

template <class Owner>
inline bool put_fields(EncodeContext& c, const Owner& owner) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) { return (put_field<Owner, I>(c, owner) && ...); }
  (std::make_index_sequence<kFieldCount<Owner>>{});
}

template <TagKey kKey>
inline void put_text_field(EncodeContext& c, std::string_view text) {
  char* p = put_text(put_key(c.out.reserve(text.size() + 16), kKey), text);
  *p++ = kSoh;
  c.out.commit(p);
}

inline const char* check_number(std::int64_t value, const FieldRules& rules) noexcept {
  return value < rules.min || value > rules.max ? "is out of its range" : nullptr;
}

// The value's text at p, or nullptr with c.refusal set. Strings and groups are handled by put_field.
template <const auto& kF, class V>
inline char* put_value(EncodeContext& c, char* p, const V& value) {
  if constexpr (std::is_same_v<V, bool>) {
    *p = value ? 'Y' : 'N';
    return p + 1;
  } else if constexpr (std::is_same_v<V, char>) {
    if (value == '\0') return c.refuse(kF.tag, "has no value"), nullptr;
    if (!character_is_plain(value)) return c.refuse(kF.tag, identifier_fault(&value, 1)), nullptr;
    *p = value;
    return p + 1;
  } else if constexpr (std::is_integral_v<V>) {
    if (const char* why = check_number(value, kF.rules)) return c.refuse(kF.tag, why), nullptr;
    return put_integer(p, value);
  } else if constexpr (std::is_same_v<V, DollarDecimal>) {
    if constexpr (kF.type == FieldType::price && kF.rules.decimals < 6) {
      static_assert(kF.rules.decimals >= 0, "decimals of a price");
      constexpr std::int64_t kStep = marginfix::detail::kPowersOfTen[6 - kF.rules.decimals];
      if (value.units() % kStep != 0)
        return c.limit = static_cast<std::size_t>(kF.rules.decimals), c.refuse(kF.tag, kTooManyDecimals), nullptr;
    }
    return put_dollars(p, value.units());
  } else if constexpr (std::is_same_v<V, FixedPointCount>) {
    if (kF.rules.whole && !value.is_whole()) return c.refuse(kF.tag, "must be a whole number of contracts"), nullptr;
    return put_count(p, value.units());
  } else if constexpr (std::is_same_v<V, Timestamp>) {
    if (value == Timestamp{}) return c.refuse(kF.tag, "has no value"), nullptr;
    if (value < Timestamp{} || value >= Timestamp{std::chrono::seconds{253'402'300'800}})
      return c.refuse(kF.tag, "is not between 1970 and 9999"), nullptr;
    return put_time(p, value);
  } else if constexpr (std::is_same_v<V, std::chrono::microseconds>) {
    if (value < V::zero() || value >= std::chrono::hours{24}) return c.refuse(kF.tag, "is not a time of day"), nullptr;
    return put_clock(p, value);
  } else if constexpr (std::is_same_v<V, Date>) {
    if (!value.ok() || static_cast<int>(value.year()) < 0 || static_cast<int>(value.year()) > 9999)
      return c.refuse(kF.tag, "is not a date"), nullptr;
    return format_fix_date(p, value);
  } else {
    static_assert(WireEnum<V>);
    if (static_cast<std::int32_t>(value) == 0 && !is_listed(value)) return c.refuse(kF.tag, "has no value"), nullptr;
    if constexpr (kIsCharEnum<V>) {
      *p = static_cast<char>(value);
      if (!character_is_plain(*p)) return c.refuse(kF.tag, identifier_fault(p, 1)), nullptr;
      return p + 1;
    } else {
      return put_integer(p, static_cast<std::int64_t>(value));
    }
  }
}

char* put_multiplier(EncodeContext& c, TagKey key, const MultiplierDecimal& value);

template <const auto& kF, TagKey kKey, class V>
inline bool put_single(EncodeContext& c, const V& value) {
  if constexpr (std::is_same_v<V, std::string_view>) {
    if (!text_is_plain(value, kF.rules)) [[unlikely]] {
      c.limit = kF.rules.max_length;
      if (const char* why = check_text(value, kF.rules, text_rule(kF.tag, kF.rules)); why != nullptr && kF.type != FieldType::data)
        return c.refuse(kF.tag, why);
    }
    put_text_field<kKey>(c, value);
    return true;
  } else if constexpr (std::is_same_v<V, MultiplierDecimal>) {
    c.out.commit(put_multiplier(c, kKey, value));
    return true;
  } else {
    char* p = put_value<kF>(c, put_key(c.out.reserve(kLongestNumber), kKey), value);
    if (p == nullptr) [[unlikely]]
      return false;
    *p++ = kSoh;
    c.out.commit(p);
    return true;
  }
}

// A data field goes out as it is, behind a length field that must be right.
template <class Owner, std::size_t I, TagKey kKey>
inline bool put_data(EncodeContext& c, const Owner& owner) {
  constexpr std::size_t kLength = length_index<Owner>(kField<Owner, I>.tag);
  static_assert(kLength < I, "a data field needs its length field in front of it in the table");
  const auto& value = owner.*(kField<Owner, I>.member);
  const auto& length = owner.*(kField<Owner, kLength>.member);
  std::int64_t said = -1;
  std::string_view data;
  bool there = true;
  if constexpr (is_optional<std::remove_cvref_t<decltype(length)>>::value)
    said = length ? static_cast<std::int64_t>(*length) : -1;
  else
    said = length;
  if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>::value) {
    there = value.has_value();
    if (there) data = *value;
  } else {
    data = value;
  }
  if (said != (there ? static_cast<std::int64_t>(data.size()) : -1)) return c.refuse(kField<Owner, kLength>.tag, kWrongLength);
  if (there) put_text_field<kKey>(c, data);
  return true;
}

template <class Owner, std::size_t I>
inline bool put_field(EncodeContext& c, const Owner& owner) {
  constexpr auto& f = kField<Owner, I>;
  using F = std::remove_cvref_t<decltype(f)>;
  constexpr TagKey kKey = tag_key(f.tag);
  const auto& value = owner.*(f.member);
  if constexpr (F::kIsGroup) {
    if (value.empty() && f.presence != Presence::required && !f.rules.write_empty) return true;
    char* p = put_unsigned(put_key(c.out.reserve(kLongestNumber), kKey), value.size());
    *p++ = kSoh;
    c.out.commit(p);
    std::size_t number = 0;
    for (const auto& entry : value) {
      ++number;
      if (!put_fields(c, entry)) return false;
      if (c.unknown == nullptr || c.unknown->empty()) continue;
      if constexpr (kIsEntry<Owner>) number = static_cast<std::size_t>(++c.nested.of(f.tag));
      if (!append_unknown(c, f.tag, number)) return false;
    }
    return true;
  } else if constexpr (f.type == FieldType::data) {
    return put_data<Owner, I, kKey>(c, owner);
  } else if constexpr (F::kIsOptional) {
    if (!value) return f.presence != Presence::required || c.refuse(f.tag, "is missing");
    return put_single<f, kKey>(c, *value);
  } else {
    return put_single<f, kKey>(c, value);
  }
}

// ---- rules that span fields -------------------------------------------------------------------------------------------
// A message's own rule: MessageTable<M>::check(message) gives the field at fault and what is wrong with it.
template <class M>
inline bool check_message(EncodeContext& c, const M& m) noexcept {
  if constexpr (requires { MessageTable<M>::check(m); }) {
    if (const std::optional<FieldFault> fault = MessageTable<M>::check(m)) return c.refuse(fault->tag, fault->what);
  }
  return true;
}
template <class M>
inline bool check_expiry(EncodeContext& c, const M& m) noexcept {
  const bool until_date = m.time_in_force == TimeInForce::GTD;
  if (until_date && !m.expire_time) return c.refuse(126, "is missing: TimeInForce(59)=6 needs it");
  if (!until_date && m.expire_time) return c.refuse(126, "goes with TimeInForce(59)=6 only");
  return true;
}
inline bool check_message(EncodeContext& c, const NewOrderSingle& m) noexcept { return check_expiry(c, m); }
inline bool check_message(EncodeContext& c, const OrderCancelReplaceRequest& m) noexcept { return check_expiry(c, m); }
inline bool check_message(EncodeContext& c, const OrderGroupRequest& m) noexcept {
  const bool create = m.order_group_action == OrderGroupAction::Create;
  if (create && m.order_group_id) return c.refuse(20130, "must not be sent on create: the exchange makes the id");
  if (!create && !m.order_group_id) return c.refuse(20130, "is missing: every action but create needs it");
  if ((create || m.order_group_action == OrderGroupAction::Update) && !m.order_group_contracts_limit) {
    return c.refuse(20132, "is missing: create and update need it");
  }
  return true;
}
inline bool check_message(EncodeContext& c, const MarketDataRequest& m) noexcept {
  if (m.related_sym.empty() && m.subscription_request_type != SubscriptionRequestType::Disable) {
    return c.refuse(146, "is missing: name at least one Symbol(55)");
  }
  return true;
}

// A tag of Owner's table, or of its groups'.
template <class Owner>
bool is_table_tag(std::int32_t tag) noexcept {
  const auto in_group = [tag]<class F>(const F&) {
    if constexpr (F::kIsGroup)
      return is_table_tag<typename F::value_type::value_type>(tag);
    else
      return false;
  };
  return std::apply([&](const auto&... f) { return ((f.tag == tag || in_group(f)) || ...); }, MessageTable<Owner>::kFields);
}

template <class M>
inline bool put_body(EncodeContext& c, const M& message) {
  static_assert(check_table<M>());
  c.unknown = &message.unknown;
  c.is_table_tag = &is_table_tag<M>;
  c.is_header_tag = &is_table_tag<HeaderOf<M>>;
  if (!check_message(c, message) || !put_fields(c, message)) return false;
  return message.unknown.empty() || (append_unknown(c, 0, 0) && all_appended(c));
}

// 35 and the rest of the standard header. `msg_type` is the message's own.
template <class H>
bool put_header(EncodeContext& c, const H& header, std::string_view msg_type) {
  put_text_field<tag_key(35)>(c, msg_type);
  const auto put = [&]<std::size_t I>() {
    if constexpr (kField<H, I>.tag == 35) {
      return true;
    } else {
      if constexpr (kField<H, I>.tag == 52 && kKeepsTimeText<H>) {
        if (!header.sending_time_text.empty()) {
          if (const char* why = check_text(header.sending_time_text, {}, TextRule::identifier)) return c.refuse(52, why);
          return put_text_field<tag_key(52)>(c, header.sending_time_text), true;
        }
      }
      return put_field<H, I>(c, header);
    }
  };
  return [&]<std::size_t... I>(std::index_sequence<I...>) { return (put.template operator()<I>() && ...); }
  (std::make_index_sequence<kFieldCount<H>>{});
}
extern template bool put_header<Header>(EncodeContext&, const Header&, std::string_view);  // in writer.cpp
// Opens a frame at the buffer's end; close_frame fills BodyLength in and appends CheckSum.
struct FrameStart {
  std::size_t at;           // of '8'
  std::size_t prefix_size;  // assumed: three digits of BodyLength
};
FrameStart open_frame(Buffer& out, std::string_view begin_string);
void close_frame(Buffer& out, FrameStart start);

}  // namespace marginfix::fix::detail

namespace marginfix::fix {

template <Message M>
Result<void> encode_body(const M& message, Buffer& out) {
  const std::size_t before = out.size();
  detail::EncodeContext c{out};
  if (!detail::put_body(c, message)) [[unlikely]] {
    out.truncate(before);
    return detail::refused(c, detail::name_in<M>(c.tag), MessageTable<M>::kName);
  }
  return {};
}

template <Message M>
Result<void> encode(const M& message, const HeaderOf<M>& header, Buffer& out) {
  const std::size_t before = out.size();
  detail::EncodeContext c{out};
  const auto refused = [&] {
    out.truncate(before);
    const std::string_view name = detail::name_in<M>(c.tag);
    return detail::refused(c, name.empty() ? detail::name_in<HeaderOf<M>>(c.tag) : name, MessageTable<M>::kName);
  };
  if (!header.msg_type.empty() && header.msg_type != M::kMsgType) return c.refuse(35, "is another message's"), refused();
  if (!detail::text_is_plain(header.begin_string, {})) return c.refuse(8, "is empty or not printable ASCII"), refused();
  const auto frame = detail::open_frame(out, header.begin_string);
  if (!detail::put_header(c, header, M::kMsgType) || !detail::put_body(c, message)) [[unlikely]]
    return refused();
  detail::close_frame(out, frame);
  return {};
}

}  // namespace marginfix::fix
