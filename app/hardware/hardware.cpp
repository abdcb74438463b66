#include "hardware/hardware.h"

#include "format.h"
#include "hardware/gpu_sensors.h"
#include "threads/worker.h"

#include <QtCore/QFile>
#include <QtCore/QPointer>

#include <unistd.h>

#include <algorithm>
#include <utility>

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

/// How LoadOptions::gpu names it for good; by its place where HIP does not tell the address.
QString idOf(const rocmforge::GpuDevice& gpu)
{
    return gpu.pci_address.empty() ? QString::number(gpu.index) : QString::fromStdString(gpu.pci_address);
}

bool haveSameCards(const QList<Gpu*>& gpus, const QList<GpuReading>& readings)
{
    return std::equal(gpus.begin(), gpus.end(), readings.begin(), readings.end(),
                      [](const Gpu* gpu, const GpuReading& reading) {
                          return gpu->pciAddress() == reading.gpu.pciAddress;
                      });
}

} // namespace

Hardware::Hardware(Worker& worker, const QString& root, QObject* parent)
    : QObject(parent)
    , m_worker(worker)
    , m_sensors(std::make_shared<GpuSensors>(root))
{
    m_poll.setInterval(pollIntervalMs);
    connect(&m_poll, &QTimer::timeout, this, &Hardware::poll);
}

Hardware::~Hardware() = default;

void Hardware::setActive(bool active)
{
    if (active == m_active)
        return;
    m_active = active;
    if (active && !std::exchange(m_probed, true))
        probe(); // not before: HIP wakes every card
    startOrStop();
    emit activeChanged();
}

QVariantList Hardware::choices() const
{
    const auto choice = [](const QString& value, const QString& label, const QString& detail) {
        return QVariantMap{{QStringLiteral("value"), value},
                           {QStringLiteral("label"), label},
                           {QStringLiteral("detail"), detail}};
    };
    const bool usable = m_gpu.value(QStringLiteral("usable")).toBool();
    QVariantList list = {
        choice({}, tr("Automatic"), usable ? tr("the best GPU") : tr("the processor for now")),
        choice(QStringLiteral("cpu"), tr("Processor"), m_cpuName)};
    for (const rocmforge::GpuDevice& gpu : m_devices) {
        const QString detail = gpu.supported ? bytesText(double(gpu.memory_bytes)) : tr("no kernels for it");
        list.append(choice(idOf(gpu), nameOf(gpu),
                           QString::fromStdString(gpu.target) + QStringLiteral(" · ") + detail));
    }
    return list;
}

QQmlListProperty<Gpu> Hardware::gpus()
{
    return {this, &m_gpus,
            [](QQmlListProperty<Gpu>* list) { return static_cast<QList<Gpu*>*>(list->data)->size(); },
            [](QQmlListProperty<Gpu>* list, qsizetype i) {
                return static_cast<QList<Gpu*>*>(list->data)->at(i);
            }};
}

void Hardware::setComputingGpu(const std::optional<QString>& wanted)
{
    m_computingGpu = wanted;
    markComputingGpu();
    startOrStop();
}

void Hardware::startOrStop()
{
    const bool wanted = m_active || m_computingGpu;
    if (wanted == m_poll.isActive())
        return;
    if (!wanted) {
        m_poll.stop();
        return;
    }
    for (Gpu* gpu : std::as_const(m_gpus))
        gpu->forget();
    m_poll.start();
    poll();
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
    if (std::exchange(m_polling, true))
        return;
    m_worker.post([this, self = QPointer(this), &worker = m_worker, sensors = m_sensors] {
        const Sample sample{readMemory(), sensors->read()};
        worker.reply([this, self, sample] {
            if (self)
                apply(sample);
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
    m_devices = gpu.gpus;
    markComputingGpu();
    emit changed();
    emit choicesChanged();
}

void Hardware::apply(const Sample& sample)
{
    m_polling = false;
    m_memory = sample.memory;
    emit memoryChanged();
    apply(sample.gpus);
}

void Hardware::apply(const QList<GpuReading>& readings)
{
    if (haveSameCards(m_gpus, readings)) {
        for (qsizetype i = 0; i < readings.size(); ++i)
            m_gpus[i]->update(readings[i]);
        return;
    }
    const QList<Gpu*> old = std::exchange(m_gpus, {});
    for (const GpuReading& reading : readings)
        m_gpus.append(new Gpu(reading, this));
    markComputingGpu();
    emit gpusChanged();
    emit choicesChanged();
    for (Gpu* gpu : old)
        gpu->deleteLater(); // after what the window showed of it
}

QString Hardware::nameOf(const rocmforge::GpuDevice& gpu) const
{
    const auto card = std::ranges::find(m_gpus, QString::fromStdString(gpu.pci_address), &Gpu::pciAddress);
    return card == m_gpus.end() ? QString::fromStdString(gpu.name) : (*card)->name();
}

void Hardware::markComputingGpu()
{
    QString wanted = m_computingGpu.value_or(QString());
    const auto preferred = std::ranges::find_if(m_devices, &rocmforge::GpuDevice::preferred);
    if (m_computingGpu && wanted.isEmpty() && preferred != m_devices.end())
        wanted = idOf(*preferred);
    for (Gpu* gpu : std::as_const(m_gpus))
        gpu->setInUse(gpu->pciAddress() == wanted);
}
