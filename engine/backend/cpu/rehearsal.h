// Stands in for the processors' backend while memory is planned.
#pragma once

#include "backend/backend.h"
#include "backend/cpu/arena.h"
#include "backend/cpu/weights.h"

#include <rocmforge/hardware.h>

#include <string>
#include <utility>

namespace rocmforge::cpu {

/// Counts what the arena of a CpuBackend would hold; its steps do nothing.
class CpuRehearsal final : public Backend {
public:
    explicit CpuRehearsal(std::string name)
        : name_(std::move(name))
    {
    }

    [[nodiscard]] std::string name() const override { return name_; }

    [[nodiscard]] Result<Weight> upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                               std::span<const std::byte>) override
    {
        return Weight{format, n_in, n_out, take(matrix_bytes(format, n_in, n_out)), 0};
    }
    [[nodiscard]] Result<const float*> upload_vector(std::span<const float> values) override
    {
        return static_cast<const float*>(take(static_cast<int64_t>(values.size_bytes())));
    }
    [[nodiscard]] Result<void*> allocate(int64_t bytes) override { return take(bytes); }

    void begin(const Batch&) override { }
    void embed(float*, const Weight&, std::span<const int32_t>, float) override { }
    void norm(float*, const float*, const Norm&, int, int64_t) override { }
    void project(std::span<const Projection>, const float*, const Norm*, int) override { }
    void project_residual(float*, const float*, const Weight&, const float*, float, int, const Norm*) override
    {
    }
    void rope_append(float*, float*, const float*, const KvLayer&, const Batch&, const Rope&, int) override {
    }
    void attention(float*, const float*, const KvLayer&, const Batch&, const Attention&) override { }
    void gated_ffn(float*, const float*, const Weight&, const Weight&, const Norm&, Activation, int) override
    {
    }
    void logits(float*, const float*, const Batch&, const Norm&, const Weight&, float) override { }
    void activate(float*, const float*, const float*, Activation, int64_t) override { }
    void add(float*, const float*, float, int64_t) override { }
    void add_bias(float*, const float*, int, int64_t) override { }
    void scale(float*, float, int64_t) override { }
    void soft_cap(float*, float, int64_t) override { }
    void gate_by_sigmoid(float*, const float*, int64_t, int64_t) override { }
    void clamped_swiglu(float*, const float*, const float*, float, int64_t) override { }
    void xielu(float*, const float*, const Xielu&, int64_t) override { }
    void keep_above(float*, float, int, int64_t) override { }
    void match_power(float*, const float*, int, int64_t) override { }
    void mix(float*, const float*, const Mixing&, int, int64_t) override { }
    void scale_by_position(float*, const Batch&, float, int, int64_t) override { }
    void rotate_queries(float*, const Batch&, const Rope&, int, int) override { }
    void project_heads(float*, int64_t, const float*, int64_t, std::span<const Weight>, int) override { }
    void copy_rows(float*, int64_t, const float*, int64_t, int64_t, int64_t) override { }
    void moe_route(const Routes&, const float*, const Routing&, int) override { }
    void moe_ffn(float*, const float*, const Experts&, const Routes&, int) override { }
    void multiply_by(float*, const float*, int64_t) override { }
    void short_convolution(float*, const float*, const StateSlots&, const Batch&, const Convolution&) override
    {
    }
    void selective_scan(float*, const ScanInputs&, const StateSlots&, const Batch&,
                        const SelectiveScan&) override
    {
    }
    void gated_delta_rule(float*, const DeltaInputs&, const StateSlots&, const Batch&,
                          const DeltaRule&) override
    {
    }
    void copy_page(const KvLayer&, int32_t, int32_t) override { }
    void download(void*, const void*, int64_t) override { }
    void write(void*, const void*, int64_t) override { }
    [[nodiscard]] Status synchronize() override { return {}; }

    [[nodiscard]] MemoryUse memory_used() const override { return {bytes_, bytes_}; }
    [[nodiscard]] int64_t memory_free() const override { return cpu_info().memory_available; }
    [[nodiscard]] Result<std::unique_ptr<Backend>> rehearsal() const override
    {
        return std::make_unique<CpuRehearsal>(name_);
    }

private:
    /// An address where nothing can be.
    void* take(int64_t bytes)
    {
        bytes_ += arena_bytes(bytes);
        return reinterpret_cast<void*>(bytes_); // NOLINT(performance-no-int-to-ptr)
    }

    std::string name_;
    int64_t bytes_ = 0;
};

} // namespace rocmforge::cpu
