// The tables of klear/common.hpp.
#include "marginfix/klear/common.hpp"

#include "rest/klear/tables.hpp"

namespace marginfix::klear {
namespace {

constexpr FieldInfo kErrorResponse[] = {field<&ErrorResponse::code>("code"), field<&ErrorResponse::message>("message"),
                                        field<&ErrorResponse::details>("details"), field<&ErrorResponse::service>("service")};

}  // namespace
}  // namespace marginfix::klear

// The schema is called Error; the struct is not, for marginfix::Error's sake.
constinit const marginfix::json::TypeInfo marginfix::json::Schema<marginfix::klear::ErrorResponse>::type =
    marginfix::json::object_type<marginfix::klear::ErrorResponse>("Error", marginfix::klear::kErrorResponse);
