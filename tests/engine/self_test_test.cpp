#include "backend/cpu/reference.h"
#include "backend/self_test/self_test.h"

#include <QtTest>

#include <limits>

using namespace rocmforge;

namespace {

/// The reference with one step that goes wrong at one place.
class WrongBackend : public CpuReference {
public:
    enum class Fault { none, no_number, off_by_little, off_by_much };

    explicit WrongBackend(Fault fault)
        : fault_(fault)
    {
    }

    void soft_cap(float* x, float cap, int64_t n) override
    {
        CpuReference::soft_cap(x, cap, n);
        float& spoiled = x[n / 2];
        switch (fault_) {
        case Fault::none:
            break;
        case Fault::no_number:
            spoiled = std::numeric_limits<float>::quiet_NaN();
            break;
        case Fault::off_by_little:
            spoiled += 1e-5f;
            break;
        case Fault::off_by_much:
            spoiled += 0.1f;
            break;
        }
    }

private:
    Fault fault_;
};

} // namespace

Q_DECLARE_METATYPE(WrongBackend::Fault)

class SelfTestTest : public QObject {
    Q_OBJECT

private slots:
    void faultsAreFound_data()
    {
        QTest::addColumn<WrongBackend::Fault>("fault");
        QTest::addColumn<QString>("description");
        QTest::newRow("none") << WrongBackend::Fault::none << "compute as the CPU does";
        QTest::newRow("little") << WrongBackend::Fault::off_by_little << "compute as the CPU does";
        QTest::newRow("much") << WrongBackend::Fault::off_by_much << "'soft cap' computes wrongly";
        QTest::newRow("no number") << WrongBackend::Fault::no_number
                                   << "'soft cap' failed: It gave results that are no numbers.";
    }
    void faultsAreFound()
    {
        QFETCH(WrongBackend::Fault, fault);
        QFETCH(QString, description);
        WrongBackend backend(fault);
        SelfTest test;
        int nBegun = 0;
        const Status status = run_self_test(backend, test, [&](const SelfTest& now) {
            nBegun += now.state == SelfTestState::running && !now.kernel.empty();
        });
        QVERIFY(status);
        QCOMPARE(nBegun, test.n_comparisons);
        const QString text = QString::fromStdString(describe(test));
        QVERIFY2(text.contains(description), qPrintable(text));
        QCOMPARE(test.state == SelfTestState::passed, test.failures.empty());
        QVERIFY(test.kernel.empty());
    }
};

QTEST_GUILESS_MAIN(SelfTestTest)
#include "self_test_test.moc"
