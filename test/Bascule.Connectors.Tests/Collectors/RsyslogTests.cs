using System.Text.Json.Nodes;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Json;
using Bascule.Testing.Collectors;

namespace Bascule.Connectors.Tests.Collectors;

/// <summary>Against rsyslog, which others wrote: it parses what we send, and takes only whom it knows.</summary>
public sealed class RsyslogTests : IDisposable
{
    private readonly SyslogStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [RsyslogFact]
    public async Task WhatItParsesIsWhatWasSent()
    {
        await using var server = await RsyslogServer.StartAsync(_stage.Authority);
        await using var collector = _stage.Open(server.Port);
        var entry = Entries.Of(41);

        (await collector.SendAsync([entry], default)).ShouldBe(new Sent.Acknowledged());

        var got = (await server.ReadAsync(1)).ShouldHaveSingleItem();
        ((int)got["pri"]!, (string)got["app"]!, (string)got["msgid"]!).ShouldBe((109, "bascule", "run.decided"));
        ((string)got["ts"]!).ShouldBe("2026-11-21T12:00:00.250Z");
        var data = got["sd"]!["bascule@61234"]!;
        ((string)data["index"]!, (string)data["leaf_hash"]!, (string)data["sequence"]!).ShouldBe(
            ("41", entry.LeafHash, "1")
        );
        Message(got).ShouldBe(Entries.Text(entry));
    }

    [RsyslogFact]
    [Trait("Threat", "T113")]
    public async Task NoNameOfABranchMakesAMessageOfItsOwn()
    {
        await using var server = await RsyslogServer.StartAsync(_stage.Authority);
        await using var collector = _stage.Open(server.Port);
        var entries = Entries.Hostile.Select((row, at) => Entries.Of(at, (string)row[1])).ToList();

        (await collector.SendAsync(entries, default)).ShouldBe(new Sent.Acknowledged());

        var got = await server.ReadAsync(entries.Count);
        got.Count.ShouldBe(entries.Count);
        foreach (var (message, entry) in got.Zip(entries))
        {
            ((string)message["sd"]!["bascule@61234"]!["leaf_hash"]!).ShouldBe(entry.LeafHash);
            message["sd"]!.AsObject().Count.ShouldBe(1);
            var copy = new ShippedEntry(entry.Index, CanonicalJson.Serialize(JsonNode.Parse(Message(message))));
            copy.LeafHash.ShouldBe(entry.LeafHash);
        }
    }

    [RsyslogFact]
    public async Task AnEntryThatIsTooLongLeavesItsHash()
    {
        await using var server = await RsyslogServer.StartAsync(_stage.Authority);
        await using var collector = _stage.Open(server.Port, maxBytes: 4096);
        var entry = Entries.Of(3, new string('x', 10_000));

        (await collector.SendAsync([entry, Entries.Of(4)], default)).ShouldBe(new Sent.Acknowledged());

        var got = await server.ReadAsync(2);
        var data = got[0]["sd"]!["bascule@61234"]!;
        ((string)data["cut"]!, (string)data["leaf_hash"]!).ShouldBe(("true", entry.LeafHash));
        var message = JsonNode.Parse(Message(got[0]))!;
        ((bool)message["cut"]!, (string)message["leaf_hash"]!).ShouldBe((true, entry.LeafHash));
        ((int)message["entry_bytes"]!).ShouldBe(entry.Canonical.Length);
        got[1]["sd"]!["bascule@61234"]!.AsObject().ContainsKey("cut").ShouldBeFalse();
    }

    [RsyslogFact]
    public async Task ItTakesNothingFromAClientWithoutACertificate()
    {
        await using var server = await RsyslogServer.StartAsync(_stage.Authority);
        await using var collector = _stage.Open(server.Port, _stage.Nothing());

        (await collector.SendAsync(Entries.Many(0, 3), default)).ShouldBeOfType<Sent.Unknown>();

        server.Read().ShouldBeEmpty();
    }

    [RsyslogFact]
    public async Task ItTakesNothingFromAClientOfAnotherAuthority()
    {
        using var other = new SyslogStage();
        await using var server = await RsyslogServer.StartAsync(_stage.Authority);
        await using var collector = _stage.Open(server.Port, tls: _stage.TlsOf(other.Authority));

        (await collector.SendAsync(Entries.Many(0, 3), default)).ShouldBeOfType<Sent.Unknown>();

        server.Read().ShouldBeEmpty();
    }

    [RsyslogFact]
    public async Task AServerOfAnotherNameGetsNothing()
    {
        await using var server = await RsyslogServer.StartAsync(_stage.Authority, hostName: "logs.example.com");
        await using var collector = _stage.Open(server.Port);

        var sent = (await collector.SendAsync([Entries.Of(0)], default)).ShouldBeOfType<Sent.Unknown>();

        sent.Problem.Message.ShouldContain("TLS failed");
        server.Read().ShouldBeEmpty();
    }

    [RsyslogFact]
    public async Task AServerOfAnotherAuthorityGetsNothing()
    {
        using var other = new SyslogStage();
        await using var server = await RsyslogServer.StartAsync(other.Authority);
        await using var collector = _stage.Open(server.Port);

        (await collector.SendAsync([Entries.Of(0)], default)).ShouldBeOfType<Sent.Unknown>();

        server.Read().ShouldBeEmpty();
    }

    [RsyslogFact]
    public async Task ManyMessagesArriveInTheirOrder()
    {
        await using var server = await RsyslogServer.StartAsync(_stage.Authority);
        await using var collector = _stage.Open(server.Port);

        for (var batch = 0; batch < 3; batch++)
            (await collector.SendAsync(Entries.Many(batch * 500, 500), default)).ShouldBe(new Sent.Acknowledged());

        var got = await server.ReadAsync(1500);
        got.Select(message => (string)message["sd"]!["bascule@61234"]!["index"]!)
            .ShouldBe(Enumerable.Range(0, 1500).Select(index => $"{index}"));
        got.Select(message => (string)message["sd"]!["bascule@61234"]!["sequence"]!)
            .ShouldBe(Enumerable.Range(1, 1500).Select(index => $"{index}"));
    }

    private static string Message(JsonObject got) => ((string)got["msg"]!).TrimStart('\ufeff');
}
