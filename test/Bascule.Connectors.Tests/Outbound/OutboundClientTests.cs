using System.Net;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Outbound;

public sealed class OutboundClientTests
{
    private const string Credential = "token 0123456789abcdef";

    private readonly List<string> _log = [];

    [Theory]
    [Trait("Threat", "T80")]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task NeverFollowsARedirect(int status)
    {
        await using var elsewhere = LoopbackServer.Saying("200 OK", "{}");
        await using var server = LoopbackServer.Saying($"{status} Moved\r\nLocation: {elsewhere.Url}steal");

        var answer = await CallAsync(
            server,
            new(HttpMethod.Post, "/hook", "try") { Content = new ByteArrayContent([1]) }
        );

        answer.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        answer.Problem.Message.ShouldContain("redirects are not followed");
        elsewhere.Received.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T80")]
    public async Task NeverFollowsARedirectToItsOwnOriginEither()
    {
        await using var server = LoopbackServer.Saying("302 Found\r\nLocation: /elsewhere");

        (await CallAsync(server)).Problem!.Code.ShouldBe(ProblemCode.Invalid);

        server.Received.Count.ShouldBe(1);
    }

    [Theory]
    [Trait("Threat", "T81")]
    [InlineData("@evil.example.com/")]
    [InlineData(".evil.example.com/")]
    [InlineData("//evil.example.com/../")]
    [InlineData("https://evil.example.com/")]
    [InlineData("/../above")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a\\b")]
    [InlineData("/a#b")]
    [InlineData("")]
    public async Task SendsNothingToAPathThatLeavesTheServerOrItsBase(string path)
    {
        await using var server = LoopbackServer.Saying("200 OK", "{}");

        var answer = await CallAsync(server, OutboundRequest.Get(path, "try"), url: new Uri(server.Url, "/base"));

        answer.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        server.Received.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T81")]
    public async Task TheCredentialReachesTheConfiguredServerAsWritten()
    {
        await using var server = LoopbackServer.Saying("200 OK", "{}");

        (await CallAsync(server)).Value.Status.ShouldBe(200);

        server.Received.ShouldHaveSingleItem().ShouldContain($"Authorization: {Credential}\r\n");
    }

    [Fact]
    [Trait("Threat", "T81")]
    public async Task ACredentialThatWouldBreakTheHeaderIsRefused()
    {
        await using var server = LoopbackServer.Saying("200 OK", "{}");
        var request = OutboundRequest.Get("/", "try") with { Authorization = new Secret("token a\r\nX-Evil: 1") };

        (await CallAsync(server, request)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);

        server.Received.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T78")]
    public async Task ConnectsToNoRefusedAddressThatANameResolvesTo()
    {
        var answer = await CallAsync(
            new Uri("https://git.example.com"),
            Answers("169.254.169.254", "::ffff:169.254.169.254")
        );

        answer.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        answer.Problem.Message.ShouldNotContain("169.254");
        _log.ShouldHaveSingleItem().ShouldContain("none of these may be connected to");
    }

    [Fact]
    [Trait("Threat", "T78")]
    public async Task PlainHttpReachesLoopbackOnlyWhateverLocalhostResolvesTo()
    {
        var answer = await CallAsync(new Uri("http://localhost:9"), Answers("10.1.2.3"));

        answer.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        _log.ShouldHaveSingleItem().ShouldContain("none of these may be connected to");
    }

    [Fact]
    [Trait("Threat", "T79")]
    public async Task ANameIsResolvedOnceAndThatAddressIsConnected()
    {
        await using var server = LoopbackServer.Saying("200 OK", "{}");
        var asked = 0;
        Task<IReadOnlyList<IPAddress>> Rebinding(string host, CancellationToken token) =>
            Answers(asked++ == 0 ? "127.0.0.1" : "169.254.169.254")(host, token);

        var answer = await CallAsync(new Uri($"http://localhost:{server.Port}"), Rebinding);

        answer.Value.Status.ShouldBe(200);
        asked.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T84")]
    public async Task EveryReasonForNoAnswerHasOneMessageAndTheLogHasTheReason()
    {
        await using var hangsUp = new LoopbackServer((_, _) => Task.CompletedTask);
        await using var silent = new LoopbackServer((_, token) => Task.Delay(Timeout.Infinite, token));
        var request = OutboundRequest.Get("/", "try") with { Timeout = TimeSpan.FromMilliseconds(200) };
        var url = new Uri($"http://localhost:{hangsUp.Port}");

        string?[] messages =
        [
            (await CallAsync(url, Answers("127.0.0.1"), request)).Problem?.Message,
            (await CallAsync(url, Answers("10.0.0.1"), request)).Problem?.Message,
            (await CallAsync(url, (_, _) => throw new System.Net.Sockets.SocketException(11001), request))
                .Problem
                ?.Message,
            (await CallAsync(url, Answers(), request)).Problem?.Message,
        ];
        var timeout = await CallAsync(silent, request);

        messages
            .Distinct()
            .ShouldHaveSingleItem()
            .ShouldBe(
                $"forge 'git': cannot try: {url.AbsoluteUri.TrimEnd('/')} did not answer; Bascule's log says why"
            );
        timeout.Problem!.Message.ShouldBe(
            $"forge 'git': cannot try: {silent.Url.AbsoluteUri.TrimEnd('/')} did not answer; Bascule's log says why"
        );
        _log.Distinct().Count().ShouldBeGreaterThan(3);
        _log.ShouldAllBe(line => !line.Contains(Credential, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task CutsAnEndlessAnswerAtTheLimit()
    {
        var sent = 0L;
        await using var server = new LoopbackServer(
            async (stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), token);
                for (; ; sent += 65536)
                    await stream.WriteAsync(new byte[65536], token);
            }
        );

        var answer = await CallAsync(server, OutboundRequest.Get("/", "try") with { MaxAnswerBytes = 100_000 });

        answer.Problem!.Message.ShouldContain("larger than 100000 bytes");
        sent.ShouldBeLessThan(50_000_000);
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task RefusesAnAnswerThatAnnouncesTooMuchWithoutReadingIt()
    {
        await using var server = new LoopbackServer(
            (stream, token) =>
                stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n{"u8.ToArray(), token).AsTask()
        );

        (await CallAsync(server)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task RefusesACompressedAnswer()
    {
        await using var server = LoopbackServer.Saying("200 OK\r\nContent-Encoding: gzip", "x");

        (await CallAsync(server)).Problem!.Message.ShouldContain("compressed");

        server.Received.ShouldHaveSingleItem().ShouldNotContain("Accept-Encoding");
    }

    [Theory]
    [Trait("Threat", "T143")]
    [InlineData("<html>login</html>")]
    [InlineData("")]
    [InlineData("{\"login\":1,\"login\":2}")]
    public async Task AnAnswerThatIsNotTheJsonItShouldBeIsInvalid(string body)
    {
        await using var server = LoopbackServer.Saying("200 OK\r\nContent-Type: text/html", body);
        using var client = Client(server.Url);

        var read = await client.ReadAsync(
            OutboundRequest.Get("/", "ask"),
            Connectors.Forges.Hooks.HookJson.Default.RefPayload,
            CancellationToken.None
        );

        read.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        read.Problem.Message.ShouldContain("is not the JSON it should be");
    }

    [Theory]
    [InlineData("400 Bad Request", ProblemCode.Invalid)]
    [InlineData("401 Unauthorized", ProblemCode.Unauthenticated)]
    [InlineData("403 Forbidden", ProblemCode.Denied)]
    [InlineData("404 Not Found", ProblemCode.NotFound)]
    [InlineData("409 Conflict", ProblemCode.Conflict)]
    [InlineData("422 Unprocessable", ProblemCode.Invalid)]
    [InlineData("429 Too Many\r\nRetry-After: 7", ProblemCode.Limited)]
    [InlineData("500 Oops", ProblemCode.Unavailable)]
    [InlineData("503 Busy\r\nRetry-After: 7", ProblemCode.Unavailable)]
    public async Task EachStatusIsOneKindOfRefusal(string head, ProblemCode code)
    {
        await using var server = LoopbackServer.Saying(head, "<b>no</b>");

        var problem = (await CallAsync(server)).Value.AsProblem("why\u202e\r\nnot").ShouldNotBeNull();

        problem.Code.ShouldBe(code);
        problem.Message.ShouldStartWith("forge 'git': cannot try: ");
        problem.Message.ShouldContain("\"why   not\"");
        problem.RetryAfter.ShouldBe(
            head.Contains("Retry-After", StringComparison.Ordinal) ? TimeSpan.FromSeconds(7) : null
        );
    }

    [Fact]
    public async Task ACallerThatCancelsGetsItsCancellation()
    {
        await using var silent = new LoopbackServer((_, token) => Task.Delay(Timeout.Infinite, token));
        using var client = Client(silent.Url);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Should.ThrowAsync<OperationCanceledException>(() =>
            client.SendAsync(OutboundRequest.Get("/", "try"), stop.Token)
        );
    }

    [Fact]
    public void InsertedValuesAreOneSegmentEach() =>
        OutboundPath.Of($"/repos/{"a/b"}/{"c?d#e"}/{7}").ShouldBe("/repos/a%2Fb/c%3Fd%23e/7");

    private Task<Result<OutboundAnswer>> CallAsync(
        LoopbackServer server,
        OutboundRequest? request = null,
        Uri? url = null
    ) => CallAsync(url ?? server.Url, null, request);

    private async Task<Result<OutboundAnswer>> CallAsync(
        Uri url,
        NameResolver? resolver,
        OutboundRequest? request = null
    )
    {
        using var client = Client(url, resolver);
        return await client.SendAsync(request ?? OutboundRequest.Get("/", "try"), CancellationToken.None);
    }

    private OutboundClient Client(Uri url, NameResolver? resolver = null) =>
        new(
            new OutboundOptions
            {
                Subject = "forge 'git'",
                Url = url,
                Authorization = new Secret(Credential),
                Resolver = resolver,
                Detail = _log.Add,
            }
        );

    private static NameResolver Answers(params string[] addresses) =>
        (_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([.. addresses.Select(IPAddress.Parse)]);
}
