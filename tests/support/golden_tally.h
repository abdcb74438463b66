// What became of the cases of one part of the reference data: counted by its test, kept in a file,
// and printed as a table with the other parts by golden_table_test.
#pragma once

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest>

#include <map>

namespace rocmforge::test {

/// Where tallies are kept, or empty: CTest sets it for tests that count.
inline QString tallyDir()
{
    return qEnvironmentVariable("ROCMFORGE_TALLY_DIR");
}

class GoldenTally {
public:
    /// `part` names the file: "tokenizers".
    explicit GoldenTally(QString part)
        : part_(std::move(part))
    {
    }
    GoldenTally(const GoldenTally&) = delete;
    GoldenTally& operator=(const GoldenTally&) = delete;
    ~GoldenTally() { store(); }

    void count(int cases, int passed)
    {
        cases_ += cases;
        passed_ += passed;
    }
    /// The rest of the test function is one case.
    class Case {
    public:
        explicit Case(GoldenTally& tally)
            : tally_(tally)
        {
        }
        Case(const Case&) = delete;
        Case& operator=(const Case&) = delete;
        ~Case() { tally_.count(1, QTest::currentTestFailed() ? 0 : 1); }

    private:
        GoldenTally& tally_;
    };
    void skip(int cases, const QString& reason)
    {
        cases_ += cases;
        skipped_[reason] += cases;
    }

private:
    void store() const
    {
        if (tallyDir().isEmpty() || cases_ == 0)
            return;
        QJsonArray skipped;
        for (const auto& [reason, cases] : skipped_)
            skipped.append(QJsonObject{{"reason", reason}, {"cases", cases}});
        QFile file(QDir(tallyDir()).filePath(part_ + ".json"));
        if (file.open(QIODevice::WriteOnly))
            file.write(
                QJsonDocument(QJsonObject{{"cases", cases_}, {"passed", passed_}, {"skipped", skipped}})
                    .toJson());
    }

    QString part_;
    int cases_ = 0;
    int passed_ = 0;
    std::map<QString, int> skipped_; ///< cases by reason
};

} // namespace rocmforge::test
