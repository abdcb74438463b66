// The models a person has: files used in place, and Ember, which is always there.
#pragma once

#include "models/fact_sheet.h"

#include <QtCore/QAbstractListModel>
#include <QtCore/QUrl>
#include <QtQml/qqmlregistration.h>

class Settings;
class Worker;

/// Roles: name, path, quantization, sizeText, architecture, contextText, missing (the file is
/// gone), supported (this application can run it), demo (Ember), problem (why it cannot run).
/// GUI thread; headers are read on worker threads.
class ModelLibrary : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.models")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    /// Where Ember lies; empty when this installation lacks it.
    Q_PROPERTY(QString demoPath READ demoPath CONSTANT)

public:
    enum Role {
        NameRole = Qt::UserRole + 1,
        PathRole,
        QuantizationRole,
        SizeTextRole,
        ArchitectureRole,
        ContextTextRole,
        MissingRole,
        SupportedRole,
        DemoRole,
        ProblemRole,
    };

    /// `settings` keeps the paths, `worker` reads the headers; both outlive this.
    ModelLibrary(Settings& settings, Worker& worker, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] int count() const { return rowCount(); }
    [[nodiscard]] QString demoPath() const { return m_demoPath; }

    /// Local files and folders (searched for *.gguf); known ones, and parts of a split file after
    /// the first, are skipped.
    Q_INVOKABLE void add(const QList<QUrl>& urls);
    /// From the list only; the file stays. Ember cannot be removed.
    Q_INVOKABLE void remove(int row);
    /// The facts of a file, filled in a moment later; QML owns the object.
    Q_INVOKABLE FactSheet* inspect(const QUrl& url);
    /// Reads every header again.
    Q_INVOKABLE void refresh();

signals:
    void countChanged();

private:
    struct Entry {
        QString path;
        QString name;
        QString quantization;
        QString sizeText;
        QString architecture;
        QString contextText;
        QString problem;
        bool missing = false;
        bool supported = false;
    };

    void append(const QStringList& paths);
    void readHeader(const QString& path);
    void applyHeader(const QString& path, const rocmforge::Result<rocmforge::ModelInfo>& info);
    void savePaths();
    [[nodiscard]] int rowOf(const QString& path) const;

    Settings& m_settings;
    Worker& m_worker;
    QString m_demoPath;
    QList<Entry> m_entries;
};
