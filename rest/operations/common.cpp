// The tables of rest/common.hpp.
#include "marginfix/rest/common.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kTickerPrice[] = {field<&TickerPrice::price>("price"), field<&TickerPrice::ts_ms>("ts_ms")};
constexpr FieldInfo kErrorResponse[] = {field<&ErrorResponse::code>("code"), field<&ErrorResponse::message>("message"),
                                        field<&ErrorResponse::details>("details")};
constexpr FieldInfo kBookLevel[] = {field<&BookLevel::price>("price"), field<&BookLevel::size>("count")};

}  // namespace

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::TickerPrice>::type = object_type<rest::TickerPrice>("TickerPrice", rest::kTickerPrice);
constinit const TypeInfo Schema<rest::ErrorResponse>::type = object_type<rest::ErrorResponse>("ErrorResponse", rest::kErrorResponse);
constinit const TypeInfo Schema<BookLevel>::type = tuple_type<BookLevel>("PriceLevelDollarsCountFp", rest::kBookLevel);
}  // namespace marginfix::json
