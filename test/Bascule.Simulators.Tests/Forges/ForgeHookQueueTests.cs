using System.Net;
using System.Security.Cryptography;
using System.Text;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

public sealed class ForgeHookQueueTests
{
    [Theory]
    [InlineData(ForgeFlavour.Gitea, "X-Gitea-Signature")]
    [InlineData(ForgeFlavour.Gogs, "X-Gogs-Signature")]
    [InlineData(ForgeFlavour.Forgejo, "X-Forgejo-Signature")]
    public async Task TheSignatureIsOverTheBytesSent(ForgeFlavour flavour, string header)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        world.Listen();

        world.Forge.OpenIssue(world.Repository, "bob", "<x> & ü");

        var hook = (await world.HooksAsync()).ShouldHaveSingleItem();
        hook.Header(header).ShouldBe(Sign(world.Secret, hook.Body));
        hook.Text.ShouldContain("\\u003cx\\u003e \\u0026 ü");
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task AFormIsSignedOverItsPayloadAndHasTheRecordedHeaders(ForgeFlavour flavour)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        world.Listen(contentType: "form");

        world.Forge.OpenIssue(world.Repository, "labadmin", "form & <x> ü (1)*!~");

        var hook = (await world.HooksAsync()).ShouldHaveSingleItem();
        var recorded = Recording.HeaderLines(flavour, "issues_opened_form_encoded");
        hook.HeaderLines.Select(l => l.Split(':')[0]).ShouldBe(recorded.Select(l => l.Split(':')[0]));
        hook.Text.ShouldContain("form+%5Cu0026+%5Cu003cx%5Cu003e+%C3%BC+%281%29%2A%21~");
        var payload = WebUtility.UrlDecode(hook.Text["payload=".Length..]);
        hook.Header("X-Gogs-Signature").ShouldBe(Sign(world.Secret, Encoding.UTF8.GetBytes(payload)));
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task WithoutASecretTheSignatureHeaderIsThereAndEmpty(ForgeFlavour flavour)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        world.Listen(secret: "");

        world.Forge.OpenIssue(world.Repository, "bob", "no secret");

        var hook = (await world.HooksAsync()).ShouldHaveSingleItem();
        hook.HeaderLines.ShouldContain(l => l.StartsWith("X-Gogs-Signature:", StringComparison.Ordinal));
        hook.Header("X-Gogs-Signature").ShouldBe("");
    }

    [Fact]
    public async Task ForgejoAddsItsHeadersToGiteasOnes()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Forgejo);
        world.Listen();

        world.Forge.OpenIssue(world.Repository, "bob", "one");

        var hook = (await world.HooksAsync()).ShouldHaveSingleItem();
        hook.Header("X-Forgejo-Event").ShouldBe("issues");
        hook.Header("X-Forgejo-Delivery").ShouldBe(hook.Header("X-Gitea-Delivery"));
        hook.Header("X-Gitea-Event").ShouldBe("issues");
    }

    [Fact]
    public async Task HooksGoOutOneAfterTheOther()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        var (now, most) = (0, 0);
        world.Receiver.Answer = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return 200;
        };
        world.Listen();
        world.Listen();

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => world.Forge.OpenIssue(world.Repository, "bob", $"{i}")))
        );

        (await world.HooksAsync()).Count.ShouldBe(20);
        most.ShouldBe(1);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task ARefusedHookIsNotTriedAgain(int status)
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gogs);
        world.Receiver.Answer = _ => Task.FromResult(status);
        world.Listen();

        world.Forge.OpenIssue(world.Repository, "bob", "once");
        world.Forge.OpenIssue(world.Repository, "bob", "two");

        (await world.HooksAsync()).Count.ShouldBe(2);
        world.Forge.Deliveries.Select(d => d.Status).ShouldBe([status, status]);
    }

    [Fact]
    public async Task ASilentTargetCostsOneDeliveryAndTheQueueMovesOn()
    {
        await using var world = await ForgeWorld.StartAsync(
            ForgeFlavour.Gitea,
            o => o with { HookTimeout = TimeSpan.FromMilliseconds(100) }
        );
        var never = new TaskCompletionSource<int>();
        world.Receiver.Answer = h =>
            h.Text.Contains("silent", StringComparison.Ordinal) ? never.Task : Task.FromResult(200);
        world.Listen();

        world.Forge.OpenIssue(world.Repository, "bob", "silent");
        world.Forge.OpenIssue(world.Repository, "bob", "heard");

        await world.HooksAsync();
        world.Forge.Deliveries.Select(d => d.Status).ShouldBe([null, 200]);
        world.Forge.Deliveries[0].Error.ShouldNotBeNull().ShouldContain("no answer");
    }

    [Fact]
    public async Task RedeliverySendsTheSameBytesUnderTheSameId()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        world.Listen();
        world.Forge.OpenIssue(world.Repository, "bob", "again");
        var first = (await world.HooksAsync()).ShouldHaveSingleItem();

        world.Forge.Redeliver(first.Header("X-Gitea-Delivery")).ShouldBeTrue();

        var second = (await world.HooksAsync())[1];
        second.Body.ShouldBe(first.Body);
        second.HeaderLines.ShouldBe(first.HeaderLines);
        world.Forge.Redeliver(Guid.NewGuid().ToString()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task AnHttpsTargetMustBeUnderAKnownAuthority(bool isTrusted, bool isReached)
    {
        using var other = new LoopbackAuthority();
        var folder = Directory.CreateTempSubdirectory("forge-target-").FullName;
        await using var target = await ForgeSimulator.StartAsync(
            new ForgeSimulatorOptions
            {
                Flavour = ForgeFlavour.Gitea,
                LoopbackAuthority = other,
                DataDirectory = folder,
            }
        );
        await using var world = await ForgeWorld.StartAsync(
            ForgeFlavour.Gitea,
            o => isTrusted ? o with { TrustedCaPem = [other.CaPem] } : o
        );
        world.Forge.AddHook(world.Repository, target.BaseAddress + "hooks", "s", ["issues"]);

        world.Forge.OpenIssue(world.Repository, "bob", "tls");

        await world.HooksAsync();
        world.Forge.Deliveries.ShouldHaveSingleItem().Status.HasValue.ShouldBe(isReached);
        target.Requests.Count.ShouldBe(isReached ? 1 : 0);
        Directory.Delete(folder, recursive: true);
    }

    private static string Sign(string secret, byte[] bytes) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes));
}
