using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Bascule.Core.Exchange;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>Which requests get past the door, whatever they would get behind it.</summary>
public sealed class GitDoorTests(GitStage stage) : IClassFixture<GitStage>
{
    private const string Churn = "/git/git/ml/churn.git";
    private const string ListForFetch = Churn + "/info/refs?service=git-upload-pack";
    private const string ListForPush = Churn + "/info/refs?service=git-receive-pack";

    public static TheoryData<string, string> Routes =>
        new()
        {
            { "GET", ListForFetch },
            { "GET", ListForPush },
            { "POST", Churn + "/git-upload-pack" },
            { "POST", Churn + "/git-receive-pack" },
        };

    [Theory]
    [MemberData(nameof(Routes))]
    [Trait("Threat", "T87")]
    public async Task EveryRouteTakesATokenAsPasswordOrBearerAndInNoOtherForm(string method, string path)
    {
        var token = stage.Token(verbs: [GitVerb.Fetch, GitVerb.Push]);
        (string? Form, bool IsTaken)[] forms =
        [
            (Basic($"any:{token}"), true),
            (Basic($":{token}"), true),
            ($"Bearer {token}", true),
            ($"bearer {token}", true),
            (null, false),
            (Basic($"{token}:"), false),
            (Basic(token), false),
            (Basic($"any:{token}x"), false),
            ("Basic !", false),
            ("Bearer", false),
            ($"token {token}", false),
            ($"Negotiate {token}", false),
            (token, false),
        ];
        foreach (var (form, isTaken) in forms)
        {
            using var answer = await AskAsync(method, path, form);
            (answer.StatusCode != HttpStatusCode.Unauthorized).ShouldBe(isTaken, form);
            if (!isTaken)
                answer.Headers.WwwAuthenticate.ToString().ShouldBe("Basic realm=\"Bascule\"");
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    [Trait("Threat", "T87")]
    [Trait("Threat", "T96")]
    public async Task EveryRouteAsksForItsVerbAndForItsRepository(string method, string path)
    {
        var verb = path.Contains("receive", StringComparison.Ordinal) ? GitVerb.Push : GitVerb.Fetch;
        var other = verb == GitVerb.Push ? GitVerb.Fetch : GitVerb.Push;
        var elsewhere = stage.Passes.Give(stage.Key() with { Id = 999 }, GitVerb.Fetch, GitVerb.Push);

        using var wrongVerb = await AskAsync(method, path, $"Bearer {stage.Token(verbs: other)}");
        using var wrongPlace = await AskAsync(method, path, $"Bearer {elsewhere}");
        using var nowhere = await AskAsync(
            method,
            path.Replace("churn", "none", StringComparison.Ordinal),
            $"Bearer {elsewhere}"
        );

        wrongVerb.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await wrongVerb.Content.ReadAsStringAsync()).ShouldContain("no right to");
        wrongPlace.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await wrongPlace.Content.ReadAsStringAsync()).ShouldBe(await nowhere.Content.ReadAsStringAsync());
        foreach (var answer in new[] { wrongVerb, wrongPlace, nowhere })
            answer.Headers.CacheControl!.ToString().ShouldBe("no-store, private");
    }

    [Theory]
    [InlineData("/git-receive-pack?service=git-upload-pack")]
    [InlineData("/git-upload-pack?service=git-receive-pack")]
    [InlineData("/git-upload-pack?service=git-upload-pack")]
    [InlineData("/git-receive-pack?")]
    [Trait("Threat", "T86")]
    public async Task AQueryDoesNotSayWhatIsDone(string tail)
    {
        using var answer = await AskAsync("POST", Churn + tail, $"Bearer {stage.Token()}");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", Churn + "/info/refs")]
    [InlineData("GET", Churn + "/info/refs?service=git-upload-archive")]
    [InlineData("GET", Churn + "/info/refs?service=git-upload-pack&service=git-receive-pack")]
    [InlineData("GET", Churn + "/info/refs?service=git%2Dupload-pack")]
    [InlineData("GET", Churn + "/HEAD")]
    [InlineData("GET", Churn + "/objects/info/packs")]
    [InlineData("GET", Churn + "/git-upload-pack")]
    [InlineData("POST", Churn + "/info/refs?service=git-upload-pack")]
    [InlineData("PUT", Churn + "/git-receive-pack")]
    [InlineData("GET", "/git/git/ml/churn.wiki.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.WIKI.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.git/info/refs/?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.git//info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git//git/ml/churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "//git/git/ml/churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/GIT/git/ml/churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/GIT/ml/churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ML/churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/Churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.GIT/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.git/INFO/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/x/../churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/./churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/%2e%2e/ml/churn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml%2Fchurn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/ch%75rn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/ch%2575rn.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.git%00/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.git/../../other.git/info/refs?service=git-upload-pack")]
    [InlineData("GET", "/git/git/ml/churn.git;x/info/refs?service=git-upload-pack")]
    [Trait("Threat", "T90")]
    public async Task AnAddressHasOneSpelling(string method, string target)
    {
        (await SendRawAsync(method, target, stage.Token(verbs: [GitVerb.Fetch, GitVerb.Push]))).ShouldBeOneOf(400, 404);
        (await SendRawAsync("GET", ListForFetch, stage.Token())).ShouldBe(200, "the plain spelling beside it");
    }

    [Fact]
    [Trait("Threat", "T90")]
    [Trait("Threat", "T40")]
    public async Task AFormerNameOpensNothingAndOneThatWasTakenOverNeither()
    {
        var moved = await stage.World.CreateRepositoryAsync("moved");
        var token = stage.Passes.Give(stage.Key(moved), GitVerb.Fetch);
        (await StatusAsync("moved", token)).ShouldBe(HttpStatusCode.OK);

        stage.World.Forge.RenameRepository(moved.Forge, "renamed");
        (await StatusAsync("moved", token)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync("renamed", token)).ShouldBe(HttpStatusCode.OK);
        await stage.World.CreateRepositoryAsync("moved");
        (await StatusAsync("moved", token)).ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>The forge is asked for its refs meanwhile: what it says must wait.</summary>
    [Fact]
    [Trait("Threat", "T40")]
    public async Task NothingLeavesBeforeTheForgeHasSaidWhatTheNameStandsFor()
    {
        var (said, listed) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var watch = stage.World.Watch(async passing =>
        {
            if (passing.Moment == Moment.Before && passing.Path.StartsWith("/api/v1/repos/", StringComparison.Ordinal))
                await said.Task;
            if (passing.Moment == Moment.After && passing.Path.EndsWith("/info/refs", StringComparison.Ordinal))
                listed.TrySetResult();
        });

        var asking = AskAsync("GET", ListForFetch, $"Bearer {stage.Token()}");
        await listed.Task.WaitAsync(TimeSpan.FromMinutes(1));
        asking.IsCompleted.ShouldBeFalse();
        said.SetResult();

        using var answer = await asking.WaitAsync(TimeSpan.FromMinutes(1));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>A pack costs the forge much, and a name that was taken over is none of ours.</summary>
    [Fact]
    [Trait("Threat", "T40")]
    public async Task NothingIsPackedBeforeTheForgeHasSaidWhatTheNameStandsFor()
    {
        var packed = new TaskCompletionSource();
        using var watch = stage.World.Watch(async passing =>
        {
            if (passing.Moment == Moment.Before && passing.Path.EndsWith("/git-upload-pack", StringComparison.Ordinal))
                packed.TrySetResult();
            if (passing.Moment == Moment.Before && passing.Path.StartsWith("/api/v1/repos/", StringComparison.Ordinal))
                await Task.WhenAny(packed.Task, Task.Delay(TimeSpan.FromMilliseconds(300)));
        });
        var elsewhere = stage.Passes.Give(stage.Key() with { Id = 999 }, GitVerb.Fetch);
        var question = $"0012command=fetch\n00010032want {stage.Churn.First}\n0009done\n0000";

        (await PackAsync(elsewhere, question)).ShouldBe(HttpStatusCode.NotFound);
        packed.Task.IsCompleted.ShouldBeFalse();
        (await PackAsync(stage.Token(), question)).ShouldBe(HttpStatusCode.OK);
        packed.Task.IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [InlineData("&token=")]
    [InlineData("&access_token=")]
    [InlineData("&private_token=")]
    [Trait("Threat", "T92")]
    public async Task ATokenInTheAddressIsRefusedAndIsToBeRevoked(string parameter)
    {
        var token = stage.Token();

        using var answer = await AskAsync("GET", ListForFetch + parameter + token, $"Bearer {token}");
        var text = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("revoke that one now");
        text.ShouldNotContain(token);
        stage.Log.ShouldNotContain(token);
    }

    [Fact]
    [Trait("Threat", "T92")]
    public async Task ATokenAsTheUserOfAnAddressIsRefusedAndIsToBeRevoked()
    {
        using var answer = await AskAsync("GET", ListForFetch, Basic($"{stage.Token()}:"));

        (await answer.Content.ReadAsStringAsync()).ShouldContain("revoke that one now");
    }

    private async Task<HttpStatusCode> StatusAsync(string name, string token)
    {
        using var answer = await AskAsync(
            "GET",
            ListForFetch.Replace("churn", name, StringComparison.Ordinal),
            $"Bearer {token}"
        );
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> AskAsync(string method, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), stage.Of(path));
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (method == "POST")
            request.Content = new ByteArrayContent([])
            {
                Headers = { ContentType = new MediaTypeHeaderValue("text/plain") },
            };
        return await stage.SendAsync(request);
    }

    private async Task<HttpStatusCode> PackAsync(string token, string question)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, stage.Of(Churn + "/git-upload-pack"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Git-Protocol", "version=2");
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(question));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");
        using var answer = await stage.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>As bytes: a client library would tidy the target up.</summary>
    private async Task<int> SendRawAsync(string method, string target, string token)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(stage.Host.ListenUrl.Host, stage.Host.ListenUrl.Port);
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: true);
        await tls.AuthenticateAsClientAsync(stage.Tls("127.0.0.1"));
        var head =
            $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        await tls.WriteAsync(Encoding.ASCII.GetBytes(head));
        using var reader = new StreamReader(tls, Encoding.ASCII);
        var line = await reader.ReadLineAsync();
        return int.Parse(line!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
