using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.SignIn;
using Bascule.Storage;
using Bascule.Testing.Identity;

namespace Bascule.Server.Tests.SignIn;

/// <summary>How long a session lasts, and how soon its end counts at another replica.</summary>
public sealed class SessionsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-sessions-").FullName;
    private readonly SteadyClock _clock = new();
    private SqliteStorage _storage = null!;

    public async Task InitializeAsync() =>
        _storage = await SqliteStorage.OpenAsync(Path.Combine(_folder, "bascule.db"), _clock, default);

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task ABrowsersSessionEndsWhenNobodyUsesIt()
    {
        var (sessions, token) = (Replica(), await BeginAsync(SessionKind.Browser));

        _clock.Advance(TimeSpan.FromMinutes(59));
        (await sessions.FindAsync(token.Text, default)).ShouldNotBeNull("it was used just before an hour was over");
        _clock.Advance(TimeSpan.FromMinutes(59));
        (await sessions.FindAsync(token.Text, default)).ShouldNotBeNull("the use was noted");
        _clock.Advance(TimeSpan.FromMinutes(60));

        (await sessions.FindAsync(token.Text, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData(SessionKind.Browser)]
    [InlineData(SessionKind.CommandLine)]
    [Trait("Threat", "T45")]
    public async Task NoSessionLastsLongerThanEightHours(SessionKind kind)
    {
        var (sessions, token) = (Replica(), await BeginAsync(kind));

        for (var minutes = 0; minutes < (8 * 60) - 30; minutes += 30, _clock.Advance(TimeSpan.FromMinutes(30)))
            (await sessions.FindAsync(token.Text, default)).ShouldNotBeNull($"after {minutes} minutes");
        _clock.Advance(TimeSpan.FromMinutes(30));

        (await sessions.FindAsync(token.Text, default)).ShouldBeNull();
    }

    [Fact]
    public async Task TheCommandLinesSessionMayRest()
    {
        var token = await BeginAsync(SessionKind.CommandLine);

        _clock.Advance(TimeSpan.FromHours(7));

        (await Replica().FindAsync(token.Text, default)).ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhatOneReplicaEndsIsOverAtTheOtherWithinASecond()
    {
        var (one, other) = (Replica(), Replica());
        var token = await BeginAsync(SessionKind.Browser);
        (await one.FindAsync(token.Text, default)).ShouldNotBeNull();
        (await other.FindAsync(token.Text, default)).ShouldNotBeNull();

        await ApplyAsync(new EndSession(token.Digest));
        _clock.Advance(TimeSpan.FromMilliseconds(999));

        (await one.FindAsync(token.Text, default)).ShouldBeNull();
        (await other.FindAsync(token.Text, default)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task ARetiredPersonHasNoSession()
    {
        var sessions = Replica();
        var token = await BeginAsync(SessionKind.CommandLine);
        (await sessions.FindAsync(token.Text, default)).ShouldNotBeNull();

        await ApplyAsync(new RetirePerson("p-1", _clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromMilliseconds(999));

        (await sessions.FindAsync(token.Text, default)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhatTheProviderSaidLastCountsInEverySession()
    {
        var sessions = Replica();
        var token = await BeginAsync(SessionKind.Browser);

        await ApplyAsync(new SavePerson(Ann() with { Groups = ["staff"], Name = "Ann Other" }));

        var actor = (await sessions.FindAsync(token.Text, default)).ShouldNotBeNull();
        (actor.Name, actor.Type).ShouldBe(("Ann Other", ActorType.Human));
        actor.Groups.ShouldBe(["staff"]);
    }

    private Sessions Replica() => new(_storage.Sessions, _storage.People, _storage.Work, _clock);

    private Person Ann() =>
        new("p-1", new Subject("https://id.example.com", "u-1"))
        {
            Name = "Ann",
            Groups = ["staff", "ml-leads"],
            FirstSeenAt = _clock.GetUtcNow(),
            LastSeenAt = _clock.GetUtcNow(),
        };

    private async Task<SessionToken> BeginAsync(SessionKind kind)
    {
        var token = SessionToken.Make(kind);
        var now = _clock.GetUtcNow();
        var session = new Session("s-1", token.Digest, kind, "p-1")
        {
            Issuer = "https://id.example.com",
            CreatedAt = now,
            SeenAt = now,
            ExpiresAt = now.AddHours(8),
        };
        await ApplyAsync(new SavePerson(Ann()), new AddSession(session));
        return token;
    }

    private async Task ApplyAsync(params Change[] changes) =>
        (await _storage.Work.ApplyAsync(changes, default)).Problem.ShouldBeNull();
}
