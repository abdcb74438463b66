#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QtTest>

/// rocmforge-cli tells what the tokens of an answer were drawn from.
class CliCandidatesTest : public QObject {
    Q_OBJECT

private slots:
    void tableNamesThoseThatWereCut()
    {
        const QString table = run({"generate", "--top-k", "2", "--candidates", "4"}).errors;
        static const QRegularExpression line("^  [* ] +\\d+\\.\\d\\d %  (cut|   )  \".*\"$",
                                             QRegularExpression::MultilineOption);
        QCOMPARE(table.count(QRegularExpression("^token \\d: \".*\" +\\d+\\.\\d\\d %$",
                                                QRegularExpression::MultilineOption)),
                 3);
        QCOMPARE(table.count(line), 3 * 4);
        QCOMPARE(table.count("%  cut  \""), 3 * 2);
        QCOMPARE(table.count("\n  * "), 3);
    }

    void nothingIsToldUnasked()
    {
        const Output output = run({"generate"});
        QVERIFY(!output.errors.contains("token 1"));
        QVERIFY(!output.text.isEmpty());
    }

    void jsonHasTheCandidatesOfEachToken()
    {
        const Output output = run({"--json", "generate", "--top-k", "2", "--candidates", "4"});
        const QJsonArray tokens = QJsonDocument::fromJson(output.text)["tokens"].toArray();
        QCOMPARE(tokens.size(), 3);
        QString text;
        for (const QJsonValue& token : tokens) {
            text += token["text"].toString();
            const QJsonArray candidates = token["candidates"].toArray();
            QCOMPARE(candidates.size(), 4);
            double previous = 1;
            for (qsizetype i = 0; i < candidates.size(); ++i) {
                const double probability = candidates[i]["probability"].toDouble();
                QVERIFY(probability > 0 && probability <= previous);
                previous = probability;
                QCOMPARE(candidates[i]["kept"].toBool(), i < 2);
            }
        }
        QCOMPARE(text, QJsonDocument::fromJson(output.text)["text"].toString());
    }

    void moreThanThereMayBeAreRefused() { QVERIFY(run({"generate", "--candidates", "31"}).code != 0); }

private:
    struct Output {
        int code = 0;
        QByteArray text;
        QString errors;
    };

    /// Three tokens of the demo model.
    static Output run(QStringList arguments)
    {
        const qsizetype command = arguments.indexOf("generate");
        arguments.insert(command + 1, ROCMFORGE_SOURCE_DIR "/resources/demo-model/ember-10m-q8_0.gguf");
        arguments << "--chat" << "-p" << "Who are you?" << "-n" << "3" << "--seed" << "1"
                  << "--min-p" << "0" << "--top-p" << "1";
        QProcess process;
        process.start(ROCMFORGE_CLI, arguments);
        process.waitForFinished();
        return {process.exitCode(), process.readAllStandardOutput(),
                QString::fromUtf8(process.readAllStandardError())};
    }
};

QTEST_GUILESS_MAIN(CliCandidatesTest)
#include "cli_candidates_test.moc"
