using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Bascule.Connectors.Platforms.Databricks.Content;
using Bascule.Core.Content;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class PackTests : IDisposable
{
    private readonly DatabricksFixture _fixture = new();

    public PackTests() => _fixture.Tree = ALargeTree(60);

    private FakeWorkspace Workspace => _fixture.Workspace;

    private string Folder => $"/Workspace/Shared/bascule/ml/churn/{_fixture.Tree.Content}";

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task SendsPacksAManifestTheLauncherAndTheMarkerLast()
    {
        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        Workspace.Imported.ShouldContain($"{Folder}/manifest.json");
        Workspace.Imported.ShouldContain($"{Folder}/launch.py");
        Workspace.Imported.Count(path => path.EndsWith(".zip", StringComparison.Ordinal)).ShouldBeGreaterThan(1);
        Workspace.Imported.Last().ShouldBe($"{Folder}/.bascule-content");
        Workspace.Imported.Count().ShouldBeLessThan(10);
    }

    [Fact]
    public async Task TellsTheLauncherWhereTheManifestIsAndItsDigest()
    {
        await _fixture.Platform.StartAsync(_fixture.Start, default);

        var task = Workspace.To("/submit").Single().Json["tasks"]![0]!["spark_python_task"]!;
        task["python_file"]!.GetValue<string>().ShouldBe($"{Folder}/launch.py");
        var manifest = Workspace.Files[$"{Folder}/manifest.json"];
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(manifest));
        task["parameters"]!
            .ToJsonString()
            .ShouldBe($"""["{Folder}/manifest.json","{digest}","--run","{DatabricksFixture.Mark}"]""");
    }

    [Fact]
    public async Task SendsOnePackWhenOneFileOfThreeThousandChanged()
    {
        _fixture.Tree = ALargeTree(3000);
        await _fixture.Platform.StartAsync(_fixture.Start, default);
        var (sent, waited) = (Workspace.Imported.Count(), _fixture.Time.Waits.Count);
        _fixture.Tree = ALargeTree(3000).Add("lib/m1234.py", "changed = True\n");

        (await _fixture.Connect().StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        var again = Workspace.Imported.Skip(sent).ToList();
        again.Count(path => path.EndsWith(".zip", StringComparison.Ordinal)).ShouldBe(1);
        again.Count.ShouldBe(4); // pack, manifest, launcher, marker
        _fixture.Time.Waits.Count.ShouldBe(waited);
        _fixture.Tree.Reads.ShouldBeLessThan(100);
    }

    [Fact]
    public void KeepsPacksSmallAndNamesThemByWhatIsInThem()
    {
        var (one, other) = (ALargeTree(3000), ALargeTree(3000).Add("lib/new.py", "new\n"));

        var (before, after) = (FilePacks.Of(one.Entries, one), FilePacks.Of(other.Entries, other));

        before.ShouldAllBe(pack => pack.Files.Count <= 32);
        before.Sum(pack => pack.Files.Count).ShouldBe(3001);
        after.ExceptBy(before.Select(pack => pack.Id), pack => pack.Id).Count().ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void GivesALargeFileAPackOfItsOwn()
    {
        var tree = new MemoryTree().Add("a.bin", new byte[3_000_000]).Add("b.bin", new byte[3_000_000]);

        FilePacks.Of(tree.Entries, tree).Select(pack => pack.Files.Count).ShouldBe([1, 1]);
    }

    [Fact]
    public void TellsAnExecutableFromAFileWithTheSameBytes()
    {
        var plain = new MemoryTree().Add("run.sh", "x");
        var executable = new MemoryTree().Add("run.sh", "x", TreeEntryKind.Executable);

        FilePacks.Of(plain.Entries, plain)[0].Id.ShouldNotBe(FilePacks.Of(executable.Entries, executable)[0].Id);
    }

    [Fact]
    public async Task RunsTheScriptInItsOwnFolderWithItsArguments()
    {
        using var there = await UnpackedAsync();

        var (exit, output) = there.Run("--alpha", "0.1");

        output.ShouldContain("argv=['--alpha', '0.1'] data=a,b helper=42 mode=True name=__main__");
        exit.ShouldBe(0);
    }

    [Fact]
    public async Task PassesTheScriptsExitCodeOn()
    {
        using var there = await UnpackedAsync("import sys\nsys.exit(3)\n");

        there.Run().Exit.ShouldBe(3);
    }

    [Theory]
    [InlineData("manifest.json", "is missing or was changed")]
    [InlineData("pack", "was changed after Bascule wrote it")]
    [InlineData("no pack", "is missing")]
    public async Task RefusesToRunWhatIsNotWhatBasculeSent(string harm, string message)
    {
        using var there = await UnpackedAsync();
        there.Harm(harm);

        var (exit, output) = there.Run();

        exit.ShouldNotBe(0);
        output.ShouldContain(message);
        output.ShouldContain("bascule run retry");
        output.ShouldNotContain("argv=");
    }

    private static MemoryTree ALargeTree(int files)
    {
        var tree = MemoryTree.Of(("train.py", "print(1)\n"));
        for (var i = 0; i < files; i++)
            tree.Add(
                string.Create(CultureInfo.InvariantCulture, $"lib/m{i}.py"),
                string.Create(CultureInfo.InvariantCulture, $"x = {i}\n")
            );
        return tree;
    }

    private async Task<LauncherDirectory> UnpackedAsync(string? script = null)
    {
        _fixture
            .Tree.Add("jobs/train.py", script ?? LauncherDirectory.Script)
            .Add("jobs/helper.py", "value = 42\n")
            .Add("jobs/data.csv", "a,b\n")
            .Add("jobs/run.sh", "true\n", TreeEntryKind.Executable);
        _fixture.Task = _fixture.Task with { Python = "jobs/train.py" };
        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();
        var parameters = Workspace.To("/submit").Single().Json["tasks"]![0]!["spark_python_task"]!["parameters"]!;
        return new LauncherDirectory(Workspace.Files, Folder, parameters[1]!.GetValue<string>());
    }

    /// <summary>What was sent, on disk, where Python can run it as the platform would.</summary>
    private sealed class LauncherDirectory : IDisposable
    {
        public const string Script = """
            import os, sys, helper
            print(f"argv={sys.argv[1:]} data={open('data.csv').read().strip()} helper={helper.value} mode={os.access('run.sh', os.X_OK)} name={__name__}")

            """;

        private readonly string _root = Directory.CreateTempSubdirectory("bascule-test-").FullName;
        private readonly string _content;
        private readonly string _digest;

        public LauncherDirectory(IEnumerable<KeyValuePair<string, byte[]>> files, string folder, string digest)
        {
            (_content, _digest) = (Path.Join(_root, folder), digest);
            foreach (var (path, bytes) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(_root, path))!);
                File.WriteAllBytes(Path.Join(_root, path), bytes);
            }
        }

        private string Packs => Path.Join(Path.GetDirectoryName(_content), "packs");

        public void Harm(string what)
        {
            if (what == "manifest.json")
                File.AppendAllText(Path.Join(_content, what), " ");
            foreach (var pack in Directory.EnumerateFiles(Packs).ToList())
                if (what == "pack")
                    Rewrite(pack);
                else if (what == "no pack")
                    File.Delete(pack);
        }

        public (int Exit, string Output) Run(params string[] arguments)
        {
            var manifest = Path.Join(_content, "manifest.json");
            var start = new ProcessStartInfo(
                "python3",
                [Path.Join(_content, "launch.py"), manifest, _digest, .. arguments]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["TMPDIR"] = _root;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            Directory.EnumerateDirectories(_root, "bascule-*").ShouldBeEmpty(); // nothing is left behind
            return (process.ExitCode, output);
        }

        public void Dispose() => Directory.Delete(_root, recursive: true);

        private static void Rewrite(string pack)
        {
            using var zip = ZipFile.Open(pack, ZipArchiveMode.Update);
            foreach (var name in zip.Entries.Select(entry => entry.FullName).ToList())
            {
                zip.GetEntry(name)!.Delete();
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write("print('other')");
            }
        }
    }
}
