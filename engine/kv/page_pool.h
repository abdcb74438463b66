// Who holds which page of the KV cache. A page is free, or used by sequences (counted), or cached:
// claimed by the radix tree, so that its content outlives its users. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace rocmforge {

class PagePool {
public:
    explicit PagePool(int n_pages);

    /// A free page, with one user. Nullopt when none is free.
    [[nodiscard]] std::optional<int32_t> allocate();
    /// One more user.
    void retain(int32_t page);
    /// One user less; without users a page is free unless it is cached.
    void release(int32_t page);
    /// Claims a page for the tree.
    void cache(int32_t page);
    /// Ends the claim; a page without users becomes free.
    void uncache(int32_t page);

    [[nodiscard]] int users(int32_t page) const { return at(page).users; }
    [[nodiscard]] int n_pages() const { return static_cast<int>(entries_.size()); }
    [[nodiscard]] int n_free() const { return static_cast<int>(free_.size()); }
    /// Pages with users.
    [[nodiscard]] int n_used() const { return n_used_; }
    /// Pages that could be used: free, or cached without users.
    [[nodiscard]] int n_available() const { return n_pages() - n_used_; }

private:
    struct Entry {
        int users = 0;
        bool cached = false;
    };
    [[nodiscard]] const Entry& at(int32_t page) const { return entries_[static_cast<size_t>(page)]; }
    [[nodiscard]] Entry& at(int32_t page) { return entries_[static_cast<size_t>(page)]; }

    std::vector<Entry> entries_;
    std::vector<int32_t> free_; ///< a stack
    int n_used_ = 0;
};

} // namespace rocmforge
