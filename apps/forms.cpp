#include "apps/forms.hpp"

#include <algorithm>

#include "apps/output.hpp"

namespace marginfix::apps {

void add_form_options(CLI::App& command, FormArguments& arguments) {
  command.add_flag("--flat", arguments.flat, "one flat JSON object a message, names as members: jq -r .ClOrdID");
  command.add_flag("--csv", arguments.csv, "a row a message (RFC 4180), texts in quotes");
  command.add_option("--columns", arguments.columns, "--csv of these fields alone, in this order: names or tags, with commas between them")
      ->type_name("NAMES");
}

Result<MessageForm> MessageForm::of(const FormArguments& arguments, bool json, bool heads) {
  MessageForm form;
  if (arguments.flat && arguments.csv) return fail(ErrorCategory::config, "--flat and --csv are two forms: give one of them");
  if (arguments.csv && json) return fail(ErrorCategory::config, "--json and --csv are two forms: give one of them");
  if (!arguments.columns.empty() && !arguments.csv) return fail(ErrorCategory::config, "--columns belongs to --csv");
  form.form_ = arguments.csv ? Form::csv : arguments.flat ? Form::flat : json ? Form::json : Form::lines;
  if (form.form_ != Form::csv) return form;
  std::vector<std::string> names;
  for (std::string_view list = arguments.columns; !list.empty();) {
    const auto comma = std::min(list.find(','), list.size());
    names.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  auto columns = MessageColumns::of(names, heads);
  if (!columns) return columns.error();
  form.columns_ = std::move(*columns);
  return form;
}

void MessageForm::begin() const {
  if (columns_) print_csv(columns_->header());
}

void MessageForm::record(const RecordHead& head, std::string_view raw, const fix::DictionaryPair* names) const {
  if (columns_)
    print_csv(columns_->row(head, raw));
  else
    print_json(flat_json(head, raw, names));
}

}  // namespace marginfix::apps
