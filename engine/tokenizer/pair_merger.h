// The merging loop that byte-level BPE and SentencePiece's BPE share: the best-ranked pair of
// neighbours becomes one token, again and again (Sennrich et al. 2016, arXiv:1508.07909).
// O(n log n) in the number of symbols.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace rocmforge {

class PairMerger {
public:
    static constexpr uint32_t never = std::numeric_limits<uint32_t>::max();

    /// A stretch of the text that is one token so far.
    struct Symbol {
        int32_t token = -1; ///< -1: no token of the vocabulary
        uint32_t begin = 0; ///< bytes of the text, for whoever needs them
        uint32_t end = 0;
    };

    /// What a pair of neighbours may become.
    struct Merge {
        uint32_t rank = never; ///< lower goes first; never = these two do not merge
        int32_t token = -1;
    };

    void clear();
    void add(Symbol symbol) { nodes_.push_back({.symbol = symbol}); }

    /// Merges until nothing more can be. `find_merge(left, right)` tells what two symbols make;
    /// of equal ranks the leftmost goes first.
    template <typename FindMerge> void merge(const FindMerge& find_merge);

    /// The symbols that are left, in order.
    template <typename Visit> void for_each(const Visit& visit) const
    {
        for (uint32_t i = 0; i < nodes_.size(); i = nodes_[i].next)
            visit(nodes_[i].symbol);
    }

private:
    static constexpr uint32_t none = std::numeric_limits<uint32_t>::max();

    struct Node {
        Symbol symbol;
        uint32_t previous = none;
        uint32_t next = none;
        Merge merge = {}; ///< of this symbol and the next
    };

    /// Rank in the upper half, position in the lower: one comparison orders by both. A candidate
    /// whose rank is no longer its node's is out of date.
    using Candidate = uint64_t;

    void link();
    template <typename FindMerge> bool update(uint32_t left, const FindMerge& find_merge);
    [[nodiscard]] Candidate candidate(uint32_t left) const
    {
        return Candidate{nodes_[left].merge.rank} << 32 | left;
    }
    Candidate take_best();
    void join(uint32_t left);

    std::vector<Node> nodes_;
    // The pairs of the text as it came are sorted once; only those that merging makes need a heap.
    std::vector<Candidate> initial_;
    size_t n_taken_ = 0; ///< of initial_
    std::vector<Candidate> heap_;
};

inline void PairMerger::clear()
{
    nodes_.clear();
    initial_.clear();
    n_taken_ = 0;
    heap_.clear();
}

inline void PairMerger::link()
{
    const auto n = uint32_t(nodes_.size());
    for (uint32_t i = 0; i < n; ++i) {
        nodes_[i].previous = i == 0 ? none : i - 1;
        nodes_[i].next = i + 1 == n ? none : i + 1;
    }
}

/// Finds out what a node and its next one make; false where they do not merge.
template <typename FindMerge> bool PairMerger::update(uint32_t left, const FindMerge& find_merge)
{
    Node& node = nodes_[left];
    node.merge = node.next == none ? Merge{} : find_merge(node.symbol, nodes_[node.next].symbol);
    return node.merge.rank != never;
}

inline PairMerger::Candidate PairMerger::take_best()
{
    if (n_taken_ < initial_.size() && (heap_.empty() || initial_[n_taken_] < heap_.front()))
        return initial_[n_taken_++];
    std::ranges::pop_heap(heap_, std::greater<>());
    const Candidate best = heap_.back();
    heap_.pop_back();
    return best;
}

/// Makes the node and its next one into the token their pair stands for.
inline void PairMerger::join(uint32_t left)
{
    Node& node = nodes_[left];
    Node& absorbed = nodes_[node.next];
    node.symbol.token = node.merge.token;
    node.symbol.end = absorbed.symbol.end;
    node.next = absorbed.next;
    absorbed.merge = {};
    if (node.next != none)
        nodes_[node.next].previous = left;
}

template <typename FindMerge> void PairMerger::merge(const FindMerge& find_merge)
{
    link();
    for (uint32_t i = 0; i < nodes_.size(); ++i)
        if (update(i, find_merge))
            initial_.push_back(candidate(i));
    std::ranges::sort(initial_);

    while (n_taken_ < initial_.size() || !heap_.empty()) {
        const Candidate best = take_best();
        const auto left = uint32_t(best);
        if (candidate(left) != best)
            continue;
        join(left);
        for (const uint32_t changed : {nodes_[left].previous, left}) {
            if (changed != none && update(changed, find_merge)) {
                heap_.push_back(candidate(changed));
                std::ranges::push_heap(heap_, std::greater<>());
            }
        }
    }
}

} // namespace rocmforge
