#include "test_app.h"

#include <QAbstractItemModelTester>

using rocmforge::test::TestApp;

namespace {

LastToken tokenOf(int nCandidates)
{
    LastToken token{{3, 0.1f, {}}, {}};
    for (int i = 0; i < nCandidates; ++i) {
        token.drawn.candidates.push_back({i + 1, 0.4f / float(i + 1), i < 2});
        token.texts.append(QString::number(i));
    }
    return token;
}

} // namespace

class CandidateListModelTest : public QObject {
    Q_OBJECT

private slots:
    void rowsAreThoseOfTheLastToken()
    {
        CandidateListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.bestProbability(), 0.0);
        for (const int n : {5, 7, 2, 0, 3}) {
            model.show(tokenOf(n));
            QCOMPARE(model.count(), n);
        }
        QCOMPARE(model.bestProbability(), double(0.4f));
        QCOMPARE(model.keptCount(), 2);
        const auto at = [&](int row, int role) { return model.data(model.index(row), role); };
        QCOMPARE(at(1, CandidateListModel::TextRole).toString(), QStringLiteral("1"));
        QCOMPARE(at(1, CandidateListModel::ProbabilityRole).toDouble(), double(0.2f));
        QVERIFY(at(1, CandidateListModel::KeptRole).toBool()
                && !at(2, CandidateListModel::KeptRole).toBool());
        QVERIFY(at(2, CandidateListModel::DrawnRole).toBool()
                && !at(1, CandidateListModel::DrawnRole).toBool());
    }

    void whiteSpaceCanBeSeen()
    {
        CandidateListModel model;
        LastToken token = tokenOf(1);
        token.texts = {QStringLiteral(" a\n\tb")};
        model.show(token);
        QCOMPARE(model.data(model.index(0), CandidateListModel::TextRole).toString(),
                 QString::fromUtf8(" a\u21b5\u21e5b"));
    }

    void previewHoldsUntilTheNextAnswer()
    {
        CandidateListModel model;
        model.show(tokenOf(5));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.preview({.temperature = 1, .top_k = 3, .top_p = 1, .min_p = 0});
        QCOMPARE(model.keptCount(), 3);
        QCOMPARE(changed.count(), 1);
        model.show(tokenOf(6));
        QCOMPARE(model.keptCount(), 3);
        model.beginAnswer();
        model.show(tokenOf(6));
        QCOMPARE(model.keptCount(), 2);
    }

    void answersTellWhileSomeoneLooks()
    {
        TestApp app;
        app.loadModel();
        CandidateListModel& candidates = *app.chat().candidates();
        app.ask(QStringLiteral("hello"));
        QCOMPARE(candidates.count(), 0);
        candidates.setActive(true);
        app.ask(QStringLiteral("hello again"));
        QCOMPARE(candidates.count(), rocmforge::max_token_candidates);
        QCOMPARE(candidates.data(candidates.index(0), CandidateListModel::TextRole).toString(),
                 QStringLiteral("a"));
        QVERIFY(candidates.data(candidates.index(0), CandidateListModel::DrawnRole).toBool());
        candidates.setActive(false);
        app.ask(QStringLiteral("and again"));
        QCOMPARE(candidates.count(), 0); // not those of the answer before
    }

    void slidersMoveWhatIsKept()
    {
        TestApp app;
        app.loadModel();
        CandidateListModel& candidates = *app.chat().candidates();
        candidates.setActive(true);
        app.ask(QStringLiteral("hello"));
        app.chat().sampling()->setProperty("topK", 4);
        QCOMPARE(candidates.keptCount(), 4);
        app.chat().sampling()->setProperty("temperature", 0);
        QCOMPARE(candidates.keptCount(), 1);
    }
};

QTEST_MAIN(CandidateListModelTest)
#include "candidate_list_model_test.moc"
