// Runs the tst_*.qml of this folder over the mock module RocmForge.
#include <QtQml/QQmlEngine>
#include <QtQml/QQmlExtensionPlugin>
#include <QtQuickControls2/QQuickStyle>
#include <QtQuickTest/quicktest.h>

Q_IMPORT_QML_PLUGIN(RocmForge_UiPlugin)
Q_IMPORT_QML_PLUGIN(RocmForgePlugin)

class Setup : public QObject
{
    Q_OBJECT

public slots:
    static void applicationAvailable() { QQuickStyle::setStyle(QStringLiteral("Basic")); }
    static void qmlEngineAvailable(QQmlEngine* engine)
    {
        engine->addImportPath(QStringLiteral("qrc:/"));
    }
};

QUICK_TEST_MAIN_WITH_SETUP(qml, Setup)

#include "main.moc"
