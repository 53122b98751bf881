using System.Text;
using Bascule.Connectors.Forges;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Tests.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges;

/// <summary>A forge that takes one token and no other, and what becomes of a credential that is replaced meanwhile.</summary>
public sealed class ReplacedCredentialTests
{
    private readonly ForgeCredential _credential = new(new ForgeSecret(new Secret("one")));
    private string _taken = "one";

    [Fact]
    public async Task EachCallShowsTheCredentialOfItsMoment()
    {
        await using var server = Server();
        using var client = Client(server);
        (await AskAsync(client)).Value.Status.ShouldBe(200);

        _taken = "two";
        _credential.Use(new ForgeSecret(new Secret("two")));

        (await AskAsync(client)).Value.Status.ShouldBe(200);
        server.Received.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ACallThatWasRefusedIsMadeAgainWithWhatReplacedIt()
    {
        await using var server = Server();
        using var client = Client(server);
        _taken = "two";
        _credential.RenewBy((_, _) => Task.FromResult<ForgeSecret?>(new ForgeSecret(new Secret("two"))));

        (await AskAsync(client)).Value.Status.ShouldBe(200);

        _credential.Current!.Token.Reveal().ShouldBe("two");
        server.Received.Count.ShouldBe(2);
        server.Received.ShouldAllBe(head => head.StartsWith("POST /try HTTP/1.1\r\n"));
    }

    [Fact]
    public async Task WithNothingElseToShowItIsRefusedOnce()
    {
        await using var server = Server();
        using var client = Client(server);
        _taken = "two";
        _credential.RenewBy((_, _) => Task.FromResult<ForgeSecret?>(null));

        (await AskAsync(client)).Value.Status.ShouldBe(401);

        server.Received.Count.ShouldBe(1);
    }

    [Fact]
    public async Task WithNoCredentialNothingIsSent()
    {
        await using var server = Server();
        using var client = Client(server, new ForgeCredential(null));

        var answer = await AskAsync(client);

        answer.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        answer.Problem.Message.ShouldContain("run: bascule credential seal git");
        server.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task GitAsksForItsLoginAtEachRequest()
    {
        var access = ForgeLogins.Access(
            new Uri("https://git.example.com/a/b.git"),
            caFile: null,
            _credential,
            secret => new GitLogin("x", secret.Token)
        );
        var first = access.FindLogin()!;

        _credential.Use(new ForgeSecret(new Secret("two")));

        access.FindLogin()!.Password.Reveal().ShouldBe("two");
        (await access.RenewAsync(first, default)).ShouldBeTrue();
        (await access.RenewAsync(access.FindLogin()!, default)).ShouldBeFalse();
        new ForgeCredential(null).Current.ShouldBeNull();
    }

    private static async Task<Result<OutboundAnswer>> AskAsync(OutboundClient client)
    {
        using var body = new ByteArrayContent("{}"u8.ToArray());
        return await client.SendAsync(new(HttpMethod.Post, "/try", "try") { Content = body }, default);
    }

    private LoopbackServer Server()
    {
        LoopbackServer? server = null;
        return server = new LoopbackServer(
            (stream, token) =>
            {
                var isTaken = server!.Received.Last().Contains($"Authorization: token {_taken}\r\n");
                var head =
                    $"HTTP/1.1 {(isTaken ? "200 OK" : "401 No")}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                return stream.WriteAsync(Encoding.ASCII.GetBytes(head), token).AsTask();
            }
        );
    }

    private OutboundClient Client(LoopbackServer server, ForgeCredential? credential = null) =>
        new(
            new OutboundOptions
            {
                Subject = "forge 'git'",
                Url = server.Url,
                Credential = new TokenHeader("git", credential ?? _credential),
            }
        );
}
