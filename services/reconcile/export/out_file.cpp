#include "services/reconcile/export/out_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace marginfix::reconcile {

namespace {

constexpr std::size_t kWriteAtOnce = 1 << 20;

void need(const Result<void>& done) {
  if (!done) throw Exception(done.error());
}

}  // namespace

OutFile::OutFile(const std::string& path)
    : path_(path), temporary_(path + ".new"), file_(File::open(temporary_, O_WRONLY | O_CREAT | O_TRUNC, 0644).value()) {}

OutFile::~OutFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutFile::write() {
  need(file_.write(buffer_, size_));
  size_ += static_cast<std::int64_t>(buffer_.size());
  buffer_.clear();
}

void OutFile::flow() {
  if (buffer_.size() >= kWriteAtOnce) write();
}

void OutFile::finish() {
  write();
  need(file_.sync());
}

void OutFile::publish() {
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw Exception(file_error("cannot rename " + temporary_, errno));
  temporary_.clear();
}

}  // namespace marginfix::reconcile
