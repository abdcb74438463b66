#include "gguf/gguf.h"
#include "gguf/writer.h"

#include "support/gguf_sample.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

using namespace rocmforge;

namespace {

struct Part {
    int number = 0; ///< from 0
    int count = 3;
    std::string tensor = {}; ///< named after the number where empty
    int announced_tensors = 3;
};

std::string partName(int number, int count)
{
    return "model-0000" + std::to_string(number + 1) + "-of-0000" + std::to_string(count) + ".gguf";
}

std::string tensorName(int number)
{
    std::string name = "t";
    return name += std::to_string(number);
}

} // namespace

Q_DECLARE_METATYPE(Part)

class GgufFileTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        dir_ = std::make_unique<QTemporaryDir>();
        QVERIFY(dir_->isValid());
    }

    void oneFileIsOpened()
    {
        const auto file = gguf::File::open(store("model.gguf", test::sampleGguf()));
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QCOMPARE(file->paths().size(), size_t(1));
        QCOMPARE(file->bytes(), int64_t(test::sampleGguf().size()));
        QCOMPARE(file->tensors().size(), size_t(2));
        QCOMPARE(file->find_tensor("second")->data.size(), size_t(68));
        QVERIFY(!file->find_tensor("third"));
        QVERIFY(!file->find_tensor(""));
        QVERIFY(file->intact().has_value());
    }

    void errorsNameTheFile()
    {
        const auto file = gguf::File::open(store("broken.gguf", "GGUX and more"));
        QCOMPARE(int(file.error().kind), int(ErrorKind::bad_magic));
        QVERIFY(file.error().message.starts_with("broken.gguf: "));
        QVERIFY(!file.error().remedy.empty());
    }

    void anyShardOpensAll_data()
    {
        QTest::addColumn<int>("number");
        QTest::newRow("first") << 0;
        QTest::newRow("middle") << 1;
        QTest::newRow("last") << 2;
    }
    void anyShardOpensAll()
    {
        QFETCH(int, number);
        storeParts();
        const auto file = gguf::File::open(path(partName(number, 3)));
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QCOMPARE(file->paths().size(), size_t(3));
        QCOMPARE(file->tensors().size(), size_t(3));
        QCOMPARE(*file->metadata().string("general.name"), "part 0");
        for (int i = 0; i < 3; ++i) {
            const auto* tensor = file->find_tensor(tensorName(i));
            QVERIFY(tensor);
            QCOMPARE(std::to_integer<int>(tensor->data[0]), i + 1);
        }
    }

    void missingShardsAreNamed()
    {
        storeParts();
        std::filesystem::remove(path(partName(1, 3)));
        const auto file = gguf::File::open(path(partName(0, 3)));
        QCOMPARE(int(file.error().kind), int(ErrorKind::split_file));
        QVERIFY(file.error().message.find(partName(1, 3)) != std::string::npos);
        QVERIFY(file.error().message.find(partName(2, 3)) == std::string::npos);
    }

    void missingShardsMayBeSkipped()
    {
        storeParts();
        std::filesystem::remove(path(partName(1, 3)));
        const auto file = gguf::File::open(path(partName(2, 3)), gguf::MissingShards::skip);
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QCOMPARE(file->paths().size(), size_t(2));
        QCOMPARE(file->missing_paths().size(), size_t(1));
        QVERIFY(file->find_tensor("t0") && !file->find_tensor("t1") && file->find_tensor("t2"));
    }

    void shardsThatDoNotBelongTogetherAreRefused_data()
    {
        QTest::addColumn<Part>("part");
        QTest::addColumn<int>("kind");
        QTest::newRow("wrong number") << Part{.number = 2} << int(ErrorKind::split_file);
        QTest::newRow("wrong count") << Part{.number = 1, .count = 4} << int(ErrorKind::split_file);
        QTest::newRow("tensor of another")
            << Part{.number = 1, .tensor = "t0"} << int(ErrorKind::duplicate_tensor);
    }
    void shardsThatDoNotBelongTogetherAreRefused()
    {
        QFETCH(Part, part);
        QFETCH(int, kind);
        storeParts();
        storePart(partName(1, 3), part);
        const auto file = gguf::File::open(path(partName(0, 3)));
        QVERIFY(!file.has_value());
        QCOMPARE(int(file.error().kind), kind);
    }

    void tensorsThatNoShardHoldsAreMissed()
    {
        storeParts();
        storePart(partName(0, 3), {.number = 0, .announced_tensors = 4});
        QCOMPARE(int(gguf::File::open(path(partName(0, 3))).error().kind), int(ErrorKind::split_file));
    }

    void renamedShardIsRefused()
    {
        storePart("renamed.gguf", {.number = 1});
        QCOMPARE(int(gguf::File::open(path("renamed.gguf")).error().kind), int(ErrorKind::split_file));
    }

    void unsplitFileWithAShardsNameIsOneFile()
    {
        const auto file = gguf::File::open(store(partName(0, 3), test::sampleGguf()));
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QCOMPARE(file->paths().size(), size_t(1));
    }

    void shardPathsFollowTheName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("last");
        QTest::newRow("plain") << "a/model.gguf" << 1 << "a/model.gguf";
        QTest::newRow("split") << "a/m-00002-of-00012.gguf" << 12 << "a/m-00012-of-00012.gguf";
        QTest::newRow("no folder") << "m-00001-of-00002.gguf" << 2 << "m-00002-of-00002.gguf";
        QTest::newRow("beyond the count") << "m-00003-of-00002.gguf" << 1 << "m-00003-of-00002.gguf";
        QTest::newRow("zero") << "m-00000-of-00002.gguf" << 1 << "m-00000-of-00002.gguf";
        QTest::newRow("no digits") << "m-0000x-of-00002.gguf" << 1 << "m-0000x-of-00002.gguf";
        QTest::newRow("signed") << "m--0001-of-00002.gguf" << 1 << "m--0001-of-00002.gguf";
    }
    void shardPathsFollowTheName()
    {
        QFETCH(QString, name);
        QFETCH(int, count);
        QFETCH(QString, last);
        const auto paths = gguf::shard_paths(name.toStdString());
        QCOMPARE(int(paths.size()), count);
        QCOMPARE(QString::fromStdString(paths.back().string()), last);
    }

    void fileThatShrinksIsNoLongerIntact()
    {
        const auto name = store("model.gguf", test::sampleGguf());
        const auto file = gguf::File::open(name);
        std::filesystem::resize_file(name, 100);
        QCOMPARE(int(file->intact().error().kind), int(ErrorKind::device_error));
        QVERIFY(file->intact().error().message.find("model.gguf") != std::string::npos);
    }

private:
    std::filesystem::path path(const std::string& name) const
    {
        return dir_->path().toStdString() + "/" + name;
    }

    std::filesystem::path store(const std::string& name, const std::string& content) const
    {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }

    void storePart(const std::string& name, const Part& part) const
    {
        gguf::Writer writer;
        writer.set("general.name", "part " + std::to_string(part.number));
        writer.set("split.no", uint16_t(part.number));
        writer.set("split.count", uint16_t(part.count));
        writer.set("split.tensors.count", int32_t(part.announced_tensors));
        writer.add_tensor(part.tensor.empty() ? tensorName(part.number) : part.tensor, Format::q8_0,
                          std::array<int64_t, 1>{32});
        store(name, writer.header() + std::string(34, char(part.number + 1)));
    }

    void storeParts() const
    {
        for (int i = 0; i < 3; ++i)
            storePart(partName(i, 3), {.number = i});
    }

    std::unique_ptr<QTemporaryDir> dir_;
};

QTEST_APPLESS_MAIN(GgufFileTest)
#include "gguf_file_test.moc"
