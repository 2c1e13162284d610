// The rules, as tables: which folder is which layer, which layer may include which, which outside headers belong where.
#include "unit/layering/layer_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace marginfix::layering {
namespace {

namespace fs = std::filesystem;
using std::string;
using std::string_view;

struct Folder {
  string_view prefix;
  string_view layer;
};

// First match counts. A public header is the one other layers may include; the rest of a layer is its own business.
constexpr std::array kFolders{
    Folder{"include/marginfix/core/", "core"},
    Folder{"include/marginfix/domain/", "domain"},
    Folder{"include/marginfix/fix/", "fix"},
    Folder{"include/marginfix/sessions/", "sessions"},
    Folder{"include/marginfix/json/", "json"},
    Folder{"include/marginfix/rest/", "rest"},
    Folder{"include/marginfix/klear/", "rest"},
    Folder{"include/marginfix/ws/", "ws"},
    Folder{"include/marginfix/quickfix.hpp", "quickfix"},
    Folder{"include/marginfix/services/", "services"},
    Folder{"include/marginfix/sim/", "sim"},
    Folder{"include/marginfix/", "client"},  // the front doors
    Folder{"src/core/", "core"},
    Folder{"src/domain/", "domain"},
    Folder{"src/fix/", "fix"},
    Folder{"sessions/quickfix/initiator", "initiator"},  // marginfix::quickfix, for owners of a QuickFIX application
    Folder{"sessions/quickfix/", "sessions"},
    Folder{"sessions/transport/", "sessions"},
    Folder{"sessions/store/", "sessions"},
    Folder{"sessions/", "client"},  // session types and MarginFixClient
    Folder{"rest/json/", "json"},
    Folder{"rest/", "rest-client"},
    Folder{"ws/", "ws-client"},
    Folder{"services/", "services"},
    Folder{"sim/", "sim"},
    Folder{"apps/", "apps"},
    Folder{"examples/", "user"},
    Folder{"docs/", "user"},
    Folder{"tests/", "tests"},
    Folder{"bench/", "tests"},
    Folder{"scripts/", "tests"},
    Folder{"packaging/", "tests"},
    Folder{"cmake/", "tests"},  // precompiled headers
};

struct Allowed {
  string_view layer;
  string_view may_include;  // blank-separated, blanks around each
};

constexpr std::array kAllowed{
    Allowed{"core", " core "},
    Allowed{"domain", " core domain "},
    Allowed{"fix", " core domain fix "},
    Allowed{"sessions", " core domain fix sessions "},
    Allowed{"json", " core domain json "},
    Allowed{"rest", " core domain json rest "},
    Allowed{"ws", " core domain json rest ws "},
    Allowed{"client", " core domain fix sessions json rest ws client "},
    Allowed{"rest-client", " core domain json rest rest-client client "},
    Allowed{"ws-client", " core domain json rest rest-client ws ws-client client "},
    Allowed{"quickfix", " quickfix "},
    Allowed{"initiator", " core domain fix sessions client quickfix initiator "},
    Allowed{"services", " core domain fix sessions json rest ws client services "},
    Allowed{"sim", " core domain fix sessions json rest ws client sim "},
    Allowed{"apps", " core domain fix sessions json rest ws client services sim apps "},
    Allowed{"user", " core domain fix sessions json rest ws client services quickfix user "},
};

// The rooms of the simulated exchange's engine. Each header sees its own room and those named. A room that has functions over the whole
// state says so: its headers only name State, its sources may include state.hpp and the rules. What stands in sim/exchange/ itself, but
// for state.hpp, stands above them all.
struct Room {
  string_view name;
  string_view headers_see;
  string_view sources_see_too;
};
constexpr string_view kEngine = "sim/exchange/";
constexpr string_view kEnginesFront = " values commands views clearing ";  // and exchange.hpp: what the doors see
constexpr std::array kRooms{
    Room{"values", " ", " "},
    Room{"book", " values ", " "},
    Room{"record", " values book ", " state rules "},
    Room{"members", " values book ", " record state rules "},
    Room{"clearing", " values book ", " members record state rules "},
    Room{"market", " values book clearing ", " members record state rules "},
    Room{"state", " values book record members clearing market ", " "},
    Room{"rules", " values book record members clearing market state ", " "},
    Room{"commands", " values book clearing ", " members market record state rules "},
    Room{"views", " values ", " book record members clearing market state rules "},
};

// Layers that are customers of the library: of the layers below they see include/marginfix/ only.
constexpr string_view kPublicOnly = " services sim apps user ";

constexpr std::array<string_view, 6> kQuickFixHomes{"sessions/quickfix/",     "sim/doors/fix/",     "include/marginfix/quickfix.hpp",
                                                    "apps/demo/quickfix_oms", "examples/quickfix_", "tests/"};

bool has_word(string_view words, string_view word) { return words.find(" " + string(word) + " ") != string_view::npos; }

// "book" of sim/exchange/book/orders.hpp, "state" of sim/exchange/state.hpp; nothing for what stands above the rooms, or elsewhere.
string_view room_of(string_view path) {
  if (!path.starts_with(kEngine)) return {};
  path.remove_prefix(kEngine.size());
  const string_view name = path.substr(0, path.find_first_of("/."));
  return std::ranges::find(kRooms, name, &Room::name) == kRooms.end() ? string_view{} : name;
}

string_view layer_of(string_view path) {
  const auto* const found = std::ranges::find_if(kFolders, [path](const Folder& f) { return path.starts_with(f.prefix); });
  return found == kFolders.end() ? string_view{} : found->layer;
}

bool is_public(string_view path) { return path.starts_with("include/"); }

// quickfix/..., or a bare name in QuickFIX's style ("Session.h"): ours are lower case and end in .hpp, the system's are lower case.
bool is_quickfix(string_view name) {
  if (name.starts_with("quickfix/")) return true;
  const auto slash = name.rfind('/');
  const char first = name[slash == string_view::npos ? 0 : slash + 1];
  return name.ends_with(".h") && std::isupper(static_cast<unsigned char>(first)) != 0;
}

bool is_barred_from_public_headers(string_view name) {
  for (const string_view prefix : {"curl/", "openssl/", "spdlog/", "fmt/", "boost/beast/", "nlohmann/", "CLI/", "sqlite3", "libpq"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// `token` standing alone, and not inside a string.
bool has_token(string_view line, string_view token) {
  for (auto at = line.find(token); at != string_view::npos; at = line.find(token, at + 1)) {
    const bool begins = at == 0 || !is_word_character(line[at - 1]);
    const bool ends = at + token.size() == line.size() || !is_word_character(line[at + token.size()]);
    const bool in_string = std::ranges::count(line.substr(0, at), '"') % 2 != 0;
    if (begins && ends && !in_string) return true;
  }
  return false;
}

bool starts_with_any(string_view path, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [path](string_view prefix) { return path.starts_with(prefix); });
}

struct Include {
  string name;
  bool quoted{false};
};

std::optional<Include> parse_include(string_view line) {
  const auto hash = line.find_first_not_of(" \t");
  if (hash == string_view::npos || line[hash] != '#') return std::nullopt;
  const auto word = line.find_first_not_of(" \t", hash + 1);
  if (word == string_view::npos || !line.substr(word).starts_with("include")) return std::nullopt;
  const auto open = line.find_first_of("<\"", word);
  if (open == string_view::npos) return std::nullopt;
  const auto close = line.find(line[open] == '<' ? '>' : '"', open + 1);
  if (close == string_view::npos) return std::nullopt;
  return Include{string(line.substr(open + 1, close - open - 1)), line[open] == '"'};
}

class TreeCheck {
 public:
  explicit TreeCheck(fs::path root) : root_(std::move(root)) {}

  std::vector<string> run() {
    for (const auto& file : source_files(root_.string())) check_file(file);
    std::ranges::sort(found_);
    return std::move(found_);
  }

 private:
  void check_file(const string& path) {
    path_ = path;
    line_ = 1;
    const string_view layer = layer_of(path);
    if (layer.empty()) return report("the folder belongs to no layer: add it to tests/unit/layering/layer_rules.cpp");
    std::ifstream in(root_ / path);
    bool once = !path.ends_with(".hpp");
    for (string line; std::getline(in, line); ++line_) {
      if (const auto include = parse_include(line)) check_include(layer, *include);
      check_words(line);
      once = once || line.starts_with("#pragma once");
    }
    line_ = 1;
    if (!once) report("the header has no #pragma once");
  }

  void check_include(string_view layer, const Include& include) {
    if (is_quickfix(include.name)) {
      if (!starts_with_any(path_, kQuickFixHomes) && !path_.starts_with("bench/")) {
        report("<" + include.name +
               "> is QuickFIX's: only sessions/quickfix/, sim/doors/fix/, apps/demo/quickfix_oms, examples/quickfix_* and "
               "marginfix/quickfix.hpp may "
               "include it");
      }
      return;
    }
    if (is_public(path_) && is_barred_from_public_headers(include.name)) {
      return report("<" + include.name + ">: public headers are free of third-party headers other than Boost's");
    }
    const auto target = resolve(include);
    if (!target) {
      if (include.quoted || include.name.starts_with("marginfix/")) report("\"" + include.name + "\" is in no folder of the tree");
      return;
    }
    check_direction(layer, *target);
  }

  void check_direction(string_view layer, const string& target) {
    if (layer == "tests") return;
    const string_view other = layer_of(target);
    const auto* const rule = std::ranges::find(kAllowed, layer, &Allowed::layer);
    if (rule == kAllowed.end() || !has_word(rule->may_include, other)) {
      return report(string(layer) + " includes " + target + " of layer " + string(other.empty() ? "(none)" : other) +
                    ": the arrow points the other way");
    }
    check_room(target);
    if (is_public(path_) && !is_public(target)) return report("a public header includes " + target + ", which is not installed");
    // The simulated exchange and the services are parts of the program, not of the library.
    const bool of_the_program = layer == "apps" && (other == "sim" || other == "services");
    if (has_word(kPublicOnly, layer) && other != layer && !is_public(target) && !of_the_program) {
      report(string(layer) + " is a customer of the library and sees public headers only, not " + target);
    }
  }

  void check_room(const string& target) {
    const string_view here = room_of(path_), there = room_of(target);
    if (!target.starts_with(kEngine) || here == there) return;
    if (!path_.starts_with(kEngine)) {
      if (target != string(kEngine) + "exchange.hpp" && !has_word(kEnginesFront, there)) {
        report(target + " is the engine's own business: ask by its commands, read by its views");
      }
      return;
    }
    if (here.empty()) return;
    const auto* const room = std::ranges::find(kRooms, here, &Room::name);
    if (has_word(room->headers_see, there) || (path_.ends_with(".cpp") && has_word(room->sources_see_too, there))) return;
    report("room " + string(here) + " of the engine includes " + target + ": the arrow points the other way");
  }

  // As the compiler looks: beside the file, then from the root of the tree, then in include/.
  std::optional<string> resolve(const Include& include) const {
    std::vector<fs::path> places{root_, root_ / "include"};
    if (path_.starts_with("tests/") || path_.starts_with("bench/")) places.push_back(root_ / "tests");
    if (include.quoted) places.insert(places.begin(), (root_ / path_).parent_path());
    for (const auto& place : places) {
      const auto candidate = (place / include.name).lexically_normal();
      if (fs::is_regular_file(candidate)) return candidate.lexically_relative(root_.lexically_normal()).generic_string();
    }
    return std::nullopt;
  }

  void check_words(string_view line) {
    line = line.substr(0, line.find("//"));
    // QuickFIX's own signature: Initiator::onPoll(double timeout).
    const bool product = layer_of(path_) != "tests" && line.find("onPoll(") == string_view::npos;
    if (product && (has_token(line, string("dou") + "ble") || has_token(line, string("flo") + "at"))) {
      report("a binary floating-point type: numbers of the exchange are decimals (core/decimal.hpp)");
    }
    // Written apart so that this file does not name what it looks for.
    static const string kViews = string("std::") + "views";
    static const string kRangesViews = string("ranges::") + "views";
    if (line.find(kViews) != string_view::npos || line.find(kRangesViews) != string_view::npos) {
      report(kViews + ": clang-tidy 14 cannot read it, write a loop or a std::ranges algorithm");
    }
  }

  void report(const string& what) { found_.push_back(path_ + ":" + std::to_string(line_) + ": " + what); }

  fs::path root_;
  string path_;
  int line_{0};
  std::vector<string> found_;
};

}  // namespace

std::vector<string> source_files(const string& root) {
  std::vector<string> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const string name = it->path().filename().string();
    const bool output = it.depth() == 0 && (name.starts_with("build") || name.starts_with("cmake-build") || name.starts_with("out"));
    if (it->is_directory() && (name.starts_with(".") || name == "node_modules" || output)) {
      it.disable_recursion_pending();
      continue;
    }
    const auto extension = it->path().extension();
    if (it->is_regular_file() && (extension == ".hpp" || extension == ".cpp" || extension == ".h" || extension == ".cc")) {
      files.push_back(it->path().lexically_relative(root).generic_string());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::vector<string> violations(const string& root) { return TreeCheck(fs::path(root)).run(); }

}  // namespace marginfix::layering
