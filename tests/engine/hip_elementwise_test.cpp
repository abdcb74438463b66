#include "cpu_testing.h"
#include "emulated_gpu.h"

#include <deque>
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

constexpr int n_experts = 24;
constexpr int n_used = 5;

} // namespace

/// Norms, elementwise steps and the choice of experts, on waves of 32 and of 64 lanes.
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

    void expertsAreChosenAsInReference_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<Gating>("gating");
        QTest::addColumn<int>("groups");
        for (const char* target : emulatedTargets)
            for (const Gating gating :
                 {Gating::softmax, Gating::sigmoid, Gating::softmax_of_chosen, Gating::sigmoid_of_chosen})
                for (const int groups : {1, 6, 24})
                    QTest::addRow("%s gating %d groups %d", target, int(gating), groups)
                        << target << gating << groups;
    }
    void expertsAreChosenAsInReference()
    {
        QFETCH(Gating, gating);
        QFETCH(int, groups);
        start();
        constexpr int nTokens = 7;
        const auto logits = randomFloats(nTokens * n_experts, 1);
        const auto bias = randomFloats(n_experts, 2, 0.2f), scales = randomFloats(n_experts, 3);
        Routing routing{n_experts,   n_used, gating,
                        bias.data(), groups, groups > 6 ? 9 : std::max(1, groups / 2),
                        true,        2.5f,   scales.data()};
        std::vector<int32_t> experts(nTokens * n_used);
        std::vector<float> weights(nTokens * n_used);
        const Routes onGpu{gpu_->put(experts), gpu_->put(weights)};
        reference_.moe_route({experts.data(), weights.data()}, logits.data(), routing, nTokens);
        routing.selection_bias = gpu_->put(bias);
        routing.expert_scales = gpu_->put(scales);
        gpu_->backend().moe_route(onGpu, gpu_->put(logits), routing, nTokens);
        QCOMPARE(gpu_->get(onGpu.experts, experts.size()), experts);
        QVERIFY(nmse(gpu_->get(onGpu.weights, weights.size()), weights) < 1e-12);
    }

    void expertsComputeAsInReference_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<ExpertWeighting>("weighting");
        QTest::addColumn<float>("limit");
        QTest::addColumn<bool>("gated");
        for (const char* target : emulatedTargets)
            for (const ExpertWeighting weighting : {ExpertWeighting::output, ExpertWeighting::input})
                for (const float limit : {0.0f, 0.7f})
                    QTest::addRow("%s weighting %d limit %g", target, int(weighting), double(limit))
                        << target << weighting << limit << true;
        QTest::newRow("without gates") << "gfx1100" << ExpertWeighting::output << 0.0f << false;
    }
    void expertsComputeAsInReference()
    {
        QFETCH(ExpertWeighting, weighting);
        QFETCH(float, limit);
        QFETCH(bool, gated);
        start();
        constexpr int nTokens = 3, nEmbd = 64, nFf = 96;
        std::vector<Expert> wanted(n_experts), got(n_experts);
        for (size_t e = 0; e < wanted.size(); ++e) {
            if (gated)
                fill(wanted[e].gate, got[e].gate, nEmbd, nFf);
            fill(wanted[e].up, got[e].up, nEmbd, nFf);
            fill(wanted[e].down, got[e].down, nFf, nEmbd);
        }
        std::vector<int32_t> experts;
        for (int i = 0; i < nTokens * n_used; ++i)
            experts.push_back(i * 5 % n_experts);
        auto weights = randomFloats(nTokens * n_used, 5);
        const auto x = randomFloats(nTokens * nEmbd, 6);
        std::vector<float> expected(x.size());
        float* y = gpu_->put(expected);
        Experts mixture{wanted, n_used, Activation::silu, limit, weighting};
        reference_.moe_ffn(expected.data(), x.data(), mixture, {experts.data(), weights.data()}, nTokens);
        mixture.experts = got;
        gpu_->backend().moe_ffn(y, gpu_->put(x), mixture, {gpu_->put(experts), gpu_->put(weights)}, nTokens);
        QVERIFY(nmse(gpu_->get(y, expected.size()), expected) < 1e-11);
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

    void fill(Linear& wanted, Linear& got, int64_t nIn, int64_t nOut)
    {
        const auto seed = static_cast<unsigned>(data_.size());
        const auto& weight = data_.emplace_back(randomFloats(nIn * nOut, seed, 0.1f));
        const auto& bias = data_.emplace_back(randomFloats(nOut, seed + 1));
        const auto bytes = std::as_bytes(std::span(weight));
        wanted = {reference_.upload_matrix(Format::f32, nIn, nOut, bytes).value(), bias.data()};
        got = {gpu_->backend().upload_matrix(Format::f32, nIn, nOut, bytes).value(), gpu_->put(bias)};
    }

    CpuReference reference_;
    std::unique_ptr<EmulatedGpu> gpu_;
    std::deque<std::vector<float>> data_;
};

QTEST_GUILESS_MAIN(HipElementwiseTest)
#include "hip_elementwise_test.moc"
