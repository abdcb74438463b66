#include "kernels/table/code_object.h"
#include "kernels/table/instructions.h"
#include "kernels/table/occupancy.h"
#include "kernels/table/vector_product.h"

#include <QtTest>

using namespace rocmforge;
using namespace rocmforge::kernels;

namespace {

/// As llvm-readelf and llvm-objdump of LLVM 19 print them.
constexpr const char* notes = R"(
amdhsa.kernels:
  - .args:
      - .offset:         0
        .name:           p
        .size:           32
    .group_segment_fixed_size: 0
    .max_flat_workgroup_size: 256
    .name:           code_product_q8_0_1
    .private_segment_fixed_size: 0
    .sgpr_count:     44
    .vgpr_count:     100
    .vgpr_spill_count: 3
    .wavefront_size: 32
  - .agpr_count:     0
    .args:           []
    .name:           other
    .vgpr_count:     7
    .wavefront_size: 32
amdhsa.target:   amdgcn-amd-amdhsa--gfx1100
)";
constexpr const char* disassembly =
    "kernels.co:	file format elf64-amdgpu\n"
    "0000000000001000 <other>:\n"
    "	s_endpgm                                     // 000000001000: BFB00000\n"
    "0000000000004400 <code_product_q8_0_1>:\n"
    "	global_load_u8 v9, v[1:2], off               // 000000004400: DC4A0000 1C7C0007\n"
    "	v_fma_f32 v1, v2, v3, v4                     // 000000004408: D613000C 0202190D\n"
    "	s_cbranch_scc1 65533                         // 000000004410: BFA6FFBC <code_product_q8_0_1+0x8>\n"
    "	global_load_b128 v[12:15], v[5:6], off       // 000000004414: DC5E0000 0C7C0005\n"
    "	s_clause 0x1                                 // 00000000441C: BF850001\n"
    "	global_load_b128 v[16:19], v[7:8], off offset:2// 000000004420: DC5E0002 107C0007\n"
    "	global_load_u16 v28, v[7:8], off             // 000000004428: DC4A0000 1C7C0007\n"
    "	s_waitcnt vmcnt(4)                           // 000000004430: BF8913F7\n"
    "	v_dot4_i32_iu8 v12, v16, v12, 0 neg_lo:[1,1,0]// 000000004434: CC16400C 7A021910\n"
    "	v_dot4_i32_iu8 v12, v17, v13, v12            // 00000000443C: CC16400C 7A021910\n"
    "	v_dual_fmac_f32 v1, v2, v3 :: v_dual_fmac_f32 v4, v5, v6// 000000004444: C920190A 0A0A16A0\n"
    "	s_cbranch_execz 2                            // 00000000444C: BFA50002 <code_product_q8_0_1+0x58>\n"
    "	s_cbranch_execnz 65468                       // 000000004450: BFA6FFBC <code_product_q8_0_1+0x14>\n"
    "	s_cbranch_execnz 65400                       // 000000004454: BFA6FFBC <code_product_q8_0_1>\n"
    "	s_endpgm                                     // 000000004458: BFB00000\n";

Kernel withRegisters(int vgprs, int sgprs = 40, int localBytes = 0, int waveSize = 32)
{
    Kernel kernel;
    kernel.metadata = {{"vgpr_count", vgprs},
                       {"sgpr_count", sgprs},
                       {"group_segment_fixed_size", localBytes},
                       {"max_flat_workgroup_size", 256},
                       {"wavefront_size", waveSize}};
    return kernel;
}

} // namespace

/// The build's own reading of what the device compiler made.
class KernelTableTest : public QObject {
    Q_OBJECT

private slots:
    void kernelsAreReadWithTheirCode()
    {
        const std::vector<Kernel> kernels = parse_kernels(notes, disassembly);
        QCOMPARE(kernels.size(), size_t(2));
        QCOMPARE(kernels[0].name, std::string("code_product_q8_0_1"));
        QCOMPARE(kernels[0].count("vgpr_count"), 100);
        QCOMPARE(kernels[0].count("no_such_count"), 0);
        QCOMPARE(kernels[0].code.size(), size_t(15));
        QCOMPARE(kernels[0].code[3].offset, 0x14);
        QCOMPARE(kernels[0].code[3].target, -1);
        QCOMPARE(kernels[0].code[2].target, 8);
        QCOMPARE(kernels[0].code[13].target, 0);
        QCOMPARE(kernels[1].name, std::string("other"));
        QCOMPARE(kernels[1].code.size(), size_t(1));
    }

    void nonsenseHasNoKernels()
    {
        QVERIFY(parse_kernels("", "").empty());
        QVERIFY(parse_kernels("    .name: x", "\tx // y\nzz <a>:\n\tb // 1: 2").empty());
    }

    void mainLoopIsTheInnerOneWithMostProducts()
    {
        const Kernel kernel = parse_kernels(notes, disassembly).front();
        const auto loop = main_loop(kernel.code);
        QCOMPARE(loop.size(), size_t(10));
        QCOMPARE(loop.front().offset, 0x14);
        const InstructionCounts counts = count_instructions(loop);
        QCOMPARE(counts.issued, 8); // without the clause and the wait
        QCOMPARE(counts.dot4, 2);
        QCOMPARE(counts.multiply_adds, 2);
        QCOMPARE(counts.widest_load, 16);
        QCOMPARE(counts.wide_loaded_bytes, 32);
        QCOMPARE(counts.loaded_bytes, 34);
    }

    void loadsHaveTheirWidth_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("bytes");
        QTest::newRow("b128") << "global_load_b128 v[0:3], v[4:5], off" << 16;
        QTest::newRow("dwordx4") << "global_load_dwordx4 v[0:3], v[4:5], off" << 16;
        QTest::newRow("dwordx3") << "global_load_dwordx3 v[0:2], v[4:5], off" << 12;
        QTest::newRow("b64") << "global_load_b64 v[0:1], v[4:5], off" << 8;
        QTest::newRow("dword") << "global_load_dword v0, v[4:5], off" << 4;
        QTest::newRow("flat") << "flat_load_b32 v0, v[4:5]" << 4;
        QTest::newRow("ushort") << "global_load_ushort v0, v[4:5], off" << 2;
        QTest::newRow("d16") << "global_load_d16_hi_b16 v0, v[4:5], off" << 2;
        QTest::newRow("half a register") << "global_load_short_d16 v0, v[4:5], off" << 2;
        QTest::newRow("ubyte") << "global_load_ubyte v0, v[4:5], off" << 1;
        QTest::newRow("d16 of a byte") << "global_load_d16_u8 v0, v[4:5], off" << 1;
        QTest::newRow("u8") << "global_load_u8 v0, v[4:5], off" << 1;
        QTest::newRow("local") << "ds_load_b128 v[0:3], v4" << 0;
        QTest::newRow("store") << "global_store_b128 v[0:1], v[4:7], off" << 0;
    }
    void loadsHaveTheirWidth()
    {
        QFETCH(QString, text);
        QTEST(load_bytes(Instruction{text.toStdString(), 0, -1}), "bytes");
    }

    void wavesAreThoseOfTheRegisters_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<Kernel>("kernel");
        QTest::addColumn<int>("waves");
        QTest::newRow("RDNA 3, most") << "gfx1100" << withRegisters(95) << 16;
        QTest::newRow("RDNA 3, more") << "gfx1100" << withRegisters(116) << 12;
        QTest::newRow("RDNA 3, many") << "gfx1100" << withRegisters(143) << 10;
        QTest::newRow("small RDNA 3") << "gfx1102" << withRegisters(76) << 12;
        QTest::newRow("RDNA 2") << "gfx1030" << withRegisters(96) << 10;
        QTest::newRow("CDNA 2") << "gfx90a" << withRegisters(128, 40, 0, 64) << 4;
        QTest::newRow("GCN") << "gfx906" << withRegisters(84, 40, 0, 64) << 3;
        QTest::newRow("GCN, scalar registers") << "gfx906" << withRegisters(24, 100, 0, 64) << 7;
        QTest::newRow("local memory") << "gfx1100" << withRegisters(24, 40, 32768) << 8;
    }
    void wavesAreThoseOfTheRegisters()
    {
        QFETCH(QString, target);
        QFETCH(Kernel, kernel);
        QTEST(waves_per_simd(target.toStdString(), kernel), "waves");
    }

    void vectorProductsAreKnownByName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("bytesPerWeight");
        QTest::newRow("codes") << "code_product_q4_k_1" << 144.0 / 256;
        QTest::newRow("floats") << "product_f16_1" << 2.0;
        QTest::newRow("more columns") << "product_f16_4" << 0.0;
        QTest::newRow("tile") << "product_f16_tile" << 0.0;
        QTest::newRow("unknown format") << "product_x_1" << 0.0;
        QTest::newRow("no format") << "product_1" << 0.0;
        QTest::newRow("other") << "norm_rows" << 0.0;
    }
    void vectorProductsAreKnownByName()
    {
        QFETCH(QString, name);
        const auto product = vector_product(name.toStdString());
        QTEST(product ? product->bytes_per_weight : 0.0, "bytesPerWeight");
    }

    void ceilingIsBytesPerInstruction()
    {
        const GpuKernel row = describe("gfx1100", parse_kernels(notes, disassembly).front());
        QCOMPARE(row.vgprs, 100);
        QCOMPARE(row.spills, 3);
        QCOMPARE(row.waves_per_simd, 12);
        QCOMPARE(row.dot4, 2);
        QCOMPARE(row.loop_instructions, 8);
        QCOMPARE(row.loop_weights, 8);
        // 96 compute units of two SIMD units at 2.5 GHz, 32 lanes with 8 weights in 8 instructions.
        QCOMPARE(row.ceiling, 96 * 2 * 2.5e9 * 32 * 8 * 34 / 32 / 8);
        QCOMPARE(describe("gfx1030", parse_kernels(notes, disassembly).front()).ceiling, 0.0);
    }
};

QTEST_GUILESS_MAIN(KernelTableTest)
#include "kernel_table_test.moc"
