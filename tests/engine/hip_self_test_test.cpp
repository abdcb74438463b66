#include "backend/hip/tested_device.h"
#include "emulated_gpu.h"

#include <rocmforge/kernel_table.h>
#include <rocmforge/self_test.h>

using namespace rocmforge;
using namespace rocmforge::test;

/// The self-test finds nothing where nothing is wrong, and what is wrong by its name.
class HipSelfTestTest : public QObject {
    Q_OBJECT

private slots:
    void cleanup()
    {
        for (const char* variable : {"WRONG_KERNEL", "FAULTY_KERNEL", "FAILING_ALLOCATION"})
            qunsetenv((QByteArray("ROCMFORGE_EMULATOR_") + variable).constData());
    }

    void soundKernelsPass_data()
    {
        QTest::addColumn<QString>("target");
        for (const char* target : emulatedTargets)
            QTest::newRow(target) << target;
    }
    void soundKernelsPass()
    {
        QFETCH(QString, target);
        const EmulatedGpu gpu(target);
        const auto test = run(gpu);
        QVERIFY2(test, test ? "" : test.error().message.c_str());
        QVERIFY2(test->state == SelfTestState::passed, describe(*test).c_str());
        QVERIFY(test->n_comparisons > 100);
        QCOMPARE(test->gpu.target, target.toStdString());
        QVERIFY(QString::fromStdString(test->gpu.driver).startsWith("HIP 6.2.0, Linux"));
    }

    void everyKernelIsRun()
    {
        const EmulatedGpu gpu("gfx1100");
        QVERIFY(run(gpu));
        int nKernels = 0;
        for (const GpuKernel& kernel : gpu_kernels()) {
            // F32 is multiplied in small tiles, whatever the device.
            if (kernel.target != "gfx1100" || kernel.name == "product_f32_tile_128")
                continue;
            ++nKernels;
            QVERIFY2(EmulatedGpu::hasRun(kernel.name), kernel.name.c_str());
        }
        QVERIFY(nKernels > 100);
    }

    void wrongKernelIsNamed_data()
    {
        QTest::addColumn<QString>("kernel");
        QTest::addColumn<QString>("name");
        QTest::newRow("embedding") << "embed_iq2_xs" << "embedding IQ2_XS";
        QTest::newRow("product of floats") << "product_iq3_s_1" << "product IQ3_S, 1 column";
        QTest::newRow("product of codes") << "code_product_q4_k_8" << "product Q4_K, 5 columns";
        QTest::newRow("codes side by side") << "code_product_q5_k_q6_k_1" << "products Q5_K and Q6_K";
        QTest::newRow("gated") << "gated_product_q6_k_8" << "gated product Q6_K";
        QTest::newRow("residual") << "residual_product_q5_k_1" << "residual product and norm Q5_K";
        QTest::newRow("small tile") << "product_q8_0_tile_64" << "product Q8_0, 9 columns";
        QTest::newRow("large tile") << "product_mxfp4_tile_128" << "product MXFP4, 65 columns";
        QTest::newRow("planes") << "split_blocks" << "embedding Q4_0";
        QTest::newRow("halves") << "halve_rows" << "product F16, 9 columns";
        QTest::newRow("rounding") << "round_rows" << "product Q4_0, 1 column";
        QTest::newRow("norm") << "norm_rows" << "norm RMS";
        QTest::newRow("elementwise") << "soft_cap" << "soft cap";
        QTest::newRow("rotation") << "rope_append_f32" << "rotation, cache and attention: F32, prompt";
        QTest::newRow("attention") << "attention_f16_1" << "rotation, cache and attention: F16, one token";
        QTest::newRow("attention, 8 bits")
            << "attention_q8_0_4" << "rotation, cache and attention: Q8_0, shared heads";
        QTest::newRow("choice") << "moe_route" << "choice of experts, softmax";
        QTest::newRow("experts") << "group_columns" << "experts Q4_K, many tokens";
        QTest::newRow("recurrence") << "gated_delta_rule" << "gated delta rule";
        QTest::newRow("draw") << "draw_tokens" << "drawing tokens";
        QTest::newRow("slices' sums") << "rank_slices" << "candidates' probabilities";
        QTest::newRow("ranks") << "rank_candidates" << "candidates' probabilities";
        QTest::newRow("unknown token") << "resolve_tokens" << "drawing after a token not yet known";
    }
    void wrongKernelIsNamed()
    {
        QFETCH(QString, kernel);
        QFETCH(QString, name);
        qputenv("ROCMFORGE_EMULATOR_WRONG_KERNEL", kernel.toUtf8());
        const EmulatedGpu gpu("gfx1100");
        // What comes after the first failure is not looked at, and would take most of the time.
        const auto test = run(gpu, [](const SelfTest& now) {
            if (!now.failures.empty())
                EmulatedGpu::loseDevice();
        });
        QVERIFY(test);
        QVERIFY(test->state == SelfTestState::failed);
        QCOMPARE(QString::fromStdString(test->failures.front().kernel), name);
        const QString text = QString::fromStdString(describe(*test));
        QVERIFY2(text.contains(name), qPrintable(text));
    }

    void crashEndsTheTest()
    {
        qputenv("ROCMFORGE_EMULATOR_FAULTY_KERNEL", "add_bias");
        const EmulatedGpu gpu("gfx1100");
        QStringList begun;
        const auto test = run(gpu, [&](const SelfTest& now) {
            if (now.state == SelfTestState::running)
                begun << QString::fromStdString(now.kernel);
        });
        QVERIFY(test);
        QVERIFY(test->state == SelfTestState::failed);
        QCOMPARE(test->failures.size(), size_t(1));
        QCOMPARE(begun.last(), "add bias"); // as it would stand where the program had not survived
        const QString text = QString::fromStdString(describe(*test));
        QVERIFY2(text.contains("'add bias' failed") && text.contains("access"), qPrintable(text));
    }

    void shortageOfMemoryIsNoFailure()
    {
        qputenv("ROCMFORGE_EMULATOR_FAILING_ALLOCATION", "2");
        const EmulatedGpu gpu("gfx1100");
        SelfTest last;
        const auto test = run(gpu, [&](const SelfTest& now) { last = now; });
        QVERIFY(!test);
        QVERIFY(test.error().kind == ErrorKind::out_of_memory);
        QVERIFY(last.state == SelfTestState::untested);
    }

    void soundDeviceIsChosenBesideAWrongOne()
    {
        qputenv("ROCMFORGE_EMULATOR_WRONG_KERNEL", "gfx1100:scale");
        const EmulatedGpu gpu("gfx803,gfx1100,gfx90a");
        std::vector<SelfTest> tests;
        const auto device =
            hip::choose_tested_device(gpu.runtime(), {}, {{}, [&](const SelfTest& now) {
                                                              if (now.state != SelfTestState::running)
                                                                  tests.push_back(now);
                                                          }});
        QVERIFY2(device, device ? "" : device.error().message.c_str());
        QCOMPARE(device->target, std::string("gfx90a"));
        QCOMPARE(tests.size(), size_t(2));
        QVERIFY(tests[0].state == SelfTestState::failed);
        QCOMPARE(tests[0].gpu.target, std::string("gfx1100"));
        QVERIFY(tests[1].state == SelfTestState::passed);
    }

private:
    static Result<SelfTest> run(const EmulatedGpu& gpu,
                                const std::function<void(const SelfTest&)>& onChange = {})
    {
        return hip::test_device(gpu.runtime(), gpu.devices().front(), onChange);
    }
};

QTEST_GUILESS_MAIN(HipSelfTestTest)
#include "hip_self_test_test.moc"
