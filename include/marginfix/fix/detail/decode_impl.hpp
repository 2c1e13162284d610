// The decoder, driven by the message tables. For each field of a table, in table order, the next bytes are compared with its
// "tag=" as one masked word: fields that come in the expected order cost one compare and no tag parsing. Whatever the straight pass
// leaves over (unknown, repeated, out of order) goes through odd_field().
// Included only by the files that instantiate decode<M>; for messages of one's own through marginfix/fix/define.hpp.
#pragma once

#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include "marginfix/core/fast_text.hpp"
#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/frame_scan.hpp"
#include "marginfix/fix/detail/scan.hpp"
#include "marginfix/fix/detail/table_traits.hpp"
#include "marginfix/fix/reader.hpp"

namespace marginfix::fix::detail {

// Where decoding is. What is not inlined gets a copy and gives one back, so that it stays in registers: a message's speed is this struct's.
struct Cursor {
  const char* p;        // next field
  const char* trailer;  // "10=ddd|"
  SohCursor soh;
  std::uint64_t word;  // the next 8 bytes at p, 0 at the trailer

  Cursor(const char* body, const char* trailer_, const char* end) noexcept
      : p(body), trailer(trailer_), soh(body, end), word(word_at(body, trailer_)) {}
  [[gnu::always_inline]] void advance(const char* end_of_value) noexcept {
    p = end_of_value + 1;
    word = word_at(p, trailer);
  }
  // A field is followed by at least the 7 bytes of the trailer and has 1 itself. There may be none: a frame's body can be empty.
  [[gnu::always_inline]] static std::uint64_t word_at(const char* at, const char* trailer) noexcept {
    return at < trailer ? load_word(at) : 0;
  }
};

// What decoding a message has found and what it remembers.
struct DecodeContext {
  const char* begin;  // first byte of the message
  Findings& findings;
  UnknownFields& unknown;
  bool broken{false};  // the next field is structurally none
  std::int32_t group;  // where we are: the group's counter and the entry's number, 0 outside groups
  std::int32_t entry;
  EntryCounts nested;  // of groups within groups
  // The data field that the field before announced, none of whose tables' fields it is: 0, or its tag and length.
  std::int32_t data_tag;
  std::int64_t data_length;
  // The last date and the last UTCTimeOnly as characters and as values: a message shows the same ones again and again.
  std::uint64_t date_word;
  std::int64_t date_days;
  std::uint64_t clock_words[2];  // first 8 and last 8 of its 12 characters
  std::chrono::microseconds clock;

  // Not by default initialisers: GCC would clear the whole by `rep stos`.
  DecodeContext(const char* message, Findings& f, UnknownFields& u) noexcept : begin(message), findings(f), unknown(u) {
    group = entry = data_tag = 0;
    date_word = clock_words[0] = clock_words[1] = 0;
  }
  std::size_t offset(const char* at) const noexcept { return static_cast<std::size_t>(at - begin); }
};

Error envelope_error(std::string_view message);
// Sets `out` from a frame whose header is regular, and gives the mask of the fields it has set, by their place in the table; 0: a value is
// not of its type, walk the header.
std::uint64_t take_header(const Frame& frame, DecodeContext& c, Header& out) noexcept;
template <class H>
std::uint64_t take_header(const Frame&, DecodeContext&, H&) noexcept {  // a header of one's own: walked
  return 0;
}
Error broken(std::string_view message, std::int32_t tag, std::size_t offset, std::string_view what);
// The text of a structural fault of the field at the cursor.
Error broken_field(std::string_view message, const Cursor& at);

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
// "6.2577" of up to 8 characters, all of them at once, as units of 10^-scale; -1: anything else, which the general way then reads.
// A value in a message is followed by 8 readable bytes at least: its SOH and the trailer.
inline std::int64_t parse_short_fixed(const char* b, const char* e, int scale) noexcept {
  const auto size = static_cast<std::uint64_t>(e - b);
  if (size - 2 > 6) return -1;  // one character alone may be the point
  // Digits become values, the first one in the lowest byte; what the text does not fill are leading zeros.
  std::uint64_t digits = (load_word(b) ^ 0x3030303030303030ULL) << ((0 - 8 * size) & 63U);
  const std::uint64_t off = digits ^ 0x1e1e1e1e1e1e1e1eULL;  // 0 where the point is
  const std::uint64_t point = (off - 0x0101010101010101ULL) & ~off & 0x8080808080808080ULL;
  int decimals = 0;
  if (point != 0) {
    const std::uint64_t here = point >> 7U;  // the lowest bit of its byte; a text with two points is refused below
    digits = (digits & (here - 1)) << 8U | (digits & (0 - (here << 8U)));
    decimals = 7 - static_cast<int>(static_cast<unsigned>(__builtin_ctzll(point)) / 8U);
  }
  if ((((digits + 0x7676767676767676ULL) | digits) & 0x8080808080808080ULL) != 0 || decimals > scale) return -1;
  digits = digits * 10 + (digits >> 8U);
  const std::uint64_t high = (digits & 0xff000000ffULL) * 0xf424000000064ULL;
  const std::uint64_t low = ((digits >> 16U) & 0xff000000ffULL) * 0x271000000001ULL;
  return static_cast<std::int64_t>((high + low) >> 32U) * marginfix::detail::kPowersOfTen[scale - decimals];
}
template <class Tag>
inline bool parse_value(const char* b, const char* e, FixedDecimal<Tag>& out) noexcept {
  static_assert(Tag::kScale <= 10, "8 digits at this scale fit 64 bits");
  std::int64_t units = parse_short_fixed(b, e, Tag::kScale);
  if (units < 0 && marginfix::detail::parse_fixed_fast(b, e, Tag::kScale, units) != 0) return false;
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
// Sets date_days to the date of the 8 characters at b.
inline bool find_date(DecodeContext& c, const char* b) noexcept {
  const std::uint64_t date = load_word(b);
  if (date == c.date_word && date != 0) return true;
  c.date_word = 0;
  if (marginfix::detail::parse_fix_date_fast(b, c.date_days) != 0) return false;
  c.date_word = date;
  return true;
}
// "20261122-18:32:01.123", the usual form, with the digits taken eight at a time; every other form goes the general way.
inline bool parse_time(DecodeContext& c, const char* b, const char* e, Timestamp& out) noexcept {
  if (e - b != 21) return parse_value(b, e, out);
  const std::int64_t since_midnight = usual_clock(b + 9);
  if (since_midnight < 0 || b[8] != '-') return parse_value(b, e, out);
  if (!find_date(c, b)) return false;
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
  if (e - b != 8 || !find_date(c, b)) return false;
  out = Date{std::chrono::sys_days{std::chrono::days{c.date_days}}};
  return true;
}
// UTCTimeOnly: "HH:MM:SS" with any fraction, as forgiving as a timestamp.
bool parse_odd_clock(const char* b, const char* e, std::chrono::microseconds& out) noexcept;
inline bool parse_value(const char* b, const char* e, std::chrono::microseconds& out) noexcept {
  const std::int64_t usual = e - b == 12 ? usual_clock(b) : -1;
  if (usual < 0) return parse_odd_clock(b, e, out);
  out = std::chrono::microseconds{usual};
  return true;
}
inline bool parse_clock(DecodeContext& c, const char* b, const char* e, std::chrono::microseconds& out) noexcept {
  if (e - b != 12) return parse_odd_clock(b, e, out);
  const std::uint64_t first = load_word(b);
  const std::uint64_t last = load_word(b + 4);
  if (first != c.clock_words[0] || last != c.clock_words[1]) {
    if (!parse_value(b, e, c.clock)) return false;
    c.clock_words[0] = first;
    c.clock_words[1] = last;
  }
  out = c.clock;
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
  } else if constexpr (std::is_same_v<T, std::optional<std::chrono::microseconds>>) {
    if (parse_clock(c, b, e, out.emplace())) return true;
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
[[gnu::always_inline]] inline void assign(Cursor& at, DecodeContext& c, Owner& owner, const char* field, const char* b, const char* e);

template <bool kNested, class Entry, class M, std::size_t N>
void decode_group(Cursor& cursor, DecodeContext& c, Group<Entry, N>& group, std::int32_t tag, const char* field, std::string_view count);

// The end of a value that may hold SOH and says how long it is; where that cannot be, its first SOH.
inline const char* counted_end(Cursor& at, std::int64_t length, const char* b, const char* e) noexcept {
  if (length <= e - b || length > at.trailer - b - 1 || b[length] != kSoh) return e;
  while (e < b + length) e = at.soh.next();
  return e;
}
// Data fields may hold SOH: their length stands in the field before (95 before 96).
template <class Owner, std::size_t I>
inline const char* data_end(Cursor& at, const Owner& owner, const char* b, const char* e) noexcept {
  constexpr std::size_t kLength = length_index<Owner>(kField<Owner, I>.tag);
  static_assert(kLength < kFieldCount<Owner>, "a data field needs its length field in the same table");
  const auto& length = owner.*(kField<Owner, kLength>.member);
  if constexpr (is_optional<std::remove_cvref_t<decltype(length)>>::value)
    return counted_end(at, length.value_or(0), b, e);
  else
    return counted_end(at, length, b, e);
}
// The same for fields of no table.
inline const char* unknown_end(Cursor& at, DecodeContext& c, std::int32_t tag, const char* b, const char* e) noexcept {
  if (c.data_tag != 0 && c.data_tag == tag) e = counted_end(at, c.data_length, b, e);
  c.data_tag = data_tag_of(tag);
  if (c.data_tag != 0 && (c.data_length = parse_digits({b, static_cast<std::size_t>(e - b)})) < 0) c.data_tag = 0;
  return e;
}

// Parses the value [b, e) into field I of `owner` and moves on behind it. M is the message the field (or its group) belongs to.
template <class Owner, class M, std::size_t I>
[[gnu::always_inline]] inline void assign(Cursor& at, DecodeContext& c, Owner& owner, const char* field, const char* b, const char* e) {
  constexpr auto& f = kField<Owner, I>;
  using Value = typename std::remove_cvref_t<decltype(f)>::value_type;
  if constexpr (f.type == FieldType::data) e = data_end<Owner, I>(at, owner, b, e);
  if (b == e) [[unlikely]] {
    note_odd_value(c, FindingKind::empty_value, f.tag, field, std::string_view(b, e));
    at.advance(e);
    return;
  }
  Value& value = owner.*(f.member);
  if constexpr (is_group<Value>::value) {
    at.advance(e);
    using Entry = typename Value::value_type;
    Cursor inside = at;
    decode_group<kIsEntry<Owner>, Entry, M>(inside, c, value, f.tag, field, {b, static_cast<std::size_t>(e - b)});
    at = inside;
    return;
  } else {
    if (!read_value(c, b, e, value)) [[unlikely]] {
      note_odd_value(c, FindingKind::unparsable, f.tag, field, {b, static_cast<std::size_t>(e - b)});
    } else if constexpr (kHasListedValues<Value>) {  // NOLINT(bugprone-branch-clone): discarded branches look alike
      if (!value_is_listed(value)) [[unlikely]] {
        note_odd_value(c, FindingKind::unlisted_value, f.tag, field, {b, static_cast<std::size_t>(e - b)});
      }
    } else if constexpr (f.tag == 52 && kKeepsTimeText<Owner>) {
      owner.sending_time_text = {b, static_cast<std::size_t>(e - b)};
    }
    at.advance(e);
  }
}

// One step of the straight pass: takes field I if it is next and new. Functions and not lambdas, and inlined whatever their size: the
// cursor would otherwise live in memory.
template <class Owner, class M, std::size_t I>
[[gnu::always_inline]] inline void take(Cursor& at, DecodeContext& c, Owner& owner, std::uint64_t& seen) {
  constexpr TagKey kKey = tag_key(kField<Owner, I>.tag);
  if ((at.word & kKey.mask) != kKey.word || (seen & (std::uint64_t{1} << I)) != 0) return;
  seen |= std::uint64_t{1} << I;
  const char* field = at.p;
  assign<Owner, M, I>(at, c, owner, field, field + kKey.size, at.soh.next());
}

template <class Owner, class M, std::size_t... I>
[[gnu::always_inline]] inline void straight_pass(Cursor& at, DecodeContext& c, Owner& owner, std::uint64_t& seen,
                                                 std::index_sequence<I...>) {
  (take<Owner, M, I>(at, c, owner, seen), ...);
}
template <class Owner, class M>
[[gnu::always_inline]] inline void straight_pass(Cursor& at, DecodeContext& c, Owner& owner, std::uint64_t& seen) {
  straight_pass<Owner, M>(at, c, owner, seen, std::make_index_sequence<kFieldCount<Owner>>{});
}

template <class Entry, class M, std::size_t From, std::size_t... I>
[[gnu::always_inline]] inline void entry_part(Cursor& at, DecodeContext& c, Entry& entry, std::uint64_t& seen, std::index_sequence<I...>) {
  (take<Entry, M, From + I>(at, c, entry, seen), ...);
}
// As straight_pass; an entry that begins after the first few fields ends it, so that those that may follow are not looked for.
template <class Entry, class M>
[[gnu::always_inline]] inline void entry_pass(Cursor& at, DecodeContext& c, Entry& entry, std::uint64_t& seen) {
  constexpr TagKey kFirst = tag_key(kField<Entry, 0>.tag);
  constexpr std::size_t kCount = kFieldCount<Entry>, kFew = kCount > 8 ? 5 : kCount > 3 ? 3 : kCount;
  entry_part<Entry, M, 0>(at, c, entry, seen, std::make_index_sequence<kFew>{});
  if constexpr (kFew < kCount) {
    if ((at.word & kFirst.mask) == kFirst.word) return;
    entry_part<Entry, M, kFew>(at, c, entry, seen, std::make_index_sequence<kCount - kFew>{});
  }
}

// Whether the word begins with the tag of one of Owner's first N fields.
template <class Owner, std::size_t N = kFieldCount<Owner>>
inline bool is_one_of(std::uint64_t word) noexcept {
  const auto is = [word](TagKey key) { return (word & key.mask) == key.word; };
  return [&]<std::size_t... I>(std::index_sequence<I...>) { return (is(tag_key(kField<Owner, I>.tag)) || ...); }
  (std::make_index_sequence<N>{});
}

template <class Owner>
constexpr bool has_tag(std::int32_t tag) noexcept {
  return std::apply([tag](const auto&... f) { return ((f.tag == tag) || ...); }, MessageTable<Owner>::kFields);
}
// A field of one of the message's groups, or of the groups within them.
template <class Owner>
constexpr bool in_some_group(std::int32_t tag) noexcept {
  return std::apply(
      [tag](const auto&... f) {
        const auto in = [tag]<class F>(const F&) {
          if constexpr (F::kIsGroup)
            return has_tag<typename F::value_type::value_type>(tag) || in_some_group<typename F::value_type::value_type>(tag);
          else
            return false;
        };
        return (in(f) || ...);
      },
      MessageTable<Owner>::kFields);
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

template <class Entry>
[[gnu::always_inline]] inline void close_entry(DecodeContext& c, const Entry* entry, std::uint64_t seen, const char* begin) {
  if (entry == nullptr) return;
  if (const std::uint64_t missing = required_mask<Entry>() & ~seen; missing != 0) [[unlikely]]
    report_missing<Entry>(c, missing, begin);
}

// kNested: a group within a group's entry. Its entries are numbered through the whole message.
template <bool kNested, class Entry, class M, std::size_t N>
void decode_group(Cursor& cursor, DecodeContext& c, Group<Entry, N>& group, std::int32_t tag, const char* field, std::string_view count) {
  constexpr TagKey kFirst = tag_key(kField<Entry, 0>.tag);
  Cursor at = cursor;  // a copy of our own, whose address nobody has: it stays in registers
  std::uint64_t seen = 0;
  const char* begin = at.p;  // of the entry
  Entry* entry = nullptr;
  [[maybe_unused]] const std::int32_t outer_group = c.group, outer_entry = c.entry;
  if constexpr (kNested) c.entry = c.nested.of(tag);
  while (at.p < at.trailer) {
    const bool first = (at.word & kFirst.mask) == kFirst.word;
    if (entry != nullptr && !(first && (seen & 1U) != 0)) {
      const char* before = at.p;
      entry_pass<Entry, M>(at, c, *entry, seen);
      if (at.p != before) continue;
    }
    if (first || is_one_of<Entry>(at.word)) {  // a field that the entry has, or the first of all: a new entry
      close_entry(c, entry, seen, begin);
      begin = at.p;
      group.resize(group.size() + 1, boost::container::default_init);  // value-initialised, it would be cleared by a `rep stos` (GCC 12)
      entry = &group.back();
      seen = 0;
      c.group = tag;
      ++c.entry;
      entry_pass<Entry, M>(at, c, *entry, seen);
      continue;
    }
    const char* value = nullptr;
    const std::int32_t next = parse_tag(at.p, at.trailer, value);
    if (next == 0 || has_tag<M>(next) || has_tag<HeaderOf<M>>(next) || in_some_group<M>(next)) break;
    const char* end = unknown_end(at, c, next, value, at.soh.next());  // an unknown field inside the group does not end it
    note_odd_value(c, FindingKind::unknown_tag, next, at.p, {value, static_cast<std::size_t>(end - value)});
    at.advance(end);
  }
  close_entry(c, entry, seen, begin);
  if constexpr (kNested) {
    c.nested.of(tag) = c.entry;
    c.group = outer_group;
    c.entry = outer_entry;
  } else {
    c.group = c.entry = 0;
  }
  std::int64_t expected{};
  if (!parse_value(count.data(), count.data() + count.size(), expected) || expected != static_cast<std::int64_t>(group.size()))
      [[unlikely]] {
    note_odd_value(c, FindingKind::group_count, tag, field, count);
  }
  cursor = at;
}

// Assigns a known, not yet seen field that came out of table order. Returns false when the tag is none of Owner's.
template <class Owner, class M>
bool take_out_of_order(Cursor& at, DecodeContext& c, Owner& owner, std::uint64_t& seen, std::int32_t tag, const char* b, const char* e,
                       bool& duplicate) {
  bool found = false;
  const auto step = [&]<std::size_t I>() {
    if (found || kField<Owner, I>.tag != tag) return;
    found = true;
    duplicate = (seen & (std::uint64_t{1} << I)) != 0;
    if (duplicate) return;
    seen |= std::uint64_t{1} << I;
    assign<Owner, M, I>(at, c, owner, at.p, b, e);
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (step.template operator()<I>(), ...); }
  (std::make_index_sequence<kFieldCount<Owner>>{});
  return found;
}

// What the straight passes did not take: unknown, repeated, misplaced or broken.
template <class M>
[[gnu::noinline]] Cursor odd_field(Cursor at, DecodeContext& c, M& out, std::uint64_t& header_seen, std::uint64_t& body_seen) {
  const char* value = nullptr;
  const char* end = at.soh.next();
  const std::int32_t tag = parse_tag(at.p, end, value);
  if (tag == 0) {
    c.broken = true;
    return at;
  }
  const char* field = at.p;
  bool duplicate = false;
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    if (take_out_of_order<M, M>(at, c, out, body_seen, tag, value, end, duplicate) && !duplicate) return at;
  }
  if (!duplicate && take_out_of_order<HeaderOf<M>, M>(at, c, out.header, header_seen, tag, value, end, duplicate) && !duplicate) {
    c.findings.push_back({FindingKind::misplaced_header, tag, c.offset(field), {value, static_cast<std::size_t>(end - value)}});
    return at;
  }
  end = unknown_end(at, c, tag, value, end);
  const std::string_view text{value, static_cast<std::size_t>(end - value)};
  FindingKind kind = duplicate ? FindingKind::duplicate_tag : FindingKind::unknown_tag;
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    if (!duplicate && in_some_group<M>(tag)) kind = FindingKind::outside_group;
    if (tag == 8 || tag == 9 || tag == 10) kind = FindingKind::duplicate_tag;
  }
  if (std::is_same_v<M, UnknownMessage> && kind == FindingKind::unknown_tag)
    c.unknown.push_back({tag, text});
  else
    note_odd_value(c, kind, tag, field, text);
  at.advance(end);
  return at;
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

// Whether the word begins with one of the first tags of M's body: then the header is over, without another pass that finds nothing.
template <class M>
inline bool begins_body(std::uint64_t word) noexcept {
  if constexpr (std::is_same_v<M, UnknownMessage>)
    return false;
  else
    return is_one_of<M, std::min<std::size_t>(kFieldCount<M>, 3)>(word);
}

// Unknown message types keep every body field: they are no findings there, the message type is.
template <class M>
Result<void> decode_message(const Envelope& envelope, M& out, Findings& findings) {
  if constexpr (!std::is_same_v<M, UnknownMessage>) static_assert(check_table<M>());
  const std::string_view message = envelope.message;
  findings.clear();
  out.unknown.clear();
  using H = HeaderOf<M>;
  clear_fields(out.header);
  if constexpr (kKeepsTimeText<H>) out.header.sending_time_text = {};
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    clear_fields(out);
    if (envelope.msg_type != M::kMsgType) [[unlikely]] {
      return broken(message, 35, static_cast<std::size_t>(envelope.msg_type.data() - message.data()), "MsgType(35) is another message's");
    }
  }
  out.header.begin_string = envelope.begin_string;
  DecodeContext c(message.data(), findings, out.unknown);
  std::uint64_t header_seen = envelope.header != nullptr ? take_header(*envelope.header, c, out.header) : 0;
  std::uint64_t body_seen = 0;
  const bool taken = header_seen != 0;
  Cursor at(taken ? message.data() + envelope.header->body : envelope.fields, envelope.trailer, message.data() + message.size());
  for (const char* before = nullptr; !taken && before != at.p && !begins_body<M>(at.word);) {
    before = at.p;
    straight_pass<H, M>(at, c, out.header, header_seen);
  }
  const char* body = at.p;
  while (at.p < at.trailer) {
    const char* before = at.p;
    if constexpr (!std::is_same_v<M, UnknownMessage>) straight_pass<M, M>(at, c, out, body_seen);
    if (at.p != before || at.p >= at.trailer) continue;
    at = odd_field(at, c, out, header_seen, body_seen);
    if (c.broken) [[unlikely]]
      return broken_field(message, at);
  }
  if (const std::uint64_t missing = required_mask<H>() & ~header_seen; missing != 0) [[unlikely]]
    report_missing<H>(c, missing, envelope.fields);
  if constexpr (!std::is_same_v<M, UnknownMessage>) {
    if (const std::uint64_t missing = required_mask<M>() & ~body_seen; missing != 0) [[unlikely]]
      report_missing<M>(c, missing, body);
  }
  return {};
}

template <class M>
Result<void> decode_bytes(std::string_view message, M& out, Findings& findings) {
  Envelope envelope;
  if (!open_envelope(message, envelope)) [[unlikely]]
    return envelope_error(message);
  return decode_message(envelope, out, findings);
}
template <class M>
Result<void> decode_frame(const Frame& frame, M& out, Findings& findings) {
  if (!frame.checked) [[unlikely]]
    return decode_bytes<M>(frame.bytes, out, findings);
  return decode_message(envelope_of(frame), out, findings);
}

}  // namespace marginfix::fix::detail

namespace marginfix::fix {

template <Message M>
Result<void> decode(std::string_view message, M& out, Findings& findings) {
  return detail::decode_bytes(message, out, findings);
}
template <Message M>
Result<void> decode(const Frame& frame, M& out, Findings& findings) {
  return detail::decode_frame(frame, out, findings);
}

}  // namespace marginfix::fix
