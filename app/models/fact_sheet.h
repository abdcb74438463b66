// What a GGUF file is, read from its header alone, in words for a person.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QVariantList>
#include <QtQml/qqmlregistration.h>

#include <rocmforge/model_info.h>

/// Empty and not `ready` until the header is read on a worker thread; then it never changes.
class FactSheet : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.models.inspect()")
    Q_PROPERTY(QString path READ path CONSTANT)
    /// The header has been read, or could not be.
    Q_PROPERTY(bool ready READ ready NOTIFY readyChanged)
    /// The file is a well-formed GGUF.
    Q_PROPERTY(bool valid READ valid NOTIFY readyChanged)
    /// The file is valid and this application can run it.
    Q_PROPERTY(bool canLoad READ canLoad NOTIFY readyChanged)
    Q_PROPERTY(QString title READ title NOTIFY readyChanged)
    /// Of an unknown architecture: one that the tensors match; empty where there is none.
    Q_PROPERTY(QString canTryAs READ canTryAs NOTIFY readyChanged)
    /// List of {label, value}.
    Q_PROPERTY(QVariantList rows READ rows NOTIFY readyChanged)
    /// Whether it fits the memory, with numbers: "Needs 5.3 GB with 8 192 tokens of context; 21 GB free."
    Q_PROPERTY(QString fitText READ fitText NOTIFY readyChanged)
    Q_PROPERTY(bool fits READ fits NOTIFY readyChanged)
    Q_PROPERTY(QStringList warnings READ warnings NOTIFY readyChanged)
    /// What is wrong and where; empty when canLoad.
    Q_PROPERTY(QString error READ error NOTIFY readyChanged)
    Q_PROPERTY(QString remedy READ remedy NOTIFY readyChanged)
    Q_PROPERTY(QString quantization READ quantization NOTIFY readyChanged)
    Q_PROPERTY(QString sizeText READ sizeText NOTIFY readyChanged)

public:
    explicit FactSheet(QString path, QObject* parent = nullptr);

    /// Blocks; any thread. Directories, missing and unreadable files are errors with a remedy.
    /// `architecture` takes the place of the file's own.
    [[nodiscard]] static rocmforge::Result<rocmforge::ModelInfo> read(const QString& path,
                                                                            const QString& architecture = {});
    /// `availableBytes` of memory decide whether it fits.
    void fill(const rocmforge::Result<rocmforge::ModelInfo>& info, qint64 availableBytes);

    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] bool ready() const { return m_ready; }
    [[nodiscard]] bool valid() const { return m_valid; }
    [[nodiscard]] bool canLoad() const { return m_valid && m_error.isEmpty(); }
    [[nodiscard]] QString canTryAs() const { return m_canTryAs; }
    [[nodiscard]] QString title() const { return m_title; }
    [[nodiscard]] QVariantList rows() const { return m_rows; }
    [[nodiscard]] QString fitText() const { return m_fitText; }
    [[nodiscard]] bool fits() const { return m_fits; }
    [[nodiscard]] QStringList warnings() const { return m_warnings; }
    [[nodiscard]] QString error() const { return m_error; }
    [[nodiscard]] QString remedy() const { return m_remedy; }
    [[nodiscard]] QString quantization() const { return m_quantization; }
    [[nodiscard]] QString sizeText() const { return m_sizeText; }

signals:
    void readyChanged();

private:
    void fillFit(const rocmforge::ModelInfo& info, qint64 availableBytes);

    QString m_path;
    bool m_ready = false;
    bool m_valid = false;
    bool m_fits = false;
    QString m_canTryAs;
    QString m_title;
    QVariantList m_rows;
    QString m_fitText;
    QStringList m_warnings;
    QString m_error;
    QString m_remedy;
    QString m_quantization;
    QString m_sizeText;
};
