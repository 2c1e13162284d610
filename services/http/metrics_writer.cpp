#include "services/http/metrics_writer.hpp"

#include "marginfix/core/text.hpp"

namespace marginfix::services {

namespace {

// Also of a help: neither may end its line.
void append_label_value(std::string& out, std::string_view value) {
  for (const char c : visible(value)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

}  // namespace

MetricsWriter& MetricsWriter::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = prefix_ + std::string(name);
  *out_ += "# HELP " + name_ + " ";
  append_label_value(*out_, help);
  *out_ += "\n# TYPE " + name_ + " " + std::string(type) + "\n";
  return *this;
}

void MetricsWriter::line(std::string_view suffix, Labels labels, std::string_view le, const std::string& value) {
  out_->append(name_).append(suffix);
  char before = '{';
  const auto label = [&](std::string_view name, std::string_view text) {
    *out_ += before;
    out_->append(name) += "=\"";
    append_label_value(*out_, text);
    *out_ += '"';
    before = ',';
  };
  for (const auto& [name, text] : labels) label(name, text);
  if (!le.empty()) label("le", le);
  if (before == ',') *out_ += '}';
  *out_ += ' ' + value + '\n';
}

MetricsWriter& MetricsWriter::sample(Labels labels, std::int64_t value) {
  line("", labels, "", std::to_string(value));
  return *this;
}

MetricsWriter& MetricsWriter::buckets(Labels labels, std::span<const std::int64_t> bounds, std::span<const std::uint64_t> counts,
                                      std::int64_t sum) {
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    so_far += counts[i];
    line("_bucket", labels, i < bounds.size() ? std::to_string(bounds[i]) : "+Inf", std::to_string(so_far));
  }
  line("_sum", labels, "", std::to_string(sum));
  line("_count", labels, "", std::to_string(so_far));
  return *this;
}

}  // namespace marginfix::services
