// A member that may be absent, null, or have a value, where the API tells the three apart. std::optional is for members that are there
// or not. Source: rest-perps.md "Types on this page" (req Rn, On).
#pragma once

#include <optional>
#include <utility>

namespace marginfix {

template <class T>
class Nullable {
 public:
  Nullable() = default;  // absent
  Nullable(T value) : value_(std::move(value)) {}
  static Nullable null() {
    Nullable n;
    n.null_ = true;
    return n;
  }

  bool absent() const noexcept { return !value_ && !null_; }
  bool is_null() const noexcept { return null_; }
  bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  const T& operator*() const noexcept { return *value_; }
  const T* operator->() const noexcept { return &*value_; }
  const T& value() const { return value_.value(); }
  T value_or(T fallback) const { return value_ ? *value_ : std::move(fallback); }

  T& emplace() {
    null_ = false;
    return value_.emplace();
  }
  void set_null() noexcept {
    value_.reset();
    null_ = true;
  }
  friend bool operator==(const Nullable&, const Nullable&) = default;

 private:
  std::optional<T> value_;
  bool null_{false};
};

}  // namespace marginfix
