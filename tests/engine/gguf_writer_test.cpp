#include "gguf/gguf.h"
#include "gguf/writer.h"

#include <QTemporaryDir>
#include <QtTest>

#include <numeric>

using namespace rocmforge;

namespace {

/// The bytes 1, 2, 3 …
std::vector<std::byte> countingBytes(size_t n)
{
    std::vector<std::byte> bytes(n);
    for (size_t i = 0; i < n; ++i)
        bytes[i] = std::byte(i + 1);
    return bytes;
}

void addTwoTensors(gguf::Writer& writer)
{
    writer.set("general.architecture", "llama");
    writer.add_tensor("odd", Format::q8_0, std::array<int64_t, 1>{32}); // 34 bytes: padding follows
    writer.add_tensor("cube", Format::f16, std::array<int64_t, 3>{2, 3, 4});
}

} // namespace

class GgufWriterTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(dir_.isValid()); }

    void writtenFileReadsBack()
    {
        const auto odd = countingBytes(34);
        const auto cube = countingBytes(48);
        {
            gguf::Writer writer;
            addTwoTensors(writer);
            QVERIFY(writer.begin(path("model.gguf")).has_value());
            QVERIFY(writer.write(std::span(odd).first(10)).has_value());
            QVERIFY(writer.write(std::span(odd).subspan(10)).has_value());
            QVERIFY(writer.write(cube).has_value());
            QVERIFY(writer.finish().has_value());
            QCOMPARE(int64_t(std::filesystem::file_size(path("model.gguf"))), writer.file_bytes());
        }
        const auto file = gguf::File::open(path("model.gguf"));
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QCOMPARE(*file->metadata().string("general.architecture"), "llama");
        QVERIFY(std::ranges::equal(file->find_tensor("odd")->data, odd));
        QVERIFY(std::ranges::equal(file->find_tensor("cube")->data, cube));
        QCOMPARE(file->find_tensor("cube")->shape, (std::array<int64_t, 4>{2, 3, 4, 1}));
        QVERIFY(file->warnings().empty());
    }

    void fileWithoutTensorsReadsBack()
    {
        gguf::Writer writer;
        writer.set("general.architecture", "llama");
        QVERIFY(writer.begin(path("vocabulary.gguf")).has_value());
        QVERIFY(writer.finish().has_value());
        QVERIFY(gguf::File::open(path("vocabulary.gguf")).has_value());
    }

    void unfinishedFileIsRemoved()
    {
        {
            gguf::Writer writer;
            addTwoTensors(writer);
            QVERIFY(writer.begin(path("unfinished.gguf")).has_value());
            QCOMPARE(int(writer.finish().error().kind), int(ErrorKind::internal));
            QVERIFY(std::filesystem::exists(path("unfinished.gguf")));
        }
        QVERIFY(!std::filesystem::exists(path("unfinished.gguf")));
    }

    void moreBytesThanAnnouncedAreRefused()
    {
        gguf::Writer writer;
        addTwoTensors(writer);
        QVERIFY(writer.begin(path("excess.gguf")).has_value());
        QCOMPARE(int(writer.write(countingBytes(35)).error().kind), int(ErrorKind::internal));
    }

    void fileThatCannotBeCreatedIsAnError()
    {
        gguf::Writer writer;
        const Status status = writer.begin(path("no such folder/model.gguf"));
        QCOMPARE(int(status.error().kind), int(ErrorKind::unreadable));
        QVERIFY(!status.error().remedy.empty());
    }

    void fullDiskIsAnError()
    {
        gguf::Writer writer;
        writer.add_tensor("large", Format::f32, std::array<int64_t, 1>{1 << 20});
        const auto bytes = countingBytes(1 << 22);
        std::error_code none;
        std::filesystem::create_symlink("/dev/full", path("full"), none);
        const bool written = writer.begin(path("full")) && writer.write(bytes) && writer.finish();
        QVERIFY(!written);
    }

private:
    std::filesystem::path path(const std::string& name) const
    {
        return dir_.path().toStdString() + "/" + name;
    }

    QTemporaryDir dir_;
};

QTEST_APPLESS_MAIN(GgufWriterTest)
#include "gguf_writer_test.moc"
