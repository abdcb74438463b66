// Python's dict: keys in the order of insertion, looked up by equality (1, 1.0 and True are one key).
#pragma once

#include "value.h"

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rocmforge::jinja {

class Budget;

class Dict {
public:
    struct Entry {
        Value key;
        Value value;
    };

    /// Null when there is no such key. Keys that cannot be hashed raise TypeError.
    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] const Value* find(Budget& budget, const Value& key) const;
    /// An existing key keeps its place and takes the new value.
    void set(std::string_view key, Value value);
    void set(Budget& budget, Value key, Value value);

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] size_t size() const { return entries_.size(); }
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] int depth() const { return depth_; }

private:
    static constexpr size_t npos = static_cast<size_t>(-1);

    [[nodiscard]] size_t position(std::string_view key) const;
    [[nodiscard]] size_t position(Budget& budget, const Value& key, size_t hash) const;
    void store(size_t position, size_t hash, Value key, Value value);

    std::vector<Entry> entries_;
    std::unordered_multimap<size_t, size_t> positions_; ///< by the key's hash
    int depth_ = 1;
};

} // namespace rocmforge::jinja
