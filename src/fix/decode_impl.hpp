// The decoder, driven by the message tables. For each field of a table, in table order, the next bytes are compared with its
// "tag=" as one masked word: fields that come in the expected order cost one compare and no tag parsing. Whatever the straight pass
// leaves over (unknown, repeated, out of order) goes through odd_field().
// Included only by the files that instantiate decode<M>.
#pragma once

#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include "marginfix/core/fast_text.hpp"
#include "marginfix/fix/reader.hpp"
#include "src/fix/scan.hpp"

namespace marginfix::fix::detail {

struct DecodeContext {
  const char* begin;    // first byte of the message
  const char* p;        // next field
  const char* trailer;  // "10=ddd|"
  SohCursor soh;
  std::uint64_t word;  // the next 8 bytes at p, 0 at the trailer
  Findings& findings;
  UnknownFields& unknown;
  std::int32_t failed_tag{-1};  // >= 0: structurally broken at p
  std::uint64_t date_word{0};   // the last date read, as its 8 characters, and its days: a message has the same one two or three times
  std::int64_t date_days{0};
  std::uint64_t entry_date_word{0};  // the same for MDEntryDate(272): every entry of a message has the same one
  Date entry_date{};
  std::int32_t group{0};  // where we are: the group's counter and the entry's number, 0 outside groups
  std::int32_t entry{0};

  void advance(const char* end_of_value) noexcept {
    p = end_of_value + 1;
    word = p < trailer ? load_word(p) : 0;  // a body field is followed by at least the 7 bytes of the trailer and has 1 itself
  }
  std::size_t offset(const char* at) const noexcept { return static_cast<std::size_t>(at - begin); }
};

// The frame checks shared by every message: 8, 9, 35, 10, BodyLength, CheckSum. `body` is the first byte after BodyLength's SOH.
struct Envelope {
  std::string_view begin_string;
  std::string_view msg_type;
  const char* body{nullptr};
  const char* trailer{nullptr};
};
// False when the frame is broken; envelope_error() then finds out how, off the hot path.
bool open_envelope(std::string_view message, Envelope& envelope) noexcept;
Error envelope_error(std::string_view message);
Error broken(std::string_view message, std::int32_t tag, std::size_t offset, std::string_view what);
// The text of a structural fault at context.p.
Error broken_field(std::string_view message, const DecodeContext& c);

[[gnu::noinline]] bool note_odd_value(DecodeContext& c, FindingKind kind, std::int32_t tag, const char* field, std::string_view value);

// ---- values: false = the type cannot hold the text --------------------------------------------------------------------
inline bool parse_value(const char* b, const char* e, std::string_view& out) noexcept {
  out = {b, static_cast<std::size_t>(e - b)};
  return true;
}
inline bool parse_value(const char* b, const char* e, bool& out) noexcept {
  if (e - b != 1 || (*b != 'Y' && *b != 'N')) return false;
  out = *b == 'Y';
  return true;
}
inline bool parse_value(const char* b, const char* e, char& out) noexcept {
  if (e - b != 1) return false;
  out = *b;
  return true;
}
inline bool parse_value(const char* b, const char* e, std::int64_t& out) noexcept {
  const bool negative = *b == '-';
  const char* p = b + (negative ? 1 : 0);
  if (p == e || e - p > 18) return false;
  std::int64_t value = 0;
  for (; p != e; ++p) {
    const unsigned digit = marginfix::detail::digit_of(*p);
    if (digit > 9) return false;
    value = value * 10 + static_cast<std::int64_t>(digit);
  }
  out = negative ? -value : value;
  return true;
}
inline bool parse_value(const char* b, const char* e, std::int32_t& out) noexcept {
  std::int64_t wide{};
  if (!parse_value(b, e, wide) || wide != static_cast<std::int32_t>(wide)) return false;
  out = static_cast<std::int32_t>(wide);
  return true;
}
template <class Tag>
inline bool parse_value(const char* b, const char* e, FixedDecimal<Tag>& out) noexcept {
  std::int64_t units{};
  if (marginfix::detail::parse_fixed_fast(b, e, Tag::kScale, units) != 0) return false;
  out = FixedDecimal<Tag>::from_units(units);
  return true;
}
bool parse_odd_multiplier(const char* b, const char* e, MultiplierDecimal& out);
inline bool parse_value(const char* b, const char* e, MultiplierDecimal& out) {
  std::int64_t coefficient{};
  std::int32_t exponent{};
  if (marginfix::detail::parse_plain_number(b, e, coefficient, exponent) != 0) return parse_odd_multiplier(b, e, out);
  out = MultiplierDecimal::from_parts(coefficient, exponent);
  return true;
}
inline bool parse_value(const char* b, const char* e, Timestamp& out) noexcept {
  return marginfix::detail::parse_fix_utc_fast(b, e, out) == 0;
}
// "18:32:01.123" as microseconds since midnight, the digits taken eight at a time; -1 when it is anything else.
inline std::int64_t usual_clock(const char* b) noexcept {
  const std::uint64_t clock = load_word(b) ^ 0x30303a30303a3030ULL;  // "00:00:00": digits become values, colons 0
  const bool digits = (((clock + 0x7676767676767676ULL) | clock) & 0x8080808080808080ULL) == 0 && (clock & 0x0000ff0000ff0000ULL) == 0;
  const std::uint64_t pairs = clock * 10 + (clock >> 8U);
  const auto hour = static_cast<unsigned>(pairs & 0xffU);
  const auto minute = static_cast<unsigned>((pairs >> 24U) & 0xffU);
  const auto second = static_cast<unsigned>((pairs >> 48U) & 0xffU);
  const unsigned f1 = marginfix::detail::digit_of(b[9]);
  const unsigned f2 = marginfix::detail::digit_of(b[10]);
  const unsigned f3 = marginfix::detail::digit_of(b[11]);
  const bool usual = digits && b[8] == '.' && hour <= 23 && minute <= 59 && second <= 59 && f1 <= 9 && f2 <= 9 && f3 <= 9;
  if (!usual) return -1;
  return static_cast<std::int64_t>(hour * 3600 + minute * 60 + second) * 1'000'000 +
         static_cast<std::int64_t>(f1 * 100 + f2 * 10 + f3) * 1000;
}
// "20261122-18:32:01.123", the usual form, with the digits taken eight at a time; every other form goes the general way.
inline bool parse_time(DecodeContext& c, const char* b, const char* e, Timestamp& out) noexcept {
  if (e - b != 21) return parse_value(b, e, out);
  const std::uint64_t date = load_word(b);
  const std::int64_t since_midnight = usual_clock(b + 9);
  if (since_midnight < 0 || b[8] != '-') return parse_value(b, e, out);
  if (date != c.date_word || date == 0) {
    if (marginfix::detail::parse_fix_date_fast(b, c.date_days) != 0) return false;
    c.date_word = date;
  }
  out = Timestamp{std::chrono::microseconds{c.date_days * 86'400'000'000 + since_midnight}};
  return true;
}
inline bool parse_value(const char* b, const char* e, Date& out) noexcept {
  std::int64_t days{};
  if (e - b != 8 || marginfix::detail::parse_fix_date_fast(b, days) != 0) return false;
  out = Date{std::chrono::sys_days{std::chrono::days{days}}};
  return true;
}
inline bool parse_date(DecodeContext& c, const char* b, const char* e, Date& out) noexcept {
  if (e - b != 8) return false;
  const std::uint64_t word = load_word(b);
  if (word != c.entry_date_word || word == 0) {
    if (!parse_value(b, e, c.entry_date)) return false;
    c.entry_date_word = word;
  }
  out = c.entry_date;
  return true;
}
// UTCTimeOnly: "HH:MM:SS", with any fraction (cut to microseconds); second 60 at 23:59 only.
bool parse_odd_clock(const char* b, const char* e, std::chrono::microseconds& out) noexcept;
inline bool parse_value(const char* b, const char* e, std::chrono::microseconds& out) noexcept {
  const std::int64_t usual = e - b == 12 ? usual_clock(b) : -1;
  if (usual < 0) return parse_odd_clock(b, e, out);
  out = std::chrono::microseconds{usual};
  return true;
}
template <WireEnum E>
inline bool parse_value(const char* b, const char* e, E& out) noexcept {
  std::underlying_type_t<E> raw{};
  if (!parse_value(b, e, raw)) return false;
  out = static_cast<E>(raw);
  return true;
}
template <class T>
inline bool parse_value(const char* b, const char* e, std::optional<T>& out) {
  if (parse_value(b, e, out.emplace())) return true;
  out.reset();
  return false;
}

// Values whose reading profits from what the message has shown before.
template <class T>
inline bool read_value(DecodeContext& c, const char* b, const char* e, T& out) {
  if constexpr (std::is_same_v<T, Timestamp>) {
    return parse_time(c, b, e, out);
  } else if constexpr (std::is_same_v<T, std::optional<Timestamp>>) {
    if (parse_time(c, b, e, out.emplace())) return true;
    out.reset();
    return false;
  } else if constexpr (std::is_same_v<T, std::optional<Date>>) {
    if (parse_date(c, b, e, out.emplace())) return true;
    out.reset();
    return false;
  } else {
    return parse_value(b, e, out);
  }
}

template <class T>
struct bare {
  using type = T;
};
template <class T>
struct bare<std::optional<T>> {
  using type = T;
};
template <class T>
constexpr bool kHasListedValues = WireEnum<typename bare<T>::type>;

template <class T>
inline bool value_is_listed(const T& value) noexcept {
  if constexpr (is_optional<T>::value)
    return is_listed(*value);
  else
    return is_listed(value);
}

// ---- fields -----------------------------------------------------------------------------------------------------------
template <class Owner, class M, std::size_t I>
inline void assign(DecodeContext& c, Owner& owner, const char* field, const char* b, const char* e);

template <class Entry, class M, std::size_t N>
void decode_group(DecodeContext& c, Group<Entry, N>& group, std::int32_t tag, const char* field, std::string_view count);

// Data fields may hold SOH: their length stands in the field before (95 before 96).
template <class Owner>
inline const char* data_end(DecodeContext& c, const Owner& owner, const char* b, const char* e) noexcept {
  if constexpr (std::is_same_v<Owner, Logon>) {
    const auto length = owner.raw_data_length.value_or(0);
    if (length <= e - b || length > c.trailer - b - 1 || b[length] != kSoh) return e;
    while (e < b + length) e = c.soh.next();
  }
  return e;
}

// Parses the value [b, e) into field I of `owner` and moves on behind it. M is the message the field (or its group) belongs to.
template <class Owner, class M, std::size_t I>
inline void assign(DecodeContext& c, Owner& owner, const char* field, const char* b, const char* e) {
  constexpr auto& f = kField<Owner, I>;
  using Value = typename std::remove_cvref_t<decltype(f)>::value_type;
  if constexpr (f.type == FieldType::data) e = data_end(c, owner, b, e);
  if (b == e) [[unlikely]] {
    note_odd_value(c, FindingKind::empty_value, f.tag, field, std::string_view(b, e));
    c.advance(e);
    return;
  }
  Value& value = owner.*(f.member);
  if constexpr (is_group<Value>::value) {
    c.advance(e);
    using Entry = typename Value::value_type;
    decode_group<Entry, M>(c, value, f.tag, field, {b, static_cast<std::size_t>(e - b)});
    return;
  } else {
    if (!read_value(c, b, e, value)) [[unlikely]] {
      note_odd_value(c, FindingKind::unparsable, f.tag, field, {b, static_cast<std::size_t>(e - b)});
    } else if constexpr (kHasListedValues<Value>) {  // NOLINT(bugprone-branch-clone): discarded branches look alike
      if (!value_is_listed(value)) [[unlikely]] {
        note_odd_value(c, FindingKind::unlisted_value, f.tag, field, {b, static_cast<std::size_t>(e - b)});
      }
    } else if constexpr (std::is_same_v<Owner, Header> && f.tag == 52) {
      owner.sending_time_text = {b, static_cast<std::size_t>(e - b)};
    }
    c.advance(e);
  }
}

// One step of the straight pass: takes field I if it is next and new.
template <class Owner, class M, std::size_t I>
inline void take(DecodeContext& c, Owner& owner, std::uint64_t& seen) {
  constexpr TagKey kKey = tag_key(kField<Owner, I>.tag);
  if ((c.word & kKey.mask) != kKey.word || (seen & (std::uint64_t{1} << I)) != 0) return;
  seen |= std::uint64_t{1} << I;
  const char* field = c.p;
  assign<Owner, M, I>(c, owner, field, field + kKey.size, c.soh.next());
}

template <class Owner, class M>
inline void straight_pass(DecodeContext& c, Owner& owner, std::uint64_t& seen) {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (take<Owner, M, I>(c, owner, seen), ...); }
  (std::make_index_sequence<kFieldCount<Owner>>{});
}

template <class Owner>
constexpr bool has_tag(std::int32_t tag) noexcept {
  return std::apply([tag](const auto&... f) { return ((f.tag == tag) || ...); }, MessageTable<Owner>::kFields);
}
// A field of one of the message's groups.
template <class M>
constexpr bool in_some_group(std::int32_t tag) noexcept {
  return std::apply(
      [tag](const auto&... f) {
        const auto in = [tag]<class F>(const F&) {
          if constexpr (F::kIsGroup)
            return has_tag<typename F::value_type::value_type>(tag);
          else
            return false;
        };
        return (in(f) || ...);
      },
      MessageTable<M>::kFields);
}

template <class Owner>
constexpr std::uint64_t required_mask() noexcept {
  std::uint64_t mask = 0;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((mask |= kField<Owner, I>.presence == Presence::required ? std::uint64_t{1} << I : 0), ...);
  }
  (std::make_index_sequence<kFieldCount<Owner>>{});
  return mask;
}

template <class Owner>
[[gnu::noinline]] void report_missing(DecodeContext& c, std::uint64_t missing, const char* scope) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((missing & (std::uint64_t{1} << I)
          ? void(c.findings.push_back({FindingKind::missing_required, kField<Owner, I>.tag, c.offset(scope), {}}))
          : void()),
     ...);
  }
  (std::make_index_sequence<kFieldCount<Owner>>{});
}

template <class Entry, class M, std::size_t N>
void decode_group(DecodeContext& c, Group<Entry, N>& group, std::int32_t tag, const char* field, std::string_view count) {
  std::uint64_t seen = ~std::uint64_t{0};  // no entry yet: whichever of its fields comes first opens one
  const char* scope = c.p;
  Entry* entry = nullptr;
  const auto close = [&] {
    if (entry == nullptr) return;
    if (const std::uint64_t missing = required_mask<Entry>() & ~seen; missing != 0) [[unlikely]]
      report_missing<Entry>(c, missing, scope);
  };
  const auto step = [&]<std::size_t I>() {
    constexpr TagKey kKey = tag_key(kField<Entry, I>.tag);
    if ((c.word & kKey.mask) != kKey.word) return;
    if ((seen & (std::uint64_t{1} << I)) != 0) {
      close();
      scope = c.p;
      entry = &group.emplace_back();
      c.group = tag;
      ++c.entry;
      seen = 0;
    }
    seen |= std::uint64_t{1} << I;
    const char* at = c.p;
    assign<Entry, M, I>(c, *entry, at, at + kKey.size, c.soh.next());
  };
  while (c.p < c.trailer) {
    const char* before = c.p;
    [&]<std::size_t... I>(std::index_sequence<I...>) { (step.template operator()<I>(), ...); }
    (std::make_index_sequence<kFieldCount<Entry>>{});
    if (c.p != before) continue;
    const char* value = nullptr;
    const std::int32_t next = parse_tag(c.p, c.trailer, value);
    if (next == 0 || has_tag<M>(next) || has_tag<Header>(next) || in_some_group<M>(next)) break;
    const char* end = c.soh.next();  // an unknown field inside the group does not end it
    note_odd_value(c, FindingKind::unknown_tag, next, c.p, {value, static_cast<std::size_t>(end - value)});
    c.advance(end);
  }
  close();
  c.group = c.entry = 0;
  std::int64_t expected{};
  if (!parse_value(count.data(), count.data() + count.size(), expected) || expected != static_cast<std::int64_t>(group.size()))
      [[unlikely]] {
    note_odd_value(c, FindingKind::group_count, tag, field, count);
  }
}

// Assigns a known, not yet seen field that came out of table order. Returns false when the tag is none of Owner's.
template <class Owner, class M>
bool take_out_of_order(DecodeContext& c, Owner& owner, std::uint64_t& seen, std::int32_t tag, const char* b, const char* e,
                       bool& duplicate) {
  bool found = false;
  const auto step = [&]<std::size_t I>() {
    if (found || kField<Owner, I>.tag != tag) return;
    found = true;
    duplicate = (seen & (std::uint64_t{1} << I)) != 0;
    if (duplicate) return;
    seen |= std::uint64_t{1} << I;
    assign<Owner, M, I>(c, owner, c.p, b, e);
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (step.template operator()<I>(), ...); }
  (std::make_index_sequence<kFieldCount<Owner>>{});
  return found;
}

// What the straight passes did not take: unknown, repeated, misplaced or broken.
template <class M>
[[gnu::noinline]] void odd_field(DecodeContext& c, M& out, std::uint64_t& header_seen, std::uint64_t& body_seen) {
  const char* value = nullptr;
  const char* end = c.soh.next();
  const std::int32_t tag = parse_tag(c.p, end, value);
  if (tag == 0) {
    c.failed_tag = 0;
    return;
  }
  const char* field = c.p;
  const std::string_view text{value, static_cast<std::size_t>(end - value)};
  bool duplicate = false;
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    if (take_out_of_order<M, M>(c, out, body_seen, tag, value, end, duplicate) && !duplicate) return;
  }
  if (!duplicate && take_out_of_order<Header, M>(c, out.header, header_seen, tag, value, end, duplicate) && !duplicate) {
    c.findings.push_back({FindingKind::misplaced_header, tag, c.offset(field), text});
    return;
  }
  FindingKind kind = duplicate ? FindingKind::duplicate_tag : FindingKind::unknown_tag;
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    if (!duplicate && in_some_group<M>(tag)) kind = FindingKind::outside_group;
    if (tag == 8 || tag == 9 || tag == 10) kind = FindingKind::duplicate_tag;
  }
  if (std::is_same_v<M, UnknownMessage> && kind == FindingKind::unknown_tag)
    c.unknown.push_back({tag, text});
  else
    note_odd_value(c, kind, tag, field, text);
  c.advance(end);
}

// ---- messages ---------------------------------------------------------------------------------------------------------
template <class Owner>
inline void clear_fields(Owner& owner) {
  const auto clear = [&owner](const auto& f) {
    auto& value = owner.*(f.member);
    using Value = std::remove_reference_t<decltype(value)>;
    if constexpr (is_optional<Value>::value)
      value.reset();
    else if constexpr (is_group<Value>::value)
      value.clear();
    else
      value = Value{};
  };
  std::apply([&](const auto&... f) { (clear(f), ...); }, MessageTable<Owner>::kFields);
}

// Unknown message types keep every body field: they are no findings there, the message type is.
template <class M>
Result<void> decode_message(std::string_view message, M& out, Findings& findings) {
  findings.clear();
  out.unknown.clear();
  clear_fields(out.header);
  out.header.sending_time_text = {};
  Envelope envelope;
  if (!open_envelope(message, envelope)) [[unlikely]] {
    return envelope_error(message);
  }
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    clear_fields(out);
    if (envelope.msg_type != M::kMsgType) [[unlikely]] {
      return broken(message, 35, static_cast<std::size_t>(envelope.msg_type.data() - message.data()), "MsgType(35) is another message's");
    }
  }
  out.header.begin_string = envelope.begin_string;
  DecodeContext c{message.data(),           envelope.body, envelope.trailer, SohCursor(envelope.body, message.data() + message.size()),
                  load_word(envelope.body), findings,      out.unknown};
  std::uint64_t header_seen = 0;
  std::uint64_t body_seen = 0;
  for (const char* before = nullptr; before != c.p;) {
    before = c.p;
    straight_pass<Header, M>(c, out.header, header_seen);
  }
  const char* body = c.p;
  while (c.p < c.trailer) {
    const char* before = c.p;
    if constexpr (!std::is_same_v<M, UnknownMessage>) straight_pass<M, M>(c, out, body_seen);
    if (c.p != before || c.p >= c.trailer) continue;
    odd_field(c, out, header_seen, body_seen);
    if (c.failed_tag >= 0) [[unlikely]]
      return broken_field(message, c);
  }
  if (const std::uint64_t missing = required_mask<Header>() & ~header_seen; missing != 0) [[unlikely]]
    report_missing<Header>(c, missing, envelope.body);
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    if (const std::uint64_t missing = required_mask<M>() & ~body_seen; missing != 0) [[unlikely]]
      report_missing<M>(c, missing, body);
  }
  return {};
}

}  // namespace marginfix::fix::detail

namespace marginfix::fix {

template <Message M>
Result<void> decode(std::string_view message, M& out, Findings& findings) {
  return detail::decode_message(message, out, findings);
}

}  // namespace marginfix::fix
