// `marginfix decode`: FIX logs for people, every message checked against the dictionaries of fix-spec/.
// `--lint FILE`: what a dictionary would refuse of the documented messages, or which messages of a log ours would refuse.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "apps/command.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"
#include "marginfix/core/text.hpp"
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
};

Result<std::string> read_input(const std::string& file) {
  std::ostringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCategory::config, "cannot read " + file + ": does it exist, may you read it?");
  text << in.rdbuf();
  return text.str();
}

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

// Findings are the answer, not a failure of the command: exit code 0 means "read and judged", 2 "would be refused".
constexpr int kRefusals = 2;

int lint_dictionaries(const std::vector<std::string>& files, bool json) {
  auto dictionaries = load_dictionaries(files);
  if (!dictionaries) return report(dictionaries.error());
  const auto findings = fix::lint_dictionary(dictionaries->pair());
  for (const auto& f : findings) {
    print_line(json ? fmt::format(R"({{"rule":"{}","msg_type":{},"tag":{},"value":{},"text":{}}})", to_string(f.rule),
                                  json_string(f.msg_type), f.tag, json_string(f.value), json_string(to_string(f)))
                    : visible(to_string(f)));
  }
  if (!json) print_line(findings.empty() ? "refuses nothing that the exchange documents" : fmt::format("{} findings", findings.size()));
  return findings.empty() ? kSuccess : kRefusals;
}

int lint_log_file(std::string_view text, const std::vector<std::string>& files, bool json) {
  auto dictionaries = load_dictionaries(files);
  if (!dictionaries) return report(dictionaries.error());
  const auto lint = fix::lint_log(text, dictionaries->pair());
  for (const auto& f : lint.findings) {
    print_line(json ? fmt::format(R"({{"line":{},"rule":"{}","message":{},"text":{}}})", f.line, to_string(f.finding.rule),
                                  json_string(f.message), json_string(to_string(f.finding)))
                    : visible(to_string(f)));
  }
  if (!json) print_line(fmt::format("{} messages, {} would be refused", lint.messages, lint.refused));
  if (lint.messages == 0) return report("no FIX message found: is this a FIX log or a data dictionary?");
  return lint.refused == 0 ? kSuccess : kRefusals;
}

void print_message(std::string_view prefix, std::string_view message, const fix::DictionaryPair& dictionaries,
                   const DecodeArguments& arguments, bool json) {
  if (json) return print_line(fix::to_json(message));
  if (arguments.one_line) return print_line(fmt::format("{}{}{}", visible(prefix), prefix.empty() ? "" : " ", fix::print_line(message)));
  if (!prefix.empty()) print_line(fmt::format("{}{}{}", bold(), visible(prefix), plain()));
  std::string block = fix::print_block(message);
  while (block.ends_with('\n')) block.pop_back();
  print_line(block);
  fix::ValidationOptions options;
  options.check_frame = false;  // logs hold redacted and re-typed messages
  for (const auto& finding : fix::validate(message, dictionaries, options))
    print_line(fmt::format("{}  ! {}{}", red(), visible(to_string(finding)), plain()));
}

int decode_log(const DecodeArguments& arguments, bool json) {
  const auto text = read_input(arguments.file);
  if (!text) return report(text.error());
  auto dictionaries = load_dictionaries(arguments.dictionaries);
  if (!dictionaries) return report(dictionaries.error());
  std::size_t messages = 0;
  fix::for_each_log_message(*text, [&](const fix::LogMessage& found) {
    ++messages;
    print_message(found.prefix, found.message, dictionaries->pair(), arguments, json);
  });
  if (messages == 0) return report("no FIX message found (a message starts with 8=FIX; separators SOH, |, ^A or <SOH>)");
  return kSuccess;
}

int run_decode(const DecodeArguments& arguments, const Globals& globals) {
  if (arguments.lint.empty()) return decode_log(arguments, globals.json);
  const auto text = read_input(arguments.lint);
  if (!text) return report(text.error());
  if (!looks_like_dictionary(*text)) return lint_log_file(*text, arguments.dictionaries, globals.json);
  std::vector<std::string> files{arguments.lint};
  files.insert(files.end(), arguments.dictionaries.begin(), arguments.dictionaries.end());
  return lint_dictionaries(files, globals.json);
}
}  // namespace

void add_decode_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("decode", "pretty-prints FIX logs; --lint judges dictionaries and logs");
  auto a = std::make_shared<DecodeArguments>();
  command->add_option("file", a->file, "log to read (default: standard input)");
  command->add_option(
      "--lint", a->lint,
      "a data dictionary: which documented messages it would refuse; a log: which of its messages would be refused (exit code 2 if any)");
  command
      ->add_option("--dictionary", a->dictionaries,
                   "XML data dictionary to judge by: one file for everything, or session then application (default: ours)")
      ->expected(1, 2);
  command->add_flag("--one-line", a->one_line, "one line a message");
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_decode(*a, globals); }; });
}

}  // namespace marginfix::apps
