#include "contract/ws/asyncapi/document.hpp"

#include <algorithm>
#include <stdexcept>

namespace marginfix::asyncapi {

using openapi::text_of;

std::vector<std::string> Document::channels() const {
  std::vector<std::string> addresses;
  for (const auto& channel : root()["channels"]) {
    const auto address = text_of(channel.second, "address");
    if (address != "/") addresses.push_back(address);
  }
  return addresses;
}

// `reference`: the message as operations name it, "#/channels/CHANNEL/messages/KEY".
MessageView Document::message(const std::string& reference, const std::string& address) const {
  MessageView m;
  m.key = reference.substr(reference.rfind('/') + 1);
  if (address != "/") m.channel = address;
  YAML::Node body = follow(reference);
  if (const auto further = text_of(body, "$ref"); !further.empty()) body.reset(follow(further));
  if (!body["payload"].IsDefined()) throw std::runtime_error("a message without a payload: " + m.key);
  m.payload.reset(body["payload"]);
  const auto content = text_of(body, "contentType");
  m.is_json = content.empty() || content == "application/json";
  for (const auto& operation : root()["operations"]) {
    for (const auto& one : operation.second["messages"]) {
      if (text_of(one, "$ref") != reference) continue;
      m.operation = operation.first.as<std::string>();
      m.to_us = text_of(operation.second, "action") == "send";
    }
  }
  return m;
}

std::vector<MessageView> Document::messages() const {
  std::vector<MessageView> all;
  for (const auto& channel : root()["channels"]) {
    const std::string base = "#/channels/" + channel.first.as<std::string>() + "/messages/";
    for (const auto& entry : channel.second["messages"]) {
      all.push_back(message(base + entry.first.as<std::string>(), text_of(channel.second, "address")));
    }
  }
  return all;
}

}  // namespace marginfix::asyncapi
