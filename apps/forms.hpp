// How a command that prints messages prints them: in lines for people, as JSON with every field (--json), as flat JSON (--flat), as CSV.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "apps/message_record.hpp"

namespace marginfix::apps {

struct FormArguments {
  bool flat{false}, csv{false};
  std::string columns;
};
// --flat, --csv and --columns.
void add_form_options(CLI::App& command, FormArguments& arguments);

enum class Form : std::uint8_t { lines, json, flat, csv };

class MessageForm {
 public:
  // `heads`: messages come with their session and time. Error(config): two forms at once, or a column that is no field.
  static Result<MessageForm> of(const FormArguments& arguments, bool json, bool heads = true);

  Form form() const noexcept { return form_; }
  bool for_people() const noexcept { return form_ == Form::lines; }
  // Every message and nothing else goes to standard output: what else there is to say goes to standard error.
  bool records() const noexcept { return form_ == Form::flat || form_ == Form::csv; }
  // CSV's first line.
  void begin() const;
  // One of the two: a flat object, or a row.
  void record(const RecordHead& head, std::string_view raw, const fix::DictionaryPair* names = nullptr) const;

 private:
  Form form_{Form::lines};
  std::optional<MessageColumns> columns_;
};

}  // namespace marginfix::apps
