using System.Net;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.GitProxy;
using Bascule.Server.Tests.Mirrors;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>What the proxy's own requests do when the far end is not as it should be.</summary>
public sealed class ForgeRequestsTests
{
    private static readonly GitService Listing = new(GitVerb.Fetch, IsAdvertisement: true);

    [Theory]
    [Trait("Threat", "T80")]
    [Trait("Threat", "T81")]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task FollowNoRedirectAndShowTheCredentialToNobodyElse(int status)
    {
        await using var world = await MirrorWorld.CreateAsync();
        await using var other = await GitOrigin.StartAsync(Path.Combine(world.Folder, "other"), plain: true);
        world.Origin.Instead = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = new Uri(other.Address, "r.git/info/refs").ToString();
            return Task.FromResult(true);
        };

        var answer = await SendAsync(world);

        answer.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [Trait("Threat", "T78")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    [InlineData("0.0.0.0")]
    public async Task ConnectToNoAddressThatAForgeCannotHave(string address)
    {
        await using var world = await MirrorWorld.CreateAsync(options =>
            options with
            {
                Resolver = (_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Parse(address)]),
            }
        );

        var answer = await SendAsync(world, new Uri("https://forge.test/r.git"));

        answer.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        answer.Problem.Message.ShouldNotContain(address);
    }

    [Theory]
    [Trait("Threat", "T84")]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task SayTheSameWhateverTheForgeHasAgainstUs(int status)
    {
        await using var world = await MirrorWorld.CreateAsync();
        world.Origin.Instead = context =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };
        var closed = await SendAsync(world, new UriBuilder(world.Access.Url) { Port = 1 }.Uri);

        (await SendAsync(world)).Problem.ShouldBe(closed.Problem);
    }

    [Fact]
    [Trait("Threat", "T93")]
    public async Task CarryTheForgesCredential()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));

        (await SendAsync(world)).Problem.ShouldBeNull();

        var basic = Convert.ToBase64String("bascule:pass-canary-7421"u8);
        world.Origin.Requests.Single().ShouldBe(("GET /r.git/info/refs?service=git-upload-pack", $"Basic {basic}"));
    }

    private static async Task<Result<HttpStatusCode>> SendAsync(MirrorWorld world, Uri? url = null)
    {
        using var forge = new ForgeRequests(world.Options, NullLogger<ForgeRequests>.Instance);
        var access = world.Access with { Url = url ?? world.Access.Url };
        using var request = forge.Get(access, Listing, protocol: null);
        var sent = await forge.SendAsync(request, access, default);
        if (sent.Failed(out var problem))
            return problem;
        using var answer = sent.Value;
        return answer.StatusCode;
    }
}
