// Attention layers of many shapes with random caches, for tests of backends against the reference.
#pragma once

#include "backend/cpu/cache_slot.h"
#include "cpu_testing.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace rocmforge::test {

/// For backends whose memory is the host's.
struct HostMemory {
    template <typename T> T* put(std::vector<T>& values) const { return values.data(); }
    template <typename T> void get(std::vector<T>&, const T*) const { }
};

/// Shapes of one attention layer and of the batch it works on.
struct AttentionCase {
    std::string name;
    int nHeads = 4;
    int nKvHeads = 2;
    int kDim = 64;
    int vDim = 64;
    int window = 0;
    float softCap = 0;
    bool sinks = false;
    bool alibi = false;
    bool causal = true;
    KvType type = KvType::f16;
    RopePairing pairing = RopePairing::interleaved;
    bool headNorms = false;
    NormOrder normOrder = NormOrder::before_rotation;
    std::vector<std::pair<int, int>> sequences{{0, 5}}; ///< n_past, n_tokens
};

/// What results may differ by from the reference's (NMSE). Where the last bit of a key's element differs, it
/// may round to the other neighbour: a step of 2^-11 in F16, of 1/127 in Q8_0, but of that element alone.
inline double cacheTolerance(KvType type, double ofF32)
{
    switch (type) {
    case KvType::f32:
        return ofF32;
    case KvType::f16:
        return 1e-7;
    case KvType::q8_0:
        break;
    }
    return 1e-6;
}

inline std::vector<AttentionCase> attentionCases()
{
    std::vector<AttentionCase> cases{
        {.name = "one token"},
        {.name = "multi-head", .nHeads = 3, .nKvHeads = 3, .sequences = {{0, 40}}},
        {.name = "one KV head, long past: split", .nHeads = 6, .nKvHeads = 1, .sequences = {{1000, 1}}},
        {.name = "split with sinks", .nKvHeads = 1, .sinks = true, .sequences = {{700, 2}}},
        {.name = "three sequences", .sequences = {{31, 1}, {0, 33}, {64, 7}}},
        {.name = "head size 80 and 40", .kDim = 80, .vDim = 40, .sequences = {{10, 50}}},
        {.name = "head size 20", .kDim = 20, .vDim = 20, .type = KvType::f32, .sequences = {{3, 9}}},
        {.name = "window", .window = 40, .sequences = {{100, 70}}},
        {.name = "window of one", .window = 1, .sequences = {{5, 40}}},
        {.name = "soft cap", .softCap = 2.0f, .sequences = {{50, 3}}},
        {.name = "slopes", .alibi = true, .pairing = RopePairing::none, .sequences = {{20, 30}}},
        {.name = "not causal", .causal = false, .sequences = {{0, 75}, {0, 20}}},
        {.name = "not causal, window", .window = 30, .causal = false, .sequences = {{0, 100}}},
        {.name = "not causal, slopes",
         .alibi = true,
         .causal = false,
         .pairing = RopePairing::none,
         .sequences = {{0, 70}}},
        {.name = "half split, F32",
         .type = KvType::f32,
         .pairing = RopePairing::half_split,
         .sequences = {{7, 90}}},
        {.name = "head norms", .pairing = RopePairing::half_split, .headNorms = true, .sequences = {{7, 3}}},
        {.name = "norms after",
         .headNorms = true,
         .normOrder = NormOrder::after_rotation,
         .sequences = {{0, 3}}},
        {.name = "group of 40", .nHeads = 40, .nKvHeads = 1, .kDim = 32, .vDim = 32, .sequences = {{33, 4}}},
        {.name = "latent", .nHeads = 5, .nKvHeads = 1, .kDim = 576, .vDim = 512, .sequences = {{40, 3}}},
        {.name = "head size 256, one token", .kDim = 256, .vDim = 256, .sequences = {{50, 1}}},
        {.name = "head size 7", .nKvHeads = 4, .kDim = 20, .vDim = 7, .sequences = {{30, 1}}},
        {.name = "head size 128", .nHeads = 8, .kDim = 128, .vDim = 128, .sequences = {{70, 50}, {3, 9}}},
        {.name = "head size 256", .kDim = 256, .vDim = 256, .sinks = true, .sequences = {{20, 45}}},
        {.name = "head size 192 and 136", .kDim = 192, .vDim = 136, .softCap = 3.0f, .sequences = {{0, 40}}},
        {.name = "head size 96, long past: split",
         .nHeads = 8,
         .nKvHeads = 1,
         .kDim = 96,
         .vDim = 96,
         .window = 500,
         .sinks = true,
         .sequences = {{600, 12}}},
    };
    for (size_t i = 0, n = cases.size(); i < n; ++i) {
        AttentionCase c = cases[i];
        if (c.type == KvType::f32)
            continue;
        c.name += ", Q8_0";
        c.type = KvType::q8_0;
        cases.push_back(c);
    }
    return cases;
}

/// The cache, batch and inputs of a case; the cache's past is random, its unused part NaN.
class AttentionLayer {
public:
    explicit AttentionLayer(const AttentionCase& c)
        : c_(c)
    {
        addSequences();
        kv_ = {nullptr, nullptr, c.type, c.nKvHeads, c.kDim, c.vDim};
        fill(k_, kv_.k_page_bytes(), kv_.k_rows(), 1);
        fill(v_, kv_.v_page_bytes(), kv_.v_rows(), 2);
        q = randomFloats(nTokens() * c.nHeads * c.kDim, 3, 2.0f);
        k = randomFloats(nTokens() * c.nKvHeads * c.kDim, 4, 2.0f);
        v = randomFloats(nTokens() * c.nKvHeads * c.vDim, 5);
        frequencies_ = {1.0f, 0.5f, 0.25f, 0.1f, 0.03f, 0.01f, 0.001f, 0.0001f};
        norms_ = randomFloats(c.kDim, 6);
        sinks_ = randomFloats(c.nHeads, 7);
        slopes_ = randomFloats(c.nHeads, 8, 0.1f);
    }

    /// Appends and attends: y (n_tokens, n_heads · v_dim). The layer's data goes through `memory` to
    /// where the backend works on it, and q and k come back.
    template <typename Memory> std::vector<float> run(Backend& backend, const Memory& memory)
    {
        const Batch batch{tokens_, positions_, sequences_, {}};
        std::vector<float> y(static_cast<size_t>(nTokens() * c_.nHeads * c_.vDim));
        float *onY = memory.put(y), *onQ = memory.put(q), *onK = memory.put(k);
        KvLayer kv = kv_;
        kv.k = memory.put(k_);
        kv.v = memory.put(v_);
        Rope rope = this->rope();
        rope.frequencies = memory.put(frequencies_);
        rope.q_norm.weight = rope.k_norm.weight = c_.headNorms ? memory.put(norms_) : nullptr;
        Attention attention = this->attention();
        attention.sinks = c_.sinks ? memory.put(sinks_) : nullptr;
        attention.alibi_slopes = c_.alibi ? memory.put(slopes_) : nullptr;
        backend.begin(batch);
        backend.rope_append(onQ, onK, memory.put(v), kv, batch, rope, c_.nHeads);
        backend.attention(onY, onQ, kv, batch, attention);
        memory.get(y, onY);
        memory.get(q, onQ);
        memory.get(k, onK);
        return y;
    }

    std::vector<float> q, k, v;

private:
    [[nodiscard]] int64_t nTokens() const { return static_cast<int64_t>(tokens_.size()); }

    /// Pages are handed out back to front, so that neither order nor place is the natural one.
    void addSequences()
    {
        pages_.resize(c_.sequences.size());
        for (size_t s = 0; s < c_.sequences.size(); ++s) {
            const auto [nPast, nNew] = c_.sequences[s];
            for (int i = 0; i * page_tokens < nPast + nNew; ++i)
                pages_[s].insert(pages_[s].begin(), nPages_++);
            sequences_.push_back({static_cast<int>(tokens_.size()), nNew, nPast, pages_[s]});
            for (int i = 0; i < nNew; ++i) {
                tokens_.push_back(0);
                positions_.push_back(nPast + i);
            }
        }
    }

    void fill(std::vector<uint16_t>& memory, int64_t pageBytes, const KvRows& rows, unsigned seed)
    {
        memory.resize(static_cast<size_t>(nPages_ * pageBytes / 2));
        auto* bytes = reinterpret_cast<std::byte*>(memory.data());
        const auto values = randomFloats(int64_t{nPages_} * c_.nKvHeads * page_tokens * rows.dim, seed);
        const std::vector<float> unused(static_cast<size_t>(rows.dim),
                                        std::numeric_limits<float>::quiet_NaN());
        const float* value = values.data();
        for (int64_t head = 0; head < nPages_ * c_.nKvHeads; ++head)
            for (int token = 0; token < page_tokens; ++token, value += rows.dim)
                CacheSlot{rows, bytes + head * rows.bytes(), token}.store(
                    isPast(static_cast<int32_t>(head / c_.nKvHeads), token) ? value : unused.data());
    }

    /// Whether a token's place in a page is of its sequence's past.
    [[nodiscard]] bool isPast(int32_t page, int token) const
    {
        for (const BatchSequence& sequence : sequences_)
            for (size_t i = 0; i < sequence.pages.size(); ++i)
                if (sequence.pages[i] == page)
                    return static_cast<int>(i) * page_tokens + token < sequence.n_past;
        return false;
    }

    [[nodiscard]] Rope rope() const
    {
        Rope rope;
        rope.pairing = c_.pairing;
        rope.n_rot = 16;
        rope.magnitude = 1.1f;
        rope.norm_order = c_.normOrder;
        return rope;
    }

    [[nodiscard]] Attention attention() const
    {
        Attention attention;
        attention.n_heads = c_.nHeads;
        attention.scale = 0.125f;
        attention.window = c_.window;
        attention.soft_cap = c_.softCap;
        attention.causal = c_.causal;
        return attention;
    }

    const AttentionCase& c_;
    int32_t nPages_ = 0;
    std::vector<std::vector<int32_t>> pages_;
    std::vector<BatchSequence> sequences_;
    std::vector<int32_t> tokens_, positions_;
    KvLayer kv_;
    std::vector<uint16_t> k_, v_;
    std::vector<float> frequencies_, norms_, sinks_, slopes_;
};

} // namespace rocmforge::test
