#include "rest/client/error_body.hpp"

#include <optional>

#include "marginfix/json/binding.hpp"

namespace marginfix::rest {
namespace {

// Every member may be anything: what is not a text is shown as its JSON.
struct Shape {
  std::optional<RawJson> error, code, message, details, msg, service;
};

constexpr json::FieldInfo kShape[] = {json::field<&Shape::error>("error"),     json::field<&Shape::code>("code"),
                                      json::field<&Shape::message>("message"), json::field<&Shape::details>("details"),
                                      json::field<&Shape::msg>("msg"),         json::field<&Shape::service>("service")};
constexpr json::TypeInfo kShapeType = json::object_type<Shape>("error body", kShape);

std::string text_of(const std::optional<RawJson>& value) {
  if (!value || value->text == "null") return {};
  if (!value->text.starts_with('"')) return value->text;
  // A text is read as a member, where the reader takes the quotes and escapes off.
  struct Holder {
    std::string text;
  };
  static constexpr json::FieldInfo kHolder[] = {json::field<&Holder::text>("t")};
  static constexpr json::TypeInfo kHolderType = json::object_type<Holder>("text", kHolder);
  Holder holder;
  if (!json::decode(kHolderType, &holder, "{\"t\":" + value->text + "}")) return value->text;
  return holder.text;
}

std::optional<Shape> read(std::string_view text) {
  Shape shape;
  if (!json::decode(kShapeType, &shape, text)) return std::nullopt;
  return shape;
}

}  // namespace

ErrorBody read_error_body(std::string_view body) {
  auto shape = read(body);
  if (!shape) return {};
  std::string bare;
  if (shape->error) {
    if (auto inner = read(shape->error->text)) {
      shape = std::move(inner);
    } else {
      bare = text_of(shape->error);  // {"error":"text"}
    }
  }
  ErrorBody out{text_of(shape->code), text_of(shape->message)};
  if (out.message.empty()) out.message = text_of(shape->msg);
  if (out.message.empty()) out.message = bare;
  const std::string details = text_of(shape->details), service = text_of(shape->service);
  if (!details.empty() && details != out.message) out.message += out.message.empty() ? details : " (" + details + ")";
  if (!service.empty()) out.message += " [" + service + "]";
  return out;
}

}  // namespace marginfix::rest
