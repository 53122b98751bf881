using System.IO.Compression;
using Bascule.Connectors.Platforms.Airflow.Gate.Discovery;
using static Bascule.Connectors.Tests.Platforms.Airflow.Gate.GateStage;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate.Discovery;

[Trait("Threat", "T129")]
public sealed class OpaqueFilesTests
{
    [Theory]
    [InlineData("a.zip")]
    [InlineData("a.egg")]
    [InlineData("a.py")]
    [InlineData("README.md")]
    public void AnArchiveIsOneWhateverItsName(string path) =>
        OpaqueFiles.WhatIs(Bytes(path, Archive())).ShouldBe("a zip archive");

    /// <summary>Python looks for the record in the last 64 KiB; what stands before the archive does not matter to it.</summary>
    [Fact]
    public void TextBeforeAndAfterMakesItNoOther()
    {
        byte[] between = [.. "import os\n"u8, .. Archive(), .. new byte[ushort.MaxValue - 100]];

        OpaqueFiles.WhatIs(Bytes("a.py", between)).ShouldBe("a zip archive");
    }

    [Theory]
    [InlineData("a.pyc")]
    [InlineData("a.cpython-311-x86_64-linux-gnu.so")]
    [InlineData("A.PYD")]
    public void CompiledCodeIsNotLookedInto(string path) =>
        OpaqueFiles.WhatIs(Source(path, "x")).ShouldBe("compiled code");

    [Theory]
    [InlineData("a.py", "import zipfile  # PK")]
    [InlineData("a.txt", "")]
    [InlineData("solar.csv", "a,b")]
    public void AnythingElseCanBeRead(string path, string text) =>
        OpaqueFiles.WhatIs(Source(path, text)).ShouldBeNull();

    private static byte[] Archive()
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("dag.py").Open();
            entry.Write("x = 1"u8);
        }
        return memory.ToArray();
    }
}
