using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bascule.Server.GitProxy;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>What may be asked of the proxy once a token is good: git's own questions, and no larger than those are.</summary>
public sealed class GitRequestTests(GitStage stage) : IClassFixture<GitStage>
{
    private const string Delimiter = "0001";

    [Theory]
    [InlineData("command=object-info", "size")]
    [InlineData("command=bundle-uri", "")]
    [InlineData("command=fetch", "want-ref refs/heads/main")]
    [InlineData("command=fetch", "packfile-uris https")]
    [InlineData("command=fetch", "something-new")]
    [InlineData("command=ls-refs", "something-new")]
    [InlineData("command=ls-refs\ncommand=object-info", "")]
    [InlineData("command=fetch\nsession-id=x", "done")]
    [Trait("Threat", "T88")]
    public async Task PassesOnNoCommandOrArgumentThatItDoesNotKnow(string head, string argument)
    {
        var body =
            string.Concat(head.Split('\n').Select(Line))
            + Delimiter
            + (argument.Length > 0 ? Line(argument) : "")
            + "0000";

        var (status, text) = await PostAsync(Encoding.ASCII.GetBytes(body));

        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("is not served here");
    }

    [Theory]
    [InlineData("version=2", "want")]
    [InlineData("version=0", "command")]
    [InlineData("version=2 ", "command")]
    [Trait("Threat", "T88")]
    public async Task ReadsARequestInNoOtherVersionThanItsHeaderSays(string protocol, string kind)
    {
        var body = kind == "want" ? Line($"want {stage.Churn.First}") + "0000" + Line("done") : Listing;

        var (status, _) = await PostAsync(Encoding.ASCII.GetBytes(body), protocol: protocol);

        status.ShouldBe(protocol.EndsWith(' ') ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task AdvertisesNothingThatItDoesNotServe()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            stage.Of("/git/git/ml/churn.git/info/refs?service=git-upload-pack")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", stage.Token());
        request.Headers.Add("Git-Protocol", "version=2");
        using var answer = await stage.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();

        text.ShouldContain("version 2");
        text.ShouldContain("fetch=shallow wait-for-done filter");
        foreach (var never in new[] { "object-info", "bundle-uri", "packfile-uris", "ref-in-want", "session-id" })
            text.ShouldNotContain(never);
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task UnfoldsACompressedQuestionOnlyAsFarAsQuestionsGo()
    {
        var limit = stage.Get<GitProxyOptions>().MaxRequestPlainBytes;
        using var folded = new MemoryStream();
        await using (var gzip = new GZipStream(folded, CompressionLevel.Fastest, leaveOpen: true))
            for (var written = 0; written <= limit; written += 65_536)
                await gzip.WriteAsync(new byte[65_536]);

        (await PostAsync(folded.ToArray(), "gzip")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        using var small = new MemoryStream();
        await using (var gzip = new GZipStream(small, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.ASCII.GetBytes(Listing));
        (await PostAsync(small.ToArray(), "gzip")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task TakesNoQuestionThatIsLargerThanQuestionsAre()
    {
        var (status, text) = await PostAsync(new byte[stage.Get<GitProxyOptions>().MaxRequestBytes + 1]);

        status.ShouldBe(HttpStatusCode.TooManyRequests);
        text.ShouldContain("larger than");
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    [InlineData("deflate")]
    [Trait("Threat", "T95")]
    public async Task UnfoldsNothingButGzipAndThatOnce(string encoding) =>
        (await PostAsync(Encoding.ASCII.GetBytes(Listing), encoding)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    [Trait("Threat", "T96")]
    public async Task LetsNobodyOnTheWayKeepAnAnswer()
    {
        using var answer = await SendAsync(Encoding.ASCII.GetBytes(Listing), null, "version=2");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.ToString().ShouldBe("no-store, private");
    }

    private static string Listing => Line("command=ls-refs") + Delimiter + Line("peel") + "0000";

    private static string Line(string text) => $"{text.Length + 5:x4}{text}\n";

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(
        byte[] body,
        string? encoding = null,
        string protocol = "version=2"
    )
    {
        using var answer = await SendAsync(body, encoding, protocol);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, string? encoding, string protocol)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, stage.Of("/git/git/ml/churn.git/git-upload-pack"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", stage.Token());
        request.Headers.Add("Git-Protocol", protocol);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");
        if (encoding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return await stage.SendAsync(request);
    }
}
