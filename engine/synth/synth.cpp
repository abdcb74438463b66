#include <rocmforge/synth.h>

#include "gguf/writer.h"
#include "quant/quantize.h"
#include "synth/synth_shapes.h"
#include "synth/synth_vocabulary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rocmforge {
namespace {

using namespace synth;

/// SplitMix64: the same numbers on every machine, which std's distributions do not promise.
class Random {
public:
    explicit Random(uint64_t seed)
        : state_(seed)
    {
    }
    uint64_t next()
    {
        uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        return z ^ z >> 31;
    }
    double uniform() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }
    float normal()
    {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        return static_cast<float>(radius * std::cos(2 * std::numbers::pi * uniform()));
    }

private:
    uint64_t state_;
};

std::vector<float> random_weights(const TensorPlan& tensor, int64_t n, Random& random)
{
    std::vector<float> weights(static_cast<size_t>(n));
    for (float& weight : weights)
        weight = tensor.mean + tensor.deviation * random.normal();
    return weights;
}

/// Quantizing a billion weights takes minutes; a stock of blocks is quantized and drawn from.
class BlockStock {
public:
    BlockStock(const TensorPlan& tensor, Random& random)
        : info_(format_info(tensor.format))
        , blocks_(static_cast<size_t>(n_blocks * info_.block_bytes))
    {
        const int64_t n = n_blocks * info_.block_weights;
        const auto weights = random_weights(tensor, n, random);
        quantize(tensor.format, weights.data(), blocks_.data(), n);
    }

    /// Fills whole rows with blocks drawn at random.
    void fill(std::span<std::byte> rows, Random& random) const
    {
        const size_t bytes = static_cast<size_t>(info_.block_bytes);
        for (size_t at = 0; at < rows.size(); at += bytes) {
            const size_t block = random.next() % n_blocks * bytes;
            std::copy_n(blocks_.begin() + static_cast<std::ptrdiff_t>(block), bytes,
                        rows.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }

private:
    static constexpr int64_t n_blocks = 1 << 11;
    const FormatInfo& info_;
    std::vector<std::byte> blocks_;
};

Status write_vector(gguf::Writer& writer, const TensorPlan& tensor, Random& random)
{
    const auto weights = random_weights(tensor, tensor.n_in, random);
    return writer.write(std::as_bytes(std::span(weights)));
}

Status write_matrix(gguf::Writer& writer, const TensorPlan& tensor, Random& random)
{
    const BlockStock stock(tensor, random);
    const int64_t row_bytes = format_bytes(tensor.format, tensor.n_in);
    constexpr int64_t rows_at_once = 256;
    std::vector<std::byte> rows;
    for (int64_t row = 0; row < tensor.n_out; row += rows_at_once) {
        rows.resize(static_cast<size_t>(std::min(rows_at_once, tensor.n_out - row) * row_bytes));
        stock.fill(rows, random);
        TRY_STATUS(writer.write(rows));
    }
    return {};
}

void set_model(gguf::Writer& writer, const Preset& preset, std::string_view quantization)
{
    const std::string arch(preset.architecture);
    const auto count = [](int n) { return static_cast<uint32_t>(n); };
    writer.set("general.architecture", arch);
    writer.set("general.name", "Synthetic " + std::string(preset.name) + " " + std::string(quantization));
    if (const int type = file_type(quantization); type >= 0)
        writer.set("general.file_type", count(type));
    writer.set(arch + ".block_count", count(preset.n_layers));
    writer.set(arch + ".context_length", count(preset.n_ctx));
    writer.set(arch + ".embedding_length", count(preset.n_embd));
    writer.set(arch + ".feed_forward_length", count(preset.n_ff));
    writer.set(arch + ".attention.head_count", count(preset.n_heads));
    writer.set(arch + ".attention.head_count_kv", count(preset.n_kv_heads));
    writer.set(arch + ".attention.layer_norm_rms_epsilon", preset.norm_eps);
    writer.set(arch + ".rope.freq_base", preset.rope_theta);
    writer.set(arch + ".rope.dimension_count", count(preset.head_dim));
    writer.set(arch + ".vocab_size", count(preset.vocab_size));
}

void set_tokenizer(gguf::Writer& writer, const Preset& preset)
{
    const SynthVocabulary vocabulary = make_vocabulary(preset.vocab_size);
    writer.set("tokenizer.ggml.model", "gpt2");
    writer.set("tokenizer.ggml.pre", std::string(preset.pre_tokenizer));
    writer.set("tokenizer.ggml.tokens", vocabulary.tokens);
    writer.set("tokenizer.ggml.token_type", vocabulary.types);
    writer.set("tokenizer.ggml.merges", vocabulary.merges);
    writer.set("tokenizer.ggml.bos_token_id", static_cast<uint32_t>(vocabulary.end_of_text));
    writer.set("tokenizer.ggml.eos_token_id", static_cast<uint32_t>(vocabulary.im_end));
    writer.set("tokenizer.ggml.add_bos_token", false);
    writer.set("tokenizer.chat_template",
               "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + "
               "'<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
               "{% endif %}");
}

int64_t total_bytes(std::span<const TensorPlan> tensors)
{
    int64_t bytes = 0;
    for (const TensorPlan& tensor : tensors)
        bytes += format_bytes(tensor.format, tensor.n_in) * tensor.n_out;
    return bytes;
}

} // namespace

std::vector<std::string> synth_presets()
{
    std::vector<std::string> names;
    for (const Preset& preset : presets())
        names.emplace_back(preset.name);
    return names;
}

Status write_synthetic_model(const std::filesystem::path& path, const SynthOptions& options)
{
    TRY(const Preset preset, find_preset(options.preset));
    TRY(const auto tensors, plan_tensors(preset, options.quantization));

    gguf::Writer writer;
    set_model(writer, preset, options.quantization);
    set_tokenizer(writer, preset);
    for (const TensorPlan& tensor : tensors) {
        const int64_t shape[] = {tensor.n_in, tensor.n_out};
        writer.add_tensor(tensor.name, tensor.format, std::span(shape, tensor.n_out > 1 ? 2 : 1));
    }
    TRY_STATUS(writer.begin(path));

    Random random(options.seed);
    const double total = static_cast<double>(total_bytes(tensors));
    int64_t done = 0;
    for (const TensorPlan& tensor : tensors) {
        TRY_STATUS(tensor.n_out > 1 ? write_matrix(writer, tensor, random)
                                    : write_vector(writer, tensor, random));
        done += format_bytes(tensor.format, tensor.n_in) * tensor.n_out;
        if (options.progress && !options.progress(static_cast<double>(done) / total))
            return fail(ErrorKind::cancelled, "Writing " + path.string() + " was cancelled.");
    }
    return writer.finish();
}

} // namespace rocmforge
