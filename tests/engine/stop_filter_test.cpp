#include "scheduler/stop_filter.h"

#include <QtTest>

using namespace rocmforge;

using Strings = std::vector<std::string>;

class StopFilterTest : public QObject {
    Q_OBJECT

private slots:
    void showsTextUpToTheFirstStop_data();
    void showsTextUpToTheFirstStop();
    void holdsBackOnlyWhatMayBecomeAStop();
};

void StopFilterTest::showsTextUpToTheFirstStop_data()
{
    QTest::addColumn<Strings>("stops");
    QTest::addColumn<Strings>("pieces");
    QTest::addColumn<std::string>("shown");
    QTest::addColumn<bool>("stopped");
    QTest::newRow("no stops") << Strings{} << Strings{"a", "b"} << std::string("ab") << false;
    QTest::newRow("empty stop") << Strings{""} << Strings{"a", "b"} << std::string("ab") << false;
    QTest::newRow("inside a piece") << Strings{"STOP"} << Strings{"one STOP two"} << std::string("one ")
                                    << true;
    QTest::newRow("across pieces") << Strings{"STOP"} << Strings{"one S", "T", "O", "P two"}
                                   << std::string("one ") << true;
    QTest::newRow("one byte") << Strings{"\n"} << Strings{"a", "b\nc"} << std::string("ab") << true;
    QTest::newRow("false alarm") << Strings{"STOP"} << Strings{"ST", "O", "RE"} << std::string("STORE")
                                 << false;
    QTest::newRow("unfinished at the end")
        << Strings{"STOP"} << Strings{"x", "STO"} << std::string("xSTO") << false;
    QTest::newRow("overlapping beginnings")
        << Strings{"aab"} << Strings{"a", "a", "a", "b"} << std::string("a") << true;
    QTest::newRow("first of several")
        << Strings{"world", "lo"} << Strings{"hel", "lo wor", "ld"} << std::string("hel") << true;
    QTest::newRow("nothing after the stop")
        << Strings{"."} << Strings{"a.", "b", "c."} << std::string("a") << true;
    QTest::newRow("several bytes per character")
        << Strings{"→"} << Strings{"é", "→x"} << std::string("é") << true;
}

void StopFilterTest::showsTextUpToTheFirstStop()
{
    QFETCH(const Strings, stops);
    QFETCH(const Strings, pieces);
    StopFilter filter(stops);
    std::string shown;
    for (const std::string& piece : pieces)
        shown += filter.push(piece);
    shown += filter.finish();
    QTEST(shown, "shown");
    QTEST(filter.stopped(), "stopped");
}

void StopFilterTest::holdsBackOnlyWhatMayBecomeAStop()
{
    StopFilter filter({"END", "NDX"});
    QCOMPARE(filter.push("the EN"), std::string("the "));
    QCOMPARE(filter.push("DLESS"), std::string());
    QVERIFY(filter.stopped());

    StopFilter other({"END", "NOW"});
    QCOMPARE(other.push("a E"), std::string("a "));
    QCOMPARE(other.push("N"), std::string());
    QCOMPARE(other.push("O"), std::string("E"));
    QCOMPARE(other.push("!"), std::string("NO!"));
    QCOMPARE(other.finish(), std::string());
}

QTEST_APPLESS_MAIN(StopFilterTest)
#include "stop_filter_test.moc"
