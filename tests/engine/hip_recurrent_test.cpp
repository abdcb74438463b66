#include "cpu_testing.h"
#include "emulated_gpu.h"

#include <deque>
#include <functional>
#include <limits>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr int n_slots = 3;
constexpr int n_sequences = 2;
constexpr int chunks[] = {1, 4, 2, 9};

/// Two sequences side by side, in slots that are not in their order.
struct Rows {
    std::vector<int32_t> tokens;
    std::vector<BatchSequence> sequences;

    Rows(int nPast, int n)
        : tokens(size_t(n_sequences * n))
        , sequences{{0, n, nPast, {}, 2}, {n, n, nPast, {}, 0}}
    {
    }
    [[nodiscard]] Batch batch() const { return {tokens, tokens, sequences, {}}; }
    [[nodiscard]] int64_t size() const { return std::ssize(tokens); }
};

/// The reference and the emulated GPU, and where both keep the same data.
struct Side {
    Backend& backend;
    std::function<const float*(const std::vector<float>&)> put;
    std::function<std::vector<float>(const float*, int64_t)> get;
};

/// A step of `width` outputs on either side.
using Step = std::function<void(const Side& side, float* y, const StateSlots& states, const Rows& rows)>;

} // namespace

/// The steps of recurrent layers, on waves of 32 and of 64 lanes, against the scalar definitions.
class HipRecurrentTest : public QObject {
    Q_OBJECT

private slots:
    void convolutionEqualsReference_data() { addTargets(); }
    void convolutionEqualsReference()
    {
        for (const auto& [width, kernel] : {std::pair(3, 2), std::pair(300, 4), std::pair(64, 7)}) {
            const auto weight = randomFloats(width * kernel, 1), bias = randomFloats(width, 2);
            check((kernel - 1) * width, width,
                  [&](const Side& side, float* y, const StateSlots& states, const Rows& rows) {
                      const Convolution convolution{side.put(weight), side.put(bias), kernel, width,
                                                    kernel != 2};
                      const float* x = side.put(randomFloats(rows.size() * width, 3));
                      side.backend.short_convolution(y, x, states, rows.batch(), convolution);
                  });
        }
    }

    void scanEqualsReference_data() { addTargets(); }
    void scanEqualsReference()
    {
        struct Shape {
            int nHeads, headDim, nState, nGroups, aWidth;
        };
        for (const Shape& s : {Shape{40, 1, 16, 1, 16}, Shape{6, 10, 130, 2, 1}, Shape{2, 3, 1, 2, 1}}) {
            SelectiveScan scan{s.nHeads, s.headDim, s.nState, s.nGroups};
            scan.a_width = s.aWidth;
            auto a = randomFloats(s.nHeads * s.aWidth, 1);
            for (float& value : a)
                value = -std::abs(value);
            const auto d = randomFloats(s.nHeads, 2), dtBias = randomFloats(s.nHeads, 3);
            const int64_t width = s.nHeads * s.headDim, bcStride = 2 * s.nGroups * s.nState + 3;
            check(scan.state_size(), width,
                  [&](const Side& side, float* y, const StateSlots& states, const Rows& rows) {
                      scan.a = side.put(a);
                      scan.d = side.put(d);
                      scan.dt_bias = side.put(dtBias);
                      const float* bc = side.put(randomFloats(rows.size() * bcStride, 4));
                      const ScanInputs in{side.put(randomFloats(rows.size() * (width + 7), 5)),
                                          width + 7,
                                          bc,
                                          bc + s.nGroups * s.nState,
                                          bcStride,
                                          side.put(randomFloats(rows.size() * s.nHeads, 6, 3.0f))};
                      side.backend.selective_scan(y, in, states, rows.batch(), scan);
                  });
        }
    }

    void deltaRuleEqualsReference_data() { addTargets(); }
    void deltaRuleEqualsReference()
    {
        for (const KeySharing sharing : {KeySharing::consecutive, KeySharing::alternating})
            for (const int kDim : {8, 70, 128}) {
                DeltaRule rule{2, 4, kDim, 12, sharing, nullptr, nullptr, 1e-6f};
                const std::vector<float> a{-0.1f, -0.5f, -1.0f, -2.0f}, dtBias{0.1f, 0.0f, -1.0f, 2.0f};
                check(rule.state_size(), rule.v_width(),
                      [&](const Side& side, float* y, const StateSlots& states, const Rows& rows) {
                          rule.a = side.put(a);
                          rule.dt_bias = side.put(dtBias);
                          const int64_t width = 2 * rule.k_width() + rule.v_width();
                          const DeltaInputs in{side.put(randomFloats(rows.size() * width, 1)),
                                               side.put(randomFloats(rows.size() * 4, 2)),
                                               side.put(randomFloats(rows.size() * 4, 3))};
                          side.backend.gated_delta_rule(y, in, states, rows.batch(), rule);
                      });
            }
    }

private:
    static void addTargets()
    {
        QTest::addColumn<QString>("target");
        for (const char* target : emulatedTargets)
            QTest::addRow("%s", target) << target;
    }

    /// Runs a step over chunks of two sequences on both sides, then compares outputs and states.
    static void check(int64_t stateSize, int64_t width, const Step& step)
    {
        QFETCH(QString, target);
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        CpuReference reference;
        std::deque<std::vector<float>> kept;
        const Side sides[] = {
            {reference, [&](const auto& v) { return kept.emplace_back(v).data(); },
             [](const float* p, int64_t n) { return std::vector<float>(p, p + n); }},
            {gpu.backend(), [&](const auto& v) { return gpu.put(v); },
             [&](const float* p, int64_t n) { return gpu.get(p, size_t(n)); }},
        };
        // Slots full of what is no number: states before the first token are zero all the same.
        const std::vector<float> fresh(size_t(n_slots * (stateSize + 5)),
                                       std::numeric_limits<float>::quiet_NaN());
        std::vector<float> results[2];
        for (size_t side = 0; side < 2; ++side) {
            const StateSlots states{const_cast<float*>(sides[side].put(fresh)), stateSize + 5};
            int nPast = 0;
            for (const int n : chunks) {
                const Rows rows(nPast, n);
                auto* y =
                    const_cast<float*>(sides[side].put(std::vector<float>(size_t(rows.size() * width))));
                sides[side].backend.begin(rows.batch());
                step(sides[side], y, states, rows);
                append(results[side], sides[side].get(y, rows.size() * width));
                nPast += n;
            }
            for (const int slot : {0, 2})
                append(results[side], sides[side].get(states.at(slot), stateSize));
        }
        QCOMPARE(results[1].size(), results[0].size());
        const double error = nmse(results[1], results[0]);
        QVERIFY2(error < 1e-11, qPrintable(QString::number(error)));
    }

    static void append(std::vector<float>& to, const std::vector<float>& values)
    {
        to.insert(to.end(), values.begin(), values.end());
    }
};

QTEST_GUILESS_MAIN(HipRecurrentTest)
#include "hip_recurrent_test.moc"
