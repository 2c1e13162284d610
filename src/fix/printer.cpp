// Pretty printing, driven by the run-time view of the message tables.
#include "marginfix/fix/printer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "marginfix/core/text.hpp"
#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/frame_scan.hpp"
#include "marginfix/fix/detail/scan.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "src/core/escapes.hpp"

namespace marginfix::fix {
namespace {

using detail::kSoh;

constexpr std::string_view kRedacted = "***";

const FieldInfo* find_field(std::span<const FieldInfo> fields, std::int32_t tag) noexcept {
  const auto found = std::ranges::find(fields, tag, &FieldInfo::tag);
  return found == fields.end() ? nullptr : &*found;
}

bool is_frame_tag(std::int32_t tag) noexcept { return tag == 8 || tag == 9 || tag == 10; }

// MsgType(35): the first 35= behind a SOH.
std::string_view msg_type_of(std::string_view message) noexcept {
  const std::size_t at = message.starts_with("35=") ? 0
                                                    : message.find(
                                                          "\x01"
                                                          "35=");
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + (at == 0 && message.starts_with("35=") ? 3 : 4);
  return message.substr(from, std::min(message.find(kSoh, from), message.size()) - from);
}

// Of another FIX version than ours.
bool is_foreign(std::string_view message) noexcept { return message.starts_with("8=") && !message.starts_with("8=FIXT."); }

std::string_view name_of(std::string_view message, const DictionaryPair* names) noexcept {
  const std::string_view msg_type = msg_type_of(message);
  const MessageInfo* info = find_message_info(msg_type);
  if (info != nullptr && (names == nullptr || !is_foreign(message))) return info->name;
  const DictionaryMessage* known = names == nullptr ? nullptr : body_dictionary(*names, msg_type).message(msg_type);
  return known != nullptr ? std::string_view(known->name) : info != nullptr ? info->name : std::string_view();
}

class Walker {
 public:
  Walker(std::string_view message, const std::function<void(const PrintedField&)>& visit, const DictionaryPair* names)
      : message_(message), visit_(visit), info_(find_message_info(msg_type_of(message))), names_(names), foreign_(is_foreign(message)) {}

  void run() {
    for (std::size_t at = 0; at < message_.size();) {
      std::size_t end = std::min(message_.find(kSoh, at), message_.size());
      const char* value = nullptr;
      const std::int32_t tag = detail::parse_tag(message_.data() + at, message_.data() + end, value);
      if (detail::is_data_tag(tag) && data_length_ > 0) end = data_end(tag, static_cast<std::size_t>(value - message_.data()), end);
      PrintedField field;
      field.offset = at;
      field.tag = tag;
      field.value =
          tag == 0 ? message_.substr(at, end - at) : std::string_view(value, static_cast<std::size_t>(message_.data() + end - value));
      data_length_ = detail::data_tag_of(tag) != 0 ? detail::parse_digits(field.value) : 0;
      place(field);
      if (names_ != nullptr && tag != 0) lend_names(field);
      if (detail::is_secret_tag(tag)) field.value = kRedacted;
      visit_(field);
      at = end + 1;
    }
  }

 private:
  // Data fields may hold SOH: all of it must be redacted, also where the message was cut inside a secret. A message that has its
  // CheckSum(10) was not: its length is wrong, or the secret was masked before.
  std::size_t data_end(std::int32_t tag, std::size_t value, std::size_t end) const noexcept {
    const std::size_t stated = value + static_cast<std::size_t>(data_length_);
    const bool masked = message_.substr(value, end - value) == kRedacted;
    if (stated > message_.size() && detail::is_secret_tag(tag) && !masked && !has_trailer()) return message_.size();
    return stated > end && stated <= message_.size() && (stated == message_.size() || message_[stated] == kSoh) ? stated : end;
  }
  bool has_trailer() const noexcept {
    return message_.size() > detail::kTrailerSize && detail::is_trailer(message_.data() + message_.size() - detail::kTrailerSize);
  }

  // What our tables do not know has its name from the dictionaries; in a message of another FIX version, everything they know.
  void lend_names(PrintedField& field) const {
    const DictionaryField* known = names_->application.field(field.tag);
    if (known == nullptr) known = names_->session.field(field.tag);
    if (known == nullptr) return;
    if (foreign_ || field.name.empty()) field.name = known->name;
    if (foreign_) field.documented = true;
    if (!foreign_ && !field.value_name.empty()) return;
    if (const DictionaryValue* value = known->find_value(field.value)) field.value_name = value->description;
    if (field.tag != 35) return;
    if (const DictionaryMessage* message = body_dictionary(*names_, field.value).message(field.value)) field.value_name = message->name;
  }

  void place(PrintedField& field) {
    field.name = field_name(field.tag);
    if (field.tag == 0) return;
    if (group_ != nullptr && place_in_group(field)) return;
    const FieldInfo* known = info_ != nullptr ? find_field(info_->fields, field.tag) : nullptr;
    if (known == nullptr) known = find_field(header_fields(), field.tag);
    field.documented = known != nullptr || is_frame_tag(field.tag) || info_ == nullptr;
    if (known == nullptr) {
      if (group_ != nullptr && !is_frame_tag(field.tag) && entry_ > 0)
        field.depth = 1, field.entry = entry_;  // unknown fields do not end a group
      else
        group_ = nullptr;
      return;
    }
    group_ = nullptr;
    name_value(field, *known);
    if (!known->children.empty()) {
      field.counter = true;
      group_ = known;
      entry_ = 0;
      seen_.clear();
    }
  }

  bool place_in_group(PrintedField& field) {
    const FieldInfo* child = find_field(group_->children, field.tag);
    if (child == nullptr) return false;
    if (entry_ == 0 || std::ranges::find(seen_, field.tag) != seen_.end()) {
      ++entry_;
      seen_.clear();
      field.starts_entry = true;
    }
    seen_.push_back(field.tag);
    field.depth = 1;
    field.entry = entry_;
    name_value(field, *child);
    return true;
  }

  static void name_value(PrintedField& field, const FieldInfo& info) {
    field.name = info.name;
    const auto named = std::ranges::find(info.values, field.value, &EnumValue::wire);
    if (named != info.values.end()) field.value_name = named->name;
    if (field.tag == 35) {
      if (const MessageInfo* m = find_message_info(field.value)) field.value_name = m->name;
    }
  }

  std::string_view message_;
  const std::function<void(const PrintedField&)>& visit_;
  const MessageInfo* info_;
  const DictionaryPair* names_;
  bool foreign_;
  const FieldInfo* group_{nullptr};
  std::vector<std::int32_t> seen_;
  int entry_{0};
  std::int64_t data_length_{0};
};

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (byte < 0x20 || byte >= 0x7f)
      out += fmt::format("\\u{:04x}", byte);
    else
      out += c;
  }
  out += '"';
}

// A line is split at its pipes: none of the value's own may be taken for one.
void append_between_pipes(std::string& out, std::string_view value) {
  for (std::size_t begin = 0;;) {
    const std::size_t end = value.find_first_of("|\\", begin);
    out += visible(value.substr(begin, end - begin));
    if (end == std::string_view::npos) return;
    marginfix::detail::append_escaped(out, value[end]);
    begin = end + 1;
  }
}

std::string label_of(const PrintedField& f) {
  if (f.tag == 0) return "?";
  return fmt::format("{}({})", f.name.empty() ? "Tag" : visible(f.name), f.tag);
}

}  // namespace

void for_each_field(std::string_view message, const std::function<void(const PrintedField&)>& visit, const DictionaryPair* names) {
  Walker(message, visit, names).run();
}

std::string_view message_name(std::string_view message) noexcept { return name_of(message, nullptr); }

std::string to_pipe_form(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  for_each_field(message, [&](const PrintedField& f) {
    if (f.tag != 0) out += fmt::format("{}=", f.tag);
    marginfix::detail::append_pipe_form(out, f.value);
    if (f.offset < message.size()) out += '|';
  });
  if (!message.empty() && message.back() != kSoh && !out.empty()) out.pop_back();
  return out;
}

std::string from_pipe_form(std::string_view pipes) {
  std::string out;
  out.reserve(pipes.size() + 1);
  for (std::size_t at = 0; at < pipes.size();) {
    if (const auto escape = marginfix::detail::escape_at(pipes.substr(at)); escape.size != 0) {
      marginfix::detail::append_meant(out, escape);
      at += escape.size;
      continue;
    }
    out += pipes[at] == '|' ? kSoh : pipes[at];
    ++at;
  }
  if (!out.empty() && !pipes.ends_with('|') && !pipes.ends_with(kSoh)) out += kSoh;
  return out;
}

std::string print_line(std::string_view message, const DictionaryPair* names) {
  const auto name = name_of(message, names);
  std::string out(name.empty() ? fmt::format("35={}", visible(msg_type_of(message))) : visible(name));
  char separator = ' ';
  for_each_field(
      message,
      [&](const PrintedField& f) {
        if (is_frame_tag(f.tag) || f.tag == 35) return;
        out += separator;
        separator = '|';
        if (f.starts_entry) out += fmt::format("#{} ", f.entry);
        if (f.tag != 0) out += f.name.empty() ? fmt::format("{}=", f.tag) : fmt::format("{}=", visible(f.name));
        append_between_pipes(out, f.value_name.empty() ? f.value : f.value_name);
      },
      names);
  return out;
}

std::string print_block(std::string_view message, const DictionaryPair* names) {
  const auto name = name_of(message, names);
  std::string out = fmt::format("{} (35={})\n", name.empty() ? "Unknown message" : visible(name), visible(msg_type_of(message)));
  for_each_field(
      message,
      [&](const PrintedField& f) {
        const std::string indent(static_cast<std::size_t>(2 + 4 * f.depth), ' ');
        const std::string mark = f.starts_entry ? fmt::format("{}. ", f.entry) : f.depth > 0 ? std::string("   ") : std::string();
        const std::string meaning = f.value_name.empty() ? std::string() : fmt::format("  {}", visible(f.value_name));
        out += fmt::format("{}{}{:<32} {}{}{}\n", indent, mark, label_of(f), visible(f.value), meaning,
                           f.documented ? "" : "  (not documented here)");
      },
      names);
  return out;
}

std::string to_json_members(std::string_view message, const DictionaryPair* names) {
  std::string out = "\"msg_type\":";
  append_json_string(out, msg_type_of(message));
  out += ",\"name\":";
  append_json_string(out, name_of(message, names));
  out += ",\"fields\":[";
  bool first = true;
  bool in_group = false;
  bool entry_open = false;
  const auto close_group = [&] {
    if (!in_group) return;
    out += entry_open ? "]]}" : "]}";
    in_group = entry_open = false;
  };
  for_each_field(
      message,
      [&](const PrintedField& f) {
        if (f.depth == 0) {
          close_group();
          if (!first) out += ',';
        } else if (f.starts_entry || !entry_open) {
          out += entry_open ? "],[" : "[";
          entry_open = true;
        } else {
          out += ',';
        }
        first = false;
        out += fmt::format("{{\"tag\":{}", f.tag);
        if (!f.name.empty()) append_json_string(out += ",\"name\":", f.name);
        out += ",\"value\":";
        append_json_string(out, f.value);
        if (!f.value_name.empty()) append_json_string(out += ",\"value_name\":", f.value_name);
        if (!f.documented) out += ",\"documented\":false";
        if (f.counter) {
          out += ",\"entries\":[";
          in_group = true;
        } else {
          out += '}';
        }
      },
      names);
  close_group();
  out += ']';
  return out;
}

std::string to_json(std::string_view message, const DictionaryPair* names) { return "{" + to_json_members(message, names) + "}"; }

}  // namespace marginfix::fix
