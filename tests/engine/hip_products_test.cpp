#include "cpu_testing.h"
#include "emulated_gpu.h"

#include <algorithm>
#include <string>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr float slope = 0.75f;
/// NMSE of products in F32.
constexpr double tolerance = 1e-10;
/// Of tiles of halves: if each weight and each activation were off by the most that rounding to a half
/// can be, 2^-11 of itself, and their signs had nothing to do with each other.
constexpr double halfTolerance = 2.0 / (1 << 22);
/// Of activations rounded to 8 bits.
constexpr double codeTolerance = 1e-4;

constexpr int mostVectorColumns = 8;

/// Where activations are whole numbers, which rounding does not change.
double toleranceOfWhole(Format format, int nTokens)
{
    return nTokens > mostVectorColumns && format != Format::f32 ? halfTolerance : tolerance;
}

/// How much larger the same noise is beside sums that few bits or minimums make smaller.
double noiseOf(Format format)
{
    constexpr Format coarse[] = {Format::q2_k, Format::q3_k, Format::q4_1};
    return std::ranges::find(coarse, format) != std::end(coarse) ? 1.25 : 1.0;
}

double toleranceOf(Format format, int nTokens)
{
    return nTokens <= mostVectorColumns && std::ranges::find(codeFormats, format) != std::end(codeFormats)
        ? codeTolerance * noiseOf(format)
        : toleranceOfWhole(format, nTokens);
}

/// Where one matrix is F16 whatever the format is.
double toleranceWithF16(Format format, int nTokens)
{
    return std::max(toleranceOf(format, nTokens), toleranceOf(Format::f16, nTokens));
}

/// Of results that are multiplied with each other.
double toleranceOfBoth(Format format, int nTokens)
{
    return 2 * toleranceOf(format, nTokens);
}

double toleranceOfVectors(Format, int)
{
    return tolerance;
}

/// Odd on purpose: rows beyond a workgroup's, one row, one block, columns beyond those at once, tiles
/// that are not full.
struct Shape {
    int64_t nOut;
    int64_t nBlocks; ///< of the format's block, at least 32 weights
    int nTokens;
};
constexpr Shape shapes[] = {{16, 2, 3}, {33, 3, 5}, {7, 1, 33}, {70, 2, 67},
                            {48, 5, 1}, {1, 1, 1},  {64, 2, 1}};

/// As many large tiles as the emulated device has compute units.
constexpr Shape largeShape{390, 1, 100};

std::string nameOf(Format format)
{
    return std::string(format_info(format).name);
}

int64_t widthOf(Format format, const Shape& shape)
{
    return shape.nBlocks * std::max(32, format_info(format).block_weights);
}

struct Matrix {
    std::vector<std::byte> bytes;
    Weight reference;
    Weight tested;
};

size_t count(int64_t n)
{
    return static_cast<size_t>(n);
}

} // namespace

/// Every step that multiplies, in every format, on waves of 32 and of 64 lanes.
class HipProductsTest : public QObject {
    Q_OBJECT

private slots:
    void projectionEqualsReference_data() { addRows(); }
    void projectionEqualsReference()
    {
        forEachShape(toleranceOf, [this](Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const Matrix a = matrix(format, nIn, shape.nOut, 1), b = matrix(format, nIn, shape.nOut + 5, 2);
            const auto x = randomFloats(shape.nTokens * nIn, 3, 4.0f);
            const auto scale = randomFloats(nIn, 4), bias = randomFloats(shape.nOut, 5);
            const int64_t nA = shape.nTokens * shape.nOut, nB = shape.nTokens * (shape.nOut + 5);
            std::vector<float> expected(count(nA + nB));
            float* y = gpu_->put(expected);
            const Norm norm{.weight = scale.data()}, gpuNorm{.weight = gpu_->put(scale)};
            const Projection wanted[] = {{expected.data(), &a.reference, bias.data(), 0.5f},
                                         {expected.data() + nA, &b.reference}};
            const Projection got[] = {{y, &a.tested, gpu_->put(bias), 0.5f}, {y + nA, &b.tested}};
            reference_.project(wanted, x.data(), &norm, shape.nTokens);
            gpu_->backend().project(got, gpu_->put(x), &gpuNorm, shape.nTokens);
            return compare(y, expected);
        });
    }

    void residualIsScaledAndAdded_data() { addRows(); }
    void residualIsScaledAndAdded()
    {
        forEachShape(toleranceOfWhole,
                     [this](Format format, const Shape& shape) { return residualError(format, shape); });
    }

    void largeTilesEqualReference_data() { addRows(); }
    void largeTilesEqualReference()
    {
        QFETCH(QString, target);
        QFETCH(Format, format);
        start(target);
        QCOMPARE_LT(residualError(format, largeShape), toleranceOfWhole(format, largeShape.nTokens));
    }

    void gatedProductEqualsReference_data() { addRows(); }
    void gatedProductEqualsReference()
    {
        forEachShape(toleranceWithF16, [this](Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const Matrix gate = matrix(format, nIn, shape.nOut, 1),
                         up = matrix(Format::f16, nIn, shape.nOut, 2);
            const auto x = randomFloats(shape.nTokens * nIn, 3), scale = randomFloats(nIn, 4);
            const Norm norm{.weight = scale.data()}, gpuNorm{.weight = gpu_->put(scale)};
            std::vector<float> expected(count(shape.nTokens * shape.nOut));
            float* h = gpu_->put(expected);
            reference_.gated_ffn(expected.data(), x.data(), gate.reference, up.reference, norm,
                                 Activation::silu, shape.nTokens);
            gpu_->backend().gated_ffn(h, gpu_->put(x), gate.tested, up.tested, gpuNorm, Activation::silu,
                                      shape.nTokens);
            return compare(h, expected);
        });
    }

    void gatedProductOfOneFormatEqualsReference_data() { addRows(); }
    void gatedProductOfOneFormatEqualsReference()
    {
        forEachShape(toleranceOfBoth, [this](Format format, const Shape& shape) {
            if (shape.nOut == 1) // the product of two that may nearly cancel out
                return 0.0;
            const int64_t nIn = widthOf(format, shape);
            const Matrix gate = matrix(format, nIn, shape.nOut, 1), up = matrix(format, nIn, shape.nOut, 2);
            const auto x = randomFloats(shape.nTokens * nIn, 3), scale = randomFloats(nIn, 4);
            const Norm norm{.weight = scale.data()}, gpuNorm{.weight = gpu_->put(scale)};
            std::vector<float> expected(count(shape.nTokens * shape.nOut));
            float* h = gpu_->put(expected);
            reference_.gated_ffn(expected.data(), x.data(), gate.reference, up.reference, norm,
                                 Activation::silu, shape.nTokens);
            gpu_->backend().gated_ffn(h, gpu_->put(x), gate.tested, up.tested, gpuNorm, Activation::silu,
                                      shape.nTokens);
            return compare(h, expected);
        });
    }

    void roundedRowsAreThoseOfTheInput_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<Format>("format");
        QTest::addColumn<float>("factor");
        for (const char* target : emulatedTargets)
            for (const Format format : codeFormats)
                for (const float factor : {1.0f, -3.0f})
                    QTest::addRow("%s %s %g", target, nameOf(format).c_str(), double(factor))
                        << target << format << factor;
    }
    /// What a step rounded for the next one is not used when something changed the rows in between.
    void roundedRowsAreThoseOfTheInput()
    {
        QFETCH(QString, target);
        QFETCH(Format, format);
        QFETCH(float, factor);
        start(target);
        const int64_t nEmbd = 256, nFf = 512;
        for (const int nTokens : {1, 7}) {
            const Matrix gate = matrix(format, nEmbd, nFf, 1), up = matrix(format, nEmbd, nFf, 2),
                         down = matrix(format, nFf, nEmbd, 3);
            const auto scale = randomFloats(nEmbd, 4);
            const Norm norm{.weight = scale.data()}, gpuNorm{.weight = gpu_->put(scale)};
            auto expected = randomFloats(nTokens * nEmbd, 5);
            std::vector<float> h(count(nTokens * nFf));
            float* x = gpu_->put(expected);
            float* gpuH = gpu_->put(h);
            reference_.gated_ffn(h.data(), expected.data(), gate.reference, up.reference, norm,
                                 Activation::gelu, nTokens);
            reference_.scale(h.data(), factor, nTokens * nFf);
            reference_.project_residual(expected.data(), h.data(), down.reference, nullptr, 1, nTokens,
                                        nullptr);
            gpu_->backend().gated_ffn(gpuH, x, gate.tested, up.tested, gpuNorm, Activation::gelu, nTokens);
            if (factor != 1)
                gpu_->backend().scale(gpuH, factor, nTokens * nFf);
            gpu_->backend().project_residual(x, gpuH, down.tested, nullptr, 1, nTokens, nullptr);
            const double error = compare(x, expected);
            QVERIFY2(error < 3e-4 * noiseOf(format), qPrintable(QString::number(error)));
        }
    }

    void formatsThatComeTogetherShareALaunch_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<Format>("format");
        for (const char* target : emulatedTargets)
            for (const Format format : {Format::q4_k, Format::q5_k})
                QTest::addRow("%s %s", target, nameOf(format).c_str()) << target << format;
    }
    void formatsThatComeTogetherShareALaunch()
    {
        forEachShape(toleranceOf, [this](Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape), n = shape.nTokens * shape.nOut;
            const Matrix q = matrix(format, nIn, shape.nOut, 1), k = matrix(Format::q6_k, nIn, shape.nOut, 2),
                         v = matrix(format, nIn, shape.nOut, 3);
            const auto x = randomFloats(shape.nTokens * nIn, 4);
            std::vector<float> expected(count(3 * n));
            float* y = gpu_->put(expected);
            const Projection wanted[] = {{expected.data(), &q.reference},
                                         {expected.data() + n, &k.reference},
                                         {expected.data() + 2 * n, &v.reference}};
            const Projection got[] = {{y, &q.tested}, {y + n, &k.tested}, {y + 2 * n, &v.tested}};
            reference_.project(wanted, x.data(), nullptr, shape.nTokens);
            gpu_->backend().project(got, gpu_->put(x), nullptr, shape.nTokens);
            return compare(y, expected);
        });
    }

    void logitsAreOfTheOutputRows_data() { addRows(); }
    void logitsAreOfTheOutputRows()
    {
        forEachShape(toleranceOf, [this](Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const Matrix weight = matrix(format, nIn, shape.nOut, 1);
            const auto x = randomFloats(shape.nTokens * nIn, 2), scale = randomFloats(nIn, 3);
            const Norm norm{.weight = scale.data()}, gpuNorm{.weight = gpu_->put(scale)};
            std::vector<int32_t> rows;
            for (int32_t row = shape.nTokens - 1; row >= 0; row -= 3)
                rows.insert(rows.begin(), row);
            Batch batch;
            batch.output_rows = rows;
            std::vector<float> expected(rows.size() * count(shape.nOut));
            float* out = gpu_->put(expected);
            reference_.logits(expected.data(), x.data(), batch, norm, weight.reference, slope);
            gpu_->backend().begin(batch);
            gpu_->backend().logits(out, gpu_->put(x), batch, gpuNorm, weight.tested, slope);
            return compare(out, expected);
        });
    }

    void embeddingIsExact_data() { addRows(); }
    void embeddingIsExact()
    {
        forEachShape(toleranceOfVectors, [this](Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const Matrix table = matrix(format, nIn, shape.nOut, 1);
            std::vector<int32_t> tokens;
            tokens.reserve(count(shape.nTokens));
            for (int i = 0; i < shape.nTokens; ++i)
                tokens.push_back(static_cast<int32_t>((7 * i + 3) % shape.nOut));
            std::vector<float> expected(tokens.size() * count(nIn));
            float* x = gpu_->put(expected);
            reference_.embed(expected.data(), table.reference, tokens, slope);
            Batch batch;
            batch.tokens = tokens;
            gpu_->backend().begin(batch);
            gpu_->backend().embed(x, table.tested, tokens, slope);
            return compare(x, expected);
        });
    }

    void headsHaveMatricesOfTheirOwn_data() { addRows(); }
    void headsHaveMatricesOfTheirOwn()
    {
        forEachShape(toleranceOfVectors, [this](Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape), xStride = nIn + 3, outStride = shape.nOut + 2;
            const int nTokens = std::min(shape.nTokens, 5);
            std::vector<Weight> wanted, got;
            std::vector<Matrix> heads;
            for (unsigned h = 0; h < 3; ++h) {
                heads.push_back(matrix(format, nIn, shape.nOut, h + 1));
                wanted.push_back(heads.back().reference);
                got.push_back(heads.back().tested);
            }
            const auto x = randomFloats(nTokens * 3 * xStride, 5);
            std::vector<float> expected(count(nTokens * 3 * outStride), 7.0f);
            float* out = gpu_->put(expected);
            reference_.project_heads(expected.data(), outStride, x.data(), xStride, wanted, nTokens);
            gpu_->backend().project_heads(out, outStride, gpu_->put(x), xStride, got, nTokens);
            return compare(out, expected);
        });
    }

    void floatRowsMayHaveAnyLength_data()
    {
        QTest::addColumn<QString>("target");
        for (const char* target : emulatedTargets)
            QTest::addRow("%s", target) << target;
    }
    void floatRowsMayHaveAnyLength()
    {
        QFETCH(QString, target);
        start(target);
        for (const Format format : {Format::f32, Format::f16, Format::bf16})
            for (const int64_t nIn : {1, 7, 33, 300})
                for (const int nTokens : {1, 6, 20}) {
                    const Matrix weight = matrix(format, nIn, 11, 1);
                    const auto x = randomFloats(nTokens * nIn, 2);
                    std::vector<float> expected(count(nTokens * 11));
                    float* y = gpu_->put(expected);
                    const Projection wanted{expected.data(), &weight.reference}, got{y, &weight.tested};
                    reference_.project({&wanted, 1}, x.data(), nullptr, nTokens);
                    gpu_->backend().project({&got, 1}, gpu_->put(x), nullptr, nTokens);
                    QVERIFY(compare(y, expected) < toleranceOf(format, nTokens));
                }
    }

    void adaptersAreAdded_data() { floatRowsMayHaveAnyLength_data(); }
    void adaptersAreAdded()
    {
        QFETCH(QString, target);
        start(target);
        for (const int nTokens : {1, 5, 20}) {
            Matrix weight = matrix(Format::q8_0, 64, 30, 1);
            const Matrix down = matrix(Format::f32, 64, 4, 2), up = matrix(Format::f32, 4, 30, 3);
            const Adapter wantedLast{down.reference, up.reference, 0.5f},
                gotLast{down.tested, up.tested, 0.5f};
            const Adapter wanted{down.reference, up.reference, 2.0f, &wantedLast},
                got{down.tested, up.tested, 2.0f, &gotLast};
            weight.reference.adapter = &wanted;
            weight.tested.adapter = &got;
            const auto y = randomFloats(nTokens * 64, 2);
            auto expected = randomFloats(nTokens * 30, 4);
            float* x = gpu_->put(expected);
            reference_.project_residual(expected.data(), y.data(), weight.reference, nullptr, slope, nTokens,
                                        nullptr);
            gpu_->backend().project_residual(x, gpu_->put(y), weight.tested, nullptr, slope, nTokens,
                                             nullptr);
            QVERIFY(compare(x, expected) < toleranceOf(Format::q8_0, nTokens));
        }
    }

    void limitsHoldForTheSumWithAdapters_data() { floatRowsMayHaveAnyLength_data(); }
    void limitsHoldForTheSumWithAdapters()
    {
        QFETCH(QString, target);
        start(target);
        for (const int nTokens : {1, 5, 20}) {
            Matrix weight = matrix(Format::f32, 64, 30, 1);
            const Matrix down = matrix(Format::f32, 64, 4, 2), up = matrix(Format::f32, 4, 30, 3);
            const Adapter wantedAdapter{down.reference, up.reference, 0.5f},
                gotAdapter{down.tested, up.tested, 0.5f};
            weight.reference.adapter = &wantedAdapter;
            weight.tested.adapter = &gotAdapter;
            const auto x = randomFloats(nTokens * 64, 2);
            std::vector<float> expected(count(nTokens * 30));
            float* y = gpu_->put(expected);
            const Projection unlimited{expected.data(), &weight.reference};
            reference_.project({&unlimited, 1}, x.data(), nullptr, nTokens);
            const float limit = std::ranges::max(expected) / 2;
            const Projection wanted{expected.data(), &weight.reference, nullptr, limit},
                got{y, &weight.tested, nullptr, limit};
            reference_.project({&wanted, 1}, x.data(), nullptr, nTokens);
            gpu_->backend().project({&got, 1}, gpu_->put(x), nullptr, nTokens);
            QVERIFY(compare(y, expected) < toleranceOf(Format::f32, nTokens));
        }
    }

    void adaptersOfEmbeddingsAreAdded_data() { floatRowsMayHaveAnyLength_data(); }
    void adaptersOfEmbeddingsAreAdded()
    {
        QFETCH(QString, target);
        start(target);
        Matrix table = matrix(Format::q8_0, 64, 30, 1);
        const Matrix down = matrix(Format::f16, 64, 4, 2), up = matrix(Format::f32, 4, 30, 3);
        const Adapter wantedLast{down.reference, up.reference, 0.5f}, gotLast{down.tested, up.tested, 0.5f};
        const Adapter wanted{down.reference, up.reference, 2.0f, &wantedLast},
            got{down.tested, up.tested, 2.0f, &gotLast};
        table.reference.adapter = &wanted;
        table.tested.adapter = &got;
        const std::vector<int32_t> tokens{29, 0, 7, 7, 13};
        std::vector<float> expected(tokens.size() * 64);
        float* x = gpu_->put(expected);
        reference_.embed(expected.data(), table.reference, tokens, slope);
        Batch batch;
        batch.tokens = batch.positions = tokens;
        gpu_->backend().begin(batch);
        gpu_->backend().embed(x, table.tested, tokens, slope);
        QVERIFY(compare(x, expected) < 1e-10);
    }

    void wrongSizeIsRejected()
    {
        start("gfx1100");
        const std::vector<std::byte> bytes(100);
        const Result<Weight> weight = gpu_->backend().upload_matrix(Format::q8_0, 32, 4, bytes);
        QVERIFY(!weight);
        QVERIFY(weight.error().kind == ErrorKind::invalid_value);
    }

private:
    static void addRows()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<Format>("format");
        for (const char* target : emulatedTargets)
            for (const FormatInfo& info : formats())
                QTest::addRow("%s %s", target, nameOf(info.format).c_str()) << target << info.format;
    }

    void start(const QString& target)
    {
        gpu_.reset();
        gpu_ = std::make_unique<EmulatedGpu>(target);
        const Status status = gpu_->start();
        QVERIFY2(status, status ? "" : status.error().message.c_str());
    }

    /// `error` gives the NMSE of one case, `allowed` what it may be.
    template <typename Allowed, typename Error> void forEachShape(Allowed allowed, Error error)
    {
        QFETCH(QString, target);
        QFETCH(Format, format);
        start(target);
        for (const Shape& shape : shapes) {
            const double found = error(format, shape);
            const QString what = QString("NMSE %1 of %2 rows, %3 blocks, %4 tokens")
                                     .arg(found)
                                     .arg(shape.nOut)
                                     .arg(shape.nBlocks)
                                     .arg(shape.nTokens);
            // A single output may nearly cancel out.
            const double most = allowed(format, shape.nTokens) * (shape.nOut == 1 ? 1e3 : 1);
            QVERIFY2(found <= most, qPrintable(what));
        }
    }

    /// NMSE of a product, scaled, with a bias and added to what was there.
    double residualError(Format format, const Shape& shape)
    {
        const int64_t nIn = widthOf(format, shape);
        const Matrix weight = matrix(format, nIn, shape.nOut, 1);
        const auto y = wholeFloats(shape.nTokens * nIn, 2), bias = randomFloats(shape.nOut, 3);
        auto expected = randomFloats(shape.nTokens * shape.nOut, 4);
        float* x = gpu_->put(expected);
        reference_.project_residual(expected.data(), y.data(), weight.reference, bias.data(), slope,
                                    shape.nTokens, nullptr);
        gpu_->backend().project_residual(x, gpu_->put(y), weight.tested, gpu_->put(bias), slope,
                                         shape.nTokens, nullptr);
        return compare(x, expected);
    }

    Matrix matrix(Format format, int64_t nIn, int64_t nOut, unsigned seed)
    {
        Matrix m;
        m.bytes.resize(count(format_bytes(format, nIn * nOut)));
        format_info(format).quantize(randomFloats(nIn * nOut, seed, 0.1f).data(), m.bytes.data(), nIn * nOut);
        m.reference = reference_.upload_matrix(format, nIn, nOut, m.bytes).value();
        m.tested = gpu_->backend().upload_matrix(format, nIn, nOut, m.bytes).value();
        return m;
    }

    /// NMSE of what lies at `y` on the device; infinite where the device failed.
    double compare(const float* y, const std::vector<float>& expected) const
    {
        const std::vector<float> got = gpu_->get(y, expected.size());
        return got.empty() ? std::numeric_limits<double>::infinity() : nmse(got, expected);
    }

    CpuReference reference_;
    std::unique_ptr<EmulatedGpu> gpu_;
};

QTEST_GUILESS_MAIN(HipProductsTest)
#include "hip_products_test.moc"
