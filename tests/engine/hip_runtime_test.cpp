#include "backend/hip/queue.h"
#include "emulated_gpu.h"
#include "model_session.h"
#include "support/golden_model.h"

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

/// As in the emulator's faulty.hip.
struct FaultyParameters {
    float* values;
    int32_t n;
};

Status loadAndRun(EmulatedGpu& gpu)
{
    TRY_STATUS(gpu.start());
    const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
    TRY(auto session, ModelSession::open(golden.path("file"), gpu.backend(), KvType::f32));
    TRY(const auto logits, session.run(golden.tokens()));
    return {};
}

} // namespace

/// The runtime in good and bad conditions.
class HipRuntimeTest : public QObject {
    Q_OBJECT

private slots:
    void cleanup()
    {
        qunsetenv("ROCMFORGE_EMULATOR_FAILING_ALLOCATION");
        qunsetenv("ROCMFORGE_EMULATOR_SEED");
    }

    void devicesAreListedWithoutTheirFeatures()
    {
        const EmulatedGpu gpu("gfx1100,gfx90a");
        QCOMPARE(gpu.devices().size(), size_t(2));
        QCOMPARE(gpu.devices()[0].target, std::string("gfx1100"));
        QCOMPARE(gpu.devices()[0].wave_size, 32);
        QCOMPARE(gpu.devices()[1].target, std::string("gfx90a"));
        QCOMPARE(gpu.devices()[1].wave_size, 64);
        QCOMPARE(gpu.runtime().version(), std::string("6.2"));
    }

    void missingLibraryIsNotFound()
    {
        const std::filesystem::path nowhere = "/nonexistent/libamdhip64.so";
        const auto runtime = hip::Runtime::open({&nowhere, 1});
        QVERIFY(!runtime);
        QVERIFY(runtime.error().kind == ErrorKind::not_found);
    }

    void libraryWithoutEntryPointIsRefused()
    {
        const std::filesystem::path other = "libm.so.6";
        const auto runtime = hip::Runtime::open({&other, 1});
        QVERIFY(!runtime);
        QVERIFY(runtime.error().kind == ErrorKind::unsupported);
        QVERIFY(QString::fromStdString(runtime.error().message).contains("hip"));
    }

    void unknownTargetNamesThoseThereAre()
    {
        EmulatedGpu gpu("gfx803");
        const Status status = gpu.start();
        QVERIFY(!status);
        QVERIFY(status.error().kind == ErrorKind::unsupported);
        QVERIFY(QString::fromStdString(status.error().message).contains("gfx803"));
        QVERIFY(QString::fromStdString(status.error().remedy).contains("gfx1100"));
    }

    void codeObjectsAreElf()
    {
        const std::vector<std::string> targets = hip::kernel_targets();
        QVERIFY(!targets.empty());
        for (const std::string& target : targets) {
            const auto objects = hip::code_objects(target);
            QVERIFY(objects);
            QVERIFY(objects->size() >= 7);
            for (const hip::CodeObject& object : *objects)
                QVERIFY(std::memcmp(object.image.data(), "\177ELF", 4) == 0);
        }
    }

    void faultyKernelIsNoticed_data()
    {
        QTest::addColumn<QString>("kernel");
        QTest::addColumn<QString>("complaint");
        QTest::newRow("far write") << "faulty_far_write" << "access";
        QTest::newRow("near write") << "faulty_near_write" << "write outside of an allocation of 40 bytes";
        QTest::newRow("barrier") << "faulty_barrier" << "barrier";
        QTest::newRow("exchange") << "faulty_exchange" << "exchange";
        QTest::newRow("none of this name") << "faulty_nothing" << "no GPU kernel";
    }
    void faultyKernelIsNoticed()
    {
        QFETCH(QString, kernel);
        QFETCH(QString, complaint);
        for (const char* target : emulatedTargets) {
            EmulatedGpu gpu(target);
            QVERIFY(gpu.start());
            auto queue = hip::Queue::create(gpu.runtime(), gpu.devices()[0], *hip::code_objects(target));
            QVERIFY(queue);
            const FaultyParameters parameters{gpu.put(std::vector<float>(10)), 10};
            queue->launch(kernel.toStdString(), {2, 1, 1}, parameters, 64);
            const Status status = queue->synchronize();
            QVERIFY(!status);
            const QString message = QString::fromStdString(status.error().message);
            QVERIFY2(message.contains(complaint), qPrintable(message));
        }
    }

    void missingBarrierIsSeenInTheResult()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        auto queue = hip::Queue::create(gpu.runtime(), gpu.devices()[0], *hip::code_objects("gfx1100"));
        QVERIFY(queue);
        float* sums = gpu.put(std::vector<float>(64));
        queue->launch("faulty_race", {1, 1, 1}, FaultyParameters{sums, 64}, 64);
        QVERIFY(queue->synchronize());
        QVERIFY(gpu.get(sums, 64) != std::vector<float>(64, 64.0f));
    }

    void anyOrderGivesTheSameLogits()
    {
        std::vector<float> first;
        for (const char* seed : {"1", "2", "3"}) {
            qputenv("ROCMFORGE_EMULATOR_SEED", seed);
            EmulatedGpu gpu("gfx90a");
            QVERIFY(gpu.start());
            const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
            auto session = ModelSession::open(golden.path("file"), gpu.backend(), KvType::f16);
            QVERIFY2(session, errorText(session));
            const auto logits = session->run(golden.tokens());
            QVERIFY2(logits, errorText(logits));
            if (first.empty())
                first = *logits;
            QVERIFY(*logits == first);
        }
    }

    void everyFailedAllocationIsReported()
    {
        int n = 0;
        for (bool failed = true; failed; ++n) {
            QVERIFY(n < 1000);
            qputenv("ROCMFORGE_EMULATOR_FAILING_ALLOCATION", QByteArray::number(n + 1));
            EmulatedGpu gpu("gfx1100");
            const Status status = loadAndRun(gpu);
            failed = !status;
            if (failed)
                QVERIFY2(status.error().kind == ErrorKind::out_of_memory, status.error().message.c_str());
        }
        QVERIFY(n > 20); // weights, cache, activations and scratch were all among them
    }

    void lostDeviceEndsTheStepWithAnError()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        auto session = ModelSession::open(golden.path("file"), gpu.backend(), KvType::f32);
        QVERIFY2(session, errorText(session));
        auto other = hip::Queue::create(gpu.runtime(), gpu.devices()[0], *hip::code_objects("gfx1100"));
        QVERIFY(other);
        other->launch("faulty_barrier", {1, 1, 1}, FaultyParameters{nullptr, 0}, 64);
        const auto logits = session->run(golden.tokens());
        QVERIFY(!logits);
        QVERIFY(logits.error().kind == ErrorKind::device_error);
        QVERIFY(!logits.error().remedy.empty());
    }
};

QTEST_GUILESS_MAIN(HipRuntimeTest)
#include "hip_runtime_test.moc"
