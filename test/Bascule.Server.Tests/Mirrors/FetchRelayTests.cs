using System.Net;
using System.Text;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Tests.Mirrors;

public sealed class FetchRelayTests
{
    [Fact]
    [Trait("Threat", "T114")]
    [Trait("Threat", "T82")]
    public async Task ShowsTheCredentialToTheForgeAndToNoOtherProcessOrFile()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", new string('x', 5000)));
        world.Origin.StallAfter = 40;
        using var given = new CancellationTokenSource();
        var fetching = world.Mirror.FetchAsync(world.Access, [MirrorWorld.Main], given.Token);
        await world.Origin.Stalled.WaitAsync();

        var running = Processes.Of(world.MirrorFolder);
        var seen = running.SelectMany(id => Processes.WhatItShows(id)).ToList();
        await given.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(fetching);

        seen.Count.ShouldBeGreaterThan(1);
        var basic = Convert.ToBase64String("bascule:pass-canary-7421"u8);
        world.Origin.Requests.ShouldAllBe(request => request.Authorization == "Basic " + basic);
        seen.ShouldAllBe(text => !Holds(text, basic));
        Directory
            .EnumerateFiles(world.Options.Folder, "*", SearchOption.AllDirectories)
            .ShouldAllBe(file => !Holds(File.ReadAllText(file, Encoding.Latin1), basic));
    }

    [Fact]
    public async Task AFetchGoesOnWhenItsCredentialIsReplacedMeanwhile()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "x"));
        var login = new GitLogin("bascule", new Secret("former"));
        var good = $"Basic {Convert.ToBase64String("bascule:present"u8)}";
        world.Origin.Instead = context =>
        {
            var isRefused = context.Request.Headers.Authorization != good;
            if (isRefused)
                context.Response.StatusCode = 401;
            return Task.FromResult(isRefused);
        };
        var access = new GitAccess(world.Access.Url, () => login, world.Access.CaFile)
        {
            RenewAsync = (refused, _) =>
            {
                login = new GitLogin("bascule", new Secret("present"));
                return ValueTask.FromResult(refused.Password.Reveal() == "former");
            },
        };

        (await world.Mirror.FetchAsync(access, [MirrorWorld.Main], default)).Problem.ShouldBeNull();

        world.Origin.Requests.Count(request => request.Authorization != good).ShouldBe(1);
    }

    [Theory]
    [InlineData(401, ProblemCode.Denied)]
    [InlineData(403, ProblemCode.Denied)]
    [InlineData(404, ProblemCode.NotFound)]
    [InlineData(429, ProblemCode.Limited)]
    [InlineData(500, ProblemCode.Unavailable)]
    [InlineData(503, ProblemCode.Unavailable)]
    public async Task TellsTheForgesRefusalsApart(int status, ProblemCode expected)
    {
        await using var world = await MirrorWorld.CreateAsync();
        world.Origin.Instead = context =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };

        var fetched = await world.FetchAsync("refs/heads/main");

        fetched.Problem!.Code.ShouldBe(expected);
        (await world.Mirror.ListRemoteAsync(world.Access, default)).Problem!.Code.ShouldBe(expected);
    }

    [Theory]
    [Trait("Threat", "T80")]
    [Trait("Threat", "T81")]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task FollowsNoRedirect(int status)
    {
        await using var world = await MirrorWorld.CreateAsync();
        await using var other = await GitOrigin.StartAsync(Path.Combine(world.Folder, "other"), plain: true);
        world.Origin.Instead = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = new Uri(
                other.Address,
                "r.git/info/refs?service=git-upload-pack"
            ).ToString();
            return Task.FromResult(true);
        };

        var fetched = await world.FetchAsync("refs/heads/main");

        fetched.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [Trait("Threat", "T78")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    public async Task ConnectsToNoAddressThatAForgeCannotHave(string address)
    {
        var log = new ListLogger();

        var result = await FetchFromAsync("https://forge.test/r.git", address, log);

        result.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        log.Lines.Single().ShouldContain("none of these may be connected to");
    }

    [Fact]
    [Trait("Threat", "T79")]
    public async Task ConnectsToTheAddressThatItChecked()
    {
        var asked = 0;
        Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<IPAddress>>([
                asked++ == 0 ? IPAddress.Loopback : IPAddress.Parse("169.254.169.254"),
            ]);
        await using var world = await MirrorWorld.CreateAsync(options => options with { Resolver = ResolveAsync });
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var access = world.Access with { Url = new Uri($"https://localhost:{world.Origin.Address.Port}/r.git") };

        var fetched = await world.Mirror.FetchAsync(access, [MirrorWorld.Main], default);

        fetched.Value[MirrorWorld.Main].ShouldBe(commit);
        asked.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T84")]
    public async Task SaysTheSameOfEveryAddressThatDoesNotServe()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var closed = new UriBuilder(world.Access.Url) { Port = 1 }.Uri;

        var texts = new[]
        {
            (await world.Mirror.FetchAsync(world.Access with { Url = closed }, [MirrorWorld.Main], default)).Problem!,
            (await world.Mirror.FetchAsync(world.Access with { CaFile = null }, [MirrorWorld.Main], default)).Problem!,
            (
                await world.Mirror.FetchAsync(world.Access with { CaFile = "/none.pem" }, [MirrorWorld.Main], default)
            ).Problem!,
            (await FetchFromAsync("https://127.0.0.1/r.git", "127.0.0.1")).Problem!,
        };

        texts.Select(problem => problem.Message).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T85")]
    public void TakesNoProxyFromTheEnvironment()
    {
        using var handler = OutboundHandler.Create(
            new OutboundOptions { Subject = "x", Url = new Uri("https://x.example") }
        );

        handler.UseProxy.ShouldBeFalse();
        handler.AllowAutoRedirect.ShouldBeFalse();
    }

    [Fact]
    public async Task OpensForNobodyWithoutATicketThatIsStillGood()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await using var relay = new FetchRelay(new RelayForward(world.Options));
        var url = await relay.StartAsync(default) + "/info/refs?service=git-upload-pack";
        var ticket = relay.Issue(world.Access);

        (await AskAsync(url, ticket.Word)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(url, new string('0', 64))).ShouldBe(HttpStatusCode.NotFound);
        (await AskAsync(url.Replace("upload", "receive", StringComparison.Ordinal), ticket.Word)).ShouldBe(
            HttpStatusCode.NotFound
        );
        ticket.Dispose();
        (await AskAsync(url, ticket.Word)).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task RefusesAServerThatDoesNotSpeakSmartHttp()
    {
        await using var world = await MirrorWorld.CreateAsync();
        world.Origin.Instead = async context =>
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(new string('a', 40) + "\trefs/heads/main\n");
            return true;
        };

        var fetched = await world.FetchAsync("refs/heads/main");

        fetched.Problem!.Message.ShouldContain("smart HTTP");
        world.Origin.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task GivesUpOnAForgeThatFallsSilent()
    {
        await using var world = await MirrorWorld.CreateAsync(options =>
            options with
            {
                StallTimeout = TimeSpan.FromMilliseconds(200),
            }
        );
        await world.Repository.CommitAsync("main", ("a.txt", new string('x', 5000)));
        world.Origin.StallAfter = 40;

        (await world.FetchAsync("refs/heads/main")).Problem!.Code.ShouldBe(ProblemCode.Unavailable);
    }

    private static async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> FetchFromAsync(
        string url,
        string address,
        ListLogger? log = null
    )
    {
        await using var world = await MirrorWorld.CreateAsync(
            options =>
                options with
                {
                    Resolver = (_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Parse(address)]),
                },
            log: log
        );
        return await world.Mirror.FetchAsync(world.Access with { Url = new Uri(url) }, [MirrorWorld.Main], default);
    }

    private static async Task<HttpStatusCode> AskAsync(string url, string word)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add(FetchRelay.TicketHeader, word);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static bool Holds(string text, string basic) =>
        text.Contains("pass-canary", StringComparison.OrdinalIgnoreCase)
        || text.Contains(basic, StringComparison.Ordinal)
        || text.Contains(Convert.ToBase64String("pass-canary-7421"u8), StringComparison.Ordinal)
        || text.Contains(Convert.ToHexString("pass-canary"u8), StringComparison.OrdinalIgnoreCase);
}
