#include "models/model_library.h"

#include "format.h"
#include "models/demo_model.h"
#include "models/local_path.h"
#include "settings/settings.h"
#include "threads/worker.h"

#include <QtCore/QDirIterator>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>
#include <QtCore/QRegularExpression>
#include <QtQml/QQmlEngine>

#include <rocmforge/hardware.h>

#include <algorithm>

namespace {

bool isLaterShard(const QString& path)
{
    static const QRegularExpression pattern(QStringLiteral("-(\\d{5})-of-\\d{5}\\.gguf$"));
    const QRegularExpressionMatch match = pattern.match(path);
    return match.hasMatch() && match.captured(1).toInt() > 1;
}

/// The model files that a dropped file or folder stands for.
QStringList modelFiles(const QString& path)
{
    if (!QFileInfo(path).isDir())
        return {path};
    QStringList files;
    QDirIterator folder(path, {QStringLiteral("*.gguf")}, QDir::Files, QDirIterator::Subdirectories);
    while (folder.hasNext())
        files.append(folder.next());
    files.sort();
    files.removeIf(isLaterShard);
    return files;
}

} // namespace

ModelLibrary::ModelLibrary(Settings& settings, Worker& worker, QObject* parent)
    : QAbstractListModel(parent)
    , m_settings(settings)
    , m_worker(worker)
    , m_demoPath(findDemoModel())
{
    if (!m_demoPath.isEmpty())
        append({m_demoPath});
    append(settings.models());
}

int ModelLibrary::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant ModelLibrary::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry& entry = m_entries.at(index.row());
    switch (role) {
    case NameRole:
        return entry.name;
    case PathRole:
        return entry.path;
    case QuantizationRole:
        return entry.quantization;
    case SizeTextRole:
        return entry.sizeText;
    case ArchitectureRole:
        return entry.architecture;
    case ContextTextRole:
        return entry.contextText;
    case MissingRole:
        return entry.missing;
    case SupportedRole:
        return entry.supported;
    case DemoRole:
        return entry.path == m_demoPath;
    case ProblemRole:
        return entry.problem;
    default:
        return {};
    }
}

QHash<int, QByteArray> ModelLibrary::roleNames() const
{
    return {{NameRole, "name"},         {PathRole, "path"},
            {SizeTextRole, "sizeText"}, {QuantizationRole, "quantization"},
            {MissingRole, "missing"},   {ArchitectureRole, "architecture"},
            {DemoRole, "demo"},         {ContextTextRole, "contextText"},
            {ProblemRole, "problem"},   {SupportedRole, "supported"}};
}

void ModelLibrary::add(const QList<QUrl>& urls)
{
    // A folder may be large and on a slow disk.
    m_worker.post([this, urls, &worker = m_worker, self = QPointer(this)] {
        QStringList files;
        for (const QUrl& url : urls)
            files += modelFiles(localPath(url));
        worker.reply([this, self, files] {
            if (!self)
                return;
            append(files);
            savePaths();
        });
    });
}

void ModelLibrary::append(const QStringList& paths)
{
    for (const QString& path : paths) {
        if (rowOf(path) >= 0)
            continue;
        Entry entry;
        entry.path = path;
        entry.name = QFileInfo(path).completeBaseName();
        beginInsertRows({}, rowCount(), rowCount());
        m_entries.append(entry);
        endInsertRows();
        readHeader(path);
    }
    emit countChanged();
}

void ModelLibrary::remove(int row)
{
    if (row < 0 || row >= rowCount() || m_entries.at(row).path == m_demoPath)
        return;
    beginRemoveRows({}, row, row);
    m_entries.removeAt(row);
    endRemoveRows();
    emit countChanged();
    savePaths();
}

FactSheet* ModelLibrary::inspect(const QUrl& url)
{
    auto* sheet = new FactSheet(localPath(url));
    QQmlEngine::setObjectOwnership(sheet, QQmlEngine::JavaScriptOwnership);
    m_worker.post([path = sheet->path(), target = QPointer(sheet), &worker = m_worker] {
        const auto info = FactSheet::read(path);
        const qint64 available = rocmforge::cpu_info().memory_available;
        worker.reply([target, info, available] {
            if (target)
                target->fill(info, available);
        });
    });
    return sheet;
}

void ModelLibrary::refresh()
{
    for (const Entry& entry : std::as_const(m_entries))
        readHeader(entry.path);
}

void ModelLibrary::readHeader(const QString& path)
{
    const QString architecture = m_settings.triedArchitectures().value(path).toString();
    m_worker.post([this, path, architecture, &worker = m_worker, self = QPointer(this)] {
        const auto info = FactSheet::read(path, architecture);
        worker.reply([this, self, path, info] {
            if (self)
                applyHeader(path, info);
        });
    });
}

void ModelLibrary::applyHeader(const QString& path, const rocmforge::Result<rocmforge::ModelInfo>& info)
{
    const int row = rowOf(path);
    if (row < 0)
        return;
    Entry& entry = m_entries[row];
    entry.supported = info && info->unsupported.empty();
    entry.missing = !info && info.error().kind == rocmforge::ErrorKind::not_found;
    if (info) {
        entry.name = QString::fromStdString(info->name);
        entry.quantization = QString::fromStdString(info->quantization);
        entry.sizeText = bytesText(double(info->file_bytes));
        entry.architecture = QString::fromStdString(info->architecture);
        entry.contextText = countText(info->n_ctx_train);
    }
    entry.problem = QString::fromStdString(info ? info->unsupported : info.error().message);
    emit dataChanged(index(row), index(row));
}

void ModelLibrary::savePaths()
{
    QStringList paths;
    for (const Entry& entry : std::as_const(m_entries)) {
        if (entry.path != m_demoPath)
            paths.append(entry.path);
    }
    m_settings.setProperty("models", paths);
}

int ModelLibrary::rowOf(const QString& path) const
{
    const auto entry =
        std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& e) { return e.path == path; });
    return entry == m_entries.end() ? -1 : int(entry - m_entries.begin());
}
