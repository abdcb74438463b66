#include "hardware/gpu.h"

#include <QtCore/QStringList>

#include <cmath>

namespace {

void append(QList<double>& history, double sample)
{
    history.append(sample);
    if (history.size() > Gpu::historySeconds)
        history.removeFirst();
}

} // namespace

Gpu::Gpu(const GpuReading& reading, QObject* parent)
    : QObject(parent)
    , m_now(reading)
{
    remember();
}

void Gpu::update(const GpuReading& reading)
{
    m_now = reading;
    remember();
    emit changed();
}

void Gpu::forget()
{
    for (QList<double>* history : {&m_utilization, &m_vram, &m_temperature, &m_power, &m_clock})
        history->clear();
}

void Gpu::setInUse(bool inUse)
{
    if (inUse == m_inUse)
        return;
    m_inUse = inUse;
    emit inUseChanged();
}

double Gpu::temperature() const
{
    // fmax() takes the number where the other is none.
    return std::fmax(m_now.edgeTemperature, std::fmax(m_now.junctionTemperature, m_now.memoryTemperature));
}

QString Gpu::temperatures() const
{
    QStringList parts;
    const auto add = [&](const QString& text, double celsius) {
        if (!std::isnan(celsius))
            parts.append(text.arg(std::lround(celsius)));
    };
    add(tr("edge %1 °C"), m_now.edgeTemperature);
    add(tr("junction %1 °C"), m_now.junctionTemperature);
    add(tr("memory %1 °C"), m_now.memoryTemperature);
    return parts.join(QStringLiteral(" · "));
}

void Gpu::remember()
{
    append(m_utilization, m_now.utilization);
    append(m_vram, m_now.vramUsed);
    append(m_temperature, temperature());
    append(m_power, m_now.power);
    append(m_clock, m_now.coreClock);
}
