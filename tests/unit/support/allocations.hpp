// Counts what operator new gives out, for tests of code that must not allocate. A program that has
// allocations.cpp among its sources has its operator new and delete.
#pragma once

#include <cstdint>

namespace md::test {

// Of the calling thread, so far.
std::uint64_t allocations();

}  // namespace md::test
