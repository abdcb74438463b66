#include "cpu_testing.h"
#include "emulated_gpu.h"

#include <limits>
#include <list>
#include <numeric>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

std::string nameOf(Format format)
{
    return std::string(format_info(format).name);
}

constexpr int64_t nIn = 512, nEmbd = 768, nOut = 96;
/// NMSE of activations rounded twice to 8 bits, and of two results multiplied with each other.
constexpr double tolerance = 3e-4;

enum class Reader { projections, gated, logits };

struct Steps {
    Format format = Format::q8_0;
    int nTokens = 1;
    Reader reader = Reader::projections;
    // What may come between, or be unlike what was said.
    NormKind kind = NormKind::rms;
    bool otherNorm = false; ///< is taken
    float factor = 1; ///< on the rows, after the norm was prepared
    Format second = Format::q8_0; ///< of a matrix beside that of `format`
};

struct Weights {
    Weight residual, first, second;
};

/// All of one backend's memory.
struct Memory {
    Weights weights;
    Norm prepared, taken;
    const float* bias;
    const float* y; ///< (nTokens, nIn)
    float* x; ///< (nTokens, nEmbd)
    float* out; ///< (2, nTokens, nOut)
};

void take(Backend& backend, const Steps& steps, const Memory& m)
{
    const int n = steps.nTokens;
    std::vector<int32_t> tokens(static_cast<size_t>(n));
    std::iota(tokens.begin(), tokens.end(), 0);
    Batch batch;
    batch.tokens = batch.positions = batch.output_rows = tokens;
    backend.begin(batch);
    backend.project_residual(m.x, m.y, m.weights.residual, m.bias, 0.5f, n, &m.prepared);
    if (steps.factor != 1)
        backend.scale(m.x, steps.factor, n * nEmbd);
    const Projection projections[] = {{m.out, &m.weights.first}, {m.out + n * nOut, &m.weights.second}};
    if (steps.reader == Reader::projections)
        backend.project(projections, m.x, &m.taken, n);
    else if (steps.reader == Reader::gated)
        backend.gated_ffn(m.out, m.x, m.weights.first, m.weights.second, m.taken, Activation::silu, n);
    else
        backend.logits(m.out, m.x, batch, m.taken, m.weights.first, 0.75f);
}

} // namespace

Q_DECLARE_METATYPE(Steps)

/// A product that adds to the residual stream prepares the norm that reads it next.
class HipNextNormTest : public QObject {
    Q_OBJECT

private slots:
    void takesTheNormsPlace_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<Steps>("steps");
        for (const char* target : emulatedTargets)
            for (const Format format : codeFormats)
                for (const Reader reader : {Reader::projections, Reader::gated, Reader::logits})
                    QTest::addRow("%s %s %d", target, nameOf(format).c_str(), int(reader))
                        << target << Steps{.format = format, .reader = reader, .second = format};
        QTest::addRow("two formats") << "gfx1100" << Steps{.format = Format::q4_k, .second = Format::q6_k};
        QTest::addRow("two kernels") << "gfx1100" << Steps{.format = Format::q8_0, .second = Format::q5_k};
    }
    void takesTheNormsPlace()
    {
        QFETCH(QString, target);
        QFETCH(Steps, steps);
        for (const int nTokens : {1, 3, 8}) {
            steps.nTokens = nTokens;
            QVERIFY2(differenceOf(target, steps) < tolerance, qPrintable(difference()));
            QVERIFY(!normed_);
        }
    }

    void isNotTakenForAnother_data()
    {
        QTest::addColumn<Steps>("steps");
        QTest::newRow("layer norm") << Steps{.kind = NormKind::layer};
        QTest::newRow("another norm") << Steps{.otherNorm = true};
        QTest::newRow("rows that changed") << Steps{.factor = -3};
        QTest::newRow("a format without codes") << Steps{.format = Format::iq3_s};
        QTest::newRow("a format without codes beside it") << Steps{.second = Format::f32};
        QTest::newRow("many tokens") << Steps{.nTokens = 9};
    }
    void isNotTakenForAnother()
    {
        QFETCH(Steps, steps);
        QVERIFY2(differenceOf("gfx1100", steps) < tolerance, qPrintable(difference()));
        QVERIFY(normed_);
    }

private:
    [[nodiscard]] QString difference() const { return QString::number(difference_); }

    /// NMSE of the residual stream and of what reads it, against the reference.
    double differenceOf(const QString& target, const Steps& steps)
    {
        difference_ = std::numeric_limits<double>::infinity();
        EmulatedGpu gpu(target);
        if (!gpu.start())
            return difference_;
        const int64_t n = steps.nTokens;
        std::vector<float> x = randomFloats(n * nEmbd, 1, 5), out(size_t(2 * n * nOut));
        const std::vector<float> y = randomFloats(n * nIn, 2), bias = randomFloats(nEmbd, 3),
                                 norm = randomFloats(nEmbd, 4), other = randomFloats(nEmbd, 5);
        CpuReference reference;
        const Memory own{weights(reference, steps),
                         {norm.data(), nullptr, 1e-3f, steps.kind},
                         {(steps.otherNorm ? other : norm).data(), nullptr, 1e-3f, steps.kind},
                         bias.data(),
                         y.data(),
                         x.data(),
                         out.data()};
        const float* gpuNorm = gpu.put(norm);
        const Memory gpus{weights(gpu.backend(), steps),
                          {gpuNorm, nullptr, 1e-3f, steps.kind},
                          {steps.otherNorm ? gpu.put(other) : gpuNorm, nullptr, 1e-3f, steps.kind},
                          gpu.put(bias),
                          gpu.put(y),
                          gpu.put(x),
                          gpu.put(out)};
        take(reference, steps, own);
        take(gpu.backend(), steps, gpus);
        normed_ = EmulatedGpu::hasRun("norm_rows");
        const auto gotX = gpu.get(gpus.x, x.size()), gotOut = gpu.get(gpus.out, out.size());
        if (gotX.size() == x.size() && gotOut.size() == out.size())
            difference_ = std::max(nmse(gotX, x), nmse(gotOut, out));
        return difference_;
    }

    Weights weights(Backend& backend, const Steps& steps)
    {
        return {matrix(backend, steps.format, nIn, nEmbd, 6), matrix(backend, steps.format, nEmbd, nOut, 7),
                matrix(backend, steps.second, nEmbd, nOut, 8)};
    }

    Weight matrix(Backend& backend, Format format, int64_t width, int64_t height, unsigned seed)
    {
        auto& bytes = bytes_.emplace_back(size_t(format_bytes(format, width * height)));
        format_info(format).quantize(randomFloats(width * height, seed, 0.1f).data(), bytes.data(),
                                     width * height);
        return backend.upload_matrix(format, width, height, bytes).value();
    }

    double difference_ = 0;
    bool normed_ = false; ///< by a launch of its own
    std::list<std::vector<std::byte>> bytes_; ///< the reference reads them where they are
};

QTEST_GUILESS_MAIN(HipNextNormTest)
#include "hip_next_norm_test.moc"
