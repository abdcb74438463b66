// The machine: processor, memory, and the state of the GPU with the reason where none is used.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtCore/QVariantMap>
#include <QtQml/qqmlregistration.h>

#include <rocmforge/hardware.h>

class Worker;

/// GUI thread; probed on a worker thread. Memory is polled once a second only while `active`.
class Hardware : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.hardware")
    /// Someone is looking.
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(QString cpuName READ cpuName NOTIFY changed)
    /// What the engine uses: "AVX-512 VNNI".
    Q_PROPERTY(QString simd READ simd NOTIFY changed)
    /// Physical cores available to this process.
    Q_PROPERTY(int cores READ cores NOTIFY changed)
    Q_PROPERTY(int threads READ threads NOTIFY changed)
    /// Bytes.
    Q_PROPERTY(double memoryTotal READ memoryTotal NOTIFY changed)
    Q_PROPERTY(double memoryUsed READ memoryUsed NOTIFY memoryChanged)
    /// Resident bytes of this application.
    Q_PROPERTY(double memoryOfApp READ memoryOfApp NOTIFY memoryChanged)
    /// {title, reason, remedy, library, driver, devices (list of strings), usable (bool)}
    Q_PROPERTY(QVariantMap gpu READ gpu NOTIFY changed)

public:
    /// `worker` does the probing and outlives this.
    explicit Hardware(Worker& worker, QObject* parent = nullptr);

    [[nodiscard]] bool active() const { return m_poll.isActive(); }
    void setActive(bool active);
    [[nodiscard]] QString cpuName() const { return m_cpuName; }
    [[nodiscard]] QString simd() const { return m_simd; }
    [[nodiscard]] int cores() const { return m_cores; }
    [[nodiscard]] int threads() const { return m_threads; }
    [[nodiscard]] double memoryTotal() const { return m_memory.total; }
    [[nodiscard]] double memoryUsed() const { return m_memory.used; }
    [[nodiscard]] double memoryOfApp() const { return m_memory.ofApp; }
    [[nodiscard]] QVariantMap gpu() const { return m_gpu; }

    /// "4.9 GB": decimal units, for QML.
    [[nodiscard]] Q_INVOKABLE QString bytesText(double bytes) const;

signals:
    void activeChanged();
    void changed();
    void memoryChanged();

private:
    struct Memory {
        double total = 0;
        double used = 0;
        double ofApp = 0;
    };

    void probe();
    void poll();
    void apply(const rocmforge::CpuInfo& cpu, const rocmforge::GpuInfo& gpu);
    void apply(const Memory& memory);
    [[nodiscard]] static Memory readMemory();

    Worker& m_worker;
    QTimer m_poll;
    QString m_cpuName;
    QString m_simd;
    int m_cores = 0;
    int m_threads = 0;
    Memory m_memory;
    QVariantMap m_gpu;
};
