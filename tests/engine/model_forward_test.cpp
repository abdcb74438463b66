#include "scheduler/model_forward.h"

#include "backend/cpu/cpu_backend.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <numeric>

using namespace rocmforge;

namespace fs = std::filesystem;

/// One sequence of a few tokens in page 0.
class ModelForwardTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir dir_;
    fs::path path_ = fs::path(dir_.path().toStdString()) / "ember.gguf";
    std::optional<gguf::File> file_;
    std::unique_ptr<Backend> backend_;
    std::unique_ptr<ModelForward> forward_;

    Result<std::span<const float>> run(std::vector<int32_t> tokens)
    {
        std::vector<int32_t> positions(tokens.size());
        std::iota(positions.begin(), positions.end(), 0);
        const std::vector<int32_t> pages = {0};
        const BatchSequence sequence{0, static_cast<int>(tokens.size()), 0, pages};
        const std::vector<int32_t> rows = {static_cast<int32_t>(tokens.size()) - 1};
        return forward_->run({tokens, positions, {&sequence, 1}, rows});
    }

private slots:
    void init();
    void takesBatchesUpToTheSizeReserved();
    void damagedFileIsAnError();
};

void ModelForwardTest::init()
{
    forward_.reset();
    file_.reset();
    fs::remove(path_);
    fs::copy_file(fs::path(ROCMFORGE_SOURCE_DIR) / "resources/demo-model/ember-10m-q8_0.gguf", path_);
    file_ = gguf::File::open(path_).value();
    backend_ = create_cpu_backend(1, "").value();
    auto model = Model::load(*file_, read_config(*file_).value(), *backend_).value();
    KvCache cache = KvCache::create(*backend_, model->kv_shapes(), 1, KvType::f16).value();
    forward_ = std::make_unique<ModelForward>(std::move(model), std::move(cache), *file_);
}

void ModelForwardTest::takesBatchesUpToTheSizeReserved()
{
    QVERIFY(forward_->reserve(2, 1));
    QVERIFY(run({1, 2}).has_value());
    QVERIFY(!run({1, 2, 3}));
    QVERIFY(forward_->reserve(3, 1));
    QVERIFY(run({1, 2, 3}).has_value());
    QVERIFY(forward_->reserve(1, 1)); // keeps what it has
    QCOMPARE(run({1, 2, 3}).value().size(), size_t{4096});
}

void ModelForwardTest::damagedFileIsAnError()
{
    QVERIFY(forward_->reserve(8, 1));
    QVERIFY(run({1, 2, 3}).has_value());
    fs::resize_file(path_, 4096);
    const auto data = file_->tensors().back().data;
    QCOMPARE(std::accumulate(data.begin(), data.end(), 0, [](int sum, std::byte b) { return sum + int(b); }),
             0);
    const auto result = run({1, 2, 3});
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::device_error);
    QVERIFY(result.error().message.contains("ember.gguf"));
}

QTEST_GUILESS_MAIN(ModelForwardTest)
#include "model_forward_test.moc"
