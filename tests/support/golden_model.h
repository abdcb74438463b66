// A model of the golden data with its tokens and logits.
#pragma once

#include "support/golden.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace rocmforge::test {

struct GoldenModel {
    std::filesystem::path directory;
    QJsonObject json;

    GoldenModel(const std::filesystem::path& folder, const QString& name)
        : directory(folder)
    {
        QFile file(QString::fromStdString((folder / (name + ".json").toStdString()).string()));
        if (file.open(QIODevice::ReadOnly))
            json = QJsonDocument::fromJson(file.readAll()).object();
    }

    [[nodiscard]] std::filesystem::path path(const char* key) const
    {
        return directory / json[key].toString().toStdString();
    }

    [[nodiscard]] std::vector<float> logits(const char* key = "logits") const
    {
        return readArray<float>(path(key));
    }

    [[nodiscard]] std::vector<int32_t> tokens() const { return integers(json["tokens"]); }

    static std::vector<int32_t> integers(const QJsonValue& array)
    {
        std::vector<int32_t> values;
        for (const QJsonValue value : array.toArray())
            values.push_back(value.toInt());
        return values;
    }
};

/// Where a model's data lies, of the committed ones always; empty where it is not at hand.
inline std::filesystem::path modelFolder(const QString& name)
{
    for (const auto& folder : {dataDir() / "models", goldenDir() / "models"})
        if (std::filesystem::exists(folder / (name.toStdString() + ".gguf")))
            return folder;
    return {};
}

} // namespace rocmforge::test
