#include "base/mapped_file.h"

#include <QTemporaryDir>
#include <QtTest>

#include <csetjmp>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace rocmforge;

namespace {

constexpr size_t size = 1 << 20;

sigjmp_buf afterForeignFault;

void leaveForeignFault(int)
{
    siglongjmp(afterForeignFault, 1);
}

/// Reads every byte; the sum depends on all of them.
uint64_t sum(std::span<const std::byte> bytes)
{
    uint64_t result = 0;
    for (const std::byte byte : bytes)
        result += std::to_integer<uint64_t>(byte);
    return result;
}

} // namespace

class MappedFileTest : public QObject {
    Q_OBJECT

private slots:
    /// Before the first mapping, so that this is the handler the guard finds.
    void initTestCase()
    {
        QVERIFY(dir_.isValid());
        struct sigaction action = {};
        action.sa_handler = leaveForeignFault;
        QCOMPARE(sigaction(SIGBUS, &action, nullptr), 0);
    }

    void bytesAreThoseOfTheFile()
    {
        const auto file = MappedFile::open(create("plain", "hello"));
        QVERIFY(file.has_value());
        QCOMPARE(file->bytes().size(), size_t(5));
        QCOMPARE(std::to_integer<char>(file->bytes()[4]), 'o');
        QVERIFY(!file->damaged());
    }

    void whatIsNoFileIsRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("kind");
        create("empty", "");
        create("file", "x");
        mkfifo((dir_.path() + "/pipe").toUtf8().constData(), 0600);
        QTest::newRow("missing") << "no such file" << int(ErrorKind::not_found);
        QTest::newRow("below a file") << "file/below" << int(ErrorKind::not_found);
        QTest::newRow("directory") << "." << int(ErrorKind::unreadable);
        QTest::newRow("pipe") << "pipe" << int(ErrorKind::unreadable);
        QTest::newRow("empty") << "empty" << int(ErrorKind::truncated);
    }
    void whatIsNoFileIsRefused()
    {
        QFETCH(QString, name);
        QFETCH(int, kind);
        const auto file = MappedFile::open(path(name.toStdString()));
        QVERIFY(!file.has_value());
        QCOMPARE(int(file.error().kind), kind);
        QVERIFY(!file.error().message.empty());
    }

    void readingATruncatedFileGivesZerosAndDamage()
    {
        const auto name = create("shrinking", std::string(size, '\x01'));
        auto file = MappedFile::open(name);
        QVERIFY(file.has_value());
        QCOMPARE(sum(file->bytes()), uint64_t(size));
        std::filesystem::resize_file(name, size / 2);
        QCOMPARE(sum(file->bytes()), uint64_t(size / 2));
        std::filesystem::resize_file(name, size);
        QVERIFY(file->damaged());
    }

    void truncationIsSeenBeforeItIsRead()
    {
        const auto name = create("shrunk", std::string(size, '\x01'));
        const auto file = MappedFile::open(name);
        std::filesystem::resize_file(name, size - 1);
        QVERIFY(file->damaged());
    }

    void deletedFileStaysReadable()
    {
        const auto name = create("deleted", std::string(size, '\x01'));
        const auto file = MappedFile::open(name);
        std::filesystem::remove(name);
        QCOMPARE(sum(file->bytes()), uint64_t(size));
        QVERIFY(!file->damaged());
    }

    void movedMappingKeepsItsGuard()
    {
        const auto name = create("moved", std::string(size, '\x01'));
        MappedFile target = *MappedFile::open(create("replaced", "x"));
        target = *MappedFile::open(name);
        std::filesystem::resize_file(name, 0);
        QCOMPARE(sum(target.bytes()), uint64_t(0));
        QVERIFY(target.damaged());
    }

    void faultsElsewhereGoToTheHandlerBefore()
    {
        QVERIFY(MappedFile::open(create("guarded", "x")).has_value());
        const auto name = create("foreign", std::string(size, '\x01'));
        const int descriptor = ::open(name.c_str(), O_RDONLY);
        const auto* bytes =
            static_cast<const volatile char*>(mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0));
        std::filesystem::resize_file(name, 0);
        if (sigsetjmp(afterForeignFault, 1) == 0) {
            (void)bytes[size / 2];
            QFAIL("the read came back");
        }
        munmap(const_cast<char*>(bytes), size);
        close(descriptor);
    }

    void threadsMapAndLoseFilesIndependently()
    {
        std::vector<std::jthread> threads;
        std::atomic<int> undamaged = 0;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([this, t, &undamaged] {
                for (int i = 0; i < 20; ++i) {
                    const auto name = create("thread" + std::to_string(t), std::string(65536, '\x01'));
                    const auto file = MappedFile::open(name);
                    std::filesystem::resize_file(name, 4096);
                    undamaged += sum(file->bytes()) == 4096 && file->damaged() ? 0 : 1;
                }
            });
        threads.clear();
        QCOMPARE(undamaged.load(), 0);
    }

private:
    std::filesystem::path path(const std::string& name) const
    {
        return dir_.path().toStdString() + "/" + name;
    }

    std::filesystem::path create(const std::string& name, const std::string& content) const
    {
        std::filesystem::remove(path(name));
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }

    QTemporaryDir dir_;
};

QTEST_APPLESS_MAIN(MappedFileTest)
#include "mapped_file_test.moc"
