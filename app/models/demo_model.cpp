#include "models/demo_model.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>

QString findDemoModel()
{
    const QDir beside(QCoreApplication::applicationDirPath());
    const QStringList folders = {
        beside.filePath(QStringLiteral(ROCMFORGE_DEMO_MODEL_FROM_BIN)),
        QStringLiteral(ROCMFORGE_DEMO_MODEL_IN_SOURCE),
    };
    for (const QString& folder : folders) {
        const QString file = QDir::cleanPath(folder + QStringLiteral("/ember-10m-q8_0.gguf"));
        if (QFileInfo::exists(file))
            return file;
    }
    return {};
}
