#include "settings/settings.h"

#include "chat/sampling_settings.h"

#include <QtTest>

class SettingsTest : public QObject {
    Q_OBJECT

private slots:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }

    void choicesSurviveARestart()
    {
        {
            Settings settings(file());
            QCOMPARE(settings.theme(), QStringLiteral("system"));
            settings.setProperty("theme", QStringLiteral("dark"));
            settings.setProperty("enterSends", false);
            settings.setProperty("fontScale", 1.25);
            settings.setProperty("models",
                                 QStringList{QStringLiteral("/a b.gguf"), QStringLiteral("/c,d.gguf")});
            settings.setProperty("lastChat", qint64(1'700'000'000'000'001));
        }
        const Settings settings(file());
        QCOMPARE(settings.theme(), QStringLiteral("dark"));
        QCOMPARE(settings.enterSends(), false);
        QCOMPARE(settings.fontScale(), 1.25);
        QCOMPARE(settings.models(), (QStringList{QStringLiteral("/a b.gguf"), QStringLiteral("/c,d.gguf")}));
        QCOMPARE(settings.lastChat(), 1'700'000'000'000'001);
    }

    void onlyChoicesAreWritten()
    {
        {
            Settings settings(file());
            settings.setProperty("topK", 20);
        }
        QFile ini(file());
        QVERIFY(ini.open(QIODevice::ReadOnly));
        const QByteArray text = ini.readAll();
        QVERIFY(text.contains("topK=20"));
        QVERIFY(!text.contains("topP"));
    }

    void resetGoesBackToTheDefault()
    {
        {
            Settings settings(file());
            settings.setProperty("temperature", 1.5);
            settings.reset(QStringLiteral("temperature"));
            QCOMPARE(settings.temperature(), 0.8);
        }
        QCOMPARE(Settings(file()).temperature(), 0.8);
    }

    void samplingOfAChatIsItsDifferenceFromTheDefaults()
    {
        Settings settings(file());
        settings.setProperty("minP", 0.1);
        SamplingSettings sampling(settings);
        QCOMPARE(sampling.property("minP").toDouble(), 0.1);
        QVERIFY(sampling.toJson().isEmpty());
        sampling.setProperty("topK", 3);
        sampling.setProperty("seed", qint64(1'234'567'890'123));
        QCOMPARE(sampling.toJson().keys(), (QStringList{QStringLiteral("seed"), QStringLiteral("topK")}));

        SamplingSettings restored(settings);
        restored.fromJson(sampling.toJson());
        QCOMPARE(restored.parameters().top_k, 3);
        QCOMPARE(restored.parameters().seed, std::optional<uint64_t>(1'234'567'890'123));
        QCOMPARE(restored.parameters().min_p, 0.1f);
        restored.reset(QStringLiteral("topK"));
        QVERIFY(restored.isDefault(QStringLiteral("topK")));
        QVERIFY(!restored.isDefault(QStringLiteral("seed")));
    }

    void negativeSeedMeansRandom()
    {
        const Settings settings(file());
        QVERIFY(!SamplingSettings(settings).parameters().seed);
    }

private:
    [[nodiscard]] QString file() const { return m_directory->filePath(QStringLiteral("settings.ini")); }

    std::unique_ptr<QTemporaryDir> m_directory;
};

QTEST_GUILESS_MAIN(SettingsTest)
#include "settings_test.moc"
