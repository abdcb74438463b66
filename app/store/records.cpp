#include "store/records.h"

#include <algorithm>
#include <atomic>
#include <chrono>

qint64 newRecordId()
{
    static std::atomic<qint64> last = 0;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const qint64 micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    qint64 previous = last.load();
    qint64 next = 0;
    do {
        next = std::max(previous + 1, micros);
    } while (!last.compare_exchange_weak(previous, next));
    return next;
}
