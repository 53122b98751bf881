using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.Identity;
using Bascule.Core.People;

namespace Bascule.Server.Tests.GitProxy.Pushing;

/// <summary>What a push may not reach, learn or use up.</summary>
public sealed class PushBoundaryTests(PushStage stage) : IClassFixture<PushStage>
{
    private const string None = "0000000000000000000000000000000000000000";

    [Fact]
    [Trait("Threat", "T88")]
    public async Task OnlyWhatThePassCoversIsListed()
    {
        await using var door = await stage.OpenAsync(more: only => only with { Refs = ["refs/heads/dev/**"] });
        await door.Developer.GitAsync("push", "-q", "origin", "HEAD:refs/heads/dev/one", "HEAD:refs/heads/secret");

        var listed = await GetAsync(door);

        listed.ShouldContain("refs/heads/dev/one");
        listed.ShouldNotContain("refs/heads/secret");
        listed.ShouldNotContain("refs/heads/main");
        listed.ShouldNotContain(".have");
        listed.ShouldNotContain("push-cert");
        listed.ShouldNotContain("object-format");
    }

    [Fact]
    [Trait("Threat", "T88")]
    [Trait("Threat", "T89")]
    public async Task ARefToWhatThePassHidesIsNotMade()
    {
        await using var door = await stage.OpenAsync(more: only => only with { Refs = ["refs/heads/dev/**"] });
        door.Developer.Write("hidden.txt", "not for everybody\n");
        var hidden = await door.Developer.CommitAndPushAsync("Hide something", "secret");
        await stage.Stage.SettleAsync(); // Bascule's own mirror has it then: it is there, and not theirs to have
        var pack = Convert.FromHexString("5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e");

        var answer = await PostAsync(door, [.. Command(None, hidden, "refs/heads/dev/mine"), .. pack]);

        answer.ShouldContain("refers to");
        answer.ShouldContain("ng refs/heads/dev/mine");
        (await door.TipAsync("refs/heads/dev/mine")).ShouldBeNull();
    }

    [Fact]
    public async Task ARefToWhatThePassShowsIsMade()
    {
        await using var door = await stage.OpenAsync(more: only => only with { Refs = ["refs/heads/dev/**"] });
        await door.Developer.GitAsync("push", "-q", "origin", "HEAD:refs/heads/dev/one");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/dev/two");

        code.ShouldBe(0, text);
        (await door.TipAsync("refs/heads/dev/two")).ShouldBe(door.Repository.First);
    }

    [Fact]
    [Trait("Threat", "T86")]
    public async Task AFetchPassDoesNotPush()
    {
        await using var door = await stage.OpenAsync(more: only => only with { Verbs = [GitVerb.Fetch] });

        var (code, text) = await door.PushAsync("HEAD:refs/heads/other");
        var answer = await PostAsync(door, Command(door.Repository.First, None, "refs/heads/main"));

        code.ShouldNotBe(0, text);
        answer.ShouldContain("trust_policies.devs.verbs");
        (await door.TipAsync("refs/heads/main")).ShouldBe(door.Repository.First);
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task ATokenThatEndsMeanwhileEndsThePush()
    {
        await using var door = await stage.OpenAsync();
        door.IsGood = () => false;
        await door.Developer.CommitAsync("Too late");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(1);
        text.ShouldContain("your token has ended");
        (await door.TipAsync("refs/heads/main")).ShouldBe(door.Repository.First);
        var ended = (await door.EntriesAsync(AuditTypes.PushEnded)).ShouldHaveSingleItem();
        ((string?)ended["facts"]!["outcome"]).ShouldBe("not_forwarded");
    }

    [Fact]
    [Trait("Threat", "T93")]
    public async Task TheForgesCredentialIsNowhereInWhatIsAnswered()
    {
        await using var door = await stage.OpenAsync();
        await door.Developer.CommitAsync("Look for it");
        var inBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{stage.Stage.ForgeToken}"));

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");
        var all = text + await GetAsync(door) + string.Concat(await door.EntriesAsync(AuditTypes.PushEnded));

        code.ShouldBe(0, text);
        all.ShouldNotContain(stage.Stage.ForgeToken);
        all.ShouldNotContain(inBase64);
        stage.Stage.Written.ShouldNotContain(stage.Stage.ForgeToken);
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task ABodyIsCountedOnceItIsUnpacked()
    {
        await using var door = await stage.OpenAsync(more: small =>
            small with
            {
                Limits = one => one with { MaxPackBytes = 100_000 },
            }
        );
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(Command(None, new string('a', 40), "refs/heads/bomb"));
            await gzip.WriteAsync(new byte[1_000_000]);
        }
        bomb.Length.ShouldBeLessThan(10_000);

        var answer = await PostAsync(door, bomb.ToArray(), "gzip");

        answer.ShouldContain("larger than 100000 bytes");
        Directory.GetDirectories(Path.Combine(door.Folder, "pushes")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task OneMorePushThanThereIsRoomForIsAskedToComeAgain()
    {
        await using var door = await stage.OpenAsync(more: small =>
            small with
            {
                Limits = one => one with { MaxPushes = 0 },
            }
        );

        var (code, text) = await door.PushAsync("HEAD:refs/heads/other");

        code.ShouldNotBe(0);
        text.ShouldContain("429");
        (await door.TipAsync("refs/heads/other")).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task WhoeverStopsSendingIsLeft()
    {
        var idle = TimeSpan.FromMilliseconds(300);
        await using var door = await stage.OpenAsync(more: small =>
            small with
            {
                Limits = one => one with { Idle = idle },
            }
        );

        var answer = await SendHeadAsync(new Uri(door.Address));

        answer.ShouldContain("nothing was sent");
    }

    [Fact]
    public async Task WhatAKilledProcessLeftIsRemoved()
    {
        await using var door = await stage.OpenAsync();
        await door.PushAsync("HEAD:refs/heads/other");

        Directory.GetDirectories(Path.Combine(door.Folder, "pushes")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T71")]
    public async Task ABrokenPackIsRefused()
    {
        await using var door = await stage.OpenAsync();
        var pack = Convert.FromHexString("5041434b0000000200000001029d08823bd8a8eab510ad6ac75c823cfd3ed31e");

        var answer = await PostAsync(door, [.. Command(None, new string('a', 40), "refs/heads/x"), .. pack]);

        answer.ShouldContain("git does not take the pack");
        answer.ShouldContain("ng refs/heads/x");
    }

    [Fact]
    public async Task AShallowClonePushesToo()
    {
        await using var door = await stage.OpenAsync();
        await door.Developer.CommitAndPushAsync("One more");
        await door.Developer.GitAsync("fetch", "-q", "--depth=1", "--update-shallow", "origin", "main");
        await File.WriteAllTextAsync(
            await ShallowFileAsync(door),
            await door.Developer.GitAsync("rev-parse", "HEAD") + "\n"
        );
        door.Developer.Write("train.py", "print(6)\n");
        var commit = await door.Developer.CommitAsync("From a shallow clone");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(0, text);
        (await door.TipAsync("refs/heads/main")).ShouldBe(commit);
    }

    [Fact]
    public async Task APersonWithoutAnAccountDoesNotPush()
    {
        var holder = new Actor(ActorType.Human, "p-nobody")
        {
            Subject = new Subject("https://id.example.com", "nobody"),
        };
        await using var door = await stage.OpenAsync(more: person => person with { Holder = holder });

        var (code, text) = await door.PushAsync("HEAD:refs/heads/other");

        code.ShouldBe(1);
        text.ShouldContain("you have linked no account");
        (await door.TipAsync("refs/heads/other")).ShouldBeNull();
    }

    private static async Task<string> ShallowFileAsync(PushDoor door) =>
        Path.Combine(await door.Developer.GitAsync("rev-parse", "--absolute-git-dir"), "shallow");

    private static byte[] Command(string before, string after, string name)
    {
        var text = $"{before} {after} {name}\0report-status side-band-64k";
        return Encoding.UTF8.GetBytes($"{text.Length + 4:x4}{text}0000");
    }

    private static async Task<string> GetAsync(PushDoor door)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{door.Address}/info/refs?service=git-receive-pack"));
    }

    private static async Task<string> PostAsync(PushDoor door, byte[] body, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await PostAsync(door, content);
    }

    private static async Task<string> PostAsync(PushDoor door, HttpContent content)
    {
        using var http = new HttpClient();
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-receive-pack-request");
        using var answer = await http.PostAsync(new Uri($"{door.Address}/git-receive-pack"), content);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.BadRequest);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Announces a body and sends none of it.</summary>
    private static async Task<string> SendHeadAsync(Uri address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        var head =
            $"POST {address.AbsolutePath}/git-receive-pack HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/x-git-receive-pack-request\r\nContent-Length: 1000\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
