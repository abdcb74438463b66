// Bad files must not make us allocate what their counts ask for. operator new is replaced here, so
// this test is an executable of its own.
#include "gguf/gguf.h"
#include "gguf/writer.h"

#include "support/gguf_sample.h"
#include "support/golden.h"

#include <QtTest>

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <new>
#include <sstream>

using namespace rocmforge;

namespace {

int64_t live_bytes = 0;
int64_t peak_bytes = 0;

void* allocate(size_t size)
{
    void* block = std::malloc(size);
    if (!block)
        std::abort();
    live_bytes += static_cast<int64_t>(malloc_usable_size(block));
    peak_bytes = std::max(peak_bytes, live_bytes);
    return block;
}

void release(void* block)
{
    live_bytes -= static_cast<int64_t>(malloc_usable_size(block));
    std::free(block);
}

/// The most heap that was in use at once during `action`, beyond what was before.
template <typename Action> int64_t peakOf(Action action)
{
    peak_bytes = live_bytes;
    const int64_t before = live_bytes;
    action();
    return peak_bytes - before;
}

/// Room for the error's text and for the few entries that even tiny files have.
constexpr int64_t allowance = 16384;

std::string fileOf(gguf::Writer& writer)
{
    std::string file = writer.header();
    file.resize(size_t(writer.file_bytes()));
    return file;
}

std::string manyEmptyStrings()
{
    gguf::Writer writer;
    writer.set("strings", std::vector<std::string>(50000));
    return fileOf(writer);
}

std::string manyTinyEntries()
{
    gguf::Writer writer;
    for (int i = 0; i < 20000; ++i)
        writer.set(std::to_string(i), uint8_t(0));
    return fileOf(writer);
}

std::string manyTinyTensors()
{
    gguf::Writer writer;
    for (int i = 0; i < 20000; ++i)
        writer.add_tensor(std::to_string(i), Format::f32, {});
    return fileOf(writer);
}

} // namespace

void* operator new(size_t size)
{
    return allocate(size);
}

void operator delete(void* block) noexcept
{
    release(block);
}

void operator delete(void* block, size_t) noexcept
{
    release(block);
}

class GgufMemoryTest : public QObject {
    Q_OBJECT

private slots:
    void largeNumbersOfSmallThingsStayWithinBounds_data()
    {
        QTest::addColumn<std::string>("file");
        QTest::newRow("sound") << test::sampleGguf();
        QTest::newRow("empty strings") << manyEmptyStrings();
        QTest::newRow("tiny entries") << manyTinyEntries();
        QTest::newRow("tiny tensors") << manyTinyTensors();
    }
    void largeNumbersOfSmallThingsStayWithinBounds()
    {
        QFETCH(std::string, file);
        const int64_t peak = peakOf([&] { (void)gguf::parse(test::bytesOf(file)); });
        QVERIFY(peak > 0);
        QVERIFY2(peak <= int64_t(2 * file.size()) + allowance,
                 qPrintable(QString("%1 bytes for a file of %2").arg(peak).arg(file.size())));
    }

    void badFileAllocatesAtMostTwiceItsSize()
    {
        REQUIRE_GOLDEN();
        int n_files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(test::goldenDir() / "bad-gguf")) {
            const std::filesystem::path path = entry.path();
            const auto size = static_cast<int64_t>(entry.file_size());
            if (path.extension() != ".gguf" || size < 4096)
                continue;
            ++n_files;
            const int64_t peak = peakOf([&] { (void)gguf::File::open(path); });
            QVERIFY2(peak > 0 && peak <= 2 * size,
                     qPrintable(QString("%1: %2 bytes for %3").arg(path.c_str()).arg(peak).arg(size)));
        }
        QVERIFY(n_files > 80);
    }
};

QTEST_APPLESS_MAIN(GgufMemoryTest)
#include "gguf_memory_test.moc"
