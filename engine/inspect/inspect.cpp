#include <rocmforge/model_info.h>

#include "backend/cpu/cpu_backend.h"
#include "gguf/gguf.h"
#include "inspect/memory_plan.h"
#include "inspect/parameter_count.h"
#include "inspect/quantization_name.h"
#include "model/architectures.h"
#include "model/config.h"
#include "model/model.h"
#include "tokenizer/tokenizer.h"

#include <algorithm>
#include <limits>
#include <system_error>

namespace rocmforge {
namespace {

/// Metadata read leniently: a key that is absent or wrong is no fact, which a fact sheet leaves out.
class Facts {
public:
    explicit Facts(const gguf::Metadata& metadata)
        : metadata_(metadata)
        , architecture_(text("general.architecture"))
    {
    }

    [[nodiscard]] const std::string& architecture() const { return architecture_; }

    [[nodiscard]] std::string text(std::string_view key) const
    {
        return std::string(metadata_.string(key, "").value_or(""));
    }

    /// Of "<architecture>.<name>"; the largest where the key has a value per layer.
    [[nodiscard]] int number(const std::string& name) const
    {
        const auto values = metadata_.integers(architecture_ + "." + name);
        if (!values || values->empty())
            return 0;
        const int64_t largest = std::ranges::max(*values);
        return largest < 0 || largest > std::numeric_limits<int>::max() ? 0 : static_cast<int>(largest);
    }

    [[nodiscard]] int vocab_size() const
    {
        const auto tokens = metadata_.strings("tokenizer.ggml.tokens");
        return tokens ? static_cast<int>(tokens->size()) : number("vocab_size");
    }

private:
    const gguf::Metadata& metadata_;
    std::string architecture_;
};

std::vector<Shard> shards(const gguf::File& file)
{
    std::vector<Shard> result;
    for (const auto& path : file.paths()) {
        std::error_code unreadable;
        const auto bytes = std::filesystem::file_size(path, unreadable);
        result.push_back({path, true, unreadable ? 0 : static_cast<int64_t>(bytes)});
    }
    for (const auto& path : file.missing_paths())
        result.push_back({path, false, 0});
    std::ranges::sort(result, {}, &Shard::path);
    return result;
}

void fill_names(ModelInfo& info, const Facts& facts, const gguf::Metadata& metadata)
{
    info.name = facts.text("general.name");
    if (info.name.empty())
        info.name = info.path.stem().string();
    info.architecture = facts.architecture();
    info.license = facts.text("general.license");
    info.quantization = quantization_name(metadata, info.formats);
    info.chat_template = facts.text("tokenizer.chat_template");
}

void fill_shape(ModelInfo& info, const Facts& facts)
{
    info.n_layers = facts.number("block_count");
    info.n_embd = facts.number("embedding_length");
    info.n_heads = facts.number("attention.head_count");
    info.n_kv_heads = facts.number("attention.head_count_kv");
    if (info.n_kv_heads == 0)
        info.n_kv_heads = info.n_heads;
    info.head_dim = facts.number("attention.key_length");
    if (info.head_dim == 0 && info.n_heads > 0)
        info.head_dim = info.n_embd / info.n_heads;
    info.n_ctx_train = facts.number("context_length");
    info.n_experts = facts.number("expert_count");
    info.n_experts_used = facts.number("expert_used_count");
    info.vocab_size = facts.vocab_size();
}

void fill_tensors(ModelInfo& info, const gguf::File& file)
{
    info.formats = format_shares(file.tensors());
    info.shards = shards(file);
    info.file_bytes = file.bytes();
    info.n_tensors = static_cast<int64_t>(file.tensors().size());
    const ParameterCount count = count_parameters(file.tensors(), info.n_experts, info.n_experts_used);
    info.n_parameters = count.total;
    info.n_active_parameters = count.active;
    info.bytes_per_token = count.bytes_per_token;
}

/// In memory. The formats' names come from the format list.
int64_t weight_bytes(std::span<const FormatShare> shares)
{
    int64_t bytes = 0;
    for (const FormatShare& share : shares)
        bytes += cpu_weight_bytes(*format_from_name(share.format), share.bytes);
    return bytes;
}

/// The tokenizer's description, or its kind where it cannot be made.
Status fill_tokenizer(ModelInfo& info, const gguf::Metadata& metadata)
{
    info.tokenizer = metadata.string("tokenizer.ggml.model", "").value_or("");
    TRY(const auto tokenizer, Tokenizer::create(metadata));
    info.tokenizer = tokenizer->description();
    std::ranges::copy(tokenizer->warnings(), std::back_inserter(info.warnings));
    return {};
}

/// "embedding model, pooling mean".
std::string embedding_purpose(const Config& config)
{
    const Pooling pooling = config.pooling.value_or(Pooling::mean);
    if (pooling == Pooling::rank)
        return "model that sorts search results";
    return "embedding model, pooling " + std::string(pooling_name(pooling));
}

/// The configuration, of a file that can be loaded.
Result<Config> check_loadable(const gguf::File& file, std::string_view architecture)
{
    TRY_STATUS(file.complete());
    TRY(Config config, read_config(file, architecture));
    if (file.tensors().empty())
        return fail(ErrorKind::missing_tensor, "The file holds a vocabulary but no weights.");
    TRY_STATUS(check_tensors(file, config));
    return config;
}

/// `info.unsupported` says already what is wrong with the tokenizer. Of two reasons, the one that no
/// other conversion of the model mends stays.
void fill_loadable(ModelInfo& info, const gguf::File& file, std::string_view architecture)
{
    const bool has_tokenizer = info.unsupported.empty();
    auto config = check_loadable(file, architecture);
    if (!config) {
        info.unsupported = config.error().message;
        if (config.error().kind != ErrorKind::unknown_architecture || !has_tokenizer)
            return;
        const std::string_view stand_in = stand_in_architecture().name;
        config = check_loadable(file, stand_in);
        info.can_try_as = config ? stand_in : "";
    }
    if (!config)
        return;
    if (config->makes_embeddings())
        info.embedding = embedding_purpose(*config);
    info.memory = plan_memory(*config, weight_bytes(info.formats));
}

} // namespace

Result<ModelInfo> inspect(const std::filesystem::path& path, std::string_view architecture)
{
    TRY(const gguf::File file, gguf::File::open(path, gguf::MissingShards::skip));
    const Facts facts(file.metadata());
    ModelInfo info;
    info.path = path;
    info.warnings.assign(file.warnings().begin(), file.warnings().end());
    fill_shape(info, facts);
    fill_tensors(info, file);
    fill_names(info, facts, file.metadata());
    if (const Status status = fill_tokenizer(info, file.metadata()); !status)
        info.unsupported = status.error().message;
    fill_loadable(info, file, architecture);
    return info;
}

} // namespace rocmforge
