#include "inspect/parameter_count.h"

#include <algorithm>

namespace rocmforge {
namespace {

/// "blk.0.ffn_up_exps.weight" holds all experts of a layer.
bool holds_experts(const gguf::TensorInfo& tensor)
{
    return tensor.name.find("_exps.") != std::string_view::npos;
}

} // namespace

ParameterCount count_parameters(std::span<const gguf::TensorInfo> tensors, int n_experts, int n_experts_used)
{
    const bool tied = std::ranges::none_of(tensors, [](const auto& t) { return t.name == "output.weight"; });
    ParameterCount count;
    for (const gguf::TensorInfo& tensor : tensors) {
        const int64_t n_weights = tensor.n_weights();
        const int64_t active =
            n_experts > 0 && holds_experts(tensor) ? n_weights / n_experts * n_experts_used : n_weights;
        count.total += n_weights;
        count.active += active;
        const bool looked_up = tensor.name == "token_embd.weight" && !tied;
        count.bytes_per_token += format_bytes(tensor.format, looked_up ? tensor.shape[0] : active);
    }
    return count;
}

} // namespace rocmforge
