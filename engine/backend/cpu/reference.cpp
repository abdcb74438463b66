#include "backend/cpu/reference.h"

#include "backend/cpu/cache_slot.h"
#include "backend/scalar_steps.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace rocmforge {
namespace {

std::vector<float> weight_row(const Weight& weight, int64_t row)
{
    std::vector<float> values(static_cast<size_t>(weight.n_in));
    const auto* data = static_cast<const std::byte*>(weight.data);
    const int64_t offset = row * format_bytes(weight.format, weight.n_in);
    format_info(weight.format).dequantize(data + offset, values.data(), weight.n_in);
    return values;
}

template <typename A> double dot(const A* a, const float* b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; ++i)
        sum += double(a[i]) * double(b[i]);
    return sum;
}

/// (n_tokens, n_out) = x · weightᵀ, with what adapters add.
template <typename X> std::vector<double> product(const Weight& weight, const X* x, int64_t n_tokens)
{
    std::vector<double> y(static_cast<size_t>(n_tokens * weight.n_out));
    for (int64_t o = 0; o < weight.n_out; ++o) {
        const std::vector<float> row = weight_row(weight, o);
        for (int64_t t = 0; t < n_tokens; ++t)
            y[static_cast<size_t>(t * weight.n_out + o)] = dot(x + t * weight.n_in, row.data(), weight.n_in);
    }
    for (const Adapter* adapter = weight.adapter; adapter; adapter = adapter->next) {
        const std::vector<double> down = product(adapter->down, x, n_tokens);
        const std::vector<double> up = product(adapter->up, down.data(), n_tokens);
        for (size_t i = 0; i < y.size(); ++i)
            y[i] += double(adapter->scale) * up[i];
    }
    return y;
}

/// One row of a table, with what adapters add.
std::vector<double> adapted_row(const Weight& table, int64_t row)
{
    const std::vector<float> stored = weight_row(table, row);
    std::vector<double> values(stored.begin(), stored.end());
    for (const Adapter* adapter = table.adapter; adapter; adapter = adapter->next) {
        const std::vector<float> up = weight_row(adapter->up, row);
        for (size_t r = 0; r < up.size(); ++r) {
            const std::vector<float> down = weight_row(adapter->down, static_cast<int64_t>(r));
            for (size_t i = 0; i < values.size(); ++i)
                values[i] += double(adapter->scale) * double(up[r]) * double(down[i]);
        }
    }
    return values;
}

int32_t page_of(const BatchSequence& sequence, int position)
{
    return sequence.pages[static_cast<size_t>(position / page_tokens)];
}

CacheSlot key_slot(const KvLayer& kv, const BatchSequence& sequence, int position, int kv_head)
{
    return {kv.k_rows(), kv.k_head(page_of(sequence, position), kv_head), position % page_tokens};
}

CacheSlot value_slot(const KvLayer& kv, const BatchSequence& sequence, int position, int kv_head)
{
    return {kv.v_rows(), kv.v_head(page_of(sequence, position), kv_head), position % page_tokens};
}

double attention_score(const float* q, const std::vector<float>& key, int head, int distance,
                       const Attention& attention)
{
    double score = dot(q, key.data(), static_cast<int64_t>(key.size())) * attention.scale;
    if (attention.soft_cap > 0)
        score = attention.soft_cap * std::tanh(score / attention.soft_cap);
    if (attention.alibi_slopes)
        score -= double(attention.alibi_slopes[head]) * distance;
    return score;
}

/// Softmax over the scores, with the sink as one more logit whose share is dropped.
void softmax(std::vector<double>& scores, const float* sink)
{
    double largest = sink ? *sink : -std::numeric_limits<double>::infinity();
    for (const double score : scores)
        largest = std::max(largest, score);
    double sum = sink ? std::exp(*sink - largest) : 0;
    for (double& score : scores)
        sum += score = std::exp(score - largest);
    for (double& score : scores)
        score /= sum;
}

/// First position that a row at `position` sees, and the one after its last.
std::pair<int, int> visible_positions(const Attention& attention, const BatchSequence& sequence, int position)
{
    const int window = attention.window;
    const int end = sequence.n_past + sequence.n_tokens;
    if (attention.causal)
        return {window > 0 ? std::max(0, position - window + 1) : 0, position + 1};
    return window > 0
        ? std::pair(std::max(0, position - window / 2), std::min(end, position + window / 2 + 1))
        : std::pair(0, end);
}

/// y (v_head_dim) of one head of one row at `position`.
void attend(float* y, const float* q, const KvLayer& kv, const BatchSequence& sequence, int position,
            int head, const Attention& attention)
{
    const int kv_head = head / (attention.n_heads / kv.n_kv_heads);
    const auto [first, end] = visible_positions(attention, sequence, position);
    std::vector<double> weights;
    for (int p = first; p < end; ++p) {
        const std::vector<float> key = key_slot(kv, sequence, p, kv_head).load();
        weights.push_back(attention_score(q, key, head, std::abs(position - p), attention));
    }
    softmax(weights, attention.sinks ? attention.sinks + head : nullptr);

    std::vector<double> sum(static_cast<size_t>(kv.v_head_dim));
    for (int p = first; p < end; ++p) {
        const std::vector<float> value = value_slot(kv, sequence, p, kv_head).load();
        for (size_t i = 0; i < sum.size(); ++i)
            sum[i] += weights[static_cast<size_t>(p - first)] * value[i];
    }
    std::ranges::transform(sum, y, [](double value) { return static_cast<float>(value); });
}

} // namespace

Result<Weight> CpuReference::upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                           std::span<const std::byte> data)
{
    return Weight{format, n_in, n_out, data.data(), 0};
}

Result<const float*> CpuReference::upload_vector(std::span<const float> values)
{
    TRY(void* memory, allocate(static_cast<int64_t>(values.size_bytes())));
    std::ranges::copy(values, static_cast<float*>(memory));
    return static_cast<const float*>(memory);
}

Result<void*> CpuReference::allocate(int64_t bytes)
{
    constexpr size_t alignment = 64;
    const size_t rounded = (static_cast<size_t>(bytes) + alignment) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, rounded);
    if (!memory)
        return fail(ErrorKind::out_of_memory, "No memory for " + std::to_string(bytes) + " bytes.",
                    "Close other programs or choose a smaller model or context.");
    std::memset(memory, 0, rounded);
    memory_.emplace_back(memory);
    memory_used_ += static_cast<int64_t>(rounded);
    return memory;
}

void CpuReference::begin(const Batch&) { }

void CpuReference::embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale)
{
    for (const int32_t token : tokens)
        for (const double value : adapted_row(table, token))
            *x++ = static_cast<float>(value) * scale;
}

void CpuReference::norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width)
{
    for (int64_t row = 0; row < n_tokens; ++row)
        norm_row(y + row * width, x + row * width, norm, row, width);
}

void CpuReference::project(std::span<const Projection> projections, const float* x, const Norm* norm,
                           int n_tokens)
{
    const int64_t n_in = projections[0].weight->n_in;
    std::vector<float> normed(x, x + n_tokens * n_in);
    if (norm)
        this->norm(normed.data(), x, *norm, n_tokens, n_in);
    for (const Projection& p : projections) {
        const std::vector<double> products = product(*p.weight, normed.data(), n_tokens);
        for (size_t i = 0; i < products.size(); ++i) {
            const auto o = static_cast<int64_t>(i) % p.weight->n_out;
            const double y = products[i] + double(p.bias ? p.bias[o] : 0);
            p.out[i] = static_cast<float>(p.clamp > 0 ? std::clamp<double>(y, -p.clamp, p.clamp) : y);
        }
    }
}

void CpuReference::project_residual(float* x, const float* y, const Weight& weight, const float* bias,
                                    float scale, int n_tokens, const Norm*)
{
    std::vector<float> out(static_cast<size_t>(n_tokens * weight.n_out));
    const Projection projection{out.data(), &weight, bias};
    project({&projection, 1}, y, nullptr, n_tokens);
    add(x, out.data(), scale, static_cast<int64_t>(out.size()));
}

void CpuReference::rope_append(float* q, float* k, const float* v, const KvLayer& kv, const Batch& batch,
                               const Rope& rope, int n_heads)
{
    for (const BatchSequence& sequence : batch.sequences) {
        for (int i = 0; i < sequence.n_tokens; ++i) {
            const int64_t row = sequence.first_row + i;
            const int32_t position = batch.positions[static_cast<size_t>(row)];
            for (int64_t h = 0; h < n_heads; ++h) {
                float* head = q + (row * n_heads + h) * kv.k_head_dim;
                norm_and_rotate_head(head, kv.k_head_dim, rope, rope.q_norm, position);
            }
            for (int h = 0; h < kv.n_kv_heads; ++h) {
                float* head = k + (row * kv.n_kv_heads + h) * kv.k_head_dim;
                norm_and_rotate_head(head, kv.k_head_dim, rope, rope.k_norm, position);
                key_slot(kv, sequence, sequence.n_past + i, h).store(head);
                value_slot(kv, sequence, sequence.n_past + i, h)
                    .store(v + (row * kv.n_kv_heads + h) * kv.v_head_dim);
            }
        }
    }
}

void CpuReference::attention(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                             const Attention& attention)
{
    for (const BatchSequence& sequence : batch.sequences) {
        for (int i = 0; i < sequence.n_tokens; ++i) {
            for (int h = 0; h < attention.n_heads; ++h) {
                const int64_t head = int64_t{sequence.first_row + i} * attention.n_heads + h;
                attend(y + head * kv.v_head_dim, q + head * kv.k_head_dim, kv, sequence, sequence.n_past + i,
                       h, attention);
            }
        }
    }
}

void CpuReference::gated_ffn(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                             Activation activation, int n_tokens)
{
    std::vector<float> gated(static_cast<size_t>(n_tokens * gate.n_out));
    const Projection projections[] = {{gated.data(), &gate}, {h, &up}};
    project(projections, x, &norm, n_tokens);
    activate(h, gated.data(), h, activation, static_cast<int64_t>(gated.size()));
}

void CpuReference::logits(float* out, const float* x, const Batch& batch, const Norm& norm,
                          const Weight& weight, float scale)
{
    std::vector<float> rows;
    for (const int32_t row : batch.output_rows)
        rows.insert(rows.end(), x + row * weight.n_in, x + (row + 1) * weight.n_in);
    const Projection projection{out, &weight};
    project({&projection, 1}, rows.data(), &norm, batch.n_outputs());
    for (int64_t i = 0; i < batch.n_outputs() * weight.n_out; ++i)
        out[i] *= scale;
}

void CpuReference::copy_page(const KvLayer& kv, int32_t to, int32_t from)
{
    auto* k = static_cast<std::byte*>(kv.k);
    auto* v = static_cast<std::byte*>(kv.v);
    std::memcpy(k + to * kv.k_page_bytes(), k + from * kv.k_page_bytes(),
                static_cast<size_t>(kv.k_page_bytes()));
    std::memcpy(v + to * kv.v_page_bytes(), v + from * kv.v_page_bytes(),
                static_cast<size_t>(kv.v_page_bytes()));
}

void CpuReference::download(void* to, const void* from, int64_t bytes)
{
    std::memcpy(to, from, static_cast<size_t>(bytes));
}

} // namespace rocmforge
