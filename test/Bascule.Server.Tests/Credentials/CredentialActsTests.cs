using System.Text;
using Bascule.Core;
using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Storage.Snapshots;

namespace Bascule.Server.Tests.Credentials;

public sealed class CredentialActsTests
{
    [Theory]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task ATokenIsTriedSealedAndShownFromThenOn(string kind)
    {
        await using var world = await CredentialWorld.OpenAsync(kind);
        var person = await world.Forge.NewPersonAsync();

        var done = await world.Replica.Acts.SealAsync(
            "git",
            null,
            new Secret(person.Token),
            CredentialWorld.Operator,
            default
        );

        done.Value.Account.Login.ShouldBe(person.Login);
        world.Replica.Credential.Current!.Token.Reveal().ShouldBe(person.Token);
        (await world.StartReplicaAsync()).Credential.Current!.Token.Reveal().ShouldBe(person.Token);
        var listed = (await world.Replica.Reader.ListAsync(default)).Credentials.Single();
        (listed.Forge, listed.Kind, listed.Source, listed.Account).ShouldBe(("git", kind, "sealed", person.Login));
    }

    [Fact]
    public async Task WhatTheForgeDoesNotTakeIsNotSealed()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");

        var done = await world.Replica.Acts.SealAsync(
            "git",
            null,
            new Secret("not-a-token-1"),
            CredentialWorld.Operator,
            default
        );

        done.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        done.Problem.Message.ShouldNotContain("not-a-token-1");
        (await world.Storage.ForgeCredentials.ListAsync(default)).ShouldBeEmpty();
        world.Replica.Credential.Current!.Token.Reveal().ShouldBe(world.Bot.Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("a\u007fb")]
    public async Task WhatIsNoSecretIsRefusedBeforeTheForgeIsAsked(string text)
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        world.Forge.Faults.GoOffline();

        var done = await world.Replica.Acts.SealAsync("git", null, new Secret(text), CredentialWorld.Operator, default);

        done.Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Theory]
    [Trait("Threat", "T109")]
    [InlineData(null, false)]
    [InlineData(60, false)]
    [InlineData(5, true)]
    public async Task ItTakesAFreshSignIn(int? minutesAgo, bool isAllowed)
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        var ada = new Actor(ActorType.Human, "p-1")
        {
            Subject = new Subject("https://id.example.com", "ada"),
            AuthenticatedAt = minutesAgo is { } minutes ? world.Clock.GetUtcNow().AddMinutes(-minutes) : null,
        };

        var done = await world.Replica.Acts.SealAsync(
            "git",
            world.Bot.Login,
            new Secret(world.Bot.Password),
            ada,
            default
        );
        var asked = await world.Replica.Acts.AskAsync("git", ada, default);

        (done.Problem is null, asked.Problem is null).ShouldBe((isAllowed, isAllowed));
        if (!isAllowed)
            done.Problem!.Message.ShouldContain("fresh sign-in");
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task ARestoredCopyTouchesNoCredential()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();
        await using (
            var connection = new Microsoft.Data.Sqlite.SqliteConnection(
                $"Data Source={world.DatabaseFile};Pooling=False"
            )
        )
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE installation SET held_at = 1, held_because = 'it was restored'";
            await command.ExecuteNonQueryAsync();
        }
        var copy = await world.StartReplicaAsync();

        (await copy.Acts.AskAsync("git", CredentialWorld.Operator, default)).Problem!.Code.ShouldBe(
            ProblemCode.Conflict
        );
    }

    [Fact]
    public async Task ATokenAloneIsNotReplacedAndTheRemedyIsTold()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        var unsealed = await world.Replica.Acts.AskAsync("git", CredentialWorld.Operator, default);
        await world.Replica.Acts.SealAsync("git", null, new Secret(world.Bot.Token), CredentialWorld.Operator, default);

        var asked = await world.Replica.Acts.AskAsync("git", CredentialWorld.Operator, default);

        unsealed.Problem!.Message.ShouldContain("nothing is sealed");
        asked.Problem!.Message.ShouldContain("bascule credential seal git --account NAME");
        (await world.Replica.Acts.AskAsync("gut", CredentialWorld.Operator, default)).Problem!.Code.ShouldBe(
            ProblemCode.NotFound
        );
    }

    [Fact]
    public async Task WhatWasOnItsWayInWhenAnotherOneIsSealedIsEnded()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();
        await world.AskAsync();
        while ((await world.RowAsync()).Step != CredentialStep.Made)
            await world.StepAsync();
        var made = new Server.Credentials.CredentialSeal(world.Key).Open(
            CredentialWorld.ForgeUid,
            (await world.RowAsync()).Next!
        );

        await world.Replica.Acts.SealAsync("git", null, new Secret(world.Bot.Token), CredentialWorld.Operator, default);
        await world.FinishAsync();

        (await world.IsTakenAsync(made)).ShouldBeFalse();
        (await world.IsTakenAsync(world.Replica.Credential.Current!)).ShouldBeTrue();
        (await world.RowAsync()).Step.ShouldBe(CredentialStep.Resting);
    }

    [Fact]
    public async Task WhatBasculeHadMadeIsEndedOnceAnotherOneIsSealed()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        await world.SealAsync();
        var former = world.Replica.Credential.Current!;

        await world.SealAsync();

        (await world.IsTakenAsync(former)).ShouldBeTrue("what is under way goes on");
        await world.FinishAsync();
        (await world.IsTakenAsync(former)).ShouldBeFalse();
        (await world.IsTakenAsync(world.Replica.Credential.Current!)).ShouldBeTrue();
        (await world.StoryAsync()).ShouldBe(["credential.sealed", "credential.sealed", "credential.ended"]);
    }

    [Fact]
    public async Task ATokenAloneThatIsToBeReplacedByTheCalendarIsToldOnce()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        world.Settings = new(TimeSpan.FromDays(1), TimeSpan.FromMinutes(10));
        await world.CrashAsync();
        await world.Replica.Acts.SealAsync("git", null, new Secret(world.Bot.Token), CredentialWorld.Operator, default);

        for (var day = 0; day < 5; day++)
        {
            world.Clock.Advance(TimeSpan.FromDays(1));
            await world.FinishAsync();
        }

        (await world.StoryAsync()).ShouldBe(["credential.sealed", "credential.rotation_failed"]);
    }

    [Fact]
    public async Task ATokenThatWasMadeForNothingIsTakenBack()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");
        world.Forge.Faults.FailNext("GET", "/api/v1/user$", 401);

        var done = await world.Replica.Acts.SealAsync(
            "git",
            world.Bot.Login,
            new Secret(world.Bot.Password),
            CredentialWorld.Operator,
            default
        );

        done.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        world.Forge.TokensOf(world.Bot).ShouldAllBe(name => !name.StartsWith("bascule-"));
    }

    [Fact]
    public async Task ASettingsTokenIsListedWithItsAccountAndNoSecret()
    {
        await using var world = await CredentialWorld.OpenAsync("gitea");

        var listed = (await world.Replica.Reader.ListAsync(default)).Credentials.Single();

        (listed.Source, listed.Account, listed.Since).ShouldBe(("settings", world.Bot.Login, null));
        listed.ToString().ShouldNotContain(world.Bot.Token);
        world.Forge.Faults.GoOffline();
        (await world.Replica.Reader.ListAsync(default)).Credentials.Single().Failure.ShouldNotBeNull();
    }

    [Theory]
    [Trait("Threat", "T93")]
    [Trait("Threat", "T115")]
    [InlineData("gitea")]
    [InlineData("gogs")]
    public async Task NoSecretIsInTheClearInDatabaseBackupEntryOrLog(string kind)
    {
        await using var world = await CredentialWorld.OpenAsync(kind);
        var seal = new Server.Credentials.CredentialSeal(world.Key);
        var secrets = new HashSet<string> { world.Bot.Password };
        await world.SealAsync();
        await world.AskAsync();
        do
        {
            var row = await world.RowAsync();
            foreach (var value in new[] { row.Sealed, row.Next, row.Former }.OfType<byte[]>())
                Note(seal.Open(CredentialWorld.ForgeUid, value));
        } while (await world.StepAsync());
        await world.FinishAsync();
        secrets.Count.ShouldBeGreaterThanOrEqualTo(3);

        var backup = world.DatabaseFile + ".backup";
        (
            await new Snapshots(world.Clock, "1").BackUpAsync(new SqlitePlace(world.DatabaseFile), backup, default)
        ).Problem.ShouldBeNull();

        var written = Directory
            .EnumerateFiles(Path.GetDirectoryName(world.DatabaseFile)!)
            .Where(file => file != backup && !file.EndsWith(".lock", StringComparison.Ordinal))
            .Select(ReadShared)
            .Append(await UnpackAsync(backup))
            .Append(string.Join('\n', world.Logs.Lines))
            .Append(string.Join('\n', (await world.EntriesAsync()).Select(entry => entry.ToJsonString())))
            .ToList();
        foreach (var secret in secrets)
            written.ShouldAllBe(text => !Holds(text, secret));
        written.ShouldContain(text => Holds(text, world.Bot.Login), "what is no secret is found");

        void Note(ForgeSecret secret)
        {
            if (!secret.Token.IsEmpty)
                secrets.Add(secret.Token.Reveal());
            if (secret.Password is { } password)
                secrets.Add(password.Reveal());
        }
    }

    private static bool Holds(string text, string secret) =>
        text.Contains(secret, StringComparison.Ordinal)
        || text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), StringComparison.Ordinal)
        || text.Contains(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), StringComparison.OrdinalIgnoreCase);

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private static async Task<string> UnpackAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        await using var unpacked = new System.IO.Compression.GZipStream(
            stream,
            System.IO.Compression.CompressionMode.Decompress
        );
        using var reader = new StreamReader(unpacked, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }
}
