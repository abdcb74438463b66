#include "backend/hip/launch_parameters.h"

#include <algorithm>

namespace rocmforge::hip {
namespace {

device::RotationPairing rotation_pairing(RopePairing pairing)
{
    switch (pairing) {
    case RopePairing::interleaved:
        return device::RotationPairing::interleaved;
    case RopePairing::half_split:
        return device::RotationPairing::half_split;
    case RopePairing::none:
        break;
    }
    return device::RotationPairing::none;
}

device::RouteGating route_gating(Gating gating)
{
    switch (gating) {
    case Gating::softmax:
        return device::RouteGating::softmax;
    case Gating::sigmoid:
        return device::RouteGating::sigmoid;
    case Gating::softmax_of_chosen:
        return device::RouteGating::softmax_of_chosen;
    case Gating::sigmoid_of_chosen:
        break;
    }
    return device::RouteGating::sigmoid_of_chosen;
}

device::HeadNorm head_norm(const Norm& norm)
{
    return {norm.weight, norm.bias, norm.eps, norm.kind == NormKind::layer};
}

} // namespace

int64_t elementwise_groups(int64_t n)
{
    return (n + device::workgroup_threads - 1) / device::workgroup_threads;
}

device::ActivationKind activation_kind(Activation activation)
{
    switch (activation) {
    case Activation::silu:
        return device::ActivationKind::silu;
    case Activation::gelu:
        return device::ActivationKind::gelu;
    case Activation::gelu_tanh:
        return device::ActivationKind::gelu_tanh;
    case Activation::relu:
        break;
    }
    return device::ActivationKind::relu;
}

const char* cache_name(KvType type)
{
    switch (type) {
    case KvType::f32:
        return "f32";
    case KvType::f16:
        return "f16";
    case KvType::q8_0:
        break;
    }
    return "q8_0";
}

int32_t row_threads(int64_t width)
{
    return static_cast<int32_t>(
        std::clamp<int64_t>((width / 4 + 63) / 64 * 64, 64, device::max_norm_threads));
}

device::NormParameters norm_parameters(float* y, const float* x, const int32_t* rows, const Norm& norm,
                                       int64_t width)
{
    device::NormParameters p{};
    p.y = y;
    p.x = x;
    p.rows = rows;
    p.weight = norm.weight;
    p.bias = norm.bias;
    p.width = static_cast<int32_t>(width);
    p.n_threads = row_threads(width);
    p.groups = norm.groups;
    p.eps = norm.eps;
    p.centered = norm.kind == NormKind::layer;
    return p;
}

device::RopeParameters rope_parameters(const Rope& rope, const DeviceBatch& batch)
{
    device::RopeParameters p{};
    p.positions = batch.positions();
    p.slots = batch.slots();
    p.frequencies = rope.frequencies;
    p.q_norm = head_norm(rope.q_norm);
    p.k_norm = head_norm(rope.k_norm);
    p.n_rot = rope.n_rot;
    p.pairing = rotation_pairing(rope.pairing);
    p.magnitude = rope.magnitude;
    p.norm_first = rope.norm_order == NormOrder::before_rotation;
    return p;
}

device::RouteParameters route_parameters(const Routes& routes, const float* logits, const Routing& routing)
{
    return {routes.experts,
            routes.weights,
            logits,
            routing.selection_bias,
            routing.expert_scales,
            routing.n_experts,
            routing.n_used,
            routing.n_groups,
            routing.n_groups_used,
            route_gating(routing.gating),
            routing.normalized,
            routing.scale};
}

Status check_head(int k_dim, int v_dim)
{
    if (k_dim <= device::max_k_dim && v_dim <= device::max_v_dim)
        return {};
    return fail(ErrorKind::unsupported,
                "The model's attention heads of " + std::to_string(k_dim) + " and " + std::to_string(v_dim)
                    + " elements are longer than the GPU kernels take.",
                "Run this model on the CPU.");
}

Status check_routing(const Routing& routing)
{
    if (routing.n_experts <= device::max_experts && routing.n_used <= device::max_experts_used)
        return {};
    return fail(ErrorKind::unsupported,
                "The model's " + std::to_string(routing.n_experts)
                    + " experts are more than the GPU kernels take.",
                "Run this model on the CPU.");
}

} // namespace rocmforge::hip
