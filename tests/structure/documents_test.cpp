// The four documents name only paths that exist, and there are four of them.
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

namespace {

QString readDocument(const QString& name)
{
    QFile file(QString(ROCMFORGE_SOURCE_DIR) + '/' + name);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// `code spans` and fenced tree lines that look like a path of this project.
QStringList pathsIn(const QString& text)
{
    static const QRegularExpression span(
        "[`( ]((?:app|cmake|engine|packaging|qml|resources|tests|kernels)/[A-Za-z0-9_./{},-]*)");
    QStringList paths;
    auto matches = span.globalMatch(text);
    while (matches.hasNext())
        paths << matches.next().captured(1);
    return paths;
}

/// a/{b,c}/d → a/b/d, a/c/d
QStringList expandBraces(const QString& path)
{
    static const QRegularExpression braces(R"(^(.*)\{([^}]*)\}(.*)$)");
    const auto match = braces.match(path);
    if (!match.hasMatch())
        return {path};
    QStringList paths;
    for (const QString& choice : match.captured(2).split(','))
        paths << expandBraces(match.captured(1) + choice + match.captured(3));
    return paths;
}

/// A path may stand at the end of a sentence, or name a source without its ending.
bool existsInTree(QString path)
{
    while (path.endsWith('.') || path.endsWith(','))
        path.chop(1);
    const QString full = QString(ROCMFORGE_SOURCE_DIR) + '/' + path;
    return QFile::exists(full) || QFile::exists(full + ".h") || QFile::exists(full + ".cpp");
}

} // namespace

class DocumentsTest : public QObject {
    Q_OBJECT

private slots:
    void everyPathNamedExists_data()
    {
        QTest::addColumn<QString>("document");
        for (const char* name : {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"})
            QTest::newRow(name) << name;
    }

    void everyPathNamedExists()
    {
        QFETCH(QString, document);
        const QString text = readDocument(document);
        QVERIFY2(!text.isEmpty(), qPrintable(document + " is missing or empty"));
        for (const QString& named : pathsIn(text)) {
            for (const QString& path : expandBraces(named))
                QVERIFY2(existsInTree(path), qPrintable(document + " names " + path));
        }
    }

    void bracesAndSentenceEndsAreUnderstood()
    {
        QCOMPARE(expandBraces("engine/{gguf,quant}/x"), QStringList({"engine/gguf/x", "engine/quant/x"}));
        QCOMPARE(pathsIn("see `engine/gguf/gguf.h`."), QStringList({"engine/gguf/gguf.h"}));
        QVERIFY(existsInTree("tests/structure/documents_test.cpp."));
        QVERIFY(!existsInTree("engine/no_such_folder"));
    }

    void thereAreFourDocuments()
    {
        const QDir root(ROCMFORGE_SOURCE_DIR);
        QCOMPARE(root.entryList({"*.md"}, QDir::Files, QDir::Name),
                 QStringList({"ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"}));
    }
};

QTEST_GUILESS_MAIN(DocumentsTest)
#include "documents_test.moc"
