using System.Net;
using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class FailureTests : IDisposable
{
    private readonly DatabricksFixture _fixture = new();

    private FakeWorkspace Workspace => _fixture.Workspace;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task WaitsAsLongAsA429Asks()
    {
        Fail(2, "/import", () => FakeWorkspace.Refuse(429, "REQUEST_LIMIT_EXCEEDED", "slow down", retryAfter: 7));

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        _fixture.Time.Waits.ShouldBe([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)]);
        Workspace.Files.Count.ShouldBe(3);
    }

    [Fact]
    public async Task WaitsLongerEachTimeWhereA429SaysNothing()
    {
        Fail(3, "/mkdirs", () => FakeWorkspace.Refuse(429, "REQUEST_LIMIT_EXCEEDED", "slow down"));

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        var waits = _fixture.Time.Waits.Select(wait => wait.TotalSeconds).ToList();
        waits.Count.ShouldBe(3);
        waits[0].ShouldBeInRange(0.25, 0.5);
        waits[1].ShouldBeInRange(0.5, 1);
        waits[2].ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task LeavesALongWaitToTheCaller()
    {
        Fail(1, "/import", () => FakeWorkspace.Refuse(429, "REQUEST_LIMIT_EXCEEDED", "slow down", retryAfter: 600));

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Limited);
        started.Problem.RetryAfter.ShouldBe(TimeSpan.FromMinutes(10));
        _fixture.Time.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task GivesUpForNowWhenTheWorkspaceKeepsFailing()
    {
        Fail(100, "/export", () => FakeWorkspace.Refuse(503, "TEMPORARILY_UNAVAILABLE", "down"));

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        Workspace.To("/export").Count().ShouldBe(6);
    }

    [Theory]
    [InlineData(500, "INTERNAL_ERROR", ProblemCode.Unavailable)]
    [InlineData(503, "TEMPORARILY_UNAVAILABLE", ProblemCode.Unavailable)]
    [InlineData(504, "DEADLINE_EXCEEDED", ProblemCode.Unavailable)]
    [InlineData(429, "REQUEST_LIMIT_EXCEEDED", ProblemCode.Limited)]
    [InlineData(400, "QUOTA_EXCEEDED", ProblemCode.Limited)]
    [InlineData(400, "INVALID_PARAMETER_VALUE", ProblemCode.Invalid)]
    [InlineData(400, "RESOURCE_ALREADY_EXISTS", ProblemCode.Conflict)]
    [InlineData(400, "RESOURCE_DOES_NOT_EXIST", ProblemCode.NotFound)]
    [InlineData(403, "PERMISSION_DENIED", ProblemCode.Denied)]
    [InlineData(404, "RESOURCE_DOES_NOT_EXIST", ProblemCode.NotFound)]
    [InlineData(409, "RESOURCE_CONFLICT", ProblemCode.Conflict)]
    public async Task TellsWhatARefusedSubmitMeans(int status, string code, ProblemCode meaning)
    {
        Fail(1, "/submit", () => FakeWorkspace.Refuse(status, code, "the reason"));

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(meaning);
        started.Problem.Message.ShouldContain("platform 'dbx': cannot start the run");
        started.Problem.Message.ShouldContain($"{code} the reason");
    }

    [Theory]
    [InlineData("""{"error_code":1001,"message":"old"}""", "1001 old")]
    [InlineData("""{"error":"of API 1.2"}""", "of API 1.2")]
    [InlineData("""{"detail":"of SCIM","status":"403"}""", "of SCIM")]
    [InlineData("""{"error_code":"A","error_code":"B","message":"twice"}""", "403")]
    [InlineData("<html>no</html>", "403")]
    [InlineData("", "403")]
    public async Task ReadsEveryFormOfARefusal(string body, string words)
    {
        Fail(1, "/submit", () => FakeWorkspace.Json(body, HttpStatusCode.Forbidden));

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Denied);
        started.Problem.Message.ShouldContain(words);
    }

    [Fact]
    public async Task LogsInAgainOnceWhenTheTokenHasEnded()
    {
        Fail(1, "/submit", () => FakeWorkspace.Refuse(401, "UNAUTHENTICATED", "expired token"));

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Value.Id.ShouldBe("42");

        Workspace.To("/oidc/v1/token").Count().ShouldBe(2);
        Workspace.To("/submit").Last().Authorization.ShouldBe($"Bearer {FakeWorkspace.Canary}-2");
    }

    [Fact]
    public async Task DoesNotLogInForEver()
    {
        Fail(100, "/submit", () => FakeWorkspace.Refuse(401, "UNAUTHENTICATED", "expired token"));

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        started.Problem.Message.ShouldContain("UNAUTHENTICATED expired token; check that the service principal");
        Workspace.To("/submit").Count().ShouldBe(2);
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task AsksAgainLaterWhenAPageForPeopleAnswers()
    {
        Fail(
            1,
            "/submit",
            () =>
                new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent("<html>Maintenance</html>", Encoding.UTF8, "text/html"),
                }
        );

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        started.Problem.Message.ShouldContain("is 'text/html' and not JSON");
        started.Problem.Message.ShouldNotContain("Maintenance");
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task StopsReadingAnAnswerWithoutEnd()
    {
        Fail(
            1,
            "/submit",
            () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) }
        );

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Message.ShouldContain("larger than 1048576 bytes");
    }

    [Theory]
    [Trait("Threat", "T80")]
    [Trait("Threat", "T81")]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    public async Task FollowsNoRedirectAndSendsTheTokenNowhereElse(int status)
    {
        Fail(
            1,
            "/submit",
            () =>
            {
                var answer = new HttpResponseMessage((HttpStatusCode)status);
                answer.Headers.Location = new Uri("https://elsewhere.example/api/2.2/jobs/runs/submit");
                return answer;
            }
        );

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Message.ShouldContain("redirects are not followed");
        Workspace.To("/submit").Count().ShouldBe(1);
    }

    [Theory]
    [Trait("Threat", "T143")]
    [InlineData("{}")]
    [InlineData("""{"run_id":"forty-two"}""")]
    [InlineData("""{"run_id":1,"run_id":2}""")]
    [InlineData("""{"run_id":1e400}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task StartsNothingOnAnAnswerThatSaysNothing(string body)
    {
        Fail(1, "/submit", () => FakeWorkspace.Json(body));

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldNotBeNull();
    }

    [Theory]
    [Trait("Threat", "T114")]
    [InlineData("/oidc/v1/token", 400)]
    [InlineData("/import", 400)]
    [InlineData("/submit", 403)]
    [InlineData("/submit", 503)]
    public async Task SaysNoTokenToAnybody(string path, int status)
    {
        Workspace.Instead = call =>
            call.Path.EndsWith(path, StringComparison.Ordinal)
                ? FakeWorkspace.Json(
                    $$"""{"error_code":"{{call.Authorization}}","message":"got {{call.Authorization}}","error":"invalid","error_description":"{{Uri.UnescapeDataString(call.Body.Replace("\"", "", StringComparison.Ordinal))}}"}""",
                    (HttpStatusCode)status
                )
                : null;

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        var said = string.Join('\n', [.. _fixture.Said, started.Problem!.ToString()]);
        said.ShouldNotContain("canary");
    }

    private void Fail(int times, string path, Func<HttpResponseMessage> answer)
    {
        var left = times;
        Workspace.Instead = call =>
            call.Path.EndsWith(path, StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0
                ? answer()
                : null;
    }

    /// <summary>Bytes for ever.</summary>
    private sealed class Endless : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Fill(buffer, (byte)' ', offset, count);
            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
