using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Bascule.EndToEnd.WaysIn;
using Bascule.Testing.Audit;

namespace Bascule.EndToEnd.Audit;

/// <summary>What an auditor types on a machine of their own, with a folder that they were given.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private const int Size = 300;

    private static readonly byte[][] _entries = WrittenLog.Entries(Size);

    private readonly Machine _machine = new();
    private readonly WrittenLog _log = WrittenLog.Of(_entries);

    private string Folder => Path.Combine(_machine.Home, "log");

    public AuditCommandTests() => _log.Save(Folder);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task VerifiesALogByItsKeyAndRemembersTheKey()
    {
        (await VerifyAsync("--key", _log.Key.ToString())).Good().ShouldContain("VERIFIED: all 300 entries");
        File.ReadAllText(Path.Combine(_machine.Home, ".config/bascule/log-keys")).Trim().ShouldBe(_log.Key.ToString());

        (await VerifyAsync()).Good().ShouldContain("(remembered)");
        (await VerifyAsync("--key", WrittenLog.Of([], seed: 2).Key.ToString())).Code.ShouldBe(5);
    }

    [Fact]
    public async Task SaysNoWithoutAKeyHoweverWellTheLogAgreesWithItself()
    {
        var said = await VerifyAsync();

        said.Code.ShouldBe(1);
        said.Output.ShouldContain("NOT VERIFIED");
        said.Output.ShouldContain("--key");
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task NamesTheEntryThatWasChanged()
    {
        WrittenLog
            .Of([.. _entries[..7], WrittenLog.Entry(9_000), .. _entries[8..]])
            .Files.TryGetValue("tile/entries/000", out var changed);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "tile/entries/000"), changed!);

        var said = await VerifyAsync("--key", _log.Key.ToString(), "--json");

        said.Code.ShouldBe(1);
        var verdict = JsonDocument.Parse(said.Output).RootElement;
        verdict.GetProperty("verified").GetBoolean().ShouldBeFalse();
        var finding = verdict.GetProperty("findings").EnumerateArray().ShouldHaveSingleItem();
        (finding.GetProperty("fault").GetString(), finding.GetProperty("from").GetInt64()).ShouldBe(("changed", 7));
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task HoldsALogAgainstWhatWasSeenBefore()
    {
        var before = Path.Combine(_machine.Home, "before");
        var forked = Path.Combine(_machine.Home, "forked");
        WrittenLog.Of(_entries[..200]).Save(before);
        WrittenLog.Of([.. _entries[..100], WrittenLog.Entry(9_000)]).Save(forked);

        (await VerifyAsync("--key", _log.Key.ToString(), "--since", Path.Combine(before, "checkpoint"))).Good();
        var said = await VerifyAsync("--since", Path.Combine(forked, "checkpoint"));
        (said.Code, said.Output.Contains("forked", StringComparison.Ordinal)).ShouldBe((1, true));
    }

    [Theory]
    [InlineData("256")]
    [InlineData("00000000000000000000000000000100")]
    public async Task ProvesAnEntryThatIsCheckedByItself(string entry)
    {
        (await _machine.BasculeAsync("audit", "prove", entry, "--log", Folder, "--out", "mine")).Good();
        string[] check = ["audit", "verify", "mine.tlog-proof", "--entry", "mine.json", "--key", _log.Key.ToString()];

        (await _machine.BasculeAsync(check)).Good().ShouldContain("VERIFIED: the entry stands in the log");
        var file = Path.Combine(_machine.Home, "mine.json");
        (await File.ReadAllBytesAsync(file)).ShouldBe(_entries[256]);
        await File.AppendAllTextAsync(file, " ");
        (await _machine.BasculeAsync(check)).Code.ShouldBe(1);
    }

    [Fact]
    public async Task AsksForTheWordOfAWitness()
    {
        using var witness = WrittenLog.SignerOf(7, "auditor.example.org");
        string[] by = ["--key", _log.Key.ToString(), "--witness", witness.CosignatureKey.ToString()];

        (await VerifyAsync(by)).Code.ShouldBe(1);
        _log.Cosign(witness, DateTimeOffset.UnixEpoch.AddYears(56));
        _log.Save(Folder);
        (await VerifyAsync(by)).Good().ShouldContain("by auditor.example.org at 2026-01-01");
    }

    /// <summary>The log names an address that somebody listens at, and so does the environment.</summary>
    [Fact]
    public async Task OpensNoConnectionForAFolder()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = listener.LocalEndpoint.ToString()!;
        foreach (var name in (string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
            _machine.Variables[name] = $"http://{address}";
        var log = WrittenLog.Of(_entries, origin: $"{address}/audit");
        log.Save(Folder);

        (await VerifyAsync("--key", log.Key.ToString())).Good();
        (await _machine.BasculeAsync("audit", "prove", "3", "--log", Folder)).Good();
        (await _machine.BasculeAsync("audit", "export", "copy", "--log", Folder)).Good();

        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task SaysWhatIsThereWhenItIsNoLog()
    {
        (await _machine.BasculeAsync("audit", "verify", "nowhere")).Code.ShouldBe(3);
        Directory.CreateDirectory(Path.Combine(_machine.Home, "empty"));
        (await _machine.BasculeAsync("audit", "verify", "empty")).Code.ShouldBe(3);
        (await VerifyAsync("--key", "nonsense")).Code.ShouldBe(2);
        (await _machine.BasculeAsync("audit", "verify", "e.tlog-proof")).Errors.ShouldContain("--entry");
    }

    private Task<Said> VerifyAsync(params string[] arguments) =>
        _machine.BasculeAsync(["audit", "verify", Folder, .. arguments]);
}
