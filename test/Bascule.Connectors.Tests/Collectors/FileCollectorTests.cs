using System.Text.Json.Nodes;
using Bascule.Connectors.Collectors.Lines;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Json;

namespace Bascule.Connectors.Tests.Collectors;

public sealed class FileCollectorTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-lines-").FullName;
    private readonly string _path;
    private readonly FileCollector _collector;

    public FileCollectorTests()
    {
        _path = Path.Combine(_folder, "audit.jsonl");
        _collector = new FileCollector(_path);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _collector.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task LinesAreAddedAndOnlyTheirOwnerReadsThem()
    {
        await SendAsync(Entries.Many(0, 2));
        await SendAsync(Entries.Many(2, 1));

        Indexes(_path).ShouldBe([0, 1, 2]);
        File.GetUnixFileMode(_path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task AfterARotationTheNameIsANewFile()
    {
        await SendAsync(Entries.Many(0, 2));
        File.Move(_path, _path + ".1");

        await SendAsync(Entries.Many(2, 2));

        Indexes(_path + ".1").ShouldBe([0, 1]);
        Indexes(_path).ShouldBe([2, 3]);
    }

    [Fact]
    [Trait("Threat", "T122")]
    public async Task WhatACrashCutOffStaysALineOfItsOwn()
    {
        await SendAsync([Entries.Of(0)]);
        await File.AppendAllTextAsync(_path, """{"index":1,"leaf_ha""");

        await SendAsync(Entries.Many(1, 2));

        var lines = await File.ReadAllLinesAsync(_path);
        lines[1].ShouldBe("""{"index":1,"leaf_ha""");
        lines.Where((_, at) => at != 1).Select(line => (long)JsonNode.Parse(line)!["index"]!).ShouldBe([0, 1, 2]);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task AFullDiskAcknowledgesNothingUntilThereIsRoom()
    {
        File.CreateSymbolicLink(_path, "/dev/full");

        var full = (await _collector.SendAsync(Entries.Many(0, 2), default)).ShouldBeOfType<Sent.Unknown>();

        full.Problem.Message.ShouldContain(_path);
        File.Delete(_path);
        await SendAsync(Entries.Many(0, 2));
        Indexes(_path).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task AFolderThatIsNotThereAcknowledgesNothing()
    {
        var collector = new FileCollector(Path.Combine(_folder, "none", "audit.jsonl"));

        (await collector.SendAsync([Entries.Of(0)], default)).ShouldBeOfType<Sent.Unknown>();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task WhileAnotherReplicaWritesNothingIsWritten()
    {
        await using var other = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.None);

        (await _collector.SendAsync([Entries.Of(0)], default)).ShouldBeOfType<Sent.Unknown>();
    }

    [Theory]
    [Trait("Threat", "T113")]
    [MemberData(nameof(Entries.Hostile), MemberType = typeof(Entries))]
    public async Task NoNameOfABranchMakesALineOfItsOwn(string wanted, string text)
    {
        var entry = Entries.Of(0, text);

        await SendAsync([entry, Entries.Of(1)]);

        var lines = await File.ReadAllLinesAsync(_path);
        lines.Length.ShouldBe(2, wanted);
        Shown.ShouldBeHarmless(lines[0]);
        var copy = CanonicalJson.Serialize(JsonNode.Parse(lines[0])!["entry"]);
        new ShippedEntry(0, copy).LeafHash.ShouldBe(entry.LeafHash);
    }

    private async Task SendAsync(IReadOnlyList<ShippedEntry> entries) =>
        (await _collector.SendAsync(entries, default)).ShouldBe(new Sent.Acknowledged());

    private static IEnumerable<long> Indexes(string path) =>
        File.ReadAllLines(path).Select(line => (long)JsonNode.Parse(line)!["index"]!);
}
