// Every step of a backend as kernel launches, in order, on one stream.
#pragma once

#include "backend/backend.h"
#include "backend/hip/attention_launch.h"
#include "backend/hip/device_arena.h"
#include "backend/hip/device_batch.h"
#include "backend/hip/expert_tables.h"
#include "backend/hip/hip_backend.h"
#include "backend/hip/launch_parameters.h"
#include "backend/hip/products.h"
#include "backend/hip/recurrent_launch.h"
#include "backend/hip/scratch.h"

#include <memory>
#include <utility>

namespace rocmforge::hip {

class HipBackend final : public Backend {
public:
    /// `runtime` is the queue's, where it is the backend's to keep.
    HipBackend(std::unique_ptr<const Runtime> runtime, Queue queue, const HipOptions& options)
        : runtime_(std::move(runtime))
        , queue_(std::move(queue))
        , options_(options)
        , arena_(queue_.runtime(), options.chunk_bytes)
    {
    }

    /// What is under way reads the memory that goes.
    ~HipBackend() override { static_cast<void>(queue_.synchronize()); }
    HipBackend(const HipBackend&) = delete;
    HipBackend& operator=(const HipBackend&) = delete;

    [[nodiscard]] std::string name() const override
    {
        return "GPU " + queue_.device().name + " (" + queue_.device().target + ")";
    }

    [[nodiscard]] Result<Weight> upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                               std::span<const std::byte> data) override;
    [[nodiscard]] Result<const float*> upload_vector(std::span<const float> values) override;
    [[nodiscard]] Result<void*> allocate(int64_t bytes) override;

    void begin(const Batch& batch) override
    {
        batch_.begin(batch);
        batch_.resolve_tokens();
    }
    /// Steps of one token per sequence are recorded.
    [[nodiscard]] bool replay(const Batch& batch, const PassMemory& memory) override;
    void finish() override;
    void embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale) override;
    void norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width) override;
    void project(std::span<const Projection> projections, const float* x, const Norm* norm,
                 int n_tokens) override;
    void project_residual(float* x, const float* y, const Weight& weight, const float* bias, float scale,
                          int n_tokens, const Norm* next_norm) override;
    void rope_append(float* q, float* k, const float* v, const KvLayer& kv, const Batch& batch,
                     const Rope& rope, int n_heads) override;
    void attention(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                   const Attention& attention) override;
    void gated_ffn(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                   Activation activation, int n_tokens) override;
    void logits(float* out, const float* x, const Batch& batch, const Norm& norm, const Weight& weight,
                float scale) override;

    void activate(float* h, const float* gate, const float* up, Activation activation, int64_t n) override;
    void add(float* x, const float* y, float scale, int64_t n) override;
    void add_bias(float* x, const float* bias, int n_rows, int64_t width) override;
    void scale(float* x, float factor, int64_t n) override;
    void soft_cap(float* x, float cap, int64_t n) override;
    void gate_by_sigmoid(float* x, const float* gate, int64_t n, int64_t share) override;
    void clamped_swiglu(float* h, const float* gate, const float* up, float limit, int64_t n) override;
    void xielu(float* h, const float* x, const Xielu& parameters, int64_t n) override;
    void keep_above(float* x, float deviations, int n_rows, int64_t width) override;
    void match_power(float* y, const float* x, int n_rows, int64_t width) override;
    void mix(float* y, const float* x, const Mixing& mixing, int n_rows, int64_t width) override;
    void scale_by_position(float* x, const Batch& batch, float scale, int length, int64_t width) override;
    void rotate_queries(float* q, const Batch& batch, const Rope& rope, int n_heads, int head_dim) override;
    void project_heads(float* out, int64_t out_stride, const float* x, int64_t x_stride,
                       std::span<const Weight> heads, int n_tokens) override;
    void copy_rows(float* to, int64_t to_stride, const float* from, int64_t from_stride, int64_t width,
                   int64_t n_rows) override;
    void moe_route(const Routes& routes, const float* logits, const Routing& routing, int n_tokens) override;
    void moe_ffn(float* y, const float* x, const Experts& experts, const Routes& routes,
                 int n_tokens) override;

    void multiply_by(float* x, const float* y, int64_t n) override
    {
        elementwise("multiply_by", {.y = x, .a = y, .n = n});
    }
    void short_convolution(float* y, const float* x, const StateSlots& states, const Batch&,
                           const Convolution& convolution) override
    {
        launch_convolution(queue_, batch_, y, x, states, convolution);
    }
    void selective_scan(float* y, const ScanInputs& in, const StateSlots& states, const Batch&,
                        const SelectiveScan& scan) override
    {
        launch_scan(queue_, batch_, y, in, states, scan);
    }
    void gated_delta_rule(float* y, const DeltaInputs& in, const StateSlots& states, const Batch&,
                          const DeltaRule& rule) override
    {
        launch_delta_rule(queue_, batch_, y, in, states, rule);
    }

    void copy_page(const KvLayer& kv, int32_t to, int32_t from) override;
    void download(void* to, const void* from, int64_t bytes) override { queue_.copy(to, from, bytes); }
    void write(void* to, const void* from, int64_t bytes) override { queue_.copy(to, from, bytes); }
    [[nodiscard]] Status synchronize() override { return queue_.synchronize(); }

    [[nodiscard]] bool draws() const override { return true; }
    void draw(float* logits, const Batch&, int vocab_size) override
    {
        batch_.draws().launch(logits, batch_.tokens(), vocab_size);
    }
    [[nodiscard]] Result<std::span<const DrawnToken>> drawn() override { return batch_.draws().take(); }

    [[nodiscard]] MemoryUse memory_used() const override
    {
        return {arena_.bytes(), queue_.runtime().memory_used()};
    }
    [[nodiscard]] int64_t memory_free() const override;
    void take_memory_only(bool on) override
    {
        takes_memory_only_ = on;
        queue_.hold_launches(on);
    }
    [[nodiscard]] Result<std::unique_ptr<Backend>> rehearsal() const override;

private:
    /// Memory from the arena with this content, once the copy is done.
    [[nodiscard]] Result<void*> upload(const void* data, int64_t bytes);
    /// The same of a matrix whose blocks become planes.
    [[nodiscard]] Result<void*> upload_planes(const device::PlaneFields& fields, Format format,
                                              std::span<const std::byte> data);
    enum class Rounding { none, wanted };
    /// normed_ = norm of the given rows of x (null = all); x itself where there is no norm. Rounds it, too,
    /// where that is wanted and the norm is computed.
    [[nodiscard]] const float* normed(const float* x, const Norm* norm, const int32_t* rows, int n_rows,
                                      int64_t width, Rounding rounding);
    /// Where a launch is to round n values for the products that follow it; null = it is not to.
    [[nodiscard]] device::Rounded rounded_output(int n_columns, int64_t n, int64_t row_width);
    /// The products, and what the weights' adapters add to them.
    void multiply_adapted(std::span<const Projection> projections, ProductInput input);
    void add_adapter(const Projection& projection, const ProductInput& input, const Adapter& adapter);
    /// To the product of x with the table's matrices that `choice` tells.
    void add_chosen_adapters(float* out, int64_t out_stride, const MatrixTable& table, const float* x,
                             int64_t x_stride, MatrixChoice choice);
    /// To embeddings of these tokens, in device memory.
    void add_adapter_rows(float* x, const Adapter& adapter, const int32_t* tokens, int n_tokens, float scale);
    /// Rows of a table; `rows` null = the first.
    void expand_rows(float* x, const Weight& table, const int32_t* rows, int n_rows, float scale);
    /// What products of norm(x) read: what project_residual() prepared, or the norm, computed now.
    [[nodiscard]] ProductInput normed_input(std::span<const Projection> projections, const float* x,
                                            const Norm* norm, int n_tokens);
    /// project_residual() that prepares the norm of what it gives.
    void residual_product(const Projection& projection, ProductInput input, const Norm& next_norm);
    /// gated_ffn() in one launch after the norm's.
    void gated_product(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                       Activation activation, int n_tokens);
    /// Rows that experts multiply, as codes or as halves.
    [[nodiscard]] ProductInput expert_input(const Weight& weight, const float* x, int n_rows, int n_tokens);
    /// h (choice.n_columns, n_ff) = activation(gate) ∘ up of each column's expert, in one launch; and
    /// rounded.
    void fused_experts(float* h, const float* x, const Experts& experts, const ExpertTables::Tables& tables,
                       const MatrixChoice& choice, int n_tokens);
    /// The same in several, for all kinds of experts.
    void activated_experts(float* h, const float* x, const Experts& experts,
                           const ExpertTables::Tables& tables, const MatrixChoice& choice, int n_tokens);
    /// The product of n_rows rows with each column's matrix of the table, all like `shape`, adapters
    /// included.
    void multiply_experts(float* out, const float* x, int n_rows, const Weight& shape,
                          const MatrixTable& table, MatrixChoice choice, int n_tokens);
    /// One of the elementwise kernels on p.n elements.
    void elementwise(const char* kernel, const device::ElementwiseParameters& p)
    {
        queue_.launch(kernel, {elementwise_groups(p.n)}, p);
    }

    std::unique_ptr<const Runtime> runtime_; ///< outlives all that is below
    Queue queue_;
    HipOptions options_;
    DeviceArena arena_;
    Transfers transfers_{queue_};
    DeviceBatch batch_{queue_, transfers_};
    Recordings recordings_;
    bool is_recordable_ = false; ///< the pass that was begun
    bool takes_memory_only_ = false;
    ExpertTables expert_tables_{queue_, arena_};
    ColumnGrouping grouping_;
    Scratch normed_;
    RoundedRows rounded_;
    Scratch gate_; ///< gated_ffn() and moe_ffn(): (n_tokens, n_ff) per expert
    Scratch up_; ///< moe_ffn(): the same
    Scratch parts_; ///< moe_ffn(): (n_tokens, n_used, n_embd)
    Scratch adapter_rows_; ///< (n_tokens, rank), of experts once for each that is used
    Scratch adapter_directions_; ///< (rank, n_embd)
    AttentionScratch attention_scratch_;
};

} // namespace rocmforge::hip
