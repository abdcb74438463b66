#include "cpu_testing.h"
#include "emulated_gpu.h"

#include <functional>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

/// From far below to far above what activations are, dense around zero.
std::vector<float> inputs()
{
    std::vector<float> x{0.0f};
    for (float magnitude = 1e-6f; magnitude < 200.0f; magnitude *= 1.05f) {
        x.push_back(magnitude);
        x.push_back(-magnitude);
    }
    return x;
}

} // namespace

/// Norms and elementwise steps, on waves of 32 and of 64 lanes.
class HipElementwiseTest : public QObject {
    Q_OBJECT

private slots:
    void activationsArePrecise_data() { addTargets(); }
    void activationsArePrecise()
    {
        start();
        for (const Activation activation :
             {Activation::silu, Activation::gelu, Activation::gelu_tanh, Activation::relu})
            QVERIFY(check(1e-12, [&](Backend& backend, float* y, const float* x, int64_t n) {
                backend.activate(y, x, nullptr, activation, n);
            }));
    }

    void stepsEqualReference_data() { addTargets(); }
    void stepsEqualReference()
    {
        start();
        using Step = std::function<void(Backend&, float*, const float*, int64_t)>;
        const Step steps[] = {
            [](Backend& b, float* y, const float* x, int64_t n) { b.activate(y, x, y, Activation::silu, n); },
            [](Backend& b, float* y, const float* x, int64_t n) { b.add(y, x, 0.3f, n); },
            [](Backend& b, float* y, const float* x, int64_t n) { b.add_bias(y, x, int(n / 7), 7); },
            [](Backend& b, float* y, const float* x, int64_t n) { b.multiply_by(y, x, n); },
            [](Backend& b, float* y, const float*, int64_t n) { b.scale(y, 1.7f, n); },
            [](Backend& b, float* y, const float*, int64_t n) { b.soft_cap(y, 0.5f, n); },
            [](Backend& b, float* y, const float* x, int64_t n) { b.gate_by_sigmoid(y, x, n, 3); },
            [](Backend& b, float* y, const float* x, int64_t n) { b.clamped_swiglu(y, x, y, 1.2f, n); },
            [](Backend& b, float* y, const float* x, int64_t n) {
                b.xielu(y, x, {.positive = 0.8f, .negative = 0.9f, .slope = 0.5f, .limit = -1e-2f}, n);
            },
            [](Backend& b, float* y, const float*, int64_t n) { b.keep_above(y, 0.7f, int(n / 70), 70); },
            [](Backend& b, float* y, const float* x, int64_t n) { b.match_power(y, x, int(n / 70), 70); },
            [](Backend& b, float* y, const float* x, int64_t n) {
                b.mix(y, x, {x + 30, 5, 3}, int(n / 65), 13);
            },
            [](Backend& b, float* y, const float* x, int64_t n) { b.copy_rows(y, 9, x, 0, 5, n / 9); },
        };
        for (const Step& step : steps)
            QVERIFY(check(1e-12, step));
    }

    void normsEqualReference_data() { addTargets(); }
    void normsEqualReference()
    {
        start();
        for (const NormKind kind : {NormKind::rms, NormKind::layer})
            for (const int64_t width : {1, 40, 1000}) {
                const auto x = randomFloats(6 * width, 1, 3.0f);
                const auto weight = randomFloats(2 * width, 2), bias = randomFloats(2 * width, 3);
                std::vector<float> expected(x.size());
                float* y = gpu_->put(expected);
                Norm norm{weight.data(), bias.data(), 1e-5f, kind, 2};
                reference_.norm(expected.data(), x.data(), norm, 6, width);
                norm.weight = gpu_->put(weight);
                norm.bias = gpu_->put(bias);
                gpu_->backend().norm(y, gpu_->put(x), norm, 6, width);
                QVERIFY(nmse(gpu_->get(y, expected.size()), expected) < 1e-12);
            }
    }

    void queriesAreScaledByPosition_data() { addTargets(); }
    void queriesAreScaledByPosition()
    {
        start();
        const std::vector<int32_t> tokens(4), positions{0, 99, 100, 250000};
        Batch batch;
        batch.tokens = tokens;
        batch.positions = positions;
        auto expected = randomFloats(4 * 33, 1);
        float* x = gpu_->put(expected);
        reference_.scale_by_position(expected.data(), batch, 0.1f, 100, 33);
        gpu_->backend().begin(batch);
        gpu_->backend().scale_by_position(x, batch, 0.1f, 100, 33);
        QVERIFY(nmse(gpu_->get(x, expected.size()), expected) < 1e-12);
    }

private:
    static void addTargets()
    {
        QTest::addColumn<QString>("target");
        for (const char* target : emulatedTargets)
            QTest::addRow("%s", target) << target;
    }

    void start()
    {
        QFETCH(QString, target);
        gpu_.reset();
        gpu_ = std::make_unique<EmulatedGpu>(target);
        QVERIFY(gpu_->start());
    }

    /// Whether a step does the same to the same data on both.
    template <typename Step> bool check(double tolerance, Step step)
    {
        const std::vector<float> x = inputs();
        std::vector<float> expected = randomFloats(std::ssize(x), 1);
        float* y = gpu_->put(expected);
        step(reference_, expected.data(), x.data(), std::ssize(x));
        step(gpu_->backend(), y, gpu_->put(x), std::ssize(x));
        const double error = nmse(gpu_->get(y, expected.size()), expected);
        if (error > tolerance)
            qWarning("NMSE %g", error);
        return error <= tolerance;
    }

    CpuReference reference_;
    std::unique_ptr<EmulatedGpu> gpu_;
};

QTEST_GUILESS_MAIN(HipElementwiseTest)
#include "hip_elementwise_test.moc"
