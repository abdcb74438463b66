// The activations of feed-forward networks.
#pragma once

#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

DEVICE inline float activated(float x, ActivationKind activation)
{
    switch (activation) {
    case ActivationKind::silu:
        return x * sigmoid(x);
    case ActivationKind::gelu:
        return 0.5f * x * (1.0f + erf_of(x * 0.70710678f));
    case ActivationKind::gelu_tanh:
        return 0.5f * x * (1.0f + tanh_of(0.79788456f * (x + 0.044715f * x * x * x)));
    default:
        return maximum(x, 0.0f);
    }
}

} // namespace rocmforge::device
