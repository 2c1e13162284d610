// An AsyncAPI file of the exchange as the comparison sees it: its channels and the messages on them. Schemas: components.hpp.
#pragma once

#include <string>
#include <vector>

#include "contract/openapi/components.hpp"

namespace marginfix::asyncapi {

struct MessageView {
  std::string key;        // of components/messages: "userOrder"
  std::string channel;    // its address; empty for the connection itself
  bool to_us{false};      // the exchange sends it
  YAML::Node payload;     // a schema
  bool is_json{true};     // false: a control frame of the WebSocket protocol
  std::string operation;  // that has it; empty: none, so that its direction is not known
};

class Document : public openapi::Components {
 public:
  explicit Document(const std::string& yaml) : Components(yaml, {"channels", "operations"}) {}
  // Addresses that a subscribe command may name.
  std::vector<std::string> channels() const;
  std::vector<MessageView> messages() const;

 private:
  MessageView message(const std::string& reference, const std::string& address) const;
};

}  // namespace marginfix::asyncapi
