#include "cpu_testing.h"
#include "emulated_gpu.h"

#include <algorithm>
#include <list>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

std::string nameOf(Format format)
{
    return std::string(format_info(format).name);
}

constexpr int n_experts = 24;
constexpr int n_used = 5;

struct Mixture {
    ExpertWeighting weighting = ExpertWeighting::output;
    float limit = 0;
    bool gated = true;
    bool biased = false;
    int nTokens = 3;
    Format format = Format::f32;
};

/// Of tokens side by side, so many that their columns are sorted by experts.
constexpr int many_tokens = 70;

/// Experts that each token takes, none twice: the first ones so often that one tile does not hold their
/// tokens, the last ones never.
std::vector<int32_t> unevenChoice(int nTokens)
{
    std::vector<int32_t> experts;
    for (int token = 0; token < nTokens; ++token)
        for (int i = 0; i < n_used; ++i)
            experts.push_back(i < 2 ? i : 2 + (token * 7 + i) % (n_experts - 5));
    return experts;
}

} // namespace

Q_DECLARE_METATYPE(Mixture)

/// Mixtures of experts, and products of matrices per head, on waves of 32 and of 64 lanes.
class HipExpertsTest : public QObject {
    Q_OBJECT

private slots:
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
        QTest::addColumn<Mixture>("mixture");
        const auto add = [](const QString& target, const char* what, const Mixture& mixture) {
            QTest::newRow(qPrintable(QString("%1 %2 %3, %4 tokens")
                                         .arg(target, nameOf(mixture.format).c_str(), what)
                                         .arg(mixture.nTokens)))
                << target << mixture;
        };
        for (const QString target : emulatedTargets)
            for (const int nTokens : {3, many_tokens}) {
                for (const Format format : codeFormats)
                    if (nTokens < many_tokens)
                        add(target, "gated", {.nTokens = nTokens, .format = format});
                for (const Format format :
                     {Format::f32, Format::f16, Format::q8_0, Format::mxfp4, Format::iq3_s})
                    if (nTokens == many_tokens
                        || std::ranges::find(codeFormats, format) == std::end(codeFormats))
                        add(target, "gated", {.nTokens = nTokens, .format = format});
                for (const Format format : {Format::f32, Format::q8_0}) {
                    const auto input = ExpertWeighting::input;
                    add(target, "weighted input", {.weighting = input, .nTokens = nTokens, .format = format});
                    add(target, "clamped", {.limit = 0.7f, .nTokens = nTokens, .format = format});
                    add(target, "with biases", {.biased = true, .nTokens = nTokens, .format = format});
                    add(target, "without gates", {.gated = false, .nTokens = nTokens, .format = format});
                }
            }
    }
    void expertsComputeAsInReference()
    {
        QFETCH(Mixture, mixture);
        start();
        const int64_t nEmbd = widthOf(mixture.format, 64), nFf = widthOf(mixture.format, 96);
        std::vector<Expert> wanted(n_experts), got(n_experts);
        for (size_t e = 0; e < wanted.size(); ++e) {
            if (mixture.gated)
                fill(wanted[e].gate, got[e].gate, mixture, nEmbd, nFf);
            fill(wanted[e].up, got[e].up, mixture, nEmbd, nFf);
            fill(wanted[e].down, got[e].down, mixture, nFf, nEmbd);
        }
        auto experts = unevenChoice(mixture.nTokens);
        auto weights = randomFloats(mixture.nTokens * n_used, 5);
        const auto x = randomFloats(mixture.nTokens * nEmbd, 6);
        std::vector<float> expected(x.size());
        float* y = gpu_->put(expected);
        Experts own{wanted, n_used, Activation::silu, mixture.limit, mixture.weighting};
        reference_.moe_ffn(expected.data(), x.data(), own, {experts.data(), weights.data()}, mixture.nTokens);
        own.experts = got;
        gpu_->backend().moe_ffn(y, gpu_->put(x), own, {gpu_->put(experts), gpu_->put(weights)},
                                mixture.nTokens);
        const double error = nmse(gpu_->get(y, expected.size()), expected);
        QVERIFY2(error < toleranceOf(mixture), qPrintable(QString::number(error)));
        QCOMPARE(EmulatedGpu::hasRun("group_columns"), readsHalves(mixture));
    }

    void headsComputeAsInReference_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<int>("nTokens");
        for (const QString target : emulatedTargets)
            for (const int nTokens : {1, 3, many_tokens})
                QTest::newRow(qPrintable(QString("%1, %2 tokens").arg(target).arg(nTokens)))
                    << target << nTokens;
    }
    void headsComputeAsInReference()
    {
        QFETCH(int, nTokens);
        start();
        constexpr int nHeads = 6;
        constexpr int64_t nIn = 64, nOut = 72, inStride = 80, outStride = 75;
        std::vector<Linear> wanted(nHeads), got(nHeads);
        std::vector<Weight> wantedHeads, gotHeads;
        for (size_t h = 0; h < nHeads; ++h) {
            fill(wanted[h], got[h], {.format = Format::q8_0}, nIn, nOut);
            wantedHeads.push_back(wanted[h].weight);
            gotHeads.push_back(got[h].weight);
        }
        const auto x = randomFloats(int64_t{nTokens} * nHeads * inStride, 1);
        std::vector<float> expected(size_t(nTokens * nHeads * outStride), 5.0f);
        float* y = gpu_->put(expected);
        reference_.project_heads(expected.data(), outStride, x.data(), inStride, wantedHeads, nTokens);
        gpu_->backend().project_heads(y, outStride, gpu_->put(x), inStride, gotHeads, nTokens);
        const double error = nmse(gpu_->get(y, expected.size()), expected);
        QVERIFY2(error < (nTokens < 4 ? 1e-11 : halfTolerance), qPrintable(QString::number(error)));
        QCOMPARE(EmulatedGpu::hasRun("group_columns"), nTokens == many_tokens);
    }

private:
    /// As tiles round to halves, see HipProductsTest.
    static constexpr double halfTolerance = 2.0 / (1 << 22);
    /// Of activations rounded to 8 bits.
    static constexpr double codeTolerance = 1e-4;

    static int64_t widthOf(Format format, int64_t atLeast)
    {
        return std::max(atLeast, int64_t{format_info(format).block_weights});
    }

    static bool readsHalves(const Mixture& mixture)
    {
        return mixture.nTokens == many_tokens || mixture.format == Format::iq3_s;
    }

    /// Three products one after the other, of which two are multiplied with each other.
    static double toleranceOf(const Mixture& mixture)
    {
        const bool exact =
            mixture.format == Format::f32 || (mixture.format == Format::f16 && mixture.nTokens < many_tokens);
        if (exact)
            return 1e-11;
        return 4 * (readsHalves(mixture) ? halfTolerance : codeTolerance);
    }

    void start()
    {
        QFETCH(QString, target);
        gpu_.reset();
        gpu_ = std::make_unique<EmulatedGpu>(target);
        QVERIFY(gpu_->start());
    }

    void fill(Linear& wanted, Linear& got, const Mixture& mixture, int64_t nIn, int64_t nOut)
    {
        const Format format = mixture.format;
        const auto seed = static_cast<unsigned>(weights_.size());
        auto& bytes = weights_.emplace_back(size_t(format_bytes(format, nIn * nOut)));
        format_info(format).quantize(randomFloats(nIn * nOut, seed, 0.1f).data(), bytes.data(), nIn * nOut);
        wanted = {reference_.upload_matrix(format, nIn, nOut, bytes).value()};
        got = {gpu_->backend().upload_matrix(format, nIn, nOut, bytes).value()};
        if (!mixture.biased)
            return;
        const auto& bias = biases_.emplace_back(randomFloats(nOut, seed + 1));
        wanted.bias = bias.data();
        got.bias = gpu_->put(bias);
    }

    CpuReference reference_;
    std::unique_ptr<EmulatedGpu> gpu_;
    std::list<std::vector<std::byte>> weights_;
    std::list<std::vector<float>> biases_;
};

QTEST_GUILESS_MAIN(HipExpertsTest)
#include "hip_experts_test.moc"
