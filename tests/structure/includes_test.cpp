// Who may include whom: the layers of ARCHITECTURE.md, held against every source file.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

namespace {

struct Layer {
    QString folder; ///< in the source tree
    QStringList mayInclude; ///< prefixes of quoted includes besides its own folder
    bool qt = false;
};

const QList<Layer>& layers()
{
    static const QList<Layer> list = {
        {"engine/include/rocmforge", {"rocmforge/"}},
        {"engine/base", {"rocmforge/error.h"}},
        {"engine/quant", {}},
        {"engine/gguf", {"base/", "quant/", "rocmforge/error.h"}},
        {"engine/tokenizer", {"base/", "gguf/", "rocmforge/"}},
        {"engine/chat", {"base/", "rocmforge/"}},
        {"kernels", {"kernels/", "quant/", "rocmforge/kernel_table.h"}},
        {"engine/backend",
         {"base/", "quant/", "kernels/code_formats.h", "kernels/parameters.h", "kernels/planes.h",
          "sampling/", "rocmforge/"}},
        {"engine/kv", {"base/", "backend/backend.h", "backend/batch.h", "rocmforge/error.h"}},
        {"engine/model",
         {"base/", "gguf/", "quant/", "kv/", "backend/backend.h", "backend/batch.h", "rocmforge/"}},
        {"engine/sampling", {"base/", "rocmforge/"}},
        {"engine/inspect",
         {"backend/cpu/cpu_backend.h", "base/", "gguf/", "quant/", "kv/", "model/", "tokenizer/",
          "rocmforge/"}},
        {"engine/synth", {"base/", "gguf/", "quant/", "rocmforge/"}},
        {"engine/scheduler",
         {"base/", "gguf/", "kv/", "model/", "sampling/", "tokenizer/", "chat/", "backend/backend.h",
          "backend/batch.h", "backend/cpu/cpu_backend.h", "backend/hip/gpu_backend.h", "rocmforge/"}},
        {"app", {"rocmforge/"}, true},
    };
    return list;
}

/// Folders whose files a quoted or rocmforge include may name.
bool isProjectInclude(const QString& include)
{
    static const QRegularExpression project("^(base|quant|gguf|tokenizer|chat|backend|kernels|kv|model|"
                                            "sampling|scheduler|inspect|synth|rocmforge)/");
    return project.match(include).hasMatch();
}

QStringList includesOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    // No raw string: moc reads its quotes as code.
    static const QRegularExpression include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]",
                                            QRegularExpression::MultilineOption);
    QStringList names;
    auto matches = include.globalMatch(QString::fromUtf8(file.readAll()));
    while (matches.hasNext())
        names << matches.next().captured(1);
    return names;
}

QStringList sourcesIn(const QString& folder)
{
    QStringList files;
    QDirIterator it(folder, {"*.h", "*.cpp", "*.inc", "*.hip"}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext())
        files << it.next();
    return files;
}

} // namespace

class IncludesTest : public QObject {
    Q_OBJECT

private slots:
    void layerIncludesOnlyWhatItMay_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < layers().size(); ++i)
            QTest::newRow(qPrintable(layers()[i].folder)) << i;
    }

    void layerIncludesOnlyWhatItMay()
    {
        QFETCH(int, index);
        const Layer& layer = layers()[index];
        const QString root = QString(ROCMFORGE_SOURCE_DIR) + '/' + layer.folder;
        const QStringList files = sourcesIn(root);
        QVERIFY2(!files.isEmpty(), qPrintable("no sources in " + root));
        for (const QString& file : files) {
            for (const QString& include : includesOf(file))
                checkInclude(layer, file, include);
        }
    }

    void everyEngineFolderHasALayer()
    {
        const QDir engine(QString(ROCMFORGE_SOURCE_DIR) + "/engine");
        for (const QString& folder : engine.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            if (folder == "include")
                continue;
            const bool known = std::any_of(layers().begin(), layers().end(), [&](const Layer& layer) {
                return layer.folder == "engine/" + folder;
            });
            QVERIFY2(known, qPrintable("engine/" + folder + " has no rule here"));
        }
    }

private:
    static void checkInclude(const Layer& layer, const QString& file, const QString& include)
    {
        const QString what = file + " includes " + include;
        if (!layer.qt)
            QVERIFY2(!QRegularExpression("^Q[A-Za-z]").match(include).hasMatch(), qPrintable(what));
        QVERIFY2(layer.folder == "engine/backend" || !include.startsWith("hip/"), qPrintable(what));
        if (!isProjectInclude(include) || isOwn(layer, file, include))
            return;
        const bool allowed = std::any_of(layer.mayInclude.begin(), layer.mayInclude.end(),
                                         [&](const QString& prefix) { return include.startsWith(prefix); });
        QVERIFY2(allowed, qPrintable(what));
    }

    /// The folder's own files; in the app also those of its feature folders.
    static bool isOwn(const Layer& layer, const QString& file, const QString& include)
    {
        const QString root(ROCMFORGE_SOURCE_DIR);
        if (layer.folder.startsWith("engine/"))
            return include.startsWith(layer.folder.mid(7) + '/');
        return QFile::exists(root + "/app/" + include)
            || QFile::exists(QFileInfo(file).absolutePath() + '/' + include);
    }
};

QTEST_GUILESS_MAIN(IncludesTest)
#include "includes_test.moc"
