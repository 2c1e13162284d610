// Compact binary form of the engine's values: varints, zigzag for signed numbers, length-prefixed texts. One `fields(ar, value)`
// function a struct serves both directions. The reader never reads past its bytes: after a bad value ok() is false for good.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::sim {

template <class T>
concept ArchiveNumber = std::is_integral_v<T> || std::is_enum_v<T>;

class ArchiveOut {
 public:
  static constexpr bool kLoading = false;
  explicit ArchiveOut(std::string& out) : out_(out) {}

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  void put_varint(std::uint64_t v) {
    while (v >= 0x80) {
      out_.push_back(static_cast<char>(v | 0x80));
      v >>= 7;
    }
    out_.push_back(static_cast<char>(v));
  }

 private:
  template <ArchiveNumber T>
  void put(T v) {
    if constexpr (std::is_enum_v<T>) {
      put(static_cast<std::underlying_type_t<T>>(v));
    } else if constexpr (std::is_signed_v<T>) {
      const auto s = static_cast<std::int64_t>(v);  // NOLINT(bugprone-signed-char-misuse): the sign is meant
      put_varint((static_cast<std::uint64_t>(s) << 1) ^ static_cast<std::uint64_t>(s >> 63));
    } else {
      put_varint(static_cast<std::uint64_t>(v));
    }
  }
  void put(std::string_view text) {
    put_varint(text.size());
    out_.append(text);
  }
  void put(const std::string& text) { put(std::string_view(text)); }
  template <class Tag>
  void put(FixedDecimal<Tag> d) {
    put(d.units());
  }
  void put(Timestamp t) { put(static_cast<std::int64_t>(t.time_since_epoch().count())); }
  template <class T>
  void put(const std::optional<T>& v) {
    put(v.has_value());
    if (v) put(*v);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& v) {
    put(v.first);
    put(v.second);
  }
  template <class T>
  void put(const std::vector<T>& v) {
    put_varint(v.size());
    for (const auto& e : v) put(e);
  }
  template <class T>
  void put(const std::deque<T>& v) {
    put_varint(v.size());
    for (const auto& e : v) put(e);
  }
  template <class K, class V>
  void put(const std::map<K, V>& v) {
    put_varint(v.size());
    for (const auto& [k, e] : v) {
      put(k);
      put(e);
    }
  }
  template <class T>
  requires(!ArchiveNumber<T>) void put(const T& v) {
    fields(*this, const_cast<T&>(v));  // fields() of an output archive only reads
  }

  std::string& out_;
};

class ArchiveIn {
 public:
  static constexpr bool kLoading = true;
  explicit ArchiveIn(std::string_view in) : in_(in) {}

  bool ok() const noexcept { return ok_; }
  std::string_view rest() const noexcept { return in_; }

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  std::uint64_t get_varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) break;
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      v |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return v;
    }
    ok_ = false;
    in_ = {};
    return 0;
  }
  // Every element takes at least one byte, so a damaged count cannot ask for more than there is.
  std::uint64_t get_count() {
    const std::uint64_t n = get_varint();
    if (n <= in_.size()) return n;
    ok_ = false;
    in_ = {};
    return 0;
  }

 private:
  template <ArchiveNumber T>
  void get(T& v) {
    if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> raw{};
      get(raw);
      v = static_cast<T>(raw);
    } else if constexpr (std::is_signed_v<T>) {
      const std::uint64_t z = get_varint();
      v = static_cast<T>(static_cast<std::int64_t>(z >> 1) ^ -static_cast<std::int64_t>(z & 1));
    } else {
      v = static_cast<T>(get_varint());
    }
  }
  void get(std::string_view& text) {
    const std::uint64_t size = get_varint();
    if (size > in_.size()) {
      ok_ = false;
      in_ = {};
      text = {};
      return;
    }
    text = in_.substr(0, size);
    in_.remove_prefix(size);
  }
  void get(std::string& text) {
    std::string_view view;
    get(view);
    text.assign(view);
  }
  template <class Tag>
  void get(FixedDecimal<Tag>& d) {
    std::int64_t units{};
    get(units);
    d = FixedDecimal<Tag>::from_units(units);
  }
  void get(Timestamp& t) {
    std::int64_t us{};
    get(us);
    t = Timestamp(std::chrono::microseconds(us));
  }
  template <class T>
  void get(std::optional<T>& v) {
    bool has{};
    get(has);
    v.reset();
    if (has) get(v.emplace());
  }
  template <class A, class B>
  void get(std::pair<A, B>& v) {
    get(v.first);
    get(v.second);
  }
  template <class T>
  void get(std::vector<T>& v) {
    const std::uint64_t n = get_count();
    v.clear();
    v.reserve(n);
    for (std::uint64_t i = 0; i < n && ok_; ++i) get(v.emplace_back());
  }
  template <class T>
  void get(std::deque<T>& v) {
    const std::uint64_t n = get_count();
    v.clear();
    for (std::uint64_t i = 0; i < n && ok_; ++i) get(v.emplace_back());
  }
  template <class K, class V>
  void get(std::map<K, V>& v) {
    const std::uint64_t n = get_count();
    v.clear();
    for (std::uint64_t i = 0; i < n && ok_; ++i) {
      K key{};
      get(key);
      get(v[std::move(key)]);
    }
  }
  template <class T>
  requires(!ArchiveNumber<T>) void get(T& v) { fields(*this, v); }

  std::string_view in_;
  bool ok_{true};
};

// The next value, by its type.
template <class T>
T read(ArchiveIn& in) {
  T value{};
  in(value);
  return value;
}

}  // namespace marginfix::sim
