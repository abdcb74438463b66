#include "backend/cpu/cpu_backend.h"

#include "backend/cpu/adapter_products.h"
#include "backend/cpu/paged_attention.h"
#include "backend/cpu/products.h"
#include "backend/cpu/recurrence.h"
#include "backend/cpu/rehearsal.h"
#include "backend/cpu/rotations.h"
#include "backend/cpu/weights.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <cstring>
#include <system_error>

namespace rocmforge {

namespace {

using namespace cpu;

/// Elements below which a step is not worth waking other threads for.
constexpr int64_t serial_elements = 16384;

class CpuBackend final : public Backend {
public:
    CpuBackend(int n_threads, SimdLevel level)
        : kernels_(kernels(level))
        , pool_(n_threads)
    {
    }

    [[nodiscard]] std::string name() const override
    {
        const int n = pool_.n_threads();
        return "CPU " + std::string(simd_title(kernels_.level)) + ", " + std::to_string(n)
            + (n == 1 ? " thread" : " threads");
    }

    [[nodiscard]] Result<Weight> upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                               std::span<const std::byte> data) override
    {
        return pack_matrix(pool_, arena_, format, n_in, n_out, data);
    }

    [[nodiscard]] Result<const float*> upload_vector(std::span<const float> values) override
    {
        TRY(void* memory, allocate(static_cast<int64_t>(values.size_bytes())));
        std::memcpy(memory, values.data(), values.size_bytes());
        return static_cast<const float*>(memory);
    }

    [[nodiscard]] Result<void*> allocate(int64_t bytes) override
    {
        TRY(std::byte * memory, arena_.allocate(bytes));
        return memory;
    }

    void begin(const Batch&) override { rotations_.begin(); }

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
    void activate(float* h, const float* gate, const float* up, Activation activation, int64_t n) override;
    void add(float* x, const float* y, float scale, int64_t n) override;
    void xielu(float* h, const float* x, const Xielu& parameters, int64_t n) override;
    void keep_above(float* x, float deviations, int n_rows, int64_t width) override;
    void mix(float* y, const float* x, const Mixing& mixing, int n_rows, int64_t width) override;
    void short_convolution(float* y, const float* x, const StateSlots& states, const Batch& batch,
                           const Convolution& convolution) override;
    void selective_scan(float* y, const ScanInputs& in, const StateSlots& states, const Batch& batch,
                        const SelectiveScan& scan) override;
    void gated_delta_rule(float* y, const DeltaInputs& in, const StateSlots& states, const Batch& batch,
                          const DeltaRule& rule) override;
    void copy_page(const KvLayer& kv, int32_t to, int32_t from) override;

    void download(void* to, const void* from, int64_t bytes) override
    {
        std::memcpy(to, from, static_cast<size_t>(bytes));
    }

    void write(void* to, const void* from, int64_t bytes) override { download(to, from, bytes); }

    [[nodiscard]] Status synchronize() override { return std::exchange(error_, {}); }

    [[nodiscard]] MemoryUse memory_used() const override { return {arena_.bytes(), arena_.bytes()}; }
    [[nodiscard]] int64_t memory_free() const override { return cpu_info().memory_available; }
    [[nodiscard]] Result<std::unique_ptr<Backend>> rehearsal() const override
    {
        return std::make_unique<CpuRehearsal>(name());
    }

private:
    /// True where the step may go on; keeps the first error for synchronize().
    bool succeeded(Status status)
    {
        const bool done = status.has_value();
        if (!done && error_)
            error_ = std::move(status);
        return done;
    }

    /// Memory for n floats until the next call; null where there is none.
    float* reserve_rows(int64_t n)
    {
        Result<std::byte*> memory = rows_.reserve(n * int64_t{sizeof(float)});
        if (memory)
            return reinterpret_cast<float*>(*memory);
        succeeded(std::unexpected(std::move(memory).error()));
        return nullptr;
    }

    [[nodiscard]] bool takes_codes(const Weight& weight) const
    {
        return kernels_.multiply(weight.format).takes_codes;
    }

    /// All products of the prepared input.
    void multiply(std::span<Product> products)
    {
        if (!is_adapted(products))
            return cpu::multiply(pool_, kernels_, input_, products);
        succeeded(adapters_.multiply(input_, products));
    }

    /// Calls body(begin, end, thread) over `count` items of `width` elements each.
    template <typename Body> void for_each(int64_t count, int64_t width, Body&& body)
    {
        const int64_t chunk = std::max(pool_.chunk_for(count), serial_elements / std::max<int64_t>(width, 1));
        pool_.parallel_for(count, chunk, std::forward<Body>(body));
    }

    void norm_and_rotate(float* head, int64_t head_dim, const Rope& rope, const Norm& norm,
                         const Rotation& rotation) const;
    void rope_append_row(float* q, float* k, const float* v, const KvLayer& kv, const BatchSequence& sequence,
                         int64_t row, const Rope& rope, int n_heads) const;

    const Kernels& kernels_;
    ThreadPool pool_;
    Arena arena_;
    ProductInput input_{pool_, kernels_};
    AdapterProducts adapters_{pool_, kernels_};
    PagedAttention attention_{pool_, kernels_};
    Recurrence recurrence_{pool_, kernels_};
    Rotations rotations_;
    Scratch rows_; ///< gated_ffn() as two products, logits()
    Status error_;
};

void CpuBackend::embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale)
{
    const auto n_tokens = static_cast<int64_t>(tokens.size());
    for_each(n_tokens, table.n_in, [&](int64_t begin, int64_t end, int) {
        std::vector<std::byte> bytes(static_cast<size_t>(format_bytes(table.format, table.n_in)));
        for (int64_t i = begin; i < end; ++i) {
            float* row = x + i * table.n_in;
            expand_row(row, table, tokens[static_cast<size_t>(i)], bytes);
            if (table.adapter)
                add_adapters_to_row(row, table, tokens[static_cast<size_t>(i)]);
            std::transform(row, row + table.n_in, row, [scale](float value) { return value * scale; });
        }
    });
}

void CpuBackend::norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width)
{
    for_each(n_tokens, width, [&](int64_t begin, int64_t end, int) {
        for (int64_t row = begin; row < end; ++row) {
            Norm group = norm;
            const int64_t offset = row % norm.groups * width;
            group.weight = norm.weight ? norm.weight + offset : nullptr;
            group.bias = norm.bias ? norm.bias + offset : nullptr;
            kernels_.norm(y + row * width, x + row * width, group, width);
        }
    });
}

void CpuBackend::project(std::span<const Projection> projections, const float* x, const Norm* norm,
                         int n_tokens)
{
    std::vector<Product> products;
    bool codes = false;
    for (const Projection& p : projections) {
        products.push_back({.weight = p.weight, .y = p.out, .bias = p.bias, .clamp = p.clamp});
        codes = codes || takes_codes(*p.weight);
    }
    if (succeeded(input_.prepare(x, norm, n_tokens, projections[0].weight->n_in, codes)))
        multiply(products);
}

void CpuBackend::project_residual(float* x, const float* y, const Weight& weight, const float* bias,
                                  float scale, int n_tokens, const Norm*)
{
    Product product{.weight = &weight, .y = x, .bias = bias, .scale = scale, .accumulate = true};
    if (succeeded(input_.prepare(y, nullptr, n_tokens, weight.n_in, takes_codes(weight))))
        multiply({&product, 1});
}

void CpuBackend::gated_ffn(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                           Activation activation, int n_tokens)
{
    const bool codes = takes_codes(gate) || takes_codes(up);
    if (!succeeded(input_.prepare(x, &norm, n_tokens, gate.n_in, codes)))
        return;
    if (gate.format == up.format && !gate.adapter && !up.adapter)
        return multiply_gated(pool_, kernels_, input_, h, gate, up, activation);
    const int64_t n = n_tokens * gate.n_out;
    float* gated = reserve_rows(n);
    if (!gated)
        return;
    Product products[] = {{.weight = &gate, .y = gated}, {.weight = &up, .y = h}};
    multiply(products);
    activate(h, gated, h, activation, n);
}

void CpuBackend::logits(float* out, const float* x, const Batch& batch, const Norm& norm,
                        const Weight& weight, float scale)
{
    const int64_t width = weight.n_in;
    float* rows = reserve_rows(batch.n_outputs() * width);
    if (!rows)
        return;
    for (size_t i = 0; i < batch.output_rows.size(); ++i)
        std::copy_n(x + batch.output_rows[i] * width, width, rows + static_cast<int64_t>(i) * width);
    Product product{.weight = &weight, .y = out, .scale = scale};
    if (succeeded(input_.prepare(rows, &norm, batch.n_outputs(), width, takes_codes(weight))))
        multiply({&product, 1});
}

void CpuBackend::norm_and_rotate(float* head, int64_t head_dim, const Rope& rope, const Norm& norm,
                                 const Rotation& rotation) const
{
    if (norm.weight && rope.norm_order == NormOrder::before_rotation)
        kernels_.norm(head, head, norm, head_dim);
    kernels_.rotate(head, rotation);
    if (norm.weight && rope.norm_order == NormOrder::after_rotation)
        kernels_.norm(head, head, norm, head_dim);
}

void CpuBackend::rope_append_row(float* q, float* k, const float* v, const KvLayer& kv,
                                 const BatchSequence& sequence, int64_t row, const Rope& rope,
                                 int n_heads) const
{
    const Rotation rotation = rotations_.row(rope, row);
    const int position = sequence.n_past + static_cast<int>(row - sequence.first_row);
    const int32_t page = sequence.pages[static_cast<size_t>(position / page_tokens)];
    const int token = position % page_tokens;
    for (int64_t h = 0; h < n_heads; ++h)
        norm_and_rotate(q + (row * n_heads + h) * kv.k_head_dim, kv.k_head_dim, rope, rope.q_norm, rotation);
    for (int h = 0; h < kv.n_kv_heads; ++h) {
        const int64_t head = row * kv.n_kv_heads + h;
        float* key = k + head * kv.k_head_dim;
        norm_and_rotate(key, kv.k_head_dim, rope, rope.k_norm, rotation);
        kernels_.store_cached(kv.k_head(page, h), kv.k_rows(), token, key);
        kernels_.store_cached(kv.v_head(page, h), kv.v_rows(), token, v + head * kv.v_head_dim);
    }
}

void CpuBackend::rope_append(float* q, float* k, const float* v, const KvLayer& kv, const Batch& batch,
                             const Rope& rope, int n_heads)
{
    rotations_.prepare(rope, batch.positions);
    for (const BatchSequence& sequence : batch.sequences) {
        const int64_t width = int64_t{n_heads + kv.n_kv_heads} * kv.k_head_dim;
        for_each(sequence.n_tokens, width, [&](int64_t begin, int64_t end, int) {
            for (int64_t i = begin; i < end; ++i)
                rope_append_row(q, k, v, kv, sequence, sequence.first_row + i, rope, n_heads);
        });
    }
}

void CpuBackend::attention(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                           const Attention& attention)
{
    succeeded(attention_.run(y, q, kv, batch, attention));
}

void CpuBackend::activate(float* h, const float* gate, const float* up, Activation activation, int64_t n)
{
    for_each(n, 1, [&](int64_t begin, int64_t end, int) {
        kernels_.activate(h + begin, gate + begin, up ? up + begin : nullptr, activation, end - begin);
    });
}

void CpuBackend::add(float* x, const float* y, float scale, int64_t n)
{
    for_each(n, 1, [&](int64_t begin, int64_t end, int) {
        kernels_.add(x + begin, y + begin, scale, end - begin);
    });
}

void CpuBackend::xielu(float* h, const float* x, const Xielu& parameters, int64_t n)
{
    for_each(n, 1, [&](int64_t begin, int64_t end, int) {
        kernels_.xielu(h + begin, x + begin, parameters, end - begin);
    });
}

void CpuBackend::keep_above(float* x, float deviations, int n_rows, int64_t width)
{
    for_each(n_rows, width, [&](int64_t begin, int64_t end, int) {
        for (int64_t row = begin; row < end; ++row)
            kernels_.keep_above(x + row * width, deviations, width);
    });
}

void CpuBackend::mix(float* y, const float* x, const Mixing& mixing, int n_rows, int64_t width)
{
    const int64_t n_out = mixing.n_out, n_in = mixing.n_in;
    for_each(n_rows * n_out, n_in * width, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i)
            for (int64_t in = 0; in < n_in; ++in)
                kernels_.add(y + i * width, x + (i / n_out * n_in + in) * width,
                             mixing.weights[i * n_in + in], width);
    });
}

void CpuBackend::short_convolution(float* y, const float* x, const StateSlots& states, const Batch& batch,
                                   const Convolution& convolution)
{
    recurrence_.short_convolution(y, x, states, batch, convolution);
}

void CpuBackend::selective_scan(float* y, const ScanInputs& in, const StateSlots& states, const Batch& batch,
                                const SelectiveScan& scan)
{
    recurrence_.selective_scan(y, in, states, batch, scan);
}

void CpuBackend::gated_delta_rule(float* y, const DeltaInputs& in, const StateSlots& states,
                                  const Batch& batch, const DeltaRule& rule)
{
    succeeded(recurrence_.gated_delta_rule(y, in, states, batch, rule));
}

void CpuBackend::copy_page(const KvLayer& kv, int32_t to, int32_t from)
{
    auto* k = static_cast<std::byte*>(kv.k);
    auto* v = static_cast<std::byte*>(kv.v);
    std::memcpy(k + to * kv.k_page_bytes(), k + from * kv.k_page_bytes(),
                static_cast<size_t>(kv.k_page_bytes()));
    std::memcpy(v + to * kv.v_page_bytes(), v + from * kv.v_page_bytes(),
                static_cast<size_t>(kv.v_page_bytes()));
}

} // namespace

Result<std::unique_ptr<Backend>> create_cpu_backend(int n_threads, std::string_view simd)
{
    TRY(const SimdLevel level, choose_simd_level(simd));
    const CpuInfo info = cpu_info();
    const int wanted = n_threads > 0 ? n_threads : info.n_cores;
    try {
        return std::make_unique<CpuBackend>(std::clamp(wanted, 1, std::max(info.n_threads, 1)), level);
    } catch (const std::system_error& error) {
        return fail(ErrorKind::out_of_memory,
                    "The system refused to start " + std::to_string(wanted) + " threads: " + error.what()
                        + ".",
                    "Ask for fewer threads, or close other programs.");
    }
}

} // namespace rocmforge
