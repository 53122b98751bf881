using System.IO.Compression;
using System.Text.Json;
using Bascule.EndToEnd.WaysIn;
using Bascule.Testing.Audit;

namespace Bascule.EndToEnd.Audit;

/// <summary>What a security officer types who has the log in a folder, and what is refused.</summary>
public sealed class EvidenceCommandTests : IDisposable
{
    private static readonly byte[][] _entries = WrittenLog.Entries(300);

    private readonly Machine _machine = new();
    private readonly WrittenLog _log = WrittenLog.Of(_entries);

    private string Folder => Path.Combine(_machine.Home, "log");

    public EvidenceCommandTests() => _log.Save(Folder);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task PacksARangeOfALogInAFolder()
    {
        var said = await PackAsync("--key", _log.Key.ToString(), "--json");

        var record = JsonDocument.Parse(said.Good()).RootElement;
        record.GetProperty("entries").GetInt64().ShouldBe(300);
        record.GetProperty("rows").GetProperty("calls.csv").GetInt64().ShouldBe(300);
        record
            .GetProperty("file")
            .GetString()
            .ShouldBe(Path.Combine(_machine.Home, "evidence-soc2-2026-11-21-to-2026-11-22.zip"));
        using var pack = ZipFile.OpenRead(record.GetProperty("file").GetString()!);
        pack.Entries.Select(entry => entry.FullName).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
        Directory.GetFileSystemEntries(_machine.Home, "evidence-*").ShouldHaveSingleItem();

        (await PackAsync()).Code.ShouldBe(5);
        (await PackAsync("--out", "other.zip")).Good().ShouldContain("index.html");
        File.ReadAllBytes(Path.Combine(_machine.Home, "other.zip"))
            .ShouldBe(File.ReadAllBytes(record.GetProperty("file").GetString()!));
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task MakesNoPackOfALogWithAChangedEntryAndNamesIt()
    {
        WrittenLog
            .Of([.. _entries[..7], WrittenLog.Entry(9_000), .. _entries[8..]])
            .Files.TryGetValue("tile/entries/000", out var changed);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "tile/entries/000"), changed!);

        var said = await PackAsync("--key", _log.Key.ToString());

        said.Code.ShouldBe(1, said.All);
        said.Output.ShouldContain("entry 7: changed");
        said.Errors.ShouldContain("no pack is made");
        Directory.GetFileSystemEntries(_machine.Home, "evidence-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task MakesNoPackWithoutAKey()
    {
        var said = await PackAsync();

        said.Code.ShouldBe(2, said.All);
        said.Errors.ShouldContain("--key");
    }

    [Theory]
    [InlineData("soc3", "2026-11-21", "2026-11-22", "soc2, iso27001, sox")]
    [InlineData("sox", "last week", "2026-11-22", "--from 'last week'")]
    [InlineData("sox", "2026-11-22", "2026-11-21", "is not after")]
    public async Task NamesTheWordThatIsWrong(string framework, string from, string to, string words)
    {
        var said = await _machine.BasculeAsync("evidence", "--from", from, "--to", to, "--framework", framework);

        said.Code.ShouldBe(2, said.All);
        said.Errors.ShouldContain(words);
    }

    [Fact]
    public async Task SaysWhatAWitnessHasCosigned()
    {
        using var witness = WrittenLog.SignerOf(7, "auditor.example.org");
        string[] by = ["--key", _log.Key.ToString(), "--witness", witness.CosignatureKey.ToString(), "--out", "w.zip"];

        var without = await PackAsync(by);
        _log.Cosign(witness, DateTimeOffset.UnixEpoch.AddYears(56));
        _log.Save(Folder);
        (await PackAsync(by)).Good();

        without.Code.ShouldBe(1, without.All);
        using var pack = ZipFile.OpenRead(Path.Combine(_machine.Home, "w.zip"));
        using var page = new StreamReader(pack.GetEntry("index.html")!.Open());
        (await page.ReadToEndAsync()).ShouldContain("witnessed by auditor.example.org at 2026-01-01");
    }

    [Fact]
    public async Task RefusesALogThatIsNamedTwice()
    {
        var said = await PackAsync("--log", Folder, "--key", _log.Key.ToString());

        said.Code.ShouldBe(2, said.All);
        said.Errors.ShouldContain("named twice");
    }

    private Task<Said> PackAsync(params string[] arguments) =>
        _machine.BasculeAsync([
            "evidence",
            "--from",
            "2026-11-21",
            "--to",
            "2026-11-22",
            "--framework",
            "soc2",
            "--log",
            Folder,
            .. arguments,
        ]);
}
