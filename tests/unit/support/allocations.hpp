// Counts what operator new gives out, for tests of code that must not allocate. Linked in by
// whoever calls it.
#pragma once

#include <cstdint>

namespace md::test {

// Of the calling thread, so far.
std::uint64_t allocations();

}  // namespace md::test
