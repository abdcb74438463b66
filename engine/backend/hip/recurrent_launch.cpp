#include "backend/hip/recurrent_launch.h"

#include "backend/hip/launch_parameters.h"

namespace rocmforge::hip {
namespace {

/// One wave per row of a state.
Grid grid_of_rows(const Queue& queue, const DeviceBatch& batch, int64_t n_rows)
{
    return {queue.groups_of_waves(n_rows), batch.n_sequences()};
}

Status check_state_row(int n)
{
    if (n <= device::max_state_row)
        return {};
    return fail(ErrorKind::unsupported,
                "The model's recurrent states have rows of " + std::to_string(n)
                    + " elements, more than the GPU kernels take.",
                "Run this model on the CPU.");
}

} // namespace

void launch_convolution(Queue& queue, const DeviceBatch& batch, float* y, const float* x,
                        const StateSlots& states, const Convolution& convolution)
{
    const device::ConvolutionParameters p{y,
                                          x,
                                          states.data,
                                          batch.sequences(),
                                          convolution.weight,
                                          convolution.bias,
                                          states.stride,
                                          static_cast<int32_t>(convolution.width),
                                          convolution.kernel,
                                          convolution.silu};
    queue.launch("short_convolution", {elementwise_groups(convolution.width), batch.n_sequences()}, p);
}

void launch_scan(Queue& queue, const DeviceBatch& batch, float* y, const ScanInputs& in,
                 const StateSlots& states, const SelectiveScan& scan)
{
    device::ScanParameters p{};
    p.y = y;
    p.x = in.x;
    p.b = in.b;
    p.c = in.c;
    p.dt = in.dt;
    p.states = states.data;
    p.sequences = batch.sequences();
    p.a = scan.a;
    p.d = scan.d;
    p.dt_bias = scan.dt_bias;
    p.x_stride = in.x_stride;
    p.bc_stride = in.bc_stride;
    p.state_stride = states.stride;
    p.n_heads = scan.n_heads;
    p.head_dim = scan.head_dim;
    p.n_state = scan.n_state;
    p.n_groups = scan.n_groups;
    p.a_width = scan.a_width;
    if (queue.succeeded(check_state_row(scan.n_state)))
        queue.launch("selective_scan", grid_of_rows(queue, batch, int64_t{p.n_heads} * p.head_dim), p);
}

void launch_delta_rule(Queue& queue, const DeviceBatch& batch, float* y, const DeltaInputs& in,
                       const StateSlots& states, const DeltaRule& rule)
{
    device::DeltaParameters p{};
    p.y = y;
    p.qkv = in.qkv;
    p.alpha = in.alpha;
    p.beta = in.beta;
    p.states = states.data;
    p.sequences = batch.sequences();
    p.a = rule.a;
    p.dt_bias = rule.dt_bias;
    p.state_stride = states.stride;
    p.n_k_heads = rule.n_k_heads;
    p.n_v_heads = rule.n_v_heads;
    p.k_dim = rule.k_head_dim;
    p.v_dim = rule.v_head_dim;
    p.consecutive = rule.sharing == KeySharing::consecutive;
    p.eps = rule.eps;
    if (queue.succeeded(check_state_row(rule.k_head_dim)))
        queue.launch("gated_delta_rule", grid_of_rows(queue, batch, rule.v_width()), p);
}

} // namespace rocmforge::hip
