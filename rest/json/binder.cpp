// See binder.hpp.
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

bool is_object(Kind kind) { return kind == Kind::object || kind == Kind::map; }
bool is_array(Kind kind) { return kind == Kind::array || kind == Kind::tuple; }

// The position of `name`; fields mostly come in the table's order, so the search goes on where the last one was.
std::size_t find_field(std::span<const FieldInfo> fields, std::size_t hint, std::string_view name) {
  for (std::size_t i = hint; i < fields.size(); ++i)
    if (fields[i].name == name) return i;
  for (std::size_t i = 0; i < hint && i < fields.size(); ++i)
    if (fields[i].name == name) return i;
  return fields.size();
}

// A container that is read again must not keep what it had; scalars are overwritten.
void empty(const TypeInfo& type, void* value) {
  if (type.clear != nullptr) type.clear(value);
}

constexpr std::size_t kMostShown = 80;
std::string shown(std::string_view text) { return redact(text.substr(0, kMostShown)) + (text.size() > kMostShown ? "..." : ""); }

}  // namespace

void Binder::start(const TypeInfo& type, void* value, const DecodeOptions& options, DecodeReport* report) {
  depth_ = 0;
  root_ = {&type, value};
  root_taken_ = false;
  raw_text_ = nullptr;
  options_ = options;
  report_ = report;
  problem_.clear();
}

Binder::Target Binder::next_target() {
  if (!inside()) {
    root_taken_ = true;
    return root_;
  }
  Frame& f = top();
  const TypeInfo& type = *f.container.type;
  switch (type.kind) {
    case Kind::array:
      ++f.index;
      return {type.element, type.append(f.container.value)};
    case Kind::tuple: {
      const std::size_t i = f.index++;
      if (i >= type.fields.size()) return {};
      f.seen |= std::uint64_t{1} << i;
      return {type.fields[i].type, type.fields[i].at(f.container.value)};
    }
    case Kind::map:
      return {type.element, type.insert(f.container.value, f.key)};
    default: {
      const FieldInfo& field = type.fields[f.index];
      return {field.type, field.at(f.container.value)};
    }
  }
}

Binder::Target Binder::unwrap(Target t) {
  while (t.type->emplace != nullptr) t = {t.type->element, t.type->emplace(t.value)};
  return t;
}

Binder::Frame& Binder::push(Target t) {
  if (depth_ == frames_.size()) frames_.emplace_back();
  Frame& f = frames_[depth_++];
  f.container = t;
  f.index = 0;
  f.seen = 0;
  f.key.clear();
  return f;
}

bool Binder::begin(Kind kind) {
  const bool object = kind == Kind::object;
  if (raw()) {
    object ? raw_writer_.begin_object() : raw_writer_.begin_array();
    ++raw_depth_;
    return true;
  }
  Target t = next_target();
  if (t.type == nullptr) return fail_with(path() + ": more items than the exchange documents");
  t = unwrap(t);
  if (t.type->kind == Kind::any) {
    begin_raw(static_cast<RawJson*>(t.value)->text);
    return begin(kind);
  }
  if (object ? !is_object(t.type->kind) : !is_array(t.type->kind)) return refuse(*t.type, name_of(kind));
  empty(*t.type, t.value);
  push(t);
  return true;
}

bool Binder::begin_object() { return begin(Kind::object); }
bool Binder::begin_array() { return begin(Kind::array); }

bool Binder::end_object() {
  if (raw()) {
    raw_writer_.end_object();
    --raw_depth_;
    return raw_done();
  }
  const bool good = top().container.type->kind != Kind::object || missing_members(top());
  --depth_;
  return good;
}

bool Binder::end_array() {
  if (raw()) {
    raw_writer_.end_array();
    --raw_depth_;
    return raw_done();
  }
  const bool good = top().container.type->kind != Kind::tuple || missing_members(top());
  --depth_;
  return good;
}

bool Binder::key(std::string_view name) {
  if (raw()) {
    raw_writer_.key(name);
    return true;
  }
  Frame& f = top();
  const TypeInfo& type = *f.container.type;
  if (type.kind == Kind::map) {
    f.key.assign(name);
    return true;
  }
  const std::size_t i = find_field(type.fields, f.seen == 0 ? 0 : f.index + 1, name);
  if (i < type.fields.size()) {
    f.index = static_cast<std::uint32_t>(i);
    f.seen |= std::uint64_t{1} << i;
    return true;
  }
  if (report_ != nullptr) ++report_->unknown_members;
  if (type.unknown == nullptr) {
    begin_raw(raw_scratch_);  // nowhere to keep it: a request struct, or a tuple
    return true;
  }
  UnknownMember& member = type.unknown(f.container.value)->add();
  member.name.assign(name);
  begin_raw(member.json);
  return true;
}

bool Binder::scalar(Kind kind, std::string_view text) {
  Target t = next_target();
  if (t.type == nullptr) return fail_with(path() + ": more items than the exchange documents");
  // The exchange writes "" for a decimal it does not have (tick_size, observed.md).
  if (text.empty() && kind == Kind::string && t.type->emplace != nullptr && t.type->element->kind == Kind::string) {
    const Target inner = unwrap(t);
    if (inner.type->read(inner.value, text)) return true;
    t.type->clear(t.value);
    if (report_ != nullptr) note_missing({});
    return true;
  }
  const Target wrapper = t;
  t = unwrap(t);
  if (t.type->kind == Kind::any) {
    auto& raw_json = *static_cast<RawJson*>(t.value);
    raw_json.text = kind == Kind::string ? quoted(text) : std::string(text);
    return true;
  }
  if (t.type->kind != kind) return refuse(*t.type, name_of(kind));
  if (!t.type->read(t.value, text)) return keep_beyond(wrapper, *t.type, text) || refuse(*t.type, shown(text));
  if (report_ != nullptr && t.type->known != nullptr && !t.type->known(t.value)) ++report_->unknown_words;
  return true;
}

bool Binder::keep_beyond(Target wrapper, const TypeInfo& type, std::string_view text) {
  const bool fixed = type.name == "FixedPointDollars" || type.name == "FixedPointCount";
  if (!fixed || wrapper.type->emplace == nullptr || !inside() || !MultiplierDecimal::parse(text)) return false;
  const Frame& f = top();
  if (f.container.type->kind != Kind::object || f.container.type->unknown == nullptr) return false;
  wrapper.type->clear(wrapper.value);
  UnknownMember& kept = f.container.type->unknown(f.container.value)->add();
  kept.name = f.container.type->fields[f.index].name;
  kept.json = quoted(text);
  if (report_ != nullptr) ++report_->beyond_type;
  return true;
}

bool Binder::string(std::string_view text) {
  if (!raw()) return scalar(Kind::string, text);
  raw_writer_.string(text);
  return raw_done();
}

bool Binder::number(std::string_view digits) {
  if (!raw()) return scalar(Kind::number, digits);
  raw_writer_.number(digits);
  return raw_done();
}

bool Binder::boolean(bool value) {
  if (!raw()) return scalar(Kind::boolean, value ? "true" : "false");
  raw_writer_.boolean(value);
  return raw_done();
}

bool Binder::null() {
  if (raw()) {
    raw_writer_.null();
    return raw_done();
  }
  const bool top_level = !inside();
  Target t = next_target();
  if (t.type == nullptr) return fail_with(path() + ": more items than the exchange documents");
  if (t.type->set_null != nullptr) {
    t.type->set_null(t.value);
    return true;
  }
  if (t.type->kind == Kind::any) {
    static_cast<RawJson*>(t.value)->text = "null";
    return true;
  }
  if (top_level) return refuse(*t.type, "null");
  if (t.type->kind == Kind::array || t.type->kind == Kind::map) {
    t.type->clear(t.value);
    return true;
  }
  Frame& f = top();
  if (f.container.type->kind != Kind::object) {  // an item of a list, a value of a map: nothing honest to put there
    if (options_.missing_is_error) return refuse(*t.type, "null");
    note_missing({});
    return true;
  }
  f.seen &= ~(std::uint64_t{1} << f.index);  // as if it were not there
  return true;
}

bool Binder::missing_members(const Frame& frame) {
  const auto& fields = frame.container.type->fields;
  const std::uint64_t all = fields.size() >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << fields.size()) - 1;
  for (std::uint64_t absent = all & ~frame.seen; absent != 0; absent &= absent - 1) {
    const FieldInfo& field = fields[static_cast<std::size_t>(std::countr_zero(absent))];
    if (field.presence == Presence::optional) continue;
    if (field.presence == Presence::required && options_.missing_is_error) {
      std::string where = path();
      if (const auto cut = where.rfind('.'); cut != std::string::npos && frame.seen != 0) where.resize(cut);
      return fail_with((depth_ > 1 ? where + "." : std::string()) + std::string(field.name) +
                       ": the exchange requires it and it is missing");
    }
    if (report_ != nullptr) note_missing(field.name);
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
  for (std::size_t i = 0; i < depth_; ++i) {
    const Frame& f = frames_[i];
    switch (f.container.type->kind) {
      case Kind::array:
      case Kind::tuple:
        out += '[' + std::to_string(f.index == 0 ? 0 : f.index - 1) + ']';
        break;
      case Kind::map:
        out += '[' + f.key + ']';
        break;
      default:
        if (!out.empty()) out += '.';
        if (f.index < f.container.type->fields.size()) out += f.container.type->fields[f.index].name;
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

bool Binder::raw_done() {
  if (raw_depth_ != 0) return true;
  if (raw_text_ != &raw_scratch_) *raw_text_ = raw_scratch_;
  raw_text_ = nullptr;
  return true;
}

}  // namespace marginfix::json
