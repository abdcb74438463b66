#include "chat/chat_sections.h"
#include "format.h"

#include <QtTest>

class FormatTest : public QObject {
    Q_OBJECT

private slots:
    void bytesHaveTwoDigits_data()
    {
        QTest::addColumn<double>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0 B");
        QTest::newRow("bytes") << 999.0 << QStringLiteral("999 B");
        QTest::newRow("demo model") << 9'609'216.0 << QStringLiteral("9.6 MB");
        QTest::newRow("rounds up to the next unit") << 999'999.0 << QStringLiteral("1.0 MB");
        QTest::newRow("large") << 42'520'000'000.0 << QStringLiteral("43 GB");
    }
    void bytesHaveTwoDigits()
    {
        QFETCH(double, bytes);
        QTEST(bytesText(bytes), "text");
    }

    void digitsAreGrouped()
    {
        QCOMPARE(countText(512), QStringLiteral("512"));
        QCOMPARE(countText(131072), QStringLiteral("131\u202f072"));
        QCOMPARE(countText(1234567), QStringLiteral("1\u202f234\u202f567"));
    }

    void parametersAreShort()
    {
        QCOMPARE(parametersText(8'918'272), QStringLiteral("8.9 M"));
        QCOMPARE(parametersText(8'030'000'000), QStringLiteral("8.0 B"));
    }

    void chatsAreGroupedByDay_data()
    {
        QTest::addColumn<QString>("time");
        QTest::addColumn<QString>("section");
        QTest::newRow("now") << QStringLiteral("2025-03-15T10:00:00") << QStringLiteral("Today");
        QTest::newRow("clock went back") << QStringLiteral("2025-03-16T10:00:00") << QStringLiteral("Today");
        QTest::newRow("last evening") << QStringLiteral("2025-03-14T23:59:00") << QStringLiteral("Yesterday");
        QTest::newRow("this week") << QStringLiteral("2025-03-08T00:00:00")
                                   << QStringLiteral("Previous 7 days");
        QTest::newRow("older") << QStringLiteral("2025-03-07T23:59:00") << QStringLiteral("March 2025");
    }
    void chatsAreGroupedByDay()
    {
        QLocale::setDefault(QLocale::c());
        QFETCH(QString, time);
        const QDateTime now = QDateTime::fromString(QStringLiteral("2025-03-15T12:00:00"), Qt::ISODate);
        QTEST(chatSection(false, QDateTime::fromString(time, Qt::ISODate), now), "section");
        QCOMPARE(chatSection(true, now, now), QStringLiteral("Pinned"));
    }

    void titleIsCutBetweenWords()
    {
        QCOMPARE(titleFrom(QStringLiteral("  Hello\n there ")), QStringLiteral("Hello there"));
        QCOMPARE(titleFrom(QStringLiteral("Please explain how a steam engine works and who invented it")),
                 QStringLiteral("Please explain how a steam engine works and who…"));
        QCOMPARE(titleFrom(QString(100, QLatin1Char('x'))).size(), 49);
    }
};

QTEST_GUILESS_MAIN(FormatTest)
#include "format_test.moc"
