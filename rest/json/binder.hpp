// From the events of a JSON parser to a value described by a TypeInfo. Internal to decoder.cpp, which owns the parser. The common paths
// stand here so that they melt into the parser's events; everything rare is in binder.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/json/binding.hpp"

namespace marginfix::json {

// The exchange writes the members of a schema in one order, hardly ever in ours: which member followed which last time tells where to
// look first. Wrong or foreign advice costs a search, never a wrong answer: names are always compared.
class MemberOrder {
 public:
  using Next = std::array<std::uint8_t, 65>;  // [0] the first member, [i + 1] the one after member i
  Next& of(const TypeInfo& type) noexcept { return slots_[(reinterpret_cast<std::uintptr_t>(&type) >> 4) % kSlots]; }

 private:
  static constexpr std::size_t kSlots = 61;
  std::array<Next, kSlots> slots_{};
};

class Binder {
 public:
  static constexpr std::size_t kMostDepth = 64;  // of objects and arrays inside each other; the parser refuses more
  Binder() : frames_(kMostDepth + 1) {}

  // Before each text.
  void start(const TypeInfo& type, void* value, const DecodeOptions& options, DecodeReport* report);

  // Events; false = stop, problem() says why.
  bool begin_object() { return raw() ? begin_raw_bracket('{') : begin(Kind::object); }
  bool begin_array() { return raw() ? begin_raw_bracket('[') : begin(Kind::array); }
  bool end_object();
  bool end_array();
  bool key(std::string_view name);
  bool string(std::string_view text) { return raw() ? raw_string(text) : scalar(Kind::string, text); }
  bool number(std::string_view digits) { return raw() ? raw_scalar(digits) : scalar(Kind::number, digits); }
  bool boolean(bool value) {
    const std::string_view text = value ? "true" : "false";
    return raw() ? raw_scalar(text) : scalar(Kind::boolean, text);
  }
  bool null();

  // "markets[3].price: expected a FixedPointDollars"
  const std::string& problem() const noexcept { return problem_; }

 private:
  struct Frame {
    const TypeInfo* type{nullptr};  // object, tuple, array or map
    void* value{nullptr};
    MemberOrder::Next* order{nullptr};
    std::uint64_t seen{0};     // fields of an object or tuple, by position
    std::uint32_t index{0};    // of the field that came last; of arrays and tuples: items so far
    std::uint8_t previous{0};  // place in `order`: 0 before the first member
    bool fresh{false};         // nothing was in the value before this text
    std::string key{};         // of a map
  };
  // Where the next value goes.
  struct Slot {
    const TypeInfo* type{nullptr};
    void* value{nullptr};
    bool fresh{false};
  };

  Slot next_slot();  // type null: there is no such place
  bool scalar(Kind kind, std::string_view text);
  bool begin(Kind kind);
  void enter(const TypeInfo& type, void* value, bool fresh);
  bool leave();
  const TypeInfo& schema() const noexcept { return *top_->type; }
  bool inside() const noexcept { return top_ != &frames_.front(); }

  // Rare.
  bool unusual_scalar(Kind kind, const Slot& slot, std::string_view text);
  bool not_read(const Slot& slot, std::string_view text);
  bool keep_beyond(const Slot& slot, const TypeInfo& bare, std::string_view text);
  bool other_key(std::string_view name);
  bool other_member(std::string_view name);
  bool absent_members(std::uint64_t absent);
  bool too_many();
  void note_word(const Slot& slot);
  void note_missing(std::string_view name);
  bool refuse(const TypeInfo& wanted, std::string_view what);
  bool fail_with(std::string text);
  std::string path() const;

  // Raw capture of unknown members and RawJson.
  bool raw() const noexcept { return raw_text_ != nullptr; }
  void begin_raw(std::string& text);
  bool begin_raw_bracket(char bracket);
  bool raw_string(std::string_view text);
  bool raw_scalar(std::string_view text);
  bool raw_done();

  std::vector<Frame> frames_;  // the first stands for the document: what is outside of every object and array
  Frame* top_{nullptr};
  Slot root_;
  Slot member_;  // what the last key named
  MemberOrder order_;
  std::string* raw_text_{nullptr};
  std::size_t raw_depth_{0};
  std::string raw_scratch_;
  Writer raw_writer_{raw_scratch_};
  DecodeOptions options_;
  DecodeReport* report_{nullptr};
  std::string problem_;
};

inline Binder::Slot Binder::next_slot() {
  if (!inside()) return root_;
  Frame& f = *top_;
  switch (f.type->kind) {
    case Kind::array:
      ++f.index;
      return {f.type->element, f.type->append(f.value), true};
    case Kind::tuple: {
      const std::size_t i = f.index++;
      if (i >= f.type->fields.size()) return {};
      f.seen |= std::uint64_t{1} << i;
      return {f.type->fields[i].type, f.type->fields[i].at(f.value), f.fresh};
    }
    default:
      return member_;
  }
}

inline bool Binder::scalar(Kind kind, std::string_view text) {
  const Slot slot = next_slot();
  if (slot.type == nullptr) return too_many();
  const TypeInfo& bare = slot.type->bare != nullptr ? *slot.type->bare : *slot.type;
  if (bare.kind != kind) return unusual_scalar(kind, slot, text);
  if (!slot.type->assign(slot.value, text)) return not_read(slot, text);
  if (report_ != nullptr && bare.known != nullptr) note_word(slot);
  return true;
}

inline bool Binder::key(std::string_view name) {
  Frame& f = *top_;
  if (raw() || f.type->kind != Kind::object) return other_key(name);
  const auto fields = f.type->fields;
  std::size_t i = (*f.order)[f.previous];
  if (i >= fields.size() || fields[i].name != name) {
    for (i = 0; i < fields.size() && fields[i].name != name;) ++i;
    if (i == fields.size()) return other_member(name);
    (*f.order)[f.previous] = static_cast<std::uint8_t>(i);
  }
  const std::uint64_t bit = std::uint64_t{1} << i;
  f.index = static_cast<std::uint32_t>(i);
  f.previous = static_cast<std::uint8_t>(i + 1);
  member_ = {fields[i].type, fields[i].at(f.value), f.fresh && (f.seen & bit) == 0};
  f.seen |= bit;
  return true;
}

inline void Binder::enter(const TypeInfo& type, void* value, bool fresh) {
  Frame& f = *++top_;
  if (f.type != &type) {
    f.type = &type;
    f.order = &order_.of(type);
  }
  f.value = value;
  f.seen = 0;
  f.index = 0;
  f.previous = 0;
  f.fresh = fresh;
  if (type.clear != nullptr) {
    type.clear(value);  // a list or map; a new one costs nothing to clear
  } else if (!fresh && type.unknown != nullptr) {
    type.unknown(value)->clear();
  }
}

inline bool Binder::begin(Kind kind) {
  Slot slot = next_slot();
  if (slot.type == nullptr) return too_many();
  while (slot.type->emplace != nullptr) slot = {slot.type->element, slot.type->emplace(slot.value), true};
  const Kind wanted = slot.type->kind;
  const bool fits = kind == Kind::object ? wanted == Kind::object || wanted == Kind::map : wanted == Kind::array || wanted == Kind::tuple;
  if (fits) {
    enter(*slot.type, slot.value, slot.fresh);
    return true;
  }
  if (wanted != Kind::any) return refuse(*slot.type, kind == Kind::object ? "an object" : "an array");
  begin_raw(static_cast<RawJson*>(slot.value)->text);
  return begin_raw_bracket(kind == Kind::object ? '{' : '[');
}

inline bool Binder::leave() {
  const Frame& f = *top_;
  const std::size_t n = f.type->fields.size();  // 0 of lists and maps
  const std::uint64_t all = n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
  const std::uint64_t absent = all & ~f.seen;
  if (absent != 0 && !absent_members(absent)) return false;
  --top_;
  return true;
}

inline bool Binder::end_object() {
  if (!raw()) return leave();
  raw_writer_.end_object();
  --raw_depth_;
  return raw_done();
}

inline bool Binder::end_array() {
  if (!raw()) return leave();
  raw_writer_.end_array();
  --raw_depth_;
  return raw_done();
}

}  // namespace marginfix::json
