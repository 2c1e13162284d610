// What the binder seldom meets: names that are not known, values that do not fit, errors and the paths in them.
#include "rest/json/binder.hpp"

#include <bit>

namespace marginfix::json {
namespace {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::array:
    case Kind::tuple:
      return "an array";
    default:
      return "an object";
  }
}

constexpr std::size_t kMostShown = 80;
std::string shown(std::string_view text) { return redact(text.substr(0, kMostShown)) + (text.size() > kMostShown ? "..." : ""); }

const TypeInfo& bare_of(const TypeInfo& type) { return type.bare != nullptr ? *type.bare : type; }

bool is_fixed(const TypeInfo& type) { return type.name == "FixedPointDollars" || type.name == "FixedPointCount"; }
bool is_epoch(const TypeInfo& type) { return type.name == "unix seconds" || type.name == "epoch milliseconds"; }
bool is_time(const TypeInfo& type) { return is_epoch(type) || type.name == "date-time" || type.name == "date"; }

}  // namespace

void Binder::start(const TypeInfo& type, void* value, const DecodeOptions& options, DecodeReport* report) {
  top_ = &frames_.front();
  top_->type = &type;
  root_ = {&type, value, false};
  raw_text_ = nullptr;
  options_ = options;
  report_ = report;
  problem_.clear();
}

bool Binder::too_many() { return fail_with(path() + ": more items than the exchange documents"); }

void Binder::note_word(const Slot& slot) {
  const void* value = slot.value;
  if (slot.type->peek != nullptr) value = slot.type->peek(value);
  if (!bare_of(*slot.type).known(value)) ++report_->unknown_words;
}

bool Binder::unusual_scalar(Kind kind, const Slot& slot, std::string_view text) {
  const TypeInfo& bare = bare_of(*slot.type);
  if (bare.kind != Kind::any) return refuse(bare, name_of(kind));
  void* value = slot.type->emplace != nullptr ? slot.type->emplace(slot.value) : slot.value;
  static_cast<RawJson*>(value)->text = kind == Kind::string ? quoted(text) : std::string(text);
  return true;
}

// The exchange writes "" for a decimal it does not have (tick_size, observed.md).
bool Binder::not_read(const Slot& slot, std::string_view text) {
  const TypeInfo& bare = bare_of(*slot.type);
  const bool may_lack = slot.type->emplace != nullptr;
  if (may_lack && text.empty() && bare.kind == Kind::string) {
    slot.type->clear(slot.value);
    note_missing({});
    return true;
  }
  if (may_lack && keep_beyond(slot, bare, text)) return true;
  return refuse(bare, shown(text));
}

// A decimal that an optional member's type cannot hold, or a text that names no instant, goes to the unknown members: the member is
// absent, never another value. False = not such a case.
bool Binder::keep_beyond(const Slot& slot, const TypeInfo& bare, std::string_view text) {
  if (!inside() || (!is_time(bare) && !(is_fixed(bare) && MultiplierDecimal::parse(text)))) return false;
  const Frame& f = *top_;
  if (f.type->kind != Kind::object || f.type->unknown == nullptr) return false;
  slot.type->clear(slot.value);
  UnknownMember& kept = f.type->unknown(f.value)->add();
  kept.name = f.type->fields[f.index].name;
  kept.json = is_epoch(bare) ? std::string(text) : quoted(text);
  if (report_ != nullptr) ++report_->beyond_type;
  return true;
}

bool Binder::other_key(std::string_view name) {
  if (raw()) {
    raw_writer_.key(name);
    return true;
  }
  Frame& f = *top_;
  f.key.assign(name);
  member_ = {f.type->element, f.type->insert(f.value, name), false};
  return true;
}

bool Binder::other_member(std::string_view name) {
  const Frame& f = *top_;
  if (report_ != nullptr) ++report_->unknown_members;
  if (f.type->unknown == nullptr) {
    begin_raw(raw_scratch_);  // nowhere to keep it: a request struct
    return true;
  }
  UnknownMember& member = f.type->unknown(f.value)->add();
  member.name.assign(name);
  begin_raw(member.json);
  return true;
}

bool Binder::null() {
  if (raw()) {
    raw_writer_.null();
    return raw_done();
  }
  const Slot slot = next_slot();
  if (slot.type == nullptr) return too_many();
  if (slot.type->set_null != nullptr) {
    slot.type->set_null(slot.value);
    return true;
  }
  if (slot.type->kind == Kind::any) {
    static_cast<RawJson*>(slot.value)->text = "null";
    return true;
  }
  if (!inside()) return refuse(*slot.type, "null");
  if (slot.type->clear != nullptr) {  // a list or map: empty
    slot.type->clear(slot.value);
    return true;
  }
  Frame& f = *top_;
  if (f.type->kind != Kind::object) {  // an item of a list, a value of a map: nothing honest to put there
    if (options_.missing_is_error) return refuse(*slot.type, "null");
    note_missing({});
    return true;
  }
  f.seen &= ~(std::uint64_t{1} << f.index);  // as if it were not there
  return true;
}

// Members that the text did not have. What an earlier text left in them goes.
bool Binder::absent_members(std::uint64_t absent) {
  const Frame& f = *top_;
  for (; absent != 0; absent &= absent - 1) {
    const FieldInfo& field = f.type->fields[static_cast<std::size_t>(std::countr_zero(absent))];
    if (!f.fresh && field.type->clear != nullptr) field.type->clear(field.at(f.value));
    if (field.presence == Presence::optional) continue;
    if (field.presence == Presence::required && options_.missing_is_error) {
      std::string where = path();
      if (const auto cut = where.rfind('.'); cut != std::string::npos && f.seen != 0) where.resize(cut);
      const bool outermost = top_ == &frames_[1];
      return fail_with((outermost ? std::string() : where + '.') + std::string(field.name) +
                       ": the exchange requires it and it is missing");
    }
    note_missing(field.name);
  }
  return true;
}

void Binder::note_missing(std::string_view name) {
  if (report_ == nullptr) return;
  std::string where = path();
  if (!name.empty()) {
    const auto cut = where.rfind('.');
    where = (cut == std::string::npos ? std::string() : where.substr(0, cut + 1)) + std::string(name);
  }
  report_->missing.push_back(std::move(where));
}

bool Binder::refuse(const TypeInfo& wanted, std::string_view what) {
  return fail_with(path() + ": expected " + (wanted.read != nullptr ? std::string(wanted.name) : std::string(name_of(wanted.kind))) +
                   ", got " + std::string(what));
}

bool Binder::fail_with(std::string text) {
  problem_ = std::move(text);
  return false;
}

std::string Binder::path() const {
  std::string out;
  for (const Frame* f = &frames_.front() + 1; f <= top_; ++f) {
    switch (f->type->kind) {
      case Kind::array:
      case Kind::tuple:
        out += '[' + std::to_string(f->index == 0 ? 0 : f->index - 1) + ']';
        break;
      case Kind::map:
        out += '[' + f->key + ']';
        break;
      default:
        if (!out.empty()) out += '.';
        if (f->index < f->type->fields.size()) out += f->type->fields[f->index].name;
    }
  }
  return out.empty() ? std::string(root_.type->name) : out;
}

void Binder::begin_raw(std::string& text) {
  text.clear();
  raw_text_ = &text;
  raw_depth_ = 0;
  raw_scratch_.clear();
  raw_writer_ = Writer(raw_scratch_);
}

bool Binder::begin_raw_bracket(char bracket) {
  bracket == '{' ? raw_writer_.begin_object() : raw_writer_.begin_array();
  ++raw_depth_;
  return true;
}

bool Binder::raw_string(std::string_view text) {
  raw_writer_.string(text);
  return raw_done();
}

bool Binder::raw_scalar(std::string_view text) {
  raw_writer_.raw(text);
  return raw_done();
}

bool Binder::raw_done() {
  if (raw_depth_ != 0) return true;
  if (raw_text_ != &raw_scratch_) *raw_text_ = raw_scratch_;
  raw_text_ = nullptr;
  return true;
}

}  // namespace marginfix::json
