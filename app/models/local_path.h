// Paths as QML hands them over.
#pragma once

#include <QtCore/QString>
#include <QtCore/QUrl>

/// "file:///a/b.gguf" and "/a/b.gguf" alike.
[[nodiscard]] inline QString localPath(const QString& pathOrUrl)
{
    const QUrl url(pathOrUrl);
    return url.isLocalFile() ? url.toLocalFile() : pathOrUrl;
}

[[nodiscard]] inline QString localPath(const QUrl& url)
{
    return url.isLocalFile() ? url.toLocalFile() : url.toString();
}
