#include "scheduler/step_pace.h"

#include <QtTest>

using rocmforge::StepPace;

class StepPaceTest : public QObject {
    Q_OBJECT

private slots:
    void withoutLimitTakesAll();
    void firstStepIsModest();
    void followsTheMeasuredSpeed();
    void smallStepsSayNothing();
};

void StepPaceTest::withoutLimitTakesAll()
{
    StepPace pace(0);
    pace.measure(512, 100);
    QCOMPARE(pace.prefill_tokens(512), 512);
}

void StepPaceTest::firstStepIsModest()
{
    QCOMPARE(StepPace(1).prefill_tokens(512), 128);
    QCOMPARE(StepPace(1).prefill_tokens(16), 16);
}

void StepPaceTest::followsTheMeasuredSpeed()
{
    StepPace pace(0.5);
    pace.measure(100, 0.25);
    QCOMPARE(pace.prefill_tokens(512), 200);
    pace.measure(200, 0.001);
    QCOMPARE(pace.prefill_tokens(512), 512);
    pace.measure(32, 60);
    QCOMPARE(pace.prefill_tokens(512), 32);
    QCOMPARE(pace.prefill_tokens(8), 8);
}

void StepPaceTest::smallStepsSayNothing()
{
    StepPace pace(1);
    pace.measure(300, 1);
    pace.measure(1, 1);
    QCOMPARE(pace.prefill_tokens(512), 300);
}

QTEST_APPLESS_MAIN(StepPaceTest)
#include "step_pace_test.moc"
