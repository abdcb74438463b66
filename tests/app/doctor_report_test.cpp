#include "doctor/report_json.h"
#include "doctor/report_text.h"

#include <QtTest>

using namespace rocmforge;

namespace {

/// A machine with a card that fails and one without kernels.
DoctorReport makeReport()
{
    DoctorReport report;
    report.build = "0.1.0-abc";
    report.uses = "CPU";
    report.reason = "The card fails.";
    report.libraries = {{"/opt/rocm/lib/libamdhip64.so", "no such file"}, {"libamdhip64.so.6", ""}};
    report.nodes = {{"/dev/kfd", true, false}, {"/dev/dri/renderD128", false, false}};
    report.groups = {"ada", "video"};
    report.kernel_targets = {"gfx1100"};
    report.environment = {{"ROCM_PATH", "/opt/rocm"}};
    GpuReport& card = report.gpus.emplace_back();
    card.name = "Radeon";
    card.target = "gfx1100";
    card.has_kernels = true;
    card.memory_total = int64_t{24} << 30;
    card.bandwidth = {25e9, 26e9, 800e9};
    card.self_test.state = SelfTestState::failed;
    card.self_test.failures = {{"norm RMS", 0.5, 0.001, {}}, {"logits", 0, 0, "The GPU is lost."}};
    GpuReport& old = report.gpus.emplace_back();
    old.name = "Old card";
    old.problem = "This build has no kernels for gfx803.";
    return report;
}

} // namespace

class DoctorReportTest : public QObject {
    Q_OBJECT

private slots:
    void textSaysWhatABugReportNeeds_data()
    {
        QTest::addColumn<QString>("line");
        const char* lines[] = {
            "models run on   CPU\n",
            "because         The card fails.\n",
            "library         /opt/rocm/lib/libamdhip64.so: no such file\n"
            "                libamdhip64.so.6: found\n",
            "driver          /dev/kfd may not be opened by this user\n"
            "                /dev/dri/renderD128 does not exist\n",
            "user's groups   ada video\n",
            "environment     ROCM_PATH=/opt/rocm\n",
            "copies          25.0 GB/s to the GPU, 26.0 GB/s from it, 800.0 GB/s within it\n",
            "self-test       The GPU kernel for 'norm RMS' computes wrongly",
            "                The GPU kernel for 'logits' failed: The GPU is lost.\n",
            "problem         This build has no kernels for gfx803.\n",
        };
        for (const char* line : lines)
            QTest::addRow("%.12s", line) << line;
    }
    void textSaysWhatABugReportNeeds()
    {
        QFETCH(QString, line);
        const QString text = QString::fromStdString(reportText(makeReport()));
        QVERIFY2(text.contains(line), qPrintable(text));
    }

    void jsonHasTheNumbers()
    {
        const Json json = toJson(makeReport());
        QCOMPARE(json["uses"].get<std::string>(), std::string("CPU"));
        QCOMPARE(json["libraries"].size(), size_t(2));
        QCOMPARE(json["gpus"][0]["bandwidth_within_device"].get<double>(), 800e9);
        QCOMPARE(json["gpus"][0]["self_test"]["failures"][0]["error"].get<double>(), 0.5);
        QVERIFY(!json["gpus"][1].contains("self_test")); // nothing that was not measured
    }
};

QTEST_GUILESS_MAIN(DoctorReportTest)
#include "doctor_report_test.moc"
