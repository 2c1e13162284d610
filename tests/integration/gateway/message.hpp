// FIX messages as a scenario has them: fields in order, pipe form for people. Independent of the library's codec, which it helps to judge.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace marginfix::gateway::script {

struct Field {
  int tag{0};
  std::string value;
};
using Fields = std::vector<Field>;

const std::string* find(const Fields& fields, int tag);
std::string value_of(const Fields& fields, int tag);  // "" when absent
// Adds the field unless one of that tag is there.
void set_default(Fields& fields, int tag, std::string value);

// A whole message: 8, 9 and 10 are computed unless `fields` has them; the rest in the order given.
std::string compose(std::string_view begin_string, const Fields& fields);
// Everything between the SOHs; what has no tag number has tag 0.
Fields parse_wire(std::string_view wire);
std::string to_pipes(std::string_view wire);
std::string to_pipes(const Fields& fields);  // each field with its '|'

// Cuts one whole message, by BodyLength(9), off the front of `stream`; "" when there is none yet.
std::string take_message(std::string& stream);

// Equal as text, or as numbers with a point somewhere ("10" and "10.00").
bool same_value(std::string_view a, std::string_view b);

}  // namespace marginfix::gateway::script
