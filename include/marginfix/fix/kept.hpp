// A message that owns its bytes: for handing to another thread or keeping after the receive buffer is gone.
// Copies share one immutable buffer; every view of every copy stays valid as long as any copy lives. Reading is safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "marginfix/fix/reader.hpp"

namespace marginfix::fix {

template <Message M>
class Kept {
 public:
  Kept() = default;

  // A decoded message with the bytes it was decoded from (they are copied).
  Kept(const M& message, std::string_view raw, const Findings& findings = {});
  // A message of any origin: its texts are copied, raw() is empty.
  explicit Kept(const M& message) : Kept(message, {}) {}

  // Decodes into a kept message. Errors as decode().
  static Result<Kept> decode(std::string_view raw) {
    M message;
    Findings findings;
    if (auto done = fix::decode(raw, message, findings); !done) return done.error();
    return Kept(message, raw, findings);
  }

  const M& operator*() const noexcept { return message_; }
  const M* operator->() const noexcept { return &message_; }
  const M& message() const noexcept { return message_; }
  const Findings& findings() const noexcept { return findings_; }
  std::string_view raw() const noexcept { return bytes_ ? std::string_view(*bytes_).substr(0, raw_size_) : std::string_view(); }

 private:
  M message_;
  Findings findings_;
  std::shared_ptr<const std::string> bytes_;
  std::size_t raw_size_{0};
};

namespace detail {

// Calls f(std::string_view&) for every text of a message or group entry.
template <class Owner, class F>
void for_each_text(Owner& owner, F&& f) {
  const auto visit = [&](const auto& field) {
    auto& value = owner.*(field.member);
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, std::string_view>) {
      f(value);
    } else if constexpr (std::is_same_v<Value, std::optional<std::string_view>>) {
      if (value) f(*value);
    } else if constexpr (is_group<Value>::value) {
      for (auto& entry : value) for_each_text(entry, f);
    }
  };
  std::apply([&](const auto&... field) { (visit(field), ...); }, MessageTable<Owner>::kFields);
}

template <class M, class F>
void for_each_text_of_message(M& message, F&& f) {
  f(message.header.begin_string);
  f(message.header.sending_time_text);
  for_each_text(message.header, f);
  if constexpr (!std::is_same_v<M, UnknownMessage>) for_each_text(message, f);
  for (RawField& field : message.unknown) f(field.value);
}

}  // namespace detail

template <Message M>
Kept<M>::Kept(const M& message, std::string_view raw, const Findings& findings)
    : message_(message), findings_(findings), raw_size_(raw.size()) {
  const auto inside = [raw](std::string_view text) {
    return std::less_equal<>{}(raw.data(), text.data()) && std::less_equal<>{}(text.data() + text.size(), raw.data() + raw.size());
  };
  std::size_t total = raw.size();
  const auto count = [&](std::string_view& text) { total += inside(text) ? 0 : text.size(); };
  detail::for_each_text_of_message(message_, count);
  for (Finding& finding : findings_) count(finding.value);

  auto bytes = std::make_shared<std::string>();
  bytes->reserve(total);  // never grows afterwards: views into it are made while it fills
  bytes->append(raw);
  const auto rebase = [&](std::string_view& text) {
    if (inside(text) && !text.empty()) {
      text = std::string_view(*bytes).substr(static_cast<std::size_t>(text.data() - raw.data()), text.size());
      return;
    }
    const std::size_t at = bytes->size();
    bytes->append(text);
    text = {bytes->data() + at, text.size()};
  };
  detail::for_each_text_of_message(message_, rebase);
  for (Finding& finding : findings_) rebase(finding.value);
  bytes_ = std::move(bytes);
}

}  // namespace marginfix::fix
