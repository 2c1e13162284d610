// From the events of a JSON parser to a value described by a TypeInfo. Internal to binding.cpp, which owns the parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/json/binding.hpp"

namespace marginfix::json {

class Binder {
 public:
  // Before each text.
  void start(const TypeInfo& type, void* value, const DecodeOptions& options, DecodeReport* report);

  // Events; false = stop, problem() says why.
  bool begin_object();
  bool end_object();
  bool begin_array();
  bool end_array();
  bool key(std::string_view name);
  bool string(std::string_view text);
  bool number(std::string_view digits);
  bool boolean(bool value);
  bool null();

  // "markets[3].price: expected a FixedPointDollars"
  const std::string& problem() const noexcept { return problem_; }

 private:
  // Where a value goes: its type and address.
  struct Target {
    const TypeInfo* type{nullptr};
    void* value{nullptr};
  };
  struct Frame {
    Target container;
    std::uint32_t index{0};  // of the field or item that came last; next_index() goes on from there
    std::uint64_t seen{0};   // fields of an object, by position
    std::string key{};       // of a map
  };

  Target next_target();            // of a value inside the present container, or the document's
  static Target unwrap(Target t);  // through optional and nullable, which get a value
  bool scalar(Kind kind, std::string_view text);
  // A decimal that an optional member's type cannot hold goes to the unknown members; false = not such a case.
  bool keep_beyond(Target wrapper, const TypeInfo& type, std::string_view text);
  bool begin(Kind kind);
  bool missing_members(const Frame& frame);
  void note_missing(std::string_view name);
  bool refuse(const TypeInfo& wanted, std::string_view what);
  bool fail_with(std::string text);
  std::string path() const;
  Frame& push(Target t);
  Frame& top() { return frames_[depth_ - 1]; }
  bool inside() const noexcept { return depth_ > 0; }

  // Raw capture of unknown members and RawJson.
  bool raw() const noexcept { return raw_text_ != nullptr; }
  void begin_raw(std::string& text);
  bool raw_done();

  std::vector<Frame> frames_;  // the first depth_ are in use; kept to reuse their memory
  std::size_t depth_{0};
  Target root_;
  bool root_taken_{false};
  std::string* raw_text_{nullptr};
  std::size_t raw_depth_{0};
  std::string raw_scratch_;
  Writer raw_writer_{raw_scratch_};
  DecodeOptions options_;
  DecodeReport* report_{nullptr};
  std::string problem_;
};

}  // namespace marginfix::json
