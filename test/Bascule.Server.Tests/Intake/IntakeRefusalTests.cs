using System.Text;
using Bascule.Testing;

namespace Bascule.Server.Tests.Intake;

public sealed class IntakeRefusalTests
{
    private static readonly string[] Pieces =
    [
        "null",
        "{}",
        "[]",
        "\"\"",
        "-1",
        "1e400",
        "9223372036854775808",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "}",
        "{",
        "\"",
        "\u00ff",
    ];

    [Fact]
    [Trait("Threat", "T01")]
    public async Task AnUnsignedDeliveryLeavesOneCountedLineAndNothingElse()
    {
        await using var stage = await IntakeStage.StartAsync();

        for (var i = 0; i < 3; i++)
            (await stage.PostAsync(IntakeStage.Push())).Status.ShouldBe(401);
        (await stage.DeliverAsync(IntakeStage.Push(), secret: "guessed")).Status.ShouldBe(401);

        await stage.ShouldHaveStoredNothingAsync();
        (await stage.CountedAsync()).ShouldBe(["source:127.0.0.1 Unauthenticated 4"]);
        (await stage.CountedAsync()).Count.ShouldBe(1, "the next minute has nothing to tell");
    }

    [Fact]
    [Trait("Threat", "T01")]
    public async Task EachReasonHasItsOwnLine()
    {
        await using var stage = await IntakeStage.StartAsync();
        using var client = new HttpClient();

        await stage.PostAsync(IntakeStage.Push());
        using var unknown = await client.PostAsync(new Uri(stage.World.Address, "/hooks/w-unknown"), content: null);
        await stage.DeliverAsync("not json");

        ((int)unknown.StatusCode).ShouldBe(404);
        (await stage.CountedAsync()).ShouldBe([
            "source:127.0.0.1 Invalid 1",
            "source:127.0.0.1 NotFound 1",
            "source:127.0.0.1 Unauthenticated 1",
        ]);
    }

    [Theory]
    [InlineData("gitea", "X-Gitea-Signature")]
    [InlineData("gogs", "X-Gogs-Signature")]
    [Trait("Threat", "T02")]
    public async Task AnEmptySignatureIsNone(string kind, string header)
    {
        await using var stage = await IntakeStage.StartAsync(kind);

        (await stage.PostAsync(IntakeStage.Push(), (header, ""))).Status.ShouldBe(401);

        await stage.ShouldHaveStoredNothingAsync();
    }

    [Fact]
    [Trait("Threat", "T02")]
    public async Task AnEmptyStoredSecretVerifiesNothing()
    {
        await using var stage = await IntakeStage.StartAsync();
        await stage.RegisterAsync("");

        (await stage.PostAsync(IntakeStage.Push(), ("X-Gitea-Signature", ""))).Status.ShouldBe(401);
        (await stage.DeliverAsync(IntakeStage.Push(), secret: "")).Status.ShouldBe(401);

        await stage.ShouldHaveStoredNothingAsync();
    }

    [Theory]
    [InlineData("X-Gitea-Signature", "sha256=", "")]
    [InlineData("X-Gitea-Signature", "", "00")]
    [InlineData("X-Gogs-Signature", "", "")]
    [InlineData("X-Hub-Signature-256", "sha256=", "")]
    [Trait("Threat", "T03")]
    public async Task OnlyTheForgesOwnHeaderInItsOwnSpellingCounts(string header, string before, string after)
    {
        await using var stage = await IntakeStage.StartAsync();

        var answer = await stage.PostAsync(
            IntakeStage.Push(),
            (header, before + IntakeStage.Sign(IntakeStage.Push()) + after)
        );

        answer.Status.ShouldBe(401);
        await stage.ShouldHaveStoredNothingAsync();
    }

    [Fact]
    [Trait("Threat", "T15")]
    public async Task DoubledKeysAreRefused()
    {
        await using var stage = await IntakeStage.StartAsync();
        var doubled = IntakeStage.Push(extra: ",\"after\":\"" + new string('b', 40) + "\"");

        (await stage.DeliverAsync(doubled)).Status.ShouldBe(400);

        await stage.ShouldHaveStoredNothingAsync();
    }

    public static TheoryData<string, string> Extremes =>
        new()
        {
            { "too deep", ",\"x\":" + new string('[', 40) + new string(']', 40) },
            { "lone surrogate", ",\"x\":\"\\ud800\"" },
            { "text after the end", "}{" },
        };

    [Theory]
    [MemberData(nameof(Extremes))]
    [Trait("Threat", "T16")]
    public async Task ExtremeJsonIsRefused(string what, string extra)
    {
        await using var stage = await IntakeStage.StartAsync();

        (await stage.DeliverAsync(IntakeStage.Push(extra: extra))).Status.ShouldBe(400, what);

        await stage.ShouldHaveStoredNothingAsync();
    }

    [Fact]
    [Trait("Threat", "T16")]
    public async Task ANulInARefIsRefused()
    {
        await using var stage = await IntakeStage.StartAsync();
        var push = IntakeStage.Push().Replace("refs/heads/main", "refs/heads/ma\\u0000in", StringComparison.Ordinal);

        (await stage.DeliverAsync(push)).Status.ShouldBe(400);

        await stage.ShouldHaveStoredNothingAsync();
    }

    [Fact]
    [Trait("Threat", "T17")]
    public async Task AHookOfOneRepositoryCannotSpeakOfAnother()
    {
        await using var stage = await IntakeStage.StartAsync();

        (await stage.DeliverAsync(IntakeStage.Push(repository: 8))).Status.ShouldBe(403);

        await stage.ShouldHaveStoredNothingAsync();
        (await stage.CountedAsync()).ShouldBe(["source:127.0.0.1 Denied 1"]);
        stage.World.Logs.Lines.ShouldContain(line => line.Contains("claims repository 8, the webhook belongs to 7"));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("X-Forwarded-Host", "evil.example.com")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("X-Real-IP", "203.0.113.9")]
    [InlineData("X_Forwarded_For", "203.0.113.9")]
    [InlineData("X-WEBAUTH-USER", "admin")]
    [Trait("Threat", "T21")]
    public async Task TheSourceIsWhereTheConnectionComesFromWhateverHeadersSay(string header, string value)
    {
        await using var stage = await IntakeStage.StartAsync();

        (await stage.PostAsync(IntakeStage.Push(), (header, value))).Status.ShouldBe(401);

        (await stage.CountedAsync()).ShouldBe(["source:127.0.0.1 Unauthenticated 1"]);
    }

    [Theory]
    [InlineData("gitea", "Gitea", 20261121)]
    [InlineData("gogs", "Gogs", 20261122)]
    [Trait("Threat", "T14")]
    public async Task NoMutationOfASignedPayloadBringsItDown(string kind, string folder, int seed)
    {
        await using var stage = await IntakeStage.StartAsync(kind);
        var push = await File.ReadAllBytesAsync(
            RepositoryFolder.PathOf($"test/Bascule.Connectors.Tests/Forges/{folder}/Recorded/push_branch.json")
        );
        var random = new Random(seed);
        var refused = 0;

        for (var round = 0; round < 60; round++)
        {
            var answer = await stage.DeliverAsync(Mutate(push, random), $"id-{round}");
            answer.Status.ShouldBeOneOf(202, 400, 403); // 403: recordings are of another repository
            refused += answer.Status == 400 ? 1 : 0;
        }

        refused.ShouldBeGreaterThan(10);
        (await stage.DeliverAsync(IntakeStage.Push(), "last")).Status.ShouldBe(202);
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        var at = random.Next(body.Length);
        var colon = Array.IndexOf(body, (byte)':', at);
        var piece = Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]);
        var (start, length) = colon > 0 && random.Next(2) == 0 ? (colon + 1, 0) : (at, random.Next(100));
        return [.. body[..start], .. piece, .. body[Math.Min(body.Length, start + length)..]];
    }
}
