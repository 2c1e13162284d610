// Number of calls of operator new in this program so far. Link allocation_counter.cpp.
#pragma once

namespace marginfix::test {
long allocations_so_far() noexcept;
}
