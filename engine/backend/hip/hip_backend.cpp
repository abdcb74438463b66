#include "backend/hip/hip_backend.h"

#include "backend/hip/attention_launch.h"
#include "backend/hip/device_arena.h"
#include "backend/hip/device_batch.h"
#include "backend/hip/expert_tables.h"
#include "backend/hip/launch_parameters.h"
#include "backend/hip/products.h"
#include "backend/hip/scratch.h"

#include <utility>

namespace rocmforge {

namespace {

using namespace hip;

class HipBackend final : public Backend {
public:
    HipBackend(Queue queue, const HipOptions& options)
        : queue_(std::move(queue))
        , arena_(queue_.runtime(), options.chunk_bytes)
    {
    }

    [[nodiscard]] std::string name() const override
    {
        return "GPU " + queue_.device().name + " (" + queue_.device().target + ")";
    }

    [[nodiscard]] Result<Weight> upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                               std::span<const std::byte> data) override;
    [[nodiscard]] Result<const float*> upload_vector(std::span<const float> values) override;
    [[nodiscard]] Result<void*> allocate(int64_t bytes) override;

    void begin(const Batch& batch) override { batch_.begin(batch); }
    void embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale) override;
    void norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width) override;
    void project(std::span<const Projection> projections, const float* x, const Norm* norm,
                 int n_tokens) override;
    void project_residual(float* x, const float* y, const Weight& weight, const float* bias, float scale,
                          int n_tokens) override;
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
    void scale_by_position(float* x, const Batch& batch, float scale, int length, int64_t width) override;
    void rotate_queries(float* q, const Batch& batch, const Rope& rope, int n_heads, int head_dim) override;
    void project_heads(float* out, int64_t out_stride, const float* x, int64_t x_stride,
                       std::span<const Weight> heads, int n_tokens) override;
    void copy_rows(float* to, int64_t to_stride, const float* from, int64_t from_stride, int64_t width,
                   int64_t n_rows) override;
    void moe_route(const Routes& routes, const float* logits, const Routing& routing, int n_tokens) override;
    void moe_ffn(float* y, const float* x, const Experts& experts, const Routes& routes,
                 int n_tokens) override;

    void copy_page(const KvLayer& kv, int32_t to, int32_t from) override;
    void download(void* to, const void* from, int64_t bytes) override { queue_.copy(to, from, bytes); }
    [[nodiscard]] Status synchronize() override
    {
        Status status = queue_.synchronize();
        transfers_.settled();
        return status;
    }

private:
    /// Memory from the arena with this content, once the copy is done.
    [[nodiscard]] Result<void*> upload(const void* data, int64_t bytes);
    /// normed_ = norm of the given rows of x (null = all); x itself where there is no norm.
    [[nodiscard]] const float* normed(const float* x, const Norm* norm, const int32_t* rows, int n_rows,
                                      int64_t width);
    /// One of the elementwise kernels on p.n elements.
    void elementwise(const char* kernel, const device::ElementwiseParameters& p)
    {
        queue_.launch(kernel, {elementwise_groups(p.n)}, p);
    }

    Queue queue_;
    DeviceArena arena_;
    Transfers transfers_{queue_};
    DeviceBatch batch_{transfers_};
    ExpertTables expert_tables_{queue_, arena_};
    Scratch normed_;
    Scratch gate_; ///< gated_ffn() and moe_ffn(): (n_tokens, n_ff) per expert
    Scratch up_; ///< moe_ffn(): the same
    Scratch parts_; ///< moe_ffn(): (n_tokens, n_used, n_embd)
    Scratch partial_; ///< attention split over pages
};

Result<void*> HipBackend::upload(const void* data, int64_t bytes)
{
    TRY(void* memory, arena_.allocate(bytes));
    queue_.copy(memory, data, bytes);
    TRY_STATUS(queue_.synchronize());
    return memory;
}

Result<Weight> HipBackend::upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                         std::span<const std::byte> data)
{
    if (static_cast<int64_t>(data.size()) != format_bytes(format, n_in * n_out))
        return fail(ErrorKind::invalid_value,
                    "A weight matrix has " + std::to_string(data.size()) + " bytes instead of "
                        + std::to_string(format_bytes(format, n_in * n_out)) + ".");
    TRY(void* memory, upload(data.data(), static_cast<int64_t>(data.size())));
    return Weight{format, n_in, n_out, memory, 0};
}

Result<const float*> HipBackend::upload_vector(std::span<const float> values)
{
    TRY(void* memory, upload(values.data(), static_cast<int64_t>(values.size_bytes())));
    return static_cast<const float*>(memory);
}

Result<void*> HipBackend::allocate(int64_t bytes)
{
    TRY(void* memory, arena_.allocate(bytes));
    queue_.fill_zero(memory, bytes);
    return memory;
}

const float* HipBackend::normed(const float* x, const Norm* norm, const int32_t* rows, int n_rows,
                                int64_t width)
{
    if (!norm)
        return x;
    float* y = normed_.reserve<float>(queue_, n_rows * width);
    if (y)
        queue_.launch("norm_rows", {n_rows}, norm_parameters(y, x, rows, *norm, width));
    return y;
}

void HipBackend::embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale)
{
    const device::EmbedParameters p{x,
                                    table.data,
                                    batch_.find(tokens),
                                    format_bytes(table.format, table.n_in),
                                    static_cast<int32_t>(table.n_in),
                                    scale};
    queue_.launch(kernel_name("embed", table.format), {static_cast<int64_t>(tokens.size())}, p);
}

void HipBackend::norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width)
{
    queue_.launch("norm_rows", {n_tokens}, norm_parameters(y, x, nullptr, norm, width));
}

void HipBackend::project(std::span<const Projection> projections, const float* x, const Norm* norm,
                         int n_tokens)
{
    const int64_t n_in = projections[0].weight->n_in;
    multiply(queue_, projections,
             {.x = normed(x, norm, nullptr, n_tokens, n_in), .stride = n_in, .n_columns = n_tokens});
}

void HipBackend::project_residual(float* x, const float* y, const Weight& weight, const float* bias,
                                  float scale, int n_tokens)
{
    const Projection projection{x, &weight, bias};
    multiply(queue_, {&projection, 1},
             {.x = y, .stride = weight.n_in, .n_columns = n_tokens, .scale = scale, .accumulate = true});
}

void HipBackend::rope_append(float* q, float* k, const float* v, const KvLayer& kv, const Batch& batch,
                             const Rope& rope, int n_heads)
{
    device::RopeParameters p = rope_parameters(rope, batch_);
    p.q = q;
    p.k = k;
    p.v = v;
    p.k_cache = kv.k;
    p.v_cache = kv.v;
    p.n_heads = n_heads;
    p.n_kv_heads = kv.n_kv_heads;
    p.k_dim = kv.k_head_dim;
    p.v_dim = kv.v_head_dim;
    if (queue_.succeeded(check_head(p.k_dim, p.v_dim)))
        queue_.launch(std::string("rope_append_") + cache_name(kv.type),
                      {batch.n_tokens(), n_heads + 2 * kv.n_kv_heads}, p, head_threads);
}

void HipBackend::rotate_queries(float* q, const Batch& batch, const Rope& rope, int n_heads, int head_dim)
{
    device::RopeParameters p = rope_parameters(rope, batch_);
    p.q = q;
    p.n_heads = n_heads;
    p.k_dim = head_dim;
    if (queue_.succeeded(check_head(head_dim, 0)))
        queue_.launch("rope_append_f32", {batch.n_tokens(), n_heads}, p, head_threads);
}

void HipBackend::attention(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                           const Attention& attention)
{
    if (queue_.succeeded(check_head(kv.k_head_dim, kv.v_head_dim)))
        launch_attention(queue_, partial_, batch_, {y, q, kv, batch.n_tokens(), attention});
}

void HipBackend::gated_ffn(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                           Activation activation, int n_tokens)
{
    const int64_t n = n_tokens * gate.n_out;
    float* gated = gate_.reserve<float>(queue_, n);
    const Projection projections[] = {{gated, &gate}, {h, &up}};
    project(projections, x, &norm, n_tokens);
    activate(h, gated, h, activation, n);
}

void HipBackend::logits(float* out, const float* x, const Batch& batch, const Norm& norm,
                        const Weight& weight, float scale)
{
    const Projection projection{out, &weight};
    const float* rows = normed(x, &norm, batch_.output_rows(), batch.n_outputs(), weight.n_in);
    multiply(queue_, {&projection, 1},
             {.x = rows, .stride = weight.n_in, .n_columns = batch.n_outputs(), .scale = scale});
}

void HipBackend::activate(float* h, const float* gate, const float* up, Activation activation, int64_t n)
{
    elementwise("activate", {.y = h, .a = gate, .b = up, .n = n, .activation = activation_kind(activation)});
}

void HipBackend::add(float* x, const float* y, float scale, int64_t n)
{
    elementwise("add", {.y = x, .a = y, .n = n, .factor = scale});
}

void HipBackend::add_bias(float* x, const float* bias, int n_rows, int64_t width)
{
    elementwise("add_bias", {.y = x, .a = bias, .n = n_rows * width, .width = width});
}

void HipBackend::scale(float* x, float factor, int64_t n)
{
    elementwise("scale", {.y = x, .n = n, .factor = factor});
}

void HipBackend::soft_cap(float* x, float cap, int64_t n)
{
    elementwise("soft_cap", {.y = x, .n = n, .factor = cap});
}

void HipBackend::gate_by_sigmoid(float* x, const float* gate, int64_t n, int64_t share)
{
    elementwise("gate_by_sigmoid", {.y = x, .a = gate, .n = n, .width = share});
}

void HipBackend::clamped_swiglu(float* h, const float* gate, const float* up, float limit, int64_t n)
{
    elementwise("clamped_swiglu", {.y = h, .a = gate, .b = up, .n = n, .factor = limit});
}

void HipBackend::scale_by_position(float* x, const Batch& batch, float scale, int length, int64_t width)
{
    const device::PositionScaleParameters p{x,     batch_.positions(), batch.n_tokens() * width, width, scale,
                                            length};
    queue_.launch("scale_by_position", {elementwise_groups(p.n)}, p);
}

void HipBackend::copy_rows(float* to, int64_t to_stride, const float* from, int64_t from_stride,
                           int64_t width, int64_t n_rows)
{
    const device::CopyRowsParameters p{to, from, to_stride, from_stride, width, n_rows};
    queue_.launch("copy_rows", {elementwise_groups(width * n_rows)}, p);
}

void HipBackend::project_heads(float* out, int64_t out_stride, const float* x, int64_t x_stride,
                               std::span<const Weight> heads, int n_tokens)
{
    const MatrixChoice choice{.matrices = expert_tables_.heads(heads),
                              .n_matrices = static_cast<int>(heads.size())};
    if (choice.matrices)
        multiply_chosen(queue_, out, out_stride, heads[0],
                        {.x = x, .stride = x_stride, .n_columns = n_tokens * choice.n_matrices}, choice);
}

void HipBackend::moe_route(const Routes& routes, const float* logits, const Routing& routing, int n_tokens)
{
    if (queue_.succeeded(check_routing(routing)))
        queue_.launch("moe_route", {n_tokens}, route_parameters(routes, logits, routing),
                      queue_.device().wave_size);
}

void HipBackend::moe_ffn(float* y, const float* x, const Experts& experts, const Routes& routes, int n_tokens)
{
    const Expert& first = experts.experts[0];
    const int64_t n_ff = first.up.weight.n_out, n_embd = first.down.weight.n_out;
    const int n_columns = n_tokens * experts.n_used; // one per token and expert that it takes
    float* gate = gate_.reserve<float>(queue_, n_columns * n_ff);
    float* up = up_.reserve<float>(queue_, n_columns * n_ff);
    float* parts = parts_.reserve<float>(queue_, n_columns * n_embd);
    const ExpertTables::Tables tables = expert_tables_.experts(experts.experts);
    if (!gate || !up || !parts || !tables.down)
        return;
    const bool weighted_input = experts.weighting == ExpertWeighting::input;
    MatrixChoice choice{.n_matrices = static_cast<int>(experts.experts.size()),
                        .chosen = routes.experts,
                        .column_scales = weighted_input ? routes.weights : nullptr,
                        .columns_per_x = experts.n_used};
    const ProductInput input{.x = x, .stride = n_embd, .n_columns = n_columns};
    choice.matrices = tables.gate;
    multiply_chosen(queue_, gate, n_ff, first.gate.weight, input, choice);
    choice.matrices = tables.up;
    multiply_chosen(queue_, up, n_ff, first.up.weight, input, choice);
    if (experts.swiglu_limit > 0)
        clamped_swiglu(up, gate, up, experts.swiglu_limit, n_columns * n_ff);
    else
        activate(up, gate, up, experts.activation, n_columns * n_ff);
    choice = {.matrices = tables.down, .n_matrices = choice.n_matrices, .chosen = routes.experts};
    multiply_chosen(queue_, parts, n_embd, first.down.weight,
                    {.x = up, .stride = n_ff, .n_columns = n_columns}, choice);
    const device::CombineParameters p{y,
                                      parts,
                                      weighted_input ? nullptr : routes.weights,
                                      n_tokens * n_embd,
                                      static_cast<int32_t>(n_embd),
                                      experts.n_used};
    queue_.launch("moe_combine", {elementwise_groups(p.n)}, p);
}

void HipBackend::copy_page(const KvLayer& kv, int32_t to, int32_t from)
{
    auto* k = static_cast<std::byte*>(kv.k);
    auto* v = static_cast<std::byte*>(kv.v);
    queue_.copy(k + to * kv.k_page_bytes(), k + from * kv.k_page_bytes(), kv.k_page_bytes());
    queue_.copy(v + to * kv.v_page_bytes(), v + from * kv.v_page_bytes(), kv.v_page_bytes());
}

} // namespace

Result<std::unique_ptr<Backend>> create_hip_backend(const hip::Runtime& runtime, const hip::Device& device,
                                                    const HipOptions& options)
{
    TRY(const std::vector<CodeObject> objects, code_objects(device.target));
    TRY(Queue queue, Queue::create(runtime, device, objects));
    return std::make_unique<HipBackend>(std::move(queue), options);
}

} // namespace rocmforge
