// Lines that a person types: with editing, history and a prompt where both ends are a terminal and libedit is built in; plain lines
// otherwise. What other threads print meanwhile (output.hpp) comes above the line that is being typed and does not cut into it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marginfix::apps {

struct LineEditorOptions {
  std::string prompt;
  std::vector<std::string> verbs;  // what Tab makes of the beginning of a line
  bool person{true};               // false: plain lines, whatever stands at the ends
};

class LineEditor {
 public:
  explicit LineEditor(LineEditorOptions options);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // The next line, without its end; nothing at the end of the input, and once a stop signal has come.
  std::optional<std::string> next();

 private:
  class Terminal;
  std::unique_ptr<Terminal> terminal_;  // none: plain lines
};

}  // namespace marginfix::apps
