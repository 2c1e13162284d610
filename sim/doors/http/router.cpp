#include "sim/doors/http/router.hpp"

#include "sim/doors/http/url.hpp"

namespace marginfix::sim {
namespace {

bool is_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_parameter(pattern[i]) ? segments[i].empty() : pattern[i] != segments[i]) return false;
  }
  return true;
}

// Both fit; the one with the first literal where the other has a parameter wins.
bool more_literal(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (is_parameter(a[i]) != is_parameter(b[i])) return is_parameter(b[i]);
  }
  return false;
}

}  // namespace

void Router::add(std::string_view method, std::string_view path) { routes_.push_back({method, path, path_segments(path)}); }

const Router::Route* Router::best(const std::vector<std::string>& segments) const {
  const Route* found = nullptr;
  for (const Route& route : routes_) {
    if (fits(route.segments, segments) && (found == nullptr || more_literal(route.segments, found->segments))) found = &route;
  }
  return found;
}

RouteMatch Router::find(std::string_view method, std::string_view path) const {
  RouteMatch match;
  if (!path.starts_with(base_)) return match;
  path.remove_prefix(base_.size());
  std::vector<std::string> segments;
  for (const std::string_view raw : path_segments(path)) {
    auto decoded = percent_decode(raw);
    if (!decoded) return match.kind = RouteMatch::Kind::Malformed, match;
    segments.push_back(std::move(*decoded));
  }
  if (path.empty() || path.front() != '/') return match;
  const Route* const found = best(segments);
  if (found == nullptr) return match;
  match.kind = RouteMatch::Kind::WrongMethod;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    // Templates that differ in a parameter's name only are one path.
    if (!fits(routes_[i].segments, segments) || more_literal(found->segments, routes_[i].segments)) continue;
    match.allow += (match.allow.empty() ? "" : ", ") + std::string(routes_[i].method);
    if (routes_[i].method != method) continue;
    match.kind = RouteMatch::Kind::Found;
    match.index = i;
    for (std::size_t part = 0; part < segments.size(); ++part) {
      const std::string_view pattern = routes_[i].segments[part];
      if (is_parameter(pattern)) match.path.emplace(pattern.substr(1, pattern.size() - 2), segments[part]);
    }
    return match;
  }
  return match;
}

}  // namespace marginfix::sim
