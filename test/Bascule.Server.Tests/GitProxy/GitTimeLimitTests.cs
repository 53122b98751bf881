using System.Net;
using System.Net.Http.Headers;
using Bascule.Core.Audit;
using Bascule.Server.Audit;
using Bascule.Server.Tests.GitProxy.Lfs;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>A forge that does not answer and a client that does not send: both are left, and the audit log says by which limit.</summary>
public sealed class GitTimeLimitTests
{
    private const string Churn = "/git/git/ml/churn.git";

    [Theory]
    [InlineData("idle_seconds: 1")]
    [InlineData("fetch_seconds: 1")]
    [Trait("Threat", "T95")]
    public async Task AForgeThatDoesNotAnswerIsLeft(string limit)
    {
        await using var stage = await LimitedStage.SetAsync(limit);
        var silence = new TaskCompletionSource();
        using var watch = stage.Git.World.Watch(passing =>
            passing.Path.EndsWith("/info/refs", StringComparison.Ordinal) ? silence.Task : Task.CompletedTask
        );

        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            stage.Git.Of(Churn + "/info/refs?service=git-upload-pack")
        );
        using var answer = await stage.SendAsync(request);
        silence.SetResult();

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("nothing moved for too long");
        await stage.MeetsAsync(limit.Split(':')[0]);
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task AClientThatDoesNotEndItsQuestionIsLeft()
    {
        await using var stage = await LimitedStage.SetAsync("question_seconds: 1");
        var rest = new TaskCompletionSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, stage.Git.Of(Churn + "/git-upload-pack"));
        request.Content = new HaltingContent(new byte[1000], rest.Task);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");

        // The answer is read once the question has been sent, which it never is.
        var sending = stage.SendAsync(request);

        await stage.MeetsAsync("question_seconds");
        rest.SetResult();
        await Task.WhenAny(sending);
    }

    [Theory]
    [InlineData("idle_seconds: 1")]
    [InlineData("push_seconds: 1")]
    [Trait("Threat", "T95")]
    public async Task AnUploadThatDoesNotGoOnIsLeft(string limit)
    {
        await using var stage = await LimitedStage.SetAsync(limit);
        var lfs = await LfsRepository.CreateAsync(stage.Git, "lfs-halting");
        var rest = new TaskCompletionSource();

        var sending = lfs.PutAsync(lfs.All(), "never whole", rest.Task);

        await stage.MeetsAsync(limit.Split(':')[0]);
        rest.SetResult();
        await Task.WhenAny(sending);
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task ADownloadThatTheForgeDoesNotAnswerForIsLeft()
    {
        await using var stage = await LimitedStage.SetAsync("idle_seconds: 1");
        var lfs = await LfsRepository.CreateAsync(stage.Git, "lfs-silent");
        var silence = new TaskCompletionSource();
        using var watch = stage.Git.World.Watch(passing =>
            passing.Path.EndsWith("/objects/batch", StringComparison.Ordinal) ? silence.Task : Task.CompletedTask
        );

        var reply = await lfs.GetAsync(lfs.All(), "never came").WaitAsync(TimeSpan.FromSeconds(60));
        silence.SetResult();

        reply.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await stage.MeetsAsync("idle_seconds");
    }

    private sealed class LimitedStage : IAsyncDisposable
    {
        public required GitStage Git { get; init; }

        public static async Task<LimitedStage> SetAsync(string limit)
        {
            var stage = new LimitedStage { Git = new GitStage { Settings = $"git: {{ limits: {{ {limit} }} }}\n" } };
            await stage.Git.InitializeAsync();
            return stage;
        }

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Git.Token());
            return Git.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(60));
        }

        /// <summary>Waits until the audit log tells of a limit, and of this one alone.</summary>
        public async Task MeetsAsync(string limit)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (!(await MetAsync()).Any())
                await Task.Delay(20, deadline.Token);
            (await MetAsync()).ShouldBe([limit]);
        }

        private async Task<IEnumerable<string>> MetAsync()
        {
            await Git.Get<RefusalCounter>().FlushAsync(default);
            var entries = await Git.EntriesAsync(AuditTypes.GitRefused);
            return entries.Select(entry => (string)entry["decision"]!["reason"]!);
        }

        public async ValueTask DisposeAsync() => await Git.DisposeAsync();
    }
}
