#include "test_app.h"

using rocmforge::test::TestApp;

class EngineControllerTest : public QObject {
    Q_OBJECT

private slots:
    void loadedModelIsDescribed()
    {
        TestApp app;
        EngineController& engine = *app->engine();
        QVERIFY(app->firstStart());
        QCOMPARE(engine.state(), EngineController::NoModel);
        QSignalSpy progress(&engine, &EngineController::progressChanged);
        engine.load(QUrl::fromLocalFile(app.modelPath()).toString());
        QCOMPARE(engine.state(), EngineController::Loading);
        QCOMPARE(engine.modelName(), QStringLiteral("model"));
        WAIT_FOR(engine.ready());
        QVERIFY(progress.count() > 1);
        QCOMPARE(engine.modelPath(), app.modelPath());
        QCOMPARE(engine.badge(), QStringLiteral("Q8_0 · 8 B · scripted"));
        QCOMPARE(engine.contextSize(), 8192);
        QVERIFY(!engine.facts().isEmpty());
        QVERIFY(!app->firstStart());
    }

    void loadedModelJoinsTheLibrary()
    {
        TestApp app;
        app.loadModel();
        const ModelLibrary& models = *app->models();
        WAIT_FOR_EQUAL(models.data(models.index(models.count() - 1), ModelLibrary::PathRole).toString(),
                       app.modelPath());
    }

    void failureIsExplained()
    {
        TestApp app;
        EngineController& engine = *app->engine();
        engine.load(QStringLiteral("/nowhere/model.gguf"));
        WAIT_FOR_EQUAL(engine.state(), EngineController::Failed);
        QCOMPARE(engine.errorText(), QStringLiteral("There is no file /nowhere/model.gguf."));
        QVERIFY(!engine.errorRemedy().isEmpty());
        QVERIFY(app->firstStart());
        app.loadModel();
        QVERIFY(engine.errorText().isEmpty());
    }

    void loadingCanBeCancelled()
    {
        TestApp app({std::chrono::milliseconds(50), 8192});
        EngineController& engine = *app->engine();
        engine.load(app.modelPath());
        WAIT_FOR(engine.progress() > 0.1);
        QVERIFY(engine.progressText().contains(QStringLiteral(" of 8 B")));
        engine.cancelLoad();
        WAIT_FOR_EQUAL(engine.state(), EngineController::NoModel);
        QVERIFY(engine.modelPath().isEmpty());
    }

    void laterLoadReplacesTheEarlier()
    {
        TestApp app({std::chrono::milliseconds(10), 8192});
        EngineController& engine = *app->engine();
        engine.load(app.modelPath());
        engine.load(QStringLiteral("/nowhere/other.gguf"));
        WAIT_FOR_EQUAL(engine.state(), EngineController::Failed);
        engine.load(app.modelPath());
        WAIT_FOR(engine.ready());
    }

    void unloadingGoesBackToTheBeginning()
    {
        TestApp app;
        app.loadModel();
        app->engine()->unload();
        QCOMPARE(app->engine()->state(), EngineController::NoModel);
        QVERIFY(app->engine()->badge().isEmpty());
        QCOMPARE(app->engine()->contextSize(), 0);
    }

    void architectureToTryIsRemembered()
    {
        TestApp app;
        app->engine()->tryAs(QStringLiteral("llama"), app.modelPath());
        WAIT_FOR(app->engine()->ready());
        QCOMPARE(app->settings()->triedArchitectures().value(app.modelPath()).toString(),
                 QStringLiteral("llama"));
    }

    void chosenDeviceComputes_data()
    {
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<int>("device");
        QTest::addColumn<QString>("gpu");
        using Device = rocmforge::ComputeDevice;
        QTest::newRow("nothing chosen") << "" << int(Device::automatic) << "";
        QTest::newRow("processor") << "cpu" << int(Device::cpu) << "";
        QTest::newRow("one of the GPUs") << "0000:2d:00.0" << int(Device::gpu) << "0000:2d:00.0";
    }
    void chosenDeviceComputes()
    {
        QFETCH(QString, chosen);
        TestApp app;
        app->settings()->setProperty("computeDevice", chosen);
        app.loadModel();
        QTEST(int(app.loadOptions().device), "device");
        QTEST(QString::fromStdString(app.loadOptions().gpu), "gpu");
        QVERIFY(!app->engine()->computingGpu()); // the script is no GPU
    }

    void cacheIsKeptAsChosen_data()
    {
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<QString>("type");
        QTest::newRow("nothing chosen") << "" << "F16";
        QTest::newRow("halves") << "f16" << "F16";
        QTest::newRow("8 bits") << "q8_0" << "Q8_0";
    }
    void cacheIsKeptAsChosen()
    {
        QFETCH(QString, chosen);
        TestApp app;
        if (!chosen.isEmpty())
            app->settings()->setProperty("kvCache", chosen);
        app.loadModel();
        QTEST(QString::fromLatin1(kv_type_name(app.loadOptions().kv_type)), "type");
    }

    void demoModelIsFound()
    {
        TestApp app;
        QVERIFY(QFile::exists(app->models()->demoPath()));
        app->engine()->loadDemo();
        WAIT_FOR(app->engine()->ready());
        QCOMPARE(app->engine()->modelPath(), app->models()->demoPath());
    }
};

QTEST_MAIN(EngineControllerTest)
#include "engine_controller_test.moc"
