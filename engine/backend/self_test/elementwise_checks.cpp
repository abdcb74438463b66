// Norms and elementwise steps.
#include "backend/self_test/checks.h"

namespace rocmforge::self_test {
namespace {

constexpr int64_t n = 1001;

/// step(backend, y, x, n) on y and x of n elements.
template <typename Step> Check elementwise(std::string kernel, Step step)
{
    return {std::move(kernel), float_tolerance, [step](Trial& trial) {
                const float* x = trial.random(n, 1, 4);
                float* y = trial.random(n, 2);
                trial.run([&](Backend& backend) { step(backend, y, x); });
                trial.keep(y, n);
            }};
}

Check activation(std::string name, Activation activation)
{
    return elementwise("activation " + std::move(name), [activation](Backend& b, float* y, const float* x) {
        b.activate(y, x, y, activation, n);
    });
}

Check norm(std::string name, NormKind kind)
{
    return {"norm " + std::move(name), float_tolerance, [kind](Trial& trial) {
                constexpr int64_t width = 300;
                const float* x = trial.random(6 * width, 1, 3);
                const Norm norm{trial.random(2 * width, 2), trial.random(2 * width, 3), 1e-5f, kind, 2};
                float* y = trial.zeros(6 * width);
                trial.run([&](Backend& backend) { backend.norm(y, x, norm, 6, width); });
                trial.keep(y, 6 * width);
            }};
}

void check_position_scale(Trial& trial)
{
    const std::vector<int32_t> positions{0, 99, 100, 250000};
    const Batch batch{positions, positions, {}, {}};
    float* x = trial.random(4 * 33, 1);
    trial.run([&](Backend& backend) {
        backend.begin(batch);
        backend.scale_by_position(x, batch, 0.1f, 100, 33);
    });
    trial.keep(x, 4 * 33);
}

} // namespace

std::vector<Check> elementwise_checks()
{
    return {
        norm("RMS", NormKind::rms),
        norm("layer", NormKind::layer),
        activation("SiLU", Activation::silu),
        activation("GELU", Activation::gelu),
        activation("GELU by tanh", Activation::gelu_tanh),
        activation("ReLU", Activation::relu),
        elementwise("add", [](Backend& b, float* y, const float* x) { b.add(y, x, 0.3f, n); }),
        elementwise("add bias", [](Backend& b, float* y, const float* x) { b.add_bias(y, x, 143, 7); }),
        elementwise("multiply", [](Backend& b, float* y, const float* x) { b.multiply_by(y, x, n); }),
        elementwise("scale", [](Backend& b, float* y, const float*) { b.scale(y, 1.7f, n); }),
        elementwise("soft cap", [](Backend& b, float* y, const float*) { b.soft_cap(y, 0.5f, n); }),
        elementwise("gate", [](Backend& b, float* y, const float* x) { b.gate_by_sigmoid(y, x, n, 3); }),
        elementwise("clamped SwiGLU",
                    [](Backend& b, float* y, const float* x) { b.clamped_swiglu(y, x, y, 1.2f, n); }),
        elementwise("xIELU",
                    [](Backend& b, float* y, const float* x) {
                        b.xielu(y, x, {.positive = 0.8f, .negative = 0.9f, .slope = 0.5f, .limit = -1e-6f},
                                n);
                    }),
        elementwise("keep above", [](Backend& b, float* y, const float*) { b.keep_above(y, 0.7f, 7, 143); }),
        elementwise("match power", [](Backend& b, float* y, const float* x) { b.match_power(y, x, 7, 143); }),
        elementwise("mix", [](Backend& b, float* y, const float* x) { b.mix(y, x, {x + 9, 7, 3}, 11, 13); }),
        elementwise("copy rows",
                    [](Backend& b, float* y, const float* x) { b.copy_rows(y, 9, x, 0, 5, n / 9); }),
        {"scale by position", float_tolerance, check_position_scale},
    };
}

} // namespace rocmforge::self_test
