// OrderTracker's snapshot: "marginfix orders 2", every order field by field, a checksum. Numbers are decimal integers (money in units of
// its type, times in microseconds), texts stand behind their length: 5:hello. One layout, fields(), writes and reads.
#include <charconv>
#include <concepts>
#include <type_traits>

#include "marginfix/domain/order_tracker.hpp"

namespace marginfix {
namespace {

constexpr std::string_view kTitle = "marginfix orders ";
constexpr std::int64_t kVersion = 2;      // raise it with any change of fields(), and go on reading the older ones
constexpr std::int64_t kWithRejects = 2;  // the first version with OrderState::rejects
constexpr std::string_view kSum = "sum ";
constexpr std::size_t kSumSize = 4 + 16 + 1;  // "sum ", hexadecimal digits, line feed

class Writer {
 public:
  void number(std::int64_t value) { (out_ += std::to_string(value)) += ' '; }
  void text(std::string_view value) { ((out_ += std::to_string(value.size())) += ':').append(value) += ' '; }
  std::size_t count(std::size_t size) {
    number(static_cast<std::int64_t>(size));
    return size;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return in_.empty(); }

  std::int64_t number() {
    const std::int64_t value = digits(' ');
    return ok_ ? value : 0;
  }
  std::string_view text() {
    const std::int64_t size = digits(':');
    if (!ok_ || size < 0 || static_cast<std::uint64_t>(size) >= in_.size()) return fail(), std::string_view();
    const std::string_view value = in_.substr(0, static_cast<std::size_t>(size));
    in_.remove_prefix(value.size());
    expect(' ');
    return value;
  }
  // Never more than there are bytes left: a wrong count asks for no memory.
  std::size_t count() {
    const std::int64_t size = number();
    if (size >= 0 && static_cast<std::uint64_t>(size) <= in_.size()) return static_cast<std::size_t>(size);
    fail();
    return 0;
  }

 private:
  void fail() noexcept {
    ok_ = false;
    in_ = {};
  }
  void expect(char c) {
    if (in_.empty() || in_.front() != c) return fail();
    in_.remove_prefix(1);
  }
  std::int64_t digits(char end) {
    std::int64_t value{};
    const auto [next, fault] = std::from_chars(in_.data(), in_.data() + in_.size(), value);
    if (fault != std::errc{}) return fail(), 0;
    in_.remove_prefix(static_cast<std::size_t>(next - in_.data()));
    expect(end);
    return value;
  }

  std::string_view in_;
  bool ok_{true};
};

// ---- how each kind of value stands there -----------------------------------------------------------------------------------

template <class T>
concept Whole = std::integral<T> || std::is_enum_v<T>;
template <class T>
concept Decimal = requires(T d) {
  T::from_units(d.units());
};

void put(Writer& w, Whole auto value) { w.number(static_cast<std::int64_t>(value)); }
void put(Writer& w, Decimal auto value) { w.number(value.units()); }
void put(Writer& w, Timestamp value) { w.number(value.time_since_epoch().count()); }
void put(Writer& w, const std::string& value) { w.text(value); }
void put(Writer& w, const ExecId& value) { w.text(value.text()); }

void get(Reader& r, Whole auto& value) { value = static_cast<std::remove_reference_t<decltype(value)>>(r.number()); }
template <Decimal T>
void get(Reader& r, T& value) {
  value = T::from_units(r.number());
}
void get(Reader& r, Timestamp& value) { value = Timestamp{Timestamp::duration{r.number()}}; }
void get(Reader& r, std::string& value) { value = r.text(); }
void get(Reader& r, ExecId& value) { value = ExecId(r.text()); }

template <class Each, class... T>
void each_of(Each& each, T&... members) {
  (each(members), ...);
}

// The layout: every member, in the order it is written.
template <class T, class Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

template <class Each>
void fields(Each& each, Is<PendingRequest> auto& v) {
  each_of(each, v.kind, v.cl_ord_id, v.acknowledged, v.order_qty, v.price, v.unknown);
}
template <class Each>
void fields(Each& each, Is<BookedTrade> auto& v) {
  each_of(each, v.key, v.trade_id, v.cum_qty, v.quantity);
}
template <class Each>
void fields(Each& each, Is<OrderState> auto& v) {
  each_of(each, v.phase, v.cl_ord_id, v.past_ids, v.cancel_of, v.order_id, v.symbol, v.side, v.subaccount);
  each_of(each, v.order_qty, v.price, v.cum_qty, v.leaves_qty, v.booked_qty, v.pending, v.booked, v.text, v.unknown);
  each_of(each, v.stated_qty, v.baseline_qty, v.last_mkt, v.last_exec_id, v.last_time, v.last_was_baseline);
  each_of(each, v.terms_exec_id, v.terms_time, v.given_by, v.refused_ids, v.unanswered);
  if (each.version >= kWithRejects) each_of(each, v.rejects);
}
template <class Each>
void fields(Each& each, Is<TrackedOrder> auto& v) {
  each_of(each, v.state, v.first_event, v.last_event, v.last_sent);
}

struct Put {
  Writer& w;
  std::int64_t version{kVersion};
  template <class T>
  void operator()(const T& value) {
    if constexpr (requires { put(w, value); })
      put(w, value);
    else
      fields(*this, value);
  }
  template <class T>
  void operator()(const std::optional<T>& value) {
    put(w, value.has_value());
    if (value) (*this)(*value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    w.count(values.size());
    for (const T& value : values) (*this)(value);
  }
  template <class K, class T>
  void operator()(const std::map<K, T>& values) {
    w.count(values.size());
    for (const auto& [key, value] : values) (*this)(key), (*this)(value);
  }
};

struct Get {
  Reader& r;
  std::int64_t version{kVersion};
  template <class T>
  void operator()(T& value) {
    if constexpr (requires { get(r, value); })
      get(r, value);
    else
      fields(*this, value);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    if (r.number() != 0) (*this)(value.emplace());
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    for (std::size_t left = r.count(); left > 0 && r.ok(); --left) (*this)(values.emplace_back());
  }
  template <class K, class T>
  void operator()(std::map<K, T>& values) {
    for (std::size_t left = r.count(); left > 0 && r.ok(); --left) {
      K key{};
      (*this)(key);
      (*this)(values[key]);
    }
  }
};

std::string checksum(std::string_view text) {  // FNV-1a
  std::uint64_t sum = 14'695'981'039'346'656'037U;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  char digits[17] = "0000000000000000";
  char* const end = digits + 16;
  for (char* at = end; sum != 0; sum >>= 4U) *--at = "0123456789abcdef"[sum & 15U];
  return {digits, 16};
}

// Nothing: none that this program reads.
std::optional<std::int64_t> version_of(std::string_view told) {
  for (std::int64_t version = 1; version <= kVersion; ++version) {
    if (told == std::to_string(version)) return version;
  }
  return std::nullopt;
}

Error unusable(const std::string& why) { return fail(ErrorCategory::decode, "a snapshot of orders cannot be used: " + why); }

}  // namespace

std::string OrderTracker::snapshot() const {
  Writer w;
  Put each{w};
  each_of(each, last_, orders_);
  std::string out = std::string(kTitle) + std::to_string(kVersion) + '\n' + w.take() + '\n';
  const std::string sum = checksum(out);
  return ((out += kSum) += sum) += '\n';
}

Result<OrderTracker> OrderTracker::restore(std::string_view snapshot) {
  if (!snapshot.starts_with(kTitle)) return unusable("it does not begin with \"" + std::string(kTitle) + '"');
  const std::size_t line = snapshot.find('\n');
  if (line == std::string_view::npos || snapshot.size() < line + 1 + kSumSize) return unusable("it is cut short");
  const std::string_view told = snapshot.substr(kTitle.size(), line - kTitle.size());
  const auto version = version_of(told);
  if (!version) return unusable("its version is " + std::string(told) + ", this program reads 1 to " + std::to_string(kVersion));
  const std::string_view summed = snapshot.substr(0, snapshot.size() - kSumSize);
  if (snapshot.substr(summed.size()) != std::string(kSum) + checksum(summed) + '\n') return unusable("it is cut short or damaged");
  Reader r(summed.substr(line + 1, summed.size() - line - 2));
  OrderTracker tracker;
  Get each{r, *version};
  each_of(each, tracker.last_, tracker.orders_);
  if (!r.ok() || !r.at_end()) return unusable("its fields are not those of version " + std::to_string(*version));
  tracker.index_everything();
  return tracker;
}

}  // namespace marginfix
