// One GPU as the window shows it: what it is, what it does now, and what it did in the last minute.
#pragma once

#include "hardware/gpu_reading.h"

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtQml/qqmlregistration.h>

/// GUI thread. Numbers are NaN where the driver does not tell; units are those of GpuReading.
/// Histories hold a sample per second, the newest last, NaN where nothing was known.
class Gpu : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.hardware.gpus")
    Q_PROPERTY(QString pciAddress READ pciAddress CONSTANT)
    Q_PROPERTY(QString name READ name CONSTANT)
    Q_PROPERTY(QString target READ target CONSTANT)
    Q_PROPERTY(int computeUnits READ computeUnits CONSTANT)
    Q_PROPERTY(bool integrated READ integrated CONSTANT)
    /// The loaded model runs on it.
    Q_PROPERTY(bool inUse READ inUse NOTIFY inUseChanged)
    Q_PROPERTY(bool asleep READ asleep NOTIFY changed)
    Q_PROPERTY(double utilization READ utilization NOTIFY changed)
    Q_PROPERTY(double vramTotal READ vramTotal NOTIFY changed)
    Q_PROPERTY(double vramUsed READ vramUsed NOTIFY changed)
    Q_PROPERTY(double gttTotal READ gttTotal NOTIFY changed)
    Q_PROPERTY(double gttUsed READ gttUsed NOTIFY changed)
    /// The hottest of what is known.
    Q_PROPERTY(double temperature READ temperature NOTIFY changed)
    /// "edge 54 °C · junction 67 °C"
    Q_PROPERTY(QString temperatures READ temperatures NOTIFY changed)
    Q_PROPERTY(double power READ power NOTIFY changed)
    Q_PROPERTY(double powerCap READ powerCap NOTIFY changed)
    Q_PROPERTY(double coreClock READ coreClock NOTIFY changed)
    Q_PROPERTY(double memoryClock READ memoryClock NOTIFY changed)
    Q_PROPERTY(QList<double> utilizationHistory READ utilizationHistory NOTIFY changed)
    Q_PROPERTY(QList<double> vramHistory READ vramHistory NOTIFY changed)
    Q_PROPERTY(QList<double> temperatureHistory READ temperatureHistory NOTIFY changed)
    Q_PROPERTY(QList<double> powerHistory READ powerHistory NOTIFY changed)
    Q_PROPERTY(QList<double> clockHistory READ clockHistory NOTIFY changed)

public:
    static constexpr int historySeconds = 60;

    explicit Gpu(const GpuReading& reading, QObject* parent = nullptr);

    /// The next second's.
    void update(const GpuReading& reading);
    /// Nobody looked for a while: the histories begin anew.
    void forget();
    void setInUse(bool inUse);

    [[nodiscard]] QString pciAddress() const { return m_now.gpu.pciAddress; }
    [[nodiscard]] QString name() const { return m_now.gpu.name; }
    [[nodiscard]] QString target() const { return m_now.gpu.target; }
    [[nodiscard]] int computeUnits() const { return m_now.gpu.computeUnits; }
    [[nodiscard]] bool integrated() const { return m_now.gpu.integrated; }
    [[nodiscard]] bool inUse() const { return m_inUse; }
    [[nodiscard]] bool asleep() const { return m_now.asleep; }
    [[nodiscard]] double utilization() const { return m_now.utilization; }
    [[nodiscard]] double vramTotal() const { return m_now.vramTotal; }
    [[nodiscard]] double vramUsed() const { return m_now.vramUsed; }
    [[nodiscard]] double gttTotal() const { return m_now.gttTotal; }
    [[nodiscard]] double gttUsed() const { return m_now.gttUsed; }
    [[nodiscard]] double temperature() const;
    [[nodiscard]] QString temperatures() const;
    [[nodiscard]] double power() const { return m_now.power; }
    [[nodiscard]] double powerCap() const { return m_now.powerCap; }
    [[nodiscard]] double coreClock() const { return m_now.coreClock; }
    [[nodiscard]] double memoryClock() const { return m_now.memoryClock; }
    [[nodiscard]] QList<double> utilizationHistory() const { return m_utilization; }
    [[nodiscard]] QList<double> vramHistory() const { return m_vram; }
    [[nodiscard]] QList<double> temperatureHistory() const { return m_temperature; }
    [[nodiscard]] QList<double> powerHistory() const { return m_power; }
    [[nodiscard]] QList<double> clockHistory() const { return m_clock; }

signals:
    void changed();
    void inUseChanged();

private:
    void remember();

    GpuReading m_now;
    bool m_inUse = false;
    QList<double> m_utilization;
    QList<double> m_vram;
    QList<double> m_temperature;
    QList<double> m_power;
    QList<double> m_clock;
};
