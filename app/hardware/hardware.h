// The machine: processor, memory, its GPUs with their sensors, and why none is used where that is so.
#pragma once

#include "hardware/gpu.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtCore/QVariantMap>
#include <QtQml/QQmlListProperty>
#include <QtQml/qqmlregistration.h>

#include <rocmforge/hardware.h>

#include <memory>
#include <optional>

class GpuSensors;
class Worker;

/// GUI thread; everything is read on a worker thread, once a second, and only while `active` or while
/// a model runs on a GPU.
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
    /// Where models can compute, for Settings::computeDevice: {value, label, detail}.
    Q_PROPERTY(QVariantList choices READ choices NOTIFY choicesChanged)
    /// AMD's cards, whether HIP can use them or not.
    Q_PROPERTY(QQmlListProperty<Gpu> gpus READ gpus NOTIFY gpusChanged)

public:
    /// `worker` does the reading and outlives this. `root` holds sys/ and usr/.
    explicit Hardware(Worker& worker, const QString& root, QObject* parent = nullptr);
    ~Hardware() override;

    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] QString cpuName() const { return m_cpuName; }
    [[nodiscard]] QString simd() const { return m_simd; }
    [[nodiscard]] int cores() const { return m_cores; }
    [[nodiscard]] int threads() const { return m_threads; }
    [[nodiscard]] double memoryTotal() const { return m_memory.total; }
    [[nodiscard]] double memoryUsed() const { return m_memory.used; }
    [[nodiscard]] double memoryOfApp() const { return m_memory.ofApp; }
    [[nodiscard]] QVariantMap gpu() const { return m_gpu; }
    [[nodiscard]] QVariantList choices() const;
    [[nodiscard]] QQmlListProperty<Gpu> gpus();
    [[nodiscard]] const QList<Gpu*>& gpuList() const { return m_gpus; }

    /// The GPU that a model runs on, as it was asked for: its PCI address, or "" for the preferred one.
    /// Empty = none.
    void setComputingGpu(const std::optional<QString>& wanted);

    /// "4.9 GB": decimal units, for QML.
    [[nodiscard]] Q_INVOKABLE QString bytesText(double bytes) const;

signals:
    void activeChanged();
    void changed();
    void memoryChanged();
    void gpusChanged();
    void choicesChanged();

private:
    struct Memory {
        double total = 0;
        double used = 0;
        double ofApp = 0;
    };

    struct Sample {
        Memory memory;
        QList<GpuReading> gpus;
    };

    void startOrStop();
    void probe();
    void poll();
    void apply(const rocmforge::CpuInfo& cpu, const rocmforge::GpuInfo& gpu);
    void apply(const Sample& sample);
    void apply(const QList<GpuReading>& readings);
    void markComputingGpu();
    /// As the card is called in the shop, where its sensors are known; otherwise as HIP calls it.
    [[nodiscard]] QString nameOf(const rocmforge::GpuDevice& gpu) const;
    [[nodiscard]] static Memory readMemory();

    Worker& m_worker;
    const std::shared_ptr<GpuSensors> m_sensors; ///< touched by the worker only
    QTimer m_poll;
    bool m_active = false;
    bool m_probed = false;
    bool m_polling = false; ///< a sample is on its way
    QString m_cpuName;
    QString m_simd;
    int m_cores = 0;
    int m_threads = 0;
    Memory m_memory;
    QVariantMap m_gpu;
    std::vector<rocmforge::GpuDevice> m_devices; ///< as HIP reports them
    QList<Gpu*> m_gpus;
    std::optional<QString> m_computingGpu;
};
