// A merge sort: stable, and safe for orders that contradict themselves, as NaN makes them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace rocmforge::jinja {

template <typename T, typename Less> void stable_sort(std::vector<T>& items, const Less& less)
{
    const auto at = [](std::vector<T>& v, size_t i) {
        return std::make_move_iterator(v.begin() + static_cast<std::ptrdiff_t>(std::min(i, v.size())));
    };
    for (size_t run = 1; run < items.size(); run *= 2) {
        std::vector<T> merged;
        merged.reserve(items.size());
        for (size_t i = 0; i < items.size(); i += 2 * run)
            std::merge(at(items, i), at(items, i + run), at(items, i + run), at(items, i + 2 * run),
                       std::back_inserter(merged), less);
        items = std::move(merged);
    }
}

} // namespace rocmforge::jinja
