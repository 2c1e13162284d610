// The frame codec's names as the wall uses them. Clean in C++14 and C++20.
#pragma once

#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/sending_time.hpp"

namespace marginfix {
namespace wall {

using fix::check_frame;
using fix::Composer;
using fix::FieldCursor;
using fix::Frame;
using fix::FrameHeader;
using fix::Framer;
using fix::parse_number;
using fix::parse_utc_seconds;
using fix::read_frame;
using fix::Scan;
using fix::Slice;
using fix::TimeText;
using Field = fix::FrameField;

}  // namespace wall
}  // namespace marginfix
