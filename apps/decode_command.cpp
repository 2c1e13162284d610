// `marginfix decode`: FIX logs for people, every message checked against the dictionaries of fix-spec/.
// `--lint FILE`: what a dictionary would refuse of the documented messages, or which messages of a log ours would refuse.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "apps/command.hpp"
#include "apps/forms.hpp"
#include "apps/log_file.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/lint.hpp"
#include "marginfix/fix/log_scan.hpp"
#include "marginfix/fix/printer.hpp"

namespace marginfix::apps {

namespace {
struct DecodeArguments {
  std::string file{"-"};
  std::string lint;
  std::vector<std::string> dictionaries;  // none: fix-spec/'s; one: everything in one file; two: session, application
  bool one_line{false};
  FormArguments form;
};

// Owns what a DictionaryPair points to.
struct Dictionaries {
  std::vector<fix::Dictionary> loaded;
  fix::DictionaryPair pair() const { return loaded.size() == 1 ? fix::as_pair(loaded[0]) : fix::DictionaryPair{loaded[0], loaded[1]}; }
};

Result<Dictionaries> load_dictionaries(const std::vector<std::string>& files) {
  Dictionaries result;
  const auto add = [&](Result<fix::Dictionary> dictionary) -> Result<void> {
    if (!dictionary) return dictionary.error();
    result.loaded.push_back(std::move(*dictionary));
    return {};
  };
  if (files.empty()) {
    if (auto ok = add(fix::Dictionary::parse(fix::embedded_session_dictionary(), "fix-spec/FIXT11-margin.xml")); !ok) return ok.error();
    if (auto ok = add(fix::Dictionary::parse(fix::embedded_application_dictionary(), "fix-spec/FIX50SP2-margin.xml")); !ok)
      return ok.error();
  }
  for (const auto& file : files) {
    if (auto ok = add(fix::Dictionary::load(file)); !ok) return ok.error();
  }
  return result;
}

bool looks_like_dictionary(std::string_view text) {
  const auto start = text.find('<');
  return start != std::string_view::npos && text.find_first_not_of(" \t\r\n\xEF\xBB\xBF") == start;
}

// Findings are the answer, not a failure of the command: exit code 0 means "read and judged", 2 "would be refused", 3 "some of the log
// could not be read".
constexpr int kRefusals = 2;
constexpr int kNotRead = 3;
constexpr std::string_view kNoMessage =
    "no FIX message found (a message starts with 8=FIX and a separator: SOH, |, ;, ^A, <SOH>, \\x01 or the like)";

int lint_dictionaries(const std::vector<std::string>& files, bool json) {
  auto dictionaries = load_dictionaries(files);
  if (!dictionaries) return report(dictionaries.error());
  const auto findings = fix::lint_dictionary(dictionaries->pair());
  for (const auto& f : findings) {
    print_line(json ? fmt::format(R"({{"rule":"{}","msg_type":{},"tag":{},"value":{},"text":{}}})", to_string(f.rule),
                                  json_string(f.msg_type), f.tag, json_string(f.value), json_string(to_string(f)))
                    : to_string(f));
  }
  if (!json) print_line(findings.empty() ? "refuses nothing that the exchange documents" : fmt::format("{} findings", findings.size()));
  return findings.empty() ? kSuccess : kRefusals;
}

void print_not_read(const fix::LogNotRead& gap, bool json) {
  if (json) return print_line(fmt::format(R"({{"line":{},"offset":{},"not_read":{}}})", gap.line, gap.offset, json_string(gap.reason)));
  print_pieces({{"! " + to_string(gap), Style::red}});
}

void print_finding(const fix::LogFinding& f, bool json) {
  print_line(json ? fmt::format(R"({{"line":{},"rule":"{}","message":{},"text":{}}})", f.line, to_string(f.finding.rule),
                                json_string(f.message), json_string(to_string(f.finding)))
                  : to_string(f));
}

int lint_result(const fix::LogLinter& lint, const Result<void>& whole, bool json) {
  const std::string gaps = lint.not_read() == 0 ? "" : fmt::format(", {} not read", lint.not_read());
  if (!json) print_line(fmt::format("{} messages, {} would be refused{}", lint.messages(), lint.refused(), gaps));
  if (!whole) return report(whole.error());
  if (lint.messages() + lint.not_read() == 0) return report("no FIX message found: is this a FIX log or a data dictionary?");
  return lint.refused() != 0 ? kRefusals : lint.not_read() != 0 ? kNotRead : kSuccess;
}

// The first bytes tell a dictionary from a log.
int lint_file(const DecodeArguments& arguments, bool json) {
  std::unique_ptr<Dictionaries> dictionaries;
  std::unique_ptr<fix::LogLinter> lint;
  bool is_dictionary = false;
  std::optional<Error> failed;
  OutputBatch output;
  const auto whole = read_log_file(arguments.lint, [&](std::string_view piece) {
    if (!lint) {
      is_dictionary = looks_like_dictionary(piece);
      if (is_dictionary) return false;
      auto loaded = load_dictionaries(arguments.dictionaries);
      if (!loaded) {
        failed = loaded.error();
        return false;
      }
      dictionaries = std::make_unique<Dictionaries>(std::move(*loaded));
      lint = std::make_unique<fix::LogLinter>(
          dictionaries->pair(), [json](const fix::LogFinding& f) { print_finding(f, json); },
          [json](const fix::LogNotRead& gap) { print_not_read(gap, json); });
    }
    lint->feed(piece);
    output.flush();
    return !stop_requested();
  });
  if (failed) return report(*failed);
  if (is_dictionary) {
    std::vector<std::string> files{arguments.lint};
    files.insert(files.end(), arguments.dictionaries.begin(), arguments.dictionaries.end());
    return lint_dictionaries(files, json);
  }
  if (!lint) return whole ? report("no FIX message found: is this a FIX log or a data dictionary?") : report(whole.error());
  lint->finish();
  return lint_result(*lint, whole, json);
}

void print_message(const fix::LogMessage& found, const fix::DictionaryPair& dictionaries, const DecodeArguments& arguments,
                   const MessageForm& form) {
  const fix::DictionaryPair* names = arguments.dictionaries.empty() ? nullptr : &dictionaries;
  if (form.records()) return form.record({}, found.message, names);
  if (form.form() == Form::json) return print_line(fix::to_json(found.message, names));
  if (arguments.one_line)
    return print_line(fmt::format("{}{}{}", found.prefix, found.prefix.empty() ? "" : " ", fix::print_line(found.message, names)));
  if (!found.prefix.empty()) print_pieces({{found.prefix, Style::bold}});
  print_lines(fix::print_block(found.message, names));
  for (const auto& finding : fix::validate_logged(found, dictionaries)) print_pieces({{"  ! " + to_string(finding), Style::red}});
}

int decode_log(const DecodeArguments& arguments, bool json) {
  const auto form = MessageForm::of(arguments.form, json, false);
  if (!form) return report(form.error());
  auto dictionaries = load_dictionaries(arguments.dictionaries);
  if (!dictionaries) return report(dictionaries.error());
  const auto pair = dictionaries->pair();
  fix::LogScanner scanner([&](const fix::LogMessage& found) { print_message(found, pair, arguments, *form); },
                          [&](const fix::LogNotRead& gap) {
                            if (form->records()) return static_cast<void>(report(to_string(gap)));
                            print_not_read(gap, json);
                          });
  OutputBatch output;
  form->begin();
  const auto whole = read_log_file(arguments.file, [&](std::string_view piece) {
    scanner.feed(piece);
    output.flush();
    return !stop_requested();
  });
  scanner.finish();
  if (!whole) return report(whole.error());
  if (scanner.messages() + scanner.not_read() == 0) return report(kNoMessage);
  if (scanner.not_read() == 0) return kSuccess;
  report(fmt::format("{} messages, {} not read", scanner.messages(), scanner.not_read()));
  return kNotRead;
}

int run_decode(const DecodeArguments& arguments, const Globals& globals) {
  if (auto alone = refuse_connection(globals.connection, "decode"); !alone) return report(alone.error());
  if (arguments.lint.starts_with("--")) return report("--lint takes the file: decode --lint FILE " + arguments.lint);
  return arguments.lint.empty() ? decode_log(arguments, globals.json) : lint_file(arguments, globals.json);
}
}  // namespace

void add_decode_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("decode", "pretty-prints FIX logs; --lint judges dictionaries and logs");
  auto a = std::make_shared<DecodeArguments>();
  command->add_option("file", a->file, "log to read, gzip or not (default: standard input)")->type_name("FILE");
  command
      ->add_option("--lint", a->lint,
                   "a data dictionary: which documented messages it would refuse; a log: which of its messages would be refused (exit code "
                   "2 if any, 3 "
                   "if some of the log could not be read)")
      ->type_name("FILE");
  command
      ->add_option(
          "--dictionary", a->dictionaries,
          "XML data dictionary to judge by and to take names from: one file for everything, or session then application (default: ours)")
      ->expected(1, 2)
      ->type_name("FILE");
  command->add_flag("--one-line", a->one_line, "one line a message");
  add_form_options(*command, a->form);
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_decode(*a, globals); }; });
}

}  // namespace marginfix::apps
