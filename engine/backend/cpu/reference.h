// Every step of a backend, scalar, on one thread and in double precision: the definition that all
// other implementations are tested against. Steps run at once, on the calling thread.
#pragma once

#include "backend/backend.h"

#include <cstdlib>
#include <limits>
#include <memory>
#include <vector>

namespace rocmforge {

class CpuReference : public Backend {
public:
    [[nodiscard]] std::string name() const override { return "CPU reference, 1 thread"; }

    [[nodiscard]] Result<Weight> upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                               std::span<const std::byte> data) override;
    [[nodiscard]] Result<const float*> upload_vector(std::span<const float> values) override;
    [[nodiscard]] Result<void*> allocate(int64_t bytes) override;

    void begin(const Batch& batch) override;
    void embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale) override;
    void norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width) override;
    void project(std::span<const Projection> projections, const float* x, const Norm* norm,
                 int n_tokens) override;
    void project_residual(float* x, const float* y, const Weight& weight, const float* bias, float scale,
                          int n_tokens, const Norm*) override;
    void rope_append(float* q, float* k, const float* v, const KvLayer& kv, const Batch& batch,
                     const Rope& rope, int n_heads) override;
    void attention(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                   const Attention& attention) override;
    void gated_ffn(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                   Activation activation, int n_tokens) override;
    void logits(float* out, const float* x, const Batch& batch, const Norm& norm, const Weight& weight,
                float scale) override;
    void copy_page(const KvLayer& kv, int32_t to, int32_t from) override;
    void download(void* to, const void* from, int64_t bytes) override;
    void write(void* to, const void* from, int64_t bytes) override { download(to, from, bytes); }
    [[nodiscard]] Status synchronize() override { return {}; }
    [[nodiscard]] MemoryUse memory_used() const override { return {memory_used_, memory_used_}; }
    [[nodiscard]] int64_t memory_free() const override { return std::numeric_limits<int64_t>::max(); }
    [[nodiscard]] Result<std::unique_ptr<Backend>> rehearsal() const override
    {
        return fail(ErrorKind::unsupported, "The reference does not count before it takes memory.");
    }

private:
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    std::vector<std::unique_ptr<void, Free>> memory_;
    int64_t memory_used_ = 0;
};

} // namespace rocmforge
