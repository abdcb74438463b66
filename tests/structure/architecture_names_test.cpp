// An architecture is one row of a table: no code asks which one it runs.
#include <QDirIterator>
#include <QtTest>

namespace {

const QString root = QStringLiteral(ROCMFORGE_SOURCE_DIR "/");
const QString table = QStringLiteral("engine/model/architectures.cpp");

QString readText(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList architectureNames()
{
    static const QRegularExpression row("\\.name = \"([^\"]+)\"");
    QStringList names;
    auto matches = row.globalMatch(readText(root + table));
    while (matches.hasNext())
        names += matches.next().captured(1);
    return names;
}

/// Tokenizers have names of their own, some the same; synthetic models have to be of an architecture.
bool mayName(const QString& path)
{
    return path == table || path.startsWith("engine/model/blocks/") || path.startsWith("engine/tokenizer/")
        || path.startsWith("engine/synth/");
}

} // namespace

class ArchitectureNamesTest : public QObject {
    Q_OBJECT

private slots:
    void noFileNamesAnArchitecture_data()
    {
        QTest::addColumn<QString>("path");
        for (const char* folder : {"engine", "app", "qml", "kernels"}) {
            QDirIterator files(root + folder, {"*.cpp", "*.h", "*.hip", "*.qml"}, QDir::Files,
                               QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString path = files.next().mid(root.size());
                if (!mayName(path))
                    QTest::newRow(qPrintable(path)) << path;
            }
        }
    }
    void noFileNamesAnArchitecture()
    {
        QFETCH(QString, path);
        const QString text = readText(root + path);
        QVERIFY(!text.isEmpty());
        static const QStringList names = architectureNames();
        QVERIFY(names.size() > 40);
        for (const QString& name : names)
            QVERIFY2(!text.contains('"' + name + '"'), qPrintable(path + " names " + name));
    }
};

QTEST_APPLESS_MAIN(ArchitectureNamesTest)
#include "architecture_names_test.moc"
