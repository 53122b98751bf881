using System.Text.Json.Nodes;
using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;
using Microsoft.AspNetCore.Http;

namespace Bascule.Connectors.Tests.Issuers;

public sealed class DiscoveryTests : IAsyncLifetime
{
    private IssuerStage _stage = null!;

    public async Task InitializeAsync() => _stage = await IssuerStage.StartAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task ATokenOfAPublishedKeyIsVerified() =>
        (await _stage.VerifyAsync()).Value.Subject.Issuer.ShouldBe(_stage.Issuer.Url);

    [Fact]
    public async Task EndpointsAreRead()
    {
        var url = _stage.Issuer.Url;
        foreach (
            var name in new[]
            {
                "authorization",
                "token",
                "device_authorization",
                "end_session",
                "introspection",
                "revocation",
                "userinfo",
            }
        )
            _stage.Issuer.Discovery[name + "_endpoint"] = $"{url}/{name}";
        _stage.Issuer.Discovery["device_authorization_endpoint"] = $"{url}/api/oidc//device";
        _stage.Issuer.Discovery["id_token_signing_alg_values_supported"] = new JsonArray("RS256", "none");
        _stage.Issuer.Discovery["code_challenge_methods_supported"] = new JsonArray("S256");
        _stage.Issuer.Discovery["backchannel_logout_supported"] = true;

        var read = (await _stage.MetadataAsync()).Value;

        (read.Authorization, read.EndSession).ShouldBe(
            (new Uri($"{url}/authorization"), new Uri($"{url}/end_session"))
        );
        (read.Token, read.UserInfo).ShouldBe((new Uri($"{url}/token"), new Uri($"{url}/userinfo")));
        read.DeviceAuthorization!.AbsoluteUri.ShouldBe($"{url}/api/oidc//device");
        (read.BackChannelLogout, read.BackChannelLogoutSession).ShouldBe((true, false));
        read.PkceMethods.ShouldBe(["S256"]);
        read.IdTokenAlgorithms.ShouldBe(["RS256", "none"]);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/other")]
    [InlineData(null)]
    [Trait("Threat", "T28")]
    [Trait("Threat", "T26")]
    public async Task ADocumentOfAnotherIssuerIsRefused(string? more)
    {
        _stage.Issuer.Discovery["issuer"] = more is null ? null : _stage.Issuer.Url + more;

        var problem = (await _stage.VerifyAsync()).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Unavailable);
        problem.Message.ShouldContain("letter for letter");
    }

    [Theory]
    [InlineData("http://169.254.169.254/keys", "unacceptable jwks_uri")]
    [InlineData("http://keys.example.com/keys", "unacceptable jwks_uri")]
    [InlineData("https://keys.example.com/keys", "add it to the issuer's jwks_hosts")]
    [InlineData("https://127.0.0.1/keys", "add it to the issuer's jwks_hosts")]
    [InlineData("http://127.0.0.1:1/keys", "add it to the issuer's jwks_hosts")]
    [InlineData("https://me@keys.example.com/keys", "unacceptable jwks_uri")]
    [InlineData("https://KEYS.example.com/keys", "not written as it is understood")]
    [InlineData("file:///etc/passwd", "unacceptable jwks_uri")]
    [InlineData("/keys", "unacceptable jwks_uri")]
    [InlineData(null, "names no jwks_uri")]
    [Trait("Threat", "T28")]
    [Trait("Threat", "T27")]
    public async Task KeysAreNotReadFromAnotherPlace(string? address, string because)
    {
        _stage.Issuer.Discovery["jwks_uri"] = address;

        (await _stage.VerifyAsync()).Problem.ShouldNotBeNull().Message.ShouldContain(because);
    }

    [Fact]
    [Trait("Threat", "T28")]
    public async Task KeysAreReadFromAHostThatTheSettingsName()
    {
        await using var keys = await PublishedIssuer.StartAsync();
        await using var stage = await IssuerStage.StartAsync(issuer =>
            issuer.Options() with
            {
                KeyHosts = [new Uri(keys.Url).Authority],
            }
        );
        stage.Issuer.Discovery["jwks_uri"] = keys.Url + "/keys";

        (await stage.VerifyAsync()).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/keys")]
    [Trait("Threat", "T28")]
    [Trait("Threat", "T27")]
    public async Task ARedirectIsNotFollowed(string path)
    {
        await using var inside = await PublishedIssuer.StartAsync();
        _stage.Issuer.Instead[path] = response =>
        {
            response.Redirect(inside.Url + path);
            return Task.CompletedTask;
        };

        (await _stage.VerifyAsync()).Problem!.Message.ShouldContain("redirects are not followed");

        inside.Asked.ShouldBe(0);
    }

    [Theory]
    [InlineData("token_endpoint", "http://login.example.com/token")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("end_session_endpoint", "https://good@evil.example.com/")]
    [InlineData("device_authorization_endpoint", "https://169.254.169.254/")]
    [Trait("Threat", "T28")]
    public async Task AnEndpointThatIsNoSafeAddressSpoilsTheDocument(string name, string address)
    {
        _stage.Issuer.Discovery[name] = address;

        (await _stage.MetadataAsync()).Problem!.Message.ShouldContain($"unacceptable {name}");
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration", 300 * 1024)]
    [InlineData("/keys", 600 * 1024)]
    [Trait("Threat", "T33")]
    public async Task AnEndlessDocumentIsNotRead(string path, int size)
    {
        _stage.Issuer.Instead[path] = response => response.WriteAsync(new string(' ', size));

        (await _stage.VerifyAsync()).Problem!.Message.ShouldContain("is larger than");
    }

    [Fact]
    [Trait("Threat", "T33")]
    public async Task KeysThatAreNotUsedAreToldOnce()
    {
        var symmetric = new JsonObject
        {
            ["kty"] = "oct",
            ["kid"] = "s",
            ["k"] = "AAAA",
        };
        _stage.Issuer.KeySet = new JsonObject
        {
            ["keys"] = new JsonArray(_stage.Issuer.Mint.RsaKey(), symmetric),
        }.ToJsonString();

        (await _stage.VerifyAsync()).Problem.ShouldBeNull();
        _stage.Clock.Advance(2 * IssuerTimes.Default.Refresh);
        (await _stage.VerifyAsync()).Problem.ShouldBeNull();

        _stage.Issuer.Asked.ShouldBe(2);
        _stage.Told.ShouldHaveSingleItem().ShouldContain("key 's' is published with its secret part");
    }

    [Fact]
    [Trait("Threat", "T27")]
    [Trait("Threat", "T47")]
    public async Task AnIssuerThatIsNotConfiguredIsNeverAsked()
    {
        await using var other = await PublishedIssuer.StartAsync();

        (await _stage.VerifyAsync(other.Mint)).Problem!.Message.ShouldContain("is not trusted");
        (await _stage.Directory.ReadMetadataAsync(other.Url, default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
        var trusted = TrustedIssuer.Create(other.Url).Value;
        (await _stage.Directory.FindAsync(trusted, "k1", TokenAlgorithm.RS256, default)).Problem.ShouldNotBeNull();

        (other.Asked, _stage.Issuer.Asked).ShouldBe((0, 0));
    }
}
