#include "hardware/hardware.h"

#include "format.h"
#include "threads/worker.h"

#include <QtCore/QFile>
#include <QtCore/QPointer>

#include <unistd.h>

namespace {

constexpr int pollIntervalMs = 1000;

QVariantMap cardOf(const rocmforge::GpuInfo& gpu)
{
    QStringList devices;
    for (const std::string& device : gpu.devices)
        devices.append(QString::fromStdString(device));
    return {{QStringLiteral("title"), QString::fromStdString(gpu.title)},
            {QStringLiteral("reason"), QString::fromStdString(gpu.reason)},
            {QStringLiteral("remedy"), QString::fromStdString(gpu.remedy)},
            {QStringLiteral("library"), QString::fromStdString(gpu.library)},
            {QStringLiteral("driver"), QString::fromStdString(gpu.driver)},
            {QStringLiteral("devices"), devices},
            {QStringLiteral("usable"), gpu.state == rocmforge::GpuState::ready}};
}

/// Bytes this process holds in memory; 0 where the kernel does not tell.
double residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> pages = file.readAll().split(' ');
    return pages.size() > 1 ? pages.at(1).toDouble() * double(sysconf(_SC_PAGESIZE)) : 0;
}

} // namespace

Hardware::Hardware(Worker& worker, QObject* parent)
    : QObject(parent)
    , m_worker(worker)
{
    m_poll.setInterval(pollIntervalMs);
    connect(&m_poll, &QTimer::timeout, this, &Hardware::poll);
    probe();
}

void Hardware::setActive(bool active)
{
    if (active == this->active())
        return;
    if (active) {
        m_poll.start();
        poll();
    } else {
        m_poll.stop();
    }
    emit activeChanged();
}

QString Hardware::bytesText(double bytes) const
{
    return ::bytesText(bytes);
}

void Hardware::probe()
{
    m_worker.post([this, self = QPointer(this), &worker = m_worker] {
        const rocmforge::CpuInfo cpu = rocmforge::cpu_info();
        const rocmforge::GpuInfo gpu = rocmforge::gpu_info();
        worker.reply([this, self, cpu, gpu] {
            if (self)
                apply(cpu, gpu);
        });
    });
}

void Hardware::poll()
{
    m_worker.post([this, self = QPointer(this), &worker = m_worker] {
        const Memory memory = readMemory();
        worker.reply([this, self, memory] {
            if (self)
                apply(memory);
        });
    });
}

Hardware::Memory Hardware::readMemory()
{
    const rocmforge::CpuInfo cpu = rocmforge::cpu_info();
    return {double(cpu.memory_total), double(cpu.memory_total - cpu.memory_available), residentBytes()};
}

void Hardware::apply(const rocmforge::CpuInfo& cpu, const rocmforge::GpuInfo& gpu)
{
    m_cpuName = QString::fromStdString(cpu.name);
    m_simd = QString::fromStdString(cpu.simd);
    m_cores = cpu.n_cores;
    m_threads = cpu.n_threads;
    m_memory.total = double(cpu.memory_total);
    m_gpu = cardOf(gpu);
    emit changed();
}

void Hardware::apply(const Memory& memory)
{
    m_memory = memory;
    emit memoryChanged();
}
