#include "backend/activation.h"
#include "cpu_testing.h"

#include <cmath>
#include <functional>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

/// From far below to far above what activations are, dense around zero.
std::vector<float> inputs()
{
    std::vector<float> x;
    for (float magnitude = 1e-6f; magnitude < 200.0f; magnitude *= 1.01f) {
        x.push_back(magnitude);
        x.push_back(-magnitude);
    }
    x.push_back(0.0f);
    return x;
}

} // namespace

class CpuElementwiseTest : public QObject {
    Q_OBJECT

private slots:
    void activationsArePrecise_data() { addSimdRows(); }
    void activationsArePrecise()
    {
        QFETCH(std::string, simd);
        BackendPair pair(simd);
        const std::vector<float> x = inputs();
        std::vector<float> y(x.size());
        for (const Activation activation :
             {Activation::silu, Activation::gelu, Activation::gelu_tanh, Activation::relu}) {
            pair.tested->activate(y.data(), x.data(), nullptr, activation, std::ssize(x));
            for (size_t i = 0; i < x.size(); ++i) {
                const float exact = apply(activation, x[i]);
                // The definition itself cancels in the tail, where all is as good as zero.
                if (std::abs(y[i] - exact) > 2e-6f * std::abs(exact) + 1e-13f)
                    QFAIL(qPrintable(QString("activation %1 of %2: %3, not %4")
                                         .arg(int(activation))
                                         .arg(x[i])
                                         .arg(y[i])
                                         .arg(exact)));
            }
        }
    }

    void gateIsMultiplied_data() { addSimdRows(); }
    void gateIsMultiplied()
    {
        QFETCH(std::string, simd);
        forEachLength(simd, [](Backend& backend, const std::vector<float>& x) {
            std::vector<float> y(randomFloats(std::ssize(x), 2));
            backend.activate(y.data(), x.data(), y.data(), Activation::silu, std::ssize(x));
            return y;
        });
    }

    void sumIsScaled_data() { addSimdRows(); }
    void sumIsScaled()
    {
        QFETCH(std::string, simd);
        forEachLength(simd, [](Backend& backend, const std::vector<float>& x) {
            std::vector<float> y(randomFloats(std::ssize(x), 2));
            backend.add(y.data(), x.data(), 0.3f, std::ssize(x));
            return y;
        });
    }

    void xieluEqualsReference_data() { addSimdRows(); }
    void xieluEqualsReference()
    {
        QFETCH(std::string, simd);
        const Xielu xielu{.positive = 0.8f, .negative = 0.9f, .slope = 0.5f, .limit = -0.1f};
        BackendPair pair(simd);
        const std::vector<float> x = inputs();
        std::vector<float> y(x.size());
        pair.tested->xielu(y.data(), x.data(), xielu, std::ssize(x));
        for (size_t i = 0; i < x.size(); ++i) {
            const double v = x[i], bent = v > 0 ? 0.8 * v * v : 0.9 * (std::expm1(std::min(v, -0.1)) - v);
            QCOMPARE_LT(std::abs(y[i] - (0.5 * v + bent)), 1e-6 * std::abs(v) * std::max(1.0, v) + 2e-8);
        }
    }

    void valuesFarAboveTheMeanAreKept_data() { addSimdRows(); }
    void valuesFarAboveTheMeanAreKept()
    {
        QFETCH(std::string, simd);
        BackendPair pair(simd);
        std::vector<float> x{10, 12, 14, 16, 18, 10, 10, 10, 10, 11}; // deviations √10 and √0.2
        pair.tested->keep_above(x.data(), 0.5f, 2, 5);
        const std::vector<float> expected{0, 0, 0, 0.4188612f, 2.4188612f, 0, 0, 0, 0, 0.5763932f};
        QCOMPARE_LT(nmse(x, expected), 1e-11);
        for (const int64_t n : {2, 15, 16, 17, 100, 4096}) {
            std::vector<float> rows = randomFloats(3 * n, 1), same = rows;
            pair.tested->keep_above(rows.data(), 0.4f, 3, n);
            pair.reference.keep_above(same.data(), 0.4f, 3, n);
            QCOMPARE_LT(nmse(rows, same), 1e-11);
        }
    }

    void rowsGetThePowerOfOthers_data() { addSimdRows(); }
    void rowsGetThePowerOfOthers()
    {
        QFETCH(std::string, simd);
        BackendPair pair(simd);
        const std::vector<float> x{3, 4, 0, 2, 1, 1};
        std::vector<float> y{0, 1, 3, 4, 0, 0};
        pair.tested->match_power(y.data(), x.data(), 3, 2);
        QCOMPARE_LT(nmse(y, std::vector<float>{0, 5, 1.2f, 1.6f, 0, 0}), 1e-13);
    }

    void everyRowIsMixedByAMatrixOfItsOwn_data() { addSimdRows(); }
    void everyRowIsMixedByAMatrixOfItsOwn()
    {
        QFETCH(std::string, simd);
        BackendPair pair(simd);
        const std::vector<float> weights{1, 2, -1, 0, 5, 1, 0, 1, 1, 1, 0, 3}; // (2, 2, 3)
        const std::vector<float> x{1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60}; // (2, 3, 2)
        std::vector<float> y{100, 100, 100, 100, 100, 100, 100, 100};
        pair.tested->mix(y.data(), x.data(), {weights.data(), 2, 3}, 2, 2);
        QCOMPARE(y, (std::vector<float>{102, 120, 113, 230, 111, 210, 122, 320}));
    }

    void rootMeanSquareNormEqualsReference_data() { addSimdRows(); }
    void rootMeanSquareNormEqualsReference()
    {
        QFETCH(std::string, simd);
        forEachLength(simd, [](Backend& backend, const std::vector<float>& x) {
            const auto weight = randomFloats(std::ssize(x), 3);
            std::vector<float> y(x.size());
            backend.norm(y.data(), x.data(), {.weight = weight.data()}, 1, std::ssize(x));
            return y;
        });
    }

    void layerNormEqualsReference_data() { addSimdRows(); }
    void layerNormEqualsReference()
    {
        QFETCH(std::string, simd);
        forEachLength(simd, [](Backend& backend, std::vector<float> x) {
            const auto weight = randomFloats(std::ssize(x), 3), bias = randomFloats(std::ssize(x), 4);
            for (float& value : x)
                value += 30.0f; // a mean that would drown the variance
            const Norm norm{weight.data(), bias.data(), 1e-5f, NormKind::layer};
            backend.norm(x.data(), x.data(), norm, 1, std::ssize(x));
            return x;
        });
    }

    void normGroupsAlternate_data() { addSimdRows(); }
    void normGroupsAlternate()
    {
        QFETCH(std::string, simd);
        forEachLength(simd, [](Backend& backend, const std::vector<float>& x) {
            const auto weight = randomFloats(3 * std::ssize(x), 3);
            const auto rows = randomFloats(7 * std::ssize(x), 4);
            std::vector<float> y(rows.size());
            backend.norm(y.data(), rows.data(), {.weight = weight.data(), .groups = 3}, 7, std::ssize(x));
            return y;
        });
    }

private:
    using Step = std::function<std::vector<float>(Backend&, const std::vector<float>&)>;

    static void forEachLength(const std::string& simd, const Step& step)
    {
        BackendPair pair(simd);
        for (const int64_t n : {1, 15, 16, 17, 100, 4096, 50001}) {
            const auto x = randomFloats(n, 1);
            const double error = nmse(step(*pair.tested, x), step(pair.reference, x));
            QVERIFY2(error < 1e-11, qPrintable(QString("NMSE %1 at length %2").arg(error).arg(n)));
        }
    }
};

QTEST_GUILESS_MAIN(CpuElementwiseTest)
#include "cpu_elementwise_test.moc"
