// What is known of a GPU at one moment. NaN = its driver does not tell.
#pragma once

#include "hardware/sysfs.h"

#include <QtCore/QString>

/// What stays; known without waking the card.
struct GpuIdentity {
    QString pciAddress; ///< "0000:03:00.0"
    QString name; ///< "AMD Radeon RX 7900 XTX"
    QString target; ///< "gfx1100"; empty where the compute driver does not know the card
    int computeUnits = 0; ///< 0 = unknown
    bool integrated = false; ///< part of the processor: its memory is mostly GTT
};

struct GpuReading {
    GpuIdentity gpu;
    bool asleep = false; ///< suspended, and left so: nothing below is known
    double utilization = notANumber; ///< 0 … 1
    double vramTotal = notANumber; ///< bytes
    double vramUsed = notANumber;
    double gttTotal = notANumber; ///< system memory that the GPU may use, bytes
    double gttUsed = notANumber;
    double edgeTemperature = notANumber; ///< °C
    double junctionTemperature = notANumber; ///< the hottest spot
    double memoryTemperature = notANumber;
    double power = notANumber; ///< W
    double powerCap = notANumber;
    double coreClock = notANumber; ///< MHz
    double memoryClock = notANumber;
};
