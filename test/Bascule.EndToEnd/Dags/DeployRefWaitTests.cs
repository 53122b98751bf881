using System.Collections.Concurrent;
using Bascule.Cli.Features.Dags;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Forges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.EndToEnd.Dags;

/// <summary>What a follower does with each answer of a server, whose answers the test writes.</summary>
public sealed class DeployRefWaitTests : IAsyncLifetime
{
    private static readonly CommitId Shown = CommitId.Parse(new string('1', 40));
    private static readonly CommitId Next = CommitId.Parse(new string('2', 40));
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private readonly ConcurrentQueue<(int Status, string Body, bool Waits)> _answers = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly CountingLogin _login = new();
    private readonly SetClock _clock = new();
    private WebApplication _server = null!;
    private DeployRefWait _wait = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        _server.MapGet("/git/git/ml/dags.git/deployed", AnswerAsync);
        await _server.StartAsync();
        var address = _server.Urls.Single();
        _wait = new DeployRefWait(
            new DeployRefClient(new Uri(address), caFile: null),
            _login,
            address + "/git/git/ml/dags.git",
            _clock
        );
    }

    public async Task DisposeAsync()
    {
        _wait.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task TellsWhereTheBranchStandsOnceItHasMoved()
    {
        _answers.Enqueue((200, $"{Next}\n", true));

        (await WaitAsync(Shown)).ShouldBe(Next);

        _asked.ShouldBe([$"Bearer secret \"{Shown}\" wait=20"]);
    }

    [Theory]
    [InlineData(304, "", true)]
    [InlineData(304, "", false)]
    [InlineData(200, "no commit", true)]
    [InlineData(503, "", false)]
    public async Task LooksItselfAfterAnyOtherAnswer(int status, string body, bool waits)
    {
        _answers.Enqueue((status, body, waits));

        (await WaitAsync(Shown)).ShouldBeNull();

        _login.Forgotten.ShouldBe(0);
    }

    [Fact]
    public async Task AsksWithAnotherTokenAfterOneThatIsNotGood()
    {
        _answers.Enqueue((401, "", false));

        (await WaitAsync(Shown)).ShouldBeNull();

        _login.Forgotten.ShouldBe(1);
    }

    /// <summary>Each such question would be a refusal at the server.</summary>
    [Fact]
    public async Task AServerThatDoesNotTellIsNotAskedAgainForAWhile()
    {
        _answers.Enqueue((404, "", false));
        await WaitAsync(Shown);

        await WaitAsync(Shown);
        _asked.Count.ShouldBe(1);
        _clock.Now += TimeSpan.FromMinutes(2);
        _answers.Enqueue((200, $"{Next}\n", true));

        (await WaitAsync(Shown)).ShouldBe(Next);
    }

    [Fact]
    public async Task WithoutAVersionOrATokenNobodyIsAsked()
    {
        (await WaitAsync(shown: null)).ShouldBeNull();
        _login.IsSignedIn = false;
        (await WaitAsync(Shown)).ShouldBeNull();

        _asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://bascule.example.com/git/git/ml/dags.git", "refs/heads/deploy/prod", true)]
    [InlineData("https://bascule.example.com/git/git/ml/dags.git", "refs/heads/main", false)]
    [InlineData("file:///srv/git/dags.git", "refs/heads/deploy/prod", false)]
    public void OnlyADeployRefAtAServerIsToldOf(string address, string branch, bool fits) =>
        DeployRefWait
            .Fits(
                new FollowOptions
                {
                    Folder = "/srv/dags",
                    Address = FollowedAddress.Read(address).Value,
                    Ref = RefName.Parse(branch),
                }
            )
            .ShouldBe(fits);

    private Task<CommitId?> WaitAsync(CommitId? shown) => _wait.WaitAsync(shown, Moment, default);

    private async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        _asked.Enqueue($"{headers.Authorization} {headers.IfNoneMatch} {headers["Prefer"]}");
        _answers.TryDequeue(out var answer).ShouldBeTrue();
        context.Response.StatusCode = answer.Status;
        if (answer.Waits)
            context.Response.Headers["Preference-Applied"] = "wait=20";
        if (answer.Body.Length > 0)
            await context.Response.WriteAsync(answer.Body);
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class CountingLogin : IGitLogin
    {
        public bool IsSignedIn { get; set; } = true;
        public int Forgotten { get; private set; }

        public Task<Result<Secret?>> FindAsync(CancellationToken cancellationToken) =>
            Task.FromResult(Result.Of(IsSignedIn ? new Secret("secret") : null));

        public void Forget() => Forgotten++;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
